"""One article in, one record or one failure out, within a time limit.

This module has the only broad ``except`` clauses of the package. Any error in one article becomes a
value and does not affect the next article. If a stage raises, the article lacks only what that
stage would find.

Every executor calls ``work`` in a worker: it processes the articles of a shard separately, commits
the part and returns the receipt.

An alarm raises ``ArticleTooSlow`` in an article that takes too long. An alarm cannot interrupt C
code that does not return. A second timer may therefore end the process some seconds later, after
``grace``.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError
from spacy.language import Language
from spacy.tokens import Doc

from pipeline import __version__, errors
from pipeline.batch.commit import Receipt, commit, part_name, read_receipt, receipt_name
from pipeline.batch.store import RESCUE
from pipeline.document.annotations import Decision, snapshot
from pipeline.input import Article, InputItem, read_item
from pipeline.input.html import Page
from pipeline.model.exact import kernel
from pipeline.outcomes import STAGE_FAILED, Failure, Notice, Repeat, Warnings
from pipeline.records.assemble import assemble
from pipeline.records.schema import (
    ArticleRecord,
    ModelVersion,
    Provenance,
    Source,
    Warning,
    text_sha256,
)
from pipeline.settings import AUTO, Settings
from pipeline.stages.language import (
    LONG_RUN,
    MAX_RUN,
    Component,
    annotate,
    loaded_models,
    loaded_settings,
)
from pipeline.text import language
from pipeline.text.paragraphs import headline
from pipeline.times.dateline import dateline

if TYPE_CHECKING:
    from pipeline.batch.plan import Extractor, Job, Shard
    from pipeline.batch.store import RunStore


logger = logging.getLogger(__name__)


def provenance(nlp: Language, settings: Settings) -> Provenance:
    """Return the provenance of records: version, settings, models, kernel; no path and no time.

    The settings that ``nlp`` was loaded with take precedence, since they shape the records.
    """
    in_force = replace(settings, **loaded_settings(nlp))
    return Provenance(
        pipeline=__version__,
        settings=in_force.fingerprint(),
        models=tuple(ModelVersion(**model._asdict()) for model in loaded_models(nlp)),
        kernel=kernel(),
    )


Explain = Callable[[ArticleRecord, Sequence[Decision]], None]
"""Is called with a record and what decided about its items."""


def process(
    article: Article | Page,
    nlp: Language,
    settings: Settings,
    *,
    provenance: Provenance,
    explain: Explain | None = None,
) -> ArticleRecord | Failure:
    """Return the record of an article, or why there is none.

    If a stage raises, the record lacks what that stage finds and has the warning W501; with the
    setting ``strict`` there is no record. Only errors of the run raise, such as a missing package.
    """
    job = _Job(article)
    try:
        return job.run(nlp, settings, provenance, explain)
    except errors.ArticleError as error:
        return job.failure(error)
    except errors.PipelineError:
        raise
    except RecursionError as error:
        return job.failure(errors.TooDeep("is nested too deeply"), error)
    except MemoryError as error:
        return job.failure(errors.OutOfMemory("not enough memory"), error)
    except Exception as error:  # noqa: BLE001 - an article must not stop the others
        return job.failure(errors.StageFailed(_reason(error)), error)


class _Job:
    """One article being processed, and its current stage."""

    def __init__(self, article: Article | Page) -> None:
        self.where = article.where
        self.waiting = article
        self.stage = "read"
        self.id: str | None = None
        self.sha256: str | None = None
        self.notices: list[Notice] = []

    def enter(self, stage: str) -> None:
        self.stage = stage

    def run(
        self, nlp: Language, settings: Settings, provenance: Provenance, explain: Explain | None
    ) -> ArticleRecord:
        article = self.waiting
        if isinstance(article, Page):
            article = article.article()
        text = article.text
        self.notices += article.notices
        self.sha256 = text_sha256(text)
        self.id = article.id or self.sha256[:32]
        self.enter("check")
        _check_text(text, settings, self.where)
        spoken, warned = _language(text, article.language, settings.language)
        source = _source(article, spoken, self.sha256)
        self.notices += (*_notices(text, settings), *warned)
        # the zone frees spaCy's strings of the article: the record is plain data
        with nlp.memory_zone():
            doc = annotate(
                nlp,
                text,
                article.published_time,
                segment_chars=settings.segment_chars,
                watch=self.enter,
                guard=None if settings.strict else self.guard,
                decisions=explain is not None,
            )
            self.enter("assemble")
            record = assemble(
                doc,
                id=self.id,
                source=source,
                provenance=provenance,
                warnings=[Warning(**notice._asdict()) for notice in self.notices],
            )
            if explain is not None:
                explain(record, doc._.news.decisions)
            return record

    def guard(self, name: str, stage: Component, doc: Doc) -> Doc:
        """Run a stage; if it raises, restore the document.

        Errors that depend on the machine still fail the article: a deadline, or too little memory.
        """
        restore = snapshot(doc)
        try:
            return stage(doc)
        except (errors.PipelineError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - one bad rule must not cost the other layers
            self._log(error)
            restore()
            message = f"{name} raised {type(error).__name__}: what it finds is missing"
            self.notices.append(Notice(STAGE_FAILED, message))
            return doc

    def failure(self, error: errors.PipelineError, cause: Exception | None = None) -> Failure:
        if cause is not None:
            self._log(cause)
        return Failure.of(
            error, stage=self.stage, id=self.id, source=self.where, sha256=self.sha256
        )

    def _log(self, cause: Exception) -> None:
        logger.debug("%s: %s", self.where, self.stage, exc_info=cause)


def _check_text(text: str, settings: Settings, where: str) -> None:
    size = len(text.encode())
    if size > settings.max_bytes:
        raise errors.ArticleTooLong(f"{size:,} bytes, limit {settings.max_bytes:,}", where=where)
    if not text.strip():
        raise errors.EmptyArticle("no words" if text else "empty", where=where)


def _source(article: Article, language: str | None, sha256: str) -> Source:
    """Return what is known of the origin; a title and a date may be read from the text."""
    from_text: list[Literal["title", "published"]] = []
    title, published = article.title, article.published
    if title is None and (title := headline(article.text)) is not None:
        from_text.append("title")
    if published is None and (day := dateline(article.text)) is not None:
        published = day.isoformat()
        from_text.append("published")
    return Source(
        uri=article.uri,
        title=title,
        byline=article.byline,
        publisher=article.publisher,
        published=published,
        language=language,
        sha256=sha256,
        meta=dict(article.meta),
        from_text=tuple(from_text),
    )


def _notices(text: str, settings: Settings) -> Iterator[Notice]:
    """Yield what a user of the record should know about how it was made."""
    if len(text) > settings.segment_chars:
        yield Notice(
            "W221", f"{len(text):,} characters: parsed in pieces of {settings.segment_chars:,}"
        )
    run = LONG_RUN.search(text)
    if run:
        message = f"a run of over {MAX_RUN} characters without a space was cut for the tokenizer"
        yield Notice("W222", message, run.start(), run.end())


def _language(text: str, given: str | None, asked: str) -> tuple[str | None, list[Notice]]:
    """Return the language of an article, and a warning if it is not clearly English.

    ``asked`` is the setting: any value but ``auto`` overrides the input's value and detection.
    """
    detected = None
    if asked != AUTO:
        given = asked
    else:
        detected = language.detect(text)
    stated = given or detected
    if detected and given and language.contradicts(given, detected):
        shown = f"the input says {given[:20]!r}"
        if detected == "en":
            return given, [Notice("W232", f"{shown}, but the text is in English")]
        message = f"the text is in {detected!r}, though {shown}; the models read English"
        return given, [Notice("W231", message)]
    if stated is None or stated.lower().startswith("en"):
        return stated, []
    return stated, [Notice("W231", f"language is {stated[:20]!r}; the models read English")]


def _reason(error: Exception) -> str:
    """Return an exception's message in one line, short enough for a dead letter."""
    message = str(error)
    if isinstance(error, ValidationError):
        message = error.errors(include_url=False, include_input=False)[0]["msg"]
    lines = message.splitlines()
    return f"{type(error).__name__}: {lines[0]}"[:300] if lines else type(error).__name__


