"""Decide whether the words in marks are speech, and whether they are a complete utterance.

The decision adds up evidence for and against: title case, a reporting verb above the quotation, a
noun right after it … All of it can be read from the text; if there is a parse, the verb that
governs the quotation and the tags of its neighbours are read from the parse instead.

A complete utterance starts like one (with a capital, or after "she said,") and ends like one, or
contains its own main clause: "We lost," she said. Otherwise the words are part of the reporter's
sentence: the vote was "a mess".
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from spacy.tokens import Doc, Token

from pipeline.data import read_table
from pipeline.document.columns import FINITE_TAGS, NOUN_TAGS
from pipeline.document.rules import AnyRule, named
from pipeline.text.lemmas import verb_lemma
from pipeline.text.spans import CharSpan, TokenSpan

LEXICON: dict[str, frozenset[str]] = {
    name: frozenset(words.split()) for name, words in read_table("quotes").items()
}
REPORTING, SAYING = LEXICON["reporting"], LEXICON["saying"]
SPAN = 300
"""Number of characters before and after a quotation to look at."""
TAG = 60
"""Maximum distance in characters from a quotation to a reporting clause after it."""
WORD = re.compile(r"[^\W_](?:[\w'’&.-]*\w)?")
SENTENCE_END = re.compile(r"[.?!…][\"”’'»)\]]*\s+(?=[\"“‘'«(\[]*[A-Z0-9])")
ABBREVIATED = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Prof|Rev|Hon|St|Jr|Sr|vs|No|Inc|Co|Corp"
    r"|Ltd|Jan|Feb|Aug|Sept|Oct|Nov|Dec)|\b[A-Z]\.[A-Z])\.$"
)
NEW_SENTENCE = re.compile(r"\s+[\"“‘'«(\[]*[A-Z]")
CLOSED = frozenset(".,?!…—–-;")
PAUSE = frozenset(",?!…—–-")
STRONG = frozenset(".?!…")
INVISIBLE = dict.fromkeys([0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, 0xFEFF])


class Site(NamedTuple):
    """A quotation with the text around it, within its sentence."""

    inside: str
    words: list[str]
    """The words inside the marks."""
    before: str
    """The sentence up to the opening mark."""
    words_before: list[str]
    """Its words, lowercase."""
    after: str
    """The sentence from the closing mark on."""
    words_after: list[str]
    """Its first words, lowercase."""
    starts: bool
    """Whether the quotation starts its sentence."""
    around: str
    """The text before and after it, beyond its sentence."""
    nested: bool
    first: int
    """Token bounds of the words inside the marks; equal if the document has no tokens there."""
    last: int
    limits: TokenSpan
    """Token bounds of a possible governing verb: the enclosing quotation."""

    @property
    def lead(self) -> str:
        """The last character before the opening mark, ignoring spaces."""
        return self.before.rstrip()[-1:]

    @property
    def headline(self) -> bool:
        """Whether most longer words around it are capitalized: capitals inside mean nothing."""
        words = [word for word in WORD.findall(self.around) if len(word) > 3 and word[0].isalpha()]
        return len(words) >= 2 and sum(word[0].isupper() for word in words) * 4 >= len(words) * 3


def site(
    text: str,
    places: Sequence[int],
    start: int,
    end: int,
    marks: CharSpan,
    limits: TokenSpan,
    *,
    nested: bool,
) -> Site:
    """Return a quotation with the text around it.

    ``marks`` are the outer ends of its marks, ``limits`` those of the paragraph or the enclosing
    quotation, ``places`` the offsets of the document's tokens.
    """
    before = text[max(limits[0], marks[0] - SPAN) : marks[0]]
    after = text[marks[1] : min(limits[1], marks[1] + SPAN)]
    inside = text[start:end]
    around = f"{before} {after}"
    ends = sentence_ends(before + "A")
    before = before[ends[-1] :] if ends else before
    if inside[-1:] in STRONG and NEW_SENTENCE.match(after):
        after = ""
    ends = sentence_ends(after)
    after = after[: ends[0]] if ends else after
    return Site(
        inside,
        WORD.findall(inside),
        before,
        [word.lower() for word in WORD.findall(before)],
        after,
        [word.lower() for word in WORD.findall(after[:TAG])],
        not before.translate(INVISIBLE).strip(" \t\n—–-([•*\"“‘'«"),
        around,
        nested,
        max(bisect_right(places, start) - 1, 0),
        bisect_left(places, end),
        (bisect_left(places, limits[0]), bisect_left(places, limits[1])),
    )


def sentence_ends(text: str) -> list[int]:
    """Return the ends of the sentences of a text, except the last, after trailing whitespace.

    >>> sentence_ends("It rained. Mr. Lee left.")
    [11]
    """
    return [
        match.end()
        for match in SENTENCE_END.finditer(text)
        if not ABBREVIATED.search(text, max(0, match.start() - 8), match.start() + 1)
    ]


def reports(words: Iterable[str]) -> bool:
    """Return whether one of the words may be a reporting verb."""
    return any(verb_lemma(word) in REPORTING for word in words)


def is_said(here: Site) -> bool:
    """Return whether a verb of saying directly precedes the marks: he replied "…"."""
    words = here.words_before[-2:]
    if words[-1:] == ["that"]:
        words.pop()
    return bool(words) and verb_lemma(words[-1]) in SAYING


def is_tagged(here: Site) -> bool:
    """Return whether a verb of saying follows within a few words: "…," the mayor said."""
    if here.inside.rstrip("\"”'’")[-1:] not in PAUSE and here.after[:1] != ",":
        return False
    return any(verb_lemma(word) in SAYING for word in here.words_after[:5])


LONG = 8
"""Minimum words of a complete utterance, if it starts its sentence or starts with a capital."""
CLAUSE = 4
"""Minimum number of words of a clause."""
LED = 6
"""Number of words before the marks to search for a verb that introduces an utterance."""
OUTSIDE = 12
"""Maximum number of words of an utterance that may precede the marks."""
SUBJECTS = frozenset(("nsubj", "nsubjpass", "expl", "csubj"))
SUBORDINATE = frozenset(("relcl", "acl", "advcl", "pcomp", "csubj"))
LOOKED_AT = 200
"""Maximum number of tokens of a quotation, and of children of a token, to look at."""


def is_whole(doc: Doc, here: Site) -> bool:
    """Return whether the words in marks are a complete utterance."""
    count = len(here.words)
    if not count:
        return False
    inside = here.inside.rstrip("\"”'’")
    capital = inside.lstrip("\"“‘'«([")[:1].isupper() or inside[:1] in "[.…0123456789"
    stop = inside[-1:]
    closed = stop in CLOSED or here.after[:1] in (",", ".", "?", "!") or not here.after.strip()
    if here.starts or here.lead in STRONG:
        return (closed and capital) or count >= LONG
    finite = count > 1 and _has_main_verb(doc, here)
    told = reports(here.words_before[-LED:]) or "words" in here.words_before[-LED - 2 :]
    if here.lead not in ",:—–-":
        if not finite or not closed or not (capital or count >= CLAUSE):
            return capital and stop in STRONG and is_said(here)
        return is_said(here) or (capital and (told or count >= LONG))
    if here.lead == "," and not told and is_tagged(here):
        return False  # In those days, "we felt strong," she said: the sentence is the reporter's
    if capital:
        return (finite or told or stop in STRONG) and (closed or told) and not _is_begun(here)
    return closed and finite and told


def _is_begun(here: Site) -> bool:
    """Return whether the utterance begins before the marks: said that over the years, "…"."""
    words = here.words_before
    if "that" not in words or here.lead == ":":
        return False
    at = len(words) - 1 - words[::-1].index("that")
    begun = words[at + 1 :]
    told = reports(words[max(0, at - 4) : at])
    return told and 0 < len(begun) <= OUTSIDE and not reports(begun)


def _has_main_verb(doc: Doc, here: Site) -> bool:
    """Return whether the words in marks contain a clause that depends on nothing else in them."""
    if here.first < here.last and not doc[here.first].dep_:
        return len(here.words) >= CLAUSE
    for i in range(here.first, min(here.last, here.first + LOOKED_AT)):
        token = doc[i]
        if token.dep_ not in SUBJECTS:
            continue
        verb = token.head
        if verb.dep_ not in SUBORDINATE and (
            verb.tag_ in FINITE_TAGS
            or any(one.dep_ in ("aux", "auxpass") for one in islice(verb.children, LOOKED_AT))
        ):
            return True
    return False


NOUNS, NAMING, BAPTISING, TERMS, SIGNS, JARGON, WORKS, SMALL = (
    LEXICON[name]
    for name in (
        "reporting_nouns",
        "naming",
        "baptising",
        "terms",
        "signs",
        "jargon",
        "works",
        "small",
    )
)
CALLING = frozenset(("called", "dubbed", "labeled", "labelled", "tagged", "termed"))
"""Participles of naming that are just as often verbs of judging: he called it "a mess"."""
CHANTS = frozenset(("calls", "chant", "chants", "choruses", "cries", "shouts"))
SHOWING = frozenset(("reading", "saying", "read", "reads", "says", "said"))
"""Verbs for the text of a sign."""
KNOWN = frozenset(("known", "billed", "marketed", "branded", "signed", "listed"))
POSSESSIVES = ("'s", "’s", "s'", "s’")


NAME_AHEAD = re.compile(r" [A-Z][\w’'-]+")
WORD_AHEAD = re.compile(r" [a-z]")

THRESHOLD = 1.0
LENGTH = (0.0, 0.0, 0.3, 0.6, 1.2, 1.5, 2.0, 3.0)
"""Weight by number of words: the longer, the more likely someone's words."""
NAME = 3
"""Maximum number of words in a nickname."""
TERM = 5
"""Maximum words of a term: the phrase "illegal immigrant", but not: in her words, "we lost all"."""
CLIMB = 12
"""Maximum number of heads to follow upwards."""


