"""Tell what a bare number is: a count, a rank, a share, a score, an age, or no figure at all."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Literal

from spacy.tokens import Token

from pipeline.stages.measuring.ages import is_age
from pipeline.stages.measuring.counted import counted_noun
from pipeline.stages.measuring.sites import Site
from pipeline.stages.syntax import NOUN_TAGS
from pipeline.text.quantities.designations import may_be_year
from pipeline.text.units import Quantity
from pipeline.text.wordset import word_set

BareKind = Literal["count", "ordinal", "ratio", "multiple", "age", "score"]

WORDS: dict[str, str] = tomllib.loads(
    (resources.files("pipeline.stages.lexicon") / "figures.toml").read_text(encoding="utf-8")
)
NAMES = frozenset(
    (
        "PERSON",
        "ORG",
        "GPE",
        "LOC",
        "FAC",
        "PRODUCT",
        "EVENT",
        "WORK_OF_ART",
        "LAW",
        "LANGUAGE",
        "NORP",
    )
)
LABELLED = frozenset(WORDS["labelled"].split())
UNRANKED = frozenset(WORDS["unranked"].split())
"""Nouns that an ordinal does not rank: "first lady", "second half", "for the first time"."""
GROUP = re.compile(r"\b(?:Group|Gang) of \Z")
AMOUNT = re.compile(r"\d[\d,]*\.\d+(?:bn|mn|tn|m)|\d+(?:bn|mn|tn)|\d{1,3}(?:,\d{3})+")
"""Digits that are in no name, whatever the base model says: "8.1bn"."""
NO_ONE = word_set(
    """
    no any every each some this that the which another other such a an
    """
)
IDLE = word_set(
    """
    another day time thing way moment step hand person's side more last can
    """
)
MULTIPLE_TAIL = re.compile(
    r"[ ](?:as|the|that|those|its|their|his|her|what|this|more|higher|larger|greater|bigger|faster|"
    r"longer|less|lower|smaller|stronger|wider|cheaper)\b"
)
RANKING = word_set(
    """
    finished finish ranked ranks rank came placed finishing ranking is was
    """
)
RANK = re.compile(r"(?:#[ ]?|(?<!phone )(?<!mobile )\b(?:[Nn]umber|[Nn]o\.?|№)[ ])\Z")
SUMMED = frozenset(
    ("average", "total", "sum", "maximum", "minimum", "median", "estimate", "population")
)
INDEX_NAME = re.compile(
    r"(?i:\b(?:s&(?:amp;)?p|sp|stoxx|ftse|nasdaq|russell|cac|nikkei|asx|ibex|fortune|forbes|csi|topix|"
    r"smi|aex|kospi|nifty|tsx|ta|dax|bse|atx|mdax|hdax|euro stoxx|global|inc\.?))[ -]\Z"
)
WORN = frozenset(("shirt", "jersey", "car", "bus", "train", "seat", "iron", "wood"))
"""What a number only tells apart: "the number 7 shirt"."""
DOWNING_STREET = re.compile(
    r"N(?:o\.?|umber) 10 (?:said|says|sources?|spokes|aides?|advis|official|insist|declin|den"
    r"|confirm|staff|press|team|operation|insider)"
    r"|\b(?:[Ii]nside|[Oo]utside|into|leav\w+|left) No\.? 10\b"
)
"""The British prime minister's office: "No 10 declined to comment"."""
AIRLINER = re.compile(
    r"\bBoeing 7\d7|\b7\d7(?=[ -](?:Max|MAX|Dreamliner|jet|plane|airliner|aircraft|\d))"
)
PERIODICAL = word_set("like ago earlier later when where before after that")
"""What a quarter of a year has behind it, and a fourth part has not."""
MAX_SHORT = 3
"""Words up to this length, "Min" and "Hrs", are units in any spelling."""
NEARLY = word_set("about some nearly almost over than least approximately roughly")


