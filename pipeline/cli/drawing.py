"""Findings of a record as tables: speakers and their confidence, figures, warnings.

Tables are side by side if there is room, otherwise stacked. All text of an article is in a ``Cell``
or goes through ``plain``, so a terminal never interprets it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich import box
from rich.cells import cell_len
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.batch.commit import count
from pipeline.cli.screen import NARROW, counts_line, plain
from pipeline.desk.pages import figures as wording
from pipeline.desk.pages.article import UNSURE, UNSURE_WHO, excerpt, name
from pipeline.desk.pages.speakers import RecordSpeakers
from pipeline.text.words import count_words, plural

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

    from pipeline.cli.screen import Screen
    from pipeline.desk.pages.speakers import Speaker, Standing
    from pipeline.records.schema import ArticleRecord, Attribution, Figure, Warning

ELLIPSIS = "…"
READ = 2_000
"""Maximum number of characters of a cell to look at."""

Marks = tuple[str, str]
"""Text before and after a cell's text, which is kept when the text is cut."""
NO_MARKS: Marks = ("", "")
QUOTED: Marks = ("“", "”")
UNNAMED: Marks = ("", " (unnamed)")


def cut(text: str, width: int, *, marks: Marks = NO_MARKS) -> str:
    """Return plain text cut to a number of columns, after a word if possible.

    >>> cut("It rained in Rome.", 12), cut("It rained in Rome.", 12, marks=QUOTED)
    ('It rained…', '“It rained…”')
    """
    before, after = marks
    shown = plain(text[:READ])
    if len(text) <= READ and cell_len(before + shown + after) <= width:
        return before + shown + after
    room = width - cell_len(before + ELLIPSIS + after)
    if room < 1:
        return ELLIPSIS if width > 0 else ""
    kept = 0
    for character in shown:
        room -= cell_len(character)
        if room < 0:
            break
        kept += 1
    head = shown[:kept]
    if kept < len(shown) and not shown[kept].isspace():
        words = head.rpartition(" ")[0]
        head = words if 2 * len(words) >= len(head) else head
    return before + head.rstrip(" ,;:–—·-") + ELLIPSIS + after


class Cell(NamedTuple):
    """A table cell that fits the given width, cut after a word."""

    text: str
    style: str = ""
    marks: Marks = NO_MARKS
    least: int = 8
    """Minimum width."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield Text(cut(self.text, options.max_width, marks=self.marks), self.style, no_wrap=True)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        width = cell_len("".join(self.marks) + plain(self.text[:READ]))
        return Measurement(min(width, self.least), width).clamp(0, options.max_width)


class Lines(NamedTuple):
    """Several cells stacked in one row of a table."""

    cells: Sequence[Cell]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Cell]:
        yield from self.cells

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        widths = [one.__rich_measure__(console, options) for one in self.cells]
        return Measurement(
            max((one.minimum for one in widths), default=0),
            max((one.maximum for one in widths), default=0),
        )


TELLING = {"money": 0, "percent": 0, "points": 0, "quantity": 1, "multiple": 1, "ratio": 1}
"""Kinds of figure that are most informative; other kinds follow, ordinals are last."""


class DrawnStatement(NamedTuple):
    """A quote, or a reported statement."""

    text: str
    kind: str
    """``direct`` and ``mixed`` are in quotation marks; ``indirect`` is in the reporter's words."""
    confidence: float | None
    """Confidence that the words are attributed."""
    identity: float | None = None
    """Confidence that this is their speaker."""


class DrawnSpeaker(NamedTuple):
    """One speaker; ``name`` is None for quotes without a known speaker."""

    name: str | None
    standing: Standing
    about: str | None
    words: int
    quotes: int
    said: tuple[DrawnStatement, ...]
    """Strongest first: whole utterances, then by confidence, then by length."""


class Amount(NamedTuple):
    """One figure."""

    text: str
    value: str
    measures: str
    holder: str
    time: str
    change: str | None


class Findings(NamedTuple):
    """The findings of one article."""

    title: str
    published: str | None
    counts: Counter[str]
    """Number of words, of items of each layer, and of warnings."""
    voices: tuple[DrawnSpeaker, ...] = ()
    amounts: tuple[Amount, ...] = ()
    warnings: tuple[Warning, ...] = ()

    @property
    def most_heard(self) -> str:
        """The speaker with most words whom the text names."""
        named = (one.name for one in self.voices if one.standing == "named" and one.name)
        return next(named, "")


