"""Figures of each class in sentences of news, and numbers that are none."""

from __future__ import annotations

import pytest
from spacy.language import Language

from tests.marked import unmark
from tests.stages.test_figures_in_news import shown

WRITTEN = [
    ("The population is [8.1bn].", ["count 8100000000"]),
    ("[Three and a half million] homes are empty.", ["count 3500000"]),
    ("She is the [two hundredth] customer.", ["ordinal 200"]),
    ("They own [one and three-quarters million] shares.", ["count 1750000"]),
    ("She lost [two-thirds] of her stake.", ["ratio 2/3"]),
    ("Some [1,500 to 2,000] fans came.", ["count [1500..2000] approx"]),
    ("[Several dozen] people were hurt.", ["count [12..] at_least"]),
    ("Some [40]-odd people came.", ["count 40 approx"]),
]
MONEY = [
    ("It lost [tens of thousands of dollars].", ["money [10000..] USD at_least decrease/delta"]),
    ("Sales came to [MSEK 410].", ["money 410000000 SEK"]),
    ("Thieves took [R18 million] in cash.", ["money 18000000 ZAR"]),
    ("It paid [RMB5bn] for the site.", ["money 5000000000 CNY"]),
    ("He won [50,000 Kenyan shillings].", ["money 50000 KES"]),
    ("Tickets cost [3 dollars and 20 cents].", ["money 3.2 USD"]),
    ("The fine is [$1m]-plus.", ["money 1000000 USD at_least"]),
    ("What can [$5] buy?", ["money 5 USD"]),
]
SHARES = [
    ("The Fed made [a half-point] cut in rates.", ["points 0.5 pp decrease/delta"]),
    ("The ECB announced a [50-basis-point] hike.", ["points 50 bp increase/delta"]),
    ("Rates rose by [two-tenths of 1 percent].", ["percent 0.2 % increase/delta"]),
    ("Growth will be [5-to-10%].", ["percent [5..10] %"]),
]
MEASURES = [
    ("He lives in a [2,000-square-foot] home.", ["quantity 2000 [sft_i]"]),
    ("He weighs [12 stone 7 pounds].", ["quantity 12.5 [stone_av]"]),
    ("The town is [hundreds of miles] away.", ["quantity [100..] [mi_i] at_least"]),
    ("Her sugar level was [150 mg/dL].", ["quantity 150 mg/dL"]),
    ("The car does [30 miles to the gallon].", ["quantity 30 [mi_i]/[gal_us]"]),
    ("The room is [10] by [12 feet].", ["quantity 10 [ft_i]", "quantity 12 [ft_i]"]),
    ("It fell to [-20C] overnight.", ["quantity -20 Cel decrease/to"]),
    ("Lee won the [400m] hurdles.", ["quantity 400 m"]),
    ("They waited [a year and a half] for it.", ["duration 1.5 a"]),
    ("It took [one-and-a-half hours].", ["duration 1.5 h"]),
]
AGES = [
    ("She is [five and a half].", ["age 5.5 a"]),
    ("People aged between [18 and 24] drink less.", ["age [18..24] a"]),
    (
        "It is for children under [5] and adults over [65].",
        ["age 5 a less_than", "age 65 a more_than"],
    ),
    ("He died at [84] in London.", ["age 84 a"]),
    ("A plan to help people under [30] engage.", ["age 30 a less_than"]),
    ("She turned [90] on Monday.", ["age 90 a"]),
    ("The average age of the staff is [42].", ["age 42 a"]),
    ("The boy is [6½-year-old] Tom.", ["age 6.5 a"]),
]
SCORES = [
    ("The bill passed [220-213].", ["score 220-213"]),
    ("By a [2-to-1] vote, the court sent it back.", ["score 2-1"]),
    ("She won [6-4], [3-6], [7-5].", ["score 6-4", "score 3-6", "score 7-5"]),
]
NO_FIGURES = [
    "Neighbours called 911 at once.",
    "The 911 call was short.",
    "Leaders of the Group of Seven met in Rome.",
    "No 10 declined to comment.",
    "The TV shows 4K video.",
    "The team works on the Backyard Worlds: Planet 9 project.",
    "An AK-47 and a .22 rifle were found.",
    "Her blood pressure was 120/80.",
    "He has 20/20 vision.",
    "It was a six-figure sum.",
    "The Gang of Eight met.",
    "Super Bowl 50 between the teams was short.",
    '<tweet id="783499116076687360">',
    "The poll was taken from Sept. 19 to 22.",
    "A girl was born Sept, 26, 2014, there.",
    "FeaturedFebruary 6, 2016 at night",
    "It was 11: 06 a.m. then.",
    "6:00p.m. Trump is in Iowa.",
    "They saved a half-frozen snake.",
    "She won the 5K run.",
    "They met at a 7-Eleven.",
    "He spoke on Radio 4 today.",
    "A 40-something man left.",
    "Write to P.O. Box 123.",
    "The book has the number ISBN 978-3-16-148410-0.",
    "Windows 8.1 was out.",
    "He read it on example.com/5 today.",
    "It happened at Three Mile Island.",
]


@pytest.mark.parametrize(
    ("marked", "wanted"), [*WRITTEN, *MONEY, *SHARES, *MEASURES, *AGES, *SCORES]
)
def test_figures_of_each_class(nlp: Language, marked: str, wanted: list[str]) -> None:
    text, spans = unmark(marked)
    found = list(nlp(text)._.news.figures)
    assert [(f.start, f.end) for f in found] == spans
    assert [shown(f) for f in found] == wanted


@pytest.mark.parametrize("text", NO_FIGURES)
def test_numbers_that_only_name_are_no_figures(nlp: Language, text: str) -> None:
    assert [shown(f) for f in nlp(text)._.news.figures] == []
