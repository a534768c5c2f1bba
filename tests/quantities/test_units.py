"""Numbers with their units: position, exact value and code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quantities import currencies, unit_table
from pipeline.quantities.exact import plain
from pipeline.quantities.senses import LETTERS, key_of
from pipeline.quantities.senses import WORDS as AMBIGUOUS
from pipeline.quantities.units import (
    Quantity,
    cents_of,
    dollars_of,
    find_quantities,
    iterate,
    join_interval,
)
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


@pytest.mark.parametrize(
    "marked",
    [
        "{MSEK 410|410000000 SEK}; {TEUR 12|12000 EUR}; {SEKm 410|410000000 SEK}; {EUR410|410 EUR}",
        "{S $ 3m|3000000 SGD}; Series S {$299|299 USD?}; A {$ 3|3 USD?} fee; {US $5|5 USD}",
        "can {$5|5 USD?}; {C$5|5 CAD}; {c$5|5 CAD}; {A$5|5 AUD}; {Can$5|5 CAD}; {$5 US|5 USD}",
        "{$75 U.S.|75 USD}; {$75|75 USD?} us said; {$31.20 US|31.20 USD}; {$5 dollars|5 USD?}",
        "{€5|5 EUR} dollars; {£5|5 GBP} US; {$75|75 USD?} U.S. officials; {$75 US|75 USD} per",
        "{Rs 50|50 INR}; {Rs. 50|50 INR}",
        "Pakistan pays {Rs 50|50 PKR}; {£-5|-5 GBP}; {$ -5|-5 USD?}; ({€23m|23000000 EUR})",
        "  {(€23m)|-23000000 EUR}; {minus $5|-5 USD?}; {negative £5|-5 GBP}",
        "plus or minus {$5|5 USD?}; {5 dollars|5 USD?}; {5 taxpayer dollars|5 USD?}",
        "{5|5} other dollars; {5 Zambian kwacha|5 ZMW}; {5 Danish crowns|5 DKK}",
        "{5|5} Danish dollars; {5 pence|0.05 GBP}; {5 cents|0.05 USD?}; {5 per cent|5 %}",
        "{5 satoshis|0.00000005 BTC}; {5 pounds sterling|5 GBP}",
        "The Philippines paid {5 pesos|5 PHP?}; {5 US cents|0.05 USD}; {5¢|0.05 USD?}; {5 €|5 EUR}",
        "{5 US$|5 USD}; {5|5} X$; {5US$|5 USD}; {5 R$|5 BRL}; {5$|5 USD?}; {5$|5 USD?} {3|3}",
        "{5 AUD|5 AUD}; {5 AUD million|5000000 AUD}; {5 AUD|5 AUD} {3|3}; {5 Rs|5 INR}",
        "{5 RM|5 MYR}; {10 cents|0.1 USD? per share} per share",
        "the yen fell to {147.3|147.3 JPY per dollar} per dollar",
        "the yen fell. It was {147.3|147.3} per dollar; {147.3|147.3} per dollar",
        "the Australian dollar rose to {0.7|0.7 AUD per dollar} to the US dollar",
        "the euro rose to {1.1|1.1 EUR per dollar} against the dollar; {two-thirds|2/3} per dollar",
        "{a year and a half|1.5 a}; {a week or two|1..2 wk}; {one hour and a half|1.5 h}",
        "{a minute and four seconds|64 s}; {an hour and 20 minutes|80 min}",
        "{two-hundredths of a second|0.02 s}; {a quarter of an hour|0.25 h}; {half|0.5} of an idea",
        "{four pounds fifty|4.5 GBP?} for that; {ten dollars|10 USD?} {fifty|50} people",
        "a year and {3 days|3 d}",
        "last {year and a half|1.5 a}; {two years and a half|2.5 a}; a year or {three|3}",
        "the year and {a half|0.5}; next {week or two|1..2 wk}; {a mile and a half|1.5 [mi_i]}",
        "a week and {two|2}; {5 feet 2 inches|31/6 [ft_i]}",
        "{5 feet|5 [ft_i]} {12 inches|12 [in_i]}; {5 feet, 2 inches|31/6 [ft_i]}",
        "{5 ft 2 in|31/6 [ft_i]}; {5 ft|5 [ft_i]} {2|2}; {6-foot-3|6.25 [ft_i]}",
        "{6 foot 3|6.25 [ft_i]}; {6 foot|6 [ft_i]} {three|3}",
        "{6 feet|6 [ft_i]} {two inches|2 [in_i]}; {5.5 feet|5.5 [ft_i]} {2 inches|2 [in_i]}",
        "{5'10\"|35/6 [ft_i]}; {5' 10''|35/6 [ft_i]}; {5|5}’{10|10}; {5|5}' tall",
        "altitude of {5'|5 [ft_i]}; {7 pounds 6 ounces|7.375 [lb_av]}",
        "{7 pounds|7 [lb_av]} {16 ounces|16 [oz_av]}; {7 pounds and 6 ounces|7.375 [lb_av]}",
        "{12 stone|12 [stone_av]} {7|7}; {12 stone 7 pounds|12.5 [stone_av]}",
        "{2 hours 5 minutes|125 min}; {2 hours, 5 minutes|125 min}",
        "{2 hours and 5 minutes|125 min}; {2 hours|2 h} {65 minutes|65 min}",
        "{2.5 hours|2.5 h} {5 minutes|5 min}; {2 minutes|2 min} {5 hours|5 h}",
        "{3 years 2 months|38 mo}; {3 weeks 2 days|23 d}; {$13 45|13.45 USD?}",
        "{$13 45|13.45 USD?} more; {$13 450|13450 USD?}; {$13 and 45|13.45 USD?}.",
        "{$13|13 USD?} and {45|45} people; {13 dollars 45 cents|13.45 USD?}",
        "{13 dollars 45|13.45 USD?}.; {$13|13 USD?}, {45 cents|0.45 USD?}",
        "{$13.5|13.5 USD?} {45|45}.; {thirteen dollars|13 USD?} {forty-five|45}",
        "{45 cents|0.45 USD?} {13 dollars|13 USD?}; {$13 and 45 cents|13.45 USD?}",
        "{$2 and a half|2.5 USD?}; {18+ years|18 a}",
        "{18|18} + years; {35-plus hours|35 h}; {20-odd years|20 a}",
        "{1,000 or more kilograms|1000 kg}; {5 or so miles|5 [mi_i]}; {half a mile|0.5 [mi_i]}",
        "{half of a mile|0.5 [mi_i]}; {three quarters of an hour|0.75 h}",
        "{half of 1 percent|0.5 %}; {half of one per cent|0.5 %}; {0.5 of 1 percent|0.5 %}",
        "{a third of a mile|1/3 [mi_i]}; {two|2} of a mile; {5 square feet|5 [sft_i]}",
        "{5 sq. ft|5 [sft_i]}; {5 square metres|5 m2}; {5 cubic metres|5 m3}; {5 ft2|5 [sft_i]}",
        "{5 square miles|5 [mi_i]2}; {5|5} square kilos; {5|5} square point; {5|5} sq kg",
        "{4 km^3|4 km3}; {5|5} kg2; {5 km|5 km}.; {5 km|5 km}. He; {5 mi.|5 [mi_i]} long",
        '{5 in|5 [in_i]} long; {5in|5 [in_i]}; {five|5} in long; {5"|5 [in_i]} long',
        '{5 "|5 [in_i]} long; {5"|5 [in_i]} of rain; {5 in.|5 [in_i]} of snow',
        "{5 in|5 [in_i]} of rain; {5° C|5 Cel}; {5°F|5 [degF]}; {5 °C|5 Cel}",
        "It is {5 degrees Celsius|5 Cel}",
        "{5 degrees|5 [degF]}. It fell to {3 degrees Fahrenheit|3 [degF]}; {5%|5 %}; {5 %|5 %}",
        "{5 percent|5 %}; {5 percentage points|5 pp}; {5 percentage point|5 pp}",
        "{5 basis points|5 bp}; {five-second|5 s}; {five seconds|5 s}; in the {second|2}",
        "{5second|5 s}; {5 hp|5 [HP]}; {ten km|10 km}; tenkm; tenmiles; {10miles|10 [mi_i]}",
        "{5mi|5 [mi_i]}; {10 km|10 km}; {10|10} - km; In Britain a {5 ton|5 t} truck",
        "{5 tonnes|5 t}; {5 fortnights|10 wk}; {two decades|20 a}; {5 km/h|5 km/h}",
        "{5 km / h|5 km/h}; {5 km per hour|5 km/h}; {5 km an hour|5 km/h}",
        "{5 miles an hour|5 [mi_i]/h}; {5 miles per hour|5 [mi_i]/h}; {5 m.p.h.|5 [mi_i]/h}",
        "{5 mph|5 [mi_i]/h}; {5 mg/dL|5 mg/dL}; {5 mg/100 ml|5 mg/(100.mL)}",
        "{5 mg per 100 ml|5 mg/(100.mL)}; {5 mg per 1,000 litres|5 mg/(1000.L)}; {5 kg/m3|5 kg/m3}",
        "{5 kg per square metre|5 kg/m2}; {5 kg per hour|5 kg/h}",
        "{12 pounds per square inch|12 [psi]}; {5 miles to the gallon|5 [mi_i]/[gal_us]}",
        "{5 miles|5 [mi_i]} to the town; {5 miles|5 [mi_i]} every hour",
        "{5 barrels a day|5 [bbl_us]/d}; {5 barrels per day|5 [bbl_us]/d}",
        "{5 litres per second|5 L/s}; {5 tonnes|5 t per year} a year",
        "{5 km|5 km per turn} per turn; {400 grams per kilowatt-hour|400 g/(kW.h)}",
        "{5|5} people per square mile; {$5|5 USD? per kg}/kg; {$5|5 USD? per kg} per kg",
        "{$5|5 USD?} a kg; {$5|5 USD? per kilogram} a kilogram; {$5|5 USD? per head} a head",
        "{$5|5 USD?} a friend; {$5|5 USD?} per cent; {$5|5 USD? per share} a share",
        "{$5|5 USD? per share} per diluted share; {$5|5 USD? per share} per fully diluted share",
        "{$5|5 USD?} a year before; {$5|5 USD?} a year ago; {$5|5 USD?} per year later",
        "{$5|5 USD? per year} a year; {$5|5 USD? per 100 kg} per {100 kg|100 kg}",
        "{$5|5 USD?} per {100|100} friends; {$5|5 USD?} per {million|1000000} people",
        "{$5|5 USD?}/friend; {$5|5 USD?} p/kg; {$5|5 USD? per hour} an hour",
        "{$5|5 USD? per man-hour} per man-hour; {$5|5 USD? per metric tonne} per metric tonnes",
        "{£3|3 GBP per head} a head-; {5 km2/h|5 km2/h}",
        "{15 km|15 km/h} ({9 miles|9 [mi_i]/h}) per hour",
        "{15 km|15 km} ({9 miles|9 [mi_i]}) per turn; {15 km|15 km} ({9|9}) per hour",
        "{15 km|15 km}, ({9 miles|9 [mi_i]}) per hour; {$5|5 USD?} ({9 miles|9 [mi_i]}) per hour",
        "aged {5|5 a age}; age {5|5 a age}; ages {5|5 a age}; the age of {5|5 a age}",
        "ages of {5|5 a age}; age group {5|5 a age}; aged about {5|5 a age}",
        "aged at least {5|5 a age}; aged more than {5|5 a age}; as young as {5|5 a age}",
        "as old as {five|5 a age}; as old as time {5|5}; aged {5.5|5.5}; aged {0|0}",
        "aged {124|124 a age}; aged {125|125}; aged {125 months|125 mo age}",
        "aged {5 months|5 mo age}; aged {2000 days|2000 d}; aged {1999 days|1999 d age}",
        "aged {half a year|0.5 a}; aged {$5|5 USD?}; a boy of {six|6 a age}",
        "a boy of about {six|6 a age}; a boy of {six|6 a age} who; a boy of {six|6} men",
        "a team of {six|6}; a boy of {six years|6 a}; turned {62|62 a age}",
        "turns {62|62 a age} in May; turning {62|62} homes; turned {62|62 a age} next",
        "turned {30|30} homes; {61-year-old|61 a age}; {61 years old|61 a age}",
        "{ten months old|10 mo age}; {6 weeks of age|6 wk age}; {5 y/o|5 a age}; {5yo|5 a age}",
        "{5 year olds|5 a age}; {5-day old|5 d age}; in her {40s|40..49 a age}",
        "in her early {40s|40..49 a age}; in his very late {40s|40..49 a age}",
        "in their {30s|30..39 a age}, {40s|40..49 a age} and {50s|50..59 a age}",
        "in their {30s|30..39 a age}-{40s|40..49 a age}; in the {40|40}s; in her {10|10}s",
        "in their mid-{20s|20..29 a age} or early {30s|30..39 a age}",
        "his {40s|40..49 a age}, {50|50} men; her {90's|90..99 a age}; magnitude {5|5 magnitude}",
        "magnitude of {6.1|6.1 magnitude}; a {6.1|6.1 magnitude}-magnitude; magnitude {5 km|5 km}",
        "{6.1|6.1 magnitude} magnitude; magnitude {five|5 magnitude}; magnitude in {5|5}",
        "magnitudes {5|5 magnitude}; the magnitude was {5|5 magnitude}",
        "to {- 20 degrees Celsius|-20 Cel}; of {– 5 degrees Celsius|-5 Cel}",
        "high - {20 degrees Celsius|20 Cel}; to - {five degrees Celsius|5 Cel}",
        "{- 20 degrees Celsius|-20 Cel}; to - {20 km|20 km}",
        "or {- 20 degrees Fahrenheit|-20 [degF]}; under {a mile|1 [mi_i]}",
        "less than {a kilometre|1 km}; more than an hour; a mile; almost {an inch|1 [in_i]}",
        "under {a mile an hour|1 [mi_i]/h}; up to {a ton|1 [ston_av] per year} per year",
        "{dozens of miles|>12 [mi_i]}; {tens of thousands of dollars|>10000 USD?}",
        "{hundreds|>100} of dollar; {millions of taxpayer dollars|>1000000 USD?}",
        "{dozens|>12} of mile; {dozens|>12} of people; {hundreds of square miles|>100 [mi_i]2}",
        "between {three and 5 feet|3..5 [ft_i]}; {three|3} and {5 feet|5 [ft_i]}",
        "between the ages of {17 and 20|17..20 a age}; {15-20 dollars|15..20 USD?}",
        "{15 - 20 dollars|15..20 USD?}; {15 to about 20 dollars|15..20 USD?}",
        "{15 up to 20 dollars|15..20 USD?}; {15 or 20 dollars|15..20 USD?}",
        "{15-to-20 dollars|15..20 USD?}; {15- to 20-year-old|15..20 a age}",
        "{€300 million to €350 million|300000000..350000000 EUR}",
        "{$10-15 billion|10000000000..15000000000 USD?}",
        "{$10bn-20bn|10000000000..20000000000 USD?}; {$900-1.2 million|900..1200000 USD?}",
        "{5% to 6%|5..6 %}; {0.6%|0.6 %} to {91.83|91.83}; {5%-6|5..6 %}; {5-6%|5..6 %}",
        "{$5|5 USD?} to {€6|6 EUR}; {5 miles|5 [mi_i]} to {6 km|6 km}; {5 to $6|5..6 USD?}",
        "{$5 to 6|5..6 USD?}",
        "{$5 a share to $6|5..6 USD? per share} a share; {$5 per kg to $6|5..6 USD? per kg} per kg",
        "{$5|5 USD? per kg} per kg to {$6|6 USD? per ton} per ton",
        "{$5|5 USD? per kg} per kg to {$6|6 USD?}; {six months to two years|0.5..2 a}",
        "{two days|2 d} to {two years|2 a}; {5 to 6 hours|5..6 h}",
        "aged {five months to three years|5/12..3 a age}; aged {5 to 6|5..6 a age}",
        "aged {5 to 6 years|5..6 a age}; aged {5 months to 6 months|5..6 mo age}",
        "{45 cents to $2|0.45..2 USD?}; {5 cents to 6 cents|0.05..0.06 USD?}",
        "{one third|1/3} to {one half|0.5}; {third|3} to {fifth|5}; {5 in 6|5/6} to {7|7}",
        "{$5 to $6|5..6 USD?} to {$7|7 USD?}; between about {5 and about 6 miles|5..6 [mi_i]}",
        "{5|5} to {5 miles|5 [mi_i]}; from {4 to 5 cubic metres|4..5 m3}",
        "{$5 million to 6 million|5000000..6000000 USD?}; {5 to 6 ft|5..6 [ft_i]}",
        "{10|10 [ft_i]} by {12 feet|12 [ft_i]}; {10|10 cm} x {12|12 cm} x {4 cm|4 cm}",
        "{10|10 [ft_i]}-by-{12 feet|12 [ft_i]}; {10|10} by {12|12}",
        "{10|10} by the {12 feet|12 [ft_i]}",
    ],
)
def test_the_quantities_of_a_phrase_have_values_units_and_rates(marked: str) -> None:
    text = MARKED.sub(r"\1", marked)
    wanted = [one.groups() for one in MARKED.finditer(marked)]
    assert [(text[q.start : q.end], shown(q)) for q in iterate(text)] == wanted


MARKED = re.compile(r"\{([^{}|]+)\|([^{}]*)\}")


def shown(quantity: Quantity) -> str:
    """Return value and unit; "?" marks an assumed currency, ">" the least of a vague number."""
    low, high = quantity.low, quantity.high
    value = plain(quantity.value) if quantity.value is not None else f">{low}"
    if low is not None and high is not None:
        value = f"{plain(low)}..{plain(high)}"
    mark = "?" if quantity.assumed else ""
    unit = f" {quantity.unit}{mark}" if quantity.unit else ""
    kind = " age" if quantity.kind == "age" else ""
    kind = " magnitude" if (quantity.kind, quantity.unit) == ("quantity", None) else kind
    return f"{value}{unit}{kind}" + (f" per {quantity.per}" if quantity.per else "")


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
    codes = {name: code for name, code in unit_table.WORDS.items() if name not in AMBIGUOUS}
    assert wrong("It had 5 {} then.", codes) == []


def test_every_symbol_of_a_unit_is_read() -> None:
    codes = {one: code for one, code in unit_table.SYMBOLS.items() if key_of(one) not in LETTERS}
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


@pytest.mark.check
@pytest.mark.parametrize("count", [1, 5])
def test_every_current_currency_is_read_by_its_name(count: int) -> None:
    from babel.core import get_global
    from babel.numbers import get_currency_name, get_territory_currencies

    territories = get_global("territory_currencies")
    current = {code for one in territories for code in get_territory_currencies(one)}
    found = {}
    for code in current:
        name = get_currency_name(code, count=count, locale="en")
        found[code] = [(q.unit, q.value) for q in find_quantities(f"It cost {count} {name} then.")]
    assert found == {code: [(code, count)] for code in current}


@pytest.mark.check
def test_codes_of_currencies_are_iso_4217() -> None:
    from babel.core import get_global

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
        *("½", "a½", "3½", "²"),
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


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("$640 million, give or take $20 million", ("620000000", "660000000", "USD")),
        ("324 ± 3 million years", ("321000000", "327000000", "a")),
        ("5 ± 1 km", ("4", "6", "km")),
        ("$5 ± 1", ("4", "6", "USD")),
        ("5% plus or minus 2 percentage points", ("3", "7", "%")),
        ("48%, plus or minus about 3 points", ("45", "51", "%")),
        ("5 million ± 1 million people", ("4000000", "6000000", None)),
        ("5 km ± 0 km", None),
        ("5 km ± 1 mile", None),
        ("5 km + 1 km", None),
        ("dozens ± 1", None),
    ],
)
def test_a_margin_makes_an_interval_in_one_unit(text: str, ends) -> None:
    whole = join_interval(text, *find_quantities(text))
    assert (whole and (str(whole.low), str(whole.high), whole.unit)) == ends


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SYDNEY - It cost $5 million.", "AUD"),
        ("It cost $5 million.", None),
        ("SYDNEY - It cost a lot.", None),
        ("SYDNEY - It cost five dollars.", "AUD"),
        ("SYDNEY (Reuters) - It cost $5 million.", None),
        ("SYDNEY - It cost $5 million. " + "It rained. " * 20 + "Reuters said so.", "AUD"),
        ("SYDNEY - It cost A$5 million, then $6 million.", None),
        ("SYDNEY - It cost $5 million in London.", None),
        ("SYDNEY - Melbourne paid $5 million in London.", "AUD"),
        ("BERLIN - It cost $5 million.", None),
        ("BERLIN - It cost €5, then 20 cents.", "EUR"),
        ("BERLIN - It cost 20 cents.", None),
    ],
)
def test_a_bare_dollar_is_of_the_country_that_the_text_is_about(text: str, code) -> None:
    assert dollars_of(text) == code
