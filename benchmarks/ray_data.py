"""Measure Ray Data against the actors of ``--engine ray``, to see which should hand out shards.

    python benchmarks/ray_data.py [--shards 1000] [--seconds 60]    # needs the extra ray

Both have two actors on this machine and a shard that takes no time: ``first`` is when the first
receipt is there, ``each`` what a shard costs. Then every actor sleeps a little for a shard, and one
shard kills its process: ``killer`` tells what becomes of the others with Ray Data's defaults and
with its attempts to start things anew switched off, as ours are. Last, iteration is broken off
after four receipts, which is all that one can tell Ray Data to do: ``stop`` counts the shards that
had begun by then and never ended.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice
from pathlib import Path
from typing import Any

import ray
import ray.data

KILLER = 5
"""The shard that kills its actor."""
SHARDS = 24
PAUSE = 0.3
ONCE = {"max_restarts": 0, "max_task_retries": 0}


class Actor:
    """Notes what it begins and ends; ``kills`` says whether there is a shard that kills it."""

    def __init__(self, log: str, pause: float, kills: bool) -> None:
        self.log = Path(log)
        self.pause = pause
        self.kills = kills

    def work(self, number: int) -> int:
        self.note("begun", number)
        time.sleep(self.pause)
        if self.kills and number == KILLER:
            os.kill(os.getpid(), signal.SIGKILL)
        self.note("ended", number)
        return number

    def note(self, event: str, number: int) -> None:
        if self.pause:
            with self.log.open("a") as file:
                file.write(f"{event} {number}\n")

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        return {"number": self.work(row["number"])}


def by_actors(shards: int) -> Iterator[int]:
    """Yield what plain actors give, each with one shard at a time."""
    kind = ray.remote(num_cpus=1, **ONCE)(Actor)
    idle = [kind.remote("", 0.0, False) for _ in range(2)]
    waiting = iter(range(shards))
    busy: dict[Future[int], Any] = {}
    while True:
        for number in islice(waiting, len(idle)):
            actor = idle.pop()
            busy[actor.work.remote(number).future()] = actor
        if not busy:
            return
        for future in wait(busy, return_when=FIRST_COMPLETED).done:
            idle.append(busy.pop(future))
            yield future.result()


def by_data(shards: int, *actor: Any, **options: Any) -> Iterator[int]:
    """Yield what Ray Data's pool of actors gives, a shard to a block."""
    rows = [{"number": number} for number in range(shards)]
    data = ray.data.from_items(rows, override_num_blocks=shards)
    actor = actor or ("", 0.0, False)
    pool = data.map(Actor, fn_constructor_args=actor, concurrency=2, num_cpus=1, **options)
    for row in pool.iter_rows():
        yield row["number"]


def speed(name: str, receipts: Iterator[int], shards: int) -> None:
    started = time.perf_counter()
    next(receipts)
    first = time.perf_counter() - started
    assert sum(1 for _ in receipts) == shards - 1
    each = (time.perf_counter() - started - first) / (shards - 1)
    print(f"{name:8} first {first:.1f} s, each {1000 * each:.1f} ms", flush=True)


def killer(log: Path, name: str, seconds: int, **options: Any) -> None:
    def stop(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    receipts, end = [], "all others done"
    try:
        for number in by_data(SHARDS, str(log), PAUSE, True, **options):
            receipts.append(number)
    except TimeoutError:
        end = f"given up after {seconds} s"
    except ray.exceptions.RayError as error:
        end = f"ended by {type(error).__name__}"
    signal.alarm(0)
    tries = Counter(log.read_text().splitlines())[f"begun {KILLER}"]
    print(
        f"killer, {name}: {len(receipts)} of {SHARDS - 1} others, killed {tries} times, {end}",
        flush=True,
    )


def stopped(log: Path) -> None:
    receipts = by_data(SHARDS, str(log), PAUSE, False)
    list(islice(receipts, 4))
    receipts.close()  # type: ignore[attr-defined]
    time.sleep(2)
    events = Counter(line.split()[0] for line in log.read_text().splitlines())
    print(f"stop: {events['begun']} shards begun, {events['ended']} ended")


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--shards", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=60, help="for a run with a killer")
    args = parser.parse_args()
    options: dict[str, Any] = {"include_dashboard": False, "log_to_driver": False}
    ray.init(address="local", num_cpus=2, logging_level=logging.ERROR, **options)
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.max_errored_blocks = 0
    speed("actors", by_actors(args.shards), args.shards)
    speed("Ray Data", by_data(args.shards), args.shards)
    with tempfile.TemporaryDirectory() as name:
        killer(Path(name) / "1", "defaults", args.seconds)
        killer(Path(name) / "2", "nothing tried again", args.seconds, **ONCE)
        stopped(Path(name) / "3")


if __name__ == "__main__":
    main()
