"""Train the scorer of figures from annotated articles into a folder of ``models/``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from spacy.tokens import Doc
from torch import Tensor, nn
from torch.nn import functional

from pipeline.document.columns import Columns
from pipeline.errors import BadRow
from pipeline.manifest import own_model
from pipeline.model import encoder as encoding
from pipeline.model.encoder import WIDTH
from pipeline.model.figures.features import (
    CONTEXT,
    DEPS,
    FEATURES,
    HASHES,
    LABELS,
    TAGS,
    TRAITS,
    WORDS,
    FigureFeatures,
    NumberQuery,
    features,
)
from pipeline.model.figures.scorer import (
    CHANGES,
    CONFIG,
    GRAPH,
    KINDS,
    LIMITS,
    SCALES,
    Allowed,
    allowed,
    choices,
)
from pipeline.quantities.units import Quantity
from pipeline.stages.figures.candidates import Candidates
from pipeline.stages.language import load
from pipeline.training import fitting
from pipeline.training.folds import fold_of
from pipeline.training.regression import platt

UNKNOWN = -1


class FigureExample(NamedTuple):
    """The numbers of an article with the right answers."""

    found: FigureFeatures
    allowed: Allowed
    kinds: NDArray[np.int64]
    """(n,) class of each number; ``UNKNOWN`` if it is not annotated, also below."""
    changes: NDArray[np.int64]
    bounds: NDArray[np.int64]
    asked: NDArray[np.bool_]
    """(n, 2) whether measure and holder are known."""
    right: NDArray[np.bool_]
    """(p, 2) whether each candidate is right."""
    valued: NDArray[np.bool_]
    """(n,) whether value and unit are as annotated; true for numbers without annotation."""


def example(
    row: dict[str, Any], doc: Doc, encoder: encoding.Encoder | None = None
) -> FigureExample | None:
    """Return an annotated article with its numbers, or None if it has no number.

    Without an encoder, the states of the tokens are unknown.
    """
    candidates = Candidates(doc, doc._.news.times)
    asked = candidates.asked()
    if not asked:
        return None
    columns = Columns(doc)
    states = None if encoder is None else encoder.of(columns)
    found = features(doc, columns, asked, candidates.dated(), states)
    may = allowed(asked)
    gold = [figure_of(one.quantity, row["figures"]) for one in asked]
    valued = [figure is None or same(one, figure) for one, figure in zip(asked, gold, strict=True)]
    kinds, changes, bounds = np.full((3, len(asked)), UNKNOWN, dtype=np.int64)
    known = np.zeros((len(asked), 2), dtype=bool)
    right = np.zeros((len(found.pairs), 2), dtype=bool)
    mentions = mentions_of(row, columns, candidates)
    for at, (one, figure) in enumerate(zip(asked, gold, strict=True)):
        kinds[at] = kind_of(one, figure, row)
        if figure is None:
            continue
        changes[at] = change_of(figure)
        bounds[at] = LIMITS.index(figure["bound"])
        mine = found.pairs[:, 0] == at
        measures = figure.get("measures")
        measured = {columns.root(*candidates.bounds(*measures["span"]))} if measures else set()
        for role, heads in enumerate((measured, mentions.get(figure["holder"] or "", set()))):
            good = mine & np.isin(found.candidates, list(heads))
            right[:, role] |= good
            told = figure.get(("measures", "holder")[role]) is not None
            known[at, role] = bool(good.any()) or not told or role == 1
    may.check(kinds, changes, bounds)
    return FigureExample(found, may, kinds, changes, bounds, known, right, np.array(valued))


def plain(one: FigureExample) -> FigureExample:
    """Return an example as it is without an encoder."""
    return one._replace(found=one.found._replace(states=one.found.states[:1]))


def figure_of(one: Quantity, figures: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the annotated figure that overlaps a number most."""
    near = [
        (min(one.end, end) - max(one.start, start), -at, figure)
        for at, figure in enumerate(figures)
        for start, end in [figure["span"]]
        if start < one.end and end > one.start
    ]
    return max(near, key=lambda found: found[:2])[2] if near else None


