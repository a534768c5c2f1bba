"""Fit the tagger: batches, epochs, checkpoints; and the judge behind it, which is calibrated.

The judge tells how likely a proposal is an attribution, and well cut. Its examples are the
proposals on articles that the tagger was not trained on.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.model.session import Floats, Scale
from pipeline.stages.attributions.beliefs import TAGS, Beliefs
from pipeline.stages.attributions.features import WindowBatch, batch, windows
from pipeline.stages.attributions.judge import Judging, chosen, judgement
from pipeline.stages.attributions.network import inputs
from pipeline.stages.attributions.proposals import Proposal, proposals
from pipeline.text.spans import TokenSpan
from pipeline.training import fitting
from pipeline.training.attributed import AttributionTokens, GoldArticle, overlap, same_source
from pipeline.training.attributions.examples import UNSCORED, AttributionExample, tokens_of
from pipeline.training.attributions.model import loss
from pipeline.training.fitting import Ensemble, batches_by_length
from pipeline.training.regression import platt

ONE_HOT = np.eye(len(TAGS), dtype=np.float32)
"""What a teacher would say that knows the tags: it has not learned to read inside quotations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionSchedule(fitting.Schedule):
    """How the tagger is fitted."""

    epochs: int = 8
    rate: float = 2e-3
    link_weight: float = 0.4
    batch: int = 3000
    without_vectors: float = 0.0
    """In so large a part of the windows the network reads no vectors of the base model, as with
    another base model; in half of these, no vectors of words either."""


Part = tuple[AttributionExample, TokenSpan]
"""An article and the tokens of it that are read at once."""


class AttributionFit(fitting.Fit[Part]):
    """A tagger being fitted."""

    def __init__(
        self,
        tagger: nn.Module,
        examples: Sequence[AttributionExample],
        schedule: AttributionSchedule,
        folder: Path,
        score: Callable[[nn.Module], dict[str, float]],
        *,
        taught: Mapping[str, Floats] | None = None,
    ) -> None:
        """``score`` is asked after each epoch, for the log in the folder.

        ``taught`` are a teacher's (n, 7) probabilities of tags by the article's id.
        """
        self.schedule, self.score, self.taught = schedule, score, taught
        self.windows = [part for one in examples for part in parts_of(one)]
        steps = schedule.epochs * len(self._grouped(random.Random(0))) + 100
        groups = [{"params": list(tagger.parameters()), "lr": schedule.rate}]
        super().__init__(tagger, groups, schedule, steps, lambda _: None, folder)

    def batches(self, number: int) -> list[list[Part]]:  # noqa: ARG002
        """Return windows of about the same length."""
        return self._grouped(self.order)

    def losses(self, group: Sequence[Part]) -> dict[str, Tensor]:
        """Return the loss of tags and links."""
        given, tags, links = tensors(group, self.order, self.schedule.without_vectors)
        taught = self._taught(group, tags.shape[1])
        weights = torch.tensor([one.weight for one, _ in group])
        scored, linked = self.net(*given.values())
        total = loss(scored, linked, tags, links, weights, self.schedule.link_weight, taught)
        return {"loss": total}

    def ended(self, number: int, means: Mapping[str, float], seconds: int) -> None:
        """Write a line of the log."""
        with torch.no_grad():
            scores = self.score(self.net)
        line = {"epoch": number, **means, "seconds": seconds, **scores}
        assert self.folder is not None
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    def _grouped(self, order: random.Random) -> list[list[Part]]:
        def length(one: Part) -> int:
            return one[1][1] - one[1][0]

        return batches_by_length(self.windows, length, order, size=self.schedule.batch, jitter=20)

    def _taught(self, group: Sequence[Part], size: int) -> Tensor | None:
        if self.taught is None:
            return None
        filled = np.zeros((len(group), size, len(TAGS)), dtype=np.float32)
        for at, (example, (start, end)) in enumerate(group):
            if example.ranges is None:
                filled[at, : end - start] = self.taught[example.article.id][start:end]
            else:
                filled[at, : end - start] = ONE_HOT[np.maximum(example.tags[start:end], 0)]
        return torch.from_numpy(filled)


def parts_of(one: AttributionExample) -> list[Part]:
    """Return the parts of an article to learn from."""
    return [(one, bounds) for bounds in one.ranges or windows(one.found.codes, even=False)]


def tensors(
    group: Sequence[Part], draw: random.Random, without_vectors: float
) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    """Return the inputs of a tagger for a batch, and the tags and links that it should give.

    See ``AttributionSchedule.without_vectors``.
    """
    one = merged([batch(example.found, [bounds]) for example, bounds in group])
    for at in range(len(group)):
        if (drawn := draw.random()) < without_vectors:
            one.tensor[at] = 0.0
            if drawn < without_vectors / 2:
                one.vectors[at] = 0.0
    given = {name: torch.from_numpy(array) for name, array in inputs(one).items()}
    tags = np.full(one.heads.shape, UNSCORED, dtype=np.int64)
    links = np.full(one.heads.shape, -1, dtype=np.int64)
    for at, (example, (start, end)) in enumerate(group):
        tags[at, : end - start] = example.tags[start:end]
        linked = example.links[start:end]
        inside = (linked >= start) & (linked < end)
        links[at, : end - start] = np.where(inside, linked - start, -1)
    return given, torch.from_numpy(tags), torch.from_numpy(links)


