"""The scorer of figures as a torch module."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from pipeline.reader.figures.features import (
    CONTEXT,
    DEPS,
    HASHES,
    LABELS,
    TAGS,
    TRAITS,
    WORDS,
)
from pipeline.reader.figures.scorer import CHANGES, KINDS, LIMITS

TOKEN, HIDDEN, PAIR = 32, 64, 64
AROUND = 6 + len(CONTEXT)
"""Tokens that are read around a number."""


class Scorer(nn.Module):
    """Score what a number measures, whose it is, its kind, change and bound."""

    def __init__(self, given: int, relations: int, dropout: float = 0.25) -> None:
        super().__init__()
        sizes = ((len(TAGS), 12), (len(DEPS), 12), (len(LABELS), 6), (len(WORDS), 12))
        self.codes = nn.ModuleList(nn.Embedding(n + 1, width) for n, width in sizes)
        self.tensor, self.vector = nn.Linear(96, 24), nn.Linear(300, 16)
        self.token = nn.Linear(sum(width for _, width in sizes) + TRAITS + 24 + 16, TOKEN)
        self.drop, self.strong = nn.Dropout(dropout), nn.Dropout(0.5)
        self.number = nn.Linear(AROUND * TOKEN + given, HIDDEN)
        self.decide = nn.Linear(HIDDEN, len(KINDS) + len(CHANGES) + len(LIMITS) + 2)
        self.path = nn.ModuleList(nn.Embedding(HASHES, 10) for _ in range(3))
        self.pair = nn.Linear(3 * TOKEN + HIDDEN + relations + 30, PAIR)
        self.second = nn.Linear(PAIR, 32)
        self.score = nn.Linear(32, 2)

    def forward(
        self,
        codes: Tensor,
        traits: Tensor,
        tensor: Tensor,
        vectors: Tensor,
        context: Tensor,
        given: Tensor,
        pairs: Tensor,
        paths: Tensor,
        relations: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Return (n, k) scores of the classes and of none, and (p, 2) of measure and holder."""
        known = [embed(codes[:, at]) for at, embed in enumerate(self.codes)]
        known += [
            traits,
            self.drop(torch.relu(self.tensor(tensor))),
            self.strong(torch.relu(self.vector(vectors))),
        ]
        tokens = torch.relu(self.token(torch.cat(known, 1)))
        around = self.drop(tokens[context].flatten(1))
        number = self.drop(torch.relu(self.number(torch.cat([around, given], 1))))
        parts = [tokens[pairs[:, at]] for at in (1, 2, 3)]
        parts += [number[pairs[:, 0]], relations]
        parts += [embed(paths[:, at]) for at, embed in enumerate(self.path)]
        hidden = self.drop(torch.relu(self.pair(torch.cat(parts, 1))))
        hidden = self.drop(torch.relu(self.second(hidden)))
        return self.decide(number), self.score(hidden)


class Stacked(nn.Module):
    """The mean of several scorers as one graph: each layer is one operation for all of them."""

    def __init__(self, scorers: Sequence[Scorer]) -> None:
        super().__init__()
        self.members = len(scorers)
        with torch.no_grad():
            self.codes = nn.ParameterList(
                torch.cat([one.codes[at].weight for one in scorers], 1) for at in range(4)
            )
            self.path = nn.ParameterList(
                torch.cat([one.path[at].weight for one in scorers], 1) for at in range(3)
            )
            names = ("tensor", "vector", "token", "number", "decide", "pair", "second", "score")
            layers = {name: [getattr(one, name) for one in scorers] for name in names}
            self.weights = nn.ParameterDict(
                {name: torch.stack([one.weight.T for one in own]) for name, own in layers.items()}
            )
            self.biases = nn.ParameterDict(
                {
                    name: torch.stack([one.bias for one in own])[:, None]
                    for name, own in layers.items()
                }
            )

    def _layer(self, name: str, rows: Tensor) -> Tensor:
        return torch.matmul(rows, self.weights[name]) + self.biases[name]

    def _apart(self, rows: Tensor) -> Tensor:
        """Return (m, n, k) for (n, m k)."""
        return torch.stack(rows.chunk(self.members, 1))

    def _shared(self, rows: Tensor) -> Tensor:
        return rows[None].expand(self.members, -1, -1)

    def forward(
        self,
        codes: Tensor,
        traits: Tensor,
        tensor: Tensor,
        vectors: Tensor,
        context: Tensor,
        given: Tensor,
        pairs: Tensor,
        paths: Tensor,
        relations: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Return what ``Scorer`` does."""
        known = [self._apart(table[codes[:, at]]) for at, table in enumerate(self.codes)]
        known += [
            self._shared(traits),
            torch.relu(self._layer("tensor", tensor)),
            torch.relu(self._layer("vector", vectors)),
        ]
        tokens = torch.relu(self._layer("token", torch.cat(known, 2)))
        around = torch.cat([tokens[:, context].flatten(2), self._shared(given)], 2)
        number = torch.relu(self._layer("number", around))
        parts = [tokens[:, pairs[:, at]] for at in (1, 2, 3)]
        parts += [number[:, pairs[:, 0]], self._shared(relations)]
        parts += [self._apart(table[paths[:, at]]) for at, table in enumerate(self.path)]
        hidden = torch.relu(self._layer("pair", torch.cat(parts, 2)))
        hidden = torch.relu(self._layer("second", hidden))
        return self._layer("decide", number).mean(0), self._layer("score", hidden).mean(0)
