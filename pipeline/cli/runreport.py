"""Messages of ``batch`` and ``retry`` while they run and at their end, all on stderr.

On a terminal there is a progress line. Elsewhere, each part is a line of a log; with
``--log-format json`` it is a JSON object, with the time in UTC.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal

from pipeline.cli import table
from pipeline.cli.screen import Screen, tell
from pipeline.errors import INTERRUPTED, PipelineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.readers import Skipped
    from pipeline.runs.commit import Receipt
    from pipeline.runs.folder import Progress

LogFormat = Literal["text", "json"]
MAX_FAILURES = 20
"""How many dead letters to show one by one; their file has them all."""


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
        line = f"{table.plural(self.articles, 'articles')} to do"
        if event != "planned":
            line += f", {progress.done_articles:,} of {progress.articles:,} already done"
        shards = {"shards": progress.shards, "shards_done": progress.done_shards}
        self._log(event, line, articles=progress.articles, to_do=self.articles, **shards)

    def skipped(self, skipped: Skipped) -> None:
        """Report what was skipped because it is not input."""
        if line := str(skipped):
            self._log(
                "skipped",
                table.plain(line),
                suffixes=dict(skipped.suffixes),
                own=skipped.own,
                records=skipped.records,
            )

    def part(self, receipt: Receipt) -> None:
        """Report that a part was committed."""
        self.done += receipt.counts.get("records", 0) + len(receipt.failures)
        self.words += receipt.counts.get("words", 0)
        line = f"{receipt.name}: {table.plural(receipt.counts.get('records', 0), 'records')}"
        if receipt.failures:
            line += f", {len(receipt.failures)} failed"
        if incomplete := receipt.counts.get("incomplete", 0):
            line += f", {incomplete} incomplete"
        self._log(
            "part",
            *(() if self.live else (line,)),
            name=receipt.name,
            counts=dict(receipt.counts),
            failed=len(receipt.failures),
            sha256=receipt.sha256,
        )
        for _, failure in receipt.failures:
            self.failures += 1
            shown = self.failures <= MAX_FAILURES or self.verbose
            self._log(
                "dead_letter",
                *((failure.report(),) if shown else ()),
                **failure._asdict(),
            )
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
            shards = table.plural(progress.shards, "shards")
            lines.append(
                f"interrupted: {progress.done_shards:,} of {shards} are committed;"
                " repeat the command to resume"
            )
        lines.append(
            f"{table.plural(progress.counts['records'], 'records')} · {seconds:.1f} s"
            + (f" · {speed:,.0f} words/s" if self.speed and self.words else "")
        )
        lines.append(table.counts_line(progress.counts))
        if progress.codes:
            codes = ", ".join(f"{code} {number:,}" for code, number in by_number(progress.codes))
            failed = table.plural(progress.codes.total(), "articles")
            where = "" if interrupted else f"; see {self.folder}/dead-letter.jsonl"
            lines.append(f"failed: {failed} ({codes}){where}")
        if incomplete := progress.counts["incomplete"]:
            lines.append(table.incomplete_line(incomplete))
        lines.append(f"run: {self.folder}")
        self._log(
            "interrupted" if interrupted else "done",
            *lines,
            articles=progress.articles,
            articles_done=progress.done_articles,
            counts=dict(progress.counts),
            dead_letters=dict(progress.codes),
            seconds=round(seconds, 3),
            words_per_second=round(speed, 1) if self.speed else None,
        )

    def _progress(self) -> str:
        seconds = max(time.monotonic() - self.started, 1e-6)
        left = seconds / self.done * (self.articles - self.done) if self.done else 0.0
        return (
            f"{self.done:,} of {table.plural(self.articles, 'articles')}"
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


def row(event: str, **fields: object) -> str:
    """Return one log line as JSON, with the time in UTC."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"time": now, "event": event, **fields}, ensure_ascii=True)


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
