"""A draft of a record that corrections change item by item; its links stay consistent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal

from pipeline.records import check
from pipeline.records.corrections import (
    LAYERS,
    Layer,
    Reviewed,
    layer_of,
    place,
    referring,
    speakers_of,
    with_speakers,
)
from pipeline.records.labels import KIND_OF_LABEL
from pipeline.records.schema import (
    SCHEMA_VERSION,
    ArticleRecord,
    Attribution,
    Entity,
    Figure,
    Quote,
)


class Draft:
    """Items by id, some of them removed; their links follow each change.

    Only the link of a quote or a figure to its attribution is updated; the lists of an attribution
    are filled in when the record is made. Removed items keep their value. ``fixed`` items change
    only when they are put themselves.
    """

    def __init__(self, items: Iterable[Reviewed], *, fixed: Collection[str] = ()) -> None:
        self.items = {item.id: item for item in items}
        self.fixed = fixed
        self.gone: set[str] = set()
        self.takers: dict[str, str] = {}
        """The entity that took the mentions of an entity without mentions."""

    def layer(self, layer: Layer) -> dict[str, Reviewed]:
        """Return the items of a layer that are not removed."""
        return {
            id: item
            for id, item in self.items.items()
            if id not in self.gone and layer_of(id) == layer
        }

    def drop(self, item: Reviewed, *, taker: str | None = None) -> None:
        """Remove an item; the quotes of a removed attribution lose the speaker from it."""
        held = self.items.get(item.id)
        if isinstance(held, Attribution):
            self._unlink(held, self.items, keep_link=True)
        self.items[item.id] = item
        self.gone.add(item.id)
        if taker is not None:
            self.takers[item.id] = taker

    def put(
        self, item: Reviewed, unlinked: Iterable[str] = (), *, keep_speakers: bool = False
    ) -> None:
        """Put an item in place of the one with its id, or as a new one.

        An attribution takes its quotes and figures from others, and lets go of ``unlinked``; unless
        ``keep_speakers`` is set, quotes then lose the speaker whom it gave them. What was one
        speaker for a quote and its attribution stays one.
        """
        old = self.items.get(item.id)
        self.items[item.id] = item
        self.gone.discard(item.id)
        self.takers.pop(item.id, None)
        if isinstance(item, Entity):
            self._take_mentions(item)
        elif isinstance(item, Quote):
            if isinstance(old, Quote) and old.attribution == item.attribution:
                self._rename(item.id, speakers_of(old), speakers_of(item))
        elif isinstance(item, Attribution):
            self._unlink(item, unlinked, keep_speaker=keep_speakers)
            self._link(item)
            if isinstance(old, Attribution) and old.source and item.source:
                self._rename(item.id, speakers_of(old), speakers_of(item))

    def _take_mentions(self, taker: Entity) -> None:
        """Assign each place to only one entity."""
        taken = set(place(taker))
        for id, other in self.layer("entities").items():
            if id == taker.id or id in self.fixed or taken.isdisjoint(place(other)):
                continue
            mentions = other.mentions if isinstance(other, Entity) else ()
            left = tuple(one for one in mentions if (one.start, one.end) not in taken)
            if left:
                self.items[id] = other.model_copy(update={"mentions": left})
            else:
                self.gone.add(id)
                self.takers[id] = taker.id

    def _unlink(
        self,
        attribution: Attribution,
        members: Iterable[str],
        *,
        keep_link: bool = False,
        keep_speaker: bool = False,
    ) -> None:
        """Remove members from an attribution; they lose the speaker from it."""
        linked = {attribution.id}
        if not keep_link:
            linked |= self.gone  # members of a removed attribution count as well
        for id in members:
            held = self.items.get(id)
            if not isinstance(held, Quote | Figure) or id in self.fixed:
                continue
            if held.attribution in linked:
                update: dict[str, Any] = {} if keep_link else {"attribution": None}
                unlinked: Reviewed = held.model_copy(update=update)
                if not keep_speaker and speakers_of(attribution) == speakers_of(held):
                    unlinked = with_speakers(unlinked, ())
                self.items[id] = unlinked

    def _link(self, attribution: Attribution) -> None:
        members = {*attribution.quotes, *attribution.figures}
        for id, other in self.items.items():
            if isinstance(other, Attribution) and id != attribution.id:
                left = {
                    "quotes": tuple(one for one in other.quotes if one not in members),
                    "figures": tuple(one for one in other.figures if one not in members),
                }
                self.items[id] = other.model_copy(update=left)
        who = speakers_of(attribution)
        for id in members:
            held = self.items.get(id)
            if not isinstance(held, Quote | Figure) or id in self.fixed:
                continue
            if held.attribution != attribution.id:
                linked = held.model_copy(update={"attribution": attribution.id})
                self.items[id] = with_speakers(linked, who) if who else linked

    def _rename(self, start: str, old: tuple[str, ...] | None, new: tuple[str, ...] | None) -> None:
        """Give new speakers to what is one with an item, as far as it had the old ones."""
        if old == new or new is None:
            return
        seen, open_ = {start}, [start]
        while open_:
            for id in self._neighbours(open_.pop()):
                item = self.items[id]
                if id in seen or id in self.gone or id in self.fixed or speakers_of(item) != old:
                    continue
                seen.add(id)
                open_.append(id)
                self.items[id] = with_speakers(item, new)

    def _neighbours(self, id: str) -> Iterator[str]:
        item = self.items[id]
        if isinstance(item, Quote):
            yield from (one for one in (item.attribution, item.continues) if one in self.items)
        quotes = [one for one in self.items.values() if isinstance(one, Quote)]
        yield from (one.id for one in quotes if id in (one.attribution, one.continues))
        statement = item.attribution if isinstance(item, Quote) else None
        if statement is not None and statement not in self.items:
            yield from (one.id for one in quotes if one.attribution == statement)

    def settled(self) -> dict[str, Reviewed]:
        """Return the items that are not removed, with consistent links between them."""
        held = {id: item for id, item in self.items.items() if id not in self.gone}
        for id, item in held.items():
            if isinstance(item, Quote):
                held[id] = item.model_copy(update={"continues": self._continued(item)})
            elif isinstance(item, Figure):
                held[id] = self._settled_figure(item)

        def living(id: str) -> str | None:
            id = self.followed(id)
            return id if id in held else None

        held = {id: referring(item, living) for id, item in held.items()}
        members: dict[str | None, list[str]] = {}
        for item in sorted((i for i in held.values() if isinstance(i, Quote | Figure)), key=_order):
            members.setdefault(item.attribution, []).append(item.id)
        for id, item in held.items():
            if isinstance(item, Attribution):
                ids = members.get(id, ())
                update = {"parent": self._living(id, "parent")} | {
                    layer: tuple(one for one in ids if layer_of(one) == layer)
                    for layer in ("quotes", "figures")
                }
                held[id] = _with_kind(item.model_copy(update=update), held)
        return held

    def record(self, base: ArticleRecord) -> tuple[ArticleRecord, dict[str, str]]:
        """Return a record with the items that are there, and the ids in it by those here.

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
        fields = {name: getattr(base, name) for name in ArticleRecord.model_fields}
        fields["schema_version"] = SCHEMA_VERSION
        return ArticleRecord.model_validate({**fields, **made}), ids

    def followed(self, id: str) -> str:
        """Return an id, or the id of the entity that took all mentions of this one."""
        seen = {id}
        while (next_ := self.takers.get(id)) is not None and next_ not in seen:
            id = next_
            seen.add(id)
        return id

    def _settled_figure(self, figure: Figure) -> Figure:
        """Return a figure in the innermost attribution that is left around it."""
        around = figure.attribution
        if around not in self.gone:
            return figure
        parent = self._living(around, "parent")
        holder = self.items.get(parent) if parent else None
        spans = holder.content.spans if isinstance(holder, Attribution) and holder.content else ()
        inside = any(span.start <= figure.start and figure.end <= span.end for span in spans)
        return figure.model_copy(update={"attribution": parent if inside else None})

    def _continued(self, quote: Quote) -> str | None:
        """Return the quote that one continues: not one that reviewers gave to somebody else."""
        before = self._living(quote.id, "continues")
        held = self.items[before] if before is not None else None
        same = isinstance(held, Quote) and set(held.speakers) == set(quote.speakers)
        return before if same else None

    def _living(self, id: str, field: Literal["continues", "parent"]) -> str | None:
        """Follow a reference of an item past removed items."""
        seen = {id}
        at: str | None = getattr(self.items[id], field, None)
        while at is not None and at in self.gone and at not in seen:
            seen.add(at)
            at = getattr(self.items[at], field, None)
        return at if at in self.items and at not in self.gone else None


def _with_kind(item: Attribution, held: Mapping[str, Reviewed]) -> Attribution:
    """Return an attribution whose source is of the kind that its entity is."""
    source = item.source
    entity = held.get(source.entities[0]) if source and source.entities else None
    if source is None or source.kind is None or not isinstance(entity, Entity):
        return item
    kind = source.model_copy(update={"kind": KIND_OF_LABEL[entity.label]})
    return item.model_copy(update={"source": kind})


def _order(item: Reviewed) -> tuple[int, ...]:
    """Sort as ``assemble`` does: in text order, containing items first."""
    if isinstance(item, Entity):
        return min(place(item))
    if isinstance(item, Attribution):
        cue = item.cue.spans if item.cue else ()
        return (check.first_offset(item), *(span.start for span in cue))
    ((start, end),) = place(item)
    return start, -end
