"""The ranker of reference for torch, its training and its calibration."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from pipeline.document.names import NAME_LABELS
from pipeline.model.reference.features import LABEL_COLUMNS, ReferenceFeatures
from pipeline.model.reference.mentions import CALIBRATED, NAME, NOUNS, PRONOUNS, part_of
from pipeline.model.reference.ranker import Belief, RankerConfig, Ranking, Run, Score
from pipeline.model.session import STATE
from pipeline.training import fitting
from pipeline.training.fitting import NEVER, logsumexp
from pipeline.training.reference.examples import ReferenceExample

SECOND = 64
SEEN = 2 * STATE
"""Width of the vectors of the base model of a mention: of its head and of the word above it."""
SIGHT = 32
"""These are projected to this many numbers."""
LOOK = 96
"""The states of a mention from a trunk or an encoder are projected to this many numbers."""
BLUR = 0.3
"""So large a part of those vectors is left out at random in training."""
KINDS = len(NAME_LABELS) + 1
"""The labels of what a noun may be said of, and none."""


class Nouns(nn.Module):
    """Tell from the vector of a noun of which kind of name it is said, if of any."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.kind = nn.Linear(width, KINDS)

    def forward(self, vectors: Tensor) -> Tensor:
        """Return (m, k) the probabilities of the kinds, zeros where there is no vector."""
        known = (vectors.abs().sum(1, keepdim=True) > 0).to(vectors.dtype)
        return torch.softmax(self.kind(vectors), dim=1) * known


