"""Look for texts that the pipeline does not take: a crash, a broken record, a slow or unsteady one.

    python benchmarks/fuzz.py [--shared DIR] [--texts N] [--seed S] [--workers N] [--seconds T]

Runs the shipped articles, and the texts of every JSONL file in DIR, as they are; then N mutants of
them (see ``mutations.py``). Text number ``n`` of a seed is always the same. A finding is

- a failure other than that of an empty text, or a stage that raised (W501),
- a record that breaks the contract, or does not come back from its line as it was,
- a text that gives other bytes the second time (one of twenty is run twice),
- a text that takes more than 5 s and 0.2 ms a character of CPU time,
- a text that ends its worker.

Each finding is cut down to the smallest text with the same failure at the same place, and printed
as a line of JSON; ``--keep DIR`` also writes the texts there. The exit code is 1 if there is one.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mutations import Text, articles, smallest, texts

from pipeline.batch.process import deadline
from pipeline.errors import EmptyArticle
from pipeline.input.article import Article
from pipeline.outcomes import STAGE_FAILED, Failure
from pipeline.records import check
from pipeline.records.schema import ArticleRecord
from pipeline.settings import KNOWN, PROFILES, Profile, Settings
from pipeline.text.decode import replace_unusable

if TYPE_CHECKING:
    from spacy.language import Language

CHUNK = 20
"""So many texts go to a worker at a time."""
EVERY = 1_000
"""Seconds between progress messages."""
HANG = 300
"""Seconds after which a text is given up; it is reported as slow long before."""
MINIMISING = 120
"""Seconds that the search for the smallest failing text may take."""
PIECES = Settings(segment_chars=next(one.low or 0 for one in KNOWN if one.name == "segment_chars"))
"""One of eight texts is parsed in the shortest pieces that there are."""


class Finding(NamedTuple):
    """What is wrong with a text."""

    kind: str
    stage: str
    exception: str
    place: str
    message: str

    @property
    def signature(self) -> tuple[str, ...]:
        """What two texts have in common that fail for one reason."""
        return self[:4]


class Checker:
    """A loaded pipeline, and what is asked of its records."""

    def __init__(self, nlp: Language) -> None:
        self.nlp = nlp
        self.caught = Caught()
        self.find(Text("warm-up", "“It rained,” said Ann Lee of the U.N. on 5 May."), again=True)

    def run(self, text: Text, settings: Settings) -> ArticleRecord | Failure:
        from pipeline.batch.process import process, provenance

        article = Article(text=text.text, where=text.name, published=text.published)
        with deadline(HANG, text.name):
            return process(article, self.nlp, settings, provenance=provenance(self.nlp, settings))

    def find(self, text: Text, *, again: bool) -> Finding | None:
        """Return what is wrong with a text; with ``again`` it is run twice."""
        self.caught.last = None
        settings = PIECES if len(text.text) % 8 == 0 else Settings()
        start = time.process_time()
        try:
            record = self.run(text, settings)
        except Exception as error:  # noqa: BLE001 - nothing may escape ``process``
            return Finding("raised", "process", type(error).__name__, place(error), str(error))
        seconds = time.process_time() - start
        if isinstance(record, Failure):
            if record.code == EmptyArticle.code and not replace_unusable(text.text)[0].strip():
                return None
            return self._raised(record.code, record.stage, record.message)
        for warning in record.warnings:
            if warning.code == STAGE_FAILED:
                return self._raised(
                    STAGE_FAILED, warning.message.partition(" ")[0], warning.message
                )
        problem = broken(record, text.text)
        if problem is not None:
            return Finding("contract", "record", "", problem[0], problem[1])
        if seconds > 5 + 0.0002 * len(text.text):
            return Finding("slow", "", "", "", f"{seconds:.1f} s, {len(text.text):,} characters")
        if again:
            second = self.run(text, settings)
            if isinstance(second, Failure) or second.to_line() != record.to_line():
                return Finding("bytes", "", "", "", "the second run gives another record")
        return None

    def _raised(self, kind: str, stage: str, message: str) -> Finding:
        error = self.caught.last
        if error is None:
            return Finding(kind, stage, "", "", message)
        return Finding(kind, stage, type(error).__name__, place(error), message)


class Caught(logging.Handler):
    """Keeps the exception of which ``process`` makes a failure or a warning."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.last: BaseException | None = None
        self.logger = logging.getLogger("pipeline.batch.process")
        self.before = self.logger.level
        self.logger.setLevel(logging.DEBUG)
        self.logger.addHandler(self)

    def close(self) -> None:
        """Catch nothing any more."""
        self.logger.setLevel(self.before)
        self.logger.removeHandler(self)
        super().close()

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info is not None:
            self.last = record.exc_info[1]


