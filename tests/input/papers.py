"""Small PDF and Word documents, made in the tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence

Text = tuple[float, float, float, str]
"""x, y, size, and a text in Windows-1252."""

LEFT = (
    "The river rose four metres overnight and",
    "reached the old mill, the town adminis-",
    "tration said. “It was high,” said Ann Lee, the",
    "well-known mayor.",
    "Tom Okafor, who leads the taxpayers'",
    "union, called the price “absurd” on Mon-",
)
RIGHT = (
    "day and asked for an investigation of pre-",
    "and post-war bridges.",
    "About 300 people had to leave homes",
    "before dawn, and found shelter in a well-",
    "known school by the bridge, said Jean-",
    "Luc Moreau, who runs the school.",
)
READ = (
    "The river rose four metres overnight and reached the old mill, the town administration said."
    " “It was high,” said Ann Lee, the well-known mayor.",
    "Tom Okafor, who leads the taxpayers' union, called the price “absurd” on Monday and asked for"
    " an investigation of pre- and post-war bridges.",
    "About 300 people had to leave homes before dawn, and found shelter in a well-known school by"
    " the bridge, said Jean-Luc Moreau, who runs the school.",
)


def columns(*, by_row: bool, heads: bool = True, number: int = 1) -> list[Text]:
    """Return a page of two columns, written column after column or row after row."""
    cells = [
        (row, side, (50.0 + 230 * side, 600.0 - 12 * row, 10.0, text))
        for side, column in enumerate((LEFT, RIGHT))
        for row, text in enumerate(column)
    ]
    cells.sort(key=lambda cell: cell[:2] if by_row else (cell[1], cell[0]))
    page = [text for *_, text in cells]
    if heads:
        page = [(50, 750, 8, f"The Bridge Post · {number}"), *page, (250, 40, 8, f"Page {number}")]
    return page


def pdf(pages: Iterable[Sequence[Text]], *, trailer: str = "", info: str = "") -> bytes:
    """Return a PDF with texts at given places."""
    streams = [
        b"\n".join(
            f"BT /F {size} Tf {x} {y} Td (".encode()
            + text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252")
            + b") Tj ET"
            for x, y, size, text in page
        )
        for page in pages
    ]
    kids = " ".join(f"{5 + 2 * i} 0 R" for i in range(len(streams)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(streams)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>",
        f"<< {info} >>".encode(),
    ]
    for number, stream in enumerate(streams):
        page = "/Type /Page /Parent 2 0 R /MediaBox [0 0 500 800]"
        page += " /Resources << /Font << /F 3 0 R >> >>"
        objects.append(f"<< {page} /Contents {6 + 2 * number} 0 R >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream))
    data = b"%PDF-1.4\n"
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n"
    end += f"<< /Size {size} /Root 1 0 R /Info 4 0 R {trailer} >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + end.encode()


def encrypted() -> bytes:
    """Return a PDF that needs a password."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([columns(by_row=False)]))))
    writer.encrypt("secret", algorithm="RC4-128")
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()


def damaged(document: bytes) -> bytes:
    """Return a Word document whose text does not unpack."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        start = archive.getinfo("word/document.xml").header_offset + 60
    return document[:start] + b"\xff" * 40 + document[start + 40 :]


def with_part(document: bytes, name: str, content: bytes) -> bytes:
    """Return a Word document with one more part, compressed."""
    data = io.BytesIO(document)
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return data.getvalue()
