"""Articles with the attributions that annotators marked in them, and which of ours are the same."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import BadRow, InputNotFound

Bounds = tuple[int, int]
TOKEN = re.compile(r"\w+|[^\w\s]")
SAME_CONTENT = 0.3
"""Contents are the same where their tokens in common are so large a part of all their tokens."""


class Marked(NamedTuple):
    """One attribution: where its source and its content stand."""

    source: tuple[Bounds, ...]
    content: tuple[Bounds, ...]


class AnnotatedArticle(NamedTuple):
    """A text with the attributions in it; those in ``discard`` were not annotated."""

    id: str
    text: str
    attributions: tuple[Marked, ...]
    discard: tuple[Bounds, ...]


class Tokens(NamedTuple):
    """One attribution as sets of tokens."""

    source: frozenset[int]
    content: frozenset[int]


def read_corpus(path: Path) -> Iterator[AnnotatedArticle]:
    """Yield the articles of a JSONL file.

    Each line has ``id``, ``text``, ``attributions`` with ``source`` and ``content`` as lists of
    ``[start, end]`` in code points, and maybe ``discard``, regions that were not annotated.

    Raises ``InputNotFound`` or ``BadRow``.
    """
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputNotFound(f"cannot be read: {error}", where=str(path)) from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _article(json.loads(line))
            except (ValueError, TypeError, KeyError) as error:
                hint = "each line has the keys id, text and attributions (lists of spans)"
                message = f"{type(error).__name__}: {error}"
                raise BadRow(message, where=f"{path}:{number}", hint=hint) from error


def _article(row: Mapping[str, Any]) -> AnnotatedArticle:
    marked = (
        Marked(_spans(one.get("source")), _spans(one.get("content"))) for one in row["attributions"]
    )
    return AnnotatedArticle(str(row["id"]), row["text"], tuple(marked), _spans(row.get("discard")))


def _spans(pairs: Iterable[Sequence[int]] | None) -> tuple[Bounds, ...]:
    return tuple((start, end) for start, end in pairs or ())


class Reference:
    """What is marked in an article, to compare ours with.

    Tokens are words and single marks; a span covers each token that it touches.
    """

    def __init__(self, article: AnnotatedArticle) -> None:
        self.token_at = [-1] * len(article.text)
        for index, token in enumerate(TOKEN.finditer(article.text)):
            self.token_at[token.start() : token.end()] = [index] * len(token.group())
        self.discarded: frozenset[int] = frozenset()
        self.discarded = self._cover(article.discard)
        marked = (self.tokens(one) for one in article.attributions)
        self.marked = [one for one in marked if one is not None]

    def tokens(self, one: Marked) -> Tokens | None:
        """Return the tokens of an attribution; None if its content was not annotated."""
        content = self._cover(one.content)
        return Tokens(self._cover(one.source), content) if content else None

    def _cover(self, spans: Iterable[Bounds]) -> frozenset[int]:
        found = {at for start, end in spans for at in self.token_at[start:end]}
        return frozenset(found - {-1}) - self.discarded

    def right(self, ours: Sequence[Tokens], least: float = SAME_CONTENT) -> list[bool]:
        """Return which of our attributions are marked, each marked one being found once.

        Two are the same where their contents overlap by ``least`` (intersection over union) and
        their sources share a token, or neither has one. The matching is a largest one.
        """
        holders = defaultdict(set)
        for at, one in enumerate(ours):
            for token in one.content:
                holders[token].add(at)
        choices = []
        for marked in self.marked:
            near = set().union(*(holders.get(token, ()) for token in marked.content))
            likeness = sorted((-_overlap(marked.content, ours[at].content), at) for at in near)
            choices.append(
                [at for value, at in likeness if -value >= least and _same_source(marked, ours[at])]
            )
        found = set(largest_matching(choices).values())
        return [at in found for at in range(len(ours))]


def _overlap(a: frozenset[int], b: frozenset[int]) -> float:
    return len(a & b) / len(a | b)


def _same_source(a: Tokens, b: Tokens) -> bool:
    return bool(a.source & b.source) or not (a.source or b.source)


def largest_matching(choices: Sequence[Sequence[int]]) -> dict[int, int]:
    """Return a largest one-to-one matching (Kuhn 1955), earlier choices of each preferred.

    >>> largest_matching([[0, 1], [0]])
    {1: 0, 0: 1}
    """
    owner: dict[int, int] = {}

    def place(left: int, seen: set[int]) -> bool:
        for right in choices[left]:
            if right not in seen:
                seen.add(right)
                if right not in owner or place(owner[right], seen):
                    owner[right] = left
                    return True
        return False

    for left in range(len(choices)):
        place(left, set())
    return {left: right for right, left in owner.items()}
