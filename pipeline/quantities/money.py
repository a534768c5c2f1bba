"""Money beside a number: signs, codes and words, with their ISO 4217 codes."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from pipeline.quantities import numerals, senses
from pipeline.quantities.currencies import (
    ASSUMED,
    BEFORE,
    CODE,
    DOUBTFUL,
    FIRST,
    LOWER,
    NOUNS,
    ONE_LETTER,
    PREFIXES,
    SIGNS,
    STARTS,
    SUBUNITS,
    SYMBOLS,
    code_of,
    home_currency,
    national,
)
from pipeline.quantities.measures import Unit
from pipeline.quantities.number_reader import Number
from pipeline.quantities.unit_table import PHRASE_WORD, key, phrases, single
from pipeline.text.words import alternatives, word_set

SIZES = {"M": 6, "K": 3, "T": 3, "m": 6, "k": 3, "bn": 9}
"""Powers of ten in "MSEK 410", "TEUR 12" and "SEKm 410"."""
SATOSHI = Decimal("0.00000001")
"""The value of a satoshi in bitcoins; other small units are hundredths."""
PURSES = word_set(
    """
    taxpayer tax public private federal state government local campaign advertising marketing
    foreign offshore donor aid stimulus relief research development infrastructure defence defense
    education health tourist tourism export oil investment extra additional
    """
)
"""Words between an amount and its currency: "millions of taxpayer dollars"."""
APART_NOT = frozenset(("us", "can", "co", "Can", "Co"))
"""Letters before a dollar sign that are words if a space separates them."""
GAP = re.compile(r"[\s-]{1,2}")
PURSE = re.compile(r"([a-z]+)\s(?=(?:dollars|euros)\b)")
MONEY_SIGN = re.compile(
    rf"[ ]?(?P<left>US|AU?|NZ|CA?|HK|NT|[SR])?(?P<sign>[{SIGNS}¢])(?!\d|[ ]\d[\d.,]*[ ]dollars?\b)"
)
MONEY_CODE = re.compile(
    rf"[ ]?(?P<code>{CODE}|Rs|RM|zł|Kč|Ft)(?![\w=.]*\d)\b"
    r"(?:[ ](?P<scale>thousand|million|billion|trillion|mln|bn)\b)?"
)
EXCHANGED = re.compile(
    r"[ ](?:per|to[ ](?:the|one|a)|against[ ]the|versus[ ]the)[ ](?:us[ ]|u\.s\.[ ]|american[ ])?"
    rf"(?P<base>greenback|{alternatives(sorted(NOUNS.keys() - DOUBTFUL))})\b"
)
BREAK = re.compile(r"[.!?;]\s|\n")
GRAND = re.compile(r"[ -](?P<form>grand)\b")
SIGN = re.compile(rf"[{SIGNS}]")
SAID_AGAIN = re.compile(
    r"[ ](?:(?P<country>us|u\.s\.)(?=[,;)]|\.?(?:\s|\Z))(?![ ](?!per|an?\b)[a-z])|dollars?\b)"
)


def money_before(found: re.Match[str]) -> tuple[Unit, int]:
    """Return the currency before a number, and where it starts."""
    shown = found[0].rstrip("-− ")
    if found["sign"]:
        sign, left, right = found["sign"], found["left"] or "", found["right"]
        letters = PREFIXES.get(sign, {})
        code = letters.get(right or left) or LOWER[sign].get(left.lower())
        space = found[0][len(left) : len(left) + 1] == " "
        if code is not None and not right and space:
            one = (
                len(left) == 1 and left not in "cC"
            )  # "S $ 3m", but "Series S $299" and "A $ 3 fee"
            apart = found[0].endswith(" ") and left.isupper() and left != "A"
            code = None if left in APART_NOT or (one and not apart) else code
        if code is not None:
            at = found.start("sign" if right else "left")
            return Unit("money", code, shown[at - found.start() :], -1), at
        assumed = sign in ASSUMED
        return Unit("money", SYMBOLS[sign], sign, -1, assumed), found.start("sign")
    if found["word"]:
        return Unit("money", "USD", "dollar", -1, assumed=True), found.start("word")
    if found["one"] or found["rand"]:
        return Unit("money", ONE_LETTER[shown], shown, -1), found.start()
    sized = found["sized"] or found["size"]
    if sized:
        factor = Decimal(10 ** SIZES[sized])
        code = code_of(found["of"] or found["in"])
        return Unit("money", code, shown, -1, False, factor), found.start()
    return Unit("money", code_of(found["code"], found.string), shown.rstrip("$"), -1), found.start()


__all__ = ["BEFORE", "BREAK", "exchange_rate", "money_before", "money_behind", "said_again"]


def said_again(text: str, low: str, unit: Unit, end: int) -> Unit:
    """Return the unit of "$75 U.S.", "$31.20 US", "$5 dollars", which is given on both sides."""
    behind = SAID_AGAIN.match(low, end)
    if behind is None or unit.code != "USD":
        return unit._replace(end=end)
    if not behind["country"]:
        return unit._replace(end=behind.end())
    if not text[behind.start("country")].isupper():
        return unit._replace(end=end)
    return unit._replace(end=behind.end(), assumed=False)


def money_behind(text: str, low: str, end: int, number: Number) -> Unit | None:
    """Return the currency after a number."""
    gap = GAP.match(low, end)
    unit = _word(text, low, gap.end(), number) if gap is not None else None
    if unit is not None:
        return unit
    sign = MONEY_SIGN.match(text, end)
    if sign is not None:
        if sign["sign"] == "¢":
            return Unit("money", "USD", "¢", sign.end(), True, Decimal("0.01"))
        mark, left = sign["sign"], sign["left"] or ""
        lettered = PREFIXES.get(mark, {}).get(left)
        if left and lettered is None:
            return None
        assumed = lettered is None and mark in ASSUMED
        return Unit("money", lettered or SYMBOLS[mark], left + mark, sign.end(), assumed)
    found = MONEY_CODE.match(text, end)
    if found is not None:
        scale = found["scale"]
        factor = Decimal(10) ** numerals.SCALES[scale] if scale else Decimal(1)
        code = code_of(found["code"])
        return Unit("money", code, found["code"], found.end(), False, factor)
    letter = GRAND.match(low, end)
    if letter is None and not number.words:
        letter = senses.LETTER.match(low, end)
    if letter is None:
        return None
    form = letter["form"]
    readings = senses.LETTERS.get(senses.key_of(form)) or senses.WORDS[form]
    place = letter.span("form")
    if form == "grand" and senses.read(text, number[:2], place, readings) == "scale":
        return Unit("money", _spoken(text), form, letter.end(), True, Decimal(1000))
    if "money" in readings and senses.read(text, number[:2], place, readings) == "money":
        code = SUBUNITS[form[0]]
        return Unit("money", code, form, letter.end(), True, Decimal("0.01"))
    return None


def exchange_rate(text: str, low: str, number: Number) -> Unit | None:
    """Return the currency of "the yen fell to 147.3 per dollar", which is the one that is quoted.

    That is the last other currency that the sentence names before the number.
    """
    rate = EXCHANGED.match(low, number.end) if number.kind == "cardinal" else None
    if rate is None:
        return None
    start = max(0, number.start - 200)
    start = max((one.end() for one in BREAK.finditer(low, start, number.start)), default=start)
    adjective, found = "", None
    for word in PHRASE_WORD.findall(low, start, number.start):
        noun = single(word)
        code = national(adjective, noun)
        if code or (noun in NOUNS and noun != rate["base"]):
            code = code or home_currency(text, noun)
            found = Unit(
                "money", code or FIRST[noun], "", number.end, not code and len(NOUNS[noun]) > 1
            )
        adjective = noun
    return found and found._replace(per=rate["base"])


def _spoken(text: str) -> str:
    """Return the currency that a text uses most."""
    signs = Counter(SIGN.findall(text)).most_common(1)
    return SYMBOLS[signs[0][0]] if signs else "USD"


def _word(text: str, low: str, at: int, number: Number) -> Unit | None:
    """Read a currency in words at an offset: "dollars", "Zambian kwacha", "taxpayer dollars"."""
    purse = PURSE.match(low, at)
    if purse is not None and purse[1] in PURSES:
        at = purse.end()
    for phrase, end in phrases(low, at, starts=STARTS):
        noun = phrase
        if phrase not in NOUNS and phrase not in SUBUNITS:
            noun = phrase.removesuffix("s")
        if noun in NOUNS or (noun in SUBUNITS and len(noun) > 1):
            return _bare(text, low, at, end, noun, number)
        adjective, _, noun = phrase.rpartition(" ")
        noun = noun if noun in NOUNS else noun.removesuffix("s")
        code = national(adjective, noun) if adjective else None
        if code is not None:
            factor = Decimal("0.01") if noun in SUBUNITS else Decimal(1)
            return Unit("money", code, text[at:end], end, False, factor)
    return None


def _bare(text: str, low: str, at: int, end: int, noun: str, number: Number) -> Unit | None:
    """Read the name of a currency without its country."""
    shown = text[at:end]
    if noun in SUBUNITS:
        if noun in DOUBTFUL:
            return None
        if noun == "cent" and low.startswith("per ", at - 4):
            return None
        if SUBUNITS[noun] == "BTC":
            return Unit("money", "BTC", shown, end, False, SATOSHI)
        assumed = noun not in ("pence", "penny")
        return Unit("money", SUBUNITS[noun], shown, end, assumed, Decimal("0.01"))
    home = home_currency(text, noun)
    readings = senses.WORDS.get(noun)
    if readings is None and home is None and noun in DOUBTFUL:
        return None
    if readings and senses.read(text, number[:2], (at, end), readings) != "money":
        return None
    more = low.startswith(" sterling", end)
    end += len(" sterling") if more else 0
    code = "GBP" if more else home or FIRST[noun]
    return Unit("money", code, text[at:end], end, len(NOUNS[noun]) > 1 and not more)


def is_small(unit_text: str | None) -> bool:
    """Return whether a unit's words name a hundredth: "cents", "p"."""
    return bool(unit_text) and key(unit_text or "").rpartition(" ")[2] in SUBUNITS
