"""Data of a document that is used repeatedly, collected in one pass."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise

import numpy as np
from spacy.tokens import Doc, Token

from pipeline.document.annotations import DocQuote
from pipeline.document.columns import Columns, text_of
from pipeline.text.paragraphs import head, story_start
from pipeline.text.spans import CharSpan, TokenSpan

INSIDE = Token.iob_strings().index("I")


SOFT = frozenset({",", ".", ";", ":", "-", "--", "–", "—", "...", "…", "-LRB-", "/"})


class Reading:
    """A document with its lowercase words, its outermost quotations and its paragraphs.

    ``at_quote[i]`` is the index of the outermost quotation of speech that contains token ``i``,
    including its marks, or -1; ``paragraph[i]`` numbers the paragraphs.
    """

    def __init__(self, doc: Doc, quotes: list[DocQuote]) -> None:
        self.doc = doc
        self.quotes = quotes
        self.columns = columns = Columns(doc)
        self.words, self.lower, self.idx = columns.words, columns.lower, columns.starts
        self.in_name: list[bool] = (doc.to_array("ENT_IOB") == INSIDE).tolist()
        """Whether each token continues a name that begins before it."""
        self.text = text_of(doc)
        size = len(self.lower)
        self.at_quote = [-1] * size
        self.quoted = np.zeros(size, dtype=bool)
        """Whether each token is inside a quotation."""
        self.outer: list[int] = []
        self.tokens: dict[int, TokenSpan] = {}
        for index, quote in enumerate(quotes):
            if quote.parent is not None:
                continue
            start, end = self.token_range(*self.bounds(index))
            self.tokens[index] = (start, end)
            self.outer.append(index)
            self.at_quote[start:end] = [index] * (end - start)
            self.quoted[start:end] = True
        widths = np.diff(doc.to_array("IDX").astype(np.int64), append=len(self.text))
        self.quoted_before: list[int] = [0, *np.cumsum(widths * self.quoted).tolist()]
        """Number of characters inside quotations before each token."""
        self.paragraph = self._paragraphs()
        self.dateline = self._datelines()
        """Tokens of datelines, which are neither contents nor cues."""
        self.heads = [self.token_range(*bounds) for bounds in head(self.text)]
        """Headline, byline and dateline above the story: no content spans two of them."""
        self._contents: dict[tuple[int, int, bool], TokenSpan | None] = {}

    def _paragraphs(self) -> list[int]:
        numbers = list(self.columns.paragraphs)
        for at in self.columns.breaks:
            numbers[at] += 1
        return numbers

    def _datelines(self) -> bytearray:
        marked = bytearray(len(self.lower))
        for first in (0, *(at + 1 for at in self.columns.breaks)):
            story = story_start(self.text, self.idx[first]) if first < len(marked) else None
            if story is not None:
                last = self.token_range(self.idx[first], story)[1]
                marked[first:last] = b"\1" * (last - first)
        return marked

    def bounds(self, index: int) -> CharSpan:
        """Return the character bounds of a quotation, including its marks."""
        quote = self.quotes[index]
        start = quote.open[0]
        end = quote.close[1] if quote.close is not None else quote.end
        return start, max(end, quote.end)

    def token_range(self, start: int, end: int) -> TokenSpan:
        """Return the tokens that overlap a character span."""
        first = max(0, bisect_right(self.idx, start) - 1)
        last = bisect_left(self.idx, end)
        return first, max(last, first)

    def chars(self, start: int, end: int) -> CharSpan:
        """Return the character bounds of a token range."""
        return self.idx[start], self.idx[end - 1] + len(self.words[end - 1])

    def utters(self, at: int) -> bool:
        """Return whether a whole utterance begins at a token."""
        index = self.at_quote[at] if at < len(self.at_quote) else -1
        return index >= 0 and self.tokens[index][0] == at and self.quotes[index].kind == "direct"

    def head(self, start: int, end: int) -> int:
        """Return the first token of a range that is governed from outside of it."""
        for at, above in enumerate(self.columns.heads[start:end], start):
            if above == at or not start <= above < end:
                return at
        return start

    def content(self, start: int, end: int, *, stop: bool = False) -> TokenSpan | None:
        """Return the tokens of a content: without punctuation at its ends, with whole quotations.

        A complete utterance that overlaps the range, and a quotation of which it has the larger
        part, is included with both marks; the mark of a quotation mostly outside is left out.
        ``stop`` keeps the last full stop, for contents of whole sentences.
        """
        asked = start, end, stop
        if asked not in self._contents:
            self._contents[asked] = self._content(*asked)
        return self._contents[asked]

    def _below_head(self, start: int, end: int) -> TokenSpan:
        """Return the longest part of a range in one paragraph of the head, or below the head."""
        if not self.heads or start >= self.heads[-1][1] or end <= self.heads[0][1]:
            return start, end
        edges = [start, *(last for _, last in self.heads if start < last < end), end]
        return max(pairwise(edges), key=lambda part: part[1] - part[0])

    def _content(self, start: int, end: int, stop: bool) -> TokenSpan | None:
        start, end = self._below_head(start, end)
        lower, at_quote = self.lower, self.at_quote
        while start < end and (
            lower[start] in SOFT
            or lower[start].isspace()
            or self.dateline[start]
            or self._strays(start, start, end)
        ):
            start += 1
        while start < end and (
            (
                lower[end - 1] in SOFT
                and not (stop and lower[end - 1] == ".")
                and at_quote[end - 1] < 0  # a stop inside a quotation belongs to it
            )
            or lower[end - 1].isspace()
            or self._strays(end - 1, start, end)
        ):
            end -= 1
        if start >= end:
            return None
        for edge in (start, end - 1):
            index = at_quote[edge]
            if index >= 0:
                first, last = self.tokens[index]
                start, end = min(start, first), max(end, last)
        return start, end

    def marked(self, start: int, end: int) -> CharSpan:
        """Return the character bounds of a content; a mark may be inside a token."""
        left, right = self.chars(start, end)
        for edge in (start, end - 1):
            index = self.at_quote[edge]
            if index >= 0:
                opened, closed = self.bounds(index)
                if edge == start and left < opened and start == self.tokens[index][0]:
                    left = opened
                if edge == end - 1 and right > closed and end == self.tokens[index][1]:
                    right = closed
        return left, right

    def _strays(self, index: int, start: int, end: int) -> bool:
        """Return whether a token belongs to a quotation that is mostly outside the range."""
        quote = self.at_quote[index]
        if quote < 0 or self.quotes[quote].kind == "direct":
            return False
        first, last = self.tokens[quote]
        inside = min(end, last) - max(start, first)
        return 2 * inside < last - first
