"""Attributions without a cue word: "WALLACE: …", "Q. …", "Poll: …", "“…” - Ann Lee"."""

from __future__ import annotations

import re

from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.claims import Claim
from pipeline.stages.attributing.reading import Reading
from pipeline.text.paragraphs import paragraphs

SPEAKER = re.compile(
    r"[“\"]?(?P<name>[A-Z][A-Z.'’\-]+(?:[ ][A-Z][A-Z.'’\-]*){0,4}(?:,? \([^)\n]{1,40}\))?"
    r"|Q|A|[A-Z][\w.'’\-]+(?:[ ][A-Z][\w.'’\-]*){0,3})(?P<cue>:|(?<=[QA])\.)[ \t\xa0]+(?=\S)"
)
SIGNATURE = re.compile(
    r"[ \t\xa0]{0,2}\n{0,2}[ \t]*(?P<cue>[-–—]{1,2})[ \t\xa0]?(?P<name>[A-Z][\w.'’\- ]{1,60})"
)
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


def transcripts(reading: Reading) -> list[Claim]:
    """Return the claims of paragraphs that open with the name of whoever speaks.

    A name in capitals or a question and its answer need a second one in the text; so does any
    other name, but in the headline a name of a person, group or place is enough, or "Poll: …".
    """
    found: list[tuple[re.Match[str], Bounds]] = []
    headline: Claim | None = None
    first = True
    for start, end in paragraphs(reading.text):
        match = SPEAKER.match(reading.text, start, end)
        if match is not None and match.group("name").lower() not in NO_SPEAKERS:
            if first and _names_source(reading, match.span("name")):
                headline = _claim(reading, match, (match.end(), end))
            elif match.end() < end:
                found.append((match, (match.end(), end)))
        first = False
    if len(found) < 2:
        found = []
    claims = [_claim(reading, match, content) for match, content in found]
    return claims if headline is None else [headline, *claims]


def _names_source(reading: Reading, name: Bounds) -> bool:
    first, last = reading.token_range(*name)
    if first >= last:
        return False
    token = reading.doc[last - 1]
    return token.ent_type_ in NAMES or token.lower_ in SAYERS


def _claim(reading: Reading, match: re.Match[str], content: Bounds) -> Claim:
    claim = Claim(":", "say", "colon", reading.token_range(*match.span("cue")))
    claim.cue_span = match.span("cue")
    claim.source_span = match.span("name")
    bounds = reading.content(*reading.token_range(*content), stop=True)
    if bounds is not None:
        claim.add(*bounds)
    return claim


def signature(reading: Reading, index: int) -> Claim | None:
    """Return the claim of a name that stands behind a quotation and a dash."""
    _, end = reading.bounds(index)
    match = SIGNATURE.match(reading.text, end)
    if match is None:
        return None
    start, last = match.span("name")
    first, stop = reading.token_range(start, last)
    for at in range(first, stop):
        if reading.doc[at].tag_ in ("VBD", "VBZ", "VBP", "MD"):
            return None
    if not any(reading.doc[at].ent_type_ in NAMES for at in range(first, stop)):
        return None
    claim = Claim("-", "say", "signature", reading.token_range(*match.span("cue")))
    claim.cue_span = match.span("cue")
    name = reading.text[start:last].rstrip(" .-")
    claim.source_span = (start, start + len(name))
    return claim
