"""Find what may refer to an entity: names, pronouns, and noun phrases without a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipeline.document.columns import NOUN_TAGS, PLURAL_TAGS, Columns
from pipeline.document.names import Reference
from pipeline.names.lists import places
from pipeline.text.words import word_set

HE, SHE, IT, THEY, WHO, WHICH, ME, WE, YOU = range(9)
THE, THIS, POSSESSED, INDEFINITE, THOSE, BARE, PLURAL, NAME = range(9, 17)
TYPES = 17
"""Types of a mention; each has a column in the features."""
TYPE_NAMES = (
    *("he", "she", "it", "they", "who", "which", "I", "we", "you"),
    *("the", "this", "possessed", "indefinite", "those", "bare", "plural", "name"),
)

TYPE_OF: dict[str, int] = {
    **dict.fromkeys(("he", "him", "his", "himself"), HE),
    **dict.fromkeys(("she", "her", "hers", "herself"), SHE),
    **dict.fromkeys(("it", "its", "itself"), IT),
    **dict.fromkeys(("they", "them", "their", "theirs", "themselves", "themself"), THEY),
    **dict.fromkeys(("who", "whom", "whose"), WHO),
    **dict.fromkeys(("i", "me", "my", "mine", "myself"), ME),
    **dict.fromkeys(("we", "us", "our", "ours", "ourselves"), WE),
    **dict.fromkeys(("you", "your", "yours", "yourself"), YOU),
}
SPOKEN = frozenset((ME, WE, YOU))
"""Pronouns of the first and second person."""
UNSPOKEN = frozenset((ME, WE))
"""Pronouns that refer to nobody named outside speech, where they are the reporter's."""
ANAPHORS = frozenset(range(THOSE + 1))
"""Types that are resolved; the others are only antecedents."""
CALIBRATED = {
    **dict.fromkeys((HE, SHE), "person"),
    **dict.fromkeys((IT, THEY), "thing"),
    **dict.fromkeys((WHO, WHICH), "relative"),
    **dict.fromkeys((ME, WE, YOU), "spoken"),
    **dict.fromkeys(range(THE, THOSE + 1), "nominal"),
}
"""The types that share a calibration, by its name in the config."""
PRONOUNS, NOUNS = "pronouns", "nouns"
"""The parts of the anaphors that have rankers of their own."""
DETERMINERS = {
    **dict.fromkeys(("the",), THE),
    **dict.fromkeys(("this", "that", "these", "those"), THIS),
    **dict.fromkeys(("a", "an", "another"), INDEFINITE),
}
REFLEXIVES = word_set("himself herself itself themselves themself myself ourselves yourself")
PRONOUN_TAGS = frozenset(("PRP", "PRP$", "WP", "WP$", "WDT", "WRB"))
HEADS = dict.fromkeys((*NOUN_TAGS, *PRONOUN_TAGS, "JJ"), 1)
"""Tags of the tokens that may head a mention."""
WEATHER = word_set("rain rained rains raining snow snowed snows snowing hail hailed")
"""Verbs whose "it" is nobody."""
NOT_HEADS = frozenset(("compound", "amod", "npadvmod", "advmod", "nmod", "quantmod"))
NOT_ANAPHORS = frozenset(("appos", "attr", "oprd"))
ARGUMENTS = frozenset(("nsubj", "nsubjpass", "dobj", "pobj", "poss", "conj"))
"""What an adjective with an article is where it is used as a noun: "the 39-year-old said"."""
SINGLE = ARGUMENTS - {"poss", "conj"}
"""What the noun of "the Italian" may be to its head."""
MODIFIERS = frozenset(
    ("compound", "amod", "nmod", "poss", "nummod", "case", "npadvmod", "punct", "det", "quantmod")
)
BREAKS = frozenset((",", ":", "``", "''", "_SP", "-LRB-", "-RRB-"))
LONGEST = 12
"""A noun phrase reaches at most so many tokens back from its head."""


class MentionCandidate(NamedTuple):
    """A place that may refer to an entity, in token indices."""

    start: int
    end: int
    head: int
    type: int
    chain: int = -1
    """The chain of a name; -1 otherwise."""

    @property
    def is_anaphor(self) -> bool:
        return self.type in ANAPHORS


