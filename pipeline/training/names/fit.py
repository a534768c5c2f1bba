"""Fit the tagger of names to the tokens of articles."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from spacy.tokens import Doc
from torch import Tensor

from pipeline.document.columns import Columns
from pipeline.document.namespans import NAME_LABELS
from pipeline.reader.names.decode import LABELS, TAGS, Found
from pipeline.reader.names.features import Features, Integers, Labels, features
from pipeline.training.names.corpus import Article, aligned
from pipeline.training.names.tagger import Tagger, loss

NEVER = -1e9
UNSCORED = -1
WINDOW = 160
"""Tokens of a window; whole paragraphs are joined while there is room."""
AVERAGE = 0.99
"""The weights that count are a moving average with this share of the old one a step."""
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How the tagger is fitted."""

    epochs: int = 5
    rate: float = 3e-3
    """The largest learning rate (AdamW with one cycle, a tenth of the steps to warm up)."""
    decay: float = 0.02
    batch: int = 3000
    """Tokens of a batch, padding included."""
    copies: tuple[int, int] = (5, 1)
    """Copies with other names, of articles that are annotated in full and of others."""
    copy_weight: float = 0.5
    """How much a copy counts of what its article counts."""
    sampled: float = 0.5
    """So large a part of the copies, and of what nobody annotated, is read in each epoch."""
    seed: int = 1


class Example(NamedTuple):
    """An article as arrays, with the tags that are right."""

    id: str
    columns: Columns
    found: Features
    targets: Integers
    """(n,) rows of ``Targets``, or ``UNSCORED``."""
    gold: dict[tuple[int, int], frozenset[str]]
    """The names that it should have."""
    weight: float
    sampled: bool
    """It is read in some of the epochs only."""
    annotated: bool
    """People have told its names: the last epoch reads nothing else."""


class Targets:
    """The sets of tags of which any is right, numbered as they come."""

    def __init__(self) -> None:
        self._numbers: dict[frozenset[int], int] = {}

    def number(self, tags: frozenset[int]) -> int:
        """Return the number of a set of tags."""
        return self._numbers.setdefault(tags, len(self._numbers))

    def allowed(self) -> Tensor:
        """Return (sets, tags): 0 for the tags of each set, ``NEVER`` for the others."""
        table = torch.full((len(self._numbers), len(TAGS)), NEVER)
        for tags, number in self._numbers.items():
            table[number, sorted(tags)] = 0.0
        return table


def example(
    article: Article, doc: Doc, labels: Labels, targets: Targets, *, copy: bool = False
) -> Example:
    """Return an article as the tagger reads it, given its parse."""
    columns = Columns(doc)
    wanted = np.full(len(doc), targets.number(frozenset((0,))), dtype=np.int64)
    gold: dict[tuple[int, int], frozenset[str]] = {}
    for start, end, right in aligned(doc, article.marks):
        if not right:
            wanted[start:end] = UNSCORED
            continue
        if right & set(NAME_LABELS):
            gold[start, end] = right
        for at in range(start, end):
            place = "U" if end - start == 1 else "B" if at == start else "IL"[at == end - 1]
            wanted[at] = targets.number(frozenset(tag_number(place, one) for one in right))
    found = features(doc, columns, labels)
    found = found._replace(tensor=found.tensor.astype(np.float16))  # half the memory
    sampled, annotated = copy or not article.complete, bool(article.complete)
    return Example(article.id, columns, found, wanted, gold, article.weight, sampled, annotated)


def tag_number(place: str, label: str) -> int:
    """Return the column of a tag."""
    return 1 + 4 * LABELS.index(label) + "BILU".index(place)


def windows(columns: Columns, longest: int = WINDOW) -> Iterator[tuple[int, int]]:
    """Yield ranges of at most so many tokens, cut where paragraphs end, or sentences."""
    paragraphs, sentences = np.asarray(columns.paragraphs), np.asarray(columns.sentences)
    ends = [*(np.flatnonzero(np.diff(paragraphs)) + 1).tolist(), len(paragraphs)]
    begun = last = 0
    for end in ends:
        if end - begun > longest and last > begun:
            yield begun, last
            begun = last
        while end - begun > longest:
            inside = np.flatnonzero(np.diff(sentences[begun : begun + longest])) + 1
            cut = begun + (int(inside[-1]) if len(inside) else longest)
            yield begun, cut
            begun = cut
        last = end
    if begun < last:
        yield begun, last


class Window(NamedTuple):
    """Tokens of an example."""

    example: Example
    start: int
    end: int


class Batch(NamedTuple):
    """Windows side by side, as the tagger reads them, and what is wanted of it."""

    given: tuple[Tensor, ...]
    targets: Tensor
    weights: Tensor


