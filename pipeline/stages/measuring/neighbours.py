"""What a figure leaves to the one before it to say: "12 homes, up from 9", "$2m, or 5%"."""

from __future__ import annotations

import re
from decimal import Decimal

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


def with_before(low: str, figure: Figure, place: Site, before: Figure | None, lead: int) -> Figure:
    """Return a figure with what the one before it says for both.

    "500 miles (800 km)", "17 points, or 0.2%" say the same twice; "at 9,300, up 40 points" is of
    the same index; "12 homes, up from 9" leaves the noun out. ``low`` is the text in lower case,
    ``lead`` the offset where the figure's hedge starts.
    """
    if before is None or figure.start - before.end > REACH or figure.kind in ("ordinal", "age"):
        return figure
    gap = low[before.end : max(lead, before.end)]
    if figure.change_role == "to" and figure.change is None and before.change_role == "from":
        return figure._replace(
            change=before.change, measures=before.measures, holder=before.holder
        )  # "from 21 mpg combined to 23"
    counted = counted_noun(place) if figure.kind == "count" else None
    if figure.kind == "count":
        found = _age_too(figure, before, gap, counted)
        if found is not None:
            return found
    other = gapped(low, figure, place, before)
    if other is not None:
        return other
    ends = before.change_role == "delta" and (
        gap.strip() == "to" or (figure.change_role == "to" and ENDS.fullmatch(gap) is not None)
    )
    moved = MOVED_FROM.search(gap) is not None and (figure.kind, figure.unit) == (
        before.kind,
        before.unit,
    )
    if (ends or moved or MOVES.fullmatch(gap)) and counted is None:
        if ends and figure.kind == "count" and _is_of_index(low, before):
            figure = figure._replace(kind="points", unit="{point}")  # "added 9 points to 2,660"
        if ends and figure.change_role is None:
            figure = figure._replace(change=before.change, change_role="to")
        return figure._replace(measures=before.measures, holder=before.holder)
    again = RESTATES.fullmatch(gap) and not low.startswith((" of ", " for "), figure.end)
    same = (figure.kind, figure.unit, figure.per) == (before.kind, before.unit, before.per)
    if again and not same:  # "$1.9 billion, or $1.21 a share"
        return figure._replace(
            bound=figure.bound or (before.bound if "(" in gap else None),
            change=before.change if before.change_role else figure.change,
            change_role=before.change_role or figure.change_role,
            measures=before.measures,
            holder=before.holder,
        )
    pointing = counted is not None and counted.lower_ in THEM and figure.measures is None
    if pointing and before.kind == "count" and "\n" not in gap:
        return figure._replace(measures=before.measures, unit_text=before.unit_text)
    if "\n" in gap or SENTENCE_END.search(gap):
        return figure
    unit_left_out = figure.kind == "count" and counted is None and before.kind in AMOUNTS
    name = _name_before(place)
    goes_on = unit_left_out and (name is not None or _goes_on(gap))
    if goes_on and _is_of_like_size(figure, before, place):
        return figure._replace(
            kind=before.kind,
            unit=before.unit,
            unit_assumed=before.unit_assumed,
            measures=before.measures,
            holder=before.holder if name is None else owner_words(name),
        )  # "$3 million in 2019 and 4 million in 2020", "Lee at 25 percent and Ray at 14"
    if figure.kind == "count" and before.kind == "count":
        own = figure.measures is not None and figure.measures[0] >= figure.end
        shared = place.behind is not None and place.behind.lower_ == "for" and "for" in gap.split()
        if place.top.dep_ in SUBJECTS:
            whole = OF_WHICH.search(low, max(0, before.start - 12), before.start)
            shared = shared or whole is not None
        left_out = counted is None and not own and (shared or COMPARES.search(gap) is not None)
        left_out = left_out and _alike(figure.value, before.value)
        if left_out and before.measures is not None:
            return figure._replace(
                measures=before.measures,
                unit_text=before.unit_text,
                holder=holder_behind(place) or before.holder,
            )
    elif COMPARED.search(gap) and (figure.kind, figure.unit) == (before.kind, before.unit):
        if noun_ahead(place) is None and of_noun(place) is None:
            return figure._replace(
                measures=before.measures, holder=holder_behind(place) or before.holder
            )  # "73 percent said so, compared to 24 percent who did not"
    elif is_distance(place):
        return figure
    elif figure.measures is None and figure.kind == before.kind and figure.kind in AMOUNTS:
        named = figure.holder is not None and low[slice(*figure.holder)] not in ITS
        if (named or figure.unit == "pp") and _has_verb(place, before.end):
            return figure  # "charges $20,000 for a speech, and has lost $100,000"
        holder = holder_behind(place) or figure.holder or before.holder
        return figure._replace(measures=before.measures, holder=holder)
    return figure


def _age_too(figure: Figure, before: Figure, gap: str, counted: Token | None) -> Figure | None:
    """Return the second age of "men aged 27 and 34"."""
    if before.kind != "age" or before.unit != "a" or before.unit_text or counted is not None:
        return None
    if figure.value is None or not figure.value.isdecimal() or not 0 < int(figure.value) < 116:
        return None
    if AGED_ALIKE.fullmatch(gap) is None:
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
