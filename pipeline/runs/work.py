"""Make the part of one shard: the function that every executor calls in a worker.

plan → **process → commit**: the shard has the locations of its articles, each is processed
separately, and the worker commits the part. The driver gets back a receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from pipeline.errors import ArticleError, ArticleTooSlow, DuplicateId, RunDamaged
from pipeline.outcomes import Failure
from pipeline.readers import Article, Item, read_item
from pipeline.records.schema import text_sha256
from pipeline.runs.commit import Receipt, commit, part_name, read_receipt, receipt_name
from pipeline.runs.deadline import deadline
from pipeline.runs.store import RESCUE

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord
    from pipeline.runs.job import Extractor, Job
    from pipeline.runs.plan import Shard
    from pipeline.runs.store import Store


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
    id = sha256 = None
    if isinstance(article, Article):
        sha256 = text_sha256(article.text)
        id = article.id or sha256[:32]
    return Failure.of(error, stage=stage, id=id, source=item.where, sha256=sha256)


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
