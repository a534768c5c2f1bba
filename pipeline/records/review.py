"""Apply corrections to a record: the one that was reviewed, or another extraction of its text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from functools import partial
from typing import Final, NamedTuple

from pydantic import ValidationError

from pipeline.errors import BadCorrection
from pipeline.records.corrections import (
    Action,
    Correction,
    ItemDecisions,
    Layer,
    Place,
    Referred,
    Reviewed,
    Standing,
    added_id,
    added_id_of,
    every_span,
    first_problem,
    identity_of,
    items_of,
    layer_of,
    likeness,
    overlap,
    place,
    references,
    referring,
    speakers_of,
    standing,
    version_of,
    without_confidence,
)
from pipeline.records.draft import Draft
from pipeline.records.schema import (
    ArticleRecord,
    Attribution,
    Entity,
    Figure,
    Item,
    Quote,
    Span,
    Warning,
)

SAME = 0.5
"""Items of two extractions are the same if their places overlap by at least this share."""


def nearest(told: Referred, items: Mapping[str, Reviewed]) -> str | None:
    """Return the item that a correction refers to, or None if no item of the layer is similar."""
    return _best(items, layer_of(told.id), lambda item: _nearness(told, item))


def _best(
    items: Mapping[str, Reviewed], layer: str | None, like: Callable[[Reviewed], float]
) -> str | None:
    near = {id: like(item) for id, item in items.items() if layer_of(id) == layer}
    best = max(near, key=near.__getitem__, default=None)
    return best if best is not None and near[best] >= SAME else None


def _nearness(told: Referred, item: Reviewed) -> float:
    """Return how similar an item is to the one in a correction, from 0 to 1; 2 means identical."""
    if told.spans == place(item):
        return 2
    if isinstance(item, Entity):
        shared = set(told.spans) & set(place(item))
        part = len(shared) / min(len(told.spans), len(item.mentions))
        return max(part, SAME if item.name == told.name else 0.0)
    return overlap(told.spans, place(item))


def matched(
    judgements: Sequence[ItemDecisions], items: Mapping[str, Reviewed], version: str
) -> dict[int, str]:
    """Return the item of a record that each judgement is about, one to one.

    Items are matched by id in the version that was reviewed, otherwise by the place of the
    corrected item or of the original one. An item that was not rejected also matches an item that
    overlaps with it.
    """
    claims = _Claims(judgements, items)
    living = [at for at, one in enumerate(judgements) if one.item is not None]
    rejected = [at for at, one in enumerate(judgements) if one.item is None]
    for at, one in enumerate(judgements):
        for seen, id in one.ids:
            if seen == version:
                claims.claim(at, id)
    for at in living:
        claims.at_place(at, judgements[at].now)
    for at in (*living, *rejected):
        for where in judgements[at].bases:
            claims.at_place(at, where)
    for at in living:
        if all(seen != version for seen, _ in judgements[at].ids):
            claims.alike(at)
    return claims.found


class _Claims:
    """The items that judgements have found so far, and those that are free."""

    def __init__(self, judgements: Sequence[ItemDecisions], items: Mapping[str, Reviewed]) -> None:
        self.judgements = judgements
        self.free = dict(items)
        self.found: dict[int, str] = {}

    def claim(self, at: int, id: str | None) -> None:
        """Give an item to a judgement, if it is free and the judgement has none."""
        if id is not None and id in self.free and at not in self.found:
            self.found[at] = id
            del self.free[id]

    def at_place(self, at: int, where: Place) -> None:
        """Claim the item at a place."""
        layer = self.judgements[at].layer
        alike = (i for i, one in self.free.items() if layer_of(i) == layer and place(one) == where)
        self.claim(at, next(alike, None))

    def alike(self, at: int) -> None:
        """Claim the item that is most like the corrected one."""
        one = self.judgements[at]
        if at not in self.found and one.item is not None and one.base is not None:
            self.claim(at, _best(self.free, one.layer, partial(likeness, one.item)))


OPEN: Final = "W241"
"""Warns that it was left open whom words mean."""


class Remark(NamedTuple):
    """What a reviewer should know of how a correction was applied."""

    correction: Correction
    message: str
    applied: bool
    """False where the record is not what the correction asked for."""

    def __str__(self) -> str:
        one = self.correction
        return f"{one.record}: {one.action} {one.item or one.layer} by {one.who}: {self.message}"


class Review(NamedTuple):
    """A record with all decisions on it."""

    record: ArticleRecord
    """The corrected record; its items are renumbered."""
    ids: Mapping[str, str]
    """Ids in the corrected record by those in ``items``; rejected items have none."""
    items: Mapping[str, Reviewed]
    """The current version of every item, including rejected ones, by its id in the given record;
    an item that the record lacks has an id such as ``q+1f0c93ab``."""
    judgements: Mapping[str, ItemDecisions]
    """The decisions on items, by the same ids; items without a decision are missing."""
    complete: frozenset[Layer]
    remarks: tuple[Remark, ...]


def apply(record: ArticleRecord, corrections: Iterable[Correction]) -> ArticleRecord:
    """Return a record with corrections applied; those of other articles are ignored.

    The same corrections give the same record, and applying them twice has the same effect as once.
    ``review`` also returns which of them could not be applied.
    """
    return review(record, corrections).record


def review(record: ArticleRecord, corrections: Iterable[Correction]) -> Review:
    """Return a record with corrections applied, and the decisions on each item.

    The last decision on an item counts. It also changes linked items that have no decision: a
    corrected speaker applies to the quote, its attribution and the rest of the statement; the
    quotes of a rejected attribution lose it and the speaker that came from it.

    >>> from pipeline import extract
    >>> record = extract("“We won,” said Ann Lee. “No,” Bo Ek said.")
    >>> said = judge(record, [], layer="attributions", action="reject", item="a2",
    ...              who="ann", when="2025-05-02T09:30:00Z")
    >>> [quote.speaker for quote in record.quotes], [
    ...     quote.speaker for quote in review(record, [said]).record.quotes]
    (['e1', 'e2'], ['e1', None])
    """
    fitting, remarks = _fitting(record, corrections)
    try:
        found = _corrected(record, fitting)
    except ValidationError:
        fitting, misfits = _sound(record, fitting)
        remarks += misfits
        found = _corrected(record, fitting)
    return found._replace(remarks=(*remarks, *found.remarks))


def _corrected(record: ArticleRecord, corrections: Sequence[Correction]) -> Review:
    """Return a record with all corrections applied; raise ``ValidationError`` if it is invalid."""
    held = standing(corrections)
    work = _Work(record, held)
    draft = work.draft()
    corrected, ids = draft.record(record)
    idle = [Remark(one, "there is no decision to undo", False) for one in held.idle]
    settled, judgements = draft.settled(), dict(zip(work.ids, held.judgements, strict=True))
    return Review(
        corrected,
        ids,
        draft.items | settled,
        judgements,
        held.complete,
        (*idle, *work.remarks, *_unlinked(judgements, draft.items, settled)),
    )


def _unlinked(
    judgements: Mapping[str, ItemDecisions],
    items: Mapping[str, Reviewed],
    settled: Mapping[str, Reviewed],
) -> Iterator[Remark]:
    """Yield a remark for each quote that a reviewer lets continue one with another speaker."""
    for id, one in judgements.items():
        asked, made = items.get(id), settled.get(id)
        if not isinstance(asked, Quote) or not isinstance(made, Quote) or made.continues:
            continue
        set_by_hand = getattr(one.base, "continues", None) != getattr(one.item, "continues", None)
        if asked.continues in settled and set_by_hand:
            yield Remark(one.last, "the quote that it continues has another speaker", False)


def _sound(
    record: ArticleRecord, corrections: Sequence[Correction]
) -> tuple[list[Correction], list[Remark]]:
    """Return the corrections that leave the record valid when applied in order, and the others."""
    kept: list[Correction] = []
    misfits = []
    with suppress(ValidationError):  # usually the last correction is the invalid one
        _corrected(record, corrections[:-1])
        kept = list(corrections[:-1])
    for one in corrections[len(kept) :]:
        try:
            _corrected(record, [*kept, one])
        except ValidationError as error:
            misfits.append(Remark(one, first_problem(error), False))
        else:
            kept.append(one)
    return kept, misfits


def unsure_who(found: Review, below: float) -> list[str]:
    """Return the ids of items without a decision and with a doubtful speaker, least sure first.

    Speakers that were left open with candidates (W241) come first, then those with a confidence
    less than ``below``.
    """
    open_ = [one for one in found.record.warnings if one.code == OPEN]
    sure = {
        id: _least_sure(found.items[id], open_) for id in found.ids if id not in found.judgements
    }
    doubts = {id: one for id, one in sure.items() if one is not None and one < below}
    return sorted(doubts, key=lambda id: (doubts[id], place(found.items[id])))


def unsure_figures(found: Review, below: float) -> list[str]:
    """Return the ids of figures without a decision and confidence under ``below``, lowest first."""
    open_ = (found.items[id] for id in found.ids if id not in found.judgements)
    doubts = [
        (one.confidence, place(one), one.id)
        for one in open_
        if isinstance(one, Figure) and one.confidence is not None and one.confidence < below
    ]
    return [id for *_, id in sorted(doubts)]


def expected_harm(items: Mapping[str, Reviewed], record: ArticleRecord) -> dict[str, float]:
    """Return how likely each item is wrong times how bad that would be, by its id.

    The likelihood is 1 less the lowest confidence in the item: 1 for a speaker who was left open
    with candidates (W241), 0 if no model decided. Words in quotation marks count twice, and so does
    whatever names a person.
    """
    open_ = [one for one in record.warnings if one.code == OPEN]
    people = {one.id for one in record.entities if one.label == "PERSON"}
    return {id: _doubt(one, open_) * _weight(one, people) for id, one in items.items()}


def _doubt(item: Reviewed, open_: Sequence[Warning]) -> float:
    known = [_least_sure(item, open_)]
    if isinstance(item, Entity):
        known += [mention.confidence for mention in item.mentions]
    elif isinstance(item, Attribution | Figure):
        known.append(item.confidence)
    return 1 - min((one for one in known if one is not None), default=1)


def _weight(item: Reviewed, people: Set[str]) -> int:
    quoted = isinstance(item, Quote) and item.speech
    quoted |= isinstance(item, Attribution) and item.kind != "indirect"
    named = {item.id, *(speakers_of(item) or ()), getattr(item, "holder", None)}
    return (1 + quoted) * (1 + bool(people & named))


def _least_sure(item: Reviewed, open_: Sequence[Warning]) -> float | None:
    """Return the confidence of an item's speaker, 0 if it was left open, None without a speaker."""
    if speakers_of(item):
        return identity_of(item)
    if isinstance(item, Attribution) and item.source is not None:
        spans: Sequence[Span | Item] = item.source.spans
    else:
        spans = (item,) if isinstance(item, Quote) and item.speech else ()
    return 0.0 if any(_meet(one, span) for one in open_ for span in spans) else None


