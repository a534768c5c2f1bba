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
    found: dict[int, str] = {}
    free = dict(items)

    def claim(at: int, id: str | None) -> None:
        if id is not None and id in free and at not in found:
            found[at] = id
            del free[id]

    def standing_at(at: int, where: Place) -> str | None:
        layer = judgements[at].layer
        return next(
            (id for id, item in free.items() if layer_of(id) == layer and place(item) == where),
            None,
        )

    living = [at for at, one in enumerate(judgements) if one.item is not None]
    rejected = [at for at, one in enumerate(judgements) if one.item is None]
    for at, one in enumerate(judgements):
        for seen, id in one.ids:
            if seen == version:
                claim(at, id)
    for at in living:
        claim(at, standing_at(at, judgements[at].now))
    for at in (*living, *rejected):
        for where in judgements[at].bases:
            claim(at, standing_at(at, where))
    for at in living:
        one = judgements[at]
        if at in found or one.item is None or one.base is None:
            continue
        if any(seen == version for seen, _ in one.ids):
            continue
        claim(at, _best(free, one.layer, partial(likeness, one.item)))
    return found
