"""Minimum scores of learned decisions on articles that no model was trained on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

from pipeline.language import annotate
from pipeline.stages.annotations import Bounds, Mention, News

TEST = Path(__file__).parents[1] / "seeds" / "corpus" / "written_test.jsonl"
ARTICLES = 40
HE_OR_SHE = frozenset(["he", "him", "his", "himself", "she", "her", "hers", "herself"])
FLOORS = {
    "names": 0.965,
    "he and she": 0.70,
    "attributions": 0.79,
    "sources": 0.645,
    "quotations": 0.77,
    "figures": 0.92,
    "times": 0.91,
}
"""Minimum recall of annotated items: some points below the current recall."""


@pytest.fixture(scope="module")
def shares(nlp: Language) -> dict[str, float]:
    right, asked = Counter[str](), Counter[str]()
    for line in TEST.read_text("utf-8").splitlines()[:ARTICLES]:
        row = json.loads(line)
        news = annotate(nlp, row["text"], date.fromisoformat(row["published"]))._.news
        for name, outcomes in judged(row, news).items():
            right[name] += sum(outcomes)
            asked[name] += len(outcomes)
    return {name: right[name] / asked[name] for name in FLOORS}


def judged(row: dict[str, Any], news: News) -> dict[str, list[bool]]:
    """Return for each annotated item, by layer, whether the pipeline is right."""
    names = [one.name for one in news.entities]
    mentions = {(m.start, m.end): (m, one.name) for one in news.entities for m in one.mentions}
    found: dict[str, list[bool]] = {name: [] for name in FLOORS}
    for entity in row["entities"]:
        for start, end, kind in entity["mentions"]:
            if kind == "name":
                found["names"].append(any(m.end == end for m, _ in mentions.values()))
            elif row["text"][start:end].lower() in HE_OR_SHE:
                found["he and she"].append(named(mentions.get((start, end))) == entity["name"])
    for one in row["attributions"]:
        same = [a for a in news.attributions if overlap(a.content, one["content"]) >= 0.5]
        same = [a for a in same if bool(a.source) == bool(one["source"])]
        if one["required"]:
            found["attributions"].append(bool(same))
            if one["speaker"]:
                told = {"; ".join(names[at] for at in a.entities) for a in same}
                found["sources"].append(one["speaker"] in told)
    for one in row["quotes"]:
        if one["speaker"] and one["speech"]:
            told = {
                "; ".join(names[at] for at in q.speakers)
                for q in news.quotes
                if overlap([(q.start, q.end)], [one["span"]]) >= 0.8
            }
            found["quotations"].append(one["speaker"] in told)
    for one in row["figures"]:
        if one["required"] and one["value"] is not None:
            same_place = [f for f in news.figures if overlap([(f.start, f.end)], [one["span"]]) > 0]
            found["figures"].append(any(str(f.value) == one["value"] for f in same_place))
    for one in row["times"]:
        if one["required"]:
            values = {t.value for t in news.times if overlap([(t.start, t.end)], [one["span"]]) > 0}
            found["times"].append(one["value"] in values)
    return found


def named(given: tuple[Mention, str] | None) -> str | None:
    return None if given is None else given[1]


def overlap(these: Iterable[Bounds], those: Iterable[Bounds]) -> float:
    """Return the intersection over union of character spans."""
    one = {at for start, end in these for at in range(start, end)}
    other = {at for start, end in those for at in range(start, end)}
    return len(one & other) / max(1, len(one | other))


@pytest.mark.parametrize("name", FLOORS)
def test_scores_do_not_fall(shares: dict[str, float], name: str) -> None:
    assert shares[name] >= FLOORS[name]
