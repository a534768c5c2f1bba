"""``pipeline evaluate``: how good a layer is, measured against annotated articles."""

from __future__ import annotations

import json
from pathlib import Path

import click

from pipeline.cli import options
from pipeline.cli.table import plain
from pipeline.errors import OK, SOME_FAILED, UsageError
from pipeline.outcomes import Failure
from pipeline.settings import PROFILES

LAYERS = ("attributions",)


@click.command(no_args_is_help=True, short_help="Measure a layer against what people found.")
@click.argument("layer", metavar="LAYER")
@click.option(
    "--gold",
    "golds",
    multiple=True,
    required=True,
    metavar="FILE",
    help="Annotated articles: JSONL, a .json of one, or a folder of these. May be repeated.",
)
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
    as_json: bool,
    config: str | None,
    quiet: bool,
    verbose: int,
    **flags: str | None,
) -> int:
    """Measure a LAYER against articles that people annotated; so far, LAYER is attributions.

    Prints a metric a line, in percent. Of an article that fails nothing counts as found; it is
    named on stderr, and the exit code is then 1.

    \b
    pipeline evaluate attributions --gold seeds/gold
    """
    if layer not in LAYERS:
        message = f"the layer {layer!r} cannot be measured"
        raise UsageError(message, hint=f"what can be: {', '.join(LAYERS)}")
    settings = options.settings_of(config, **flags)
    options.set_up_logging(verbose)

    from pipeline.api import extract_many
    from pipeline.readers.article import Article
    from pipeline.training.attributed import read_corpus
    from pipeline.training.evaluation import Evaluation

    marked = [article for path in golds for article in read_corpus(Path(path))]
    articles = (
        Article(text=one.text, where=one.id, id=one.id, published=one.published) for one in marked
    )
    sums, failures = Evaluation(), 0
    for article, outcome in zip(marked, extract_many(articles, settings=settings), strict=True):
        if isinstance(outcome, Failure):
            failures += 1
            click.echo(plain(outcome.report()), err=True)
            sums.add(article, None)
        else:
            sums.add(article, outcome)
    if as_json:
        metrics = {one.name: one.values() for one in sums.metrics()}
        click.echo(json.dumps({"articles": sums.articles, "metrics": metrics}, indent=2))
    else:
        for metric in sums.metrics():
            click.echo(metric.line())
    if not quiet:
        click.echo(f"{sums.articles:,} articles, {failures:,} of them failed", err=True)
    return SOME_FAILED if failures else OK
