"""A run over many articles needs no more memory than one over few."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.batch.test_workers import ROOT

SCRIPT = """
import sys
from pathlib import Path
from pipeline.batch.batch import Batch, plan
from tests.batch.serial import Serial
from pipeline.batch.folder import open_run
from pipeline.batch.plan import Job
from pipeline.settings import Settings
from tests.batch import stub

def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

job = Job(folder=sys.argv[2], settings=Settings(), load=stub.load)
executor = Serial(job)
with open_run(job.folder) as run:
    batch = Batch(run, job, executor)
    batch.begin(plan([sys.argv[1]], job), [sys.argv[1]])
    for _ in batch.process(lambda: False):
        pass
    assert run.finish().counts["records"] == int(sys.argv[3])
print(resident())
"""


def peak(folder: Path, articles: int) -> int:
    """Return the peak memory in KB of a run over this many articles, driver and worker."""
    with (folder / f"{articles}.jsonl").open("w", encoding="utf-8") as file:
        for at in range(articles):
            text = f"Rain fell {at} times on {at * 7919} roofs. " * 100
            file.write(json.dumps({"text": text}) + "\n")
    out = str(folder / f"run{articles}")
    command = [sys.executable, "-c", SCRIPT, file.name, out, str(articles)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return int(done.stdout)


def test_four_thousand_articles_need_at_most_a_tenth_more_memory_than_four_hundred(
    tmp_path: Path,
) -> None:
    few, many = peak(tmp_path, 400), peak(tmp_path, 4_000)
    assert many <= 1.1 * few
