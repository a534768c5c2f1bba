"""An encoder as the base of rankers of reference."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.reader.encoder import FILE_NAME, GRAPH, Cut, Cutter, padded, windows
from pipeline.training.attributions.model import WIDTH, Encoder
from pipeline.training.graphs import write_graph, write_quantized
from pipeline.training.reference.below import Text
from pipeline.training.reference.examples import Example
from pipeline.training.reference.fit import Weighted

WINDOWS = 16
"""Maximum number of windows that the encoder reads at once."""


class Pieces(NamedTuple):
    """A document as the encoder reads it."""

    windows: list[Cut]
    places: NDArray[np.int64]
    """(n,) the first piece of each token, counted through all windows."""


class Encoded:
    """An encoder that is tuned together with the rankers above it."""

    width = WIDTH
    rate = 1e-4

    def __init__(self, folder: Path, *, epochs: int) -> None:
        self.folder, self.epochs = folder, epochs
        self.cutter = Cutter(folder)
        self.net = Encoder.pretrained(folder)

    def texts(self, examples: Sequence[Weighted]) -> list[Text]:
        """Return the documents of examples: one with the names found, one with those annotated."""
        found: dict[int, Text] = {}
        for one, weight in examples:
            columns = one.scene.columns
            if id(columns) not in found:
                cut = [self.cutter.cut(columns.words[a:b]) for a, b in windows(columns.sentences)]
                starts = np.cumsum([0, *(len(pieces) for pieces, _ in cut)])
                places = [
                    np.array(first, dtype=np.int64) + start
                    for (_, first), start in zip(cut, starts, strict=False)
                ]
                found[id(columns)] = Text(Pieces(cut, np.concatenate(places)), [])
            found[id(columns)].examples.append((one, weight))
        return list(found.values())

    def read(self, group: Sequence[Text]) -> list[Tensor]:
        """Return the (n, 384) states of the tokens of documents.

        While training, the encoder counts in bfloat16: half the time, on machines that can.
        """
        order = sorted(
            (len(pieces), at, number)
            for at, text in enumerate(group)
            for number, (pieces, _) in enumerate(text.given.windows)
        )
        found: dict[tuple[int, int], Tensor] = {}
        for start in range(0, len(order), WINDOWS):
            part = order[start : start + WINDOWS]
            given = batch([group[at].given.windows[number] for _, at, number in part])
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.net.training):
                states = self.net(*given)
            for (size, at, number), row in zip(part, states.float(), strict=True):
                found[at, number] = row[:size]
        return [
            torch.cat([found[at, number] for number in range(len(text.given.windows))])[
                text.given.places
            ]
            for at, text in enumerate(group)
        ]

    def write(self, sample: Example, out: Path) -> None:
        """Write the encoder, with weights of eight bits, and its vocabulary to a folder."""
        text = self.texts([(sample, 1.0)])[0]
        given = dict(zip(("pieces", "present"), batch(text.given.windows[:2]), strict=True))
        axes = {name: {0: "windows", 1: "pieces"} for name in given}
        write_quantized(
            lambda whole: write_graph(self.net, given, ["states"], axes, whole),
            out / GRAPH,
            ["MatMul", "Gather"],
        )
        shutil.copyfile(self.folder / FILE_NAME, out / FILE_NAME)


def batch(cuts: Sequence[Cut]) -> tuple[Tensor, Tensor]:
    """Return (B, S) pieces of windows, and which of them are present."""
    found = padded([[cut] for cut in cuts])
    return torch.from_numpy(found.pieces), torch.from_numpy(found.present)
