"""The attributes of a document's tokens as plain lists, read once.

Reading an attribute of a spaCy token costs about a tenth of a microsecond, reading a list a third of
that; a stage that looks at a token more than once reads the columns.
"""

from __future__ import annotations

from spacy.tokens import Doc

SUBJECTS = frozenset(("nsubj", "nsubjpass", "csubj"))
VERB_TAGS = frozenset(("VB", "VBD", "VBG", "VBN", "VBP", "VBZ", "MD"))
NOUN_TAGS = frozenset(("NN", "NNS", "NNP", "NNPS"))
PROPER_TAGS = frozenset(("NNP", "NNPS"))


class Columns:
    """Words, tags, dependencies, heads (token indices), sentence and paragraph of each token."""

    __slots__ = (
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

    def __init__(self, doc: Doc) -> None:
        self.words: list[str] = []
        self.lower: list[str] = []
        self.tags: list[str] = []
        self.deps: list[str] = []
        self.heads: list[int] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.sentences: list[int] = []
        self.paragraphs: list[int] = []
        sentence, paragraph = -1, 0
        for i, token in enumerate(doc):
            word = token.text
            start = token.idx
            if token.is_sent_start or i == 0:
                sentence += 1
            self.words.append(word)
            self.lower.append(word.lower())
            self.tags.append(token.tag_)
            self.deps.append(token.dep_)
            self.heads.append(token.head.i)
            self.starts.append(start)
            self.ends.append(start + len(word))
            self.sentences.append(sentence)
            self.paragraphs.append(paragraph)
            if "\n" in word:
                paragraph += 1

    def root(self, start: int, end: int) -> int:
        """Return the first token of a stretch whose head lies outside it (or is itself)."""
        for i in range(start, end):
            head = self.heads[i]
            if (head < start or head >= end or head == i) and self.deps[i] != "punct":
                return i
        return end - 1
