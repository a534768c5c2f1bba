"""Read the text of a PDF (extra ``pdf``): columns, paragraphs, hyphens, running heads.

pypdf returns text in the order of the file, with positions but without widths. Most programs write
column after column; where a file has row after row, the columns are put in order here.
"""

from __future__ import annotations

import io
import logging
import re
import zlib
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from math import hypot
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from pipeline.errors import (
    ArticleTooLong,
    DocumentLocked,
    ExpandsTooFar,
    Malformed,
    NoTextInDocument,
    needing,
)
from pipeline.input.documents import Read
from pipeline.outcomes import Notice

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

SHOWS: Final = frozenset({b"Tj", b"TJ", b"'", b'"'})
"""Operators that show text."""
IDENTITY: Final = ([1, 0, 0, 1, 0, 0], b"cm")
LETTERS: Final = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\xa0": " "}
)
CHARACTER: Final = 0.45
"""Mean width of a character, in ems."""
UNKNOWN: Final = re.compile("[\x00-\x08\x0e-\x1f\ufffd\ue000-\uf8ff]")
"""Characters of fonts that do not say which letters they have."""
MOST_UNKNOWN: Final = 0.1
OUTERMOST: Final = 2
"""How many rows at the top and at the bottom of a page may be running heads."""
ON_PAGES: Final = 0.4
"""Share of pages that have a running head: those of left and right pages may differ."""
PAGE_NUMBER: Final = re.compile(r"(?:page )?#(?: (?:of|/) ?#)?|[-–—] ?# ?[-–—]")
SENTENCE_END: Final = re.compile(r"[.!?:…][\"”’')\]]*$")
BULLET: Final = re.compile(r"[•●▪◦‣]")
DROP_CAP: Final = re.compile(r"[\"“‘']?[A-Z]")
HYPHENATED: Final = re.compile(r"(\w+)[-\u2010]$")
COMPOUNDS: Final = frozenset({"all", "ex", "half", "non", "self", "so", "well"})
"""A hyphen after these belongs to the word."""
JOINING: Final = re.compile(r"(?:and|or|to|versus)\b")
"""Goes on after a hyphen that stands for a word: "pre- and post-war"."""


@dataclass(slots=True)
class TextLine:
    """A line of text, with its position in points from the lower left corner of its page."""

    page: int
    x: float
    y: float
    size: float
    pieces: list[tuple[float, str]] = field(default_factory=list)
    """Parts of the line and where they begin."""

    @property
    def text(self) -> str:
        return " ".join("".join(text for _, text in self.pieces).split())


