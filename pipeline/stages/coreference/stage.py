"""Resolve names, pronouns and noun phrases to entities, sources and quotations to speakers."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from pipeline.document.annotations import (
    DocAttribution,
    DocEntity,
    DocFigure,
    DocMention,
    DocQuote,
    News,
)
from pipeline.document.columns import Columns
from pipeline.document.names import NAME_LABELS, Chain, Name, Reference
from pipeline.document.rules import By, named
from pipeline.model.identity.choice import choose
from pipeline.model.identity.gazetteer import Gazetteer, opened
from pipeline.model.identity.profiles import Seen
from pipeline.model.reference.features import ReferenceScene
from pipeline.model.reference.mentions import HE, SHE, THE, TYPE_OF, MentionCandidate, is_national
from pipeline.model.reference.ranker import MODEL, Ranking, ReferenceAnswer, ReferenceRanker
from pipeline.model.reference.ranker import ranker as load_ranker
from pipeline.model.speakers.ranker import MODEL as SPEAKERS
from pipeline.model.speakers.scene import Beliefs, sureness
from pipeline.model.speakers.sources import LIKELY
from pipeline.names.lists import capitals, sense_of
from pipeline.names.offices import holder
from pipeline.outcomes import Notice
from pipeline.records.labels import MentionKind
from pipeline.stages.coreference.chains import Clusters
from pipeline.stages.coreference.descriptions import Describer, describe_things
from pipeline.stages.coreference.replies import replies
from pipeline.stages.coreference.results import with_reporter
from pipeline.stages.coreference.speakers import Open, Speakers, TokenIndex
from pipeline.stages.order import check_order


def lay_out(
    columns: Columns,
    chains: Sequence[Chain],
    names: Sequence[Reference],
    quotes: Sequence[DocQuote],
    attributions: Sequence[DocAttribution],
) -> ReferenceScene:
    """Return the scene of a document."""
    places = TokenIndex(columns)
    heads = [places.head(one.source) for one in attributions]
    speech = [-1] * len(columns.words)
    voices: dict[int, int] = {}
    for number, one in enumerate(attributions):
        if one.lemma == ":" and one.source and len(one.content) == 1:
            _speak(places.tokens(one.content[0]), speech, voices, heads[number])
    for quote in quotes:
        if quote.speech:
            voice = heads[quote.attribution] if quote.attribution is not None else None
            if voice is None and quote.continues is not None and quote.parent is None:
                start = places.tokens((quotes[quote.continues].start, quote.end))[0]
                voice = voices.get(speech[start]) if start < len(speech) else None
            _speak(places.tokens((quote.start, quote.end)), speech, voices, voice)
    sources = frozenset(head for head in heads if head is not None)
    answered = {
        reply: other
        for number, to in replies(columns, places.sources(attributions), attributions).items()
        if (reply := heads[number]) is not None and (other := heads[to]) is not None
    }
    return ReferenceScene(columns, chains, names, speech, voices, sources, answered)


def _speak(
    tokens: tuple[int, int], speech: list[int], voices: dict[int, int], voice: int | None
) -> None:
    start, end = tokens
    number = len(voices)
    speech[start:end] = [number] * (end - start)
    voices[number] = -1 if voice is None else voice


WIDEST = 200
"""How many characters before an age a mention that contains it may start."""
DOUBTFUL = 0.7
"""A noun phrase below this confidence is no second description of an entity in one sentence."""
TURN = 0.9
"""Confidence in the speaker of an interview turn, for which there is no model."""
CALLED = named("called", "Orban spoke. He said that he was tired.")
CALLS = 2
"""A name to which at least this many sure "he" or "she" refer is a person's."""
Linker = Callable[[str, str, tuple[str, ...]], Mapping[str, str]]
"""From an entity's name, label and descriptions to its identifiers, by the name of the scheme."""


@Language.factory(
    "news_resolve",
    default_config={
        "linker": None,
        "min_identity": 0.5,
        "officeholders": False,
        "gazetteer": "",
        "ranker": MODEL,
    },
    requires=[
        "doc.ents",
        "token.tag",
        "token.dep",
        "doc._.news_quotes",
        "doc._.news_attributions",
    ],
    assigns=["doc._.news_entities", "doc.spans"],
)
def make_resolve(
    nlp: Language,  # noqa: ARG001 (spaCy passes both)
    name: str,  # noqa: ARG001
    linker: Linker | None,
    min_identity: float,
    officeholders: bool,
    gazetteer: str,
    ranker: str,
) -> Resolve:
    """Return the stage ``news_resolve``.

    ``linker`` is a function of the caller, such as ``{"@misc": "my_linker"}``, whose identifiers
    are added to the entities. An answer with a confidence below ``min_identity`` is left open. With
    ``officeholders``, a list of heads of state gives the first name of "President Trump".
    ``gazetteer`` is the path of a built gazetteer, whose ids are added to the entities. ``ranker``
    is the name of the ranker of pronouns and noun phrases in ``models/``.
    """
    return Resolve(
        linker, min_identity, officeholders=officeholders, gazetteer=gazetteer, ranker=ranker
    )


