"""Measure speed side by side in one run: bare spaCy, our pipeline, textacy's quotations.

    python benchmarks/speed.py [--texts FILE.jsonl] [--rounds 5] [--profile fast]

One thread, one process, and the time of its CPU, so that others on the machine do not count. Each
round runs every system once over the same articles, in turn, so that a machine whose speed drifts
treats them alike; the figures are medians of the rounds, and a ratio is the median of the ratios
within a round. Bare spaCy is ``spacy.load(base).pipe`` by its defaults,
lemmas and coarse tags included. textacy (``pip install textacy``) is left out where it is missing;
it runs on bare spaCy's documents, paragraph by paragraph, and its parse is counted in.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.settings import PROFILES, Profile

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("entities", "quotes", "times", "figures", "attributions", "resolve")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "MKL_NUM_THREADS")
Run = Callable[[], int]


def articles(path: Path, words: int) -> list[dict[str, Any]]:
    """Return the first articles of a JSONL file that together hold about so many words."""
    rows, size = [], 0
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if size < words:
                rows.append(json.loads(line))
                size += len(rows[-1]["text"].split())
    return rows


def systems(rows: list[dict[str, Any]], profile: Profile) -> dict[str, Run]:
    """Return what is timed: each reads every article and returns the number of tokens."""
    import spacy

    from pipeline.records.assemble import assemble
    from pipeline.stages import language

    texts = [row["text"] for row in rows]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bare = spacy.load(language.BASE_MODEL)
    ours = language.load(profile=profile)
    base = language.load(profile="fast")
    for stage in STAGES:
        base.remove_pipe(f"news_{stage}")

    def run_bare() -> int:
        return sum(len(doc) for doc in bare.pipe(texts))

    def run_base() -> int:
        return sum(len(base(text)) for text in texts)

    def run_ours() -> int:
        size = 0
        for row in rows:
            doc = ours.make_doc(row["text"])
            if row.get("published"):
                doc._.news.published = date.fromisoformat(row["published"][:10])
            doc = ours(doc)
            assemble(doc).to_line()
            size += len(doc)
        return size

    found: dict[str, Run] = {"bare": run_bare, "base": run_base, "ours": run_ours}
    if importlib.util.find_spec("textacy"):
        from textacy.extract.triples import direct_quotations

        def run_textacy() -> int:
            size = 0
            for text in texts:
                for paragraph in filter(str.strip, text.split("\n")):
                    doc = bare(paragraph)
                    size += len(doc)
                    try:
                        list(direct_quotations(doc))
                    except ValueError:  # an odd number of marks
                        continue
            return size

        found["textacy"] = run_textacy
    return found


def stage_costs(
    rows: list[dict[str, Any]], rounds: int, profile: Profile
) -> tuple[dict[str, float], float]:
    """Return microseconds a token by stage, the median of the rounds, and tokens a sentence."""
    from pipeline.records.assemble import assemble
    from pipeline.stages import language

    nlp = language.load(profile=profile)
    costs: dict[str, list[float]] = {stage: [] for stage in [*STAGES, "assemble"]}
    for _ in range(rounds):
        spent, size, sentences = dict.fromkeys(costs, 0.0), 0, 0
        for row in rows:
            doc = nlp.make_doc(row["text"])
            for name, pipe in nlp.pipeline:
                stage = name.removeprefix("news_")
                start = time.process_time()
                doc = pipe(doc)
                if stage in spent:
                    spent[stage] += time.process_time() - start
            start = time.process_time()
            assemble(doc).to_line()
            spent["assemble"] += time.process_time() - start
            size += len(doc)
            sentences += sum(1 for _ in doc.sents)
        for stage, seconds in spent.items():
            costs[stage].append(1e6 * seconds / size)
    return {stage: statistics.median(values) for stage, values in costs.items()}, size / sentences


def wall(command: list[str], rounds: int) -> float:
    """Return the median wall time of a command in seconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def spent_by_children() -> float:
    """Return the CPU seconds of all commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def network_loading(profile: Profile) -> None:
    """Print how long the network of a profile takes to load, and the memory that it adds."""
    code = (
        "import resource, sys, time\n"
        "from pipeline.stages.language import NETWORKS, load\n"
        "from pipeline.stages.attributions.network import network\n"
        "nlp = load()\n"
        "list(nlp.pipe(['Rain fell on Dover.']))\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "start = time.perf_counter()\n"
        "found = network.__wrapped__(NETWORKS[sys.argv[1]])\n"
        "spent = time.perf_counter() - start\n"
        "nlp.get_pipe('news_attributions').network = found\n"
        "text = '“It rained,” said Ann Lee, who thinks that it will rain again.\\n\\n' * 60\n"
        "nlp(text)\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(f'{spent:.2f} s, {(after - before) / 1024:.0f} MB')"
    )
    command = [sys.executable, "-c", code, profile]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    print(f"network/{profile} loads in and adds, one text of 1,000 tokens included: {done.stdout}")


def start_up(rounds: int) -> None:
    """Print how long it takes to import, to show the help and to make the first record."""
    python = sys.executable
    nothing = wall([python, "-c", "pass"], rounds)
    imported = wall([python, "-c", "import pipeline"], rounds)
    print(f"start/import {imported - nothing:.3f} s beyond python's own {nothing:.3f} s")
    print(f"start/help {wall([python, '-m', 'pipeline', '--help'], rounds):.3f} s")
    seed = next((ROOT / "seeds").glob("000_*.txt"))
    first = [python, "-m", "pipeline", "extract", "--quiet", "-o", "-", str(seed)]
    before = spent_by_children()
    seconds = wall(first, rounds)
    used = (spent_by_children() - before) / rounds
    print(f"start/first_record {seconds:.2f} s, {used:.2f} s of CPU")
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"memory/one_article {children.ru_maxrss / 1024:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=Path, default=ROOT / "seeds" / "wikinews.jsonl")
    parser.add_argument("--words", type=int, default=50_000, help="read about so many words")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", choices=PROFILES, default="accurate")
    args = parser.parse_args()
    os.environ.update(dict.fromkeys(THREADS, "1"))  # numpy, imported later, reads them
    start_up(args.rounds)
    network_loading(args.profile)
    rows = articles(args.texts, args.words)
    runs = systems(rows, args.profile)
    speeds: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()  # warm up: caches of the vocabulary
    for _ in range(args.rounds):
        for name, run in runs.items():
            start = time.process_time()
            size = run()
            speeds[name].append(size / (time.process_time() - start))
    print(f"articles {len(rows)} tokens {size} rounds {args.rounds}")
    for name, values in speeds.items():
        ratios = [value / bare for value, bare in zip(values, speeds["bare"], strict=True)]
        low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
        speed = statistics.median(values)
        print(f"speed/{name} {speed:.0f} tokens/s, {middle:.2f} of bare ({low:.2f} to {high:.2f})")
    if "textacy" not in runs:
        print("speed/textacy not measured: pip install textacy")
    bare_cost = 1e6 / statistics.median(speeds["bare"])
    costs, tokens = stage_costs(rows, args.rounds, args.profile)
    for stage, cost in costs.items():
        share = 100 * cost / bare_cost
        print(f"stage/{stage} {cost:.1f} us/token, {share:.1f} % of bare spaCy's time")
    both = 1e6 / (tokens * (costs["times"] + costs["figures"]))
    print(f"stage/times+figures {both:,.0f} sentences/s beyond the parse")


if __name__ == "__main__":
    main()
