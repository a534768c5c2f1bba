"""What holds of each item once everything that was said of it is read: the last word counts.

Corrections of one article may have been made of several extractions of it, which number their items
differently. An item is known by version and id, and from one version to another by its place.
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
    """All that was said of one item, in order, since it was last withdrawn."""

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
        """The item as it was found; None if a person added it."""
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
        """Yield version and id under which it was spoken of."""
        for one in self.history:
            if one.item is not None:
                yield one.version, one.item

    @property
    def bases(self) -> Iterator[Place]:
        """Yield where each version that was corrected had it."""
        seen = set()
        for one in self.history:
            if one.version not in seen and one.before is not None:
                yield place(one.before)
            seen.add(one.version)

    @property
    def now(self) -> Place:
        """Where it stands, or stood before it was rejected."""
        item = self.last.after or self.last.before
        return place(item) if item is not None else ()


class Standing(NamedTuple):
    """What holds of an article."""

    judgements: tuple[Judgement, ...]
    """In the order of their last words."""
    said: tuple[Correction, ...]
    """All that judgements consist of, in the order in which it was said."""
    complete: frozenset[Layer]
    """Layers in which nothing is missing."""
    idle: tuple[Correction, ...]
    """Those that took back what nobody had said."""
    withdrawn: tuple[Judgement, ...]
    """What was taken back: other items may be said to refer to it as it stood meanwhile."""


def standing(corrections: Sequence[Correction]) -> Standing:
    """Return what holds after corrections of one text, in the order in which they were said."""
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
    """Tell whether a correction is of an item of which something was said before."""
    if one.layer != judged.layer or one.item is None:
        return False
    if (one.version, one.item) in judged.ids:
        return True
    item = one.before or one.after
    if item is None or place(item) != judged.now:
        return False
    if one.action == "add":  # two persons miss the same
        return judged.item is not None
    return all(version != one.version for version, _ in judged.ids)


def likeness(one: Reviewed, other: Reviewed) -> float:
    """Return how much of their places two items of a layer have in common, from 0 to 1."""
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
    """Return what tells an item from others: of an attribution, its content."""
    if isinstance(item, Attribution) and item.content is not None:
        return tuple((span.start, span.end) for span in item.content.spans)
    return place(item)


def added_id_of(judged: Judgement) -> str | None:
    """Return the id that a person's own item got when it was added."""
    return next((id for _, id in judged.ids if is_added(id)), None)
