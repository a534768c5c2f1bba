"""Read what stands beside the name of an index or a share: levels, tickers; and glued millions."""

from __future__ import annotations

import re
from decimal import Decimal

from spacy.tokens import Token

from pipeline.records.labels import Change
from pipeline.stages.annotations import Bounds, Figure
from pipeline.stages.measuring.hedges import EITHER, VERBS
from pipeline.stages.measuring.sites import Site
from pipeline.stages.syntax import NOUN_TAGS, VERB_TAGS, clause_head
from pipeline.text.lemmas import noun_lemma, verb_lemma
from pipeline.text.quantities.exact import Value, times
from pipeline.text.units import Quantity
from pipeline.text.wordset import word_set

INDEX = re.compile(
    r"\b(?:S&P|STOXX|Stoxx|FTSE|Nasdaq|NASDAQ|Russell|CAC|Nikkei|ASX|IBEX|Topix|TOPIX|SMI|AEX|"
    r"KOSPI|Kospi|Nifty|TSX|TA-\d+|DAX|Dax|BSE|ATX|Sensex|Dow|Hang Seng|Industrial Average|"
    r"Stock Exchange|Composite|[Ii]ndex)\b"
)
INDEX_ANYHOW = re.compile(INDEX.pattern, re.IGNORECASE)
LONG = word_set(
    """
    wave flood water level depth height length distance wall tower tree building cliff peak
    mountain hill river tide sea skyscraper ceiling tunnel boat ship dam drift hole pipe road
    fence statue line cable bridge crane mast turbine jump throw gap
    """
)
"""What is so many metres tall, deep or long."""
PAID = word_set(
    """
    wage salary pay price cost fee fare rent tax bill fine budget income pension bonus debt loan
    profit revenue dividend ticket subscription deposit allowance compensation
    """
)
"""What is so many pounds sterling."""
PAYING = word_set(
    """
    cost pay charge earn fine hand steal spend raise owe donate invest borrow lend defraud swindle
    save
    """
)
LEAST_LEVEL = 100
"""Smaller numbers behind an index are mostly its firms."""
LEVEL_VERBS = frozenset(VERBS) | EITHER | {"be", "hit", "reach", "top", "break", "pass", "touch"}


def is_level(quantity: Quantity, place: Site, measured: Bounds | None, text: str) -> bool:
    """Tell the level of an index, "The Dow ended at 27,349", which is in points."""
    value = quantity.value
    if measured is None or value is None or value < LEAST_LEVEL or quantity.number.words:
        return False
    if not INDEX.search(text, *measured):
        return False
    verb = clause_head(place.top)
    return verb.tag_ not in VERB_TAGS or verb_lemma(verb.lower_) in LEVEL_VERBS


def is_millions(
    text: str, quantity: Quantity, noun: Token | None, change: Change | None, before: Figure | None
) -> bool:
    """Tell whether "24.1m" are millions: of what grows or shrinks, is counted and has no length."""
    glued = text.startswith("m", quantity.number.end) and quantity.value is not None
    if not glued or quantity.per is not None or noun is None:
        return False
    if noun.tag_ not in ("NNS", "NNPS") or noun_lemma(noun.lower_) in LONG:
        return False
    again = before is not None and before.kind == "count" and text[before.end - 1] == "m"
    return change is not None or again


def is_sterling(quantity: Quantity, place: Site, noun: Token | None) -> bool:
    """Tell pounds of money from pounds of weight by what is paid: "a wage of 12 pounds"."""
    if quantity.unit != "[lb_av]" or quantity.unit_text not in ("pounds", "pound"):
        return False
    if noun is not None and noun_lemma(noun.lower_) in PAID:
        return True
    return verb_lemma(clause_head(place.top).lower_) in PAYING


def in_millions(value: Value | None) -> Value | None:
    return None if value is None else times(value, Decimal(10**6))


def ticker(place: Site) -> Token | None:
    """Return the name that a signed figure follows without a verb: "Dow +0.2% Nasdaq -0.8%"."""
    before = place.before
    if before is None or place.doc[place.first].text[:1] not in "+-−":
        return None
    if before.tag_ == "CD" and place.first > 1:
        return before if place.doc[place.first - 2].tag_ in NOUN_TAGS else None
    return before if before.tag_ in NOUN_TAGS and before.text != "%" else None


def name_run(noun: Token) -> Bounds:
    """Return the bounds of the name that ends with a word or a number: "S&P 500"."""
    doc, first = noun.doc, max(0, noun.i - (noun.tag_ == "CD"))
    while first and doc[first - 1].tag_ in ("NNP", "NNPS"):
        first -= 1
    return doc[first].idx, noun.idx + len(noun)
