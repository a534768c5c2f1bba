"""What decided about each item of a record: a model with its confidence, or a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipeline.cli.drawing import QUOTED, cut
from pipeline.cli.screen import plain
from pipeline.text.spans import CharSpan

if TYPE_CHECKING:
    from pipeline.cli.screen import Screen
    from pipeline.document.annotations import Decision
    from pipeline.records.schema import ArticleRecord, Attribution, Entity, Figure, Quote, Time


SHOWN = 50
"""Maximum number of characters of a quotation from the text."""


class Explanation(NamedTuple):
    """An item, with what decided about it."""

    id: str
    item: str
    lines: tuple[str, ...]


def explanations(record: ArticleRecord, decisions: Sequence[Decision]) -> Iterator[Explanation]:
    """Yield the items of a record in its order, each with what decided about it."""
    made = _Made(record, decisions)
    for entity in record.entities:
        name = f"{plain(entity.name)} ({entity.label})"
        yield Explanation(entity.id, name, tuple(made.mentions(entity)))
    for quote in record.quotes:
        yield Explanation(quote.id, _cited(quote.text), tuple(made.quote(quote)))
    for one in record.attributions:
        yield Explanation(one.id, _statement(one), tuple(made.attribution(one)))
    for figure in record.figures:
        yield Explanation(figure.id, _cited(figure.text), tuple(made.figure(figure)))
    for time in record.times:
        yield Explanation(time.id, _cited(time.text), tuple(made.time(time)))


def draw(record: ArticleRecord, decisions: Sequence[Decision], screen: Screen) -> None:
    """Print what decided about each item, and an example of each rule among it."""
    screen.line((plain(record.source.uri or record.id), "bold"))
    for one in explanations(record, decisions):
        screen.line((f"{one.id} ", "bold cyan"), (one.item, ""), indent=2)
        for line in one.lines:
            screen.line((line, ""), indent=4)
    rules = {one.by: one.example for one in decisions if one.example}
    if rules:
        screen.line(("rules", "bold cyan"), indent=2)
    for id, example in sorted(rules.items()):
        screen.line((f"{id}: {example}", ""), indent=4)


class _Made:
    """The decisions about one record, by place."""

    def __init__(self, record: ArticleRecord, decisions: Iterable[Decision]) -> None:
        self.names = {one.id: one.name for one in record.entities}
        self.at: dict[tuple[str, int, int], dict[str, Decision]] = {}
        self.named: dict[int, Decision] = {}
        """What found the name that ends at an offset; a mention may have a title before it."""
        for one in decisions:
            self.at.setdefault((one.layer, one.start, one.end), {})[one.what] = one
            if one.what == "name":
                self.named[one.end] = one

    def mentions(self, entity: Entity) -> Iterator[str]:
        for one in entity.mentions:
            made = self.at.get(("entities", one.start, one.end), {})
            told = [made.get("entity")]
            if one.kind == "name":
                told.insert(0, self.named.get(one.end))
            by = "; ".join(_by(decision) for decision in told if decision is not None)
            yield f"{one.kind} {_cited(one.text)} at {one.start:,}: {by}"

    def quote(self, quote: Quote) -> Iterator[str]:
        values = {"speech": "yes" if quote.speech else "no"}
        if quote.speech:
            values["kind"] = quote.kind
            values["attribution"] = quote.attribution or "none"
            values["speaker"] = self._who(quote.speakers)
        return self._lines("quotes", (quote.start, quote.end), values)

    def attribution(self, one: Attribution) -> Iterator[str]:
        parts = [part for part in (one.cue, one.content, one.source) if part is not None]
        first = parts[0].spans[0]
        values: dict[str, str] = {"attribution": one.kind}
        if one.source is not None:
            values["source"] = self._who(one.source.entities)
        return self._lines("attributions", (first.start, first.end), values)

    def figure(self, figure: Figure) -> Iterator[str]:
        measures, holder = figure.measures, figure.holder_text
        values = {
            "kind": figure.kind,
            "unit": figure.unit or "",
            "bound": figure.bound or "",
            "change": " ".join(filter(None, (figure.change, figure.change_role))),
            "measures": _cited(measures.text) if measures else "",
            "holder": _cited(holder.text) if holder else "",
            "time": figure.time or "",
        }
        return self._lines("figures", (figure.start, figure.end), values)

    def time(self, time: Time) -> Iterator[str]:
        value = time.value or "none"
        return self._lines("times", (time.start, time.end), {"value": value, "which one": value})

    def _who(self, entities: tuple[str, ...]) -> str:
        return " and ".join(f"{one} {plain(self.names[one])}" for one in entities) or "none"

    def _lines(self, layer: str, place: CharSpan, values: dict[str, str]) -> Iterator[str]:
        made = self.at.get((layer, *place), {})
        for what, value in values.items():
            if what in made:
                yield f"{what} {value}: {_by(made[what])}"


def _by(decision: Decision) -> str:
    kind = "rule" if decision.example else "model"
    sure = "" if decision.confidence is None else f", {decision.confidence:.2f}"
    return f"{kind} {decision.by}{sure}"


def _cited(text: str) -> str:
    return cut(text, SHOWN, marks=QUOTED)


def _statement(one: Attribution) -> str:
    parts = (one.source, one.cue, one.content)
    words = (" … ".join(span.text for span in part.spans) for part in parts if part is not None)
    return " | ".join(cut(part, SHOWN) for part in words)
