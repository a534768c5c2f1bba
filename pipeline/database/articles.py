"""Articles that the derived tables do not cover yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pipeline.database.access import Store


class Article(NamedTuple):
    """What is read of an article."""

    id: str
    text: str
    published: str | None
    publisher: str | None
    uri: str | None
    byline: str | None
    record_sha256: str

    @property
    def outlet(self) -> str | None:
        """The publisher, otherwise the host of the address."""
        if self.publisher:
            return self.publisher
        with suppress(ValueError):
            return (urlsplit(self.uri or "").hostname or "").removeprefix("www.") or None
        return None


def changed(store: Store) -> list[str]:
    """Return the ids of articles that are new, were replaced, or no longer exist."""
    found = store.rows(
        """
        SELECT a.id FROM articles AS a LEFT JOIN followed AS f ON f.article_id = a.id
        WHERE f.article_id IS NULL OR f.record_sha256 <> a.record_sha256
        UNION ALL
        SELECT f.article_id FROM followed AS f LEFT JOIN articles AS a ON a.id = f.article_id
        WHERE a.id IS NULL
        ORDER BY 1"""
    )
    return [row[0] for row in found]


def fetch(store: Store, ids: Iterable[str]) -> Sequence[Article]:
    asked = f"SELECT {', '.join(Article._fields)} FROM articles WHERE {store.among('id')}"
    return sorted(Article(*row) for row in store.rows(asked, store.listed(ids)))


def moment(published: str | None) -> tuple[bool, datetime]:
    """Return a sort key of a date or time in ISO 8601; unknown ones are last.

    >>> moment("2025-05-02") < moment("2025-05-01T23:30:00-05:00") < moment(None)
    True
    """
    with suppress(ValueError):
        found = datetime.fromisoformat(published or "")
        return False, found if found.tzinfo else found.replace(tzinfo=UTC)
    return True, datetime.min.replace(tzinfo=UTC)
