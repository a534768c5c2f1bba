"""Judge one quotation by what stands around its marks: is anybody quoted, and how.

The judgement adds up what speaks for and against (title case, a reporting verb above it, a noun
right behind it …). All of it can be read off the string; where there is a parse, the verb that
governs the quotation and the tags of its neighbours are read off the parse instead.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

from spacy.tokens import Doc, Token

from pipeline.stages.annotations import Bounds, QuoteKind
from pipeline.text.lemmas import verb_lemma

LEXICON: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in tomllib.loads(
        (resources.files("pipeline.stages.lexicon") / "quotes.toml").read_text(encoding="utf-8")
    ).items()
}
REPORTING, SAYING, NOUNS = (LEXICON[k] for k in ("reporting", "saying", "reporting_nouns"))
NAMING, BAPTISING, TERMS, SIGNS, JARGON, WORKS, SMALL = (
    LEXICON[k] for k in ("naming", "baptising", "terms", "signs", "jargon", "works", "small")
)

SPAN = 300
"""How many characters before and after a quotation are looked at."""
WORD = re.compile(r"[^\W_](?:[\w'’&.-]*\w)?")
SENTENCE_END = re.compile(r"[.?!…][\"”’'»)\]]*\s+(?=[\"“‘'«(\[]*[A-Z0-9])")
ABBREVIATED = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Prof|Rev|Hon|St|Jr|Sr|vs|No|Inc|Co|Corp"
    r"|Ltd|Jan|Feb|Aug|Sept|Oct|Nov|Dec)|\b[A-Z]\.[A-Z])\.$"
)
CLOSED = frozenset(".,?!…—–-;")
PAUSE = frozenset(",?!…—–-")
INVISIBLE = dict.fromkeys([0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, 0xFEFF])
STRONG = frozenset(".?!…")
FINITE = frozenset(("VBD", "VBZ", "VBP", "MD"))
NOUN_TAGS = frozenset(("NN", "NNS", "NNP", "NNPS"))
CALLING = frozenset(("called", "dubbed", "labeled", "labelled", "tagged", "termed"))
"""Participles of naming that are as often verbs of judging: he called it "a mess"."""
CHANTS = frozenset(("calls", "chant", "chants", "choruses", "cries", "shouts"))
CLIMB = 12
"""Heads are followed so far up."""


class Site(NamedTuple):
    """A quotation with the text around it, within its sentence."""

    inside: str
    before: str
    """The sentence up to the opener."""
    after: str
    """The sentence from the closer on."""
    starts: bool
    """The quotation starts its sentence."""
    headline: bool
    """The words around it are capitalized, so that capitals inside mean nothing."""
    nested: bool
    first: int
    """Token bounds of the words in marks; equal where the document has no tokens for them."""
    last: int
    limits: Bounds
    """Token bounds within which a reporting verb may govern it: the quotation around it."""


class Judgement(NamedTuple):
    """Whether anybody is quoted, and whether the words are an utterance of their own."""

    speech: bool
    kind: QuoteKind


def site(
    text: str,
    places: Sequence[int],
    start: int,
    end: int,
    marks: Bounds,
    limits: Bounds,
    *,
    nested: bool,
) -> Site:
    """Return a quotation with the text around it.

    ``marks`` are the outer ends of its marks, ``limits`` the paragraph's or the surrounding
    quotation's, ``places`` the offsets of the document's tokens.
    """
    before = text[max(limits[0], marks[0] - SPAN) : marks[0]]
    after = text[marks[1] : min(limits[1], marks[1] + SPAN)]
    inside = text[start:end]
    headline = _is_headline(before + " " + after)
    cut = 0
    for match in SENTENCE_END.finditer(before + "A"):
        if not ABBREVIATED.search(before, 0, match.start() + 1):
            cut = match.end()
    before = before[cut:]
    if inside[-1:] in STRONG and re.match(r"\s+[\"“‘'«(\[]*[A-Z]", after):
        after = ""
    for match in SENTENCE_END.finditer(after):
        if not ABBREVIATED.search(after, 0, match.start() + 1):
            after = after[: match.start() + 1]
            break
    first = bisect_right(places, start) - 1
    last = bisect_left(places, end)
    return Site(
        inside,
        before,
        after,
        not before.translate(INVISIBLE).strip(" \t\n—–-([•*\"“‘'«"),
        headline,
        nested,
        max(first, 0),
        last,
        (bisect_left(places, limits[0]), bisect_left(places, limits[1])),
    )


def _is_headline(text: str) -> bool:
    words = [word for word in WORD.findall(text) if len(word) > 3 and word[0].isalpha()]
    return len(words) >= 2 and sum(word[0].isupper() for word in words) * 4 >= len(words) * 3


def judge(doc: Doc, here: Site) -> Judgement:
    """Return whether a quotation is somebody's words, and whether it is an utterance of its own."""
    words = WORD.findall(here.inside)
    whole = _is_whole(doc, here, words)
    score = _weight(doc, here, words, whole)
    speech = score > THRESHOLD
    return Judgement(speech, "direct" if speech and whole else "mixed")