def bare_kind(
    quantity: Quantity, place: Site, text: str, *, paired: bool = False
) -> BareKind | None:
    """Return what a number without unit is, or none where it is no figure.

    ``paired`` is set for the ends of a change, "from 1900 to 2000 pupils", which are no years.
    """
    number = quantity.number
    doc = place.doc
    if _is_glued(quantity, text) or _in_name(place, text) or _in_link(quantity, place):
        return None
    if number.kind == "cardinal" and rank_start(text, quantity.start) != quantity.start:
        worn = place.behind
        office = DOWNING_STREET.search(text, max(0, quantity.start - 16), quantity.end + 12)
        return None if office or (worn is not None and worn.lower_ in WORN) else "ordinal"
    if number.kind == "ordinal":
        return "ordinal" if _ranks(place) else None
    if number.kind == "multiple":
        fold = text[number.end - 4 : number.end] == "fold"
        return "multiple" if fold or _compares(place, text, number.end) else None
    if _is_share(quantity, text):
        return None if _is_period(place) else "ratio"
    if number.vague:
        return "count"
    if text[quantity.start : quantity.end].lower() in ("one", "One"):
        return "count" if _counts_one(place) else None
    if is_age(quantity, place):
        return "age"
    following = doc[place.last] if place.last < len(doc) else None
    if (
        following is not None
        and following.lower_ == "times"
        and (_compares(place, text, following.idx + 5) or _is_broken(quantity))
    ):
        return "multiple"
    if _is_label(quantity, place, text, paired=paired):
        return None
    return "count"


def is_named(quantity: Quantity, place: Site) -> bool:
    """Tell a number with a unit in a name from an amount."""
    if quantity.kind == "duration":
        return _in_title(quantity, place)
    return quantity.kind == "quantity" and _in_place_name(quantity, place)


def _in_title(quantity: Quantity, place: Site) -> bool:
    """Tell the film "13 Hours" and the show "60 Minutes" from lengths of time in a headline."""
    unit = place.doc[place.last - 1]
    capital = unit.text.istitle() and len(unit) > MAX_SHORT and not quantity.number.vague
    return capital and not _is_headline(place)


def _in_place_name(quantity: Quantity, place: Site) -> bool:
    """Tell "Three Mile Island" from an amount at the start of a sentence or in a headline."""
    doc, first = place.doc, place.doc[place.first]
    shown = quantity.unit_text or ""
    capital = quantity.number.words and first.text.istitle() and not first.is_sent_start
    if not capital or shown[:1].islower() or place.last >= len(doc) or _is_headline(place):
        return False
    return doc[place.last].tag_ in ("NNP", "NNPS") and doc[place.last].text[:1].isupper()


def _in_link(quantity: Quantity, place: Site) -> bool:
    """Tell "example.com/5" from "8.1bn", whose end is also the domain of a country."""
    token = place.doc[place.first]
    whole = quantity.start <= token.idx and token.idx + len(token) <= quantity.end
    return token.like_url and not whole


def _is_share(quantity: Quantity, text: str) -> bool:
    """Tell "a third" and "3/4" from "half a million" and "0.75"."""
    if quantity.value is None or not 0 < quantity.value < 1:
        return False
    kind = quantity.number.kind
    return kind in ("fraction", "ratio") or "." not in text[quantity.start : quantity.end]


def _is_period(place: Site) -> bool:
    """Tell "never seen a quarter like it" from "a quarter of it", "by a quarter"."""
    doc = place.doc
    if doc[place.last - 1].lower_ not in ("quarter", "quarters"):
        return False
    after = doc[place.last].lower_ if place.last < len(doc) else ""
    before = doc[place.first - 1].lower_ if place.first else ""
    return after in PERIODICAL or (before in ("in", "during", "within") and after != "of")


def rank_start(text: str, start: int) -> int:
    """Return where a rank starts whose number starts here: "#2", "No. 5", "number three"."""
    if not text[start : start + 1].isdecimal() and text[start - 7 : start].lower() != "number ":
        return start  # "no one"
    found = RANK.search(text, max(0, start - 8), start)
    return found.start() if found is not None else start


def _is_glued(quantity: Quantity, text: str) -> bool:
    """Tell "5G", "4chan" and "high-five" from numbers that stand for themselves."""
    start, end = quantity.start, quantity.end
    after, before = text[end : end + 1], text[max(0, start - 2) : start]
    if after.isalpha() or text.startswith(("-something", "-figure"), end):
        return True
    if after == "-" and text[start:end].lower().endswith("half"):
        return True  # "a half-frozen lake"
    return quantity.number.words and len(before) == 2 and before[1] == "-" and before[0].isalpha()


def _is_broken(quantity: Quantity) -> bool:
    """Tell "1.9 times core earnings" from "won 9 times", which counts."""
    return quantity.value is not None and quantity.value != int(quantity.value)


