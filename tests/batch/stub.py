"""Models that take no time: the text of an article determines its outcome.

``python -m tests.batch.stub ARGUMENTS`` is the command ``pipeline`` with these models.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

import pipeline.batch.plan
from pipeline.batch import process
from pipeline.cli import main
from pipeline.errors import ArticleError, ExtraMissing
from pipeline.input import Article, Page
from pipeline.outcomes import Failure
from pipeline.records.schema import (
    SCHEMA_VERSION,
    ArticleRecord,
    Provenance,
    Source,
    Warning,
    text_sha256,
)
from pipeline.settings import Settings


class Stub:
    """An extractor that follows orders in the text."""

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
        if order == "KILL":  # unless the file of that name shows enough deaths
            if not argument or not Path(argument).exists():
                os.kill(os.getpid(), signal.SIGKILL)
        elif order in ("ONCE", "STOP"):  # kills or stops its worker once
            if not Path(argument).exists():
                Path(argument).touch()
                os.kill(os.getpid(), signal.SIGKILL if order == "ONCE" else signal.SIGSTOP)
        elif order == "COUNT":  # kills its worker, and records it
            with Path(argument).open("a") as file:
                file.write("killed\n")
            os.kill(os.getpid(), signal.SIGKILL)
        elif order == "MEET":  # kills its worker; from the second time on, only when allowed to
            folder = Path(argument)
            if (folder / "killed").exists():
                (folder / "began").write_text("")  # FIFOs
                (folder / "end").read_text()
            (folder / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        elif order == "LOOP":
            while True:
                time.sleep(0.01)
        elif order == "DEAF":  # code that ignores the alarm
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
            time.sleep(600)
        elif order == "HOLD":  # the same, and no other thread can run
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
            ctypes.PyDLL(None).sleep(600)
        elif order == "READ":  # waits until a FIFO was written to and closed
            Path(argument).read_bytes()
        elif order == "WRITE":  # waits until a FIFO is read
            Path(argument).write_bytes(b"")
        elif order == "MISSING":
            raise ExtraMissing("needs a package that is not there")
        elif order == "HEAL" and not Path(argument).exists():
            return Failure(article.id, article.where, "P503", "not yet", "x", sha256)
        elif order == "INCOMPLETE":
            return record(article, self.provenance, "W501")
        elif order == "WARN":
            return record(article, self.provenance, *argument.split())
        return record(article, self.provenance)


def record(article: Article, provenance: Provenance, *codes: str) -> ArticleRecord:
    """Return a record with only the article, and a warning for each code."""
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
        warnings=(
            *(Warning(**notice._asdict()) for notice in article.notices),
            *(Warning(code=code, message="told to", start=None, end=None) for code in codes),
        ),
    )


def load(settings: Settings) -> Stub:
    return Stub(settings)


def waiting(settings: Settings) -> Stub:
    """Load models until the FIFO named by the environment was written to."""
    Path(os.environ["STUB_GATE"]).read_bytes()
    return Stub(settings)


def impatient(settings: Settings) -> Stub:
    """Give code that ignores the alarm half a second more, not two."""
    process.LEAST_GRACE = 0.5
    return Stub(settings)


def frail(settings: Settings) -> Stub:
    """Die at every other start, counted in the file named by the environment."""
    with Path(os.environ["STUB_STARTS"]).open("a") as file:
        file.write("start\n")
        starts = file.tell() // len("start\n")
    if starts % 2 == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return Stub(settings)


def dying(_settings: Settings) -> Stub:
    """Die while the models are loaded."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


if __name__ == "__mp_main__" and "STUB_IMPORT" in os.environ:  # a starting worker
    Path(os.environ["STUB_IMPORT"]).read_bytes()

if __name__ == "__main__":
    from tests.batch import stub  # under the name that workers use

    load = stub.waiting if "STUB_GATE" in os.environ else stub.load
    pipeline.batch.plan.ModelExtractor = load  # type: ignore[misc,assignment]
    if sys.argv[1] == "extract":  # otherwise nothing here imports spaCy
        from pipeline.batch import process
        from pipeline.stages import language

        language.load = lambda *_, **__: load(Settings())  # type: ignore[assignment]
        process.provenance = lambda *_: None  # type: ignore[assignment]
        process.process = lambda article, extract, *_, **__: extract(article)  # type: ignore[assignment,misc]
        process.LEAST_GRACE = 0.2
    sys.exit(main())
