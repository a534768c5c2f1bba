"""One article in, one record or one failure out: the function that every executor calls.

Here stands the only broad ``except`` of the package: whatever goes wrong with one article becomes
a value, and the next article is not touched by it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

from pydantic import ValidationError
from spacy.language import Language

from pipeline import __version__
from pipeline.errors import (
    ArticleError,
    ArticleTooLong,
    EmptyArticle,
    OutOfMemory,
    PipelineError,
    StageFailed,
    TooDeep,
)
from pipeline.exact import kernel
from pipeline.language import (
    LONG_RUN,
    MAX_RUN,
    annotate,
    loaded_min_confidence,
    loaded_models,
    loaded_profile,
)
from pipeline.outcomes import Failure, Notice
from pipeline.readers.article import Article
from pipeline.readers.html import Page
from pipeline.records.assemble import assemble
from pipeline.records.schema import (
    ArticleRecord,
    ModelVersion,
    Provenance,
    Source,
    Warning,
    text_sha256,
)
from pipeline.settings import Settings
from pipeline.text.decode import replace_unusable

logger = logging.getLogger(__name__)


def provenance(nlp: Language, settings: Settings) -> Provenance:
    """Return what makes the records: version, settings, models, kernel; no path and no time.

    What ``nlp`` was loaded with goes before the settings: it is what the records come from.
    """
    in_force = replace(
        settings, profile=loaded_profile(nlp), min_confidence=loaded_min_confidence(nlp)
    )
    return Provenance(
        pipeline=__version__,
        settings=in_force.fingerprint(),
        models=tuple(ModelVersion(**model._asdict()) for model in loaded_models(nlp)),
        kernel=kernel(),
    )


def process(
    article: Article | Page, nlp: Language, settings: Settings, *, provenance: Provenance
) -> ArticleRecord | Failure:
    """Return the record of an article, or why there is none.

    Only a problem of the run raises, such as a missing package.
    """
    job = _Job(article)
    try:
        return job.run(nlp, settings, provenance)
    except ArticleError as error:
        return job.failure(error)
    except PipelineError:
        raise
    except RecursionError as error:
        return job.failure(TooDeep("nests deeper than can be followed"), error)
    except MemoryError as error:
        return job.failure(OutOfMemory("not enough memory"), error)
    except Exception as error:  # noqa: BLE001 - an article must not stop the others
        return job.failure(StageFailed(_reason(error)), error)


class _Job:
    """One article on its way, and the stage that it is in."""

    def __init__(self, article: Article | Page) -> None:
        self.where = article.where
        self.waiting = article
        self.stage = "read"
        self.id: str | None = None
        self.sha256: str | None = None

    def enter(self, stage: str) -> None:
        self.stage = stage

    def run(self, nlp: Language, settings: Settings, provenance: Provenance) -> ArticleRecord:
        article = self.waiting
        if isinstance(article, Page):
            article = article.article()
        text, notices = replace_unusable(article.text)
        notices = (*article.notices, *notices)
        self.sha256 = text_sha256(text)
        self.id = article.id or self.sha256[:32]
        self.enter("check")
        _check_text(text, settings, self.where)
        source = _source(article, self.sha256)
        notices = (*notices, *_notices(text, article, settings))
        # what spaCy keeps of an article's words is freed with the zone: the record is plain data
        with nlp.memory_zone():
            doc = annotate(
                nlp,
                text,
                article.published_date,
                segment_chars=settings.segment_chars,
                watch=self.enter,
            )
            self.enter("assemble")
            return assemble(
                doc,
                id=self.id,
                source=source,
                provenance=provenance,
                warnings=[Warning(**notice._asdict()) for notice in notices],
            )

    def failure(self, error: PipelineError, cause: Exception | None = None) -> Failure:
        if cause is not None:
            logger.debug("%s: %s", self.where, self.stage, exc_info=cause)
        return Failure.of(
            error, stage=self.stage, id=self.id, source=self.where, sha256=self.sha256
        )


def _check_text(text: str, settings: Settings, where: str) -> None:
    size = len(text.encode())
    if size > settings.max_bytes:
        raise ArticleTooLong(f"{size:,} bytes, limit {settings.max_bytes:,}", where=where)
    if not text.strip():
        raise EmptyArticle("no words" if text else "empty", where=where)


def _source(article: Article, sha256: str) -> Source:
    return Source(
        uri=article.uri,
        title=article.title,
        byline=article.byline,
        publisher=article.publisher,
        published=article.published,
        language=article.language,
        sha256=sha256,
        meta=dict(article.meta),
    )


def _notices(text: str, article: Article, settings: Settings) -> Iterator[Notice]:
    """Yield what a user of the record should know about how it was made."""
    if len(text) > settings.segment_chars:
        yield Notice(
            "W221", f"{len(text):,} characters: parsed in pieces of {settings.segment_chars:,}"
        )
    run = LONG_RUN.search(text)
    if run:
        message = f"a run of over {MAX_RUN} characters without a space was cut for the tokenizer"
        yield Notice("W222", message, run.start(), run.end())
    if article.language and not article.language.lower().startswith("en"):
        yield Notice("W231", f"language is {article.language[:20]!r}; the models read English")


def _reason(error: Exception) -> str:
    """Return one line on what an exception says, short enough for a dead letter."""
    message = str(error)
    if isinstance(error, ValidationError):
        message = error.errors(include_url=False, include_input=False)[0]["msg"]
    lines = message.splitlines()
    return f"{type(error).__name__}: {lines[0]}"[:300] if lines else type(error).__name__