def merged(ones: Sequence[WindowBatch]) -> WindowBatch:
    """Return windows of several documents as one batch."""
    long = max(one.heads.shape[1] for one in ones)

    def padded(name: str) -> Any:
        rows = [getattr(one, name) for one in ones]
        if rows[0] is None:
            return None
        filled = np.zeros((len(rows), long, *rows[0].shape[2:]), dtype=rows[0].dtype)
        if name in ("heads", "above"):
            filled += np.arange(long)
        for at, row in enumerate(rows):
            filled[at, : row.shape[1]] = row[0]
        return filled

    names = [name for name in WindowBatch._fields if name != "windows"]
    return WindowBatch([one.windows[0] for one in ones], *(padded(name) for name in names))


MEMBERS = 5
"""The judge is the mean of so many, each from another seed."""
WIDTH = 32
EPOCHS = 25
BATCH = 128
FOLDS = 5
STRICT = 0.8
FOUND = 0.3
COST = 0.25
"""Points of F1 that the threshold may cost: the higher one gives fewer wrong attributions."""
THRESHOLDS = tuple(round(0.15 + 0.025 * step, 3) for step in range(17))


class ArticleProposals(NamedTuple):
    """The proposals on one article."""

    example: AttributionExample
    offered: list[Proposal]
    known: Floats
    outcomes: Floats
    """(m, 2) whether an annotator marked it, and cut it nearly so."""
    tokens: list[AttributionTokens | None]
    """The proposals as the reference counts tokens; None in a region that was not annotated."""
    reference: GoldArticle


def case(one: AttributionExample, beliefs: Beliefs) -> ArticleProposals:
    """Return the proposals on an article, with what is known of each and whether it is right."""
    reported = beliefs.reported()
    offered = proposals(one.reading, beliefs, reported)
    known = Judging(one.reading, one.found, beliefs, reported).known(offered)
    reference = GoldArticle(one.article)
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
    return ArticleProposals(one, offered, known, outcomes, tokens, reference)


def fit_judge(cases: Sequence[ArticleProposals], seed: int) -> Ensemble:
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
        input_dropout=0.1,
        dropout=0.3,
        output=torch.sigmoid,
    )
    scaled = (known - judge.mean) / judge.spread

    def loss(member: nn.Module, some: Tensor) -> Tensor:
        return functional.binary_cross_entropy_with_logits(member(scaled[some]), outcomes[some])

    judge.fit(loss, len(scaled), epochs=EPOCHS, batch=BATCH, rate=3e-3, decay=0.05)
    return judge


class FittedJudge(NamedTuple):
    """A judge with the numbers that go into the config, and what was measured on the way."""

    judge: Ensemble
    least: float
    scale: Scale
    figures: dict[str, Any]


def fitted(cases: Sequence[ArticleProposals], seed: int = 1) -> FittedJudge:
    """Fit a judge; choose the threshold and calibrate by judges that did not see the article."""
    likely: list[Floats] = [np.zeros((0, 2), dtype=np.float32)] * len(cases)
    for fold in range(FOLDS):
        judge = fit_judge([c for i, c in enumerate(cases) if i % FOLDS != fold], seed)
        for at in range(fold, len(cases), FOLDS):
            likely[at] = judge.score(cases[at].known)
    table = {least: score(cases, likely, least) for least in THRESHOLDS}
    best = max(one["both"] for one in table.values())
    least = max(one for one in THRESHOLDS if table[one]["both"] >= best - COST)
    scale, error = calibrated(cases, likely, least)
    figures = {"thresholds": table, "least": least, "calibration_error": round(error, 4)}
    return FittedJudge(fit_judge(cases, seed), least, scale, figures)


def score(
    cases: Sequence[ArticleProposals], likely: Sequence[Floats], least: float
) -> dict[str, float]:
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


def _given(
    one: ArticleProposals, judged: Floats, least: float
) -> list[tuple[int, AttributionTokens]]:
    found = []
    for at in chosen(one.offered, judgement(judged), least):
        tokens = one.tokens[at]
        if tokens is not None:
            found.append((at, tokens))
    return found


def calibrated(
    cases: Sequence[ArticleProposals], likely: Sequence[Floats], least: float
) -> tuple[Scale, float]:
    """Return the scale of what is given out, and the expected calibration error that it leaves."""
    sure: list[float] = []
    right: list[bool] = []
    for one, judged in zip(cases, likely, strict=True):
        ours = _given(one, judged, least)
        right += one.reference.right([tokens for _, tokens in ours], FOUND)
        sure += [float(judged[at, 0]) for at, _ in ours]
    return platt(sure, right)