def _compares(place: Site, text: str, end: int) -> bool:
    """Tell "twice as many" and "three times the size" from "scored twice as it rained"."""
    tail = MULTIPLE_TAIL.match(text, end)
    if tail is None or tail[0] != " as":
        return tail is not None
    doc = place.doc
    for at in range(place.last, min(place.last + 3, len(doc) - 1)):
        if doc[at].lower_ == "as":
            return doc[at + 1].tag_ in ("JJ", "RB", "JJR", "RBR")
    return False


def _in_name(place: Site, text: str) -> bool:
    """Tell whether a number is part of a name: "Boeing 737", "the Big 12", "Sixth Fleet"."""
    doc = place.doc
    token = doc[place.first]
    written = text[token.idx : token.idx + len(token)]
    if GROUP.search(text, max(0, token.idx - 9), token.idx):
        return True  # "the Group of Seven"
    if token.ent_type_ in NAMES and not AMOUNT.fullmatch(written):
        start, end = place.first, place.last
        while start and doc[start].ent_iob_ == "I" and doc[start - 1].ent_type_:
            start -= 1
        while end < len(doc) and doc[end].ent_iob_ == "I":
            end += 1
        # "12 Palestinians": a label that runs over the count in front is no name with a number
        front = start == place.first and doc[place.last - 1].tag_ == "CD"
        return not (
            front
            and token.ent_type_ in ("NORP", "PERSON", "GPE", "ORG")
            and counted_noun(place) is not None
            and end - start > place.last - place.first
            and doc[end - 1].tag_ in ("NNS", "NNPS")
        )
    if text.startswith("-", token.idx + len(token)) and not _is_headline(place):
        joined = doc[place.last + 1] if place.last + 1 < len(doc) else token
        if joined.text.istitle() and joined.tag_ == "NNP":
            return True  # "the 5-Star Movement"
    first = text[token.idx]
    lead = doc[place.first - 1] if place.first else None
    if first.isupper() and lead is not None and lead.tag_ == "NNP" and token.tag_ == "NNP":
        return True
    if first.isupper() and _is_headline(place):
        return False
    follows = doc[place.last] if place.last < len(doc) else None
    named = lead is not None and lead.tag_ == "NNP" and lead.text[:1].isupper()
    if first.isupper() and named and follows is not None and follows.tag_ in ("NN", "NNP"):
        return not token.is_sent_start  # "the Kick Six win"
    capital = (
        first.isupper()
        and place.first > 0
        and doc[place.first - 1].tag_ not in (".", "``", "''", ":", "_SP")
        and not token.is_sent_start
    )
    return capital and place.last < len(doc) and doc[place.last].tag_ in ("NNP", "NNPS")


def _is_headline(place: Site) -> bool:
    """Tell whether nearly all long words around have a capital, so that it says nothing."""
    doc = place.doc
    near = range(max(0, place.first - 8), min(len(doc), place.last + 8))
    words = [doc[at].text for at in near if len(doc[at]) > 3 and doc[at].is_alpha]
    return len(words) > 2 and all(word[0].isupper() for word in words)


def _ranks(place: Site) -> bool:
    """Tell whether an ordinal ranks or numbers something: "the third map", "second-largest"."""
    doc, top = place.doc, place.top
    before = doc[place.first - 1] if place.first else None
    after = doc[place.last] if place.last < len(doc) else None
    if before is not None and before.lower_ in ("at", "from") and top.dep_ == "pobj":
        return False
    if doc[place.first].text.isupper() and len(doc[place.first]) > 3:
        return False  # "FIRST Global": a name in capitals
    if after is not None and after.lower_ == "-" and place.last + 1 < len(doc):
        return doc[place.last + 1].tag_ in ("JJS", "RBS")
    if top.dep_ in ("amod", "nummod", "compound", "nmod", "advmod") and top.head.i >= place.last:
        return _is_ranked(_noun_above(top), place, before)
    if after is not None and after.tag_ in ("JJS", "RBS"):
        return True
    if top.dep_ in ("attr", "oprd", "dobj", "acomp", "advmod") and top.head.lower_ in RANKING:
        return after is None or after.tag_ in ("IN", ".", ",", "CC")
    return False