# ------------------------------------------------------------------------------------- speech

THRESHOLD = 1.0
LENGTH = (0.0, 0.0, 0.3, 0.6, 1.2, 1.5, 2.0, 3.0)
"""The longer, the likelier are the words somebody's."""


def _weight(doc: Doc, here: Site, words: list[str], whole: bool) -> float:
    """Return what speaks for somebody's being quoted, less what speaks against it."""
    count = len(words)
    before = [word.lower() for word in WORD.findall(here.before)]
    after = [word.lower() for word in WORD.findall(here.after[:60])]
    touching = _touching(here.before)
    title = _is_title(words) and not (
        here.headline or here.inside[-1:] in "!?" or _says(before) or _is_chanted(before)
    )
    if _is_named(doc, here, before, after, touching, title):
        return -4.0
    if title and count <= 3 and _is_nickname(here):
        return -4.0
    score = -0.5 if here.nested else 0.0
    if whole:
        score += 2.5
    if count >= 4 and _has_finite_verb(doc, here):
        score += 1.5
    if not title:
        score += LENGTH[min(count, len(LENGTH) - 1)]
        score += _governed(doc, here, before, after)
    else:
        score += min(_governed(doc, here, before, after), 3.0 if whole else 1.2)
        score -= 2.8 if count > 1 else 0.0 if here.starts else 1.5
        near = before[-3:] + after[:2]
        if any(word in WORKS for word in near):
            score -= 2.0
    if before and before[-1].endswith(("'s", "’s", "s'", "s’")) and touching:
        score -= 1.5
    if _is_attributive(doc, here):
        score -= 1.2
    return score


def _touching(before: str) -> bool:
    """Tell whether only space stands between the last word and the opener."""
    return before.rstrip()[-1:].isalnum()


def _is_title(words: list[str]) -> bool:
    """Tell whether all words are capitalized that a title capitalizes."""
    if not words:
        return False
    for i, word in enumerate(words):
        if word[0].islower() and (i == 0 or word not in SMALL):
            return False
    return any(word[0].isupper() for word in words) and words != ["I"]


def _is_nickname(here: Site) -> bool:
    """Tell whether a capitalized word stands within or before a name: "Dusty" Baker."""
    if here.inside[-1:] in CLOSED or not re.match(r" [A-Z][\w’'-]+", here.after):
        return False
    words = here.before.split()
    return here.starts or (words[-1][:1].isupper() and words[-1][-1:].isalpha())