Stuck = Callable[[Failure], None]
"""Called in a thread for an article that is stuck in C code; must end the process."""


def run_serial(
    articles: Iterable[Article | Page | Failure],
    nlp: Language,
    settings: Settings,
    *,
    stuck: Stuck | None = None,
    explain: Explain | None = None,
) -> Iterator[ArticleRecord | Failure | Repeat]:
    """Yield the outcome of each article in order, under the limits of ``process_in_time``.

    Ids are unique in a run: an article that occurred before is a ``Repeat``, and a different text
    with the same id is a failure.
    """
    made = provenance(nlp, settings)
    seen: dict[str, str] = {}
    for article in articles:
        if isinstance(article, Failure):
            yield article
            continue
        outcome = process_in_time(
            article, nlp, settings, provenance=made, stuck=stuck, explain=explain
        )
        if isinstance(outcome, Failure):
            yield outcome
            continue
        sha256 = outcome.source.sha256
        known = seen.get(outcome.id)
        if known is None:
            seen[outcome.id] = sha256
            yield outcome
        elif known == sha256:
            yield Repeat(outcome.id, article.where)
        else:
            error = errors.DuplicateId(f"id {outcome.id!r} belongs to another text of this run")
            where, id = article.where, outcome.id
            yield Failure.of(error, stage="check", id=id, source=where, sha256=sha256)


