"""Attributions without a cue from the lexicon: "WALLACE: …", "“…” - Ann Lee", "“…,” Lee sang"."""

from __future__ import annotations

import re

from spacy.tokens import Token

from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.claims import Claim
from pipeline.stages.attributing.reading import Reading
from pipeline.stages.attributing.sources import source_beside
from pipeline.stages.quoting.quotation import SAYING
from pipeline.stages.syntax import NAME_TAGS, own_subject, subject, verb_group
from pipeline.text.lemmas import verb_lemma
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
FINITE = frozenset({"VBD", "VBZ", "VBP"})
WITHIN_SUBJECT = 20
NAME_WORDS = 6
"""Maximum number of words of a name or noun with its modifiers."""
BEFORE_COLON = 30
PHRASE = 14
"""Maximum number of words of a phrase without a verb that names the speaker."""
ENDS = frozenset({".", "?", "!", "-", "--", "—", "–", "]", "...", "…"})
INVERTED = frozenset({"said", "says", "wrote", "writes"})
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
    """Return the claims of paragraphs that start with the name of the speaker.

    A name in capitals, or a question and its answer, requires a second one in the text. So does any
    other name; but in the headline, a person, group or place is enough, or "Poll: …".
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


def _ends_line(text: str, at: int) -> bool:
    """Return whether only spaces and a full stop follow in the line."""
    while at < len(text) and text[at] in " .\t\xa0":
        at += 1
    return at == len(text) or text[at] == "\n"


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
    """Return the claim of a name that follows a quotation and a dash."""
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
        alone = FULL_NAME.fullmatch(match.group("name").rstrip(" .-"))
        if alone is None or not _ends_line(reading.text, last):
            return None
    claim = Claim("-", "say", "signature", reading.token_range(*match.span("cue")))
    claim.cue_span = match.span("cue")
    name = reading.text[start:last].rstrip(" .-")
    claim.source_span = (start, start + len(name))
    return claim


def unlisted(reading: Reading, index: int) -> Claim | None:
    """Return the claim of a verb that is a cue only because of its place beside a quotation.

    "“…,” Lee sang" and "“…,” sang Lee" after a quotation that ends in a comma, and the main verb of
    "He returned to his old theme: “…”" before one.
    """
    quote = reading.quotes[index]
    if quote.kind != "direct":
        return None
    first, last = reading.tokens[index]
    ending = reading.text[quote.end - 1 : quote.end]
    if ending in (",", "?", "!"):
        found = _verb_behind(reading, last, sure=ending == ",")
        if found is not None:
            return found
    mark = first - 1
    while mark >= 0 and reading.lower[mark].isspace():
        mark -= 1
    if mark > 0 and reading.lower[mark] == ":":
        return _put_it(reading, mark) or _named(reading, mark) or _verb_before(reading, mark)
    if mark > 0 and mark == first - 1 and reading.lower[mark] == ",":
        return _put_it(reading, mark) or _verb_at(reading, mark - 1)
    return None


def _verb_behind(reading: Reading, last: int, *, sure: bool) -> Claim | None:
    """Return the claim of a finite verb after a quotation; unless ``sure``, it must end the clause.

    After "?" and "!" a separate sentence may follow: "“Why?” Lee left the room."
    """
    doc = reading.doc
    for at in range(last, min(len(doc), last + WITHIN_SUBJECT)):
        if reading.at_quote[at] >= 0 or reading.silent[at] or "\n" in reading.lower[at]:
            break
        verb = doc[at]
        if verb.tag_ not in FINITE:
            continue
        if at == last:
            return _cued(reading, verb, source_beside(reading, verb))
        own = own_subject(verb)
        if own is None or own.tag_ in ("WDT", "WP") or not _opens(reading, last, own):
            continue
        _, behind = verb_group(verb)
        ended = behind >= len(doc) or reading.lower[behind] in (".", ",")
        if not (sure or ended):
            return None
        claim = _cued(reading, verb, own)
        if claim is not None and own.left_edge.i > last:
            claim.source_span = reading.chars(last, own.i + 1)
        return claim
    return _mistagged(reading, last) if sure else None


def _opens(reading: Reading, start: int, own: Token) -> bool:
    """Return whether a subject starts here, even if its determiner is attached to the verb."""
    if start > own.left_edge.i:
        return False
    words = (reading.doc[at] for at in range(start, own.left_edge.i))
    return all(one.tag_ in ("DT", "JJ") and one.head.i == own.head.i for one in words)


def _mistagged(reading: Reading, last: int) -> Claim | None:
    """Return the claim of a verb of saying that was tagged as a noun: "“…,” the two write"."""
    doc = reading.doc
    for at in range(last + 1, min(len(doc) - 1, last + NAME_WORDS)):
        word = doc[at]
        if word.is_punct or word.is_space:
            return None
        if verb_lemma(word.lower_) not in SAYING or word.tag_ not in ("NN", "NNS", "JJ", "VB"):
            continue
        if doc[at + 1].tag_ not in (".", ",", "IN", "TO", "RB"):
            continue
        claim = Claim(verb_lemma(word.lower_), "say", "unlisted", (at, at + 1), quotable=True)
        claim.source_span = reading.chars(last, at)
        return claim
    return None


def _put_it(reading: Reading, mark: int) -> Claim | None:
    """Return the claim of "As Lee put it, “…”"."""
    if mark < 2 or reading.lower[mark - 1] != "it" or verb_lemma(reading.lower[mark - 2]) != "put":
        return None
    verb = reading.doc[mark - 2]
    return _cued(reading, verb, subject(verb) or source_beside(reading, verb))


def _verb_at(reading: Reading, at: int) -> Claim | None:
    """Return the claim of a main verb before a comma and a quotation: "Lee sings, “…”"."""
    verb = reading.doc[at]
    if at > 0 and verb.dep_ in ("prt", "advmod") and verb.head.i == at - 1:
        verb = verb.head  # "Lee shot back, “…”"
    if verb.tag_ not in FINITE or verb.dep_ not in ("ROOT", "conj", "ccomp"):
        return None
    if any(one.dep_ == "mark" for one in verb.lefts):
        return None
    return _cued(reading, verb, subject(verb))


def _named(reading: Reading, colon: int) -> Claim | None:
    """Return the claim of a phrase without a verb before a colon: "Ann Lee (R): “", "Said Lee: “".

    The phrase is at the start of a sentence or after a dash, and contains a name.
    """
    doc, lower = reading.doc, reading.lower
    at = colon
    while at > 0 and not _bounds_phrase(reading, at - 1):
        at -= 1
        if colon - at > PHRASE or (at < colon and doc[at].tag_ in FINITE and not _is_cue(doc[at])):
            return None
    begun = at < colon and _is_cue(doc[at]) and doc[at].shape_[:1] == "X"
    if begun or lower[at] == "from":
        at += 1
    phrase = range(at, colon)
    if not phrase or any(lower[i] in NO_SPEAKERS for i in phrase):
        return None
    if any(doc[i].tag_ in FINITE or doc[i].tag_ == "MD" for i in phrase) or doc[at].tag_ == "IN":
        return None
    if not any(doc[i].ent_type_ in NAMES or doc[i].tag_ in NAME_TAGS for i in phrase):
        return None
    cue = (at - 1, at) if begun else (colon, colon + 1)
    claim = Claim(":", "say", "colon", cue)
    claim.cue_span = reading.chars(*cue)
    claim.source_span = reading.chars(at, colon)
    return claim


def _bounds_phrase(reading: Reading, at: int) -> bool:
    word = reading.lower[at]
    return word in ENDS or "\n" in word or reading.at_quote[at] >= 0


def _is_cue(token: Token) -> bool:
    """Return whether a word is a verb of saying in the past tense, whatever its tag."""
    return token.lower_ in INVERTED or (
        token.lower_.endswith("ed") and verb_lemma(token.lower_) in SAYING
    )


def _verb_before(reading: Reading, colon: int) -> Claim | None:
    doc = reading.doc
    for at in range(colon - 1, max(-1, colon - BEFORE_COLON), -1):
        word = reading.lower[at]
        if reading.at_quote[at] >= 0 or reading.silent[at] or word in ".?!" or "\n" in word:
            return None
        verb = doc[at]
        if verb.tag_ in FINITE and verb.dep_ in ("ROOT", "conj", "ccomp"):
            return _cued(reading, verb, subject(verb))
    return None


def _cued(reading: Reading, verb: Token, source: Token | None) -> Claim | None:
    if source is None or reading.at_quote[source.i] >= 0:
        return None
    lemma = verb_lemma(verb.lower_)
    return Claim(lemma, "say", "unlisted", verb_group(verb), verb, source, quotable=True)