def same(one: NumberQuery, figure: dict[str, Any]) -> bool:
    """Return whether value, ends and unit of a number are as annotated.

    The unit of pounds and points counts as right: the scorer decides what they are.
    """
    quantity = one.quantity
    if "value" not in figure or "-" in (figure["value"] or "")[1:]:
        return True  # scores and odds have two numbers
    read = (quantity.value, quantity.low, quantity.high)
    told = (figure["value"], figure["low"], figure["high"])
    if any(
        (a is None) != (b is None) or (a and Fraction(a) != Fraction(b))
        for a, b in zip(read, told, strict=True)
    ):
        return False
    return quantity.unit in (None, figure["unit"])


def kind_of(one: NumberQuery, figure: dict[str, Any] | None, row: dict[str, Any]) -> int:
    """Return the class of a number."""
    quantity = one.quantity
    if quantity.unit == "score":
        return UNKNOWN
    if figure is None:
        timed = any(
            time["span"][0] < quantity.end and time["span"][1] > quantity.start
            for time in row["times"]
        )
        return UNKNOWN if timed and quantity.kind == "duration" else KINDS.index("none")
    kind, unit = figure["kind"], figure["unit"]
    if kind == "points":
        kind = "pp" if unit == "pp" else "points"
    if quantity.kind != "number":
        return KINDS.index("own")
    if kind in KINDS:
        return KINDS.index(kind)
    return UNKNOWN if kind == "score" else KINDS.index("alike")


def change_of(figure: dict[str, Any]) -> int:
    """Return the class of change and role."""
    if figure["change"] is None:
        return 0
    change = (figure["change"], figure.get("change_role") or "delta")
    return CHANGES.index(change)


def mentions_of(
    row: dict[str, Any], columns: Columns, candidates: Candidates
) -> dict[str, set[int]]:
    """Return the head tokens of the named mentions of each entity."""
    found: dict[str, set[int]] = {}
    for one in row["entities"]:
        heads = found.setdefault(one["name"], set())
        for start, end, _ in one["mentions"]:
            heads.add(columns.root(*candidates.bounds(start, end)))
    return found


TOKEN, HIDDEN, PAIR, STATE = 32, 64, 64, 64
AROUND = 6 + len(CONTEXT)
"""Tokens that are read around a number."""
WITHOUT = 0.4
"""Share of the batches in which the states of the encoder are unknown, so that the same weights do
without them."""


def normal(states: Tensor) -> tuple[Tensor, Tensor]:
    """Return (s, 384) states with mean 0 and variance 1 each, and (s, 1) which are not zeros."""
    known = (states.abs().amax(1, keepdim=True) > 0).float()
    return functional.layer_norm(states, (WIDTH,)), known


