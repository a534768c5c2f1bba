"""What a figure leaves to the one before it to say: "12 homes, up from 9", "$2m, or 5%"."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from spacy.tokens import Token

from pipeline.stages.annotations import Figure
from pipeline.stages.measuring.counted import counted_noun, noun_ahead, of_noun
from pipeline.stages.measuring.gapping import gapped
from pipeline.stages.measuring.havers import is_distance
from pipeline.stages.measuring.holders import ITS, holder_behind, owner_words
from pipeline.stages.measuring.levels import INDEX_ANYHOW
from pipeline.stages.measuring.sites import Site
from pipeline.stages.syntax import NAME_TAGS, SUBJECTS, VERB_TAGS

REACH = 120
"""Characters between two figures that belong together, at most."""
AMOUNTS = frozenset(("money", "percent", "points", "quantity", "ratio", "multiple"))
RESTATES = re.compile(
    r",? ?\( ?|,? or ?|,? (?:or )?the equivalent of ?|(?: (?:of|in) [^,.;()]{2,40}), or ?"
)
MOVED_FROM = re.compile(r", (?:up|down)(?: sharply| slightly)? from \Z")
MOVES = re.compile(r",? (?:up|down|off) ?")
ENDS = re.compile(r"[^.;:!?\n]{0,30}\bto ")
"""Between what something changed by and where it ended: "fell 18% last year to 203"."""
SENTENCE_END = re.compile(r"[.!?;][\s\"”’)]")
AGED_ALIKE = re.compile(r"(?:,? (?:and|or|to)|,) ")
OF_WHICH = re.compile(r"\bof (?:the |its |their |all )?\Z")
COMPARED = re.compile(
    r"\b(?:compared (?:with|to)|against|versus|as opposed to)\s(?:just\s|only\s|a mere\s)?\Z"
)
COMPARES = re.compile(
    r"\b(?:and|from|to|against|with|than|including|up|down|while|but|or|of|another)\b"
)


JOINS = re.compile(r"\b(?:and|or|to|from|against|versus|than|with|plus)\s\Z")
FINITE = frozenset(("VBD", "VBZ", "VBP", "MD"))
THEM = frozenset(("them", "which", "whom", "those"))


class Pair(NamedTuple):
    """A figure with the one before it, and what stands between them."""

    low: str
    """The text in lower case."""
    figure: Figure
    place: Site
    before: Figure
    gap: str
    """What stands between them, in lower case, without the figure's hedge."""
    counted: Token | None
    """The noun that the figure counts."""

    @property
    def alike(self) -> bool:
        """Whether both are of one kind and unit."""
        return (self.figure.kind, self.figure.unit) == (self.before.kind, self.before.unit)


def with_before(low: str, figure: Figure, place: Site, before: Figure | None, lead: int) -> Figure:
    """Return a figure with what the one before it says for both.

    "500 miles (800 km)", "17 points, or 0.2%" say the same twice; "at 9,300, up 40 points" is of
    the same index; "12 homes, up from 9" leaves the noun out. ``low`` is the text in lower case,
    ``lead`` the offset where the figure's hedge starts.
    """
    if before is None or figure.start - before.end > REACH or figure.kind in ("ordinal", "age"):
        return figure
    gap = low[before.end : max(lead, before.end)]
    counted = counted_noun(place) if figure.kind == "count" else None
    pair = Pair(low, figure, place, before, gap, counted)
    readings = ACROSS if "\n" in gap or SENTENCE_END.search(gap) else (*ACROSS, *WITHIN)
    return next((found for read in readings if (found := read(pair)) is not None), figure)


def _to_from(pair: Pair) -> Figure | None:
    """Read "from 21 mpg combined to 23"."""
    figure, before = pair.figure, pair.before
    if figure.change_role != "to" or figure.change is not None or before.change_role != "from":
        return None
    return figure._replace(change=before.change, measures=before.measures, holder=before.holder)


def _gapped(pair: Pair) -> Figure | None:
    return gapped(pair.low, pair.figure, pair.place, pair.before)


def _end_of_change(pair: Pair) -> Figure | None:
    """Read "fell 18% to 203", "9 points to 2,660", "at 9,300, up 40 points"."""
    figure, before, gap = pair.figure, pair.before, pair.gap
    ends = before.change_role == "delta" and (
        gap.strip() == "to" or (figure.change_role == "to" and ENDS.fullmatch(gap) is not None)
    )
    moved = MOVED_FROM.search(gap) is not None and pair.alike
    if pair.counted is not None or not (ends or moved or MOVES.fullmatch(gap)):
        return None
    if ends and figure.kind == "count" and _is_of_index(pair.low, before):
        figure = figure._replace(kind="points", unit="{point}")
    if ends and figure.change_role is None:
        figure = figure._replace(change=before.change, change_role="to")
    return figure._replace(measures=before.measures, holder=before.holder)


def _said_again(pair: Pair) -> Figure | None:
    """Read "500 miles (800 km)", "17 points, or 0.2%", "$1.9 billion, or $1.21 a share"."""
    figure, before = pair.figure, pair.before
    if RESTATES.fullmatch(pair.gap) is None or (pair.alike and figure.per == before.per):
        return None
    if pair.low.startswith((" of ", " for "), figure.end):
        return None
    return figure._replace(
        bound=figure.bound or (before.bound if "(" in pair.gap else None),
        change=before.change if before.change_role else figure.change,
        change_role=before.change_role or figure.change_role,
        measures=before.measures,
        holder=before.holder,
    )


