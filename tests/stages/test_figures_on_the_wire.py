"""Figures of business and court reports that were wrong, each as a sentence of its own."""

from __future__ import annotations

import pytest
from spacy.language import Language

from tests.marked import unmark
from tests.stages.test_figures_in_news import shown

SENTENCES = [
    # what fell by a share fell to no share
    (
        "Burglaries in the city fell [18%] last year to [203], the fewest since 1965.",
        ["percent 18 % decrease/delta", "count 203 decrease/to"],
    ),
    (
        "The ASX 200 index gained [31 points], or [0.4%], to [8,215].",
        [
            "points 31 {point} increase/delta",
            "percent 0.4 % increase/delta",
            "points 8215 {point} increase/to",
        ],
    ),
    (
        "The stance sent crude up [3.2 percent] to [$78.40] a barrel.",
        ["percent 3.2 % increase/delta", "money 78.40 USD per barrel increase/to"],
    ),
    ("He gave up [517 yards].", ["quantity 517 [yd_i]"]),
    ("Shares in Acme closed [2.3 per cent] lower.", ["percent 2.3 % decrease/delta"]),
    ("Costs rose by between [3 and 4 percent].", ["percent [3..4] % increase/delta"]),
    # a quarter of the year, a fourth part
    ("We have never seen a quarter like this one.", []),
    ("It was the [first] loss in a quarter.", ["ordinal 1"]),
    (
        "It fell by [a quarter], and [a quarter] of the loss is currency.",
        ["ratio 0.25 decrease/delta", "ratio 0.25"],
    ),
    # what it is about, and not more than it
    ("They fell out in a dispute over [$300].", ["money 300 USD"]),
    ("It cost over [$300].", ["money 300 USD more_than"]),
    # pounds and crowns
    ("She had to hand over a total of [870,000 pounds].", ["money 870000 GBP"]),
    ("He lost [20 pounds] in May.", ["quantity 20 [lb_av] decrease/delta"]),
    ("OSLO - It costs [30 billion crowns], Norway said.", ["money 30000000000 NOK"]),
    ("Denmark pays [5 million kroner] for it.", ["money 5000000 DKK"]),
    ("It costs [30 million kroner].", ["money 30000000 NOK"]),
    ("MANILA - It lost [2.4 billion pesos].", ["money 2400000000 PHP decrease/delta"]),
    ("Chile, like Mexico, pays [5 million pesos].", ["money 5000000 MXN"]),
    ("Pakistan lent it [9 million rupees].", ["money 9000000 PKR"]),
    # the same sum in all and by the share
    (
        "Net income rose to [$1.94 billion], or [$1.21] a share, from [$1.05 billion].",
        [
            "money 1940000000 USD increase/to",
            "money 1.21 USD per share increase/to",
            "money 1050000000 USD increase/from",
        ],
    ),
    ("It is a loan at [1.2%] interest over [25 years].", ["percent 1.2 %", "duration 25 a"]),
    # what a noun of change leads to
    (
        "Traders bet on [a quarter-point] cut to [3.75%] in May.",
        ["points 0.25 pp decrease/delta", "percent 3.75 % decrease/to"],
    ),
    ("He won by [a half]-point.", ["count 0.5"]),
    # ages
    ("The couple, both [58], deny it.", ["age 58 a"]),
    # where somebody lives
    ("Officers came to the 1400 block of Elm Street.", []),
]


@pytest.mark.parametrize(("marked", "wanted"), SENTENCES)
def test_figures_on_the_wire(nlp: Language, marked: str, wanted: list[str]) -> None:
    text, spans = unmark(marked)
    found = nlp(text)._.news.figures
    assert [shown(one) for one in found] == wanted
    assert [(one.start, one.end) for one in found] == spans


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Acme was hurt by lower ore prices and a $420 million writedown on its mine.",
            ["writedown on its mine"],
        ),
        ("A stance that sent crude up 3.2 percent to $78.40 is risky.", ["crude", "crude"]),
        ("Burglaries fell 18% last year to 203.", ["Burglaries", "Burglaries"]),
        ("Traders bet on a quarter-point cut to 3.75% in May.", ["cut", "cut"]),
        ("The quake, at a depth of 10 km, was centered 19 km northeast of Bogo.", ["depth", None]),
    ],
)
def test_what_is_measured_on_the_wire(nlp: Language, text: str, wanted: list[str]) -> None:
    found = nlp(text)._.news.figures
    assert [one.measures and text[slice(*one.measures)] for one in found] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Acme said on Tuesday its full-year profit fell to $3.4 billion.", [None]),
        ("Acme posted a profit of $2 billion on Monday.", [None]),
        ("Acme posted a profit of $2 billion in May.", ["May"]),
        ("Acme said that on Tuesday its price fell to $3.40.", ["Tuesday"]),
        ("Milk costs $1.25 now, a third more than in 2021.", ["now", "now"]),
        ("Burglaries fell to 203 last year, the fewest since 1965.", ["last year"]),
    ],
)
def test_when_it_was_said_is_not_when_it_was_so(
    nlp: Language, text: str, wanted: list[str | None]
) -> None:
    news = nlp(text)._.news
    held = [None if one.time is None else news.times[one.time] for one in news.figures]
    assert [time and text[time.start : time.end] for time in held] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Japan offered ¥5 million, the EU €3 million and Peru $1 million.", "Japan EU Peru"),
        ("Acme had 17 shots to Ghana's five.", "Acme Ghana"),
        ("The Greens took 11.6% and Labour 8.8%.", "Greens Labour"),
        ("Acme sold 12 shops in May and 15 in June.", "Acme Acme"),
    ],
)
def test_whose_it_is_where_the_verb_is_left_out(nlp: Language, text: str, wanted: str) -> None:
    found = nlp(text)._.news.figures
    assert [one.holder and text[slice(*one.holder)] for one in found] == wanted.split()


def test_which_stands_for_the_body_and_not_for_its_head(nlp: Language) -> None:
    text = (
        "It rained, said Paul Nowak, general secretary of the TUC, which has 5.5 million members."
    )
    figure = nlp(text)._.news.figures[0]
    assert figure.holder is not None
    assert text[slice(*figure.holder)] == "TUC"
