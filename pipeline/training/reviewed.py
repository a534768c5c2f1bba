"""Reviewed articles as gold data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.readers.article import Article
from pipeline.records.corrections import Correction, Reviewed, layer_of, place
from pipeline.records.review import Review, by_article, review
from pipeline.records.schema import ArticleRecord, Attribution
from pipeline.training.attributed import AnnotatedArticle, Bounds, Marked

ATTRIBUTIONS = "attributions"


class ReviewedArticle(NamedTuple):
    """A record and its review."""

    record: ArticleRecord
    review: Review

    @property
    def article(self) -> Article:
        """The article of the record."""
        source = self.record.source
        known = source.model_dump(exclude={"sha256"})
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
        seen += [_hull(item) for item in (each.base, each.item) if item is not None]
    return AnnotatedArticle(
        one.record.id,
        one.record.text,
        tuple(marked),
        tuple(_between(seen, len(one.record.text))),
        one.record.source.published,
        complete,
    )


def _marked(one: Attribution, *, required: bool) -> Marked:
    source, content, cue = (
        tuple((span.start, span.end) for span in part.spans) if part is not None else ()
        for part in (one.source, one.content, one.cue)
    )
    return Marked(source, content, cue, required)


def _hull(item: Reviewed) -> Bounds:
    spans = place(item)
    return min(start for start, _ in spans), max(end for _, end in spans)


def _between(spans: Iterable[Bounds], size: int) -> Iterator[Bounds]:
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
