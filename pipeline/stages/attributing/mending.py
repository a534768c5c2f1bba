"""Correct claims whose source or content crosses a quotation's marks because of the parse.

Marks are more reliable than the parse: the words inside them belong to the person quoted. So no
source extends into a quotation, and no content begins with the reporter's words before one.
"""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Token

from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.claims import Claim
from pipeline.stages.attributing.manner import tells_how
from pipeline.stages.attributing.reading import Reading
from pipeline.stages.attributing.sources import put_in_between, source_beside, source_range
from pipeline.stages.syntax import ancestors, is_verb, subject, verb_group

ADDING = frozenset({"add", "say"})
"""Participles that continue the main clause, rather than what is said in it."""
REPORTED_BACK = 60
"""Maximum number of words between a reporting verb and a participle that shares its source."""


def mend_sources(reading: Reading, claims: list[Claim]) -> None:
    """Move sources out of quotations, and give "…, adding" the source of the reporting clause."""
    places = _by_verb(claims)
    for claim in claims:
        verb, source = claim.verb, claim.source
        if verb is None or claim.source_span is not None:
            continue
        if source is not None and _reaches_in(reading, source):
            claim.source = source_beside(reading, verb) or source
        elif source is not None:
            first = put_in_between(reading, verb_group(verb))
            if first is not None and source.i < first:
                claim.source = reading.doc[verb_group(verb)[0] - 1]
        if verb.tag_ != "VBG" or not claim.quotable or reading.lower[verb.i - 1] != ",":
            continue
        above = _reporting(reading, places, verb) if claim.lemma in ADDING else None
        if above is not None:
            claim.source = above.source
        elif verb.dep_ == "acl":
            claim.source = _of_clause(verb) or claim.source


def _by_verb(claims: Iterable[Claim]) -> dict[int, Claim]:
    return {claim.verb.i: claim for claim in claims if claim.verb is not None}


def _reaches_in(reading: Reading, source: Token) -> bool:
    """Return whether a source includes words of an utterance."""
    for at in range(*source_range(source)):
        index = reading.at_quote[at]
        if index >= 0 and reading.quotes[index].kind == "direct":
            return True
    return False


def _reporting(reading: Reading, places: dict[int, Claim], verb: Token) -> Claim | None:
    """Return the claim whose content contains the verb that a participle was attached to."""
    head = verb.head
    if verb.dep_ != "advcl" or head.i > verb.i:
        return None
    place = reading.idx[head.i]
    for at in range(max(0, verb.i - REPORTED_BACK), head.i):
        above = places.get(at)
        if above is not None and above.source is not None and above.touches(place, place + 1):
            return above
    return None


def _of_clause(verb: Token) -> Token | None:
    """Return the clause's subject for a participle attached to its object: "denied it, saying"."""
    for head in ancestors(verb):
        if is_verb(head):
            found = subject(head)
            return found if found is not None and found.i < head.i < verb.i else None
    return None


def mend_contents(reading: Reading, claims: Iterable[Claim]) -> None:
    """Start contents at the utterance, without the reporter's words about how it was said."""
    for claim in claims:
        if claim.rule != "quote" or not claim.content:
            continue
        tokens = [reading.token_range(*piece) for piece in claim.content]
        claim.content[:] = [
            _without_lead(reading, piece)
            for piece, bounds in zip(claim.content, tokens, strict=True)
            if not tells_how(reading, bounds, tokens, claim.cue)
        ]


def _without_lead(reading: Reading, piece: Bounds) -> Bounds:
    """Return a part of a content from the utterance that starts after a colon or a full stop."""
    first, last = reading.token_range(*piece)
    if reading.at_quote[first] >= 0:
        return piece
    for at in range(first + 1, last):
        index = reading.at_quote[at]
        if index < 0:
            continue
        if reading.quotes[index].kind != "direct":
            return piece
        start = reading.bounds(index)[0]
        before = reading.lower[at - 1]
        if before in (":", ".", "?", "!"):
            return start, piece[1]
        return piece
    return piece


def finish(reading: Reading, claims: list[Claim]) -> None:
    """Set the bounds of contents with quotations, and find missing sources."""
    claims[:] = [claim for claim in claims if not _names(reading, claim)]
    places = _by_verb(claims)
    for claim in claims:
        claim.content[:] = [_up_to_marks(reading, places, piece) for piece in claim.content]
    _carry_sources(reading, claims)


def _names(reading: Reading, claim: Claim) -> bool:
    """Return whether a participle names a thing, which is not speech: a play called “Sons”."""
    verb = claim.verb
    if verb is None or verb.tag_ != "VBN" or claim.source is not None:
        return False
    if claim.rule != "name" or not claim.content:
        return False
    first, last = reading.token_range(claim.content[0][0], claim.content[-1][1])
    indices = {reading.at_quote[at] for at in range(first, last)}
    return len(indices) == 1 and not any(i < 0 or reading.quotes[i].speech for i in indices)


def _up_to_marks(reading: Reading, places: dict[int, Claim], piece: Bounds) -> Bounds:
    """Return a part of a content without the next cue: "saying “It goes on” and vowing to …"."""
    first, last = reading.token_range(*piece)
    at = first
    while at < last:
        index = reading.at_quote[at]
        if index < 0 or not reading.quotes[index].speech:
            at += 1
            continue
        at = reading.tokens[index][1]
        if at < last and _adds(reading, places, at):
            return piece[0], reading.bounds(index)[1]
    return piece


def _adds(reading: Reading, places: dict[int, Claim], at: int) -> bool:
    """Return whether the reporter's words continue after a quotation."""
    doc = reading.doc
    if reading.lower[at] in ("and", "but") and at + 1 < len(doc):
        verb = doc[at + 1]
        return verb.tag_ in ("VBG", "VBD", "VBZ") and at + 1 in places
    return False


def _carry_sources(reading: Reading, claims: Iterable[Claim]) -> None:
    """Give a participle after a quotation the previous claim's source: "…,” adding, “…”."""
    before: Claim | None = None
    for claim in sorted((one for one in claims if one.verb is not None), key=_place):
        verb = claim.verb
        if verb is None or not claim.content or claim.source_span is not None:
            continue
        if claim.source is not None:
            before = claim
        elif (
            verb.tag_ == "VBG"
            and claim.quotable
            and before is not None
            and reading.paragraph[_place(before)] == reading.paragraph[verb.i]
        ):
            claim.source = before.source


def _place(claim: Claim) -> int:
    return claim.cue[0]
