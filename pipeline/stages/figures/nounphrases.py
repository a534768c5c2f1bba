"""Noun phrases for figures: without articles, and without the figure itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

from spacy.tokens import Token

from pipeline.document import syntax
from pipeline.document.columns import NOUN_TAGS
from pipeline.quantities import senses, unit_table
from pipeline.text.lemmas import noun_lemma
from pipeline.text.spans import CharSpan, TokenSpan
from pipeline.text.words import word_set

DROPPED = word_set("DT PRP PRP$ WP$ WDT PDT POS RB RBR RBS CC IN EX CD $ HYPH")
LAST_OUT = frozenset(("IN", "TO", "CC", "DT", "POS", "RB", "WDT", "-LRB-", "HYPH"))
QUANTIFYING = frozenset(("more", "less", "than", "double", "twice", "triple", "half", "nearly"))
COMPARING = frozenset(("own", "more", "fewer", "less", "lower", "higher"))
"""Words that cannot start a phrase: "30% lower risk", "her own record"."""
SERIES = frozenset(("past", "last", "first", "next", "other", "remaining"))
CORE_DEPS = frozenset(("compound", "amod", "nmod", "poss", "nummod", "quantmod"))
CORE_TAGS = NOUN_TAGS | {"JJ", "JJR", "JJS", "VBN", "VBG"}
ENDS = frozenset(("appos", "relcl", "acl", "advcl", "parataxis", "npadvmod", "advmod", "punct"))
MEASURE = re.compile(r"[\d.,]+([^\d.,]+)")
MAX_WORDS = 14
AMOUNTS = frozenset(("MONEY", "PERCENT", "QUANTITY"))
HEDGES = frozenset(("estimated", "projected", "reported", "total", "least", "most"))
OWNERS = frozenset(("PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "PRODUCT"))
"""Labels of names that may be holders of a figure."""


def phrase(figure: TokenSpan, noun: Token, *, complements: bool = False) -> CharSpan | None:
    """Return the character bounds of the phrase of a noun next to a figure (token bounds).

    With ``complements``, "price of oil in London" is one phrase; relative clauses, appositions and
    everything beyond the figure are left out.
    """
    doc = noun.doc
    first, last = core(noun)
    if complements:
        first = min(first, noun.left_edge.i)
        last = max(last, _complements_end(noun, figure))
    if noun.i >= figure[1]:
        first = _past_figure(noun, max(first, figure[1]))
    elif last > figure[0] > noun.i:
        last = figure[0]
    first = _past_owner(noun, first)
    first += _is_before_number(noun, first, HEDGES)  # "an estimated 5 million children"
    first = _past_quantifiers(noun, first)
    first += _is_before_number(noun, first, SERIES)  # "five of the past six elections"
    while first < noun.i and _is_dropped(doc[first]):
        first = _past_length(noun, first) or first + 1 + _is_unit(doc[first], first + 1 < noun.i)
    while last > noun.i + 1 and (doc[last - 1].tag_ in LAST_OUT or not _has_letter(doc[last - 1])):
        last -= 1
    if last - first > MAX_WORDS:
        first, last = max(first, core(noun)[0]), noun.i + 1
    if last - first > MAX_WORDS:
        first = noun.i
    if last == noun.i + 1:
        last = _label_end(noun, figure)
    start, end = doc[first].idx, doc[last - 1].idx + len(doc[last - 1])
    return (start, end) if _has_letter(doc[first]) else None


def _past_figure(noun: Token, first: int) -> int:
    """Return the start of a phrase after the unit and the rate of the figure before it."""
    doc = noun.doc
    if doc[first].text == "-" and first + 2 <= noun.i:
        first += 2  # "1-in-100-year flood", "61-year-old woman"
    if doc[first].lower_ in ("a", "an", "per") and first + 1 < noun.i:
        first += 2 * (noun_lemma(doc[first + 1].lower_) in unit_table.PER)  # "a month rent"
    return first


def _is_before_number(noun: Token, first: int, words: frozenset[str]) -> bool:
    doc = noun.doc
    return doc[first].lower_ in words and first + 1 < noun.i and doc[first + 1].tag_ == "CD"


def _past_quantifiers(noun: Token, first: int) -> int:
    """Return the start of a phrase after "more than double the", "twice the"."""
    doc = noun.doc
    for at in range(first + 1, min(first + 5, noun.i)):
        if doc[at].tag_ == "DT" and all(doc[i].lower_ in QUANTIFYING for i in range(first, at)):
            return at + 1
    return first


def _past_length(noun: Token, first: int) -> int | None:
    """Return the start of a phrase after "five-year" and "88-year-old"."""
    doc, at = noun.doc, first
    if doc[at].tag_ != "CD":
        return None
    while at + 2 <= noun.i and doc[at + 1].text == "-" and not doc[at + 1].whitespace_:
        at += 2
    return at + 1 if first < at < noun.i else None


def _is_dropped(token: Token) -> bool:
    """Return whether a token is an article, a mark, a number or another figure ("250ml")."""
    if token.lower_ in COMPARING or (token.lower_ == "times" and token.nbor(1).tag_ != "DT"):
        return True  # "1.9 times core earnings", but "78,000 times a minute"
    if token.tag_ in ("RB", "IN") and token.nbor(1).text == "-" and not token.whitespace_:
        return False  # "well-known", "at-large"
    figure = MEASURE.fullmatch(token.text)
    if figure is not None and figure[1] in unit_table.SYMBOLS:
        return True
    return token.tag_ in DROPPED or not _has_letter(token)


def _past_owner(noun: Token, first: int) -> int:
    """Return the start of a phrase after a named owner, who is the figure's holder."""
    for child in noun.lefts:
        if child.dep_ == "poss" and child.ent_type_ in OWNERS and child.i >= first:
            return min(child.right_edge.i + 1, noun.i)  # for parses with crossing branches
    return first


