"""Tell percentage points from the points of a game: "63 percent, down 4 points", "leads by 9"."""

from __future__ import annotations

import re

from pipeline.stages.annotations import Figure

POINTS = re.compile(r"[ -]points?\b")
REACH = 120
"""Characters between a share and the points that it moves by, at most."""
AROUND = 200
POLLED = re.compile(
    r"\b(?:poll(?:s|ed|ing|ster)?|voters?|surveys?|electorate|turnout|primar(?:y|ies)"
    r"|caucus(?:es)?|approval|respondents?|electoral|politics)\b"
)
LEADS = re.compile(r"\bby (?:[a-z]+ ){0,3}\Z|\b(?:within|up|down|ahead) \Z")
"""Before the points that somebody leads, trails or wins by."""
TO_SHARE = re.compile(r" to \d[\d.,]*[ ]?(?:%|per ?cent\b)")
GAPS = re.compile(
    r"[ -]points? (lead|edge|margin|advantage|gap|deficit|swing|win|victory|loss|defeat)\b"
)
ELSEWHERE = re.compile(
    r"\b(?:games?|season|scored?|coach|quarter(?:back|s)?|rebounds?|half-?time"
    r"|dow|nasdaq|ftse|dax|nikkei|s&p|index(?:es)?|stocks?|shares|futures|bonds?)\b"
)
"""Words of games and markets, whose points are others."""


def lead_to_share(low: str, end: int) -> bool:
    """Tell whether points that end here lead to a share: "slipped 2 points to 29 percent"."""
    return TO_SHARE.match(low, end) is not None


def in_percentage_points(low: str, figure: Figure, before: Figure | None) -> Figure:
    """Return a count of points as percentage points, if a share or a poll is spoken of.

    ``low`` is the text in lower case, ``before`` the figure before.
    """
    behind = POINTS.match(low, figure.end)
    if behind is None or figure.kind != "count":
        return figure
    moved = before is not None and _moves(low, figure, before)
    if not moved and not _is_polled(low, figure):
        return figure
    word = behind[0].strip(" -")
    own = figure.measures is not None and low[slice(*figure.measures)] != word
    same = before if moved else None
    gap = GAPS.match(low, figure.end)
    measures = figure.measures if own else gap.span(1) if gap else same and same.measures
    holder = figure.holder or (same and same.holder)
    return figure._replace(
        end=behind.end(),
        kind="points",
        unit="pp",
        unit_text=word,
        measures=measures,
        holder=holder,
    )


def _moves(low: str, figure: Figure, before: Figure) -> bool:
    share = before.unit == "pp" or (before.unit == "%" and figure.change is not None)
    gap = low[before.end : figure.start]
    return share and len(gap) <= REACH and "\n" not in gap


def _is_polled(low: str, figure: Figure) -> bool:
    """Tell "voters back her by 19 points" and "a 4-point edge in the poll"."""
    leads = LEADS.search(low, max(0, figure.start - AROUND), figure.start)
    leads = leads or GAPS.match(low, figure.end)
    return leads is not None and is_of_poll(low, figure.start, figure.end)


def is_of_poll(low: str, start: int, end: int) -> bool:
    """Tell whether polls or votes are spoken of around a place, and no game or market."""
    start, end = max(0, start - AROUND), end + AROUND
    return POLLED.search(low, start, end) is not None and ELSEWHERE.search(low, start, end) is None
