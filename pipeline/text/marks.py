"""Pair quotation marks: which signs open, which close, and which are not quotation marks.

A sign has a low cost as an opener if it touches the next word, as a closer if it touches the
previous word, and as neither in a typical place of apostrophes, feet and inches.

Each sign can be read in three ways: it opens a quotation, closes one, or is something else (an
apostrophe, a prime, a typing error). Each reading has a cost, and so has an opener that
is never closed. The reading of a paragraph with the lowest cost wins. It is found by a beam search
over the stacks of open marks, in time linear in the number of marks.

A quotation crosses the end of a paragraph only if the next paragraph opens it again, or if its
closer is alone in a later paragraph. So a stray mark affects at most its own paragraph.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal, NamedTuple

from pipeline.text.paragraphs import paragraphs
from pipeline.text.spans import CharSpan

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
SIGN = re.compile(
    rf"[{DOUBLE}‘‚‛‹›`'’](?:(?<=`)`?|(?<=')'{{1,2}}|(?<=[^'’])|(?<![^\W_].)|(?![^\W_]))"
)
"""One set first: a search skips all other characters at once."""
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


def signs(text: str, bounds: CharSpan, tags: list[CharSpan]) -> list[Sign]:
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


def _inside(at: int, spans: list[CharSpan]) -> bool:
    """Return whether a position is in one of the spans, which are sorted."""
    i = bisect_right(spans, at, key=lambda span: span[0]) - 1
    return i >= 0 and at < spans[i][1]


def _split_triple(text: str, spans: list[CharSpan]) -> Iterator[CharSpan]:
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


Action = Literal["open", "close", "reopen", "break", "other"]
"""How a sign is read; ``reopen``: it opens a quotation after one that was not closed; ``break``:
that one ends here, but none begins."""
Kinds = tuple[tuple[str, str], ...]
"""Kinds of marks (family and style), outermost first."""

UNCLOSED = 4.0
"""Cost of an opener without a closer that starts a complete utterance."""
CARRIED = 0.6
"""Cost of an opener without a closer, if the next paragraph opens the quotation again."""
NESTED_ALIKE = 2.5
"""Cost of a quotation inside another with the same marks."""
DOUBLED = 0.5
"""The same, if the two openers are adjacent."""
MIXED_STYLE = 1.0
"""Cost of a closer whose style differs from the opener's."""
OTHER_FAMILY = 3.0
"""Cost of a single mark that closes a double one, or the reverse."""
GERMAN = -2.5
"""Cost of “ as a closer after „."""
INCHES = -0.8
"""Inches are more likely outside quotations than inside, where the sign may close one."""

DEPTH = 4
BEAM = 8
WINDOW = 512
"""Number of marks in a paragraph after which the best reading is fixed, to limit memory."""
REACH = 10
"""Maximum number of paragraphs of a quotation whose opener is not repeated."""
SIGNATURE = 10
"""Maximum number of words of a line that names the source of a set-off quotation."""


class Pair(NamedTuple):
    """A quotation: its marks and the words between them.

    ``close`` is ``None`` if the author forgot the mark, or left it out because the quotation
    continues in the next paragraph. ``parent`` and ``continues`` are indices into the same list:
    the quotation around this one, and the one that this one continues.
    """

    open: CharSpan
    start: int
    end: int
    close: CharSpan | None
    parent: int | None = None
    continues: int | None = None


def pair(text: str) -> list[Pair]:
    """Return the quotations of a text in text order.

    >>> [(p.start, p.end, p.parent) for p in pair('“We ‘lost’,” she said of the players’ union.')]
    [(1, 11, None), (5, 9, 0)]
    """
    if SIGN.search(text) is None:
        return []
    tags = [match.span() for match in TAG.finditer(text)] if "<" in text else []
    blocks = [(bounds, signs(text, bounds, tags)) for bounds in paragraphs(text)]
    pairing = _Pairing(text)
    for at, (bounds, marks) in enumerate(blocks):
        following = blocks[at + 1][1] if at + 1 < len(blocks) else []
        pairing.add(bounds, marks, _leading(following))
    return _merge_doubled(text, pairing.found)


