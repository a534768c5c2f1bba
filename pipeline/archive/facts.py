"""What articles say about profiles, and what people decided about them.

What articles say is counted, so that articles can be added and taken away.

The companions of a profile are counted by quarter, in rows of their own, so that a night rewrites
only the quarters of its articles. Days are not counted: only the first and the last one are kept,
and are looked for among the members of a profile if an article with one of them is taken away.

Decisions are an append-only list of actions.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise, product
from typing import Any, Final, NamedTuple

from pipeline.archive.access import Store, texts
from pipeline.model.identity.choice import choose
from pipeline.model.identity.gazetteer import Gazetteer
from pipeline.model.identity.pairs import Profile, neighbours
from pipeline.model.identity.profiles import (
    SPLIT,
    UNDATED,
    Fact,
    ProfileMember,
    Seen,
    members,
    named,
)
from pipeline.output.layout import IDENTITY_TABLE, WRITE_JSON

WRITE_SORTED: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
COUNTS: Final = IDENTITY_TABLE["identity_counts"]
Place = tuple[str, str]
"""A profile and a quarter; the quarter is empty for all facts but companions."""
Counts = Mapping[str, Mapping[str, int]]
"""Numbers of values, by the kind of the fact."""
Delta = defaultdict[Place, Counter[Fact]]
Splits = Mapping[tuple[str, str], str]
"""Article and key to the key that a person's decision gives the member instead."""


class Change(NamedTuple):
    """What an update of articles changed."""

    before: Mapping[str, Counts]
    """What was counted for the profiles that changed, except for their companions."""
    after: Mapping[str, Counts]
    companions: Mapping[str, Mapping[str, Mapping[str, bool]]]
    """Companions that profiles got (true) or lost, by profile, quarter and name."""


def update(
    store: Store,
    articles: Mapping[str, str],
    old: Iterable[str],
    splits: Splits,
    gazetteer: Gazetteer | None = None,
) -> Change:
    """Replace the members of articles, given with the SHA-256 of their records.

    ``old``: articles that have members in the database, replaced and deleted ones.
    """
    delta: Delta = defaultdict(Counter)
    if old := [*old]:
        with store.keys((one,) for one in old) as keys:
            for key, mentions, found in store.rows(
                "SELECT m.profile, m.mentions, m.facts FROM identity_entities m"
                f" JOIN {keys} k ON k.key = m.article_id"
            ):
                count(delta, key, mentions, facts_of(found), -1)
            for table in ("identity_entities", "identity_articles"):
                store.run(f"DELETE FROM {table} WHERE article_id IN (SELECT key FROM {keys})")
    rows = []
    with store.keys((one,) for one in articles) as keys:
        for article, member in _read(store, keys, gazetteer):
            key = splits.get((article, member.key), member.key)
            count(delta, key, member.mentions, member.facts, 1)
            rows.append((article, member.entity, key, member.mentions, _stored(member.facts)))
    store.insert(IDENTITY_TABLE["identity_entities"], rows)
    store.insert(IDENTITY_TABLE["identity_articles"], list(articles.items()))
    return apply(store, delta)


def count(delta: Delta, key: str, mentions: int, facts: Iterable[Fact], sign: int) -> None:
    """Add a member to a profile, or take it away."""
    whole = delta[key, ""]
    whole[Fact("members", "")] += sign
    whole[Fact("mentions", "")] += sign * mentions
    quarters = set()
    for fact in facts:
        if fact.kind == "companion":
            quarter, _, name = fact.value.partition(":")
            delta[key, quarter][Fact("companion", name)] += sign
            quarters.add(quarter)
        else:
            whole[fact] += sign
    for quarter in quarters:
        whole[Fact("quarter", quarter)] += sign


def _stored(facts: Iterable[Fact]) -> str:
    grouped: dict[str, list[str]] = defaultdict(list)
    for fact in facts:
        grouped[fact.kind].append(fact.value)
    return WRITE_JSON(grouped)


def facts_of(stored: str | Mapping[str, list[str]]) -> list[Fact]:
    """Return the facts of a member."""
    found = parsed(stored)
    return [Fact(kind, value) for kind, values in found.items() for value in values]


