"""Divide a text into paragraphs, and an overlong text into pieces that are parsed separately."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from pipeline.text.spans import CharSpan

BREAK = re.compile(r"(?:\r\n|[\n\r\v\f\x85\u2028\u2029])")
WRAPPED_LINE = (40, 100)
"""Shortest and longest line, in characters, of a hard-wrapped text."""
SENTENCE_END = frozenset(".!?:;…\"”»’'")
HEAD = 6
"""Maximum number of paragraphs before the story: headline, deck, byline and dateline."""
LONGEST_HEAD = 200
SHORTEST_HEADLINE = 3
"""Minimum number of words."""
NO_HEADLINE = re.compile(
    r"by\b|[\w ]{2,20}:$|(?:press|media|news) release$|for (?:immediate )?release"
    r"|(?:photos?|images?|source|contact|(?:up)?dated?|posted|published|date|to|from)(?:\b:| by\b)"
    r"|(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?(?:\d\d? )?"
    r"(?:jan|feb|mar|apr|may|june|july|aug|sept|oct|nov|dec)[a-z]*\.? (?:\d\d?, )?\d{4}\.?$"
    r"|.*(?:@|https?:|www\.)",
    re.IGNORECASE,
)
"""A byline, a label, a date, an address."""
DATELINES = 8
"""A dateline begins one of the first lines."""
LONGEST_DATELINE = 200
"""Maximum number of characters to look at."""
PLACES = r"[A-Z][A-Z.'’\-]+(?:[ /][A-Z][A-Z.'’\-]+){0,3}"
"""At most four words in capitals, "ST. PAUL", "GENEVA/LONDON": a headline has more."""
DETAILS = r"(?:, [^\n()—–]{2,40}?){0,3}"
"""The state and the day: ", N.H., March 4"."""
AGENCIES = (
    "AP|AFP|UPI|ANI|PTI|IANS|EFE|AAP|PA|CP|CNN|[Dd]pa|DPA|Xinhua|Bloomberg|Kyodo|Yonhap|Interfax|TASS"
    r"|(?:[\w ]{1,15} )?Reuters(?: [\w ]{1,15})?"
)
"""A place that is not in capitals counts as a dateline only with one of these after it."""
OPENING = re.compile(
    rf"(?:{PLACES}{DETAILS}(?: ?\([^()\n]{{2,40}}\))?|[A-Z][^\n()—–]{{1,60}} \((?:{AGENCIES})\))"
    r"(?: ?(?:--|[—–]) {0,3}| - {0,3})(?=[\"“'‘(\[]?[A-Z0-9$£€])"
)


@lru_cache(maxsize=1)
def paragraphs(text: str) -> tuple[CharSpan, ...]:
    """Return the paragraphs of a text, without blank ones; those of the last text are cached.

    Each line is a paragraph, unless the text is hard-wrapped: then only a blank line or an
    indentation ends one.
    """
    lines: list[CharSpan] = []
    at = 0
    for mark in BREAK.finditer(text):
        lines.append((at, mark.start()))
        at = mark.end()
    lines.append((at, len(text)))
    blank = [not text[start:end].strip() for start, end in lines]
    soft = _soft_breaks(text, lines, blank)
    found: list[CharSpan] = []
    for i, (start, end) in enumerate(lines):
        if blank[i]:
            continue
        if found and i in soft:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def breaks_line(word: str) -> bool:
    """Return whether a word is white space that contains a line break.

    >>> breaks_line(" \\r\\n"), breaks_line(" ")
    (True, False)
    """
    return word.isspace() and BREAK.search(word) is not None


def head(text: str) -> list[CharSpan]:
    """Return the paragraphs before the story: headline, deck, byline, dateline.

    They are short and do not end like sentences.

    >>> text = "Rain in Leeds\\nLEEDS, England\\nIt rained. It will rain on."
    >>> [text[start:end] for start, end in head(text)]
    ['Rain in Leeds', 'LEEDS, England']
    """
    found: list[CharSpan] = []
    for start, end in paragraphs(text)[: HEAD + 1]:
        if end - start > LONGEST_HEAD or text[start:end].rstrip()[-1] in SENTENCE_END:
            return found
        found.append((start, end))
    return []


def story_start(text: str, start: int = 0) -> int | None:
    """Return where the story starts after a dateline at an offset, or None.

    >>> text = "BEDFORD, N.H. (AP) — It rained."
    >>> text[story_start(text):]
    'It rained.'
    >>> story_start("It rained in BEDFORD — and in Leeds.")
    """
    found = OPENING.match(text, start, start + LONGEST_DATELINE)
    return found.end() if found is not None else None


def headline(text: str) -> str | None:
    """Return the headline above the story in one line; None without one.

    It is the first line of the head with some words that is no byline, dateline or address.

    >>> headline("Rain in Leeds\\nBy Ann Lee\\nIt rained. It will rain on.")
    'Rain in Leeds'
    >>> headline("It rained in Leeds. It will rain on.")
    """
    for start, end in head(text):
        line = " ".join(text[start:end].split()).strip("*# ")
        if (
            line.count(" ") >= SHORTEST_HEADLINE - 1
            and not NO_HEADLINE.match(line)
            and story_start(text, start) is None
        ):
            return line
    return None


def _soft_breaks(text: str, lines: list[CharSpan], blank: list[bool]) -> set[int]:
    """Return the lines that only continue the previous line."""
    shortest, longest = WRAPPED_LINE
    fitted: list[int] = []
    small: set[int] = set()
    for i in range(1, len(lines)):
        if blank[i] or blank[i - 1]:
            continue
        (start, end), first = lines[i - 1], text[lines[i][0]]
        dated = i <= DATELINES and story_start(text, lines[i][0]) is not None
        if shortest <= end - start <= longest and not first.isspace() and not dated:
            fitted.append(i)
        if first.islower() and text[start:end].rstrip()[-1] not in SENTENCE_END:
            small.add(i)
    wrapped = sum(i in small for i in fitted)
    return small.union(fitted) if wrapped >= 2 and wrapped * 3 >= len(fitted) else small


PARAGRAPH_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
BLANK = re.compile(r"\s+")
AFTER_SENTENCE = re.compile(r"[.!?…][\"'”’»)\]]*\s+")
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
    for pattern in (AFTER_SENTENCE, BLANK):
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