NAMED = named("name", "a thief known as “The Wall”")
NICKNAME = named("nickname", "“Dusty” Baker")
EVIDENCE = named("evidence", "the length and a verb of saying, against capitals and a noun behind")


def is_speech(doc: Doc, here: Site, *, whole: bool) -> tuple[bool, AnyRule]:
    """Return whether the words in marks are speech, and the rule that decided; ``whole`` if they
    are a complete utterance.
    """
    title = _is_title(here.words) and not (
        here.headline or here.inside[-1:] in "!?" or is_said(here) or _is_chanted(here)
    )
    if _is_named(doc, here, title=title):
        return False, NAMED
    if title and _is_nickname(here):
        return False, NICKNAME
    return _weight(doc, here, whole=whole, title=title) > THRESHOLD, EVIDENCE


def _weight(doc: Doc, here: Site, *, whole: bool, title: bool) -> float:
    """Return the evidence that someone is quoted, minus the evidence against it.

    The weights are rounded log-odds of features in and around the marks, from news articles.
    """
    count = len(here.words)
    governed = _governed(doc, here)
    score = -0.5 if here.nested else 0.0
    if whole:
        score += 2.5
    if count >= 4 and _has_finite_verb(doc, here):
        score += 1.5
    if not title:
        score += LENGTH[min(count, len(LENGTH) - 1)] + governed
    else:
        score += governed if whole else min(governed, 1.2)
        score -= 2.8 if count > 1 else 0.0 if here.starts else 1.5
        if any(word in WORKS for word in here.words_before[-3:] + here.words_after[:2]):
            score -= 2.0
    if here.lead.isalnum() and here.words_before[-1].endswith(POSSESSIVES):
        score -= 1.5
    if _is_attributive(doc, here):
        score -= 1.2
    return score


