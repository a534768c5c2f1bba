"""Find the speakers that the layout names: "WALLACE: …" in a transcript, "“…” - Ann Lee"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.document.rules import AnyRule, named
from pipeline.stages.annotations import Attribution, Bounds
from pipeline.stages.attributing.reading import Reading
from pipeline.stages.attributing.writing import kind_of
from pipeline.text.paragraphs import paragraphs

SPEAKER = re.compile(
    r"[“\"]?(?P<name>[A-Z][A-Z.'’\-]+(?:[ ][A-Z][A-Z.'’\-]*){0,4}(?:,? \([^)\n]{1,40}\))?"
    r"|Q|A|[A-Z][\w.'’\-]+(?:[ ][A-Z][\w.'’\-]*){0,3})(?P<cue>:|(?<=[QA])\.)[ \t\xa0]+(?=\S)"
)
SIGNATURE = re.compile(
    r"[ \t\xa0]{0,2}\n{0,2}[ \t]*(?P<cue>[-–—―]{1,2})[ \t\xa0]?(?P<name>[A-Z][\w.'’\- ]{1,60})"
)
FULL_NAME = re.compile(r"(?:[A-Z][\w.'’\-]*[ ]){1,4}[A-Z][\w.'’\-]+")
"""Matches a name by its capitals alone, if it is on a separate line."""
FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
SAYERS = frozenset(
    {"poll", "polls", "report", "reports", "survey", "study", "source", "sources", "police"}
    | {"official", "officials", "lawyer", "analyst", "analysts", "experts", "aide", "aides"}
)
NO_SPEAKERS = frozenset(
    {"note", "update", "updated", "correction", "photo", "photos", "video", "watch", "read", "tip"}
    | {"editor", "related", "source", "sources", "image", "credit", "more", "exclusive", "breaking"}
    | {"name", "age", "city", "job", "pay", "where", "when", "what", "who", "why", "how", "date"}
    | {"live", "opinion", "analysis", "review", "twitter", "email", "contact", "phone", "listen"}
)
NAMES = frozenset({"PERSON", "ORG", "GPE", "NORP"})
HEADLINE = named("headline", "Poll: Most oppose the plan")
TRANSCRIPT = named("transcript", "WALLACE: Was it fair?")
SIGNED = named("signature", "“It is over.” – Ann Lee")


class Turn(NamedTuple):
    """What the layout attributes to a name, in characters."""

    source: Bounds
    cue: Bounds
    content: Bounds
    rule: AnyRule

    def attribution(
        self, reading: Reading, content: Sequence[Bounds], confidence: float
    ) -> Attribution:
        """Return the turn as an attribution; ``content`` is its content in tokens, with utterances
        that continue it.
        """
        start, end = self.cue
        added = (piece for piece in content if piece[0] >= reading.token_range(*self.content)[1])
        spans = (self.content, *(reading.chars(*piece) for piece in added))
        return Attribution(
            (self.source,),
            (self.cue,),
            spans,
            kind_of(reading, spans),
            "name",
            reading.text[start:end],
            "say",
            confidence=confidence,
        )


def turns(reading: Reading) -> Iterator[Turn]:
    """Yield the turns of a transcript, and the quotations with a signature outside of it."""
    at = 0
    for one in transcript(reading):
        at = max(at, one.content[1])
        yield one
    for index in reading.outer:
        if reading.quotes[index].speech and reading.bounds(index)[0] >= at:
            signed = signature(reading, index)
            if signed is not None:
                yield signed


def transcript(reading: Reading) -> list[Turn]:
    """Return the paragraphs that start with the name of their speaker.

    A name in capitals, or a question and its answer, requires a second one in the text. So does any
    other name; but in the headline, a person, group or place is enough, or "Poll: …".
    """
    found: list[Turn] = []
    headline: list[Turn] = []
    for number, (start, end) in enumerate(paragraphs(reading.text)):
        match = SPEAKER.match(reading.text, start, end)
        if match is None or match.end() == end or match.group("name").lower() in NO_SPEAKERS:
            continue
        tokens = reading.token_range(match.end(), end)
        content = reading.content(*tokens, stop=True)
        if content is not None:
            name, cue = match.span("name"), match.span("cue")
            if not number and _names_source(reading, name):
                headline.append(Turn(name, cue, content, HEADLINE))
            else:
                found.append(Turn(name, cue, content, TRANSCRIPT))
    return [*headline, *(found if len(found) > 1 else ())]


def _names_source(reading: Reading, name: Bounds) -> bool:
    first, last = reading.token_range(*name)
    if first >= last:
        return False
    token = reading.doc[last - 1]
    return token.ent_type_ in NAMES or token.lower_ in SAYERS


def signature(reading: Reading, index: int) -> Turn | None:
    """Return the turn of a quotation that a dash and a name follow."""
    start, end = reading.bounds(index)
    match = SIGNATURE.match(reading.text, end)
    if match is None:
        return None
    tokens = [reading.doc[at] for at in range(*reading.token_range(*match.span("name")))]
    if any(token.tag_ in FINITE for token in tokens):
        return None
    name = match.group("name").rstrip(" .-")
    first, last = match.start("name"), match.start("name") + len(name)
    if not any(token.ent_type_ in NAMES for token in tokens):
        line = reading.text[match.end("name") :].split("\n", 1)[0]
        if FULL_NAME.fullmatch(name) is None or line.strip(" .\t\xa0"):
            return None
    return Turn((first, last), match.span("cue"), (start, end), SIGNED)