def findings(record: ArticleRecord, amounts: int | None = None) -> Findings:
    """Return the findings of a record, with at most ``amounts`` of its figures, in text order."""
    return Findings(
        title=record.source.title or excerpt(record) or name(record),
        published=record.source.published and record.source.published[:10],
        counts=count(record) + Counter(warnings=len(record.warnings)),
        voices=tuple(_voices(record)),
        amounts=tuple(_amount(one, record) for one in key_figures(record.figures, amounts)),
        warnings=record.warnings,
    )


def key_figures(figures: tuple[Figure, ...], number: int | None) -> list[Figure]:
    """Return the most informative figures in text order; all of them if ``number`` is None."""
    if number is None or len(figures) <= number:
        return list(figures)
    ranked = sorted(figures, key=lambda one: (_rank(one), one.start))
    return sorted(ranked[:number], key=lambda one: one.start)


def _rank(figure: Figure) -> int:
    kind = 9 if figure.kind == "ordinal" else TELLING.get(figure.kind, 3)
    if figure.kind == "count" and not any(map(str.isdigit, figure.text)):  # "two men"
        kind = 6
    return kind + (0 if figure.measures else 2)


def _amount(figure: Figure, record: ArticleRecord) -> Amount:
    words = figure.holder_text.text if figure.holder_text else ""
    holder = next((one.name for one in record.entities if one.id == figure.holder), words)
    time = next((one for one in record.times if one.id == figure.time), None)
    return Amount(
        text=figure.text,
        value=wording.shown(figure),
        measures=figure.measures.text if figure.measures else "",
        holder=holder,
        # a duration would only repeat the figure
        time=(time.value or time.text) if time and time.kind != "duration" else "",
        change=figure.change,
    )


def _voices(record: ArticleRecord) -> list[DrawnSpeaker]:
    """Return the speakers, those with most words first, then the quotes without a speaker."""
    speakers = RecordSpeakers(record)
    entities = {one.id: one for one in record.entities}
    statements = {one.id: one for one in record.attributions}
    said: dict[int, list[DrawnStatement]] = {}
    nobody: list[DrawnStatement] = []
    for quote in (one for one in record.quotes if one.speech):
        statement = statements.get(quote.attribution or "")
        sure = statement.confidence if statement else None
        words = DrawnStatement(quote.text, quote.kind, sure, quote.speaker_confidence)
        who = speakers.by_quote[quote.id]
        for place in [said.setdefault(id(one), []) for one in who] or [nobody]:
            place.append(words)
    voices = []
    for one in speakers.all():
        quotes = said.get(id(one), [])
        entity = entities.get(one.entity or "")
        about = entity.descriptions[0] if entity and entity.descriptions else None
        shown = quotes or _reported(one, statements)
        strongest = tuple(sorted(shown, key=_strength))
        voices.append(
            DrawnSpeaker(one.name, one.standing, about, one.words, len(quotes), strongest)
        )
    if nobody:
        total = sum(count_words(one.text) for one in nobody)
        strongest = tuple(sorted(nobody, key=_strength))
        voices.append(DrawnSpeaker(None, "open", None, total, len(nobody), strongest))
    return voices


def _reported(speaker: Speaker, statements: dict[str, Attribution]) -> list[DrawnStatement]:
    """Return the reported statements of a speaker who is not quoted."""
    told = [statements[id] for id in speaker.statements]
    return [
        DrawnStatement(
            one.content_text or "",
            "indirect",
            one.confidence,
            one.source.entity_confidence if one.source else None,
        )
        for one in told
        if one.content
    ]


def _strength(said: DrawnStatement) -> tuple[int, float, int]:
    """Return a sort key by strength; confidence is rounded, so that length can decide."""
    return said.kind != "direct", -round(said.confidence or 0.0, 1), -len(said.text)


NOBODY = "speaker not found"
WHO = "Who: confidence that this is the speaker"
ATTRIBUTION = "Attr: confidence that the words are attributed, whoever the speaker is"
MOST = 8
"""Maximum number of speakers and figures to show, unless all are requested."""
STRONGEST = 2
"""How many quotes of a speaker to show."""
WHOLE = 28
"""Columns reserved for a number before other columns get any."""


