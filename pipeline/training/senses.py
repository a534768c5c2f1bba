"""Train the weights of ``senses``: what an ambiguous letter or word beside a number means.

    python -m pipeline.training.senses --corpus sentences.jsonl --corpus wikinews.jsonl --out FILE

An example is a letter or word that the grammar of quantities asks about, with its readings; right
is the one that the sentence marks, or that gives the annotated figure its unit. The annotator's
answers take the place of the weights meanwhile. Nothing is drawn by chance.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from pipeline.errors import BadRow
from pipeline.quantities import senses
from pipeline.quantities.units import find_quantities
from pipeline.text.spans import CharSpan
from pipeline.training import regression

PENALTY, LEAST_COUNT = 1.0, 3
"""A property that fewer examples have gets no weight."""
FOLDS = 3
"""Article or sentence ``i`` is in fold ``i % FOLDS``."""
AS_MANY = 3
"""An article's example counts as much as so many of a sentence, which is rare on purpose."""
SMALLEST = 0.1
"""A weight nearer to zero is left out."""
DIGITS = re.compile(r"\d+(?:\.\d+)?")


class SenseTeacher:
    """Answers as the annotator did, and keeps what it was asked."""

    def __init__(self) -> None:
        self.row: Mapping[str, Any] = {}
        self.found: dict[CharSpan, tuple[list[list[str]], int]] = {}

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
            self.found[form] = answers, readings.index(right)
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


def examples(rows: Sequence[Mapping[str, Any]]) -> list[regression.MultipleChoice]:
    """Return the choices in marked sentences and annotated articles, in text order."""
    found: list[regression.MultipleChoice] = []
    teacher, before = SenseTeacher(), senses.reader
    senses.reader = teacher
    try:
        for at, row in enumerate(rows):
            teacher.row, teacher.found = row, {}
            find_quantities(row["text"])
            source, weight = ("articles", AS_MANY) if "figures" in row else ("sentences", 1)
            found += (
                regression.MultipleChoice("", *one, at, source, weight)
                for one in teacher.found.values()
            )
    finally:
        senses.reader = before
    return found


def train(found: Sequence[regression.MultipleChoice]) -> regression.Tables:
    """Return the weights."""
    table = regression.fit_choices(
        found, penalty=PENALTY, least_count=LEAST_COUNT, smallest=SMALLEST
    )
    return {"": table}


def written(weights: regression.Tables) -> str:
    """Return the weights as the text of their file."""
    return json.dumps(weights[""], ensure_ascii=False, indent=0, sort_keys=True) + "\n"


@click.command()
@regression.weights_options("Marked sentences or annotated articles")
def main(corpora: Sequence[Path], out: str, force: bool) -> None:
    """Train the weights of ambiguous units and print held-out figures."""
    with regression.reporting():
        rows = regression.read_rows(corpora)
        found = examples(rows)
        if not found:
            raise BadRow("has no ambiguous unit", where=str(corpora[0]), hint="add sentences")
        click.echo(f"{len(rows)} texts, {len(found)} choices")
        regression.train_choices(found, out, folds=FOLDS, train=train, written=written, force=force)


if __name__ == "__main__":
    main()
