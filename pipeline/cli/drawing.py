"""Draw findings as tables: side by side if there is room, otherwise stacked.

All text of an article is in a ``Cell`` or goes through ``plain``, so a terminal never interprets
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.cli.cells import NO_MARKS, QUOTED, UNNAMED, Cell, Lines
from pipeline.cli.screen import NARROW
from pipeline.cli.table import counts_line, plain, plural
from pipeline.report.article import UNSURE, UNSURE_WHO

if TYPE_CHECKING:
    from rich.console import RenderableType

    from pipeline.cli.findings import Amount, Caution, Findings, Said, Voice
    from pipeline.cli.screen import Screen

NOBODY = "speaker not found"
WHO = "Who: confidence that this is the speaker"
ATTRIBUTION = "Attr: confidence that the words are attributed, whoever the speaker is"
MOST = 8
"""Maximum number of speakers and figures to show, unless all are requested."""
STRONGEST = 2
"""How many quotes of a speaker to show."""
WHOLE = 28
"""Columns reserved for a number before other columns get any."""


class Row(NamedTuple):
    """One article in the table of several articles."""

    title: str
    published: str | None
    words: int
    quotes: int
    attributions: int
    figures: int
    most_heard: str
    warnings: int


class Column(NamedTuple):
    """A column of the table of articles, and the screen width that it requires."""

    head: str
    of: Callable[[Row], int | str | None]
    least: int


COLUMNS = (
    Column("Date", lambda row: row.published, 100),
    Column("Words", lambda row: row.words, NARROW),
    Column("Quotes", lambda row: row.quotes, 0),
    Column("Attributions", lambda row: row.attributions, 120),
    Column("Figures", lambda row: row.figures, 40),
    Column("Most heard", lambda row: row.most_heard, 80),
)
WARNINGS = Column("Warnings", lambda row: row.warnings, 0)


def row(found: Findings) -> Row:
    """Return the table row of an article."""
    named = (one.name for one in found.voices if one.standing == "named" and one.name)
    counts = found.counts
    return Row(
        found.title,
        found.published,
        found.words,
        counts["quotes"],
        counts["attributions"],
        counts["figures"],
        next(named, ""),
        len(found.cautions),
    )


def article(found: Findings, screen: Screen, *, everything: bool = False) -> None:
    """Draw the findings of one article."""
    counts = f"{plural(found.words, 'words')} · {counts_line(found.counts)}"
    facts = " · ".join(filter(None, (found.published, counts)))
    screen.draw(Cell(found.title, "bold"), Text(facts, "dim"))
    if found.voices:
        screen.draw(*_voices(found.voices, screen, everything))
    if found.amounts:
        screen.draw(*_amounts(found.amounts, found.counts["figures"], screen))
    cautions(found.cautions, screen)


def cautions(found: Iterable[Caution], screen: Screen) -> None:
    """Print the warnings of an article."""
    for one in found:
        place = "" if one.start is None else f" (at {one.start:,})"
        screen.say(f"warning[{one.code}]: {plain(one.message)}{place}", "yellow")


def _table(screen: Screen, *, summed: bool = False) -> Table:
    return Table(
        box=box.ROUNDED if screen.live else None,
        border_style="dim",
        header_style="bold cyan",
        pad_edge=screen.live,
        show_footer=summed,
    )


def _voices(voices: Sequence[Voice], screen: Screen, everything: bool) -> Iterator[RenderableType]:
    most, strongest = (None, None) if everything else (MOST, STRONGEST)
    if screen.narrow:
        yield from _stacked(voices[:most], strongest)
    else:
        yield from _side_by_side(voices, most, strongest, screen)
    if most is not None and len(voices) > most:
        yield Text(f"… and {plural(len(voices) - most, 'more speakers')}", "dim")


def _stacked(voices: Sequence[Voice], strongest: int | None) -> Iterator[RenderableType]:
    yield Text("Who speaks", "bold cyan")
    for one in voices:
        yield _name(one)
        yield Cell(_given(one), "dim")
        for said in one.said[:strongest]:
            yield Padding(_said(said), (0, 0, 0, 2))


def _side_by_side(
    voices: Sequence[Voice], most: int | None, strongest: int | None, screen: Screen
) -> Iterator[RenderableType]:
    table = _table(screen)
    table.add_column("Who speaks", max_width=max(16, screen.width // 3))
    table.add_column("Words", justify="right", no_wrap=True)
    table.add_column("Quotes", justify="right", no_wrap=True)
    table.add_column("Key statements", ratio=1)
    told = [said for one in voices for said in one.said]
    known = any(said.identity is not None for said in told)
    sure = any(said.confidence is not None for said in told)
    for head in ["Who"] * known + ["Attr"] * sure:
        table.add_column(head, justify="right", no_wrap=True)
    for one in voices[:most]:
        names = [_name(one)]
        shown = one.said[:strongest]
        if one.about and len(shown) > 1:
            names.append(Cell(one.about, "dim"))
        cells: list[RenderableType] = [Lines(names), f"{one.words:,}", f"{one.quotes:,}"]
        cells.append(Lines([_said(said) for said in shown]))
        if known:
            cells.append(Text("\n").join(_sure(one.identity, UNSURE_WHO) for one in shown))
        if sure:
            cells.append(Text("\n").join(_sure(one.confidence, UNSURE) for one in shown))
        table.add_row(*cells)
    yield table
    for about in [WHO] * known + [ATTRIBUTION] * sure:
        yield Text(about, "dim")


def _name(voice: Voice) -> Cell:
    marks = UNNAMED if voice.standing == "anonymous" else NO_MARKS
    style = "bold" if voice.standing == "named" else "italic"
    return Cell(voice.name or NOBODY, style, marks=marks, least=12)


def _given(voice: Voice) -> str:
    return f"{plural(voice.words, 'words')} · {plural(voice.quotes, 'quotes')}"


def _said(said: Said) -> Cell:
    if said.kind == "indirect":
        return Cell(said.text, "italic", least=20)
    return Cell(said.text, marks=QUOTED, least=20)


def _sure(confidence: float | None, unsure: float) -> Text:
    if confidence is None:
        return Text("–", "dim")
    return Text(f"{100 * confidence:.0f}%", "yellow" if confidence < unsure else "")


def _amounts(amounts: Sequence[Amount], total: int, screen: Screen) -> Iterator[RenderableType]:
    if screen.narrow:
        yield Text("Key figures", "bold cyan")
        for one in amounts:
            value = "" if one.value in ("", one.text) else f" = {one.value}"
            yield Cell(one.text + value, "bold")
            rest = " · ".join(filter(None, (one.measures, one.holder, one.time)))
            if rest:
                yield Padding(Cell(rest), (0, 0, 0, 2))
    else:
        rows = [_cells(one) for one in amounts]
        table = _table(screen)
        # a truncated number would be a different number: shrink the other columns instead
        table.add_column("Key figures", no_wrap=True, max_width=WHOLE)
        table.add_column("Value", no_wrap=True, max_width=WHOLE)
        filled = [0, 1, *(at for at in (2, 3, 4) if any(row[at] for row in rows))]
        for at in filled[2:]:
            table.add_column(("What", "Whose", "When")[at - 2])
        for row in rows:
            table.add_row(*(Cell(row[at], "" if at else "bold") for at in filled))
        yield table
    if total > len(amounts):
        yield Text(f"… and {plural(total - len(amounts), 'more figures')}", "dim")


def _cells(amount: Amount) -> tuple[str, ...]:
    arrow = {"increase": "▲ ", "decrease": "▼ "}.get(amount.change or "", "")
    return arrow + amount.text, amount.value, amount.measures, amount.holder, amount.time


def articles(rows: Sequence[Row], total: Row, number: int, screen: Screen) -> None:
    """Draw a line for each article and the total; ``number`` is the number of all articles."""
    shown = [one for one in COLUMNS if screen.width >= one.least]
    if any(one.warnings for one in rows):
        shown.append(WARNINGS)
    table = _table(screen, summed=True)
    table.add_column("Article", footer=plural(number, "records"))
    for column in shown:
        summed = column.of(total)
        table.add_column(
            column.head,
            footer=f"{summed:,}" if isinstance(summed, int) else "",
            justify="right" if isinstance(summed, int) else "left",
            no_wrap=isinstance(summed, int),
            max_width=max(12, screen.width // 4),
        )
    for one in rows:
        cells = (column.of(one) for column in shown)
        texts = (f"{cell:,}" if isinstance(cell, int) else Cell(cell or "") for cell in cells)
        table.add_row(Cell(one.title), *texts)
    if number > len(rows):
        table.add_row(Cell(f"… and {plural(number - len(rows), 'more articles')}", "dim"))
    screen.draw(table)
