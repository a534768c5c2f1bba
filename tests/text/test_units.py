"""Numbers with their units: position, exact value and code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest
from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.quantities import currencies, senses, unit_table
from pipeline.text.quantities.exact import plain
from pipeline.text.units import Quantity, cents_of, find_quantities, iterate, join_interval
from tests.linear import assert_linear
from tests.marked import unmark


@pytest.mark.parametrize(
    ("marked", "value", "unit"),
    [
        ("It costs [$1.2 trillion].", "1200000000000", "USD"),
        ("A [£95m] deal", "95000000", "GBP"),
        ("worth [$1.8 bln]", "1800000000", "USD"),
        ("a [Rs 16,189-crore] plan", "161890000000", "INR"),
        ("at [US$58.24] per barrel", "58.24", "USD"),
        ("[NZ $ 26 million] more", "26000000", "NZD"),
        ("about [$US113 trillion] of debt", "113000000000000", "USD"),
        ("[$A82,615,680] for the isle", "82615680", "AUD"),
        ("up [$1.50] a share", "1.50", "USD"),
        ("paid [RM120,000] for it", "120000", "MYR"),
        ("a sum of [USD10m]", "10000000", "USD"),
        ("It is [1,200€].", "1200", "EUR"),
        ("they paid [80 USD million]", "80000000", "USD"),
        ("[8,000 roubles] a month", "8000", "RUB"),
        ("[14 million Australian dollars]", "14000000", "AUD"),
        ("a loss of [negative $71.5 million]", "-71500000", "USD"),
        ("at [197 pence]", "1.97", "GBP"),
        ("[45 cents] a gallon", "0.45", "USD"),
        ("[thirteen dollars forty-five cents]", "13.45", "USD"),
        ("a [$3500] a month mortgage", "3500", "USD"),
        ("Kenya: the shilling was at [129.2] to the dollar", "129.2", "KES"),
        ("the yen fell to [147.35] per dollar", "147.35", "JPY"),
        ("the Australian dollar slid to [1.52] against the US dollar", "1.52", "AUD"),
        ("[100 satoshis]", "0.000001", "BTC"),
        ("[400 grams per kilowatt-hour]", "400", "g/(kW.h)"),
        ("rose [6.4%]", "6.4", "%"),
        ("at [1.38pc]", "1.38", "%"),
        ("[two percentage points] more", "2", "pp"),
        ("by [35 basis points]", "35", "bp"),
        ("[37m] tall", "37", "m"),
        ("[12.3m tonnes] of fuel", "12300000", "t"),
        ("[half a mile] off", "0.5", "[mi_i]"),
        ("[minus-130 degrees Fahrenheit]", "-130", "[degF]"),
        ("[5 feet 2 inches] tall", "31/6", "[ft_i]"),
        ("a [5'10\"] guard", "35/6", "[ft_i]"),
        ("the [6-foot-3] guard", "6.25", "[ft_i]"),
        ("a [64GB] phone", "64", "GBy"),
        ("at [80 m.p.h.] or so", "80", "[mi_i]/h"),
        ("[60 miles an hour]", "60", "[mi_i]/h"),
        ("a [570 sq m] office", "570", "m2"),
        ("[0.9 trillion cubic feet] of gas", "900000000000", "[cft_i]"),
        ("[two decades] of war", "20", "a"),
        ("for [half an hour]", "0.5", "h"),
        ("a [billion-year] contract", "1000000000", "a"),
        ("the [61-year-old] woman", "61", "a"),
        ("[ten months old]", "10", "mo"),
        ("at the age of [four months]", "4", "mo"),
        ("aged [14] then", "14", "a"),
        ("a [6½-year-old] boy", "6.5", "a"),
        ("a [ten and a half year old] girl", "10.5", "a"),
        ("[MSEK 410] in all", "410000000", "SEK"),
        ("[SEKm 12.5] in all", "12500000", "SEK"),
        ("[R18 million] stolen", "18000000", "ZAR"),
        ("at [R12.50] a litre", "12.50", "ZAR"),
        ("[RMB5bn] more", "5000000000", "CNY"),
        ("[€3,50] each", "3.50", "EUR"),
        ("up [2,5%]", "2.5", "%"),
        ("[three dollars and twenty cents]", "3.2", "USD"),
        ("[$3 and 20 cents]", "3.2", "USD"),
        ("[1 pound 50 pence]", "1.5", "GBP"),
        ("it costs [15 dollars and 15].", "15.15", "USD"),
        ("[20 euro cents]", "0.2", "EUR"),
        ("[500 Zambian kwacha]", "500", "ZMW"),
        ("[7 pounds 8 ounces]", "7.5", "[lb_av]"),
        ("he weighs [12 stone 7 pounds]", "12.5", "[stone_av]"),
        ("[6 ft 6 in] tall", "6.5", "[ft_i]"),
        ("[150 mg/dL] of sugar", "150", "mg/dL"),
        ("at [1,000 kg/m3] it sinks", "1000", "kg/m3"),
        ("uses [5 l/100km] only", "5", "L/(100.km)"),
        ("[30 miles to the gallon]", "30", "[mi_i]/[gal_us]"),
        ("at [10 meters per second] then", "10", "m/s"),
        ("a [2,000-square-foot] home", "2000", "[sft_i]"),
        ("a [50-basis-point] hike", "50", "bp"),
        ("[a half-point] cut in rates", "0.5", "pp"),
        ("[a quarter of one percent]", "0.25", "%"),
        ("[two-tenths of 1 percent]", "0.2", "%"),
        ("less than [half of\n1 percent]", "0.5", "%"),
        ("[a year and a half] later", "1.5", "a"),
        ("[two years and a half] later", "2.5", "a"),
        ("[one-and-a-half hours]", "1.5", "h"),
        ("a low of [-20C] here", "-20", "Cel"),
        ("fell to [- 20 degrees Celsius]", "-20", "Cel"),
        ("[5 bcf] of gas", "5000000000", "[cft_i]"),
        ("the [400m] hurdles", "400", "m"),
    ],
)
def test_a_number_has_the_unit_next_to_it(marked, value, unit) -> None:
    text, spans = unmark(marked)
    (quantity,) = [q for q in iterate(text) if q.unit is not None]
    assert [(quantity.start, quantity.end)] == spans
    assert quantity.value is not None
    assert (plain(quantity.value), quantity.unit) == (value, unit)


@pytest.mark.parametrize(
    ("marked", "ends", "unit"),
    [
        ("between [three and 5 feet]", ("3", "5"), "[ft_i]"),
        ("between [€300 million and €350 million]", ("300000000", "350000000"), "EUR"),
        ("[$10-15 billion] more", ("10000000000", "15000000000"), "USD"),
        ("a range of [5.25%-5.50%]", ("5.25", "5.50"), "%"),
        ("[three or four years]", ("3", "4"), "a"),
        ("[RM120,000 to RM300,000]", ("120000", "300000"), "MYR"),
        ("[15-20 usd] each", ("15", "20"), "USD"),
        ("[40 to 50 hours] a week", ("40", "50"), "h"),
        ("a lens of [75 -300mm]", ("75", "300"), "mm"),
        ("up [5-to-10%]", ("5", "10"), "%"),
        ("an [18- to 24-year-old] man", ("18", "24"), "a"),
        ("between the ages of [17 and 20]", ("17", "20"), "a"),
        ("[$10bn-20bn] more", ("10000000000", "20000000000"), "USD"),
    ],
)
def test_a_range_has_the_unit_of_either_end(marked, ends, unit) -> None:
    text, spans = unmark(marked)
    (quantity,) = iterate(text)
    assert [(quantity.start, quantity.end)] == spans
    assert quantity.value is None
    assert quantity.low is not None
    assert quantity.high is not None
    assert (plain(quantity.low), plain(quantity.high), quantity.unit) == (*ends, unit)


@pytest.mark.parametrize(
    "text",
    [
        "11m people came",
        "at 6pm sharp",
        "to 50,000 in 2020",
        "the 90s",
        "63,150 Model 3s",
        "20 won medals",
        "12m-15m people",
        "30 C and 5 T",
        "10 grand slams",
        "a 13F filing",
    ],
)
def test_other_letters_next_to_a_number_are_not_a_unit(text: str) -> None:
    assert {q.unit for q in find_quantities(text)} == {None}


@pytest.mark.parametrize(
    ("marked", "low", "unit"),
    [
        ("[tens of thousands of dollars]", "10000", "USD"),
        ("[hundreds of millions of euros] more", "100000000", "EUR"),
        ("[billions of won] in cash", "1000000000", "KRW"),
        ("[hundreds of kilometres] away", "100", "km"),
        ("[thousands of years] ago", "1000", "a"),
        ("[several hundred million dollars]", "100000000", "USD"),
        ("[tens of thousands of pounds]", "10000", "GBP"),
        ("[dozens] of day labourers", "12", None),
    ],
)
def test_a_vague_number_has_the_unit_after_of(marked, low, unit) -> None:
    text, spans = unmark(marked)
    (quantity,) = iterate(text)
    assert [(quantity.start, quantity.end)] == spans
    assert quantity.value is None
    assert quantity.low is not None
    assert (plain(quantity.low), quantity.unit) == (low, unit)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("10 by 12 feet", [("10", "[ft_i]"), ("12", "[ft_i]")]),
        ("20 x 30 x 4 cm", [("20", "cm"), ("30", "cm"), ("4", "cm")]),
        ("10 $ 30 cents", [("10.3", "USD")]),
        ("1 $ 10 dollars", [("1", None), ("10", "USD")]),
        ("R2-D2 and (R-5)", []),
        ("What can $5 buy?", [("5", "USD")]),
        ("5 real problems, 3 marks, 2 colons", [("5", None), ("3", None), ("2", None)]),
        ("a stone oven of 12 stones", [("12", None)]),
        ("a coin of 5 drachmas", [("5", "GRD")]),
        ("weighing one drachma", [("1", "[dr_av]")]),
        ("It costs $350 per kg to $680 per kg.", [("350", "USD"), ("680", "USD")]),
        ("165 kilometers (103 miles) per hour", [("165", "km/h"), ("103", "[mi_i]/h")]),
        ("It cost R 25 000; class R 5.", [("25000", "ZAR"), ("5", None)]),
        ("18+ years, 35-plus hours", [("18", "a"), ("35", "h")]),
        ("1,000 or more kilograms", [("1000", "kg")]),
        ("ten lbs, a dozen HP directors", [("10", "[lb_av]"), ("12", None)]),
        (".0605 square km, 4km^3", [("0.0605", "km2"), ("4", "km3")]),
        ("1.5 million barrels a day", [("1500000", "[bbl_us]/d")]),
        ("60 tonnes a year", [("60", "t")]),
        ("between six cents and twelve cents", [("0.06", "USD"), ("0.12", "USD")]),
        ("five foot three, less than a kilometre", [("5.25", "[ft_i]"), ("1", "km")]),
        ("12 deaths per 100,000; one truck in three.", [("0.00012", None), ("1/3", None)]),
        (
            "6.02×10²³, 10⁻³, 6×10−5",
            [("602000000000000000000000", None), ("0.001", None), ("0.00006", None)],
        ),
        ("$-4bn, S $ 3m, a $ 3 fee", [("-4000000000", "USD"), ("3000000", "SGD"), ("3", "USD")]),
        ("The high - 20 degrees Celsius - came", [("20", "Cel")]),
    ],
)
def test_ambiguous_units_are_read_by_context(text: str, values) -> None:
    found = [(q.value and plain(q.value), q.unit) for q in find_quantities(text)]
    assert found == values


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("45 cents a gallon", "gallon"),
        ("$21.25 per square foot", "square foot"),
        ("£24 a-year", "year"),
        ("$3 a friend said", None),
        ("40 to 50 hours a week", "week"),
        ("21.5m a year before", None),
        ("$5 a share", "share"),
        ("45 cents per diluted share", "share"),
        ("45 cents per fully diluted share", "share"),
    ],
)
def test_a_rate_has_its_denominator(text: str, per: str | None) -> None:
    (quantity,) = iterate(text)
    assert quantity.per == per


def test_a_bare_dollar_is_assumed_to_be_american() -> None:
    bare, given = find_quantities("$5 here and US$6 there")
    assert (bare.unit, bare.assumed) == ("USD", True)
    assert (given.unit, given.assumed) == ("USD", False)


def wrong(written: str, codes: Mapping[str, str]) -> list[str]:
    """Return the units that are not read in a sentence with five of them."""
    return [
        name
        for name, code in codes.items()
        if [(q.value, q.unit) for q in find_quantities(written.format(name))] != [of_five(code)]
    ]


def test_every_word_for_a_unit_is_read() -> None:
    codes = {name: code for name, code in unit_table.WORDS.items() if name not in senses.WORDS}
    assert wrong("It had 5 {} then.", codes) == []


def test_every_symbol_of_a_unit_is_read() -> None:
    codes = {
        one: code
        for one, code in unit_table.SYMBOLS.items()
        if senses.key_of(one) not in senses.LETTERS
    }
    assert wrong("It had 5.0{} then.", codes) == []


def of_five(code: str) -> tuple[Decimal, str]:
    size = re.match(r"(\d+)\.", code)
    return (Decimal(5 * int(size[1])), code[size.end() :]) if size else (Decimal(5), code)


UCUM_METRIC = "m g L t W J cal Hz Pa bar N V A F Ohm eV Bq Sv bit By s mol pc ar B m[Hg] lm lx Gy u"
UCUM_OTHER = """
h d min wk mo a % deg ' '' rad Cel [degF] K AU
[in_i] [ft_i] [yd_i] [mi_i] [nmi_i] [fth_i] [fur_us] [hd_i] [ly] [kn_i] [sft_i] [cft_i] [cyd_i]
[cin_i] [acr_us] [gal_us] [gal_br] [qt_us] [pt_us] [cup_us] [tbs_us] [tsp_us] [bbl_us] [bu_us]
[foz_us] [lb_av] [oz_av] [dr_av] [ston_av] [lton_av] [scwt_av] [stone_av] [oz_tr] [car_m] [car_Au]
[lbf_av] [HP] [Btu] [psi] [ppm] [ppb] [pptr] [in_i'Hg]
"""
NO_UCUM = {
    "pp",
    "bp",
    "[lea]",
    "{rpm}",
    "{beat}",
    "{megapixel}",
    "{turn}",
    "[g]",
    "[ppth]",
    "[degR]",
    "[degRe]",
}
"""Percentage and basis points, a league, and UCUM annotations in braces."""


def test_codes_of_units_are_ucum() -> None:
    atoms = set(UCUM_METRIC.split()) | set(UCUM_OTHER.split())
    prefixes = (*"pnumcdhkMGTPEZ", "Ki", "Mi", "Gi", "Ti")
    atoms |= {prefix + one for prefix in prefixes for one in UCUM_METRIC.split()}
    tables = (unit_table.WORDS, unit_table.SYMBOLS, unit_table.TOPS, unit_table.BASES)
    for code in {code for table in tables for code in table.values()} - NO_UCUM:
        for term in re.split(r"[./]", code.strip("()")):
            assert term.isdecimal() or term in NO_UCUM or re.sub(r"[23]\Z", "", term) in atoms, code


CURRENT = sorted(
    {
        code
        for territory in get_global("territory_currencies")
        for code in get_territory_currencies(territory)
    }
)


@pytest.mark.parametrize("count", [1, 5])
def test_every_current_currency_is_read_by_its_name(count: int) -> None:
    found = {}
    for code in CURRENT:
        name = get_currency_name(code, count=count, locale="en")
        found[code] = [(q.unit, q.value) for q in find_quantities(f"It cost {count} {name} then.")]
    assert found == {code: [(code, count)] for code in CURRENT}


def test_codes_of_currencies_are_iso_4217() -> None:
    codes = {*currencies.CODES, *currencies.SYMBOLS.values(), *currencies.PLACES.values()}
    codes |= {*currencies.LETTERS.values(), *currencies.FIRST.values()}
    codes |= {code for row in currencies.PREFIXES.values() for code in row.values()}
    codes |= {code for row in currencies.NOUNS.values() for code in row}
    codes |= {*currencies.SUBUNITS.values(), *currencies.ONE_LETTER.values()}
    standard = {currencies.SAME_CODE.get(code, code) for code in codes} - {"BTC"}
    assert standard <= set(get_global("all_currencies"))


PIECES = [
    *(
        "thousands and thousandsx",
        "dozens and ",
        "in her 40s",
        "−",
        "×10",
        "⁻³",
        "per 100,000",
        "R ",
    ),
    *(
        "working days",
        "under a mile",
        "magnitude",
        "foot three",
        "2",
        "^",
        "Rs.",
        "bn",
        "a boy of ",
    ),
    *("R", "MSEK", "mg/dL", "stone", "of", "tens", "dollars", "cents", "half", "by", "per", "/"),
    *("$", "US$", "£", "5", "1.5", "ten", "million", "m", "%", " ", "-", "to", "feet", "2", "in"),
    *("give or take", "plus or minus", "(1.3)", "'", "altitude of", "±"),
    *("years", "old", "a", "per", "gallon", "pounds", "½", "and", "between", "\n", "İ", "'", '"'),
]


@given(st.lists(st.sampled_from(PIECES), max_size=16), st.sampled_from(["", " "]))
def test_any_sequence_of_words_is_read_in_order_with_clean_bounds(
    pieces: list[str], space: str
) -> None:
    text = space.join(pieces)
    behind = 0
    for quantity in iterate(text):
        assert behind <= quantity.start < quantity.end <= len(text)
        shown = text[quantity.start : quantity.end]
        assert shown == shown.strip()
        assert (quantity.unit_text or "").lower() in text.lower()
        assert quantity.unit is None or quantity.unit in UNITS or "/" in quantity.unit
        assert is_whole(quantity)
        behind = quantity.end


@given(st.text(max_size=25), st.integers(0, 10**12), st.text(max_size=25))
def test_any_text_around_a_number_is_read(before: str, number: int, behind: str) -> None:
    text = f"{before}{number}{behind}"
    end = 0
    for quantity in iterate(text):
        assert end <= quantity.start < quantity.end <= len(text)
        assert is_whole(quantity)
        end = quantity.end


SCALES = {"": 0, " thousand": 3, " million": 6, "bn": 9, " trillion": 12, " lakh crore": 12}
DECIMALS = st.decimals(min_value=0, max_value=10**12, places=12)


@given(
    DECIMALS, st.sampled_from(sorted(SCALES)), st.sampled_from(["£{}", "{} euros", "{} km", "{}%"])
)
def test_no_digit_is_lost(number: Decimal, scale: str, measure: str) -> None:
    (quantity,) = iterate("It was " + measure.format(f"{number:f}{scale}") + " then.")
    assert quantity.value is not None
    assert Fraction(quantity.value) == Fraction(number) * 10 ** SCALES[scale]


@pytest.mark.parametrize(
    "piece",
    [
        *("$", "$5 ", "1 ft 2 in ", "5%-", "5 x ", "5 mg/", "a year and a half ", "10⁻", "1,1"),
        *("tens of dollars of ", "in her 40s, ", "dozens and ", "one truck in ", "US $ "),
        *("5 deaths per ", "£3 a head-", "5 km (3 mi) per ", "5 stone ", "5 - ", "R1.", "MSEK "),
    ],
)
def test_long_lists_of_quantities_take_linear_time(piece: str) -> None:
    assert_linear(lambda size: list(iterate(piece * (size // len(piece)))), 4_000)


def _units() -> frozenset[str]:
    codes = {code for table in (unit_table.WORDS, unit_table.SYMBOLS) for code in table.values()}
    codes |= {*currencies.CODES, *currencies.SYMBOLS.values(), *currencies.FIRST.values()}
    codes |= {*unit_table.POWERS.values(), "{point}"}
    codes |= {f"{code}{power}" for code in unit_table.LENGTHS for power in "23"}
    return frozenset(re.sub(r"\A\d+\.", "", code) for code in codes)


UNITS = _units()


def is_whole(quantity: Quantity) -> bool:
    values = (quantity.value, quantity.low, quantity.high)
    return any(value is not None for value in values) and all(
        re.fullmatch(r"-?\d+(\.\d+)?(/\d+)?", plain(value)) for value in values if value is not None
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It cost NZ$3.5bn two years ago.", [("3500000000", "NZD"), ("2", "a")]),
        ("It sold 1.2 million three weeks later.", [("1200000", None), ("3", "wk")]),
        ("a ransom of N30m in Nigeria, then N500,000", [("30000000", "NGN"), ("500000", "NGN")]),
        ("It paid R12 500, then R2 315,50.", [("12500", "ZAR"), ("2315.50", "ZAR")]),
        ("Pakistan raised Rs 500 million.", [("500000000", "PKR")]),
        ("a fine of GH¢500, or RM2.3bil", [("500", "GHS"), ("2300000000", "MYR")]),
        ("She turns 62 in May.", [("62", "a")]),
        ("He turned 30 homes into flats.", [("30", None)]),
    ],
)
def test_numbers_of_the_press_abroad_and_numbers_side_by_side(
    text: str, expected: list[tuple[str, str | None]]
) -> None:
    assert [(plain(q.value), q.unit) for q in find_quantities(text) if q.value] == expected


def test_cents_are_of_the_money_that_a_text_counts_in() -> None:
    assert cents_of(find_quantities("Petrol is up 29 cents to R21.58.")) == "ZAR"
    assert cents_of(find_quantities("It rose 29 cents to $5.")) is None


def test_a_margin_gives_its_scale_to_the_number() -> None:
    text = "324 ± 3 million years"
    whole = join_interval(text, *find_quantities(text))
    assert whole is not None
    assert (whole.low, whole.high) == (321_000_000, 327_000_000)
