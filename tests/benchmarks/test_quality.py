"""The table of goals is scored by the scorers that come with the development data."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import quality

from tests.archive.samples import article


class Metric(NamedTuple):
    name: str
    value: float
    n: int

    def line(self, prefix: str = "") -> str:
        return f"{prefix}{self.name} {self.value} ({self.n})"


def scorer(name: str, *metrics: Metric) -> ModuleType:
    made = ModuleType(name)
    made.score = lambda *_: metrics  # type: ignore[attr-defined]
    return made


def test_the_goals_are_scored_in_the_profile_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    for name, number in (("wikinews_dev", 1), ("wikinews_dev2", 2), ("gap_validation", 4)):
        rows = "".join(json.dumps({"id": str(at)}) + "\n" for at in range(number))
        (tmp_path / "data" / f"{name}.jsonl").write_text(rows, "utf-8")
    gold = scorer("score_gold", Metric("entities/he_she", 78.3, 9), Metric("figures/kind", 1, 1))
    gap = scorer("score_gap", Metric("gap/answered", 50, 4), Metric("gap/wrong", 25, 4))
    monkeypatch.setitem(sys.modules, "score_gold", gold)
    monkeypatch.setitem(sys.modules, "score_gap", gap)
    asked = []

    def extract(rows: list[dict[str, Any]], name: str, folder: Path, profile: str) -> Path:
        asked.append((name, len(rows), profile))
        target = folder / f"{name}.jsonl"
        target.write_text("", "utf-8")
        return target

    monkeypatch.setattr(quality, "extract", extract)
    own_texts = tuple(one for one in quality.WHO_IS_WHO if one[0] != "polnear_test")
    monkeypatch.setattr(quality, "WHO_IS_WHO", own_texts)
    lines = list(quality.who_is_who(tmp_path, tmp_path, False, "accurate"))
    assert asked == [
        ("wikinews_dev+wikinews_dev2", 3, "accurate"),
        ("wikinews_dev", 1, "accurate"),
        ("wikinews_dev2", 2, "accurate"),
        ("written_test", 160, "accurate"),
        ("reports_test", 12, "accurate"),
        ("acts_test", 16, "accurate"),
        ("numbers_test", 300, "accurate"),
        ("gap_validation", 4, "accurate"),
    ]
    assert [one for one in lines if "sure/wrong" not in one] == [
        "wikinews_dev+wikinews_dev2, accurate: entities/he_she 78.3 (9)",
        "wikinews_dev, accurate: entities/he_she 78.3 (9)",
        "wikinews_dev2, accurate: entities/he_she 78.3 (9)",
        "written_test, accurate: entities/he_she 78.3 (9)",
        "reports_test, accurate: entities/he_she 78.3 (9)",
        "acts_test, accurate: entities/he_she 78.3 (9)",
        "numbers_test, accurate: entities/he_she 78.3 (9)",
        "gap_validation, accurate: gap/answered 50 (4)",
        "gap_validation, accurate: gap/wrong_among_answers 50.0 (2)",
    ]
    every = list(quality.who_is_who(tmp_path, tmp_path, True, "fast"))
    assert "wikinews_dev, fast: figures/kind 1 (1)" in every


def test_identities_are_scored_by_name_and_as_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "gum_links_dev.jsonl").write_text('{"id": "a"}\n', "utf-8")
    told = []

    def score(rows: list[Any], records: dict[str, Any], known: dict[str, str] | None) -> list[Any]:
        told.append((len(rows), list(records), known))
        return [Metric("b3", 90, len(known or ()))]

    records = (
        article("a", ("Jamieson Greer", "PERSON", "he"), "Ida Falk"),
        article("b", ("Jamieson L. Greer", "PERSON", "he")),
    )
    path = tmp_path / "records.jsonl"
    path.write_text("".join(one.to_line() for one in records), "utf-8")
    module = ModuleType("score_identity")
    module.score = score  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "score_identity", module)
    monkeypatch.setattr(quality, "extract", lambda *_: path)
    lines = list(quality.identities(tmp_path, tmp_path, False, "fast"))
    assert lines == ["gum_links_dev, same name: b3 90 (0)", "gum_links_dev, linked: b3 90 (3)"]
    (_, _, by_name), (texts, ids, known) = told
    assert (by_name, texts, ids) == (None, 1, ["a", "b"])
    assert known is not None
    assert known["a/e1"] == known["b/e1"] != known["a/e2"]