def process_in_time(
    article: Article | Page,
    nlp: Language,
    settings: Settings,
    *,
    provenance: Provenance,
    stuck: Stuck | None = None,
    explain: Explain | None = None,
) -> ArticleRecord | Failure:
    """Process an article; return a failure after ``max_seconds``.

    The limit needs an alarm, which only the main thread of a process can have. In other threads,
    on Windows, and if the program uses ``signal.setitimer`` itself, there is no limit.
    """
    if not possible():
        return process(article, nlp, settings, provenance=provenance, explain=explain)

    def failed(error: errors.ArticleTooSlow) -> Failure:
        return failure_of(article, error, stage="process", where=article.where)

    def give_up(error: errors.ArticleTooSlow) -> None:
        if stuck is not None:
            stuck(failed(error))

    try:
        with deadline(settings.max_seconds, article.where, stuck=stuck and give_up):
            return process(article, nlp, settings, provenance=provenance, explain=explain)
    except errors.ArticleTooSlow as error:  # raised outside the code that ``process`` guards
        return failed(error)


AGAIN = 1.0
"""Seconds until the alarm is repeated, in case an ``except`` swallowed it."""
LEAST_GRACE = 2.0
MOST_GRACE = 30.0


def grace(seconds: float) -> float:
    """Return the extra seconds for C code beyond a limit: a tenth of it, within bounds.

    >>> grace(1), grace(60), grace(600)
    (2.0, 6.0, 30.0)
    """
    return min(max(seconds / 10, LEAST_GRACE), MOST_GRACE)


def possible() -> bool:
    """Return whether this thread can have an alarm, and nothing else in the process uses it."""
    return (
        threading.current_thread() is threading.main_thread()
        and hasattr(signal, "SIGALRM")
        and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    )


@contextmanager
def deadline(
    seconds: float,
    where: str,
    *,
    fatal: bool = False,
    stuck: Callable[[errors.ArticleTooSlow], None] | None = None,
) -> Iterator[None]:
    """Raise ``ArticleTooSlow`` in the block when its time is up.

    If C code does not return in time to see the alarm, ``fatal`` ends the process silently.
    Otherwise ``stuck`` is called in a thread and must end the process. If that thread cannot run
    either, because the C code keeps the interpreter's lock, the process ends with a dump of its
    stack.

    Must be called in the main thread of the process.
    """
    armed = True
    calling = threading.Lock()

    def ring(_number: int, _frame: FrameType | None) -> None:
        if armed:
            raise errors.ArticleTooSlow(f"over {seconds:,} s", where=where)

    def give_up() -> None:
        with calling:
            if armed and stuck is not None:
                stuck(
                    errors.ArticleTooSlow(
                        f"over {seconds:,} s, stuck in compiled code", where=where
                    )
                )

    last = seconds + grace(seconds)
    watch = threading.Timer(last, give_up)
    watch.daemon = True
    before = signal.signal(signal.SIGALRM, ring)
    if stuck is not None:
        watch.start()
        faulthandler.dump_traceback_later(last + LEAST_GRACE, exit=True, file=_stderr())
    elif fatal:
        faulthandler.dump_traceback_later(last, exit=True, file=_nowhere())
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        try:
            yield
        finally:  # the alarm may still fire here; the next one is a second away
            armed = False
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        watch.cancel()
        with calling:  # wait until the thread is done
            pass
        if fatal or stuck is not None:
            faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, before)


