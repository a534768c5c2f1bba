"""``pipeline correct`` and ``pipeline evaluate``: use the decisions of reviewers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from pipeline.cli import options
from pipeline.cli.files import STDIO, records, refuse_own_input
from pipeline.cli.options import Command
from pipeline.cli.screen import answer, emit, tell
from pipeline.errors import OK, SOME_FAILED, InputNotFound, UsageError
from pipeline.outcomes import Failure
from pipeline.settings import Settings, load_settings
from pipeline.text.words import plural

if TYPE_CHECKING:
    from pipeline.input.article import Article
    from pipeline.output.files import Writer
    from pipeline.records.corrections import Correction
    from pipeline.records.schema import ArticleRecord
    from pipeline.training.attributed import AnnotatedArticle
    from pipeline.training.evaluation import Metric
    from pipeline.training.layers import ReviewedArticle


def corrections_and_records(command: Command) -> Command:
    """Add ``--corrections`` and ``--records``."""
    command = click.option(
        "--records",
        "reviewed_records",
        multiple=True,
        metavar="RUN|FILE",
        help="The reviewed records, with the texts. Repeatable.",
    )(command)
    return click.option(
        "--corrections", metavar="FILE", help="File of corrections of these records, from a review."
    )(command)


def read_corrections(path: str) -> list[Correction]:
    """Return the corrections of an existing file, and report truncated lines."""
    from pipeline.output import corrections

    if not Path(path).exists():
        raise InputNotFound("no such file", where=path)
    kept = corrections.read(path)
    for notice in kept.notices:
        tell(f"warning[{notice.code}]: {notice.message}")
    return list(kept.corrections)


def reviewed_articles(
    corrections: str | None, files: Iterable[str], *, quiet: bool
) -> Iterator[ReviewedArticle]:
    """Yield the articles that were reviewed, and report corrections that do not fit.

    Raises ``UsageError`` if only one of the two options is given.
    """
    files = list(files)
    if corrections is None or not files:
        hint = "corrections refer to records: give both options"
        raise UsageError("--corrections and --records go together", hint=hint)
    from pipeline.training.layers import reviewed

    said = read_corrections(corrections)
    known = set()
    for one in reviewed(records(files), said):
        known.add(one.record.source.sha256)
        for remark in one.review.remarks:
            if not remark.applied:
                tell(f"not applied: {remark}")
        yield one
    if not quiet:
        tell_missing(one for one in said if one.sha256 not in known)


def tell_missing(corrections: Iterable[Correction]) -> None:
    """Report the number of articles whose corrections match no record."""
    missing = {one.sha256 for one in corrections}
    if missing:
        articles = plural(len(missing), "articles")
        tell(f"{articles} with corrections not found in the records")


@click.command(no_args_is_help=True, short_help="Apply the corrections of reviewers to records.")
@click.argument("files", nargs=-1, required=True, metavar="RUN|FILE...")
@click.option(
    "--corrections", required=True, metavar="FILE", help="File of corrections, from a review."
)
@click.option("-o", "--out", required=True, metavar="OUT", help="Output file, or - for stdout.")
@click.option("--force", is_flag=True, help="Replace OUT if it exists and is different.")
@options.messages
def correct(files: tuple[str, ...], corrections: str, out: str, force: bool, quiet: bool) -> int:
    """Apply the corrections of reviewers to records.

    RUN is the folder of a run, and FILE is a file of records, or - for stdin. Records without
    corrections do not change. The items of corrected records are renumbered. Corrections of an
    earlier extraction of the same text are matched by their place in the text. Corrections that do
    not fit are listed on stderr, and the exit code is then 1.

    \b
    pipeline correct out/RUN --corrections corrections.jsonl -o out/corrected.jsonl
    pipeline load out/corrected.jsonl --db sqlite:///news.db
    """
    from pipeline.output.files import JsonlFile, JsonlStream
    from pipeline.records.review import by_article, review

    refuse_own_input((*files, corrections), out)
    said = read_corrections(corrections)
    said_of, seen = by_article(said), set()
    count = changed = misfits = 0
    writer: Writer = JsonlStream(sys.stdout.buffer) if out == STDIO else JsonlFile(out, force=force)
    try:
        for record in records(files):
            found = review(record, said_of(record))
            writer.write(found.record)
            seen |= {record.source.sha256, record.id}
            count += 1
            changed += found.record != record
            for remark in found.remarks:
                misfits += not remark.applied
                if not (remark.applied and quiet):
                    told = "note" if remark.applied else "not applied"
                    tell(f"{told}: {remark}")
        writer.commit()
    except BaseException:
        writer.abort()
        raise
    if not quiet:
        place = "" if out == STDIO else f": {out}"
        tell(f"{plural(count, 'records')}, {changed:,} changed{place}")
        tell_missing(one for one in said if seen.isdisjoint((one.sha256, one.record)))
    return SOME_FAILED if misfits else OK


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
@options.settings_flags("model", "profile")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@options.config
@options.messages
def evaluate(
    layer: str,
    golds: tuple[str, ...],
    corrections: str | None,
    reviewed_records: tuple[str, ...],
    as_json: bool,
    config: str | None,
    quiet: bool,
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
    complete; any other item found there is wrong. LAYER/accepted, LAYER/edited and LAYER/added are
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
    settings = replace(load_settings(file=config, flags=flags), strict=True)

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
    from pipeline.input.article import Article
    from pipeline.training.attributed import read_corpus

    for path in golds:
        for one in read_corpus(Path(path)):
            article = Article(text=one.text, where=one.id, id=one.id, published=one.published)
            yield _Case(article, one, None)


def _reviewed(articles: Iterable[ReviewedArticle], layer: str) -> Iterator[_Case]:
    from pipeline.training.layers import annotated, is_judged

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