def _noun_above(ordinal: Token) -> Token:
    """Return the word that an ordinal stands before, past adjectives: "first global contest"."""
    word = ordinal.head
    for _ in range(4):
        if word.tag_ in NOUN_TAGS or word.dep_ not in ("amod", "compound", "nmod"):
            break
        word = word.head
    return word


def _is_ranked(noun: Token, place: Site, before: Token | None) -> bool:
    if noun.tag_ in ("JJS", "RBS"):
        return True
    head_noun = noun.tag_ in NOUN_TAGS or (
        noun.tag_ == "JJ"
        and noun.dep_ in ("appos", "pobj", "dobj", "nsubj", "attr", "conj", "ROOT")
    )
    if not head_noun or noun.ent_type_ in ("DATE", "TIME"):
        return False
    capital = not place.doc[place.first].text.islower() and place.doc[place.first].is_alpha
    if noun.tag_ in ("NNP", "NNPS") and noun.i == place.last and capital:
        return False
    if noun.lower_ == "place":
        lead = place.doc[place.first - 2].lower_ if place.first > 1 else ""
        return before is None or before.lower_ != "the" or lead != "in"
    return noun.lower_ not in UNRANKED


def _counts_one(place: Site) -> bool:
    """Tell "one agreement" and "one of the ships" from "no one", "this one" and "one can see"."""
    doc, top = place.doc, place.top
    before = doc[place.first - 1] if place.first else None
    after = doc[place.last] if place.last < len(doc) else None
    if after is None:
        return False
    if before is not None and before.lower_ in NO_ONE and before.tag_ in ("DT", "WDT", "PDT", "JJ"):
        return False
    if after.lower_ == "of" and place.last + 1 < len(doc):
        return doc[place.last + 1].lower_ not in ("a", "an")
    if after.lower_ in IDLE or after.text in ("-", "'s", "’s"):
        return False
    modifies = top.dep_ in ("nummod", "amod", "compound", "nmod", "quantmod")
    return modifies and top.head.i >= place.last and top.head.tag_ in ("NN", "NNP")


def _is_label(quantity: Quantity, place: Site, text: str, *, paired: bool) -> bool:
    """Tell a number that only names: a year, "page 5", "Model 3"."""
    doc, top = place.doc, place.top
    written = text[quantity.start : quantity.end]
    before = doc[place.first - 1] if place.first else None
    after = doc[place.last] if place.last < len(doc) else None
    if written.isdecimal():
        if len(written) > 1 and written[0] == "0":
            return True
        if not paired and may_be_year(written) and not _counts_despite_year(place, before):
            return True
        if AIRLINER.search(text, max(0, quantity.start - 8), quantity.end + 12):
            return True
    if before is None or quantity.number.words or quantity.number.value is None:
        return False
    if INDEX_NAME.search(text, max(0, quantity.start - 12), quantity.start) and written.isdecimal():
        return True
    if before.lower_ in LABELLED and before.tag_ in NOUN_TAGS:
        title = before.tag_ == "NNP" or (before.text.istitle() and _is_inside(before))
        named = title and (after is None or after.tag_ != "NNS")
        if named or top.head.i <= before.i:
            return True
    if before.tag_ not in ("NNP", "NNPS") or not before.text[:1].isupper():
        return False
    if before.ent_type_ in ("DATE", "TIME") or not written.isdecimal():
        return top.head.i < place.first and written.isdecimal()
    return after is None or after.tag_ not in ("NNS", "JJ", "VBG", "VBN", "IN", "CD", "JJR", "$")


def _is_inside(token: Token) -> bool:
    """Tell whether a capital says something: no sentence starts with this word."""
    before = token.nbor(-1) if token.i else None
    return before is not None and before.tag_ not in (".", "``", "''", "_SP")


def _counts_despite_year(place: Site, before: Token | None) -> bool:
    """Tell "2000 people" from the year: a counted plural behind and no article or "in" before."""
    head = place.top.head
    if place.top.dep_ == "pobj" and head.lower_ == "of" and head.head.lower_ in SUMMED:
        return True
    noun = counted_noun(place)
    if noun is None or noun.tag_ not in ("NNS",) or noun.i < place.last:
        return False
    if before is not None and before.lower_ in NEARLY:
        return True
    if place.doc[place.first].ent_type_ == "DATE":
        return False
    return before is None or before.lower_ not in (
        "the",
        "in",
        "since",
        "of",
        "by",
        "from",
        "until",
        "his",
        "her",
        "its",
        "their",
        "'s",
    )
