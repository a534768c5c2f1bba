"""Train the scorer of figures from annotated articles into a folder of ``models/``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from pipeline.errors import BadRow
from pipeline.language import load
from pipeline.manifest import checksum
from pipeline.reader.figures.scorer import CONFIG, GRAPH
from pipeline.training.articles import read_articles
from pipeline.training.calibration import platt
from pipeline.training.figures.examples import Example, example
from pipeline.training.figures.fit import INPUTS, Mean, Schedule, fitted, joined, judged
from pipeline.training.figures.model import Stacked
from pipeline.training.graphs import write_graph
from pipeline.training.reference.run import fold_of

HELD = 0
"""The fraction of articles that is held back."""
LATER = ("news_figures", "news_attributions", "news_resolve")
"""Stages after figures, which training does not need."""
Tell = Callable[[str], None]


def train(corpora: Sequence[Path], out: Path, *, schedule: Schedule, tell: Tell) -> dict[str, Any]:
    """Fit the scorer to annotated articles, write it to ``out`` and return its figures.

    The figures come from a scorer that was trained without a third of the articles; the one that is
    written was trained on all.

    Raises ``InputNotFound``, or ``BadRow`` if no article can be held back.
    """
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    found = list(read(corpora, tell))
    held = [one for row, one in found if fold_of(row) == HELD]
    seen = [one for row, one in found if fold_of(row) != HELD]
    if not held or not seen:
        hint = "give a corpus with ten or more articles that have figures"
        raise BadRow("nothing to hold back", where=str(corpora[0]), hint=hint)
    shares, outcomes = judged(fitted(seen, schedule, tell), held)
    scale, error = platt(*zip(*outcomes, strict=True))
    figures: dict[str, Any] = {**shares, "calibration_error": round(error, 4)}
    whole = fitted([one for _, one in found], schedule, tell)
    out.mkdir(parents=True, exist_ok=True)
    write(whole, seen[0], out / GRAPH)
    (out / CONFIG).write_text(json.dumps(asdict(scale)) + "\n", "utf-8")
    figures["schedule"] = asdict(schedule)
    tell(json.dumps(figures))
    for name in (CONFIG, GRAPH):
        tell(f'"{name}" = "{checksum(out / name)}"')
    return figures


def read(corpora: Sequence[Path], tell: Tell) -> Iterator[tuple[dict[str, Any], Example]]:
    """Yield the annotated articles that have a number, each with its row."""
    nlp = load()
    for name in LATER:
        nlp.disable_pipe(name)
    for path in corpora:
        count = 0
        for row, doc in read_articles(nlp, path):
            one = example(row, doc)
            if one is not None:
                count += 1
                yield row, one
        tell(f"{path.name}: {count} articles")


def write(net: Mean, sample: Example, path: Path) -> None:
    """Write a scorer as an ONNX graph."""
    given = dict(zip(INPUTS, joined([sample]), strict=True))
    sizes = {"codes": "tokens", "traits": "tokens", "tensor": "tokens", "vectors": "tokens"}
    sizes |= {"context": "numbers", "given": "numbers"}
    sizes |= {"pairs": "pairs", "paths": "pairs", "relations": "pairs"}
    axes = {name: {0: size} for name, size in sizes.items()}
    write_graph(Stacked([*net.scorers]), given, ["classes", "scores"], axes, path)