def place(error: BaseException) -> str:
    """Return the line of the package that raised an exception."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/pipeline/" in frame.filename] or frames
    if not ours:
        return ""
    path = ours[-1].filename.rpartition("/pipeline/")[2]
    return f"{path}:{ours[-1].lineno} {ours[-1].name}"


def broken(record: ArticleRecord, text: str) -> tuple[str, str] | None:
    """Return which part of the contract a record breaks, and how."""
    if record.text != replace_unusable(text)[0]:
        return "text", "the text is not the one that was read"
    for problem in check.problems(record):
        return "check", problem
    line = record.to_line()
    if line.count("\n") != 1 or line.count("\r"):
        return "line", "the record is not one line"
    back = ArticleRecord.from_line(line)
    if back != record or back.to_line() != line:
        return "round trip", "the record does not come back from its line as it was"
    return None


# ------------------------------------------------------------------------------------- workers

_checker: Checker
_articles: list[Text]


def start(profile: Profile, shared: Path | None) -> None:
    """Load the models and the articles of a worker."""
    from pipeline.stages.language import load

    global _checker, _articles
    _articles = articles(shared)
    _checker = Checker(load(profile=profile))


def find_in(seed: int, numbers: Sequence[int], whole: int) -> tuple[int, list[tuple[int, Finding]]]:
    """Return how many words these texts have, and what is wrong with them."""
    found, words = [], 0
    for number, text in zip(numbers, texts(_articles, seed, numbers, whole), strict=True):
        words += len(text.text.split())
        finding = _checker.find(text, again=number % 20 == 0)
        if finding is not None:
            found.append((number, finding))
    return words, found


def minimise(seed: int, number: int, whole: int, finding: Finding) -> tuple[str, str]:
    """Return the name of a text that fails, and the smallest part that fails in the same way."""
    (text,) = texts(_articles, seed, [number], whole)
    until = time.monotonic() + MINIMISING

    def fails(part: str) -> bool:
        if time.monotonic() > until:
            return False
        found = _checker.find(text._replace(text=part), again=finding.kind == "bytes")
        return found is not None and found.signature == finding.signature

    return text.name, smallest(text.text, fails)


class Crew:
    """Worker processes; one that dies is replaced, and what it had in hand is run anew."""

    def __init__(self, workers: int, begin: Callable[..., None], *given: Any) -> None:
        self.workers = workers
        self.begin, self.given = begin, given
        self.pool = self._pool(workers)

    def _pool(self, workers: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            workers, get_context("spawn"), initializer=self.begin, initargs=self.given
        )

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        try:
            return self.pool.submit(work, *arguments)
        except BrokenProcessPool:
            self.pool = self._pool(self.workers)
            return self.pool.submit(work, *arguments)

    def alone(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Return the result of a separate worker; None if the worker dies."""
        with self._pool(1) as pool:
            try:
                return pool.submit(work, *arguments).result()
            except BrokenProcessPool:
                return None

    def close(self) -> None:
        self.pool.shutdown(cancel_futures=True)


