"""Corrections: the decisions of reviewers, one per line of ``corrections.jsonl``.

A review never changes a record. Corrections are appended to a separate file, and
``records.review`` applies them. Ids in a correction are those of the reviewed record, ``version``.
An item that a reviewer added has a new id, such as ``q+1f0c93ab``. ``refers`` repeats the
place and name of the items that an item refers to, so that a correction can be matched with another
version, which may number its items differently.

========== ========================================================= ======= =======
action     meaning                                                   before  after
========== ========================================================= ======= =======
accept     the item is right                                         item    same
edit       the item should be changed                                item    item
reject     there is no such item                                     item    null
add        the item is missing                                       null    item
withdraw   undo the decision on the item                             item    null
complete   nothing is missing in the layer                           null    null
========== ========================================================= ======= =======

``complete`` has no ``item``. A ``withdraw`` without an ``item`` undoes ``complete``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal, NamedTuple, Self

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)

from pipeline.errors import BadCorrection
from pipeline.records.check import speaker_problems
from pipeline.records.schema import (
    ArticleRecord,
    Attribution,
    Entity,
    Figure,
    Model,
    NonEmpty,
    Offset,
    Quote,
    Range,
    Sha256,
    Span,
    Time,
    only,
)
from pipeline.times.calendar import stretch

Layer = Literal["entities", "quotes", "figures", "times", "attributions"]
FORMER: Final = {"mend": "edit"}
"""Actions by the names that they had in version 0.1.0."""
Action = Annotated[
    Literal["accept", "edit", "reject", "add", "withdraw", "complete"],
    BeforeValidator(lambda name: FORMER.get(name, name) if isinstance(name, str) else name),
]
Reviewed = Entity | Quote | Figure | Time | Attribution
"""An item that can be reviewed."""
OffsetSpan = tuple[Offset, Offset]
Instant = Annotated[
    str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$")
]

KINDS: Final[dict[Layer, type[Reviewed]]] = {
    "entities": Entity,
    "quotes": Quote,
    "figures": Figure,
    "times": Time,
    "attributions": Attribution,
}
LAYERS: Final[tuple[Layer, ...]] = tuple(KINDS)
LETTERS: Final[dict[str, Layer]] = {layer[0]: layer for layer in LAYERS}
"""Layers by the letter that the ids of their items begin with."""
SIDES: Final[dict[Action, tuple[bool, bool]]] = {
    "accept": (True, True),
    "edit": (True, True),
    "reject": (True, False),
    "add": (False, True),
    "withdraw": (True, False),
    "complete": (False, False),
}
"""Whether an action has a ``before`` and an ``after``."""


def items_of(record: ArticleRecord) -> dict[str, Reviewed]:
    """Return all items of a record by id."""
    return {item.id: item for layer in LAYERS for item in getattr(record, layer)}


def layer_of(id: str) -> Layer | None:
    """Return the layer that an id belongs to.

    >>> layer_of("q3"), layer_of("x1")
    ('quotes', None)
    """
    return LETTERS.get(id[:1])


def _tag(value: Any) -> str | None:
    id = value.get("id") if isinstance(value, dict) else getattr(value, "id", None)
    return layer_of(id) if isinstance(id, str) else None


AnyItem = Annotated[
    Annotated[Entity, Tag("entities")]
    | Annotated[Quote, Tag("quotes")]
    | Annotated[Figure, Tag("figures")]
    | Annotated[Time, Tag("times")]
    | Annotated[Attribution, Tag("attributions")],
    Discriminator(_tag),
]


class Referred(Model):
    """Another item of the record, with what is needed to find it in another version."""

    id: NonEmpty
    spans: Annotated[tuple[OffsetSpan, ...], Field(min_length=1)]
    """Start and end of each of its spans."""
    name: NonEmpty | None
    """The name, if it is an entity."""


class Correction(Model):
    """One decision of one reviewer on one item."""

    record: NonEmpty
    """Id of the record."""
    sha256: Sha256
    """SHA-256 of the record's text."""
    version: Sha256
    """SHA-256 of the record's line as it was reviewed; see ``version_of``."""
    layer: Layer
    action: Action
    item: NonEmpty | None
    """Id of the item; null if the decision is on the whole layer."""
    before: AnyItem | None
    """The item before the decision."""
    after: AnyItem | None
    """The item as it should be."""
    refers: tuple[Referred, ...]
    """The items that ``before`` and ``after`` refer to."""
    who: NonEmpty
    when: Instant
    """RFC 3339, in UTC."""

    @field_validator("when")
    @classmethod
    def _is_an_instant(cls, when: str) -> str:
        datetime.fromisoformat(when)
        return when

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        problem = next(_problems(self), None)
        if problem:
            raise ValueError(problem)
        return self

    def to_line(self) -> str:
        """Return the correction as one line of JSONL, including the line feed."""
        return self.model_dump_json() + "\n"

    @classmethod
    def from_line(cls, line: str | bytes, *, where: str | None = None) -> Self:
        """Return the correction of a line; raise ``BadCorrection`` if it is invalid."""
        try:
            return cls.model_validate_json(line)
        except ValidationError as error:
            raise BadCorrection(first_problem(error), where=where) from error


