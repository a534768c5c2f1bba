"""The network's output for a document: the role of each token, and the cue that it belongs to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.model.session import Floats, Integers
from pipeline.text.spans import TokenSpan

TAGS = ("O", "B-cue", "I-cue", "B-source", "I-source", "B-content", "I-content")


CUE, SOURCE, CONTENT = 1, 3, 5
"""The tag that begins each role; the next tag continues it."""


LEAST_CUE = 0.002
"""Minimum probability of a token to begin a cue for other tokens to be linked to it."""


SMALLEST = 1e-4


DECIMALS = 6
"""Number of decimals to which probabilities are rounded before they are compared."""


class BeliefWindow:
    """A range of the document, with the links between its tokens and cues.

    ``begins``: (n,) probability of each token to begin a cue. ``scores``: (n, n) scores of each
    token to belong to the cue that each begins. Of these, only the few of tokens that may begin a
    cue are kept. Most windows inside contents are never asked for their links.
    """

    def __init__(self, start: int, end: int, begins: Floats, scores: Floats) -> None:
        self.start, self.end = start, end
        cues = (begins >= LEAST_CUE).nonzero()[0]
        cues = cues if len(cues) else begins.argmax(axis=0, keepdims=True)
        self.cues: Integers = start + cues
        """(c,) tokens of the document that may begin a cue."""
        self._scores = scores[:, cues] + np.log(begins[cues] + SMALLEST)

    @cached_property
    def links(self) -> Floats:
        """(n, c) probability that each token belongs to each cue, if it belongs to any."""
        return softmax(self._scores)


def softmax(scores: Floats) -> Floats:
    """Return rounded probabilities along the last axis."""
    raised = np.exp(scores.astype(np.float64) - scores.max(axis=-1, keepdims=True))
    likely = raised / raised.sum(axis=-1, keepdims=True)
    rounded: Floats = likely.round(DECIMALS).astype(np.float32)
    return rounded


class Reported(NamedTuple):
    """One attribution as tagged by the network, in tokens."""

    cue: TokenSpan
    source: TokenSpan | None
    content: tuple[TokenSpan, ...]


class Beliefs:
    """Tags and links of a document of n tokens.

    ``tags`` is (n, 7), a probability for each of ``TAGS``; the windows cover the document in order.
    """

    def __init__(self, tags: Floats, windows: Sequence[BeliefWindow]) -> None:
        self.tags = tags
        self.windows = windows
        self.begins_cue = tags[:, CUE]
        self.cue = tags[:, CUE] + tags[:, CUE + 1]
        self.source = tags[:, SOURCE] + tags[:, SOURCE + 1]
        self.content = tags[:, CONTENT] + tags[:, CONTENT + 1]
        self._starts = [one.start for one in windows]
        self._of_cues: dict[TokenSpan, tuple[int, Floats, Floats]] = {}

    def of_cue(self, cue: TokenSpan) -> tuple[int, Floats, Floats]:
        """Return the start of the cue's window, and for each of its tokens the probabilities that
        it is part of the cue's content, and of its source.
        """
        if cue not in self._of_cues:
            window = self.windows[bisect_right(self._starts, cue[0]) - 1]
            first, last = window.cues.searchsorted(cue)
            belongs = window.links[:, first:last].sum(axis=1)
            here = slice(window.start, window.end)
            self._of_cues[cue] = (
                window.start,
                belongs * self.content[here],
                belongs * self.source[here],
            )
        return self._of_cues[cue]

    def reported(self) -> list[Reported]:
        """Return the most likely attributions, no two of which share a token."""
        best = self.tags.argmax(axis=1)
        parts = ((window, best[window.start : window.end]) for window in self.windows)
        return [one for window, tags in parts for one in self._in_window(window, tags)]

    def _in_window(self, window: BeliefWindow, best: NDArray[np.int64]) -> Iterable[Reported]:
        start, cues = window.start, _runs(best, CUE)
        if not cues:
            return
        begins = {cue + start: at for at, (cue, _) in enumerate(cues)}
        columns = [at for at, cue in enumerate(window.cues.tolist()) if cue in begins]
        owners = [begins[int(window.cues[at])] for at in columns]
        if not columns:
            return
        links = np.log(window.links[:, columns].astype(np.float64) + SMALLEST)
        contents: list[list[TokenSpan]] = [[] for _ in cues]
        sources: list[tuple[float, TokenSpan] | None] = [None] * len(cues)
        for first, last in _runs(best, CONTENT):
            owner = owners[int(_mean(links[first:last]).argmax())]
            contents[owner].append((start + first, start + last))
        for first, last in _runs(best, SOURCE):
            likely = _mean(links[first:last])
            at = int(likely.argmax())
            known = sources[owners[at]]
            if known is None or likely[at] > known[0]:
                sources[owners[at]] = float(likely[at]), (start + first, start + last)
        for (first, last), source, content in zip(cues, sources, contents, strict=True):
            if content:
                cue = (start + first, start + last)
                yield Reported(cue, source[1] if source else None, tuple(content))


def _mean(links: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of some rows, rounded; with equal means, the first cue in the text wins."""
    mean: NDArray[np.float64] = (np.add.reduce(links, axis=0) / len(links)).round(6)
    return mean


def _runs(tags: NDArray[np.int64], begin: int) -> list[TokenSpan]:
    """Return the ranges of one role in a sequence of tags.

    A tag that continues a role without a previous one begins it.
    """
    found: list[TokenSpan] = []
    for at in ((tags == begin) | (tags == begin + 1)).nonzero()[0].tolist():
        if tags[at] == begin + 1 and found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return found
