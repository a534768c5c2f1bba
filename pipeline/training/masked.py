"""Train the encoder on news without annotation, to guess pieces that are masked (BERT's task).

    python -m pipeline.training.masked --texts news.jsonl --out FOLDER

all-MiniLM-L6-v2 was made to compare sentences. Its lower layers alone, which are used here, have
never been asked for a word: this brings them closer to what the heads need of a token.
"""

from __future__ import annotations

import re
import shutil
import time
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
TOLD = 100
"""Number of steps between two lines of the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How the encoder is fitted (AdamW with one cycle, a tenth of the steps to warm up)."""

    epochs: int = 1
    rate: float = 5e-4
    """The largest learning rate of the encoder."""
    head_rate: float = 1e-3
    """That of what guesses pieces from its states, which is not kept."""
    decay: float = 0.01
    batch: int = 16
    """Windows of a batch."""
    seed: int = 1


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


def train(
    texts: Sequence[str], base: Path, out: Path, schedule: Schedule, tell: fitting.Tell
) -> None:
    """Train the encoder of a folder on texts, and write it and its vocabulary to another folder."""
    fitting.use_threads()
    cutter = Cutter(base)
    order, draw = Random(schedule.seed), torch.Generator().manual_seed(schedule.seed)
    torch.manual_seed(schedule.seed)
    encoder, guess = Encoder.pretrained(base), Guess()
    found = list(windows_of(texts, cutter))
    tell(f"{len(texts)} texts, {len(found)} windows, {sum(len(one) for one, _ in found)} pieces")
    learned = [one for one in encoder.parameters() if one.requires_grad]
    groups = [
        {"params": learned, "lr": schedule.rate},
        {"params": list(guess.parameters()), "lr": schedule.head_rate},
    ]
    every = [
        group
        for _ in range(schedule.epochs)
        for group in fitting.batches_by_length(
            found, lambda one: len(one[0]), order, size=schedule.batch * LONGEST, jitter=25
        )
    ]
    optimizer, rates = fitting.one_cycle(groups, len(every), decay=schedule.decay)
    weights = [*learned, *guess.parameters()]
    encoder.train()
    losses: list[float] = []
    started = time.monotonic()
    for number, group in enumerate(every, 1):
        pieces, present = padded_pieces(group)
        given, asked = hidden(pieces, present, cutter.number(MASK), draw)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = guess(encoder(given, present)[asked], encoder.words.weight)
        loss = functional.cross_entropy(scores.float(), pieces[asked])
        losses.append(fitting.descend(loss, optimizer, rates, weights))
        if number % TOLD == 0 or number == len(every):
            some = losses[-TOLD:]
            seconds = time.monotonic() - started
            tell(f"{number}/{len(every)}: loss {sum(some) / len(some):.3f}, {seconds:.0f} s")
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
