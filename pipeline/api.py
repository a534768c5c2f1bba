"""The public functions: load, extract, extract_many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from spacy.language import Language

from pipeline.errors import BadDate, Failure
from pipeline.language import load
from pipeline.readers.article import Article, parse_published
from pipeline.records.schema import ArticleRecord
from pipeline.runs.process import process, provenance
from pipeline.settings import Settings

__all__ = ["extract", "extract_many", "load"]


@lru_cache(maxsize=2)
def _loaded(model: str) -> Language:
    return load(model)


def extract(
    text: str,
    *,
    id: str | None = None,
    published: date | str | None = None,
    uri: str | None = None,
    title: str | None = None,
    byline: str | None = None,
    publisher: str | None = None,
    language: str | None = None,
    nlp: Language | None = None,
    settings: Settings | None = None,
) -> ArticleRecord:
    """Return the record of one article.

    ``published`` is what relative times ("last year") are read against. ``nlp`` is a pipeline from
    ``load``; without it the model of the settings is loaded at the first call and kept.

    >>> extract("Sales rose 5% last year.", published="2025-05-01").times[0].value
    '2024'

    Raises ``PipelineError`` if the article cannot be used, ``BadDate`` for a date that is none.
    """
    article = Article(
        text=text,
        where=uri or id or "text",
        id=id,
        uri=uri,
        title=title,
        byline=byline,
        publisher=publisher,
        published=_date(published),
        language=language,
    )
    outcome = next(extract_many([article], nlp=nlp, settings=settings))
    if isinstance(outcome, Failure):
        raise outcome.error()
    return outcome


def extract_many(
    articles: Iterable[Article | str],
    *,
    nlp: Language | None = None,
    settings: Settings | None = None,
) -> Iterator[ArticleRecord | Failure]:
    """Yield a record, or the failure, of each article in order.

    >>> [record.text for record in extract_many(["Rain fell.", "Snow fell."])]
    ['Rain fell.', 'Snow fell.']
    """
    settings = settings or Settings()
    nlp = nlp or _loaded(settings.model)
    made = provenance(nlp, settings)
    for number, article in enumerate(articles, 1):
        if isinstance(article, str):
            article = Article(text=article, where=f"article {number}")
        yield process(article, nlp, settings, provenance=made)


def _date(value: date | str | None) -> str | None:
    if value is None:
        return None
    found = parse_published(value if isinstance(value, str) else value.isoformat())
    if found is None:
        raise BadDate(f"{str(value)!r} is no date")
    return found
