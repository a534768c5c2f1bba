"""Find attributions: who says, thinks or shows what, over the parse and the quotations.

Rules read claims off the cues and give quotations to them. They stand alone in the profile
``rules``; in the others a trained network reads the text with the claims before it, and what both
propose is judged.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, Token

from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.claims import Claim
from pipeline.stages.attributing.contents import complement
from pipeline.stages.attributing.cues import Cue, lexicon
from pipeline.stages.attributing.deciding import by_network, by_rules
from pipeline.stages.attributing.floating import transcripts
from pipeline.stages.attributing.learned.network import Network
from pipeline.stages.attributing.learned.network import network as load_network
from pipeline.stages.attributing.phrases import WORDS, according, in_words, nominal
from pipeline.stages.attributing.reading import Reading
from pipeline.stages.attributing.sources import RAISING, raised_from, source_beside, source_of
from pipeline.stages.attributing.spoken import Attachment
from pipeline.stages.attributing.writing import write
from pipeline.stages.syntax import (
    VERB_TAGS,
    first_conjunct,
    is_negated,
    is_passive,
    own_subject,
    verb_group,
)

STOPS = frozenset({".", "?", "!", ";"})
PARTICIPLE = 40
"""A participle has the source of the claim before it within so many words."""
NO_CUE_DEPS = frozenset({"aux", "auxpass", "amod", "compound", "punct"})


@Language.factory(
    "news_attributions",
    default_config={"network": None, "min_confidence": 0.0},
    requires=["token.tag", "token.dep"],
    assigns=["doc._.news", "doc.spans"],
)
def make_attributions(
    nlp: Language,  # noqa: ARG001 (spaCy passes both)
    name: str,  # noqa: ARG001
    network: str | None,
    min_confidence: float,
) -> Attributions:
    """Make the stage.

    ``network``: the name of the trained network in ``models/`` that judges what is proposed; None
    gives out every claim of the rules, without a confidence. ``min_confidence``: attributions that
    are less sure are left out.
    """
    return Attributions(load_network(network) if network else None, min_confidence)


class Attributions:
    """Read claims off the cues of a document, give quotations to them, and write both layers.

    ``network`` judges the claims and proposes others; None stands for the rules alone.
    """

    def __init__(self, network: Network | None = None, min_confidence: float = 0.0) -> None:
        self.network = network
        self.min_confidence = min_confidence
        self.lexicon = lexicon()
        self.known = {"according", *WORDS, *self.lexicon.verbs, *self.lexicon.nouns}

    def __call__(self, doc: Doc) -> Doc:
        reading, attachment = self.read(doc)
        if self.network is None or not len(doc):
            rows = by_rules(reading, attachment)
        else:
            rows = by_network(self.network, reading, attachment, self.lexicon)
        least = self.min_confidence
        write(reading, [row for row in rows if row.confidence is None or row.confidence >= least])
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
            return None if self._raises(token) else self._claim(reading, token, cue)
        if tag in ("NN", "NNS"):
            if word in WORDS:
                return in_words(reading, token, verbs)
            if (noun := self.lexicon.nouns.get(word)) is not None:
                return nominal(reading, token, *noun, verbs)
        return None

    def _raises(self, verb: Token) -> bool:
        """Tell whether another cue takes a passive into it: "was quoted as saying"."""
        if verb.lower_ not in RAISING or not is_passive(verb):
            return False
        prepositions = (one for one in verb.rights if one.lower_ == "as")
        return any(
            below.dep_ == "pcomp" and below.lower_ in self.lexicon.verbs
            for one in prepositions
            for below in one.children
        )

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
            _with_colon(reading, _cue_of(verb)),
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


def _cue_of(verb: Token) -> Bounds:
    """Return the words of a cue: its verb group, with the passive that it hangs on."""
    above = raised_from(verb)
    if above is None or verb.i != above.i + 2 or not is_passive(above):
        return verb_group(verb)
    return verb_group(above)[0], verb_group(verb)[1]


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
