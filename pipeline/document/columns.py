"""The token attributes of a document as plain lists and arrays, read once.

Reading an attribute of a spaCy token takes more than a tenth of a microsecond, reading a list a
fraction of that. Stages that look at most tokens, or at some of them often, read the columns.
Numbers are in arrays: as objects in lists they take four times as much memory.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any, ClassVar, NamedTuple, Self
from weakref import ref

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from pipeline.text.paragraphs import breaks_line

ATTRIBUTES: list[int | str] = ["TAG", "DEP", "HEAD", "SENT_START", "IDX"]

SUBJECTS = frozenset(("nsubj", "nsubjpass", "csubj"))
VERB_TAGS = frozenset(("VB", "VBD", "VBG", "VBN", "VBP", "VBZ", "MD"))
NOUN_TAGS = frozenset(("NN", "NNS", "NNP", "NNPS"))
PLURAL_TAGS = frozenset(("NNS", "NNPS"))
FINITE_TAGS = frozenset(("VBD", "VBZ", "VBP", "MD"))
PROPER_TAGS = frozenset(("NNP", "NNPS"))


_text: tuple[Callable[[], Doc | None], str] = (lambda: None), ""


def text_of(doc: Doc, text: str | None = None) -> str:
    """Return the text of a document, cached since spaCy joins it on each access.

    Only the tokens of a document can change, never its text. ``text`` is the text if it is known.
    """
    global _text
    cached, found = _text
    if cached() is not doc or not found:
        found = doc.text if text is None else text
        _text = ref(doc), found
    return found


class ColumnArrays(NamedTuple):
    """Those columns that are also read as arrays of numpy; both share their memory."""

    heads: NDArray[np.int64]
    sentences: NDArray[np.int64]
    paragraphs: NDArray[np.int64]


def _column(numbers: NDArray[Any]) -> array[int]:
    return array("q", numbers.astype(np.int64).tobytes())


class Columns:
    """Words, tags, dependencies, heads (token indices), sentence and paragraph of each token."""

    _last: ClassVar[tuple[Callable[[], Doc | None], Any, Columns | None]] = (lambda: None), "", None

    def __new__(cls, doc: Doc) -> Self:
        """Return the columns of a document; those of the last document are cached."""
        table: Any = doc.to_array(ATTRIBUTES).reshape(len(doc), len(ATTRIBUTES))
        digest = blake2b(table.ravel()).hexdigest()
        cached, known, last = Columns._last
        if cached() is doc and known == digest and type(last) is cls:
            return last
        made = super().__new__(cls)
        made._read(doc, table)
        Columns._last = ref(doc), digest, made
        return made

    def _read(self, doc: Doc, table: Any) -> None:
        _, _, head, sent_start, idx = table.T
        strings = doc.vocab.strings

        def shared(values: Any, places: Any) -> Any:
            """Return a value for each token, given those of its kinds."""
            return np.array(values, dtype=object)[places].tolist()

        keys, places = np.unique(doc.to_array("ORTH"), return_inverse=True)
        forms = [strings[key] for key in keys.tolist()]
        self.keys, self.places, self.forms = keys, places, forms
        self.words: list[str] = shared(forms, places)
        self.lower: list[str] = shared([word.lower() for word in forms], places)
        names, labelled = np.unique(table[:, :2], return_inverse=True)
        self._labelled = labelled.reshape(-1, 2)  # flat in some versions of numpy
        self._labels = [strings[name] for name in names.tolist()]
        self.tags: list[str] = shared(self._labels, self._labelled[:, 0])
        self.deps: list[str] = shared(self._labels, self._labelled[:, 1])
        self.starts = _column(idx)
        sizes = np.array([len(word) for word in forms], dtype=np.int64)[places]
        self.ends = _column(idx.astype(np.int64) + sizes)
        opens = sent_start == 1
        opens[:1] = True
        closes = np.array([breaks_line(word) for word in forms], dtype=np.int64)[places]
        self.breaks: list[int] = np.flatnonzero(closes).tolist()
        """The tokens that are line breaks."""
        self.heads = _column(np.arange(len(doc)) + head.astype(np.int64))
        self.sentences = _column(np.cumsum(opens) - 1)
        self.paragraphs = _column(np.cumsum(closes) - closes)
        numbers = self.heads, self.sentences, self.paragraphs
        self.arrays = ColumnArrays(*(np.asarray(one, dtype=np.int64) for one in numbers))
        self.states: Any = None
        """What the encoder has made of the tokens, see ``reader.encoder``."""

    def of_tags(self, values: Mapping[str, int]) -> NDArray[np.int64]:
        """Return for each token the value of its tag, or 0."""
        return self._of(values)[self._labelled[:, 0]]

    def of_deps(self, values: Mapping[str, int]) -> NDArray[np.int64]:
        """Return for each token the value of its dependency, or 0."""
        return self._of(values)[self._labelled[:, 1]]

    def _of(self, values: Mapping[str, int]) -> NDArray[np.int64]:
        return np.array([values.get(label, 0) for label in self._labels], dtype=np.int64)

    def root(self, start: int, end: int) -> int:
        """Return the first token of a span whose head is outside it (or itself)."""
        for i in range(start, end):
            head = self.heads[i]
            if (head < start or head >= end or head == i) and self.deps[i] != "punct":
                return i
        return end - 1
