"""The trunk of the rankers of reference, for torch: a BiLSTM over tokens and their heads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from spacy.vocab import Vocab
from torch import Tensor, nn
from torch.nn import functional

from pipeline.reader.reference.trunk import GRAPH, NAME_CODES, Labels, Tokens, inputs
from pipeline.reader.vectors import STATE, WIDTH
from pipeline.training.graphs import write_graph, write_quantized
from pipeline.training.reference.above import Text
from pipeline.training.reference.examples import Example
from pipeline.training.reference.fit import Weighted

CODE_WIDTHS = (16, 12, 12, 4, 4)
INPUT = 64
"""Width to which vectors and heads are brought."""
HIDDEN = 96
"""Width of the LSTM in one direction."""


class Trunk(nn.Module):
    """Read the tokens of documents in windows."""

    width = 2 * HIDDEN

    def __init__(self, labels: Labels, dropout: float = 0.3) -> None:
        super().__init__()
        sizes = (len(labels.tags) + 1, len(labels.deps) + 1, NAME_CODES, 3, 2)
        widths = zip(sizes, CODE_WIDTHS, strict=True)
        self.codes = nn.ModuleList(nn.Embedding(size, width) for size, width in widths)
        self.vector = nn.Linear(WIDTH, INPUT, bias=False)
        self.tensor = nn.Linear(STATE, INPUT)
        width = sum(CODE_WIDTHS) + 2 * INPUT
        self.head = nn.Linear(width + 1, INPUT)
        self.lstm = nn.LSTM(width + INPUT, HIDDEN, batch_first=True, bidirectional=True)
        self.drop = nn.Dropout(dropout)

    def forward(
        self,
        vectors: Tensor,
        words: Tensor,
        tensor: Tensor,
        codes: Tensor,
        heads: Tensor,
        places: Tensor,
        back: Tensor,
    ) -> Tensor:
        """Return the (n, 192) states of n tokens, given the (u, 300) vectors of their words."""
        parts = [embed(codes[:, at]) for at, embed in enumerate(self.codes)]
        parts += [
            functional.relu(self.vector(vectors))[words],
            functional.relu(self.tensor(tensor)),
        ]
        own = self.drop(torch.cat(parts, 1))
        root = (heads == torch.arange(heads.shape[0])).to(own.dtype)[:, None]
        above = functional.relu(self.head(torch.cat([own[heads], root], 1)))
        whole = torch.cat([own, above], 1)
        whole = torch.cat([whole, torch.zeros_like(whole[:1])])
        states = self.lstm(whole[places.reshape(-1)].reshape(*places.shape, -1))[0]
        return self.drop(states.reshape(-1, self.width)[back])


class Trunked:
    """A trunk as the base of rankers."""

    width = Trunk.width
    rate = 1e-3

    def __init__(self, vocab: Vocab, labels: Labels, *, epochs: int) -> None:
        self.vocab, self.epochs = vocab, epochs
        self.net = Trunk(labels)

    def texts(self, examples: Sequence[Weighted]) -> list[Text]:
        """Return the documents of examples, each by itself, since names have codes."""
        return [Text(one.tokens, [(one, weight)]) for one, weight in examples]

    def read(self, group: Sequence[Text]) -> list[Tensor]:
        """Return the (n, 192) states of the tokens of documents."""
        texts = [text.given for text in group]
        states: Tensor = self.net(**self._given(texts))
        return list(states.split([len(one.words) for one in texts]))

    def write(self, sample: Example, out: Path) -> None:
        """Write the graph to a folder, with weights of eight bits."""
        axes: dict[str, dict[int, str]] = {
            "vectors": {0: "words"},
            "places": {0: "windows", 1: "longest"},
        } | {name: {0: "tokens"} for name in ("words", "tensor", "codes", "heads", "back")}
        given = self._given([sample.tokens])
        axes = {name: axes[name] for name in given}
        write_quantized(
            lambda whole: write_graph(self.net, given, ["states"], axes, whole),
            out / GRAPH,
            ["MatMul", "LSTM"],
        )

    def _given(self, texts: Sequence[Tokens]) -> dict[str, Tensor]:
        arrays = inputs(texts, self.vocab)
        return {name: torch.from_numpy(array) for name, array in arrays.items()}
