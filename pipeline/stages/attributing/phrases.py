"""Cues that are not verbs: "according to X", "in the words of X", "X's assertion that …"."""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.records.labels import CueType
from pipeline.stages.attributing.claims import Claim
from pipeline.stages.attributing.contents import clause_end, clause_frame, subtree, without
from pipeline.stages.attributing.cues import Cue
from pipeline.stages.attributing.reading import Reading
from pipeline.stages.attributing.sources import source_range
from pipeline.stages.syntax import ancestors, child, is_verb, own_subject, subject, verb_group

LIGHT_VERBS = frozenset(
    {"make", "makes", "made", "making", "have", "has", "had", "having", "express", "expressed"}
    | {"expresses", "expressing", "give", "gave", "given", "giving", "issue", "issued", "issuing"}
    | {"repeat", "repeated", "raise", "raised", "voice", "voiced", "offer", "offered", "share"}
    | {"shares", "shared", "hold", "holds", "held", "reject", "rejected", "drew", "draw"}
)
WORDS = frozenset({"words"})


def according(reading: Reading, token: Token, verbs: dict[str, Cue]) -> Claim | None:
    """Return the claim of an "according to"."""
    to = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    if to is None or to.lower_ != "to":
        return None
    top = _clause_of(reading, token)
    own = own_subject(top) if top is not None else None
    source = child(to, "pobj") or child(token, "pobj")
    if source is None and own is not None and own.left_edge.i == to.i + 1:
        source, own = own, None  # "According to Lee, the court …", with Lee as the subject
    if source is None:
        return None
    end = max(source.right_edge.i + 1, to.i + 1)
    if top is not None and top.i >= end - 1 and own is None and top.dep_ != "conj":
        end = _last_comma(reading, source.i + 1, end)  # the subject was parsed as an apposition
    cue = (token.i, to.i + 1)
    claim = Claim("according", "say", "according", cue, token, source, quotable=True)
    claim.whole_source = True
    start, last = source_range(source, whole=True)
    if last > end > start:
        claim.source_span = reading.chars(start, end)
    hole = (token.i, end)
    _add_clause(reading, claim, token, hole, verbs)
    return claim


def _last_comma(reading: Reading, start: int, end: int) -> int:
    for at in range(end - 1, start - 1, -1):
        if reading.lower[at] == ",":
            return at
    return end


def in_words(reading: Reading, token: Token, verbs: dict[str, Cue]) -> Claim | None:
    """Return the claim of "in the words of X" or "in X's view"."""
    preposition = token.head
    if token.dep_ != "pobj" or preposition.lower_ not in ("in", "by") or preposition.i > token.i:
        return None
    of = child(token, "prep")
    owner = child(token, "poss")
    source = owner
    end = token.i + 1
    if of is not None and of.lower_ == "of":
        source = child(of, "pobj")
        end = of.i + 1
    elif owner is None or owner.i != preposition.i + 1:
        return None
    if source is None:
        return None
    cue = (preposition.i, end) if source is not owner else (token.i, token.i + 1)
    claim = Claim(token.lower_, "say", "words", cue, preposition, source, quotable=True)
    _add_clause(reading, claim, preposition, subtree(preposition), verbs)
    return claim


def _add_clause(
    reading: Reading, claim: Claim, phrase: Token, hole: tuple[int, int], verbs: dict[str, Cue]
) -> None:
    """Make the clause that contains a phrase the content of a claim."""
    top = _clause_of(reading, phrase)
    if top is None:
        return
    start, end = subtree(top)
    end = clause_end(reading, top, end, verbs) if phrase.i < top.i else end
    for first, last in without((start, max(end, start + 1)), hole):
        if first >= hole[1] and phrase.i > top.i and reading.lower[hole[1]] == ",":
            continue  # words after "…, according to X, " at a clause's end are the reporter's
        bounds = reading.content(first, last)
        if bounds is not None:
            claim.add(*bounds)


def _clause_of(reading: Reading, phrase: Token) -> Token | None:
    """Return the verb of the clause that a phrase belongs to.

    After a comma, it belongs to the whole sentence, whatever word the parser attached it to.
    """
    comma = phrase.i > 0 and reading.lower[phrase.i - 1] in (",", '"', "”", "''", "—", "–", "--")
    best = None
    for head in ancestors(phrase):
        if is_verb(head) and head.dep_ not in ("acl", "relcl", "pcomp", "amod"):
            best = head
            if not comma or phrase.i < head.i:
                break
        elif best is None and head.dep_ == "ROOT":
            best = head
    return best


def nominal(
    reading: Reading, token: Token, lemma: str, kind: CueType, verbs: dict[str, Cue]
) -> Claim | None:
    """Return the claim of a noun with its content in a clause: "her promise to leave"."""
    clause = None
    for one in token.children:
        if one.i < token.i or one.dep_ not in ("acl", "ccomp", "relcl"):
            continue
        marks = {below.lower_ for below in one.children if below.dep_ == "mark"}
        that = "that" in marks
        infinitive = any(below.tag_ == "TO" for below in one.lefts)
        if that or (infinitive and kind in ("promise", "order", "decline", "ask", "deny")):
            clause = one
            break
    if clause is None:
        return None
    source, cue = _holder(token)
    if source is None:
        return None
    rule = "noun-that" if clause_frame(clause) == "that" else "noun-to"
    claim = Claim(lemma, kind, rule, cue, token, source)
    start, end = subtree(clause)
    bounds = reading.content(start, clause_end(reading, clause, end, verbs))
    if bounds is not None:
        claim.add(*bounds)
    return claim


def _holder(noun: Token) -> tuple[Token | None, tuple[int, int]]:
    """Return the person whose assertion a noun is, with the range of the cue."""
    cue = (noun.i, noun.i + 1)
    owner = child(noun, "poss")
    if owner is not None:
        return owner, cue
    for one in noun.children:
        if one.dep_ == "prep" and one.lower_ in ("by", "from", "of", "among") and one.i > noun.i:
            return child(one, "pobj"), cue
    verb = noun.head
    if noun.dep_ == "dobj" and verb.i < noun.i and verb.lower_ in LIGHT_VERBS:
        start, _ = verb_group(verb)
        return subject(verb), (start, noun.i + 1)
    return None, cue
