"""Measure what batch runs cost: planning, commits, workers, a killed worker, memory, loading.

    python benchmarks/batch.py [--texts FILE.jsonl] [--articles 200] [--memory 500 10000]
        [--load 10000] [--only hang]

Every run is the whole pipeline with its models, its parts durable on the disk of ``--out`` (the
folder for temporary files by default). The texts are repeated with a sentence of their own until
there are enough of them. Speeds leave out the loading of the models, which ``start`` tells. Memory
is sampled at each receipt: driver and worker, resident. ``kills`` starts the command anew after
each kill -9, of the driver or of a worker at a random moment, and compares with an unbroken run.
``hang`` has one article that never returns from compiled code. It compares how many others two
workers do while it is dealt with, from its first to its last second, with before and after.
Loading is what ``benchmarks/load.py`` measures.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import load

from pipeline.batch.batch import Batch, plan
from pipeline.batch.commit import commit
from pipeline.batch.executors import processes
from pipeline.batch.folder import open_run
from pipeline.batch.plan import Job, ModelExtractor
from pipeline.batch.store import LocalStore
from pipeline.input import Article, Page
from pipeline.outcomes import Failure
from pipeline.records.schema import ArticleRecord
from pipeline.settings import PROFILES, Settings

ROOT = Path(__file__).resolve().parent.parent
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "MKL_NUM_THREADS")
PLAN_ARTICLES = 20_000
HANGS = "HANG"
"""The text of the article that hangs."""
HANG_SECONDS = 10
"""How long it may take."""
LOG = "BENCHMARK_LOG"
"""The variable that names the file to which workers write when they did which article."""


def write_articles(texts: Path, out: Path, number: int, words: int | None = None) -> Path:
    """Write so many articles, all different, and return their file."""
    rows = [json.loads(line) for line in texts.read_text("utf-8").splitlines()]
    with out.open("w", encoding="utf-8") as file:
        for at, row in enumerate(itertools.islice(itertools.cycle(rows), number)):
            text = row["text"] if words is None else " ".join(row["text"].split()[:words])
            # names that no article before had: a model that kept them would grow
            own = (
                f"Mayor Bo{at:x}ley of Nor{at * 7919:x}ham said on Monday that {at:,} people came."
            )
            file.write(json.dumps({"text": f"{text}\n\n{own}"}) + "\n")
    return out


def resident(pid: int) -> int:
    """Return the resident memory of a process in KB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def workers(driver: int) -> list[int]:
    """Return the worker processes of a driver."""
    tasks = Path(f"/proc/{driver}/task").glob("*/children")
    pids = [int(pid) for task in tasks for pid in task.read_text().split()]
    return [pid for pid in pids if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def cpu(pid: int) -> float:
    """Return the seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Measured:
    """A run that was measured."""

    def __init__(self, articles: Path, out: Path, settings: Settings, number: int) -> None:
        job = Job(folder=str(out), settings=settings)
        self.samples: list[tuple[int, int, int]] = []  # articles, KB of driver, KB of workers
        began = time.perf_counter()
        with open_run(out) as run, closing(processes(job, number)) as executor:
            batch = Batch(run, job, executor)
            self.start = time.perf_counter() - began
            # all workers have their models before the clock starts
            for worker in executor.workers:
                worker.provenance()
            batch.begin(plan([str(articles)], job, max_articles=16), [str(articles)])
            pids = workers(os.getpid())
            used = sum(map(cpu, pids))
            began = time.perf_counter()
            done = 0
            for receipt in batch.process(lambda: False):
                done += receipt.counts.get("records", 0) + len(receipt.failures)
                self.samples.append((done, resident(os.getpid()), sum(map(resident, pids))))
            self.seconds = time.perf_counter() - began
            self.cpu = sum(map(cpu, pids)) - used
            self.progress = run.finish()

    @property
    def words_a_second(self) -> float:
        return self.progress.counts["words"] / self.seconds


def plans(folder: Path, texts: Path, settings: Settings) -> None:
    """Print what it costs to find, check and write down an article."""
    articles = write_articles(texts, folder / "plan.jsonl", PLAN_ARTICLES, words=200)
    job = Job(folder=str(folder / "none"), settings=settings)
    start = time.perf_counter()
    planned = plan([str(articles)], job)
    size = sum(len(shard.to_line()) for shard in planned)
    seconds = time.perf_counter() - start
    per = 1e6 * seconds / planned.articles
    print(f"plan/article {per:.0f} us, {size / planned.articles:.0f} bytes of plan")


def commits(folder: Path, part: Path, rounds: int) -> None:
    """Print the cost of a commit, with a part that was really made."""
    records = [ArticleRecord.from_line(line) for line in part.read_bytes().splitlines()]
    store = LocalStore(folder / "commits")
    store.make()
    durable, written = [], []
    for at in range(rounds):
        start = time.perf_counter()
        commit(store, f"part-{at:05}", "", records)
        durable.append(time.perf_counter() - start)
        start = time.perf_counter()
        data = b"".join(record.to_line().encode() for record in records)
        (folder / "plain").write_bytes(data)
        written.append(time.perf_counter() - start)
    cost = 1e3 * (statistics.median(durable) - statistics.median(written))
    print(
        f"commit/part {cost:.1f} ms beyond writing a plain file, "
        f"{len(records)} records, {len(data) / 1e3:.0f} KB"
    )


def scaling(folder: Path, articles: Path, settings: Settings, rounds: int) -> Path:
    """Print speeds with one and two workers, in turn, and return the folder of a run.

    On a machine that others use as well, the CPU time of a word tells more: two workers do twice
    the work of one if theirs is the same.
    """
    speeds: dict[int, list[float]] = {1: [], 2: []}
    costs: dict[int, list[float]] = {1: [], 2: []}
    for at in range(rounds):
        for number in speeds:
            out = folder / f"scaling-{number}-{at}"
            measured = Measured(articles, out, settings, number)
            speeds[number].append(measured.words_a_second)
            costs[number].append(1e6 * measured.cpu / measured.progress.counts["words"])
            if not at:
                print(f"start/worker {measured.start:.1f} s")
    ratios = [two / one for one, two in zip(speeds[1], speeds[2], strict=True)]
    for number, values in speeds.items():
        cost = statistics.median(costs[number])
        print(f"speed/{number} {statistics.median(values):,.0f} words/s, {cost:.0f} us CPU a word")
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    print(f"scaling/1-2 {middle:.2f} ({low:.2f} to {high:.2f}), load {os.getloadavg()[0]:.1f}")
    by_cpu = [2 * one / two for one, two in zip(costs[1], costs[2], strict=True)]
    print(f"scaling/1-2 by CPU time {statistics.median(by_cpu):.2f}")
    return folder / "scaling-1-0"


def kills(folder: Path, articles: Path, profile: str, number: int) -> None:
    """Kill a worker and then the driver of a run at random moments, again and again.

    Prints whether that made a difference.
    """
    out = folder / "killed"
    command = [sys.executable, "-m", "pipeline", "batch", str(articles), "-o", str(out), "--quiet"]
    command += ["--shard-articles", "4", "--profile", profile, "--workers"]
    whole = [str(folder / "whole") if one == str(out) else one for one in command]
    start = time.perf_counter()
    subprocess.run([*whole, "1"], cwd=ROOT, check=True)
    usual = time.perf_counter() - start
    dice = random.Random(6)
    done = {"driver": 0, "worker": 0}
    for at in range(number):
        driver = subprocess.Popen([*command, str(1 + at % 2)], cwd=ROOT)
        for victim in ("worker", "driver"):
            with suppress(subprocess.TimeoutExpired):
                driver.wait(dice.uniform(0.05, 0.3) * usual)
                break  # it was done before
            found = workers(driver.pid) if victim == "worker" else [driver.pid]
            if found:
                os.kill(dice.choice(found), signal.SIGKILL)
                done[victim] += 1
        driver.wait()
    subprocess.run([*command, "2"], cwd=ROOT, check=True)
    same = tree(out) == tree(folder / "whole")
    print(f"kills {done['driver']} of the driver, {done['worker']} of a worker, same bytes: {same}")


class Hanging:
    """The models of a worker, which notes when each article is done; one article never is."""

    def __init__(self, settings: Settings) -> None:
        self.model = ModelExtractor(settings)
        self.provenance = self.model.provenance

    def __call__(self, article: Article | Page) -> ArticleRecord | Failure:
        hangs = isinstance(article, Article) and article.text == HANGS
        if hangs:
            self.note(HANGS)
            sum(itertools.repeat(0))  # no alarm gets through to it
        outcome = self.model(article)
        self.note(article.where)
        return outcome

    def note(self, name: str) -> None:
        with Path(os.environ[LOG]).open("a") as file:
            file.write(f"{time.monotonic()}\t{name}\n")


def hang(folder: Path, texts: Path, settings: Settings, number: int) -> None:
    """Print the speed of two workers while an article hangs, compared with before and after."""
    articles = write_articles(texts, folder / "hang.jsonl", number)
    lines = articles.read_text("utf-8").splitlines(keepends=True)
    lines.insert(number // 3, json.dumps({"text": HANGS}) + "\n")
    articles.write_text("".join(lines), "utf-8")
    log = folder / "hang.log"
    os.environ[LOG] = str(log)
    job = Job(folder=str(folder / "hang"), settings=settings, load=Hanging)
    with open_run(job.folder) as run, closing(processes(job, 2)) as executor:
        for worker in executor.workers:
            worker.provenance()
        batch = Batch(run, job, executor)
        batch.begin(plan([str(articles)], job, max_articles=16), [str(articles)])
        begin = time.monotonic()
        for receipt in batch.process(lambda: False):
            if receipt.failures:
                over = time.monotonic()
    rows = [line.split("\t") for line in log.read_text().splitlines()]
    first = min(float(at) for at, name in rows if name == HANGS)
    # an article that was done again counts once, when it was done for good
    done = {name: float(at) for at, name in rows if name != HANGS}
    end = max(done.values())
    beside = sum(first <= at <= over for at in done.values()) / (over - first)
    alone = sum(not first <= at <= over for at in done.values()) / (end - begin - (over - first))
    print(
        f"hang/2 workers {60 * beside:,.0f} articles a minute in the {over - first:.0f} s that the "
        f"article took ({sum(name == HANGS for _, name in rows)} times {job.settings.max_seconds} s"
        f" and the grace), {60 * alone:,.0f} in the {end - begin - (over - first):.0f} s before "
        f"and after: {100 * beside / alone:.0f} %, load {os.getloadavg()[0]:.1f}"
    )


def tree(folder: Path) -> dict[str, bytes]:
    """Return the files of a run."""
    found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {str(name): path.read_bytes() for name, path in found.items() if name.name != ".lock"}


def memory(folder: Path, texts: Path, settings: Settings, few: int, many: int) -> None:
    """Print the memory of driver and worker after few and after many articles."""
    articles = write_articles(texts, folder / "many.jsonl", many, words=60)
    samples = Measured(articles, folder / "memory", settings, 1).samples
    first = next(sample for sample in samples if sample[0] >= few)
    last = samples[-1]
    for name, at in (("driver", 1), ("worker", 2)):
        growth = 100 * (last[at] / first[at] - 1)
        print(
            f"memory/{name} {first[at] / 1024:.0f} MB after {first[0]:,} articles, "
            f"{last[at] / 1024:.0f} MB after {last[0]:,} ({growth:+.1f} %)"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--texts", type=Path, default=ROOT / "seeds" / "wikinews.jsonl")
    parser.add_argument("--articles", type=int, default=200, help="for the speeds")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--memory", type=int, nargs=2, default=(500, 10_000), metavar=("FEW", "MANY")
    )
    parser.add_argument("--load", type=int, default=10_000, help="records to load; 0 for none")
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--profile", choices=PROFILES, default="accurate")
    parser.add_argument("--only", choices=("hang",), help="measure this and nothing else")
    parser.add_argument("--out", type=Path, help="folder on the disk to measure")
    args = parser.parse_args()
    os.environ.update(dict.fromkeys(THREADS, "1"))  # numpy in the workers reads them
    options: dict[str, Any] = {"profile": args.profile}
    settings = Settings(**options)
    with tempfile.TemporaryDirectory(dir=args.out) as name:
        folder = Path(name)
        limited = replace(settings, max_seconds=HANG_SECONDS)
        hang(folder, args.texts, limited, 3 * args.articles)
        if args.only:
            return
        plans(folder, args.texts, settings)
        articles = write_articles(args.texts, folder / "articles.jsonl", args.articles)
        run = scaling(folder, articles, settings, args.rounds)
        commits(folder, run / "part-00000.jsonl", 50)
        kills(folder, articles, args.profile, args.kills)
        memory(folder, args.texts, settings, *args.memory)
    if args.load:
        load.rates(args.load, args.rounds)


if __name__ == "__main__":
    main()
