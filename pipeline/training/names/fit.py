"""The tagger of names in torch, fitted to annotated tokens and to the output of a teacher."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from pipeline.document.columns import Columns
from pipeline.document.names import NAME_LABELS
from pipeline.model.encoder import WIDTH as ENCODED
from pipeline.model.encoder import States
from pipeline.model.names.features import (
    GRAM_ROWS,
    TOKEN_BITS,
    WORD_BITS,
    WORD_HASHES,
    NameFeatures,
)
from pipeline.model.names.network import LABELS, TAGS, FoundName
from pipeline.model.session import Floats, Integers
from pipeline.training import fitting
from pipeline.training.fitting import NEVER, Tell, batches_by_length
from pipeline.training.names.corpus import ALL, COARSE, NamedArticle, Seen, aligned

VECTOR, TENSOR = 300, 96
HASH_WIDTHS = (32, 12, 16, 12)
GRAM_WIDTH, TAG_WIDTH, DEP_WIDTH = 32, 16, 12
WORD = 96
WIDTH = 128
REACH = (1, 1, 2, 4, 8, 1)
"""Distance of the two tokens that each layer combines with a token."""
O_BIAS = 5.0
"""The bias of O, the tag of no name, before training."""
DROPOUT = 0.25
UNKNOWN = 0.12
"""Share of words in training whose vector and hash are dropped, so that only letters remain."""


class MaxoutLayer(nn.Module):
    """A residual layer over each token and one on each side, with the larger of two products."""

    def __init__(self, reach: int, dropout: float) -> None:
        super().__init__()
        self.reach = reach
        self.products = nn.Linear(3 * WIDTH, 2 * WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.drop = nn.Dropout(dropout)

    def forward(self, states: Tensor) -> Tensor:
        """Return (B, T, w) for (B, T, w) states; zeros beyond the ends."""
        beyond = torch.zeros_like(states[:, :1]).expand(-1, self.reach, -1)
        before = torch.cat([beyond, states], 1)[:, : states.shape[1]]
        behind = torch.cat([states, beyond], 1)[:, self.reach :]
        products = self.products(torch.cat([before, states, behind], -1))
        one, other = products.chunk(2, -1)
        found: Tensor = self.norm(states + self.drop(torch.maximum(one, other)))
        return found


class NameTagger(nn.Module):
    """Score the tags of each token, given the numbers of tags and dependencies with a code.

    ``encoded`` says whether it reads the states of an encoder as well.
    """

    def __init__(self, tags: int, deps: int, *, encoded: bool = False) -> None:
        super().__init__()
        sizes = zip(WORD_HASHES.values(), HASH_WIDTHS, strict=True)
        self.tables = nn.ModuleList(nn.Embedding(size, width) for size, width in sizes)
        self.grams = nn.Embedding(GRAM_ROWS, GRAM_WIDTH)
        for table in (*self.tables, self.grams):
            nn.init.normal_(table.weight, std=0.1)
        self.vector = nn.Linear(VECTOR, WORD, bias=False)
        known = WORD + sum(HASH_WIDTHS) + GRAM_WIDTH
        self.word = nn.Linear(known + WORD_BITS, WORD)
        self.tag = nn.Embedding(tags + 1, TAG_WIDTH)
        self.dep = nn.Embedding(deps + 1, DEP_WIDTH)
        own = WORD + TENSOR + TAG_WIDTH + DEP_WIDTH + TOKEN_BITS
        self.token = nn.Linear(own + ENCODED * encoded, WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.layers = nn.ModuleList(MaxoutLayer(reach, DROPOUT / 2) for reach in REACH)
        self.out = nn.Sequential(
            nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Dropout(0.1), nn.Linear(WIDTH, len(TAGS))
        )
        with torch.no_grad():  # most tokens are outside: this need not be learned first
            self.out[-1].bias[0] += O_BIAS
        self.drop, self.drop_tensor = nn.Dropout(DROPOUT), nn.Dropout(0.1)

    def forward(self, *given: Tensor) -> Tensor:
        """Return (B, T, tags) log-probabilities, given the inputs of the network."""
        places, tensor, codes, token_bits, *encoded = given[4:]
        words = self.words(*given[:4])
        parts = [words[places], self.drop_tensor(tensor)]
        parts += [self.tag(codes[..., 0]), self.dep(codes[..., 1]), token_bits]
        parts += map(self.drop, encoded)
        states = self.norm(functional.relu(self.token(torch.cat(parts, -1))))
        states = self.drop(states)
        for layer in self.layers:
            states = layer(states)
        return functional.log_softmax(self.out(states), -1)

    def words(self, vectors: Tensor, hashes: Tensor, grams: Tensor, bits: Tensor) -> Tensor:
        """Return (u, w) for u words."""
        if self.training:
            known = torch.rand(len(vectors)) >= UNKNOWN
            vectors = vectors * known[:, None]
            kept = [known, *[torch.ones_like(known)] * (len(HASH_WIDTHS) - 1)]
            hashes = hashes * torch.stack(kept, 1)
        used = (grams > 0).to(vectors.dtype)[..., None]
        letters = (self.grams(grams) * used).sum(1) / used.sum(1).clamp(min=1)
        looked_up = [table(hashes[:, at]) for at, table in enumerate(self.tables)]
        parts = torch.cat([functional.relu(self.vector(vectors)), *looked_up, letters], -1)
        return functional.relu(self.word(torch.cat([self.drop(parts), bits], -1)))


def loss(likely: Tensor, allowed: Tensor) -> Tensor:
    """Return the negative log-likelihood of m tokens, given (m, tags) log-probabilities.

    ``allowed`` are zeros for the tags that are right, and very small numbers for the others: if
    several are right, their probabilities are added up.
    """
    return -torch.logsumexp(likely + allowed, -1)


def lesson(likely: Tensor, tags: Tensor, shares: Tensor) -> Tensor:
    """Return the cross-entropy of m tokens against a teacher's few likeliest tags.

    ``tags`` and ``shares`` are (m, few): their columns and probabilities.
    """
    return -(likely.gather(-1, tags) * shares).sum(-1)


UNSCORED = -1
WINDOW = 160
"""Tokens of a window; whole paragraphs are joined while there is room."""
AVERAGE = 0.99
"""Decay of the moving average of the weights, per step."""
FEW = 4
"""Number of a teacher's likeliest tags to learn for each token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSchedule(fitting.Schedule):
    """How the tagger is fitted."""

    epochs: int = 5
    rate: float = 3e-3
    decay: float = 0.02
    batch: int = 3000
    copies: tuple[int, int] = (2, 1)
    """Number of copies with other names, of fully annotated articles and of others."""
    copy_weight: float = 0.5
    """Weight of a copy relative to its article."""
    sampled: float = 0.5
    """Share of the copies, and of texts without annotation, to read in each epoch."""
    taught: float = 0.5
    """Weight of the teacher in the loss."""


