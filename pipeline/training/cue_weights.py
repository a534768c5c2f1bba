"""Train the weights of ``attributions-filter``: which claims of the rules are attributions.

    python -m pipeline.training.cue_weights --corpus TRAIN.jsonl --out weights.toml

An example is a claim of the rules on an article of the corpus; it is right if an annotator marked
the same attribution. Whether a cue is nested depends on the claims that would be given out, and so
on the weights: the first fit assumes all claims, and each further one uses the previous weights.
Training is deterministic: the same corpus, base model and rules give the same weights.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click
from spacy.language import Language

from pipeline.errors import BadRow, PipelineError
from pipeline.language import BASE_MODEL, annotate, load
from pipeline.manifest import checksum
from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.candidates import LEAST, candidates, depths
from pipeline.stages.attributing.confidence import Weights, confidence
from pipeline.stages.attributing.writing import attribution
from pipeline.stages.attributions import Attributions
from pipeline.training.attributed import AnnotatedArticle, Marked, Reference, Tokens, read_corpus
from pipeline.training.regression import fit
from pipeline.writers.files import NewFile

STAGE = "news_attributions"
PENALTY = 1.0
LEAST_COUNT = 6
"""Minimum number of claims with a property that gets a weight."""
ROUNDS = 3
FOLDS = 5
"""Article ``i`` of the corpus is in fold ``i % FOLDS``."""
SMALLEST = 0.05
"""Smaller absolute weights are left out."""
STRICT = 0.8
"""The overlap of contents in the stricter of the two figures."""
THRESHOLDS = (0.0, 0.25, 0.3, LEAST, 0.4, 0.45, 0.5)
HEADER = """\
# Weights of the properties of a claim: a logistic regression, written by
# pipeline.training.cue_weights. See README.md beside it for the data and their licence status.

