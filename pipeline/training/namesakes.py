"""Train the weights of ``namesakes``: whom a short name means if several have it.

    python -m pipeline.training.namesakes --corpus wikinews.jsonl --corpus written.jsonl --out FILE

An example is an annotated short name that ends the names of several people. While the examples are
made, the annotator's answers take the place of the weights, so that each rests on right ones before
it. Nothing is drawn by chance.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from spacy.language import Language

from pipeline.document.columns import Columns
from pipeline.document.names import Name
from pipeline.errors import BadRow
from pipeline.stages.coreference.chains import Clusters
from pipeline.stages.coreference.namesakes import Namesake, properties
from pipeline.stages.language import load
from pipeline.training import regression
from pipeline.training.reference.examples import annotated_names

QUESTION = "namesake"
PENALTY, LEAST_COUNT, SMALLEST = 2.0, 6, 0.05
"""A property that fewer answers have gets no weight, a weight nearer to zero is left out."""
FOLDS = 10
"""Article ``i`` is in fold ``i % FOLDS``."""
HEADER = """\
# Weights of a logistic regression, written by pipeline.training.namesakes: whom a short name means.
# See README.md.
"""


def examples(rows: Iterable[Mapping[str, Any]], nlp: Language) -> list[regression.MultipleChoice]:
    """Return the choices in annotated articles."""
    found: list[regression.MultipleChoice] = []
    for number, row in enumerate(rows):
        doc = nlp(row["text"])
        columns = Columns(doc)
        owner = {
            start: at
            for at, entity in enumerate(row["entities"])
            for start, _, kind in entity["mentions"]
            if kind == "name"
        }

        def choose(
            columns: Columns,
            name: Name,
            namesakes: Sequence[Namesake],
            *,
            owner: Mapping[int, int] = owner,
            number: int = number,
        ) -> tuple[int | None, float]:
            mine = owner.get(columns.starts[name.start])
            theirs = [
                owner.get(columns.starts[one.places[0]]) if one.places else None
                for one in namesakes
            ]
            if mine not in theirs or mine is None:
                return None, 0.0
            answers = properties(columns, name, namesakes)
            right = theirs.index(mine)
            found.append(regression.MultipleChoice(QUESTION, answers, right, number, QUESTION))
            return right, 1.0

        Clusters(columns, annotated_names(dict(row), doc), choose)
    return found


def train(found: Sequence[regression.MultipleChoice]) -> regression.Tables:
    """Return the weights."""
    return {
        QUESTION: regression.fit_choices(
            found, penalty=PENALTY, least_count=LEAST_COUNT, smallest=SMALLEST
        )
    }


def to_toml(weights: regression.Tables) -> str:
    """Return the weights as the text of their file."""
    lines = [f"{json.dumps(name)} = {one}\n" for name, one in sorted(weights[QUESTION].items())]
    return "".join([HEADER, "\n", *lines])


@click.command()
@regression.weights_options("Annotated articles")
def main(corpora: Sequence[Path], out: str, force: bool) -> None:
    """Train the weights of namesakes and print held-out figures."""
    with regression.reporting():
        nlp = load(profile="fast")
        nlp.select_pipes(disable=[one for one in nlp.pipe_names if one.startswith("news_")])
        rows = regression.read_rows(corpora)
        found = examples(rows, nlp)
        if not found:
            message = "has no names that several people have"
            raise BadRow(message, where=str(corpora[0]), hint="add articles")
        click.echo(f"{len(rows)} articles, {len(found)} choices")
        regression.train_choices(found, out, folds=FOLDS, train=train, written=to_toml, force=force)


if __name__ == "__main__":
    main()
