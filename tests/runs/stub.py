"""Models that take no time: the text of an article says what becomes of it.

``python -m tests.runs.stub ARGUMENTS`` is the command ``pipeline`` with these models.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pipeline.runs.job
from pipeline.cli import main
from pipeline.errors import ArticleError, ExtraMissing
from pipeline.outcomes import Failure
from pipeline.readers import Article, Page
from pipeline.records.schema import SCHEMA_VERSION, ArticleRecord, Provenance, Source, text_sha256
from pipeline.runs import deadline
from pipeline.settings import Settings


class Stub:
    """An extractor that reads orders."""

    def __init__(self, settings: Settings) -> None:
        self.provenance = Provenance(pipeline="0", settings=settings.fingerprint(), models=())

    def __call__(self, article: Article | Page) -> ArticleRecord | Failure:
        if isinstance(article, Page):
            article = Article(text=article.data.decode(), where=article.where, uri=article.uri)
        try:
            return self.obey(article)
        except ArticleError as error:
            sha256 = text_sha256(article.text)
            return Failure.of(error, stage="x", id=article.id, source=article.where, sha256=sha256)

    def obey(self, article: Article) -> ArticleRecord | Failure:
        order, _, argument = article.text.partition(" ")
        sha256 = text_sha256(article.text)
        if order == "FAIL":
            return Failure(article.id, article.where, argument or "P501", "told to", "x", sha256)
        if order == "KILL":  # unless the file of that name tells that it was killed enough
            if not argument or not Path(argument).exists():
                os.kill(os.getpid(), signal.SIGKILL)
        elif order == "ONCE":  # kills its worker, but only once
            if not Path(argument).exists():
                Path(argument).touch()
                os.kill(os.getpid(), signal.SIGKILL)
        elif order == "LOOP":
            while True:
                time.sleep(0.01)
        elif order == "DEAF":  # code that lets no alarm through
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
            time.sleep(600)
        elif order == "READ":  # waits until somebody has written to a FIFO, and closed it
            Path(argument).read_bytes()
        elif order == "MISSING":
            raise ExtraMissing("needs a package that is not there")
        elif order == "HEAL" and not Path(argument).exists():
            return Failure(article.id, article.where, "P503", "not yet", "x", sha256)
        return record(article, self.provenance)


def record(article: Article, provenance: Provenance) -> ArticleRecord:
    """Return a record with nothing but the article."""
    sha256 = text_sha256(article.text)
    return ArticleRecord(
        schema_version=SCHEMA_VERSION,
        id=article.id or sha256[:32],
        source=Source(
            uri=article.uri,
            title=article.title,
            byline=None,
            publisher=None,
            published=article.published,
            language=None,
            sha256=sha256,
            meta=dict(article.meta),
        ),
        text=article.text,
        entities=(),
        quotes=(),
        figures=(),
        times=(),
        attributions=(),
        provenance=provenance,
        warnings=(),
    )


def load(settings: Settings) -> Stub:
    return Stub(settings)


def impatient(settings: Settings) -> Stub:
    """Give code that hears no alarm half a second more, not half a minute."""
    deadline.GRACE = 0.5
    return Stub(settings)


def dying(_settings: Settings) -> Stub:
    """Die while the models are loaded."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


if __name__ == "__main__":
    from tests.runs import stub  # under the name that a worker finds it by

    pipeline.runs.job.Model = stub.load  # type: ignore[misc,assignment]
    sys.exit(main())
