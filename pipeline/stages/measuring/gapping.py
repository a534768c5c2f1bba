"""Read whose a figure is where the verb is left out: "Japan gave $5m, the EU €3m and Peru $1m"."""

from __future__ import annotations

import re

from pipeline.stages.annotations import Bounds, Figure
from pipeline.stages.measuring.levels import name_run
from pipeline.stages.measuring.sites import Site
from pipeline.stages.syntax import NAME_TAGS

JOINT = re.compile(r"[,;]?(?: (?:and|while|but|to|against))?(?: the)? ")
POSSESSIVE = frozenset(("'s", "’s"))


def gapped(low: str, figure: Figure, place: Site, before: Figure) -> Figure | None:
    """Return a figure with the name right before it as its holder, if no verb tells it otherwise.

    What the one before it measures it measures too, or the name where that one's name is measured.
    """
    if before.holder is None or before.holder[0] > before.start:
        return None
    name = _name_before(place)
    behind = before.end
    if before.measures is not None and 0 <= before.measures[0] - before.end <= 1:
        behind = before.measures[1]  # "17 shots to Ghana's five"
    if name is None or JOINT.fullmatch(low, behind, name[0]) is None:
        return None
    own = figure.measures is not None and figure.measures[0] >= figure.end
    shared = name if before.measures == before.holder else before.measures
    return figure._replace(holder=name, measures=figure.measures if own else shared)


def _name_before(place: Site) -> Bounds | None:
    """Return the bounds of the name that ends right before a figure."""
    last = place.before
    if last is not None and last.text in POSSESSIVE and last.i:
        last = last.nbor(-1)
    return None if last is None or last.tag_ not in NAME_TAGS else name_run(last)
