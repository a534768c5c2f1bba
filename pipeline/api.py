"""The public functions: load, extract, extract_many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from spacy.language import Language

from pipeline.batch.process import process_in_time, provenance
from pipeline.errors import BadDate, UsageError
from pipeline.input.article import Article, parse_published
from pipeline.outcomes import Failure
from pipeline.records.schema import ArticleRecord
from pipeline.settings import Profile, Settings
from pipeline.stages.language import load, load_base, loaded_profile

__all__ = ["extract", "extract_many", "load", "load_base"]


@lru_cache(maxsize=2)
def _loaded(model: str, loading: tuple[tuple[str, Any], ...]) -> Language:
    return load(model, **dict(loading))


def extract(
    text: Article | str,
    *,
    id: str | None = None,
    published: date | str | None = None,
    uri: str | None = None,
    title: str | None = None,
    byline: str | None = None,
    publisher: str | None = None,
    language: str | None = None,
    profile: Profile | None = None,
    nlp: Language | None = None,
    settings: Settings | None = None,
) -> ArticleRecord:
    """Return the record of one article, given as its text or as an ``Article`` with its metadata.

    ``published`` is the reference date for relative times ("last year"). ``nlp`` is a pipeline from
    ``load``; without it, the model of the settings is loaded on the first call and cached, with
    ``profile`` if one is given.

    >>> extract("Sales rose 5% last year.", published="2025-05-01").times[0].value
    '2024'

    If a stage fails on the article, the record lacks what that stage finds and has the warning
    ``W501``; with ``settings=Settings(strict=True)`` there is an error instead.

    Raises ``PipelineError`` if the article cannot be used, ``BadDate`` for an invalid date, and
    ``UsageError`` for a text of another type or a profile that differs from that of ``nlp``.
    """
    article = _article(text)
    given: dict[str, Any] = {
        "id": id,
        "uri": uri,
        "title": title,
        "byline": byline,
        "publisher": publisher,
        "published": _date(published),
        "language": language,
    }
    article = replace(article, **{name: one for name, one in given.items() if one is not None})
    article = replace(article, where=article.where or article.uri or article.id or "text")
    outcome = next(extract_many([article], profile=profile, nlp=nlp, settings=settings))
    if isinstance(outcome, Failure):
        raise outcome.error()
    return outcome


def extract_many(
    articles: Iterable[Article | str],
    *,
    profile: Profile | None = None,
    nlp: Language | None = None,
    settings: Settings | None = None,
) -> Iterator[ArticleRecord | Failure]:
    """Yield a record or a failure for each article in order; the options are those of ``extract``.

    ``max_seconds`` of the settings limits each article by an alarm (``SIGALRM``) in the main
    thread. In other threads there is no limit; C code that does not return is not interrupted.

    >>> [record.text for record in extract_many(["Rain fell.", "Snow fell."])]
    ['Rain fell.', 'Snow fell.']
    """
    settings = settings or Settings()
    if nlp is None:
        settings = replace(settings, profile=profile or settings.profile)
        nlp = _loaded(settings.model, tuple(settings.loading.items()))
    elif profile not in (None, loaded_profile(nlp)):
        hint = f"load it with pipeline.load(profile={profile!r}), or leave out the profile"
        raise UsageError(f"nlp has the profile {loaded_profile(nlp)!r}", hint=hint)
    made = provenance(nlp, settings)
    for number, article in enumerate(articles, 1):
        article = _article(article)
        if not article.where:
            article = replace(article, where=article.uri or article.id or f"article {number}")
        yield process_in_time(article, nlp, settings, provenance=made)


def _article(given: Article | str) -> Article:
    """Return an article; raise ``UsageError`` for anything that is not one."""
    article = given if isinstance(given, Article) else Article(given)
    if isinstance(article.text, str):
        return article
    where = "the text of the article" if article is given else "the article"
    hint = "pass a str or a pipeline.Article; decode bytes, for example with data.decode()"
    raise UsageError(f"{where} is {type(article.text).__name__}, not a string", hint=hint)


def _date(value: date | str | None) -> str | None:
    if value is None:
        return None
    found = parse_published(value if isinstance(value, str) else value.isoformat())
    if found is None:
        raise BadDate(f"{str(value)!r} is not a valid date")
    return found