class ScorerModule(nn.Module):
    """Score what a number measures, whose it is, its kind, change and bound."""

    def __init__(self, given: int, relations: int, dropout: float = 0.25) -> None:
        super().__init__()
        sizes = ((len(TAGS), 12), (len(DEPS), 12), (len(LABELS), 6), (len(WORDS), 12))
        self.codes = nn.ModuleList(nn.Embedding(n + 1, width) for n, width in sizes)
        self.tensor, self.vector = nn.Linear(96, 24), nn.Linear(300, 16)
        self.token = nn.Linear(sum(width for _, width in sizes) + TRAITS + 24 + 16, TOKEN)
        self.state, self.above = nn.Linear(WIDTH, STATE), nn.Linear(STATE, TOKEN)
        self.drop, self.strong = nn.Dropout(dropout), nn.Dropout(0.5)
        self.number = nn.Linear(AROUND * TOKEN + given, HIDDEN)
        self.decide = nn.Linear(HIDDEN, len(KINDS) + len(CHANGES) + len(LIMITS) + 2)
        self.path = nn.ModuleList(nn.Embedding(HASHES, 10) for _ in range(3))
        self.pair = nn.Linear(3 * TOKEN + HIDDEN + relations + 30, PAIR)
        self.second = nn.Linear(PAIR, 32)
        self.score = nn.Linear(32, 2)

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Return (n, k) scores of the classes and of none, and (p, 2) of measure and holder.

        ``inputs`` are in the order of ``INPUTS``.
        """
        codes, traits, tensor, vectors, states, context, given, pairs, paths, relations = inputs
        if self.training and float(torch.rand(())) < WITHOUT:
            states = torch.zeros_like(states[:1])
        states, told = normal(states)
        above = self.above(self.drop(torch.relu(self.state(states)))) * told
        known = [embed(codes[:, at]) for at, embed in enumerate(self.codes)]
        known += [
            traits,
            self.drop(torch.relu(self.tensor(tensor))),
            self.strong(torch.relu(self.vector(vectors))),
        ]
        tokens = torch.relu(self.token(torch.cat(known, 1)) + above)
        around = self.drop(tokens[context].flatten(1))
        number = self.drop(torch.relu(self.number(torch.cat([around, given], 1))))
        parts = [tokens[pairs[:, at]] for at in (1, 2, 3)]
        parts += [number[pairs[:, 0]], relations]
        parts += [embed(paths[:, at]) for at, embed in enumerate(self.path)]
        hidden = self.drop(torch.relu(self.pair(torch.cat(parts, 1))))
        hidden = self.drop(torch.relu(self.second(hidden)))
        return self.decide(number), self.score(hidden)


LAYERS = (
    "tensor", "vector", "state", "above", "token", "number", "decide", "pair", "second", "score",
)  # fmt: skip


class Stacked(nn.Module):
    """The mean of several scorers as one graph: each layer is one operation for all of them."""

    def __init__(self, scorers: Sequence[ScorerModule]) -> None:
        super().__init__()
        self.members = len(scorers)
        with torch.no_grad():
            self.codes = nn.ParameterList(
                torch.cat([one.codes[at].weight for one in scorers], 1) for at in range(4)
            )
            self.path = nn.ParameterList(
                torch.cat([one.path[at].weight for one in scorers], 1) for at in range(3)
            )
            layers = {name: [getattr(one, name) for one in scorers] for name in LAYERS}
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

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Return what ``ScorerModule`` does."""
        codes, traits, tensor, vectors, states, context, given, pairs, paths, relations = inputs
        states, told = normal(states)
        above = self._layer("above", torch.relu(self._layer("state", states))) * told
        known = [self._apart(table[codes[:, at]]) for at, table in enumerate(self.codes)]
        known += [
            self._shared(traits),
            torch.relu(self._layer("tensor", tensor)),
            torch.relu(self._layer("vector", vectors)),
        ]
        tokens = torch.relu(self._layer("token", torch.cat(known, 2)) + above)
        around = torch.cat([tokens[:, context].flatten(2), self._shared(given)], 2)
        number = torch.relu(self._layer("number", around))
        parts = [tokens[:, pairs[:, at]] for at in (1, 2, 3)]
        parts += [number[:, pairs[:, 0]], self._shared(relations)]
        parts += [self._apart(table[paths[:, at]]) for at, table in enumerate(self.path)]
        hidden = torch.relu(self._layer("pair", torch.cat(parts, 2)))
        hidden = torch.relu(self._layer("second", hidden))
        return self._layer("decide", number).mean(0), self._layer("score", hidden).mean(0)


