"""Decode the bytes of an article, with a notice for every guess.

The text stays exactly as read, including line endings, unusual spaces and marks. Only characters
that later steps cannot handle (NUL, lone surrogates) are replaced, one for one, so that offsets do
not change.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from pipeline.errors import NotText
from pipeline.outcomes import Notice
from pipeline.text.words import plural

REPLACEMENT = "\ufffd"

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SAMPLE = 65_536
MAX_CONTROLS = 0.02
"""Share of control characters above which bytes are not text."""
MAX_WINDOWS_1252 = 0.25
"""Maximum share of bytes above 0x7F in Western text; other scripts consist mostly of such bytes."""
FEW = 20
"""With at most this many such bytes, scripts cannot be distinguished."""

UNUSABLE = re.compile("[\0\ud800-\udfff]")
UNUSABLE_KINDS = (("W203", "NULs"), ("W204", "lone surrogates"))
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # all but \t \n \v \f \r and ESC
HIGH = re.compile(rb"[\x80-\xff]+")
ESCAPED = re.compile("[\udc80-\udcff]+")
WINDOWS_1252 = {
    byte: bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


class Decoded(NamedTuple):
    """A text with notices about how it was read."""

    text: str
    encoding: str
    notices: tuple[Notice, ...] = ()


def decode(data: bytes) -> Decoded:
    """Return the text of an article's bytes.

    A byte order mark decides; otherwise strict UTF-8; otherwise UTF-16 if every other byte is NUL;
    otherwise damaged UTF-8 with its stray bytes read as Windows-1252; otherwise Windows-1252 or the
    result of charset-normalizer. Everything after strict UTF-8 adds a notice.

    >>> decode("“No,” she said.".encode("cp1252")).text
    '“No,” she said.'

    Raises ``NotText`` if the bytes are not text in any of these encodings.
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            try:
                text = data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                if encoding == "utf-8":
                    return _fix_utf8(data)
                message = f"has the mark of {encoding.upper()} but is broken at byte {error.start}"
                raise NotText(message) from error
            return _checked(text, encoding)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _detect(data)
    utf16 = utf16_without_mark(data) if "\0" in text else None
    return _utf16(data, utf16) if utf16 else _checked(text, "utf-8")


def replace_unusable(text: str) -> tuple[str, tuple[Notice, ...]]:
    """Replace each NUL and lone surrogate by U+FFFD, with a notice for each kind.

    >>> replace_unusable("a\\0b")[0]
    'a\ufffdb'
    """
    if not UNUSABLE.search(text):
        return text, ()
    found = list(UNUSABLE.finditer(text))
    notices = []
    for code, name in UNUSABLE_KINDS:
        group = [m for m in found if (m[0] == "\0") == (code == "W203")]
        if group:
            message = f"{plural(len(group), name)} replaced by U+FFFD; the first one here"
            notices.append(Notice(code, message, group[0].start(), group[0].end()))
    return UNUSABLE.sub(REPLACEMENT, text), tuple(notices)


def _checked(text: str, encoding: str, *notices: Notice) -> Decoded:
    """Refuse anything that is not text, and replace characters that later steps cannot handle."""
    sample = text[:SAMPLE]
    controls = len(CONTROLS.findall(sample))
    if controls > 8 and controls > MAX_CONTROLS * len(sample):
        raise NotText(f"{controls:,} control characters in the first {len(sample):,}: not text")
    text, replaced = replace_unusable(text)
    return Decoded(text, encoding, (*notices, *replaced))


def utf16_without_mark(data: bytes) -> str | None:
    """Return the byte order if nearly every other byte is NUL, as for Latin text in UTF-16."""
    sample = data[: SAMPLE // 2 * 2]
    if len(sample) < 4 or len(data) % 2:
        return None
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.7 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _utf16(data: bytes, encoding: str) -> Decoded:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotText(
            f"looks like {encoding.upper()} but is broken at byte {error.start}"
        ) from error
    return _checked(text, encoding, Notice("W201", f"read as {encoding.upper()}, by its NUL bytes"))


def _detect(data: bytes) -> Decoded:
    """Decode bytes that are not UTF-8."""
    utf16 = utf16_without_mark(data)
    if utf16:
        return _utf16(data, utf16)
    if data[:SAMPLE].count(0) > 8:
        raise NotText("neither UTF-8 nor UTF-16, and it contains NUL bytes")
    if _mostly_utf8(data):
        return _fix_utf8(data)
    high = sum(len(run) for run in HIGH.findall(data))
    if high <= max(FEW, MAX_WINDOWS_1252 * len(data)):
        text = _windows_1252(data)
        return _checked(text, "windows-1252", _detected("Windows-1252", data, text))
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise NotText("not UTF-8, and no other encoding fits")
    text = data.decode(best.encoding)
    return _checked(text, best.encoding, _detected(best.encoding, data, text))


def _windows_1252(data: bytes) -> str:
    """Decode as browsers do (WHATWG Encoding): the five unassigned bytes stay C1 controls."""
    return data.decode("latin-1").translate(WINDOWS_1252)


def _detected(name: str, data: bytes, text: str) -> Notice:
    """Return a notice about the first character that depends on the guess."""
    high = HIGH.search(data)
    ascii_part = high.start() if high else 0
    start = min(ascii_part, len(text))
    return Notice(
        "W201",
        f"not UTF-8; read as {name} by detection; the first character in doubt is here",
        start,
        min(start + 1, len(text)),
    )


def _mostly_utf8(data: bytes) -> bool:
    """Return whether most runs of high bytes are valid UTF-8: a damaged or mixed file."""
    good = bad = 0
    for run in HIGH.findall(data):
        try:
            run.decode("utf-8")
        except UnicodeDecodeError:
            bad += 1
        else:
            good += 1
    return good > bad


def _fix_utf8(data: bytes) -> Decoded:
    """Decode damaged UTF-8 with its stray bytes as Windows-1252, as in mixed files."""
    text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
    strays = list(ESCAPED.finditer(text))
    count = sum(len(stray[0]) for stray in strays)
    first = strays[0].start()

    def as_windows(stray: re.Match[str]) -> str:
        return _windows_1252(stray[0].encode("utf-8", "surrogateescape"))

    notice = Notice(
        "W202",
        f"{plural(count, 'bytes')} not UTF-8 in a UTF-8 text, read as Windows-1252; the first here",
        first,
        first + 1,
    )
    return _checked(ESCAPED.sub(as_windows, text), "utf-8", notice)