[weights]
"""


class Example(NamedTuple):
    """One claim of the rules."""

    top: tuple[str, ...]
    """Its properties if its cue is in no other content; ``nested`` if it is."""
    nested: tuple[str, ...]
    cue: int
    content: list[Bounds]
    """Tokens, as ``cue`` is one."""
    speaks: bool
    right: bool
    right_strictly: bool


class Examples(NamedTuple):
    """The claims of one article of ``size`` tokens, with ``marked`` attributions in it."""

    claims: list[Example]
    size: int
    marked: int

    def properties(self, weights: Weights | None) -> list[tuple[str, ...]]:
        """Return the properties of each claim; with None, every claim may contain others."""
        given = (
            one.content
            for one in self.claims
            if weights is None or confidence(one.top, weights) >= LEAST
        )
        depth = depths(given, self.size)
        return [one.nested if depth[one.cue] else one.top for one in self.claims]


def examples(articles: Iterable[AnnotatedArticle], nlp: Language) -> Iterator[Examples]:
    """Yield the claims of the rules in each article, as the stage sees them."""
    stage = nlp.get_pipe(STAGE)
    assert isinstance(stage, Attributions)
    later = nlp.pipe_names[nlp.pipe_names.index(STAGE) :]
    with nlp.select_pipes(disable=later):
        for article in articles:
            with nlp.memory_zone():
                yield _examples(article, nlp, stage)


def _examples(article: AnnotatedArticle, nlp: Language, stage: Attributions) -> Examples:
    reference = Reference(article)
    reading, attachment = stage.read(annotate(nlp, article.text))
    found = []
    ours: list[Tokens] = []
    for one in candidates(reading, attachment):
        row = attribution(reading, one.claim)
        tokens = reference.tokens(Marked(row.source, row.content))
        if tokens is not None:
            found.append(one)
            ours.append(tokens)
    right, strictly = reference.right(ours), reference.right(ours, STRICT)
    claims = [
        Example(
            tuple(one.properties(nested=False)),
            tuple(one.properties(nested=True)),
            one.claim.cue[0],
            one.ranges,
            one.speaks,
            right[at],
            strictly[at],
        )
        for at, one in enumerate(found)
    ]
    return Examples(claims, len(reading.lower), len(reference.marked))


def train(corpus: Sequence[Examples]) -> dict[str, float]:
    """Return the unrounded weights."""
    weights: dict[str, float] | None = None
    outcomes = [one.right for article in corpus for one in article.claims]
    for _ in range(ROUNDS):
        held = [found for article in corpus for found in article.properties(weights)]
        weights = fit(held, outcomes, penalty=PENALTY, least_count=LEAST_COUNT)
    assert weights is not None
    return weights


def shipped(weights: Weights) -> dict[str, float]:
    """Return the weights as written to the file: rounded, without those near zero.

    >>> shipped({"bias": 0.001, "b": 0.1299, "a": 0.04})
    {'bias': 0.0, 'b': 0.13}
    """
    kept = sorted(name for name in weights if abs(weights[name]) >= SMALLEST and name != "bias")
    return {name: round(weights[name], 2) for name in ("bias", *kept)}


def held_out(corpus: Sequence[Examples]) -> Iterator[str]:
    """Yield a line of figures for each threshold; each fold is scored by the others."""
    judged: list[tuple[float, Example]] = []
    for fold in range(FOLDS):
        weights = shipped(train([one for i, one in enumerate(corpus) if i % FOLDS != fold]))
        for article in corpus[fold::FOLDS]:
            for held, one in zip(article.properties(weights), article.claims, strict=True):
                judged.append((confidence(held, weights), one))
    marked = sum(article.marked for article in corpus)
    for least in THRESHOLDS:
        given = [one for sure, one in judged if sure >= least or one.speaks]
        right, strictly = sum(o.right for o in given), sum(o.right_strictly for o in given)
        yield (
            f"{least:.2f}  given {len(given)}  precision {100 * right / max(1, len(given)):.1f}"
            f"  recall {100 * right / max(1, marked):.1f}"
            f"  F1 {200 * right / max(1, len(given) + marked):.1f}"
            f"  F1 at {STRICT} {200 * strictly / max(1, len(given) + marked):.1f}"
        )


def to_toml(weights: Weights) -> str:
    """Return the file of weights.

    >>> print(to_toml({"bias": -1.0, "that/say": 0.5}).partition("[weights]")[2])
    <BLANKLINE>
    bias = -1.0
    "that/say" = 0.5
    <BLANKLINE>
    """
    # a JSON string is a TOML string
    quoted = {name: json.dumps(name, ensure_ascii=False) for name in weights if name != "bias"}
    rows = (f"{quoted.get(name, name)} = {value}\n" for name, value in weights.items())
    return HEADER + "".join(rows)


@click.command()
@click.option(
    "--corpus", required=True, type=click.Path(path_type=Path), help="Annotated articles, JSONL."
)
@click.option("--out", required=True, metavar="FILE", help="File of weights.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists and is different.")
@click.option("--model", default=BASE_MODEL, metavar="NAME", help="Base spaCy pipeline.")
def main(corpus: Path, out: str, force: bool, model: str) -> None:
    """Train the weights of attributions-filter and print held-out figures by threshold."""
    try:
        nlp = load(model, profile="rules")
        found = list(examples(read_corpus(corpus), nlp))
        right = sum(one.right for article in found for one in article.claims)
        size = sum(len(article.claims) for article in found)
        if not 0 < right < size:
            raise BadRow("has no claims to tell apart", where=str(corpus), hint="use a larger one")
        click.echo(f"{len(found)} articles, {size} claims, {right} of them marked")
        for line in held_out(found):
            click.echo(line)
        weights = shipped(train(found))
        file = NewFile(out, force=force)
        try:
            file.write(to_toml(weights).encode())
            changed = file.commit()
        except BaseException:
            file.abort()
            raise
    except PipelineError as error:
        click.echo(error.report(), err=True)
        raise SystemExit(error.exit_code) from error
    click.echo(f"{len(weights)} weights, {'written' if changed else 'the same as those in'} {out}")
    click.echo(f"sha256 {checksum(Path(out))}")


if __name__ == "__main__":
    main()
