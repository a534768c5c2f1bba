"""Rules for durations without a count: "for years", "the coming weeks", "its third week"."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.text.timing.timegrammar import (
    Expression,
    Grammar,
    duration,
    is_part,
    ordinal_of,
    part,
    pattern_of,
    unit_of,
)
from pipeline.text.timing.timespans import AGO, SUFFIXES, as_many, in_a_row, timed
from pipeline.text.timing.timewords import CLASSES, LONG, SEASONS, Tokens
from pipeline.text.words import word_set

OPEN = Grammar()


@OPEN.rule(
    "(?:<the>|<their>)? m=(<recent|past|next|last|early|earlier|future|ordinal|closing>)"
    " u=(<units>) (?:<and><units>)?",
    "(?:<the>|<this>|<these>|<their>) m=(<last|past|next>) u=(<unit>) <or> <number>",
)
def open_units(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    """ "recent weeks", "the coming months", "past years", "the first hours"."""
    mode = part(tokens, match, "m")
    if mode in ("current", "latest"):
        return None
    if is_part(match, "m", "ordinal") and mode != "first":
        return None
    if is_part(match, "m", "closing", "earlier") and not HAVING.match(tokens.codes, match.start()):
        return None  # opening hours
    value = duration(None, unit_of(part(tokens, match, "u")))
    return Expression(match.start(), match.end(), "duration", value=value)


HAVING = re.compile(pattern_of("<the|their>"))
AMBIGUOUS_UNITS = frozenset({"quarters", "nights", "seasons", "seconds", "secs", "minutes", "mins"})


@OPEN.rule(f"<the>? u=(<units>)(?:<or><units>)? {AGO} a=(<ahead>)? s=(<dash><old|much>)?")
def bare_units(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    """ "for years", "months ago", "the days ahead", "decades-old"."""
    word = part(tokens, match, "u")
    told = bool(match["ago"] or match["s"])
    if as_many(tokens, match.start("u")) or tokens.words[match.start() - 1] == "light":
        return None
    if tokens.words[match.start("u")][0].isupper() and not (match["ago"] or opens(tokens, match)):
        return None
    if word in AMBIGUOUS_UNITS and not (
        word in ("minutes", "seconds") and (told or lasts(tokens, match))
    ):
        return None
    if match["s"] and tokens.words[match.end() - 1].lower() not in SUFFIXES:
        return None
    first = match.start("u") if match["s"] else match.start()
    return timed(Expression(first, match.end()), tokens, match, None, unit_of(word))


def opens(tokens: Tokens, match: re.Match[str]) -> bool:
    """Return whether a word is capitalized because it starts a sentence: "Years of war"."""
    before = "".join(tokens.words[max(match.start() - 1, 0) : match.start()])
    after = "".join(tokens.words[match.end() : match.end() + 1])
    return before in SENTENCE_ENDS and after.islower()


SENTENCE_ENDS = frozenset({"", "\n", ".", "!", "?", "“", '"', "—", "–"})


def lasts(tokens: Tokens, match: re.Match[str]) -> bool:
    """Distinguish "within minutes" from "in minutes of the meeting"."""
    before = tokens.words[match.start() - 1].lower() if match.start() else ""
    after = tokens.codes[match.end() : match.end() + 1]
    return before in ("in", "within", "for", "after", "of", "took") and after != CLASSES["of"]


@OPEN.rule("u=(<unit|century>) <dash> <old|much>")
def unit_long(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    """ "week-long", "century-old"."""
    dashed = tokens.codes[match.start() - 1 : match.start()] == CLASSES["dash"]
    if dashed or tokens.words[match.end() - 1].lower() not in SUFFIXES:
        return None
    value = duration(Decimal(1), unit_of(part(tokens, match, "u")))
    return Expression(match.start(), match.end(), "duration", value=value)


@OPEN.rule("<no>? <so>? <much> <ago>", "(?:<few|some>|<a> <much>?) <while> <ago>")
def long_ago(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    """ "long ago", "some time ago", "a while ago"."""
    if tokens.words[match.end() - 1].lower() != "ago":
        return None
    return Expression(match.start(), match.end(), value="PAST_REF")


@OPEN.rule("<long>")
def lasting(tokens: Tokens, match: re.Match[str]) -> Expression:
    """ "weeklong"."""
    value = LONG[tokens.words[match.start()].lower()]
    return Expression(match.start(), match.end(), "duration", value=value)


@OPEN.rule("(?:<the>|<a>|<their>)? r=(<ordinal>) f=(<full>)? u=(<unit|part>)")
def nth_unit(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    """ "a third straight day", "the third month in a row", "in its third week": a count."""
    word, number = part(tokens, match, "u"), ordinal_of(part(tokens, match, "r"))
    if not number or number < 2 or (is_part(match, "u", "part") and word != "night"):
        return None
    made = Expression(match.start(), match.end(), "duration")
    made.value = duration(Decimal(number), unit_of(word))
    row = in_a_row(tokens, match.end())
    made.last += 3 * row
    before = tokens.words[match.start() - 1].lower() if match.start() else ""
    mark = match.group()[:1]
    lasting = (mark == CLASSES["their"] and before in BEFORE_NTH) or (
        mark == CLASSES["a"] and before == "for"
    )
    return made if row or lasting or part(tokens, match, "f") in STRAIGHT else None


STRAIGHT = frozenset({"straight", "consecutive", "successive"})
BEFORE_NTH = frozenset({"in", "into", "for", "entered", "enters", "entering"})


@OPEN.rule("<all> u=(<unit|season>) <much>?")
def all_unit(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    """ "all day", "all year long"; not "of all week nights"."""
    long = tokens.words[match.end() - 1].lower()
    before = tokens.words[match.start() - 1].lower() if match.start() else ""
    word = part(tokens, match, "u")
    if word not in ALL_OF or before == "of" or long not in (word, "long"):
        return None
    value = duration(Decimal(1), "SE" if word in SEASONS else unit_of(word))
    return Expression(match.start(), match.end(), "duration", value=value)


ALL_OF = frozenset({"day", "week", "month", "year", *SEASONS})


@OPEN.rule("<the> w=(<near|much|more>) t=(<term>)")
def the_term(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    """ "the near term", "the long term"; not "the short term effects"."""
    after = tokens.words[match.end()] if match.end() < len(tokens.words) else ""
    if part(tokens, match, "w") not in TERMS or (after.isalpha() and after not in AFTER_TERM):
        return None
    return Expression(match.start(), match.end(), value="FUTURE_REF")


TERMS = frozenset({"near", "short", "medium", "long", "longer"})
AFTER_TERM = word_set(
    """and or but is as for to by if in will would can may has have had with the a it he she they we
    there this that of not"""
)
