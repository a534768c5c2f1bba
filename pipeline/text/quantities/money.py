"""Money beside a number: signs, codes and words, with their ISO 4217 codes."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.text.numbers import Number
from pipeline.text.quantities import currencies, numerals
from pipeline.text.quantities.exact import size
from pipeline.text.quantities.measure_units import Unit, either

SIGNS = "".join(currencies.SYMBOLS)
LOWER_CODES = frozenset(("usd", "eur", "gbp", "rmb", "cny", "jpy", "inr", "aud", "cad", "chf"))
CODE = either([*currencies.CODES, *LOWER_CODES, "RMB"])
MONEY_BEFORE = re.compile(
    rf"(?:(?<![\w$])(?P<left>[A-Za-z.]{{1,4}})[ ]?)?"
    rf"(?P<sign>[{SIGNS}])(?P<right>US|A|NZ|C|HK|AU)?[ ]?\Z"
    rf"|(?<![\w.])(?P<code>{CODE}|Y=|[Rr]s\.?|RM|Rp|PS|DM|S?Fr|[SND]kr|Ksh|Tk)[$]?[ ]?\Z"
    rf"|(?<![\w.])(?P<word>dollar)[ ]\Z"
)
MONEY_WORDS = either(currencies.WORDS)
ADJECTIVES = either({adjective for adjective, _ in currencies.COUNTRIES})
MONEY_WORD = re.compile(
    rf"[\s-]{{1,2}}(?:(?P<country>{ADJECTIVES})\s)?"
    rf"(?P<word>{MONEY_WORDS}|pound|cent|penny|pence|sen|kopeck|paise|satoshi)"
    r"(?P<plural>s|es)?\b(?:\s(?P<more>sterling)\b)?"
)
MONEY_SIGN = re.compile(rf"[ ]?(?P<sign>[{SIGNS}¢])(?![\d])")
MONEY_CODE = re.compile(
    rf"[ ]?(?P<code>{CODE})(?![\w=.]*\d)\b"
    r"(?:[ ](?P<scale>thousand|million|billion|trillion|mln|bn)\b)?"
)
CENTS = re.compile(r"(?P<unit>[cp])(?=[\s,.;:)]|\Z)")
SAID_AGAIN = re.compile(
    r"[ ](?:(?P<country>us|u\.s\.)(?=[,;)]|\.?(?:\s|\Z))(?![ ](?!per|an?\b)[a-z])|dollars?\b)"
)
VIDEO = frozenset({"240", "360", "480", "576", "720", "1080", "1440", "2160"})


def money_before(found: re.Match[str]) -> tuple[Unit, int]:
    """Return the money that stands before a number, and where it starts."""
    shown = found[0].strip()
    if found["sign"]:
        sign, left, right = found["sign"], (found["left"] or "").lower(), found["right"]
        if sign == "$" and (left or right):
            code = currencies.DOLLARS.get((right or left).lower())
            apart = bool(left) and shown[len(left) : len(left) + 1] == " "
            if code is not None and not (apart and left in ("a", "s", "r", "b", "z", "j")):
                at = found.start("sign" if right else "left")
                return Unit("money", code, found[0][at - found.start() :].strip(), -1), at
        code = currencies.SYMBOLS[sign]
        unit = Unit("money", code, sign, -1, sign in currencies.ASSUMED)
        return unit, found.start("sign")
    if found["word"]:
        return Unit("money", "USD", "dollar", -1, assumed=True), found.start("word")
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
        code = currencies.SUBUNITS[cents["unit"]]
        return Unit("money", code, cents["unit"], cents.end(), True, Decimal("0.01"))
    return None


def _money_word(low: str, found: re.Match[str], number: Number) -> Unit | None:
    word, country = found["word"], found["country"]
    shown = low[found.start("country") if country else found.start("word") : found.end()]
    if word in currencies.SUBUNITS or word == "satoshi":
        if word == "satoshi":
            return Unit("money", "XBT", shown, found.end(), False, Decimal("0.00000001"))
        if word == "cent" and low.startswith("per ", found.start("word") - 4):
            return None
        assumed = word not in ("pence", "penny")
        code = currencies.SUBUNITS[word]
        return Unit("money", code, found[0].strip(" -"), found.end(), assumed, Decimal("0.01"))
    if word == "pound":
        # pounds of weight, unless the text or the size of the sum says money
        sterling = found["more"] or country in (
            "british",
            "egyptian",
            "lebanese",
            "syrian",
            "irish",
        )
        large = number.value is not None and size(number.value) >= 10**6
        if not (sterling or large or "£" in low or "sterling" in low):
            return None
        word = "pound" if country else "sterling"
    elif word == "won" and not country:
        large = number.value is not None and size(number.value) >= 1000
        if not large:
            return None
    elif word == "rand" and number.words and number.value is not None and number.value < 3:
        return None
    if word == "crown" and not country:
        return None
    national = currencies.COUNTRIES.get((country, word)) if country else None
    if national is not None:
        return Unit("money", national, shown, found.end())
    if country:
        return None
    return Unit("money", currencies.WORDS[word], shown, found.end(), word in currencies.SHARED)