# ----------------------------------------------------------------------------- names and terms


def _is_title(words: list[str]) -> bool:
    """Return whether all words are capitalized as in a title."""
    if not words or words == ["I"]:
        return False
    for i, word in enumerate(words):
        if word[0].islower() and (i == 0 or word not in SMALL):
            return False
    return any(word[0].isupper() for word in words)


def _is_chanted(here: Site) -> bool:
    """Return whether the words in marks were shouted: chants of "Dump Trump"."""
    last = here.words_before[-2:]
    return len(last) == 2 and last[1] == "of" and last[0] in CHANTS


def _is_nickname(here: Site) -> bool:
    """Return whether a capitalized word is within or before a name: "Dusty" Baker."""
    if len(here.words) > NAME or here.inside[-1:] in CLOSED or not NAME_AHEAD.match(here.after):
        return False
    words = here.before.split()
    named = bool(words) and words[-1][:1].isupper() and words[-1][-1:].isalpha()
    return here.starts or named


def _is_named(doc: Doc, here: Site, *, title: bool) -> bool:
    """Return whether the words in marks are a name, term or sign: known as "X", the word "X"."""
    before = here.words_before
    touching = here.lead.isalnum()
    if any(word in JARGON for word in here.words_after[:5]):
        return True
    if not before or not (touching or here.lead == ","):
        return False
    last = before[-1]
    if title and any(word in BAPTISING for word in before[-5:-1]):
        return True
    if last in NAMING:
        return last not in CALLING or _is_reduced(doc, here)
    if last in TERMS:
        return len(here.words) <= TERM and "in" not in before[-4:-1]
    if last in SIGNS:
        return True
    if last in SHOWING:
        return any(word in SIGNS for word in before[-6:-1])
    if not touching:
        return False
    if last == "as" and len(before) > 1:
        return before[-2] in KNOWN
    return before[-2:] in (["goes", "by"], ["name", "of"])


