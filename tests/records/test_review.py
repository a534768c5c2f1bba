"""Corrections apply to a record, and to another extraction of the same text."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.errors import BadCorrection
from pipeline.records.corrections import layer_of, version_of
from pipeline.records.review import apply, complete, judge, review, unsure_figures, unsure_who
from pipeline.records.schema import ArticleRecord, Mention, Span, Warning
from tests.records.judging import TEXT, WHEN, Reviewer, at, by_hand, item, made, span, told


@pytest.fixture
def ann() -> Reviewer:
    return Reviewer(made())


def speakers(record: ArticleRecord) -> dict[str, str | None]:
    names: dict[str | None, str] = {one.id: one.name for one in record.entities}
    return {one.text: names.get(one.speaker) for one in record.quotes}


def sources(record: ArticleRecord) -> list[str | None]:
    names: dict[str | None, str] = {one.id: one.name for one in record.entities}
    return [names.get(one.source and one.source.entity) for one in record.attributions]


def test_without_corrections_and_with_praise_alone_a_record_stays_as_it_is(ann: Reviewer) -> None:
    assert ann.result() == ann.record
    for id in ann.items():
        ann.say("accept", id)
    assert ann.result() == ann.record


def test_a_speaker_edited_at_the_quote_changes_at_its_attribution_too(ann: Reviewer) -> None:
    ann.edit("q2", speaker="e1")
    edited = ann.result()
    assert speakers(edited) == {"we won": "Ann Lee", "No,": "Ann Lee", "Not yet.": "Ann Lee"}
    assert sources(edited) == ["Ann Lee", "Ann Lee", None, "Bo Ek", "Ann Lee"]
    assert ann.record == made()


def test_a_speaker_edited_at_the_attribution_changes_at_its_quotes_too(ann: Reviewer) -> None:
    source = told(item(ann.record, "a2"), "e1").source
    ann.edit("a2", source=source)
    assert set(speakers(ann.result()).values()) == {"Ann Lee"}


def test_an_unnamed_source_that_gets_a_name_is_anonymous_no_more(ann: Reviewer) -> None:
    quote = ann.add(
        item(ann.record, "q1"),
        start=at("12 people")[0],
        end=at("12 people")[1],
        text="12 people",
        marks=item(ann.record, "q1").marks.model_copy(
            update={"open": Span(start=at("12 ")[0] - 1, end=at("12 ")[0], text=" "), "close": None}
        ),
        speaker=None,
        attribution="a3",
    )
    ann.edit(quote, speaker="e1")
    source = ann.result().attributions[2].source
    assert source is not None
    assert (source.entity, source.kind, source.anonymous) == ("e1", "person", False)


def test_a_quote_gets_several_speakers_and_loses_them_again(ann: Reviewer) -> None:
    ann.edit("q3", speaker=("e2", "e1"))
    both = ann.result()
    assert [one.speakers for one in both.quotes] == [("e1",), ("e2", "e1"), ("e2", "e1")]
    assert [one.speaker for one in both.quotes] == ["e1", None, None]
    source = both.attributions[1].source
    assert source is not None
    assert (source.entity, source.entities, source.kind) == (None, ("e2", "e1"), "person")
    ann.say("reject", "e2")
    assert [one.speaker for one in ann.result().quotes] == ["e1", "e1", "e1"]
    ann.edit("q3", speaker=None)
    assert [one.speakers for one in ann.result().quotes] == [("e1",), (), ()]


def test_a_speaker_from_a_reviewer_has_no_confidence() -> None:
    sure = {"speaker_confidence": 0.9}
    record = made()
    quotes = tuple(one.model_copy(update=sure) for one in record.quotes)
    ann = Reviewer(record.model_copy(update={"quotes": quotes}))
    ann.say("accept", "q1")
    ann.edit("q2", speaker="e1")
    assert [one.speaker_confidence for one in ann.result().quotes] == [0.9, None, None]
    ann.edit("q1", kind="direct")
    assert [one.speaker_confidence for one in ann.result().quotes] == [None, None, None]


def test_doubtful_speakers_come_first_until_they_are_reviewed() -> None:
    record = made()
    unsure = {"q1": 0.7, "q2": 0.4, "q3": 0.9}
    officials = span("Officials")
    left_open = Warning(code="W241", message="who?", start=officials.start, end=officials.end)
    ann = Reviewer(
        record.model_copy(
            update={
                "quotes": tuple(
                    one.model_copy(update={"speaker_confidence": unsure[one.id]})
                    for one in record.quotes
                ),
                "warnings": (left_open,),
            }
        )
    )
    assert unsure_who(review(ann.record, ann.said), 0.8) == ["a3", "q2", "q1"]
    ann.say("accept", "q2")
    ann.edit("q1", speaker="e2")
    assert unsure_who(review(ann.record, ann.said), 0.8) == ["a3"]


def test_unsure_figures_come_least_sure_first_until_they_are_judged() -> None:
    record = made()
    sure = {"f1": 0.3, "f2": 0.2, "f3": 0.5}
    figures = (one.model_copy(update={"confidence": sure[one.id]}) for one in record.figures)
    ann = Reviewer(record.model_copy(update={"figures": tuple(figures)}))
    assert unsure_figures(review(ann.record, ann.said), 0.4) == ["f2", "f1"]
    ann.say("accept", "f2")
    ann.edit("f1", value="3")
    assert unsure_figures(review(ann.record, ann.said), 0.4) == []
    assert [one.confidence for one in ann.result().figures] == [None, 0.2, 0.5]


def test_where_quote_and_attribution_were_two_they_stay_two(ann: Reviewer) -> None:
    split = item(ann.record, "a2")
    other = told(split).source
    record = ArticleRecord.model_validate(
        dict(ann.record)
        | {
            "attributions": tuple(
                one.model_copy(update={"source": other}) if one.id == "a2" else one
                for one in ann.record.attributions
            )
        }
    )
    bob = Reviewer(record)
    bob.edit("q2", speaker="e1")
    assert speakers(bob.result()) == {"we won": "Ann Lee", "No,": "Ann Lee", "Not yet.": "Ann Lee"}
    assert sources(bob.result())[1] is None


def test_a_rejected_attribution_leaves_its_quotes_without_a_speaker(ann: Reviewer) -> None:
    ann.say("reject", "a2")
    left = ann.result()
    assert [one.id for one in left.attributions] == ["a1", "a2", "a3", "a4"]
    assert speakers(left) == {"we won": "Ann Lee", "No,": None, "Not yet.": None}
    assert [one.attribution for one in left.quotes] == ["a1", None, None]


def test_a_speaker_that_a_person_accepted_outlives_the_attribution(ann: Reviewer) -> None:
    ann.say("accept", "q2")
    ann.say("reject", "a2")
    assert speakers(ann.result()) == {"we won": "Ann Lee", "No,": "Bo Ek", "Not yet.": None}


def test_items_of_a_rejected_attribution_move_to_the_enclosing_one(ann: Reviewer) -> None:
    inner = ann.add(
        item(ann.record, "a5").model_copy(update={"figures": ("f3",), "parent": "a5"}),
        cue=None,
        content=item(ann.record, "a5").content.model_copy(update={"spans": (span("3"),)}),
    )
    ids = review(ann.record, ann.said).ids
    assert item(ann.result(), ids[inner]).parent == ids["a5"]
    ann.say("reject", "a5")
    left = ann.result()
    assert left.attributions[-1].parent == "a4"
    ann.say("reject", inner)
    assert [one.figures for one in ann.result().attributions] == [(), (), ("f1", "f2"), ("f3",)]


def test_what_came_from_a_rejected_attribution_can_be_taken_from_the_one_around_it(
    ann: Reviewer,
) -> None:
    ann.say("reject", "a5")
    ann.edit("a4", figures=())
    assert ann.result().figures[-1].attribution is None


def test_a_removed_quote_passes_on_what_it_continued(ann: Reviewer) -> None:
    ann.edit("q1", speaker="e2", speakers=("e2",))
    ann.edit("q2", continues="q1")
    ann.say("reject", "q2")
    assert [(one.text, one.continues) for one in ann.result().quotes] == [
        ("we won", None),
        ("Not yet.", "q1"),
    ]


def test_a_quote_cannot_continue_what_somebody_else_says(ann: Reviewer) -> None:
    with pytest.raises(BadCorrection, match="the quote that it continues has another speaker"):
        ann.edit("q2", continues="q1")


def test_a_part_with_another_speaker_continues_nothing(ann: Reviewer) -> None:
    assert ann.result().quotes[2].continues == "q2"
    ann.edit("a2", quotes=("q2",))
    assert [(one.speaker, one.continues) for one in ann.result().quotes[1:]] == [
        ("e2", None),
        (None, None),
    ]


def test_an_added_item_is_numbered_in_text_order_and_can_be_referred_to(ann: Reviewer) -> None:
    entity = ann.add(
        item(ann.record, "e2"),
        name="officials",
        label="ORG",
        mentions=(Mention(**span("Officials").model_dump(), kind="nominal"),),
    )
    source = told(item(ann.record, "a3"), entity).source
    ann.edit("a3", source=source)
    figure = ann.add(item(ann.record, "f1"), start=at("we")[0], end=at("we")[1], text="we",
                     value="2", measures=None, holder=entity, attribution="a1")  # fmt: skip
    new = ann.result()
    assert [one.name for one in new.entities] == ["Ann Lee", "Bo Ek", "officials"]
    assert sources(new)[2] == "officials"
    assert next((one.id, one.text, one.holder) for one in new.figures) == ("f1", "we", "e3")
    assert [one.figures for one in new.attributions] == [("f1",), (), ("f2", "f3"), (), ("f4",)]
    assert review(ann.record, ann.said).ids[figure] == "f1"


def test_an_added_attribution_takes_its_quotes_and_gives_them_its_speaker(ann: Reviewer) -> None:
    ann.say("reject", "a2")
    assert speakers(ann.result())["No,"] is None
    source = item(ann.record, "a1").source
    ann.add(item(ann.record, "a2"), source=source, quotes=("q2",), cue=None)
    assert speakers(ann.result()) == {"we won": "Ann Lee", "No,": "Ann Lee", "Not yet.": None}


def test_quotes_removed_from_an_attribution_have_no_speaker(ann: Reviewer) -> None:
    ann.edit("a2", quotes=("q2",))
    assert speakers(ann.result()) == {"we won": "Ann Lee", "No,": "Bo Ek", "Not yet.": None}
    ann.edit("a2", negated=False, quotes=())
    assert [one.attribution for one in ann.result().quotes] == ["a1", None, None]


def test_a_mention_belongs_to_one_entity_and_who_loses_all_is_the_other(ann: Reviewer) -> None:
    both = (*item(ann.record, "e1").mentions, *item(ann.record, "e2").mentions)
    ann.edit("e1", mentions=tuple(sorted(both, key=lambda one: one.start))[:-2])
    assert [len(one.mentions) for one in ann.result().entities] == [3, 1]
    assert speakers(ann.result())["No,"] == "Bo Ek"
    ann.edit("e1", mentions=tuple(sorted(both, key=lambda one: one.start)))
    merged = ann.result()
    assert [one.name for one in merged.entities] == ["Ann Lee"]
    assert sources(merged) == ["Ann Lee", "Ann Lee", None, "Ann Lee", "Ann Lee"]


def test_links_that_cross_are_as_they_were_left(ann: Reviewer) -> None:
    ann.say("accept", "a1")
    ann.edit("q1", attribution="a2", speech=False)
    ann.edit("a1", quotes=())
    other = told(item(ann.record, "a1"), "e2").source
    ann.edit("a1", source=other, quotes=("q3",))
    assert [(one.speaker, one.attribution) for one in ann.result().quotes] == [
        ("e1", "a2"),
        ("e2", "a2"),
        ("e2", "a1"),
    ]


def test_the_last_word_counts_and_can_be_taken_back(ann: Reviewer) -> None:
    ann.edit("q2", speaker="e1")
    ann.edit("q2", speaker=None)
    assert speakers(ann.result())["Not yet."] is None
    ann.say("reject", "q2")
    assert len(ann.result().quotes) == 2
    ann.say("accept", "q2")
    assert speakers(ann.result())["No,"] is None
    ann.say("withdraw", "q2")
    assert ann.result() == ann.record
    assert review(ann.record, ann.said).judgements == {}
    added = ann.add(item(ann.record, "t1"), start=at("we")[0], end=at("we")[1], text="we")
    ann.say("withdraw", added)
    assert ann.result() == ann.record


def test_verdicts_use_the_ids_of_the_reviewed_record(ann: Reviewer) -> None:
    ann.say("reject", "q1")
    ann.say("accept", "q2")
    ann.edit("q3", kind="mixed")
    added = ann.add(item(ann.record, "t1"), start=at("we")[0], end=at("we")[1], text="we")
    found = review(ann.record, ann.said)
    assert {id: one.verdict for id, one in found.judgements.items()} == {
        "q1": "rejected",
        "q2": "accepted",
        "q3": "edited",
        added: "added",
    }
    assert {id: found.ids.get(id) for id in ("q1", "q2", "q3", "t1", added)} == {
        "q1": None,
        "q2": "q1",
        "q3": "q2",
        "t1": "t2",
        added: "t1",
    }
    assert found.items["q1"] == item(ann.record, "q1")
    assert found.remarks == ()


def test_a_layer_is_complete_once_the_rest_of_it_is_accepted(ann: Reviewer) -> None:
    ann.say("reject", "q1")
    ann.said += complete(ann.record, ann.said, layer="quotes", who="bob", when=WHEN)
    found = review(ann.record, ann.said)
    assert found.complete == {"quotes"}
    verdicts = {id: one.verdict for id, one in found.judgements.items()}
    assert verdicts == {"q1": "rejected", "q2": "accepted", "q3": "accepted"}
    ann.said.append(by_hand(ann.record, "quotes", "withdraw"))
    assert review(ann.record, ann.said).complete == frozenset()


IMPOSSIBLE: dict[str, tuple[str, dict[str, Any], str]] = {
    "a speaker that is not there": ("q1", {"speaker": "e9"}, "there is no e9"),
    "words that stand elsewhere": ("q1", {"start": 1, "end": 7}, "is different"),
    "a quote outside its marks": (
        "q1",
        {"start": at("“we won”")[0], "text": "“we won"},
        "marks are not around it",
    ),
    "an attribution inside itself": ("a4", {"parent": "a5"}, "is inside itself"),
    "a quote that continues itself": ("q2", {"continues": "q3"}, "continues itself"),
    "an attribution of nothing": ("a3", {"source": None, "cue": None, "content": None}, "neither"),
    "another item": ("q1", {"id": "q2"}, "after is q2, not q1"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_what_would_break_the_record_is_refused(case: str, ann: Reviewer) -> None:
    id, changes, message = IMPOSSIBLE[case]
    with pytest.raises(BadCorrection, match=message) as caught:
        ann.edit(id, **changes)
    assert str(caught.value).startswith("lee: ")


def test_an_item_that_is_not_there_or_changed_meanwhile_is_refused(ann: Reviewer) -> None:
    seen = ann.items()["q1"]
    ann.edit("q1", kind="direct")
    given: dict[str, Any] = {"layer": "quotes", "who": "bob", "when": WHEN}
    with pytest.raises(BadCorrection, match="q1 has changed"):
        judge(ann.record, ann.said, action="accept", item="q1", before=seen, **given)
    with pytest.raises(BadCorrection, match="there is no q9 in the quotes"):
        judge(ann.record, ann.said, action="accept", item="q9", **given)
    with pytest.raises(BadCorrection, match="there is no f1 in the quotes"):
        judge(ann.record, ann.said, action="accept", item="f1", **given)
    with pytest.raises(BadCorrection, match="no decision to undo"):
        judge(ann.record, ann.said, action="withdraw", item="q2", **given)


def test_a_correction_that_does_not_fit_is_reported_and_affects_no_other(ann: Reviewer) -> None:
    quote = item(ann.record, "q1")
    broken = by_hand(ann.record, "attributions", "edit", item(ann.record, "a4"),
                     item(ann.record, "a4").model_copy(update={"parent": "a5"}))  # fmt: skip
    elsewhere = broken.model_copy(update={"sha256": "0" * 64})
    stranger = elsewhere.model_copy(update={"record": "another"})
    said = [broken, elsewhere, stranger, by_hand(ann.record, "quotes", "reject", quote)]
    found = review(ann.record, said)
    assert [one.text for one in found.record.quotes] == ["No,", "Not yet."]
    assert [(one.applied, str(one)) for one in found.remarks] == [
        (False, "lee: edit a4 by ann: the text of the article has changed"),
        (False, "lee: edit a4 by ann: a4 is inside itself, through others"),
    ]


def other_extraction(*gone: str) -> ArticleRecord:
    """Return the record without some items, all others numbered anew: the pipeline changed."""
    first = made()
    said = [by_hand(first, layer_of(id), "reject", item(first, id)) for id in gone]  # type: ignore[arg-type]
    changed = apply(first, said)
    assert version_of(changed) != version_of(first)
    return changed


def test_corrections_find_their_items_in_another_extraction(ann: Reviewer) -> None:
    ann.edit("q3", speaker="e1")
    ann.edit("f3", value="30")
    ann.say("reject", "a3")
    other = other_extraction("q1", "f1", "a1")
    corrected = apply(other, ann.said)
    assert speakers(corrected) == {"No,": "Ann Lee", "Not yet.": "Ann Lee"}
    assert [one.value for one in corrected.figures] == [5, 30]
    assert [one.kind for one in corrected.attributions] == ["direct", "indirect", "indirect"]
    assert apply(corrected, ann.said) == corrected
    assert all(one.applied for one in review(other, ann.said).remarks)


def test_a_right_item_that_is_not_found_again_is_added_and_reported(ann: Reviewer) -> None:
    ann.say("accept", "q2")
    ann.edit("a5", kind="mixed")
    ann.say("reject", "f1")
    found = review(other_extraction("q2", "a5", "f1"), ann.said)
    assert [one.text for one in found.record.quotes] == ["we won", "No,", "Not yet."]
    assert found.record.quotes[1].attribution == "a2"
    assert found.record.attributions[4].kind == "mixed"
    assert [(one.applied, one.message) for one in found.remarks] == [
        (True, "the item was no longer found, and has been added"),
        (True, "the item was no longer found, and has been added"),
        (True, "the item no longer exists"),
    ]
    assert apply(found.record, ann.said) == found.record


def test_an_entity_missing_from_another_extraction_is_reported(ann: Reviewer) -> None:
    ann.edit("q1", speaker="e2")
    found = review(other_extraction("e2"), ann.said)
    assert speakers(found.record)["we won"] is None
    assert [(one.applied, one.message) for one in found.remarks] == [
        (False, "Bo Ek is not in the record; it is left open")
    ]


def test_an_item_at_a_slightly_different_place_is_replaced_not_duplicated(ann: Reviewer) -> None:
    ann.say("accept", "f1")
    bob = Reviewer(made())
    bob.edit("f1", start=at("12 people")[0], end=at("12 people")[1], text="12 people")
    other = bob.result()
    assert [one.text for one in other.figures] == ["12 people", "5%", "3"]
    assert [one.text for one in apply(other, ann.said).figures] == ["12 people", "12", "5%", "3"]
    bob = Reviewer(made())
    bob.edit("f2", start=at("5%")[0] - 1, text=" 5%")
    ann.say("accept", "f2")
    assert [one.text for one in apply(bob.result(), ann.said).figures] == ["12", "5%", "3"]


def test_the_next_version_is_reviewed_on_top_of_the_last(ann: Reviewer) -> None:
    ann.edit("q3", speaker="e1")
    added = ann.add(item(ann.record, "t1"), start=at("we")[0], end=at("we")[1], text="we")
    other = other_extraction("q1")
    bob = Reviewer(other, ann.said)
    now = bob.items()
    assert now["q2"].model_dump()["speaker"] == "e1"
    bob.edit("q2", kind="mixed")
    bob.edit(added, value="2024")
    held = review(other, bob.said)
    assert {id: one.verdict for id, one in held.judgements.items()} == {
        "q2": "edited",
        added: "added",
    }
    assert len(held.judgements["q2"].history) == 2
    for record in (other, ann.record):
        corrected = apply(record, bob.said)
        assert [one.kind for one in corrected.quotes][-1] == "mixed"
        assert [one.value for one in corrected.times] == ["2024", None]
        assert apply(corrected, bob.said) == corrected


def test_two_persons_who_miss_the_same_add_it_once(ann: Reviewer) -> None:
    place = {"start": at("we")[0], "end": at("we")[1], "text": "we"}
    ann.add(item(ann.record, "t1"), **place)
    ann.add(item(ann.record, "t1"), **place, value="2024")
    assert [(one.text, one.value) for one in ann.result().times] == [
        ("we", "2024"),
        ("Monday", None),
    ]


def test_the_text_is_the_one_that_the_tables_here_are_about() -> None:
    assert made().text == TEXT
