"""Apply corrections to a record: the one that was reviewed, or another extraction of its text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic import ValidationError

from pipeline.errors import BadCorrection
from pipeline.records.corrections import (
    Action,
    Correction,
    Layer,
    Referred,
    Reviewed,
    added_id,
    every_span,
    first_problem,
    layer_of,
    place,
    references,
    referring,
    version_of,
)
from pipeline.records.draft import Draft
from pipeline.records.matching import matched, nearest
from pipeline.records.schema import ArticleRecord, Attribution, Entity
from pipeline.records.standing import Judgement, Standing, added_id_of, standing


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
    """A record with all that was said of it."""

    record: ArticleRecord
    """The corrected record; its items are numbered anew."""
    ids: Mapping[str, str]
    """Ids in the corrected record by those in ``items``; what was rejected has none."""
    items: Mapping[str, Reviewed]
    """Every item as it now stands, with what was rejected, by its id in the record that was given;
    one that the record lacks has an id such as ``q+1f0c93ab``."""
    judgements: Mapping[str, Judgement]
    """What was said of the items of which something was said, by the same ids."""
    complete: frozenset[Layer]
    remarks: tuple[Remark, ...]


def apply(record: ArticleRecord, corrections: Iterable[Correction]) -> ArticleRecord:
    """Return a record with corrections applied; those of other articles are passed over.

    The same corrections give the same record, and applied again they change nothing. Which of them
    did not fit, ``review`` tells.
    """
    return review(record, corrections).record


def review(record: ArticleRecord, corrections: Iterable[Correction]) -> Review:
    """Return a record with corrections applied, and what was said of each item."""
    fitting, remarks = _fitting(record, corrections)
    held = standing(fitting)
    remarks += [Remark(one, "nothing was said that it could take back", False) for one in held.idle]
    work = _Work(record, held)
    draft = work.all_at_once() or work.one_by_one()
    corrected, ids = draft.record()
    return Review(
        corrected,
        ids,
        draft.items | draft.settled(),
        {id: one for id, one in zip(work.ids, held.judgements, strict=True) if id in draft.items},
        held.complete,
        (*remarks, *work.remarks),
    )


def by_article(
    corrections: Iterable[Correction],
) -> Callable[[ArticleRecord], Sequence[Correction]]:
    """Return what finds the corrections of a record, by its text or its id, among many."""
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
                remarks.append(Remark(one, "the article's text is another one now", False))
        elif wrong := _wrong_span(record, one):
            remarks.append(Remark(one, wrong, False))
        else:
            fitting.append(one)
    return fitting, remarks


def _wrong_span(record: ArticleRecord, one: Correction) -> str | None:
    for item in (one.before, one.after):
        for span in every_span(item) if item is not None else ():
            if record.text[span.start : span.end] != span.text:
                return f"the words at [{span.start}, {span.end}) are others"
    return None


class _Step(NamedTuple):
    """One correction, the judgement that it is part of, and which item here it is about."""

    correction: Correction
    judgement: Judgement
    id: str
    found: bool
    """Whether the record that is corrected has the item."""


class _Work:
    """The corrections of a record on their way into a draft of it."""

    def __init__(self, record: ArticleRecord, held: Standing) -> None:
        self.record = record
        self.version = version_of(record) if held.judgements else ""
        self.judgements = held.judgements
        self.remarks: list[Remark] = []
        self.start = Draft(record)
        self.found = matched(self.judgements, self.start.items, self.version)
        self.ids = [
            self.found.get(at) or added_id_of(one) or added_id(one.layer, one.history[0].to_line())
            for at, one in enumerate(self.judgements)
        ]
        self.known = {
            key: self.ids[at] for at, one in enumerate(self.judgements) for key in one.ids
        }
        by_correction = {
            id(said): _Step(said, one, self.ids[at], at in self.found)
            for at, one in enumerate(self.judgements)
            for said in one.history
        }
        self.steps = [by_correction[id(said)] for said in held.said]
        for at, one in enumerate(self.judgements):
            if one.item is None and at not in self.found:
                self._note_as_gone(self.ids[at], one.last)

    def _note_as_gone(self, id: str, one: Correction) -> None:
        """Keep what was rejected and is not here, for what refers to it."""
        if one.before is not None:
            item = referring(one.before, lambda old: self._here(old, one), id=id)
            self.start.items[id] = item
            self.start.drop(id)

    def all_at_once(self) -> Draft | None:
        """Return the draft with every correction in it; None if it makes no sound record."""
        draft = self.start.copy()
        remarks = [remark for step in self.steps for remark in self._take(draft, step)]
        try:
            draft.record()
        except ValidationError:
            return None
        self.remarks = remarks
        return draft

    def one_by_one(self) -> Draft:
        """Return the draft with each correction that leaves a sound record."""
        draft = self.start
        for step in self.steps:
            changed = draft.copy()
            remarks = list(self._take(changed, step))
            try:
                changed.record()
            except ValidationError as error:
                self.remarks.append(Remark(step.correction, first_problem(error), False))
            else:
                draft = changed
                self.remarks += remarks
        return draft

    def _take(self, draft: Draft, step: _Step) -> Iterator[Remark]:
        """Bring one item to what was said of it."""
        one, id = step.correction, step.id
        final = one is step.judgement.last
        if step.judgement.item is None and not step.found:
            if final and step.judgement.base is not None:
                yield Remark(one, "there is no such item any more", True)
            return
        if one.after is None:
            draft.drop(id)
            return
        lost: list[str] = []

        def here(old: str) -> str | None:
            new = self._here(old, one)
            if new is None:
                lost.append(old)
            return new

        if id not in draft.items and one.before is not None:
            yield Remark(one, "was not found any more, and is put in", True)
        unlinked = (self._here(old, one) for old in _members(one.before) - _members(one.after))
        draft.put(referring(one.after, here, id=id), {old for old in unlinked if old is not None})
        for old in dict.fromkeys(lost) if final else ():
            (told,) = (each for each in one.refers if each.id == old)
            yield Remark(one, f"{told.name or old} is not in the record: left open", False)

    def _here(self, old: str, one: Correction) -> str | None:
        """Return the id here of what a correction refers to."""
        if (id := self.known.get((one.version, old))) is not None:
            return id
        items = self.start.items
        if one.version == self.version and old in items:
            return old
        told = next((each for each in one.refers if each.id == old), None)
        if told is None:
            return None
        return nearest(told, items)


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
    """Return the correction that a person makes of an item as it stands after earlier ones.

    Ids are those of ``review(record, earlier).items``. An added item gets an id of its own,
    whichever it has; what a person put has no confidence, which is a model's. With ``before``, the
    item has to stand as the person saw it.

    Raises ``BadCorrection`` where the item is not there, or the record would break an invariant.
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
            hint = "look at it again: another correction came first"
            raise BadCorrection(f"{item} is not as it was", where=record.id, hint=hint)
        after = stands if action == "accept" else after
    if action in ("add", "mend") and isinstance(after, Attribution):
        after = after.model_copy(update={"confidence": None})
    both = [one for one in (stands, after) if one is not None]
    try:
        made = Correction(
            record=record.id,
            sha256=record.source.sha256,
            version=version_of(record),
            layer=layer,
            action=action,
            item=item,
            before=stands,
            after=after,
            refers=tuple(_told(now, both, record.id)),
            who=who,
            when=when,
        )
    except ValidationError as error:
        raise BadCorrection(first_problem(error), where=record.id) from error
    known = [one.correction for one in now.remarks if not one.applied]
    for one in review(record, [*earlier, made]).remarks:
        if not one.applied and one.correction not in known:
            raise BadCorrection(one.message, where=record.id)
    return made


def complete(
    record: ArticleRecord, earlier: Sequence[Correction], *, layer: Layer, who: str, when: str
) -> list[Correction]:
    """Return what it takes to accept all that nobody judged in a layer, and to call it complete."""
    now = review(record, earlier)
    said = [
        judge(record, earlier, layer=layer, action="accept", item=id, who=who, when=when)
        for id in now.items
        if layer_of(id) == layer and id in now.ids and id not in now.judgements
    ]
    return [*said, judge(record, earlier, layer=layer, action="complete", who=who, when=when)]


def _told(now: Review, items: Iterable[Reviewed], where: str) -> Iterator[Referred]:
    """Yield what items refer to; raise ``BadCorrection`` where there is no such thing."""
    for id in dict.fromkeys(id for one in items for id in references(one)):
        if id not in now.items:
            raise BadCorrection(f"there is no {id}", where=where)
        other = now.items[id]
        name = other.name if isinstance(other, Entity) else None
        yield Referred(id=id, spans=place(other), name=name)
