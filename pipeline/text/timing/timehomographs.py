"""Recognise words that only look like times: four-digit numbers, "may", "the fall"."""

from __future__ import annotations

import re

from pipeline.text.timing.timegrammar import Expression
from pipeline.text.timing.timewords import CLASSES, Tokens
from pipeline.text.words import word_set


def is_year(one: Expression) -> bool:
    """Return whether an expression gives a year and nothing finer."""
    finer = (one.quarter, one.month, one.half, one.season, one.weekday, one.holiday, one.value)
    return (one.year is not None or one.unit == "Y") and all(f is None for f in finer)


def is_bare_year(one: Expression) -> bool:
    """Return whether an expression is four digits that may be a number."""
    return one.weak and one.year is not None and is_year(one) and one.last_year is None


YEAR_BEFORE = word_set(
    """in since by of from until till to through before after during late early mid fiscal circa
    year between around about for and or than the this that its their his her our a an another
    's ’s"""
)
OWNED = frozenset({"the", "its", "their", "his", "her", "our", "this", "that", "'s", "’s"})
OLD_YEAR_BEFORE = frozenset(
    {"in", "since", "of", "by", "from", "until", "to", "after", "before", "("}
)
COUNTED = frozenset({"people", "men", "women", "children", "others", "more", "percent", "per", "%"})
NOT_PLURAL = frozenset({"was", "is", "has", "as", "its", "this", "his", "us", "across", "plus"})
AFTER_YEAR = frozenset(
    {"and", "or", "to", "when", "the", "as", "at", "on", "in", "by", "with", "after", "for", "but"}
)
AFTER_PART = word_set("and or but when as with to in it he she they we the a until till on")
BEFORE_PART = frozenset({"at", "before", "by", "until", "till", "after", "since", "from", "to"})
DATE_BEFORE = word_set(
    """in since by of from until till to through before after during late early last next this for
    and or every each between mid around about on that throughout over"""
)
THROUGHOUT = frozenset({"during", "throughout", "through", "into"})
THE_WORDS = frozenset({"the", "early", "late", "earlier", "later", "mid"})
NUMBERED = word_set(
    """room flight page route highway channel model number section article chapter verse gate bus
    train line unit"""
)
CURRENCIES = frozenset({"$", "€", "£", "¥", "#", "No"})
SURE_MONTHS = frozenset({"sept"})
HOMOGRAPHS = frozenset({"may", "march", "fall", "spring", "summer", "winter", "autumn"})


def stands(tokens: Tokens, one: Expression, text: str) -> bool:
    """Return whether the context allows an expression to be a time."""
    before = tokens.words[one.first - 1] if one.first else ""
    after = tokens.words[one.last] if one.last < len(tokens.words) else ""
    if one.last - one.first == 1 and (before in COLOURS or after in NAMED_AFTER):
        return one.month is None and one.weekday is None and one.holiday is None
    if not one.weak:
        return True
    if one.year is not None and is_year(one):
        return is_calendar_year(tokens, one, before, after, text)
    word = tokens.words[one.first]
    lower = before.lower()
    if one.month is not None:
        if word == "March" and after == "on" and is_place(tokens, one.last + 1):
            return False
        told = lower in ("in", "since", "until", "till", "to", "through") and word != "Mar"
        return (
            word.lower() in HOMOGRAPHS or word.endswith(".") or told or word.lower() in SURE_MONTHS
        )
    if one.clock is not None or (one.day is not None and one.month is None):
        return False  # an hour without a day, a day without a month
    if one.part is not None:
        if after == "trading":
            return True
        told = word.lower() in THE_WORDS or lower == "the" or lower in BEFORE_PART
        alone = not after[:1].isalpha() or after.lower() in AFTER_PART
        return told and alone and (one.part != "NI" or lower in THROUGHOUT)
    if one.season is not None and after == "of":
        return False  # the fall of the wall
    if one.season is not None:
        return not before or lower in DATE_BEFORE or word.lower() in THE_WORDS
    if one.unit is not None and one.shift == 0:
        if after in ("'s", "’s"):
            return True  # the day's trading
        idiom = after.lower() == "of" or (one.unit == "D" and lower != "by")
        return not idiom and (not before or lower in DATE_BEFORE - {"that", "on", "every", "each"})
    return one.weekday is None and one.half is None