def apply(store: Store, delta: Delta) -> Change:
    """Add to the numbers of facts."""
    stored = _at(store, delta)
    before = {key: parsed(stored.get((key, ""), "{}")) for key, quarter in delta if not quarter}
    after = dict(_dated(store, delta, before))
    companions: dict[str, dict[str, dict[str, bool]]] = defaultdict(dict)
    old, new = [], []
    for place in sorted(delta):
        key, quarter = place
        # one quarter at a time: those of a large night need much memory
        had = parsed(stored.get(place, "{}")) if quarter else before[key]
        has = plus(had, delta[place]) if quarter else after[key]
        if has == had:
            continue
        if had:
            old.append(place)
        if has:
            new.append((*place, written(has)))
        if quarter:
            known, found = (some.get("companion", {}) for some in (had, has))
            changed = {
                name: name in found
                for _, name in delta[place]
                if (name in known) != (name in found)
            }
            if changed:
                companions[key][quarter] = changed
    store.delete_rows(COUNTS, old)
    store.insert(COUNTS, new)
    return Change(before, after, companions)


def _at(store: Store, places: Iterable[Place]) -> dict[Place, Any]:
    """Return stored counts, which are to be parsed."""
    with store.keys(places, texts(*COUNTS.key)) as keys:
        rows = store.rows(
            "SELECT c.profile, c.quarter, c.facts FROM identity_counts c"
            f" JOIN {keys} k ON k.profile = c.profile AND k.quarter = c.quarter"
        )
    return {(profile, quarter): found for profile, quarter, found in rows}


def plus(counts: Counts, numbers: Mapping[Fact, int]) -> Counts:
    """Return counts with numbers added, except for those of days."""
    found = {kind: dict(values) for kind, values in counts.items()}
    for (kind, value), number in numbers.items():
        if number and kind != "date":
            values = found.setdefault(kind, {})
            values[value] = values.get(value, 0) + number
            if not values[value]:
                del values[value]
    return {kind: values for kind, values in found.items() if values}


def _dated(
    store: Store, delta: Delta, before: Mapping[str, Counts]
) -> Iterator[tuple[str, Counts]]:
    """Yield what is counted for profiles, with the first and the last day of their members."""
    days: dict[str, set[str]] = {}
    lost = set()
    for key, counts in before.items():
        dates = {day: number for (kind, day), number in delta[key, ""].items() if kind == "date"}
        days[key] = {*counts.get("day", ()), *(day for day in dates if dates[day] > 0)}
        if any(dates.get(day, 0) < 0 for day in counts.get("day", ())):
            lost.add(key)
            days[key] = set()
    if lost:
        with store.keys((key,) for key in lost) as keys:
            for key, found in store.rows(
                "SELECT m.profile, m.facts FROM identity_entities m"
                f" JOIN {keys} k ON k.key = m.profile"
            ):
                days[key] |= {*parsed(found)["date"]}
    for key, counts in before.items():
        has = plus(counts, delta[key, ""])
        if some := days[key] - {UNDATED}:
            yield key, {**has, "day": {min(some): 1, max(some): 1}}
        else:
            yield key, {kind: values for kind, values in has.items() if kind != "day"}


