"""A quotation with the text around its marks.

Used to decide whether anyone is quoted (``speech``) and whether the words are a complete utterance
(``utterance``).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.data import read_table
from pipeline.text.lemmas import verb_lemma
from pipeline.text.spans import CharSpan, TokenSpan

LEXICON: dict[str, frozenset[str]] = {
    name: frozenset(words.split()) for name, words in read_table("quotes").items()
}


REPORTING, SAYING = LEXICON["reporting"], LEXICON["saying"]


SPAN = 300
"""Number of characters before and after a quotation to look at."""


TAG = 60
"""Maximum distance in characters from a quotation to a reporting clause after it."""


WORD = re.compile(r"[^\W_](?:[\w'’&.-]*\w)?")


SENTENCE_END = re.compile(r"[.?!…][\"”’'»)\]]*\s+(?=[\"“‘'«(\[]*[A-Z0-9])")


ABBREVIATED = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Prof|Rev|Hon|St|Jr|Sr|vs|No|Inc|Co|Corp"
    r"|Ltd|Jan|Feb|Aug|Sept|Oct|Nov|Dec)|\b[A-Z]\.[A-Z])\.$"
)


NEW_SENTENCE = re.compile(r"\s+[\"“‘'«(\[]*[A-Z]")


CLOSED = frozenset(".,?!…—–-;")


PAUSE = frozenset(",?!…—–-")


STRONG = frozenset(".?!…")


INVISIBLE = dict.fromkeys([0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, 0xFEFF])


class Site(NamedTuple):
    """A quotation with the text around it, within its sentence."""

    inside: str
    words: list[str]
    """The words inside the marks."""
    before: str
    """The sentence up to the opening mark."""
    words_before: list[str]
    """Its words, lowercase."""
    after: str
    """The sentence from the closing mark on."""
    words_after: list[str]
    """Its first words, lowercase."""
    starts: bool
    """Whether the quotation starts its sentence."""
    around: str
    """The text before and after it, beyond its sentence."""
    nested: bool
    first: int
    """Token bounds of the words inside the marks; equal if the document has no tokens there."""
    last: int
    limits: TokenSpan
    """Token bounds of a possible governing verb: the enclosing quotation."""

    @property
    def lead(self) -> str:
        """The last character before the opening mark, ignoring spaces."""
        return self.before.rstrip()[-1:]

    @property
    def headline(self) -> bool:
        """Whether most longer words around it are capitalized: capitals inside mean nothing."""
        words = [word for word in WORD.findall(self.around) if len(word) > 3 and word[0].isalpha()]
        return len(words) >= 2 and sum(word[0].isupper() for word in words) * 4 >= len(words) * 3


def site(
    text: str,
    places: Sequence[int],
    start: int,
    end: int,
    marks: CharSpan,
    limits: TokenSpan,
    *,
    nested: bool,
) -> Site:
    """Return a quotation with the text around it.

    ``marks`` are the outer ends of its marks, ``limits`` those of the paragraph or the enclosing
    quotation, ``places`` the offsets of the document's tokens.
    """
    before = text[max(limits[0], marks[0] - SPAN) : marks[0]]
    after = text[marks[1] : min(limits[1], marks[1] + SPAN)]
    inside = text[start:end]
    around = f"{before} {after}"
    ends = sentence_ends(before + "A")
    before = before[ends[-1] :] if ends else before
    if inside[-1:] in STRONG and NEW_SENTENCE.match(after):
        after = ""
    ends = sentence_ends(after)
    after = after[: ends[0]] if ends else after
    return Site(
        inside,
        WORD.findall(inside),
        before,
        [word.lower() for word in WORD.findall(before)],
        after,
        [word.lower() for word in WORD.findall(after[:TAG])],
        not before.translate(INVISIBLE).strip(" \t\n—–-([•*\"“‘'«"),
        around,
        nested,
        max(bisect_right(places, start) - 1, 0),
        bisect_left(places, end),
        (bisect_left(places, limits[0]), bisect_left(places, limits[1])),
    )


def sentence_ends(text: str) -> list[int]:
    """Return the ends of the sentences of a text, except the last, after trailing whitespace.

    >>> sentence_ends("It rained. Mr. Lee left.")
    [11]
    """
    return [
        match.end()
        for match in SENTENCE_END.finditer(text)
        if not ABBREVIATED.search(text, max(0, match.start() - 8), match.start() + 1)
    ]


def reports(words: Iterable[str]) -> bool:
    """Return whether one of the words may be a reporting verb."""
    return any(verb_lemma(word) in REPORTING for word in words)


def is_said(here: Site) -> bool:
    """Return whether a verb of saying directly precedes the marks: he replied "…"."""
    words = here.words_before[-2:]
    if words[-1:] == ["that"]:
        words.pop()
    return bool(words) and verb_lemma(words[-1]) in SAYING


def is_tagged(here: Site) -> bool:
    """Return whether a verb of saying follows within a few words: "…," the mayor said."""
    if here.inside.rstrip("\"”'’")[-1:] not in PAUSE and here.after[:1] != ",":
        return False
    return any(verb_lemma(word) in SAYING for word in here.words_after[:5])
