"""Rules for durations, counted or not, and for times a given distance in the past or future."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from pipeline.quantities.numbers import parse_number
from pipeline.text.words import word_set
from pipeline.times.grammar import (
    CLASSES,
    HOURS_AND_MINUTES,
    LONG,
    SEASONS,
    WHOLE_UNITS,
    Expression,
    Grammar,
    TimeTokens,
    duration,
    is_part,
    ordinal_of,
    part,
    pattern_of,
    unit_of,
)

SPANS = Grammar()
AND_A_HALF = "<dash>?<and><dash>?<a>?<dash>?<half>"
ONE = (
    "(?:<number|year|teen>(?:<dash>?<number|teen|half>|<and><number|teen>){0,4}"
    f"(?:{AND_A_HALF})?)"
)
NUMBER = (
    f"(?:<a>?{ONE}(?:<dash>?<to><dash>?{ONE}|<or>{ONE}|<dash>{ONE})?"
    "|<between><number><and><number|teen>(?:<dash>?<number>)?)"
)
OPEN = "(?:<a>?<few|some>{1,2}<of>?|<a>?<couple><of>?)"
COUNT = f"(?:{OPEN}|{NUMBER})"
LIMIT = "<no>?<more><than>|<at><least>|<upwards><of>|<end><to>"
HEDGE = f"(?:(?:<a><much>)?<about>{{0,2}}<some>?(?:{LIMIT}|<up><to>|<as><much|few><as>)?)"
SUFFIXES = frozenset({"old", "olds", "long"})
SUFFIX = "<dash>?<old>|<dash><much>"
"""Suffix of an age or a duration: "3-year-old", "3 years old", "3-year-long"."""
AGO = "ago=(<ago>|<earlier>|<before>|<back>|<from><now>)?"
OR_SO = "(?:<or><so|more>)?"


@SPANS.rule(
    f"h=({HEDGE}) n=({COUNT}) (?:<dash>?<plus>)? <more>? <full>? d=(<dash>)?"
    f" u=(<unit|units|plurals|quarter|century>) t=(<and><a><half>)? {OR_SO} {AGO} s=({SUFFIX})?",
    f"h=({HEDGE}) n=({NUMBER}) d=(<dash>) u=(<ordinal>)",
    f"(?:{LIMIT})? (?:<the>|<this>|<these>|<their>)? m=(<last|past|next|ordinal|full|recent>)"
    f" n=({COUNT}) <full>? <fiscal>? u=(<units>) {OR_SO}",
    f"(?:<the>|<these|that>) n=({COUNT}) <full>? u=(<units>) <ahead>?",
    f"<a> <full> n=({COUNT}) u=(<units>)",
    f"<the> n=({COUNT}) m=(<last|past|next>) u=(<units>)",
)
def count_of_units(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "nearly 30 years", "two weeks ago", "the first nine months", "10-year"."""
    good, count = counted(part(tokens, match, "n"))
    word = part(tokens, match, "u")
    if not good or (part(tokens, match, "m") == "last" and is_verb(tokens, match)):
        return None
    if as_many(tokens, match.start("u")) or is_title(tokens, match) or word in DAYPARTS:
        return None
    if is_part(match, "u", "ordinal") and word != "second":
        return None
    if word == "quarters" and (part(tokens, match, "d") or is_fraction(tokens, match)):
        return None
    made = Expression(match.start(), match.end())
    if is_some_day(tokens, match):
        made.value = "FUTURE_REF"
        return made
    aged = "s" in match.re.groupindex and bool(match["s"])
    if aged and tokens.words[match.end() - 1].lower() not in SUFFIXES:
        return None
    if not is_part(match, "u", "units", "plurals"):
        dash = bool(part(tokens, match, "d"))
        if not dash and not aged and (count is None or word == "quarter" or is_year(match)):
            return None
        if dash and tokens.codes[made.first] == CLASSES["a"] and match.end("n") - made.first == 2:
            made.first += 1  # a "10-year" bond: the article is the bond's
    mode = (part(tokens, match, "m").split() or [""])[-1]
    if word == "quarters" and count is not None and mode in FROM_NOW:
        first, last = (1, int(count)) if FROM_NOW[mode] > 0 else (-int(count), -1)
        made.unit, made.shift = "Q", first
        made.until = replace(made, shift=last)
        return made
    if part(tokens, match, "t") and count is not None:
        count += Decimal("0.5")
    made.first = max(made.first, first_of_hedge(tokens, match, match.start("n")))
    if of_age(tokens, match.end()):
        made.last += 2
    made_of = timed(made, tokens, match, count, unit_of(word))
    if made_of is not None and made_of.kind == "duration":
        made_of.toward = FROM_NOW.get(mode) if not is_of(tokens, match.end()) else None
    if made_of is not None and made_of.kind == "duration" and count is None:
        made_of.value = span_of(part(tokens, match, "n"), unit_of(word)) or made_of.value
    return with_company(tokens, made_of)


