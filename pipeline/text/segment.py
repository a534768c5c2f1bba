"""Split an overlong text into pieces that are parsed separately.

The joined pieces are the original text. A piece ends at the last good place within the limit: the
end of a paragraph outside quotations, otherwise of any paragraph or sentence, otherwise a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

PARAGRAPH_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
BLANK = re.compile(r"\s+")
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s+")
SPACE = re.compile(r"\s+")
OPENERS = frozenset("“„«‘\"'`")
MARKS = re.compile(r"[“”«»„\"]")
NOT_BEFORE = re.compile(r"[\s\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")
"""Characters that belong to the character before them."""


def segment(text: str, limit: int) -> Iterator[str]:
    """Yield consecutive pieces of the text, each of at most ``limit`` characters.

    >>> list(segment("One.\\nTwo.\\nThree.", 11))
    ['One.\\nTwo.\\n', 'Three.']
    """
    if limit < 2:
        raise ValueError("a piece needs room for two characters")
    at = 0
    while len(text) - at > limit:
        cut = _cut(text, at, at + limit)
        yield text[at:cut]
        at = cut
    if at < len(text) or not text:
        yield text[at:]


def _cut(text: str, start: int, end: int) -> int:
    """Return the best place to cut in the second half of ``text[start:end]``."""
    half = start + (end - start) // 2
    ends = _paragraph_ends(text, start, end)
    outside = [cut for cut, inside in ends if cut > half and not inside]
    if outside:
        return outside[-1]
    anywhere = [cut for cut, _ in ends if cut > half]
    if anywhere:
        return anywhere[-1]
    for pattern in (SENTENCE_END, SPACE):
        cuts = [found.end() for found in pattern.finditer(text, half, end)]
        while cuts and text[cuts[-1]].isspace():
            cuts.pop()  # the limit is inside this space
        if cuts:
            return cuts[-1]
    cut = end
    while cut > half and NOT_BEFORE.match(text, cut):
        cut -= 1
    return cut if cut > half else end


def _paragraph_ends(text: str, start: int, end: int) -> list[tuple[int, bool]]:
    """Return the ends of paragraphs, including blank lines, and whether each is in a quotation.

    A paragraph ends inside a quotation if one of its marks is left open and the next paragraph
    begins with an opening mark, which authors repeat if a quotation continues.
    """
    bounds = [start]
    at = start
    while found := PARAGRAPH_END.search(text, at, end):
        blank = BLANK.match(text, found.start(), end)
        at = blank.end() if blank else found.end()
        if at == end and at < len(text) and text[at].isspace():
            break  # the blank lines continue beyond the limit
        bounds.append(at)
    return [
        (cut, cut < len(text) and text[cut] in OPENERS and _left_open(text[left:cut]))
        for left, cut in pairwise(bounds)
    ]


def _left_open(paragraph: str) -> bool:
    balance = straight = 0
    for mark in MARKS.findall(paragraph):
        if mark == '"':
            straight ^= 1
        else:
            balance += 1 if mark in "“«„" else -1
    return balance > 0 or bool(straight)
