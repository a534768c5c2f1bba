"""Decide whether the words in marks are a complete utterance or part of the sentence.

A complete utterance starts like one (with a capital, or after "she said,") and ends like one, or
contains its own main clause: "We lost," she said. Otherwise the words are part of the reporter's
sentence: the vote was "a mess".
"""

from __future__ import annotations

from itertools import islice

from spacy.tokens import Doc

from pipeline.stages.quoting.quotation import CLOSED, STRONG, Site, is_said, is_tagged, reports

LONG = 8
"""Minimum words of a complete utterance, if it starts its sentence or starts with a capital."""
CLAUSE = 4
"""Minimum number of words of a clause."""
LED = 6
"""Number of words before the marks to search for a verb that introduces an utterance."""
OUTSIDE = 12
"""Maximum number of words of an utterance that may precede the marks."""
FINITE = frozenset(("VBD", "VBZ", "VBP", "MD"))
SUBJECTS = frozenset(("nsubj", "nsubjpass", "expl", "csubj"))
SUBORDINATE = frozenset(("relcl", "acl", "advcl", "pcomp", "csubj"))
LOOKED_AT = 200
"""Maximum number of tokens of a quotation, and of children of a token, to look at."""


def is_whole(doc: Doc, here: Site) -> bool:
    """Return whether the words in marks are a complete utterance."""
    count = len(here.words)
    if not count:
        return False
    inside = here.inside.rstrip("\"”'’")
    capital = inside.lstrip("\"“‘'«([")[:1].isupper() or inside[:1] in "[.…0123456789"
    stop = inside[-1:]
    closed = stop in CLOSED or here.after[:1] in (",", ".", "?", "!") or not here.after.strip()
    if here.starts or here.lead in STRONG:
        return (closed and capital) or count >= LONG
    finite = count > 1 and _has_main_verb(doc, here)
    told = reports(here.words_before[-LED:]) or "words" in here.words_before[-LED - 2 :]
    if here.lead not in ",:—–-":
        if not finite or not closed or not (capital or count >= CLAUSE):
            return capital and stop in STRONG and is_said(here)
        return is_said(here) or (capital and (told or count >= LONG))
    if here.lead == "," and not told and is_tagged(here):
        return False  # In those days, "we felt strong," she said: the sentence is the reporter's
    if capital:
        return (finite or told or stop in STRONG) and (closed or told) and not _is_begun(here)
    return closed and finite and told


def _is_begun(here: Site) -> bool:
    """Return whether the utterance begins before the marks: said that over the years, "…"."""
    words = here.words_before
    if "that" not in words or here.lead == ":":
        return False
    at = len(words) - 1 - words[::-1].index("that")
    begun = words[at + 1 :]
    told = reports(words[max(0, at - 4) : at])
    return told and 0 < len(begun) <= OUTSIDE and not reports(begun)


def _has_main_verb(doc: Doc, here: Site) -> bool:
    """Return whether the words in marks contain a clause that depends on nothing else in them."""
    if here.first < here.last and not doc[here.first].dep_:
        return len(here.words) >= CLAUSE
    for i in range(here.first, min(here.last, here.first + LOOKED_AT)):
        token = doc[i]
        if token.dep_ not in SUBJECTS:
            continue
        verb = token.head
        if verb.dep_ not in SUBORDINATE and (
            verb.tag_ in FINITE
            or any(one.dep_ in ("aux", "auxpass") for one in islice(verb.children, LOOKED_AT))
        ):
            return True
    return False
