"""Follow stories, quotations and figures across articles."""

from __future__ import annotations

from typing import Final, NamedTuple

from pipeline.archive import copies, said, series, statements
from pipeline.archive.access import Store, changed, fetch, opened
from pipeline.output.layout import FOLLOWED

BATCH: Final = 1000
"""Articles in one transaction."""


class Counts(NamedTuple):
    """What the derived tables have."""

    articles: int
    stories: int
    copies: int
    updates: int
    said: int
    repeated: int
    """Quotations in several articles."""
    disputed: int
    """Quotations whose words are given to another speaker as well."""


def counts(address: str) -> Counts:
    """Return the numbers of stories and quotations."""
    with opened(address, reading=True) as store, store.transaction():
        (stories,) = store.rows(
            "SELECT COALESCE(SUM(articles), 0), COUNT(*), COALESCE(SUM(copies), 0),"
            " COALESCE(SUM(updates), 0) FROM v_stories"
        )
        (quotations,) = store.rows(
            "SELECT COUNT(*), COALESCE(SUM(CASE WHEN articles > 1 THEN 1 ELSE 0 END), 0),"
            " COALESCE(SUM(CASE WHEN disputed THEN 1 ELSE 0 END), 0) FROM v_said"
        )
    return Counts(*map(int, (*stories, *quotations)))


def pending(address: str) -> int:
    """Return the number of articles that ``follow`` would read."""
    with opened(address, reading=True) as store, store.transaction():
        return len(changed(store))


def follow(address: str) -> int:
    """Bring the derived tables up to date with the records, and return the number of articles.

    Only articles that are new, replaced or deleted since the last time are read. The result is the
    same as that of following all articles at once. An interrupted run resumes.

    Raises ``ExtraMissing``, ``LoadFailed``, and what ``pipeline.output.loading.connect`` raises.
    """
    signer = copies.Signer()
    with opened(address) as store:
        total = 0
        with store.transaction():
            said.prepare(store)
        while True:
            number = _next(store, signer)
            total += number
            if number < BATCH:
                return total


def _next(store: Store, signer: copies.Signer) -> int:
    """Follow a batch of articles in one transaction, and return their number."""
    with store.transaction():
        ids = changed(store)[:BATCH]
        articles = fetch(store, ids)
        if ids:
            copies.update(store, ids, articles, signer)
            statements.update(store, ids)
            series.update(store, ids)
            said.update(store, ids)
            store.delete(FOLLOWED, "article_id", ids)
            store.insert(FOLLOWED, [(one.id, one.record_sha256) for one in articles])
    return len(ids)
