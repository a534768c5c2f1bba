"""Edge cases of each reader: unreadable rows do not affect others."""

from __future__ import annotations

import gzip
import io
import json
import random
import sys
from typing import Any

import pytest

from pipeline.errors import ArticleError, ExtraMissing
from pipeline.input import Article, Page, Skipped, read
from pipeline.input.content import Form, articles
from pipeline.input.formats import FORMATS, Format, named
from pipeline.input.html import html_text
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from tests.input import samples
from tests.input.samples import MARKET, PAGE, RIVER, WARC, newsml_item
from tests.input.test_forms import READ

Found = Article | Page | Failure


def found(
    data: str | bytes,
    format: Format,
    *,
    packed: bool = False,
    skipped: Skipped | None = None,
    **settings: Any,
) -> list[Found]:
    raw = io.BytesIO(data.encode() if isinstance(data, str) else data)
    form = Form(format, packed)
    return list(articles(raw, form, Settings(**settings), where="f", uri="f", skipped=skipped))


def brief(data: str | bytes, format: Format, **options: Any) -> list[str]:
    """Return the texts, and the codes of failures."""
    return [
        one.code if isinstance(one, Failure) else one.text if isinstance(one, Article) else "page"
        for one in found(data, format, **options)
    ]


def message(data: str | bytes, format: Format, **options: Any) -> str:
    (*_, last) = found(data, format, **options)
    assert isinstance(last, Failure)
    return f"{last.code} {last.source} {last.message}"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("ID;Text;Foo\n1;a, b;x\n", ["a, b"]),
        ("sep=;\nid;text\n1;a\n", ["a"]),
        ("id|text\n1|a\n", ["a"]),
        ('id,text\n1,"a\nb ""c"""\n', ['a\nb "c"']),
        ("id,text\r1,Rain.\r2,Snow.\r", ["Rain.", "Snow."]),
        ("id,text\n1,a,b\n2\n\n,,\n3,c\n", ["P206", "P206", "c"]),
        ('id,text\n1,"a"b\n2,c\n', ["P206", "c"]),
        ('id,text\n1,"He said "no" and\n4,more"\n2,c\n', ["P206", "c"]),
        ('id,text\n1,"a\n2,b\n', ["P206"]),
        ("id,text\n1,\n2,b\n", ["", "b"]),
        ("id,text\n", ["P204"]),
        ("\nid,text\n1,a\n", ["P221"]),
        ("id,text,text\n1,a,b\n", ["P221"]),
        ("Rain fell, and it was wet.\n", ["P223"]),
    ],
)
def test_rows_of_a_table(table: str, expected: list[str]) -> None:
    assert brief(table, "csv") == expected


def test_columns_are_mapped_and_the_others_kept_without_empty_cells() -> None:
    (article,) = found(
        "body,key,when,x,x,\nRain.,7,May 6 2025,,b,c\n",
        "csv",
        text_key="body",
        id_key="key",
        published_key="when",
    )
    assert isinstance(article, Article)
    assert (article.text, article.id, article.published) == ("Rain.", "7", "2025-05-06")
    assert article.meta == {"x 5": "b", "column 6": "c"}
    assert (article.where, article.uri) == ("f:2", "f#row=2")


def test_a_missing_column_is_reported_with_the_columns_and_the_nearest_name() -> None:
    assert message("id,txt\n1,a\n", "csv") == (
        "P223 f no column 'text'; did you mean 'txt'? the columns are: id, txt"
    )


def test_a_row_over_the_limit_is_skipped_with_all_of_its_lines() -> None:
    long = 'id,text\n1,"' + ("x" * 100 + ",y\n") * 200 + '"\n2,b\n'
    assert brief(long, "csv", max_bytes=1000) == ["P206", "b"]
    assert "lines 2 to 202: a field of over 8,000 bytes" in str(found(long, "csv", max_bytes=1000))
    assert brief(f"id,text\n1,{'x' * 20_000}\n2,b\n", "csv", max_bytes=1000) == ["P203", "b"]


def test_marks_of_a_quotation_in_tsv_are_kept_unless_all_rows_are_quoted() -> None:
    plain = 'id\ttext\n1\t"We won," she said.\n2\t"No."\n'
    assert brief(plain, "tsv") == ['"We won," she said.', '"No."']
    assert brief('id\ttext\n1\t"He said ""no"""\n2\t"a\nb"\n', "tsv") == ['He said "no"', "a\nb"]


def test_a_guessed_encoding_adds_a_notice_to_affected_rows() -> None:
    one, other = found("text\ncafé\nRain.\n".encode("cp1252"), "csv")
    assert isinstance(one, Article)
    assert isinstance(other, Article)
    assert [(one.text, one.notices[0].code), (other.text, *other.notices)] == [
        ("café", "W201"),
        ("Rain.",),
    ]
    (wide,) = found("text\nRain fell here.\n".encode("utf-16-le"), "csv")
    assert isinstance(wide, Article)
    assert [notice.code for notice in wide.notices] == ["W201"]