def _meet(one: Warning, span: Span | Item) -> bool:
    start, end = one.start, one.end
    return start is not None and end is not None and span.start < end and start < span.end


def by_article(
    corrections: Iterable[Correction],
) -> Callable[[ArticleRecord], Sequence[Correction]]:
    """Return a function that finds the corrections of a record, by its text or its id."""
    texts: dict[str, list[Correction]] = defaultdict(list)
    ids: dict[str, list[Correction]] = defaultdict(list)
    for one in corrections:
        texts[one.sha256].append(one)
        ids[one.record].append(one)

    def of(record: ArticleRecord) -> Sequence[Correction]:
        text = record.source.sha256
        others = (one for one in ids.get(record.id, ()) if one.sha256 != text)
        return [*texts.get(text, ()), *others]

    return of


def _fitting(
    record: ArticleRecord, corrections: Iterable[Correction]
) -> tuple[list[Correction], list[Remark]]:
    fitting, remarks = [], []
    for one in corrections:
        if one.sha256 != record.source.sha256:
            if one.record == record.id:
                remarks.append(Remark(one, "the text of the article has changed", False))
        elif wrong := _wrong_span(record, one):
            remarks.append(Remark(one, wrong, False))
        else:
            fitting.append(one)
    return fitting, remarks


def _wrong_span(record: ArticleRecord, one: Correction) -> str | None:
    for item in (one.before, one.after):
        for span in every_span(item) if item is not None else ():
            if record.text[span.start : span.end] != span.text:
                return f"the text at [{span.start}, {span.end}) is different"
    return None