def _leading(marks: list[Sign]) -> Kinds:
    """Return the kinds of the marks that a paragraph starts with."""
    kinds: list[tuple[str, str]] = []
    for mark in marks[:DEPTH]:
        if not mark.first or mark.shape not in ("before", "afloat"):
            break
        kinds.append(mark.kind)
    return tuple(kinds)


# ------------------------------------------------------------------------------------ reading


class State(NamedTuple):
    """A reading of the marks so far: its cost, the marks left open, and its last step."""

    cost: float
    stack: tuple[int, ...]
    last: Link | None


class Link(NamedTuple):
    """The reading of one mark, and of the marks before it."""

    mark: int
    action: Action
    before: Link | None


def read(end: int, marks: list[Sign], leading: Kinds) -> list[tuple[int, Action]]:
    """Return the reading of a paragraph with the lowest cost: each of its marks with an action.

    If no reading may end with its open marks (a paragraph of hundreds of odd marks), the remaining
    openers are dropped.
    """
    actions: list[tuple[int, Action]] = []
    states = [State(0.0, (), None)]
    for i in range(len(marks)):
        best: dict[Kinds, State] = {}
        for state in states:
            for cost, stack, action in _steps(marks, state, i):
                key = tuple([marks[k].kind for k in stack])
                known = best.get(key)
                if known is None or cost < known.cost:
                    best[key] = State(cost, stack, Link(i, action, state.last))
        states = sorted(best.values(), key=_cost)[:BEAM]
        if i % WINDOW == WINDOW - 1:
            actions.extend(_trace(states[0].last))
            states = [State(0.0, states[0].stack, None)]
    ends = [ended for state in states if (ended := _end(end, marks, state, leading)) is not None]
    best_end = min(ends or states, key=_cost)
    actions.extend(_trace(best_end.last))
    if not ends:
        given_up = set(best_end.stack)
        actions = [(i, _given_up(action) if i in given_up else action) for i, action in actions]
    return actions


def _given_up(action: Action) -> Action:
    return "break" if action == "reopen" else "other"


def _cost(state: State) -> float:
    return state.cost


def _trace(last: Link | None) -> list[tuple[int, Action]]:
    actions: list[tuple[int, Action]] = []
    while last is not None:
        actions.append((last.mark, last.action))
        last = last.before
    actions.reverse()
    return actions


def _steps(
    marks: list[Sign], state: State, i: int
) -> Iterator[tuple[float, tuple[int, ...], Action]]:
    """Return each way to read a mark after a given reading of the previous marks."""
    mark, stack, cost = marks[i], state.stack, state.cost
    yield cost + mark.other + (INCHES if mark.inches and not stack else 0.0), stack, "other"
    top = marks[stack[-1]] if stack else None
    if top is not None and top.word < mark.start:
        if top.family != mark.family:
            if mark.shape == "after":
                doubt = max(0.0, CERTAIN - mark.other)
                yield cost + mark.closes + OTHER_FAMILY + doubt, stack[:-1], "close"
        else:
            alike = 0.0 if top.style == mark.style else MIXED_STYLE
            german = GERMAN if top.text in "„‚" and mark.text in "“‘" else 0.0
            yield cost + mark.closes + alike + german, stack[:-1], "close"
            if _whole(top):
                yield cost + mark.opens + UNCLOSED + alike, (*stack[:-1], i), "reopen"
    if len(stack) < DEPTH and mark.opens < IMPOSSIBLE:
        cost += mark.opens
        if any(marks[k].kind == mark.kind for k in stack):
            cost += DOUBLED if top is not None and top.end == mark.start else NESTED_ALIKE
        yield cost, (*stack, i), "open"


def _whole(mark: Sign) -> bool:
    """Return whether an opener starts an utterance, so that it counts even if never closed."""
    if mark.shape in ("after", "detached"):
        return False
    if mark.first:
        return True
    return mark.family == "double" and mark.capital


