"""Tell what a bare number is: a count, a rank, a share, a score, an age, or no figure at all."""

from __future__ import annotations

import re
from typing import Literal

from spacy.tokens import Doc, Token

from pipeline.stages.measures import Site, counted_noun
from pipeline.stages.syntax import NOUN_TAGS, SUBJECTS
from pipeline.text.designations import may_be_year
from pipeline.text.units import Quantity

BareKind = Literal["count", "ordinal", "ratio", "multiple", "age", "score"]

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
LABELLED = frozenset(
    "chapter page section article figure part level phase stage type class grade room channel route "
    "highway interstate line platform flight version season episode week day act title item "
    "paragraph size category group district ward unit gate lane exit pier terminal form table "
    "appendix annex clause rule resolution bill proposition measure amendment volume issue book "
    "verse psalm lot block zone sector hall studio box tier stop apartment suite floor bus train "
    "windows iphone galaxy model series mark mk generation covid game round race hole heat leg "
    "quarter half inning lap turn precinct docket case bed exhibit count".split()
)
UNRANKED = frozenset(
    "time times half quarter hand lady ladies minister amendment name names person thing things place "
    "aid degree cousin cousins glance sight thought thoughts language world class-rate baseman base "
    "day days moment step look impression grader graders responder responders officer".split()
)
"""Nouns that an ordinal does not rank: "first lady", "second half", "for the first time"."""
RANKED_PLACES = frozenset(("place",))
NO_ONE = frozenset(
    "no any every each some this that the which another other such a an only's".split()
)
IDLE = frozenset("another day time thing way moment step hand person's side more last can".split())
SCORE = re.compile(r"(?<![\w.,/$£€-])(\d{1,3})[-–—](\d{1,3})(?![\w/%]|[-–—]\d|[.,]\d)")
SCORE_WORDS = re.compile(
    r"\b(?:w[io]n(?:s|ning)?|beat(?:s|en)?|lost|los(?:es|ing|s)|defeat\w*|lead(?:s|ing)?|led|victory|draws?|"
    r"drew|ties?|tied|scor\w+|down|up|ahead|behind|votes?|voted|ruling|rul\w+|decision|decided|aggregate|"
    r"record|margin|split|penalties|shootout|thrash\w*|game|match|set|final|went|finish\w*|ended|sets)\b"
)
MULTIPLE_TAIL = re.compile(
    r"[ ](?:as|the|that|those|its|their|his|her|what|this|more|higher|larger|greater|bigger|faster|"
    r"longer|less|lower|smaller|stronger|wider|cheaper)\b"
)
PEOPLE = frozenset(("he", "she", "i", "you", "they", "who", "we", "him", "her"))
VERB_BE = frozenset(
    (
        "is",
        "was",
        "are",
        "were",
        "be",
        "been",
        "being",
        "'s",
        "'m",
        "’s",
        "’m",
        "am",
        "turned",
        "turns",
        "turn",
        "turning",
    )
)


def bare_kind(quantity: Quantity, place: Site, text: str) -> BareKind | None:
    """Return what a number without unit is, or none where it is no figure."""
    number = quantity.number
    doc = place.doc
    if _in_name(place, text) or place.doc[place.first].like_url:
        return None
    if number.kind == "ordinal":
        return "ordinal" if _ranks(place) else None
    if number.kind == "multiple":
        fold = text[number.end - 4 : number.end] == "fold"
        return "multiple" if fold or MULTIPLE_TAIL.match(text, number.end) else None
    if number.kind in ("fraction", "ratio") or (
        quantity.value is not None
        and 0 < quantity.value < 1
        and "." not in text[quantity.start : quantity.end]
    ):
        if quantity.value is not None and quantity.value < 1:
            return "ratio"
    if number.vague:
        return "count"
    if text[quantity.start : quantity.end].lower() in ("one", "One"):
        return "count" if _counts_one(place) else None
    if _is_age(quantity, place):
        return "age"
    following = doc[place.last] if place.last < len(doc) else None
    if (
        following is not None
        and following.lower_ == "times"
        and MULTIPLE_TAIL.match(text, following.idx + 5)
    ):
        return "multiple"
    if _is_label(quantity, place, text):
        return None
    return "count"


def _in_name(place: Site, text: str) -> bool:
    """Tell whether a number is part of a name: "Boeing 737", "the Big 12", "Sixth Fleet"."""
    doc = place.doc
    token = doc[place.first]
    if token.ent_type_ in NAMES:
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
    first = text[token.idx]
    capital = (
        first.isupper()
        and place.first > 0
        and doc[place.first - 1].tag_ not in (".", "``", "''", ":", "_SP")
        and not token.is_sent_start
    )
    if capital and place.last < len(doc) and doc[place.last].tag_ in ("NNP", "NNPS"):
        return True
    return False


def _ranks(place: Site) -> bool:
    """Tell whether an ordinal ranks or numbers something: "the third map", "second-largest"."""
    doc, top = place.doc, place.top
    before = doc[place.first - 1] if place.first else None
    after = doc[place.last] if place.last < len(doc) else None
    if before is not None and before.lower_ in ("at", "from") and top.dep_ == "pobj":
        return False
    if after is not None and after.lower_ == "-" and place.last + 1 < len(doc):
        return doc[place.last + 1].tag_ in ("JJS", "RBS")
    if top.dep_ in ("amod", "nummod", "compound", "nmod", "advmod") and top.head.i >= place.last:
        noun = top.head
        if noun.tag_ in ("JJS", "RBS"):
            return True
        if noun.tag_ not in NOUN_TAGS or noun.ent_type_ in ("DATE", "TIME"):
            return False
        if (
            noun.tag_ in ("NNP", "NNPS")
            and noun.i == place.last
            and not doc[place.first].text.islower()
        ):
            return False
        return noun.lower_ in RANKED_PLACES or noun.lower_ not in UNRANKED
    if after is not None and after.tag_ in ("JJS", "RBS"):
        return True
    return (
        top.dep_ in ("attr", "oprd", "dobj", "acomp", "advmod")
        and top.head.lower_
        in (
            "finished",
            "finish",
            "ranked",
            "ranks",
            "rank",
            "came",
            "placed",
            "finishing",
            "ranking",
            "is",
            "was",
        )
        and (after is None or after.tag_ in ("IN", ".", ",", "CC"))
    )


