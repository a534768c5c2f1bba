"""Train the weights of ``times``: which day, month or year an undated time means.

    python -m pipeline.training.dating --corpus wikinews.jsonl --corpus written.jsonl --out FILE

An example is a weekday, month or holiday without a year, or a time of day and the days that it may
belong to; it is right where the annotator gave that value. While the examples are made, the
annotator's answers take the place of the weights, so that each rests on right ones before it.
Nothing is drawn by chance: the same corpora, base model and grammar give the same weights.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import BadRow
from pipeline.stages.language import BASE_MODEL, annotate, load
from pipeline.stages.times import Dating, Times
from pipeline.text.spans import CharSpan
from pipeline.times.calendar import stretch
from pipeline.times.relative import NamedDay
from pipeline.training import regression

STAGE = "news_times"
QUESTIONS = ("ahead", "day")
PENALTY, LEAST_COUNT = 2.0, 6
"""A property that fewer examples have gets no weight."""
FOLDS = 5
"""Article ``i`` is in fold ``i % FOLDS``."""
SMALLEST = 0.05
"""A weight nearer to zero is left out."""
SHIFTS = {"yesterday": -1, "last night": -1, "overnight": -1, "tomorrow": 1}
"""Days from the day of speaking to these; other words for a day mean it itself."""
HEADER = """\
# Weights of two logistic regressions, written by pipeline.training.dating: whether a weekday, month
# or holiday without a year is the next one, and which day a time belongs to. See README.md.
"""


class DatingTeacher(Dating):
    """Answers as the annotator did, and keeps what it was asked."""

    gold: Sequence[Mapping[str, Any]] = ()
    published = date.min
    article = 0
    examples: list[regression.MultipleChoice]

    def _value(self, start: int, end: int) -> tuple[date, date, str] | None:
        """Return the first and last day of the annotated time at a place, and its words."""
        for time in self.gold:
            first, last = time["span"]
            found = stretch(time["value"]) if first < end and start < last else None
            if found is not None:
                begin, stop = (date.fromisoformat(one[:10]) for one in found)
                stop -= timedelta(days=begin < stop and "T" not in found.end)
                return begin, stop, self.doc.text[first:last].lower()
        return None

    def keep(self, question: str, answers: list[list[str]], right: int) -> None:
        """Keep what was asked, with the right answer."""
        self.examples.append(
            regression.MultipleChoice(question, answers, right, self.article, question)
        )

    def is_ahead(self, start: int, end: int, unit: str, behind: int, ahead: int) -> bool:
        """Return whether the annotator meant the next one."""
        value = self._value(start, end)
        begin, stop = value[:2] if value else (date.min, date.min)
        next_one = begin == self.published + timedelta(days=ahead)
        if next_one or stop == self.published - timedelta(days=behind):
            held = list(self.course(start, end, unit, behind, ahead))
            self.keep("ahead", [held], int(next_one) - 1)
        return next_one

    def day(self, start: int, end: int, named: Sequence[NamedDay], published: date) -> date:
        """Return the day that the annotator meant."""
        value = self._value(start, end)
        shift = next((n for word, n in SHIFTS.items() if value and word in value[2]), 0)
        wanted = value[0] - timedelta(days=shift) if value else None
        for place, one in enumerate(named):
            if one.day == wanted:
                held = list(self.days(start, end, named, published))
                self.keep("day", held, place)
                return one.day
        return named[0].day


def examples(rows: Iterable[Mapping[str, Any]], nlp: Language) -> list[regression.MultipleChoice]:
    """Return the choices in annotated articles, in text order."""
    found: list[regression.MultipleChoice] = []
    stage: Times = nlp.get_pipe(STAGE)  # type: ignore[assignment]
    for article, row in enumerate(rows):
        day = date.fromisoformat(row["published"][:10])

        def teacher(
            doc: Doc,
            quotes: Iterable[CharSpan] = (),
            *,
            row: Mapping[str, Any] = row,
            day: date = day,
            article: int = article,
        ) -> DatingTeacher:
            made = DatingTeacher(doc, quotes)
            made.gold = [one for one in row["times"] if one["value"]]
            made.published, made.article, made.examples = day, article, found
            return made

        stage.dating = teacher
        annotate(nlp, row["text"], day)
    return found


def train(found: Sequence[regression.MultipleChoice]) -> regression.Tables:
    """Return the weights for each question."""
    return {
        question: regression.fit_choices(
            [one for one in found if one.question == question],
            penalty=PENALTY,
            least_count=LEAST_COUNT,
            smallest=SMALLEST,
        )
        for question in QUESTIONS
    }


def to_toml(weights: regression.Tables) -> str:
    """Return the weights as the text of their file."""
    lines = [HEADER]
    for question, table in weights.items():
        lines.append(f"\n[{question}]\n")
        lines += [f"{json.dumps(name)} = {weight}\n" for name, weight in sorted(table.items())]
    return "".join(lines)


@click.command()
@regression.weights_options("Annotated articles")
@click.option("--model", default=BASE_MODEL, metavar="NAME", help="Base spaCy pipeline.")
def main(corpora: Sequence[Path], out: str, force: bool, model: str) -> None:
    """Train the weights of times and print held-out figures."""
    with regression.reporting():
        nlp = load(model)
        names = nlp.pipe_names
        for name in names[names.index(STAGE) + 1 :]:
            nlp.remove_pipe(name)
        rows = regression.read_rows(corpora)
        found = examples(rows, nlp)
        if not {one.question for one in found}.issuperset(QUESTIONS):
            message = "has no times to choose between"
            raise BadRow(message, where=str(corpora[0]), hint="add articles")
        click.echo(f"{len(rows)} articles, {len(found)} choices")
        regression.train_choices(found, out, folds=FOLDS, train=train, written=to_toml, force=force)


if __name__ == "__main__":
    main()
