"""Web pages yield their article without the boilerplate."""

from __future__ import annotations

import sys

import pytest

from pipeline.errors import ExtraMissing, NoArticleInPage
from pipeline.input.html import Page

BODY = """
<p>The river rose four metres overnight and reached the old mill, the town council of Harrowgate
Bridge said on Monday, and about 300 people had to leave their homes before dawn.</p>
<p>“We have never seen it so high,” said Ann Lee, the mayor, who spent the night in the school
where the families found shelter. She said that the café by the bridge was lost.</p>
<p>Engineers expect the water to fall by a metre until Wednesday, when the road to the coast may
open again for buses and lorries, the council added in a statement.</p>
"""
HEAD = """
<title>River rises four metres - The Bridge Post</title>
<meta property="og:title" content="River rises four metres">
<meta property="og:site_name" content="The Bridge Post">
<meta name="author" content="Bo Ek">
<meta property="article:published_time" content="2024-06-03T06:00:00Z">
<link rel="canonical" href="https://post.example/river">
"""


def page(body: str = BODY, head: str = HEAD, encoding: str = "utf-8") -> Page:
    html = f"""<!doctype html><html lang="en"><head>{head}</head><body>
    <nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
    <article><h1>River rises four metres</h1>{body}</article>
    <footer>Copyright The Bridge Post. All rights reserved.</footer></body></html>"""
    return Page(data=html.encode(encoding), where="river.html", uri="river.html")


def test_the_article_is_found_with_title_byline_publisher_and_date() -> None:
    article = page().article()
    assert "“We have never seen it so high,” said Ann Lee" in article.text
    assert "All rights reserved" not in article.text
    assert "Sport" not in article.text
    assert article.title == "River rises four metres"
    assert article.byline == "Bo Ek"
    assert article.publisher == "The Bridge Post"
    assert article.published == "2024-06-03"
    assert article.uri == "river.html"
    assert article.meta == {"url": "https://post.example/river"}


def test_paragraphs_stay_separate() -> None:
    lines = page().article().text.split("\n")
    assert sum(line.startswith(("The river", "“We have", "Engineers")) for line in lines) == 3


def test_a_declared_encoding_is_used_if_the_page_is_not_utf8() -> None:
    head = '<meta charset="iso-8859-15">' + HEAD
    body = BODY.replace("“", '"').replace("”", '"')
    assert "the café by the bridge" in page(body, head, "iso-8859-15").article().text


def test_a_wrong_declaration_is_overruled() -> None:
    assert "café" in page(head='<meta charset="utf-16">' + HEAD).article().text
    assert "café" in page(head='<meta charset="x-none">' + HEAD, encoding="cp1252").article().text


def test_no_date_is_guessed_from_the_body_text() -> None:
    body = BODY + "<p>The mill was built on 12 March 1911 and burned down in 1954.</p>"
    assert page(body, "<title>River</title>").article().published is None


def test_the_date_of_the_run_is_used_if_the_page_has_none() -> None:
    plain = page(head="<title>River</title>")
    given = Page(data=plain.data, where=plain.where, published="2024-06-05")
    assert given.article().published == "2024-06-05"


@pytest.mark.parametrize(
    "data",
    [
        b"<html></html>",
        b"<html><body></body></html>",
        b"<",
        b"plain words",
        b"<!--" * 20_000,
    ],
    ids=["empty", "no words", "half a tag", "no tags", "open comments"],
)
def test_a_page_without_an_article_is_an_error_of_that_page(data: bytes) -> None:
    with pytest.raises(NoArticleInPage, match=r"x\.html"):
        Page(data=data, where="x.html").article()


def test_a_missing_extra_is_named_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(ExtraMissing) as caught:
        page().article()
    assert "news-extraction-pipeline[html]" in caught.value.hint
    assert caught.value.exit_code == 69