def _is_named(
    doc: Doc, here: Site, before: list[str], after: list[str], touching: bool, title: bool
) -> bool:
    """Tell whether the words in marks are a name, a term or a sign: known as "X", the word "X"."""
    if any(word in JARGON for word in after[:5]):
        return True
    if not before or not (touching or here.before.rstrip()[-1:] == ","):
        return False
    last = before[-1]
    if title and any(word in BAPTISING for word in before[-5:-1]):
        return True
    if last in NAMING:
        return last not in CALLING or _is_reduced(doc, here)
    if last in TERMS or last in SIGNS:
        return True
    if last in ("reading", "saying", "read", "reads", "says", "said"):
        return any(word in SIGNS for word in before[-6:-1])
    if not touching:
        return False
    if last == "as" and len(before) > 1:
        return before[-2] in ("known", "billed", "marketed", "branded", "signed", "listed")
    return before[-2:] in (["goes", "by"], ["name", "of"])


def _is_chanted(before: list[str]) -> bool:
    """Tell whether the words in marks were shouted: chants of "Dump Trump"."""
    return before[-1:] == ["of"] and before[-2:-1] != [] and before[-2] in CHANTS


def _is_reduced(doc: Doc, here: Site) -> bool:
    """Tell whether the participle before the marks belongs to a noun: a plan called "X"."""
    token = _token_before(doc, here)
    if token is None or not token.tag_:
        return True
    if any(child.dep_ == "nsubj" for child in token.children):
        return False
    return token.tag_ == "VBN" and (
        token.dep_ in ("acl", "amod") or any(c.dep_ == "auxpass" for c in token.children)
    )


def _token_before(doc: Doc, here: Site) -> Token | None:
    """Return the last token before the opener."""
    i = here.first - 1
    while i >= 0 and (doc[i].is_quote or doc[i].is_space or doc[i].is_punct):
        i -= 1
    return doc[i] if i >= 0 else None


def _is_attributive(doc: Doc, here: Site) -> bool:
    """Tell whether a noun follows that the words in marks qualify: the "opt-out" movement."""
    if here.inside[-1:] in CLOSED or not re.match(r" [a-z]", here.after):
        return False
    i = here.last
    while i < len(doc) and (doc[i].is_quote or doc[i].is_space):
        i += 1
    return i < len(doc) and doc[i].tag_ in NOUN_TAGS


def _has_finite_verb(doc: Doc, here: Site) -> bool:
    return any(doc[i].tag_ in FINITE for i in range(here.first, min(here.last, here.first + 60)))


def _governed(doc: Doc, here: Site, before: list[str], after: list[str]) -> float:
    """Return how surely a word of reporting governs the quotation."""
    low, high = here.limits
    root = _root(doc, here)
    if root is not None and root.dep_:
        token = root
        for _ in range(CLIMB):
            dep, token = token.dep_, token.head
            if dep == "ROOT" or not low <= token.i < high:
                break
            if here.first <= token.i < here.last or dep in ("nsubj", "csubj"):
                continue  # who reports is not what is reported
            if _reports(token):
                return 3.0
    if "according" in before or "according" in after or _is_tagged(here):
        return 3.0
    if any(word in NOUNS and that == "that" for word, that in pairwise(before)):
        return 1.2
    return 1.2 if _mentions_reporting(doc, here, before + after) else 0.0


def _mentions_reporting(doc: Doc, here: Site, words: list[str]) -> bool:
    """Tell whether a verb of reporting stands anywhere in the sentence around the marks."""
    known = {word for word in words if verb_lemma(word) in REPORTING}
    if not known or here.first >= here.last or not doc[here.first].tag_:
        return bool(known)
    low = max(here.limits[0], here.first - len(here.before.split()) - 20)
    high = min(here.limits[1], here.last + 30)
    return any(
        doc[i].lower_ in known and doc[i].tag_[:1] == "V"
        for i in (*range(low, here.first), *range(here.last, high))
    )


def _reports(token: Token) -> bool:
    """Tell whether a token is a verb, a noun or a preposition of reporting."""
    tag = token.tag_
    if tag[:1] == "V":
        return verb_lemma(token.lower_) in REPORTING
    return token.lower_ in NOUNS or token.lower_ == "according"