class Resolve:
    """Put all mentions of an entity into one chain, then decide who says what.

    Names first, over the whole document; then pronouns and noun phrases outside speech, which may
    be sources; then those inside, where "I" is the speaker and "he" is not.
    """

    def __init__(
        self,
        linker: Linker | None = None,
        min_identity: float = 0.5,
        *,
        officeholders: bool = False,
        gazetteer: str = "",
        ranker: str = MODEL,
    ) -> None:
        self.linker = linker
        self.min_identity = min_identity
        self.officeholders = officeholders
        self.gazetteer = gazetteer
        self.speakers = Speakers(min_identity=min_identity)
        self.model = ranker
        self.ranker: ReferenceRanker | None = None
        """A ranker to use instead of the one of ``models/``."""

    def __call__(self, doc: Doc) -> Doc:
        check_order(doc, "news_resolve")
        news: News = doc._.news
        columns = Columns(doc)
        names = names_of(doc)
        clusters, references, ranking, found = self._begin(doc, columns, names)
        persons = called_he_or_she(columns, clusters, found)
        if persons:
            for start, end in persons:
                place = columns.starts[start], columns.ends[end - 1]
                news.decide("entities", place, "name", CALLED)
            names = [
                one._replace(label="PERSON") if (one.start, one.end) in persons else one
                for one in names
            ]
            del clusters, references, ranking, found  # before the memory is needed again
            clusters, references, ranking, found = self._begin(doc, columns, names)
        chains, scene = clusters.chains, ranking.scene
        quotes, attributions = news.quotes, news.attributions
        references += found
        said = self.speakers.resolve(
            columns, chains, sorted(references), quotes, attributions, ranking.believed()
        )
        spoken = {
            scene.speech[quotation.start]: who.one
            for quotation, who in zip(said.scene.quotations, said.quotes, strict=True)
            if quotation.speech and who.one is not None
        }
        turns: dict[int, float] = {}
        for source, who in zip(said.scene.sources, said.sources, strict=True):
            if source.lemma == ":" and who.one is not None and len(source.content) == 1:
                speech = scene.speech[source.content[0][0]]
                if speech not in spoken:
                    spoken[speech], turns[speech] = who.one, who.confidence or TURN
        references += self._sure(ranking.inside_speech(spoken, turns))
        believed = ranking.believed()
        if any(scene.speech[head] >= 0 for head in scene.sources):
            said = self.speakers.resolve(
                columns, chains, sorted(references), quotes, attributions, believed, said
            )
        quotes, attributions = said.spoken(quotes), said.attributed(attributions)
        references = without_second_nouns(references, columns)
        references = with_sources(references, ranking, believed, attributions)
        news.quotes, news.attributions = quotes, attributions
        for quote, who in zip(quotes, said.quotes, strict=True):
            news.decide("quotes", (quote.start, quote.end), "speaker", who.by, who.confidence)
        for one, who in zip(attributions, said.sources, strict=True):
            news.decide("attributions", one.anchor, "source", who.by, who.confidence)
        entities, spans = self._entities(doc, columns, chains, references, attributions)
        news.entities = entities = self._identified(doc, entities)
        news.figures = list(with_reporter(doc.text, with_ages(news.figures, entities), entities))
        news.notices = [
            *news.notices,
            *open_names(clusters, entities),
            *open_speakers(said.open(quotes, attributions), entities),
        ]
        doc.spans["entities"] = SpanGroup(doc, name="entities", spans=spans)
        columns.states = None  # nothing reads them after this stage
        return doc

    def _identified(self, doc: Doc, entities: list[DocEntity]) -> list[DocEntity]:
        """Return entities with the identifiers of the linker and of the gazetteer."""
        if self.linker is not None:
            entities = [linked(one, self.linker) for one in entities]
        if self.gazetteer:
            published = doc._.news.published
            return identified(entities, doc.text, published, opened(self.gazetteer))
        return entities

    def _begin(
        self, doc: Doc, columns: Columns, names: Sequence[Name]
    ) -> tuple[Clusters, list[Reference], Ranking, list[Reference]]:
        """Return the chains of names, the ranking, and its sure answers outside speech."""
        clusters = Clusters(columns, names)
        references = described(columns, clusters)
        news: News = doc._.news
        scene = lay_out(columns, clusters.chains, references, news.quotes, news.attributions)
        ranking = (self.ranker or load_ranker(self.model)).begin(scene, doc)
        return clusters, references, ranking, self._sure(ranking.outside_speech())

    def _sure(self, answers: Iterable[ReferenceAnswer]) -> list[Reference]:
        """Return the references of answers with a sufficient confidence."""
        found = []
        for one in answers:
            if one.chain is not None and one.confidence >= self.min_identity:
                by = one.rule or self.model
                found.append(reference_of(one.mention, one.chain, one.confidence, by))
        return found

    def _entities(
        self,
        doc: Doc,
        columns: Columns,
        chains: Sequence[Chain],
        references: Sequence[Reference],
        attributions: Sequence[DocAttribution],
    ) -> tuple[list[DocEntity], list[Span]]:
        """Return the entities in the order of their chains, and the spans of their mentions."""
        news: News = doc._.news
        published = news.published if self.officeholders else None
        speaking = {one.entity for one in attributions}
        by_chain: dict[int, list[Reference]] = defaultdict(list)
        for reference in distinct(references):
            by_chain[reference.chain].append(reference)
        found, spans = [], []
        for number, chain in enumerate(chains):
            mentions = []
            for one in by_chain[number]:
                start, end = columns.starts[one.start], columns.ends[one.end - 1]
                mentions.append(DocMention(start, end, one.kind, one.confidence))
                news.decide("entities", (start, end), "entity", one.by, one.confidence)
                spans.append(Span(doc, one.start, one.end, label=chain.label))
            code = chain.code
            if code is None and chain.label == "GPE" and number in speaking:
                code = capitals().get(" ".join(chain.words))  # "Beijing said": its government
            name = full_name(chain, published) if self.officeholders else chain.name
            identifiers = (("iso3166", code),) if code else ()
            descriptions = tuple(chain.descriptions)
            found.append(DocEntity(name, chain.label, tuple(mentions), descriptions, identifiers))
        return found, spans


