"""Figures in sentences: exact numbers, units and times.

Which numbers are figures, and of what, is scored in ``test_scores``.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.annotations import Figure
from pipeline.text.units import dollars_of
from tests.linear import assert_linear
from tests.marked import unmark

SENTENCES = Path(__file__).parents[2] / "models" / "figures" / "sentences.jsonl"


def figures(nlp: Language, text: str) -> list[Figure]:
    return list(nlp(text)._.news.figures)


def number(figure: Figure) -> str:
    """Return number and unit of a figure in one line."""
    shown = figure.value or ""
    if figure.low or figure.high:
        shown += f"[{figure.low or ''}..{figure.high or ''}]"
    per = f"per {figure.per}" if figure.per else None
    return " ".join(part for part in (shown, figure.unit, per) if part)


NUMBERS = [
    ("Debt reached [1.2 trillion euros].", ["1200000000000 EUR"]),
    ("It fell to [minus 5 degrees Celsius].", ["-5 Cel"]),
    ("Net income was [(1.3) million euros].", ["-1300000 EUR"]),
    ("The water was between [three and 5 feet] deep.", ["[3..5] [ft_i]"]),
    ("It costs [15-20 usd] a night.", ["[15..20] USD per night"]),
    ("The deal is worth between [€300 million and €350 million].", ["[300000000..350000000] EUR"]),
    (
        "He expects [$640 million, give or take $20 million], next year.",
        ["640000000[620000000..660000000] USD"],
    ),
    ("Support is at [48%, plus or minus 3 percentage points].", ["48[45..51] %"]),
    ("It takes [two to three months] to arrive.", ["[2..3] mo"]),
    ("The Fed kept rates at [5.25%-5.50%].", ["[5.25..5.50] %"]),
    ("Gasoline rose [45 cents] a gallon.", ["0.45 USD per gallon"]),
    ("Members voted [191 to 28] for the plan.", ["191-28"]),
    ("The bill passed by [86 votes to 62].", ["86-62"]),
    ("The vote was [nine to six].", ["9-6"]),
    ("The odds of a win fell to [20-1] on Monday.", ["20"]),
    ("Children aged [five to 17 months] get it.", ["[5..17] mo"]),
    ("It is free for children between [six months and 19 years of age].", ["[0.5..19] a"]),
    ("The man is in his [70s] and walks.", ["[70..79] a"]),
    ("An estimated [one-to-two hundred] people came.", ["[100..200]"]),
    ("He was re-elected [twice], in 2014 and 2018.", ["2"]),
    ("It worked for [18+ years] there.", ["18 a"]),
    ("A magnitude [4.9] earthquake hit the city.", ["4.9"]),
    ("She gets [1,200 soles] a month in Peru.", ["1200 PEN per month"]),
    ("The truck went [60 miles an hour].", ["60 [mi_i]/h"]),
    ("They won [2-1] on Sunday.", ["2-1"]),
    ("The house cost [A$900,000].", ["900000 AUD"]),
    ("A car costs [C$40,000] there.", ["40000 CAD"]),
    ("SYDNEY - The firm paid [$5 million].", ["5000000 AUD"]),
    ("SYDNEY (Reuters) - The firm paid [$5 million].", ["5000000 USD"]),
    ("TORONTO - It cost [$5] or [US$4].", ["5 CAD", "4 USD"]),
    ("SYDNEY - It paid [$5] and [A$7].", ["5 USD", "7 AUD"]),
    ("Canada posted a deficit of [$2 billion].", ["2000000000 CAD"]),
    ("France posted a deficit of [$2 billion].", ["2000000000 USD"]),
    ("It lost [tens of thousands of dollars].", ["[10000..] USD"]),
    ("The room is [10] by [12 feet].", ["10 [ft_i]", "12 [ft_i]"]),
    ("The pay rises to [12.21 pounds] an hour.", ["12.21 GBP per hour"]),
    ("It wasted [tens of millions of taxpayer dollars].", ["[10000000..] USD"]),
    ("The bill passed [220-213].", ["220-213"]),
    ("By a [2-to-1] vote, the court sent it back.", ["2-1"]),
    ("She won [6-4], [3-6], [7-5].", ["6-4", "3-6", "7-5"]),
    ("The talks took [one hour and 40 minutes].", ["100 min"]),
    ("She swam it in [2 hours 5 minutes 3.2 seconds].", ["7503.2 s"]),
    ("He served [two years and three months].", ["27 mo"]),
    ("It may take [a day or two] to mend.", ["[1..2] d"]),
    ("They argued in the last [week or two].", ["[1..2] wk"]),
    ("Net result\t[(€23m)]\t[€12m]", ["-23000000 EUR", "12000000 EUR"]),
    ("The loss was [4%] ([€12m]).", ["4 %", "12000000 EUR"]),
    ("Copper stood at [$8,512]/t.", ["8512 USD per t"]),
    ("The cat weighs [12 pounds] by now.", ["12 [lb_av]"]),
    ("Her sentence was cut by [18 months] to [three years].", ["18 mo", "3 a"]),
    ("Life expectancy fell [0.4 years] to [78.6 years].", ["0.4 a", "78.6 a"]),
    ("The gap widened to [2.8%] of output, or [119 billion euros].", ["2.8 %", "119000000000 EUR"]),
    ("A [$15] minimum wage is his aim.", ["15 USD"]),
    ("The mercury hit [41.3C] on Tuesday.", ["41.3 Cel"]),
    ("The ice sheet loses [9 gigatonnes] of ice a year.", ["9 Gt per year"]),
    (
        "The stance sent crude up [3.2 percent] to [$78.40] a barrel.",
        ["3.2 %", "78.40 USD per barrel"],
    ),
    ("Costs rose by between [3 and 4 percent].", ["[3..4] %"]),
    ("They fell out in a dispute over [$300].", ["300 USD"]),
    ("He lost [20 pounds] in May.", ["20 [lb_av]"]),
    ("OSLO - It costs [30 billion crowns], Norway said.", ["30000000000 NOK"]),
    ("Denmark pays [5 million kroner] for it.", ["5000000 DKK"]),
    ("It costs [30 million kroner].", ["30000000 NOK"]),
    ("MANILA - It lost [2.4 billion pesos].", ["2400000000 PHP"]),
    ("Chile, like Mexico, pays [5 million pesos].", ["5000000 MXN"]),
    ("Pakistan lent it [9 million rupees].", ["9000000 PKR"]),
    (
        "Net income rose to [$1.94 billion], or [$1.21] a share, from [$1.05 billion].",
        ["1940000000 USD", "1.21 USD per share", "1050000000 USD"],
    ),
]


@pytest.mark.parametrize(("marked", "wanted"), NUMBERS)
def test_numbers_with_a_unit_are_exact(nlp: Language, marked: str, wanted: list[str]) -> None:
    text, spans = unmark(marked)
    found = figures(nlp, text)
    assert [(f.start, f.end) for f in found] == spans
    assert [number(f) for f in found] == wanted


def test_measured_phrases_begin_and_end_at_the_right_words(nlp: Language) -> None:
    """The scorer learned from these sentences, but not where a phrase ends."""
    right = []
    for line in SENTENCES.read_text("utf-8").splitlines()[::2]:
        row = json.loads(line)
        found = {(f.start, f.end): f.measures for f in figures(nlp, row["text"])}
        for gold in row["figures"]:
            if gold["measures"] and tuple(gold["span"]) in found:
                right.append(found[tuple(gold["span"])] == tuple(gold["measures"]["span"]))
    assert sum(right) > 0.86 * len(right)


def test_a_count_has_its_noun_as_a_unit(nlp: Language) -> None:
    counted, measured = figures(nlp, "It built 12 fire engines of 9 tons.")
    assert (counted.unit, counted.unit_text) == (None, "fire engines")
    assert (measured.unit, measured.unit_text) == ("[ston_av]", "tons")


def test_a_duration_points_to_its_time(nlp: Language) -> None:
    doc = nlp("The war lasted 30 years.")
    (figure,) = doc._.news.figures
    assert (figure.kind, figure.value, figure.unit) == ("duration", "30", "a")
    assert figure.time is not None
    assert doc._.news.times[figure.time].kind == "duration"


def test_figures_are_spans_of_the_document(nlp: Language) -> None:
    doc = nlp("It paid $5 million for 12 ships.")
    assert [span.text for span in doc.spans["figures"]] == ["$5 million", "12"]


WORDS = """
    one two half of the a $5 5% 12 people rose fell from to by up more than about 2-1 first
    third million dozens years old age Ann , . - ( ) 1999 May twice as points them which
    Dow 24.1m (1.3) give take plus minus $84 for off at record were Homes in and or pounds
