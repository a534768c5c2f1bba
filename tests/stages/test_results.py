"""The results in an article about one company are that company's."""

import re
from typing import Any

import pytest

from pipeline.document.annotations import DocEntity, DocFigure, DocMention
from pipeline.stages.coreference.results import with_reporter

REPORT = "Harlow Foods Corp. (NYSE: HRL) today announced its financial results. "
FIGURE = re.compile(r"\$\d+|\d+%")


def figure_of(text: str, measure: str, **more: Any) -> DocFigure:
    """Return the first figure of a text."""
    start = text.index(measure)
    number = FIGURE.search(text)
    assert number is not None
    kind = "money" if number[0].startswith("$") else "percent"
    place = start, start + len(measure)
    return DocFigure(*number.span(), kind, number[0].strip("$%"), measures=place, **more)


def companies(text: str) -> list[DocEntity]:
    """Return Harlow and Bexley with their mentions."""
    found = []
    for name in (r"Harlow(?: Foods Corp\.)?", "Bexley"):
        places = [DocMention(*one.span(), "name") for one in re.finditer(name, text)]
        found += [DocEntity(name, "ORG", tuple(places))]
    return found


@pytest.mark.parametrize(
    ("text", "measure", "more", "holder"),
    [
        (REPORT + "Net sales were $5.", "Net sales", {}, "Harlow Foods Corp."),
        (REPORT + "At Harlow, net sales were $5.", "net sales", {}, "Harlow"),  # the last name
        (REPORT + "Net sales rose 5%.", "Net sales", {"change": "increase"}, "Harlow Foods Corp."),
        (REPORT + "The gross margin was 5%.", "gross margin", {}, "Harlow Foods Corp."),
        (REPORT + "The state takes 5% of net sales.", "net sales", {}, None),  # a share
        (REPORT + "The storm damage was $5.", "storm damage", {}, None),
        (REPORT + "Bexley reported its earnings. Net sales were $5.", "Net sales", {}, None),
        ("Harlow opened in May. Net sales were $5.", "Net sales", {}, None),
        ("Net sales were $5. " + REPORT, "Net sales", {}, None),  # no name before it
    ],
)
def test_a_result_without_a_holder_is_that_of_the_only_reporter(
    text: str, measure: str, more: dict[str, str], holder: str | None
) -> None:
    (figure,) = with_reporter(text, [figure_of(text, measure, **more)], companies(text))
    assert (figure.holder and text[slice(*figure.holder)]) == holder


def test_a_company_whose_result_is_told_is_a_reporter() -> None:
    text = "Harlow made a net profit of $5. Net sales were $7."
    profit = figure_of(text, "net profit")._replace(holder=(0, len("Harlow")))
    sales = figure_of(text.replace("$5", "  "), "Net sales")
    found = list(with_reporter(text, [profit, sales], companies(text)))
    assert [one.holder for one in found] == [(0, len("Harlow"))] * 2
