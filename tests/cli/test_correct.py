"""The review loop: extract, evaluate, correct, evaluate again, load the corrected records."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

from pipeline.cli import main
from pipeline.cli.train import reviewed
from pipeline.errors import UsageError
from pipeline.output.corrections import append, read
from pipeline.records.schema import ArticleRecord, Attribution, Quote
from pipeline.training.attributed import read_corpus
from tests.records.judging import Reviewer

SEED = Path(__file__).resolve().parent.parent.parent / "seeds" / "000_12599b830581316b.txt"
KEPT = "corrections.jsonl"
RECORDS = "seed.jsonl"
REVIEW = ["--corrections", KEPT, "--records", RECORDS]


@pytest.fixture(autouse=True)
def ann(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nlp: Language) -> Reviewer:
    """Return a reviewer of the seed's record, extracted into the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.stages.language.load", lambda *_, **__: nlp)
    monkeypatch.setattr("pipeline.api._loaded", lambda *_, **__: nlp)
    assert main(["extract", str(SEED), "-o", RECORDS, "-q"]) == 0
    return Reviewer(written(RECORDS))


def written(name: str) -> ArticleRecord:
    (line,) = Path(name).read_bytes().splitlines(keepends=True)
    return ArticleRecord.from_line(line)


def keep(ann: Reviewer) -> None:
    """Append the reviewer's new corrections."""
    append(KEPT, ann.said[len(read(KEPT).corrections) :])


