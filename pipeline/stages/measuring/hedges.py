"""Bounds and changes of figures: "about 19%", "at least 12", "up 4%", "from 9 to 10"."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import NamedTuple

from spacy.tokens import Doc, Token

from pipeline.records.labels import Bound, Change, ChangeRole
from pipeline.stages import syntax
from pipeline.text.lemmas import noun_lemma, verb_lemma
from pipeline.text.wordset import word_set

ALONE = frozenset(("plus", "minimum", "maximum"))
"""Hedges behind a figure that are none before a word: "$5 plus tax", "a $15 minimum wage"."""
LAST = re.compile(r"\s*(?:\Z|[.,;:!?)”\"]|\b(?:and|or|but|for|at|per)\b)")
REACH = 30
"""No hedge is longer."""


def _read(name: str) -> dict[str, dict[str, list[str]]]:
    file = resources.files("pipeline.stages.lexicon") / name
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _beside(
    table: dict[str, list[str]], *, before: bool
) -> tuple[re.Pattern[str], dict[str, Bound]]:
    bounds: dict[str, Bound] = {
        word: bound  # type: ignore[misc]
        for bound, words in table.items()
        for word in words
    }
    either = "|".join(re.escape(word) for word in sorted(bounds, key=len, reverse=True))
    if before:
        # an article may stand between: "nearly a third"
        return re.compile(rf"(?<![\w-])({either})[ ]?(?:an?[ ]|the[ ]age[ ]of[ ])?\Z"), bounds
    return re.compile(rf"[ ]?({either})(?![\w-])|[ ]?(\+)"), bounds


HEDGES = _read("hedges.toml")
BEFORE, BOUND_BEFORE = _beside(HEDGES["before"], before=True)
AFTER, BOUND_AFTER = _beside(HEDGES["after"], before=False)
CHANGES = _read("changes.toml")
DIRECTIONS: tuple[Change, ...] = ("increase", "decrease")
VERBS: dict[str, Change] = {}
NOUNS: dict[str, Change] = {}
ADVERBS: dict[str, Change] = {}
COMPARATIVES: dict[str, Change] = {}
for _way in DIRECTIONS:
    VERBS |= dict.fromkeys(str(CHANGES[_way]["verbs"]).split(), _way)
    NOUNS |= dict.fromkeys(str(CHANGES[_way]["nouns"]).split(), _way)
    ADVERBS |= dict.fromkeys(str(CHANGES[_way]["adverbs"]).split(), _way)
    COMPARATIVES |= dict.fromkeys(str(CHANGES[_way]["comparatives"]).split(), _way)
EITHER = frozenset(str(CHANGES["either"]["verbs"]).split())
SPEAKING = frozenset(
    ("care", "talk", "speak", "think", "worry", "ask", "know", "tell", "hear", "write")
)
"""Verbs whose "about" is a preposition."""
DISPUTES = word_set(
    """
    dispute argument fight row battle debate quarrel clash feud disagreement lawsuit suit spat
    standoff outrage anger fury war concern worry tension controversy scandal negotiation talk
    """
)
"""What is "over $300" because of the sum, not above it."""
SPATIAL = frozenset(("about", "over", "under", "above", "around", "below", "near", "beyond"))
VERB_TAGS = frozenset(("VB", "VBD", "VBG", "VBN", "VBP", "VBZ"))
FAR = 40
"""So many tokens before a figure are looked at for the end of a clause."""
NOUN_TAGS = frozenset(("NN", "NNS", "NNP", "NNPS"))


class Movement(NamedTuple):
    """The change that a figure belongs to, and the word that says so."""

    change: Change
    role: ChangeRole
    word: Token


def hedge(
    low: str, start: int, end: int, token: Token, *, lasting: bool
) -> tuple[Bound | None, int]:
    """Return how the words beside a figure bound it, and where the hedge starts.

    ``token`` is the first one of the figure; ``lasting`` is set for lengths of time, which "over"
    and "around" stand before in another sense ("over five weeks").
    """
    found = BEFORE.search(low, max(0, start - REACH), start)
    if found is not None:
        word = found[1]
        if word == "up to" and _climbs_back(token):
            return None, start
        if not (word in SPATIAL and _is_place(token, word, lasting)):
            return BOUND_BEFORE[word], found.start()
    return hedge_behind(low, end), start


def hedge_behind(low: str, end: int) -> Bound | None:
    """Return the bound that words behind a place tell: "or more", "-odd", "+"."""
    found = AFTER.match(low, end)
    if found is None or (found[1] in ALONE and not LAST.match(low, found.end())):
        return None
    return BOUND_AFTER[found[1] or found[2]]


def _is_place(token: Token, word: str, lasting: bool) -> bool:
    """Tell whether "over" before a figure is a preposition of its own: "spread over five weeks"."""
    before = token.nbor(-1) if token.i else token
    if before.lower_ in ("a", "an", "the") and before.i:
        before = before.nbor(-1)
    if before.lower_ != word or before.dep_ != "prep":
        return False
    if word == "about":  # "cares about two things"
        return before.head.tag_ in VERB_TAGS and verb_lemma(before.head.lower_) in SPEAKING
    about = before.head if word == "over" and before.head.i == before.i - 1 else None
    if about is not None and noun_lemma(about.lower_) in DISPUTES:
        return True
    if lasting:
        return before.i == 0 or before.nbor(-1).tag_ not in ("IN", "RB", "TO")
    return word in ("around", "near") and before.head.tag_ in NOUN_TAGS


def _climbs_back(token: Token) -> bool:
    """Tell "inched back up to 5%", which ends there, from "costs up to 5%"."""
    at = token.i - 3
    if at >= 0 and token.doc[at].lower_ == "back":
        at -= 1
    if at < 0 or token.doc[at].tag_ not in VERB_TAGS:
        return False
    return verb_lemma(token.doc[at].lower_) in (EITHER if at == token.i - 3 else EITHER | {*VERBS})


def is_change(token: Token) -> bool:
    """Tell whether a word is a verb, noun or adverb of change."""
    word = token.lower_
    if token.tag_ in VERB_TAGS:
        return verb_lemma(word) in VERBS or (
            verb_lemma(word) in EITHER and _particle(token) is not None
        )
    return word in ADVERBS or word in NOUNS or word.rstrip("s") in NOUNS


def movement(token: Token, first: int, *, counts: bool = False) -> Movement | None:
    """Return the change that a figure belongs to, if any.

    ``token`` is the figure's head word, ``first`` the one that it or its hedge starts with. A count
    (``counts``) changes something only if that is said apart from the noun: "grew by 12 shops"
    does, "add ten users" and "200 more" do not.
    """
    lead = _token_before(token.doc, first)
    if lead is None:
        return None
    if lead.lower_ == "between" and lead.i:
        lead = lead.nbor(-1)  # "rose by between 3 and 4 percent"
    role: ChangeRole = "delta"
    word = lead
    if counts and lead.lower_ == "off":
        return None  # "a hundred off 94 balls"
    if lead.dep_ == "agent" and counts:
        return None  # "shot by four officers", but "raised by 3 cents"
    if lead.lower_ == "to" and lead.head.tag_ == "JJ":
        return None  # "raised 3%, payable to 80 owners"
    if word.lower_ in ("by", "from", "to", "at") and word.i:
        if word.lower_ in ("from", "to"):
            role = "from" if word.lower_ == "from" else "to"
        word = word.nbor(-1)
        if lead.lower_ == "at":
            return None
    led = lead.nbor(-1) if lead.i and lead.lower_ in ("from", "to") else None
    if led is not None and led.tag_ == "NN" and led.lower_ in NOUNS:
        return Movement(NOUNS[led.lower_], role, led)  # "a cut to 3.75%"
    # "up 4%", "down from 12"
    caused = word.dep_ == "prt" and word.i > word.head.i + 1  # "sent crude up 3%"
    if word.dep_ == "prt" and not caused and not is_change(word.head):
        return None  # "gave up 517 yards", "boils down to $21"
    if word.lower_ in ADVERBS and word.lower_ not in ("more", "less", "fewer"):
        way = ADVERBS[word.lower_]
        if not (word.lower_ == "up" and role == "to" and not _is_moving(word)):
            if word.lower_ == "off" and role == "delta" and word.dep_ == "prep":
                return None
            return Movement(way, role, word)
    if counts and lead.lower_ not in ("by", "from", "to"):
        beside = token.dep_ in ("nummod", "quantmod", "compound") and token.head.i > token.i
        bare = token.dep_ != "dobj" and not beside  # "rallied hundreds", "cut 12 jobs"
        several = beside and token.head.tag_ == "NNS"  # "12 rebounds", "three hikes"
        noun = None if several else _noun_behind(token)
        return noun or (_governor(token, lead, role) if bare else None)
    return _comparative_behind(token) or _noun_behind(token) or _governor(token, lead, role)


def _token_before(doc: Doc, first: int) -> Token | None:
    """Return the last word before a token; adverbs and marks between are passed over."""
    if first == 0:
        return None
    at = first - 1
    for _ in range(4):
        token = doc[at]
        if at == 0 or token.tag_ not in ("RB", "DT", "-LRB-", "_SP") or token.lower_ in ADVERBS:
            return token
        at -= 1
    return doc[at]


def _is_moving(adverb: Token) -> bool:
    head = adverb.head
    lemma = verb_lemma(head.lower_)
    return head.tag_ in VERB_TAGS and (lemma in VERBS or lemma in EITHER)


def _comparative_behind(token: Token) -> Movement | None:
    """Read "34% higher", "5 points lower"; "5 more picks" counts, it compares nothing."""
    head = token.head
    if token.dep_ in ("npadvmod", "advmod", "nummod", "quantmod") and head.i > token.i:
        way = COMPARATIVES.get(head.lower_)
        near = head.i - token.i <= 2 or head.i == token.right_edge.i + 1  # "2.3 per cent lower"
        if way is not None and head.tag_ in ("JJR", "RBR") and near:
            return Movement(way, "delta", head)
    return None


def _noun_behind(token: Token) -> Movement | None:
    """Read "a 75 percent increase", "an increase of 60 jobs"."""
    head = token.head
    if head.i > token.i and token.dep_ in ("nummod", "compound", "amod", "nmod", "quantmod"):
        way = NOUNS.get(head.lower_) or NOUNS.get(head.lower_.rstrip("s"))
        if way is not None:
            return Movement(way, "delta", head)
    if token.dep_ == "pobj" and head.lower_ == "of" and head.head.tag_ in ("NN", "NNS"):
        noun = head.head
        way = NOUNS.get(noun.lower_) or NOUNS.get(noun.lower_.rstrip("s"))
        if way is not None and noun.lower_ not in ("loss", "losses", "discount"):
            return Movement(way, "delta", noun)
    return None


def _governor(token: Token, lead: Token, role: ChangeRole) -> Movement | None:
    """Read "rose 6%", "cut rates by 25 points", "fell to 3%", "grew from 9 to 10"."""
    verb = token.head
    label = token.dep_
    for _ in range(4):
        if syntax.ends_period(verb):
            verb = syntax.clause_head(verb)
        if verb.tag_ in VERB_TAGS or verb.i == verb.head.i:
            break
        if verb.tag_ == "IN" and verb.lower_ not in ("by", "from", "to"):
            return None
        if verb.tag_ in NOUN_TAGS and label not in ("conj", "appos", "prep", "nummod", "compound"):
            return None
        label, verb = verb.dep_, verb.head
    if verb.tag_ not in VERB_TAGS or verb.i > token.i:
        return None
    if any(one.text == ";" for one in verb.doc[max(verb.i, token.i - FAR) : token.i]):
        return None  # "fell to a low; 19 percent voted"
    lemma = verb_lemma(verb.lower_)
    way = VERBS.get(lemma)
    if way is None:
        way = _particle(verb) if lemma in EITHER else None
        if way is None or (role == "delta" and lead.lower_ not in ("by", *ADVERBS)):
            return None
    elif role == "delta" and lead.lower_ != "by" and not _is_amount(token, verb):
        return None
    return Movement(way, role, verb)


def _is_amount(token: Token, verb: Token) -> bool:
    """Tell whether a figure beside a verb of change is its amount.

    Not so in "cut two wires" and "raised $2 million for charity".
    """
    if token.dep_ == "dobj" and verb_lemma(verb.lower_) == "raise":
        return False
    if token.head.i != verb.i and token.head.dep_ not in ("npadvmod", "dobj", "quantmod", "nummod"):
        return token.dep_ in ("conj", "npadvmod", "dobj")
    return token.dep_ in (
        "npadvmod",
        "dobj",
        "nummod",
        "advmod",
        "attr",
        "oprd",
        "conj",
        "ccomp",
        "advcl",
    )


def _particle(verb: Token) -> Change | None:
    for child in verb.children:
        if (
            child.i - verb.i in (1, 2)
            and child.lower_ in ADVERBS
            and child.dep_ in ("prt", "advmod", "acomp")
        ):
            return ADVERBS[child.lower_]
    return None
