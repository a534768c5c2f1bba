"""The ranker as a torch module."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pipeline.document.names import NAME_LABELS
from pipeline.reader.reference.features import LABEL_COLUMNS
from pipeline.reader.vectors import STATE

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


class Ranker(nn.Module):
    """Score pairs of an anaphor and a possible antecedent, and "nobody" for each mention."""

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
        """Return the scores of the pairs (p,) and of nobody for each mention (m,)."""
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
