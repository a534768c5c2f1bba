"""Logistic regression over binary properties, and the scale of confidences (Platt 1999).

Also what the commands share that train the weights of choices between answers.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import PipelineError
from pipeline.manifest import checksum
from pipeline.model.session import SMALLEST, Scale
from pipeline.output.files import new_file
from pipeline.training.evaluation import Verdict, calibration_error

PRIOR = 1.0
"""Weight of the prior that leaves shares unchanged; it matters only with few outcomes."""


def platt(shares: Sequence[float], right: Sequence[bool]) -> tuple[Scale, float]:
    """Return the scale that fits outcomes, and the expected calibration error of its confidences.

    ``shares`` are from 0 to 1, one for each outcome. Without outcomes, the scale leaves shares
    unchanged and the error is 0.
    """
    chances = np.clip(np.array(shares, dtype=np.float64), SMALLEST, 1 - SMALLEST)
    odds = np.log(chances / (1 - chances))
    shift, slope = logistic(odds[:, None], right)
    scale = Scale(slope, shift)
    return scale, error_of([scale(one) for one in shares], right)


def logistic(
    rows: NDArray[np.float64], right: Sequence[bool], counts: Sequence[float] | None = None
) -> list[float]:
    """Return the bias and the weights of a logistic regression, rounded to four decimals.

    ``rows`` is (n, k); the prior is a weight of 1 for the first feature, 0 for the others.
    ``counts``: how much each of the n outcomes counts, by default 1.
    """
    outcomes = np.array(right, dtype=np.float64)
    design = np.concatenate([np.ones((len(rows), 1)), rows], axis=1)
    prior = np.zeros(design.shape[1])
    prior[1] = 1.0
    weights, weight = prior.copy(), np.ones(len(rows)) if counts is None else np.array(counts)

    def loss(weights: NDArray[np.float64]) -> float:
        sums, away = design @ weights, weights - prior
        fit = weight @ (np.logaddexp(0, sums) - outcomes * sums)
        return float(fit + PRIOR * (away @ away) / 2)

    for _ in range(STEPS):  # Newton's method; the loss is convex
        p = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (weight * (p - outcomes)) + PRIOR * (weights - prior)
        curve = (design * (weight * p * (1 - p))[:, None]).T @ design + PRIOR * np.eye(len(prior))
        step, before = np.linalg.solve(curve, slope), loss(weights)
        while np.abs(step).max() > PRECISION and loss(weights - step) > before:
            step /= 2  # far from the minimum, a whole step may lead away from it
        weights = weights - step
    return [round(float(one), 4) for one in weights]


def error_of(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Return the expected calibration error of confidences (Guo et al. 2017), from 0 to 1."""
    verdicts = [Verdict(*one) for one in zip(confidences, right, strict=True)]
    return calibration_error(verdicts) or 0.0


Vector = NDArray[np.float64]
STEPS = 50
PRECISION = 1e-6
"""Maximum component of the gradient at which the fit ends."""


def fit(
    examples: Sequence[Sequence[str]],
    outcomes: Sequence[bool],
    *,
    penalty: float,
    least_count: int,
) -> dict[str, float]:
    """Return the weight of each property that ``least_count`` examples have, and of ``bias``.

    Minimizes the logistic loss with ``penalty / 2`` times the squares of all weights but the bias,
    by Newton's method with conjugate gradients: the loss is convex, so that the weights depend on
    nothing but the examples.
    """
    counts = Counter(name for held in examples for name in set(held))
    names = sorted(name for name, count in counts.items() if count >= least_count)
    column = {name: at for at, name in enumerate(names, 1)}
    pairs = [(row, column[n]) for row, held in enumerate(examples) for n in {*held} & column.keys()]
    pairs += [(row, 0) for row in range(len(examples))]
    # sorted, because sums of floats depend on their order and sets have none
    rows, columns = np.array(sorted(pairs), dtype=np.intp).T
    penalties = np.array([0.0, *(penalty for _ in names)])
    weights = _Loss(rows, columns, np.array(outcomes, dtype=float), penalties).least()
    return dict(zip(("bias", *names), weights.tolist(), strict=True))