def batch(group: Sequence[Window]) -> Batch:
    """Return windows of several articles side by side, padded to the longest."""
    long = max(one.end - one.start for one in group)

    def padded(rows: Callable[[Window], NDArray[np.generic]], empty: int = 0) -> Tensor:
        first = rows(group[0])
        kind = np.float32 if first.dtype == np.float16 else first.dtype
        filled = np.full((len(group), long, *first.shape[1:]), empty, dtype=kind)
        for at, one in enumerate(group):
            filled[at, : one.end - one.start] = rows(one)
        return torch.from_numpy(filled)

    words: tuple[list[NDArray[Any]], ...] = ([], [], [], [])
    places = []
    size = 0
    for one in group:
        used, inside = np.unique(one.example.found.places[one.start : one.end], return_inverse=True)
        found = one.example.found
        columns: tuple[NDArray[Any], ...] = found[:4]  # of words
        for rows, column in zip(words, columns, strict=True):
            rows.append(column[used])
        places.append(inside.astype(np.int64) + size)
        size += len(used)
    numbered = dict(zip(map(id, group), places, strict=True))
    given = (
        *(torch.from_numpy(np.concatenate(rows)) for rows in words),
        padded(lambda one: numbered[id(one)]),
        padded(lambda one: one.example.found.tensor[one.start : one.end]),
        padded(lambda one: one.example.found.codes[one.start : one.end]),
        padded(lambda one: one.example.found.token_bits[one.start : one.end]),
    )
    targets = padded(lambda one: one.example.targets[one.start : one.end], UNSCORED)
    weights = torch.tensor([one.example.weight for one in group])
    return Batch(given, targets, weights[:, None].expand(targets.shape))


class Fit:
    """A tagger being fitted."""

    def __init__(
        self, tagger: Tagger, examples: Sequence[Example], targets: Targets, schedule: Schedule
    ) -> None:
        self.tagger, self.schedule = tagger, schedule
        self.allowed = targets.allowed()
        self.windows = [Window(one, *each) for one in examples for each in windows(one.columns)]
        self.draw = random.Random(schedule.seed)
        steps = schedule.epochs * (round(1.02 * len(self.grouped(random.Random(0)))) + 10)
        tables = {id(one) for one in (tagger.grams.weight, *tagger.tables.parameters())}
        parameters = list(tagger.parameters())
        decaying = [one for one in parameters if one.dim() > 1 and id(one) not in tables]
        steady = [one for one in parameters if one.dim() == 1 or id(one) in tables]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": decaying, "weight_decay": schedule.decay},
                {"params": steady, "weight_decay": 0.0},
            ],
            lr=schedule.rate,
        )
        self.rates = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, schedule.rate, total_steps=steps, pct_start=0.1
        )
        self.mean = {name: one.detach().clone() for name, one in tagger.state_dict().items()}

    def run(self, score: Callable[[Tagger], Mapping[str, float]], tell: Tell) -> None:
        """Run the epochs; the tagger has the averaged weights at the end."""
        for epoch in range(1, self.schedule.epochs + 1):
            started = time.monotonic()
            mean = self._epoch(last=epoch == self.schedule.epochs)
            own = {name: one.clone() for name, one in self.tagger.state_dict().items()}
            self.tagger.load_state_dict(self.mean)
            self.tagger.eval()
            seconds = round(time.monotonic() - started)
            tell(f"epoch {epoch}: loss {mean:.4f}, {seconds} s, {dict(score(self.tagger))}")
            if epoch < self.schedule.epochs:
                self.tagger.load_state_dict(own)

    def _epoch(self, *, last: bool) -> float:
        self.tagger.train()
        losses = []
        for group in self.grouped(self.draw, last=last):
            given, targets, weights = batch(group)
            scored = targets != UNSCORED
            likely = self.tagger(*given)
            one = loss(likely[scored], self.allowed[targets[scored]], weights[scored])
            self.optimizer.zero_grad()
            one.backward()
            torch.nn.utils.clip_grad_norm_(self.tagger.parameters(), 2.0)
            self.optimizer.step()
            self.rates.step()
            losses.append(one.item())
            for name, value in self.tagger.state_dict().items():
                self.mean[name].mul_(AVERAGE).add_(value, alpha=1 - AVERAGE)
        return float(np.mean(losses))

    def grouped(self, draw: random.Random, *, last: bool = False) -> list[list[Window]]:
        """Return the windows of an epoch in batches of about the same length, in random order."""
        sampled = self.schedule.sampled
        chosen = [
            one
            for one in self.windows
            if (one.example.annotated or not last)
            and (not one.example.sampled or draw.random() < sampled)
        ]
        sizes = [(one.end - one.start + 25 * draw.random(), at) for at, one in enumerate(chosen)]
        groups: list[list[Window]] = []
        longest = 0
        for _, at in sorted(sizes):
            one = chosen[at]
            longest = max(longest, one.end - one.start)
            if groups and (len(groups[-1]) + 1) * longest <= self.schedule.batch:
                groups[-1].append(one)
            else:
                groups.append([one])
                longest = one.end - one.start
        draw.shuffle(groups)
        return groups


def f1(pairs: Sequence[tuple[Example, Sequence[Found]]]) -> dict[str, float]:
    """Return how well what was found agrees with the examples: spans, and spans with labels."""
    right = labelled = given = wanted = 0
    for one, found in pairs:
        ours = {(name.start, name.end): name.label for name in found if name.label in NAME_LABELS}
        both = ours.keys() & one.gold.keys()
        right += len(both)
        labelled += sum(ours[span] in one.gold[span] for span in both)
        given, wanted = given + len(ours), wanted + len(one.gold)
    whole = max(1, given + wanted)
    return {"names": round(200 * right / whole, 2), "labels": round(200 * labelled / whole, 2)}
