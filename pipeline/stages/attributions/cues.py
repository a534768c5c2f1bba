"""Cues of attribution and their types, and the form of a source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple, cast

import numpy as np
from spacy.tokens import Token
from spacy.vocab import Vocab

from pipeline.data import read_table
from pipeline.document.columns import FINITE_TAGS
from pipeline.document.syntax import VERB_TAGS, is_negated, subject
from pipeline.model.session import Floats, static_vectors
from pipeline.records.labels import CueType
from pipeline.stages.attributions.reading import Reading
from pipeline.text.lemmas import irregular_forms, noun_lemma, verb_lemma
from pipeline.text.spans import TokenSpan

NEAREST, POWER = 9, 4
"""Number of words of the lexicon that vote on the type of another one, and the power of the cosine
that is the weight of a vote. On the words of the lexicon themselves, each left out in turn, 73 % of
the types are right."""
NEGATIONS = frozenset({"not", "n't", "n’t", "never", "no"})
NOBODY = frozenset({"neither", "no", "nobody", "none", "no-one", "nothing"})
"""Subjects, and determiners of a subject, that negate its verb."""
QUESTIONS = frozenset(
    {"what", "how", "why", "who", "whom", "whose", "where", "when", "which", "whether", "if"}
)


class Frames(NamedTuple):
    """A type of cue with the possible frames of its content."""

    type: CueType
    frames: frozenset[str]


class CueVerb(NamedTuple):
    """A verb of the lexicon."""

    lemma: str
    readings: tuple[Frames, ...]

    @property
    def type(self) -> CueType:
        return self.readings[0].type

    def type_in(self, frames: Iterable[str]) -> CueType:
        """Return the type of the first reading that has the first frame that any has."""
        for frame in frames:
            for one in self.readings:
                if frame in one.frames:
                    return one.type
        return self.type


class Lexicon(NamedTuple):
    """Cues by inflected form, lowercase."""

    verbs: dict[str, CueVerb]
    nouns: dict[str, tuple[str, CueType]]


@cache
def lexicon() -> Lexicon:
    """Read the lexicon, once."""
    tables = read_table("cues")
    readings: dict[str, list[Frames]] = {}
    for kind, rows in tables["verbs"].items():
        for frames, lemmas in rows:
            for lemma in lemmas.split():
                found = Frames(cast(CueType, kind), frozenset(frames.split()))
                readings.setdefault(lemma, []).append(found)
    verbs = {}
    for lemma, found_readings in readings.items():
        cue = CueVerb(lemma, tuple(found_readings))
        for form in verb_forms(lemma):
            verbs[form] = cue
    nouns: dict[str, tuple[str, CueType]] = {}
    for kind, lemmas in tables["nouns"].items():
        for lemma in lemmas.split():
            for form in noun_forms(lemma):
                nouns.setdefault(form, (lemma, cast(CueType, kind)))
    return Lexicon(verbs, nouns)


def verb_forms(lemma: str) -> set[str]:
    """Return the inflected forms of a verb, and some that nobody writes ("denys").

    >>> {"deny", "denies", "denied", "denying"} <= verb_forms("deny")
    True
    """
    stem = lemma.removesuffix("e") if not lemma.endswith(("ee", "oe")) else lemma
    stems = {lemma, stem, lemma[:-1] + "i", lemma + lemma[-1]}
    forms = {one + ending for one in stems for ending in ("s", "es", "ed", "d", "ing")}
    forms = {form for form in forms if verb_lemma(form) == lemma}
    return forms | {lemma, *irregular_forms(lemma)}


def noun_forms(lemma: str) -> set[str]:
    """Return the singular and plural of a noun."""
    forms = {lemma + "s", lemma + "es", lemma[:-1] + "ies"}
    return {form for form in forms if noun_lemma(form) == lemma} | {lemma}


class CueReader:
    """Reads cues by the lexicon; the type of other words is that of the most similar one in it."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab
        self.lexicon = lexicon()
        self._types = {
            **dict(self.lexicon.nouns.values()),
            **{cue.lemma: cue.type for cue in self.lexicon.verbs.values()},
        }
        self._known: Floats | None = None

    def read(
        self, reading: Reading, cue: TokenSpan, content: TokenSpan
    ) -> tuple[str | None, CueType, bool]:
        """Return lemma, type and negation of a cue; ``content`` is the first part of its content.

        The content decides between the types of a verb: "asked whether …", "asked him to go".
        """
        tokens = [reading.doc[at] for at in range(*cue)]
        negated = any(token.lower_ in NEGATIONS for token in tokens)
        verbs = [token for token in reversed(tokens) if token.tag_ in VERB_TAGS]
        known = [
            (one, self.lexicon.verbs[one.lower_])
            for one in verbs
            if one.lower_ in self.lexicon.verbs
        ]
        known.sort(key=lambda pair: pair[1].type != "decline")  # "declined to comment"
        for token, found in known:
            kind = found.type_in(_frames(reading, cue, content))
            return found.lemma, kind, negated or _denies(token)
        for token in reversed(tokens):
            if token.lower_ in self.lexicon.nouns:
                return *self.lexicon.nouns[token.lower_], negated
            if token.lower_ == "according":
                return "according", "say", negated
        if verbs:
            lemma = verb_lemma(verbs[0].lower_)
            negated = negated or _denies(verbs[0])
            if lemma == "be":  # "is wary of"
                rest = [token for token in tokens if token.i > verbs[0].i]
                return " ".join(["be", *(one.lower_ for one in rest)]), self.similar(rest), negated
            return lemma, self.similar(verbs[:1]), negated
        words = [token for token in tokens if not token.is_space]
        return " ".join(one.lower_ for one in words) or None, self.similar(words), negated

    def similar(self, tokens: Iterable[Token]) -> CueType:
        """Return the type of a cue that is not in the lexicon, by its first open-class word."""
        word = next((one for one in tokens if one.tag_[:2] in ("VB", "NN", "JJ")), None)
        if word is None:
            return "say"
        if word.tag_[:2] == "JJ":
            return "think"  # "was afraid"
        return self.type_of(verb_lemma(word.lower_) if word.tag_ in VERB_TAGS else word.lower_)

    def type_of(self, word: str, *, without: str = "") -> CueType:
        """Return the type that the most similar words of the lexicon have, "say" without a vector.

        ``without`` is left out of the lexicon.
        """
        if self._known is None:
            self._known = self._vectors(self._types)
        (vector,) = self._vectors([word])
        alike = np.maximum(np.round(self._known @ vector, 5), 0.0) ** POWER
        kinds = list(self._types.items())
        votes: dict[CueType, float] = {"say": 0.0}
        for at in np.argsort(-alike, kind="stable")[: NEAREST + 1].tolist():
            if kinds[at][0] != without:
                votes[kinds[at][1]] = votes.get(kinds[at][1], 0.0) + float(alike[at])
        return max(votes, key=votes.__getitem__)

    def _vectors(self, words: Iterable[str]) -> Floats:
        """Return the (w, 300) vectors of words with length one, or zeros."""
        keys = [self.vocab.strings.add(word) for word in words]
        found = static_vectors(self.vocab, keys)
        sizes = np.linalg.norm(found, axis=1, keepdims=True)
        vectors: Floats = found / np.maximum(sizes, 1e-6)
        return vectors