class _Work:
    """Applies the corrections of a record to a draft of it."""

    def __init__(self, record: ArticleRecord, held: Standing) -> None:
        self.items = items_of(record)
        self.version = version_of(record) if held.judgements else ""
        self.judgements = held.judgements
        self.remarks: list[Remark] = []
        self.found = matched(self.judgements, self.items, self.version)
        self.ids = [
            self.found.get(at) or added_id_of(one) or added_id(one.layer, one.history[0].to_line())
            for at, one in enumerate(self.judgements)
        ]
        self.known = {
            key: self.ids[at] for at, one in enumerate(self.judgements) for key in one.ids
        }
        for one in held.withdrawn:
            like = partial(likeness, one.base) if one.base is not None else None
            if like and (id := _best(self.items, one.layer, like)) is not None:
                self.known = dict.fromkeys(one.ids, id) | self.known
        self.said = self._as_said(held.said)

    def _as_said(self, said: Iterable[Correction]) -> Draft:
        """Return a draft of only the items with decisions, after all decisions."""
        draft = Draft(())
        for one in said:
            id = self.known[one.version, one.item or ""]
            before, after = (
                each if each is None else referring(each, partial(self._here, one), id=id)
                for each in (one.before, one.after)
            )
            if before is not None:
                draft.items[id] = before
                draft.gone.discard(id)
            if after is not None:
                unlinked = _members(before) - _members(after)
                draft.put(after, unlinked, keep_speakers=True)
            else:
                draft.gone.add(id)
        return draft

    def draft(self) -> Draft:
        """Return a draft of the record's items with all decisions applied."""
        said, gone = self.said, self.said.gone
        draft = Draft(self.items.values(), fixed=said.items.keys() - gone)
        for id in gone:
            draft.drop(said.items[id], taker=said.takers.get(id))
        for at, one in enumerate(self.judgements):
            id = self.ids[at]
            if id not in gone:
                first = one.base or one.history[0].after
                if id not in self.items and first is not None:
                    draft.items[id] = referring(first, partial(self._here, one.history[0]), id=id)
                draft.put(self._settled(said.items[id]), self._unlinked(one, id))
            self.remarks += self._remarks(one, id, at in self.found)
        return draft

    def _settled(self, item: Reviewed) -> Reviewed:
        """Return an item without references to removed entities."""

        def living(id: str) -> str | None:
            id = self.said.followed(id)
            return None if id in self.said.gone and layer_of(id) == "entities" else id

        return referring(item, living)

    def _unlinked(self, one: ItemDecisions, id: str) -> set[str]:
        """Return the ids of the quotes and figures that reviewers removed from an attribution."""
        before = {
            self._here(each, old)
            for each in one.history
            for old in _members(each.before) - _members(each.after)
        }
        return {each for each in before - _members(self.said.items[id]) if each is not None}

    def _remarks(self, one: ItemDecisions, id: str, found: bool) -> Iterator[Remark]:
        if one.base is not None and not found:
            if one.item is None:
                yield Remark(one.last, "the item no longer exists", True)
            elif id not in self.said.gone:
                yield Remark(one.last, "the item was no longer found, and has been added", True)
        for told in one.last.refers:
            wanted = one.item is not None and told.id in references(one.item)
            if wanted and self._here(one.last, told.id) is None:
                message = f"{told.name or told.id} is not in the record; it is left open"
                yield Remark(one.last, message, False)

    def _here(self, one: Correction, old: str) -> str | None:
        """Return the id in this record of an item that a correction refers to."""
        if (id := self.known.get((one.version, old))) is not None:
            return id
        if one.version == self.version and old in self.items:
            return old
        told = next((each for each in one.refers if each.id == old), None)
        return nearest(told, self.items) if told is not None else None


