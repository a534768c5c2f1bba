"""Find attributions: who says what. Reads a document, chooses proposals, writes the result.

A trained network reads the parsed text with its quotations and proposes attributions; another one
judges them. Quotation marks and the layout of transcripts are constraints.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.annotations import DocAttribution
from pipeline.document.rules import By
from pipeline.records.labels import SourceForm
from pipeline.stages.attributions.beliefs import Reported
from pipeline.stages.attributions.constraints import Constraints
from pipeline.stages.attributions.cues import CueReader
from pipeline.stages.attributions.features import AttributionFeatures
from pipeline.stages.attributions.judge import Judging, chosen, judgement
from pipeline.stages.attributions.network import (
    AttributionNetwork,
    inside_contents,
    inside_quotations,
)
from pipeline.stages.attributions.network import network as load_network
from pipeline.stages.attributions.proposals import (
    Content,
    Proposal,
    form_of,
    proposals,
    subject_of,
    trimmed,
    whole_cue,
    whole_source,
)
from pipeline.stages.attributions.reading import Reading
from pipeline.stages.attributions.utterances import Turn, Utterances, turns
from pipeline.stages.attributions.writing import kind_of, write
from pipeline.stages.order import check_order

SUREST = 0.99
"""Maximum confidence; the minimum is its complement."""
LEVELS = 2
"""Contents are read for further attributions, and the contents of these once more."""
CERTAIN = 0.95
"""Confidence of a speaker that the layout names."""


def decided(network: AttributionNetwork, reading: Reading, cues: CueReader) -> list[DocAttribution]:
    """Return the attributions of a document.

    What the layout attributes to somebody is certain; the network judges its own proposals. A whole
    utterance that none of them has goes to the likeliest proposal for it, or to the attribution
    that it continues: quotation marks are certain. What contradicts the layout is not proposed.
    """
    read = network.features(reading)
    beliefs = network.beliefs(read)
    reported = beliefs.reported()
    constraints = Constraints(reading)
    offered = [one for one in proposals(reading, beliefs, reported) if constraints.allow(one)]
    likely = network.judged(Judging(reading, read, beliefs, reported).known(offered))
    worth = judgement(likely)
    spoken = list(turns(reading))
    everything = [*offered, *(_in_tokens(reading, turn) for turn in spoken)]
    certain = np.ones(len(spoken), dtype=worth.dtype)
    taken = chosen(everything, np.concatenate([worth, certain]), network.config.least)
    first = [everything[at] for at in taken]
    utterances = Utterances(reading, offered, worth, first, constraints.own)
    taken += utterances.attach()
    rows: list[DocAttribution] = []
    by: list[By] = []
    for at, content in zip(taken, utterances.contents, strict=True):
        if at < len(offered):
            sure = network.confidence(float(likely[at, 0]))
            given = offered[at]._replace(content=tuple(content))
            source = constraints.inverted(given.cue, given.source)
            rows.append(_written(reading, given._replace(source=source), sure, cues))
            by.append(network.name)
        else:
            turn = spoken[at - len(offered)]
            rows.append(turn.attribution(reading, content, CERTAIN))
            by.append(turn.rule)
    used = {token for at in taken for token in range(*everything[at].cue)}
    contents = [offered[at].content for at in taken if at < len(offered)]
    for one, sure in _within(network, reading, read, contents):
        if used.isdisjoint(range(*one.cue)) and constraints.allow(one):
            used.update(range(*one.cue))
            rows.append(_written(reading, one, sure, cues))
            by.append(network.name)
    news = reading.doc._.news
    for row, what in zip(rows, by, strict=True):
        news.decide("attributions", row.anchor, "attribution", what, row.confidence)
    for index, rule in utterances.rules.items():
        quote = reading.quotes[index]
        news.decide("quotes", (quote.start, quote.end), "attribution", rule)
    return rows


def _in_tokens(reading: Reading, turn: Turn) -> Proposal:
    source, cue, content = (reading.token_range(*span) for span in turn[:3])
    return Proposal(cue, source, (content,), "layout")


def _within(
    network: AttributionNetwork,
    reading: Reading,
    read: AttributionFeatures,
    contents: Sequence[Content],
) -> Iterator[tuple[Reported, float]]:
    """Yield the attributions within quotations, then those within other contents, and in theirs."""
    for one, sure in network.within(inside_quotations(reading, read)):
        yield _with_subject(reading, one), sure
    for _ in range(LEVELS):
        found = []
        for one, sure in network.within(inside_contents(read, contents)):
            source = whole_source(reading, one.source, one.cue)
            content = trimmed(reading, one.cue, one.content, source)
            if content and reading.at_quote[one.cue[0]] < 0:
                found.append(content)
                yield _with_subject(reading, Reported(one.cue, source, content)), sure
        contents = found


def _with_subject(reading: Reading, one: Reported) -> Reported:
    """Return an attribution within another one; without a source, it gets the subject of its cue.

    “We want to sell it”: the network finds few sources that are pronouns of the first person.
    """
    source = whole_source(reading, subject_of(reading, one.cue), one.cue)
    if one.source is not None or source is None:
        return one
    if reading.at_quote[source[0]] != reading.at_quote[one.cue[0]]:
        return one
    if any(source[0] < end and start < source[1] for start, end in one.content):
        return one
    return one._replace(source=source)


def _written(
    reading: Reading, one: Proposal | Reported, sure: float, cues: CueReader
) -> DocAttribution:
    """Return an attribution with its final boundaries and properties."""
    cue, source, content = one[:3]
    cue = whole_cue(reading, cue, content)
    lemma, kind, negated = cues.read(reading, cue, content[0])
    if reading.lower[cue[1] : cue[1] + 1] == [":"]:
        cue = cue[0], cue[1] + 1  # a colon that introduces the content belongs to the cue
    spans = tuple(reading.marked(*piece) for piece in content)
    form: SourceForm = "none"
    if source is not None:
        form = form_of(reading.doc[reading.head(*source)])
    return DocAttribution(
        () if source is None else (reading.chars(*source),),
        (reading.chars(*cue),),
        spans,
        kind_of(reading, spans),
        form,
        lemma,
        kind,
        negated,
        confidence=round(min(max(sure, 1 - SUREST), SUREST), 2),
    )


@Language.factory(
    "news_attributions",
    default_config={"network": "attributions-fast", "min_confidence": 0.0},
    requires=["token.tag", "token.dep", "doc._.news_quotes"],
    assigns=["doc._.news_attributions", "doc.spans"],
)
def make_attributions(
    nlp: Language,
    name: str,  # noqa: ARG001 (spaCy passes both)
    network: str,
    min_confidence: float,
) -> Attributions:
    """Make the stage.

    ``network``: the name of the trained network in ``models/``. ``min_confidence``: attributions
    that are less sure are left out.
    """
    return Attributions(load_network(network), CueReader(nlp.vocab), min_confidence)


class Attributions:
    """Find the attributions of a document, and give quotations to them."""

    def __init__(
        self, network: AttributionNetwork, cues: CueReader, min_confidence: float = 0.0
    ) -> None:
        self.network = network
        self.cues = cues
        self.min_confidence = min_confidence

    def __call__(self, doc: Doc) -> Doc:
        check_order(doc, "news_attributions")
        reading = Reading(doc, doc._.news.quotes)
        rows = decided(self.network, reading, self.cues) if len(doc) else []
        least = self.min_confidence
        write(reading, [row for row in rows if row.confidence is None or row.confidence >= least])
        return doc
