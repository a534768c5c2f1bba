"""A trunk below the rankers of reference, and training of both together."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from spacy.vocab import Vocab
from torch import Tensor, nn
from torch.nn import functional

from pipeline.model.reference import ranker
from pipeline.model.reference.ranker import NAME_CODES, TRUNK, SyntaxLabels, TokenArrays, inputs
from pipeline.model.session import STATE, WIDTH, static_vectors
from pipeline.training import fitting
from pipeline.training.fitting import Tell, write_graph
from pipeline.training.reference import fit
from pipeline.training.reference.examples import ReferenceExample

CODE_WIDTHS = (16, 12, 12, 4, 4)
INPUT = 64
"""Width to which vectors and heads are brought."""
HIDDEN = 96
"""Width of the LSTM in one direction."""


class TrunkModule(nn.Module):
    """Read the tokens of documents in windows."""

    width = 2 * HIDDEN

    def __init__(self, labels: SyntaxLabels) -> None:
        super().__init__()
        sizes = (len(labels.tags) + 1, len(labels.deps) + 1, NAME_CODES, 3, 2)
        widths = zip(sizes, CODE_WIDTHS, strict=True)
        self.codes = nn.ModuleList(nn.Embedding(size, width) for size, width in widths)
        self.vector = nn.Linear(WIDTH, INPUT, bias=False)
        self.tensor = nn.Linear(STATE, INPUT)
        width = sum(CODE_WIDTHS) + 2 * INPUT
        self.head = nn.Linear(width + 1, INPUT)
        self.lstm = nn.LSTM(width + INPUT, HIDDEN, batch_first=True, bidirectional=True)
        self.drop = nn.Dropout(0.3)

    def forward(self, *given: Tensor) -> Tensor:
        """Return the (n, 192) states of n tokens, given what ``ranker.inputs`` returns."""
        vectors, words, tensor, codes, heads, places, back = given
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
    """A trunk with the vectors that it reads."""

    width = TrunkModule.width
    """Width of the state of a token."""
    rate = 1e-3
    """The largest learning rate."""

    def __init__(self, vocab: Vocab, labels: SyntaxLabels) -> None:
        self.vocab = vocab
        self.net = TrunkModule(labels)

    def read(self, group: Sequence[ReferenceExample]) -> list[Tensor]:
        """Return the (n, 192) states of the tokens of examples."""
        texts = [one.tokens for one in group]
        states: Tensor = self.net(*self._given(texts).values())
        return list(states.split([len(one.words) for one in texts]))

    def write(self, sample: ReferenceExample, out: Path) -> None:
        """Write the graph to a folder, with weights of eight bits."""
        axes: dict[str, dict[int, str]] = {
            "vectors": {0: "words"},
            "places": {0: "windows", 1: "longest"},
        } | {name: {0: "tokens"} for name in ("words", "tensor", "codes", "heads", "back")}
        given = self._given([sample.tokens])
        axes = {name: axes[name] for name in given}
        types = ["MatMul", "LSTM"]
        write_graph(self.net, given, ["states"], axes, out / TRUNK, quantized=types)

    def _given(self, texts: Sequence[TokenArrays]) -> dict[str, Tensor]:
        keys = [key for one in texts for key in one.keys.tolist()]
        arrays = inputs(texts, static_vectors(self.vocab, keys))
        return {name: torch.from_numpy(array) for name, array in arrays.items()}


class Above(NamedTuple):
    """The rankers of both parts, fitted above a trunk."""

    base: Trunked
    rankers: Mapping[str, fit.RankerModule]

    def with_states(self, one: ReferenceExample) -> ReferenceExample:
        """Return an example with the states of its mentions."""
        with torch.no_grad():
            states = self.base.read([one])[0].numpy()
        return one._replace(found=ranker.with_states(one.found, states))


def fitted(
    examples: Sequence[fit.Weighted],
    nouns: fit.Nouns,
    schedule: fit.ReferenceSchedule,
    base: Trunked,
    tell: Tell,
) -> Above:
    """Return the rankers of both parts above a trunk, fitted together with it."""
    rankers = fit.rankers(examples[0][0].found, 2 * base.width, nouns, schedule)
    ReferenceFit(Above(base, rankers), examples, schedule, tell).run()
    return Above(base, rankers)


class ReferenceFit(fitting.Fit[fit.Weighted]):
    """Rankers and the trunk below them being fitted."""

    def __init__(
        self,
        above: Above,
        examples: Sequence[fit.Weighted],
        schedule: fit.ReferenceSchedule,
        tell: Tell,
    ) -> None:
        self.above = above
        base, rankers = above
        groups: list[dict[str, Any]] = [
            {"params": learned_of([base.net]), "lr": base.rate},
            {"params": learned_of(rankers.values()), "lr": schedule.rate},
        ]
        draw = random.Random(schedule.seed)
        epochs = [list(drawn(examples, draw)) for _ in range(schedule.epochs)]
        self.epochs = [list(fitting.batches(epoch, schedule.batch, _mentions)) for epoch in epochs]
        whole = nn.ModuleList([base.net, *rankers.values()])
        super().__init__(whole, groups, schedule, 1 + sum(map(len, self.epochs)), tell)

    def batches(self, number: int) -> list[list[fit.Weighted]]:
        """Return examples of about as many mentions."""
        return self.epochs[number]

    def losses(self, group: Sequence[fit.Weighted]) -> dict[str, Tensor]:
        """Return the sum of the losses of both parts."""
        states = self.above.base.read([one for one, _ in group])
        loss = loss_of(self.above.rankers, group, states)
        return {} if loss is None else {"loss": loss}


def learned_of(modules: Iterable[nn.Module]) -> list[nn.Parameter]:
    """Return the weights of modules that are learned."""
    return [w for one in modules for w in one.parameters() if w.requires_grad]


def loss_of(
    rankers: Mapping[str, nn.Module], group: Sequence[fit.Weighted], states: Sequence[Tensor]
) -> Tensor | None:
    """Return the sum of the losses of both parts on examples, None if nothing is asked.

    ``states`` are the (n, k) states of the tokens of each example.
    """
    total = None
    for part, net in rankers.items():
        mine: list[fit.Weighted] = []
        seen: list[Tensor] = []
        for (one, weight), rows in zip(group, states, strict=True):
            asked = fit.asked_only(one, part)
            if asked.asked.any():
                mine.append((asked, weight))
                seen.append(_of_mentions(one, rows))
        if mine:
            loss = fit.loss_of(net, mine, seen)
            total = loss if total is None else total + loss
    return total


def _of_mentions(one: ReferenceExample, rows: Tensor) -> Tensor:
    """Return the states of the head and of the first token of each mention."""
    mentions = one.found.mentions
    heads, starts = [m.head for m in mentions], [m.start for m in mentions]
    return torch.cat([rows[heads], rows[starts]], 1)


def _mentions(weighted: fit.Weighted) -> int:
    return len(weighted[0].found.mentions)


def drawn(every: Sequence[fit.Weighted], order: random.Random) -> Iterator[fit.Weighted]:
    """Yield the examples of one pass, shuffled; a weight below one is the chance to be drawn."""
    for one, weight in order.sample(every, len(every)):
        if weight >= 1 or order.random() < weight:
            yield one, max(weight, 1.0)
