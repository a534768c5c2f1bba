"""A record in the making, which corrections change item by item and which keeps its links whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

from pipeline.records import check
from pipeline.records.corrections import LAYERS, Layer, Reviewed, layer_of, place, referring
from pipeline.records.schema import ArticleRecord, Attribution, Entity, Figure, Quote


class Draft:
    """The items of a record by id, some of them gone.

    Of links that stand on both sides only the one of the quote or the figure is kept up;
    an attribution's lists follow when the record is made. What is gone keeps its value, so that it
    can come back.
    """

    def __init__(self, record: ArticleRecord) -> None:
        self.base = record
        self.items: dict[str, Reviewed] = {
            item.id: item for layer in LAYERS for item in getattr(record, layer)
        }
        self.gone: set[str] = set()
        self.judged: set[str] = set()
        """What a person put here stays as it was put when another item goes."""
        self._taker: dict[str, str] = {}
        """Who took the mentions of an entity that has none left."""

    def copy(self) -> Self:
        """Return another draft, to be changed on its own."""
        other = type(self)(self.base)
        other.items, other.gone = dict(self.items), set(self.gone)
        other.judged, other._taker = set(self.judged), dict(self._taker)
        return other

    def layer(self, layer: Layer) -> dict[str, Reviewed]:
        """Return the items of a layer that are there."""
        return {id: item for id, item in self.items.items() if self._is_in(layer, id)}

    def _is_in(self, layer: Layer, id: str) -> bool:
        return id not in self.gone and layer_of(id) == layer

    def drop(self, id: str) -> None:
        """Take an item out; its links go when the record is made."""
        self.gone.add(id)
        self._taker.pop(id, None)

    def put(self, item: Reviewed, unlinked: Iterable[str] = ()) -> None:
        """Put an item in place of the one with its id, or as a new one.

        An attribution takes its quotes and figures from others, and lets go of ``unlinked``. What
        was one speaker for a quote and its attribution stays one.
        """
        old = self.items.get(item.id)
        self.items[item.id] = item
        self.gone.discard(item.id)
        self._taker.pop(item.id, None)
        if isinstance(item, Entity):
            self._take_mentions(item)
        elif isinstance(item, Quote):
            if isinstance(old, Quote) and old.attribution == item.attribution:
                self._rename(item.id, old.speaker, item.speaker)
        elif isinstance(item, Attribution):
            self._link(item, unlinked)
            if isinstance(old, Attribution) and old.source and item.source:
                self._rename(item.id, old.source.entity, item.source.entity)
        self.judged.add(item.id)

    def _take_mentions(self, taker: Entity) -> None:
        """Leave each place to one entity."""
        taken = set(place(taker))
        for id, other in self.layer("entities").items():
            if id == taker.id or not isinstance(other, Entity) or taken.isdisjoint(place(other)):
                continue
            left = tuple(one for one in other.mentions if (one.start, one.end) not in taken)
            if left:
                self.items[id] = other.model_copy(update={"mentions": left})
            else:
                self.gone.add(id)
                self._taker[id] = taker.id

    def _link(self, attribution: Attribution, unlinked: Iterable[str]) -> None:
        who = attribution.source.entity if attribution.source else None
        for id in unlinked:
            held = self.items.get(id)
            if isinstance(held, Quote | Figure) and held.attribution == attribution.id:
                update: dict[str, Any] = {"attribution": None}
                if isinstance(held, Quote) and held.speaker == who and id not in self.judged:
                    update["speaker"] = None
                self.items[id] = held.model_copy(update=update)
        for id in (*attribution.quotes, *attribution.figures):
            held = self.items.get(id)
            if isinstance(held, Quote | Figure) and held.attribution != attribution.id:
                update = {"attribution": attribution.id}
                if isinstance(held, Quote) and who is not None:
                    update["speaker"] = who
                self.items[id] = held.model_copy(update=update)

    def _rename(self, start: str, old: str | None, new: str | None) -> None:
        """Give a new speaker to what is one with an item, as far as it had the old one."""
        if old == new:
            return
        seen, open_ = {start}, [start]
        while open_:
            for id in self._neighbours(open_.pop()):
                item = self.items[id]
                if id in seen or id in self.gone or _speaker(item) != (old,):
                    continue
                seen.add(id)
                open_.append(id)
                self.items[id] = _spoken_by(item, new)

    def _neighbours(self, id: str) -> Iterator[str]:
        item = self.items[id]
        for other in self.items.values():
            if isinstance(other, Quote) and id in (other.attribution, other.continues):
                yield other.id
        if isinstance(item, Quote):
            yield from (one for one in (item.attribution, item.continues) if one in self.items)

    def settled(self) -> dict[str, Reviewed]:
        """Return what is there, with links that lead to what is there and agree on both sides."""
        held = {id: item for id, item in self.items.items() if id not in self.gone}
        for id, item in held.items():
            if isinstance(item, Quote):
                held[id] = self._settled_quote(item)
            elif isinstance(item, Figure):
                held[id] = self._settled_figure(item)

        def living(id: str) -> str | None:
            id = self._followed(id)
            return id if id in held else None

        held = {id: referring(item, living) for id, item in held.items()}
        members: dict[str | None, list[str]] = {}
        for item in sorted((i for i in held.values() if isinstance(i, Quote | Figure)), key=_order):
            members.setdefault(item.attribution, []).append(item.id)
        for id, item in held.items():
            if isinstance(item, Attribution):
                ids = members.get(id, ())
                update = {"parent": self._living(id, _parent)} | {
                    layer: tuple(one for one in ids if layer_of(one) == layer)
                    for layer in ("quotes", "figures")
                }
                held[id] = item.model_copy(update=update)
        return held

    def record(self) -> tuple[ArticleRecord, dict[str, str]]:
        """Return the record as it now is, and the ids in it by those here.

        Raises ``pydantic.ValidationError`` where it breaks an invariant.
        """
        held = sorted(self.settled().values(), key=_order)
        layers = {layer: [one for one in held if layer_of(one.id) == layer] for layer in LAYERS}
        ids = {
            item.id: f"{layer[0]}{number}"
            for layer, items in layers.items()
            for number, item in enumerate(items, 1)
        }
        made = {
            layer: tuple(referring(item, ids.__getitem__, id=ids[item.id]) for item in items)
            for layer, items in layers.items()
        }
        fields = {name: getattr(self.base, name) for name in ArticleRecord.model_fields}
        return ArticleRecord.model_validate({**fields, **made}), ids

    def _followed(self, id: str) -> str:
        while id in self._taker:
            id = self._taker[id]
        return id

    def _settled_quote(self, quote: Quote) -> Quote:
        """Return a quote without what is gone: with its attribution, the speaker whom that gave."""
        update: dict[str, Any] = {"continues": self._living(quote.id, _continued)}
        if quote.attribution in self.gone:
            update["attribution"] = None
            if quote.id not in self.judged and _speaker(self.items[quote.attribution]) == (
                quote.speaker,
            ):
                update["speaker"] = None
        return quote.model_copy(update=update)

    def _settled_figure(self, figure: Figure) -> Figure:
        """Return a figure in the innermost attribution that is left around it."""
        around = figure.attribution
        if around not in self.gone:
            return figure
        parent = self._living(around, _parent)
        holder = self.items.get(parent) if parent else None
        spans = holder.content.spans if isinstance(holder, Attribution) and holder.content else ()
        inside = any(span.start <= figure.start and figure.end <= span.end for span in spans)
        return figure.model_copy(update={"attribution": parent if inside else None})

    def _living(self, id: str, of: Callable[[Reviewed], str | None]) -> str | None:
        """Return what an item leads to by a reference, past all that is gone."""
        seen = {id}
        at = of(self.items[id])
        while at is not None and at in self.gone and at not in seen:
            seen.add(at)
            at = of(self.items[at])
        return at if at in self.items and at not in self.gone else None


def _parent(item: Reviewed) -> str | None:
    return item.parent if isinstance(item, Attribution) else None


def _continued(item: Reviewed) -> str | None:
    return item.continues if isinstance(item, Quote) else None


def _speaker(item: Reviewed) -> tuple[str | None, ...]:
    """Return whose words an item is, if it can be anybody's: one entity or None."""
    if isinstance(item, Quote):
        return (item.speaker,)
    if isinstance(item, Attribution) and item.source is not None:
        return (item.source.entity,)
    return ()


def _spoken_by(item: Reviewed, who: str | None) -> Reviewed:
    if isinstance(item, Attribution) and item.source is not None:
        anonymous = item.source.anonymous and who is None
        source = item.source.model_copy(update={"entity": who, "anonymous": anonymous})
        return item.model_copy(update={"source": source})
    return item.model_copy(update={"speaker": who})


def _order(item: Reviewed) -> tuple[int, ...]:
    """Sort as ``assemble`` does: in text order, what holds another first."""
    if isinstance(item, Entity):
        return min(place(item))
    if isinstance(item, Attribution):
        cue = item.cue.spans if item.cue else ()
        return (check.first_offset(item), *(span.start for span in cue))
    ((start, end),) = place(item)
    return start, -end
