"""Divide a text into paragraphs."""

from __future__ import annotations

import re

from pipeline.text.dateline import LINES, story_start

Bounds = tuple[int, int]

BREAK = re.compile(r"(?:\r\n|[\n\r\v\f\x85\u2028\u2029])")
WRAPPED_LINE = (40, 100)
"""Shortest and longest line, in characters, of a hard-wrapped text."""
SENTENCE_END = frozenset(".!?:;…\"”»’'")
HEAD = 6
"""Maximum number of paragraphs before the story: headline, deck, byline and dateline."""
LONGEST_HEAD = 200


def paragraphs(text: str) -> list[Bounds]:
    """Return the paragraphs of a text, without blank ones.

    Each line is a paragraph, unless the text is hard-wrapped: then only a blank line or an
    indentation ends one.
    """
    lines: list[Bounds] = []
    at = 0
    for mark in BREAK.finditer(text):
        lines.append((at, mark.start()))
        at = mark.end()
    lines.append((at, len(text)))
    blank = [not text[start:end].strip() for start, end in lines]
    soft = _soft_breaks(text, lines, blank)
    found: list[Bounds] = []
    for i, (start, end) in enumerate(lines):
        if blank[i]:
            continue
        if found and i in soft:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def breaks_line(word: str) -> bool:
    """Return whether a word is white space that contains a line break.

    >>> breaks_line(" \\r\\n"), breaks_line(" ")
    (True, False)
    """
    return word.isspace() and BREAK.search(word) is not None


def head(text: str) -> list[Bounds]:
    """Return the paragraphs before the story: headline, deck, byline, dateline.

    They are short and do not end like sentences.

    >>> text = "Rain in Leeds\\nLEEDS, England\\nIt rained. It will rain on."
    >>> [text[start:end] for start, end in head(text)]
    ['Rain in Leeds', 'LEEDS, England']
    """
    found: list[Bounds] = []
    for start, end in paragraphs(text)[: HEAD + 1]:
        if end - start > LONGEST_HEAD or text[start:end].rstrip()[-1] in SENTENCE_END:
            return found
        found.append((start, end))
    return []


def _soft_breaks(text: str, lines: list[Bounds], blank: list[bool]) -> set[int]:
    """Return the lines that only continue the previous line."""
    shortest, longest = WRAPPED_LINE
    fitted: list[int] = []
    small: set[int] = set()
    for i in range(1, len(lines)):
        if blank[i] or blank[i - 1]:
            continue
        (start, end), first = lines[i - 1], text[lines[i][0]]
        dated = i <= 2 * LINES and story_start(text, lines[i][0]) is not None
        if shortest <= end - start <= longest and not first.isspace() and not dated:
            fitted.append(i)
        if first.islower() and text[start:end].rstrip()[-1] not in SENTENCE_END:
            small.add(i)
    wrapped = sum(i in small for i in fitted)
    return small.union(fitted) if wrapped >= 2 and wrapped * 3 >= len(fitted) else small
