"""Candidate figures: ranges, scores and the ends of changes, with the words that bound them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from spacy.tokens import Doc, Token

from pipeline.data import read_table
from pipeline.document.annotations import DocTime, SpanIndex
from pipeline.document.columns import Columns, text_of
from pipeline.model.figures.features import NumberQuery, tells_change
from pipeline.quantities import numerals, units
from pipeline.quantities.designations import find_designations, may_be_year
from pipeline.quantities.exact import simplest
from pipeline.quantities.money import BREAK
from pipeline.quantities.numbers import Number
from pipeline.quantities.units import Quantity, cents_of, dollars_of, in_dollars_of
from pipeline.records.labels import Bound, ChangeRole
from pipeline.text.spans import TokenSpan
from pipeline.text.words import alternatives

SCORE = re.compile(
    r"(?<![\w.,/$£€-])(\d{1,3})(-to-|[-–—]| [-–—] )(\d{1,3})(?![\w/%]|[-–—]\d|[.,]\d)"
)
SCORE_WORDS = re.compile(
    r"\b(?:w[io]n(?:s|ning)?|beat(?:s|en)?|lost|los(?:es|ing|s)|defeat\w*|lead(?:s|ing)?|led|victory|draws?|"
    r"drew|ties?|tied|scor\w+|down|up|ahead|behind|votes?|voted|ruling|rul\w+|decision|decided|aggregate|"
    r"record|margin|split|penalties|shootout|thrash\w*|game|match|set|final|went|pass(?:ed|es)?|approved?|rejected|failed|finish\w*|ended|sets)\b"
)
VOTE = re.compile(r"\b(?:votes?|voted|ruling|ruled|decision|majority|panel|verdict)\b")

CRICKET = re.compile(r"\b(?:wickets?|innings|overs|batsm[ae]n|batters?|bowled|bowler|stumps|lbw)\b")
OVERS = re.compile(r" for |[-–/]")
"""Between runs and wickets, "118 for 7", or wickets and runs, "3-44"."""
FIGURES = re.compile(r"(\d{1,3})/(\d{1,3})")
WICKETS = 10
SET = r"\d{1,2}[-–]\d{1,2}(?: \(\d{1,2}(?:[-–]\d{1,2})?\))?"
SETS = re.compile(rf"(?<![\w.,/$£€-]){SET}(?:,? (?:and )?{SET})+(?![\w%]|[.,]\d)")
"""Sets of a match, won or lost: "4-6, 7-6 (9-7), 7-5"."""
RACE = re.compile(r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d(?:\.\d+)?)")
"""Hours, minutes and seconds of a race: "2:09:17"."""
COUNTED = re.compile(r"(?: (?:votes?|points?|goals?|runs?|sets?|games?|frames?|seats?))? to |-to-")
"""Between the sides of a vote or a match: "86 votes to 62", "nine to six"."""
ODDS = re.compile(r"\b(?:odds|bookmakers?|bookies|outsiders?|favou?rites?|betting|priced?|bets?)\b")


def is_count(low: str, first: Quantity, second: Quantity) -> bool:
    """Distinguish the sides of a vote or a match, the larger first, from the ends of a range."""
    a, b = first.value, second.value
    if a is None or b is None or not a > b >= 0 or a != int(a) or b != int(b):
        return False
    if first.kind != "number" or second.kind != "number":
        return False
    if {first.number.kind, second.number.kind} != {"cardinal"}:
        return False
    gap = low[first.number.end : second.start]
    if COUNTED.fullmatch(gap) is None or low.startswith("from ", max(0, first.start - 5)):
        return False
    return gap != "-to-" or b > 1


def as_odds(text: str, first: Quantity, second: Quantity) -> Quantity | None:
    """Return the ratio of "odds of 20-1", given two numbers joined by a hyphen."""
    a, b = first.value, second.value
    around = text[max(0, first.start - 60) : second.end + 30].lower()
    hyphen = text[first.end : second.start] in ("-", "/", "–")
    if not hyphen or ODDS.search(around) is None or not a or not b:
        return None
    value = simplest(Fraction(a) / Fraction(b))
    number = second.number._replace(start=first.start, value=value, kind="ratio")
    return second._replace(start=first.start, number=number, value=value)


def is_score(text: str, start: int, end: int, after: Token | None) -> bool:
    """Distinguish a score or a vote, "2-1", from a range, "15-20"."""
    found = SCORE.match(text, start)
    if found is None or found.end() != end:
        return False
    a, b = int(found[1]), int(found[3])
    lead = BREAK.split(text[max(0, start - 40) : start].lower())[-1]
    around = lead + " | " + BREAK.split(text[end : end + 30].lower())[0]
    if ODDS.search(around):
        return False
    spoken = SCORE_WORDS.search(around) is not None
    if found[2][0] == " ":
        return spoken  # "won 1 – 0"
    if found[2] == "-to-":
        return VOTE.search(around) is not None  # "a 2-to-1 ruling", not "a 3-to-1 margin"
    if a >= b:
        return spoken or (a < 100 and (after is None or after.tag_ not in ("NNS",)))
    return spoken and (after is None or after.tag_ not in ("NNS",) or after.lower_ in ("votes",))


ALONE = frozenset(("plus", "minimum", "maximum"))
"""Not hedges after a figure if a word follows: "$5 plus tax", "a $15 minimum wage"."""
LAST = re.compile(r"\s*(?:\Z|[.,;:!?)”\"]|\b(?:and|or|but|for|at|per)\b)")
REACH = 30
"""Maximum length of a hedge."""


def _table(side: str) -> dict[str, Bound]:
    table = read_table("hedges")[side]
    return {word: bound for bound, words in table.items() for word in words}


BOUND_BEFORE, BOUND_BEHIND = _table("before"), _table("after")
# an article may come between: "nearly a third"
BEFORE = re.compile(rf"(?<![\w-])({alternatives(BOUND_BEFORE)})[ ]?(?:an?[ ]|the[ ]age[ ]of[ ])?\Z")
BEHIND = re.compile(rf"[ ]?({alternatives(BOUND_BEHIND)})(?![\w-])|[ ]?(\+)")


def bound_before(low: str, start: int) -> tuple[Bound | None, int]:
    """Return the possible bound from the words before an offset, and where they start.

    ``low`` is the lowercase text.
    """
    found = BEFORE.search(low, max(0, start - REACH), start)
    return (None, start) if found is None else (BOUND_BEFORE[found[1]], found.start())


def bound_behind(low: str, end: int) -> Bound | None:
    """Return the possible bound from the words after an offset: "or more", "-odd", "+"."""
    found = BEHIND.match(low, end)
    if found is None or (found[1] in ALONE and not LAST.match(low, found.end())):
        return None
    return BOUND_BEHIND[found[1] or found[2]]


LINKS = ("http", "www.")
DASH = re.compile(r"\s?[-–—]\s?")
FROM_TO = re.compile(r"(?:[a-z]+ )?to(?: (?:about|around|nearly|just|only|over|under))?")
SUM_OF = re.compile(r"\b(?:average|total|sum|maximum|minimum|median|population) of \Z")
SERIAL = re.compile(r"\d{10,}")
"""A number with too many digits to be a count: the id of a post, an account."""
RANK = re.compile(r"(?:#[ ]?|(?<!phone )(?<!mobile )\b(?:[Nn]umber|[Nn]o\.?|№)[ ])\Z")
FIRST_TIME = re.compile(r"for the first time\b")
"""Means that something is new, and is not a rank."""
NOUN = re.compile(r" [a-z]+")
RANGE_BEFORE = re.compile(
    rf"(?:-(?:to|or)|\b{alternatives(numerals.WORDS)})-\Z",
    re.IGNORECASE,
)
"""Precedes the second number of "one-to-two hundred" and "seven billion-nine billion"."""
DATED = frozenset(("date", "time", "set"))
ENDED = frozenset(("money", "points", "quantity", "duration"))
"""Kinds for which "fell 2 to 9" is an amount and an end, not a range."""
NEAR = 40
"""Maximum number of characters between the ends of a range."""


class Candidate(NamedTuple):
    """A quantity that may be a figure."""

    quantity: Quantity
    role: ChangeRole | None = None
    """The end of a change that it is known to be, if any."""


class Candidates:
    """The candidates of one document."""

    def __init__(self, doc: Doc, times: list[DocTime]) -> None:
        self.doc, self.text, self.times = doc, text_of(doc), times
        self.low = numerals.lower(self.text)
        self.columns = Columns(doc)

    @cached_property
    def found(self) -> list[Candidate]:
        """The candidates in text order."""
        quantities = self._with_races(units.find_quantities(self.text))
        if not quantities:
            return []
        home = cents_of(quantities) or dollars_of(self.text)
        quantities = [in_dollars_of(home, one) for one in quantities]
        named = list(find_designations(self.text))
        dates = [(one.start, one.end) for one in self.times if one.kind in DATED]
        taken = SpanIndex([*named, *dates])
        links = SpanIndex([(a, b) for a, b in named if self.text.startswith(LINKS, a, b)])
        counted = [
            one
            for at, one in enumerate(quantities)
            if not links.touch(one.start, one.end)
            and not (_is_bare(one) and self._is_another(one, taken, quantities, at))
        ]
        return list(self._joined(counted))

    def _with_races(self, quantities: list[Quantity]) -> list[Quantity]:
        """Add the durations that are written as on a clock: "2:09:17"."""
        races = []
        for one in self.times:
            if one.kind != "duration":
                continue
            found = RACE.fullmatch(self.text, one.start, one.end)
            if found is not None:
                hours, minutes, seconds = found.groups()
                value = Decimal(seconds) + 60 * int(minutes) + 3600 * int(hours or 0)
                number = Number(one.start, one.end, value)
                races.append(Quantity(*number[:2], number, "duration", value, unit="s"))
        if not races:
            return quantities
        taken = SpanIndex([(one.start, one.end) for one in races])
        rest = [one for one in quantities if not taken.touch(one.start, one.end)]
        return sorted([*rest, *races], key=lambda one: one.start)

    @cached_property
    def _sets(self) -> SpanIndex:
        """The results of matches in sets."""
        return SpanIndex([one.span() for one in SETS.finditer(self.text)])

    @cached_property
    def _cricket(self) -> bool:
        """Whether the text is about cricket."""
        return len(CRICKET.findall(self.low)) > 1

    def _is_played(self, first: Quantity, second: Quantity) -> bool:
        """Return whether two numbers are runs and wickets, or the games of a set."""
        a, b = first.value, second.value
        if a is None or b is None or {first.number.kind, second.number.kind} != {"cardinal"}:
            return False
        gap = self.low[first.end : second.start]
        if OVERS.fullmatch(gap) and min(a, b) <= WICKETS and self._cricket:
            return True
        return gap in ("-", "–") and self._sets.touch(first.start, second.end)

    def _is_another(
        self, one: Quantity, taken: SpanIndex, quantities: list[Quantity], at: int
    ) -> bool:
        """Return whether a bare number is part of a date, a time of day, an address or a word."""
        if FIRST_TIME.match(self.low, max(0, one.start - 8)):
            return True
        if taken.touch(one.start, one.end):
            return not self._is_no_year(quantities, at)
        serial = SERIAL.fullmatch(self.text, one.start, one.end) is not None
        return serial or _is_glued(one, self.text) or self._in_link(one)

    def _in_link(self, one: Quantity) -> bool:
        """Distinguish "example.com/5" from "8.1bn", which also ends in a country's domain."""
        token = self.doc[self.index(one.start)]
        whole = one.start <= token.idx and token.idx + len(token) <= one.end
        return token.like_url and not whole

    def _is_no_year(self, quantities: list[Quantity], at: int) -> bool:
        """Return whether a possible year is not one: "2000 - 2500 calories", "a total of 1500"."""
        one = quantities[at]
        if not may_be_year(self.text[one.start : one.end]):
            return False
        if SUM_OF.search(self.low, max(0, one.start - 16), one.start):
            return True
        if at + 1 == len(quantities) or quantities[at + 1].unit is None:
            return False
        return DASH.fullmatch(self.text, one.end, quantities[at + 1].start) is not None

    # ------------------------------------------------------------------------------------- pairs
    def _joined(self, quantities: list[Quantity]) -> Iterator[Candidate]:
        at = 0
        while at < len(quantities):
            first = quantities[at]
            second = quantities[at + 1] if at + 1 < len(quantities) else None
            if second is not None and second.start - first.end < NEAR:
                pair = self._pair(first, second)
                if pair is not None:
                    yield from pair
                    at += 2
                    continue
            if FIGURES.fullmatch(self.text, first.start, first.end) and self._cricket:
                first = first._replace(unit="score")  # "6/41"
            yield Candidate(first)
            at += 1

    def _pair(self, first: Quantity, second: Quantity) -> list[Candidate] | None:
        if first.kind == "number" and second.kind == "number":
            after = self._token_at(second.end)
            if self._is_played(first, second) or is_score(
                self.text, first.start, second.end, after
            ):
                return [Candidate(second._replace(start=first.start, unit="score"))]
            odds = as_odds(self.text, first, second)
            if odds is not None:
                return [Candidate(odds)]
        if is_count(self.low, first, second) and not self._is_led_by_change(first):
            return [Candidate(second._replace(start=first.start, unit="score"))]
        lead = self.low[max(0, first.start - 6) : first.start]
        gap = self.low[first.end : second.start].strip()
        from_to = lead.endswith("from ") and FROM_TO.fullmatch(gap) is not None
        if from_to and self._is_change(first, second):
            if first.unit is None and second.unit is not None:
                first = units.like(first, second)
            elif second.unit is None and second.kind == "number" and first.unit is not None:
                second = units.like(second, first)
            return [Candidate(first, "from"), Candidate(second, "to")]
        joined = units.join_interval(self.text, first, second)
        joined = joined or units.join_range(self.text, first, second)
        if joined is None:
            return None
        if gap == "to" and first.unit is not None and self._is_amount_and_end(first, second):
            return [Candidate(first), Candidate(second, "to")]
        return [Candidate(joined)]

    def _is_amount_and_end(self, first: Quantity, second: Quantity) -> bool:
        """Distinguish "climbed 0.1% to 1,333" and "up $5 to $9" from "5% to 6%"."""
        if first.unit == second.unit and first.kind not in ENDED:
            return False
        return self._is_led_by_change(first)

    def _is_led_by_change(self, first: Quantity) -> bool:
        """Distinguish "climbed 0.1%" and "fell by 5" from "discounts of $4"."""
        lead = self.index(bound_before(self.low, first.start)[1])
        if lead and self.columns.lower[lead - 1] == "of":
            return False
        return any(self._tells_change(at) for at in range(max(0, lead - 2), lead))

    def _is_change(self, first: Quantity, second: Quantity) -> bool:
        """Return whether the numbers are a change: "fell from 5 to 4", not "prices from 4 to 5"."""
        if first.value is None or second.value is None:
            return False
        at = self.index(first.start) - 1
        alike = first.unit == second.unit or first.unit is None or second.unit is None
        if alike and first.value > second.value:
            return True
        head = self.columns.heads[at] if at > 0 else 0
        return any(self._tells_change(one) for one in (head, *range(max(0, at - 3), at)))

    def _tells_change(self, at: int) -> bool:
        return tells_change(self.columns.words[at], self.columns.tags[at])

    # ------------------------------------------------------------------------------------- places
    def index(self, offset: int) -> int:
        """Return the index of the token at an offset."""
        return max(0, bisect_right(self.columns.starts, offset) - 1)

    def _token_at(self, offset: int) -> Token | None:
        """Return the first token at or after an offset, ignoring spaces."""
        at = bisect_left(self.columns.starts, offset)
        while at < len(self.doc) and self.doc[at].is_space:
            at += 1
        return self.doc[at] if at < len(self.doc) else None

    def asked(self) -> list[NumberQuery]:
        """Return the candidates as input for the scorer."""
        asked: list[NumberQuery] = []
        for one in self.found:
            found = self._asked(one)
            if asked and self.text[asked[-1].quantity.end : one.quantity.start] == " (":
                found = found._replace(before=asked[-1].before)  # "over 100 mph (161 km/h)"
            asked.append(found)
        return asked

    def _asked(self, candidate: Candidate) -> NumberQuery:
        one = candidate.quantity
        end = tolerated_end(one) or one.end
        first, last = self.index(one.start), self.index(end - 1) + 1
        written = self.text[one.start : one.end]
        return NumberQuery(
            one,
            first,
            last,
            candidate.role,
            *self.hedge(one.start, end, one.number.end),
            ranked=rank_start(self.text, one.start) != one.start,
            share=one.value is not None and 0 < one.value < 1 and "." not in written,
        )

    def hedge(self, start: int, end: int, number: int) -> tuple[Bound | None, Bound | None]:
        """Return the possible bounds from words before and after, or between number and unit."""
        noun = NOUN.match(self.low, end)  # "10 points or more"
        behind = bound_behind(self.low, end)
        if behind is None and start < number < end:
            behind = bound_behind(self.low, number)  # "18+ years"
        if behind is None and noun is not None:
            behind = bound_behind(self.low, noun.end())
        return bound_before(self.low, start)[0], behind

    def dated(self) -> list[bool]:
        """Return for each token whether it is part of a time."""
        found = [False] * len(self.doc)
        for one in self.times:
            for at in range(self.index(one.start), self.index(one.end - 1) + 1):
                found[at] = True
        return found

    def bounds(self, start: int, end: int) -> TokenSpan:
        """Return the token bounds of a span of the text."""
        return self.index(start), self.index(end - 1) + 1


def tolerated_end(one: Quantity) -> int | None:
    """Return the end of the number in "5, give or take 1"."""
    return one.number.end if one.value is not None and one.high is not None else None


def rank_start(text: str, start: int) -> int:
    """Return the start of a rank whose number starts here: "#2", "No. 5", "number three"."""
    if not text[start : start + 1].isdecimal() and text[start - 7 : start].lower() != "number ":
        return start  # "no one"
    found = RANK.search(text, max(0, start - 8), start)
    return found.start() if found is not None else start


def _is_bare(one: Quantity) -> bool:
    return one.kind == "number" or (one.kind == "age" and not one.unit_text and one.high is None)


def _is_glued(one: Quantity, text: str) -> bool:
    """Distinguish "5G", "4chan" and "high-five" from numbers on their own."""
    start, end = one.start, one.end
    after, before = text[end : end + 1], text[max(0, start - 2) : start]
    if after.isalpha() or text.startswith(("-something", "-figure", "-pointer"), end):
        return True
    if not one.number.words or len(before) < 2 or before[1] != "-" or not before[0].isalpha():
        return False
    return RANGE_BEFORE.search(text, max(0, start - 40), start) is None
