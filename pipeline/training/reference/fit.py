"""Fit the ranker of reference and its calibration."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from pipeline.reader.reference.mentions import NAME, THE
from pipeline.reader.reference.ranker import Belief, Config, Ranking
from pipeline.training.reference.examples import Example
from pipeline.training.reference.model import Ranker

NEVER = -1e9
Weighted = tuple[Example, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How the ranker is fitted."""

    epochs: int = 12
    """Passes over the texts."""
    rate: float = 2e-3
    """The largest learning rate (AdamW with one cycle)."""
    decay: float = 0.01
    """Decay of the weights."""
    batch: int = 500
    """Mentions of a batch."""
    members: int = 2
    """Rankers from different seeds whose scores are averaged."""
    seed: int = 1
    """Random seed of the first member; each further one has the next."""


class Mean(nn.Module):
    """The mean of the scores of several rankers."""

    def __init__(self, rankers: Sequence[Ranker]) -> None:
        super().__init__()
        self.rankers = nn.ModuleList(rankers)

    def forward(self, known: Tensor, pairs: Tensor, relations: Tensor) -> tuple[Tensor, Tensor]:
        """Return the scores of pairs and of nobody, as ``Ranker`` does."""
        scored = [one(known, pairs, relations) for one in self.rankers]
        return (
            torch.stack([scores for scores, _ in scored]).mean(0),
            torch.stack([nobody for _, nobody in scored]).mean(0),
        )


def fitted(examples: Sequence[Weighted], schedule: Schedule, tell: Callable[[str], None]) -> Mean:
    """Return a ranker fitted to weighted examples."""
    found = []
    for member in range(schedule.members):
        seed = schedule.seed + member
        torch.manual_seed(seed)
        first = examples[0][0].found
        net = Ranker(first.known.shape[1], first.relations.shape[1])
        loss = _fit(net, list(examples), schedule, random.Random(seed))
        tell(f"member {member}: loss {loss:.4f}")
        found.append(net.eval())
    whole = Mean(found)
    whole.eval()
    return whole


def _fit(net: Ranker, examples: list[Weighted], schedule: Schedule, order: random.Random) -> float:
    optimizer = torch.optim.AdamW(net.parameters(), schedule.rate, weight_decay=schedule.decay)
    mentions = sum(len(one.found.mentions) for one, _ in examples)
    steps = schedule.epochs * (mentions // schedule.batch + 2)
    rates = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, schedule.rate, total_steps=steps, pct_start=0.1
    )
    losses: list[float] = []
    for _ in range(schedule.epochs):
        order.shuffle(examples)
        losses = []
        net.train()
        for group in _batches(examples, schedule.batch):
            optimizer.zero_grad()
            loss = loss_of(net, group)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            optimizer.step()
            if rates.last_epoch < steps - 1:
                rates.step()
            losses.append(loss.item())
    return sum(losses) / max(1, len(losses))


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


def loss_of(net: nn.Module, group: Sequence[Weighted]) -> Tensor:
    """Return the mean of -log of the probability of all right antecedents together."""
    ones = [one for one, _ in group]
    offsets = np.cumsum([0, *(len(one.found.mentions) for one in ones)])
    shifted = [one.found.pairs + at for one, at in zip(ones, offsets, strict=False)]
    pairs = torch.from_numpy(np.concatenate(shifted))
    joined = {
        "known": torch.from_numpy(np.concatenate([one.found.known for one in ones])),
        "pairs": pairs,
        "relations": torch.from_numpy(np.concatenate([one.found.relations for one in ones])),
    }
    asked, right, nobody, counted = (
        torch.from_numpy(np.concatenate([getattr(one, name) for one in ones]))
        for name in ("asked", "right", "nobody", "counted")
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


def judged(net: nn.Module, one: Example, config: Config) -> list[tuple[str, float, bool, bool]]:
    """Return for each asked mention kind, raw probability, whether right, whether it has a gold."""
    found = one.found

    def score(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with torch.no_grad():
            scores, nobody = net(
                torch.from_numpy(found.known),
                torch.from_numpy(found.pairs[rows]),
                torch.from_numpy(found.relations[rows]),
            )
        return scores.numpy(), nobody.numpy()

    ranking = Ranking(one.scene, found, score, config)
    ranking.outside_speech()
    ranking.inside_speech({}, {})
    owner = owners(one)
    rows = []
    for at, mention in enumerate(found.mentions):
        if not one.asked[at]:
            continue
        belief: Belief = ranking.beliefs[at]
        if not belief:
            rows.append((_kind(mention.type), 0.0, False, bool(one.gold[at] >= 0)))
            continue
        chain = max(belief, key=lambda number: (belief[number], -number))
        right = one.gold[at] >= 0 and owner.get(chain) == one.gold[at]
        rows.append((_kind(mention.type), belief[chain], bool(right), bool(one.gold[at] >= 0)))
    return rows


def _kind(of: int) -> str:
    return "nominal" if of >= THE else "pronoun"


def owners(one: Example) -> dict[int, int]:
    """Return the gold entity that most names of each chain belong to."""
    votes: dict[int, dict[int, int]] = {}
    for mention, gold in zip(one.found.mentions, one.gold.tolist(), strict=True):
        if mention.type == NAME:
            mine = votes.setdefault(mention.chain, {})
            mine[gold] = mine.get(gold, 0) + 1
    return {chain: max(mine, key=lambda gold: (mine[gold], -gold)) for chain, mine in votes.items()}


def platt(likely: Sequence[float], right: Sequence[bool]) -> tuple[float, float]:
    """Return slope and shift of the logistic function that fits outcomes to log odds."""
    bounded = torch.tensor(likely, dtype=torch.float64).clamp(1e-4, 1 - 1e-4)
    odds = torch.log(bounded / (1 - bounded))
    wanted = torch.tensor(right, dtype=torch.float64)
    line = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([line], max_iter=100)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(line[0] * odds + line[1], wanted)
        loss.backward()
        return loss

    optimizer.step(closure)
    slope, shift = line.detach().tolist()
    return round(slope, 4), round(shift, 4)
