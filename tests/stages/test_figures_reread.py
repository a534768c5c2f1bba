"""Figures that were wrong in articles read a third time, each as a sentence of its own."""

from __future__ import annotations

import pytest
from spacy.language import Language

from tests.marked import unmark
from tests.stages.test_figures_in_news import shown

LENGTHS = [
    ("The talks took [one hour and 40 minutes].", ["duration 100 min"]),
    ("She swam it in [2 hours 5 minutes 3.2 seconds].", ["duration 7503.2 s"]),
    ("He served [two years and three months].", ["duration 27 mo"]),
    ("It may take [a day or two] to mend.", ["duration [1..2] d"]),
    ("They argued in the last [week or two].", ["duration [1..2] wk"]),
]
SUMS = [
    ("Net result\t[(€23m)]\t[€12m]", ["money -23000000 EUR", "money 12000000 EUR"]),
    ("The loss was [4%] ([€12m]).", ["percent 4 %", "money 12000000 EUR"]),
    (
        "It wasted [hundreds of billions of taxpayer dollars].",
        ["money [100000000000..] USD at_least"],
    ),
    ("Copper stood at [$8,512]/t.", ["money 8512 USD per t"]),
    ("The pay rises to [12.21 pounds] an hour.", ["money 12.21 GBP per hour increase/to"]),
    ("The cat weighs [12 pounds] by now.", ["quantity 12 [lb_av]"]),
    (
        "The club paid [85 million euros] plus [10 million] in add-ons.",
        ["money 85000000 EUR", "money 10000000 EUR"],
    ),
]
AGES = [
    ("[Two] boys, both of them under [18], ran.", ["count 2", "age 18 a less_than"]),
    ("All of the judges are younger than [50].", ["age 50 a less_than"]),
    ("Drivers under [25] pay more.", ["age 25 a less_than"]),
    ("It leads among voters [45] and older.", ["age 45 a at_least"]),
    ("Men aged [27] and [34] were held.", ["age 27 a", "age 34 a"]),
    ("He put his arm around a [6-year-old] girl.", ["age 6 a"]),
]
POINTS = [
    (
        "Turnout was [63 percent], down [4.2 points] on the year.",
        ["percent 63 %", "points 4.2 pp decrease/delta"],
    ),
    ("Most voters back her, by [19 points].", ["points 19 pp"]),
    ("The poll gives Ray a [4-point] edge.", ["points 4 pp"]),
    ("Ray scored [19] points in the game.", ["count 19"]),
    (
        "By the average of all polls, Ray is up [15.6 points] there.",
        ["points 15.6 pp increase/delta"],
    ),
    (
        "The Dow was up [120 points] as voters went to the polls.",
        ["points 120 {point} increase/delta"],
    ),
    (
        "Support slipped [2 points] to [29 percent].",
        ["points 2 pp decrease/delta", "percent 29 % decrease/to"],
    ),
    (
        "The Topix added [19.5 points] to [2,660.71].",
        ["points 19.5 {point} increase/delta", "points 2660.71 {point} increase/to"],
    ),
    (
        "Lee won with [35 percent] of the vote, ahead of Cruz at [25 percent] and Rubio at [14].",
        ["percent 35 %", "percent 25 %", "percent 14 %"],
    ),
]
CHANGES = [
    (
        "The rouble firmed [0.6%] to [91.83].",
        ["percent 0.6 % increase/delta", "count 91.83 increase/to"],
    ),
    (
        "Minority support dropped to record lows; [19 percent] of voters of color cast votes.",
        ["percent 19 %"],
    ),
    (
        "Her sentence was cut by [18 months] to [three years].",
        ["duration 18 mo decrease/delta", "duration 3 a decrease/to"],
    ),
    ("Waiting times rose to [46 minutes].", ["duration 46 min increase/to"]),
    ("Waiting times rose for [five months].", ["duration 5 mo"]),
    (
        "Life expectancy fell [0.4 years] to [78.6 years].",
        ["duration 0.4 a", "duration 78.6 a decrease/to"],
    ),
    (
        "Harrow hit [14] sixes in an unbeaten [171] off [94] balls as Kent won.",
        ["count 14", "count 171", "count 94"],
    ),
    (
        "The gap widened to [2.8%] of output, or [119 billion euros].",
        ["percent 2.8 % increase/to", "money 119000000000 EUR increase/to"],
    ),
    ("Thefts fell by more than [half].", ["ratio 0.5 more_than decrease/delta"]),
    ("He had [31] points and [12] rebounds.", ["count 31", "count 12"]),
    (
        "The payout was raised by [3 cents] to [41 cents], payable to some [180,000] owners.",
        [
            "money 0.03 USD increase/delta",
            "money 0.41 USD increase/to",
            "count 180000 approx",
        ],
    ),
]
BOUNDS = [
    ("They won by [12] votes or more.", ["count 12 at_least"]),
    ("A [$15] minimum wage is his aim.", ["money 15 USD"]),
    ("They care about [two] things.", ["count 2"]),
    ("The fee is [$15] minimum.", ["money 15 USD at_least"]),
]
UNITS = [
    ("The mercury hit [41.3C] on Tuesday.", ["quantity 41.3 Cel"]),
    ("Debt stood at [1.9] times core earnings.", ["multiple 1.9"]),
    ("The song was played [78,000] times.", ["count 78000"]),
]
RATES = [
    ("Gas costs [28.15 euros] per megawatt hour.", ["money 28.15 EUR per megawatt hour"]),
    (
        "The ice sheet loses [9 gigatonnes] of ice a year.",
        ["quantity 9 Gt per year decrease/delta"],
    ),
    ("We take in about [3,000] a year.", ["count 3000 per year approx"]),
]
NO_FIGURES = [
    "She will speak between 10-11 a.m. in Rome.",
    "The shop opens from 9 to 5 p.m. there.",
    "The film 48 Hours was shown by the anti-war Five-Star Movement.",
]


