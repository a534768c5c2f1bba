"""The command reads a corpus and writes weights, the same ones each time."""

from __future__ import annotations

import doctest
import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from spacy.language import Language

from pipeline.manifest import models_folder
from pipeline.stages.attributing.confidence import weights as read_weights
from pipeline.training import cue_weights
from pipeline.training.cue_weights import Example, Examples, examples, main, shipped, to_toml, train

RIGHT = "{0} said that {1} was closed."
WRONG = "{0} hopes to see {1}."
NAMES = ("Ann Lee", "Bo Ek", "The mayor", "The company", "Kim Ortiz", "The ministry")
THINGS = ("the bridge", "the school", "the road", "the port")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Write articles whose annotator marks what is said and leaves out what is hoped."""
    path = tmp_path / "corpus.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number, name in enumerate(NAMES):
            text, marked = "", []
            for thing in THINGS:
                said = RIGHT.format(name, thing)
                start = len(text)
                content = said.index("that"), len(said) - 1
                marked.append(
                    {
                        "source": [[start, start + len(name)]],
                        "content": [[start + content[0], start + content[1]]],
                    }
                )
                text += f"{said} {WRONG.format(name, thing)}\n"
            row = {"id": str(number), "text": text, "attributions": marked}
            file.write(json.dumps(row) + "\n")
    return path


def run(corpus: Path, out: Path, *options: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--corpus", str(corpus), "--out", str(out), *options])
    return done.exit_code, done.output


def test_what_is_said_gets_more_weight_than_what_is_hoped_each_time_the_same(
    corpus: Path, tmp_path: Path, rules_nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cue_weights, "load", lambda *_, **__: rules_nlp)
    out = tmp_path / "weights.toml"
    code, output = run(corpus, out)
    assert code == 0, output
    assert "6 articles, 48 claims, 24 of them marked" in output
    assert "0.50  given 24  precision 100.0  recall 100.0  F1 100.0  F1 at 0.8 100.0" in output
    table = tomllib.loads(out.read_text("utf-8"))["weights"]
    assert table["lemma/say"] > 0 > table["lemma/hope"]
    assert "news_resolve" in rules_nlp.pipe_names
    code, output = run(corpus, out)
    assert (code, "the same as those in" in output) == (0, True)
    out.write_text("something else", "utf-8")
    assert run(corpus, out)[0] == 73
    assert out.read_text("utf-8") == "something else"
    assert run(corpus, out, "--force")[0] == 0
    assert tomllib.loads(out.read_text("utf-8"))["weights"] == table


def test_a_corpus_without_claims_is_refused(
    tmp_path: Path, rules_nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cue_weights, "load", lambda *_, **__: rules_nlp)
    path = tmp_path / "c.jsonl"
    path.write_text('{"id": "1", "text": "Rain fell.", "attributions": []}\n', "utf-8")
    code, output = run(path, tmp_path / "weights.toml")
    assert (code, "error[P206]" in output) == (65, True)
    assert not (tmp_path / "weights.toml").exists()
    assert list(examples([], rules_nlp)) == []


def test_a_cue_is_nested_in_claims_that_would_be_given_out() -> None:
    outer = Example(("outer",), ("outer", "nested"), 0, [(1, 5)], False, True, True)
    inner = Example(("inner", "top"), ("inner", "nested"), 2, [(3, 5)], False, True, True)
    article = Examples([outer, inner], 6, 2)
    assert article.properties(None) == [("outer",), ("inner", "nested")]
    assert article.properties({"bias": 1.0}) == [("outer",), ("inner", "nested")]
    assert article.properties({"bias": -1.0}) == [("outer",), ("inner", "top")]


def test_a_fit_needs_nothing_but_the_examples() -> None:
    claims = [
        Example((word, "top"), (word, "nested"), i, [(i + 1, i + 2)], False, word == "say", False)
        for i, word in enumerate(["say", "hope"] * 10)
    ]
    weights = train([Examples(claims, 30, 10)])
    assert weights == train([Examples(claims, 30, 10)])
    assert weights["say"] > 0 > weights["hope"]


def test_what_is_shipped_is_what_the_command_writes() -> None:
    path = models_folder() / "attributions-filter" / "weights.toml"
    table = dict(read_weights())
    assert to_toml(shipped(table)) == path.read_text("utf-8")
    assert doctest.testmod(cue_weights).failed == 0