ANSWERS = ("kind", "change", "bound", "measures", "holder")
INPUTS = (
    "codes", "traits", "tensor", "vectors", "states",
    "context", "given", "pairs", "paths", "relations",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureSchedule(fitting.Schedule):
    """How the scorer is fitted; a batch is counted in numbers."""

    epochs: int = 18
    rate: float = 3e-3
    decay: float = 0.02
    batch: int = 100
    members: int = 3
    """Scorers from different seeds, the first one's and the following, that are averaged."""


def fitted(
    examples: Sequence[FigureExample], schedule: FigureSchedule, tell: fitting.Tell
) -> list[ScorerModule]:
    """Return scorers fitted to examples, from different seeds."""
    found = []
    for member in range(schedule.members):
        seed = schedule.seed + member
        torch.manual_seed(seed)
        first = examples[0].found
        net = ScorerModule(first.given.shape[1], first.relations.shape[1])
        FigureFit(net, examples, replace(schedule, seed=seed), tell).run()
        found.append(net.eval())
    return found


def mean_scores(scorers: Sequence[ScorerModule], given: Sequence[Tensor]) -> list[Tensor]:
    """Return the mean of the scores of several scorers, of classes and of pairs."""
    with torch.no_grad():
        scored = [one(*given) for one in scorers]
    return [torch.stack(each).mean(0) for each in zip(*scored, strict=True)]


class FigureFit(fitting.Fit[FigureExample]):
    """A scorer being fitted."""

    def __init__(
        self,
        net: ScorerModule,
        examples: Sequence[FigureExample],
        schedule: FigureSchedule,
        tell: fitting.Tell,
    ) -> None:
        self.examples, self.size = list(examples), schedule.batch
        numbers = sum(len(one.kinds) for one in examples)
        steps = schedule.epochs * (numbers // schedule.batch + 2)
        groups = [{"params": list(net.parameters()), "lr": schedule.rate}]
        super().__init__(net, groups, schedule, steps, tell)

    def batches(self, number: int) -> Iterator[list[FigureExample]]:  # noqa: ARG002
        """Yield whole articles, shuffled."""
        self.order.shuffle(self.examples)
        yield from fitting.batches(self.examples, self.size, lambda one: len(one.kinds))

    def losses(self, group: Sequence[FigureExample]) -> dict[str, Tensor]:
        """Return the sum of the losses of all answers."""
        return {"loss": loss_of(self.net, group)}


def joined(group: Sequence[FigureExample]) -> list[Tensor]:
    """Return the arrays of several articles as one."""
    rows = np.cumsum([0, *(len(one.found.codes) for one in group)])
    numbers = np.cumsum([0, *(len(one.kinds) for one in group)])
    parts: dict[str, list[np.ndarray]] = {name: [] for name in INPUTS}
    for one, row, number in zip(group, rows, numbers, strict=False):
        found = one.found._asdict()
        found["context"] = found["context"] + row
        found["pairs"] = found["pairs"] + np.array([number, row, row, row])
        for name in INPUTS:
            parts[name].append(found[name])
    whole = {name: np.concatenate(some) for name, some in parts.items()}
    if len(whole["states"]) < len(whole["codes"]):
        whole["states"] = whole["states"][:1]  # there is no encoder
    return [torch.from_numpy(one) for one in whole.values()]


def loss_of(net: nn.Module, group: Sequence[FigureExample]) -> Tensor:
    """Return the sum of the losses of kind, change, bound, measure and holder."""
    given = joined(group)
    classes, pairs = net(*given)
    split = [len(KINDS), len(CHANGES), len(LIMITS), 2]
    *scores, null = classes.split(split, dim=1)
    loss = torch.zeros(())
    wanted = ("kinds", "changes", "bounds")
    for at, (score, name) in enumerate(zip(scores, wanted, strict=True)):
        may = torch.from_numpy(np.concatenate([one.allowed[at] for one in group]))
        right = torch.from_numpy(np.concatenate([getattr(one, name) for one in group]))
        if bool((right != UNKNOWN).any()):
            masked = score.masked_fill(~may, fitting.NEVER)
            loss = loss + functional.cross_entropy(masked, right, ignore_index=UNKNOWN)
    owner = torch.cat([given[INPUTS.index("pairs")][:, 0], torch.arange(len(null))])
    asked = torch.from_numpy(np.concatenate([one.asked for one in group]))
    good = torch.from_numpy(np.concatenate([one.right for one in group]))
    for role in (0, 1):
        every = torch.cat([pairs[:, role], null[:, role]])
        size = len(null)
        has = torch.zeros(size, dtype=torch.bool)
        has[owner[: len(good)][good[:, role]]] = True
        masked = every.masked_fill(~torch.cat([good[:, role], ~has]), fitting.NEVER)
        each = fitting.logsumexp(every, owner, size) - fitting.logsumexp(masked, owner, size)
        mine = asked[:, role]
        loss = loss + (each * mine).sum() / mine.sum().clamp_min(1)
    return loss


def judged(
    scorers: Sequence[ScorerModule], examples: Sequence[FigureExample]
) -> tuple[dict[str, float], list[tuple[float, bool]]]:
    """Return the accuracy of each answer in percent, and the outcome of each figure.

    The answers are kind, change, bound, measure and holder. An outcome is the probability that all
    of them are right, and whether they are, with value and unit.
    """
    right, total = dict.fromkeys(ANSWERS, 0), dict.fromkeys(ANSWERS, 0)
    outcomes: list[tuple[float, bool]] = []
    for one in examples:
        classes, pairs = (found.numpy() for found in mean_scores(scorers, joined([one])))
        number = one.found.pairs[:, 0]
        chosen = choices(one.allowed, number, classes, pairs)
        wanted = (one.kinds, one.changes, one.bounds)
        for at in range(len(one.kinds)):
            good: dict[str, bool] = {}
            for name, best, answer in zip(ANSWERS, chosen.classes, wanted, strict=False):
                if answer[at] != UNKNOWN:
                    good[name] = bool(best[at] == answer[at])
            for role, name in enumerate(ANSWERS[3:]):
                pair = chosen.pairs[at, role]
                if one.asked[at, role]:
                    has = bool(one.right[number == at, role].any())
                    good[name] = bool(one.right[pair, role]) if pair >= 0 else not has
            for name, well in good.items():
                right[name] += well
                total[name] += 1
            if good and KINDS[chosen.classes[0][at]] != "none":
                whole = all(good.values()) and bool(one.valued[at])
                outcomes.append((float(chosen.likely[at]), whole))
    share = {name: round(100 * right[name] / max(1, total[name]), 1) for name in ANSWERS}
    return share, outcomes


HELD = 0
"""The fraction of articles that is held back."""
LATER = ("news_figures", "news_attributions", "news_resolve")
"""Stages after figures, which training does not need."""


def train(
    corpora: Sequence[Path], out: Path, *, schedule: FigureSchedule, tell: fitting.Tell
) -> dict[str, Any]:
    """Fit the scorer to annotated articles, write it to ``out`` and return its figures.

    The figures come from a scorer that was trained without a third of the articles; the one that is
    written was trained on all.

    Raises ``InputNotFound``, or ``BadRow`` if no article can be held back.
    """
    fitting.use_threads()
    found = list(read(corpora, tell))
    held = [one for row, one in found if fold_of(row) == HELD]
    seen = [one for row, one in found if fold_of(row) != HELD]
    if not held or not seen:
        hint = "give a corpus with ten or more articles that have figures"
        raise BadRow("nothing to hold back", where=str(corpora[0]), hint=hint)
    first = fitted(seen, schedule, tell)
    figures: dict[str, Any] = {}
    scales = {}
    for name, some in zip(SCALES, ([plain(one) for one in held], held), strict=True):
        shares, outcomes = judged(first, some)
        scale, error = platt(*zip(*outcomes, strict=True))
        scales[name] = asdict(scale)
        figures[name] = {**shares, "calibration_error": round(error, 4)}
    whole = fitted([one for _, one in found], schedule, tell)
    out.mkdir(parents=True, exist_ok=True)
    write(whole, seen[0], out / GRAPH)
    trained = own_model(encoding.MODEL)[0].files[encoding.GRAPH]
    config = {"scales": scales, "encoder": trained, "features": FEATURES}
    fitting.write_config(out / CONFIG, config)
    figures["schedule"] = asdict(schedule)
    tell(json.dumps(figures))
    fitting.tell_checksums(out, tell)
    return figures


def read(
    corpora: Sequence[Path], tell: fitting.Tell
) -> Iterator[tuple[dict[str, Any], FigureExample]]:
    """Yield the annotated articles that have a number, each with its row."""
    nlp = load(profile="fast")
    for name in LATER:
        nlp.disable_pipe(name)
    for path in corpora:
        count = 0
        for row, doc in fitting.read_articles(nlp, path):
            one = example(row, doc, encoding.encoder())
            if one is not None:
                count += 1
                yield row, one
        tell(f"{path.name}: {count} articles")


def write(scorers: Sequence[ScorerModule], sample: FigureExample, path: Path) -> None:
    """Write the mean of several scorers as an ONNX graph."""
    given = dict(zip(INPUTS, joined([sample]), strict=True))
    sizes = {"codes": "tokens", "traits": "tokens", "tensor": "tokens", "vectors": "tokens"}
    sizes |= {"states": "states", "context": "numbers", "given": "numbers"}
    sizes |= {"pairs": "pairs", "paths": "pairs", "relations": "pairs"}
    axes = {name: {0: size} for name, size in sizes.items()}
    fitting.write_graph(Stacked(scorers), given, ["classes", "scores"], axes, path)