def test_a_truncated_utf16_table_is_reported_after_its_rows() -> None:
    cut = "id,text\n1,Rain.\n2,x\n".encode("utf-16")[:-1]
    assert brief(cut, "csv") == ["Rain.", "P221"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ('"x"', "P222 f a JSON string: expected an object with the key 'text', a list"),
        ("[]", "P204 f contains no article"),
        ('{"txt": "x"}', "P206 f no key 'text'; did you mean 'txt'?"),
        ('{"text": "a"}\n{"text": "b"}', "P221 f a second JSON value begins at line 2, column 1"),
        ('[{"text": "a"},]', "P221 f not valid JSON: Expecting value at line 1, column 16"),
        (b'[{"text": "caf\xe9"}]', "P221 f not UTF-8 at byte 15"),
        ("[" * 100_000, "P221 f nested too deep"),
        ('[{"text": "a", "n": NaN}]', "P221 f not valid JSON: NaN"),
        ('[{"text": "a"}, 3]', "P206 f:2 not a JSON object"),
    ],
)
def test_invalid_json_is_reported_with_place_and_reason(data: str | bytes, expected: str) -> None:
    assert message(data, "json").startswith(expected)


def test_a_json_object_may_have_its_rows_under_a_key() -> None:
    for key in ("articles", "items", "documents", "results", "data"):
        assert brief(json.dumps({"n": 1, key: [{"text": "a"}, {"x": 1}]}), "json") == ["a", "P206"]


def test_ninjs_is_read_from_lists_and_lines_and_needs_a_body() -> None:
    assert brief(json.dumps({"items": [samples.NINJS_1, samples.NINJS_2]}), "json") == [RIVER] * 2
    assert brief(json.dumps(samples.NINJS_1), "jsonl") == [RIVER]
    picture = {key: value for key, value in samples.NINJS_1.items() if key != "body_xhtml"}
    assert message(json.dumps(picture | {"type": "picture"}), "json") == (
        "P206 f ninjs of type picture without a body: expected body_text, body_xhtml or bodies"
    )


def test_news_items_that_are_not_text_are_counted_and_a_withdrawn_one_is_an_error() -> None:
    skipped = Skipped()
    assert brief(samples.NEWS_MESSAGE, "xml", skipped=skipped) == [RIVER, MARKET]
    assert skipped.records == 1
    canceled = samples.NEWSML.replace("stat:usable", "stat:canceled")
    assert message(canceled, "xml") == "P206 f the agency marked this item as canceled"
    assert message(newsml_item("<remoteContent/>"), "xml").startswith("P206 f a news item without")


@pytest.mark.check
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("Rain fell.", "P221 f not XML: no root element"),
        ("<nitf><body>", "P221 f not well-formed XML: no element found: line 1, column 12"),
        ('<?xml version="1.0" encoding="x-no"?><nitf/>', "P221 f XML in an encoding"),
        ("<nitf/>", "P206 f NITF without body.content"),
        ("<NewsML/>", "P222 f XML with the root element <NewsML>; expected NewsML-G2"),
        (
            '<!DOCTYPE nitf [<!ENTITY a SYSTEM "file:///etc/passwd">]><nitf>&a;</nitf>',
            "P224 f XML that declares entities",
        ),
        ("<!DOCTYPE rss [<!ENTITY a 'x'>]><rss/>", "P224 f XML that declares entities"),
        (samples.RSS[:-60], "P221 f a feed that is cut off: </rss> is missing"),
        ("<rss><channel><title>x</title></channel></rss>", "P204 f contains no article"),
        ("<rss><channel><item><title>x</title></item></channel></rss>", "P206 f:1 an item without"),
    ],
)
def test_invalid_xml_is_reported_with_place_and_reason(data: str, expected: str) -> None:
    assert message(data, "xml").startswith(expected)


def test_xml_with_a_document_type_or_another_encoding_is_read() -> None:
    typed = '<!DOCTYPE nitf SYSTEM "nitf-3-5.dtd">' + samples.NITF.partition("?>")[2].strip()
    assert brief(typed, "xml") == [RIVER]
    latin = samples.NITF.replace("UTF-8", "ISO-8859-1").replace("“", "«").replace("”", "»")
    assert brief(latin.encode("latin-1"), "xml") == [RIVER.replace("“", "«").replace("”", "»")]
    deep = "<p>" * 50_000 + "Rain." + "</p>" * 50_000
    nested = f"<nitf><body><body.content>{deep}</body.content></body></nitf>"
    assert brief(nested, "xml") == ["Rain."]


@pytest.mark.check
def test_complete_items_of_a_truncated_feed_are_read() -> None:
    assert brief(samples.RSS[:-60], "xml") == [RIVER, "P221"]


@pytest.mark.check
def test_feeds_with_html_entities_and_rss_1_are_read() -> None:
    loose = samples.RSS.replace("Bo Ek", "Bj&ouml;rn")
    article = found(loose, "xml")[0]
    assert isinstance(article, Article)
    assert (article.text, article.byline) == (RIVER, "Björn")
    (article,) = found(samples.RSS_1, "xml")
    assert isinstance(article, Article)
    assert (article.text, article.published) == (MARKET, samples.DATE)


