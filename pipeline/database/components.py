"""Connected components."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

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