_descriptor: int | None = None


def _nowhere() -> int:
    global _descriptor
    if _descriptor is None:
        _descriptor = os.open(os.devnull, os.O_WRONLY)
    return _descriptor


def _stderr() -> int:
    try:
        return sys.__stderr__.fileno() if sys.__stderr__ else _nowhere()
    except (OSError, ValueError):  # the stream is closed
        return _nowhere()


def work(
    shard: Shard,
    job: Job,
    store: RunStore,
    extract: Extractor,
    *,
    fatal: bool = False,
    enter: Callable[[int | None], None] = lambda _index: None,
) -> Receipt:
    """Process the articles of a shard, commit its part and return the receipt.

    ``fatal`` allows ending this process if an article gets stuck in C. ``enter`` is called with the
    index of each article before it is processed, and with None after the last one.

    Raises errors of the run; in that case nothing of the shard is committed.
    """
    if shard.piece:
        store = store.below(RESCUE)
    kept, counts, warnings = _kept(shard, store) if shard.again else ({}, {}, {})

    def outcomes() -> Iterator[ArticleRecord | Failure | bytes]:
        for index, item in enumerate(shard.items):
            enter(index)
            yield kept[index] if index in kept else _outcome(item, job, extract, fatal)
        enter(None)

    key = shard.key(job.fingerprint(extract.provenance))
    return commit(store, shard.name, key, outcomes(), counts, warnings)


def _outcome(item: InputItem, job: Job, extract: Extractor, fatal: bool) -> ArticleRecord | Failure:
    try:
        with deadline(job.settings.max_seconds, item.where, fatal=fatal):
            article = read_item(item, job.settings, format=job.format, published=job.published)
            if isinstance(article, Failure):
                return article
            if item.taken:
                error = errors.DuplicateId("the id belongs to another text of this run")
                return failed(item, job, error, stage="check")
            return extract(article)
    except errors.ArticleTooSlow as error:  # raised outside the code that ``extract`` guards
        return Failure.of(error, stage="read", source=item.where)


def failed(item: InputItem, job: Job, error: errors.ArticleError, *, stage: str) -> Failure:
    """Return the failure of an article that was not processed, with its id if it has one."""
    article = read_item(item, job.settings, format=job.format)
    return failure_of(article, error, stage=stage, where=item.where)


def failure_of(
    article: Article | Page | Failure, error: errors.ArticleError, *, stage: str, where: str
) -> Failure:
    """Return the failure of an article, with its id and checksum if its text is known."""
    id = sha256 = None
    if isinstance(article, Article):
        sha256 = text_sha256(article.text)
        id = article.id or sha256[:32]
    return Failure.of(error, stage=stage, id=id, source=where, sha256=sha256)


def _kept(shard: Shard, store: RunStore) -> tuple[Mapping[int, bytes], Mapping[str, int], Warnings]:
    """Return the lines of the articles that did not fail before, with their counts and warnings."""
    receipt = read_receipt(store, shard.name)
    if receipt is None:
        return {}, {}, {}
    before = {index for index, _ in receipt.failures}
    places = (index for index in range(len(shard.items)) if index not in before)
    with store.open(part_name(shard.name)) as file:
        try:
            return dict(zip(places, file, strict=True)), receipt.counts, receipt.warnings
        except ValueError as error:
            message = "lists other articles than the part contains"
            where = f"{store.place}/{receipt_name(shard.name)}"
            raise errors.RunDamaged(message, where=where) from error
