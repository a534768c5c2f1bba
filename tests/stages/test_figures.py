"""Figures in whole sentences: what they are, how they are bound, what they measure."""

from __future__ import annotations

import time

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language import STAGES
from pipeline.stages.annotations import Figure
from tests.marked import unmark


def figures(nlp: Language, text: str) -> list[Figure]:
    return list(nlp(text)._.news.figures)


@pytest.mark.parametrize(
    ("marked", "kinds"),
    [
        ("The storm killed [12] people and cut off [18,000] homes.", ["count", "count"]),
        ("[Two] nations signed, [four] of them late.", ["count", "count"]),
        ("Officials hinted that [one] agreement was close.", ["count"]),
        ("No one came, and this one stayed away.", []),
        ("She finished the [third] map for the first time.", ["ordinal"]),
        ("It is the [second]-largest bank in the country.", ["ordinal"]),
        ("She was ranked [No. 5] last year.", ["ordinal"]),
        ("[Half] of the voters stayed away; [one in five] voted no.", ["ratio", "ratio"]),
        ("The plant makes [twice] as many cars as in 2019.", ["multiple"]),
        ("Sales increased [tenfold].", ["multiple"]),
        ("[Dozens] of cars burned.", ["count"]),
        ("Spain won [2-1] against Italy.", ["score"]),
        ("About [15-20] people came.", ["count"]),
        ("Ann Moreno, [47], runs the firm.", ["age"]),
        ("The [61-year-old] chairwoman left.", ["age"]),
        ("She was [six] when they moved.", ["age"]),
        ("The index rose [17.5 points].", ["points"]),
        ("He scored [20] points for the Lakers.", ["count"]),
        ("They waited for [three hours].", ["duration"]),
        ("He boarded a Boeing 737 in 2019 on May 4 at 6pm.", []),
        ("The G7 and the 5G network, 24/7 since 9/11.", []),
        ("See page 12 and section 230 of the act.", []),
        ("He saw the Kick Six win over Alabama.", []),
        ("Acme Fires [Six] Workers After Strike", ["count"]),
        ("They look for Planet 9 with a telescope.", []),
        ("Call 555-0199 or write to 12 Baker Street.", []),
        ("The S&P 500 gained [0.4%].", ["percent"]),
        ("The Nikkei closed at [38,920.26].", ["points"]),
        ("The Nikkei listed [225] firms.", ["count"]),
        ("An adult needs [2000 - 2500 calories] a day.", ["quantity"]),
        ("It rose [60%] in 2018 to [3 million] sets.", ["percent", "count"]),
        ("See https://example.org/?q=30%25%2020% for more.", []),
    ],
)
def test_what_is_a_figure_and_of_which_kind(nlp, marked, kinds) -> None:
    text, spans = unmark(marked)
    found = figures(nlp, text)
    assert [(f.start, f.end) for f in found] == spans
    assert [f.kind for f in found] == kinds


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("About 300 people came.", ["approx"]),
        ("More than half of the town burned.", ["more_than"]),
        ("At least 107 people died.", ["at_least"]),
        ("It will create up to 400 jobs.", ["at_most"]),
        ("Fewer than 30 shops are left.", ["less_than"]),
        ("It takes children under the age of 5.", ["less_than"]),
        ("It cost just under $5 million.", ["less_than"]),
        ("It cost $5 million or more.", ["at_least"]),
        ("The fair runs over five weeks.", [None]),
        ("The town has 3,000 people.", [None]),
    ],
)
def test_bounds(nlp, text, bounds) -> None:
    assert [f.bound for f in figures(nlp, text)] == bounds


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("Shares dropped 6.4%.", [("decrease", "delta")]),
        ("Prices were up about 19%.", [("increase", "delta")]),
        (
            "The rate fell from 4.2 percent to 3.9 percent.",
            [("decrease", "from"), ("decrease", "to")],
        ),
        ("Exports dropped 7% to $2.3 billion.", [("decrease", "delta"), ("decrease", "to")]),
        ("The spread widened 35 basis points.", [("increase", "delta")]),
        ("It found a 75 percent increase in sales.", [("increase", "delta")]),
        ("Staff grew by 1,200 people.", [("increase", "delta")]),
        ("It will create up to 400 jobs.", [(None, None)]),
        ("Inflation is inching back up to 4.8 percent.", [("increase", "to")]),
        ("The team gave up 517 yards.", [(None, None)]),
        ("He was shot by four officers.", [(None, None)]),
        ("Prices range from $5 to $9.", [(None, None)]),
        ("It rose from 21 mpg combined to 23.", [("increase", "from"), ("increase", "to")]),
    ],
)
def test_changes_are_kept_apart_from_bounds(nlp, text, changes) -> None:
    assert [(f.change, f.change_role) for f in figures(nlp, text)] == changes


