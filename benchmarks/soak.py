"""Extract the shipped articles for minutes and check that nothing leaks and no byte changes.

    python benchmarks/soak.py [--minutes 5]

Every round extracts all articles in one process: each as it is, and each with a name and a number
of its own, so that the vocabulary sees new words in every round. The records of the unchanged
articles must be the same bytes each time. After the third round, resident memory may grow by 5%;
the number of open files and threads may not grow. Exits with 1 on the first breach.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline.batch.process import run_serial
from pipeline.input.article import Article
from pipeline.records.schema import ArticleRecord
from pipeline.settings import Settings
from pipeline.stages.language import load

ROOT = Path(__file__).resolve().parent.parent
WARM_UP = 3
"""Rounds until caches of the libraries are full."""
GROWTH = 1.05


def articles(round_: int) -> Iterator[Article]:
    """Yield each shipped article unchanged and, under another id, with words of this round."""
    for line in (ROOT / "seeds" / "wikinews.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Article(text=row["text"], where=row["id"], id=row["id"])
        own = f"Mayor Bo{round_:x}ley of Nor{round_ * 7919:x}ham counted {round_:,} people."
        id_ = f"{row['id']}/{round_}"
        yield Article(text=f"{row['text']}\n\n{own}", where=id_, id=id_)


def resident() -> int:
    """Return the resident memory of this process in KB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def held() -> tuple[int, int]:
    """Return the number of open files and of threads."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir()), threading.active_count()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5)
    minutes = parser.parse_args().minutes
    settings = Settings()
    nlp = load()
    first: dict[str, str] = {}
    memory = holding = None
    began, round_, done = time.monotonic(), 0, 0
    while time.monotonic() - began < 60 * minutes or round_ <= WARM_UP:
        for outcome in run_serial(articles(round_), nlp, settings):
            if not isinstance(outcome, ArticleRecord):
                print(f"round {round_}: {outcome}", file=sys.stderr)
                return 1
            done += 1
            line = outcome.to_line()
            if "/" not in outcome.id and first.setdefault(outcome.id, line) != line:
                print(f"round {round_}: {outcome.id} has other bytes", file=sys.stderr)
                return 1
        round_ += 1
        if round_ == WARM_UP:
            memory, holding = resident(), held()
        elif memory and holding and (resident() > GROWTH * memory or held() > holding):
            print(
                f"round {round_}: {resident():,} KB, files and threads {held()}; "
                f"after round {WARM_UP}: {memory:,} KB, {holding}",
                file=sys.stderr,
            )
            return 1
    print(
        f"{done:,} articles in {round_} rounds: {memory:,} KB, then {resident():,} KB; same bytes"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