def with_ages(figures: Iterable[DocFigure], entities: Iterable[DocEntity]) -> list[DocFigure]:
    """Return figures in which the age in a mention, "the 39-year-old", is that of its entity."""
    mentions = sorted((one.start, one.end) for entity in entities for one in entity.mentions)
    found = []
    for one in figures:
        if one.kind == "age":
            first = bisect_left(mentions, (one.start - WIDEST,))
            last = bisect_left(mentions, (one.start + 1,))
            around = [(b - a, (a, b)) for a, b in mentions[first:last] if one.end <= b]
            one = one._replace(holder=min(around)[1]) if around else one
        found.append(one)
    return found


def without_second_nouns(references: Sequence[Reference], columns: Columns) -> list[Reference]:
    """Return references without doubtful noun phrases beside a surer one with another head.

    "The development comes as the administration pushes for deals" does not describe it twice.
    """
    nouns: dict[tuple[int, int], list[Reference]] = defaultdict(list)
    dropped: set[Reference] = set()
    for one in references:
        if one.kind == "nominal":
            nouns[one.chain, columns.sentences[one.start]].append(one)
    for several in nouns.values():
        best = columns.lower[max(several, key=sureness).head]
        dropped |= {
            one for one in several if sureness(one) < DOUBTFUL and columns.lower[one.head] != best
        }
    return [one for one in references if one not in dropped]


def with_sources(
    references: Sequence[Reference],
    ranking: Ranking,
    believed: Beliefs,
    attributions: Sequence[DocAttribution],
) -> list[Reference]:
    """Return references in which a pronoun or noun phrase that is a source refers to its speaker.

    Who speaks is decided from more than what a pronoun refers to; a record must not say both. "The
    report" refers to whoever it speaks for.
    """
    mentions, lower = ranking.found.mentions, ranking.scene.columns.lower
    anaphors = {mentions[at].head: mentions[at] for at in ranking.asked}
    places = TokenIndex(ranking.scene.columns)
    told: dict[tuple[int, int], Reference] = {}
    for one in attributions:
        head = places.head(one.source)
        if one.entity is None or head not in anaphors:
            continue
        mention, likely = anaphors[head], believed.get(head, {}).get(one.entity, 0.0)
        if likely >= LIKELY or sense_of(lower[head]) == "document":
            told[mention.start, mention.end] = reference_of(
                mention, one.entity, one.entity_confidence, SPEAKERS
            )
    kept = [one for one in references if one.kind == "name" or (one.start, one.end) not in told]
    return [*kept, *told.values()]


