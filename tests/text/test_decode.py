"""Bytes become text, with a notice for every guess."""

from __future__ import annotations

import codecs
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import NotText
from pipeline.text.decode import decode, replace_unusable

TEXT = "“No,” she said – “it’s £5.”\r\nHe paid €3 in Orléans."
ASCII = b"The mayor of a small town said that nothing of the sort had ever happened there. "


def codes(data: bytes) -> list[str]:
    return [notice.code for notice in decode(data).notices]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")))
def test_utf8_is_read_unchanged(text: str) -> None:
    try:
        found = decode(text.encode())
    except NotText:
        assert sum(c < " " or c == "\x7f" for c in text) > 8
    else:
        assert found.text == text
        assert found.notices == ()


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\x0b", "\x0c"])
def test_line_endings_are_kept(line_end: str) -> None:
    text = f"One.{line_end}Two.{line_end}"
    assert decode(text.encode()).text == text


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides_and_is_not_part_of_the_text(mark: bytes, encoding: str) -> None:
    found = decode(mark + TEXT.encode(encoding))
    assert found == (TEXT, encoding, ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_detected_by_its_nuls(encoding: str) -> None:
    data = TEXT.encode(encoding)
    assert decode(data).text == TEXT
    assert codes(data) == ["W201"]


def test_windows_1252_is_detected_with_the_first_doubtful_position() -> None:
    found = decode(ASCII + TEXT.encode("cp1252"))
    assert found.text == ASCII.decode() + TEXT
    (notice,) = found.notices
    assert notice.code == "W201"
    assert (notice.start, notice.end) == (len(ASCII), len(ASCII) + 1)


def test_bytes_unassigned_in_windows_1252_are_not_lost() -> None:
    data = ASCII + bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])
    assert decode(data).text.endswith("\x81\x8d\x8f\x90\x9d")


def test_other_scripts_are_left_to_detection() -> None:
    russian = "Мэр города сказал в понедельник, что ничего подобного никогда не было. " * 5
    found = decode(russian.encode("koi8-r"))
    assert found.text == russian
    assert [notice.code for notice in found.notices] == ["W201"]


def test_stray_windows_bytes_in_utf8_do_not_affect_their_context() -> None:
    data = "“No,” she said. “Nein” ".encode() + b"It\x92s fine."
    found = decode(data)
    assert found.text == "“No,” she said. “Nein” It’s fine."
    (notice,) = found.notices
    assert notice.code == "W202"
    assert found.text[notice.start : notice.end] == "’"


def test_a_utf8_mark_before_broken_utf8_is_not_part_of_the_text() -> None:
    assert decode(codecs.BOM_UTF8 + b"fine\x92").text == "fine’"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + random.Random(1).randbytes(4000),
        bytes(range(256)) * 20,
        b"\x01\x02\x03\x04" * 100,
        b"PK\x03\x04" + b"\0" * 100 + random.Random(2).randbytes(3000),
        codecs.BOM_UTF16_LE + b"a",
        codecs.BOM_UTF16_LE + b"\x00\xd8\x00\x00",
    ],
    ids=["png", "all bytes", "controls", "zip", "half a character", "half a pair"],
)
def test_bytes_that_are_not_text_are_refused(data: bytes) -> None:
    with pytest.raises(NotText):
        decode(data)


def test_nul_and_lone_surrogates_are_replaced_one_for_one() -> None:
    text, notices = replace_unusable("a\0b\ud800c\udfff")
    assert text == "a\ufffdb\ufffdc\ufffd"
    assert [(n.code, n.start, n.end) for n in notices] == [("W203", 1, 2), ("W204", 3, 4)]
    assert notices[1].message.startswith("2 lone surrogates")


def test_a_few_nuls_in_text_are_replaced_with_a_notice() -> None:
    assert decode(ASCII + b"\0").text == ASCII.decode() + "\ufffd"
    assert codes(ASCII + b"\0") == ["W203"]


@given(st.binary(max_size=300))
def test_any_bytes_give_clean_text_or_a_coded_error(data: bytes) -> None:
    try:
        found = decode(data)
    except NotText:
        return
    found.text.encode("utf-8")
    assert "\0" not in found.text
    for notice in found.notices:
        assert notice.start is None or 0 <= notice.start <= notice.end <= len(found.text)