def is_of(tokens: TimeTokens, at: int) -> bool:
    """Return whether "of" follows: "the last two years of his life" do not end now."""
    return tokens.codes[at : at + 1] == CLASSES["of"]


FROM_NOW = {"last": -1, "past": -1, "next": 1, "coming": 1, "upcoming": 1}
"""Words for a length of time that ends or begins now."""


def is_fraction(tokens: TimeTokens, match: re.Match[str]) -> bool:
    """Return whether "three quarters" are a share, not nine months: "the first three quarters"."""
    count = part(tokens, match, "n")
    return count == "some" or (count in ("three", "3") and not part(tokens, match, "m"))


DAYPARTS = frozenset({"mornings", "afternoons", "evenings"})


def is_some_day(tokens: TimeTokens, match: re.Match[str]) -> bool:
    """Return whether "one day" is an unspecified day in the future: "he may one day return"."""
    before = tokens.words[match.start() - 1].lower() if match.start() else ""
    one_day = [word.lower() for word in tokens.words[match.start() : match.end()]] == ["one", "day"]
    return one_day and before in BEFORE_SOME_DAY


BEFORE_SOME_DAY = word_set("will would could can may might must hope hopes hoped hoping")


def is_title(tokens: TimeTokens, match: re.Match[str]) -> bool:
    """Return whether a duration is a name: the Thirty Years' War, the film 13 Hours."""
    named = tokens.words[match.start("n")].istitle()
    if named and "War" in tokens.words[match.end() : match.end() + 2]:
        return True
    if not tokens.words[match.start("u")].istitle() or part(tokens, match, "ago"):
        return False
    beside = tokens.words[max(match.start() - 1, 0) : match.start()]
    beside += tokens.words[match.end() : match.end() + 1]
    return any(word.islower() and len(word) >= SHORTEST for word in beside)  # no headline


SHORTEST = 4
"""Minimum number of letters of a word that a headline would capitalise."""


def as_many(tokens: TimeTokens, at: int) -> bool:
    """Return whether the count refers to a previous one: "the third in as many weeks"."""
    return [word.lower() for word in tokens.words[max(at - 2, 0) : at]] == ["as", "many"]


def with_company(tokens: TimeTokens, made: Expression | None) -> Expression | None:
    """Include the noun and the article in "a three-year period", and "in a row"."""
    if made is None or made.kind != "duration":
        return made
    if in_a_row(tokens, made.last):
        made.last += 3
        return made
    if tokens.words[made.last : made.last + 1] != ["period"]:
        return made
    before = tokens.codes[made.first - 1 : made.first]
    made.first -= bool(before) and before in (CLASSES["a"], CLASSES["the"])
    made.last += 1
    return made


def in_a_row(tokens: TimeTokens, at: int) -> bool:
    """Return whether "in a row" follows."""
    return tokens.words[at : at + 3] == ["in", "a", "row"]


def first_of_hedge(tokens: TimeTokens, match: re.Match[str], plain: int) -> int:
    """Return the start of the words that limit a count; ``plain`` if the count itself starts.

    "over six years" usually means how long something lasted.
    """
    words = part(tokens, match, "h")
    if not words:
        return match.start()
    if words.endswith(" to") and not words.startswith(("up", "close")):
        return plain  # an end to two years of war
    before = tokens.words[match.start() - 1].lower() if match.start() else ""
    if words.endswith(" than") and (before in SIZED or before[:1].isdecimal()):
        return plain  # 10 percent more than a year earlier
    if words in ("over", "under"):
        return match.start() if part(tokens, match, "ago") or before in AFTER_PREPOSITION else plain
    if words.startswith("over "):
        return match.start() + 1
    alone = words in ("just", "exactly", "barely") or words.startswith(FILLERS)
    return plain if alone else match.start()