def read_pdf(data: bytes, limit: int) -> Read:
    """Return the text of a document by paragraphs, without running heads and page numbers.

    What was left out is in ``meta``. Raises ``DocumentLocked``, ``NoTextInDocument``,
    ``ArticleTooLong`` and ``ExpandsTooFar`` above ``limit``, ``Malformed``, and ``ExtraMissing``
    without pypdf.
    """
    with needing("pdf", "reading PDF needs pypdf"):
        from pypdf import PdfReader
        from pypdf.errors import DependencyError, LimitReachedError, PyPdfError
    try:
        with _listening() as complaints:
            reader = PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise DocumentLocked("a PDF that needs a password")
            lines, turned, scanned = _pages(reader, limit)
            about = reader.metadata
            title, author = (about.title, about.author) if about else (None, None)
            created = about.creation_date if about else None
            modified = about.modification_date if about else None
            pages = len(reader.pages)
    except DependencyError as error:
        raise DocumentLocked("an encrypted PDF that cannot be read without a password") from error
    except LimitReachedError as error:
        raise ExpandsTooFar(f"a PDF that unpacks too far: {error}"[:200]) from error
    except (
        PyPdfError,
        zlib.error,
        *(ValueError, LookupError, TypeError, AttributeError, ArithmeticError, EOFError),
        *(OSError, AssertionError, NotImplementedError),
    ) as error:
        raise Malformed(f"a PDF that is damaged: {error}"[:200]) from error
    lines, left_out = _without_heads(lines, pages)
    ordered = [line for number in range(pages) for line in _in_columns(lines.get(number, []))]
    text = "\n\n".join(_paragraphs(ordered))
    if not text:
        raise NoTextInDocument(f"a PDF of {pages:,} pages without text: it may be scanned")
    if len(UNKNOWN.findall(text)) > MOST_UNKNOWN * len(text):
        raise NoTextInDocument("a PDF whose fonts do not say which letters they show")
    notices = []
    if scanned:
        numbers = ", ".join(map(str, scanned[:8])) + (", …" if scanned[8:] else "")
        notices.append(Notice("W205", f"images, but no text, on page {numbers}"))
    if complaints:
        more = f" (and {len(complaints) - 1:,} more)" if complaints[1:] else ""
        notices.append(Notice("W206", " ".join(complaints[0].split())[:150] + more))
    meta: dict[str, Any] = {"pages": pages}
    if left_out := [*left_out, *turned]:
        meta["left_out"] = left_out
    return Read(text, title, author, created, modified, meta, tuple(notices))


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Collect what pypdf logs about a document, instead of showing it."""
    heard: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("pypdf")
    logger.addHandler(handler)
    before, logger.propagate = logger.propagate, False
    try:
        yield heard
    finally:
        logger.propagate = before
        logger.removeHandler(handler)


def _pages(reader: PdfReader, limit: int) -> tuple[dict[int, list[TextLine]], list[str], list[int]]:
    """Return the lines by page, texts that are turned, and the numbers of pages without text."""
    lines: dict[int, list[TextLine]] = {}
    turned: list[str] = []
    scanned: list[int] = []
    size = 0
    for number, page in enumerate(reader.pages):
        if page.rotation:
            page.transfer_rotation_to_content()
        found = lines[number] = list(_lines(page, number, limit, turned))
        size += sum(len(line.text) for line in found)
        if size > limit:
            raise ArticleTooLong(f"a PDF with over {limit:,} characters")
        if not found and "/XObject" in page.get("/Resources", {}):
            scanned.append(number + 1)
    return lines, turned, scanned


def _lines(page: PageObject, number: int, limit: int, turned: list[str]) -> Iterator[TextLine]:
    """Yield the lines of a page in the order of the file; add text that is turned to ``turned``."""
    from pypdf.generic import ContentStream, NameObject

    if page.get_contents() is None:
        return
    content = ContentStream(page["/Contents"].get_object(), page.pdf, "bytes")
    if (size := len(content.get_data())) > limit:
        raise ExpandsTooFar(
            f"page {number + 1} of a PDF unpacks to {size:,} bytes, limit {limit:,}"
        )
    # pypdf reports its text at each change of the matrix, so every piece has its own position
    content.operations = [
        one
        for operation in content.operations
        for one in ((IDENTITY, operation) if operation[1] in SHOWS else (operation,))
    ]
    page[NameObject("/Contents")] = content
    lines: list[TextLine] = []
    seen: set[tuple[str, int, int]] = set()

    def visit(text: str, cm: Sequence[float], tm: Sequence[float], _font: Any, size: float) -> None:
        text = text.translate(LETTERS)
        if not text.strip():
            if text and lines:
                lines[-1].pieces.append((lines[-1].x, " "))
            return
        a, b, c, d = (tm[i] * cm[j] + tm[i + 1] * cm[j + 2] for i in (0, 2) for j in (0, 1))
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        if d <= 0 or abs(b) > 0.1 * abs(a):
            turned.append(" ".join(text.split()))
            return
        where = text.strip(), round(x), round(y)
        if where in seen:  # printed twice, to look bold
            return
        seen.add(where)
        size = abs(size) * hypot(c, d)
        last = lines[-1] if lines else None
        if last is None or abs(y - last.y) > 0.5 * max(size, last.size) or x < last.x - 1:
            lines.append(TextLine(number, x, y, size))
        elif size > last.size:
            last.size, last.y = size, y
        lines[-1].pieces.append((x, text))

    page.extract_text(visitor_text=visit)
    yield from lines


def _without_heads(
    pages: dict[int, list[TextLine]], total: int
) -> tuple[dict[int, list[TextLine]], list[str]]:
    """Return the lines without running heads, and the different texts left out."""
    outer: dict[int, list[tuple[TextLine, str]]] = {}
    counts: Counter[str] = Counter()
    for number, lines in pages.items():
        rows = sorted(lines, key=lambda line: line.y)
        edges = [*_apart(rows), *_apart(rows[::-1])]
        outer[number] = [(line, re.sub(r"\d+", "#", line.text.casefold())) for line in edges]
        counts.update({key for _, key in outer[number]})
    least = max(2, ON_PAGES * total)
    left_out: dict[str, str] = {}
    kept: dict[int, list[TextLine]] = {}
    for number, lines in pages.items():
        heads = {
            id(line): left_out.setdefault(key, line.text)
            for line, key in outer[number]
            if counts[key] >= least or PAGE_NUMBER.fullmatch(key)
        }
        kept[number] = [line for line in lines if id(line) not in heads]
    return kept, list(left_out.values())


def _apart(rows: Sequence[TextLine]) -> Sequence[TextLine]:
    """Return the outermost lines, those that a gap separates from the others on their page."""
    gaps = 0
    for at, (line, inner) in enumerate(pairwise(rows[:12]), 1):
        apart = abs(line.y - inner.y)
        if apart > 1.6 * max(line.size, inner.size):
            return rows[:at]
        gaps += apart > 0.5 * line.size
        if gaps == OUTERMOST:
            break
    return rows[: gaps == 0]


def _in_columns(lines: list[TextLine]) -> list[TextLine]:
    """Return the lines of a page, column after column if the file has row after row."""
    starts = _columns(lines)
    if not starts:
        return lines
    parts = [part for line in lines for part in _split(line, starts)]
    sides = [(bisect(starts, part.x + 2), part) for part in parts]
    back = sum(a > b for (a, _), (b, _) in pairwise(sides))
    smaller = min(Counter(side for side, _ in sides).values())
    if len(starts) + 1 > len({side for side, _ in sides}) or back < 0.5 * smaller:
        return lines
    found: list[TextLine] = []
    waiting: list[tuple[int, TextLine]] = []
    for side, part in sides:
        if side < len(starts) and _end(part.x, part.text, part.size) > starts[side] + part.size:
            found += _by_column(waiting)  # a headline across columns
            found.append(part)
            waiting = []
        else:
            waiting.append((side, part))
    return found + _by_column(waiting)


def _by_column(parts: Iterable[tuple[int, TextLine]]) -> list[TextLine]:
    return [part for _, part in sorted(parts, key=lambda one: one[0])]


def _columns(lines: list[TextLine]) -> list[int]:
    """Return where columns of running text begin, except the first."""
    left = min((line.x for line in lines), default=0.0)
    right = max((x for line in lines for x, _ in line.pieces), default=0.0)
    counts = Counter(round(x) for line in lines for x in {round(x) for x, _ in line.pieces})
    found: list[int] = []
    for x, _ in counts.most_common(8):
        near = sum(counts[x + step] for step in (-1, 0, 1))
        if x < left + 0.2 * (right - left) or any(abs(x - one) < 100 for one in found):
            continue
        if near < max(5, 0.4 * len(lines)):
            continue
        both = [part for line in lines for part in _split(line, [x])]
        before = [len(part.text) for part in both if part.x < x - 2]
        after = [len(part.text) for part in both if part.x >= x - 2]
        if before and after and min(median(before), median(after)) >= 15:  # otherwise a table
            found.append(x)
    return sorted(found)


def _split(line: TextLine, starts: Sequence[int]) -> Iterator[TextLine]:
    """Yield the parts of a line that begin where a column does, or a bit later for an indent."""
    part = TextLine(line.page, line.x, line.y, line.size)
    for x, text in line.pieces:
        if part.pieces:
            at, before = part.pieces[-1]
            space = x - _end(at, before, line.size)
            for start in starts:
                if part.x < start - 2 and (
                    abs(x - start) <= 2
                    or (start < x < start + 2.5 * line.size and space > 0.5 * line.size)
                ):
                    yield part
                    part = TextLine(line.page, x, line.y, line.size)
                    break
        part.pieces.append((x, text))
    yield part


def _end(x: float, text: str, size: float) -> float:
    """Estimate where a text ends."""
    return x + CHARACTER * size * len(text.strip())


def _paragraphs(lines: list[TextLine]) -> Iterator[str]:
    """Yield the paragraphs, rebuilt from lines."""
    words = Counter(word.lower() for line in lines for word in re.findall(r"[\w-]+", line.text))
    leading = _leading(lines)
    body = _body(lines)
    texts = [line.text for line in lines]
    text = ""
    for at, line in enumerate(lines):
        if not text:
            text = texts[at]
        elif DROP_CAP.fullmatch(texts[at - 1]) and lines[at - 1].size > 1.5 * line.size:
            text += texts[at]
        elif _begins(lines, texts, at, leading, body):
            yield text
            text = texts[at]
        else:
            text = _joined(text, texts[at], words)
    if text:
        yield text.replace("\xad", "")


def _leading(lines: Sequence[TextLine]) -> float:
    """Return the usual distance of lines, in ems."""
    steps = [
        (a.y - b.y) / b.size
        for a, b in pairwise(lines)
        if a.page == b.page and 0 < a.y - b.y < 3 * b.size
    ]
    return median(steps) if steps else 1.2


def _body(lines: Iterable[TextLine]) -> float:
    """Return the size of most of the text."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


