"""Messages of extract, batch and retry while they run and at their end, all on stderr.

On a terminal there is a progress line. Elsewhere, each part of a run is a line of a log; with
``--log-format json`` it is a JSON object, with the time in UTC.
"""

from __future__ import annotations

import shlex
import time
from collections import Counter
from collections.abc import Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipeline.cli.files import OUT_FOLDER
from pipeline.cli.screen import LogFormat, Screen, counts_line, incomplete_line, plain, row, tell
from pipeline.errors import INTERRUPTED, PipelineError
from pipeline.outcomes import Failure, Repeat, Warnings, joined, unexpected
from pipeline.output.files import LETTERS, STDIO
from pipeline.text.words import plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.batch.commit import Receipt
    from pipeline.batch.folder import Progress
    from pipeline.batch.plan import Plan
    from pipeline.cli.drawing import Findings
    from pipeline.document.annotations import Decision
    from pipeline.input import Skipped
    from pipeline.records.schema import ArticleRecord

MAX_FAILURES = 20
"""How many failures to show one by one; the dead letters have them all."""
MAX_ROWS = 20
"""How many articles get their own line in the table."""
EVERY = 0.2
"""Seconds between updates of the progress line."""


class Report:
    """Counts and a table at the end, and a progress line on terminals."""

    def __init__(self, out: str, *, quiet: bool, verbose: int) -> None:
        self.out = out
        self.quiet = quiet
        self.verbose = verbose
        self.screen = Screen()
        self.newcomer = self.screen.live and not quiet and _is_first(out)
        self.records = self.failures = self.repeats = self.incomplete = 0
        self.counts: Counter[str] = Counter()
        self.warnings: Warnings = {}
        self.first: Findings | None = None
        self.rows: list[Findings] = []
        self.started = self.loaded = self.shown = time.monotonic()

    def begin(self) -> None:
        """Tell a new user what is going to happen."""
        if self.newcomer:
            self.screen.say(
                f"Welcome. Records are written to {self.out}, and articles that fail to "
                f"{self.out}{LETTERS}. The input is not changed, and nothing is sent anywhere."
            )

    def loading(self, model: str) -> None:
        """Show that the model is loading; the line is replaced by the next message."""
        if not self.quiet:
            first = ", longer the first time" if self.newcomer else ""
            self.screen.show(f"loading {plain(model)}: a few seconds{first} …")

    def working(self) -> None:
        """Start measuring the speed."""
        self.loaded = time.monotonic()

    def record(self, record: ArticleRecord) -> None:
        from pipeline.batch.commit import count, warnings_of
        from pipeline.cli import drawing
        from pipeline.cli.drawing import findings

        self.records += 1
        self.incomplete += record.incomplete
        self.warnings = joined([(0, self.warnings), (self.records, warnings_of(record))])
        if self.quiet:
            return
        self.counts += count(record)
        self.counts["warnings"] += len(record.warnings)
        if len(self.rows) < MAX_ROWS:
            found = findings(record, None if self.verbose else drawing.MOST)
            self.first = self.first or found
            self.rows.append(found)
        self._tick()

    def explain(self, record: ArticleRecord, decisions: Sequence[Decision]) -> None:
        """Print what decided about each item of a record, even if quiet: it was asked for."""
        from pipeline.cli.explaining import draw

        self.screen.clear()
        draw(record, decisions, self.screen)

    def failure(self, failure: Failure) -> None:
        self.failures += 1
        if self.failures <= MAX_FAILURES or self.verbose:
            self._say(plain(failure.report()), "bold red")
            hint = failure.error().hint
            if hint and self.failures == 1:
                self._say(f"hint: {hint}", "bold")
        elif self.failures == MAX_FAILURES + 1:
            self._say("… more failures; -v shows all of them")

    def repeat(self, repeat: Repeat) -> None:
        self.repeats += 1
        if self.verbose:
            self._say(f"{plain(repeat.source)}: repeated article, skipped")
        self._tick()

    def end(self, skipped: Skipped) -> None:
        """Print what was found, where it is, and what was skipped."""
        if self.quiet:
            return
        self.screen.clear()
        self._found()
        if self.repeats:
            self.screen.say(f"{plural(self.repeats, 'repeated articles')} skipped")
        if left_out := str(skipped):
            self.screen.say(plain(left_out))
        if self.records and self.out != STDIO:
            self.screen.say(f"records: {plain(self.out)}", "bold green")
        if self.incomplete:
            self.screen.say(incomplete_line(self.incomplete), "bold red")
        if self.records != 1:  # otherwise the table has them
            for line in warning_lines(self.counts["warned"], self.warnings, self._every_warning()):
                self.screen.say(line, "yellow")
        if self.failures:
            self._failed()

    def well(self, *, strict: bool) -> bool:
        """Return whether all is well; if ``strict``, only without unexpected warnings."""
        failed = self.failures or self.incomplete
        return not failed and not (strict and unexpected(self.warnings))

    def _every_warning(self) -> str:
        """Return the command that lists all warnings of the records."""
        name = "(.source.title // .source.uri // .id) as $name"
        lines = f"jq -r '{name} | .warnings[] | [.code, $name, .message] | @tsv'"
        return lines if self.out == STDIO else f"{lines} {shlex.quote(self.out)}"

    def _found(self) -> None:
        if self.first is not None and self.records == 1:
            from pipeline.cli import drawing

            drawing.article(self.first, self.screen, everything=bool(self.verbose))
        elif self.records:
            self._totals()

    def next_steps(self) -> None:
        """Tell a new user what to do with the records."""
        if self.newcomer and self.records:
            self.screen.say("next:", "bold")
            for command, gives in (
                (f"pipeline view {self.out}", "write an HTML page of the records"),
                (f"pipeline load {self.out} --db sqlite:///news.db", "query them in SQL"),
                ("pipeline --help", "list all commands"),
            ):
                self.screen.line((f"{plain(command)}  ", "bold"), (gives, ""), indent=2)

    def _totals(self) -> None:
        from pipeline.cli import drawing
        from pipeline.cli.drawing import Findings

        counts = self.counts
        total = Findings("", None, counts)
        drawing.articles(self.rows, total, self.records, self.screen)
        seconds = time.monotonic() - self.started
        parts = [plural(counts[layer], layer) for layer in ("times", "entities")]
        self.screen.say(" · ".join(parts) + f" · {seconds:.1f} s")

    def _failed(self) -> None:
        message = f"failed: {plural(self.failures, 'articles')}"
        if self.out != STDIO:
            message += f"; see {plain(self.out)}{LETTERS}"
        self.screen.say(message, "bold red")

    def _tick(self) -> None:
        now = time.monotonic()
        if not self.quiet and now - self.shown > EVERY:
            self.shown = now
            seconds = max(now - self.loaded, EVERY)
            failed = f" · {self.failures:,} failed" if self.failures else ""
            self.screen.show(
                f"{plural(self.records, 'records')}{failed} · "
                f"{self.counts['words'] / seconds:,.0f} words/s · {now - self.started:.0f} s"
            )

    def _say(self, line: str, style: str = "") -> None:
        if not self.quiet:
            self.screen.clear()
        self.screen.say(line, style)