class Fuzzing:
    """A run over the texts of a seed."""

    def __init__(self, crew: Crew, seed: int, whole: int, until: float) -> None:
        self.crew, self.seed, self.whole, self.until = crew, seed, whole, until
        self.texts = self.words = 0
        self.seen: dict[tuple[str, ...], int] = {}
        """How many texts have each finding."""

    def run(self, numbers: range) -> Iterator[dict[str, Any]]:
        """Yield each finding, once for each reason, as a row."""
        chunks = (numbers[at : at + CHUNK] for at in range(0, len(numbers), CHUNK))
        waiting: deque[tuple[range, Future[Any]]] = deque()
        more = True
        while waiting or more:
            while more and len(waiting) < 3 * self.crew.workers:
                chunk = next(chunks, None) if time.monotonic() < self.until else None
                more = chunk is not None
                if chunk is not None:
                    future = self.crew.submit(find_in, self.seed, chunk, self.whole)
                    waiting.append((chunk, future))
            if not waiting:
                return
            chunk, future = waiting.popleft()
            try:
                words, found = future.result()
            except BrokenProcessPool:
                words, found = 0, list(self._in_halves(chunk))
            self.texts += len(chunk)
            self.words += words
            if self.texts // EVERY > (self.texts - len(chunk)) // EVERY:
                print(f"{self.texts:,} texts", file=sys.stderr, flush=True)
            for number, finding in found:
                row = self._row(number, finding)
                if row is not None:
                    yield row

    def _in_halves(self, numbers: range) -> Iterator[tuple[int, Finding]]:
        """Yield the findings of texts one of which may end its worker."""
        outcome = self.crew.alone(find_in, self.seed, numbers, self.whole)
        if outcome is not None:
            yield from outcome[1]
        elif len(numbers) == 1:
            yield numbers[0], Finding("died", "", "", "", "the worker was ended")
        else:
            middle = len(numbers) // 2
            yield from self._in_halves(numbers[:middle])
            yield from self._in_halves(numbers[middle:])

    def _row(self, number: int, finding: Finding) -> dict[str, Any] | None:
        times = self.seen[finding.signature] = self.seen.get(finding.signature, 0) + 1
        if times > 1 and finding.kind != "died":
            return None
        name, text = f"{self.seed}/{number}", None
        if finding.kind != "died":
            with suppress(BrokenProcessPool):
                arguments = (self.seed, number, self.whole, finding)
                name, text = self.crew.submit(minimise, *arguments).result()
        return {
            **finding._asdict(),
            "seed": self.seed,
            "number": number,
            "name": name,
            "text": text,
        }


def cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, help="folder of JSONL files whose texts are run too")
    parser.add_argument("--texts", type=int, default=10_000, help="how many mutants (10,000)")
    parser.add_argument("--seed", type=int, default=1, help="which mutants (1)")
    parser.add_argument("--first", type=int, default=0, help="begin with the text of this number")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="run one text, by its number")
    parser.add_argument("--workers", type=int, default=cpus(), help="processes (all cores)")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--profile", choices=PROFILES, default="accurate")
    parser.add_argument("--keep", type=Path, help="write the smallest failing texts to this folder")
    args = parser.parse_args()
    whole = len(articles(args.shared))
    numbers = range(args.first, whole + args.texts)
    if args.only is not None:
        numbers = range(args.only, args.only + 1)
    begun = time.monotonic()
    crew = Crew(args.workers, start, args.profile, args.shared)
    fuzzing = Fuzzing(crew, args.seed, whole, begun + args.seconds)
    try:
        for row in fuzzing.run(numbers):
            print(json.dumps(row, ensure_ascii=True), flush=True)
            if args.keep is not None and row["text"] is not None:
                args.keep.mkdir(parents=True, exist_ok=True)
                kept = args.keep / f"{row['seed']}-{row['number']}.txt"
                kept.write_bytes(row["text"].encode("utf-8", "surrogatepass"))
    finally:
        crew.close()
    seconds = time.monotonic() - begun
    print(
        f"{fuzzing.texts:,} texts of seed {args.seed} from number {numbers.start:,} on, "
        f"{fuzzing.words:,} words, {seconds:,.0f} s: "
        f"{sum(fuzzing.seen.values()):,} findings, {len(fuzzing.seen):,} different",
        file=sys.stderr,
    )
    return 1 if fuzzing.seen else 0


if __name__ == "__main__":
    sys.exit(main())
