"""Every figure is the one that can be counted by hand."""

from __future__ import annotations

import doctest
import subprocess
import sys

import pytest

from pipeline.records.schema import ArticleRecord, Attribution
from pipeline.text.spans import CharSpan
from pipeline.training import evaluation
from pipeline.training.attributed import AnnotatedArticle, AnnotatedAttribution
from pipeline.training.evaluation import Evaluation, Metric, Verdict, bins, calibration_error

TEXT = (
    "“It rained all day,” said Lee. “Then it snowed.”\n"
    "Ek said the road was “a mess” by noon. Lee thinks that it will thaw.\n"
    "Advertisement: we say buy.\n"
)


def at(*parts: str) -> tuple[CharSpan, ...]:
    """Return where parts stand in the text, each at its first place."""
    return tuple((TEXT.index(part), TEXT.index(part) + len(part)) for part in parts)


RAINED, SNOWED = "“It rained all day,”", "“Then it snowed.”"
ROAD, THAW = "the road was “a mess” by noon", "that it will thaw"
DIRECT = AnnotatedAttribution(at("Lee"), at(RAINED, SNOWED), at("said"))
EK_SAID = TEXT.index("Ek said")
MIXED = AnnotatedAttribution(at("Ek"), at(ROAD), ((EK_SAID + 3, EK_SAID + 7),))
INDIRECT = AnnotatedAttribution(
    ((TEXT.index("Lee thinks"), TEXT.index(" thinks")),), at(THAW), at("thinks")
)
ARTICLE = AnnotatedArticle("a", TEXT, (DIRECT, MIXED, INDIRECT), at("Advertisement: we say buy."))


def record(*found: tuple[AnnotatedAttribution, str | None, float | None]) -> ArticleRecord:
    """Return a record of the text with these attributions, their cue types and confidences."""

    def spans(bounds: tuple[CharSpan, ...]) -> tuple[dict[str, object], ...]:
        return tuple({"start": s, "end": e, "text": TEXT[s:e]} for s, e in bounds)

    rows = [
        {
            "id": f"a{number}",
            "kind": "indirect",
            "source": {
                "spans": spans(one.source),
                "form": "name",
                "entity": None,
                "anonymous": False,
            },
            "cue": {"spans": spans(one.cue), "lemma": "say", "type": kind, "negated": False},
            "content": {"spans": spans(one.content)},
            "quotes": (),
            "figures": (),
            "parent": None,
            "confidence": confidence,
        }
        for number, (one, kind, confidence) in enumerate(found, 1)
    ]
    for row, (one, _, _) in zip(rows, found, strict=True):
        if not one.source:
            row["source"] = None
        if not one.cue:
            row["cue"] = None
    attributions = tuple(Attribution.model_validate(row) for row in rows)
    return ArticleRecord.model_construct(text=TEXT, attributions=attributions)


def metrics(article: AnnotatedArticle, of: ArticleRecord | None) -> dict[str, Metric]:
    sums = Evaluation()
    sums.add(article, of)
    return {one.name: one for one in sums.metrics()}


def test_what_is_marked_is_wholly_right() -> None:
    found = metrics(ARTICLE, record(*((one, "say", 1.0) for one in ARTICLE.attributions)))
    whole = {"attr@0.3", "attr@0.5", "attr@0.8", "exact_np/source", "exact_np/cue"}
    for name in whole | {"exact_np/content", "token/content", "direct@0.3", "segdirect@0.5"}:
        assert (found[name].precision, found[name].recall, found[name].f1) == (100, 100, 100), name
    for kind in ("direct", "mixed", "indirect"):
        assert found[f"recall/{kind}@0.3"].values() == {"recall": 100.0, "marked": 1}
    assert (found["direct@0.3"].marked, found["segdirect@0.5"].marked) == (1, 2)
    assert found["calibration_error"] == Metric("calibration_error", error=0.0, found=3)


