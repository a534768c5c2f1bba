"""``pipeline link`` and ``pipeline identities``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from tests.archive.samples import article

NAMES = (("a", "Tove Quandt"), ("b", "Tove Quandt"), ("c", "Tove Lindqvist"))


@pytest.fixture
def database(tmp_path: Path) -> str:
    path = tmp_path / "x.jsonl"
    records = (article(id, (name, "PERSON", "she")) for id, name in NAMES)
    path.write_text("".join(one.to_line() for one in records), "utf-8")
    address = f"sqlite:///{tmp_path}/x.db"
    assert main(["load", str(path), "--db", address, "--link", "--quiet"]) == 0
    return address


def asked(capfd: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["identities", *arguments, "--json"]) == 0
    return json.loads(capfd.readouterr().out)


def test_load_links_and_link_says_what_it_did(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("".join(article(id, name).to_line() for id, name in NAMES), "utf-8")
    address = f"sqlite:///{tmp_path}/x.db"
    assert main(["load", str(path), "--db", address, "--link"]) == 0
    assert capfd.readouterr().err.splitlines() == [
        "3 articles: 3 new, 0 replaced, 0 unchanged",
        "3 articles linked: 2 identities, 0 pairs to review",
    ]
    assert main(["link", "--db", address]) == 0
    assert capfd.readouterr().err == "0 articles linked: 2 identities, 0 pairs to review\n"


def test_load_refuses_to_link_parquet_before_it_loads(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(article("a", "Al Roe").to_line(), "utf-8")
    target = tmp_path / "x.parquet"
    assert main(["load", str(path), "--db", str(target), "--link"]) == 2
    assert "--link needs a database, not Parquet" in capfd.readouterr().err
    assert not target.exists()


def test_list_show_merge_rename_split_and_undo(
    database: str, capfd: pytest.CaptureFixture[str]
) -> None:
    to = ("--db", database)
    first, second = asked(capfd, "list", "tove", *to)
    assert (first["name"], first["entities"], second["entities"]) == ("Tove Quandt", 2, 1)
    before = asked(capfd, "list", "--members", *to)
    done = asked(
        capfd, "merge", first["id"], second["id"], "--by", "me", "--reason", "married", *to
    )
    assert (done["number"], done["action"], done["made_by"]) == (1, "merge", "me")
    (one,) = asked(capfd, "list", "tove", *to)
    asked(capfd, "rename", one["id"], "T. Q.", *to)
    shown = asked(capfd, "show", "T. Q.", *to)
    assert [member["article"] for member in shown["members"]] == ["a", "b", "c"]
    assert [action["reason"] for action in shown["actions"]] == ["married", None]
    asked(capfd, "split", one["id"], "b/e1", *to)
    assert len(set(asked(capfd, "list", "--members", *to).values())) == 2
    for number in "321":
        asked(capfd, "undo", number, *to)
    assert asked(capfd, "list", "--members", *to) == before
    actions = asked(capfd, "list", "--actions", *to)
    assert [one["action"] for one in actions] == ["merge", "rename", "split", *["undo"] * 3]
    assert asked(capfd, "list", "--review", *to) == []


def test_people_can_read_it(database: str, capfd: pytest.CaptureFixture[str]) -> None:
    to = ("--db", database)
    assert main(["identities", "show", "Tove Quandt", *to]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[0].endswith("Tove Quandt  2025-05-01 – 2025-05-01  2 articles, 2 mentions")
    assert "  2025-05-01  Tove Quandt in T  (a/e1)" in lines
    assert main(["identities", "list", *to]) == 0
    assert len(capfd.readouterr().out.splitlines()) == 2
    assert main(["identities", "rename", "Tove Quandt", "T. Q.", *to, "--by", "me"]) == 0
    assert main(["identities", "list", "--actions", *to]) == 0
    assert "rename" in capfd.readouterr().out


def test_an_unknown_identity_is_an_error_with_a_hint(
    database: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["identities", "show", "nobody", "--db", database]) == 65
    assert "no identity is 'nobody'" in capfd.readouterr().err
    assert main(["identities", "merge", "nobody", "--db", database]) == 2


def test_a_search_without_result_suggests_names(
    database: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["identities", "list", "tove", "quant", "--db", database]) == 1
    told = "nothing found for 'tove quant'; did you mean 'Tove Quandt'?\n"
    assert capfd.readouterr() == ("", told)
    assert main(["identities", "list", "--label", "LAW", "--db", database, "--json"]) == 1
    assert capfd.readouterr() == ("[]\n", "nothing found for 'LAW'\n")


def test_a_list_of_known_people_is_read(
    tmp_path: Path, database: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "people.jsonl"
    path.write_text('{"id": "Q1", "names": ["Tove Quandt", "Tove Lindqvist"]}\n')
    assert main(["link", "--known", str(path), "--db", database, "--quiet"]) == 0
    (one,) = asked(capfd, "list", "tove", "--db", database)
    assert (one["entities"], one["identifiers"]) == (3, {"wikidata": "Q1"})
