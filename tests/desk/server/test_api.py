"""The API: records and articles over HTTP, with the limits and errors of the command line."""

from __future__ import annotations

import fcntl
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

from pipeline.desk.server.catalogue import Catalogue
from pipeline.output import corrections
from pipeline.records.review import apply
from pipeline.records.schema import ArticleRecord
from pipeline.settings import Settings
from tests.desk.pages.made import harbour, hostile, record, together
from tests.desk.server.conftest import WHEN, Serve, Served, written

TYPE = "application/problem+json"


def refused(answer: Any) -> tuple[int, str]:
    """Return status and code of a refusal, after checking its message."""
    assert answer.headers["Content-Type"] == TYPE
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["detail"]
    assert told["hint"]
    return answer.status_code, told["code"]


def test_an_article_comes_back_as_its_record(served: Served) -> None:
    article = {"text": "It rained.", "id": 7, "published": "May 1, 2025", "desk": {"name": "x"}}
    answer = served.post("/extract", json=article)
    assert answer.status_code == 200
    made = ArticleRecord.from_line(answer.content)
    assert (made.id, made.text, made.source.published) == ("7", "It rained.", "2025-05-01")
    assert made.source.meta == {"desk": {"name": "x"}}
    assert answer.text == made.to_line()


def test_keys_follow_the_settings(serve: Serve) -> None:
    served = serve(settings=Settings(text_key="body"))
    assert served.post("/extract", json={"body": "It rained."}).json()["text"] == "It rained."
    schema = served.get("/openapi.json").json()["paths"]["/extract"]["post"]["requestBody"]
    assert schema["content"]["application/json"]["schema"]["required"] == ["body"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{", (422, "P206")),
        (b"[]", (422, "P206")),
        (b'{"txet": "x"}', (422, "P206")),
        (b'{"text": 5}', (422, "P206")),
        (b'{"text": "x", "id": true}', (422, "P206")),
        (b'{"text": "x", "a": NaN}', (422, "P206")),
        (b'{"text": "\xff"}', (422, "P206")),
        (b'{"text": "x", "a": ' + b"[" * 2_000 + b"]" * 2_000 + b"}", (422, "P206")),
        (json.dumps({"text": "x", "a": "y" * 8_000}).encode(), (413, "P703")),
        (b'{"text": "FAIL P204"}', (422, "P204")),
        (b'{"text": "FAIL P203"}', (413, "P203")),
        (b'{"text": "FAIL P501"}', (500, "P501")),
        (b'{"text": "MISSING"}', (503, "P305")),
        (b'{"text": "LOOP"}', (500, "P504")),
        (b'{"text": "KILL"}', (500, "P505")),
    ],
)
def test_a_failed_extraction_has_the_code_of_the_command_line(
    served: Served, body: bytes, expected: tuple[int, str]
) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert refused(served.post("/extract", data=body, headers=headers)) == expected
    assert served.post("/extract", json={"text": "It rained."}).status_code == 200


def test_a_body_without_a_length_is_limited(served: Served) -> None:
    parts = (b"x" * 1_000 for _ in range(9))
    answer = served.post("/extract", data=parts, headers={"Content-Type": "application/json"})
    assert refused(answer) == (413, "P703")


def test_only_json_is_accepted(served: Served) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = served.post("/extract", data=b'{"text": "x"}', headers={"Content-Type": kind})
        assert refused(answer) == (415, "P702")


def test_the_records_are_listed_and_found(serve: Serve) -> None:
    served = serve(harbour("a"), harbour("b", title="Wall"), record("Rain FELL.", "c/../d?"))
    listing = served.get("/records").json()
    assert listing["total"] == 3
    assert [one["title"] for one in listing["records"]] == [
        "Harbour wall to cost more",
        "Wall",
        "Rain FELL.",
    ]
    first = listing["records"][0]
    assert (first["attributions"], first["figures"], first["judged"]) == (6, 3, 0)
    part = served.get("/records", params={"offset": 1, "limit": 1}).json()
    assert (part["total"], [one["id"] for one in part["records"]]) == (3, ["b"])
    assert [one["number"] for one in served.get("/records?q=rain%20fell").json()["records"]] == [2]
    assert served.get("/records", params={"id": "b"}).json()["total"] == 1
    assert refused(served.get("/records?limit=0")) == (422, "P706")