"""


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(WORDS.split()), max_size=25))
def test_the_stage_accepts_any_sequence_of_words(nlp: Language, words: list[str]) -> None:
    text = " ".join(words)
    behind = 0
    for figure in nlp(text)._.news.figures:
        assert behind <= figure.start < figure.end <= len(text)
        assert text[figure.start : figure.end].strip() == text[figure.start : figure.end]
        assert figure.value or figure.low
        behind = figure.end


def test_a_hostile_number_is_not_a_figure_and_is_cheap(nlp: Language) -> None:
    def read(size: int) -> None:
        text = "9" * 5 * size + " people and " + "1," * size
        doc = Doc(nlp.vocab, words=[text], tags=["CD"], deps=["ROOT"], heads=[0], ents=["O"])
        doc._.news.times = []
        found = nlp.get_pipe("news_figures")(doc)._.news.figures
        assert all(figure.end - figure.start < 100 for figure in found)

    assert_linear(read, 200)


@pytest.mark.parametrize(
    "text",
    [
        "The post with id 747931738903617536 is gone.",
        "See https://example.org/?q=30%25%2020% for more.",
        "Call 555-0142 at 6pm on May 4, 2021.",
        "The TV shows 4K video.",
        "It happened at 11: 06 a.m. then.",
        "It was a six-figure sum.",
    ],
)
def test_numbers_used_as_names_are_not_figures(nlp: Language, text: str) -> None:
    assert figures(nlp, text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The U.S. posted a record $1.2 trillion trade deficit last year.", ["last year"]),
        ("Acme said on Tuesday its full-year profit fell to $3.4 billion.", [None]),
        ("Acme posted a profit of $2 billion on Monday.", [None]),
        ("Acme posted a profit of $2 billion in May.", ["May"]),
        ("Acme said that on Tuesday its price fell to $3.40.", ["Tuesday"]),
        ("Burglaries fell to 203 last year, the fewest since 1965.", ["last year"]),
        ("Sales fell to $3 million from $4 million in 2022.", [None, "2022"]),
    ],
)
def test_the_time_of_a_figure_is_that_of_its_clause(
    nlp: Language, text: str, wanted: list[str | None]
) -> None:
    news = nlp(text)._.news
    held = [None if one.time is None else news.times[one.time] for one in news.figures]
    assert [time and text[time.start : time.end] for time in held] == wanted


def test_only_unspecified_dollars_are_assumed(nlp: Language) -> None:
    found = nlp("TORONTO - It cost $5 or US$4.")._.news.figures
    assert [(f.unit, f.unit_assumed) for f in found] == [("CAD", True), ("USD", False)]


def test_a_bare_dollar_belongs_to_the_country_that_a_text_is_about() -> None:
    text = "The lake in Canada froze. The ice in Ontario held. " + "The bridge cost $5 million."
    assert dollars_of(text) == "CAD"
    assert dollars_of(text + " It is C$5 million.") is None
    assert dollars_of(text + " America paid for it.") == "CAD"
    assert dollars_of("Ohio and Canada paid $5 million.") is None
    assert dollars_of("Power cost nine cents, and the plant 4 million euros.") == "EUR"


def test_points_are_index_points_only_near_an_index(nlp: Language) -> None:
    (game,) = figures(nlp, "United lead the league by 12 points.")
    index = figures(nlp, "The Nikkei index fell 160 points on Monday.")[0]
    assert game.unit is None
    assert (index.kind, index.unit) == ("points", "{point}")