SIZED = word_set("percent % cent points times higher lower million billion trillion")
FILLERS = ("a much ", "a many ", "a long ")


def is_verb(tokens: TimeTokens, match: re.Match[str]) -> bool:
    """Return whether "last" is a verb with this duration."""
    before = tokens.words[match.start() - 1].lower() if match.start() else ""
    return match.start("m") == match.start() and before in BEFORE_VERB


BEFORE_VERB = word_set(
    """to will would could can may might should must 'll ’ll not usually typically often they it
    which that"""
)
AFTER_PREPOSITION = frozenset({"for", "after", "in", "of", "than", "with", "at", "took", "lasted"})


def is_year(match: re.Match[str]) -> bool:
    """Return whether a count is only four digits."""
    return is_part(match, "n", "year")


def of_age(tokens: TimeTokens, at: int) -> bool:
    """Return whether "of age" follows."""
    words = tokens.words[at : at + 2]
    return len(words) == 2 and words[0].lower() == "of" and words[1].lower() == "age"


def span_of(text: str, unit: str) -> str | None:
    """Return the range of durations in "one to four" of a unit, None if it is not a range."""
    number = parse_number(plain(text))
    if number is None or number.low is None or number.high is None or " or " in text:
        return None
    ends = [end for end in (number.low, number.high) if isinstance(end, Decimal)]
    return "/".join(duration(end, unit) for end in ends) if len(ends) == 2 else None


def plain(text: str) -> str:
    """Return a count as written, without spaces beside its dashes."""
    text = re.sub(r" ?- ?to ?- ?", " to ", re.sub(r" ?- ?and ?- ?a ?- ?", " and a ", text))
    text = re.sub(r"^between (.+) and ", r"\1 to ", text)
    return re.sub(r" ?([-–]) ?", r"\1", text.replace("and half", "and a half"))


OPEN_WORDS = re.compile(r"\b(few|several|many|some|dozens|hundreds|thousands|countless)\b")


def counted(text: str) -> tuple[bool, Decimal | None]:
    """Return whether a count is one, and its number, None if it is not given."""
    if OPEN_WORDS.search(text):
        return True, None
    if "couple" in text:
        return True, Decimal(2)
    number = parse_number(plain(text))
    if number is None or number.kind not in ("cardinal", "fraction"):
        return False, None
    value = number.value
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    return (value is None or 0 < value < 10**15), value


LATER = ("D", "W", "M")
BACK = frozenset({"ago", "earlier", "before", "back"})
RELATIVE_TO_SPOKEN = frozenset({"earlier", "later", "before", "after"})
HOURS = {"TS": 3600, "TM": 60, "TH": 1}


def timed(
    made: Expression, tokens: TimeTokens, match: re.Match[str], count: Decimal | None, unit: str
) -> Expression | None:
    """Make a duration, or the time at this distance in the past or future if the text says so."""
    ago = part(tokens, match, "ago")
    length = duration(count, unit)
    made.kind, made.value = "duration", length
    if not ago:
        before = tokens.words[made.first - 1].lower() if made.first else ""
        if before == "in" and count is not None and unit[0] == "T":
            set_away(made, count, unit)
        return made
    if ago in ("before", "after", "back") and match.end() < len(tokens.words):
        following = tokens.words[match.end()]
        if following[0].isalnum() or following[0] in "'’“\"(":
            made.last = match.start("ago")  # two days before the vote
            return made
    sign = -1 if ago in BACK else 1
    anaphoric = ago in RELATIVE_TO_SPOKEN
    if anaphoric and (count is None or unit[0] == "T"):
        made.last = match.start("ago")
        return made  # two hours later
    made.anaphoric, made.needy = anaphoric, anaphoric and sign > 0
    made.kind, made.value = "date", None
    if count is None:
        made.value = "PAST_REF" if sign < 0 else "FUTURE_REF"
        return made
    return set_away(made, sign * count, unit)


