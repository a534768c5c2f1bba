"""Money beside a number: signs, codes and words, with their ISO 4217 codes."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.text.numbers import Number
from pipeline.text.quantities import currencies, currency_words, homes, numerals
from pipeline.text.quantities.exact import Value, size
from pipeline.text.quantities.measure_units import Unit, either
from pipeline.text.wordset import word_set

SIGNS = "".join(currencies.SYMBOLS)
LOWER_CODES = frozenset(("usd", "eur", "gbp", "rmb", "cny", "jpy", "inr", "aud", "cad", "chf"))
CODE = either([*currencies.CODES, *LOWER_CODES, "RMB"])
UPPER = either(currencies.CODES)
SIZES = {"M": 6, "K": 3, "T": 3, "m": 6, "k": 3, "bn": 9}
"""Of "MSEK 410", "TEUR 12" and "SEKm 410"."""
LETTERS = r"Y=|[Rr]s\.?|RM|Rp|PS|DM|S?Fr|[SND]kr|[KUT]?Shs?|[KUT]shs?|Tk"
MONEY_BEFORE = re.compile(
    rf"(?:(?<![\w$])(?P<left>[A-Za-z.]{{1,4}})[ ]?)?"
    rf"(?P<sign>[{SIGNS}])(?P<right>US|A|NZ|C|HK|AU)?[ ]?\Z"
    rf"|(?<![\w.])(?P<code>{CODE}|{LETTERS})[$]?[ ]?\Z"
    rf"|(?<![\w.])(?:(?P<sized>[MKT])(?P<of>{UPPER})|(?P<in>{UPPER})[ ]?(?P<size>[mk]|bn))[ ]?\Z"
    rf"|(?<![\w&.-])(?P<rand>R)\Z"
    rf"|(?<![\w.])(?P<word>dollar)[ ]\Z"
)
SUBUNITS = [word for word in currency_words.SUBUNITS if len(word) > 1]
NEAR = 5000
"""So far from pounds a "£" tells that they are money."""
PENCE = re.compile(r",?[ ](?:and[ ])?[\w-]{1,12}[ ](?:pence|p)\b")
PURSES = word_set(
    """
    taxpayer tax public private federal state government local campaign advertising marketing
    foreign offshore donor aid stimulus relief research development infrastructure defence defense
    education health tourist tourism export oil investment extra additional
    """
)
"""Words between a sum and its currency: "millions of taxpayer dollars"."""
MONEY_WORDS = either([*currency_words.WORDS, "pound", "satoshi", *SUBUNITS])
ADJECTIVES = either({adjective for adjective, _ in currency_words.COUNTRIES})
MONEY_WORD = re.compile(
    rf"[\s-]{{1,2}}(?:(?P<country>{ADJECTIVES})\s|(?:{either(PURSES)})\s(?=(?:dollars|euros)\b))?"
    rf"(?P<word>{MONEY_WORDS})"
    r"(?P<plural>s|es)?\b(?:\s(?P<more>sterling)\b)?"
)
MONEY_SIGN = re.compile(rf"[ ]?(?P<sign>[{SIGNS}¢])(?!\d|[ ]\d[\d.,]*[ ]dollars?\b)")
MONEY_CODE = re.compile(
    rf"[ ]?(?P<code>{CODE})(?![\w=.]*\d)\b"
    r"(?:[ ](?P<scale>thousand|million|billion|trillion|mln|bn)\b)?"
)
CENTS = re.compile(r"(?P<unit>[cp])(?=[\s,.;:)]|\Z)(?!\.m)")
SAID_AGAIN = re.compile(
    r"[ ](?:(?P<country>us|u\.s\.)(?=[,;)]|\.?(?:\s|\Z))(?![ ](?!per|an?\b)[a-z])|dollars?\b)"
)
GLUED_LETTERS = frozenset(("a", "s", "r", "b", "z", "j", "n", "g", "can", "co", "cl", "ec"))
"""Before a dollar sign these are words or initials, if a space stands between."""
VIDEO = frozenset({"240", "360", "480", "576", "720", "1080", "1440", "2160"})


def money_before(found: re.Match[str]) -> tuple[Unit, int]:
    """Return the money that stands before a number, and where it starts."""
    shown = found[0].strip()
    if found["sign"]:
        sign, left, right = found["sign"], (found["left"] or "").lower(), found["right"]
        if sign == "$" and (left or right):
            code = currencies.DOLLARS.get((right or left).lower())
            apart = bool(left) and shown[len(left) : len(left) + 1] == " "
            if code is not None and not (apart and left in GLUED_LETTERS):
                at = found.start("sign" if right else "left")
                return Unit("money", code, found[0][at - found.start() :].strip(), -1), at
        code = currencies.SYMBOLS[sign]
        unit = Unit("money", code, sign, -1, sign in currencies.ASSUMED)
        return unit, found.start("sign")
    if found["word"]:
        return Unit("money", "USD", "dollar", -1, assumed=True), found.start("word")
    if found["rand"]:
        return Unit("money", "ZAR", "R", -1), found.start("rand")
    sized = found["sized"] or found["size"]
    if sized:
        factor = Decimal(10 ** SIZES[sized])
        code = _code(found["of"] or found["in"])
        return Unit("money", code, shown, -1, False, factor), found.start()
    return Unit("money", _code(found["code"]), shown.rstrip("$ "), -1), found.start()


def _code(written: str) -> str:
    code = currencies.PREFIXES.get(written.lower(), written.upper())
    return currencies.SAME_CODE.get(code, code)


def said_again(text: str, low: str, unit: Unit, end: int) -> Unit:
    """Return the unit of "$75 U.S.", "$31.20 US", "$5 dollars", which is said on both sides."""
    behind = SAID_AGAIN.match(low, end)
    if behind is None or unit.code != "USD":
        return unit._replace(end=end)
    if not behind["country"]:
        return unit._replace(end=behind.end())
    if not text[behind.start("country")].isupper():
        return unit._replace(end=end)
    return unit._replace(end=behind.end(), assumed=False)


def money_behind(text: str, low: str, end: int, number: Number) -> Unit | None:
    word = MONEY_WORD.match(low, end)
    if word is not None:
        unit = _money_word(low, word, number)
        if unit is not None:
            return unit
    sign = MONEY_SIGN.match(text, end)
    if sign is not None:
        if sign["sign"] == "¢":
            return Unit("money", "USD", "¢", sign.end(), True, Decimal("0.01"))
        code = currencies.SYMBOLS[sign["sign"]]
        return Unit("money", code, sign["sign"], sign.end(), sign["sign"] in currencies.ASSUMED)
    code_found = MONEY_CODE.match(text, end)
    if code_found is not None:
        scale = code_found["scale"]
        factor = Decimal(10) ** numerals.SCALES[scale] if scale else Decimal(1)
        return Unit(
            "money", _code(code_found["code"]), code_found["code"], code_found.end(), False, factor
        )
    cents = CENTS.match(text, end)
    if cents is not None and not number.words and text[number.start : end] not in VIDEO:
        code = currency_words.SUBUNITS[cents["unit"]]
        return Unit("money", code, cents["unit"], cents.end(), True, Decimal("0.01"))
    return None


def _money_word(low: str, found: re.Match[str], number: Number) -> Unit | None:
    word, country = found["word"], found["country"]
    shown = low[found.start("country") if country else found.start("word") : found.end()]
    national = currency_words.COUNTRIES.get((country, word)) if country else None
    if word == "satoshi":
        return Unit("money", "XBT", shown, found.end(), False, Decimal("0.00000001"))
    if country and national is None:
        return None
    known = number.value if number.value is not None else number.low
    amount: Value = Decimal(0) if known is None else size(known)
    home = None if country else homes.home(low, word)
    crowns = word == "crown" and home is not None and amount >= homes.LEAST
    if not country and word in currency_words.NATIONAL_ONLY and not crowns:
        return None
    if word in currency_words.SUBUNITS:
        if word == "cent" and low.startswith("per ", found.start("word") - 4):
            return None
        assumed = national is None and word not in ("pence", "penny")
        code = national or currency_words.SUBUNITS[word]
        return Unit("money", code, found[0].strip(" -"), found.end(), assumed, Decimal("0.01"))
    if national is not None:
        return Unit("money", national, shown, found.end())
    if word == "pound":
        # pounds of weight, unless the text or the size of the sum says money
        around = low[max(0, found.start() - NEAR) : found.end() + NEAR]
        british = found["more"] or "£" in around or "sterling" in around
        british = british or PENCE.match(low, found.end())
        if not british and amount < 10**6:
            return None
        word = "sterling"
    elif not _is_money(low, word, number, amount):
        return None
    code = home or currency_words.WORDS[word]
    return Unit("money", code, shown, found.end(), word in currency_words.SHARED)


def _is_money(low: str, word: str, number: Number, amount: Value) -> bool:
    """Tell sums from "20 won medals" and "weighing one drachma"."""
    if word == "won":
        return amount >= 1000
    if word == "rand":
        return not number.words or amount >= 3
    return word != "drachma" or "weigh" not in low[max(0, number.start - 20) : number.start]
