"""A batch reads files of many articles like single-article files: each is independent."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from pipeline.batch.batch import earlier_runs, plan
from pipeline.batch.plan import Job
from pipeline.input import Skipped, items
from pipeline.input.table import read_table
from pipeline.settings import Settings
from tests.batch.running import ids, letters, run, tree
from tests.input import samples


def table(texts: Sequence[str], prefix: str = "n") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["id", "text"])
    writer.writerows([f"{prefix}{at}", text] for at, text in enumerate(texts))
    return out.getvalue().encode()


def array(texts: Sequence[str], prefix: str = "n") -> bytes:
    return json.dumps(
        [{"id": f"{prefix}{at}", "text": one} for at, one in enumerate(texts)]
    ).encode()


def packed(texts: Sequence[str], prefix: str = "n") -> bytes:
    rows = [{"id": f"{prefix}{at}", "text": one} for at, one in enumerate(texts)]
    return gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode())


Written = Callable[..., bytes]
forms = pytest.mark.parametrize(
    ("name", "written"),
    [("news.csv", table), ("news.json", array), ("news.jsonl.gz", packed)],
    ids=["CSV", "JSON", "JSONL, gzip"],
)


@forms
def test_a_file_of_many_articles_is_sharded_and_an_interrupted_run_resumes(
    tmp_path: Path, name: str, written: Written
) -> None:
    (tmp_path / name).write_bytes(written(["Rain.", "Snow.", "FAIL P502", "Hail.", "Fog."]))
    inputs = [str(tmp_path / name)]
    run(tmp_path / "run", inputs)
    whole = tree(tmp_path / "run")
    assert ids(tmp_path / "run") == ["n0", "n1", "n3", "n4"]
    assert letters(whole) == [("n2", "P502")]
    assert len([one for one in whole if one.startswith("part-")]) == 3
    (tmp_path / "run/_SUCCESS.json").unlink()
    (tmp_path / "run/receipts/part-00001.json").unlink()
    run(tmp_path / "run", inputs)
    assert tree(tmp_path / "run") == whole


@forms
def test_only_new_articles_of_a_grown_file_are_planned(
    tmp_path: Path, name: str, written: Written
) -> None:
    news = tmp_path / "news" / name
    news.parent.mkdir()
    news.write_bytes(written(["Rain.", "Snow."]))
    run(tmp_path / "nights/1", [str(news)])
    news.write_bytes(written(["Rain.", "Snow.", "Hail."]))
    job = Job(folder=str(tmp_path / "nights/2"), settings=Settings())
    planned = plan([str(news)], job, earlier=earlier_runs([], beside=job.folder))
    found = [item for shard in planned for item in shard.items]
    assert len(found) == 1
    assert found[0].line == {"news.csv": 4}.get(name, 3)
    assert (planned.known, planned.articles) == (2, 1)


@forms
def test_dead_letters_are_retried(tmp_path: Path, name: str, written: Written) -> None:
    healed = tmp_path / "healed"
    (tmp_path / name).write_bytes(written(["Rain.", f"HEAL {healed}", "Snow."]))
    run(tmp_path / "run", [str(tmp_path / name)])
    assert letters(tmp_path / "run") == [("n1", "P503")]
    healed.touch()
    run(tmp_path / "run", [str(tmp_path / name)], again=True)
    assert ids(tmp_path / "run") == ["n0", "n1", "n2"]


@forms
def test_an_article_that_changed_since_the_plan_affects_no_other(
    tmp_path: Path, name: str, written: Written
) -> None:
    (tmp_path / name).write_bytes(written(["Rain.", "Snow.", "Hail."]))
    inputs = [str(tmp_path / name)]
    run(tmp_path / "run", inputs)
    (tmp_path / "run/_SUCCESS.json").unlink()
    for at in range(2):
        (tmp_path / f"run/receipts/part-0000{at}.json").unlink()
    (tmp_path / name).write_bytes(written(["Rain.", "Snow fell.", "Hail."]))
    run(tmp_path / "run", inputs)
    assert ids(tmp_path / "run") == ["n0", "n2"]
    assert [code for _, code in letters(tmp_path / "run")] == ["P210"]


def test_duplicate_ids_and_texts_are_found_across_files(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.csv").write_bytes(table(["Rain.", "Snow."]))
    (tmp_path / "b.json").write_bytes(array(["Rain.", "Hail."]))
    run(tmp_path / "run", [str(tmp_path / "a.csv"), str(tmp_path / "b.json")])
    assert ids(tmp_path / "run") == ["n0", "n1"]
    assert letters(tmp_path / "run") == [("n1", "P207")]


def test_each_row_is_read_once_per_pass_however_many_shards_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: Counter[str] = Counter()

    def counting(*arguments: object, **options: object) -> Iterator[object]:
        read["opened"] += 1
        for entry in read_table(*arguments, **options):  # type: ignore[arg-type]
            read["rows"] += 1
            yield entry

    monkeypatch.setattr("pipeline.input.table.read_table", counting)
    (tmp_path / "news.csv").write_bytes(table([f"Rain fell {at} times." for at in range(200)]))
    run(tmp_path / "run", [str(tmp_path / "news.csv")], max_articles=4)
    assert len(ids(tmp_path / "run")) == 200
    # to find the articles, to compare them, to read them
    assert read["opened"] == 3
    assert read["rows"] <= 3 * 200


@pytest.mark.check
def test_pages_of_a_web_archive_are_distinguished_from_other_records(tmp_path: Path) -> None:
    (tmp_path / "crawl.warc.gz").write_bytes(samples.WARC_GZ)
    (tmp_path / "wire.xml").write_text(samples.NEWS_MESSAGE, "utf-8")
    skipped = Skipped()
    job = Job(folder=str(tmp_path / "run"), settings=Settings())
    found = [
        Path(item.where).name
        for shard in plan([str(tmp_path)], job, skipped=skipped)
        for item in shard.items
    ]
    assert found == ["crawl.warc.gz:1", "crawl.warc.gz:2", "wire.xml:1", "wire.xml:2"]
    assert skipped.records == 4


def test_a_partly_read_file_is_closed(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.csv").write_bytes(table(["Rain.", "Snow."], name))
    found = list(items.find_items([str(tmp_path)], Settings()))
    form = items.form_of("a.csv")
    items.read_entry(found[0], form, Settings())
    half = items._reading
    items.read_entry(found[2], form, Settings())
    assert half is not None
    assert half._file.closed