def _read(
    store: Store, keys: str, gazetteer: Gazetteer | None
) -> Iterator[tuple[str, ProfileMember]]:
    """Yield the members of articles, with new identifiers from a gazetteer."""
    names: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    pronouns: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for article, entity, kind, text, number in store.rows(
        # SQLite keeps this order of the tables, otherwise it would read all mentions
        f"SELECT m.article_id, m.entity_id, m.kind, m.text, COUNT(*) FROM {keys} k"
        " CROSS JOIN mentions m WHERE m.article_id = k.key AND m.kind <> 'nominal'"
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
        if gazetteer:
            seen[article] = _identified(store, article, dates[article], seen[article], gazetteer)
        for member in members(article, dates[article], seen[article]):
            yield article, member


def _identified(
    store: Store, article: str, published: str | None, seen: list[Seen], gazetteer: Gazetteer
) -> list[Seen]:
    """Add identifiers to the entities of an article, also in the database."""
    found = []
    chosen = choose(gazetteer, seen, published)
    for one in seen:
        if one.id in chosen and gazetteer.scheme not in one.identifiers:
            known = {**one.identifiers, gazetteer.scheme: chosen[one.id].id}
            one = one._replace(identifiers=dict(sorted(known.items())))
            store.run(
                "UPDATE entities SET identifiers = ? WHERE article_id = ? AND id = ?",
                *(WRITE_JSON(one.identifiers), article, one.id),
            )
        found.append(one)
    return found


def parsed(cell: Any) -> Any:
    """Return the value of a JSON column; PostgreSQL's driver gives it parsed."""
    return json.loads(cell) if isinstance(cell, str) else cell


def written(counts: Counts) -> str:
    """Return counts as JSON; equal ones have equal bytes."""
    return WRITE_SORTED(counts)


def text(cell: Any) -> str:
    """Return the text of a JSON column, the contrary of ``parsed``."""
    return cell if isinstance(cell, str) else WRITE_JSON(cell)


def load(store: Store, keys: Iterable[str]) -> dict[str, Counts]:
    """Return what is counted for profiles, except for their companions."""
    keys = [*keys]
    found = _at(store, [(key, "") for key in keys])
    return {key: parsed(found.get((key, ""), "{}")) for key in keys}


def profile(key: str, counts: Counts) -> Profile | None:
    """Return a profile with the quarters, but not the names, of its companions.

    None without members, unless it is of the user's own list.
    """
    if not counts.get("members") and not counts.get("known"):
        return None
    days = counts.get("day", (UNDATED,))
    first, last = min(days), max(days)
    if known := min(counts.get("known", ()), default=""):
        first = min(counts.get("start", ()), default="0001")
        last = max(counts.get("end", ()), default=UNDATED)
    return Profile(
        key,
        first,
        last,
        frozenset(counts.get("alias", ())),
        frozenset(counts.get("role", ())),
        dict.fromkeys(counts.get("quarter", ()), frozenset()),
        frozenset(counts.get("home", ())),
        frozenset(counts.get("identifier", ())),
        known,
    )


def companions(store: Store, places: Iterable[Place]) -> dict[str, dict[str, frozenset[str]]]:
    """Return the names of companions by profile and quarter."""
    found: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for (key, quarter), counts in _at(store, places).items():
        found[key][quarter] = frozenset(parsed(counts)["companion"])
    return found


def near(profiles: Mapping[str, Profile], pairs: Iterable[tuple[str, str]]) -> set[Place]:
    """Return the quarters in which companions of both profiles of a pair are near in time."""
    found = set()
    for pair in pairs:
        few, many = sorted((profiles[key] for key in pair), key=lambda one: len(one.companions))
        for when in few.companions:
            for other in neighbours(when):
                if other in many.companions:
                    found |= {(few.key, when), (many.key, other)}
    return found


Pair = tuple[str, str]


class Action(NamedTuple):
    """A decision of a person."""

    number: int
    action: str
    """merge, split, rename or undo."""
    made_at: str
    made_by: str
    reason: str | None
    content: dict[str, Any]


class Decisions(NamedTuple):
    """The effect of all actions that were not undone."""

    together: frozenset[Pair]
    """Profiles that are the same one."""
    apart: frozenset[Pair]
    """Profiles that are not, in both orders."""
    splits: Mapping[Pair, str]
    """Article and key to the key of the member that was split off."""
    names: Mapping[str, str]
    """Profile to the name that its identity has."""

    @property
    def profiles(self) -> frozenset[str]:
        """Profiles that a person has decided about."""
        return frozenset(key for pair in (*self.together, *self.apart) for key in pair)


def actions(store: Store) -> list[Action]:
    """Return all actions, the first one first."""
    found = store.rows(f"SELECT {', '.join(Action._fields)} FROM identity_actions ORDER BY number")
    return [Action._make((*row[:5], parsed(row[5]))) for row in found]


def record(store: Store, action: Action) -> None:
    """Add an action."""
    row = (*action[:5], WRITE_JSON(action.content))
    store.insert(IDENTITY_TABLE["identity_actions"], [row])


def active(made: Iterable[Action]) -> list[Action]:
    """Return the actions that have an effect; undoing an undo restores what it undid."""
    undone: set[int] = set()
    found = []
    for one in reversed(list(made)):
        if one.number in undone:
            continue
        if one.action == "undo":
            undone.add(one.content["number"])
        else:
            found.append(one)
    return found[::-1]


def decisions(made: Iterable[Action]) -> Decisions:
    """Return the effect of actions; a later one overrides an earlier one."""
    together: set[Pair] = set()
    apart: set[Pair] = set()
    splits: dict[Pair, str] = {}
    names: dict[str, str] = {}
    for one in active(made):
        content = one.content
        if one.action == "merge":
            here, there = content["profiles"]
            apart -= {*product(here, there), *product(there, here)}
            together.add((here[0], there[0]))
        elif one.action == "split":
            off = [*content["profiles"]]
            for article, key in content["members"]:
                splits[article, key] = split_key(key, one.number)
                off.append(splits[article, key])
            off = list(dict.fromkeys(off))
            crossing = {*product(off, content["rest"]), *product(content["rest"], off)}
            together -= crossing
            together |= set(pairwise(off))
            apart |= crossing
        else:
            names[content["profile"]] = content["name"]
    return Decisions(frozenset(together), frozenset(apart), splits, names)


def split_key(key: str, number: int) -> str:
    """Return the key of members that an action split off.

    >>> split_key("PER|al roe|m|||", 3)
    'PER|al roe|m|||#3'
    """
    parts = named(key)
    return parts._replace(alone=f"{parts.alone.partition(SPLIT)[0]}{SPLIT}{number}").key
