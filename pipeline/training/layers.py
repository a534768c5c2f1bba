"""Score a layer against reviewed records.

Accepted, edited and added items are right. A different item at the place of a reviewed one is
wrong, and so is any other item in a layer that is marked as complete. Items without a decision
are not counted. Figures are in percent.

================= ================================================================================
NAME              precision of what is judged; recall in articles whose layer is complete
NAME/accepted     the share of accepted items that are found
NAME/edited       the share of edited items that are found as edited
NAME/added        the share of added items that are found
NAME/rejected     the share of rejected items that are found again: an error
================= ================================================================================

=================== ==============================================================================
quotes              spoken ones, with the same words
speakers/quotes     spoken quotes with the same words, of the same entity
speakers/sources    contents that overlap by half (intersection over union), of the same entity
figures             spans that overlap by three tenths, with equal value, range and unit
times               the same words, with the same value
attributions        contents that overlap by three tenths, with sources that touch or are not there
=================== ==============================================================================

Entities are the same where they share a name, or the place of a named mention. Of several speakers
or sources, one that is right will do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from pipeline.input.article import Article
from pipeline.records.corrections import (
    Correction,
    Layer,
    Place,
    Reviewed,
    Verdict,
    core,
    items_of,
    layer_of,
    overlap,
    place,
)
from pipeline.records.review import Review, by_article, review
from pipeline.records.schema import ArticleRecord, Attribution, Entity, Figure, Quote, Time
from pipeline.text.spans import CharSpan
from pipeline.training.attributed import (
    SAME_CONTENT,
    AnnotatedArticle,
    AnnotatedAttribution,
    largest_matching,
)
from pipeline.training.evaluation import MatchCounts, Metric

ATTRIBUTIONS = "attributions"


class ReviewedArticle(NamedTuple):
    """A record and its review."""

    record: ArticleRecord
    review: Review

    @property
    def article(self) -> Article:
        """The article of the record."""
        source = self.record.source
        known = source.model_dump(exclude={"sha256", "from_text", *source.from_text})
        return Article(text=self.record.text, where=self.record.id, id=self.record.id, **known)


def reviewed(
    records: Iterable[ArticleRecord], corrections: Sequence[Correction]
) -> Iterator[ReviewedArticle]:
    """Yield each article with decisions once, in the order of the records."""
    texts = {one.sha256 for one in corrections}
    said_of = by_article(corrections)
    for record in records:
        if record.source.sha256 in texts:
            texts.remove(record.source.sha256)
            yield ReviewedArticle(record, review(record, said_of(record)))


def annotated(one: ReviewedArticle) -> AnnotatedArticle | None:
    """Return the reviewed attributions of an article; None if there are none.

    Accepted, edited and added ones are marked. Those without a decision are optional.
    Unless somebody called the attributions complete, only the stretches that judged ones take up
    count as annotated, from their first to their last word.
    """
    found = one.review
    judged = {id: each for id, each in found.judgements.items() if layer_of(id) == ATTRIBUTIONS}
    complete = ATTRIBUTIONS in found.complete
    if not judged and not complete:
        return None
    marked = [
        _marked(item, required=id in judged)
        for id, item in found.items.items()
        if isinstance(item, Attribution) and id in found.ids and item.content is not None
    ]
    seen = [(0, len(one.record.text))] if complete else []
    for each in judged.values():
        for spans in (place(item) for item in (each.base, each.item) if item is not None):
            seen.append((min(start for start, _ in spans), max(end for _, end in spans)))
    return AnnotatedArticle(
        one.record.id,
        one.record.text,
        tuple(marked),
        tuple(_between(seen, len(one.record.text))),
        one.record.source.published,
        complete,
    )


def _marked(one: Attribution, *, required: bool) -> AnnotatedAttribution:
    source, content, cue = (
        tuple((span.start, span.end) for span in part.spans) if part is not None else ()
        for part in (one.source, one.content, one.cue)
    )
    return AnnotatedAttribution(source, content, cue, required)


def _between(spans: Iterable[CharSpan], size: int) -> Iterator[CharSpan]:
    """Yield the parts of a text between spans.

    >>> list(_between([(5, 9), (2, 6)], 12))
    [(0, 2), (9, 12)]
    """
    reach = 0
    edges = [(0, 0)]
    for start, end in sorted(spans):
        reach = max(reach, end)
        edges.append((start, reach))
    for (_, end), (start, _) in pairwise([*edges, (size, size)]):
        if end < start:
            yield end, start


Items = Mapping[str, Reviewed]
VERDICTS: tuple[Verdict, ...] = ("accepted", "edited", "added", "rejected")
NEAR = 0.3
"""Minimum overlap of items about the same thing."""


class ItemFact(NamedTuple):
    """What an item says: its place, and the values that must agree as well."""

    place: Place
    value: frozenset[Hashable]


class LayerMeasure(NamedTuple):
    """What is measured, and which items are the same."""

    name: str
    layer: Layer
    fact: Callable[[Reviewed, Items], ItemFact | None]
    """Return what an item says, given the other items; None if it says nothing."""
    least: float
    """Minimum overlap of places that are the same."""

    def same(self, one: ItemFact, other: ItemFact) -> bool:
        """Return whether two items say the same."""
        agree = bool(one.value & other.value) or not (one.value or other.value)
        return agree and overlap(one.place, other.place) >= self.least


def _quote(item: Reviewed, _: Items) -> ItemFact | None:
    return ItemFact(place(item), frozenset()) if isinstance(item, Quote) and item.speech else None


def _speaker(item: Reviewed, items: Items) -> ItemFact | None:
    if not isinstance(item, Quote) or not item.speech or not item.speakers:
        return None
    return ItemFact(place(item), _names(items, item.speakers))


def _source(item: Reviewed, items: Items) -> ItemFact | None:
    if not isinstance(item, Attribution) or item.source is None or not item.source.entities:
        return None
    return ItemFact(core(item), _names(items, item.source.entities))


def _figure(item: Reviewed, _: Items) -> ItemFact | None:
    if not isinstance(item, Figure):
        return None
    numbers = (_number(one) for one in (item.value, item.low, item.high))
    return ItemFact(place(item), frozenset([(*numbers, item.unit)]))


def _time(item: Reviewed, _: Items) -> ItemFact | None:
    return ItemFact(place(item), frozenset([item.value])) if isinstance(item, Time) else None


def _attribution(item: Reviewed, _: Items) -> ItemFact | None:
    if not isinstance(item, Attribution):
        return None
    spans = item.source.spans if item.source is not None else ()
    return ItemFact(core(item), frozenset(at for one in spans for at in range(one.start, one.end)))


def _names(items: Items, ids: Iterable[str]) -> frozenset[Hashable]:
    """Return names and places of entities: if there are several, one right one is enough."""
    found: set[Hashable] = set()
    for item in map(items.get, ids):
        if isinstance(item, Entity):
            found.add(item.name.casefold())
            found |= {(one.start, one.end) for one in item.mentions if one.kind == "name"}
    return frozenset(found)


def _number(value: Decimal | str | None) -> Fraction | str | None:
    try:
        return None if value is None else Fraction(value)
    except ValueError:  # a score: 2-1
        return str(value)


MEASURES: dict[str, tuple[LayerMeasure, ...]] = {
    "attributions": (LayerMeasure("attributions", "attributions", _attribution, SAME_CONTENT),),
    "quotes": (LayerMeasure("quotes", "quotes", _quote, 1),),
    "speakers": (
        LayerMeasure("speakers/quotes", "quotes", _speaker, 1),
        LayerMeasure("speakers/sources", "attributions", _source, 0.5),
    ),
    "figures": (LayerMeasure("figures", "figures", _figure, NEAR),),
    "times": (LayerMeasure("times", "times", _time, 1),),
}
"""The measure of a layer."""


def is_judged(one: ReviewedArticle, layer: str) -> bool:
    """Return whether there are decisions that a layer can be measured against."""
    said = {layer_of(id) for id in one.review.judgements} | one.review.complete
    return any(measure.layer in said for measure in MEASURES[layer])


class LayerEvaluation:
    """Counts over reviewed articles; ``add`` each one, then read ``metrics``."""

    def __init__(self, layer: str) -> None:
        self.articles = self.complete = 0
        self._measures = MEASURES[layer]
        self._tallies = {one.name: MatchCounts() for one in self._measures}
        self._again: dict[tuple[str, Verdict], MatchCounts] = defaultdict(MatchCounts)

    def add(self, one: ReviewedArticle, record: ArticleRecord | None) -> None:
        """Count an article; without a record, nothing was found."""
        self.articles += 1
        self.complete += {each.layer for each in self._measures} <= one.review.complete
        ours = items_of(record) if record is not None else {}
        for measure in self._measures:
            self._count(measure, _ReviewSheet(measure, one), _facts(measure, ours))

    def _count(self, measure: LayerMeasure, sheet: _ReviewSheet, found: Sequence[ItemFact]) -> None:
        pairs = sheet.pairs(found)
        wrong = [at for at in sheet.judged(found) if at not in set(pairs.values())]
        marked = len(sheet.right) if sheet.complete else 0
        tally = self._tallies[measure.name]
        tally.add(len(pairs), len(pairs) + len(wrong), marked, len(pairs) if marked else 0)
        for at, verdict in enumerate(sheet.verdicts):
            self._again[measure.name, verdict].add(at in pairs, 0, 1)
        for fact in sheet.rejected:
            again = any(measure.same(fact, found[at]) for at in wrong)
            self._again[measure.name, "rejected"].add(again, 0, 1)

    def metrics(self) -> Iterator[Metric]:
        """Yield all metrics in the order of the table above."""
        for measure in self._measures:
            whole = self._tallies[measure.name].metric(measure.name)
            yield whole if self.complete == self.articles else whole._replace(f1=None)
            yield from self.again(measure.name)

    def again(self, name: str) -> Iterator[Metric]:
        """Yield which of the judged items are found."""
        for verdict in VERDICTS:
            tally = self._again[name, verdict]
            one = Metric(f"{name}/{verdict}", recall=tally.recall(), marked=tally.marked)
            if verdict == "rejected":
                one = one._replace(recall=None, error=one.recall)
            if one.marked:
                yield one


class _ReviewSheet:
    """The decisions on one article that a measure uses."""

    def __init__(self, measure: LayerMeasure, one: ReviewedArticle) -> None:
        self.measure = measure
        self.complete = measure.layer in one.review.complete
        self.right: list[ItemFact] = []
        self.verdicts: list[Verdict] = []
        """Right items."""
        self.rejected: list[ItemFact] = []
        self.places: list[Place] = []
        """All items with decisions, right or wrong."""
        self.open: list[Place] = []
        """Items without a decision."""
        items = one.review.items
        for id, item in items.items():
            if layer_of(id) != measure.layer:
                continue
            judged = one.review.judgements.get(id)
            fact = measure.fact(item, items)
            if judged is None:
                if id in one.review.ids:
                    self.open.append(core(item))
                continue
            self.places += [core(each) for each in (judged.base, judged.item) if each is not None]
            if fact is None:
                continue
            if judged.item is None:
                self.rejected.append(fact)
            else:
                self.right.append(fact)
                self.verdicts.append(judged.verdict)

    def pairs(self, found: Sequence[ItemFact]) -> dict[int, int]:
        """Return which found items are right, one to one, nearest first."""
        choices = []
        for fact in self.right:
            near = [at for at, one in enumerate(found) if self.measure.same(fact, one)]
            near.sort(key=lambda at: -overlap(fact.place, found[at].place))
            choices.append(near)
        return largest_matching(choices)

    def judged(self, found: Sequence[ItemFact]) -> Iterator[int]:
        """Yield the found items that are nearer to an item with a decision than to one without."""
        for at, one in enumerate(found):
            best = _nearest(one.place, self.places)
            left_open = _nearest(one.place, self.open)
            if (best >= NEAR and best >= left_open) or (self.complete and left_open < NEAR):
                yield at


def _nearest(one: Place, others: Iterable[Place]) -> float:
    return max((overlap(one, other) for other in others), default=0)


def _facts(measure: LayerMeasure, items: Items) -> list[ItemFact]:
    found = (
        measure.fact(item, items) for id, item in items.items() if layer_of(id) == measure.layer
    )
    return [one for one in found if one is not None]
