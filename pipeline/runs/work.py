"""Work on one shard or one article within its time limit.

Every executor calls ``work`` in a worker: it processes the articles of a shard separately, commits
the part and returns the receipt.

An alarm raises ``ArticleTooSlow`` in an article that takes too long. An alarm cannot interrupt C
code that does not return. A second timer may therefore end the process some seconds later, after
``grace``.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from pipeline.errors import ArticleError, ArticleTooSlow, DuplicateId, RunDamaged
from pipeline.outcomes import Failure
from pipeline.readers import Article, Item, read_item
from pipeline.records.schema import text_sha256
from pipeline.runs.commit import Receipt, commit, part_name, read_receipt, receipt_name
from pipeline.runs.store import RESCUE

if TYPE_CHECKING:
    from pipeline.readers import Page
    from pipeline.records.schema import ArticleRecord
    from pipeline.runs.plan import Extractor, Job, Shard
    from pipeline.runs.store import Store

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
    stuck: Callable[[ArticleTooSlow], None] | None = None,
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
            raise ArticleTooSlow(f"over {seconds:,} s", where=where)

    def give_up() -> None:
        with calling:
            if armed and stuck is not None:
                stuck(ArticleTooSlow(f"over {seconds:,} s, stuck in compiled code", where=where))

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
    store: Store,
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
    kept, counts = _kept(shard, store) if shard.again else ({}, {})

    def outcomes() -> Iterator[ArticleRecord | Failure | bytes]:
        for index, item in enumerate(shard.items):
            enter(index)
            yield kept[index] if index in kept else _outcome(item, job, extract, fatal)
        enter(None)

    key = shard.key(job.fingerprint(extract.provenance))
    return commit(store, shard.name, key, outcomes(), counts)


def _outcome(item: Item, job: Job, extract: Extractor, fatal: bool) -> ArticleRecord | Failure:
    try:
        with deadline(job.settings.max_seconds, item.where, fatal=fatal):
            article = read_item(item, job.settings, format=job.format, published=job.published)
            if isinstance(article, Failure):
                return article
            if item.taken:
                error = DuplicateId("the id belongs to another text of this run")
                return failed(item, job, error, stage="check")
            return extract(article)
    except ArticleTooSlow as error:  # raised outside the code that ``extract`` guards
        return Failure.of(error, stage="read", source=item.where)


def failed(item: Item, job: Job, error: ArticleError, *, stage: str) -> Failure:
    """Return the failure of an article that was not processed, with its id if it has one."""
    article = read_item(item, job.settings, format=job.format)
    return failure_of(article, error, stage=stage, where=item.where)


def failure_of(
    article: Article | Page | Failure, error: ArticleError, *, stage: str, where: str
) -> Failure:
    """Return the failure of an article, with its id and checksum if its text is known."""
    id = sha256 = None
    if isinstance(article, Article):
        sha256 = text_sha256(article.text)
        id = article.id or sha256[:32]
    return Failure.of(error, stage=stage, id=id, source=where, sha256=sha256)


def _kept(shard: Shard, store: Store) -> tuple[Mapping[int, bytes], Mapping[str, int]]:
    """Return the lines of the articles that did not fail before, and the counts of their items."""
    receipt = read_receipt(store, shard.name)
    if receipt is None:
        return {}, {}
    before = {index for index, _ in receipt.failures}
    places = (index for index in range(len(shard.items)) if index not in before)
    with store.open(part_name(shard.name)) as file:
        try:
            return dict(zip(places, file, strict=True)), receipt.counts
        except ValueError as error:
            message = "lists other articles than the part contains"
            where = f"{store.place}/{receipt_name(shard.name)}"
            raise RunDamaged(message, where=where) from error