@pytest.mark.parametrize("path", ["/records", "/page/index"])
def test_a_search_of_many_letters_is_refused_with_the_limit(served: Served, path: str) -> None:
    assert served.get(path, params={"q": "x" * 500}).status_code == 200
    answer = served.get(path, params={"q": "x" * 60_000})
    assert refused(answer) == (422, "P706")
    assert "at most 500 characters" in answer.json()["detail"]


def test_a_record_is_the_line_of_its_file(serve: Serve) -> None:
    odd = record("Rain.", "c/../d?é")
    served = serve(harbour("a"), odd)
    assert served.get("/records/a").content.decode() == harbour("a").to_line()
    assert served.get("/records/c%2F..%2Fd%3F%C3%A9").content.decode() == odd.to_line()
    assert refused(served.get("/records/b")) == (404, "P704")
    assert refused(served.get("/records/..%2F..%2Fetc%2Fpasswd")) == (404, "P704")


def test_records_with_the_same_id_are_distinguished_by_their_text(serve: Serve) -> None:
    one, other = record("Rain.", "a"), record("Snow.", "a")
    served = serve(one, other)
    assert served.get("/records/a").json()["text"] == "Rain."
    answer = served.get("/records/a", params={"sha256": other.source.sha256})
    assert answer.json()["text"] == "Snow."


def test_a_changed_file_is_not_read_at_old_offsets(serve: Serve, tmp_path: Path) -> None:
    served = serve(harbour("a"))
    written(tmp_path, [harbour("b"), harbour("a")])
    assert refused(served.get("/records/a")) == (409, "P212")
    assert refused(served.get("/page/articles/0")) == (409, "P212")


def test_the_index_is_ordered_and_cut_into_pages(serve: Serve) -> None:
    late = together().model_copy(update={"id": "c"})
    served = serve(harbour("a", "2025-03-03"), late, record("Rain.", "b"))

    def numbers(**asked: Any) -> list[int]:
        answer = served.get("/page/index", params=asked).json()
        assert answer["total"] == 3
        return [one["number"] for one in answer["rows"]]

    assert numbers() == [0, 1, 2]
    assert numbers(offset=1, limit=1) == [1]
    assert numbers(order="published") == [1, 0, 2]
    assert numbers(order="harm") == [1, 0, 2]
    assert numbers(order="harm", offset=1) == [0, 2]


def test_texts_stay_on_the_disk(tmp_path: Path) -> None:
    word = "unmistakable"
    records = [record(f"{word} {'rain ' * 200_000}", str(n)) for n in range(3)]
    catalogue = Catalogue([written(tmp_path, records)])
    assert len(pickle.dumps([catalogue.places, catalogue.overview])) < 10_000
    assert catalogue.holding(word.upper()) == catalogue.holding("rai unmist") == [0, 1, 2]
    assert catalogue.holding("snow rain") == catalogue.holding("*") == []


def test_a_judgement_is_stored_with_its_author_and_time(serve: Serve) -> None:
    served = serve(harbour())
    said = {"record": "harbour", "layer": "quotes", "action": "reject", "item": "q3"}
    answer = served.post("/corrections", json=said)
    assert answer.status_code == 201
    (kept,) = served.corrections()
    assert answer.json() == [json.loads(kept.to_line())]
    assert (kept.action, kept.item, kept.who, kept.when) == ("reject", "q3", "ann", WHEN)
    assert kept.before == harbour().quotes[2]
    assert kept.after is None
    listed = served.get("/corrections", params={"record": "harbour"}).json()
    assert (listed["total"], len(listed["corrections"])) == (1, 1)
    assert served.get("/records").json()["records"][0]["judged"] == 1
    corrected = ArticleRecord.from_line(served.get("/records/harbour?corrected=true").content)
    assert corrected == apply(harbour(), [kept])
    assert len(corrected.quotes) == 2


def test_lines_appended_by_another_program_count_immediately(serve: Serve) -> None:
    served = serve(harbour())
    said = {"record": "harbour", "layer": "quotes", "action": "accept", "item": "q1"}
    served.post("/corrections", json=said)
    line = served.path.read_text("utf-8")
    other = json.loads(line) | {"item": "q2", "who": "bo"}
    other["before"] = other["after"] = json.loads(harbour().quotes[1].model_dump_json())
    other["refers"] += [one for one in _refers("q1") if one not in other["refers"]]
    with served.path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(other) + "\n")
    assert served.get("/corrections").json()["total"] == 2
    assert served.get("/records").json()["records"][0]["judged"] == 2


