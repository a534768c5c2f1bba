"""Make a record from an annotated document: the one place that knows both spaCy and the schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from spacy.tokens import Doc

from pipeline.document import annotations as found
from pipeline.document.columns import text_of
from pipeline.records import schema
from pipeline.records.check import contradictions
from pipeline.text.spans import CharSpan
from pipeline.times.calendar import stretch

Ids = dict[int, str]
"""Ids by the index that an item has in its layer of ``doc._.news``."""


def assemble(
    doc: Doc,
    *,
    id: str | None = None,
    source: schema.Source | None = None,
    provenance: schema.Provenance | None = None,
    warnings: Sequence[schema.Warning] = (),
) -> schema.ArticleRecord:
    """Return the record of a document that went through the stages.

    ``id`` defaults to the first 32 hex digits of the text's SHA-256. Items are numbered in text
    order, whatever their order in ``doc._.news``.

    Raises ``pydantic.ValidationError`` if the annotations break an invariant of the record.
    """
    return _Assembly(doc).record(id, source, provenance, warnings)


class _Assembly:
    """One document's annotations with the ids that they get."""

    def __init__(self, doc: Doc) -> None:
        news: found.News = doc._.news
        self.text = text_of(doc)
        self.published = news.published
        self.entities, self.quotes = news.entities, news.quotes
        self.figures, self.times = news.figures, news.times
        self.attributions = news.attributions
        self.notices = news.notices
        firsts = [min((m.start, m.end) for m in e.mentions) for e in self.entities]
        self.entity_ids = _number("e", firsts)
        self.quote_ids = _number("q", [(q.start, -q.end) for q in self.quotes])
        self.figure_ids = _number("f", [(f.start, -f.end) for f in self.figures])
        self.time_ids = _number("t", [(t.start, -t.end) for t in self.times])
        self.attribution_ids = _number("a", [_first_offset(a) for a in self.attributions])
        self.holders = _by_end(self.entities)
        self.figure_attributions = list(_innermost(self.figures, self.attributions))
        self.quotes_in = _members(self.quote_ids, [q.attribution for q in self.quotes])
        self.figures_in = _members(self.figure_ids, self.figure_attributions)

    def record(
        self,
        id: str | None,
        source: schema.Source | None,
        provenance: schema.Provenance | None,
        warnings: Sequence[schema.Warning],
    ) -> schema.ArticleRecord:
        sha256 = schema.text_sha256(self.text)
        made = schema.ArticleRecord(
            schema_version=schema.SCHEMA_VERSION,
            id=sha256[:32] if id is None else id,
            source=source or self._source(sha256),
            text=self.text,
            entities=tuple(map(self._entity, self.entity_ids)),
            quotes=tuple(map(self._quote, self.quote_ids)),
            figures=tuple(map(self._figure, self.figure_ids)),
            times=tuple(map(self._time, self.time_ids)),
            attributions=tuple(map(self._attribution, self.attribution_ids)),
            provenance=provenance,
            warnings=(*warnings, *(schema.Warning(**one._asdict()) for one in self.notices)),
        )
        if problem := next(contradictions(made), None):
            raise ValueError(problem)
        return made

    def _source(self, sha256: str) -> schema.Source:
        published = self.published.isoformat() if self.published else None
        return schema.Source(
            uri=None,
            title=None,
            byline=None,
            publisher=None,
            published=published,
            language=None,
            sha256=sha256,
            meta={},
        )

    def _place(self, start: int, end: int) -> dict[str, Any]:
        return {"start": start, "end": end, "text": self.text[start:end]}

    def _span(self, bounds: CharSpan) -> schema.Span:
        return schema.Span(**self._place(*bounds))

    def _spans(self, bounds: Sequence[CharSpan]) -> tuple[schema.Span, ...]:
        return tuple(self._span(one) for one in sorted(bounds))

    def _entity(self, index: int) -> schema.Entity:
        entity = self.entities[index]
        mentions = sorted(set(entity.mentions), key=lambda one: (one.start, one.end))
        return schema.Entity(
            id=self.entity_ids[index],
            name=entity.name,
            label=entity.label,  # type: ignore[arg-type]  # checked by the model
            mentions=tuple(
                schema.Mention(
                    **self._place(one.start, one.end),
                    kind=one.kind,
                    confidence=_rounded(one.confidence),
                )
                for one in mentions
            ),
            descriptions=tuple(entity.descriptions),
            identifiers=dict(sorted(entity.identifiers)),
        )

    def _quote(self, index: int) -> schema.Quote:
        quote = self.quotes[index]
        close = self._span(quote.close) if quote.close is not None else None
        speakers = self._entities(quote.speaker, quote.speakers)
        return schema.Quote(
            **self._place(quote.start, quote.end),
            id=self.quote_ids[index],
            marks=schema.Marks(open=self._span(quote.open), close=close),
            kind=quote.kind,
            speech=quote.speech,
            continues=_look_up(self.quote_ids, quote.continues),
            speaker=schema.only(speakers),
            attribution=_look_up(self.attribution_ids, quote.attribution),
            speakers=speakers,
            speaker_confidence=_rounded(quote.speaker_confidence) if speakers else None,
        )

    def _figure(self, index: int) -> schema.Figure:
        figure = self.figures[index]
        return schema.Figure(
            **self._place(figure.start, figure.end),
            id=self.figure_ids[index],
            kind=figure.kind,
            value=figure.value,
            low=figure.low,
            high=figure.high,
            unit=figure.unit,
            unit_assumed=figure.unit_assumed,
            unit_text=figure.unit_text,
            bound=figure.bound,
            vague=figure.vague,
            change=figure.change,
            change_role=figure.change_role,
            rate=schema.Rate(per=figure.per) if figure.per else None,
            measures=self._span(figure.measures) if figure.measures else None,
            holder=_look_up(self.entity_ids, self._holder(figure.holder)),
            holder_text=self._span(figure.holder) if figure.holder else None,
            confidence=_rounded(figure.confidence),
            time=_look_up(self.time_ids, figure.time),
            attribution=_look_up(self.attribution_ids, self.figure_attributions[index]),
        )

    def _time(self, index: int) -> schema.Time:
        time = self.times[index]
        on_calendar = time.kind in ("date", "time")
        return schema.Time(
            **self._place(time.start, time.end),
            id=self.time_ids[index],
            kind=time.kind,
            value=time.value,
            relative=time.relative,
            range=schema.Range.of(stretch(time.value) if on_calendar else time.during),
        )

    def _attribution(self, index: int) -> schema.Attribution:
        one = self.attributions[index]
        source = cue = content = None
        if one.source:
            entities = self._entities(one.entity, one.entities)
            source = schema.AttributionSource(
                spans=self._spans(one.source),
                form=one.form,
                entity=schema.only(entities),
                anonymous=one.anonymous,
                entities=entities,
                entity_confidence=_rounded(one.entity_confidence) if entities else None,
                kind=one.source_kind,
            )
        if one.cue:
            spans = self._spans(one.cue)
            cue = schema.Cue(spans=spans, lemma=one.lemma, type=one.type, negated=one.negated)
        if one.content:
            content = schema.Content(spans=self._spans(one.content))
        return schema.Attribution(
            id=self.attribution_ids[index],
            kind=one.kind,
            source=source,
            cue=cue,
            content=content,
            quotes=self.quotes_in.get(index, ()),
            figures=self.figures_in.get(index, ()),
            parent=_look_up(self.attribution_ids, one.parent),
            confidence=_rounded(one.confidence),
        )

    def _entities(self, single: int | None, several: Sequence[int]) -> tuple[str, ...]:
        """Return the ids of speakers or sources; a stage that knows only one gives a single."""
        indices = several or (() if single is None else (single,))
        return tuple(dict.fromkeys(self.entity_ids[index] for index in indices))

    def _holder(self, bounds: CharSpan | None) -> int | None:
        """Return the entity of a phrase: one of its mentions ends with the phrase."""
        if bounds is None:
            return None
        start, end = bounds
        near = [(abs(s - start), index) for s, index in self.holders.get(end, ()) if s < end]
        return min(near)[1] if near else None


