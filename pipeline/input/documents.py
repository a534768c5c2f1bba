"""PDF and Word documents (extras ``pdf`` and ``docx``), recognised by their first bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, NamedTuple

from pipeline.errors import ArticleError, Malformed
from pipeline.input.article import Article, parse_published
from pipeline.input.formats import HEAD, refuse_binary
from pipeline.input.html import Page
from pipeline.times.dateline import dateline

if TYPE_CHECKING:
    from pydantic import JsonValue

    from pipeline.outcomes import Notice

Kind = Literal["pdf", "docx"]
ZIP: Final = b"PK\x03\x04"
NO_TITLE: Final = re.compile(
    r"untitled|(?:microsoft )?word(?: - .*| document)?|.*\.\w{2,5}|document ?\d*|.*presentation",
    re.IGNORECASE,
)
"""A title that a program made, such as "Microsoft Word - final2.docx"."""
NO_AUTHOR: Final = re.compile(
    r".*\b(?:users?|admin\w*|author|owner|unknown|microsoft|python|adobe|pc)\b.*", re.IGNORECASE
)
SAME_WORK: Final = timedelta(days=7)
"""A document that was changed later than this after its creation has no sound date."""
TEMPLATE: Final = 2014
"""Templates of programs have older dates."""


class Read(NamedTuple):
    """What a document contains."""

    text: str
    title: str | None = None
    author: str | None = None
    created: datetime | None = None
    modified: datetime | None = None
    meta: Mapping[str, JsonValue] = {}
    notices: tuple[Notice, ...] = ()


def document_kind(file: BinaryIO) -> Kind | None:
    """Return which kind of document a file is by its content, or None.

    >>> document_kind(io.BytesIO(b"%PDF-1.7")), document_kind(io.BytesIO(b"It rained."))
    ('pdf', None)
    """
    head = file.read(HEAD)
    if head.lstrip().startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(ZIP):
        try:
            with zipfile.ZipFile(file) as archive:
                return "docx" if "word/document.xml" in archive.namelist() else None
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            return None
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Page):
    """A PDF or Word document that is parsed only when its article is requested."""

    kind: Kind
    limit: int
    """How many bytes its content may have when unpacked."""

    def article(self) -> Article:
        """Return the article of the document, with its metadata if they are sound.

        Raises ``ExtraMissing``, ``Malformed``, ``ExpandsTooFar``, ``DocumentLocked`` and
        ``NoTextInDocument``.
        """
        try:
            found = self._read()
        except ArticleError as error:
            error.where = error.where or self.where
            raise
        dates = {"created": found.created, "modified": found.modified}
        told = {name: one.isoformat() for name, one in dates.items() if one is not None}
        return Article(
            text=found.text,
            where=self.where,
            uri=self.uri,
            title=_sound(found.title, NO_TITLE, longest=200),
            byline=_sound(found.author, NO_AUTHOR, longest=100),
            published=_published(found) or self.published,
            meta={**self.meta, **found.meta, **told},
            notices=found.notices,
        )

    def _read(self) -> Read:
        if document_kind(io.BytesIO(self.data)) != self.kind:
            if not self.data.startswith(ZIP):
                refuse_binary(self.data)
            name = {"pdf": "a PDF", "docx": "a Word"}[self.kind]
            raise Malformed(f"not {name} document, despite its name, or it is damaged")
        if self.kind == "pdf":
            from pipeline.input.pdf import read_pdf

            return read_pdf(self.data, self.limit)
        from pipeline.input.word import read_docx

        return read_docx(self.data, self.limit)


def _sound(value: str | None, made: re.Pattern[str], *, longest: int) -> str | None:
    """Return a title or an author of two words or more that no program made, otherwise None."""
    text = " ".join((value or "").split())
    return text if " " in text and len(text) <= longest and not made.fullmatch(text) else None


def _published(found: Read) -> str | None:
    """Return the date of creation, unless the document was changed later or has a dateline."""
    created, modified = found.created, found.modified
    if created is None or created.year < TEMPLATE or dateline(found.text) is not None:
        return None
    if modified is not None:
        apart = modified.replace(tzinfo=None) - created.replace(tzinfo=None)
        if abs(apart) > SAME_WORK:
            return None
    return parse_published(created.isoformat())
