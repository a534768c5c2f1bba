"""A teacher for the network of names: the tagger on top of an encoder; slow, torch only."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from pipeline.document.columns import Columns
from pipeline.errors import ModelUnsuitable
from pipeline.reader.encoder import FILE_NAME as TOKENIZER
from pipeline.reader.encoder import Cutter, padded
from pipeline.reader.names.features import Features, Labels
from pipeline.reader.names.network import CONFIG, TAGS, bounded
from pipeline.reader.session import Floats, Integers
from pipeline.training.attributions.model import WIDTH, Encoder
from pipeline.training.fitting import write_config
from pipeline.training.names.fit import Example, Extra, Tagger, Window, batch, windows

WEIGHTS = "teacher.safetensors"
CASES = 8
"""Number of case patterns of a word; 0 means no word."""
OWN = 8
"""Inputs of the tagger; those of the encoder follow."""


class CasedEncoder(Encoder):
    """An encoder that also reads the case of words, since its vocabulary is lowercase.

    Its layers are trained, the embeddings of pieces and places are not.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cases = nn.Embedding(CASES, WIDTH)
        nn.init.zeros_(self.cases.weight)
        for name, parameter in self.named_parameters():
            parameter.requires_grad_(name.startswith(("layers.", "cases.")))

    @classmethod
    def pretrained(cls, folder: Path) -> CasedEncoder:
        """Return the encoder with the weights of a folder."""
        encoder = cls()
        encoder.load_state_dict(Encoder.pretrained(folder).state_dict(), strict=False)
        return encoder

    def forward(self, pieces: Tensor, present: Tensor, cases: Tensor | None = None) -> Tensor:
        """Return (B, S, 384) for (B, S) pieces and the case of the word of each."""
        assert cases is not None
        return super().forward(pieces, present, self.cases(cases))


class Teacher(nn.Module):
    """The tagger with the encoder's state of each token's first piece as additional input."""

    def __init__(self, encoder: Encoder, tagger: Tagger) -> None:
        super().__init__()
        self.encoder, self.tagger = encoder, tagger

    def forward(self, *given: Tensor) -> Tensor:
        """Return (B, T, tags) log-probabilities."""
        pieces, present, first, cases = given[OWN:]
        with torch.autocast("cpu", torch.bfloat16), sdpa_kernel(SDPBackend.MATH):
            states = self.encoder(pieces, present, cases)
        found: Tensor = self.tagger(*given[:OWN], states.float().reshape(-1, WIDTH)[first])
        return found

    @classmethod
    def new(cls, labels: Labels, encoder: Path) -> Teacher:
        """Return an untrained teacher on top of the encoder of a folder."""
        below = CasedEncoder.pretrained(encoder)
        return cls(below, Tagger(len(labels.tags), len(labels.deps), extra=WIDTH))


class Lecturer:
    """A teacher that reads documents."""

    def __init__(self, teacher: Teacher, extra: Extra) -> None:
        self.teacher, self.extra = teacher, extra

    def scored(self, found: Features, columns: Columns) -> Floats:
        """Return the (n, tags) log-probabilities of a document's tokens."""
        scores = np.zeros((len(columns.words), len(TAGS)), dtype=np.float32)
        targets = np.zeros(len(columns.words), dtype=np.int64)
        one = Example("", columns, found, targets, {}, 1.0, 1.0, True, None)
        group = [Window(one, start, end) for start, end in windows(columns)]
        self.teacher.eval()
        with torch.inference_mode():
            for at in range(0, len(group), 16):
                some = group[at : at + 16]
                likely = self.teacher(*batch(some, self.extra).given).numpy()
                for window, rows in zip(some, likely, strict=True):
                    scores[window.start : window.end] = rows[: window.end - window.start]
        return bounded(scores, columns)

    def save(self, folder: Path, labels: Labels, encoder: Path) -> None:
        """Write the weights, the codes of tags and dependencies and the encoder's vocabulary."""
        from safetensors.torch import save_file

        save_file(self.teacher.state_dict(), folder / WEIGHTS)
        config = {name: list(codes) for name, codes in labels._asdict().items()}
        write_config(folder / CONFIG, config)
        shutil.copyfile(encoder / TOKENIZER, folder / TOKENIZER)

    @classmethod
    def load(cls, folder: Path) -> Lecturer:
        """Return the teacher of a folder; raise ``ModelUnsuitable`` if there is none."""
        from safetensors.torch import load_file

        try:
            table = json.loads((folder / CONFIG).read_text("utf-8"))
            tagger = Tagger(len(table["tags"]), len(table["deps"]), extra=WIDTH)
            teacher = Teacher(CasedEncoder(), tagger)
            teacher.load_state_dict(load_file(folder / WEIGHTS))
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            message = f"contains no teacher of names: {error}"
            hint = "train one with --encoder"
            raise ModelUnsuitable(message, where=str(folder), hint=hint) from error
        return cls(teacher, inputs_of(folder))


def inputs_of(folder: Path) -> Extra:
    """Return a function for the encoder's inputs, with the vocabulary of a folder."""
    cutter = Cutter(folder)

    def extra(group: Sequence[list[str]]) -> tuple[Tensor, ...]:
        cuts = [cutter.cut(words) for words in group]
        cut = padded([[one] for one in cuts])
        cases = np.zeros(cut.pieces.shape, dtype=np.int64)
        for row, words, (pieces, first) in zip(cases, group, cuts, strict=True):
            row[: len(pieces)] = cases_of(words, first, len(pieces))
        return tuple(torch.from_numpy(one) for one in (*cut, cases))

    return extra


def cases_of(words: Sequence[str], first: Sequence[int], size: int) -> Integers:
    """Return the case pattern of the word of each piece, given the first piece of each word."""
    begins, at = np.unique(np.array(first), return_index=True)
    codes = np.array([case_of(words[one]) for one in at.tolist()])
    found = codes[np.maximum(np.searchsorted(begins, np.arange(size), side="right") - 1, 0)]
    found[[0, -1]] = 0
    return found


@lru_cache(maxsize=65536)
def case_of(word: str) -> int:
    """Return the number of a word's case pattern."""
    if not any(char.isalpha() for char in word):
        return 1 if any(char.isdigit() for char in word) else 2
    if word.islower():
        return 3
    if word.isupper():
        return 4 if len(word) == 1 else 5
    return 6 if word.istitle() else 7
