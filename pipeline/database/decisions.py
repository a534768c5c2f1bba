"""What people decided about identities: an append-only list of actions, and its effect."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import pairwise, product
from typing import Any, Final, NamedTuple

from pipeline.database.access import Store
from pipeline.database.facts import parsed
from pipeline.reader.identity.profiles import SPLIT, named
from pipeline.writers.layout import IDENTITY_TABLE

Pair = tuple[str, str]
COLUMNS: Final = ("number", "action", "made_at", "made_by", "reason", "content")


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
    found = store.rows(f"SELECT {', '.join(COLUMNS)} FROM identity_actions ORDER BY number")
    return [Action._make((*row[:5], parsed(row[5]))) for row in found]


def record(store: Store, action: Action) -> None:
    """Add an action."""
    row = (*action[:5], json.dumps(action.content, ensure_ascii=False))
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
