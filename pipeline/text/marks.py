"""Pair quotation marks: which mark opens, which closes, and which is none at all.

Each mark can be read in three ways: it opens a quotation, closes one, or is something else (an
apostrophe, a prime, a slip of the keyboard). Each reading has a cost, given by the shape of the
mark (“ against ”) and by what stands on both sides of it; an opener that is never closed costs as
well. The cheapest reading of a paragraph wins. Nothing crosses a paragraph's end but a quotation
that the next paragraph opens again, so that an odd mark spoils at most its own paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Bounds = tuple[int, int]
"""``(start, end)`` of a stretch of text, in code points, half open."""


class Pair(NamedTuple):
    """A quotation: its marks and the words between them.

    ``close`` is ``None`` where the author forgot the mark, or left it out because the quotation
    goes on in the next paragraph. ``parent`` and ``continues`` are indices into the same list: the
    quotation around this one, and the one that this one carries on.
    """

    open: Bounds
    start: int
    end: int
    close: Bounds | None
    parent: int | None = None
    continues: int | None = None


def pair(text: str) -> list[Pair]:
    """Return the quotations of a text in text order.

    >>> [(p.start, p.end, p.parent) for p in pair('“We ‘lost’,” she said of the players’ union.')]
    [(1, 10, None), (5, 9, 0)]
    """
    if ANY_MARK.search(text) is None:
        return []
    found: list[Pair] = []
    carried: tuple[int, ...] = ()
    blocks = [(bounds, list(_marks(text, *bounds))) for bounds in paragraphs(text)]
    for at, (bounds, marks) in enumerate(blocks):
        if not marks:
            carried = ()
            continue
        leading = _leading(text, *blocks[at + 1]) if at + 1 < len(blocks) else ()
        carried = _add_paragraph(found, text, bounds, marks, leading, carried)
    return found


# --------------------------------------------------------------------------------- paragraphs

BREAK = re.compile(r"(?:\r\n|[\n\r\v\f\x85\u2028\u2029])")
WRAPPED_LINE = (40, 100)
"""Shortest and longest line, in characters, of a text whose lines are broken to fit a page."""


def paragraphs(text: str) -> list[Bounds]:
    """Return the paragraphs of a text, blank ones left out.

    A line is a paragraph, unless the text is wrapped to a page's width: then a blank line or an
    indent is needed to end one.
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


def _soft_breaks(text: str, lines: list[Bounds], blank: list[bool]) -> set[int]:
    """Return the lines that only carry on the line before."""
    shortest, longest = WRAPPED_LINE
    after = [
        i
        for i in range(1, len(lines))
        if not blank[i]
        and not blank[i - 1]
        and shortest <= lines[i - 1][1] - lines[i - 1][0] <= longest
        and not text[lines[i][0]].isspace()
    ]
    small = sum(text[lines[i][0]].islower() for i in after)
    return set(after) if small >= 2 and small * 3 >= len(after) else set()


# -------------------------------------------------------------------------------------- marks

Family = Literal["double", "single"]
Shape = Literal["before", "after", "within", "afloat", "detached"]

DOUBLE = '"“”„‟«»＂❝❞〝〞'
SINGLE = "'‘’‚‛‹›`"
LEFT = frozenset(("“", "„", "‟", "«", "❝", "〝", "``", "‘", "‚", "‛", "‹", "`"))
RIGHT = frozenset(("”", "»", "❞", "〞", "’", "›"))
STYLE = {mark: "curly" for mark in "“”„‟❝❞〝〞‘’‚‛"} | {
    "``": "typed",
    "''": "typed",
    "`": "typed",
    "«": "angle",
    "»": "angle",
    "‹": "angle",
    "›": "angle",
}
"""Marks of different styles seldom belong together; all others are straight."""

# an apostrophe between two letters is never looked at: it would be most of the marks of a text
MARK = re.compile(rf"``|(?<!')''(?!')|[{DOUBLE}‘‚‛‹›`]|(?<![^\W_])['’]|['’](?![^\W_])")
ANY_MARK = re.compile(rf"''|[{DOUBLE}‘‚‛‹›`]|(?<![^\W_])['’]")