@dataclass(frozen=True)
class _Loss:
    """The penalized loss over a matrix of zeros and ones, given by where its ones are."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    outcomes: Vector
    penalties: Vector
    """By column."""

    @property
    def width(self) -> int:
        return len(self.penalties)

    def _times(self, weights: Vector) -> Vector:
        return np.bincount(self.rows, weights[self.columns], len(self.outcomes)).astype(np.float64)

    def _transposed_times(self, values: Vector) -> Vector:
        return np.bincount(self.columns, values[self.rows], self.width).astype(np.float64)

    def value(self, weights: Vector) -> float:
        sums = self._times(weights)
        fit = np.logaddexp(0, sums) - self.outcomes * sums
        return float(fit.sum() + (self.penalties * weights**2).sum() / 2)

    def least(self) -> Vector:
        """Return the weights that minimize the loss."""
        weights = np.zeros(self.width)
        for _ in range(STEPS):
            likely = 1 / (1 + np.exp(-self._times(weights)))
            slope = self._transposed_times(likely - self.outcomes) + self.penalties * weights
            if np.abs(slope).max() <= PRECISION:
                break
            step = self._newton_step(slope, likely * (1 - likely))
            size, before = 1.0, self.value(weights)
            while size > PRECISION and self.value(weights - size * step) > before:
                size /= 2
            weights = weights - size * step
        return weights

    def _newton_step(self, slope: Vector, curvature: Vector) -> Vector:
        """Solve Hessian · step = slope by conjugate gradients, scaled by the diagonal."""
        scale = self._transposed_times(curvature) + self.penalties
        step = np.zeros(self.width)
        rest = slope.copy()
        direction = rest / scale
        length = float(rest @ direction)
        for _ in range(10 * self.width):
            if np.abs(rest).max() <= 1e-3 * min(1.0, float(np.abs(slope).max())) ** 2:
                break
            product = self._transposed_times(curvature * self._times(direction))
            product += self.penalties * direction
            share = length / float(direction @ product)
            step += share * direction
            rest -= share * product
            scaled = rest / scale
            length, before = float(rest @ scaled), length
            direction = scaled + length / before * direction
        return step


class MultipleChoice(NamedTuple):
    """The properties of each answer to a question about a text, and which is right."""

    question: str
    answers: list[list[str]]
    right: int
    """The index of the right answer, -1 if none is right."""
    text: int
    """The number of the text, which decides its fold."""
    source: str
    """What the held-out figures are printed for."""
    weight: int = 1
    """How often it counts."""


Tables = Mapping[str, Mapping[str, float]]
"""The weight of each property by question."""


def fit_choices(
    found: Sequence[MultipleChoice], *, penalty: float, least_count: int, smallest: float
) -> dict[str, float]:
    """Return the weights of ``fit`` for choices, rounded; those under ``smallest`` are left out."""
    rows, outcomes = [], []
    for one in found:
        rows += one.answers * one.weight
        outcomes += [at == one.right for at in range(len(one.answers))] * one.weight
    fitted = fit(rows, outcomes, penalty=penalty, least_count=least_count)
    return {name: round(w, 2) for name, w in fitted.items() if abs(w) >= smallest or name == "bias"}


def is_right(one: MultipleChoice, weights: Tables) -> bool:
    """Return whether the weights choose as the annotator did."""
    table = weights[one.question]
    odds = [
        sum(table.get(name, 0.0) for name in dict.fromkeys(("bias", *held))) for held in one.answers
    ]
    return (odds.index(max(odds)) if odds[1:] or odds[0] > 0 else -1) == one.right


Command = TypeVar("Command", bound=Callable[..., Any])


def weights_options(corpora: str) -> Callable[[Command], Command]:
    """Return a decorator that adds the options of a command that trains weights of choices."""

    def add(command: Command) -> Command:
        about = "Replace FILE if it holds something else."
        command = click.option("--force", is_flag=True, help=about)(command)
        about = "File of weights."
        command = click.option("--out", required=True, metavar="FILE", help=about)(command)
        about = f"{corpora}, JSONL; may be given several times."
        kind = click.Path(path_type=Path)
        return click.option(
            "--corpus", "corpora", required=True, multiple=True, type=kind, help=about
        )(command)

    return add


@contextmanager
def reporting() -> Iterator[None]:
    """Print an error of the block, and exit with its code."""
    try:
        yield
    except PipelineError as error:
        click.echo(error.report(), err=True)
        raise SystemExit(error.exit_code) from error


def read_rows(corpora: Sequence[Path]) -> list[dict[str, Any]]:
    return [json.loads(line) for path in corpora for line in path.read_bytes().splitlines()]


def train_choices(
    found: Sequence[MultipleChoice],
    out: str,
    *,
    folds: int,
    train: Callable[[Sequence[MultipleChoice]], Tables],
    written: Callable[[Tables], str],
    force: bool,
) -> None:
    """Print held-out figures, each text judged without its fold, and write weights of all."""
    hits: dict[str, list[bool]] = defaultdict(list)
    for fold in range(folds):
        weights = train([one for one in found if one.text % folds != fold])
        for one in found:
            if one.text % folds == fold:
                hits[one.source].append(is_right(one, weights))
    for source, right in sorted(hits.items()):
        share = sum(right) / len(right)
        click.echo(f"{source}  {sum(right)} of {len(right)} right, {share:.1%}")
    weights = train(found)
    with new_file(out, force=force) as file:
        file.write(written(weights).encode())
    size = sum(map(len, weights.values()))
    click.echo(f"{size} weights, {'written' if file.changed else 'the same as those in'} {out}")
    click.echo(f"sha256 {checksum(Path(out))}")
