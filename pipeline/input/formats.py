"""Input formats: how a file's name determines its format, and which bytes are refused."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final, Literal, NamedTuple, get_args

from pipeline.errors import NotText

Format = Literal["text", "html", "jsonl", "json", "csv", "tsv", "xml", "warc", "pdf", "docx"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
SUFFIXES: Final[dict[str, Format]] = {
    ".txt": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".xml": "xml",
    ".rss": "xml",
    ".atom": "xml",
    ".warc": "warc",
    ".pdf": "pdf",
    ".docx": "docx",
}
GZ: Final = ".gz"
WHOLE: Final[frozenset[Format]] = frozenset({"text", "html", "pdf", "docx"})
"""Formats with one article per file."""
EXPECTED: Final = f"{' '.join(SUFFIXES)}, and {GZ} of these"
NO_SUFFIX: Final = "no suffix"
HEAD: Final = 512
"""Number of bytes at the beginning of a file that identify it."""

PNG_JPEG_GIF = "an image, not text"
CONVERT = "convert it to text or HTML first"
MAGIC: Final = (
    (rb"%PDF-", "a PDF document: give it a name that ends in .pdf, or --as pdf"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP|II\*\0|MM\0\*|BM....\0\0\0\0", PNG_JPEG_GIF),
    (rb"PK\x03\x04.{26}word/", "a Word document: give it a name that ends in .docx, or --as docx"),
    (rb"PK(?:\x03\x04|\x05\x06)", "a ZIP archive or an Office document, not text: unpack it first"),
    (
        rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        f"an old or encrypted Office document, not text: {CONVERT}",
    ),
    (rb"\{\\rtf", f"an RTF document, not plain text: {CONVERT}"),
    (rb"%!PS", f"a PostScript document, not text: {CONVERT}"),
    (rb"SQLite format 3\0", "an SQLite database, not text: export its articles as CSV or JSONL"),
    (rb"PAR1", "a Parquet file, not text: export its articles as CSV or JSONL"),
    (rb"ARROW1\0\0", "an Arrow file, not text: export its articles as CSV or JSONL"),
    (rb"\x1f\x8b", "gzip data: give it a name that ends in .gz, such as news.jsonl.gz"),
    (
        rb"BZh[1-9]1AY|\xfd7zXZ\0|\x28\xb5\x2f\xfd|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07",
        "compressed data of a kind that is not read: unpack it first, or compress it with gzip",
    ),
    (rb".{257}ustar", "a tar archive, not text: unpack it first"),
    (rb"\x7fELF|MZ.{58}|\xca\xfe\xba\xbe", "a program, not text"),
    (rb"ID3|OggS|fLaC|.{4}ftyp|RIFF....(?:WAVE|AVI )", "audio or video, not text"),
)
KINDS: Final = tuple((re.compile(magic, re.DOTALL), kind) for magic, kind in MAGIC)


class NamedFormat(NamedTuple):
    """The format according to a file's name, and whether it is gzipped."""

    format: Format | None
    packed: bool


def named(path: str) -> NamedFormat:
    """Return the format according to a file's name.

    >>> named("news/A.HTML")
    NamedFormat(format='html', packed=False)
    >>> named("rows.csv.gz")
    NamedFormat(format='csv', packed=True)
    """
    name = PurePath(path)
    packed = name.suffix.lower() == GZ
    if packed:
        name = name.with_suffix("")
    return NamedFormat(SUFFIXES.get(name.suffix.lower()), packed)


def suffix_of(path: str) -> str:
    """Return the suffix of a file for messages.

    >>> suffix_of("a.PY"), suffix_of("b.tar.gz"), suffix_of("README")
    ('.py', '.tar.gz', 'no suffix')
    """
    name = PurePath(path)
    suffixes = name.suffixes[-2:] if name.suffix.lower() == GZ else name.suffixes[-1:]
    return "".join(suffixes).lower() or NO_SUFFIX


def stem(path: str) -> str:
    """Return the name of a file without its suffix.

    >>> stem("news/y.z.html"), stem("rows.csv.gz")
    ('y.z', 'rows')
    """
    name = PurePath(path)
    return PurePath(name.stem).stem if name.suffix.lower() == GZ else name.stem


def refuse_binary(head: bytes) -> None:
    """Raise ``NotText`` if a file begins like an unsupported binary format."""
    for magic, kind in KINDS:
        if magic.match(head):
            raise NotText(kind)
