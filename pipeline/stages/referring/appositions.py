"""Find appositions by the marks around a name, since parses of long ones are unreliable."""

from __future__ import annotations

from collections.abc import Set
from typing import NamedTuple

from pipeline.document.columns import Columns
from pipeline.document.names import roles
from pipeline.text.words import word_set

MARKS = frozenset((",", "--", "—", "–", "-"))
CLOSING = frozenset('.;:!?"”“')
OPENING = frozenset('"”“:;(')
ENDING_TAGS = frozenset(("VB", "WP", "WD", "MD", "_S"))
"""How the tags of verbs, of "who" and "which" and of line breaks begin."""
FINITE_TAGS = frozenset(("VBD", "VBZ", "VBP", "MD"))
ONCE = word_set("now then currently formerly once previously also long")
MAX_BEFORE = 15
MAX_BEHIND = 30
MAX_BRACKETS = 8


class Apposition(NamedTuple):
    """Token bounds of the words that describe a name, and their role noun."""

    start: int
    end: int
    head: int


def role_at(columns: Columns, i: int) -> str | None:
    """Return a token as a role noun, "vice president" and the like as one."""
    word, known = columns.lower[i], roles()
    if i > 0 and (pair := f"{columns.lower[i - 1]} {word}") in known:
        return pair
    return word if word in known else None


def before(columns: Columns, start: int, end: int, named: Set[int]) -> Apposition | None:
    """Return the apposition before a name: "A lawyer for Lee, Ann Day, said …".

    ``start``, ``end``: the bounds of the name; ``named``: the tokens of all persons' names.
    """
    words, tags, sentences = columns.words, columns.tags, columns.sentences
    comma = start - 1
    if comma < 1 or words[comma] != "," or sentences[comma] != sentences[start]:
        return None
    if end >= len(words) or not (words[end] in MARKS or tags[end][:2] in ("VB", ".")):
        return None
    first = comma
    while first and comma - first < MAX_BEFORE and sentences[first - 1] == sentences[comma]:
        if words[first - 1] in OPENING or _ends(columns, first - 1):
            break
        first -= 1
    while first < comma and tags[first] in ("CC", "RB", "_SP"):
        first += 1
    for i in range(first, comma):
        if _is_last_noun(columns, i):
            theirs = tags[i] != "NNS" and role_at(columns, i) is not None
            if not theirs or not named.isdisjoint(range(first, i + 1)):
                return None  # no role, or the name and role of somebody else
            return Apposition(first, comma, i)
        if tags[i] in ("IN", "TO", ","):
            return None
    return None


def behind(columns: Columns, end: int) -> Apposition | None:
    """Return the apposition after a name: "Greer, the head of research at Firth, said".

    ``end``: where the name ends. The apposition goes from the mark after the name (a party or an
    age may be in between) to the next mark, if a role noun comes before any preposition or verb.
    """
    words, tags = columns.words, columns.tags
    mark = _over_party_and_age(words, end)
    if mark >= len(words) or words[mark] not in MARKS:
        return None
    start = mark + 1
    while start < len(words) and tags[start] == "RB" and columns.lower[start] in ONCE:
        start += 1
    stop = min(start + MAX_BEHIND, len(words))
    head = _role_noun(columns, start, stop)
    if head is None or tags[head] == "NNS":
        return None
    close = head + 1
    while close < stop and not _closes(columns, close):
        close += 1
    if close >= len(words):
        return None
    if words[mark] == "," and (
        tags[close] in FINITE_TAGS or (tags[close][:2] == "VB" and close - head > 1)
    ):
        return None  # "Clinton, an aide said, is confident"
    return Apposition(start, close, head)


def _over_party_and_age(words: list[str], at: int) -> int:
    """Return where the text continues after "(D-Calif.)" and ", 61"."""
    size = len(words)
    if at < size and words[at] == "(":
        last = min(size, at + MAX_BRACKETS)
        while at < last and words[at] != ")":
            at += 1
        at += 1
    if at + 2 < size and words[at] == words[at + 2] == "," and words[at + 1].isdigit():
        at += 2
    return at


def _role_noun(columns: Columns, start: int, stop: int) -> int | None:
    """Return the role noun that an apposition is about, if nothing else comes before it."""
    tags = columns.tags
    for i in range(start, stop):
        tag = tags[i]
        if _closes(columns, i) and not (tag in ("VBG", "VBN") and i > start):
            return None
        if tag in ("IN", "TO") or (tag in ("PRP", "CC") and i == start):
            return None
        if _is_last_noun(columns, i):
            if role_at(columns, i) is not None:
                return i
            if tags[i + 1 : i + 2] != ["CC"]:
                return None
    return None


def _closes(columns: Columns, i: int) -> bool:
    return columns.words[i] in CLOSING or _ends(columns, i)


def _ends(columns: Columns, i: int) -> bool:
    """Return whether a token ends any apposition: a mark, a verb, "who", a line break."""
    tag = columns.tags[i]
    return tag[:2] in ENDING_TAGS or (columns.words[i] in MARKS and tag != "HYPH")


def _is_last_noun(columns: Columns, i: int) -> bool:
    """Return whether a noun is the last one of a compound, and owns nothing."""
    follows = columns.tags[i + 1] if i + 1 < len(columns.tags) else "."
    return columns.tags[i][:2] == "NN" and follows[:2] != "NN" and follows not in ("POS", "HYPH")
