"""Find the profiles that may be the same one, and score them.

``scores`` does it on this machine, and ``spark`` on a cluster, with the functions of this module.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Any, Final, NamedTuple

from pipeline.database import facts
from pipeline.database.access import Store
from pipeline.reader.identity.pairs import (
    Profile,
    Scorer,
    companions,
    contradiction,
    neighbours,
    properties,
    scorer,
)

SHOWN: Final = 5
"""Shared names and roles that the evidence lists."""


class Asked(NamedTuple):
    """What to compare: pairs of profiles that share a block."""

    store: Store
    load: Callable[[Iterable[str]], Mapping[str, Profile]]
    """Returns profiles, without companions; those that no longer exist are missing."""
    touched: Set[str]
    """Profiles that changed."""
    local: Set[str]
    """Surnames alone, to compare with full names."""
    decided: Set[str]
    """Surnames alone that a person has decided about: those that changed are compared, and with
    full names that changed."""


class Scored(NamedTuple):
    """Two profiles that do not contradict each other.

    Either the smaller key is first, and a person should at least look at the pair; or a surname
    alone is first, and has companions in common with the full name.
    """

    one: str
    other: str
    score: float
    evidence: str


Scores = Callable[[Asked], Iterable[Scored]]


def scores(asked: Asked) -> Iterator[Scored]:
    """Yield the scores of pairs."""
    store, model = asked.store, scorer()
    whole, alone = _meetings(asked)
    profiles = asked.load({key for pair in whole | alone for key in pair})
    unsettled: list[tuple[str, str]] = []
    rivals: dict[str, set[str]] = defaultdict(set)
    for one, other in sorted(whole | alone):
        if one not in profiles or other not in profiles:
            continue
        a, b = profiles[one], profiles[other]
        if contradiction(a, b):
            continue
        if one in asked.local:
            rivals[one].add(other)
        elif settled(model, a, b):
            yield from scored(model, a, b)
        else:
            unsettled.append((one, other))
    keys = {key for pair in unsettled for key in pair}
    full = facts.with_companions(store, {key: profiles[key] for key in keys})
    for one, other in unsettled:
        yield from scored(model, full[one], full[other])
    near = _near_companions(store, profiles, rivals)
    for one, others in rivals.items():
        for other in others:
            yield from scored(model, near[one], near[other], alone=True)


def settled(model: Scorer, one: Profile, other: Profile) -> bool:
    """Return whether companions, which the profiles lack, cannot change the verdict."""
    if one.named.group != "PER":
        return True
    weights = model.weights
    span = [weights.get(f"companions/{n}", 0.0) for n in ("none", "one", "some")]
    least = model.probability(one, other)
    most = model.probability(one, other, more=max(span) - weights["companions/none"])
    return least >= model.same or most < model.review


def scored(model: Scorer, one: Profile, other: Profile, *, alone: bool = False) -> Iterator[Scored]:
    """Yield the score of a pair if it counts; ``alone``: the first one is a surname alone."""
    score = model.probability(one, other)
    if companions(one, other) if alone else score >= model.review:
        yield Scored(one.key, other.key, score, evidence(one, other))


def _meetings(asked: Asked) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return the pairs of whole profiles, and those of surnames alone and full names."""
    store = asked.store
    with store.keys((key,) for key in asked.touched) as keys:
        found = store.rows(
            "SELECT DISTINCT a.profile, b.profile FROM identity_blocks a"
            f" JOIN {keys} k ON k.key = a.profile"
            " JOIN identity_blocks b ON b.block = a.block AND b.profile <> a.profile"
            " AND ((a.side = 0 AND b.side = 0) OR (a.side = 1 AND b.side = 2)"
            " OR (a.side = 2 AND b.side = 1)) WHERE SUBSTR(a.block, 1, 2) <> 's:'"
        )
    with store.keys((key,) for key in asked.local | asked.decided) as keys:
        surnames = store.rows(
            "SELECT DISTINCT a.profile, b.profile FROM identity_blocks a"
            f" JOIN {keys} k ON k.key = a.profile"
            " JOIN identity_blocks b ON b.block = a.block AND a.side = 1 AND b.side = 2"
        )
    found += [
        pair for pair in surnames if pair[0] in asked.decided and not asked.touched.isdisjoint(pair)
    ]
    whole = {(one, other) if one < other else (other, one) for one, other in found}
    return whole, {(one, other) for one, other in surnames if one in asked.local}


def _near_companions(
    store: Store, profiles: Mapping[str, Profile], rivals: Mapping[str, Set[str]]
) -> dict[str, Profile]:
    """Return surnames alone with their companions, and full names with those near in time."""
    found = facts.with_companions(store, {key: profiles[key] for key in rivals})
    near = {
        f"{other}:{name}"
        for one in found.values()
        for when, names in one.companions.items()
        for other in neighbours(when)
        for name in names
    }
    full = {other for others in rivals.values() for other in others}
    held: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    with (
        store.keys((value,) for value in near) as values,
        store.keys((key,) for key in full) as keys,
    ):
        for key, value in store.rows(
            "SELECT f.profile, f.value FROM identity_facts f"
            f" JOIN {keys} k ON k.key = f.profile JOIN {values} v ON v.key = f.value"
            " WHERE f.kind = 'companion'"
        ):
            when, _, name = value.partition(":")
            held[key][when].add(name)
    for key in full:
        names = {when: frozenset(some) for when, some in held[key].items()}
        found[key] = profiles[key]._replace(companions=names)
    return found


def evidence(one: Profile, other: Profile) -> str:
    """Return as JSON what two profiles have in common."""
    shared = {
        "names": sorted({one.named.name, *one.aliases} & {other.named.name, *other.aliases}),
        "roles": sorted(one.roles & other.roles),
        "companions": sorted(companions(one, other)),
    }
    found: dict[str, Any] = {"profiles": [one.key, other.key]}
    found |= {kind: names[:SHOWN] for kind, names in shared.items() if names}
    return dumped(found | {"properties": list(properties(one, other))})


def dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
