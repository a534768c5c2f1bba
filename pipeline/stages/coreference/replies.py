"""Find who answers whom, and who is new: “I am ready,” said Lee. “Not yet,” replied the judge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.data import read_table
from pipeline.document.annotations import DocAttribution
from pipeline.document.columns import Columns
from pipeline.model.speakers.scene import SceneAttribution
from pipeline.text.spans import TokenSpan
from pipeline.text.words import word_set

WORDS = {name: word_set(words) for name, words in read_table("dialogue").items()}
ANSWERING, INTRODUCING = WORDS["answering"], WORDS["introducing"]
STOPS = frozenset((".", "?", "!"))
LONGEST = 20
"""Maximum number of tokens between the words that are answered and the answer."""


class Told(NamedTuple):
    """The tokens of an attribution, from the first to behind the last, and its number."""

    start: int
    end: int
    number: int


def replies(
    columns: Columns, sources: Sequence[SceneAttribution], attributions: Sequence[DocAttribution]
) -> dict[int, int]:
    """Return by the number of an attribution the one that it answers, which is somebody else's.

    Both are quotations, its cue is a verb of answering, its source is a noun phrase without a name,
    and it follows directly: a question may come between them otherwise, or a pronoun go on.
    """
    outer = sorted(_outer(sources, attributions))
    found: dict[int, int] = {}
    for before, one in pairwise(outer):
        answer, asked = attributions[one.number], sources[before.number].source
        direct = answer.kind == attributions[before.number].kind == "direct"
        if not direct or answer.form != "nominal" or not asked:
            continue
        if not _answers(columns, sources[one.number]):
            continue
        if not _directly(columns, before.end, one.start):
            continue
        heads = (columns.root(*span[0]) for span in (asked, sources[one.number].source))
        if len({columns.lower[head] for head in heads}) == 2:
            found[one.number] = before.number
    return found


def introduces(columns: Columns, source: Sequence[TokenSpan]) -> bool:
    """Return whether the words of a source bring up somebody new: "another resident"."""
    return bool(source) and columns.lower[source[0][0]] in INTRODUCING


def _outer(
    sources: Sequence[SceneAttribution], attributions: Sequence[DocAttribution]
) -> Iterator[Told]:
    """Yield the attributions that are in no other one."""
    for number, (one, found) in enumerate(zip(sources, attributions, strict=True)):
        ranges = (*one.source, *one.cue, *one.content)
        if found.parent is None and ranges:
            yield Told(min(a for a, _ in ranges), max(b for _, b in ranges), number)


def _answers(columns: Columns, one: SceneAttribution) -> bool:
    """Return whether a cue is one of answering: "replied", "shot back", not "said back in May"."""
    if one.lemma in ANSWERING:
        return True
    ends = (at for start, end in one.cue for at in range(start, end + 1))
    lower, tags = columns.lower, columns.tags
    return any(lower[at : at + 1] == ["back"] and tags[at + 1 : at + 2] != ["IN"] for at in ends)


def _directly(columns: Columns, end: int, start: int) -> bool:
    """Return whether nothing but the rest of a sentence is between two attributions."""
    between = columns.lower[end:start]
    if not 0 <= start - end <= LONGEST:
        return False
    stop = next((at for at, word in enumerate(between) if word in STOPS), -1)
    return not any(map(str.isalnum, "".join(between[stop + 1 :])))
