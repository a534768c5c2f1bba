"""Fit the judge: how likely a proposal is an attribution, and well cut; and calibrate it.

Its examples are the proposals on articles that the tagger was not trained on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.reader.session import Floats, Scale
from pipeline.stages.attributions.beliefs import Beliefs
from pipeline.stages.attributions.judge import Judging, chosen, judgement
from pipeline.stages.attributions.proposals import Proposal, proposals
from pipeline.training.attributed import Reference, Tokens, overlap, same_source
from pipeline.training.attributions.examples import Example, tokens_of
from pipeline.training.fitting import Ensemble
from pipeline.training.regression import platt

MEMBERS = 5
"""The judge is the mean of so many, each from another seed."""
WIDTH = 32
EPOCHS = 25
BATCH = 128
FOLDS = 5
STRICT = 0.8
FOUND = 0.3
THRESHOLDS = tuple(round(0.15 + 0.025 * step, 3) for step in range(17))


class Case(NamedTuple):
    """The proposals on one article."""

    example: Example
    offered: list[Proposal]
    known: Floats
    outcomes: Floats
    """(m, 2) whether an annotator marked it, and cut it nearly so."""
    tokens: list[Tokens | None]
    """The proposals as the reference counts tokens; None in a region that was not annotated."""
    reference: Reference


def case(one: Example, beliefs: Beliefs) -> Case:
    """Return the proposals on an article, with what is known of each and whether it is right."""
    reported = beliefs.reported()
    offered = proposals(one.reading, beliefs, reported)
    known = Judging(one.reading, one.found, beliefs, reported).known(offered)
    reference = Reference(one.article)
    tokens = tokens_of(one, reference, offered)
    outcomes = np.zeros((len(offered), 2), dtype=np.float32)
    for at, ours in enumerate(tokens):
        if ours is None:
            continue
        best = max(
            (
                overlap(marked.content, ours.content)
                for marked in reference.marked
                if same_source(marked, ours)
            ),
            default=0.0,
        )
        outcomes[at] = best >= FOUND, best >= STRICT
    return Case(one, offered, known, outcomes, tokens, reference)


def fit_judge(cases: Sequence[Case], seed: int) -> Ensemble:
    """Return a judge fitted to the proposals in regions that were annotated.

    It maps what is known of m proposals to (m, 2) probabilities.
    """
    rows = [[one is not None for one in case.tokens] for case in cases]
    known = torch.from_numpy(np.concatenate([c.known[r] for c, r in zip(cases, rows, strict=True)]))
    outcomes = torch.from_numpy(
        np.concatenate([c.outcomes[r] for c, r in zip(cases, rows, strict=True)])
    )
    torch.manual_seed(seed)
    judge = Ensemble(
        known.mean(0),
        known.std(0) + 1e-6,
        members=MEMBERS,
        width=WIDTH,
        noise=0.1,
        dropout=0.3,
        output=torch.sigmoid,
    )
    scaled = (known - judge.mean) / judge.spread

    def loss(member: nn.Module, some: Tensor) -> Tensor:
        return functional.binary_cross_entropy_with_logits(member(scaled[some]), outcomes[some])

    judge.fit(loss, len(scaled), epochs=EPOCHS, batch=BATCH, rate=3e-3, decay=0.05)
    return judge


class Fitted(NamedTuple):
    """A judge with the numbers that go into the config, and what was measured on the way."""

    judge: Ensemble
    least: float
    scale: Scale
    figures: dict[str, Any]


def fitted(cases: Sequence[Case], seed: int = 1) -> Fitted:
    """Fit a judge; choose the threshold and calibrate by judges that did not see the article."""
    likely: list[Floats] = [np.zeros((0, 2), dtype=np.float32)] * len(cases)
    for fold in range(FOLDS):
        judge = fit_judge([c for i, c in enumerate(cases) if i % FOLDS != fold], seed)
        for at in range(fold, len(cases), FOLDS):
            likely[at] = judge.score(cases[at].known)
    table = {least: score(cases, likely, least) for least in THRESHOLDS}
    least = max(THRESHOLDS, key=lambda one: table[one]["both"])
    scale, error = calibrated(cases, likely, least)
    figures = {"thresholds": table, "least": least, "calibration_error": round(error, 4)}
    return Fitted(fit_judge(cases, seed), least, scale, figures)


def score(cases: Sequence[Case], likely: Sequence[Floats], least: float) -> dict[str, float]:
    """Return F1 at 0.3 and at 0.8 for a threshold, and their mean."""
    given = marked = 0
    right = {FOUND: 0, STRICT: 0}
    for one, judged in zip(cases, likely, strict=True):
        ours = _given(one, judged, least)
        given, marked = given + len(ours), marked + len(one.reference.marked)
        tokens = [tokens for _, tokens in ours]
        for at in right:
            right[at] += sum(one.reference.right(tokens, at))
    loose, strict = (200 * n / max(1, given + marked) for n in right.values())
    return {
        "given": given,
        "attr@0.3": round(loose, 2),
        "attr@0.8": round(strict, 2),
        "both": round((loose + strict) / 2, 2),
    }


def _given(one: Case, judged: Floats, least: float) -> list[tuple[int, Tokens]]:
    found = []
    for at in chosen(one.offered, judgement(judged), least):
        tokens = one.tokens[at]
        if tokens is not None:
            found.append((at, tokens))
    return found


def calibrated(
    cases: Sequence[Case], likely: Sequence[Floats], least: float
) -> tuple[Scale, float]:
    """Return the scale of what is given out, and the expected calibration error that it leaves."""
    sure: list[float] = []
    right: list[bool] = []
    for one, judged in zip(cases, likely, strict=True):
        ours = _given(one, judged, least)
        right += one.reference.right([tokens for _, tokens in ours], FOUND)
        sure += [float(judged[at, 0]) for at, _ in ours]
    return platt(sure, right)
