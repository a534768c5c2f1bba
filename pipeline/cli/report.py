"""What ``extract`` tells people while it runs and when it ends, all of it on stderr."""

from __future__ import annotations

import shutil
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

import click

from pipeline.cli import table
from pipeline.outcomes import Failure, Repeat
from pipeline.writers.jsonl import LETTERS, STDIO

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord

MAX_FAILURES = 20
"""So many failures are shown one by one; the dead letters hold them all."""
EVERY = 0.2
"""Seconds between two updates of the progress line."""
NO_TERMINAL = (100, 24)


class Report:
    """Counts, a progress line on terminals, and a table at the end."""

    def __init__(self, out: str, *, quiet: bool, verbose: int) -> None:
        self.out = out
        self.quiet = quiet
        self.verbose = verbose
        self.records = self.failures = self.repeats = self.warned = 0
        self.counts: Counter[str] = Counter()
        self.first: ArticleRecord | None = None
        self.width = shutil.get_terminal_size(NO_TERMINAL).columns
        self.progress = sys.stderr.isatty() and not quiet
        self.started = self.shown = time.monotonic()

    def record(self, record: ArticleRecord) -> None:
        self.records += 1
        self.warned += bool(record.warnings)
        self.counts += table.count_layers(record)
        self.first = self.first or record
        self._tick()

    def failure(self, failure: Failure) -> None:
        self.failures += 1
        if self.failures <= MAX_FAILURES or self.verbose:
            self._say(table.plain(failure.report()))
            hint = failure.error().hint
            if hint and self.failures == 1:
                self._say(f"hint: {hint}")
        elif self.failures == MAX_FAILURES + 1:
            self._say("… more failures; -v shows each")

    def repeat(self, repeat: Repeat) -> None:
        self.repeats += 1
        if self.verbose:
            self._say(f"{repeat.source}: the same article as before, left out")
        self._tick()

    def end(self) -> None:
        """Print what was found and where it is."""
        self._clear()
        if self.quiet:
            return
        if self.first is not None and self.records == 1 and not self.repeats + self.failures:
            self._article(self.first)
        elif self.records:
            self._totals()
        if self.records and self.out != STDIO:
            click.echo(f"records: {self.out}", err=True)
        if self.failures:
            self._failed()

    def _article(self, record: ArticleRecord) -> None:
        name = record.source.title or record.source.uri or record.id
        click.echo(table.fit(name, self.width), err=True)
        click.echo(table.fit(table.counts_line(self.counts), self.width), err=True)
        for line in table.article_table(record, self.width):
            click.echo(line, err=True)

    def _totals(self) -> None:
        seconds = time.monotonic() - self.started
        parts = [table.plural(self.records, "records")]
        if self.repeats:
            parts.append(f"{table.plural(self.repeats, 'articles')} seen before, left out")
        if self.warned:
            parts.append(f"{self.warned:,} with warnings")
        click.echo(" · ".join(parts) + f" · {seconds:.1f} s", err=True)
        click.echo(table.counts_line(self.counts), err=True)

    def _failed(self) -> None:
        message = f"failed: {table.plural(self.failures, 'articles')}"
        if self.out != STDIO:
            message += f", with reasons in {self.out}{LETTERS}"
        click.echo(message, err=True)

    def _tick(self) -> None:
        now = time.monotonic()
        if self.progress and now - self.shown > EVERY:
            self.shown = now
            line = f"{table.plural(self.records, 'records')} in {now - self.started:.0f} s"
            click.echo(f"\r{line}\x1b[K", err=True, nl=False)

    def _say(self, line: str) -> None:
        self._clear()
        click.echo(line, err=True)

    def _clear(self) -> None:
        if self.progress:
            click.echo("\r\x1b[K", err=True, nl=False)
