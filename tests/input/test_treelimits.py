"""Markup that would keep a parser busy for minutes is refused before it is parsed."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from pipeline.errors import PageTooComplex
from pipeline.input import Page
from pipeline.input.html import MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS, check_markup

ATTRIBUTES = " ".join(f"a{at}=1" for at in range(200_000))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"<p {ATTRIBUTES}>Rain</p>", "an element with over 1,000 attributes"),
        ("<p " + "hidden\n" * (MAX_ATTRIBUTES + 1) + ">", "over 1,000 attributes"),
        ("<p " + "a='>' " * (MAX_ATTRIBUTES + 1) + ">", "over 1,000 attributes"),
        ("<p>Rain</p>" * (MAX_ELEMENTS + 1), "over 100,000 elements"),
        ("<br>" * (MAX_ELEMENTS + 1), "over 100,000 elements"),
        ("<DIV>" * (MAX_DEPTH + 1), "has elements nested over 255 deep"),
        ("<table>" * 3_000 + "x", "has elements nested over 255 deep"),
        ("<table><tr><td>" * 100, "has elements nested over 255 deep"),
    ],
    ids=["attributes", "without value", "quoted", "elements", "void", "depth", "tables", "cells"],
)
def test_markup_beyond_a_limit_is_refused(text: str, message: str) -> None:
    with pytest.raises(PageTooComplex, match=f"x.html: .*{message}"):
        check_markup(text, "x.html")


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("<p>Rain<p>Snow" * 500, 1_000),
        ("<ul>" + "<li>Rain <b>fell" * 500 + "</ul>", 1_001),
        ("<table>" + "<tr><td>Rain<td><font>Snow" * 300 + "</table>", 1_201),
        ("<svg>" + "<path d='M1 1'/>" * 300 + "</svg>", 301),
        ("<div><b><i>Rain</div>" * 300, 900),
        ("<!-- " + "<div>" * 300 + " --><p>Rain", 1),
        ("<script>" + "if (i<n) {'<div>'} " * 300 + "</SCRIPT><p>Rain", 2),
        ("<p title='" + "<div>" * 300 + "'>Rain", 1),
        ("3 < 4, 5<6 and a </b> that closes nothing", 0),
        ("<p class='" + "wide " * 5_000 + "'>Rain", 1),
    ],
)
def test_typical_markup_is_accepted(text: str, elements: int) -> None:
    assert check_markup(text, "x.html") == elements


@pytest.mark.parametrize(
    "part",
    ["<a ", "<a x='", '<a x="', "<a x='\" ", "<!--", "<script>", "</b", "<", "<a  ", "= "],
)
def test_the_check_takes_linear_time(part: str) -> None:
    def seconds(times: int) -> float:
        text = "<a " + " " * times + part * times
        start = time.process_time()
        with suppress(PageTooComplex):
            check_markup(text, "x.html")
        return time.process_time() - start

    seconds(100)
    few, many = seconds(20_000), seconds(160_000)
    assert many < 8 * 4 * max(few, 0.002)


@pytest.mark.check
def test_a_page_with_200_000_attributes_is_refused_quickly() -> None:
    page = Page(data=f"<html><body {ATTRIBUTES}><p>Rain fell.".encode(), where="x.html")
    start = time.process_time()
    with pytest.raises(PageTooComplex):
        page.article()
    assert time.process_time() - start < 2


@pytest.mark.check
def test_a_large_page_of_short_cells_is_read_without_the_quadratic_method() -> None:
    story = "<p>The mayor said on Monday that the council will vote on the plan next week.</p>" * 6
    cells = "<table>" + "<tr><td>Rain" * 10_000 + "</table>"
    start = time.process_time()
    text = Page(data=f"<html><body>{cells}{story}".encode(), where="x.html").article().text
    assert "The mayor said on Monday" in text
    assert time.process_time() - start < 5