def _is_first(out: str) -> bool:
    """Return whether the records go to the default place, and it has never been used."""
    folder = Path(out).parent
    return folder == Path(OUT_FOLDER) and not any(folder.glob("*.jsonl"))


class RunReport:
    """Progress, log lines, and summary of a run."""

    def __init__(
        self, folder: str, *, log_format: LogFormat, quiet: bool, verbose: int = 0
    ) -> None:
        self.folder = folder
        self.json = log_format == "json"
        self.quiet = quiet
        self.verbose = verbose
        self.screen = Screen()
        self.live = self.screen.live and not quiet and not self.json
        self.speed = True
        self.articles = self.done = self.words = self.failures = 0
        self.started = time.monotonic()

    def begin(self, progress: Progress, event: Literal["planned", "resumed", "retried"]) -> None:
        """Report how much there is to do."""
        self.articles = progress.articles - progress.done_articles
        self.started = time.monotonic()
        if event == "retried":  # only some articles of a part are processed
            self.articles += progress.codes.total()
            self.live = self.speed = False
        line = f"{plural(self.articles, 'articles')} to do"
        if event != "planned":
            line += f", {progress.done_articles:,} of {progress.articles:,} already done"
        shards = {"shards": progress.shards, "shards_done": progress.done_shards}
        self._log(event, line, articles=progress.articles, to_do=self.articles, **shards)

    def skipped(self, skipped: Skipped, plan: Plan) -> None:
        """Report what was skipped because it is not input, or not new."""
        if plan.known or plan.repeats:
            old = [f"{plural(plan.known, 'articles')} of earlier runs"] * bool(plan.known)
            again = [plural(plan.repeats, "repeated articles")] * bool(plan.repeats)
            line = f"{' and '.join(old + again)} skipped"
            self._log("not_new", line, known=plan.known, repeats=plan.repeats)
        if line := str(skipped):
            self._log(
                "skipped",
                plain(line),
                suffixes=dict(skipped.suffixes),
                own=skipped.own,
                records=skipped.records,
            )

    def part(self, receipt: Receipt) -> None:
        """Report that a part was committed."""
        self.done += receipt.counts.get("records", 0) + len(receipt.failures)
        self.words += receipt.counts.get("words", 0)
        line = f"{receipt.name}: {plural(receipt.counts.get('records', 0), 'records')}"
        if receipt.failures:
            line += f", {len(receipt.failures)} failed"
        if incomplete := receipt.counts.get("incomplete", 0):
            line += f", {incomplete} incomplete"
        if warned := receipt.counts.get("warned", 0):
            line += f", {warned} with warnings"
        self._log(
            "part",
            *(() if self.live else (line,)),
            name=receipt.name,
            counts=dict(receipt.counts),
            failed=len(receipt.failures),
            warnings={code: one.articles for code, one in receipt.warnings.items()},
            sha256=receipt.sha256,
        )
        for _, failure in receipt.failures:
            self.failures += 1
            shown = self.failures <= MAX_FAILURES or self.verbose
            self._log("dead_letter", *((failure.report(),) if shown else ()), **failure._asdict())
        if self.live:
            self.screen.show(self._progress())

    def stopping(self) -> None:
        self._log("stopping", "stopping after the current shards; repeat to stop immediately")

    def end(self, progress: Progress, *, interrupted: bool) -> None:
        """Print the summary."""
        seconds = time.monotonic() - self.started
        speed = self.words / max(seconds, 1e-6)
        lines = []
        if interrupted:
            shards = plural(progress.shards, "shards")
            lines.append(
                f"interrupted: {progress.done_shards:,} of {shards} are committed;"
                " repeat the command to resume"
            )
        lines.append(
            f"{plural(progress.counts['records'], 'records')} · {seconds:.1f} s"
            + (f" · {speed:,.0f} words/s" if self.speed and self.words else "")
        )
        lines.append(counts_line(progress.counts))
        if progress.codes:
            codes = ", ".join(f"{code} {number:,}" for code, number in by_number(progress.codes))
            failed = plural(progress.codes.total(), "articles")
            where = "" if interrupted else f"; see {self.folder}/dead-letter.jsonl"
            lines.append(f"failed: {failed} ({codes}){where}")
        if incomplete := progress.counts["incomplete"]:
            lines.append(incomplete_line(incomplete))
        every = every_warning(self.folder)
        lines += warning_lines(progress.counts["warned"], progress.warnings, every)
        lines.append(f"run: {self.folder}")
        self._log(
            "interrupted" if interrupted else "done",
            *lines,
            articles=progress.articles,
            articles_done=progress.done_articles,
            counts=dict(progress.counts),
            dead_letters=dict(progress.codes),
            warnings={code: one.shown() for code, one in progress.warnings.items()},
            seconds=round(seconds, 3),
            words_per_second=round(speed, 1) if self.speed else None,
        )

    def _progress(self) -> str:
        seconds = max(time.monotonic() - self.started, 1e-6)
        left = seconds / self.done * (self.articles - self.done) if self.done else 0.0
        return (
            f"{self.done:,} of {plural(self.articles, 'articles')}"
            f" · {self.words / seconds:,.0f} words/s · {duration(left)} left"
        )

    def _log(self, event: str, *lines: str, **fields: object) -> None:
        if self.quiet:
            return
        if self.json:
            tell(row(event, run=str(self.folder), **fields))
        elif lines:
            if self.live:
                self.screen.clear()
            for line in lines:
                tell(line)


