"""Find the items of a record that corrections are about, also corrections of another extraction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from pipeline.records.corrections import Referred, Reviewed, layer_of, place
from pipeline.records.schema import Entity
from pipeline.records.standing import Judgement, Place, likeness, overlap

SAME = 0.5
"""Items of two extractions are the same if their places overlap by at least this share."""


def nearest(told: Referred, items: Mapping[str, Reviewed]) -> str | None:
    """Return the item that a correction refers to, or None if no item of the layer is similar."""
    return _best(items, layer_of(told.id), lambda item: _nearness(told, item))


def unjudged(one: Judgement, items: Mapping[str, Reviewed]) -> str | None:
    """Return the item of a withdrawn judgement."""
    base = one.base
    return None if base is None else _best(items, one.layer, partial(likeness, base))


def _best(
    items: Mapping[str, Reviewed], layer: str | None, like: Callable[[Reviewed], float]
) -> str | None:
    near = {id: like(item) for id, item in items.items() if layer_of(id) == layer}
    best = max(near, key=near.__getitem__, default=None)
    return best if best is not None and near[best] >= SAME else None


def _nearness(told: Referred, item: Reviewed) -> float:
    """Return how similar an item is to the one in a correction, from 0 to 1; 2 means identical."""
    if told.spans == place(item):
        return 2
    if isinstance(item, Entity):
        shared = set(told.spans) & set(place(item))
        part = len(shared) / min(len(told.spans), len(item.mentions))
        return max(part, SAME if item.name == told.name else 0.0)
    return overlap(told.spans, place(item))


def matched(
    judgements: Sequence[Judgement], items: Mapping[str, Reviewed], version: str
) -> dict[int, str]:
    """Return the item of a record that each judgement is about, one to one.

    Items are matched by id in the version that was reviewed, otherwise by the place of the
    corrected item or of the original one. An item that was not rejected also matches an item that
    overlaps with it.
    """
    claims = _Claims(judgements, items)
    living = [at for at, one in enumerate(judgements) if one.item is not None]
    rejected = [at for at, one in enumerate(judgements) if one.item is None]
    for at, one in enumerate(judgements):
        for seen, id in one.ids:
            if seen == version:
                claims.claim(at, id)
    for at in living:
        claims.at_place(at, judgements[at].now)
    for at in (*living, *rejected):
        for where in judgements[at].bases:
            claims.at_place(at, where)
    for at in living:
        if all(seen != version for seen, _ in judgements[at].ids):
            claims.alike(at)
    return claims.found


class _Claims:
    """The items that judgements have found so far, and those that are free."""

    def __init__(self, judgements: Sequence[Judgement], items: Mapping[str, Reviewed]) -> None:
        self.judgements = judgements
        self.free = dict(items)
        self.found: dict[int, str] = {}

    def claim(self, at: int, id: str | None) -> None:
        """Give an item to a judgement, if it is free and the judgement has none."""
        if id is not None and id in self.free and at not in self.found:
            self.found[at] = id
            del self.free[id]

    def at_place(self, at: int, where: Place) -> None:
        """Claim the item at a place."""
        layer = self.judgements[at].layer
        alike = (i for i, one in self.free.items() if layer_of(i) == layer and place(one) == where)
        self.claim(at, next(alike, None))

    def alike(self, at: int) -> None:
        """Claim the item that is most like the corrected one."""
        one = self.judgements[at]
        if at not in self.found and one.item is not None and one.base is not None:
            self.claim(at, _best(self.free, one.layer, partial(likeness, one.item)))
