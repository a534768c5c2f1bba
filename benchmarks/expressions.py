"""Read expressions of quantities made from a grammar, and count those that are read wrong.

    python benchmarks/expressions.py                         # 100,000 expressions
    python benchmarks/expressions.py --count 5000 --show 3   # fewer, with examples of each class

An expression is a number, or two as a range or with a tolerance, with a measure before or after
it: money, a unit, a percentage, an age, a rate. Each is set into a sentence and read as a document
is, without a network. It is right if one quantity has its place, its ends and its unit, and no
other quantity touches it. The class of an expression is its layout, its number and its measure.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

import spacy

from pipeline.quantities.units import Quantity
from pipeline.stages.figures.candidates import Candidates


def _words(listed: str) -> list[str]:
    return listed.split()


ONES = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety")
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class Made(NamedTuple):
    """An expression with what it says."""

    form: str
    text: str
    low: Fraction
    high: Fraction
    unit: str | None
    lead: str = ""
    """Words before it that belong to it and are not part of its place: "between"."""
    tail: str = ""
    """Words after it, such as "people"."""


class Amount(NamedTuple):
    """A number as it is written."""

    form: str
    text: str
    value: Fraction
    digits: bool = True


class Scale(NamedTuple):
    """A scale after a number, with what joins them."""

    form: str
    text: str
    size: Fraction


class Measure(NamedTuple):
    """A unit: letters before and after a number."""

    form: str
    before: str
    behind: str
    unit: str
    factor: Fraction = Fraction(1)
    sizes: str = "one any"
    """``one``: a plain number; ``any``: a scale may follow it."""


def in_words(value: int) -> str:
    """Write a whole number below a million in words."""
    if value < 20:
        return ONES[value]
    if value < 100:
        rest = f"-{ONES[value % 10]}" if value % 10 else ""
        return TENS[value // 10 - 2] + rest
    size, name = (1000, "thousand") if value >= 1000 else (100, "hundred")
    rest = value % size
    joint = "" if not rest else " and " if size == 100 else " "
    return f"{in_words(value // size)} {name}{joint}{in_words(rest) if rest else ''}"


# ------------------------------------------------------------------------------------- the tables
Draw = Callable[[random.Random], tuple[str, Fraction]]


def _grouped(mark: str) -> Draw:
    def draw(dice: random.Random) -> tuple[str, Fraction]:
        value = dice.choice([dice.randrange(10**3, 10**5), dice.randrange(10**6, 10**9)])
        return f"{value:,}".replace(",", mark), Fraction(value)

    return draw


def _decimal(dice: random.Random) -> tuple[str, Fraction]:
    text = f"{dice.randrange(0, 400)}.{dice.randrange(1, 10 ** dice.randrange(1, 4)):03d}".rstrip(
        "0"
    )
    return text, Fraction(text)


def _power(dice: random.Random, text: str, power: str) -> tuple[str, Fraction]:
    digits = f"{dice.randrange(1, 10)}.{dice.randrange(1, 100):02d}"
    exponent = dice.choice([-30, -19, -9, -5, 4, 6, 9, 23])
    shown = str(exponent).translate(RAISED) if power == "raised" else str(exponent)
    return text.format(digits, shown), Fraction(digits) * Fraction(10) ** exponent


def _word(dice: random.Random, low: int, high: int) -> tuple[str, Fraction]:
    value = dice.randrange(low, high)
    return in_words(value), Fraction(value)


def _mixed(
    dice: random.Random, text: str, parts: Sequence[tuple[str, Fraction]]
) -> tuple[str, Fraction]:
    whole, (part, share) = dice.randrange(2, 40), dice.choice(parts)
    return text.format(whole, part), whole + share


F = Fraction
VULGAR = [("½", F(1, 2)), ("¼", F(1, 4)), ("¾", F(3, 4)), ("⅓", F(1, 3)), ("⅝", F(5, 8))]
SLASHED = [("1/2", F(1, 2)), ("3/4", F(3, 4)), ("1/4", F(1, 4)), ("3/8", F(3, 8))]

WHOLE: dict[str, Draw] = {
    "small": lambda dice: ((text := str(dice.randrange(2, 1000))), F(text)),
    "decimal": _decimal,
}
DIGITS: dict[str, Draw] = WHOLE | {
    "commas": _grouped(","),
    "thin spaces": _grouped("\u2009"),
    "no-break spaces": _grouped("\u00a0"),
    "apostrophes": _grouped("'"),
}
OTHERS: dict[str, Draw] = {
    "x 10^": lambda dice: _power(dice, dice.choice(["{}×10^{}", "{} × 10^{}", "{}x10^{}"]), ""),
    "x 10 raised": lambda dice: _power(dice, dice.choice(["{}×10{}", "{} × 10{}"]), "raised"),
    "e": lambda dice: _power(dice, dice.choice(["{}e{}", "{}E{}"]), ""),
    "vulgar": lambda dice: _mixed(dice, "{}{}", VULGAR),
    "mixed": lambda dice: _mixed(dice, dice.choice(["{} {}", "{}-{}"]), SLASHED),
}
WORDS: dict[str, Draw] = {
    "word": lambda dice: _word(dice, 2, 20),
    "words": lambda dice: _word(dice, 20, 100),
    "many words": lambda dice: _word(dice, 100, 1000),
}
SPELLED = {
    "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "crore": 7, "lakh": 5,
    "hundred thousand": 5, "hundred million": 8, "lakh crore": 12, "thousand crore": 10,
}  # fmt: skip
LETTERS = {
    "k": 3, "K": 3, "m": 6, "M": 6, "mn": 6, "mln": 6, "bn": 9, "B": 9, "b": 9, "bln": 9,
    "tn": 12, "trn": 12, "T": 12, "mm": 6, "MM": 6, "cr": 7,
}  # fmt: skip
NONE = Scale("", "", F(1))
SCALES_SPELLED = [Scale(word, f" {word}", F(10**power)) for word, power in SPELLED.items()]
SCALES_HYPHEN = [Scale("-million", "-million", F(10**6)), Scale("-billion", "-billion", F(10**9))]
SCALES_GLUED = [Scale(letters, letters, F(10**power)) for letters, power in LETTERS.items()]
SCALES_APART = [
    Scale(f" {one}", f" {one}", F(10 ** LETTERS[one])) for one in ("m", "bn", "mn", "mln", "trn")
]

SYMBOLS = {
    "$": "USD", "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "CDN$": "CAD",
    "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "NT$": "TWD", "R$": "BRL", "MX$": "MXN", "J$": "JMD",
    "TT$": "TTD", "Bds$": "BBD", "$US": "USD", "$A": "AUD", "€": "EUR", "£": "GBP", "¥": "JPY",
    "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₦": "NGN", "₱": "PHP", "₪": "ILS", "฿": "THB",
    "₫": "VND", "₴": "UAH", "CN¥": "CNY", "JP¥": "JPY", "CFA": "XOF", "Rs": "INR", "Rs.": "INR",
    "RM": "MYR", "Rp": "IDR", "RMB": "CNY", "Tk": "BDT", "E£": "EGP",
}  # fmt: skip
SPACED = {
    "US $": "USD", "S $ ": "SGD", "NZ $ ": "NZD", "HK $": "HKD", "$ ": "USD",
    "€ ": "EUR", "£ ": "GBP", "₹ ": "INR", "Rs ": "INR", "Rs. ": "INR", "RM ": "MYR", "Tk ": "BDT",
}  # fmt: skip
CODES = _words(
    "USD EUR GBP JPY CHF CNY INR KRW SEK NOK DKK PLN CZK HUF ZAR NGN KES AUD CAD SGD THB PHP VND"
)
NAMES = {
    "dollars": "USD", "US dollars": "USD", "Canadian dollars": "CAD", "Australian dollars": "AUD",
    "Hong Kong dollars": "HKD", "euros": "EUR", "pounds sterling": "GBP", "yen": "JPY",
    "yuan": "CNY", "Swiss francs": "CHF", "CFA francs": "XOF", "Swedish kronor": "SEK",
    "Danish kroner": "DKK", "Czech crowns": "CZK", "Indian rupees": "INR", "rupees": "INR",
    "Pakistani rupees": "PKR", "Mexican pesos": "MXN", "Russian rubles": "RUB", "rubles": "RUB",
    "Kenyan shillings": "KES", "Zambian kwacha": "ZMW", "Egyptian pounds": "EGP", "naira": "NGN",
    "Polish zloty": "PLN", "Turkish lira": "TRY", "Iraqi dinars": "IQD", "Saudi riyals": "SAR",
    "Iranian rials": "IRR", "UAE dirhams": "AED", "Brazilian reais": "BRL", "hryvnias": "UAH",
    "rand": "ZAR", "shekels": "ILS", "baht": "THB", "ringgit": "MYR", "bitcoins": "BTC",
}  # fmt: skip
SMALL_MONEY = {"cents": "USD", "pence": "GBP", "¢": "USD", "p": "GBP", "kopecks": "RUB"}
UNITS = {
    "km": "km", "kilometres": "km", "kilometers": "km", "miles": "[mi_i]", "metres": "m",
    "meters": "m", "feet": "[ft_i]", "inches": "[in_i]", "cm": "cm", "mm": "mm", "kg": "kg",
    "kilograms": "kg", "kilos": "kg", "grams": "g", "tonnes": "t", "tons": "[ston_av]",
    "lbs": "[lb_av]", "lb": "[lb_av]", "ounces": "[oz_av]", "oz": "[oz_av]",
    "litres": "L", "liters": "L", "gallons": "[gal_us]", "barrels": "[bbl_us]", "hectares": "har",
    "acres": "[acr_us]", "sq km": "km2", "square km": "km2", "sq. miles": "[mi_i]2",
    "square miles": "[mi_i]2", "square feet": "[sft_i]", "sq ft": "[sft_i]", "sq m": "m2",
    "square metres": "m2", "cubic metres": "m3", "cubic feet": "[cft_i]", "MW": "MW",
    "megawatts": "MW", "GW": "GW", "kWh": "kW.h", "kilowatt-hours": "kW.h", "MHz": "MHz",
    "GB": "GBy", "gigabytes": "GBy", "mph": "[mi_i]/h", "km/h": "km/h", "kph": "km/h",
    "miles per hour": "[mi_i]/h", "miles an hour": "[mi_i]/h", "kilometres per hour": "km/h",
    "metres per second": "m/s", "barrels a day": "[bbl_us]/d", "barrels per day": "[bbl_us]/d",
    "bpd": "[bbl_us]/d", "metres an hour": "m/h", "litres per second": "L/s",
    "nanograms per millilitre": "ng/mL", "mg/dL": "mg/dL", "g/km": "g/km",
    "micrograms per cubic metre": "ug/m3", "degrees": "deg", "degrees Celsius": "Cel",
    "degrees Fahrenheit": "[degF]", "degrees C": "Cel", "°C": "Cel", "°F": "[degF]", "°": "deg",
    "minutes": "min", "hours": "h", "days": "d", "weeks": "wk", "months": "mo", "years": "a",
    "seconds": "s", "milliseconds": "ms", "hp": "[HP]", "horsepower": "[HP]", "dB": "dB",
    "decibels": "dB", "volts": "V", "carats": "[car_m]", "ppm": "[ppm]",
    "nautical miles": "[nmi_i]",
    "light years": "[ly]", "light-years": "[ly]", "acre-feet": "[acr_us].[ft_i]", "hPa": "hPa",
    "millibars": "mbar", "psi": "[psi]", "knots": "[kn_i]", "calories": "cal", "kcal": "kcal",
}  # fmt: skip
SHARES = {
    "%": "%", " %": "%", " percent": "%", " per cent": "%", " pct": "%", "pc": "%",
    " percentage points": "pp", "-percentage-point": "pp", " basis points": "bp", "bp": "bp",
    "bps": "bp", "pp": "pp",
}  # fmt: skip
COUNTED = ["people", "jobs", "homes", "votes"]
GLUED = {
    "km",
    "cm",
    "mm",
    "kg",
    "MW",
    "GW",
    "kWh",
    "MHz",
    "GB",
    "mph",
    "km/h",
    "°C",
    "°F",
    "°",
    "lbs",
    "lb",
}
GLUED |= {"hp", "dB", "hPa", "psi", "ppm", "bpd", "mg/dL", "g/km", "oz", "kph", "kcal"}
HYPHENED = {
    "mile": "[mi_i]", "foot": "[ft_i]", "metre": "m", "kilometer": "km", "acre": "[acr_us]",
    "tonne": "t", "year": "a", "month": "mo", "day": "d", "hour": "h", "minute": "min",
    "ton": "[ston_av]",
    "square-foot": "[sft_i]", "square-mile": "[mi_i]2", "megawatt": "MW", "inch": "[in_i]",
    "gallon": "[gal_us]", "barrel": "[bbl_us]", "kilogram": "kg",
}  # fmt: skip
PERS = [
    "a gallon",
    "per share",
    "a head",
    "per sq m",
    "/sq ft",
    "a tonne",
    "/barrel",
    "an hour",
    "per person",
    "a year",
]

MONEY = [
    *(Measure(f"{sign} before", sign, "", code) for sign, code in SYMBOLS.items()),
    *(Measure(f"{sign} apart before", sign, "", code) for sign, code in SPACED.items()),
    *(Measure("code before", code, "", code) for code in CODES),
    *(Measure("code apart before", f"{code} ", "", code) for code in CODES),
]
MONEY_BEHIND = [
    *(Measure("code behind", "", f" {code}", code) for code in CODES),
    *(Measure(f"{name} behind", "", f" {name}", code) for name, code in NAMES.items()),
]
MONEY_SIGN_BEHIND = [
    Measure(f"{sign} behind", "", sign, code)
    for sign, code in (("€", "EUR"), (" €", "EUR"), ("£", "GBP"))
]
CENTS = [
    Measure(f"{word} behind", "", word if len(word) == 1 else f" {word}", code, F(1, 100))
    for word, code in SMALL_MONEY.items()
]
MEASURES = [Measure(f"{unit} behind", "", f" {unit}", code) for unit, code in UNITS.items()]
MEASURES_GLUED = [Measure(f"{unit} glued", "", unit, UNITS[unit]) for unit in sorted(GLUED)]
MEASURES_HYPHEN = [
    Measure(f"-{unit} behind", "", f"-{unit}", code) for unit, code in HYPHENED.items()
]
PARTS = [Measure(f"{unit} behind", "", unit, code) for unit, code in SHARES.items()]

LINKS = ["-", "–", " - ", " to ", "-to-", " or "]
TOLERANCES = [" ± ", "±", " +/- ", " plus or minus ", ", give or take "]
SENTENCES = [
    "The company said on Monday that {} was enough.",
    "Officials put it at {}, according to a report.",
    "It fell short by {}.",
    "{} went missing, police said.",
    "They asked for {} and got less.",
    "Critics (who wanted {}) left.",
    "“We need {},” she said.",
    "It grew by {}; nobody knows why.",
    "Last year's total, {}, was a record.",
    "At {} it remains low.",
]


# ------------------------------------------------------------------------------------ the grammar
def draw(dice: random.Random, table: dict[str, Draw]) -> Amount:
    form = dice.choice(list(table))
    text, value = table[form](dice)
    return Amount(form, text, value, digits=form not in WORDS)


def scale_for(dice: random.Random, amount: Amount, measure: Measure) -> Scale:
    """Draw a scale that a number may have, or none."""
    if amount.form not in ("small", "decimal", "word", "words"):
        return NONE
    choices = [[NONE], SCALES_SPELLED]
    if amount.digits and measure.before:
        choices += [SCALES_GLUED, SCALES_APART, SCALES_HYPHEN]
    elif amount.digits and measure.behind.startswith(" ") and measure in MONEY_BEHIND:
        choices.append([one for one in SCALES_GLUED if one.form not in ("T", "cr", "b", "mm")])
    elif measure not in MEASURES and measure not in MONEY_BEHIND:
        choices = [[NONE]]
    return dice.choice(dice.choice(choices))


def measures_for(dice: random.Random, amount: Amount) -> Measure:
    if not amount.digits:
        groups = [MONEY_BEHIND, MEASURES, MEASURES_HYPHEN, PARTS[2:4] + PARTS[6:9], CENTS[:2]]
    elif amount.form in OTHERS:
        groups = [MONEY_BEHIND, MEASURES]
    else:
        groups = [MONEY, MONEY, MONEY_BEHIND, MONEY_SIGN_BEHIND, MEASURES, MEASURES_GLUED]
        groups += [MEASURES_HYPHEN, PARTS, CENTS]
    return dice.choice(dice.choice(groups))


def one(dice: random.Random) -> Made:
    """Make one number with its measure, with or without a sign."""
    amount = draw(dice, dice.choice([DIGITS, DIGITS, OTHERS, WORDS]))
    measure = measures_for(dice, amount)
    scale = scale_for(dice, amount, measure)
    text, value = f"{measure.before}{amount.text}{scale.text}{measure.behind}", amount.value
    form = f"one · {amount.form} · {scale.form} · {measure.form}"
    sign = dice.choice(["", "", "", "-", "−", "minus ", "inside"])
    inside = sign == "inside" and measure.before[-1:] in tuple("$€£¥₹₩₽")
    inside = inside and " " not in measure.before
    if inside:
        mark = dice.choice("-−")
        text = f"{measure.before.strip()}{mark}{amount.text}{scale.text}{measure.behind}"
    elif sign and sign != "inside":
        text = sign + text
    if sign and (sign != "inside" or inside):
        value, form = -value, f"sign · {form}"
    value *= scale.size * measure.factor
    return Made(form, text, value, value, measure.unit)


def counted(dice: random.Random) -> Made:
    """Make a number of things: "11m people"."""
    amount = draw(dice, dice.choice([DIGITS, WORDS]))
    scales = [NONE, *SCALES_SPELLED]
    if amount.digits:
        scales += [one for one in SCALES_GLUED if one.form not in ("cr", "T", "b", "mm")]
    scale = dice.choice(scales) if amount.form in ("small", "decimal", "word", "words") else NONE
    value = amount.value * scale.size
    form = f"counted · {amount.form} · {scale.form}"
    return Made(form, amount.text + scale.text, value, value, None, tail=f" {dice.choice(COUNTED)}")


def span(dice: random.Random) -> Made:
    """Make a range, with its measure at one end or both."""
    table = dice.choice([WHOLE, WHOLE, {"commas": DIGITS["commas"]}, {"word": WORDS["word"]}])
    low, high = sorted((draw(dice, table) for _ in range(2)), key=lambda amount: amount.value)
    if low.value == high.value:
        return span(dice)
    measure = measures_for(dice, low)
    scale = scale_for(dice, low, measure)
    if low.value >= 1000 or high.form != low.form:
        scale = NONE
    link = dice.choice(LINKS)
    glued = link in ("-", "–", "-to-")
    between = not glued and dice.random() < 0.3
    lead = "between " if between else ""
    link = " and " if between else link
    p, s = measure.before, measure.behind
    if measure in MEASURES_HYPHEN and link not in ("-", "–", "-to-", " or ", " to "):
        return span(dice)
    scaled = scale.text
    layouts = {"unit last": (f"{low.text}", f"{high.text}{scaled}{s}")}
    if p:
        layouts = {
            "unit first": (f"{p}{low.text}", f"{high.text}{scaled}"),
            "unit both": (f"{p}{low.text}", f"{p}{high.text}{scaled}"),
            "all both": (f"{p}{low.text}{scaled}", f"{p}{high.text}{scaled}"),
            "unit first, scale both": (f"{p}{low.text}{scaled}", f"{high.text}{scaled}"),
        }
        if scale == NONE:
            layouts.pop("all both")
            layouts.pop("unit first, scale both")
    elif measure not in MEASURES_HYPHEN:
        layouts["all both"] = (f"{low.text}{scaled}{s}", f"{high.text}{scaled}{s}")
        if scale != NONE:
            layouts["scale both"] = (f"{low.text}{scaled}", f"{high.text}{scaled}{s}")
    layout = dice.choice(list(layouts))
    first, second = layouts[layout]
    size = scale.size * measure.factor
    form = f"range {layout} · {low.form} · {scale.form} · {measure.form} · {link.strip() or '-'}"
    return Made(
        form, first + link + second, low.value * size, high.value * size, measure.unit, lead
    )


def tolerance(dice: random.Random) -> Made:
    """Make a number with a tolerance: "5 ± 1 km"."""
    low, high = draw(dice, WHOLE), draw(dice, WHOLE)
    margin, middle = sorted((low, high), key=lambda amount: amount.value)
    if not margin.value:
        return tolerance(dice)
    measure = dice.choice([*MONEY[:20], *MEASURES, *PARTS[:4]])
    link = dice.choice(TOLERANCES)
    p, s = measure.before, measure.behind
    layouts = {"both": (f"{p}{middle.text}{s}", f"{p}{margin.text}{s}")}
    layouts["one"] = (f"{p}{middle.text}", f"{margin.text}{s}")
    layout = dice.choice(list(layouts))
    form = f"tolerance {layout} · {measure.form} · {link.strip()}"
    low_end, high_end = middle.value - margin.value, middle.value + margin.value
    return Made(form, link.join(layouts[layout]), low_end, high_end, measure.unit)


def rated(dice: random.Random) -> Made:
    """Make money by something: "$3 a gallon"."""
    amount = draw(dice, WHOLE)
    measure = dice.choice([*MONEY[:25], *MONEY_BEHIND, *CENTS[:2]])
    per = dice.choice(PERS)
    value = amount.value * measure.factor
    tail = per if per.startswith("/") else f" {per}"
    text = f"{measure.before}{amount.text}{measure.behind}"
    return Made(f"rate · {measure.form} · {per}", text, value, value, measure.unit, tail=tail)


def share(dice: random.Random) -> Made:
    """Make a share of so many: "12 per 100,000", "one in five"."""
    top, base = dice.randrange(1, 10), dice.choice([100_000, 10_000, 1000])
    text = dice.choice(
        [
            "{} per {:,}",
            "{} in {:,}",
            "{} out of {:,}",
            "{} in every {:,}",
            "{}/{:,}",
            "{} out of every {:,}",
        ]
    )
    shown = str(top) if "/" in text or dice.random() < 0.5 else in_words(top)
    value = Fraction(top, base)
    return Made(f"share · {text}", text.format(shown, base), value, value, None)


AGES = {
    "aged {} to {}": 2, "aged {}-{}": 2, "aged between {} and {}": 2, "ages {} to {}": 2,
    "between the ages of {} and {}": 2, "aged {}–{}": 2, "aged from {} to {}": 2,
    "[{}- to {}-year-olds]": 2, "[{}-to-{}-year-old]": 2, "[{} to {} years old]": 2,
    "[{}-{} year olds]": 2, "[{}–{} years old]": 2, "[{} to {} years of age]": 2,
    "aged {}": 1, "age {}": 1, "the age of {}": 1, "[{}-year-old]": 1, "[{} year-old]": 1,
    "[{} year old]": 1,
    "[{} years old]": 1, "[{}-years-old]": 1, "[{} years of age]": 1, "[{} years-old]": 1,
    "[{}-year-olds]": 1, "[{} year olds]": 1, "[{}yo]": 1, "[{} y/o]": 1, "at age {}": 1,
    "a girl aged [{} months]": -1, "an [{} month-old]": -1, "an [{}-month-old]": -1,
    "[{} months old]": -1,
}  # fmt: skip
DECADES = {
    "in her {}s": 0,
    "in his early {}s": 0,
    "in their {}s": 0,
    "in his late-{}s": 0,
    "in her mid-{}s": 0,
}


def age(dice: random.Random) -> Made:
    """Make an age."""
    if dice.random() < 0.15:
        text, ten = dice.choice(list(DECADES)), dice.randrange(2, 10)
        lead, _, _ = text.partition("{}")
        return Made(f"age · {text}", f"{10 * ten}s", F(10 * ten), F(10 * ten + 9), "a", lead)
    text = dice.choice(list(AGES))
    ends = sorted(dice.sample(range(3, 99), 2))
    digits = "{}-{}" in text or "yo" in text or "y/o" in text or "–" in text or dice.random() < 0.7
    shown = [str(end) if digits else in_words(end) for end in ends][: abs(AGES[text])]
    low, high = F(ends[0]), F(ends[len(shown) - 1])
    made = text.format(*shown)
    unit = "mo" if AGES[text] < 0 else "a"
    if "[" in made:
        lead, _, rest = made.partition("[")
        return Made(f"age · {text}", rest.rstrip("]"), low, high, unit, lead)
    start = made.find(shown[0])
    return Made(f"age · {text}", made[start:], low, high, unit, made[:start])


def rated_range(dice: random.Random) -> Made:
    """Make a range of money by something: "$3 a gallon to $4 a gallon"."""
    low, high = sorted((draw(dice, WHOLE) for _ in range(2)), key=lambda amount: amount.value)
    if low.value == high.value:
        return rated_range(dice)
    measure, per = dice.choice([*MONEY[:25], *MONEY_BEHIND]), dice.choice(PERS)
    by = per if per.startswith("/") else f" {per}"
    p, s, link = measure.before, measure.behind, dice.choice(["–", " to ", " - "])
    text = f"{p}{low.text}{s}{by}{link}{p}{high.text}{s}"
    form = f"rates · {measure.form} · {per}"
    return Made(form, text, low.value, high.value, measure.unit, tail=by)


MAKERS = [one, one, one, counted, span, span, tolerance, rated, rated_range, share, age]


def made(count: int, seed: int) -> Iterator[Made]:
    """Yield so many expressions."""
    dice = random.Random(seed)
    for at in range(count):
        yield MAKERS[at % len(MAKERS)](dice)


# -------------------------------------------------------------------------------------- the reader
def sentence(expression: Made, template: str) -> tuple[str, int]:
    """Return a sentence with an expression in it, and where the expression starts."""
    before, _, after = template.partition("{}")
    lead = before + expression.lead
    text = lead + expression.text + expression.tail + after
    if not before:
        text = text[0].upper() + text[1:]
    return text, len(lead)


def is_right(expression: Made, start: int, end: int, found: Sequence[Quantity]) -> bool:
    """Tell whether an expression was read as what it says, at its place."""
    near = [one for one in found if one.start < end and start < one.end]
    if len(near) != 1:
        return False
    (only,) = near
    ends = (only.low, only.high) if only.low is not None else (only.value, only.value)
    if None in ends or (only.start, only.end) != (start, end):
        return False
    unit = "a" if only.kind == "age" and only.unit is None else only.unit
    return (Fraction(ends[0]), Fraction(ends[1])) == (expression.low, expression.high) and (
        unit == expression.unit
    )


def read(expression: Made, template: str, nlp: spacy.Language) -> tuple[bool, str]:
    """Tell whether an expression is read right in a sentence, and how it is read."""
    text, start = sentence(expression, template)
    found = [one.quantity for one in Candidates(nlp(text), []).found]
    shown = "; ".join(
        f"{text[one.start : one.end]!r} {one.value} {one.low} {one.high} {one.unit}"
        for one in found
    )
    return is_right(expression, start, start + len(expression.text), found), f"{text}  →  {shown}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=16)
    parser.add_argument("--show", type=int, default=0, help="examples of each class that fails")
    parser.add_argument("--depth", type=int, default=2, help="parts of the name that make a class")
    args = parser.parse_args()
    nlp = spacy.blank("en")
    dice = random.Random(args.seed)
    total: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    examples: dict[str, list[str]] = defaultdict(list)
    for expression in made(args.count, args.seed):
        right, shown = read(expression, dice.choice(SENTENCES), nlp)
        name = " · ".join(expression.form.split(" · ")[: args.depth])
        total[name] += 1
        if not right:
            wrong[name] += 1
            examples[name].append(f"{expression.form}: {shown}")
    for name, number in sorted(total.items()):
        if wrong[name]:
            print(f"{name}: {wrong[name]} of {number} wrong")
            for example in examples[name][: args.show]:
                print(f"    {example}")
    bad = sum(wrong.values())
    print(f"expressions/right {100 * (1 - bad / args.count):.2f} ({args.count})")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