def is_national(columns: Columns, at: int) -> bool:
    """Return whether a token is the noun of "the Italian", who is somebody named elsewhere."""
    word, known = columns.lower[at], places().demonyms
    return (
        at > 0
        and columns.words[at].istitle()
        and columns.lower[at - 1] == "the"
        and columns.tags[at] in ("NN", "NNP", "JJ")
        and columns.deps[at] in SINGLE
        and word in known
        and (f"{word}s" in known or word.endswith("man"))  # "the French" are many
    )


def part_of(kind: int) -> str:
    """Return which part of the anaphors a type belongs to."""
    return PRONOUNS if kind < THE else NOUNS


def find_mentions(
    columns: Columns, names: Sequence[Reference], speech: Sequence[int]
) -> list[MentionCandidate]:
    """Return the mentions of a document in text order.

    ``names`` are the references by name; ``speech`` has for each token the index of the speech that
    it is part of, or -1.
    """
    taken = bytearray(len(columns.words) + 1)
    found: list[MentionCandidate | None] = []
    for one in names:
        taken[one.start : one.end] = b"\1" * (one.end - one.start)
        found.append(MentionCandidate(one.start, one.end, one.head, NAME, one.chain))
    spoken = np.array([form.lower() in ("i", "us") for form in columns.forms], dtype=bool)
    heads = (columns.of_tags(HEADS) > 0) | spoken[columns.places]
    for i in np.flatnonzero(heads).tolist():
        tag = columns.tags[i]
        if taken[i]:
            continue
        if tag in NOUN_TAGS or (tag == "JJ" and columns.deps[i] in ARGUMENTS):
            found.append(_noun_phrase(columns, i, named=taken[i + 1] == 1))
        elif tag in PRONOUN_TAGS or columns.lower[i] in ("i", "us"):
            found.append(_pronoun(columns, i, speech))
    return sorted(one for one in found if one is not None)


def _pronoun(columns: Columns, i: int, speech: Sequence[int]) -> MentionCandidate | None:
    word = columns.lower[i]
    kind = TYPE_OF.get(word)
    if kind is None and word in ("which", "that") and columns.tags[i] == "WDT":
        kind = WHICH
    if kind is None or (kind in UNSPOKEN and speech[i] < 0):
        return None
    if kind == IT and columns.lower[columns.heads[i]] in WEATHER:
        return None
    return MentionCandidate(i, i + 1, i, kind)


def _noun_phrase(columns: Columns, head: int, *, named: bool) -> MentionCandidate | None:
    """Return the noun phrase of a head; ``named`` tells whether a name follows it at once."""
    modifies = columns.deps[head] in NOT_HEADS
    if (modifies and not named) or not columns.words[head][0].isalnum():
        return None
    start = phrase_start(columns, head, columns.heads[head] if modifies else head)
    first, tag = columns.lower[start], columns.tags[start]
    kind = DETERMINERS.get(first, BARE)
    if tag == "PRP$" or "POS" in columns.tags[start:head]:
        kind = POSSESSED
    if (modifies or columns.tags[head] == "JJ") and kind not in ANAPHORS:
        return None
    if columns.tags[head] in PLURAL_TAGS:
        kind = THOSE if kind in (THE, THIS) else PLURAL
    if kind in ANAPHORS and columns.deps[head] in NOT_ANAPHORS:
        kind = PLURAL if kind == THOSE else BARE
    return MentionCandidate(start, head + 1, head, kind)


def phrase_start(columns: Columns, head: int, last: int) -> int:
    """Return the first token of the noun phrase that a noun heads, its modifiers included.

    ``last`` is the token that its modifiers may depend on as well: the name behind "the firm Lee".
    """
    tags, deps, heads, last = columns.tags, columns.deps, columns.heads, max(head, last)
    for start in range(head, max(head - LONGEST, 0), -1):
        before = start - 1
        tag = tags[before]
        inside = before < heads[before] <= last or tag == "POS"
        modifies = deps[before] in MODIFIERS or tag in ("PRP$", "POS")
        if not (inside and modifies) or tag in BREAKS or tags[start] == "PRP$":
            return start + (tags[start] == "POS" and start < head)
    return max(head - LONGEST, 0)