OPENERS = frozenset("([{<¿¡—–―/\\|=>*_~")
CLOSERS = frozenset(".,;:!?)]}…%")
FEET_AND_INCHES = re.compile(r"\d\s?(?:'|’|ft\.?|feet)[\s-]?[\d./½¼¾⅓⅔⅛]+\s?$")
DIGIT = re.compile(r"[\d½¼¾⅓⅔⅛]")
ELISION = re.compile(
    r"(?:\d0s|\d\d(?!\d)|(?:n|em|tis|twas|til|till|cause|cuz|coz|bout|round|neath|gainst|tween"
    r"|nuff|sup|kay|fraid|scuse|im|er|ere|ave|ello|ow|ome|eard|twill|twere|twould|tude|burbs"
    r"|stang|vette|hood|neers|horns|canes|noles)\b)",
    re.IGNORECASE,
)
"""What follows an apostrophe at the start of a word: '90s, '98, 'n', 'em, 'til."""
CLIPPED = re.compile(r"(?:\w{2}in|\bo|\bth|\ban|\bol|\bn|\bd|\bt|\bwi|\bpo|\bmo)$", re.IGNORECASE)
"""What stands before an apostrophe at the end of a word: goin', o', th'."""


class Mark(NamedTuple):
    """A possible quotation mark with the cost of each reading."""

    start: int
    end: int
    family: Family
    style: str
    shape: Shape
    opens: float
    closes: float
    other: float
    inches: bool = False


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
STRAY = 5.0
"""Cost of a double mark that is none."""
UNCLOSED = 4.0
"""Cost of an opener without a closer, where it starts a whole utterance."""
CARRIED = 0.6
"""Cost of an opener without a closer that the next paragraph opens again."""
NESTED_ALIKE = 2.5
"""Cost of a quotation within one of the same family of marks."""
MIXED_STYLE = 1.0
"""Cost of a closer of another style than the opener."""
DEPTH = 4
BEAM = 8
WINDOW = 512


def _marks(text: str, begin: int, end: int) -> Iterator[Mark]:
    """Return the possible quotation marks of a paragraph with their costs."""
    found = [match.span() for match in MARK.finditer(text, begin, end)]
    if not found:
        return
    # marks that touch share their neighbours: "' in ("'Yes,' he said") is one wall of marks
    before: list[str] = []
    for i, (start, _) in enumerate(found):
        if i and found[i - 1][1] == start:
            before.append(before[-1])
        else:
            before.append(text[start - 1] if start > begin else "")
    after: list[int] = [0] * len(found)
    for i in range(len(found) - 1, -1, -1):
        stop = found[i][1]
        after[i] = after[i + 1] if i + 1 < len(found) and found[i + 1][0] == stop else stop
    for (start, stop), left, right in zip(found, before, after, strict=True):
        yield _mark(text, start, stop, left, right, end)


def _mark(text: str, start: int, stop: int, left: str, right_at: int, end: int) -> Mark:
    sign = text[start:stop]
    right = text[right_at] if right_at < end else ""
    shape = _shape(left, right, text[right_at : right_at + 2])
    opens, closes = OPENS[shape], CLOSES[shape]
    if shape == "within":
        opens = 0.7 if left in ",:;" else opens if left in CLOSERS else 3.0
        closes = 0.7 if left in CLOSERS else 1.5
    elif shape == "afloat":
        opens = 6.0 if not right else opens
        closes = 6.0 if not left else closes
    if sign in LEFT:
        closes += 2.5
    elif sign in RIGHT:
        opens += 2.0
    style = STYLE.get(sign, "straight")
    if len(sign) == 2 or sign in DOUBLE:
        other, inches = STRAY, False
        if left and DIGIT.match(left) and sign not in LEFT:
            if FEET_AND_INCHES.search(text, max(0, start - 16), start):
                other, closes = 0.0, closes + 3.0
            else:
                other, inches = 1.3, True
        elif shape == "within" and left.isalpha():
            other = 3.0
        return Mark(start, stop, "double", style, shape, opens, closes, other, inches)
    other = _cost_of_apostrophe(text, start, stop, sign, shape, left, right)
    if sign == "’" and shape == "before":
        opens += 1.0
    if other <= 0.3:
        opens += 1.5
        closes += 0.5
    return Mark(start, stop, "single", style, shape, opens, closes, other)