def _root(doc: Doc, here: Site) -> Token | None:
    """Return the first token of a quotation whose head stands outside it."""
    for i in range(here.first, min(here.last, here.first + 200)):
        token = doc[i]
        if token.dep_ == "punct" or token.is_space:
            continue
        if not here.first <= token.head.i < here.last or token.head.i == i:
            return token
    return None


# --------------------------------------------------------------------------------------- kind


def _led_in(here: Site) -> str:
    """Return how the sentence leads to the opener: ``start``, ``pause`` or ``word``."""
    mark = here.before.rstrip()[-1:]
    if here.starts or mark in STRONG:
        return "start"
    return "pause" if mark in ",:—–-" else "word"


def _is_whole(doc: Doc, here: Site, words: list[str]) -> bool:
    """Tell whether the words in marks are an utterance of their own."""
    if not words:
        return False
    led = _led_in(here)
    inside = here.inside.rstrip("\"”'’")
    capital = inside.lstrip("\"“‘'«([")[:1].isupper() or inside[:1] in "[.…0123456789"
    stop = inside[-1:]
    closed = stop in CLOSED or here.after[:1] in (",", ".", "?", "!") or not here.after.strip()
    if led == "start":
        return (closed and capital) or len(words) >= 8
    before = [word.lower() for word in WORD.findall(here.before)]
    finite = len(words) >= 2 and _has_main_verb(doc, here)
    told = _is_told(before)
    if led == "word":
        if not finite or not closed or not (capital or len(words) >= 4):
            return capital and stop in STRONG and _says(before)
        return _says(before) or (capital and (told or len(words) >= 8))
    if _is_tagged(here) and not told and here.before.rstrip()[-1:] == ",":
        return False  # In those days, "we felt strong," she said: the sentence is the reporter's
    if capital:
        return (finite or told or stop in STRONG) and (closed or told) and not _is_outside(before)
    return closed and finite and told


def _is_told(before: list[str]) -> bool:
    """Tell whether a verb of reporting leads in an utterance: he told the press, "…"."""
    return any(verb_lemma(word) in REPORTING for word in before[-6:]) or "words" in before[-8:]


def _is_outside(before: list[str]) -> bool:
    """Tell whether part of the utterance stands before the marks: said that over the years, "…"."""
    if "that" not in before:
        return False
    at = len(before) - 1 - before[::-1].index("that")
    told = any(verb_lemma(word) in REPORTING for word in before[max(0, at - 4) : at])
    again = any(verb_lemma(word) in REPORTING for word in before[at + 1 :])
    return told and not again and 0 < len(before) - 1 - at <= 12


def _says(before: list[str]) -> bool:
    """Tell whether a verb of saying stands right before the marks: he replied "…"."""
    last = before[-1:] if before[-1:] != ["that"] else before[-2:-1]
    return bool(last) and verb_lemma(last[0]) in SAYING


def _is_tagged(here: Site) -> bool:
    """Tell whether a verb of saying follows within a few words: "…," the mayor said."""
    if here.inside.rstrip("\"”'’")[-1:] not in PAUSE and here.after[:1] != ",":
        return False
    return any(verb_lemma(word) in SAYING for word in WORD.findall(here.after[:60])[:5])


def _has_main_verb(doc: Doc, here: Site) -> bool:
    """Tell whether the words in marks hold a clause that depends on nothing else in them."""
    if here.first < here.last and not doc[here.first].dep_:
        return len(here.inside.split()) >= 4
    for i in range(here.first, min(here.last, here.first + 200)):
        token = doc[i]
        if token.dep_ not in ("nsubj", "nsubjpass", "expl", "csubj"):
            continue
        verb = token.head
        if verb.dep_ not in ("relcl", "acl", "advcl", "pcomp", "csubj") and (
            verb.tag_ in FINITE or any(c.dep_ in ("aux", "auxpass") for c in verb.children)
        ):
            return True
    return False
