"""Fit the networks that rank sources and speakers, and calibrate them on held-back articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.reader.speakers import Query
from pipeline.reader.speakersources import Floats
from pipeline.training.graphs import write_graph

BATCH = 64
"""Queries of a batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How a network is fitted."""

    members: int = 3
    """Number of networks with different seeds to average."""
    width: int = 32
    epochs: int = 15
    rate: float = 2e-3
    decay: float = 0.05
    dropout: float = 0.3
    noise: float = 0.15
    """Share of the features of a row to drop at random."""
    folds: int = 5
    seed: int = 1


class Case(NamedTuple):
    """A query with the right chains."""

    query: Query
    right: frozenset[int]


class Network(nn.Module):
    """The mean of some small networks over the features of a candidate."""

    mean: Tensor
    spread: Tensor

    def __init__(self, mean: Tensor, spread: Tensor, schedule: Schedule) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("spread", spread)
        self.members = nn.ModuleList(
            nn.Sequential(
                nn.Dropout(schedule.noise),
                nn.Linear(len(mean), schedule.width),
                nn.ReLU(),
                nn.Dropout(schedule.dropout),
                nn.Linear(schedule.width, 2),
            )
            for _ in range(schedule.members)
        )

    def forward(self, rows: Tensor) -> Tensor:
        """Return (n, 2) scores."""
        scaled = (rows - self.mean) / self.spread
        return torch.stack([one(scaled) for one in self.members]).mean(0)

    def score(self, rows: Floats) -> Floats:
        """Return (n, 2) scores of rows."""
        with torch.no_grad():
            scores: Floats = self(torch.from_numpy(rows)).numpy()
        return scores


def fit(cases: Sequence[Case], schedule: Schedule) -> Network:
    """Fit a network to queries whose answers are known."""
    asked = [one for one in cases if one.query.candidates]
    rows, mask, target = _padded(asked)
    flat = rows[mask]
    torch.manual_seed(schedule.seed)
    network = Network(flat.mean(0), flat.std(0) + 0.05, schedule)
    scaled = (rows - network.mean) / network.spread * mask[:, :, None]
    for member in network.members:
        optimizer = torch.optim.AdamW(
            member.parameters(), lr=schedule.rate, weight_decay=schedule.decay
        )
        steps = schedule.epochs * -(-len(asked) // BATCH)
        rates = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, schedule.rate * 2, total_steps=steps, pct_start=0.1
        )
        member.train()
        for _ in range(schedule.epochs):
            order = torch.randperm(len(asked))
            for start in range(0, len(order), BATCH):
                some = order[start : start + BATCH]
                optimizer.zero_grad()
                loss(member(scaled[some]), mask[some], target[some]).backward()
                optimizer.step()
                rates.step()
    network.eval()
    return network


def _padded(cases: Sequence[Case]) -> tuple[Tensor, Tensor, Tensor]:
    """Return rows (q, c, k), which candidates exist (q, c), and which are right (q, c)."""
    most = max(len(one.query.candidates) for one in cases)
    size = cases[0].query.rows.shape[1]
    rows = np.zeros((len(cases), most, size), dtype=np.float32)
    mask = np.zeros((len(cases), most), dtype=bool)
    target = np.zeros((len(cases), most), dtype=np.float32)
    for at, (query, right) in enumerate(cases):
        count = len(query.candidates)
        rows[at, :count] = query.rows
        mask[at, :count] = True
        target[at, :count] = [chain in right for chain in query.candidates]
    return torch.from_numpy(rows), torch.from_numpy(mask), torch.from_numpy(target)


def loss(scores: Tensor, mask: Tensor, target: Tensor) -> Tensor:
    """Return the cross entropy of the right ones or none, plus that of each one's membership."""
    choice = scores[:, :, 0].masked_fill(~mask, -1e4)
    choice = torch.cat([choice, torch.zeros(len(choice), 1)], dim=1)
    total = target.sum(1, keepdim=True)
    wanted = torch.cat([target / total.clamp(min=1), (total == 0).float()], dim=1)
    chosen = -(wanted * functional.log_softmax(choice, dim=1)).sum(1).mean()
    members = functional.binary_cross_entropy_with_logits(
        scores[:, :, 1], target, weight=mask.float(), reduction="sum"
    )
    return chosen + members / len(scores)


def export(network: Network, path: Path) -> None:
    """Write a network as an ONNX graph."""
    axes = {name: {0: "candidates"} for name in ("rows", "scores")}
    write_graph(network, {"rows": torch.zeros(2, len(network.mean))}, ["scores"], axes, path)
