"""Run a batch in this process, with models that take no time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path

from pipeline.batch.batch import Batch, plan
from pipeline.batch.executors import Executor, processes
from pipeline.batch.folder import Progress, Run, open_run
from pipeline.batch.plan import Extractor, Job
from pipeline.batch.store import Disk, LocalStore, RunStore, store_at
from pipeline.settings import Settings
from tests.batch import stub
from tests.batch.serial import Serial


def run(
    folder: Path | str,
    inputs: Sequence[str],
    *,
    disk: Disk | None = None,
    store: RunStore | None = None,
    again: bool = False,
    workers: int = 0,
    settings: Settings | None = None,
    max_articles: int = 2,
    load: Callable[[Settings], Extractor] = stub.load,
    earlier: Iterable[Run] = (),
) -> Progress:
    """Start or resume a batch and run it to its end; without workers, in this process."""
    job = Job(folder=str(folder), settings=settings or Settings(), load=load)
    store = store or (LocalStore(folder, disk) if disk else store_at(folder))
    planned = plan(inputs, job, max_articles=max_articles, earlier=earlier)
    executor: Executor = processes(job, workers) if workers else Serial(job, store)
    with open_run(folder, store) as one, closing(executor):
        batch = Batch(one, job, executor)
        if one.manifest() is None:
            batch.begin(planned, inputs)
        else:
            batch.resume()
        for _ in batch.process(lambda: False, again=again):
            pass
        return one.finish()


def tree(folder: Path | str) -> dict[str, bytes]:
    """Return every file of a run except the lock."""
    if isinstance(folder, str):
        from pipeline.batch.objects import ObjectStore

        store = ObjectStore(folder)
        names = [name for name in store.files("") if not name.startswith(".lock/")]
        return {name: store.read(name) or b"" for name in names}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def rows(path: Path, texts: Sequence[str], prefix: str = "n") -> str:
    """Write articles to a JSONL file and return its name."""
    lines = [
        json.dumps({"id": f"{prefix}{at}", "text": text}) + "\n" for at, text in enumerate(texts)
    ]
    path.write_text("".join(lines), "utf-8")
    return str(path)


def ids(folder: Path) -> list[str]:
    """Return the ids of the records in the order of the parts."""
    parts = sorted(folder.glob("part-*.jsonl"))
    lines = [line for part in parts for line in part.read_bytes().splitlines()]
    return [json.loads(line)["id"] for line in lines]


def letters(run: Path | dict[str, bytes]) -> list[tuple[str, str]]:
    """Return id and code of each dead letter of a run, or of its files."""
    files = run if isinstance(run, dict) else tree(run)
    lines = files["dead-letter.jsonl"].splitlines()
    return [(row["id"], row["code"]) for row in map(json.loads, lines)]