def test_up_and_about_stand_side_by_side(nlp) -> None:
    (figure,) = figures(nlp, "Prices were up about 19%.")
    assert (figure.bound, figure.change) == ("approx", "increase")


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("The U.S. posted a record $1.2 trillion trade deficit.", ["trade deficit"]),
        ("He imposed 145% tariffs on goods.", ["tariffs"]),
        ("The vote had a turnout rate of 58%.", ["turnout rate"]),
        ("About 70 percent of the market is theirs.", ["market"]),
        ("Core inflation rose 0.3% in June.", ["Core inflation"]),
        ("The budget deficit is $5 billion.", ["budget deficit"]),
        ("It found a 75 percent increase in cigarette use.", ["cigarette use"]),
        ("The storm killed 12 people.", ["people"]),
        ("A panel of twelve chose it.", ["panel"]),
        ("The 61-year-old chairwoman left.", ["chairwoman"]),
        ("Ann Moreno, 47, runs the firm.", ["Ann Moreno"]),
        ("They walked 500 miles (800 km) home.", [None, None]),
        ("The pool holds 12 swimmers, up from 9.", ["swimmers", "swimmers"]),
        ("It is an $800 stone pizza oven.", ["stone pizza oven"]),
        ("He paid $9,000 for a 6 kW solar system.", ["solar system", "solar system"]),
        ("The firm raised its output to 2m tons of coal.", ["output"]),
        ("The index fell to a low of 1,463 points.", ["index"]),
        ("Acme lost 60% of its worth, or more than $3 billion.", ["worth", "worth"]),
        ("Get the blue kettle starting at $48.", ["blue kettle"]),
        ("The fair has 500 categories of products.", ["categories of products"]),
        ("Frankfurt's DAX stood at 9,300, up 40 points.", ["DAX", "DAX"]),
        ("It sold 800 250ml bottles.", ["bottles", "bottles"]),
        ("The S&P 500 gained 0.4%.", ["S&P 500"]),
        ("Employment grew by 1,200 jobs.", ["Employment"]),
        ("Acme cut 500 jobs.", ["jobs"]),
        ("It raised the price of firms such as Siemens up 9 per cent to $84.", ["Siemens"] * 2),
        ("Turnout was 70 per cent for women and 60 per cent for men.", ["Turnout", "men"]),
        ("Ann Lee bought a lamp for 1,200€ to read by.", ["lamp"]),
        ("The war lasted 30 years.", ["war"]),
        ("He waited three days.", [None]),
        ("Shares saw a 5% drop.", ["Shares"]),
        ("It led to a 7% share price increase.", ["share price increase"]),
        ("Acme posted a loss of $5 million.", ["loss"]),
        ("They pay a $3500 a month rent.", ["rent"]),
        ("An estimated 5 million children stayed at home.", ["children"]),
        ("The tanks measure 15 cm across.", ["tanks"]),
        ("Prices went up by an average of 1500.", ["Prices"]),
        ("Homes from $1 million to $2 million are sold.", ["Homes"]),
        ("Ten percent of the donors gave $200.", ["donors", "donors"]),
        ("It released millions in cash.", ["cash"]),
        ("The top 1 percent would see a tax cut of $275.", [None, "top 1 percent"]),
        ("There are 20 million in this country.", [None]),
        ("Tesla built 300 Model S and Model X cars.", ["Model S and Model X cars"]),
        ("Volkswagen's profit fell 6%.", ["profit"]),
    ],
)
def test_what_a_figure_measures(nlp, text, measured) -> None:
    found = figures(nlp, text)
    assert [f.measures and text[slice(*f.measures)] for f in found] == measured