def _shape(left: str, right: str, ahead: str) -> Shape:
    """Tell whether a mark hugs the word after it, the word before it, both or none."""
    free_left = not left or left.isspace() or left in OPENERS or left == "-"
    if not right or right.isspace():
        return "afloat" if not left or left.isspace() else "after"
    closing = right in CLOSERS and ahead not in ("..", "…", ". ") or right in "—–"
    if free_left:
        return "detached" if closing and left.isspace() else "before"
    return "after" if closing or right in "-/" else "within"


def _cost_of_apostrophe(
    text: str, start: int, stop: int, sign: str, shape: Shape, left: str, right: str
) -> float:
    """Return the cost of reading a single mark as an apostrophe or a prime."""
    if sign in "‹›":
        return STRAY
    if shape == "before":
        if ELISION.match(text, stop):
            return 0.0
        if left == "-":
            return 0.5
        return {"‘": 3.0, "’": 1.5, "`": 2.0}.get(sign, 2.2)
    if shape == "after" and left.isalnum():
        if sign == "‘":
            return 2.0
        if left.isdigit():
            return 0.2
        cost = 1.2
        if left in "sSzZxX" or CLIPPED.search(text, max(0, start - 4), start):
            cost = 0.4
        return cost + 0.8 if right in CLOSERS else cost
    if shape == "after":
        return 4.0
    return 3.0 if shape == "within" else 2.0


# ------------------------------------------------------------------------------------ reading

Action = Literal["open", "close", "other", "reopen"]


class State(NamedTuple):
    """A reading of the marks so far: its cost, the marks left open, and how it came about."""

    cost: float
    stack: tuple[int, ...]
    last: tuple[int, Action, object] | None


def _leading(text: str, bounds: Bounds, marks: list[Mark]) -> tuple[Family, ...]:
    """Return the families of the marks that a paragraph opens with."""
    families: list[Family] = []
    at = bounds[0]
    for mark in marks:
        if text[at : mark.start].strip() or mark.shape not in ("before", "afloat"):
            break
        families.append(mark.family)
        at = mark.end
    return tuple(families)


def _read(
    text: str, bounds: Bounds, marks: list[Mark], leading: tuple[Family, ...]
) -> list[tuple[int, Action]]:
    """Return the cheapest reading of a paragraph: an action for each of its marks."""
    actions: list[tuple[int, Action]] = []
    states = [State(0.0, (), None)]
    for i in range(len(marks)):
        best: dict[tuple[tuple[Family, str], ...], State] = {}
        for state in states:
            for cost, stack, action in _steps(text, bounds, marks, state, i):
                key = tuple((marks[k].family, marks[k].style) for k in stack)
                known = best.get(key)
                if known is None or cost < known.cost:
                    best[key] = State(cost, stack, (i, action, state.last))
        states = sorted(best.values(), key=lambda state: state.cost)[:BEAM]
        if i % WINDOW == WINDOW - 1:  # a paragraph of thousands of marks must not fill the memory
            actions.extend(_trace(states[0]))
            states = [State(0.0, states[0].stack, None)]
    ends = [_end(text, bounds, marks, state, leading) for state in states]
    ends = [state for state in ends if state is not None] or [states[0]]
    actions.extend(_trace(min(ends, key=lambda state: state.cost)))
    return actions


def _trace(state: State) -> list[tuple[int, Action]]:
    actions: list[tuple[int, Action]] = []
    last = state.last
    while last is not None:
        actions.append((last[0], last[1]))
        last = last[2]  # type: ignore[assignment]
    actions.reverse()
    return actions


def _steps(
    text: str, bounds: Bounds, marks: list[Mark], state: State, i: int
) -> Iterator[tuple[float, tuple[int, ...], Action]]:
    """Return each way to read a mark after a given reading of the marks before it."""
    mark, stack, cost = marks[i], state.stack, state.cost
    inches = 0.8 if mark.inches and not stack else 0.0
    yield cost + mark.other - inches, stack, "other"
    top = marks[stack[-1]] if stack else None
    if top is not None and top.family == mark.family:
        if text[top.end : mark.start].strip():
            closing = cost + mark.closes
            if top.style != mark.style:
                closing += MIXED_STYLE
            elif top.start + 1 == top.end and text[top.start] == "„":
                closing -= 2.5 if text[mark.start] == "“" else 0.0
            yield closing, stack[:-1], "close"
        if _whole(text, bounds, top):
            yield cost + mark.opens + UNCLOSED, (*stack[:-1], i), "reopen"
    if len(stack) < DEPTH and mark.opens < 6.0:
        opening = cost + mark.opens
        if any(marks[k].family == mark.family for k in stack):
            touching = top is not None and top.end == mark.start
            opening += 0.5 if touching and top.family == mark.family else NESTED_ALIKE
        yield opening, (*stack, i), "open"