def _counts_one(place: Site) -> bool:
    """Tell "one agreement" and "one of the ships" from "no one", "this one" and "one can see"."""
    doc, top = place.doc, place.top
    before = doc[place.first - 1].lower_ if place.first else ""
    after = doc[place.last] if place.last < len(doc) else None
    if (
        after is None
        or before in NO_ONE
        and not (before in ("the", "a", "no", "only") and after.tag_ in ("NN",))
    ):
        return False
    if before in (
        "this",
        "that",
        "each",
        "every",
        "any",
        "no",
        "some",
        "another",
        "such",
        "a",
        "the",
    ):
        return False
    if after.lower_ == "of" and place.last + 1 < len(doc):
        return doc[place.last + 1].lower_ not in ("a",)
    if after.lower_ in IDLE or after.text in ("-", "'s", "’s"):
        return False
    return (
        top.dep_ in ("nummod", "amod", "compound", "nmod", "quantmod")
        and top.head.i >= place.last
        and top.head.tag_
        in (
            "NN",
            "NNP",
        )
    )


def _is_age(quantity: Quantity, place: Site) -> bool:
    """Tell an age that nothing marks: "Moreno, 47," and "she was six"."""
    value = quantity.value
    if value is None or value != int(value) or not 0 < value < 116 or quantity.per is not None:
        return False
    doc, top = place.doc, place.top
    before = doc[place.first - 1] if place.first else None
    after = doc[place.last] if place.last < len(doc) else None
    closed = (
        after is None
        or after.text in (",", ".", ";", ")", ":", "—", "–", "-")
        or after.tag_ in ("CC", "_SP", "IN", "VBZ", "VBD", "''")
    )
    if before is None:
        return False
    if (
        before.text in (",", "(")
        and after is not None
        and after.text in (",", ")", ".", ";", "_SP")
    ):
        if place.first >= 2 and not quantity.number.words:
            name = doc[place.first - 2]
            if name.ent_type_ == "PERSON" or (
                name.tag_ == "NNP"
                and name.ent_type_ in ("", "ORG", "GPE")
                and name.text[:1].isupper()
                and top.dep_ == "appos"
            ):
                return value >= 1
        return False
    if top.dep_ in ("attr", "acomp", "oprd") and top.head.lower_ in VERB_BE and closed:
        for child in top.head.children:
            if child.dep_ in SUBJECTS:
                return child.lower_ in PEOPLE - {"they", "we", "you"} or child.ent_type_ == "PERSON"
    return False


def _is_label(quantity: Quantity, place: Site, text: str) -> bool:
    """Tell a number that only names: a year, "page 5", "Model 3"."""
    doc, top = place.doc, place.top
    written = text[quantity.start : quantity.end]
    before = doc[place.first - 1] if place.first else None
    after = doc[place.last] if place.last < len(doc) else None
    if written.isdecimal():
        if len(written) > 1 and written[0] == "0":
            return True
        if may_be_year(written) and not _counts_despite_year(quantity, place, before):
            return True
    if before is not None:
        if (
            before.lower_ in LABELLED
            and before.tag_ in NOUN_TAGS
            and top.head.i <= before.i
            and not quantity.number.words
        ):
            return True
        if before.text in ("#", "No", "No.", "no."):
            return True
        proper = before.tag_ in ("NNP", "NNPS") and before.text[:1].isupper()
        if (
            proper
            and top.head.i < place.first
            and top.dep_
            in ("nummod", "appos", "npadvmod", "nmod", "compound", "amod", "dep", "flat")
            and not quantity.number.words
        ):
            return True
        if (
            proper
            and not quantity.number.words
            and after is not None
            and after.tag_ in ("NNP", "NNPS", "POS")
            and before.i == place.first - 1
        ):
            return True
        if (
            proper
            and not quantity.number.words
            and quantity.number.value is not None
            and top.dep_ in ("nummod", "compound", "nmod")
            and before.head.i == top.head.i
            and before.dep_ == "compound"
            and before.ent_type_ != "DATE"
        ):
            # "the Model 3 sedans", "a Galaxy 8 phone"; but "Tesla 12 cars" is not written
            return True
    return False


def _counts_despite_year(quantity: Quantity, place: Site, before: Token | None) -> bool:
    """Tell "2000 people" from the year: a counted plural behind and no article or "in" before."""
    noun = counted_noun(place)
    if noun is None or noun.tag_ not in ("NNS",) or noun.i < place.last:
        return False
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


def is_score(text: str, start: int, end: int, doc: Doc, after: Token | None) -> bool:
    """Tell a score or a vote, "2-1", from a range, "15-20"."""
    found = SCORE.match(text, start)
    if found is None or found.end() != end:
        return False
    a, b = int(found[1]), int(found[2])
    around = text[max(0, start - 40) : start].lower() + " | " + text[end : end + 30].lower()
    spoken = SCORE_WORDS.search(around) is not None
    if a >= b:
        return spoken or (a < 100 and (after is None or after.tag_ not in ("NNS",)))
    return spoken and (after is None or after.tag_ not in ("NNS",) or after.lower_ in ("votes",))