def _begins(
    lines: Sequence[TextLine], texts: Sequence[str], at: int, leading: float, body: float
) -> bool:
    """Return whether a line begins a paragraph."""
    before, line = lines[at - 1], lines[at]
    after = lines[at + 1] if at + 1 < len(lines) else None
    if abs(before.size - line.size) > 0.12 * line.size or BULLET.match(texts[at]):
        return True
    if line.size > 1.12 * body:  # a headline of several lines
        return not 0 < before.y - line.y < 1.6 * line.size
    ended = SENTENCE_END.search(texts[at - 1]) is not None
    widest = max(
        len(texts[i])
        for i in range(max(0, at - 5), min(len(lines), at + 5))
        if lines[i].size == before.size
    )
    if ended and len(texts[at - 1]) < 0.75 * widest:
        return True
    indent = 0.7 * line.size
    back = after is not None and after.page == line.page and 0 < line.x - after.x - indent < 60
    if before.page != line.page or line.y >= before.y:  # in the next column
        return back or (ended and not texts[at][:1].islower())
    if before.y - line.y > 1.35 * leading * line.size:
        return True
    return indent < line.x - before.x < 60 or (back and ended)


def _joined(text: str, line: str, words: Counter[str]) -> str:
    """Return a text and the next line, without the hyphen of a word that was divided."""
    if text.endswith("\xad"):
        return text[:-1] + line
    found = HYPHENATED.search(text)
    if not found or not line[:1].isalnum() or JOINING.match(line):
        return f"{text} {line}"
    first = found[1].lower()
    rest = re.match(r"\w+", line)
    second = rest[0].lower() if rest else ""
    compound = first in COMPOUNDS or words[f"{first}-{second}"] > words[first + second]
    inside = text[found.start() - 1 : found.start()] in ("-", "\u2010") and found.start() > 0
    if not line[0].islower() or first[-1].isdigit() or compound or inside:
        return text + line
    return text[:-1] + line
