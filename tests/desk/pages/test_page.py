"""The page as a document: its content, and what cannot be injected."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.desk.pages import page as embed
from pipeline.desk.pages.page import page
from pipeline.records.schema import ArticleRecord
from tests.desk.pages.made import HACK, harbour, hostile, record

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["</script>", "<!--", "<script>", "]]>", "\u2028", "&lt;", "\\u003c", "\0", "\r\n"]
)


class Elements(HTMLParser):
    """Lists the elements of a document, and the content of each script block."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.inside = tag in {"script", "style", "title"}
        if self.inside:
            self.blocks.append("")

    def handle_endtag(self, _tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.blocks[-1] += data


def parsed(records: Iterable[ArticleRecord]) -> tuple[str, Elements]:
    document = "".join(page(records))
    elements = Elements()
    elements.feed(document)
    return document, elements


@given(st.dictionaries(texts, texts | st.lists(texts), max_size=4))
def test_any_data_survives_a_block_and_contains_no_markup(data: dict[str, Any]) -> None:
    block = embed.json_block(data)
    assert json.loads(block) == data
    assert not set(block) & set("<>&\u2028\u2029\r\n\0")


def test_a_hostile_article_adds_no_element() -> None:
    _, plain = parsed([harbour()])
    document, hostiles = parsed([hostile()])
    assert [tag for tag, _ in hostiles.found] == [tag for tag, _ in plain.found]
    assert HACK not in document
    assert html.escape(HACK) in document


def test_the_policy_allows_only_the_page_s_own_script_and_style() -> None:
    _, elements = parsed([harbour(), harbour("b")])
    (policy,) = [
        attributes["content"]
        for tag, attributes in elements.found
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    allowed = set(re.findall(r"'sha256-([^']+)'", policy))
    hashes = {
        base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()
        for block in elements.blocks
    }
    assert len(allowed) == 2
    assert allowed <= hashes
    running = [a for tag, a in elements.found if tag == "script" and a["type"] == "module"]
    assert len(running) == 1


def test_nothing_is_loaded_from_anywhere() -> None:
    _, elements = parsed([harbour()])
    loading = {"src", "href", "srcset", "data", "action", "poster"}
    assert not [one for one in elements.found if loading & one[1].keys()]
    assert "@import" not in embed.style()
    assert "url(" not in embed.style()
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "fetch",
    ):
        assert word not in embed.script()


def test_each_article_has_a_block_and_all_have_an_index() -> None:
    _, elements = parsed([harbour("a"), harbour("b", title="Walls")])
    ids = [a["id"] for tag, a in elements.found if tag == "script" and "id" in a]
    assert ids == ["article-0", "article-1", "overview"]


def test_the_page_of_one_article_has_its_title() -> None:
    assert parsed([harbour(title="A & B")])[1].blocks[0] == "A & B"
    assert parsed([record("It rained.", "x7")])[1].blocks[0] == "x7"
    assert parsed([harbour(), harbour("b")])[1].blocks[0] == "What the articles say"


def test_modules_come_after_those_that_they_import() -> None:
    before: set[str] = set()
    for name in embed.SCRIPTS:
        assert set(embed.IMPORT.findall(embed.asset(name))) <= before, name
        before.add(name)
    assert "import " not in re.sub(r"//.*", "", embed.script())


def test_no_two_modules_declare_the_same_name() -> None:
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", embed.script(), re.M)
    assert sorted(names) == sorted(set(names))


def test_the_same_records_give_the_same_bytes() -> None:
    assert "".join(page([harbour()])) == "".join(page([harbour()]))


def test_line_endings_are_normalized_as_browsers_hash_them() -> None:
    assert "\r" not in embed.script() + embed.style()
