"""Decide which attributions to return."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeline.records.labels import CueType, SourceForm
from pipeline.stages.annotations import Attribution, Bounds
from pipeline.stages.attributing.candidates import candidates, claimed
from pipeline.stages.attributing.confidence import weights
from pipeline.stages.attributing.cues import Lexicon
from pipeline.stages.attributing.learned.beliefs import Reported
from pipeline.stages.attributing.learned.features import Claimed, features
from pipeline.stages.attributing.learned.judging import Judging, chosen, judgement
from pipeline.stages.attributing.learned.network import Network
from pipeline.stages.attributing.learned.proposals import Claims, Proposal, proposals
from pipeline.stages.attributing.learned.within import inside
from pipeline.stages.attributing.reading import Reading
from pipeline.stages.attributing.sources import form_of, mended_source
from pipeline.stages.attributing.spoken import Attachment
from pipeline.stages.attributing.writing import attribution, kind_of
from pipeline.stages.syntax import VERB_TAGS, is_negated
from pipeline.text.lemmas import verb_lemma

SURE_WITHIN = 0.7
"""Claims inside another content are returned if the filter's confidence alone is at least this."""
SUREST = 0.99
"""Maximum confidence; the minimum is its complement."""
SURE = 1.0
CLAUSES = frozenset({"that", "bare", "wh", "quote", "according"})
"""Rules whose claims are returned inside another content."""
NEGATIONS = frozenset({"not", "n't", "n’t", "never", "no"})


class Given(NamedTuple):
    """A proposal to return."""

    proposal: Proposal
    likely: float
    sure: float = 0.0
    """The filter's confidence in an utterance that the judge rejects."""


def by_rules(reading: Reading, attachment: Attachment) -> list[Attribution]:
    """Return every claim that has a content."""
    return [attribution(reading, one.claim) for one in candidates(reading, attachment)]


def by_network(
    network: Network, reading: Reading, attachment: Attachment, lexicon: Lexicon
) -> list[Attribution]:
    """Return what the network judges likely, among the claims and its own proposals.

    A complete utterance that the rules attribute to a source is returned at any confidence, unless
    another attribution has it: quotation marks are certain.
    """
    found = list(claimed(reading, list(candidates(reading, attachment)), weights()))
    claims = Claims([one for one, _ in found])
    rows = [row for _, row in found]
    read = features(reading.doc, reading, claims.claims, network.config.labels, lexicon)
    beliefs = network.beliefs(read, reading.words)
    reported = beliefs.reported()
    offered = proposals(reading, claims, beliefs, reported)
    likely = network.judged(Judging(reading, read, claims, beliefs, reported).known(offered))
    worth = judgement(likely)
    worth[[at for at, one in enumerate(offered) if _is_turn(one, claims)]] = SURE
    taken = chosen(offered, worth, network.config.least)
    given = [Given(offered[at], float(likely[at, 0])) for at in taken]
    spoken = [
        Given(one, float(likely[at, 0]), claims.claims[one.claim].sure)
        for at, one in enumerate(offered)
        if one.origin == "rules" and one.claim is not None and claims.claims[one.claim].speaks
    ]
    given = list(_with_utterances(given, spoken))
    written = [
        _row(reading, one.proposal, claims, rows, lexicon)._replace(
            confidence=_rounded(max(one.sure, network.confidence(one.likely)))
        )
        for one in given
    ]
    inner = _within([one.proposal for one in given], claims.claims)
    written += [rows[at]._replace(confidence=_rounded(sure)) for at, sure in inner]
    taken_cues = {token for one in given for token in range(*one.proposal.cue)}
    for quoted, sure in network.within(inside(reading, read), reading.words):
        if taken_cues.isdisjoint(range(*quoted.cue)):
            row = _quoted(reading, quoted, lexicon)
            written.append(row._replace(confidence=_rounded(sure)))
    return written


def _is_turn(one: Proposal, claims: Claims) -> bool:
    """Return whether a proposal is a turn of a transcript, spoken entirely by its speaker."""
    return (
        one.origin == "rules" and one.claim is not None and claims.claims[one.claim].rule == "colon"
    )


def _within(given: list[Proposal], claims: Sequence[Claimed]) -> Iterator[tuple[int, float]]:
    """Yield clause claims inside a returned content that would be confident on their own.

    The annotators of the training articles marked almost none of these, so the judge considers them
    unlikely; they are attributions all the same ("Lee said that Kim denied that …").
    """
    cues = {token for one in given for token in range(*one.cue)}
    held = {token for one in given for token in _tokens(one.content)}
    for at, claim in enumerate(claims):
        if claim.alone >= SURE_WITHIN and claim.rule in CLAUSES:
            cue = range(*claim.cue)
            if cues.isdisjoint(cue) and held.issuperset(cue):
                cues.update(cue)
                yield at, claim.alone


