"""The current decision on each item, from all corrections of an article: the last one counts.

Corrections of one article may come from several extractions of it, which number their items
differently. An item is identified by version and id, and across versions by its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from pipeline.records.corrections import (
    Bounds,
    Correction,
    Layer,
    Reviewed,
    is_added,
    place,
)
from pipeline.records.schema import Attribution, Entity

Verdict = Literal["accepted", "mended", "added", "rejected"]
Place = tuple[Bounds, ...]


class Judgement(NamedTuple):
    """All decisions on one item, in order, since the last one was withdrawn."""

    history: tuple[Correction, ...]

    @property
    def last(self) -> Correction:
        return self.history[-1]

    @property
    def layer(self) -> Layer:
        return self.last.layer

    @property
    def item(self) -> Reviewed | None:
        """The item as it should be; None if there is no such item."""
        return self.last.after

    @property
    def base(self) -> Reviewed | None:
        """The item as it was extracted; None if a reviewer added it."""
        return self.history[0].before

    @property
    def verdict(self) -> Verdict:
        if self.item is None:
            return "rejected"
        if self.base is None:
            return "added"
        mended = any(one.action == "mend" for one in self.history) and self.item != self.base
        return "mended" if mended else "accepted"

    @property
    def ids(self) -> Iterator[tuple[str, str]]:
        """Yield each version and id of the item in its decisions."""
        for one in self.history:
            if one.item is not None:
                yield one.version, one.item

    @property
    def bases(self) -> Iterator[Place]:
        """Yield the place of the item in each version that was corrected."""
        seen = set()
        for one in self.history:
            if one.version not in seen and one.before is not None:
                yield place(one.before)
            seen.add(one.version)

    @property
    def now(self) -> Place:
        """The place of the item, for a rejected one before it was rejected."""
        item = self.last.after or self.last.before
        return place(item) if item is not None else ()


class Standing(NamedTuple):
    """The current decisions on an article."""

    judgements: tuple[Judgement, ...]
    """In the order of their last corrections."""
    said: tuple[Correction, ...]
    """The corrections of all judgements, in their original order."""
    complete: frozenset[Layer]
    """Layers in which nothing is missing."""
    idle: tuple[Correction, ...]
    """Corrections that withdraw a decision that does not exist."""
    withdrawn: tuple[Judgement, ...]
    """Withdrawn decisions: other items may refer to their items as they were in between."""


def standing(corrections: Sequence[Correction]) -> Standing:
    """Return the current decisions after the corrections of one text, given in order."""
    held: list[Judgement] = []
    withdrawn: list[Judgement] = []
    complete: set[Layer] = set()
    idle = []
    for one in corrections:
        if one.action == "complete":
            complete.add(one.layer)
        elif one.item is None:
            if one.layer not in complete:
                idle.append(one)
            complete.discard(one.layer)
        else:
            known = next((judged for judged in held if _is_of(one, judged)), None)
            if known is not None:
                held.remove(known)
            if one.action != "withdraw":
                held.append(Judgement((*(known.history if known else ()), one)))
            elif known is None:
                idle.append(one)
            else:
                withdrawn.append(known)
    order = {id(one): at for at, one in enumerate(corrections)}
    said = sorted((one for judged in held for one in judged.history), key=lambda o: order[id(o)])
    return Standing(tuple(held), tuple(said), frozenset(complete), tuple(idle), tuple(withdrawn))


def _is_of(one: Correction, judged: Judgement) -> bool:
    """Return whether a correction is of the item of an earlier judgement."""
    if one.layer != judged.layer or one.item is None:
        return False
    if (one.version, one.item) in judged.ids:
        return True
    item = one.before or one.after
    if item is None or place(item) != judged.now:
        return False
    if one.action == "add":  # two reviewers add the same item
        return judged.item is not None
    return all(version != one.version for version, _ in judged.ids)


def likeness(one: Reviewed, other: Reviewed) -> float:
    """Return how much the places of two items of a layer overlap, from 0 to 1."""
    if isinstance(one, Entity) and isinstance(other, Entity):
        ours, theirs = set(place(one)), set(place(other))
        return len(ours & theirs) / min(len(ours), len(theirs))
    return overlap(_core(one), _core(other))


def overlap(one: Place, other: Place) -> float:
    """Return intersection over union of the characters of two places.

    >>> overlap(((0, 4),), ((2, 6),))
    0.3333333333333333
    """
    ours, theirs = ({at for a, b in spans for at in range(a, b)} for spans in (one, other))
    union = ours | theirs
    return len(ours & theirs) / len(union) if union else 0.0


def _core(item: Reviewed) -> Place:
    """Return the place that distinguishes an item from others: for an attribution, its content."""
    if isinstance(item, Attribution) and item.content is not None:
        return tuple((span.start, span.end) for span in item.content.spans)
    return place(item)


def added_id_of(judged: Judgement) -> str | None:
    """Return the id that an item added by a reviewer got, or None for other items."""
    return next((id for _, id in judged.ids if is_added(id)), None)
