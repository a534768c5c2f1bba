"""Everything that the page shows of an identity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pipeline.database.access import Store
from pipeline.database.identities import Found, identity_named, shown
from pipeline.database.statements import words

MOST: Final = 1000
"""Statements and values of series on a card."""
STATEMENTS: Final = (
    "published, title, publisher, uri, article_id AS article, statement_id, kind, statement, cue,"
    " said_id, story_id"
)
VALUES: Final = (
    "measure, unit, rate_per, change, period_start, time_text, value, value_text, bound, text,"
    " given_by, relation, published, title, publisher, uri, article_id AS article, figure_id"
)


def card(store: Store, given: str) -> Found:
    """Return an identity as ``shown`` does, with its statements and the values of its series.

    Raises ``NoIdentity``.
    """
    identity = identity_named(store, given)
    return _card(store, identity, _values(store, [identity]))


def cards(store: Store, articles: Iterable[str]) -> Iterator[Found]:
    """Yield the cards of all identities that some articles name, those named most first."""
    found = store.rows(
        "SELECT DISTINCT i.id, i.mentions FROM identity_members m"
        f" JOIN identities i ON i.id = m.identity_id WHERE {store.among('m.article_id')}"
        " ORDER BY i.mentions DESC, i.id",
        store.listed(articles),
    )
    identities = [identity for identity, _ in found]
    values = _values(store, identities)
    for identity in identities:
        yield _card(store, identity, values)


def _card(store: Store, identity: str, values: Mapping[str, list[Found]]) -> Found:
    found = shown(store, identity)
    # by article, since no index leads from an identity to its statements
    articles = sorted({one["article"] for one in found["members"]})
    asked = store.named(
        f"SELECT {STATEMENTS} FROM v_statements WHERE {store.among('article_id')}"
        " AND identity = ? AND statement IS NOT NULL"
        " ORDER BY published, article_id, start_char, statement_id LIMIT ?",
        store.listed(articles),
        identity,
        MOST,
    )
    # one for each quotation, and for each statement of a story, as in ``said``
    groups: dict[object, list[Found]] = defaultdict(list)
    for one in asked:
        said, story = one.pop("said_id"), one.pop("story_id")
        groups[said or (story, words(one["statement"]))].append(one)
    statements = [
        group[0] | {"articles": len({one["article"] for one in group})} for group in groups.values()
    ]
    return found | {"statements": statements, "values": values.get(identity, [])[:MOST]}


def _values(store: Store, identities: Iterable[str]) -> dict[str, list[Found]]:
    """Return the values of the series of each identity, in one pass over the figures."""
    found: dict[str, list[Found]] = defaultdict(list)
    for one in store.named(
        f"SELECT holder_identity, {VALUES} FROM v_series"
        f" WHERE {store.among('holder_identity')}"
        " ORDER BY measure, unit, rate_per, change, period_start, published, article_id, figure_id",
        store.listed(identities),
    ):
        found[one.pop("holder_identity")].append(one)
    return found
