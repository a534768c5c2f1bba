"""Whatever reviewers say, in whatever order, a record stays a record."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from pipeline.errors import BadCorrection
from pipeline.records.assemble import assemble
from pipeline.records.corrections import (
    KINDS,
    LAYERS,
    Correction,
    Layer,
    Reviewed,
    layer_of,
    place,
    references,
    with_speakers,
)
from pipeline.records.review import Review, apply, judge, review
from pipeline.records.schema import ArticleRecord, Span
from tests.records.judging import WHEN, made
from tests.records.strategies import annotated, bounds, disjoint

relaxed = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@st.composite
def changed(draw: st.DrawFn, record: ArticleRecord, item: Reviewed, ids: list[str]) -> Reviewed:
    """Draw another item: other words, other links, most of them possible."""

    def span(start: int, end: int) -> dict[str, Any]:
        return {"start": start, "end": end, "text": record.text[start:end]}

    def link(layer: Layer) -> str | None:
        return draw(st.none() | st.sampled_from([i for i in ids if layer_of(i) == layer] or [None]))

    def links(layer: Layer) -> tuple[str, ...]:
        return tuple(one for one in ids if layer_of(one) == layer and draw(st.booleans()))

    def places() -> tuple[Span, ...]:
        cuts = draw(disjoint(record.text)) if len(record.text) > 1 else ((0, 1),)
        return tuple(Span(**span(*one)) for one in cuts)

    update: dict[str, Any] = {}
    layer = layer_of(item.id)
    if layer in ("figures", "times") and draw(st.booleans()):
        update = span(*draw(bounds(record.text)))
    if layer == "figures":
        update |= {"value": draw(st.sampled_from([None, "7"])), "attribution": link("attributions")}
        update |= {"holder": link("entities"), "time": link("times")}
    elif layer == "quotes":
        item = with_speakers(item, links("entities")[:2])
        update = {"attribution": link("attributions")}
        update |= {"continues": link("quotes"), "speech": draw(st.booleans())}
    elif layer == "attributions":
        update = {"parent": link("attributions"), "quotes": links("quotes")}
        update |= {"figures": links("figures")}
        if draw(st.booleans()):
            item = with_speakers(item, links("entities")[:2])
        content = getattr(item, "content", None)
        if content is not None and draw(st.booleans()):
            update["content"] = content.model_copy(update={"spans": places()})
    elif layer == "entities":
        (mention, *_) = item.mentions  # type: ignore[union-attr]
        mentions = [mention.model_copy(update=one.model_dump()) for one in places()]
        update = {"name": draw(st.sampled_from(["Ann", "Bo"])), "mentions": tuple(mentions)}
    return item.model_copy(update=update)


@st.composite
def reviewed(draw: st.DrawFn) -> tuple[ArticleRecord, list[Correction]]:
    """Draw a record and a sequence of decisions on it."""
    record = made("x") if draw(st.booleans()) else assemble(draw(annotated()), id="x")
    said: list[Correction] = []
    for number in range(draw(st.integers(0, 8))):
        items = review(record, said).items
        if not items:
            break
        id = draw(st.sampled_from(sorted(items)))
        layer = layer_of(id)
        assert layer is not None
        action = draw(st.sampled_from(["accept", "edit", "edit", "add", "reject", "withdraw"]))
        after = None
        if action in ("edit", "add"):
            after = draw(changed(record, items[id], sorted(items)))
        try:
            one = judge(
                record, said, layer=layer, action=action, item=id, after=after,
                who=f"ann {number}", when=WHEN,
            )  # fmt: skip
        except BadCorrection:
            continue
        said.append(Correction.from_line(one.to_line()))
    return record, said


def unmistakable(record: ArticleRecord) -> bool:
    """Tell whether no two items of a layer stand at one place."""
    for layer in LAYERS:
        places = [place(item) for item in getattr(record, layer)]
        if len(places) != len(set(places)):
            return False
    return True


@relaxed
@given(reviewed(), annotated())
def test_any_corrections_leave_a_sound_record(
    drawn: tuple[ArticleRecord, list[Correction]], doc: Doc
) -> None:
    """What reviewers say is drawn once, since that takes longest, and held to all it promises."""
    record, said = drawn
    found = review(record, said)
    assert ArticleRecord.from_line(found.record.to_line()) == found.record
    assert found == review(record, said)
    assert [one for one in found.remarks if not one.applied] == []
    for field in ("id", "source", "text", "provenance", "warnings"):
        assert getattr(found.record, field) == getattr(record, field)
    every_last_word_is_in(found)
    if unmistakable(record) and unmistakable(found.record):
        assert apply(found.record, said) == found.record, "applied again they change nothing"
    other = assemble(doc, id="y")
    if other.text != record.text:
        assert apply(other, said) == other, "they are of one text"


def every_last_word_is_in(found: Review) -> None:
    for id, judged in found.judgements.items():
        assert (id in found.ids) == (judged.item is not None) or judged.layer == "entities"
        if judged.item is not None and id in found.ids and judged.layer != "entities":
            assert place(found.items[id]) == place(judged.item)
    for id in found.ids:
        item = found.items[id]
        assert isinstance(item, KINDS[layer_of(id)])  # type: ignore[index]
        assert set(references(item)) <= found.ids.keys()


@relaxed
@given(reviewed(), st.data())
def test_another_extraction_of_the_text_stays_a_sound_record(
    drawn: tuple[ArticleRecord, list[Correction]], data: st.DataObject
) -> None:
    record, said = drawn
    gone = [
        one
        for layer in LAYERS
        for one in getattr(record, layer)
        if data.draw(st.booleans(), label=one.id)
    ]
    other = record
    for item in gone:
        layer = layer_of(item.id)
        assert layer is not None
        if item.id in review(other, ()).items:
            one = judge(other, (), layer=layer, action="reject", item=item.id, who="x", when=WHEN)
            other = apply(other, [one])
    found = review(other, said)
    assert ArticleRecord.from_line(found.record.to_line()) == found.record
    assert found == review(other, said)