def _of_them(pair: Pair) -> Figure | None:
    """Read "12 ships, four of which sank"."""
    figure, before, counted = pair.figure, pair.before, pair.counted
    if counted is None or counted.lower_ not in THEM or figure.measures is not None:
        return None
    if before.kind != "count" or "\n" in pair.gap:
        return None
    return figure._replace(measures=before.measures, unit_text=before.unit_text)


def _unit_left_out(pair: Pair) -> Figure | None:
    """Read "$3 million in 2019 and 4 million in 2020", "Lee at 25 percent and Ray at 14"."""
    figure, before = pair.figure, pair.before
    if figure.kind != "count" or pair.counted is not None or before.kind not in AMOUNTS:
        return None
    name = _name_before(pair.place)
    if name is None and not _goes_on(pair.gap):
        return None
    if not _is_of_like_size(figure, before, pair.place):
        return None
    return figure._replace(
        kind=before.kind,
        unit=before.unit,
        unit_assumed=before.unit_assumed,
        measures=before.measures,
        holder=before.holder if name is None else owner_words(name),
    )


def _noun_left_out(pair: Pair) -> Figure | None:
    """Read "12 homes, up from 9", "18 votes for Lee and 16 for Ray"."""
    figure, before, place = pair.figure, pair.before, pair.place
    if figure.kind != "count" or before.kind != "count" or pair.counted is not None:
        return None
    own = figure.measures is not None and figure.measures[0] >= figure.end
    if own or before.measures is None or not _alike(figure.value, before.value):
        return None
    shared = place.behind is not None and place.behind.lower_ == "for" and "for" in pair.gap.split()
    if place.top.dep_ in SUBJECTS:
        whole = OF_WHICH.search(pair.low, max(0, before.start - 12), before.start)
        shared = shared or whole is not None
    if not shared and COMPARES.search(pair.gap) is None:
        return None
    return figure._replace(
        measures=before.measures,
        unit_text=before.unit_text,
        holder=holder_behind(place) or before.holder,
    )


def _compared(pair: Pair) -> Figure | None:
    """Read "73 percent said so, compared to 24 percent who did not"."""
    place = pair.place
    if pair.figure.kind == pair.before.kind == "count" or not pair.alike:
        return None
    if COMPARED.search(pair.gap) is None:
        return None
    if noun_ahead(place) is not None or of_noun(place) is not None:
        return pair.figure
    holder = holder_behind(place) or pair.before.holder
    return pair.figure._replace(measures=pair.before.measures, holder=holder)


def _amount_alike(pair: Pair) -> Figure | None:
    """Read "$3 million in 2019, and $4 million in 2020"."""
    figure, before, place = pair.figure, pair.before, pair.place
    if figure.measures is not None or figure.kind != before.kind or figure.kind not in AMOUNTS:
        return None
    if is_distance(place):
        return None
    named = figure.holder is not None and pair.low[slice(*figure.holder)] not in ITS
    if (named or figure.unit == "pp") and _has_verb(place, before.end):
        return None  # "charges $20,000 for a speech, and has lost $100,000"
    holder = holder_behind(place) or figure.holder or before.holder
    return figure._replace(measures=before.measures, holder=holder)


def _age_too(pair: Pair) -> Figure | None:
    """Read the second age of "men aged 27 and 34"."""
    figure, before = pair.figure, pair.before
    if figure.kind != "count" or pair.counted is not None:
        return None
    if before.kind != "age" or before.unit != "a" or before.unit_text:
        return None
    if figure.value is None or not figure.value.isdecimal() or not 0 < int(figure.value) < 116:
        return None
    if AGED_ALIKE.fullmatch(pair.gap) is None:
        return None
    return figure._replace(
        kind="age", unit="a", unit_text=None, measures=before.measures, holder=before.holder
    )


def _is_of_index(low: str, figure: Figure) -> bool:
    if figure.unit == "{point}" or figure.measures is None:
        return figure.unit == "{point}"
    return INDEX_ANYHOW.search(low, *figure.measures) is not None


def _has_verb(place: Site, start: int) -> bool:
    """Tell whether a finite verb stands between an offset and a figure."""
    at = place.lead - 1
    while at >= 0 and place.doc[at].idx >= start:
        if place.doc[at].tag_ in FINITE:
            return True
        at -= 1
    return False


def _name_before(place: Site) -> Token | None:
    """Return the name of "and Ray at 14"."""
    word = place.before
    if word is None or word.lower_ not in ("at", "with") or word.i < 2:
        return None
    name = word.nbor(-1)
    return name if name.ent_type_ == "PERSON" and name.tag_ in NAME_TAGS else None


def _goes_on(gap: str) -> bool:
    """Tell "… and" from "(…) and", behind which the amount before the brackets would go on."""
    return not gap.startswith(")") and JOINS.search(gap) is not None


def _is_of_like_size(figure: Figure, before: Figure, place: Site) -> bool:
    """Tell whether a bare number may go on with the unit of the figure before."""
    behind = place.behind
    speaks_of_it = behind is not None and behind.tag_ in VERB_TAGS  # "and 32 is the quantity"
    if speaks_of_it or place.top.dep_ in SUBJECTS or figure.vague or figure.per is not None:
        return False
    return _alike(figure.value, before.value)


def _alike(a: str | None, b: str | None) -> bool:
    """Tell whether two numbers are of one order of size, so that they may count the same."""
    if a is None or b is None or "/" in a or "/" in b:
        return False
    x, y = abs(Decimal(a)), abs(Decimal(b))
    return bool(x and y) and max(x, y) <= 200 * min(x, y)


ACROSS = (_to_from, _age_too, _gapped, _end_of_change, _said_again, _of_them)
"""How a figure is read by the one before it, in whatever sentence that stands."""
WITHIN = (_unit_left_out, _noun_left_out, _compared, _amount_alike)
"""How it is read within one sentence, the surest first."""
