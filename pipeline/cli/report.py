"""Messages of ``extract`` while it runs and at its end, all on stderr."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli import table
from pipeline.cli.documents import OUT_FOLDER
from pipeline.cli.screen import Screen
from pipeline.outcomes import Failure, Repeat
from pipeline.writers.jsonl import LETTERS, STDIO

if TYPE_CHECKING:
    from pipeline.cli.drawing import Row
    from pipeline.cli.findings import Findings
    from pipeline.readers import Skipped
    from pipeline.records.schema import ArticleRecord
    from pipeline.stages.annotations import Decision

MAX_FAILURES = 20
"""How many failures to show one by one; the dead letters have them all."""
MAX_ROWS = 20
"""How many articles get their own line in the table."""
EVERY = 0.2
"""Seconds between updates of the progress line."""


class Report:
    """Counts, and on terminals a progress line and a table at the end."""

    def __init__(self, out: str, *, quiet: bool, verbose: int) -> None:
        self.out = out
        self.quiet = quiet
        self.verbose = verbose
        self.screen = Screen()
        self.tables = self.screen.stream.isatty() or os.environ.get("TTY_COMPATIBLE") == "1"
        """Only on terminals, and in logs that are shown like one (a convention of rich)."""
        self.newcomer = self.screen.live and not quiet and _is_first(out)
        self.records = self.failures = self.repeats = self.words = self.incomplete = 0
        self.warned = self.cautions = 0
        self.counts: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        """Number of articles by warning code."""
        self.first: Findings | None = None
        self.rows: list[Row] = []
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
            self.screen.show(f"loading {table.plain(model)}: a few seconds{first} …")

    def working(self) -> None:
        """Start measuring the speed."""
        self.loaded = time.monotonic()

    def record(self, record: ArticleRecord) -> None:
        from pipeline.cli import drawing
        from pipeline.cli.findings import findings
        from pipeline.text.words import count_words

        self.records += 1
        self.incomplete += record.incomplete
        if self.quiet:
            return
        self.counts += table.count_layers(record)
        self.words += count_words(record.text)
        self.warnings.update({one.code for one in record.warnings})
        self.warned += bool(record.warnings)
        self.cautions += len(record.warnings)
        if len(self.rows) < MAX_ROWS:
            found = findings(record, None if self.verbose else drawing.MOST)
            self.first = self.first or found
            self.rows.append(drawing.row(found))
        self._tick()

    def explain(self, record: ArticleRecord, decisions: Sequence[Decision]) -> None:
        """Print what decided about each item of a record, even if quiet: it was asked for."""
        from pipeline.cli.explaining import draw

        self.screen.clear()
        draw(record, decisions, self.screen)

    def failure(self, failure: Failure) -> None:
        self.failures += 1
        if self.failures <= MAX_FAILURES or self.verbose:
            self._say(table.plain(failure.report()), "bold red")
            hint = failure.error().hint
            if hint and self.failures == 1:
                self._say(f"hint: {hint}", "bold")
        elif self.failures == MAX_FAILURES + 1:
            self._say("… more failures; -v shows all of them")

    def repeat(self, repeat: Repeat) -> None:
        self.repeats += 1
        if self.verbose:
            self._say(f"{table.plain(repeat.source)}: repeated article, skipped")
        self._tick()

    def end(self, skipped: Skipped) -> None:
        """Print what was found, where it is, and what was skipped."""
        if self.quiet:
            return
        self.screen.clear()
        if self.tables:
            self._found()
        if self.repeats:
            self.screen.say(f"{table.plural(self.repeats, 'repeated articles')} skipped")
        if left_out := str(skipped):
            self.screen.say(table.plain(left_out))
        if self.records and self.out != STDIO:
            self.screen.say(f"records: {table.plain(self.out)}", "bold green")
        if self.incomplete:
            self.screen.say(table.incomplete_line(self.incomplete), "bold red")
        if self.failures:
            self._failed()

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
                (f"pipeline load {self.out} --to sqlite:///news.db", "query them in SQL"),
                ("pipeline --help", "list all commands"),
            ):
                self.screen.line((f"{table.plain(command)}  ", "bold"), (gives, ""), indent=2)

    def _totals(self) -> None:
        from pipeline.cli import drawing

        counts = self.counts
        total = drawing.Row(
            "",
            None,
            self.words,
            counts["quotes"],
            counts["attributions"],
            counts["figures"],
            "",
            self.cautions,
        )
        drawing.articles(self.rows, total, self.records, self.screen)
        seconds = time.monotonic() - self.started
        parts = [table.plural(counts[layer], layer) for layer in ("times", "entities")]
        self.screen.say(" · ".join(parts) + f" · {seconds:.1f} s")
        if self.warned:
            codes = ", ".join(f"{code} in {n:,}" for code, n in sorted(self.warnings.items()))
            self.screen.say(
                f"warnings: {table.plural(self.warned, 'articles')} ({codes})", "yellow"
            )

    def _failed(self) -> None:
        message = f"failed: {table.plural(self.failures, 'articles')}"
        if self.out != STDIO:
            message += f"; see {table.plain(self.out)}{LETTERS}"
        self.screen.say(message, "bold red")

    def _tick(self) -> None:
        now = time.monotonic()
        if not self.quiet and now - self.shown > EVERY:
            self.shown = now
            seconds = max(now - self.loaded, EVERY)
            failed = f" · {self.failures:,} failed" if self.failures else ""
            self.screen.show(
                f"{table.plural(self.records, 'records')}{failed} · "
                f"{self.words / seconds:,.0f} words/s · {now - self.started:.0f} s"
            )

    def _say(self, line: str, style: str = "") -> None:
        if not self.quiet:
            self.screen.clear()
        self.screen.say(line, style)


def _is_first(out: str) -> bool:
    """Return whether the records go to the default place, and it has never been used."""
    folder = Path(out).parent
    return folder == Path(OUT_FOLDER) and not any(folder.glob("*.jsonl"))