@pytest.mark.check
def test_pages_of_an_archive_come_with_address_date_and_encoding_and_the_rest_is_counted() -> None:
    skipped = Skipped()
    one, other = found(WARC, "warc", skipped=skipped)
    assert isinstance(one, Page)
    assert isinstance(other, Page)
    assert skipped.records == 3
    assert (one.uri, one.where, one.published) == ("https://post.example/river", "f:1", None)
    assert one.meta == {"archived": samples.DATE}
    article = other.article()
    assert "“We have never seen it so high,”" in article.text
    assert "café" in article.text
    assert article.meta["archived"] == samples.DATE


@pytest.mark.check
@pytest.mark.parametrize(
    ("data", "packed", "expected"),
    [
        (b"Rain fell.", False, "P221 f damaged WARC"),
        (WARC[:-300], False, "P221 f damaged WARC after page 2: the record ends too early"),
        (samples.WARC_GZ[:-20], True, "P221 f gzip data that is cut off"),
        (WARC.replace(b"Content-Length: 19", b"Content-Length: 9"), False, "P221 f damaged WARC"),
    ],
)
def test_a_damaged_archive_is_reported(
    data: bytes, packed: bool, expected: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert message(data, "warc", packed=packed).startswith(expected)
    assert capfd.readouterr() == ("", "")


@pytest.mark.check
def test_an_archived_page_over_the_limit_affects_no_other() -> None:
    long = samples.response("https://post.example/long", b"<p>" + b"x" * 9000)
    assert brief(
        long + samples.response("https://post.example", b"<p>x"), "warc", max_bytes=1000
    ) == ["P203", "page"]


@pytest.mark.check
def test_any_reader_reads_gzip_and_reports_damage() -> None:
    assert brief(gzip.compress(WARC), "warc", packed=True) == ["page", "page"]
    assert brief(gzip.compress(b"text\nRain.\n"), "csv", packed=True) == ["Rain."]
    assert message(b"text\nRain.\n", "csv", packed=True) == (
        "P221 f not gzip data, despite its name"
    )
    twice = gzip.compress(gzip.compress(b"text\nRain.\n"))
    assert message(twice, "csv", packed=True).startswith("P205 f gzip data")
    noise = random.Random(1).randbytes(20_000).hex().encode()
    with pytest.raises(ArticleError, match="over 8,000 bytes"):
        found(gzip.compress(noise), "text", packed=True, max_bytes=1000)
    with pytest.raises(ArticleError, match="that unpack to over"):
        found(samples.BOMB_GZ, "html", packed=True)
    with pytest.raises(ArticleError, match="damaged gzip data"):
        found(gzip.compress(PAGE.encode())[:-8] + bytes(8), "html", packed=True)


def test_gzip_on_stdin_is_unpacked() -> None:
    packed = io.BytesIO(gzip.compress(b"text\nRain.\nSnow.\n"))
    rows = list(read(["-"], Settings(), format="csv", stdin=packed))
    assert [one.text for one in rows if isinstance(one, Article)] == ["Rain.", "Snow."]


@pytest.mark.parametrize(
    ("module", "data", "format", "extra"),
    [("feedparser", samples.RSS, "xml", "feeds"), ("warcio.archiveiterator", WARC, "warc", "warc")],
)
def test_a_missing_library_is_an_error_that_names_the_extra(
    module: str, data: str | bytes, format: Format, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ExtraMissing) as caught:
        found(data, format)
    assert f"news-extraction-pipeline[{extra}]" in caught.value.hint


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Rain fell.\nIt was 5 < 6.", "Rain fell.\nIt was 5 < 6."),
        ("<div>a<p>b</div>c", "a\n\nb\n\nc"),
        ("<p>a<script>x()</script> b<figure><img><figcaption>c</figcaption></figure></p>", "a b"),
        ("<p>a</p><figure><p>b</p>", "a\n\nb"),
        ("a <b>b</b>\n  c<br>d", "a b c\nd"),
        ("<p>a</p><![CDATA[b]]>", "a\n\nb"),
    ],
)
def test_markup_becomes_paragraphs(html: str, text: str) -> None:
    assert html_text(html) == text


@pytest.mark.check
@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_file_is_read_or_refused_and_raises_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(150):
        form = READ[chance.choice(list(READ))]
        data = bytearray(form.data)
        for _ in range(chance.choice([1, 1, 2, 8])):
            at = chance.randrange(len(data) + 1)
            kind = chance.randrange(4)
            if kind == 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            elif kind == 1:
                del data[at : at + chance.randrange(30)]
            elif kind == 2:
                data[at:at] = data[at : at + 30]
            else:
                data[at:at] = chance.choice(
                    [b'"', b"\n", b"\0", b"<![CDATA[", b"\xed\xa0\x80", b":"]
                )
        format = named(form.name).format if chance.random() < 0.9 else chance.choice(FORMATS)
        try:
            outcomes = found(bytes(data), format or "text", packed=named(form.name).packed)
        except ArticleError:
            continue
        for one in outcomes:
            if isinstance(one, Article):
                json.dumps(
                    [one.text, one.id, one.title, dict(one.meta)], ensure_ascii=False
                ).encode()
