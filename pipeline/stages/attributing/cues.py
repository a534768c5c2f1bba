"""The lexicon of cues: possible cue words, their types, and the frames of their contents."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import NamedTuple, cast

from pipeline.records.labels import CueType
from pipeline.text.lemmas import irregular_forms, noun_lemma, verb_lemma


class Frames(NamedTuple):
    """A type of cue with the possible frames of its content."""

    type: CueType
    frames: frozenset[str]


class Cue(NamedTuple):
    """A verb of the lexicon."""

    lemma: str
    readings: tuple[Frames, ...]

    def reading(self, *frames: str) -> Frames | None:
        """Return the first reading that has one of the frames."""
        for one in self.readings:
            for frame in frames:
                if frame in one.frames:
                    return one
        return None

    @property
    def type(self) -> CueType:
        return self.readings[0].type


class Lexicon(NamedTuple):
    """Cues by inflected form, lowercase."""

    verbs: dict[str, Cue]
    nouns: dict[str, tuple[str, CueType]]


@cache
def lexicon() -> Lexicon:
    """Read the lexicon, once."""
    path = resources.files("pipeline.stages") / "lexicon" / "cues.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    readings: dict[str, list[Frames]] = {}
    for kind, rows in tables["verbs"].items():
        for frames, lemmas in rows:
            for lemma in lemmas.split():
                found = Frames(cast(CueType, kind), frozenset(frames.split()))
                readings.setdefault(lemma, []).append(found)
    verbs = {}
    for lemma, found_readings in readings.items():
        cue = Cue(lemma, tuple(found_readings))
        for form in verb_forms(lemma):
            verbs[form] = cue
    nouns: dict[str, tuple[str, CueType]] = {}
    for kind, lemmas in tables["nouns"].items():
        for lemma in lemmas.split():
            for form in noun_forms(lemma):
                nouns.setdefault(form, (lemma, cast(CueType, kind)))
    return Lexicon(verbs, nouns)


def verb_forms(lemma: str) -> set[str]:
    """Return the inflected forms of a verb.

    >>> sorted(verb_forms("deny"))
    ['denied', 'denies', 'deny', 'denying']
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
