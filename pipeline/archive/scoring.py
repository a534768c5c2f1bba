"""Find the profiles that may be the same one, and score them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pipeline.archive import facts
from pipeline.archive.access import Store
from pipeline.model.identity.pairs import (
    MEETS,
    PairScorer,
    Profile,
    blocks,
    companions,
    contradiction,
    properties,
    scorer,
)
from pipeline.output.layout import IDENTITY_TABLE, WRITE_JSON

if TYPE_CHECKING:
    pass

BLOCKS: Final = IDENTITY_TABLE["identity_blocks"]
SHOWN: Final = 5
"""Shared names and roles that the evidence lists."""


class Asked(NamedTuple):
    """What to compare."""

    store: Store
    load: Callable[[Iterable[str]], Mapping[str, Profile]]
    """Returns profiles with the quarters, but not the names, of their companions; those that no
    longer exist are missing."""
    fresh: Set[str]
    """Profiles to compare with all those that share a block."""
    again: Set[tuple[str, str]]
    """Other pairs, in which companions changed, the smaller key first."""
    local: Set[str]
    """Surnames alone, to compare with full names."""

    def wanted(self) -> set[tuple[str, int, str]]:
        """Return the blocks in which profiles are compared: key, side and profile.

        Full names are found by surnames, and not the other way round.
        """
        profiles = self.load(self.fresh | self.local)
        return {
            (*block, key)
            for key in (self.fresh | self.local) & profiles.keys()
            for block in blocks(profiles[key])
            if block.side != 2 or not block.key.startswith("s:")
        }


class Scored(NamedTuple):
    """Two profiles that do not contradict each other.

    Either the smaller key is first, and a person should at least look at the pair, or it is open;
    or a surname alone is first, and has companions in common with the full name.
    """

    one: str
    other: str
    score: float
    evidence: str
    open: bool = False
    """Whether companions may change the verdict."""


Scores = Callable[[Asked], Iterable[Scored]]


def scores(asked: Asked) -> Iterator[Scored]:
    """Yield the scores of pairs."""
    model = scorer()
    met = _meetings(asked) | asked.again
    profiles = asked.load({key for pair in met for key in pair})
    rest: list[tuple[str, str]] = []
    for one, other in sorted(met):
        a, b = profiles[one], profiles[other]
        if contradiction(a, b):
            continue
        if one not in asked.local and settled(model, a, b):
            yield from scored(model, a, b)
        else:
            rest.append((one, other))
    held = facts.companions(asked.store, facts.near(profiles, rest))
    full = {
        key: profiles[key]._replace(companions=held.get(key, {})) for pair in rest for key in pair
    }
    for one, other in rest:
        alone = one in asked.local
        yield from scored(model, full[one], full[other], alone=alone, unsettled=not alone)


def settled(model: PairScorer, one: Profile, other: Profile) -> bool:
    """Return whether companions, which the profiles lack, cannot change the verdict."""
    if one.named.group != "PER":
        return True
    weights = model.weights
    span = [weights.get(f"companions/{n}", 0.0) for n in ("none", "one", "some")]
    least = model.probability(one, other)
    most = model.probability(one, other, more=max(span) - weights["companions/none"])
    return least >= model.same or most < model.review


def scored(
    model: PairScorer, one: Profile, other: Profile, *, alone: bool = False, unsettled: bool = False
) -> Iterator[Scored]:
    """Yield the score of a pair if it counts; ``alone``: the first one is a surname alone."""
    if alone and not companions(one, other):
        return
    score = model.probability(one, other)
    if alone or unsettled or score >= model.review:
        yield Scored(one.key, other.key, score, evidence(one, other), unsettled)


def _meetings(asked: Asked) -> set[tuple[str, str]]:
    """Return the pairs that share a block: surnames alone first, otherwise the smaller key."""
    wanted = ((key, MEETS[side], profile) for key, side, profile in asked.wanted())
    with asked.store.keys(wanted, BLOCKS.columns) as keys:
        found = asked.store.rows(
            f"SELECT DISTINCT k.profile, b.profile FROM {keys} k JOIN identity_blocks b"
            " ON b.block = k.block AND b.side = k.side AND b.profile <> k.profile"
        )
    return {
        (one, other) if one in asked.local or one < other else (other, one) for one, other in found
    }


def evidence(one: Profile, other: Profile) -> str:
    """Return as JSON what two profiles have in common."""
    shared = {
        "names": sorted({one.named.name, *one.aliases} & {other.named.name, *other.aliases}),
        # those of articles far in time would have to be compared anew every night
        "roles": [] if one.named.local or other.named.local else sorted(one.roles & other.roles),
        "companions": sorted(companions(one, other)),
    }
    found: dict[str, Any] = {"profiles": [one.key, other.key]}
    found |= {kind: names[:SHOWN] for kind, names in shared.items() if names}
    return WRITE_JSON(found | {"properties": list(properties(one, other))})
