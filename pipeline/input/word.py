"""Read the text of a Word document (extra ``docx``)."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

from pipeline.errors import ExpandsTooFar, Malformed, NoTextInDocument, needing
from pipeline.input.documents import Read
from pipeline.outcomes import Notice
from pipeline.text.words import plural

CHARACTERS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "‑"}
LEFT_OUT: Final = frozenset({"del", "moveFrom", "pPr", "rPr", "Fallback"})
"""Deleted text, properties, and what only older programs show."""
NOTES: Final = frozenset({"footnoteReference", "endnoteReference"})


def read_docx(data: bytes, limit: int) -> Read:
    """Return the paragraphs, headings and cells of a document in order.

    Insertions that are tracked are part of the text, deletions are not. Headers, footers, comments
    and notes are left out.

    Raises ``ExpandsTooFar`` if the unpacked parts have more than twice ``limit`` bytes,
    ``Malformed``, ``NoTextInDocument``, and ``ExtraMissing`` without python-docx.
    """
    with needing("docx", "reading Word documents needs python-docx"):
        import docx
        from docx.opc.exceptions import OpcError
        from lxml.etree import LxmlError
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        # zipfile returns no more bytes than the directory says
        size = sum(part.file_size for part in archive.infolist())
    if size > 2 * limit:
        hint = "raise max_bytes in pipeline.toml if you trust it"
        raise ExpandsTooFar(
            f"{len(data):,} bytes that unpack to {size:,}, limit {2 * limit:,}", hint=hint
        )
    try:
        document = docx.Document(io.BytesIO(data))
        about = document.core_properties
        body = document.element.body
        found = [text for part in _blocks(body) if (text := part.strip())]
        notes = sum(_name(one) in NOTES for one in body.iter())
        title, author = about.title, about.author
        created, modified = about.created, about.modified
    except (
        OpcError,
        LxmlError,
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,  # an encrypted part, an unknown compression
        *(ValueError, LookupError, TypeError, AttributeError, EOFError, OSError),
    ) as error:
        raise Malformed(f"a Word document that is damaged: {error}"[:200]) from error
    if not found:
        raise NoTextInDocument("a Word document without text")
    message = f"{plural(notes, 'footnotes and endnotes')} left out"
    notices = (Notice("W207", message),) if notes else ()
    return Read("\n\n".join(found), title, author, created, modified, notices=notices)


def _name(element: Any) -> str:
    """Return the name of an element without its namespace; comments have none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _blocks(element: Any) -> Iterator[str]:
    """Yield the paragraphs below an element, those of cells and text boxes too."""
    waiting = [element]
    while waiting:
        one = waiting.pop()
        if _name(one) == "p":
            yield "".join(_runs(one))
            waiting += reversed(list(_boxes(one)))
        elif _name(one) not in LEFT_OUT:
            waiting += reversed(one)


def _runs(paragraph: Any) -> Iterator[str]:
    """Yield the parts of a paragraph's own text."""
    waiting = list(reversed(paragraph))
    while waiting:
        one = waiting.pop()
        name = _name(one)
        if name == "t":
            yield one.text or ""
        elif name in CHARACTERS:
            yield CHARACTERS[name]
        elif name not in LEFT_OUT and name != "txbxContent":
            waiting += reversed(one)


def _boxes(paragraph: Any) -> Iterator[Any]:
    """Yield the text boxes anchored in a paragraph."""
    waiting = list(reversed(paragraph))
    while waiting:
        one = waiting.pop()
        if _name(one) == "txbxContent":
            yield one
        elif _name(one) not in LEFT_OUT:
            waiting += reversed(one)