def test_the_holder_is_whoever_the_figure_belongs_to(nlp) -> None:
    text = "Acme posted a record $1.2 billion loss last year."
    (figure,) = figures(nlp, text)
    assert figure.holder is not None
    assert text[slice(*figure.holder)] == "Acme"


@pytest.mark.parametrize(
    ("text", "holder"),
    [
        ("Siemens, which has 900 workers in France, will leave.", "Siemens"),
        ("Siemens said it lost $5 million.", "Siemens"),
        ("Volkswagen's profit fell 6%.", "Volkswagen"),
        ("Ann Lee said it cost $5 million.", "it"),
        ("Siemens said it was buying two new Boeing jets.", "Siemens"),
        ("Siemens said it would cost $5 million.", "it"),
        ("Tesla delivered about 3,000 Model S and Model X cars.", "Tesla"),
    ],
)
def test_whose_a_figure_is_goes_before_where_it_is(nlp, text, holder) -> None:
    (figure,) = figures(nlp, text)
    assert figure.holder is not None
    assert text[slice(*figure.holder)] == holder


def test_a_count_has_its_noun_for_a_unit(nlp) -> None:
    counted, measured = figures(nlp, "It built 12 fire engines of 9 tons.")
    assert (counted.unit, counted.unit_text) == (None, "fire engines")
    assert (measured.unit, measured.unit_text) == ("[ston_av]", "tons")


def test_a_length_of_time_points_to_its_time(nlp) -> None:
    doc = nlp("The war lasted 30 years.")
    (figure,) = doc._.news.figures
    assert (figure.kind, figure.value, figure.unit) == ("duration", "30", "a")
    assert figure.time is not None
    assert doc._.news.times[figure.time].kind == "duration"


def test_figures_are_spans_of_the_document_too(nlp) -> None:
    doc = nlp("It paid $5 million for 12 ships.")
    assert [span.text for span in doc.spans["figures"]] == ["$5 million", "12"]


def test_the_stage_works_alone_in_a_blank_pipeline() -> None:
    blank = spacy.blank("en")
    blank.add_pipe("news_figures")
    doc = blank("It paid $5 million and rose 4%.")
    assert [(f.value, f.unit) for f in doc._.news.figures] == [("5000000", "USD"), ("4", "%")]


WORDS = """
    one two half of the a $5 5% 12 people rose fell from to by up more than about 2-1 first
    third million dozens years old age Ann , . - ( ) 1999 May twice as points them which
    Dow 24.1m (1.3) give take plus minus $84 for off at record were Homes in and or
"""


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(WORDS.split()), max_size=25))
def test_no_jumble_of_words_breaks_the_stage(nlp, words: list[str]) -> None:
    text = " ".join(words)
    behind = 0
    for figure in nlp(text)._.news.figures:
        assert behind <= figure.start < figure.end <= len(text)
        assert text[figure.start : figure.end].strip() == text[figure.start : figure.end]
        assert figure.value or figure.low
        behind = figure.end


def test_a_hostile_number_is_no_figure_and_costs_little(nlp) -> None:
    text = "9" * 100_000 + " people and " + "1," * 20_000
    blank = Doc(nlp.vocab, words=[text])
    begin = time.process_time()
    doc = nlp.get_pipe(STAGES[3])(blank)
    assert time.process_time() - begin < 2
    assert all(figure.end - figure.start < 100 for figure in doc._.news.figures)


def test_a_count_inside_another_noun_has_no_holder(nlp: Language) -> None:
    doc = nlp("Ann Lee regretted the decline in trade between the two nations.")
    (figure,) = doc._.news.figures
    assert figure.value == "2"
    assert figure.holder is None