def test_nothing_found_has_no_precision_and_no_recall() -> None:
    found = metrics(ARTICLE, None)
    assert found["attr@0.3"] == Metric("attr@0.3", recall=0.0, found=0, marked=3)
    assert found["calibration_error"].values() == {"found": 0}
    assert found == metrics(ARTICLE, record())


@pytest.mark.parametrize(
    ("content", "levels"),
    [
        ("that it will thaw", {0.3, 0.5, 0.8}),
        ("that it will", {0.3, 0.5}),  # three of four tokens
        ("that it", {0.3, 0.5}),
        ("that", set()),
        ("thinks that it will thaw", {0.3, 0.5, 0.8}),  # four of five
        ("Lee thinks that it will thaw", {0.3, 0.5}),  # four of six
    ],
)
def test_contents_have_to_overlap_by_the_threshold(content: str, levels: set[float]) -> None:
    found = metrics(ARTICLE, record((INDIRECT._replace(content=at(content)), "think", 0.5)))
    right = {level for level in (0.3, 0.5, 0.8) if found[f"attr@{level}"].precision == 100}
    assert right == levels
    assert found["recall/indirect@0.3"].recall == (100 if levels else 0)
    assert found["recall/direct@0.3"].recall == 0


def test_a_source_has_to_share_a_token_and_one_marked_is_found_once() -> None:
    wrong = INDIRECT._replace(source=at("Ek"))
    found = metrics(ARTICLE, record((INDIRECT, "think", 0.9), (INDIRECT, "say", 0.9)))
    assert (found["attr@0.3"].precision, found["attr@0.3"].found) == (50, 2)
    found = metrics(ARTICLE, record((wrong, "think", 0.75)))
    assert found["attr@0.3"].precision == 0
    assert found["exact_np/content"].precision == found["exact_np/cue"].precision == 100
    assert found["exact_np/source"].recall == pytest.approx(100 / 3)
    assert found["calibration_error"].error == 75


def test_direct_ones_are_looked_for_among_those_of_every_kind() -> None:
    inner = MIXED._replace(content=at("“a mess”"))
    found = metrics(ARTICLE, record((inner, "say", None)))["direct@0.3"]
    assert (found.precision, found.recall) == (100, 0)
    outer = DIRECT._replace(content=at(TEXT[: TEXT.index(" said the")]))
    found = metrics(ARTICLE, record((outer, "say", None)))["direct@0.3"]
    assert (found.found, found.recall) == (0, 100)


def test_a_run_has_to_overlap_by_half() -> None:
    part = DIRECT._replace(content=at("“Then it"))  # three of six tokens
    less = DIRECT._replace(content=at("“Then"))
    for one, recall in ((part, 50), (less, 0)):
        assert metrics(ARTICLE, record((one, "say", None)))["segdirect@0.5"].recall == recall


def test_a_mark_more_or_less_leaves_a_phrase_exact() -> None:
    bare = MIXED._replace(content=at(ROAD + "."))
    found = metrics(ARTICLE, record((bare, "say", None)))
    assert found["exact_np/content"].precision == 100
    longer = MIXED._replace(content=at(ROAD + ". Lee"))
    assert metrics(ARTICLE, record((longer, "say", None)))["exact_np/content"].precision == 0


def test_tokens_in_contents_are_counted_once_however_often_they_are_found() -> None:
    found = metrics(ARTICLE, record((INDIRECT, "say", None), (INDIRECT, "say", None)))
    # with their marks, the contents have 7 + 6, 9 and 4 tokens
    assert found["token/content"].values() == {
        "precision": 100.0,
        "recall": pytest.approx(100 * 4 / 26),
        "f1": pytest.approx(100 * 2 * 4 / (4 + 26)),
        "found": 4,
        "marked": 26,
    }