def _is_reduced(doc: Doc, here: Site) -> bool:
    """Return whether the participle before the marks modifies a noun: a plan called "X"."""
    i = here.first - 1
    while i >= 0 and (doc[i].is_quote or doc[i].is_space or doc[i].is_punct):
        i -= 1
    if i < 0 or not doc[i].tag_:
        return True
    deps = [one.dep_ for one in islice(doc[i].children, LOOKED_AT)]
    if "nsubj" in deps or doc[i].tag_ != "VBN":
        return False
    return "auxpass" in deps or doc[i].dep_ in ("acl", "amod")


def _is_attributive(doc: Doc, here: Site) -> bool:
    """Return whether the words in marks modify a following noun: the "opt-out" movement."""
    if here.inside[-1:] in CLOSED or not WORD_AHEAD.match(here.after):
        return False
    i = here.last
    while i < len(doc) and (doc[i].is_quote or doc[i].is_space):
        i += 1
    return i < len(doc) and doc[i].tag_ in NOUN_TAGS


# ---------------------------------------------------------------------------------- reporting


def _has_finite_verb(doc: Doc, here: Site) -> bool:
    last = min(here.last, here.first + LOOKED_AT)
    return any(doc[i].tag_ in FINITE_TAGS for i in range(here.first, last))


def _governed(doc: Doc, here: Site) -> float:
    """Return how strongly a reporting word governs the quotation."""
    if _has_reporting_head(doc, here) or is_tagged(here):
        return 3.0
    if "according" in here.words_before or "according" in here.words_after:
        return 3.0
    if any(word in NOUNS and that == "that" for word, that in pairwise(here.words_before)):
        return 1.2
    return 1.2 if _mentions_reporting(doc, here) else 0.0


def _has_reporting_head(doc: Doc, here: Site) -> bool:
    """Return whether a reporting word is above the quotation in the parse."""
    token = _root(doc, here)
    if token is None or not token.dep_:
        return False
    low, high = here.limits
    for _ in range(CLIMB):
        dep, token = token.dep_, token.head
        if dep == "ROOT" or not low <= token.i < high:
            return False
        if here.first <= token.i < here.last or dep in ("nsubj", "csubj"):
            continue  # the speaker is not part of the content
        if _reports(token):
            return True
    return False


def _root(doc: Doc, here: Site) -> Token | None:
    """Return the first token of a quotation whose head is outside it."""
    for i in range(here.first, min(here.last, here.first + LOOKED_AT)):
        token = doc[i]
        if token.dep_ == "punct" or token.is_space:
            continue
        if not here.first <= token.head.i < here.last or token.head.i == i:
            return token
    return None


def _reports(token: Token) -> bool:
    """Return whether a token is a reporting verb, noun or preposition."""
    if token.tag_[:1] == "V":
        return verb_lemma(token.lower_) in REPORTING
    return token.lower_ in NOUNS or token.lower_ == "according"


def _mentions_reporting(doc: Doc, here: Site) -> bool:
    """Return whether a reporting verb is anywhere in the sentence around the marks."""
    known = {word for word in here.words_before + here.words_after if reports([word])}
    if not known or here.first >= here.last or not doc[here.first].tag_:
        return bool(known)
    low = max(here.limits[0], here.first - len(here.words_before) - 20)
    high = min(here.limits[1], here.last + 30)
    return any(
        doc[i].lower_ in known and doc[i].tag_[:1] == "V"
        for i in (*range(low, here.first), *range(here.last, high))
    )
