"""Pair quotation marks: decide which marks open, which close, and which are not quotation marks.

Each sign can be read in three ways: it opens a quotation, closes one, or is something else (an
apostrophe, a prime, a typing error). Each reading has a cost (see ``signs``), and so has an opener
that is never closed. The reading of a paragraph with the lowest cost wins. It is found by a beam
search over the stacks of open marks, in time linear in the number of marks.

A quotation crosses the end of a paragraph only if the next paragraph opens it again, or if its
closer is alone in a later paragraph. So a stray mark affects at most its own paragraph.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from pipeline.text.paragraphs import paragraphs
from pipeline.text.signs import CERTAIN, IMPOSSIBLE, SIGN, TAG, Sign, signs

Bounds = tuple[int, int]
"""``(start, end)`` of a span of the text, half-open, in code points."""
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

    open: Bounds
    start: int
    end: int
    close: Bounds | None
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

    def add(self, bounds: Bounds, marks: list[Sign], leading: Kinds) -> None:
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

    def _fill(self, index: int, end: int, close: Bounds | None) -> None:
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
