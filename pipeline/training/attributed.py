"""Articles with annotated attributions, and how ours are matched with them."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import BadRow, InputNotFound
from pipeline.input.article import parse_published
from pipeline.text.spans import CharSpan
from pipeline.text.strictjson import parse_json

TOKEN = re.compile(r"\w+|[^\w\s]")
SAME_CONTENT = 0.3
"""Contents are the same if their intersection over union is at least this."""


class AnnotatedAttribution(NamedTuple):
    """The spans of source, content and cue of one attribution."""

    source: tuple[CharSpan, ...]
    content: tuple[CharSpan, ...]
    cue: tuple[CharSpan, ...] = ()
    required: bool = True
    """If false, the attribution may be found or missed without effect on recall."""


class AnnotatedArticle(NamedTuple):
    """A text with its attributions; the spans in ``discard`` were not annotated."""

    id: str
    text: str
    attributions: tuple[AnnotatedAttribution, ...]
    discard: tuple[CharSpan, ...]
    published: str | None = None
    """A date, or a date and a time, in ISO 8601."""
    complete: bool = True
    """If false, only some attributions were judged, so recall is not counted."""

    def to_line(self) -> str:
        """Return the line of JSONL that ``read_corpus`` reads."""
        row = self._asdict() | {"attributions": [one._asdict() for one in self.attributions]}
        return json.dumps(row, ensure_ascii=False) + "\n"


class AttributionTokens(NamedTuple):
    """One attribution as sets of tokens."""

    source: frozenset[int]
    content: frozenset[int]
    cue: frozenset[int] = frozenset()


def read_corpus(path: Path) -> Iterator[AnnotatedArticle]:
    """Yield the articles of a JSONL file, of a ``.json`` file with one article, or of a folder.

    An article has ``id`` (a ``.json`` file may leave it to its name), ``text``, ``attributions``
    with ``source``, ``cue`` and ``content`` as lists of ``[start, end]`` in code points, and maybe
    ``discard``, regions that were not annotated, ``published``, and ``complete``, false where only
    some attributions were judged. An attribution with ``required`` false is one that may be found
    and may be missed. Of a folder, the ``.json`` files are read in the order of their names.

    Raises ``InputNotFound`` or ``BadRow``.
    """
    if path.is_dir():
        files = sorted(path.glob("*.json"))
        if not files:
            raise InputNotFound("has no .json files", where=str(path))
        for file in files:
            yield from read_corpus(file)
    elif path.suffix == ".json":
        yield _parsed(_read(path), str(path), id=path.stem)
    else:
        for number, line in enumerate(_read(path).split("\n"), 1):
            if line.strip():
                yield _parsed(line, f"{path}:{number}")


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputNotFound(f"cannot be read: {error}", where=str(path)) from error


def _parsed(data: str, where: str, **given: str) -> AnnotatedArticle:
    try:
        return _article(given | parse_json(data))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        hint = "an article has the keys id, text and attributions (lists of spans)"
        raise BadRow(f"{type(error).__name__}: {error}", where=where, hint=hint) from error


def _article(row: Mapping[str, Any]) -> AnnotatedArticle:
    text = row["text"]
    marked = tuple(
        AnnotatedAttribution(
            _spans(one.get("source"), text),
            _spans(one["content"], text),
            _spans(one.get("cue"), text),
            one.get("required", True),
        )
        for one in row["attributions"]
    )
    published = row.get("published")
    if published is not None and parse_published(published) is None:
        raise ValueError(f"{published!r} is not a valid date")
    complete = row.get("complete", True)
    if not isinstance(complete, bool):
        raise TypeError("complete is true or false")
    return AnnotatedArticle(
        str(row["id"]),
        text,
        marked,
        _spans(row.get("discard"), text),
        published and parse_published(published),
        complete,
    )


def _spans(given: Sequence[Any] | None, text: str) -> tuple[CharSpan, ...]:
    """Return spans, which are given as a list of pairs or, if there is one, as a pair."""
    pairs = [given] if given and isinstance(given[0], int) else given or ()
    for start, end in pairs:
        if not 0 <= start <= end <= len(text):
            raise ValueError(f"the text has no [{start}, {end}]")
    return tuple((start, end) for start, end in pairs)


class GoldArticle:
    """The annotations of an article, to compare ours with.

    Tokens are words and single marks; a span covers each token that it touches.
    """

    def __init__(self, article: AnnotatedArticle) -> None:
        self.bounds = [token.span() for token in TOKEN.finditer(article.text)]
        self.token_at = [-1] * len(article.text)
        for index, (start, end) in enumerate(self.bounds):
            self.token_at[start:end] = [index] * (end - start)
        self.discarded: frozenset[int] = frozenset()
        self.discarded = self._cover(article.discard)
        self.marked = self._all(one for one in article.attributions if one.required)
        self.optional = self._all(one for one in article.attributions if not one.required)

    def _all(self, marked: Iterable[AnnotatedAttribution]) -> list[AttributionTokens]:
        found = (self.tokens(one) for one in marked)
        return [one for one in found if one is not None]

    def tokens(self, one: AnnotatedAttribution) -> AttributionTokens | None:
        """Return the tokens of an attribution; None if its content was not annotated."""
        content = self._cover(one.content)
        if not content:
            return None
        return AttributionTokens(self._cover(one.source), content, self._cover(one.cue))

    def _cover(self, spans: Iterable[CharSpan]) -> frozenset[int]:
        found = {at for start, end in spans for at in self.token_at[start:end]}
        return frozenset(found - {-1}) - self.discarded

    def is_inside(self, spans: Iterable[CharSpan]) -> bool:
        """Return whether at least half of the tokens of spans were annotated."""
        tokens = {at for start, end in spans for at in self.token_at[start:end]} - {-1}
        return 2 * len(tokens - self.discarded) >= len(tokens)

    def judge(
        self, ours: Sequence[AttributionTokens], least: float = SAME_CONTENT
    ) -> list[bool | None]:
        """Return which of our attributions are marked; None for one that is optional.

        Each marked one is found once, and those that are required come first.
        """
        found = set(matching(self.marked, ours, least).values())
        rest = [at for at in range(len(ours)) if at not in found]
        pairs = matching(self.optional, [ours[at] for at in rest], least)
        optional = {rest[at] for at in pairs.values()}
        return [None if at in optional else at in found for at in range(len(ours))]

    def right(self, ours: Sequence[AttributionTokens], least: float = SAME_CONTENT) -> list[bool]:
        """Return which of our attributions are marked, as ``judge`` does; optional ones count."""
        return [verdict is not False for verdict in self.judge(ours, least)]


def matching(
    marked: Sequence[AttributionTokens],
    ours: Sequence[AttributionTokens],
    least: float = SAME_CONTENT,
) -> dict[int, int]:
    """Return a maximum one-to-one matching of attributions that are the same.

    Two are the same if their contents overlap by ``least`` (intersection over union) and
    their sources share a token, or neither has one.
    """
    holders = defaultdict(set)
    for at, one in enumerate(ours):
        for token in one.content:
            holders[token].add(at)
    choices = []
    for one in marked:
        near = set().union(*(holders.get(token, ()) for token in one.content))
        likeness = sorted((-overlap(one.content, ours[at].content), at) for at in near)
        choices.append(
            [at for value, at in likeness if -value >= least and same_source(one, ours[at])]
        )
    return largest_matching(choices)


def overlap(a: frozenset[int], b: frozenset[int]) -> float:
    """Return intersection over union."""
    return len(a & b) / len(a | b)


def same_source(a: AttributionTokens, b: AttributionTokens) -> bool:
    """Return whether two sources share a token, or both are missing."""
    return bool(a.source & b.source) or not (a.source or b.source)


def largest_matching(choices: Sequence[Sequence[int]]) -> dict[int, int]:
    """Return a maximum one-to-one matching (Kuhn 1955) that prefers earlier choices.

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