class TaggerInput(NamedTuple):
    """The input of the tagger for a text, and the names from a recogniser."""

    columns: Columns
    found: NameFeatures
    seen: tuple[Seen, ...]
    states: States | None
    """What an encoder has made of the tokens."""


class Taught(NamedTuple):
    """A teacher's likeliest tags of n tokens, and their probabilities."""

    tags: NDArray[np.uint8]
    """(n, FEW)"""
    shares: NDArray[np.float16]
    """(n, FEW); all zeros for tokens that are not learned from the teacher."""


class NameExample(NamedTuple):
    """An article as arrays, with the right tags."""

    columns: Columns
    found: NameFeatures
    states: States | None
    targets: Integers
    """(n,) rows of ``Targets``, or ``UNSCORED``."""
    gold: dict[tuple[int, int], frozenset[str]]
    """The right names."""
    weight: float
    chance: float
    """The probability that an epoch reads it."""
    annotated: bool
    """Whether its names were annotated by people: the last epoch reads nothing else."""
    taught: Taught | None


class Targets:
    """Sets of tags of which any is right, numbered in order of appearance."""

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
    article: NamedArticle,
    reading: TaggerInput,
    targets: Targets,
    *,
    sampled: float = 1.0,
    taught: Taught | None = None,
) -> NameExample:
    """Return an article as the tagger reads it.

    An article with a weight less than 1 is read less often. Between the names of a coarse
    annotation may be names of labels that it has not.
    """
    columns, found, _, states = reading
    missing = ALL - COARSE if article.complete == COARSE else ()
    outside = frozenset((0, *(tag_number(place, one) for one in missing for place in "BILU")))
    wanted = np.full(len(columns.words), targets.number(outside), dtype=np.int64)
    gold: dict[tuple[int, int], frozenset[str]] = {}
    for start, end, right in aligned(columns, article.marks):
        if not right:
            wanted[start:end] = UNSCORED
            continue
        if right & ALL:
            gold[start, end] = right
        for at in range(start, end):
            place = "U" if end - start == 1 else "B" if at == start else "IL"[at == end - 1]
            wanted[at] = targets.number(frozenset(tag_number(place, one) for one in right))
    weight, chance = max(1.0, article.weight), min(1.0, article.weight) * sampled
    annotated = bool(article.complete)
    return NameExample(columns, found, states, wanted, gold, weight, chance, annotated, taught)