def set_away(made: Expression, count: Decimal, unit: str) -> Expression | None:
    """Set the distance to a time; return None if a unit has no calendar."""
    if unit[0] == "T":
        made.hours = count / HOURS[unit]
        made.kind = made.kind if made.kind == "duration" else "time"
        return made
    factor, code = WHOLE_UNITS.get(unit, (1, unit))
    count *= factor
    if count % 1 and code == "Y":
        count, code = count * 12, "M"
    if code in ("SE", "WE"):
        return None
    if code == "W":
        count, code = count * 7, "D"
    made.unit, made.shift = code, int(count)  # type: ignore[assignment] # units of dates only
    return made


@SPANS.rule(
    f"h=({HEDGE}) <a> <full>? u=(<unit|quarter|century>) t=(<and><a><half>|<or><number>)?"
    f" (?:<or><so>)? {AGO} s=(<old>)?",
    f"o=(<full>) u=(<unit|century>) {AGO}",
)
def one_unit(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "a year ago", "over a week", "another month", "a minute and a half", "$5 a day"."""
    word, more = part(tokens, match, "u"), part(tokens, match, "t")
    if part(tokens, match, "o") not in ("", "another"):
        return None
    if word in ("season", "night") or (word == "quarter" and not part(tokens, match, "ago")):
        return None
    if not match["ago"] and tokens.codes[match.end() : match.end() + 1] == CLASSES["dash"]:
        return None
    if word == "century" and tokens.words[match.start("u")] == "Century":
        return None  # a Century speedboat
    made = Expression(match.start(), match.end())
    plain = match.end("h") if part(tokens, match, "h") else match.start()
    made.first = first_of_hedge(tokens, match, plain)
    after = "".join(tokens.words[match.end() : match.end() + 1]).lower()
    before_it = "".join(tokens.words[max(match.start() - 1, 0) : match.start()]).lower()
    if before_it in ("in", "on") and after in RELATIVES:
        return None  # in a year when nobody knew
    count = None if more.startswith("or") else Decimal("1.5") if more else Decimal(1)
    made = timed(made, tokens, match, count, unit_of(word)) or made
    if made.kind == "duration" and match.end() - match.start() == 2 and match.start():
        before = match.start() - 1
        word = tokens.words[before].lower()
        counted = (
            tokens.codes[before] in NUMBERS
            or word[:1].isdecimal()
            or (
                (word.endswith("s") or word == "people")
                and any(code in NUMBERS for code in tokens.codes[max(0, before - 2) : before])
            )
        )
        if counted or word in RATED:
            made.kind = "set"
    return made


RELATIVES = frozenset({"when", "where", "that", "which"})
NUMBERS = frozenset(CLASSES[name] for name in ("number", "year", "teen"))
RATED = word_set(
    """% percent times once twice barrels trillion dollars hours minutes miles gallons pennies cents
    tons tonnes"""
)
"""Words after which "a day" is a rate, not a duration."""


@SPANS.rule(
    f"{HEDGE} p=(<half>) <a> u=(<unit|century>) {AGO}",
    f"{HEDGE} <a> p=(<half>) <dash>? u=(<unit|century>) {AGO}",
    f"p=(<half>) <dash> u=(<unit|century>) {AGO}",
    f"<the> <last|past|next> p=(<half|quarter>) <dash>? u=(<century>) {AGO}",
    f"{HEDGE} <a>? p=(<quarter>) (?:<dash>|<of><a>) u=(<unit|century>) {AGO}",
    "p=(<half|quarter>) <dash> u=(<unit|century>) <dash> <old> ago=(<ago>)?",
)
def part_of_unit(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "half an hour", "half-century", "a quarter of a century ago"."""
    made = Expression(match.start(), match.end())
    share = Decimal("0.5" if is_part(match, "p", "half") else "0.25")
    return timed(made, tokens, match, share, unit_of(part(tokens, match, "u")))


@SPANS.rule(
    "(?:<the>|<their>)? <same>? y=(<unit>) <dash> <ago|earlier> p=(<period|quarter|units|unit>)?"
)
def year_ago(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "the year-ago quarter", "year-earlier"."""
    if part(tokens, match, "y") != "year":
        return None
    first = match.start() if match["p"] else match.start("y")
    made = Expression(first, match.end(), unit="Y", shift=-1, anaphoric=True)
    if match["p"] and is_part(match, "p", "period", "quarter"):
        made.quarter = 0
    return made


@SPANS.rule("<the> y=(<year>) <period|quarter>")
def period_of_year(tokens: TimeTokens, match: re.Match[str]) -> Expression:
    """ "the 1988 period"."""
    return Expression(match.start(), match.end(), year=int(part(tokens, match, "y")), quarter=0)


# ------------------------------------------------------------------------- without a count
@SPANS.rule(
    "(?:<the>|<their>)? m=(<recent|past|next|last|early|earlier|future|ordinal|closing>)"
    " u=(<units>) (?:<and><units>)?",
    "(?:<the>|<this>|<these>|<their>) m=(<last|past|next>) u=(<unit>) <or> <number>",
)
def open_units(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
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


@SPANS.rule(f"<the>? u=(<units>)(?:<or><units>)? {AGO} a=(<ahead>)? s=(<dash><old|much>)?")
def bare_units(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
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


def opens(tokens: TimeTokens, match: re.Match[str]) -> bool:
    """Return whether a word is capitalized because it starts a sentence: "Years of war"."""
    before = "".join(tokens.words[max(match.start() - 1, 0) : match.start()])
    after = "".join(tokens.words[match.end() : match.end() + 1])
    return before in SENTENCE_ENDS and after.islower()


SENTENCE_ENDS = frozenset({"", "\n", ".", "!", "?", "“", '"', "—", "–"})


def lasts(tokens: TimeTokens, match: re.Match[str]) -> bool:
    """Distinguish "within minutes" from "in minutes of the meeting"."""
    before = tokens.words[match.start() - 1].lower() if match.start() else ""
    after = tokens.codes[match.end() : match.end() + 1]
    return before in ("in", "within", "for", "after", "of", "took") and after != CLASSES["of"]


@SPANS.rule("u=(<unit|century>) <dash> <old|much>")
def unit_long(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "week-long", "century-old"."""
    dashed = tokens.codes[match.start() - 1 : match.start()] == CLASSES["dash"]
    if dashed or tokens.words[match.end() - 1].lower() not in SUFFIXES:
        return None
    value = duration(Decimal(1), unit_of(part(tokens, match, "u")))
    return Expression(match.start(), match.end(), "duration", value=value)


@SPANS.rule("<no>? <so>? <much> <ago>", "(?:<few|some>|<a> <much>?) <while> <ago>")
def long_ago(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "long ago", "some time ago", "a while ago"."""
    if tokens.words[match.end() - 1].lower() != "ago":
        return None
    return Expression(match.start(), match.end(), value="PAST_REF")


@SPANS.rule("<long>")
def lasting(tokens: TimeTokens, match: re.Match[str]) -> Expression:
    """ "weeklong", "1h 12m"."""
    word = tokens.words[match.start()].lower()
    hours = HOURS_AND_MINUTES.fullmatch(word)
    if hours is None:
        value = LONG[word]
    else:
        value = "PT" + "".join(f"{int(n)}{unit}" for unit, n in hours.groupdict("").items() if n)
    return Expression(match.start(), match.end(), "duration", value=value)


@SPANS.rule("(?:<the>|<a>|<their>)? r=(<ordinal>) f=(<full>)? u=(<unit|part>)")
def nth_unit(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
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


@SPANS.rule("<all> u=(<unit|season>) <much>?")
def all_unit(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "all day", "all year long"; not "of all week nights"."""
    long = tokens.words[match.end() - 1].lower()
    before = tokens.words[match.start() - 1].lower() if match.start() else ""
    word = part(tokens, match, "u")
    if word not in ALL_OF or before == "of" or long not in (word, "long"):
        return None
    value = duration(Decimal(1), "SE" if word in SEASONS else unit_of(word))
    return Expression(match.start(), match.end(), "duration", value=value)


ALL_OF = frozenset({"day", "week", "month", "year", *SEASONS})


@SPANS.rule("<the> w=(<near|much|more>) t=(<term>)")
def the_term(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
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
