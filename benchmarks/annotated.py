"""What the benchmarks over annotated articles share: their options, and the records to score."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

import pipeline
from pipeline.input.article import Article
from pipeline.outcomes import Failure
from pipeline.records.schema import ArticleRecord
from pipeline.settings import PROFILES, Settings, load_settings
from pipeline.training.attributed import AnnotatedArticle, read_corpus


def parser(description: str, gold: Path | None = None) -> argparse.ArgumentParser:
    """Return a parser with the options that say what is measured; ``gold`` is so by default."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument(
        "--gold",
        type=Path,
        nargs="+",
        required=gold is None,
        default=gold and [gold],
        help="annotated articles: JSONL, a .json of one, or a folder of these",
    )
    made.add_argument("--profile", choices=PROFILES, help="how attributions are judged")
    made.add_argument("--model", help="installed spaCy pipeline, or the folder of one")
    return made


def read(paths: Iterable[Path]) -> list[AnnotatedArticle]:
    return [article for path in paths for article in read_corpus(path)]


def settings_of(args: argparse.Namespace) -> Settings:
    flags = {"profile": args.profile, "model": args.model, "strict": True}
    return load_settings(file=None, flags=flags)


def records(
    articles: Iterable[AnnotatedArticle], settings: Settings
) -> Iterator[tuple[AnnotatedArticle, ArticleRecord]]:
    """Yield each article with its record; one that fails ends the benchmark."""
    marked = list(articles)
    found = (
        Article(text=one.text, where=one.id, id=one.id, published=one.published) for one in marked
    )
    for one, outcome in zip(marked, pipeline.extract_many(found, settings=settings), strict=True):
        if isinstance(outcome, Failure):
            raise outcome.error()
        yield one, outcome