def first_problem(error: ValidationError) -> str:
    """Return the first thing that is wrong, without text of the article."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def version_of(record: ArticleRecord) -> str:
    """Return the SHA-256 of a record's line: the same extraction has the same version."""
    return hashlib.sha256(record.to_line().encode()).hexdigest()


def added_id(layer: Layer, seed: str) -> str:
    """Return the id of an item that a reviewer adds; the same seed gives the same id.

    >>> added_id("quotes", "Lee, at noon")
    'q+6fec90b9'
    """
    return f"{layer[0]}+{hashlib.sha256(seed.encode()).hexdigest()[:8]}"


def is_added(id: str) -> bool:
    """Return whether an id is that of an item that a reviewer added."""
    return id[1:2] == "+"


def place(item: Reviewed) -> tuple[OffsetSpan, ...]:
    """Return the place of an item: its span, or the spans of its parts in order."""
    return tuple((one.start, one.end) for one in _own_spans(item))


def _own_spans(item: Reviewed) -> Iterator[Span | Quote | Figure | Time]:
    if isinstance(item, Entity):
        yield from item.mentions
    elif isinstance(item, Attribution):
        for part in (item.source, item.cue, item.content):
            yield from part.spans if part is not None else ()
    else:
        yield item


def every_span(item: Reviewed) -> Iterator[Span | Quote | Figure | Time]:
    """Yield every span of an item."""
    yield from _own_spans(item)
    if isinstance(item, Quote):
        yield item.marks.open
        if item.marks.close is not None:
            yield item.marks.close
    elif isinstance(item, Figure):
        yield from (one for one in (item.measures, item.holder_text) if one is not None)


def speakers_of(item: Reviewed) -> tuple[str, ...] | None:
    """Return the speakers of an item; None if the item cannot have a speaker."""
    if isinstance(item, Quote):
        return item.speakers
    if isinstance(item, Attribution) and item.source is not None:
        return item.source.entities
    return None


def identity_of(item: Reviewed) -> float | None:
    """Return the confidence of an item's speakers; None if no model decided."""
    if isinstance(item, Quote):
        return item.speaker_confidence
    source = item.source if isinstance(item, Attribution) else None
    return source.entity_confidence if source is not None else None


def with_speakers(item: Reviewed, who: tuple[str, ...], *, keep: bool = False) -> Reviewed:
    """Return an item as said by these entities; ``keep`` keeps a model's confidence in them."""
    if isinstance(item, Quote):
        sure = item.speaker_confidence if keep else None
        update: dict[str, Any] = {"speaker": only(who), "speakers": who, "speaker_confidence": sure}
        return item.model_copy(update=update)
    if isinstance(item, Attribution) and item.source is not None:
        source = item.source
        update = {"entity": only(who), "entities": who}
        update |= {"entity_confidence": source.entity_confidence if keep else None}
        update |= {"anonymous": source.anonymous and not who}
        return item.model_copy(update={"source": source.model_copy(update=update)})
    return item


def without_confidence(item: Reviewed) -> Reviewed:
    """Return an item without a model's confidences, and a time with the range of its value."""
    if isinstance(item, Entity):
        sure = tuple(one.model_copy(update={"confidence": None}) for one in item.mentions)
        return item.model_copy(update={"mentions": sure})
    if isinstance(item, Attribution | Figure):
        item = item.model_copy(update={"confidence": None})
    if isinstance(item, Time):
        bounds = stretch(item.value) if item.kind in ("date", "time") else None
        item = item.model_copy(update={"range": Range.of(bounds)})
    return with_speakers(item, speakers_of(item) or ())


