"""``pipeline evaluate``: measure the quality of a layer on annotated and reviewed articles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from pipeline.cli import options
from pipeline.cli.corrections import corrections_and_records, reviewed_articles
from pipeline.cli.screen import answer, emit, plural, tell
from pipeline.errors import OK, SOME_FAILED, UsageError
from pipeline.outcomes import Failure
from pipeline.settings import PROFILES, Settings

if TYPE_CHECKING:
    from pipeline.readers.article import Article
    from pipeline.records.schema import ArticleRecord
    from pipeline.training.attributed import AnnotatedArticle
    from pipeline.training.evaluation import Metric
    from pipeline.training.reviewed import ReviewedArticle

ATTRIBUTIONS = "attributions"
LAYERS = (ATTRIBUTIONS, "quotes", "speakers", "figures", "times")


@click.command(no_args_is_help=True, short_help="Evaluate a layer on annotated articles.")
@click.argument("layer", metavar="LAYER")
@click.option(
    "--gold",
    "golds",
    multiple=True,
    metavar="FILE",
    help="Annotated articles: a JSONL file, a .json file, or a folder of these. Repeatable.",
)
@corrections_and_records
@click.option("--model", metavar="NAME", help="Name of an installed spaCy pipeline, or its folder.")
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    help="How attributions are found. [default: fast]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@options.config
@options.quiet_and_verbose
def evaluate(
    layer: str,
    golds: tuple[str, ...],
    corrections: str | None,
    reviewed_records: tuple[str, ...],
    as_json: bool,
    config: str | None,
    quiet: bool,
    verbose: int,
    **flags: str | None,
) -> int:
    """Evaluate a LAYER on annotated or reviewed articles.

    LAYER is attributions, quotes, speakers, figures or times; --gold supports only attributions.
    The articles are extracted again, so the scores are those of the current pipeline. Each line of
    the output is one metric, in percent. An article that fails, or on which a stage fails, counts
    as one without findings. It is listed on stderr, and the exit code is then 1.

    In a review, accepted, edited and added items are right. Rejected items are wrong, and so is an
    item in the place of an edited one. Items without a decision are not counted: precision covers
    only items with a decision. Recall covers only articles whose layer a reviewer marked as
    complete; any other item found there is wrong. LAYER/accepted, LAYER/mended and LAYER/added are
    the share of these items that are found now, LAYER/rejected the share that are found again.

    \b
    pipeline evaluate attributions --gold seeds/gold
    pipeline evaluate speakers --corrections corrections.jsonl --records out/RUN
    """
    if layer not in LAYERS:
        message = f"the layer {layer!r} cannot be evaluated"
        raise UsageError(message, hint=f"choose one of: {', '.join(LAYERS)}")
    if golds and layer != ATTRIBUTIONS:
        raise UsageError(f"--gold does not support {layer}", hint="use --corrections")
    if not golds and corrections is None:
        raise UsageError("nothing to evaluate on", hint="give --gold or --corrections")
    # a layer that is empty because of a bug must not count as a measurement
    settings = replace(options.settings_of(config, **flags), strict=True)
    options.set_up_logging(verbose)

    cases = list(_annotated(golds))
    if corrections is not None or reviewed_records:
        cases += _reviewed(reviewed_articles(corrections, reviewed_records, quiet=quiet), layer)
    return _measure(layer, cases, settings, as_json=as_json, quiet=quiet)


class _Case(NamedTuple):
    """An article with its annotations and reviews."""

    article: Article
    annotated: AnnotatedArticle | None
    reviewed: ReviewedArticle | None


def _annotated(golds: Iterable[str]) -> Iterator[_Case]:
    from pipeline.readers.article import Article
    from pipeline.training.attributed import read_corpus

    for path in golds:
        for one in read_corpus(Path(path)):
            article = Article(text=one.text, where=one.id, id=one.id, published=one.published)
            yield _Case(article, one, None)


def _reviewed(articles: Iterable[ReviewedArticle], layer: str) -> Iterator[_Case]:
    from pipeline.training.layers import is_judged
    from pipeline.training.reviewed import annotated

    for one in articles:
        if is_judged(one, layer):
            yield _Case(one.article, annotated(one) if layer == ATTRIBUTIONS else None, one)


def _measure(
    layer: str, cases: list[_Case], settings: Settings, *, as_json: bool, quiet: bool
) -> int:
    from pipeline.api import extract_many
    from pipeline.training.evaluation import Evaluation
    from pipeline.training.layers import LayerEvaluation

    sums, judged, failures = Evaluation(), LayerEvaluation(layer), 0
    articles = (case.article for case in cases)
    for case, outcome in zip(cases, extract_many(articles, settings=settings), strict=True):
        record: ArticleRecord | None = None
        if isinstance(outcome, Failure):
            failures += 1
            tell(outcome.report())
        else:
            record = outcome
        if case.annotated is not None:
            sums.add(case.annotated, record)
        if case.reviewed is not None:
            judged.add(case.reviewed, record)
    metrics: list[Metric] = []
    if layer == ATTRIBUTIONS:
        metrics = [*sums.metrics(), *judged.again(ATTRIBUTIONS)]
    else:
        metrics = list(judged.metrics())
    if as_json:
        named = {one.name: one.values() for one in metrics}
        emit(json.dumps({"articles": len(cases), "metrics": named}, indent=2))
    else:
        for metric in metrics:
            answer(metric.line())
    if not quiet:
        tell(f"{plural(len(cases), 'articles')}, {failures:,} failed")
    return SOME_FAILED if failures else OK
