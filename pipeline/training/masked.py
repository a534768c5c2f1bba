"""Train the encoder on news without annotation, to guess pieces that are masked (BERT's task).

    python -m pipeline.training.masked --texts news.jsonl --out FOLDER

all-MiniLM-L6-v2 was made to compare sentences. Its lower layers alone, which are used here, have
never been asked for a word: this brings them closer to what the heads need of a token.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import click
import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.errors import BadRow
from pipeline.reader.encoder import FILE_NAME, LONGEST, WIDTH, Cut, Cutter
from pipeline.training import fitting
from pipeline.training.encoder import WEIGHTS, WORDS, Encoder, folder_of_encoder, padded_pieces
from pipeline.training.regression import read_rows, reporting

TOKEN = re.compile(r"\w+|[^\w\s]")
SHORTEST = 16
"""Minimum number of tokens of a window."""
ASKED = 0.2
"""Share of the pieces to guess. Of these, most are masked, and some are others."""
MASKED, OTHER = 0.8, 0.1
MASK = "[MASK]"
FIRST_WORD = 1000
"""Pieces before this one are marks and unused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(fitting.Schedule):
    """How the encoder is fitted."""

    epochs: int = 1
    rate: float = 5e-4
    head_rate: float = 1e-3
    """That of what guesses pieces from its states, which is not kept."""
    batch: int = 16 * LONGEST


class Guess(nn.Module):
    """Score all pieces for a state, by their similarity to what is made of it."""

    def __init__(self) -> None:
        super().__init__()
        self.dense, self.norm = nn.Linear(WIDTH, WIDTH), nn.LayerNorm(WIDTH)
        self.bias = nn.Parameter(torch.zeros(WORDS))

    def forward(self, states: Tensor, pieces: Tensor) -> Tensor:
        """Return (m, pieces) for (m, 384) states, given the (pieces, 384) embeddings."""
        found = self.norm(functional.gelu(self.dense(states)))
        return functional.linear(found, pieces, self.bias)


def windows_of(texts: Sequence[str], cutter: Cutter) -> Iterator[Cut]:
    """Yield texts in windows of as many tokens as the encoder reads at run time."""
    for text in texts:
        words = TOKEN.findall(text)
        for start in range(0, len(words), LONGEST):
            if len(words) - start >= SHORTEST:
                yield cutter.cut(words[start : start + LONGEST])


def hidden(pieces: Tensor, present: Tensor, mask: int, draw: torch.Generator) -> tuple[Tensor, ...]:
    """Return (B, S) pieces of which some are hidden, and which of them are asked for."""
    asked = (torch.rand(pieces.shape, generator=draw) < ASKED) & present
    asked[:, 0] = False
    kind = torch.rand(pieces.shape, generator=draw)
    other = torch.randint(FIRST_WORD, WORDS, pieces.shape, generator=draw)
    given = torch.where(asked & (kind < MASKED), mask, pieces)
    return torch.where(asked & (kind >= 1 - OTHER), other, given), asked


class Fit(fitting.Fit[Cut]):
    """An encoder being fitted with what guesses from its states."""

    def __init__(
        self,
        encoder: Encoder,
        guess: Guess,
        found: Sequence[Cut],
        mask: int,
        schedule: Schedule,
        tell: fitting.Tell,
    ) -> None:
        """``found`` are windows, and ``mask`` is the number of the piece that masks others."""
        self.encoder, self.guess, self.mask = encoder, guess, mask
        self.draw = torch.Generator().manual_seed(schedule.seed)
        order = Random(schedule.seed)
        self.epochs = [self._grouped(found, schedule, order) for _ in range(schedule.epochs)]
        groups = [
            {"params": [w for w in encoder.parameters() if w.requires_grad], "lr": schedule.rate},
            {"params": list(guess.parameters()), "lr": schedule.head_rate},
        ]
        super().__init__(
            nn.ModuleList([encoder, guess]), groups, schedule, sum(map(len, self.epochs)), tell
        )

    def _grouped(self, found: Sequence[Cut], schedule: Schedule, order: Random) -> list[list[Cut]]:
        return fitting.batches_by_length(
            found, lambda one: len(one[0]), order, size=schedule.batch, jitter=25
        )

    def batches(self, number: int) -> list[list[Cut]]:
        """Return windows of about the same length."""
        return self.epochs[number]

    def losses(self, group: Sequence[Cut]) -> dict[str, Tensor]:
        """Return the loss of the guesses."""
        pieces, present = padded_pieces(group)
        given, asked = hidden(pieces, present, self.mask, self.draw)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = self.guess(self.encoder(given, present)[asked], self.encoder.words.weight)
        return {"loss": functional.cross_entropy(scores.float(), pieces[asked])}


def train(
    texts: Sequence[str], base: Path, out: Path, schedule: Schedule, tell: fitting.Tell
) -> None:
    """Train the encoder of a folder on texts, and write it and its vocabulary to another folder."""
    fitting.use_threads()
    cutter = Cutter(base)
    torch.manual_seed(schedule.seed)
    encoder, guess = Encoder.pretrained(base), Guess()
    found = list(windows_of(texts, cutter))
    tell(f"{len(texts)} texts, {len(found)} windows, {sum(len(one) for one, _ in found)} pieces")
    Fit(encoder, guess, found, cutter.number(MASK), schedule, tell).run()
    write(encoder, base, out)


def write(encoder: Encoder, base: Path, out: Path) -> None:
    """Write the weights of an encoder, and the vocabulary of a folder, to another folder."""
    from safetensors.torch import save_file

    out.mkdir(parents=True, exist_ok=True)
    save_file(encoder.state_dict(), out / WEIGHTS)
    shutil.copyfile(base / FILE_NAME, out / FILE_NAME)


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--texts", type=FILE, multiple=True, required=True, help="JSONL with text.")
@click.option("--out", type=FOLDER, required=True, help="Folder to write to.")
def main(texts: tuple[Path, ...], out: Path) -> None:
    """Train the encoder on texts without annotation."""
    with reporting():
        every = list(dict.fromkeys(row["text"] for row in read_rows(texts)))
        if not every:
            raise BadRow("has no text", where=str(texts[0]), hint="")
        train(every, folder_of_encoder(), out, Schedule(), click.echo)


if __name__ == "__main__":
    main()