def _is_unit(number: Token, more: bool) -> bool:
    """Return whether the word after a number is its unit: "kW" before "system"."""
    if not more or number.tag_ != "CD":
        return False
    word = number.nbor(1)
    lemma = noun_lemma(word.lower_)
    named = lemma in unit_table.WORDS and "none" not in senses.WORDS.get(lemma, ())
    return word.text in unit_table.SYMBOLS or named


def _label_end(noun: Token, figure: TokenSpan) -> int:
    """Return the index after a noun and its label: "S&P 500", "e-minis"."""
    doc, end = noun.doc, noun.i + 1
    joined = end + 1 < len(doc) and doc[end].text == "-" and not noun.whitespace_
    if joined and not doc[end].whitespace_ and doc[end + 1].is_alpha:
        return end + 2
    if figure[0] <= end < figure[1] or noun.ent_type_ == "PERSON":
        return end
    if end < len(doc) and doc[end].tag_ == "CD" and noun.tag_ in syntax.NAME_TAGS:
        behind = doc[end]
        if behind.head.i == noun.i and behind.dep_ in ("nummod", "appos") and behind.is_digit:
            return end + 1
    return end


def _has_letter(token: Token) -> bool:
    return any(char.isalnum() for char in token.text)


def core(noun: Token) -> TokenSpan:
    """Return the token bounds of a noun with its modifiers before it."""
    first = noun.i
    for child in noun.lefts:
        if child.dep_ in CORE_DEPS or child.tag_ in CORE_TAGS:
            first = min(first, child.left_edge.i)
    return first, noun.i + 1


def _complements_end(noun: Token, figure: TokenSpan) -> int:
    """Return the index after the last prepositional phrase that belongs to a noun."""
    doc, end = noun.doc, noun.i + 1
    for child in noun.rights:
        if child.dep_ == "cc":
            continue
        edge = child.right_edge.i + 1
        if child.dep_ == "conj" and child.tag_ in NOUN_TAGS:
            if not (noun.i < figure[0] and edge <= figure[0]):
                break
            end = child.i + 1
            continue
        if child.dep_ != "prep":
            break
        thing = syntax.child(child, "pobj")
        if child.i < figure[1] and edge > figure[0]:
            if thing is not None and child.lower_ in ("of", "on") and thing.i < figure[0]:
                # "margin of error" before "of 3 points"
                end = end if _has_number(doc[child.i : thing.i]) else thing.i + 1
            break
        if thing is None or thing.ent_type_ in ("DATE", "TIME"):
            break
        inner = _inner_end(thing, edge)
        amounts = [at for at in range(child.i, inner) if _is_amount(doc[at])]
        if amounts and amounts[0] <= thing.i:
            break  # "homes from $1 million to $2 million"
        end = max(end, amounts[0] if amounts else inner)
    return end


def _has_number(words: Iterable[Token]) -> bool:
    return any(token.tag_ == "CD" for token in words)


def _is_amount(token: Token) -> bool:
    return token.tag_ == "$" or token.ent_type_ in AMOUNTS


def _inner_end(noun: Token, edge: int) -> int:
    for child in noun.rights:
        if child.dep_ in ENDS and child.dep_ != "punct":
            return min(edge, child.left_edge.i)
    return edge


def kind_behind(noun: Token, after: int) -> int | None:
    """Return the character offset at which "of products" ends after "categories"."""
    doc, at = noun.doc, noun.i + 1
    if noun.i < after or at >= len(doc) or doc[at].lower_ != "of" or doc[at].head.i != noun.i:
        return None
    kind = syntax.child(doc[at], "pobj")
    if kind is None or kind.i < at or kind.tag_ not in ("NN", "NNS") or kind.ent_type_:
        return None
    inside = all(doc[i].tag_ in CORE_TAGS and doc[i].is_alpha for i in range(at + 1, kind.i + 1))
    return kind.idx + len(kind) if inside else None


def words(figure: TokenSpan, owner: Token) -> CharSpan:
    """Return the character bounds of the holder of a figure (token bounds): a noun with the words
    before it, without articles and the figure itself.

    A name extends to its end: "Club for Growth".
    """
    doc, last = owner.doc, owner.i
    first, _ = core(owner)
    if first < figure[1] <= owner.i:
        first = figure[1]  # "a seven-year-old girl"
    while first < owner.i and doc[first].tag_ in DROPPED:
        first += 1
    while owner.ent_type_ and last + 1 < len(doc) and doc[last + 1].ent_iob_ == "I":
        last += 1
    if doc[last].tag_ == "POS":
        last -= 1
    return doc[first].idx, doc[last].idx + len(doc[last])
