"""Fit the scorer of figures."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.reader.figures.scorer import CHANGES, KINDS, LIMITS, choices
from pipeline.training.figures.examples import UNKNOWN, Example
from pipeline.training.figures.model import Scorer

NEVER = -1e4
ANSWERS = ("kind", "change", "bound", "measures", "holder")
INPUTS = (
    "codes", "traits", "tensor", "vectors", "context", "given", "pairs", "paths", "relations",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How the scorer is fitted."""

    epochs: int = 18
    """Passes over the articles."""
    rate: float = 3e-3
    """The largest learning rate (AdamW with one cycle)."""
    decay: float = 0.02
    """Decay of the weights."""
    batch: int = 100
    """Numbers of a batch."""
    members: int = 3
    """Scorers from different seeds whose scores are averaged."""
    seed: int = 1
    """Random seed of the first member; the others use the following numbers."""


class Mean(nn.Module):
    """The mean of the scores of several scorers."""

    def __init__(self, scorers: Sequence[Scorer]) -> None:
        super().__init__()
        self.scorers = nn.ModuleList(scorers)

    def forward(self, *given: Tensor) -> tuple[Tensor, Tensor]:
        """Return the scores of classes and pairs, as ``Scorer`` does."""
        scored = [one(*given) for one in self.scorers]
        return (
            torch.stack([classes for classes, _ in scored]).mean(0),
            torch.stack([pairs for _, pairs in scored]).mean(0),
        )


def fitted(examples: Sequence[Example], schedule: Schedule, tell: Callable[[str], None]) -> Mean:
    """Return a scorer fitted to examples."""
    found = []
    for member in range(schedule.members):
        seed = schedule.seed + member
        torch.manual_seed(seed)
        first = examples[0].found
        net = Scorer(first.given.shape[1], first.relations.shape[1])
        loss = _fit(net, list(examples), schedule, random.Random(seed))
        tell(f"member {member}: loss {loss:.4f}")
        found.append(net)
    whole = Mean(found)
    whole.eval()
    return whole


def _fit(net: Scorer, examples: list[Example], schedule: Schedule, order: random.Random) -> float:
    optimizer = torch.optim.AdamW(net.parameters(), schedule.rate, weight_decay=schedule.decay)
    numbers = sum(len(one.kinds) for one in examples)
    steps = schedule.epochs * (numbers // schedule.batch + 2)
    rates = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, schedule.rate, total_steps=steps, pct_start=0.15
    )
    losses: list[float] = []
    net.train()
    for _ in range(schedule.epochs):
        order.shuffle(examples)
        losses = []
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


def _batches(examples: Sequence[Example], size: int) -> Iterator[list[Example]]:
    group: list[Example] = []
    numbers = 0
    for one in examples:
        group.append(one)
        numbers += len(one.kinds)
        if numbers > size:
            yield group
            group, numbers = [], 0
    if group:
        yield group


def joined(group: Sequence[Example]) -> list[Tensor]:
    """Return the arrays of several articles as one."""
    rows = np.cumsum([0, *(len(one.found.codes) for one in group)])
    numbers = np.cumsum([0, *(len(one.kinds) for one in group)])
    parts: dict[str, list[np.ndarray]] = {name: [] for name in INPUTS}
    for one, row, number in zip(group, rows, numbers, strict=False):
        found = one.found._asdict()
        found["context"] = found["context"] + row
        found["pairs"] = found["pairs"] + np.array([number, row, row, row])
        for name in INPUTS:
            parts[name].append(found[name])
    return [torch.from_numpy(np.concatenate(parts[name])) for name in INPUTS]


def loss_of(net: nn.Module, group: Sequence[Example]) -> Tensor:
    """Return the sum of the losses of kind, change, bound, measure and holder."""
    given = joined(group)
    classes, pairs = net(*given)
    split = [len(KINDS), len(CHANGES), len(LIMITS), 2]
    *scores, nobody = classes.split(split, dim=1)
    loss = torch.zeros(())
    wanted = ("kinds", "changes", "bounds")
    for at, (score, name) in enumerate(zip(scores, wanted, strict=True)):
        may = torch.from_numpy(np.concatenate([one.allowed[at] for one in group]))
        right = torch.from_numpy(np.concatenate([getattr(one, name) for one in group]))
        if bool((right != UNKNOWN).any()):
            masked = score.masked_fill(~may, NEVER)
            loss = loss + functional.cross_entropy(masked, right, ignore_index=UNKNOWN)
    owner = torch.cat([given[INPUTS.index("pairs")][:, 0], torch.arange(len(nobody))])
    asked = torch.from_numpy(np.concatenate([one.asked for one in group]))
    good = torch.from_numpy(np.concatenate([one.right for one in group]))
    for role in (0, 1):
        every = torch.cat([pairs[:, role], nobody[:, role]])
        size = len(nobody)
        has = torch.zeros(size, dtype=torch.bool)
        has[owner[: len(good)][good[:, role]]] = True
        masked = every.masked_fill(~torch.cat([good[:, role], ~has]), NEVER)
        each = _logsumexp(every, owner, size) - _logsumexp(masked, owner, size)
        mine = asked[:, role]
        loss = loss + (each * mine).sum() / mine.sum().clamp_min(1)
    return loss


def _logsumexp(scores: Tensor, owner: Tensor, size: int) -> Tensor:
    top = torch.full((size,), NEVER).scatter_reduce(0, owner, scores, "amax")
    total = torch.zeros(size).scatter_add(0, owner, torch.exp(scores - top[owner]))
    return top + torch.log(total + 1e-30)


def judged(
    net: nn.Module, examples: Sequence[Example]
) -> tuple[dict[str, float], list[tuple[float, bool]]]:
    """Return the accuracy of each answer in percent, and the outcome of each figure.

    The answers are kind, change, bound, measure and holder. An outcome is the probability that all
    of them are right, and whether they are, with value and unit.
    """
    right, total = dict.fromkeys(ANSWERS, 0), dict.fromkeys(ANSWERS, 0)
    outcomes: list[tuple[float, bool]] = []
    for one in examples:
        with torch.no_grad():
            classes, pairs = (found.numpy() for found in net(*joined([one])))
        number = one.found.pairs[:, 0]
        chosen = choices(one.allowed, number, classes, pairs)
        wanted = (one.kinds, one.changes, one.bounds)
        for at in range(len(one.kinds)):
            good: dict[str, bool] = {}
            for name, best, answer in zip(ANSWERS, chosen.classes, wanted, strict=False):
                if answer[at] != UNKNOWN:
                    good[name] = bool(best[at] == answer[at])
            for role, name in enumerate(ANSWERS[3:]):
                pair = chosen.pairs[at, role]
                if one.asked[at, role]:
                    has = bool(one.right[number == at, role].any())
                    good[name] = bool(one.right[pair, role]) if pair >= 0 else not has
            for name, well in good.items():
                right[name] += well
                total[name] += 1
            if good and KINDS[chosen.classes[0][at]] != "none":
                whole = all(good.values()) and bool(one.valued[at])
                outcomes.append((float(chosen.likely[at]), whole))
    share = {name: round(100 * right[name] / max(1, total[name]), 1) for name in ANSWERS}
    return share, outcomes
