"""Figures as news writes them: a growing table of sentences with all that is read off them."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.stages.annotations import Figure
from tests.marked import unmark


def shown(figure: Figure) -> str:
    """Return kind, number, unit, bound and change of a figure in one line."""
    number = figure.value or ""
    if figure.low or figure.high:
        number += f"[{figure.low or ''}..{figure.high or ''}]"
    change = f"{figure.change}/{figure.change_role}" if figure.change else None
    per = f"per {figure.per}" if figure.per else None
    parts = (figure.kind, number, figure.unit, per, figure.bound, change)
    return " ".join(part for part in parts if part)


NUMBERS = [
    ("Debt reached [1.2 trillion euros].", ["money 1200000000000 EUR"]),
    ("The plant cost [$1.8 bln] in all.", ["money 1800000000 USD"]),
    ("The club paid [£95m] for him.", ["money 95000000 GBP"]),
    ("Some [12.7bn euros] were lost.", ["money 12700000000 EUR approx"]),
    ("India approved a [Rs 16,189-crore] plan.", ["money 161890000000 INR"]),
    ("[Half a million] people fled.", ["count 500000"]),
    ("About [a quarter] of the staff left.", ["ratio 0.25 approx"]),
    ("It took [two and a half hours].", ["duration 2.5 h"]),
    ("[One in five] voters stayed home.", ["ratio 0.2"]),
    ("It was a [1-in-100]-year flood.", ["ratio 0.01"]),
    ("[Dozens] of cars burned.", ["count [12..] at_least"]),
    ("[Millions] watched it.", ["count [1000000..] at_least"]),
    ("[Tens of thousands] of fans came.", ["count [10000..] at_least"]),
    ("She earns [twice] as much as before.", ["multiple 2"]),
    ("Profits rose [tenfold].", ["multiple 10 increase/delta"]),
    ("It fell to [minus 5 degrees Celsius].", ["quantity -5 Cel decrease/to"]),
    ("Net income was [(1.3) million euros].", ["money -1300000 EUR"]),
    ("Net profit    [12.4]   [(1.3)]", ["count 12.4", "count -1.3"]),
    ("He ([1.3]) left.", ["count 1.3"]),
    ("It booked a sum of [negative $71.5 million].", ["money -71500000 USD"]),
    ("The glass was [½] full.", ["ratio 0.5"]),
    ("They ate [2/3] of it.", ["ratio 2/3"]),
    ("Pope John XXIII met Henry VIII.", []),
    ("It has [three hundred and twenty-one] seats.", ["count 321"]),
]
RANGES = [
    ("The water was between [three and 5 feet] deep.", ["quantity [3..5] [ft_i]"]),
    ("It costs [15-20 usd] a night.", ["money [15..20] USD per night"]),
    (
        "The deal is worth between [€300 million and €350 million].",
        ["money [300000000..350000000] EUR"],
    ),
    (
        "He expects [$640 million, give or take $20 million], next year.",
        ["money 640000000[620000000..660000000] USD"],
    ),
    (
        "Support is at [48%, plus or minus 3 percentage points].",
        ["percent 48[45..51] %"],
    ),
    ("It takes [two to three months] to arrive.", ["duration [2..3] mo"]),
    ("The Fed kept rates at [5.25%-5.50%].", ["percent [5.25..5.50] %"]),
    (
        "Unemployment fell from [4.2 percent] to [3.9 percent].",
        ["percent 4.2 % decrease/from", "percent 3.9 % decrease/to"],
    ),
]
KINDS = [
    ("Support fell [two percentage points].", ["points 2 pp decrease/delta"]),
    ("The spread widened [35 basis points].", ["points 35 bp increase/delta"]),
    ("Gasoline rose [45 cents] a gallon.", ["money 0.45 USD per gallon increase/delta"]),
    ("The truck went [60 miles an hour].", ["quantity 60 [mi_i]/h"]),
    ("The [61-year-old] chairwoman resigned.", ["age 61 a"]),
    ("Moreno, [47], runs the shop.", ["age 47 a"]),
    ("They won [2-1] on Sunday.", ["score 2-1"]),
    ("The Dow lost [120 points].", ["points 120 {point} decrease/delta"]),
    ("He flew a Boeing 737 on 9/11 with the G7 leaders.", []),
    ("The number 7 shirt went to Lee, of 12 High Street.", []),
    ("Call 555-0142 at 6pm on May 4, 2021.", []),
    ("1. Mix the eggs. 2. Bake them.", []),
]
UNITS = [
    ("There were [12] people in [18,000] homes.", ["count 12", "count 18000"]),
    ("[11m] people came at 6pm.", ["count 11000000"]),
    ("It grew to [50,000] in 2020.", ["count 50000 increase/to"]),
    ("The house cost [A$900,000].", ["money 900000 AUD"]),
    ("A car costs [C$40,000] there.", ["money 40000 CAD"]),
    ("SYDNEY - The firm paid [$5 million].", ["money 5000000 AUD"]),
    ("SYDNEY (Reuters) - The firm paid [$5 million].", ["money 5000000 USD"]),
    ("TORONTO - It cost [$5] or [US$4].", ["money 5 CAD", "money 4 USD"]),
    ("SYDNEY - It paid [$5] and [A$7].", ["money 5 USD", "money 7 AUD"]),
    ("Canada posted a deficit of [$2 billion].", ["money 2000000000 CAD"]),
    ("France posted a deficit of [$2 billion].", ["money 2000000000 USD"]),
    (
        "Passengers rose to [24.1m] against [21.5m] a year before.",
        ["count 24100000 increase/to", "count 21500000"],
    ),
    ("Waves rose to [4.1m] in the storm.", ["quantity 4.1 m increase/to"]),
]
ELLIPSIS = [
    (
        "It made [$3 million] in 2019 and [4 million] in 2020.",
        ["money 3000000 USD", "money 4000000 USD"],
    ),
    ("It paid [$5 million] and [12] were arrested.", ["money 5000000 USD", "count 12"]),
    ("It costs [$4.25] and [32] is the limit.", ["money 4.25 USD", "count 32"]),
    ("It grew [5 percent] and [12] shops opened.", ["percent 5 % increase/delta", "count 12"]),
    ("The plane was at an altitude of [30'] then.", ["quantity 30 [ft_i]"]),
]
BOUNDS = [
    ("Prices were up about [19%].", ["percent 19 % approx increase/delta"]),
    ("Shares dropped [6.4%].", ["percent 6.4 % decrease/delta"]),
    ("It may create up to [120,000] jobs.", ["count 120000 at_most"]),
    ("More than [half] of them left.", ["ratio 0.5 more_than"]),
    ("It paid as much as [$5 million].", ["money 5000000 USD at_most"]),
    ("It made a record [$3 billion].", ["money 3000000000 USD"]),
    ("At least [40] people died.", ["count 40 at_least"]),
]


@pytest.mark.parametrize(
    ("marked", "wanted"), [*NUMBERS, *RANGES, *KINDS, *UNITS, *ELLIPSIS, *BOUNDS]
)
def test_figures_in_a_sentence(nlp: Language, marked: str, wanted: list[str]) -> None:
    text, spans = unmark(marked)
    found = list(nlp(text)._.news.figures)
    assert [(f.start, f.end) for f in found] == spans
    assert [shown(f) for f in found] == wanted


@pytest.mark.parametrize(
    ("text", "measured", "holders"),
    [
        ("The U.S. posted a record $1.2 trillion trade deficit.", ["trade deficit"], ["U.S."]),
        ("Passengers rose to 24.1m against 21.5m a year before.", ["Passengers"] * 2, [None] * 2),
        ("The storm killed 12 people, four of them children.", ["people", "children"], None),
        ("The storm killed 12 people. Four of them were here.", ["people", "people"], None),
        ("The storm killed 12 people, four of whom died later.", ["people", "people"], None),
        ("The fund has $9 billion, of which $2 billion is cash.", ["fund", "cash"], None),
        ("It was a 1-in-100-year flood.", ["flood"], None),
        ("Acme made a record $3 billion.", [None], ["Acme"]),
        ("Acme, which lost $5 million, closed.", [None], ["Acme"]),
    ],
)
def test_measures_across_clauses(nlp: Language, text, measured, holders) -> None:
    found = list(nlp(text)._.news.figures)
    assert [f.measures and text[slice(*f.measures)] for f in found] == measured
    if holders is not None:
        assert [f.holder and text[slice(*f.holder)] for f in found] == holders


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # who spends, raises or wins so much has it: a firm or a person is not what money measures
        ("The Club for Growth spent $2 million in Iowa.", [(None, "Club for Growth")]),
        ("Ann Lee raised $5.7 million in February.", [(None, "Ann Lee")]),
        ("Tesla lost 5% on Friday.", [("Tesla", "Tesla")]),
        ("Cruz's campaign had $19 million in the bank.", [("campaign", "Cruz")]),
        # whose a share is that stands alone
        (
            "Ann Lee took 57% of the vote to Tim Ray's 43%.",
            [("vote", "Ann Lee"), ("vote", "Tim Ray")],
        ),
        ("Lee had 45 percent, against 40 percent for Ray.", [(None, "Lee"), (None, "Ray")]),
        ("Lee won 500 votes, compared with 300 for Ray.", [("votes", "Lee"), ("votes", "Ray")]),
        # a period's end is no clause of its own
        (
            "Acme lowered its guidance for the quarter ended June to $84 billion.",
            [("guidance", "Acme")],
        ),
        ("It improved the storage, doubling it to 256 GB.", [("storage", "It")]),
        # so many of what
        ("The death toll was 45 people.", [("death toll", None)]),
        ("Acme reported sales of 5,835 units.", [("sales", "Acme")]),
        # a length of time
        ("He was given a sentence of five years.", [("sentence", "He")]),
        ("Homes stay an average of 70 days.", [("Homes", None)]),
        ("Ann Lee left two years ago.", [(None, None)]),
        ("Ann Lee spent the last 200 days in space.", [(None, "Ann Lee")]),
        ("Nancy Lee, who died at age 94, was an actress.", [("Nancy Lee", "Nancy Lee")]),
        # more than one figure or noun
        ("The war led to 30,000 combat and civilian deaths.", [("civilian deaths", "war")]),
        (
            "They took all those $5 and $10 donations from little old ladies.",
            [("donations", "They")] * 2,
        ),
        (
            "the theft of more than 21 million background check records",
            [("background check records", None)],
        ),
        ("They have 17 players over the age of 21.", [("players", "They"), ("players", "players")]),
        ("Lee leads, followed by Tim Ray with 22 percent.", [(None, "Tim Ray")]),
        # what is only met in passing has no holder
        ("Ann Lee spoke to 3,000 people.", [("people", None)]),
        ("Little did the then 18-year-old keeper know.", [("keeper", "keeper")]),
    ],
)
def test_what_a_figure_measures_and_whose_it_is(nlp: Language, text, wanted) -> None:
    found = list(nlp(text)._.news.figures)
    shown = [
        (f.measures and text[slice(*f.measures)], f.holder and text[slice(*f.holder)])
        for f in found
    ]
    assert shown == wanted


@pytest.mark.parametrize(
    "text",
    [
        "She has raised $33 million.",
        "The device shoots waves about 10 feet into the ground.",
        "She rallied hundreds of workers.",
    ],
)
def test_what_is_raised_or_shot_does_not_grow(nlp: Language, text) -> None:
    (figure,) = nlp(text)._.news.figures
    assert (figure.change, figure.change_role) == (None, None)


def test_a_serial_number_is_no_figure(nlp: Language) -> None:
    assert nlp("The post with id 747931738903617536 is gone.")._.news.figures == []


def test_at_one_point_is_no_point_of_an_index(nlp: Language) -> None:
    assert nlp("At one point, the Dow was up.")._.news.figures == []


def test_the_time_of_a_figure_is_that_of_its_clause(nlp: Language) -> None:
    doc = nlp("The U.S. posted a record $1.2 trillion trade deficit last year.")
    (figure,) = doc._.news.figures
    assert figure.time is not None
    time = doc._.news.times[figure.time]
    assert doc.text[time.start : time.end] == "last year"


def test_only_dollars_that_the_text_does_not_name_are_assumed(nlp: Language) -> None:
    found = nlp("TORONTO - It cost $5 or US$4.")._.news.figures
    assert [(f.unit, f.unit_assumed) for f in found] == [("CAD", True), ("USD", False)]
