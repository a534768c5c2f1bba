"""What articles say about profiles: counted, so that articles can be added and taken away."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from pipeline.database.access import Store
from pipeline.reader.identity.pairs import Profile
from pipeline.reader.identity.profiles import Fact, Member, Seen, members
from pipeline.writers.layout import IDENTITY_TABLE

LOADED: Final = ("alias", "role", "home", "label", "identifier", "known", "start", "end")
UNDATED: Final = "9999"
Delta = Counter[tuple[str, str, str]]
"""Change of the number of each (profile, kind, value)."""
Splits = Mapping[tuple[str, str], str]
"""Article and key to the key that a person's decision gives the member instead."""


class Change(NamedTuple):
    """What an update of articles changed."""

    touched: frozenset[str]
    """Profiles whose facts changed."""
    near: frozenset[tuple[str, str]]
    """Profiles with the quarters in which their companions changed."""


def update(
    store: Store, articles: Mapping[str, str], gone: Iterable[str], splits: Splits
) -> Change:
    """Replace the members of articles, given with the SHA-256 of their records."""
    delta: Delta = Counter()
    with store.keys((one,) for one in {*articles, *gone}) as keys:
        for key, mentions, found in store.rows(
            "SELECT m.profile, m.mentions, m.facts FROM identity_entities m"
            f" JOIN {keys} k ON k.key = m.article_id"
        ):
            _count(delta, key, mentions, facts_of(found), -1)
        for table in ("identity_entities", "identity_articles"):
            store.run(f"DELETE FROM {table} WHERE article_id IN (SELECT key FROM {keys})")
        rows = []
        for article, member in _read(store, keys):
            key = splits.get((article, member.key), member.key)
            _count(delta, key, member.mentions, member.facts, 1)
            rows.append((article, member.entity, key, member.mentions, _stored(member.facts)))
        store.insert(IDENTITY_TABLE["identity_entities"], rows)
    store.insert(IDENTITY_TABLE["identity_articles"], list(articles.items()))
    return apply(store, delta)


def _count(delta: Delta, key: str, mentions: int, facts: Iterable[Fact], sign: int) -> None:
    delta[key, "members", ""] += sign
    delta[key, "mentions", ""] += sign * mentions
    for fact in facts:
        delta[key, fact.kind, fact.value] += sign


def _stored(facts: Iterable[Fact]) -> str:
    grouped: dict[str, list[str]] = defaultdict(list)
    for fact in facts:
        grouped[fact.kind].append(fact.value)
    return json.dumps(grouped, ensure_ascii=False)


def facts_of(stored: str | Mapping[str, list[str]]) -> list[Fact]:
    """Return the facts of a member."""
    found = parsed(stored)
    return [Fact(kind, value) for kind, values in found.items() for value in values]


def apply(store: Store, delta: Delta) -> Change:
    """Add to the numbers of facts."""
    rows = [(*fact, number) for fact, number in sorted(delta.items()) if number]
    with store.keys(rows, IDENTITY_TABLE["identity_facts"].columns) as changed:
        same = "f.profile = d.profile AND f.kind = d.kind AND f.value = d.value"
        store.run(
            "INSERT INTO identity_facts (profile, kind, value, number)"
            f" SELECT d.profile, d.kind, d.value, 0 FROM {changed} d"
            f" LEFT JOIN identity_facts f ON {same} WHERE f.profile IS NULL"
        )
        store.run(
            "UPDATE identity_facts AS f SET number = f.number + d.number"
            f" FROM {changed} d WHERE {same}"
        )
        if any(row[-1] < 0 for row in rows):
            store.run(
                "DELETE FROM identity_facts WHERE number = 0"
                f" AND profile IN (SELECT profile FROM {changed})"
            )
    near = {(p, value[: value.index(":")]) for p, kind, value, _ in rows if kind == "companion"}
    return Change(frozenset(row[0] for row in rows), frozenset(near))


