"""Documents whose tags, parse and names are written out, so that no model decides them."""

from __future__ import annotations

from spacy.tokens import Doc, Span

from tests.blank import BLANK


def parsed(rows: str, **names: tuple[int, int]) -> Doc:
    """Return a document from "word/tag/dependency/offset of its head" for each token.

    What is left out is "NN", "dep" and 0, and a line break is ``¶``. ``names``: the tokens of each
    name by its label.
    """
    cells = [[*row.split("/"), "", "", ""][:4] for row in rows.split()]
    doc = Doc(
        BLANK.vocab,
        words=[cell[0].replace("¶", "\n\n") for cell in cells],
        tags=[cell[1] or "NN" for cell in cells],
        deps=[cell[2] or "dep" for cell in cells],
        heads=[at + int(cell[3] or 0) for at, cell in enumerate(cells)],
    )
    doc.ents = [Span(doc, start, end, label) for label, (start, end) in names.items()]
    return doc