def _refers(id: str) -> list[Any]:
    quote = next(one for one in harbour().quotes if one.id == id)
    return [{"id": id, "spans": [[quote.start, quote.end]], "name": None}]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"record": "nobody"}, (404, "P704")),
        ({"item": "q9"}, (422, "P602")),
        ({"layer": "figures"}, (422, "P602")),
        ({"action": "praise"}, (422, "P602")),
        ({"action": "edit"}, (422, "P602")),
        ({"action": "add"}, (422, "P602")),
        ({"version": "0" * 64}, (422, "P602")),
        ({"who": "somebody else"}, (422, "P602")),
        ({"before": harbour().quotes[1].model_dump(mode="json") | {"id": "q3"}}, (422, "P602")),
    ],
)
def test_a_judgement_that_does_not_fit_is_not_stored(
    served: Served, said: dict[str, Any], expected: tuple[int, str]
) -> None:
    judgement = {"record": "harbour", "layer": "quotes", "action": "reject", "item": "q3"}
    assert refused(served.post("/corrections", json=judgement | said)) == expected
    assert refused(served.post("/corrections", json=[])) == (422, "P602")
    assert served.corrections() == ()


def test_a_locked_file_of_corrections_stops_decisions_but_no_page(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "WAIT", 0.2)
    served = serve(harbour())
    judgement = {"record": "harbour", "layer": "quotes", "action": "accept", "item": "q1"}
    assert served.post("/corrections", json=judgement).status_code == 201
    with served.path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(json.loads(served.path.read_text("utf-8")) | {"who": "bo"}) + "\n")
        file.flush()
        answer = served.post("/corrections", json=judgement)
        assert refused(answer) == (503, "P411")
        assert answer.headers["Retry-After"]
        for path in ("/", "/records", "/page/articles/0", "/page/reviews/0", "/corrections"):
            assert served.get(path).status_code == 200
        assert served.get("/corrections").json()["total"] == 1
    assert served.get("/corrections").json()["total"] == 2


def test_an_unknown_path_or_method_is_refused_in_the_same_way(served: Served) -> None:
    assert refused(served.get("/nothing")) == (404, "P700")
    answer = served.session.request("DELETE", served.address + "/records", timeout=20)
    assert refused(answer) == (405, "P700")
    assert "GET" in answer.headers["Allow"]


def test_the_answer_to_a_bug_reveals_no_details(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> bytes:
        raise RuntimeError("a secret")

    served = serve()
    monkeypatch.setattr(Catalogue, "line", broken)
    answer = served.get("/records/harbour")
    assert refused(answer) == (500, "P900")
    assert "secret" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_real_models_answer_as_the_command_line_does(
    serve: Serve, nlp: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.batch.plan import ModelExtractor
    from pipeline.cli import main

    article = {"text": "“We won 12% in 2023,” said Ann Lee, the mayor.", "id": "x", "url": "u"}
    served = serve(settings=Settings(), load=ModelExtractor)
    answer = served.post("/extract", json=article)
    assert answer.status_code == 200
    monkeypatch.setattr("pipeline.stages.language.load", lambda *_, **__: nlp)
    (tmp_path / "a.jsonl").write_text(json.dumps(article) + "\n", "utf-8")
    out = tmp_path / "b.jsonl"
    assert main(["extract", str(tmp_path / "a.jsonl"), "-o", str(out), "-q"]) == 0
    assert answer.text == out.read_text("utf-8")
    assert refused(served.post("/extract", json={"text": " \n"})) == (422, "P204")
    long = json.dumps({"text": "x" * 2_000_001})
    headers = {"Content-Type": "application/json"}
    assert refused(served.post("/extract", data=long, headers=headers)) == (413, "P203")


def test_a_hostile_record_is_returned_unchanged_and_is_never_a_page(serve: Serve) -> None:
    served = serve(hostile())
    answer = served.get(f"/records/{hostile().id.replace('/', '%2F').replace('<', '%3C')}")
    assert answer.content.decode() == hostile().to_line()
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