def _read(store: Store, keys: str) -> Iterator[tuple[str, Member]]:
    """Yield the members of articles."""
    names: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    pronouns: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for article, entity, kind, text, number in store.rows(
        "SELECT m.article_id, m.entity_id, m.kind, m.text, COUNT(*) FROM mentions m"
        f" JOIN {keys} k ON k.key = m.article_id WHERE m.kind <> 'nominal'"
        " GROUP BY m.article_id, m.entity_id, m.kind, m.text"
    ):
        (names if kind == "name" else pronouns)[article, entity][text] = number
    dates: dict[str, str | None] = dict(
        store.rows(f"SELECT a.id, a.published FROM articles a JOIN {keys} k ON k.key = a.id")
    )
    seen: dict[str, list[Seen]] = defaultdict(list)
    for article, entity, name, label, descriptions, identifiers in store.rows(
        "SELECT e.article_id, e.id, e.name, e.label, e.descriptions, e.identifiers"
        f" FROM entities e JOIN {keys} k ON k.key = e.article_id"
    ):
        key = article, entity
        found = dict(sorted(names[key].items()))
        seen[article].append(
            Seen(
                entity, name, label, found, pronouns[key], parsed(descriptions), parsed(identifiers)
            )
        )
    for article in sorted(seen):
        # text order: e2 comes before e10
        seen[article].sort(key=lambda one: (len(one.id), one.id))
        for member in members(article, dates[article], seen[article]):
            yield article, member


def parsed(cell: Any) -> Any:
    """Return the value of a JSON column; PostgreSQL's driver gives it parsed."""
    return json.loads(cell) if isinstance(cell, str) else cell


def load(store: Store, keys: Iterable[str]) -> dict[str, Profile]:
    """Return profiles with what is compared, except for their companions.

    Those without members that no list knows are left out.
    """
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    dates: dict[str, tuple[str, str]] = {}
    marks = ", ".join(f"'{kind}'" for kind in LOADED)
    with store.keys((key,) for key in set(keys)) as wanted:
        joined = f"FROM identity_facts f JOIN {wanted} k ON k.key = f.profile"
        for key, kind, value in store.rows(
            f"SELECT f.profile, f.kind, f.value {joined} WHERE f.kind IN ({marks})"
        ):
            found[key][kind].add(value)
        there = store.rows(f"SELECT f.profile {joined} WHERE f.kind = 'members'")
        for key, first, last in store.rows(
            f"SELECT f.profile, MIN(f.value), MAX(f.value) {joined} WHERE f.kind = 'date'"
            " AND f.value <> '9999' GROUP BY f.profile"
        ):
            dates[key] = first, last
    profiles = {}
    for key in {
        *(key for (key,) in there),
        *(key for key, kinds in found.items() if kinds["known"]),
    }:
        kinds = found[key]
        first, last = dates.get(key, (UNDATED, UNDATED))
        if kinds["known"]:
            first = min(kinds["start"], default="0001")
            last = max(kinds["end"], default=UNDATED)
        profiles[key] = Profile(
            key,
            first,
            last,
            frozenset(kinds["alias"]),
            frozenset(kinds["role"]),
            {},
            frozenset(kinds["home"]),
            frozenset(kinds["label"]),
            frozenset(kinds["identifier"]),
            min(kinds["known"], default=""),
        )
    return profiles


def quarters(store: Store, keys: Iterable[str]) -> dict[str, set[str]]:
    """Return the quarters in which profiles have companions."""
    found: dict[str, set[str]] = defaultdict(set)
    cut = "strpos(f.value, ':')" if store.dialect != "sqlite" else "instr(f.value, ':')"
    with store.keys((key,) for key in set(keys)) as wanted:
        for key, when in store.rows(
            f"SELECT DISTINCT f.profile, substr(f.value, 1, {cut} - 1) FROM identity_facts f"
            f" JOIN {wanted} k ON k.key = f.profile WHERE f.kind = 'companion'"
        ):
            found[key].add(when)
    return found


def companions(store: Store, keys: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield profile, quarter and name of each companion."""
    with store.keys((key,) for key in keys) as wanted:
        for key, value in store.rows(
            "SELECT f.profile, f.value FROM identity_facts f"
            f" JOIN {wanted} k ON k.key = f.profile WHERE f.kind = 'companion'"
        ):
            when, _, name = value.partition(":")
            yield key, when, name


def with_companions(store: Store, profiles: Mapping[str, Profile]) -> dict[str, Profile]:
    """Return profiles with their companions."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for key, when, name in companions(store, profiles):
        found[key][when].add(name)
    return {
        key: profile._replace(
            companions={when: frozenset(names) for when, names in found[key].items()}
        )
        for key, profile in profiles.items()
    }