COLOURS = frozenset({"Black", "Bloody", "Red"})
NAMED_AFTER = word_set(
    """Accord Accords Agreement Agreements Brigade Brigades Charter Club Declaration Foundation Fund
    Group Institute Magazine Massacre Movement Pact Party Plot Project Rebellion Revolution Rising
    Society Uprising War Wars"""
)
"""Things named after a day or month: the October Revolution, the Good Friday Agreement."""


def is_place(tokens: Tokens, at: int) -> bool:
    """Return whether a word may be the place of a march: "the March on Washington"."""
    return (
        tokens.words[at : at + 1] != [] and tokens.words[at].istitle() and tokens.codes[at] == "."
    )


def is_calendar_year(tokens: Tokens, one: Expression, before: str, after: str, text: str) -> bool:
    """Distinguish a year from a four-digit number by the words around it."""
    if tokens.codes[one.first] not in (CLASSES["year"], CLASSES["years"]):
        before = ""  # "early 2016" includes the evidence
    year, lower, low = one.year or 0, before.lower(), after.lower()
    end = tokens.ends[one.last - 1]
    if text[end : end + 1] in ("%", "°") or before in CURRENCIES or low in COUNTED:
        return False
    if lower in NUMBERED or is_address(tokens, one.last) or is_counted(tokens, one.last, lower):
        return False
    if before in ("-", "–", "/") and tokens.ends[one.first - 1] == tokens.starts[one.first]:
        prefix = tokens.words[one.first - 2] if one.first > 1 else ""
        if not YEARLIKE.fullmatch(prefix) and prefix.lower() not in ("pre", "post"):
            return False
        before, lower = "", ""
    word = low.isalpha() and low == after
    plural = word and low.endswith("s") and len(low) > 3 and low not in NOT_PLURAL
    paired = (
        one.first > 1 and lower in ("and", "or") and YEARLIKE.fullmatch(tokens.words[one.first - 2])
    )
    if plural and lower not in OWNED and not paired:
        return False
    if not 1000 <= year <= 2100 or (year < 1800 and lower not in OLD_YEAR_BEFORE):
        return False
    if (year % 100 == 0 and lower in ("of", "from") and year < 1800) or counts_on(tokens, one):
        return False
    if not before or lower in YEAR_BEFORE or before in "(\n,;:.—–-[\"“'’)":
        return True
    if one.last_year is not None and year >= MODERN:
        return True
    if before != lower or not lower.isalpha():
        return False
    return not word or low in AFTER_YEAR or (year % 100 > 0 and is_of_it(tokens, one.first))


MODERN = 1900


def is_of_it(tokens: Tokens, at: int) -> bool:
    """Return whether a year modifies a noun with an article or owner: "the fatal 2012 raid"."""
    return any(word.lower() in {*OWNED, "a"} for word in tokens.words[max(at - 3, 0) : at - 1])


def is_address(tokens: Tokens, at: int) -> bool:
    """Return whether a street follows: "1812 Elm Street"."""
    words = tokens.words[at : at + 4]
    return bool(words) and words[0].istitle() and any(word in STREETS for word in words[1:])


def is_counted(tokens: Tokens, at: int, before: str) -> bool:
    """Return whether a participle and a plural follow: "a poll of 2012 registered voters"."""
    words = tokens.words[at : at + 2]
    told = len(words) > 1 and words[0].endswith("ed") and words[1].endswith("s")
    return told and words[1].islower() and before in ("of", "with", "among", "from", "than", "for")


STREETS = frozenset({"Street", "St", "Avenue", "Ave", "Road", "Boulevard", "Blvd", "Drive", "Lane"})


def counts_on(tokens: Tokens, one: Expression) -> bool:
    """Return whether a range continues to a number that is not a year: "2000 - 2500 calories"."""
    if tokens.codes[one.last : one.last + 1] != CLASSES["dash"]:
        return False
    following = "".join(tokens.words[one.last + 1 : one.last + 2])
    return following.isdecimal() and not 0 < int(following[:5]) - (one.year or 0) < LONGEST_RANGE


LONGEST_RANGE = 150
YEARLIKE = re.compile(r"[12]\d{3}")


def is_homograph(tokens: Tokens, one: Expression) -> bool:
    """Return whether only the part of speech shows that this is a time."""
    if not one.weak or one.last - one.first > 1:
        return False
    if one.value is not None:
        return True
    before = tokens.words[one.first - 1].lower() if one.first else ""
    word = tokens.words[one.first].lower()
    return word in HOMOGRAPHS and (word not in ("may", "march") or before not in DATE_BEFORE)