def told_as_logged(command: Callable[..., int]) -> Callable[..., int]:
    """Make a command report errors in the format of its log."""

    @wraps(command)
    def told(*arguments: Any, log_format: LogFormat, **given: Any) -> int:
        try:
            return command(*arguments, log_format=log_format, **given)
        except PipelineError as error:
            if log_format == "text":
                raise
            fields = {"code": error.code, "where": error.where, "hint": error.hint or None}
            tell(row("error", message=error.message, **fields))
            return error.exit_code
        except KeyboardInterrupt:
            message = "interrupted: committed work is kept; repeat the command to resume"
            tell(message if log_format == "text" else row("interrupted"))
            return INTERRUPTED

    return told


def every_warning(folder: str) -> str:
    """Return the command that lists all warnings of a run."""
    return f"pipeline status {shlex.quote(folder)} --warnings"


def warning_lines(articles: int, warnings: Warnings, every: str) -> list[str]:
    """Return the lines of a summary about the warnings of so many articles, with examples.

    ``every`` is the command that lists all of them.
    """
    if not warnings:
        return []
    codes = ", ".join(f"{code} in {one.articles:,}" for code, one in warnings.items())
    examples = [
        f"  {code} {plain(one.article)}: {plain(one.message)}"
        for code, warned in warnings.items()
        for one in warned.examples
    ]
    head = f"warnings: {plural(articles, 'articles')} ({codes})"
    return [head, *examples, f"  list all: {every}"]


def by_number(codes: Counter[str]) -> list[tuple[str, int]]:
    """Return codes with their counts, most frequent first."""
    return sorted(codes.items(), key=lambda one: (-one[1], one[0]))


def duration(seconds: float) -> str:
    """Return a duration in words.

    >>> duration(42.3), duration(3700)
    ('42 s', '1 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = whole // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
