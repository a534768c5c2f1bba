"""The tagger of attributions for torch.

The links are after Dozat and Manning (2017), each token choosing the cue that it belongs to.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.stages.attributions.beliefs import TAGS
from pipeline.stages.attributions.features import FARTHEST

VECTOR = 300
TENSOR = 96
CODE_WIDTHS = (24, 24, 24, 8, 6, 6, 4, 8, 16)
INPUT = 64
"""Width to which vectors, tensors and heads are brought."""
LINK = 64
HIDDEN = 128
"""Width of an LSTM in one direction."""


class AttributionTagger(nn.Module):
    """Score the tags of each token, and each other token as the start of its cue.

    ``sizes`` are the numbers of codes; ``extra`` is the width of the vectors of an encoder.
    """

    def __init__(self, sizes: Sequence[int], *, extra: int = 0, hidden: int = HIDDEN) -> None:
        super().__init__()
        widths = zip(sizes, CODE_WIDTHS, strict=True)
        self.codes = nn.ModuleList(nn.Embedding(size, width) for size, width in widths)
        self.vector = nn.Linear(VECTOR, INPUT, bias=False)
        self.tensor = nn.Linear(TENSOR, INPUT)
        self.extra = nn.Linear(extra, 2 * INPUT) if extra else None
        width = sum(CODE_WIDTHS) + 2 * INPUT + (2 * INPUT if extra else 0)
        self.head = nn.Linear(width + 1, INPUT)
        self.first = nn.LSTM(width + INPUT, hidden, batch_first=True, bidirectional=True)
        self.second_head = nn.Linear(2 * hidden, INPUT)
        self.second = nn.LSTM(2 * hidden + INPUT, hidden, batch_first=True, bidirectional=True)
        self.tags = nn.Sequential(
            nn.Linear(2 * hidden, 128), nn.ReLU(), nn.Dropout(0.1), nn.Linear(128, len(TAGS))
        )
        self.token = nn.Linear(2 * hidden, LINK)
        self.cue = nn.Linear(2 * hidden, LINK)
        self.cue_bias = nn.Linear(2 * hidden, 1)
        self.distance = nn.Embedding(2 * FARTHEST + 1, 1)
        nn.init.zeros_(self.distance.weight)
        self.arcs = nn.Parameter(torch.zeros(3))
        """Weights of the cue being above the token, its head, or below it."""
        self.drop = nn.Dropout(0.4)

    def forward(self, *given: Tensor) -> tuple[Tensor, Tensor]:
        """Return (B, T, 7) scores of tags and (B, T, T) scores of links.

        The states of an encoder come after the other inputs.
        """
        vectors, tensor, codes, heads, above, distances, *encoded = given
        parts = [embed(codes[..., at]) for at, embed in enumerate(self.codes)]
        parts += [functional.relu(self.vector(vectors)), functional.relu(self.tensor(tensor))]
        if self.extra is not None:
            parts.append(functional.relu(self.extra(encoded[0])))
        words = self.drop(torch.cat(parts, -1))
        places = torch.arange(heads.shape[1])
        root = (heads == places[None]).to(words.dtype)[..., None]
        governor = functional.relu(self.head(torch.cat([_at(words, heads), root], -1)))
        states = self.drop(self.first(torch.cat([words, governor], -1))[0])
        governor = functional.relu(self.second_head(_at(states, heads)))
        states = self.drop(self.second(torch.cat([states, governor], -1))[0])
        up = (heads[:, :, None] == places[None, None]).to(words.dtype)
        links = self.token(states) @ self.cue(states).transpose(1, 2) * LINK**-0.5
        links = links + self.cue_bias(states).transpose(1, 2) + self.distance(distances)[..., 0]
        under = (above[:, :, None] == places[None, None]).to(words.dtype)
        arcs = under * self.arcs[0] + up * self.arcs[1] + up.transpose(1, 2) * self.arcs[2]
        return self.tags(states), links + arcs


def _at(rows: Tensor, places: Tensor) -> Tensor:
    """Return the (B, T, k) rows at (B, T) places."""
    wide, long, width = rows.shape
    flat = places + torch.arange(wide)[:, None] * long
    return rows.reshape(-1, width)[flat.reshape(-1)].reshape(wide, long, width)


def loss(
    tags: Tensor,
    links: Tensor,
    tag_targets: Tensor,
    link_targets: Tensor,
    weights: Tensor,
    link_weight: float,
    taught: Tensor | None = None,
) -> Tensor:
    """Return the cross entropy of the tags, and of the links among the true cues of a window.

    ``weights`` are the (B,) weights of the windows. ``taught`` are the (B, T, 7) probabilities of a
    teacher (Hinton, Vinyals and Dean 2015): half of the loss of tags is against these.
    """
    counted = tag_targets >= 0
    scores, told = tags[counted], tag_targets[counted]
    each = weights[:, None].expand_as(tag_targets)
    wrong = functional.cross_entropy(scores, told, reduction="none")
    if taught is not None:
        wrong = (wrong + functional.cross_entropy(scores, taught[counted], reduction="none")) / 2
    total = _mean(wrong, each[counted])
    linked = link_targets >= 0
    if not bool(linked.any()):
        return total
    cues = tag_targets == 1
    marked = torch.zeros_like(tags[..., 0]).scatter_add(
        1, link_targets.clamp(min=0), linked.to(tags.dtype)
    )
    cues = cues | (marked > 0)
    among = links.masked_fill(~cues[:, None, :], -1e9)
    linking = functional.cross_entropy(among[linked], link_targets[linked], reduction="none")
    return total + link_weight * _mean(linking, each[linked])


def _mean(values: Tensor, weights: Tensor) -> Tensor:
    return (values * weights).sum() / weights.sum()
