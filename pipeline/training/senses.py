"""Train the weights of ``senses``: what an ambiguous letter or word beside a number means.

    python -m pipeline.training.senses --corpus sentences.jsonl --corpus wikinews.jsonl --out FILE

An example is a letter or word that the grammar of quantities asks about, with its readings; right
is the one that the sentence marks, or that gives the annotated figure its unit. The annotator's
answers take the place of the weights meanwhile. Nothing is drawn by chance.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import click

from pipeline.errors import BadRow, PipelineError
from pipeline.manifest import checksum
from pipeline.text.quantities import senses
from pipeline.text.spans import CharSpan
from pipeline.text.units import find_quantities
from pipeline.training.regression import fit
from pipeline.writers.files import new_file

PENALTY, LEAST_COUNT = 1.0, 3
"""A property that fewer examples have gets no weight."""
FOLDS = 3
"""Article or sentence ``i`` is in fold ``i % FOLDS``."""
AS_MANY = 3
"""An article's example counts as much as so many of a sentence, which is rare on purpose."""
SMALLEST = 0.1
"""A weight nearer to zero is left out."""
DIGITS = re.compile(r"\d+(?:\.\d+)?")


class Example(NamedTuple):
    """A choice: the properties of each reading, and which is right."""

    form: str
    answers: list[list[str]]
    right: int
    row: int = 0
    source: str = ""
    """``sentences`` or ``articles``."""


class Teacher:
    """Answers as the annotator did, and keeps what it was asked."""

    def __init__(self) -> None:
        self.row: Mapping[str, Any] = {}
        self.found: dict[CharSpan, Example] = {}

    def __call__(self, text: str, number: CharSpan, form: CharSpan, readings: Sequence[str]) -> str:
        """Return the annotator's reading."""
        marks = self.row.get("forms")
        if marks is None:
            right = self._annotated(text, number, form, readings)
        else:
            told = {(start, end): reading for start, end, reading in marks}
            right = told.get((form[0], form[1]), "")
        if right in readings:
            held = list(senses.properties(text, number, form))
            answers = [list(senses.answer(one, held)) for one in readings]
            self.found[form] = Example(held[0], answers, readings.index(right))
            return right
        return "none" if "none" in readings else readings[0]

    def _annotated(
        self, text: str, number: CharSpan, form: CharSpan, readings: Sequence[str]
    ) -> str:
        """Return the reading that gives the figure at a place its value and unit."""
        figure = next(
            (
                one
                for one in self.row["figures"]
                if one["span"][0] < number[1] and number[0] < one["span"][1]
            ),
            None,
        )
        if figure is None:
            return "none"
        unit, key = figure["unit"], senses.key_of(text[slice(*form)])
        digits = text[slice(*number)].replace(",", "")
        if "scale" in readings and DIGITS.fullmatch(digits):
            scaled = Decimal(digits).scaleb(senses.SCALES.get(key, 0))
            told = filter(None, (figure[end] for end in ("value", "low", "high")))
            if any(DIGITS.fullmatch(one) and Decimal(one) == scaled for one in told):
                return "scale"
        if "scale" in readings and key == "grand" and figure["kind"] == "money":
            return "scale"
        if "money" in readings and figure["kind"] == "money" and figure["span"][1] >= form[1]:
            return "money"
        if "heat" in readings and unit in ("Cel", "[degF]"):
            return "heat"
        return unit if unit in readings else "none"


def examples(rows: Sequence[Mapping[str, Any]]) -> list[Example]:
    """Return the choices in marked sentences and annotated articles, in text order."""
    found: list[Example] = []
    teacher, before = Teacher(), senses.reader
    senses.reader = teacher
    try:
        for at, row in enumerate(rows):
            teacher.row, teacher.found = row, {}
            find_quantities(row["text"])
            source = "articles" if "figures" in row else "sentences"
            found += (one._replace(source=source, row=at) for one in teacher.found.values())
    finally:
        senses.reader = before
    return found


def train(found: Sequence[Example]) -> dict[str, float]:
    """Return the weights."""
    rows, outcomes = [], []
    for one in found:
        for _ in range(AS_MANY if one.source == "articles" else 1):
            rows += one.answers
            outcomes += [place == one.right for place in range(len(one.answers))]
    fitted = fit(rows, outcomes, penalty=PENALTY, least_count=LEAST_COUNT)
    return {name: round(w, 2) for name, w in fitted.items() if abs(w) >= SMALLEST}


def is_right(one: Example, weights: Mapping[str, float]) -> bool:
    """Return whether the weights choose as the annotator did."""
    odds = [sum(weights.get(name, 0.0) for name in held) for held in one.answers]
    return odds.index(max(odds)) == one.right


def held_out(found: Sequence[Example]) -> Iterator[str]:
    """Yield for each source how many are right, each judged without its article or sentence."""
    hits: dict[str, list[bool]] = {}
    for fold in range(FOLDS):
        weights = train([one for one in found if one.row % FOLDS != fold])
        for one in found:
            if one.row % FOLDS == fold:
                hits.setdefault(one.source, []).append(is_right(one, weights))
    for source, right in sorted(hits.items()):
        yield f"{source}  {sum(right)} of {len(right)} right, {sum(right) / len(right):.1%}"


@click.command()
@click.option(
    "--corpus",
    "corpora",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path),
    help="Marked sentences or annotated articles, JSONL; may be given several times.",
)
@click.option("--out", required=True, metavar="FILE", help="File of weights.")
@click.option("--force", is_flag=True, help="Replace FILE if it holds something else.")
def main(corpora: Sequence[Path], out: str, force: bool) -> None:
    """Train the weights of ambiguous units and print held-out figures."""
    try:
        rows = [json.loads(line) for path in corpora for line in path.read_bytes().splitlines()]
        found = examples(rows)
        if not found:
            raise BadRow("has no ambiguous unit", where=str(corpora[0]), hint="add sentences")
        click.echo(f"{len(rows)} texts, {len(found)} choices")
        for line in held_out(found):
            click.echo(line)
        weights = train(found)
        with new_file(out, force=force) as file:
            file.write(
                json.dumps(weights, ensure_ascii=False, indent=0, sort_keys=True).encode() + b"\n"
            )
    except PipelineError as error:
        click.echo(error.report(), err=True)
        raise SystemExit(error.exit_code) from error
    click.echo(
        f"{len(weights)} weights, {'written' if file.changed else 'the same as those in'} {out}"
    )
    click.echo(f"sha256 {checksum(Path(out))}")


if __name__ == "__main__":
    main()
