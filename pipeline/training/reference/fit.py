"""Fit the ranker of reference and its calibration."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from pipeline.reader.reference.mentions import CALIBRATED, NAME, NOUNS, PRONOUNS, part_of
from pipeline.reader.reference.ranker import Belief, Config, Ranking, scorer
from pipeline.training.reference.examples import Example
from pipeline.training.reference.model import KINDS, Nouns, Ranker

NEVER = -1e9
NOUN_DECAY, NOUN_STEPS = 0.05, 100
"""Decay of the weights and steps of the part that tells kinds of nouns apart."""
Weighted = tuple[Example, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How the rankers of one part of the anaphors are fitted."""

    epochs: int
    """Passes over the texts."""
    members: int
    """Rankers from different seeds whose scores are averaged."""
    hidden: int
    """Units of the first layer."""
    dropout: float
    rate: float = 2e-3
    """The largest learning rate (AdamW with one cycle)."""
    decay: float = 0.01
    """Decay of the weights."""
    batch: int = 500
    """Mentions of a batch."""
    seed: int = 1
    """Random seed of the first member; each further one has the next."""


SCHEDULES = {
    PRONOUNS: Schedule(epochs=12, members=2, hidden=192, dropout=0.3),
    NOUNS: Schedule(epochs=6, members=4, hidden=96, dropout=0.4),
}
"""Noun phrases with an antecedent are few: more units or passes learn them by heart."""