def _with_utterances(given: list[Given], spoken: Iterable[Given]) -> Iterator[Given]:
    """Yield the given proposals, with the utterances that they do not cover.

    An utterance whose cue is already used becomes part of that attribution's content.
    """
    held = {token for one in given for token in _tokens(one.proposal.content)}
    by_cue = {token: at for at, one in enumerate(given) for token in range(*one.proposal.cue)}
    for one in spoken:
        left = [piece for piece in one.proposal.content if held.isdisjoint(range(*piece))]
        at = next((by_cue[i] for i in range(*one.proposal.cue) if i in by_cue), None)
        if not left:
            continue
        if at is not None:
            known = given[at].proposal
            content = tuple(sorted([*known.content, *left]))
            given[at] = given[at]._replace(proposal=known._replace(content=content, origin="mixed"))
        elif len(left) == len(one.proposal.content):
            given.append(one)
            by_cue.update(dict.fromkeys(range(*one.proposal.cue), len(given) - 1))
        held.update(_tokens(left))
    yield from given


def _row(
    reading: Reading,
    one: Proposal,
    claims: Claims,
    rows: list[Attribution],
    lexicon: Lexicon,
) -> Attribution:
    """Return a proposal as an attribution, without a confidence."""
    if one.origin == "rules" and one.claim is not None:
        return rows[one.claim]
    content = tuple(_written(reading, piece) for piece in one.content)
    source: tuple[Bounds, ...] = ()
    form: SourceForm = "none"
    if one.source is not None:
        span = mended_source(reading, one.source, one.cue)
        source = (reading.chars(*span),)
        form = form_of(reading.doc[span[0] : span[1]].root)
    cue = (reading.chars(*one.cue),)
    known = next((rows[at] for at in claims.sharing(one.cue)), None)
    if known is not None:
        lemma, kind, negated = known.lemma, known.type, known.negated
    else:
        lemma, kind, negated = _read_cue(reading, one.cue, lexicon)
    return Attribution(source, cue, content, kind_of(reading, content), form, lemma, kind, negated)


def _quoted(reading: Reading, one: Reported, lexicon: Lexicon) -> Attribution:
    """Return an attribution within a quotation; it ends where the quotation ends."""
    lemma, kind, negated = _read_cue(reading, one.cue, lexicon)
    content = tuple(reading.chars(*piece) for piece in one.content)
    return Attribution(
        () if one.source is None else (reading.chars(*one.source),),
        (reading.chars(*one.cue),),
        content,
        kind_of(reading, content),
        "none" if one.source is None else form_of(reading.doc[slice(*one.source)].root),
        lemma,
        kind,
        negated,
    )


def _written(reading: Reading, piece: Bounds) -> Bounds:
    """Return the character span of a part of a content; a mark may be inside a token."""
    bounds = reading.content(*piece)
    if bounds is not None and reading.token_range(*bounds) == piece:
        return bounds
    return reading.chars(*piece)


def _read_cue(
    reading: Reading, cue: Bounds, lexicon: Lexicon
) -> tuple[str | None, CueType | None, bool]:
    """Return lemma, type and negation of a cue that no rule has read.

    The type is unknown for words that are not in the lexicon.
    """
    tokens = [reading.doc[at] for at in range(*cue)]
    negated = any(token.lower_ in NEGATIONS for token in tokens)
    for token in reversed(tokens):
        word = token.lower_
        if token.tag_ in VERB_TAGS and word in lexicon.verbs:
            found = lexicon.verbs[word]
            return found.lemma, found.type, negated or is_negated(token)
        if word in lexicon.nouns:
            lemma, kind = lexicon.nouns[word]
            return lemma, kind, negated
    for token in reversed(tokens):
        if token.tag_ in VERB_TAGS:
            lemma = verb_lemma(token.lower_)
            if lemma == "be":  # "is wary of"
                lemma = " ".join([lemma, *(one.lower_ for one in tokens if one.i > token.i)])
            return lemma, None, negated or is_negated(token)
    words = [token.lower_ for token in tokens if not token.is_space]
    return " ".join(words) or None, None, negated


def _rounded(confidence: float) -> float:
    return round(min(max(confidence, 1 - SUREST), SUREST), 2)


def _tokens(ranges: Iterable[Bounds]) -> Iterator[int]:
    for piece in ranges:
        yield from range(*piece)
