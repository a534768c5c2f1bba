"""What is found counts as reviewers said, by figures that can be counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.records.review import review
from pipeline.records.schema import ArticleRecord
from pipeline.training.evaluation import Metric
from pipeline.training.layers import MEASURES, LayerEvaluation, ReviewedArticle, is_judged
from tests.records.judging import Reviewer, at, item, made, told

WE = {"start": at("we")[0], "end": at("we")[1], "text": "we"}


@pytest.fixture
def ann() -> Reviewer:
    return Reviewer(made())


def measured(ann: Reviewer, layer: str, found: ArticleRecord | None) -> dict[str, dict[str, Any]]:
    sums = LayerEvaluation(layer)
    sums.add(ReviewedArticle(ann.record, review(ann.record, ann.said)), found)
    return {one.name: one.values() for one in sums.metrics()}


def without(*ids: str) -> ArticleRecord:
    """Return what a pipeline finds that misses some items."""
    other = Reviewer(made())
    for id in ids:
        other.say("reject", id)
    return other.result()


def test_items_without_a_decision_are_neither_right_nor_wrong(ann: Reviewer) -> None:
    ann.say("accept", "q1")
    figures = measured(ann, "quotes", made())
    assert figures == {
        "quotes": {"precision": 100.0, "found": 1, "marked": 0},
        "quotes/accepted": {"recall": 100.0, "marked": 1},
    }
    assert measured(ann, "quotes", without("q2", "q3")) == figures
    assert measured(ann, "quotes", without("q1"))["quotes"] == {"found": 0, "marked": 0}


def test_what_was_rejected_is_wrong_when_it_is_found_again(ann: Reviewer) -> None:
    ann.say("accept", "q1")
    ann.say("reject", "q2")
    again = measured(ann, "quotes", made())
    assert again["quotes"] == {"precision": 50.0, "found": 2, "marked": 0}
    assert again["quotes/rejected"] == {"error": 100.0, "marked": 1}
    better = measured(ann, "quotes", without("q2"))
    assert better["quotes"] == {"precision": 100.0, "found": 1, "marked": 0}
    assert better["quotes/rejected"] == {"error": 0.0, "marked": 1}


def test_an_item_found_as_before_its_edit_is_wrong(ann: Reviewer) -> None:
    ann.edit("f3", value="30")
    old = measured(ann, "figures", made())
    assert old["figures"] == {"precision": 0.0, "found": 1, "marked": 0}
    assert old["figures/edited"] == {"recall": 0.0, "marked": 1}
    new = measured(ann, "figures", ann.result())
    assert new["figures"] == {"precision": 100.0, "found": 1, "marked": 0}
    assert new["figures/edited"] == {"recall": 100.0, "marked": 1}


def test_recall_is_counted_where_the_layer_is_complete(ann: Reviewer) -> None:
    ann.say("reject", "q1")
    ann.complete("quotes")
    found = measured(ann, "quotes", without("q3"))
    assert found["quotes"] == {
        "precision": 50.0,
        "recall": 50.0,
        "f1": 50.0,
        "found": 2,
        "marked": 2,
    }
    nothing = measured(ann, "quotes", None)
    assert nothing["quotes"] == {"recall": 0.0, "found": 0, "marked": 2}


def test_what_else_is_found_is_wrong_in_a_complete_layer_alone(ann: Reviewer) -> None:
    other = Reviewer(made())
    other.add(item(made(), "t1"), **WE)
    more = other.result()
    ann.say("accept", "t1")
    assert measured(ann, "times", more)["times"]["precision"] == 100
    ann.complete("times")
    assert measured(ann, "times", more)["times"]["precision"] == 50


def test_an_added_item_is_missed_until_it_is_found(ann: Reviewer) -> None:
    ann.add(item(made(), "t1"), **WE, value="2024")
    assert measured(ann, "times", made())["times/added"] == {"recall": 0.0, "marked": 1}
    assert measured(ann, "times", ann.result())["times/added"] == {"recall": 100.0, "marked": 1}
    ann.complete("times")
    assert measured(ann, "times", made())["times"]["recall"] == 50


def test_a_quotation_that_is_not_speech_should_not_be_found_as_speech(ann: Reviewer) -> None:
    ann.edit("q1", speech=False)
    assert measured(ann, "quotes", made())["quotes"]["precision"] == 0
    assert measured(ann, "quotes", ann.result())["quotes"]["found"] == 0


def test_a_speaker_is_the_same_by_name_or_by_a_mention(ann: Reviewer) -> None:
    ann.edit("q2", speaker="e1")
    wrong = measured(ann, "speakers", made())
    assert wrong["speakers/quotes"]["precision"] == 0
    assert wrong["speakers/quotes/edited"] == {"recall": 0.0, "marked": 1}
    right = ann.result()
    assert measured(ann, "speakers", right)["speakers/quotes"]["precision"] == 100
    renamed = Reviewer(right)
    renamed.edit("e1", name="the mayor")
    assert measured(ann, "speakers", renamed.result())["speakers/quotes"]["precision"] == 100
    elsewhere = item(renamed.result(), "e1").mentions[1:2]
    renamed.edit("e1", mentions=elsewhere)
    assert measured(ann, "speakers", renamed.result())["speakers/quotes"]["precision"] == 0


def test_of_several_speakers_one_that_is_right_will_do(ann: Reviewer) -> None:
    ann.say("accept", "q1")
    ann.edit("q2", speaker=("e1", "e2"))
    ann.say("accept", "q3")
    assert measured(ann, "speakers", made())["speakers/quotes"]["precision"] == 100
    both = Reviewer(made())
    both.edit("q1", speaker=("e2", "e1"))
    assert measured(ann, "speakers", both.result())["speakers/quotes"]["precision"] == 100
    wrong = Reviewer(made())
    wrong.edit("q1", speaker="e2")
    precision = measured(ann, "speakers", wrong.result())["speakers/quotes"]["precision"]
    assert precision == pytest.approx(200 / 3, abs=0.1)


def test_a_person_named_for_an_unnamed_source_is_wrong(ann: Reviewer) -> None:
    ann.say("accept", "a3")
    other = Reviewer(made())
    source = told(item(made(), "a3"), "e1").source
    other.edit("a3", source=source)
    found = measured(ann, "speakers", other.result())
    assert found["speakers/sources"] == {"precision": 0.0, "found": 1, "marked": 0}
    assert measured(ann, "speakers", made())["speakers/sources"] == {"found": 0, "marked": 0}


def test_attributions_need_content_and_source(ann: Reviewer) -> None:
    ann.say("accept", "a1")
    ann.say("reject", "a3")
    found = measured(ann, "attributions", made())
    assert found["attributions"]["precision"] == 50
    assert found["attributions/rejected"] == {"error": 100.0, "marked": 1}
    inner = measured(ann, "attributions", without("a3"))
    assert inner["attributions"]["precision"] == 100


def test_articles_add_up_and_f1_needs_all_of_them_complete(ann: Reviewer) -> None:
    ann.complete("figures")
    bob = Reviewer(made())
    bob.say("reject", "f1")
    sums = LayerEvaluation("figures")
    for one in (ann, bob):
        sums.add(ReviewedArticle(one.record, review(one.record, one.said)), made())
    first = next(iter(sums.metrics()))
    assert first == Metric("figures", 75.0, 100.0, None, found=4, marked=3)
    assert (sums.articles, sums.complete) == (2, 1)


def test_an_article_is_judged_where_something_of_the_layer_is(ann: Reviewer) -> None:
    ann.say("accept", "q1")
    one = ReviewedArticle(ann.record, review(ann.record, ann.said))
    assert {layer for layer in MEASURES if is_judged(one, layer)} == {"quotes", "speakers"}
