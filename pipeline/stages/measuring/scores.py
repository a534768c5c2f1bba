"""Distinguish scores and votes from ranges."""

from __future__ import annotations

import re
from fractions import Fraction

from spacy.tokens import Token

from pipeline.text.quantities.exact import simplest
from pipeline.text.units import Quantity

SCORE = re.compile(r"(?<![\w.,/$£€-])(\d{1,3})(-to-|[-–—])(\d{1,3})(?![\w/%]|[-–—]\d|[.,]\d)")
SCORE_WORDS = re.compile(
    r"\b(?:w[io]n(?:s|ning)?|beat(?:s|en)?|lost|los(?:es|ing|s)|defeat\w*|lead(?:s|ing)?|led|victory|draws?|"
    r"drew|ties?|tied|scor\w+|down|up|ahead|behind|votes?|voted|ruling|rul\w+|decision|decided|aggregate|"
    r"record|margin|split|penalties|shootout|thrash\w*|game|match|set|final|went|pass(?:ed|es)?|approved?|rejected|finish\w*|ended|sets)\b"
)
VOTE = re.compile(r"\b(?:votes?|voted|ruling|ruled|decision|majority|panel|verdict)\b")

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
    around = text[max(0, start - 40) : start].lower() + " | " + text[end : end + 30].lower()
    if ODDS.search(around):
        return False
    spoken = SCORE_WORDS.search(around) is not None
    if found[2] == "-to-":
        return VOTE.search(around) is not None  # "a 2-to-1 ruling", not "a 3-to-1 margin"
    if a >= b:
        return spoken or (a < 100 and (after is None or after.tag_ not in ("NNS",)))
    return spoken and (after is None or after.tag_ not in ("NNS",) or after.lower_ in ("votes",))
