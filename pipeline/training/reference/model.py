"""The ranker as a torch module."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pipeline.document.names import NAME_LABELS
from pipeline.reader.reference.features import LABEL_COLUMNS

SECOND = 64
SIGHT = 32
"""The vectors of the base model at a mention are projected to this many numbers."""
LOOK = 96
"""The vectors of an encoder at a mention are projected to this many numbers."""
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
        states: int,
        nouns: Nouns,
        *,
        hidden: int,
        dropout: float,
        extra: int = 0,
    ) -> None:
        """Make a ranker; ``extra`` of the ``states`` at the end are those of an encoder."""
        super().__init__()
        self.nouns = nouns
        self.drop = nn.Dropout(dropout)
        self.plain = states - extra
        self.sight = nn.Sequential(nn.Dropout(BLUR), nn.Linear(self.plain, SIGHT), nn.Tanh())
        self.look: nn.Module | None = None
        if extra:
            self.look = nn.Sequential(nn.Dropout(BLUR), nn.Linear(extra, LOOK), nn.Tanh())
        sight = SIGHT + (LOOK if extra else 0)
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
        seen = self.sight(states[:, : self.plain])
        if self.look is not None:
            seen = torch.cat([seen, self.look(states[:, self.plain :])], 1)
        whole = torch.cat([known, kinds, seen], 1)
        mixed = self.anaphor(whole)[first] + self.antecedent(whole)[second]
        mixed = mixed + self.both(seen[first] * seen[second])
        relation = self.relation(torch.cat([relations, fits, alike], 1))
        hidden = self.drop(torch.relu(mixed + relation))
        hidden = self.drop(torch.relu(self.second(hidden)))
        return self.score(hidden)[:, 0], self.nobody(whole)[:, 0]