def references(item: Reviewed) -> Iterator[str]:
    """Yield the ids of the items that an item refers to."""
    seen: list[str] = []

    def note(id: str) -> str:
        seen.append(id)
        return id

    referring(item, note)
    yield from dict.fromkeys(seen)


def referring(
    item: Reviewed, new: Callable[[str], str | None], *, id: str | None = None
) -> Reviewed:
    """Return an item with each id that it refers to replaced; None removes the reference."""

    def one(old: str | None) -> str | None:
        return None if old is None else new(old)

    def many(old: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(known for each in old if (known := new(each)) is not None))

    update: dict[str, Any] = {} if id is None else {"id": id}
    if isinstance(item, Quote):
        update |= {key: one(getattr(item, key)) for key in ("continues", "attribution")}
    elif isinstance(item, Figure):
        update |= {key: one(getattr(item, key)) for key in ("holder", "time", "attribution")}
    elif isinstance(item, Attribution):
        update |= {"parent": one(item.parent)}
        update |= {"quotes": many(item.quotes), "figures": many(item.figures)}
    if update:
        item = item.model_copy(update=update)
    old = speakers_of(item) or ()
    who = many(old)
    return item if who == old else with_speakers(item, who, keep=len(who) == len(old))


def _problems(one: Correction) -> Iterator[str]:
    """Yield what is wrong with a correction, regardless of its record."""
    wanted = SIDES[one.action]
    if one.item is None:
        if one.action not in ("complete", "withdraw"):
            yield f"{one.action} names no item"
        wanted = (False, False)
    elif one.action == "complete":
        yield "complete is a decision on a layer, not on an item"
    for name, side, needed in zip(
        ("before", "after"), (one.before, one.after), wanted, strict=True
    ):
        if needed != (side is not None):
            yield f"{one.action} {'needs' if needed else 'has no'} {name}"
        elif side is not None:
            yield from _item_problems(one, name, side)
    if one.action == "accept" and one.before != one.after:
        yield "accept does not change the item: use edit to change it"
    if one.action == "add" and one.item is not None and not is_added(one.item):
        yield f"{one.item}: the id of an added item is like {added_id(one.layer, '')}"


def _item_problems(one: Correction, name: str, item: Reviewed) -> Iterator[str]:
    if not isinstance(item, KINDS[one.layer]):
        yield f"{name} is none of the {one.layer}"
    if item.id != one.item:
        yield f"{name} is {item.id}, not {one.item}"
    if isinstance(item, Quote):
        who = item.speaker, item.speakers, item.speaker_confidence
        yield from speaker_problems(f"{name}.speaker", *who)
    elif isinstance(item, Attribution) and item.source is not None:
        who = item.source.entity, item.source.entities, item.source.entity_confidence
        yield from speaker_problems(f"{name}.source.entity", *who)
    for span in every_span(item):
        if span.end - span.start != len(span.text):
            yield f"{name}: [{span.start}, {span.end}) is not as long as its text"
    missing = set(references(item)) - {each.id for each in one.refers} - {item.id}
    if missing:
        yield f"refers leaves out {min(missing)}"


def parse_item(layer: Layer, data: str | bytes | dict[str, Any]) -> Reviewed:
    """Return an item of a layer from JSON; raise ``BadCorrection`` if it is invalid.

    >>> parse_item("times", '{"id": "t1", "start": 0, "end": 4, "text": "2024", "kind": "date",'
    ...            ' "value": "2024", "relative": false}').text
    '2024'
    """
    text = json.dumps(data) if isinstance(data, dict) else data
    try:
        return KINDS[layer].model_validate_json(text)
    except ValidationError as error:
        raise BadCorrection(first_problem(error), where=f"an item of {layer}") from error


Verdict = Literal["accepted", "edited", "added", "rejected"]
Place = tuple[OffsetSpan, ...]