@pytest.mark.parametrize(
    ("marked", "wanted"), [*LENGTHS, *SUMS, *AGES, *POINTS, *CHANGES, *BOUNDS, *UNITS, *RATES]
)
def test_figures_of_a_third_reading(nlp: Language, marked: str, wanted: list[str]) -> None:
    text, spans = unmark(marked)
    found = list(nlp(text)._.news.figures)
    assert [shown(f) for f in found] == wanted
    assert [(f.start, f.end) for f in found] == spans


@pytest.mark.parametrize("text", NO_FIGURES)
def test_hours_of_the_day_and_titles_are_no_figures(nlp: Language, text: str) -> None:
    assert [shown(f) for f in nlp(text)._.news.figures] == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # a length in front is no part of the noun, nor is "own"; "well-" is
        ("Her 88-year-old mother owns $50.", ["mother", "mother"]),
        ("It is a five-year contract worth 12 million euros.", ["contract", "contract"]),
        ("He met one well-known actor.", ["well-known actor"]),
        ("It beat her own record of 3 metres.", ["record"]),
        ("He won five of the past six races.", ["races", "races"]),
        (
            "It is 27 percent, more than double the national rate of 12.1 percent.",
            [None, "national rate"],
        ),
        # what something is worth, a part or a low of
        ("It bought $1.5 billion worth of bonds.", ["bonds"]),
        ("The poll has a margin of error of 3.1 percentage points.", ["margin of error"]),
        (
            "The bank sold gold, bringing its holdings to a five-year low of $41.2 billion.",
            ["low", "holdings"],
        ),
        ("Pensioners get a 15 percent discount for families.", ["discount"]),
        ("The wage goes up, a rise of 7 percent, for some cooks.", ["wage"]),
        ("The jury convicted him on 11 of 14 counts.", ["counts", "counts"]),
        ("Of the 1,590 votes cast, 1,128 were for Ray.", ["votes", "votes"]),
        ("It was sued for obtaining millions of dollars in grants.", ["grants"]),
        ("The latest poll of 18-to-34-year-olds is out.", [None]),
        # who pays is not what the sum measures
        ("The judge fined the firm 250,000 rupees.", [None]),
        ("The bank set aside $740 million for bad loans.", ["bad loans"]),
        ("The guests paid a total of $900 for the flights.", ["flights"]),
        ("Ann Lee had run the first 25 miles.", ["miles", None]),
        ("The BBC has placed 49 there.", [None]),
        # how far off something is
        ("The probe flew within 6 million km of the sun.", [None]),
        ("The town lies 18 miles east of Rome.", [None]),
        # comparatives and superlatives
        ("They found a 30% lower risk of asthma.", ["risk of asthma"]),
        ("It drew 7 million fewer people.", ["people"]),
        ("It was the second-smallest area on record.", ["area"]),
        ("Debt stood at 1.9 times core earnings.", ["core earnings"]),
        # what is expected, worth, cut or aged
        ("The bank reported a return on equity of 12%.", ["return on equity"]),
        ("Economists had expected growth of 0.2 percent.", ["growth"]),
        ("Police seized hash worth an estimated 9 million euros.", ["hash"]),
        ("The judge cut her sentence by 18 months to three years.", ["sentence", "sentence"]),
        ("A $500 bail was set for the 52-year-old.", ["bail", None]),
        ("Four of the six cooks, aged between 19 and 32, left.", ["cooks", "cooks", "cooks"]),
        ("She tracked 512 girls aged six to 11.", ["girls", "girls"]),
        # points of a poll
        ("The poll gives Ray a 4-point edge.", ["edge"]),
        # whom an age limits
        ("Two men aged 27 and 34 were held.", ["men", "men", "men"]),
        ("About two-thirds, 67 percent, agree.", [None, None]),
    ],
)
def test_what_an_editor_would_say_is_measured(nlp: Language, text: str, wanted: list) -> None:
    found = list(nlp(text)._.news.figures)
    assert [f.measures and text[slice(*f.measures)] for f in found] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Georgia cast 42 votes for Ann Lee, 18 for Tim Ray and 16 for Sue Orr.",
            [("votes", "Georgia"), ("votes", "Tim Ray"), ("votes", "Sue Orr")],
        ),
        (
            "Ann Lee must win 53 percent of the seats, Tim Ray 59 percent, and Sue Orr 76 percent.",
            [("seats", "Ann Lee"), ("seats", "Tim Ray"), ("seats", "Sue Orr")],
        ),
        (
            "In a poll, 91 percent of Danes and 81 percent of Swedes dislike him.",
            [("Danes", "Danes"), ("Swedes", "Swedes")],
        ),
        (
            "Some 73 percent of Americans said that Ray's plan was the right way compared to only "
            "24 percent who said otherwise.",
            [("Americans", "Americans"), ("Americans", "Americans")],
        ),
        (
            "Republicans hate the law, which cut the tax to 17 percent from its 25 percent rate.",
            [("tax", "law"), ("rate", "its")],
        ),
    ],
)
def test_figures_in_a_list_have_one_noun_and_each_its_holder(nlp: Language, text, wanted) -> None:
    shown = [
        (f.measures and text[slice(*f.measures)], f.holder and text[slice(*f.holder)])
        for f in nlp(text)._.news.figures
    ]
    assert shown == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "She won 83% of voters in Ohio last month, 74% in Iowa last week and 71% on Tuesday.",
            [0, 1, 2],
        ),
        ("Sales fell to $3 million from $4 million in 2022.", [None, 0]),
        ("Ray leads by 9 percentage points in recent polls.", [None]),
        ("The current population is 8 million.", [0]),
    ],
)
def test_each_figure_has_its_own_date(nlp: Language, text: str, wanted: list) -> None:
    assert [f.time for f in nlp(text)._.news.figures] == wanted