def _denies(verb: Token) -> bool:
    """Return whether a verb is negated, itself or by its subject: "neither of them would say"."""
    if is_negated(verb):
        return True
    who = subject(verb)
    return who is not None and not NOBODY.isdisjoint(
        (who.lower_, *(one.lower_ for one in who.children if one.dep_ == "det"))
    )


def _frames(reading: Reading, cue: TokenSpan, content: TokenSpan) -> Iterator[str]:
    """Yield the frames of the lexicon that a content may be in, the best first."""
    start, end = content
    word, tag = reading.lower[start], reading.columns.tags[start]
    if reading.at_quote[start] >= 0:
        yield "quote"
    if word == "that":
        yield "that"
    if word in QUESTIONS:
        yield "wh"
    finite = not FINITE_TAGS.isdisjoint(reading.columns.tags[start:end])
    if word == "to" or ("to" in reading.lower[start : end - 1] and not finite):
        yield "to"
    last = reading.columns.tags[cue[1] - 1]
    if last in ("IN", "TO", "RP"):
        yield f"p-{reading.lower[cue[1] - 1]}"
    if tag == "IN" and word not in ("that", *QUESTIONS):
        yield f"p-{word}"
    if tag == "VBG":
        yield "ing"
    if finite:
        yield from ("bare", "that", "quote")
    yield "obj"
