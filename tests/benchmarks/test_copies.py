"""Generated copies are edits of their article, and pairs are counted."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import copies
import pytest
from copies import Text, cut, insert, pairs_of, respelt, size

PARAGRAPHS = tuple(f"Paragraph {n} has the color of word {n}." for n in range(20))


@pytest.mark.parametrize("seed", range(5))
def test_edits_keep_most_of_an_article(seed: int) -> None:
    chance = random.Random(seed)
    kept = cut(PARAGRAPHS, chance)
    assert 0.4 * size(PARAGRAPHS) <= size(kept) < size(PARAGRAPHS)
    assert all(any(one in whole for whole in PARAGRAPHS) for one in kept)
    more = insert(PARAGRAPHS, [one.upper() for one in PARAGRAPHS], chance)
    assert size(PARAGRAPHS) < size(more) <= 1.3 * size(PARAGRAPHS)
    assert respelt("The colour of labor", chance) in ("The colour of labour", "The color of labor")


def test_a_copy_comes_from_its_article() -> None:
    one, other = Text("a", "a", PARAGRAPHS), Text("b", "b", ("Something else.",))
    made = copies.copy(one, 0, [other], random.Random(1))
    assert (made.id, made.origin) == ("a#0", "a")
    assert made.edits
    assert made.paragraphs != one.paragraphs


def test_pairs_are_those_of_one_group() -> None:
    assert pairs_of([("a", "x"), ("c", "x"), ("b", "x"), ("d", "y")]) == {
        ("a", "b"), ("a", "c"), ("b", "c"),
    }  # fmt: skip


@pytest.mark.check
def test_the_benchmark_prints_recall_and_precision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(1)
    words = [f"word{n}" for n in range(300)]
    rows = [
        {"id": f"{n}", "text": "\n".join(" ".join(chance.choices(words, k=12)) for _ in range(12))}
        for n in range(6)
    ]
    path = tmp_path / "x.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    monkeypatch.setattr(sys, "argv", ["copies.py", str(path), "--copies", "2"])
    copies.main()
    out = capsys.readouterr().out.splitlines()
    assert out[:2] == ["pairs 18, found 18", "recall 1.0000, precision 1.0000"]
    assert out[-1].startswith("18 articles in ")