def _whole(text: str, bounds: Bounds, mark: Mark) -> bool:
    """Tell whether an opener starts an utterance, so that it counts even if it is never closed."""
    if mark.shape == "after" or mark.shape == "detached":
        return False
    if not text[bounds[0] : mark.start].strip():
        return True
    ahead = text[mark.end : mark.end + 2].lstrip("‘'“\"[( ")
    return mark.family == "double" and ahead[:1].isupper()


def _end(
    text: str, bounds: Bounds, marks: list[Mark], state: State, leading: tuple[Family, ...]
) -> State | None:
    """Return a reading with the cost of what it leaves open, or nothing if it may not."""
    cost = state.cost
    for depth, k in enumerate(state.stack):
        mark = marks[k]
        if not text[mark.end : bounds[1]].strip():
            return None
        if leading[depth : depth + 1] == (mark.family,) and mark.shape in ("before", "within"):
            cost += CARRIED
        elif _whole(text, bounds, mark):
            cost += UNCLOSED
        else:
            return None
    return State(cost, state.stack, state.last)


# -------------------------------------------------------------------------------------- pairs


def _add_paragraph(
    found: list[Pair],
    text: str,
    bounds: Bounds,
    marks: list[Mark],
    leading: tuple[Family, ...],
    carried: tuple[int, ...],
) -> tuple[int, ...]:
    """Add the quotations of a paragraph; return those that the next one carries on."""
    first = len(found)
    stack: list[tuple[int, Mark]] = []
    at = bounds[0]
    fresh = list(carried)
    for i, action in _read(text, bounds, marks, leading):
        mark = marks[i]
        if action == "other":
            continue
        if action in ("close", "reopen"):
            index, _ = stack.pop()
            close = (mark.start, mark.end) if action == "close" else None
            found[index] = _filled(text, found[index], mark.start, close)
        if action in ("open", "reopen"):
            continues = None
            if fresh and not text[at : mark.start].strip():
                continues, at = fresh.pop(0), mark.end
            else:
                fresh = []
            parent = stack[-1][0] if stack else None
            open_ = (mark.start, mark.end)
            found.append(Pair(open_, mark.end, mark.end, None, parent, continues))
            stack.append((len(found) - 1, mark))
    for index, _ in stack:
        found[index] = _filled(text, found[index], bounds[1], None)
    _merge_doubled(found, first)
    return tuple(
        index
        for depth, (index, mark) in enumerate(stack)
        if leading[depth : depth + 1] == (mark.family,) and index < len(found)
    )


def _filled(text: str, pair_: Pair, end: int, close: Bounds | None) -> Pair:
    """Return a quotation with its end, spaces at both ends left out."""
    start = pair_.start
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return pair_._replace(start=start, end=end, close=close)


def _merge_doubled(found: list[Pair], first: int) -> None:
    """Make one quotation of two that share their words: ``""Yes""``."""
    gone: dict[int, int] = {}
    for i in range(first, len(found) - 1):
        outer, inner = found[i], found[i + 1]
        if (
            inner.parent == i
            and outer.close is not None
            and inner.close is not None
            and outer.open[1] == inner.open[0]
            and inner.close[1] == outer.close[0]
            and outer.open[1] - outer.open[0] == inner.open[1] - inner.open[0]
        ):
            gone[i + 1] = i
    if not gone:
        return
    kept: list[Pair] = []
    index: dict[int, int] = {}
    for i in range(first, len(found)):
        item = found[i]
        if i in gone:
            outer_at = index[gone[i]]
            outer = kept[outer_at - first]
            assert item.close is not None and outer.close is not None
            kept[outer_at - first] = outer._replace(
                open=(outer.open[0], item.open[1]),
                start=item.start,
                end=item.end,
                close=(item.close[0], outer.close[1]),
            )
            index[i] = outer_at
            continue
        index[i] = first + len(kept)
        parent = item.parent
        kept.append(item._replace(parent=index[parent] if parent is not None else None))
    found[first:] = kept