def test_two_halves_of_a_statement_may_come_as_one_or_as_two() -> None:
    halves = [DIRECT._replace(content=at(part)) for part in (RAINED, SNOWED)]
    found = metrics(ARTICLE, record(*((one, "say", None) for one in halves)))
    assert (found["direct@0.3"].precision, found["direct@0.3"].recall) == (50, 100)
    assert (found["segdirect@0.5"].precision, found["segdirect@0.5"].recall) == (100, 100)


def test_precision_is_counted_by_the_type_of_our_cue() -> None:
    uncued = DIRECT._replace(cue=())
    wrong = INDIRECT._replace(source=at("Ek"))
    found = metrics(ARTICLE, record((MIXED, "say", 0.9), (wrong, "say", 0.9), (uncued, None, None)))
    assert found["precision/say"].values() == {"precision": 50.0, "found": 2}
    assert found["precision/none"].values() == {"precision": 100.0, "found": 1}
    assert "precision/think" not in found
    assert found["calibration_error"].found == 2


def test_what_was_not_annotated_counts_neither_way() -> None:
    found = metrics(ARTICLE, record((AnnotatedAttribution((), at("we say buy")), "say", 0.9)))
    assert found == metrics(ARTICLE, None)


def test_what_is_optional_counts_neither_way() -> None:
    optional = INDIRECT._replace(required=False)
    article = ARTICLE._replace(attributions=(DIRECT, MIXED, optional))
    both = ((DIRECT, "say", 0.9), (MIXED, "say", 0.9))
    without, with_it = record(*both), record(*both, (INDIRECT, "think", 0.2))
    assert metrics(article, without) == metrics(article, with_it)
    assert metrics(article, without)["attr@0.8"].values() == {
        "precision": 100.0,
        "recall": 100.0,
        "f1": 100.0,
        "found": 2,
        "marked": 2,
    }
    again = metrics(article, record(*both, (INDIRECT, "think", 0.2), (INDIRECT, "think", 0.2)))
    assert again["attr@0.3"].found == 3


def test_articles_add_up() -> None:
    sums = Evaluation()
    sums.add(ARTICLE, record((DIRECT, "say", 0.9)))
    sums.add(ARTICLE, None)
    first = next(sums.metrics())
    assert (sums.articles, first.found, first.marked) == (2, 1, 6)
    assert first.recall == pytest.approx(100 / 6)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('"It rained"', "direct"),
        ("„It rained“ now and then", "direct"),  # “ opens, as it does in English
        ("“It rained\nnow and then, for hours on end", "mixed"),  # a paragraph's end closes
        ("He “left,”", "direct"),  # four of five tokens
        ("And he “left,”", "mixed"),  # four of six
        ("It rained", "indirect"),
        ("‘It rained’", "indirect"),
    ],
)
def test_content_in_double_marks_is_direct(text: str, kind: str) -> None:
    whole = AnnotatedAttribution((), ((0, len(text)),))
    sums = Evaluation()
    sums.add(AnnotatedArticle("a", text, (whole,), ()), None)
    counts = {one.name: one.marked for one in sums.metrics() if one.name.startswith("recall/")}
    assert counts == {
        f"recall/{name}@0.3": int(name == kind) for name in ("direct", "mixed", "indirect")
    }


def test_the_calibration_error_weighs_bins_by_their_size() -> None:
    verdicts = [Verdict(0.25, False), Verdict(0.25, True), Verdict(1.0, True), Verdict(0.95, False)]
    # half of the first bin is right, a quarter off; half of the last, 0.475 off
    assert calibration_error(verdicts) == pytest.approx((0.25 + 0.475) / 2)
    counts = [one.size for one in bins(verdicts)]
    assert counts == [0, 0, 2, 0, 0, 0, 0, 0, 0, 2]
    assert calibration_error([]) is None
    for tenth in range(10):
        assert bins([Verdict(tenth / 10, True)])[tenth].size == 1


def test_the_module_needs_no_torch() -> None:
    code = "import sys, pipeline.training.evaluation; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
    assert doctest.testmod(evaluation).failed == 0