class ItemDecisions(NamedTuple):
    """All decisions on one item, in order, since the last one was withdrawn."""

    history: tuple[Correction, ...]

    @property
    def last(self) -> Correction:
        return self.history[-1]

    @property
    def layer(self) -> Layer:
        return self.last.layer

    @property
    def item(self) -> Reviewed | None:
        """The item as it should be; None if there is no such item."""
        return self.last.after

    @property
    def base(self) -> Reviewed | None:
        """The item as it was extracted; None if a reviewer added it."""
        return self.history[0].before

    @property
    def verdict(self) -> Verdict:
        if self.item is None:
            return "rejected"
        if self.base is None:
            return "added"
        edited = any(one.action == "edit" for one in self.history) and self.item != self.base
        return "edited" if edited else "accepted"

    @property
    def ids(self) -> Iterator[tuple[str, str]]:
        """Yield each version and id of the item in its decisions."""
        for one in self.history:
            if one.item is not None:
                yield one.version, one.item

    @property
    def bases(self) -> Iterator[Place]:
        """Yield the place of the item in each version that was corrected."""
        seen = set()
        for one in self.history:
            if one.version not in seen and one.before is not None:
                yield place(one.before)
            seen.add(one.version)

    @property
    def now(self) -> Place:
        """The place of the item, for a rejected one before it was rejected."""
        item = self.last.after or self.last.before
        return place(item) if item is not None else ()


class Standing(NamedTuple):
    """The current decisions on an article."""

    judgements: tuple[ItemDecisions, ...]
    """In the order of their last corrections."""
    said: tuple[Correction, ...]
    """The corrections of all judgements, in their original order."""
    complete: frozenset[Layer]
    """Layers in which nothing is missing."""
    idle: tuple[Correction, ...]
    """Corrections that withdraw a decision that does not exist."""
    withdrawn: tuple[ItemDecisions, ...]
    """Withdrawn decisions: other items may refer to their items as they were in between."""


def standing(corrections: Sequence[Correction]) -> Standing:
    """Return the current decisions after the corrections of one text, given in order."""
    held: list[ItemDecisions] = []
    withdrawn: list[ItemDecisions] = []
    complete: set[Layer] = set()
    idle = []
    for one in corrections:
        if one.action == "complete":
            complete.add(one.layer)
        elif one.item is None:
            if one.layer not in complete:
                idle.append(one)
            complete.discard(one.layer)
        else:
            known = next((judged for judged in held if _is_of(one, judged)), None)
            if known is not None:
                held.remove(known)
            if one.action != "withdraw":
                held.append(ItemDecisions((*(known.history if known else ()), one)))
            elif known is None:
                idle.append(one)
            else:
                withdrawn.append(known)
    order = {id(one): at for at, one in enumerate(corrections)}
    said = sorted((one for judged in held for one in judged.history), key=lambda o: order[id(o)])
    return Standing(tuple(held), tuple(said), frozenset(complete), tuple(idle), tuple(withdrawn))


def _is_of(one: Correction, judged: ItemDecisions) -> bool:
    """Return whether a correction is of the item of an earlier judgement."""
    if one.layer != judged.layer or one.item is None:
        return False
    if (one.version, one.item) in judged.ids:
        return True
    item = one.before or one.after
    if item is None or place(item) != judged.now:
        return False
    if one.action == "add":  # two reviewers add the same item
        return judged.item is not None
    return all(version != one.version for version, _ in judged.ids)


def likeness(one: Reviewed, other: Reviewed) -> float:
    """Return how much the places of two items of a layer overlap, from 0 to 1."""
    if isinstance(one, Entity) and isinstance(other, Entity):
        ours, theirs = set(place(one)), set(place(other))
        return len(ours & theirs) / min(len(ours), len(theirs))
    return overlap(core(one), core(other))


def overlap(one: Place, other: Place) -> float:
    """Return intersection over union of the characters of two places.

    >>> overlap(((0, 4),), ((2, 6),))
    0.3333333333333333
    """
    ours, theirs = ({at for a, b in spans for at in range(a, b)} for spans in (one, other))
    union = ours | theirs
    return len(ours & theirs) / len(union) if union else 0.0


def core(item: Reviewed) -> Place:
    """Return the place that distinguishes an item from others: for an attribution, its content."""
    if isinstance(item, Attribution) and item.content is not None:
        return tuple((span.start, span.end) for span in item.content.spans)
    return place(item)


def added_id_of(judged: ItemDecisions) -> str | None:
    """Return the id that an item added by a reviewer got, or None for other items."""
    return next((id for _, id in judged.ids if is_added(id)), None)
