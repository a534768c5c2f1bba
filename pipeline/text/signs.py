"""Find the signs that may be quotation marks, and the cost of each reading.

A sign has a low cost as an opener if it touches the next word, as a closer if it touches the
previous word, and as neither in a typical place of apostrophes, feet and inches. ``marks`` weighs
these costs over a whole paragraph.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal, NamedTuple

Bounds = tuple[int, int]
Family = Literal["double", "single"]
Shape = Literal["before", "after", "within", "afloat", "detached"]
"""What a sign touches: the next word, the previous word, both, neither, or a stop (`` ",``)."""

DOUBLE = '"“”„‟«»＂❝❞〝〞'
LEFT = frozenset(("“", "„", "‟", "«", "❝", "〝", "``", "‘", "‚", "‛", "‹", "`"))
RIGHT = frozenset(("”", "»", "❞", "〞", "’", "›"))
STYLES = dict.fromkeys("“”„‟❝❞〝〞‘’‚‛", "curly") | dict.fromkeys(("``", "''", "`"), "typed")
STYLES |= dict.fromkeys("«»‹›", "angle")
"""Marks of different styles rarely belong together; all others are straight."""

# apostrophes between two letters are skipped: they would be most of the signs of a text
SIGN = re.compile(rf"``|'{{2,3}}|[{DOUBLE}‘‚‛‹›`]|(?<![^\W_])['’]|['’](?![^\W_])")
TAG = re.compile(r"<[A-Za-z/!][^<>\n]*>")
"""An HTML tag left in the text: the marks around its attributes are not quotation marks."""
WORD = re.compile(r"[^\s.,;:!?…'‘’`\"“”–—-]")

INVISIBLE = frozenset("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff")
OPENERS = frozenset("([{<¿¡—–―/\\|=>*_~-")
STOPS = frozenset(".,;:!?)]}…%")
ELLIPSES = ("..", "…", ". ")
DIGITS = frozenset("0123456789½¼¾⅓⅔⅛")
FEET = re.compile(r"\d\s?(?:'|’|ft\.?|feet)[\s-]?[\d./½¼¾⅓⅔⅛]+\s?$")
"""Text before an inch sign: 5' 10, 6 ft 2."""
ELISION = re.compile(
    r"(?:\d0s|\d\d(?![\dA-Za-z])|(?:n|em|tis|twas|til|till|cause|cuz|coz|bout|round|neath|gainst"
    r"|tween|nuff|sup|kay|fraid|scuse|im|er|ere|ave|ello|ow|ome|eard|twill|twere|twould|tude"
    r"|burbs|hood)\b)",
    re.IGNORECASE,
)
"""Text after an apostrophe at the start of a word: '90s, '98, 'n', 'em, 'til."""
CLIPPED = re.compile(r"(?:\w{2}in|\b(?:o|th|an|ol|n|d|t|wi|po|mo))$", re.IGNORECASE)
"""Text before an apostrophe at the end of a word: goin', o', th'."""
SUFFIX = re.compile(r"(?:s|ll|re|ve|d|m|t)\b", re.IGNORECASE)
"""Endings that an apostrophe joins to a word, even after a mark or full stop: “Today”'s."""

OPENS: dict[Shape, float] = {
    "before": 0.0,
    "after": 3.0,
    "within": 1.5,
    "afloat": 1.0,
    "detached": 4.0,
}
CLOSES: dict[Shape, float] = {
    "before": 4.0,
    "after": 0.0,
    "within": 1.0,
    "afloat": 1.0,
    "detached": 1.0,
}
IMPOSSIBLE = 6.0
STRAY = 5.0
"""Cost of a double mark that neither opens nor closes anything."""
CERTAIN = 3.5
"""A sign with this cost as an apostrophe is almost certainly not one."""


class Sign(NamedTuple):
    """A possible quotation mark with the cost of each reading."""

    start: int
    end: int
    text: str
    family: Family
    style: str
    shape: Shape
    opens: float
    closes: float
    other: float
    """Cost of not being a quotation mark."""
    inches: bool
    """Whether it follows a number, as an inch sign does."""
    first: bool
    """Whether only signs precede it in its paragraph."""
    word: int
    """Offset of the next word or number after it; the paragraph's end if there is none."""
    capital: bool
    """Whether that word is capitalized and touches the sign."""

    @property
    def kind(self) -> tuple[Family, str]:
        """Family and style: what a mark and its counterpart have in common."""
        return self.family, self.style


def signs(text: str, bounds: Bounds, tags: list[Bounds]) -> list[Sign]:
    """Return the possible quotation marks of a paragraph, except those inside HTML tags."""
    begin, end = bounds
    spans = [match.span() for match in SIGN.finditer(text, begin, end)]
    if tags:
        spans = [span for span in spans if not _inside(span[0], tags)]
    if not spans:
        return []
    spans = list(_split_triple(text, spans))
    # adjacent signs share their neighbours: "' in ("'Yes,' he said") is one group of marks
    before: list[str] = []
    first: list[bool] = []
    blank, at = True, begin
    for start, stop in spans:
        touching = bool(before) and at == start
        before.append(before[-1] if touching else text[start - 1] if start > begin else "")
        blank = blank and not text[at:start].strip()
        first.append(blank)
        at = stop
    after, words = [0] * len(spans), [0] * len(spans)
    at = after_at = word = end
    for i in range(len(spans) - 1, -1, -1):
        start, stop = spans[i]
        after_at = after_at if i + 1 < len(spans) and stop == at else stop
        match = WORD.search(text, stop, at)
        word = match.start() if match else word
        after[i], words[i], at = after_at, word, start
    return [
        _sign(
            text, *spans[i], before[i], text[after[i] : min(after[i] + 2, end)], first[i], words[i]
        )
        for i in range(len(spans))
    ]


def _inside(at: int, spans: list[Bounds]) -> bool:
    """Return whether a position is in one of the spans, which are sorted."""
    i = bisect_right(spans, at, key=lambda span: span[0]) - 1
    return i >= 0 and at < spans[i][1]


def _split_triple(text: str, spans: list[Bounds]) -> Iterator[Bounds]:
    """Read three apostrophes as a double mark with a single mark on its inner side."""
    for start, stop in spans:
        if stop - start < 3:
            yield start, stop
            continue
        middle = start + 2 if stop < len(text) and text[stop].isalnum() else start + 1
        yield start, middle
        yield middle, stop


def _sign(text: str, start: int, stop: int, left: str, ahead: str, first: bool, word: int) -> Sign:
    sign, right = text[start:stop], ahead[:1]
    shape = _shape(left, ahead)
    opens, closes = _costs_of_quoting(sign, shape, left, right)
    style = STYLES.get(sign, "straight")
    inches = False
    if len(sign) == 2 or sign in DOUBLE:
        family: Family = "double"
        other = STRAY
        if left in DIGITS and sign not in LEFT:
            if FEET.search(text, max(0, start - 16), start):
                other, closes = 0.0, closes + 3.0
            else:
                other, inches = 1.3, True
        elif shape == "within" and left.isalpha():
            other = 3.0
    else:
        family = "single"
        other = _cost_of_apostrophe(text, start, stop, shape, left, right)
        if sign == "’" and shape == "before":
            opens += 1.0
        if other <= 0.3:
            opens, closes = opens + 1.5, closes + 0.5
    capital = word - stop <= 3 and text[word : word + 1].isupper()
    return Sign(
        start, stop, sign, family, style, shape, opens, closes, other, inches, first, word, capital
    )


def _costs_of_quoting(sign: str, shape: Shape, left: str, right: str) -> tuple[float, float]:
    """Return the costs of reading a sign as an opener and as a closer."""
    opens, closes = OPENS[shape], CLOSES[shape]
    if shape == "within":
        opens = 0.7 if left in ",:;" else opens if left in STOPS else 3.0
        closes = 0.7 if left in STOPS else 1.5
    elif shape == "afloat":
        opens = opens if right else IMPOSSIBLE
        closes = closes if left else IMPOSSIBLE
    if sign in LEFT:
        closes += 2.5
    elif sign in RIGHT:
        opens += 2.0
    return opens, closes


def _shape(left: str, ahead: str) -> Shape:
    """Return what a sign touches, by the character before it and the two after it."""
    right = ahead[:1]
    if not right or right.isspace() or right in INVISIBLE:
        return "afloat" if not left or left.isspace() else "after"
    closing = (right in STOPS and ahead not in ELLIPSES) or right in "—–"
    if not left or left.isspace() or left in OPENERS or left in INVISIBLE:
        if closing:
            return "detached" if not left or left.isspace() else "after"
        return "before"
    return "after" if closing or right in "-/" else "within"


def _cost_of_apostrophe(
    text: str, start: int, stop: int, shape: Shape, left: str, right: str
) -> float:
    """Return the cost of reading a single sign as an apostrophe or a foot sign."""
    sign = text[start]
    if sign in "‹›":
        return STRAY
    if shape == "before":
        if ELISION.match(text, stop):
            return 0.0
        if left == "-":
            return 0.5
        return {"‘": 3.0, "’": 1.5, "`": 2.0}.get(sign, 2.2)
    if shape == "after":
        if not left.isalnum():
            return 4.0
        if sign == "‘":
            return 2.0
        if left.isdigit():
            return 0.2
        usual = left in "sSzZxX" or CLIPPED.search(text, max(0, start - 4), start)
        return (0.4 if usual else 1.2) + (0.8 if right in STOPS else 0.0)
    if left and not left.isspace() and sign != "‘" and SUFFIX.match(text, stop):
        return 0.1
    return 3.0 if shape == "within" else 2.0