def _members(item: Reviewed | None) -> frozenset[str]:
    """Return the quotes and figures of an attribution."""
    return frozenset((*getattr(item, "quotes", ()), *getattr(item, "figures", ())))


def judge(
    record: ArticleRecord,
    earlier: Sequence[Correction],
    *,
    layer: Layer,
    action: Action,
    who: str,
    when: str,
    item: str | None = None,
    before: Reviewed | None = None,
    after: Reviewed | None = None,
) -> Correction:
    """Return a reviewer's decision on an item as a correction that follows earlier ones.

    Ids are those of ``review(record, earlier).items``. An added item gets a new id, and an item
    from a reviewer has no confidence, since that comes from a model. If ``before`` is given, the
    current item must equal it.

    Raises ``BadCorrection`` if the item does not exist, or if the record would be invalid.
    """
    now = review(record, earlier)
    stands = None
    if action == "add" and after is not None:
        item = added_id(layer, f"{after.model_dump_json()} {who} {when}")
        after = after.model_copy(update={"id": item})
    elif item is not None:
        stands = now.items.get(item)
        if stands is None or layer_of(item) != layer:
            raise BadCorrection(f"there is no {item} in the {layer}", where=record.id)
        if before is not None and before != stands:
            hint = "review it again: it was corrected in the meantime"
            raise BadCorrection(f"{item} has changed", where=record.id, hint=hint)
        after = stands if action == "accept" else after
    if action in ("add", "edit") and after is not None:
        after = without_confidence(after)
    made = _made(record, now, layer, action, item, stands, after, who, when)
    known = [one.correction for one in now.remarks if not one.applied]
    for one in review(record, [*earlier, made]).remarks:
        if not one.applied and one.correction not in known:
            raise BadCorrection(one.message, where=record.id)
    return made