class Mean(nn.Module):
    """The mean of the scores of several rankers."""

    def __init__(self, rankers: Sequence[Ranker]) -> None:
        super().__init__()
        self.rankers = nn.ModuleList(rankers)

    def forward(
        self, known: Tensor, nouns: Tensor, states: Tensor, pairs: Tensor, relations: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the scores of pairs and of nobody, as ``Ranker`` does."""
        scored = [one(known, nouns, states, pairs, relations) for one in self.rankers]
        return (
            torch.stack([scores for scores, _ in scored]).mean(0),
            torch.stack([nobody for _, nobody in scored]).mean(0),
        )


def fitted(
    examples: Sequence[Weighted],
    nouns: Nouns,
    schedules: Mapping[str, Schedule],
    tell: Callable[[str], None],
) -> dict[str, Mean]:
    """Return the rankers of both parts, fitted to weighted examples."""
    found = {}
    known, relations, states = (
        getattr(examples[0][0].found, one).shape[1] for one in ("known", "relations", "states")
    )
    for part, schedule in schedules.items():
        mine = [(asked_only(one, part), weight) for one, weight in examples]
        mine = [(one, weight) for one, weight in mine if one.asked.any()]
        members = []
        for seed in range(schedule.seed, schedule.seed + schedule.members):
            torch.manual_seed(seed)
            net = Ranker(
                known,
                relations,
                states,
                nouns,
                hidden=schedule.hidden,
                dropout=schedule.dropout,
            )
            loss = _fit(net, mine, schedule, random.Random(seed))
            tell(f"{part}, seed {seed}: loss {loss:.4f}")
            members.append(net.eval())
        found[part] = Mean(members).eval()
    return found


def asked_only(one: Example, part: str) -> Example:
    """Return an example that asks for the mentions of a part only."""
    mine = [part_of(mention.type) == part for mention in one.found.mentions]
    return one._replace(asked=one.asked & np.array(mine, dtype=bool))


def fitted_nouns(
    examples: Iterable[Example], vectors: Callable[[Sequence[str]], np.ndarray]
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
    counts /= counts.sum()
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


def _fit(
    net: Ranker, examples: Sequence[Weighted], schedule: Schedule, order: random.Random
) -> float:
    learned = [one for one in net.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(learned, schedule.rate, weight_decay=schedule.decay)
    epochs = [list(_drawn(examples, order)) for _ in range(schedule.epochs)]
    mentions = sum(len(one.found.mentions) for epoch in epochs for one, _ in epoch)
    steps = max(20, mentions // schedule.batch + 2 * schedule.epochs)
    rates = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, schedule.rate, total_steps=steps, pct_start=0.1
    )
    losses: list[float] = []
    net.train()
    for epoch in epochs:
        losses = []
        for group in _batches(epoch, schedule.batch):
            optimizer.zero_grad()
            loss = loss_of(net, group)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned, 2.0)
            optimizer.step()
            if rates.last_epoch < steps - 1:
                rates.step()
            losses.append(loss.item())
    return sum(losses) / max(1, len(losses))


def _drawn(examples: Sequence[Weighted], order: random.Random) -> Iterator[Weighted]:
    """Yield the examples of one pass, shuffled; a weight below one is the chance to be drawn."""
    for one, weight in order.sample(examples, len(examples)):
        if weight >= 1 or order.random() < weight:
            yield one, max(weight, 1.0)


def _batches(examples: Sequence[Weighted], size: int) -> Iterator[list[Weighted]]:
    group: list[Weighted] = []
    mentions = 0
    for one in examples:
        group.append(one)
        mentions += len(one[0].found.mentions)
        if mentions > size:
            yield group
            group, mentions = [], 0
    if group:
        yield group


def loss_of(
    net: nn.Module, group: Sequence[Weighted], encoded: Sequence[Tensor] | None = None
) -> Tensor:
    """Return the mean of -log of the probability of all right antecedents together.

    ``encoded`` has the states of the mentions of each example that an encoder adds.
    """
    ones = [one for one, _ in group]
    offsets = np.cumsum([0, *(len(one.found.mentions) for one in ones)])
    rows = [one.asked[one.found.pairs[:, 0]] for one in ones]
    shifted = [
        one.found.pairs[mine] + at for one, mine, at in zip(ones, rows, offsets, strict=False)
    ]
    pairs = torch.from_numpy(np.concatenate(shifted))
    joined = {
        "known": torch.from_numpy(np.concatenate([one.found.known for one in ones])),
        "nouns": torch.from_numpy(np.concatenate([one.found.nouns for one in ones])),
        "states": torch.from_numpy(np.concatenate([one.found.states for one in ones])),
        "pairs": pairs,
        "relations": torch.from_numpy(
            np.concatenate(
                [one.found.relations[mine] for one, mine in zip(ones, rows, strict=True)]
            )
        ),
    }
    if encoded is not None:
        joined["states"] = torch.cat([joined["states"], torch.cat(list(encoded))], 1)
    right, counted = (
        torch.from_numpy(
            np.concatenate([getattr(one, name)[mine] for one, mine in zip(ones, rows, strict=True)])
        )
        for name in ("right", "counted")
    )
    asked, nobody = (
        torch.from_numpy(np.concatenate([getattr(one, name) for one in ones]))
        for name in ("asked", "nobody")
    )
    weights = torch.cat([torch.full((len(one.found.mentions),), float(w)) for one, w in group])
    scores, none = net(**joined)
    size = len(asked)
    owner = torch.cat([pairs[:, 0], torch.arange(size)])
    every = torch.cat([scores.masked_fill(~counted, NEVER), none])
    good = every.masked_fill(~torch.cat([right, nobody]), NEVER)
    losses = (_logsumexp(every, owner, size) - _logsumexp(good, owner, size))[asked]
    mine = weights[asked]
    return (losses * mine).sum() / mine.sum().clamp_min(1e-6)


def _logsumexp(scores: Tensor, owner: Tensor, size: int) -> Tensor:
    top = torch.full((size,), NEVER).scatter_reduce(0, owner, scores, "amax")
    total = torch.zeros(size).scatter_add(0, owner, torch.exp(scores - top[owner]))
    return top + torch.log(total + 1e-30)


def judged(
    nets: Mapping[str, nn.Module], one: Example, config: Config
) -> list[tuple[str, float, bool, bool]]:
    """Return for each asked mention kind, raw probability, whether right, whether it has a gold."""
    found = one.found

    def run(part: str, given: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        with torch.no_grad():
            scores, nobody = nets[part](
                **{key: torch.from_numpy(one) for key, one in given.items()}
            )
        return scores.numpy(), nobody.numpy()

    ranking = Ranking(one.scene, found, scorer(found, run), config)
    ranking.outside_speech()
    ranking.inside_speech({}, {})
    owner = owners(one)
    rows = []
    for at, mention in enumerate(found.mentions):
        if not one.asked[at]:
            continue
        belief: Belief = ranking.beliefs[at]
        if not belief:
            rows.append((CALIBRATED[mention.type], 0.0, False, bool(one.gold[at] >= 0)))
            continue
        chain = max(belief, key=lambda number: (belief[number], -number))
        right = one.gold[at] >= 0 and owner.get(chain) == one.gold[at]
        rows.append((CALIBRATED[mention.type], belief[chain], bool(right), bool(one.gold[at] >= 0)))
    return rows


def owners(one: Example) -> dict[int, int]:
    """Return the gold entity that most names of each chain belong to."""
    votes: dict[int, dict[int, int]] = {}
    for mention, gold in zip(one.found.mentions, one.gold.tolist(), strict=True):
        if mention.type == NAME:
            mine = votes.setdefault(mention.chain, {})
            mine[gold] = mine.get(gold, 0) + 1
    return {chain: max(mine, key=lambda gold: (mine[gold], -gold)) for chain, mine in votes.items()}