def teachings(likely: Floats, names: Sequence[FoundName]) -> Taught:
    """Return the targets from a teacher's (n, tags) log-probabilities.

    ``names`` are what was decided by them over the document: nothing is learned of a token whose
    likeliest tag has another label.
    """
    tags = np.argsort(-likely, axis=1)[:, :FEW]
    shares = np.exp(np.take_along_axis(likely, tags, axis=1))
    shares /= shares.sum(axis=1, keepdims=True)
    decided = np.full(len(likely), -1)
    for one in names:
        decided[one.start : one.end] = LABELS.index(one.label)
    shares[decided != (tags[:, 0].astype(np.int64) + 3) // 4 - 1] = 0.0
    return Taught(tags.astype(np.uint8), shares.astype(np.float16))


def tag_number(place: str, label: str) -> int:
    """Return the column of a tag."""
    return 1 + 4 * LABELS.index(label) + "BILU".index(place)


def windows(columns: Columns, longest: int = WINDOW) -> Iterator[tuple[int, int]]:
    """Yield ranges of at most this many tokens, cut where paragraphs end, or sentences."""
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


class NameWindow(NamedTuple):
    """Tokens of an example."""

    example: NameExample
    start: int
    end: int


class NameBatch(NamedTuple):
    """A batch of windows with their targets."""

    given: tuple[Tensor, ...]
    targets: Tensor
    weights: Tensor
    tags: Tensor
    shares: Tensor
    """A teacher's likeliest tags and their probabilities: zeros if nothing is learned from it."""


def batch(group: Sequence[NameWindow]) -> NameBatch:
    """Return windows of several articles as a batch, padded to the longest."""
    long = max(one.end - one.start for one in group)

    def padded(rows: Callable[[NameWindow], NDArray[np.generic]], empty: int = 0) -> Tensor:
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
    vectors, *others = (torch.from_numpy(np.concatenate(rows)) for rows in words)
    given = (
        vectors.float(),
        *others,
        padded(lambda one: numbered[id(one)]),
        padded(lambda one: one.example.found.tensor[one.start : one.end]),
        padded(lambda one: one.example.found.codes[one.start : one.end]),
        padded(lambda one: one.example.found.token_bits[one.start : one.end]),
    )
    if group[0].example.states is not None:
        given += (padded(lambda one: one.example.states[one.start : one.end]),)  # type: ignore[index]
    targets = padded(lambda one: one.example.targets[one.start : one.end], UNSCORED)
    weights = torch.tensor([one.example.weight for one in group])
    lessons = {id(one): one.example.taught or untaught(one) for one in group}
    tags = padded(lambda one: lessons[id(one)].tags[one.start : one.end]).long()
    shares = padded(lambda one: lessons[id(one)].shares[one.start : one.end])
    return NameBatch(given, targets, weights[:, None].expand(targets.shape), tags, shares)


def untaught(one: NameWindow) -> Taught:
    """Return empty targets of a teacher."""
    size = (one.end, FEW)
    return Taught(np.zeros(size, dtype=np.uint8), np.zeros(size, dtype=np.float16))


def loss_of(tagger: nn.Module, one: NameBatch, allowed: Tensor, share: float = 0.0) -> Tensor:
    """Return the loss of a batch against the annotations, and a teacher's ``share`` of it.

    ``allowed`` is what ``Targets.allowed`` returns.
    """
    read = (one.targets != UNSCORED) | (one.shares[..., 0] > 0)
    with torch.autocast("cpu", torch.bfloat16):  # twice as fast
        likely = tagger(*one.given)[read]
    likely, targets = likely.float(), one.targets[read]
    own = loss(likely, allowed[targets.clamp(min=0)]) * (targets != UNSCORED)
    taught = lesson(likely, one.tags[read], one.shares[read])
    shares = share * (one.shares[read][:, 0] > 0)
    weights = one.weights[read]
    return (((1 - shares) * own + shares * taught) * weights).sum() / weights.sum()


class NameFit(fitting.Fit[NameWindow]):
    """A tagger being fitted; at the end of each epoch it has the mean of its weights."""

    def __init__(
        self,
        tagger: nn.Module,
        examples: Sequence[NameExample],
        targets: Targets,
        schedule: NameSchedule,
        score: Callable[[], Mapping[str, float]],
        tell: Tell,
    ) -> None:
        """``score`` is asked after each epoch."""
        self.schedule, self.score = schedule, score
        self.allowed = targets.allowed()
        self.windows = [NameWindow(one, *each) for one in examples for each in windows(one.columns)]
        steps = schedule.epochs * (round(1.02 * len(self.grouped(random.Random(0)))) + 10)
        groups = parameter_groups(tagger, schedule.rate, schedule.decay)
        super().__init__(tagger, groups, schedule, steps, tell)
        self.mean = self._weights()

    def _weights(self) -> dict[str, Tensor]:
        return {name: one.detach().clone() for name, one in self.net.named_parameters()}

    def batches(self, number: int) -> list[list[NameWindow]]:
        """Return windows of about the same length; the last epoch reads annotated ones."""
        return self.grouped(self.order, last=number + 1 == self.schedule.epochs)

    def losses(self, group: Sequence[NameWindow]) -> dict[str, Tensor]:
        """Return the loss of the tags."""
        return {"loss": loss_of(self.net, batch(group), self.allowed, self.schedule.taught)}

    def stepped(self) -> None:
        """Move the mean of the weights."""
        for name, value in self.net.named_parameters():
            self.mean[name].lerp_(value.detach(), 1 - AVERAGE)

    def ended(self, number: int, means: Mapping[str, float], seconds: int) -> None:
        """Score the mean of the weights, which is kept at the end."""
        own = self._weights()
        self.net.load_state_dict(self.mean, strict=False)
        self.tell(f"epoch {number}: {dict(means)}, {seconds} s, {dict(self.score())}")
        if number < self.schedule.epochs:
            self.net.load_state_dict(own, strict=False)

    def grouped(self, draw: random.Random, *, last: bool = False) -> list[list[NameWindow]]:
        """Return the windows of an epoch in batches."""
        chosen = [
            one
            for one in self.windows
            if (one.example.annotated or not last) and draw.random() < one.example.chance
        ]
        size = self.schedule.batch
        return batches_by_length(
            chosen, lambda one: one.end - one.start, draw, size=size, jitter=25
        )


def parameter_groups(tagger: nn.Module, rate: float, decay: float) -> list[dict[str, Any]]:
    """Return the weights with their rate and decay: tables, biases and norms have none."""
    tables = {id(table.weight) for table in tagger.modules() if isinstance(table, nn.Embedding)}
    groups: dict[float, list[nn.Parameter]] = {}
    for one in tagger.parameters():
        own = decay if one.dim() > 1 and id(one) not in tables else 0.0
        groups.setdefault(own, []).append(one)
    return [{"params": some, "lr": rate, "weight_decay": own} for own, some in groups.items()]


def f1(pairs: Sequence[tuple[NameExample, Sequence[FoundName]]]) -> dict[str, float]:
    """Return scores of found names against the examples: spans, and spans with labels."""
    right = labelled = given = wanted = 0
    for one, found in pairs:
        ours = {(name.start, name.end): name.label for name in found if name.label in NAME_LABELS}
        both = ours.keys() & one.gold.keys()
        right += len(both)
        labelled += sum(ours[span] in one.gold[span] for span in both)
        given, wanted = given + len(ours), wanted + len(one.gold)
    whole = max(1, given + wanted)
    return {"names": round(200 * right / whole, 2), "labels": round(200 * labelled / whole, 2)}