def complete(
    record: ArticleRecord, earlier: Sequence[Correction], *, layer: Layer, who: str, when: str
) -> list[Correction]:
    """Return corrections that accept all items of a layer without a decision and complete it."""
    now = review(record, earlier)
    said = [
        _made(record, now, layer, "accept", id, item, item, who, when)
        for id, item in now.items.items()
        if layer_of(id) == layer and id in now.ids and id not in now.judgements
    ]
    return [*said, _made(record, now, layer, "complete", None, None, None, who, when)]


def _made(
    record: ArticleRecord,
    now: Review,
    layer: Layer,
    action: Action,
    item: str | None,
    before: Reviewed | None,
    after: Reviewed | None,
    who: str,
    when: str,
) -> Correction:
    """Return a correction; raise ``BadCorrection`` if it is invalid."""
    both = [one for one in (before, after) if one is not None]
    try:
        return Correction(
            record=record.id,
            sha256=record.source.sha256,
            version=version_of(record),
            layer=layer,
            action=action,
            item=item,
            before=before,
            after=after,
            refers=tuple(_told(now, both, record.id)),
            who=who,
            when=when,
        )
    except ValidationError as error:
        raise BadCorrection(first_problem(error), where=record.id) from error


def _told(now: Review, items: Iterable[Reviewed], where: str) -> Iterator[Referred]:
    """Yield the items that items refer to; raise ``BadCorrection`` for one that does not exist."""
    for id in dict.fromkeys(id for one in items for id in references(one)):
        if id not in now.items:
            raise BadCorrection(f"there is no {id}", where=where)
        other = now.items[id]
        name = other.name if isinstance(other, Entity) else None
        yield Referred(id=id, spans=place(other), name=name)
