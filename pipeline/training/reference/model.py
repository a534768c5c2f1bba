"""The ranker as a torch module."""

from __future__ import annotations

import torch
from torch import Tensor, nn

HIDDEN, SECOND = 256, 64


class Ranker(nn.Module):
    """Score pairs of an anaphor and a possible antecedent, and "nobody" for each mention."""

    def __init__(self, known: int, relations: int, dropout: float = 0.2) -> None:
        super().__init__()
        self.drop = nn.Dropout(dropout)
        self.anaphor = nn.Linear(known, HIDDEN)
        self.antecedent = nn.Linear(known, HIDDEN)
        self.relation = nn.Linear(relations, HIDDEN)
        self.second = nn.Linear(HIDDEN, SECOND)
        self.score = nn.Linear(SECOND, 1)
        self.nobody = nn.Sequential(nn.Linear(known, SECOND), nn.ReLU(), nn.Linear(SECOND, 1))

    def forward(self, known: Tensor, pairs: Tensor, relations: Tensor) -> tuple[Tensor, Tensor]:
        """Return the scores of the pairs (p,) and of nobody for each mention (m,)."""
        first, second = pairs[:, 0], pairs[:, 1]
        mixed = self.anaphor(known)[first] + self.antecedent(known)[second]
        hidden = self.drop(torch.relu(mixed + self.relation(relations)))
        hidden = self.drop(torch.relu(self.second(hidden)))
        return self.score(hidden)[:, 0], self.nobody(known)[:, 0]
