"""Reviewed articles are annotated ones, as far as they were reviewed."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from pipeline.input.article import Article
from pipeline.records.review import review
from pipeline.training import layers as module
from pipeline.training.attributed import AnnotatedArticle, AnnotatedAttribution, read_corpus
from pipeline.training.evaluation import Evaluation
from pipeline.training.layers import ReviewedArticle, annotated, reviewed
from tests.records.judging import TEXT, Reviewer, at, item, made


@pytest.fixture
def ann() -> Reviewer:
    return Reviewer(made())


def gold(ann: Reviewer) -> AnnotatedArticle:
    found = annotated(ReviewedArticle(ann.record, review(ann.record, ann.said)))
    assert found is not None
    return found


def texts(article: AnnotatedArticle) -> list[str]:
    return [article.text[start:end] for start, end in article.discard]


def test_the_examples_hold() -> None:
    assert doctest.testmod(module).failed == 0


def test_a_complete_article_is_annotated_whole(ann: Reviewer) -> None:
    ann.say("reject", "a1")
    ann.complete("attributions")
    found = gold(ann)
    assert found[:2] == ("lee", TEXT)
    assert (found.discard, found.complete) == ((), True)
    assert len(found.attributions) == 4
    assert found.attributions[0] == AnnotatedAttribution(
        (at("Bo Ek"),), (at("“No,”"), at("“Not yet.”")), (at("told"),)
    )


def test_of_another_one_only_the_judged_stretches_are(ann: Reviewer) -> None:
    ann.say("accept", "a2")
    found = gold(ann)
    assert not found.complete
    assert texts(found) == [TEXT[: at("“No,”")[0]], TEXT[at("“Not yet.”")[1] :]]
    assert [one.required for one in found.attributions] == [False, True, False, False, False]


def test_an_edited_attribution_is_annotated_at_its_old_and_new_place(ann: Reviewer) -> None:
    longer = item(made(), "a3").content.model_copy(
        update={"spans": item(made(), "a5").content.spans}
    )
    ann.edit("a3", content=longer)
    assert texts(gold(ann)) == [TEXT[: at("Officials")[0]], "."]


def test_without_decisions_on_attributions_there_is_no_annotation(ann: Reviewer) -> None:
    ann.say("accept", "q1")
    assert annotated(ReviewedArticle(ann.record, review(ann.record, ann.said))) is None


def test_a_rejected_one_that_is_found_again_is_wrong(ann: Reviewer) -> None:
    ann.say("accept", "a1")
    sums = Evaluation()
    sums.add(gold(ann), made())
    first = next(sums.metrics())
    assert first.values() == {"precision": 100.0, "found": 1, "marked": 0}
    ann.say("reject", "a2")
    sums = Evaluation()
    sums.add(gold(ann), made())
    assert next(sums.metrics()).values() == {"precision": 50.0, "found": 2, "marked": 0}


def test_an_attribution_mostly_outside_the_reviewed_text_is_not_counted(ann: Reviewer) -> None:
    ann.say("accept", "a5")
    sums = Evaluation()
    wide = Reviewer(made())
    wide.edit("a1", content=item(made(), "a1").content.model_copy(update={"spans": _all_but_end()}))
    sums.add(gold(ann), wide.result())
    assert next(sums.metrics()).values() == {"precision": 100.0, "found": 1, "marked": 0}


def _all_but_end() -> tuple[object, ...]:
    start, end = at("said 12 people")[0], at("3 lost")[1]
    (first,) = item(made(), "a1").content.spans
    return (first.model_copy(update={"start": start, "end": end, "text": TEXT[start:end]}),)


def test_an_article_is_extracted_again_as_it_was(ann: Reviewer) -> None:
    source = ann.record.source.model_copy(
        update={"published": "2025-05-01", "title": "T", "uri": "u", "meta": {"desk": "city"}}
    )
    record = ann.record.model_copy(update={"source": source})
    assert ReviewedArticle(record, review(record, ())).article == Article(
        text=TEXT, where="lee", id="lee", uri="u", title="T", published="2025-05-01",
        meta={"desk": "city"},
    )  # fmt: skip


def test_each_text_is_reviewed_once_and_others_are_passed_over(ann: Reviewer) -> None:
    ann.say("accept", "q1")
    twin = ann.record.model_copy(update={"id": "twin"})
    assert [one.record.id for one in reviewed([ann.record, twin], ann.said)] == ["lee"]
    assert list(reviewed([ann.record], [])) == []


def test_reviewed_articles_survive_a_round_trip_through_a_corpus(
    ann: Reviewer, tmp_path: Path
) -> None:
    ann.say("accept", "a2")
    path = tmp_path / "corpus.jsonl"
    path.write_text(gold(ann).to_line(), "utf-8")
    assert list(read_corpus(path)) == [gold(ann)]
