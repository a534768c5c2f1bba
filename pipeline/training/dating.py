"""Train the weights of ``times``: which day, month or year an undated time means.

    python -m pipeline.training.dating --corpus wikinews.jsonl --corpus written.jsonl --out FILE

An example is a weekday, month or holiday without a year, or a time of day and the days that it may
belong to; it is right where the annotator gave that value. While the examples are made, the
annotator's answers take the place of the weights, so that each rests on right ones before it.
Nothing is drawn by chance: the same corpora, base model and grammar give the same weights.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import click
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import BadRow, PipelineError
from pipeline.language import BASE_MODEL, annotate, load
from pipeline.manifest import checksum
from pipeline.stages.times import Dating, Times, evidence
from pipeline.text.spans import CharSpan
from pipeline.text.timing.calendar import stretch
from pipeline.text.timing.relative import Named
from pipeline.training.regression import fit
from pipeline.writers.files import new_file

STAGE = "news_times"
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


class Example(NamedTuple):
    """A choice: the properties of each answer, and which is right."""

    question: str
    answers: list[list[str]]
    """One for ``ahead``, which is right or not; one for each day for ``day``."""
    right: int
    article: int


class Teacher(Dating):
    """Answers as the annotator did, and keeps what it was asked."""

    gold: Sequence[Mapping[str, Any]] = ()
    published = date.min
    article = 0
    examples: list[Example]

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

    def is_ahead(self, start: int, end: int, unit: str, behind: int, ahead: int) -> bool:
        """Return whether the annotator meant the next one."""
        value = self._value(start, end)
        begin, stop = value[:2] if value else (date.min, date.min)
        next_one = begin == self.published + timedelta(days=ahead)
        if next_one or stop == self.published - timedelta(days=behind):
            held = list(self.course(start, end, unit, behind, ahead))
            self.examples.append(Example("ahead", [held], int(next_one), self.article))
        return next_one

    def day(self, start: int, end: int, named: Sequence[Named], published: date) -> date:
        """Return the day that the annotator meant."""
        value = self._value(start, end)
        shift = next((n for word, n in SHIFTS.items() if value and word in value[2]), 0)
        wanted = value[0] - timedelta(days=shift) if value else None
        for place, one in enumerate(named):
            if one.day == wanted:
                held = list(self.days(start, end, named, published))
                self.examples.append(Example("day", held, place, self.article))
                return one.day
        return named[0].day


def examples(rows: Iterable[Mapping[str, Any]], nlp: Language) -> list[Example]:
    """Return the choices in annotated articles, in text order."""
    found: list[Example] = []
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
        ) -> Teacher:
            made = Teacher(doc, quotes)
            made.gold = [one for one in row["times"] if one["value"]]
            made.published, made.article, made.examples = day, article, found
            return made

        stage.dating = teacher
        annotate(nlp, row["text"], day)
    return found


def train(found: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Return the weights for each question."""
    weights = {}
    for question in ("ahead", "day"):
        rows, outcomes = [], []
        for one in found:
            if one.question == question:
                rows += one.answers
                several = len(one.answers) > 1
                outcomes += [
                    place == one.right if several else bool(one.right)
                    for place in range(len(one.answers))
                ]
        fitted = fit(rows, outcomes, penalty=PENALTY, least_count=LEAST_COUNT)
        weights[question] = {
            name: round(weight, 2)
            for name, weight in fitted.items()
            if abs(weight) >= SMALLEST or name == "bias"
        }
    return weights


def is_right(one: Example, weights: Mapping[str, Mapping[str, float]]) -> bool:
    """Return whether the weights choose as the annotator did."""
    odds = [evidence(held, weights[one.question]) for held in one.answers]
    return (odds.index(max(odds)) if odds[1:] else int(odds[0] > 0)) == one.right


def held_out(found: Sequence[Example]) -> Iterator[str]:
    """Yield for each question how many examples are right, each judged without its article."""
    hits: dict[str, list[bool]] = {}
    for fold in range(FOLDS):
        weights = train([one for one in found if one.article % FOLDS != fold])
        for one in found:
            if one.article % FOLDS == fold:
                hits.setdefault(one.question, []).append(is_right(one, weights))
    for question, right in sorted(hits.items()):
        yield f"{question}  {sum(right)} of {len(right)} right, {sum(right) / len(right):.1%}"


def to_toml(weights: Mapping[str, Mapping[str, float]]) -> str:
    """Return the weights as the text of their file."""
    lines = [HEADER]
    for question, table in weights.items():
        lines.append(f"\n[{question}]\n")
        lines += [f"{json.dumps(name)} = {weight}\n" for name, weight in sorted(table.items())]
    return "".join(lines)


@click.command()
@click.option(
    "--corpus",
    "corpora",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path),
    help="Annotated articles, JSONL; may be given several times.",
)
@click.option("--out", required=True, metavar="FILE", help="File of weights.")
@click.option("--force", is_flag=True, help="Replace FILE if it holds something else.")
@click.option("--model", default=BASE_MODEL, metavar="NAME", help="Base spaCy pipeline.")
def main(corpora: Sequence[Path], out: str, force: bool, model: str) -> None:
    """Train the weights of times and print held-out figures."""
    try:
        nlp = load(model)
        names = nlp.pipe_names
        for name in names[names.index(STAGE) + 1 :]:
            nlp.remove_pipe(name)
        rows = [json.loads(line) for path in corpora for line in path.read_bytes().splitlines()]
        found = examples(rows, nlp)
        if not {"ahead", "day"} <= {one.question for one in found}:
            raise BadRow(
                "has no times to choose between", where=str(corpora[0]), hint="add articles"
            )
        click.echo(f"{len(rows)} articles, {len(found)} choices")
        for line in held_out(found):
            click.echo(line)
        weights = train(found)
        with new_file(out, force=force) as file:
            file.write(to_toml(weights).encode())
    except PipelineError as error:
        click.echo(error.report(), err=True)
        raise SystemExit(error.exit_code) from error
    size = sum(map(len, weights.values()))
    click.echo(f"{size} weights, {'written' if file.changed else 'the same as those in'} {out}")
    click.echo(f"sha256 {checksum(Path(out))}")


if __name__ == "__main__":
    main()
