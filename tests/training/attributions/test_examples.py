"""Annotated articles as arrays."""

from __future__ import annotations

from spacy.language import Language

from pipeline.stages.language import annotate
from pipeline.training.attributed import AnnotatedArticle, AnnotatedAttribution
from pipeline.training.attributions.examples import (
    UNSCORED,
    all_within,
    example,
    labels_of,
    within,
)
from tests.marked import unmark


def article(marked: str, roles: str, discard: tuple[tuple[int, int], ...] = ()) -> AnnotatedArticle:
    """Return an article with one attribution, the roles of its bracketed parts by first letter."""
    text, spans = unmark(marked)
    by_role = {
        role: tuple(span for span, letter in zip(spans, roles, strict=True) if letter == role)
        for role in "stc"
    }
    one = AnnotatedAttribution(source=by_role["s"], content=by_role["t"], cue=by_role["c"])
    return AnnotatedArticle("a", text, (one,), discard)


def made(nlp: Language, one: AnnotatedArticle) -> tuple[str, list[int], list[str]]:
    doc = annotate(nlp, one.text)
    found = example(one, doc, labels_of([(one, doc)], nlp))
    letters = dict(enumerate("-CcSsTt")) | {UNSCORED: "x"}
    return "".join(letters[tag] for tag in found.tags), found.links.tolist(), found.words


def test_each_role_begins_and_goes_on_and_is_linked_to_its_cue(nlp: Language) -> None:
    one = article("[“It rained,”] [said] [Ann Lee].", "tcs")
    tags, links, _ = made(nlp, one)
    assert tags == "TttttCSs-"
    assert links == [5, 5, 5, 5, 5, -1, 5, 5, -1]


def test_a_content_in_two_parts_begins_twice(nlp: Language) -> None:
    one = article("[“It rained,”] [Lee] [said]. [“And it hailed.”]", "tsct")
    tags, links, _ = made(nlp, one)
    assert tags == "TttttSC-Tttttt"
    assert set(links) == {6, -1}


def test_an_attribution_in_the_content_of_another_has_no_tags(nlp: Language) -> None:
    outer = article("[Lee] [said] [Ek hoped it rained].", "sct")
    text = outer.text
    at = text.index("Ek")
    inner = AnnotatedAttribution(
        ((at, at + 2),), ((text.index("it"), len(text) - 1),), ((at + 3, at + 8),)
    )
    tags, _, _ = made(nlp, outer._replace(attributions=(*outer.attributions, inner)))
    assert tags == "SCTttt-"


def quoted() -> AnnotatedArticle:
    """Return an article in which somebody is quoted as saying what somebody else said."""
    outer = article("[“Ek told me that it rained,”] [Ann Lee] [said].", "tsc")
    at = outer.text.index
    inner = AnnotatedAttribution(
        ((at("Ek"), at(" told")),), ((at("that"), at(",”")),), ((at("told"), at(" me")),)
    )
    return outer._replace(attributions=(*outer.attributions, inner))


def test_an_attribution_within_a_quotation_is_asked_for_there(nlp: Language) -> None:
    one = quoted()
    doc = annotate(nlp, one.text)
    found = example(one, doc, labels_of([(one, doc)], nlp))
    (inner,) = within(found)
    assert inner.ranges == [(1, 8)]
    assert ["-CcSsTt"[tag] for tag in inner.tags[1:8]] == list("SC-Ttt-")
    assert all_within([found]).keys() == {"a"}


def test_an_attribution_within_a_content_is_asked_for_there(nlp: Language) -> None:
    outer = article("[Lee] [said] [Ek hoped it rained].", "sct")
    at = outer.text.index
    inner = AnnotatedAttribution(
        ((at("Ek"), at(" hoped")),), ((at("it"), at(".")),), ((at("hop"), at(" it")),)
    )
    one = outer._replace(attributions=(*outer.attributions, inner))
    doc = annotate(nlp, one.text)
    (found,) = within(example(one, doc, labels_of([(one, doc)], nlp)))
    assert found.ranges == [(2, 6)]
    assert ["-CcSsTt"[tag] for tag in found.tags[2:6]] == list("SCTt")


def test_a_corpus_without_attributions_within_others_teaches_none(nlp: Language) -> None:
    one = quoted()._replace(attributions=quoted().attributions[:1])
    doc = annotate(nlp, one.text)
    assert all_within([example(one, doc, labels_of([(one, doc)], nlp))]) == {}


def test_what_was_not_annotated_counts_neither_way(nlp: Language) -> None:
    one = article("By Ann Lee. [He] [said] [it rained].", "sct", discard=((0, 11),))
    tags, links, _ = made(nlp, one)
    assert tags == "xxxxSCTt-"
    assert links[:4] == [-1] * 4


def test_names_have_no_code_of_their_own(nlp: Language) -> None:
    text = "Lee said so. " * 30
    one = AnnotatedArticle("a", text, (), ())
    doc = annotate(nlp, one.text)
    words = labels_of([(one, doc)], nlp).words
    assert "said" in words
    assert "lee" not in words