def _end(end: int, marks: list[Sign], state: State, leading: Kinds) -> State | None:
    """Add the cost of the marks left open to a reading; return None if it may not end like this."""
    cost = state.cost
    for depth, k in enumerate(state.stack):
        mark = marks[k]
        if mark.word >= end:
            return None
        if leading[depth : depth + 1] == (mark.kind,) and mark.shape in ("before", "within"):
            cost += CARRIED
        elif _whole(mark):
            cost += UNCLOSED
        else:
            return None
    return State(cost, state.stack, state.last)


# -------------------------------------------------------------------------------------- pairs


class _Pairing:
    """The quotations found so far, and those that the next paragraph may continue."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Pair] = []
        self.carried: list[int] = []
        self.number = 0
        self.dangling: tuple[int, int, Sign] | None = None
        """The last quotation left open, the number of its paragraph, and its opener."""

    def add(self, bounds: CharSpan, marks: list[Sign], leading: Kinds) -> None:
        """Add the quotations of the next paragraph."""
        self.number += 1
        begin = len(self.found)
        stack: list[tuple[int, Sign]] = []
        carried, self.carried = self.carried, []
        for i, action in read(bounds[1], marks, leading) if marks else ():
            mark = marks[i]
            if action == "other":
                if not stack:
                    self._join(mark, begin, last=i == len(marks) - 1)
                continue
            if action in ("close", "reopen", "break"):
                index, _ = stack.pop()
                close = (mark.start, mark.end) if action == "close" else None
                self._fill(index, mark.start, close)
            if action in ("open", "reopen"):
                continues = carried.pop(0) if carried and mark.first else None
                parent = stack[-1][0] if stack else None
                stack.append((len(self.found), mark))
                self.found.append(
                    Pair((mark.start, mark.end), mark.end, mark.end, None, parent, continues)
                )
        for depth, (index, mark) in enumerate(stack):
            self._fill(index, bounds[1], None)
            if leading[depth : depth + 1] == (mark.kind,):
                self.carried.append(index)
        if stack and not self.carried:
            self.dangling = (stack[0][0], self.number, stack[0][1])

    def _fill(self, index: int, end: int, close: CharSpan | None) -> None:
        """End a quotation, without spaces at both ends."""
        text, start = self.text, self.found[index].start
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        self.found[index] = self.found[index]._replace(start=start, end=end, close=close)

    def _join(self, mark: Sign, begin: int, *, last: bool) -> None:
        """Let a stray closer end the quotation that an earlier paragraph left open."""
        if self.dangling is None or mark.other < CERTAIN:
            return
        index, number, opener = self.dangling
        if mark.kind != opener.kind or number == self.number or self.number - number > REACH:
            return
        if mark.shape not in ("after", "detached") or not (last or len(self.found) == begin):
            return
        self.dangling = None
        before = self.text[self.found[index].end : mark.start]
        if before.count("\n") == 1 and len(before.split()) <= SIGNATURE:
            return  # the line that names the source is not part of the quotation
        for later in range(index + 1, len(self.found)):
            if self.found[later].parent is None:
                self.found[later] = self.found[later]._replace(parent=index)
        self._fill(index, mark.start, (mark.start, mark.end))


def _merge_doubled(text: str, found: list[Pair]) -> list[Pair]:
    """Merge two quotations with the same words: ``""Yes""``."""
    merged: list[Pair] = []
    place: list[int] = []
    for item in found:
        parent = place[item.parent] if item.parent is not None else None
        if parent is not None and parent == len(merged) - 1:
            outer = merged[parent]
            if (
                outer.close is not None
                and item.close is not None
                and outer.open[1] == item.open[0]
                and item.close[1] == outer.close[0]
                and text[slice(*outer.open)] == text[slice(*item.open)]
            ):
                merged[parent] = outer._replace(
                    open=(outer.open[0], item.open[1]),
                    start=item.start,
                    end=item.end,
                    close=(item.close[0], outer.close[1]),
                )
                place.append(parent)
                continue
        continues = place[item.continues] if item.continues is not None else None
        place.append(len(merged))
        merged.append(item._replace(parent=parent, continues=continues))
    return merged
