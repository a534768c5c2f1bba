"""PDF and Word documents are read as their authors meant them, or refused with a reason."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from pipeline.errors import ArticleError
from pipeline.input import Article, Page, read, read_item
from pipeline.input.documents import Document, Kind
from pipeline.input.items import find_items
from pipeline.settings import Settings
from tests.input import papers
from tests.input.papers import READ, columns, pdf

SETTINGS = Settings()


def article(data: bytes, kind: Kind, limit: int = SETTINGS.max_raw_bytes) -> Article:
    return Document(data=data, where="a", kind=kind, limit=limit).article()


def word(**about: Any) -> tuple[Any, io.BytesIO]:
    """Return a new Word document, and where to save it."""
    document = docx.Document()
    for name, value in about.items():
        setattr(document.core_properties, name, value)
    return document, io.BytesIO()


def saved(made: tuple[Any, io.BytesIO]) -> bytes:
    made[0].save(made[1])
    return made[1].getvalue()


@pytest.mark.parametrize("by_row", [False, True], ids=["column by column", "row by row"])
def test_columns_are_read_one_after_the_other_and_divided_words_are_joined(by_row: bool) -> None:
    found = article(pdf([columns(by_row=by_row, heads=False)]), "pdf")
    assert tuple(found.text.split("\n\n")) == READ


def test_columns_of_one_story_are_not_mixed_with_those_of_the_story_below() -> None:
    first = columns(by_row=False, heads=False)
    second = [(x, y - 100, size, text) for x, y, size, text in first]
    text = article(pdf([[*first, *second]]), "pdf").text
    assert tuple(text.split("\n\n")) == READ * 2


def test_a_table_is_read_row_by_row() -> None:
    rows = [
        ("Leeds", "4,100"),
        ("York", "3,200"),
        ("Hull", "2,900"),
        ("Ripon", "800"),
        ("Selby", "7"),
    ]
    page = [
        (x, 600.0 - 12 * i, 10.0, row[j])
        for i, row in enumerate(rows)
        for j, x in ((0, 50), (1, 280))
    ]
    text = article(pdf([page]), "pdf").text
    assert [text.index(cell) for row in rows for cell in row] == sorted(
        text.index(cell) for row in rows for cell in row
    )


def test_running_heads_and_page_numbers_are_left_out_and_named_in_meta() -> None:
    pages = [columns(by_row=False, number=number) for number in (1, 2, 3)]
    found = article(pdf(pages), "pdf")
    assert tuple(found.text.split("\n\n")) == READ * 3
    assert found.meta["pages"] == 3
    assert found.meta["left_out"] == ["Page 1", "The Bridge Post · 1"]


def test_a_sentence_goes_on_across_pages() -> None:
    pages = [
        [(50, 600, 10, "Ann Lee, the mayor, said on")],
        [(50, 700, 10, "Monday that it rained.")],
    ]
    assert article(pdf(pages), "pdf").text == "Ann Lee, the mayor, said on Monday that it rained."


DATED = "/CreationDate (D:20250506083000+02'00')"


@pytest.mark.parametrize(
    ("info", "facts"),
    [
        (
            f"/Title (River rises) /Author (Bo Ek) {DATED}",
            ("River rises", "Bo Ek", "2025-05-06T08:30:00+02:00"),
        ),
        ("/Title (Microsoft Word - final2.docx) /Author (user)", (None, None, None)),
        (f"{DATED} /ModDate (D:20250901083000Z)", (None, None, None)),
    ],
    ids=["sound", "made by programs", "changed months later"],
)
def test_metadata_of_a_pdf_are_used_only_if_sound(info: str, facts: tuple[str | None, ...]) -> None:
    found = article(pdf([columns(by_row=False)], info=info), "pdf")
    assert (found.title, found.byline, found.published) == facts


def test_a_word_document_gives_headings_paragraphs_and_cells_in_order() -> None:
    day = datetime(2025, 5, 6, 8, 30, tzinfo=UTC)
    made = word(title="River rises", author="Bo Ek", created=day, modified=day)
    document = made[0]
    document.sections[0].header.paragraphs[0].text = "The Bridge Post"
    document.add_heading("River rises in Harrowgate", 0)
    document.add_paragraph("It rained.\tMuch.")
    cells = document.add_table(1, 2).rows[0].cells
    cells[0].text, cells[1].text = "Leeds", "4 metres"
    changed = document.add_paragraph("“It leaks,” said ")
    for tag, run in (
        ("del", "<w:delText>Bo</w:delText><w:br/>"),
        ("moveFrom", "<w:t>Cy</w:t>"),
        ("ins", "<w:t>Ann Lee</w:t>"),
    ):
        run = f"<w:r>{run}</w:r>"
        changed._p.append(parse_xml(f"<w:{tag} {nsdecls('w')}>{run}</w:{tag}>"))
    note = f"<w:r {nsdecls('w')}><w:footnoteReference w:id='2'/></w:r>"
    changed._p.append(parse_xml(note))
    found = article(saved(made), "docx")
    assert found.text.split("\n\n") == [
        "River rises in Harrowgate",
        "It rained.\tMuch.",
        "Leeds",
        "4 metres",
        "“It leaks,” said Ann Lee",
    ]
    assert (found.title, found.byline) == ("River rises", "Bo Ek")
    assert found.published == "2025-05-06T08:30:00Z"
    assert [notice.code for notice in found.notices] == ["W207"]


def test_documents_are_recognised_by_name_and_by_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = word()
    made[0].add_paragraph("It rained.")
    for name, data in (
        ("report", pdf([columns(by_row=True, heads=False)])),
        ("note.txt", saved(made)),
    ):
        (tmp_path / name).write_bytes(data)
        (tmp_path / f"{name}.{'pdf' if name == 'report' else 'docx'}").write_bytes(data)
    found = list(read(["report", "note.txt", "."], SETTINGS))
    assert [one.article().text[:9] for one in found if isinstance(one, Page)] == [
        *("The river", "It rained", "It rained", "The river")
    ]
    assert [read_item(one, SETTINGS) for one in find_items(["."], SETTINGS)] == found[1:]


REFUSED: dict[str, tuple[Kind, bytes, str, str]] = {
    "scanned PDF": ("pdf", pdf([[]]), "P227", "scanned"),
    "encrypted PDF": ("pdf", papers.encrypted(), "P228", "password"),
    "PDF that is cut off": ("pdf", pdf([columns(by_row=False)])[:300], "P221", "damaged"),
    "page that is not a PDF": ("pdf", b"<html>Not found</html>", "P221", "despite its name"),
    "Word document that is cut off": ("docx", saved(word())[:900], "P221", "damaged"),
    "Word document that is damaged": ("docx", papers.damaged(saved(word())), "P221", "damaged"),
    "empty Word document": ("docx", saved(word()), "P227", "without text"),
    "old Word document": ("docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "P205", "encrypted"),
    "ZIP bomb": ("docx", papers.with_part(saved(word()), "x", bytes(40_000_000)), "P224", "unpack"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_document_that_cannot_be_read_is_refused_with_a_hint(name: str) -> None:
    kind, data, code, word = REFUSED[name]
    with pytest.raises(ArticleError, match=word) as caught:
        article(data, kind)
    assert (caught.value.code, caught.value.where) == (code, "a")
    assert caught.value.hint


def test_a_page_of_a_pdf_that_unpacks_too_far_is_refused() -> None:
    with pytest.raises(ArticleError) as caught:
        article(pdf([columns(by_row=False)]), "pdf", limit=100)
    assert caught.value.code == "P224"


def test_pages_without_text_are_a_warning() -> None:
    data = pdf([columns(by_row=False), []])
    data = data.replace(b"/Font << /F 3 0 R >>", b"/XObject <<>>/Font<</F 3 0 R>>")
    assert [one.code for one in article(data, "pdf").notices if one.code == "W205"] == ["W205"]
