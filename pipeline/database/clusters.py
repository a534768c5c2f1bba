"""Partition profiles into identities: the best links first, never against a contradiction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from itertools import product
from typing import NamedTuple, TypeVar

from pipeline.reader.identity.pairs import OTHER_NAME, Profile, contradiction, thing_relation

Item = TypeVar("Item", str, tuple[str, str])


def components(items: Iterable[Item], pairs: Iterable[tuple[Item, Item]]) -> list[list[Item]]:
    """Return the items in groups that are connected by pairs, everything in order.

    A pair with another item is ignored.

    >>> components("abcd", [("a", "c"), ("c", "d"), ("d", "x")])
    [['a', 'c', 'd'], ['b']]
    """
    parent = {item: item for item in sorted(items)}

    def root(item: Item) -> Item:
        while parent[item] != item:
            parent[item] = item = parent[parent[item]]
        return item

    for one, other in pairs:
        if one in parent and other in parent:
            first, second = sorted((root(one), root(other)))
            parent[second] = first
    groups: dict[Item, list[Item]] = {}
    for item in parent:
        groups.setdefault(root(item), []).append(item)
    return list(groups.values())


class Link(NamedTuple):
    """Two profiles that were found to be the same one."""

    score: float
    one: str
    other: str


def clusters(
    profiles: Mapping[str, Profile],
    links: Iterable[Link],
    together: Iterable[tuple[str, str]],
    apart: Set[tuple[str, str]],
) -> list[list[str]]:
    """Return the identities as sorted lists of keys.

    People's decisions come first and are never overruled. The result depends on what is given, not
    on its order.
    """
    group = {key: [key] for key in profiles}
    for one, other in sorted(together):
        if one in group and other in group and not _decided_apart(group, one, other, apart):
            _join(group, one, other)
    for link in sorted(links, key=lambda link: (-link.score, link.one, link.other)):
        here, there = group[link.one], group[link.other]
        if here is there or _decided_apart(group, link.one, link.other, apart):
            continue
        if not _contradict(profiles, here, there, link):
            _join(group, link.one, link.other)
    distinct = {id(members): members for members in group.values()}
    return sorted(sorted(members) for members in distinct.values())


def _join(group: dict[str, list[str]], one: str, other: str) -> None:
    here, there = group[one], group[other]
    if here is there:
        return
    here += there
    group |= dict.fromkeys(there, here)


def _decided_apart(
    group: Mapping[str, list[str]], one: str, other: str, apart: Set[tuple[str, str]]
) -> bool:
    return bool(apart) and any(pair in apart for pair in product(group[one], group[other]))


def _contradict(
    profiles: Mapping[str, Profile], here: Iterable[str], there: Iterable[str], link: Link
) -> bool:
    # a name of one word may be short for several things: it joins only one of them
    short = any(
        " " not in profiles[key].named.name and profiles[key].named.group not in ("PER", "LOC")
        for key in link[1:]
    )
    names = [_names(profiles[key]) for key in (*here, *there)]
    for one, other in product(here, there):
        a, b = profiles[one], profiles[other]
        why = contradiction(a, b)
        # one of them may say that a person has both names
        if why == OTHER_NAME and any({a.named.name, b.named.name} <= known for known in names):
            why = ""
        full = " " in a.named.name and " " in b.named.name
        if why or (short and full and thing_relation(a, b) == "none"):
            return True
    return False


def _names(profile: Profile) -> frozenset[str]:
    return profile.aliases | {profile.named.name}
