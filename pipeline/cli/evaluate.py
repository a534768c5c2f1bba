"""``pipeline evaluate``: measure the quality of a layer on annotated and reviewed articles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from pipeline.cli import options
from pipeline.cli.reviewing import corrections_and_records, reviewed_articles
from pipeline.cli.screen import answer, emit, tell
from pipeline.cli.table import plural
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


@click.command(no_args_is_help=True, short_help="Measure a layer against what people found.")
@click.argument("layer", metavar="LAYER")
@click.option(
    "--gold",
    "golds",
    multiple=True,
    metavar="FILE",
    help="Annotated articles: JSONL, a .json of one, or a folder of these. May be repeated.",
)
@corrections_and_records
@click.option("--model", metavar="NAME", help="Installed spaCy pipeline, or the folder of one.")
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
    """Measure a LAYER against articles that people annotated, or whose records they reviewed.

    LAYER is attributions, quotes, speakers, figures or times; --gold knows attributions alone.
    Articles are extracted anew, so that the figures are those of the pipeline as it is now. Prints
    a metric a line, in percent. Nothing counts as found in an article that fails, or on which a
    stage fails; it is named on stderr, and the exit code is then 1.

    Of a review, what was accepted, mended or added is right. What was rejected, and what is found
    in place of something mended, is wrong; what nobody judged counts neither way. So precision is
    that of what was judged. Recall is counted in articles whose layer a reviewer called complete,
    where all else that is found is wrong. LAYER/accepted, /mended and /added say how many of these
    are found now, LAYER/rejected how many are found again.

    \b
    pipeline evaluate attributions --gold seeds/gold
    pipeline evaluate speakers --corrections corrections.jsonl --records out/RUN
    """
    if layer not in LAYERS:
        message = f"the layer {layer!r} cannot be measured"
        raise UsageError(message, hint=f"what can be: {', '.join(LAYERS)}")
    if golds and layer != ATTRIBUTIONS:
        raise UsageError(f"--gold does not measure {layer}", hint="--corrections does")
    if not golds and corrections is None:
        raise UsageError("nothing to measure against", hint="give --gold, or --corrections")
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
        tell(f"{plural(len(cases), 'articles')}, {failures:,} of them failed")
    return SOME_FAILED if failures else OK
