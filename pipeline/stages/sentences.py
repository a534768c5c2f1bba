"""Cut sentences that are too long to be sentences, so that every walk over a parse is bounded.

The stages walk from a token to its head, its children and the edges of its phrase. In a list of
10,000 numbers without a full stop, which the parser takes for one sentence, each of these walks is
as long as the list, and a stage that walks from every token is quadratic.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.model.parser import prepare

MAX_SENTENCE = 250
"""Maximum tokens of a sentence. The longest in 336 articles, essays and novels has 160."""


@Language.factory(
    "news_sentences",
    default_config={"exact": False},
    requires=["token.head", "token.dep"],
    assigns=["token.head", "token.dep", "token.is_sent_start"],
)
def make_sentences(nlp: Language, name: str, exact: bool) -> Sentences:  # noqa: ARG001
    """Return the component; with ``exact``, it prepares a pipeline that is read from disk."""
    return Sentences(nlp if exact else None)


class Sentences:
    """Cut long sentences.

    ``nlp`` is a pipeline whose products are to be exact. The layers that make them so cannot be
    stored, and this component is read after all that have some: then they are made again.
    """

    def __init__(self, nlp: Language | None) -> None:
        self.nlp = nlp

    def __call__(self, doc: Doc) -> Doc:
        return cut_sentences(doc)

    def to_disk(self, path: Path, **options: Any) -> None:
        """Do nothing: all that is to be known is in the configuration."""

    def from_disk(self, _path: Path, **_options: Any) -> Self:
        if self.nlp is not None:
            prepare(self.nlp)
        return self

    def to_bytes(self, **_options: Any) -> bytes:
        return b""

    def from_bytes(self, _data: bytes, **_options: Any) -> Self:
        return self.from_disk(Path())


def cut_sentences(doc: Doc) -> Doc:
    """Cut sentences of more than ``MAX_SENTENCE`` tokens into pieces of at most that many.

    Each piece becomes a sentence: its root is the old root or else the first token whose head
    is in another piece, and the other tokens of that sort hang on the root and keep their labels.
    """
    table: Any = doc.to_array(["HEAD", "SENT_START"]).reshape(len(doc), 2).astype(np.int64)
    starts = np.flatnonzero(table[:, 1] == 1)
    bounds = [0, *(starts[starts > 0].tolist()), len(doc)]
    heads = np.arange(len(doc)) + table[:, 0]
    roots: list[int] = []
    for start, end in pairwise(bounds):
        if end - start <= MAX_SENTENCE:
            continue
        for first in range(start, end, MAX_SENTENCE):
            last = min(first + MAX_SENTENCE, end)
            own = heads[first:last]
            places = np.arange(first, last)
            apart = places[(own < first) | (own >= last) | (own == places)]
            old_root = apart[heads[apart] == apart]
            root = int(old_root[0]) if len(old_root) else int(apart[0])
            heads[apart] = root
            roots.append(root)
    if roots:
        labels: Any = doc.to_array(["DEP"]).reshape(len(doc))
        labels[roots] = doc.vocab.strings.add("ROOT")
        moves = (heads - np.arange(len(doc))).astype(np.int64).view(np.uint64)
        found: Any = np.stack([moves, labels], axis=1)
        doc.from_array(["HEAD", "DEP"], found)
    return doc