def reference_of(
    mention: MentionCandidate, chain: int, confidence: float | None, by: By
) -> Reference:
    """Return a pronoun or noun phrase as a reference to a chain."""
    kind: MentionKind = "nominal" if mention.type >= THE else "pronoun"
    return Reference(mention.start, mention.end, mention.head, kind, chain, confidence, by)


def names_of(doc: Doc) -> list[Name]:
    """Return the names of a document.

    "Ksh11.4 trillion" is an amount of money, and "the Italian" is a person who has another name.
    """
    columns = Columns(doc)
    amounts = {(one.start, one.end) for one in doc._.news.figures if one.kind == "money"}
    return [
        Name(e.start, e.end, e.label_)
        for e in doc.ents
        if e.label_ in NAME_LABELS
        if not (any(map(str.isdigit, e.text)) and (e.start_char, e.end_char) in amounts)
        if not (len(e) == 1 and is_national(columns, e.start))
    ]


def called_he_or_she(
    columns: Columns, clusters: Clusters, found: Iterable[Reference]
) -> set[tuple[int, int]]:
    """Return the names of chains that "he" or "she" refers to, with another label than PERSON."""
    calls = Counter(one.chain for one in found if TYPE_OF.get(columns.lower[one.head]) in (HE, SHE))
    persons = {
        chain
        for chain, number in calls.items()
        if number >= CALLS and clusters.chains[chain].label != "PERSON"
    }
    return {(one.start, one.end) for one in clusters.references if one.chain in persons}


def described(columns: Columns, clusters: Clusters) -> list[Reference]:
    """Return the references by name, titles included, with their chains described."""
    describer = Describer(columns, clusters.chains)
    inside = {i: one.start for one in clusters.references for i in range(one.start, one.end)}
    references = [describer.widen(one, inside) for one in clusters.references]
    renamed = describer.read(references)
    describe_things(columns, clusters.chains, [*references, *renamed.values()], describer)
    return references


def distinct(references: Iterable[Reference]) -> list[Reference]:
    """Return references in order; of several at one place, the name, otherwise the first.

    A stretch of text is a mention of one entity.
    """
    found: dict[tuple[int, int], Reference] = {}
    for one in references:
        other = found.get((one.start, one.end))
        if other is None or (one.kind == "name" and other.kind != "name"):
            found[one.start, one.end] = one
    return sorted(found.values(), key=lambda one: one[:4])


def linked(entity: DocEntity, linker: Linker) -> DocEntity:
    """Return an entity with the identifiers from a linker; existing ones are kept."""
    known = linker(entity.name, entity.label, entity.descriptions)
    identifiers = {**known, **dict(entity.identifiers)}
    return entity._replace(identifiers=tuple(sorted(identifiers.items())))


def identified(
    entities: Sequence[DocEntity], text: str, published: date | None, gazetteer: Gazetteer
) -> list[DocEntity]:
    """Return entities with the ids of a gazetteer's entries; existing identifiers are kept."""
    seen = []
    for number, one in enumerate(entities):
        names, pronouns = (
            Counter(text[m.start : m.end] for m in one.mentions if m.kind == kind)
            for kind in ("name", "pronoun")
        )
        seen.append(Seen(str(number), one.name, one.label, names, pronouns, one.descriptions))
    chosen = choose(gazetteer, seen, published.isoformat() if published else None)
    found = []
    for number, one in enumerate(entities):
        if which := chosen.get(str(number)):
            known = {gazetteer.scheme: which.id, **dict(one.identifiers)}
            one = one._replace(identifiers=tuple(sorted(known.items())))
        found.append(one)
    return found


def open_names(clusters: Clusters, entities: Sequence[DocEntity]) -> Iterator[Notice]:
    """Yield a notice for each short name that was left open, with its candidates."""
    for number, candidates in sorted(clusters.candidates.items()):
        one = entities[number]
        first = min(one.mentions)
        names = " or ".join(entities[at].name for at in candidates)
        yield Notice("W241", f"{one.name!r} may be {names}: left open", first.start, first.end)


def open_speakers(found: Iterable[Open], entities: Sequence[DocEntity]) -> Iterator[Notice]:
    """Yield a notice for each source and quotation left open, with its candidates."""
    for one in found:
        names = " or ".join(entities[at].name for at in one.candidates)
        yield Notice("W241", f"{one.text!r} may be {names}: left open", one.start, one.end)


def full_name(chain: Chain, published: date | None) -> str:
    """Return the name of a chain; an office adds the first name of a holder named by surname."""
    person = chain.person
    if chain.label != "PERSON" or person is None or person.first:
        return chain.name
    return holder(chain.descriptions, person.surname, published) or chain.name
