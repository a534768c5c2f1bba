"""Numbers in words and digits: exact values and positions."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quantities.numbers import Number, find_numbers, parse_number, plain
from tests.linear import assert_linear
from tests.marked import unmark
from tests.times.timexes import unmark as unmark_values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.2 trillion", "1200000000000"),
        ("12.7bn", "12700000000"),
        ("1.8 bln", "1800000000"),
        ("16,189-crore", "161890000000"),
        ("12,34,567.89", "1234567.89"),
        ("40 000", "40000"),
        ("1\u202f234\u202f567.89", "1234567.89"),
        ("1.111,11", "1111.11"),
        (".08", "0.08"),
        ("2.70", "2.70"),
        ("6.23x10^-4", "0.000623"),
        ("0.0000001e5", "0.01"),
        ("three hundred and two", "302"),
        ("twenty-eight thousand six hundred forty-two", "28642"),
        ("twenty-one trillion three hundred", "21000000000300"),
        ("three lakh crore", "3000000000000"),
        ("4 hundred million", "400000000"),
        ("nine point nought four", "9.04"),
        ("two point five million", "2500000"),
        ("two and a half", "2.5"),
        ("five and a half million", "5500000"),
        ("three million and a half", "3500000"),
        ("10 1/2", "10.5"),
        ("half a million", "500000"),
        ("a quarter million", "250000"),
        ("half a dozen", "6"),
        ("two dozen", "24"),
        ("a hundred", "100"),
        ("two-thirds", "2/3"),
        ("three quarters of a million", "750000"),
        ("½", "0.5"),
        ("1⁄32", "0.03125"),
        ("⅔", "2/3"),
        ("one in five", "0.2"),
        ("one in three", "1/3"),
        ("nine out of 10", "0.9"),
        ("twice", "2"),
        ("tenfold", "10"),
        ("18-fold", "18"),
        ("minus 5", "-5"),
        ("minus-130", "-130"),
        ("-1.3", "-1.3"),
        ("33rd", "33"),
        ("twenty-first", "21"),
        ("one third", "1/3"),
        ("one twenty-fifth", "0.04"),
        ("10^6", "1000000"),
        ("2.5^-1", "0.4"),
        ("one over three", "1/3"),
        ("minus two over 20", "-0.1"),
        ("three hundred and two dozen", "324"),
        ("(1.3) million", "-1300000"),
        ("a twenty-first", "1/21"),
        ("one one hundred and fifth", "1/105"),
        ("one hundred thirty-fifths", "20/7"),
        ("a hundred thousand trillionths", "0.0000001"),
        ("ten thousandths", "0.01"),
        ("one hundred twenty-fifth", "125"),
        ("one billion and three quarters million", "1000750000"),
        ("one and three-quarters million", "1750000"),
        ("half-a-million", "500000"),
        ("one-and-a-half", "1.5"),
        ("1½", "1.5"),
        ("3 and 3/4", "3.75"),
        ("1/2", "0.5"),
        ("2/5", "0.4"),
        ("-4/5", "-0.8"),
        ("one ten-thousandth", "0.0001"),
        ("twenty and three and three fifths", "23.6"),
        ("two hundred and fifty-four hundredths", "200.54"),
        ("one hundred and fifty thousandths", "0.15"),
        ("one hundred and thirty fifths", "26"),
        ("hundred and first", "101"),
        ("one hundred and fifty-first", "151"),
        ("two hundredth", "200"),
        ("1'234'567", "1234567"),
        ("0,5", "0.5"),
        ("seven sextillion", "7000000000000000000000"),
        ("five lacs", "500000"),
        ("8.1bn", "8100000000"),
    ],
)
def test_a_number_is_read_exactly(text: str, value: str) -> None:
    number = parse_number(text)
    assert number is not None
    assert number.value is not None
    assert plain(number.value) == value


@pytest.mark.parametrize(
    ("marked", "ends"),
    [
        ("It cost [15-20] pounds.", [("15", "20")]),
        ("[One or two] of them left.", [("1", "2")]),
        ("They want [1 to 2 thousand] more.", [("1000", "2000")]),
        ("It took [three to five] goes.", [("3", "5")]),
        ("They won [3]-[1].", [None, None]),
        ("Of [two] and [five], take [two].", [None, None, None]),
    ],
)
def test_two_numbers_are_a_range_if_the_second_is_larger(marked, ends) -> None:
    text, spans = unmark(marked)
    found = list(find_numbers(text))
    assert [(n.start, n.end) for n in found] == spans
    assert [
        None if n.low is None or n.high is None else (plain(n.low), plain(n.high)) for n in found
    ] == ends


@pytest.mark.parametrize(
    ("marked", "low"),
    [
        ("[Dozens] of cars burned.", "12"),
        ("It lost [tens of thousands] of jobs.", "10000"),
        ("[Hundreds of thousands] fled.", "100000"),
        ("[A few hundred] stayed.", "100"),
        ("[Several thousand] came.", "1000"),
    ],
)
def test_a_vague_number_has_a_low_end_and_no_value(marked, low) -> None:
    text, spans = unmark(marked)
    (number,) = find_numbers(text)
    assert [(number.start, number.end)] == spans
    assert number.vague
    assert number.value is None
    assert number.low is not None
    assert plain(number.low) == low


@pytest.mark.parametrize(
    "marked",
    [
        "The [11]m-tall mast",  # a metre without a count after it
        "[11m] people and [95m] pounds",
        "a visit on 9/11, open 24/7",
        "COVID-19 and the TPP-11 and the G7",
        "at 192.168.0.1 on 10.10.2020",
        "Profit fell in the quarter.",
        "They led by half-time.",
        "[A third] of them left; a [third] man stayed.",
        "[Half] of the town, but the [second] half of the match",
        "[Two] in [2018], [one in ten] adults, [two] in [three] days",
        "[1,000] and [3] more",
        "the money, the someone, the often",
        "has [two] under [ten] and [one] over [20].",
        "the [one] [twenty-fifth] anniversary, in a [twenty-first] century",
        "the [one hundredth] day",
        "scp2-173m, Q3-2021 and a magnitude-[6.1] quake",
        "a pressure of 120/80 and 20/20 vision, [3/4] of it",
        "R2-D2 had [2] wheels",
        "The number is [1,3].",
        "items [1],[3] and [5]",
    ],
)
def test_the_positions_of_numbers(marked: str) -> None:
    text, spans = unmark(marked)
    assert [(n.start, n.end) for n in find_numbers(text, ranges=False)] == spans


@pytest.mark.parametrize(
    "marked",
    [
        "The F-16 and [5|5] acres-[7|7] acres; pay $[5m|5000000]-$[7m|7000000]",
        "[5,000|5000] km-[7,000|7000] km; MSEK[5|5]; XMSEK5; US$[5|5]; _5",
        "Model-3 cars; nearly-[12|12]; [5|5]km-[7|7]km; the G7-8 row; near-[50|50]; half-time",
        "a half-built house; [a half|0.5 fraction]-mile; [one half|0.5 fraction]",
        "the [second|2 ordinal] half; the [first|1 ordinal] half of it",
        "about [half|0.5 fraction] the town; [half|0.5 fraction] his life; half time",
        "almost [half|0.5 fraction]; half-mile; the half; [a half|0.5 fraction]",
        "[half a million|500000 fraction]; [half of a dozen|6 fraction]",
        "[a quarter|0.25 fraction] of it; [quarter|0.25 fraction] of it; in the quarter",
        "[a quarter|0.25 fraction]; a quarter of [2024|2024]; quarters of it",
        "[three quarters|0.75 fraction] of business; [three quarters|0.75 fraction]",
        "[two quarters|0.5 fraction] of it; [two|2] quarters; [two-quarters|0.5 fraction]",
        "[3|3] quarters; tens; [tens of thousands|>10000]; [scores|>20] of cars; scores",
        "[hundreds and hundreds|>100]; [dozens and dozens|>12]; thousandsx",
        "[millions of thousands|>1000000000]; [tens and tens|>10]; [third|3 ordinal]",
        "[a third|1/3 fraction] of it; [one third|1/3 fraction] of it; a [third|3 ordinal] man",
        "a [fourth|4 ordinal], Ann Lee; [a fourth|0.25 fraction] of them",
        "a [fifth|5 ordinal], Ann Lee; thirds; twentieths; the [33rd|33 ordinal]",
        "a [second|2 ordinal]; [an eighth|0.125 fraction]; a [billion|1000000000]-year contract",
        "[a billion|1000000000] - [two|2]; [one million|1000000]; [a few hundred thousand|>100000]",
        "[several million|>1000000]; [many dozen|>12]; [couple thousand|>1000]",
        "[several hundred|>100] people; [some few hundred|>100]",
        "[a few hundred|>100], [million|1000000]; [one in five|0.2 ratio]; [1 in 5|0.2 ratio]",
        "[two|2] in [2018|2018]; [two in ten|0.2 ratio]; [two in 30|1/15 ratio]",
        "[two|2] in [31|31]; [two in 12|1/6 ratio]; [two in 25|0.08 ratio]",
        "[two|2] in [three|3] days; [two in 1,000|0.002 ratio]; [two|2] in [2,000|2000]",
        "[nine out of 10|0.9 ratio]; [nine out of every 10|0.9 ratio]",
        "[one in every five|0.2 ratio]; [one|1] in [a hundred|100]; [five|5] in a row of [ten|10]",
        "[12 per 100,000|0.00012 ratio]; [12|12] per [50,000|50000]",
        "[12 deaths per 100,000|0.00012 ratio]; [4 early deaths per 100,000|0.00004 ratio]",
        "[12 per million|0.000012 ratio]; [12|12] per [100|100] cubic; [2.5|2.5] in [5|5]",
        "[one|1] in [million|1000000]; [one in every million|0.000001 ratio]; [zero|0] in [five|5]",
        "[five|5] in [one|1]; [one truck in three|1/3 ratio]; [two|2] trucks in [three|3]",
        "[one|1] truck in [three|3] days; [one|1] truck in [1000|1000]; [12|12] and per [100|100]",
        "[one|1] of every [five|5]; [1|1] in [1.5|1.5]; [1 in 14|1/14 ratio] American adults",
        "number [1|1] in [14|14] countries; [1|1] in [20|20] years; [1|1] in [12|12] games",
        "by [a third|1/3 fraction] since May; by a [third|3 ordinal] party",
        "up [a fifth|0.2 fraction] this year; than a [fifth|5 ordinal] man",
        "[one over three|1/3 ratio]",
        "It is [one over three|1/3 ratio].",
        "is [one|1] over [three|3] and",
        "[one over three|1/3 ratio]\n; = [1 over 2|0.5 ratio]",
        "[1|1] over [0|0]; [two|2] under [ten|10]",
        "[negative one over two|-0.5 ratio]",
        "a lens of [75|75] -[300|300]mm; fell to [-5|-5]; ([-5|-5]); x-5; x [-5|-5]; =[-5|-5]",
        "a [-5|-5]; [minus 5|-5]; [negative five|-5]; plus or minus [5|5]",
        "minus\n[5|5]; ~[-5|-5]; [-5|-5]; [−5|-5]; –[5|5]",
        "[two million|2000000] [three|3] years ago; [two million three thousand|2003000]",
        "[two million three|2000003]; [two million|2000000] [thirty-one|31] days",
        "$[3.5bn|3500000000] [two|2] years ago; [1.2 million|1200000] [three|3] weeks",
        "[3 million|3000000] [twenty|20]; [3 million 500 thousand|3500000]",
        "[three million five hundred thousand|3500000]; [six hundred and two|602]",
        "[one thousand and one|1001]; [one million|1000000] and [one|1]",
        "[one million and one hundred|1000100]; [2 thousand|2000] and [one|1]",
        "[2,000|2000] and [one|1]; [thousands|>1000] and [one|1]; [twenty|20] and [three|3]",
        "[twenty and three and three fifths|23.6]; [twenty|20] and [thirty and three fifths|30.6]",
        "[a hundred and three quarters|100.75]; [hundred|100] and [5|5]",
        "[two hundred|200] and [½|0.5]; [seven billion|7000000000]-[nine billion|9000000000]",
        "[three billion-four|3000000004]; [3 million|3000000] - [4 million|4000000]",
        "[twenty - five|25]; [five - hundred|500]; [5|5] - [6|6]",
        "[three million|3000000] - [four|4]",
        "[two|2]\n[million|1000000]; [two  million|2000000]; [two|2]         [million|1000000]",
        "[two hundred two|202]; [hundred|100] [hundred|100]; [million million|1000000000000]",
        "[thousand million|1000000000]; [two thousand million|2000000000]",
        "[hundred thousand|100000]; [hundred twenty|120]; [twenty hundred|2000]",
        "[five hundred|500] [hundred|100]; [five dozen|60]; [five dozen|60] [two|2]",
        "a few [dozens|>12]; [5 dozens|60]; [dozens|>12]; [dozen|12] [dozen|12]",
        "[five million|5000000] [dozen|12]; [three hundred and two dozen|324]; [zero|0] [five|5]",
        "[twenty|20] [zero|0]; [five|5] [zero|0]; [fifteen|15] [two|2]; [twenty|20] [fifteen|15]",
        "[twenty two|22]; [two|2] [twenty|20]; [2|2] [20|20]; [20|20] [2|2]",
        "[two|2] [three billions|3000000000]; [three billions|3000000000]; [billions|>1000000000]",
        "[twelve hundred|1200]; [150 hundred|15000]; [two hundred thousand five|200005]",
        "[two hundred|200] [5 thousand|5000]; $[5|5] per [100|100] kg; [5|5] mg per [100|100] ml",
        "[ninety nine|99]; [hundred and first|101 ordinal]; [two hundred|200] and thirds",
        "[thousand and first|1001 ordinal]; [million|1000000] and [first|1 ordinal]",
        "[hundred|100] and thirds; [five point two|5.2]; [two point five million|2500000]",
        "point [two|2]; [five|5] point; [five point ten|5.10]",
        "[five point two three thousand|5230]; [five|5] point [twenty|20]",
        "[five point twelve|5.12]; [two point five|2.5] [hundred|100]; point",
        "[1½ million|1500000]; [10 1/2|10.5]; [10½|10.5]; [10 ½|10.5]",
        "[10 and 1/2|10.5]; [10|10] and [3/2|1.5]; [ten|10] [½|0.5]; [ten and a half|10.5]",
        "[two and a half million|2500000]; [million and a quarter|1250000]",
        "[million and a half|1500000]; [a million and a half thousand|1000500]",
        "[two and a third|7/3]; [two|2] and [first|1 ordinal]; [two-and-a-half|2.5]",
        "[two and three quarters|2.75]; [two|2] and [three|3] quarter; [two and one quarter|2.25]",
        "[two and one quarter|2.25] of; [two|2] and [one quarter|0.25 fraction] moon",
        "[five and two thirds million|17000000/3]; [million and two thirds|5000000/3]",
        "[million and two thirds thousand|3002000/3]; [two|2] and [3|3] quarters",
        "[two|2] and thirds; [two hundred and fifty-four hundredths|200.54]",
        "[two hundred and fifty-four thousandths|0.254 fraction]",
        "[two hundred fifty hundredths|2.5 fraction]; [one twenty-fifth|0.04 fraction]",
        "[two twenty-fifths|0.08 fraction]; [two|2] [twenty-fifth|25 ordinal]",
        "[one|1] [twenty-fifth|25 ordinal] anniversary; [one hundred and fifth|105 ordinal]",
        "[one one hundred and fifth|1/105 fraction]; [one|1] [fifteen|15] [fifth|5 ordinal]",
        "[5 tenths|0.5 fraction]; [5|5] [tenth|10 ordinal]; [two-thirds|2/3 fraction]",
        "[one fifth|0.2 fraction]; [one|1] fifths; [two|2] [fifth|5 ordinal]",
        "[twenty-first|21 ordinal]; [twenty|20] [twelfth|12 ordinal]",
        "[hundred twelfth|112 ordinal]; the [two hundredth|200 ordinal]",
        "the [one hundredth|100 ordinal] day; [one hundredth|0.01 fraction] of it",
        "the [one hundredth|0.01 fraction] of it; [one thousandth|0.001 fraction]",
        "[one hundred and thirty fifths|26 fraction]",
        "[one hundred and thirty-fifths|20/7 fraction]; [one hundred thirty-fifths|20/7 fraction]",
        "[thirty-fifths|6 fraction]; [one|1] half-sister; [two halves|1 fraction]",
        "[one half of a million|500000 fraction]; [two thirds of a million|2000000/3 fraction]",
        "[two-thirds|2/3 fraction] majority; [one|1] [third|3 ordinal]-grader",
        # numerals
        "[12,34,567.89|1234567.89]; [1,234|1234],[5|5]; [40 000|40000]; [1|1] [760|760]",
        "R[1 760|1760]; R[1 760,50|1760.50]; €[3,50|3.50]; €[3,505|3505]; [2,5|2.5]%",
        "[2,5|2.5] percent; [2,5 million|2500000]; [2|2],[5|5]; The rate is [1,3|1.3]",
        "The rate is [1|1],[3.5|3.5]; [0,5|0.5]; [0|0],[5.2|5.2]; [1.111,11|1111.11]; [1'234|1234]",
        "[1|1]'[23|23]; [6.23x10^-4|0.000623]; [6|6]x10^31; [6 × 10³|6000]; [1e5|100000]; [1|1]e",
        "[1e+5|100000]; [5e-3|0.005]; [10^6|1000000]; [10²|100]; [2|2]²; [2^3|8]",
        "[1234567|1234567]^[2|2]; [123456^2|15241383936]; [0|0]^[2|2]; [3|3]^-[1|1]; [10⁻³|0.001]",
        "[5|5]⁻³; [2|2]^[100|100]; [10^31|10000000000000000000000000000000]; 192.168.0.1",
        "[1.5|1.5].; [(1.3) million|-1300000]; ([1.3|1.3]); ([13|13]) [million|1000000]",
        "[(1.3)|-1.3]%; $[(1.3)|-1.3]; [5|5]%  [(1.3)|-1.3]; [(1,300) thousand|-1300000]",
        "[95bn|95000000000]; [95 bn|95000000000]; [95tn|95000000000000]; [95 tn|95000000000000]",
        "[5|5] cr; Rs [5 cr|50000000]; [5|5]cr; [5mil|5000000]; [5|5] mil; [5bil|5000000000]; 24/7",
        "9/11; [1/2|0.5]; [3/2|1.5]; 20/20; 120/80; [15/2|7.5]; 25/2; [7/11|7/11]; 11/7; 1/0",
        "[1,000|1000]/[3|3]; [3/1,000|0.003]; [5 / 8|0.625]; [5⁄8|0.625]; [twofold|2 multiple]",
        "[2-fold|2 multiple]; [ten fold|10 multiple]; tenfolds; [two|2] [hundredfold|100 multiple]",
        "onefold; [1st|1 ordinal]; [21st|21 ordinal]; [3rd|3 ordinal].; [4|4]ths",
        "[twice|2 multiple]; [thrice|3 multiple]; [½|0.5]; [7½|7.5]",
        "[ten-thousandth|10000 ordinal]; [a milliard|1000000000]; [5 mn|5000000]; [nought|0]",
        "[ten doz|120]; [.5|0.5]; x.[5|5]; [5|5].; [1\u00a0234|1234]; [1|1]\u00a0[23|23]",
    ],
)
def test_the_numbers_of_a_phrase_have_values_and_kinds(marked: str) -> None:
    text, wanted = unmark_values(marked)
    assert [(text[n.start : n.end], shown(n)) for n in find_numbers(text, ranges=False)] == wanted


def shown(number: Number) -> str:
    """Return a value, the least one of a vague number, and the kind unless it is a cardinal."""
    value = plain(number.value) if number.value is not None else f">{number.low}"
    return value if number.kind == "cardinal" else f"{value} {number.kind}"


@given(st.decimals(min_value=0, max_value=10**30, places=4, allow_nan=False))
def test_digits_lose_nothing(value: Decimal) -> None:
    text = f"{value:,f}"
    number = parse_number(text)
    assert number is not None
    assert number.value == value
    assert plain(number.value) == f"{value:f}"


def indian(value: int) -> str:
    """Write a number with the separators of lakh and crore: 12,34,567."""
    head, tail = divmod(value, 1000)
    if not head:
        return str(tail)
    groups = re.sub(r"(?<=\d)(?=(?:\d\d)+\Z)", ",", str(head))
    return f"{groups},{tail:03d}"


SCALED = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12, "crore": 7, "lakh": 5, "bn": 9}
wholes = st.integers(0, 10**12)
sums = st.decimals(min_value=0, max_value=10**6, places=3, allow_nan=False)
parts = st.sampled_from([(1, 2, "½"), (1, 4, "¼"), (3, 4, "¾"), (1, 3, "⅓"), (7, 8, "⅞")])
WRITTEN: list[st.SearchStrategy[tuple[str, Decimal | Fraction]]] = [
    wholes.map(lambda v: (f"{v:,}", Decimal(v))),
    wholes.map(lambda v: (indian(v), Decimal(v))),
    wholes.map(lambda v: (f"{v:,}".replace(",", "\u202f"), Decimal(v))),
    wholes.map(lambda v: (f"{v:,}".replace(",", "’"), Decimal(v))),
    wholes.map(lambda v: (in_words(v), Decimal(v))),
    wholes.map(lambda v: (in_words(v, "and "), Decimal(v))),
    wholes.map(lambda v: (in_words(v).replace(" ", "-"), Decimal(v))),
    wholes.map(lambda v: (f"minus {in_words(v)}", Decimal(-v))),
    wholes.filter(bool).map(lambda v: (in_words(v).title(), Decimal(v))),
    sums.map(lambda v: (f"-{v:,f}", -v)),
    st.tuples(sums, st.sampled_from(sorted(SCALED))).map(
        lambda t: (f"{t[0]:f} {t[1]}", t[0] * 10 ** SCALED[t[1]])
    ),
    st.tuples(st.integers(0, 999), st.integers(0, 9), st.integers(0, 9)).map(
        lambda t: (
            f"{in_words(t[0])} point {in_words(t[1])} {in_words(t[2])}",
            Decimal(f"{t[0]}.{t[1]}{t[2]}"),
        )
    ),
    st.tuples(st.integers(1, 10**6), parts).map(
        lambda t: (f"{t[0]:,}{t[1][2]}", t[0] + Fraction(t[1][0], t[1][1]))
    ),
    st.tuples(st.integers(1, 99), parts).map(
        lambda t: (f"{t[0]} {t[1][0]}/{t[1][1]}", t[0] + Fraction(t[1][0], t[1][1]))
    ),
    st.tuples(st.integers(1, 99), st.integers(1, 9), st.sampled_from([3, 4, 5, 8, 10, 20])).map(
        lambda t: (
            f"{in_words(t[0])} and {in_words(t[1])} {SHARES[t[2]]}{'s' * (t[1] > 1)}",
            t[0] + Fraction(t[1], t[2]),
        )
    ),
]
SHARES = {3: "third", 4: "quarter", 5: "fifth", 8: "eighth", 10: "tenth", 20: "twentieth"}


@given(st.one_of(WRITTEN), st.sampled_from(["{}", "It was {}.", "({})", "{}, they said"]))
def test_a_number_in_any_notation_is_read_exactly(written, frame: str) -> None:
    shown, value = written
    text = frame.format(shown)
    (number,) = find_numbers(text, ranges=False)
    assert text[number.start : number.end] == shown
    assert number.value is not None
    assert Fraction(number.value) == Fraction(value)
    assert Fraction(plain(number.value)) == Fraction(value)
    assert ("/" in plain(number.value)) == is_endless(Fraction(value))


def is_endless(value: Fraction) -> bool:
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest != 1


@given(st.integers(0, 10**15 - 1))
def test_words_and_value_agree(value: int) -> None:
    number = parse_number(in_words(value))
    assert number is not None
    assert number.value == value


@given(st.fractions(min_value=0, max_value=10**9, max_denominator=10**6))
def test_a_fraction_is_written_as_a_decimal_only_if_that_is_exact(value: Fraction) -> None:
    assert Fraction(plain(value)) == value


PARTS = [
    *("one", "two", "and", "a", "half", "hundred", "third", "million", "in", "to", "-", ".", ","),
    *("(1.3)", "^2", "over", "dozen", "thirds", "twenty", "fifths", "trillionths", "minus", "10^3"),
    *("1", "20", "0.5", "1/2", "½", "dozens", "tens", "of", "minus", "point", "fold", "İ", "\n"),
]


@given(st.lists(st.sampled_from(PARTS), max_size=14), st.sampled_from(["", " ", "-"]))
def test_any_sequence_of_words_is_read_in_order_and_without_overlap(
    parts: list[str], space: str
) -> None:
    text = space.join(parts)
    behind = 0
    for number in find_numbers(text):
        assert behind <= number.start < number.end <= len(text)
        assert text[number.start : number.end].strip() == text[number.start : number.end]
        behind = number.end


@pytest.mark.parametrize(
    "piece",
    [
        *("7", "1,", "1 000 ", "one ", "1/", "1.5", "million ", "hundred ", "millions of "),
        *("1e99 ", "9^99 ", "(1.3)", "one over ", "one twenty-", "1,1", "1.111", "1'111", "0,1"),
        *("two hundred and fifty-four ", "hundred and first ", "1½"),
    ],
)
def test_long_lists_of_numbers_take_linear_time(piece: str) -> None:
    assert_linear(lambda size: read(piece * (size // len(piece))), 4_000)


@pytest.mark.parametrize("before", ["half a million ", "a few million million "])
def test_a_long_number_takes_linear_time(before: str) -> None:
    assert_linear(lambda size: read(before + "million " * size), 500)


def test_nested_brackets_take_linear_time() -> None:
    assert_linear(lambda size: read("$(" * size + "5.1" + ")" * size), 1_000)


def read(text: str) -> None:
    assert all(number.end - number.start < 200 for number in find_numbers(text))


SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SIZES = {10**12: "trillion", 10**9: "billion", 10**6: "million", 1000: "thousand", 100: "hundred"}


def in_words(value: int, joint: str = "") -> str:
    """Write a number in words; ``joint`` precedes tens and units: "two hundred and six"."""
    if value < 20:
        return SMALL.split()[value]
    if value < 100:
        tens = TENS.split()[value // 10 - 2]
        return f"{tens}-{in_words(value % 10)}" if value % 10 else tens
    size = max(size for size in SIZES if size <= value)
    rest = f" {in_words(value % size, joint)}" if value % size else ""
    if value % size and size == 100:
        rest = f" {joint}{in_words(value % size)}"
    return f"{in_words(value // size, joint)} {SIZES[size]}{rest}"


def test_the_last_word_of_a_number_is_not_an_article_of_the_next() -> None:
    found = [(n.start, n.end) for n in find_numbers("hundred one half")]
    assert all(end <= start for (_, end), (start, _) in pairwise(found))
    assert found[0] == (0, 11)