class ArticleColumn(NamedTuple):
    """A column of the table of articles, and the screen width that it requires."""

    head: str
    of: Callable[[Findings], int | str | None]
    least: int


COLUMNS = (
    ArticleColumn("Date", lambda one: one.published, 100),
    ArticleColumn("Words", lambda one: one.counts["words"], NARROW),
    ArticleColumn("Quotes", lambda one: one.counts["quotes"], 0),
    ArticleColumn("Attributions", lambda one: one.counts["attributions"], 120),
    ArticleColumn("Figures", lambda one: one.counts["figures"], 40),
    ArticleColumn("Most heard", lambda one: one.most_heard, 80),
)
WARNINGS = ArticleColumn("Warnings", lambda one: one.counts["warnings"], 0)


def article(found: Findings, screen: Screen, *, everything: bool = False) -> None:
    """Draw the findings of one article."""
    counts = f"{plural(found.counts['words'], 'words')} · {counts_line(found.counts)}"
    facts = " · ".join(filter(None, (found.published, counts)))
    screen.draw(Cell(found.title, "bold"), Text(facts, "dim"))
    if found.voices:
        screen.draw(*_voice_table(found.voices, screen, everything))
    if found.amounts:
        screen.draw(*_amount_table(found.amounts, found.counts["figures"], screen))
    for one in found.warnings:
        place = "" if one.start is None else f" (at {one.start:,})"
        screen.say(f"warning[{one.code}]: {plain(one.message)}{place}", "yellow")


def new_table(screen: Screen, *, summed: bool = False) -> Table:
    return Table(
        box=box.ROUNDED if screen.live else None,
        border_style="dim",
        header_style="bold cyan",
        pad_edge=screen.live,
        show_footer=summed,
    )


def _voice_table(
    voices: Sequence[DrawnSpeaker], screen: Screen, everything: bool
) -> Iterator[RenderableType]:
    most, strongest = (None, None) if everything else (MOST, STRONGEST)
    if screen.narrow:
        yield from _stacked(voices[:most], strongest)
    else:
        yield from _side_by_side(voices, most, strongest, screen)
    if most is not None and len(voices) > most:
        yield Text(f"… and {plural(len(voices) - most, 'more speakers')}", "dim")


def _stacked(voices: Sequence[DrawnSpeaker], strongest: int | None) -> Iterator[RenderableType]:
    yield Text("Who speaks", "bold cyan")
    for one in voices:
        yield _name(one)
        yield Cell(_given(one), "dim")
        for said in one.said[:strongest]:
            yield Padding(_said(said), (0, 0, 0, 2))


def _side_by_side(
    voices: Sequence[DrawnSpeaker], most: int | None, strongest: int | None, screen: Screen
) -> Iterator[RenderableType]:
    table = new_table(screen)
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


def _name(voice: DrawnSpeaker) -> Cell:
    marks = UNNAMED if voice.standing == "anonymous" else NO_MARKS
    style = "bold" if voice.standing == "named" else "italic"
    return Cell(voice.name or NOBODY, style, marks=marks, least=12)


def _given(voice: DrawnSpeaker) -> str:
    return f"{plural(voice.words, 'words')} · {plural(voice.quotes, 'quotes')}"


def _said(said: DrawnStatement) -> Cell:
    if said.kind == "indirect":
        return Cell(said.text, "italic", least=20)
    return Cell(said.text, marks=QUOTED, least=20)


def _sure(confidence: float | None, unsure: float) -> Text:
    if confidence is None:
        return Text("–", "dim")
    return Text(f"{100 * confidence:.0f}%", "yellow" if confidence < unsure else "")


def _amount_table(
    amounts: Sequence[Amount], total: int, screen: Screen
) -> Iterator[RenderableType]:
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
        table = new_table(screen)
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


def articles(rows: Sequence[Findings], total: Findings, number: int, screen: Screen) -> None:
    """Draw a line for each article and the total; ``number`` is the number of all articles."""
    shown = [one for one in COLUMNS if screen.width >= one.least]
    if any(one.warnings for one in rows):
        shown.append(WARNINGS)
    table = new_table(screen, summed=True)
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
