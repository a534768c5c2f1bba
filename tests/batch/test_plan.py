"""The shards of a run depend on its input alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.batch.batch import earlier_runs, plan
from pipeline.batch.folder import Run
from pipeline.batch.plan import Job, Plan, Shard
from pipeline.input import InputItem
from pipeline.records.schema import text_sha256
from pipeline.settings import Settings
from tests.batch import stub
from tests.batch.running import ids, letters, rows, run, tree
from tests.batch.test_workers import ROOT


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(folder=str(tmp_path / "run"), settings=Settings())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 40), max_size=30), st.integers(1, 8), st.integers(1, 100))
def test_shards_respect_the_limit_and_keep_the_order(
    job: Job, sizes: list[int], most: int, most_bytes: int
) -> None:
    items = [InputItem("no such file", size=size, line=at) for at, size in enumerate(sizes)]
    planned = Plan(items, job, max_articles=most, max_bytes=most_bytes)
    shards = list(planned)
    assert [item for shard in shards for item in shard.items] == items
    for at, shard in enumerate(shards):
        size = sum(item.size for item in shard.items)
        assert 1 <= len(shard.items) <= most
        assert size <= most_bytes or len(shard.items) == 1
        if at:  # none is started before it is needed
            before = shards[at - 1].items
            room = len(before) < most
            room = room and sum(i.size for i in before) + shard.items[0].size <= most_bytes
            assert not room
    assert (planned.articles, planned.shards, planned.bytes) == (
        len(items),
        len(shards),
        sum(sizes),
    )


@given(
    st.lists(
        st.builds(
            InputItem,
            st.text(st.characters(codec="utf-8"), max_size=9).map(lambda name: name + "\udcff"),
            st.integers(0),
            st.integers(0),
            st.integers(0),
            st.none() | st.text("0123456789abcdef", min_size=64, max_size=64),
            st.booleans(),
            st.none() | st.integers(0),
        )
    )
)
def test_a_shard_survives_a_round_trip_through_its_line(items: list[InputItem]) -> None:
    shard = Shard("part-00000", tuple(items))
    line = shard.to_line()
    assert Shard.from_line(line) == shard
    assert line.count(b"\n") == 1
    assert Shard.from_line(line).key("sha256:1") == shard.key("sha256:1") != shard.key("sha256:2")


def test_a_duplicate_article_is_planned_once_and_a_duplicate_id_is_a_dead_letter(
    tmp_path: Path,
) -> None:
    (tmp_path / "news.jsonl").write_text(
        '{"text": "Rain fell."}\n'
        '{"text": "Rain fell.", "title": "Rain"}\n'
        '{"text": "Snow fell.", "id": "x"}\n'
        '{"text": "Hail fell.", "id": "x"}\n'
        '{"text": "Snow fell.", "id": "y"}\n'
        f'{{"text": "Rain fell.", "id": "{text_sha256("Rain fell.")[:32]}"}}\n',
        "utf-8",
    )
    for name in ("a.html", "b.html"):
        (tmp_path / name).write_text("<p>Fog.</p>", "utf-8")
    run(tmp_path / "run", [str(tmp_path)], max_articles=1)
    assert len(ids(tmp_path / "run")) == 4
    assert ids(tmp_path / "run")[2:] == ["x", "y"]
    assert letters(tmp_path / "run") == [("x", "P207")]
    manifest = json.loads((tmp_path / "run/manifest.json").read_text("utf-8"))
    assert manifest["plan"]["repeats"] == 3


def test_only_new_articles_are_planned_by_their_content(tmp_path: Path) -> None:
    news, nights = tmp_path / "news", tmp_path / "nights"
    news.mkdir()
    (news / "a.txt").write_text("Rain fell.", "utf-8")
    (news / "b.jsonl").write_text('{"text": "FAIL P502"}', "utf-8")

    def night(number: int, expected: Sequence[str]) -> None:
        folder = nights / str(number)
        job = Job(folder=str(folder), settings=Settings())
        shards = plan([str(news)], job, earlier=earlier_runs([], beside=str(folder)))
        found = [item.where for shard in shards for item in shard.items]
        assert found == list(expected)
        run(folder, [str(news)], earlier=earlier_runs([], beside=str(folder)))

    night(1, [f"{news}/a.txt", f"{news}/b.jsonl:1"])
    night(2, [])
    assert (news / "b.jsonl").read_bytes()[-1:] == b"}"  # whose next line will end this one
    (news / "a.txt").rename(news / "renamed.txt")
    (news / "c.txt").write_text("Snow fell.", "utf-8")
    with (news / "b.jsonl").open("a") as file:
        file.write('\n{"text": "Hail fell."}\r\n')
    night(3, [f"{news}/b.jsonl:2", f"{news}/c.txt"])
    (news / "c.txt").write_text("Snow fell in May.", "utf-8")
    night(4, [f"{news}/c.txt"])


def test_articles_that_an_unfinished_run_lacks_are_new_and_the_run_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    inputs = [rows(tmp_path / "news.jsonl", ["Rain fell.", "Snow fell."])]
    run(tmp_path / "nights/1", inputs, max_articles=1)
    (tmp_path / "nights/1/_SUCCESS.json").unlink()
    (tmp_path / "nights/1/receipts/part-00001.json").unlink()
    job = Job(folder=str(tmp_path / "nights/2"), settings=Settings())
    (shard,) = plan(inputs, job, earlier=earlier_runs([str(tmp_path / "nights")]))
    assert [item.line for item in shard.items] == [2]
    assert [one.getMessage() for one in caplog.records] == [
        f"{tmp_path}/nights/1: is not finished; only its processed articles are skipped"
    ]
    assert [Path(one.place).name for one in earlier_runs([str(tmp_path / "nights/1")])] == ["1"]


def test_unreadable_articles_are_new_once_they_are_readable(tmp_path: Path) -> None:
    news, folder = tmp_path / "news", tmp_path / "nights/1"
    news.mkdir()
    for name, text in (("a", "Rain fell."), ("b", "FAIL P502"), ("c", "Snow fell.")):
        (news / f"{name}.txt").write_text(text, "utf-8")
    run(folder, [str(news)], max_articles=3)
    for name in ("_SUCCESS.json", "receipts/part-00000.json"):
        (folder / name).unlink()
    (news / "c.txt").rename(tmp_path / "c.txt")
    run(folder, [str(news)])
    assert [code for _, code in letters(folder)] == ["P502", "P201"]
    (tmp_path / "c.txt").rename(news / "c.txt")
    job = Job(folder=str(tmp_path / "nights/2"), settings=Settings())
    (shard,) = plan([str(news)], job, earlier=earlier_runs([str(folder)]))
    assert [item.path for item in shard.items] == [f"{news}/c.txt"]


def test_a_run_does_not_read_its_own_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("Rain fell.", "utf-8")
    run(Path("out/run"), ["."])
    run(Path("out/run"), ["."])
    assert Run("out/run").progress().articles == 1
    earlier = earlier_runs([], beside="out/next")
    run(Path("out/next"), ["."], earlier=earlier)
    assert Run("out/next").progress().articles == 0


@pytest.mark.parametrize("kernel", ["openblas 0.3.31 Haswell", None])
def test_a_run_resumed_with_another_kernel_keeps_its_parts_and_warns(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, kernel: str | None
) -> None:
    def load(made_with: str | None) -> Callable[[Settings], stub.Stub]:
        def loaded(settings: Settings) -> stub.Stub:
            made = stub.load(settings)
            made.provenance = made.provenance.model_copy(update={"kernel": made_with})
            return made

        return loaded

    articles = rows(tmp_path / "news.jsonl", [f"Rain {at}." for at in range(6)])
    folder = tmp_path / "run"
    run(folder, [articles], load=load("openblas 0.3.31 SkylakeX"))
    (folder / "_SUCCESS.json").unlink()
    (folder / "part-00001.jsonl").unlink()
    before = tree(folder)
    assert run(folder, [articles], load=load(kernel)).complete
    (warning,) = caplog.messages
    assert warning == (
        f"warning[W602]: {folder}: started with openblas 0.3.31 SkylakeX "
        f"and resumes with {kernel or 'unknown kernels'}"
    )
    after = tree(folder)
    assert {name for name in before if after[name] != before[name]} == {"receipts/part-00001.json"}
    assert {
        (json.loads(line)["provenance"] or {}).get("kernel")
        for line in after["part-00001.jsonl"].splitlines()
    } == {kernel}
    caplog.clear()
    (folder / "_SUCCESS.json").unlink()
    run(folder, [articles], load=load("openblas 0.3.31 SkylakeX"))
    assert not caplog.messages


@pytest.mark.check
@pytest.mark.parametrize("workers", [0, 3])
def test_the_bytes_are_the_same_with_any_workers_shards_hash_seed_locale_and_zone(
    tmp_path: Path, workers: int
) -> None:
    articles = [f"Rain fell {at} times." if at % 5 else "FAIL P502" for at in range(23)]
    inputs = [str(tmp_path / "news")]
    (tmp_path / "news").mkdir()
    rows(tmp_path / "news" / "Zürich.jsonl", articles)  # the C locale has no ü
    run(tmp_path / "run", inputs, max_articles=4)
    code = (
        "import sys; from pathlib import Path; from tests.batch.running import run\n"
        "if __name__ == '__main__':\n"
        f"    run(Path(sys.argv[1]), {inputs!r}, workers={workers}, max_articles=4)"
    )
    environment = os.environ | {
        "PYTHONHASHSEED": str(workers + 1),
        "LC_ALL": "tr_TR.UTF-8" if workers else "C",
        "PYTHONUTF8": "0",
        "TZ": "Asia/Kathmandu",
    }
    other = [sys.executable, "-c", code, str(tmp_path / "other")]
    subprocess.run(other, check=True, env=environment, cwd=ROOT, timeout=60)
    assert tree(tmp_path / "other") == tree(tmp_path / "run")
    run(tmp_path / "one", inputs, max_articles=23)
    parts = [tree(tmp_path / name) for name in ("run", "one")]
    records = [b"".join(v for k, v in sorted(one.items()) if "part-" in k[:5]) for one in parts]
    assert records[0] == records[1]
    assert parts[0]["dead-letter.jsonl"] == parts[1]["dead-letter.jsonl"]