def _innermost(
    figures: Sequence[found.DocFigure], attributions: Sequence[found.DocAttribution]
) -> Iterator[int | None]:
    """Yield for each figure the attribution with the shortest content span that contains it."""
    spans = sorted((a, b, i) for i, one in enumerate(attributions) for a, b in one.content)
    inner: dict[int, int] = {}
    active: list[tuple[int, int, int]] = []
    coming = 0
    for at in sorted(range(len(figures)), key=lambda index: figures[index].start):
        figure = figures[at]
        while coming < len(spans) and spans[coming][0] <= figure.start:
            active.append(spans[coming])
            coming += 1
        active = [span for span in active if span[1] > figure.start]
        around = [(b - a, i) for a, b, i in active if figure.end <= b]
        if around:
            inner[at] = min(around)[1]
    for at in range(len(figures)):
        yield inner.get(at)


def _members(ids: Ids, owners: Sequence[int | None]) -> dict[int, tuple[str, ...]]:
    """Return the ids of the items that each attribution owns, in text order."""
    members: dict[int, list[str]] = {}
    for index, name in ids.items():
        owner = owners[index]
        if owner is not None:
            members.setdefault(owner, []).append(name)
    return {owner: tuple(names) for owner, names in members.items()}


def _by_end(entities: Sequence[found.DocEntity]) -> dict[int, list[tuple[int, int]]]:
    """Return start and entity of every mention by where it ends."""
    places: dict[int, list[tuple[int, int]]] = {}
    for index, entity in enumerate(entities):
        for mention in entity.mentions:
            places.setdefault(mention.end, []).append((mention.start, index))
    return places


def _first_offset(one: found.DocAttribution) -> tuple[int, ...]:
    starts = [start for spans in (one.source, one.cue, one.content) for start, _ in spans]
    return (min(starts, default=-1), *(start for start, _ in one.cue))


def _number(letter: str, places: Sequence[tuple[int, ...]]) -> Ids:
    """Return ids by index, numbered from 1 in the order of the places."""
    order = sorted(range(len(places)), key=lambda index: (places[index], index))
    return {index: f"{letter}{number}" for number, index in enumerate(order, 1)}


def _rounded(confidence: float | None) -> float | None:
    return None if confidence is None else round(confidence, 4)


def _look_up(ids: Ids, index: int | None) -> str | None:
    return None if index is None else ids[index]
