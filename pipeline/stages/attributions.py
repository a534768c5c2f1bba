"""Find attributions by rule: who says, thinks or shows what, over the parse and the quotations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Token

from pipeline.records.labels import AttributionKind, SourceForm
from pipeline.stages.annotations import Attribution, Bounds, Quote
from pipeline.stages.attributing.claims import Claim
from pipeline.stages.attributing.confidence import Weights, confidence, properties, weights
from pipeline.stages.attributing.contents import complement
from pipeline.stages.attributing.cues import Cue, lexicon
from pipeline.stages.attributing.floating import transcripts
from pipeline.stages.attributing.phrases import WORDS, according, in_words, nominal
from pipeline.stages.attributing.reading import Reading
from pipeline.stages.attributing.sources import form_of, source_beside, source_of, source_range
from pipeline.stages.attributing.spoken import Attachment
from pipeline.stages.syntax import VERB_TAGS, first_conjunct, is_negated, own_subject, verb_group

STOPS = frozenset({".", "?", "!", ";"})
PARTICIPLE = 40
"""A participle has the source of the claim before it within so many words."""
LEAST = 0.36
"""Claims that are less sure than this are not given out, unless somebody is quoted by them."""
CERTAIN = frozenset({"colon", "signature"})
"""Rules whose own conditions are enough."""
NO_CUE_DEPS = frozenset({"aux", "auxpass", "amod", "compound", "punct"})


@Language.factory(
    "news_attributions",
    default_config={"filter": True},
    requires=["token.tag", "token.dep"],
    assigns=["doc._.news", "doc.spans"],
)
def make_attributions(
    nlp: Language,  # noqa: ARG001 (spaCy passes both)
    name: str,  # noqa: ARG001
    filter: bool,
) -> Attributions:
    """Make the stage.

    ``filter``: drop the claims that the trained weights of ``attributions-filter`` find unlikely,
    and say how sure the others are. Without it every claim of the rules is given out.
    """
    return Attributions(weights() if filter else None)


class Attributions:
    """Read claims off the cues of a document, give quotations to them, and write both layers.

    ``weights`` judge the claims; None stands for the rules alone.
    """

    def __init__(self, weights: Weights | None = None) -> None:
        self.weights = weights
        self.lexicon = lexicon()
        self.known = {"according", *WORDS, *self.lexicon.verbs, *self.lexicon.nouns}

    def __call__(self, doc: Doc) -> Doc:
        reading, attachment = self.read(doc)
        write(reading, attachment, self.weights)
        return doc

    def read(self, doc: Doc) -> tuple[Reading, Attachment]:
        """Return the claims of a document, each with the quotations that are its own."""
        reading = Reading(doc, doc._.news.quotes)
        attachment = Attachment(reading, self.claims(reading))
        attachment.attach()
        return reading, attachment

    def claims(self, reading: Reading) -> list[Claim]:
        """Return a claim for each cue of the document, with or without content."""
        found = transcripts(reading)
        for spoken in found:
            for start, end in spoken.content:
                first, last = reading.token_range(start, end)
                reading.silent[first:last] = b"\1" * (last - first)
        doc, known = reading.doc, self.known
        for i, word in enumerate(reading.lower):
            if word not in known or reading.at_quote[i] >= 0 or reading.silent[i]:
                continue
            claim = self._read(reading, doc[i], word)
            if claim is not None:
                if claim.source is None and doc[i].tag_ == "VBG" and found:
                    claim.source = _carried_source(reading, found[-1], i)
                elif doc[i].dep_ == "conj":
                    claim.source = _raised_source(doc[i], found) or claim.source
                found.append(claim)
        return found

    def _read(self, reading: Reading, token: Token, word: str) -> Claim | None:
        """Return the claim of one word that may be a cue."""
        verbs = self.lexicon.verbs
        if word == "according":
            return according(reading, token, verbs)
        tag = token.tag_
        if tag in VERB_TAGS:
            cue = verbs.get(word)
            if cue is None or token.dep_ in NO_CUE_DEPS:
                return None
            return self._claim(reading, token, cue)
        if tag in ("NN", "NNS"):
            if word in WORDS:
                return in_words(reading, token, verbs)
            if (noun := self.lexicon.nouns.get(word)) is not None:
                return nominal(reading, token, *noun, verbs)
        return None

    def _claim(self, reading: Reading, verb: Token, cue: Cue) -> Claim | None:
        own = own_subject(verb)
        if own is not None and own.lower_ == "you":
            return None
        if own is None and verb.dep_ == "ROOT" and verb.tag_ == "VB":
            return None
        found = complement(reading, verb, cue, self.lexicon.verbs)
        quotable = cue.reading("quote")
        if found is None and quotable is None:
            return None
        kind = found.reading_of_cue if found is not None else quotable
        assert kind is not None
        claim = Claim(
            cue.lemma,
            kind.type,
            found.frame if found is not None else "none",
            _with_colon(reading, verb_group(verb)),
            verb,
            self._source(reading, verb, quotable is not None),
            negated=is_negated(verb),
            quotable=quotable is not None,
        )
        for start, end in found.ranges if found is not None else ():
            bounds = reading.content(start, end)
            if bounds is not None:
                claim.add(*bounds)
        return claim

    def _source(self, reading: Reading, verb: Token, quotable: bool) -> Token | None:
        """Return the source of a verb: nobody who stands inside a quotation."""
        source = source_of(verb)
        if source is not None and self._quoted(reading, source):
            source = None
        if source is None and quotable:
            source = source_beside(reading, verb)
        return source

    @staticmethod
    def _quoted(reading: Reading, token: Token) -> bool:
        index = reading.at_quote[token.i]
        return index >= 0 and reading.quotes[index].speech


def _with_colon(reading: Reading, group: Bounds) -> Bounds:
    """Take in a colon that introduces what is said."""
    start, end = group
    return (start, end + 1) if reading.lower[end : end + 1] == [":"] else group


def _carried_source(reading: Reading, before: Claim, at: int) -> Token | None:
    """Return the source of the claim before, for a participle behind it: "he said, adding …"."""
    if before.verb is None or not 0 < at - before.verb.i <= PARTICIPLE:
        return None
    between = range(before.verb.i + 1, at)
    if any(reading.lower[i] in STOPS and reading.at_quote[i] < 0 for i in between):
        return None
    return before.source if reading.lower[at - 1] in (",", "and", "but", "-", "—", "–") else None


def _raised_source(verb: Token, found: list[Claim]) -> Token | None:
    """Return the source of the cue above, for a cue that the parser joined to its content.

    "He said that it rained and hoped for sun": whoever said it hoped.
    """
    if own_subject(verb) is not None:
        return None
    first = first_conjunct(verb)
    if first.dep_ != "ccomp" or first.tag_ not in VERB_TAGS:
        return None
    for claim in reversed(found[-4:]):
        if claim.verb is not None and claim.verb.i == first.i:
            return None
        if claim.verb is not None and claim.verb.i == first.head.i and first.i > first.head.i:
            return claim.source
    return None


class Candidate(NamedTuple):
    """A claim that has a content, and what is asked of it to judge it."""

    claim: Claim
    ranges: list[Bounds]
    """The tokens of its content."""
    kind: AttributionKind
    speaks: bool
    """It is given out however unsure: somebody is quoted by it, or its rule is certain."""

    def properties(self, *, nested: bool) -> Iterator[str]:
        """Yield its properties where its cue stands in the content of another, or does not."""
        words = sum(last - first for first, last in self.ranges)
        return properties(self.claim, nested=nested, quoted=self.kind, words=words)


def candidates(reading: Reading, attachment: Attachment) -> Iterator[Candidate]:
    """Yield the claims that have a content."""
    speaking = {
        id(claim)
        for index, claim in attachment.owner.items()
        if reading.quotes[index].kind == "direct" and reading.quotes[index].speech
    }
    for claim in attachment.claims:
        if claim.content:
            ranges = [reading.token_range(*bounds) for bounds in claim.content]
            speaks = id(claim) in speaking or claim.rule in CERTAIN
            yield Candidate(claim, ranges, _kind(reading, claim), speaks)


def depths(contents: Iterable[list[Bounds]], size: int) -> list[int]:
    """Return for each of ``size`` tokens in how many of the contents it stands."""
    changes = [0] * (size + 1)
    for ranges in contents:
        for first, last in ranges:
            changes[first] += 1
            changes[last] -= 1
    return list(accumulate(changes))


def judged(
    found: list[Candidate], size: int, weights: Weights
) -> Iterator[tuple[Candidate, float]]:
    """Yield the candidates of a document of ``size`` tokens, each with how sure it is.

    A cue in the content of a claim that would be given out is less likely one of its own.
    """
    sure = [confidence(one.properties(nested=False), weights) for one in found]
    likely = (one.ranges for one, p in zip(found, sure, strict=True) if p >= LEAST)
    depth = depths(likely, size)
    for one, p in zip(found, sure, strict=True):
        if depth[one.claim.cue[0]] > 0:
            yield one, confidence(one.properties(nested=True), weights)
        else:
            yield one, p


def write(reading: Reading, attachment: Attachment, weights: Weights | None) -> None:
    """Write the claims that have a content as attributions, and the quotations with theirs."""
    doc = reading.doc
    made: list[tuple[Attribution, Claim]] = []
    found = list(candidates(reading, attachment))
    if weights is None:
        made = [(attribution(reading, one.claim), one.claim) for one in found]
    else:
        for one, sure in judged(found, len(reading.lower), weights):
            if sure >= LEAST or one.speaks:
                row = attribution(reading, one.claim)._replace(confidence=round(sure, 2))
                made.append((row, one.claim))
    made.sort(key=lambda pair: (pair[0].content[0][0], pair[0].cue))
    places = {id(claim): place for place, (_, claim) in enumerate(made)}
    rows = [row for row, _ in made]
    doc._.news.attributions = [
        row._replace(parent=parent) for row, parent in zip(rows, _parents(rows), strict=True)
    ]
    quotes: list[Quote] = []
    for index, quote in enumerate(reading.quotes):
        owner = attachment.owner.get(index)
        at = places.get(id(owner)) if owner is not None else None
        quotes.append(quote._replace(attribution=at))
    doc._.news.quotes = quotes
    for name in ("source", "cue", "content"):
        spans = [
            doc.char_span(start, end, alignment_mode="expand")
            for row in rows
            for start, end in getattr(row, name)
        ]
        doc.spans[name + "s"] = [span for span in spans if span is not None]


def attribution(reading: Reading, claim: Claim) -> Attribution:
    """Return a claim as it is written, without a confidence."""
    cue = (claim.cue_span or reading.chars(*claim.cue),)
    source: tuple[Bounds, ...] = ()
    form: SourceForm = "none"
    if claim.source_span is not None:
        source = (claim.source_span,)
        form = form_of(claim.source) if claim.source is not None else "name"
    elif claim.source is not None:
        source = (reading.chars(*source_range(claim.source, whole=claim.whole_source)),)
        form = form_of(claim.source)
    content = _tidy(reading.text, _cut(_cut(claim.content, cue), source))
    return Attribution(
        source,
        cue,
        tuple(content or claim.content),
        _kind(reading, claim),
        form,
        claim.lemma,
        claim.type,
        claim.negated,
    )


def _tidy(text: str, pieces: list[Bounds]) -> list[Bounds]:
    """Drop the spaces and commas that a cut leaves at the ends of pieces, and empty pieces."""
    found = []
    for start, end in pieces:
        while start < end and (text[start].isspace() or text[start] in ",;:"):
            start += 1
        while start < end and (text[end - 1].isspace() or text[end - 1] in ",;:"):
            end -= 1
        if start < end:
            found.append((start, end))
    return found


def _cut(content: list[Bounds], holes: tuple[Bounds, ...]) -> list[Bounds]:
    """Take the words of the cue or the source out of a content."""
    pieces = list(content)
    for first, last in holes:
        pieces = [
            piece
            for start, end in pieces
            for piece in (
                [(start, end)]
                if last <= start or first >= end
                else [p for p in ((start, first), (last, end)) if p[0] < p[1]]
            )
        ]
    return pieces


def _kind(reading: Reading, claim: Claim) -> AttributionKind:
    """Return how a content stands in the text, by how much of it is quoted."""
    quoted = whole = 0
    for start, end in claim.content:
        whole += end - start
        first, last = reading.token_range(start, end)
        quoted += reading.quoted_before[last] - reading.quoted_before[first]
    if not quoted:
        return "indirect"
    return "direct" if quoted >= 0.8 * whole else "mixed"


def _parents(rows: list[Attribution]) -> list[int | None]:
    """Return for each attribution the smallest other one whose content holds all of it."""
    parents: list[int | None] = []
    open_: list[int] = []
    for at, row in enumerate(rows):
        start, end = row.cue[0] if row.cue else row.content[0]
        best = None
        while open_ and rows[open_[0]].content[-1][1] <= row.content[0][0]:
            open_.pop(0)
        for other in reversed(open_):
            if any(s <= start and end <= e for s, e in rows[other].content):
                best = other
                break
        parents.append(best)
        open_.append(at)
    return parents
