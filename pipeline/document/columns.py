"""The token attributes of a document as plain lists, read once.

Reading an attribute of a spaCy token takes more than a tenth of a microsecond, reading a list a
fraction of that. Stages that look at most tokens, or at some of them often, read the columns.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from pipeline.text.paragraphs import breaks_line

ATTRIBUTES: list[int | str] = ["ORTH", "TAG", "DEP", "HEAD", "SENT_START", "IDX"]

SUBJECTS = frozenset(("nsubj", "nsubjpass", "csubj"))
VERB_TAGS = frozenset(("VB", "VBD", "VBG", "VBN", "VBP", "VBZ", "MD"))
NOUN_TAGS = frozenset(("NN", "NNS", "NNP", "NNPS"))
PLURAL_TAGS = frozenset(("NNS", "NNPS"))
FINITE_TAGS = frozenset(("VBD", "VBZ", "VBP", "MD"))
PROPER_TAGS = frozenset(("NNP", "NNPS"))


_text: tuple[Any, str] | None = None


def text_of(doc: Doc) -> str:
    """Return the text of a document, cached since spaCy joins it on each access."""
    global _text
    table: Any = doc.to_array(["ORTH", "SPACY"])
    last = _text
    if last is None or not np.array_equal(last[0], table):
        _text = last = table, doc.text
    return last[1]


class Arrays(NamedTuple):
    """Those columns that are also read as arrays."""

    heads: NDArray[np.int64]
    sentences: NDArray[np.int64]
    paragraphs: NDArray[np.int64]


class Columns:
    """Words, tags, dependencies, heads (token indices), sentence and paragraph of each token."""

    __slots__ = (
        "arrays",
        "breaks",
        "deps",
        "ends",
        "heads",
        "lower",
        "paragraphs",
        "sentences",
        "starts",
        "tags",
        "words",
    )

    _last: ClassVar[tuple[Any, Columns] | None] = None

    def __new__(cls, doc: Doc) -> Self:
        """Return the columns of a document; those of the last document are cached."""
        table: Any = doc.to_array(ATTRIBUTES).reshape(len(doc), len(ATTRIBUTES))
        last = Columns._last
        if last is not None and np.array_equal(last[0], table) and type(last[1]) is cls:
            return last[1]
        made = super().__new__(cls)
        made._read(doc, table)
        Columns._last = table, made
        return made

    def _read(self, doc: Doc, table: Any) -> None:
        text, tag, dep, head, sent_start, idx = (table[:, k] for k in range(len(ATTRIBUTES)))
        strings = doc.vocab.strings
        spelled = {key: strings[key] for key in set(text.tolist())}
        lowered = {key: word.lower() for key, word in spelled.items()}
        names = {key: strings[key] for key in {*tag.tolist(), *dep.tolist()}}
        keys = text.tolist()
        self.words: list[str] = [spelled[key] for key in keys]
        self.lower: list[str] = [lowered[key] for key in keys]
        self.tags: list[str] = [names[key] for key in tag.tolist()]
        self.deps: list[str] = [names[key] for key in dep.tolist()]
        places = np.arange(len(doc), dtype=np.int64)
        self.starts: list[int] = idx.tolist()
        self.ends: list[int] = [s + len(w) for s, w in zip(self.starts, self.words, strict=True)]
        opens = sent_start == 1
        opens[:1] = True
        breaks = [key for key, word in spelled.items() if breaks_line(word)]
        closes = np.isin(text, np.array(breaks, dtype=text.dtype)).astype(np.int64)
        self.breaks: list[int] = np.flatnonzero(closes).tolist()
        """The tokens that are line breaks."""
        self.arrays = Arrays(
            places + head.astype(np.int64),
            np.cumsum(opens, dtype=np.int64) - 1,
            np.cumsum(closes) - closes,
        )
        self.heads: list[int] = self.arrays.heads.tolist()
        self.sentences: list[int] = self.arrays.sentences.tolist()
        self.paragraphs: list[int] = self.arrays.paragraphs.tolist()

    def root(self, start: int, end: int) -> int:
        """Return the first token of a span whose head is outside it (or itself)."""
        for i in range(start, end):
            head = self.heads[i]
            if (head < start or head >= end or head == i) and self.deps[i] != "punct":
                return i
        return end - 1