def figures(layer: str, capfd: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    assert main(["evaluate", layer, *REVIEW, "--json", "-q", *more]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    return dict(json.loads(out)["metrics"])


def the_statement(ann: Reviewer) -> Attribution:
    """Return Greer's statement in two parts."""
    return next(one for one in ann.record.attributions if len(one.quotes) == 2)


def test_a_correction_changes_the_next_evaluation(
    ann: Reviewer, capfd: pytest.CaptureFixture[str]
) -> None:
    ann.complete("attributions")
    ann.complete("quotes")
    keep(ann)
    perfect = figures("attributions", capfd)
    assert perfect["attr@0.8"]["f1"] == 100
    assert figures("speakers", capfd)["speakers/quotes"]["precision"] == 100

    wrong = next(one for one in ann.record.attributions if not one.quotes)
    ann.say("reject", wrong.id)
    keep(ann)
    count = len(ann.record.attributions)
    worse = figures("attributions", capfd)
    assert worse["attr@0.8"]["precision"] == pytest.approx(100 * (count - 1) / count)
    assert worse["attr@0.8"]["recall"] == 100
    assert worse["attributions/rejected"] == {"error": 100.0, "marked": 1}

    quote = the_statement(ann).quotes[0]
    said = ann.items()[quote]
    assert isinstance(said, Quote)
    trump = next(one.id for one in ann.record.entities if one.name == "Trump")
    assert said.speaker != trump
    ann.edit(quote, speaker=trump)
    keep(ann)
    speakers = figures("speakers", capfd)
    assert speakers["speakers/quotes"]["precision"] < 100
    assert speakers["speakers/quotes/edited"] == {"recall": 0.0, "marked": 1}


def test_a_pipeline_that_agrees_with_the_reviewers_scores_better(
    ann: Reviewer, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.say("reject", the_statement(ann).id)
    ann.complete("attributions")
    keep(ann)
    before = figures("attributions", capfd)
    assert before["attributions/rejected"]["error"] == 100
    assert before["attr@0.8"]["precision"] < 100
    monkeypatch.setattr("pipeline.api.extract_many", lambda *_, **__: [ann.result()])
    after = figures("attributions", capfd)
    assert after["attributions/rejected"]["error"] == 0
    assert after["attr@0.8"]["f1"] == 100


def test_corrected_records_are_valid_and_can_be_loaded(
    ann: Reviewer, capfd: pytest.CaptureFixture[str]
) -> None:
    statement = the_statement(ann)
    trump = next(one.id for one in ann.record.entities if one.name == "Trump")
    ann.edit(statement.quotes[0], speaker=trump)
    keep(ann)
    assert main(["correct", RECORDS, "--corrections", KEPT, "-o", "corrected.jsonl"]) == 0
    assert capfd.readouterr().err == "1 record, 1 changed: corrected.jsonl\n"
    assert written("corrected.jsonl") == ann.result()
    assert main(["validate", "corrected.jsonl", "-q"]) == 0
    for name in (RECORDS, "corrected.jsonl"):
        assert main(["load", name, "--db", "sqlite:///news.db", "-q"]) == 0
    with closing(sqlite3.connect("news.db")) as database:
        query = "SELECT quote FROM v_quotes WHERE speaker = 'Trump'"
        said = {row for (row,) in database.execute(query)}
    texts = {one.text for one in ann.record.quotes if one.id in statement.quotes}
    assert len(texts) == 2
    assert texts <= said


def test_without_corrections_records_pass_through_unchanged(
    ann: Reviewer, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    Path(KEPT).write_bytes(b"")
    assert main(["correct", RECORDS, "--corrections", KEPT, "-o", "-"]) == 0
    out, err = capfdbinary.readouterr()
    assert out == Path(RECORDS).read_bytes()
    assert err == b"1 record, 0 changed\n"
    assert ann.record.to_line().encode() == out


def test_corrections_that_do_not_fit_are_reported_and_the_others_applied(
    ann: Reviewer, capfd: pytest.CaptureFixture[str]
) -> None:
    ann.say("reject", ann.record.quotes[0].id)
    (one,) = ann.said
    moved = one.model_copy(update={"sha256": "0" * 64})
    stranger = moved.model_copy(update={"record": "another", "sha256": "1" * 64})
    append(KEPT, [one, moved, stranger])
    with Path(KEPT).open("ab") as file:
        file.write(b'{"record":"to')
    arguments = ["correct", RECORDS, "--corrections", KEPT, "-o", "corrected.jsonl"]
    assert main(arguments) == 1
    assert capfd.readouterr().err.splitlines() == [
        f"warning[W601]: {KEPT}:4 was cut short and is passed over",
        f"not applied: {ann.record.id}: reject q1 by ann: the text of the article has changed",
        "1 record, 1 changed: corrected.jsonl",
        "1 article with corrections not found in the records",
    ]
    assert len(written("corrected.jsonl").quotes) == len(ann.record.quotes) - 1
    assert main([*arguments, "-q", "--force"]) == 1
    assert "among" not in capfd.readouterr().err


def test_the_input_and_other_outputs_are_not_overwritten(
    ann: Reviewer, capfd: pytest.CaptureFixture[str]
) -> None:
    ann.say("reject", ann.record.quotes[0].id)
    keep(ann)
    for place in (RECORDS, KEPT):
        assert main(["correct", RECORDS, "--corrections", KEPT, "-o", place]) == 73
    Path("other.jsonl").write_text("mine\n")
    assert main(["correct", RECORDS, "--corrections", KEPT, "-o", "other.jsonl"]) == 73
    assert Path("other.jsonl").read_text() == "mine\n"
    assert main(["correct", RECORDS, "--corrections", "none.jsonl", "-o", "x"]) == 66
    assert "error[P201]: none.jsonl" in capfd.readouterr().err


def test_gold_and_corrections_add_up(ann: Reviewer, capfd: pytest.CaptureFixture[str]) -> None:
    ann.say("accept", the_statement(ann).id)
    keep(ann)
    text = "Ann Lee said that the bridge was closed.\n"
    row = {"id": "a", "text": text, "attributions": [{"source": [0, 7], "content": [13, 39]}]}
    Path("gold.jsonl").write_text(json.dumps(row) + "\n")
    found = figures("attributions", capfd, "--gold", "gold.jsonl")
    assert found["attr@0.3"] == {"precision": 100.0, "recall": 100.0, "found": 2, "marked": 1}


def test_an_evaluation_without_reviews_is_empty(
    ann: Reviewer, capfd: pytest.CaptureFixture[str]
) -> None:
    ann.say("accept", the_statement(ann).id)
    keep(ann)
    assert main(["evaluate", "figures", *REVIEW]) == 0
    out, err = capfd.readouterr()
    assert out == "figures found 0 marked 0\n"
    assert err == "0 articles, 0 failed\n"


def test_training_reads_reviewed_articles(
    ann: Reviewer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    statement = the_statement(ann)
    ann.say("accept", statement.id)
    keep(ann)
    assert statement.cue is not None
    made = reviewed(KEPT, [RECORDS], work=tmp_path / "work")
    assert made == tmp_path / "work" / "reviewed.jsonl"
    (first,) = read_corpus(made)
    assert first.id == ann.record.id
    required = [one for one in first.attributions if one.required]
    assert [one.cue for one in required] == [
        tuple((span.start, span.end) for span in statement.cue.spans)
    ]
    assert first.discard[0][0] == 0
    assert first.discard[-1][1] == len(first.text)
    assert "training on 1 reviewed article" in capfd.readouterr().err
    with pytest.raises(UsageError, match="go together"):
        reviewed(KEPT, [], work=tmp_path / "none")


def test_training_needs_something_to_learn_from(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "attributions", "--out", "ours"]) == 2
    assert "error[P101]: nothing to train on" in capfd.readouterr().err
