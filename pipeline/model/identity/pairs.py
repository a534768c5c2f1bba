"""Compare two profiles: their properties, contradictions, and a score."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, combinations, product
from math import exp
from typing import Final, NamedTuple, TypeVar

from pipeline.manifest import own_model
from pipeline.model.identity.profiles import (
    COUNTRY,
    KeyParts,
    common_surnames,
    fields,
    heads,
    named,
)
from pipeline.names.bodies import acronyms
from pipeline.names.lists import first_names, nationalities, nicknames
from pipeline.names.persons import ends, person_relation

T = TypeVar("T", str, int)
OTHER_NAME: Final = "other name"
SAME_IDENTIFIER: Final = "identifier/same"
CERTAIN: Final = 60.0
"""Log-odds of two profiles with the same identifier."""
YEAR: Final = 1
"""Two fields of work exclude each other if they are not further apart than this many years."""
LONGEST_ACRONYM: Final = 6
FEW: Final = 3
"""The longest acronyms that are too short to be telling by themselves."""


class Profile(NamedTuple):
    """What all articles say about the entities with one key."""

    key: str
    first: str
    """The day of the first article, of the last one below; "9999" if unknown."""
    last: str
    aliases: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    companions: Mapping[str, frozenset[str]] = {}
    """Names of companions by quarter; empty where they are not loaded."""
    homes: frozenset[str] = frozenset()
    identifiers: frozenset[str] = frozenset()
    known: str = ""
    """Id of a person of the user's own list; ``first`` and ``last`` are that list's dates."""

    @property
    def named(self) -> KeyParts:
        return named(self.key)


def profile_of(facts: Iterable[tuple[str, str]], key: str) -> Profile:
    """Return a profile of facts, as pairs of kind and value."""
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    companions: dict[str, frozenset[str]] = defaultdict(frozenset)
    for kind, value in facts:
        found[kind] |= {value}
        if kind == "companion":
            when, _, name = value.partition(":")
            companions[when] |= {name}
    return Profile(
        key,
        min(found["date"], default="9999"),
        max(found["date"], default="9999"),
        found["alias"],
        found["role"],
        dict(companions),
        found["home"],
        found["identifier"],
    )


class Block(NamedTuple):
    """A key under which profiles are compared."""

    key: str
    side: int
    """0 meets every other 0, 1 meets only 2."""


MEETS: Final = (0, 2, 1)
"""The side of a block that meets each side."""


def blocks(profile: Profile) -> frozenset[Block]:
    """Return the keys under which a profile is compared with others.

    Persons meet by surname and the first letter of a first name or of its variants, other names by
    what is written. A surname with an office meets full names, one without meets those that are in
    the news within a quarter; an acronym meets what it may be short for, and a name what has it as
    its alias.
    """
    return frozenset(_blocks(profile))


def meetings(
    held: Mapping[T, Iterable[Block]], touched: Set[T] | None = None
) -> Iterator[tuple[T, T]]:
    """Yield the pairs of items that share a block, each once, the smaller item first.

    ``touched``: only pairs with one of these.
    """
    sides: dict[str, tuple[list[T], list[T], list[T]]] = {}
    for item in sorted(held):
        for block in held[item]:
            sides.setdefault(block.key, ([], [], []))[block.side].append(item)
    met: set[tuple[T, T]] = set()
    for both, short, long in sides.values():
        for one, other in chain(combinations(both, 2), product(short, long)):
            pair = (one, other) if one < other else (other, one)
            if one != other and (touched is None or one in touched or other in touched):
                met.add(pair)
    yield from sorted(met)


def _blocks(profile: Profile) -> Iterator[Block]:
    key = profile.named
    if key.local:
        near = {when for known in profile.companions for when in neighbours(known)}
        yield from (Block(f"s:{key.name}:{when}", 1) for when in near)
        return
    yield Block(f"n:{key.name}", 0)
    yield Block(f"n:{key.name}", 1)
    yield from (Block(f"i:{one}", 0) for one in telling(profile))
    yield from (Block(f"n:{alias}", 2) for alias in profile.aliases)
    if key.group == "PER":
        for name in (key.name, *profile.aliases):
            yield from _person_blocks(name, profile.companions)
    elif key.group not in ("LOC", "NORP"):
        words = key.name.split()
        for at in range(1, len(words) - 1):
            if " ".join(words[:at]) in nationalities():
                yield Block(f"c:{' '.join(words[at:])}", 2)
        if len(words) > 1:
            yield Block(f"c:{key.name}", 1)
            yield from (Block(f"a:{acronym}", 2) for acronym in _acronyms(key.name))
        elif len(key.name) <= LONGEST_ACRONYM:
            yield Block(f"a:{key.name.replace('&', '')}", 1)


def _person_blocks(name: str, quarters: Iterable[str]) -> Iterator[Block]:
    last = ends(name)[1]
    yield from (Block(f"s:{last}:{when}", 2) for when in quarters)
    if " " not in name:
        yield Block(f"o:{name}", 1)
        return
    yield Block(f"o:{last}", 2)
    first = ends(name)[0]
    for number in nicknames().get(first, frozenset()):
        yield Block(f"p:{last}:{number}", 0)
    yield Block(f"p:{last}:{first[0]}", 0)
    *before, _ = name.split()
    if len(before) > 1:  # one of two surnames may be left out
        yield Block(f"p:{before[-1]}:{first[0]}", 0)


def surnames(profile: Profile) -> set[str]:
    """Return the surnames by which articles may call a person."""
    return {ends(name)[1] for name in (profile.named.name, *profile.aliases)}


def telling(profile: Profile) -> set[str]:
    """Return the identifiers that tell who or what it is."""
    return {one for one in profile.identifiers if not one.startswith(f"{COUNTRY}=")}


def contradiction(one: Profile, other: Profile) -> str:
    """Return why two profiles cannot be the same one, or nothing."""
    a, b = one.named, other.named
    if one.known and other.known:
        return "two known ones"
    if telling(one) & telling(other):
        return ""
    if (a.group == "PER") != (b.group == "PER"):
        return "a person and something else"
    if _differing(one.identifiers, other.identifiers):
        return "other identifier"
    if a.group != "PER":
        if a.place and b.place and a.place != b.place:
            return "other country"
        return ""
    if a.gender and b.gender and a.gender != b.gender:
        return "other gender"
    exclusive = frozenset((a.field, b.field)) in fields().apart
    if exclusive and (a.local or b.local or _near(one, other)):
        return "other field of work at the same time"
    return OTHER_NAME if _apart(one, other) else ""


def _apart(one: Profile, other: Profile) -> bool:
    if person_relation(one.named.name, other.named.name) != "apart":
        return False
    names, names_ = {one.named.name, *one.aliases}, {other.named.name, *other.aliases}
    return not any(person_relation(x, y) != "apart" for x in names for y in names_)


def _differing(one: Set[str], other: Set[str]) -> bool:
    systems = dict(found.split("=", 1) for found in one)
    return any(
        systems.get(system, value) != value
        for system, value in (found.split("=", 1) for found in other)
    )


def _near(one: Profile, other: Profile) -> bool:
    if "9999" in (one.first, other.first):
        return True
    first, last = int(one.first[:4]) - YEAR, int(one.last[:4]) + YEAR
    return int(other.first[:4]) <= last and int(other.last[:4]) >= first


def properties(one: Profile, other: Profile) -> tuple[str, ...]:
    """Return what the scorer weighs about two profiles that do not contradict each other."""
    if telling(one) & telling(other):
        return (SAME_IDENTIFIER,)
    if one.named.group == "PER":
        return tuple(_of_persons(one, other))
    return tuple(_of_things(one, other))


def _of_persons(one: Profile, other: Profile) -> Iterator[str]:
    a, b = one.named, other.named
    relation = person_relation(a.name, b.name)
    if relation == "apart" or a.bare or b.bare:
        names = ({a.name, *one.aliases} & {b.name, *other.aliases}) - {a.name if a.bare else ""}
        relation = "alias" if any(" " in name for name in names) else relation
    if a.bare and a.name == b.name:
        relation = "both-bare"
    if relation == "apart":
        relation = "variant"
    bare = a.bare or b.bare
    local = a.local or b.local
    yield f"name/{relation}" if bare else f"name/{relation}/{_commonness(a.name)}"
    yield f"gender/{'agrees' if a.gender and a.gender == b.gender else 'open'}"
    yield f"field/{_comparison(a.field, b.field)}"
    if one.known or other.known:  # a list has neither companions nor the country of an article
        yield f"role/{_roles(one.roles, other.roles)}"
        return
    yield f"companions/{_companions(one, other)}"
    if local:  # what else the articles say may change without a companion near in time
        return
    yield f"role/{_roles(one.roles, other.roles)}"
    yield f"home/{_overlap(one.homes, other.homes)}"
    if (a.bare and a.place) or (b.bare and b.place):
        office = a.place or b.place
        held = {head for role in (*one.roles, *other.roles) for head in heads(role)}
        both = office in (a.place, b.place) and (
            a.place == b.place or _holds(other if a.bare and a.place else one, office)
        )
        yield f"office/{'same' if both else 'other' if held else 'open'}"


def _holds(profile: Profile, office: str) -> bool:
    return any(office in heads(role) for role in profile.roles)


def _comparison(one: str, other: str) -> str:
    if not one or not other:
        return "open"
    return "same" if one == other else "differs"


def _overlap(one: Set[str], other: Set[str]) -> str:
    if not one or not other:
        return "open"
    return "same" if one & other else "differs"


def _roles(one: Set[str], other: Set[str]) -> str:
    if one & other:
        return "same"
    if not one or not other:
        return "open"
    held = {head for role in one for head in heads(role)}
    held_ = {head for role in other for head in heads(role)}
    if held & held_:
        return "alike"
    works, works_ = ({fields().nouns.get(head) for head in some} for some in (held, held_))
    # two nouns for one trade, such as footballer and striker
    alike = (works & works_) - {None}
    return "differs" if held and held_ and not alike else "open"


def _companions(one: Profile, other: Profile) -> str:
    shared = companions(one, other)
    return "some" if len(shared) > 1 else "one" if shared else "none"


def companions(one: Profile, other: Profile) -> set[str]:
    """Return the names that both have as companions within a quarter or the next one."""
    found: set[str] = set()
    few, many = sorted((one, other), key=lambda profile: len(profile.companions))
    for when, names in few.companions.items():
        for near in neighbours(when):
            if near in many.companions:
                found |= names & many.companions[near]
    return found - {one.named.name, other.named.name}


@lru_cache(1 << 12)
def neighbours(when: str) -> tuple[str, ...]:
    """Return a quarter with the one before and the one after it.

    >>> neighbours("2025-1")
    ('2024-4', '2025-1', '2025-2')
    """
    if "-" not in when:
        return (when,)
    number = int(when[:4]) * 4 + int(when[5]) - 1
    return tuple(f"{one // 4:04}-{one % 4 + 1}" for one in (number - 1, number, number + 1))


@lru_cache(1 << 16)
def _commonness(name: str) -> str:
    first, last = ends(name)
    common = (first in first_names()) + (last in common_surnames())
    return ("rare", "half", "common")[common]


def _of_things(one: Profile, other: Profile) -> Iterator[str]:
    a, b = one.named, other.named
    relation = thing_relation(one, other)
    yield f"thing/{relation}"
    if a.group != b.group:
        yield f"label/{'people' if 'NORP' in (a.group, b.group) else 'differs'}"
        if " " not in a.name:
            yield "label/differs-single"
    if a.unexplained or b.unexplained:
        yield "country/open"


def thing_relation(one: Profile, other: Profile) -> str:
    """Return how the names of two entities that are no persons relate."""
    a, b = one.named.name, other.named.name
    if a == b:
        return "equal"
    if a in other.aliases or b in one.aliases:
        code = any(letter.isdigit() for letter in min(a, b, key=len))
        return "alias-acronym" if _acronym(a, b) else "alias-code" if code else "alias"
    if _acronym(a, b):
        return "acronym" if min(len(a), len(b)) > FEW else "acronym-short"
    short, long = sorted((a, b), key=len)
    if long.endswith(f" {short}") and long.removesuffix(f" {short}") in nationalities():
        return "with-country"
    return "none"


def _acronym(one: str, other: str) -> bool:
    return one.replace("&", "") in _acronyms(other) or other.replace("&", "") in _acronyms(one)


@lru_cache(1 << 16)
def _acronyms(name: str) -> frozenset[str]:
    found = acronyms(name.split())
    return frozenset(one for one in found if 1 < len(one) <= LONGEST_ACRONYM)


MODEL = "identity"
FILE_NAME = "weights.toml"


@dataclass(frozen=True, slots=True)
class PairScorer:
    """A logistic regression over ``pairs.properties``."""

    weights: Mapping[str, float]
    same: float
    """From this probability on, two profiles are the same one."""
    review: float
    """From this probability on, a person should look."""

    def probability(self, one: Profile, other: Profile, more: float = 0.0) -> float:
        """Return the probability that two profiles are the same one, to four decimals.

        ``more`` is added to the weights.
        """
        total = self.log_odds(one, other) + more
        return round(1 / (1 + exp(-max(-60.0, min(60.0, total)))), 4)

    def log_odds(self, one: Profile, other: Profile) -> float:
        """Return the sum of the weights of what two profiles have in common."""
        held = properties(one, other)
        return CERTAIN if SAME_IDENTIFIER in held else sum(self.weights.get(n, 0.0) for n in held)


@cache
def scorer() -> PairScorer:
    """Return the shipped scorer; raises ``ModelChanged`` or ``ManifestUnreadable``."""
    _, folder = own_model(MODEL)
    table = tomllib.loads((folder / FILE_NAME).read_text("utf-8"))
    return PairScorer(table["weights"], float(table["same"]), float(table["review"]))