class RankerModule(nn.Module):
    """Score pairs of an anaphor and a possible antecedent, and each mention's null antecedent."""

    def __init__(
        self,
        known: int,
        relations: int,
        extra: int,
        nouns: Nouns,
        *,
        hidden: int,
        dropout: float,
    ) -> None:
        """Make a ranker that reads ``extra`` states of a mention behind those of the base model."""
        super().__init__()
        self.nouns = nouns
        self.drop = nn.Dropout(dropout)
        self.sight = nn.Sequential(nn.Dropout(BLUR), nn.Linear(SEEN, SIGHT), nn.Tanh())
        self.look = nn.Sequential(nn.Dropout(BLUR), nn.Linear(extra, LOOK), nn.Tanh())
        sight = SIGHT + LOOK
        whole = known + KINDS + sight
        self.anaphor = nn.Linear(whole, hidden)
        self.antecedent = nn.Linear(whole, hidden)
        self.both = nn.Linear(sight, hidden, bias=False)
        self.relation = nn.Linear(relations + 2, hidden)
        self.second = nn.Linear(hidden, SECOND)
        self.score = nn.Linear(SECOND, 1)
        self.nobody = nn.Sequential(nn.Linear(whole, SECOND), nn.ReLU(), nn.Linear(SECOND, 1))

    def forward(
        self, known: Tensor, nouns: Tensor, states: Tensor, pairs: Tensor, relations: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the scores of the pairs (p,) and of the null antecedent for each mention (m,)."""
        first, second = pairs[:, 0], pairs[:, 1]
        kinds = self.nouns(nouns)
        labels = known[:, LABEL_COLUMNS : LABEL_COLUMNS + KINDS - 1]
        mine = kinds[first]
        fits = (mine[:, :-1] * labels[second]).sum(1, keepdim=True)
        alike = (mine * kinds[second]).sum(1, keepdim=True)
        seen = torch.cat([self.sight(states[:, :SEEN]), self.look(states[:, SEEN:])], 1)
        whole = torch.cat([known, kinds, seen], 1)
        mixed = self.anaphor(whole)[first] + self.antecedent(whole)[second]
        mixed = mixed + self.both(seen[first] * seen[second])
        relation = self.relation(torch.cat([relations, fits, alike], 1))
        hidden = self.drop(torch.relu(mixed + relation))
        hidden = self.drop(torch.relu(self.second(hidden)))
        return self.score(hidden)[:, 0], self.nobody(whole)[:, 0]


SMALLEST = 1e-6
"""Shares of a teacher below this do not count."""
NOUN_DECAY, NOUN_STEPS = 0.05, 100
"""Decay of the weights and steps of the part that tells kinds of nouns apart."""
Weighted = tuple[ReferenceExample, float]


class Size(NamedTuple):
    """The rankers of one part of the anaphors."""

    hidden: int
    """Units of the first layer."""
    dropout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceSchedule(fitting.Schedule):
    """How the rankers and the trunk below them are fitted; a batch is counted in mentions."""

    sizes: Mapping[str, Size] = field(
        default_factory=lambda: {PRONOUNS: Size(192, 0.3), NOUNS: Size(96, 0.4)}
    )
    """By the part of the anaphors."""
    epochs: int = 12
    rate: float = 1e-3
    batch: int = 500


def rankers(
    found: ReferenceFeatures, extra: int, nouns: Nouns, schedule: ReferenceSchedule
) -> dict[str, RankerModule]:
    """Return new rankers of both parts that read features and ``extra`` states of a mention."""
    known, relations = found.known.shape[1], found.relations.shape[1]
    return {
        part: RankerModule(known, relations, extra, nouns, hidden=one.hidden, dropout=one.dropout)
        for part, one in schedule.sizes.items()
    }


def asked_only(one: ReferenceExample, part: str) -> ReferenceExample:
    """Return an example that asks for the mentions of a part only."""
    mine = [part_of(mention.type) == part for mention in one.found.mentions]
    return one._replace(asked=one.asked & np.array(mine, dtype=bool))


def fitted_nouns(
    examples: Iterable[ReferenceExample], vectors: Callable[[Sequence[str]], np.ndarray]
) -> Nouns:
    """Return what tells kinds of nouns apart, fitted to what the texts say that names are.

    ``vectors`` returns the static vectors of words at length one.
    """
    said: Counter[tuple[str, int]] = Counter()
    for one in examples:
        if one.natural:
            said.update(one.said)
    words = sorted({word for word, _ in said})
    table = torch.from_numpy(vectors(words))
    place = {word: at for at, word in enumerate(words)}
    counts = torch.zeros(len(words), KINDS)
    for (word, kind), often in said.items():
        counts[place[word], kind] = often
    counts[:, -1] *= counts[:, :-1].sum() / counts[:, -1].sum().clamp_min(1.0)
    counts /= counts.sum().clamp_min(1.0)
    torch.manual_seed(0)
    net = Nouns(table.shape[1])
    optimizer = torch.optim.AdamW(net.parameters(), 0.05, weight_decay=NOUN_DECAY)
    for _ in range(NOUN_STEPS):
        optimizer.zero_grad()
        likely = torch.log_softmax(net.kind(nn.functional.dropout(table, 0.3)), dim=1)
        loss = -(counts * likely).sum()
        loss.backward()
        optimizer.step()
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    return net


def loss_of(net: nn.Module, group: Sequence[Weighted], states: Sequence[Tensor]) -> Tensor:
    """Return the mean of -log of the probability of all right antecedents together.

    ``states`` are those of the mentions of each example that a base adds. Where a teacher has
    scored the examples, half of the loss is the cross entropy against what it says (Hinton, Vinyals
    and Dean 2015).
    """
    ones = [one for one, _ in group]
    rows = [one.asked[one.found.pairs[:, 0]] for one in ones]

    def of_mentions(arrays: Iterable[np.ndarray]) -> Tensor:
        return torch.from_numpy(np.concatenate(list(arrays)))

    def of_pairs(arrays: Iterable[np.ndarray]) -> Tensor:
        return of_mentions(one[mine] for one, mine in zip(arrays, rows, strict=True))

    offsets = np.cumsum([0, *(len(one.found.mentions) for one in ones)])
    pairs = of_pairs(one.found.pairs + at for one, at in zip(ones, offsets, strict=False))
    scores, none = net(
        of_mentions(one.found.known for one in ones),
        of_mentions(one.found.nouns for one in ones),
        torch.cat([of_mentions(one.found.states for one in ones), torch.cat(list(states))], 1),
        pairs,
        of_pairs(one.found.relations for one in ones),
    )
    asked = of_mentions(one.asked for one in ones)
    size = len(asked)
    owner = torch.cat([pairs[:, 0], torch.arange(size)])
    counted = of_pairs(one.counted for one in ones)
    right = torch.cat([of_pairs(o.right for o in ones), of_mentions(o.null for o in ones)])
    every = torch.cat([scores.masked_fill(~counted, NEVER), none])
    total = logsumexp(every, owner, size)
    losses = total - logsumexp(every.masked_fill(~right, NEVER), owner, size)
    if ones[0].taught is not None:
        taught = [one.taught for one in ones if one.taught is not None]
        said = torch.cat(
            [
                of_pairs(pair for pair, _ in taught).masked_fill(~counted, NEVER),
                of_mentions(null for _, null in taught),
            ]
        )
        shares = torch.exp(said - logsumexp(said, owner, size)[owner])
        cross = torch.where(shares > SMALLEST, shares * (total[owner] - every), 0.0)
        losses = (losses + torch.zeros(size).scatter_add(0, owner, cross)) / 2
    weights = torch.cat([torch.full((len(one.found.mentions),), float(w)) for one, w in group])
    mine = weights[asked]
    return (losses[asked] * mine).sum() / mine.sum().clamp_min(1e-6)


def run_of(nets: Mapping[str, nn.Module]) -> Run:
    """Return what runs rankers."""

    def run(part: str, given: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        with torch.no_grad():
            scores, null = nets[part](**{key: torch.from_numpy(one) for key, one in given.items()})
        return scores.numpy(), null.numpy()

    return run


def judged(
    one: ReferenceExample, score: Score, config: RankerConfig
) -> list[tuple[str, float, bool, bool]]:
    """Return for each asked mention kind, raw probability, whether right, whether it has a gold."""
    found = one.found
    ranking = Ranking(one.scene, found, score, config)
    ranking.outside_speech()
    ranking.inside_speech({}, {})
    owner = owners(one)
    rows = []
    for at, mention in enumerate(found.mentions):
        if not one.asked[at]:
            continue
        belief: Belief = ranking.beliefs[at]
        chain = max(belief, key=lambda number: (belief[number], -number), default=None)
        likely = 0.0 if chain is None else belief[chain]
        has_gold = bool(one.gold[at] >= 0)
        right = chain is not None and has_gold and owner.get(chain) == one.gold[at]
        rows.append((CALIBRATED[mention.type], likely, bool(right), has_gold))
    return rows


def owners(one: ReferenceExample) -> dict[int, int]:
    """Return the gold entity that most names of each chain belong to."""
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for mention, gold in zip(one.found.mentions, one.gold.tolist(), strict=True):
        if mention.type == NAME:
            votes[mention.chain][gold] += 1
    return {chain: max(mine, key=lambda gold: (mine[gold], -gold)) for chain, mine in votes.items()}
