"""Resolve names, pronouns and nominals to entities, sources and quotations to speakers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from pipeline.document.columns import Columns
from pipeline.outcomes import Notice
from pipeline.stages.annotations import Attribution, Bounds, Entity, Mention, News, Quote
from pipeline.stages.naming.namespans import NAME_LABELS, Name
from pipeline.stages.referring.chains import Chain, Clusters, Reference
from pipeline.stages.referring.countries import capitals
from pipeline.stages.referring.descriptions import Describer
from pipeline.stages.referring.nominals import NominalFinder, noun_words
from pipeline.stages.referring.offices import holder
from pipeline.stages.referring.pronouns import (
    FIRST_PERSON,
    FIRST_PLURAL,
    HE_SHE,
    IT,
    PRONOUNS,
    RELATIVES,
    SECOND_PERSON,
    THEY,
    THINGS,
    PronounFinder,
)
from pipeline.stages.referring.things import describe_things
from pipeline.stages.referring.timeline import Timeline
from pipeline.stages.speakers import Open, Places, Speakers

REPLYING = frozenset(("reply", "respond", "answer"))
CALLING = frozenset(
    ("say", "says", "said", "saying", "call", "called", "named", "name", "ask", "asked", "am", "'m")
)
"""Words of a quotation before a name that may be the speaker's own."""
WHICH = "which"
ASKED_BACK = 2
"""Who replies was asked in a sentence so near."""
ADDRESSING = frozenset(("tell", "ask", "warn", "remind", "assure", "promise", "urge", "thank"))


Linker = Callable[[str, str, tuple[str, ...]], Mapping[str, str]]
"""From an entity's name, label and descriptions to its identifiers, by the name of the scheme."""


@Language.factory(
    "news_resolve",
    default_config={"linker": None, "min_identity": None},
    requires=["doc.ents", "token.tag", "token.dep"],
    assigns=["doc._.news", "doc.spans"],
)
def make_resolve(
    nlp: Language,  # noqa: ARG001 (spaCy passes both)
    name: str,  # noqa: ARG001
    linker: Linker | None,
    min_identity: float | None,
) -> Resolve:
    """Return the stage ``news_resolve``.

    ``linker`` is a function of the caller's, such as ``{"@misc": "my_linker"}``, whose identifiers
    go to the entities beside our own. A source or speaker that is less sure than ``min_identity``
    stays open; the default is the threshold that the ranker was shipped with.
    """
    return Resolve(linker, min_identity)


class Resolve:
    """Put every mention of an entity into one chain, then answer who says what.

    First the names, all over the document; then, in text order, pronouns and nominals outside
    quotation marks, which may settle who speaks; then those inside, where "I" is the speaker and
    "he" is not. What no rule settles is left out.
    """

    def __init__(self, linker: Linker | None = None, min_identity: float | None = None) -> None:
        self.nouns = noun_words()
        self.linker = linker
        self.speakers = Speakers(min_identity=min_identity)

    def __call__(self, doc: Doc) -> Doc:
        news: News = doc._.news
        columns = Columns(doc)
        names = [Name(e.start, e.end, e.label_) for e in doc.ents if e.label_ in NAME_LABELS]
        clusters = Clusters(columns, names)
        work = _Document(
            columns, clusters, news.quotes, news.attributions, self.nouns, self.speakers
        )
        work.run()
        news.attributions = work.attributions
        news.quotes = work.quotes
        entities, spans = work.entities(doc)
        if self.linker is not None:
            entities = [linked(one, self.linker) for one in entities]
        news.entities = entities
        news.notices = [
            *news.notices,
            *open_names(clusters, entities),
            *open_speakers(work.open, entities),
        ]
        doc.spans["entities"] = SpanGroup(doc, name="entities", spans=spans)
        return doc


class _Document:
    """The resolution of one document."""

    def __init__(
        self,
        columns: Columns,
        clusters: Clusters,
        quotes: list[Quote],
        attributions: list[Attribution],
        nouns: frozenset[str],
        speakers: Speakers,
    ) -> None:
        self.speakers = speakers
        self.open: list[Open] = []
        self.columns = columns
        self.chains = clusters.chains
        self.quotes = quotes
        self.attributions = attributions
        self.nouns = nouns | {
            word
            for chain in clusters.chains
            if chain.label not in ("PERSON", "NORP") and len(chain.words) > 1
            for word in (chain.words[0], chain.words[-1])
            if word.isalpha() and word not in PRONOUNS
        }
        self.places = Places(columns)
        self.quoted = self._quoted()
        cues: dict[int, tuple[str, int]] = {}
        for number, one in enumerate(attributions):
            head = self.places.head(one.source)
            if head is not None:
                cues.setdefault(head, (one.lemma or "", number))
        self.cues = cues
        self.describer = Describer(columns, self.chains)
        references = [self.describer.widen(reference) for reference in clusters.references]
        self.renamed = self.describer.read(references)
        references.extend(self.renamed.values())
        self.nouns |= describe_things(columns, self.chains, references, self.describer)
        self.timeline = Timeline(columns, self.chains, references, self.quoted, frozenset(cues))
        self.pronouns = PronounFinder(self.timeline, self.describer.equals)
        self.nominals = NominalFinder(self.timeline, self.describer, cues)
        self.named_in = self._named_in()
        self.addressees: dict[int | None, int] = {}
        self.turns = self._turns()

    def _quoted(self) -> list[int]:
        quoted = [-1] * len(self.columns.words)
        for number, quote in enumerate(self.quotes):
            if quote.speech:
                start, end = self.places.tokens((quote.start, quote.end))
                quoted[start:end] = [number] * (end - start)
        return quoted

    def run(self) -> None:
        """Resolve everything."""
        lower = self.columns.lower
        named = bytearray(len(lower))
        for reference in self.timeline.references:
            if reference.kind == "name":
                named[reference.start : reference.end] = b"\x01" * (reference.end - reference.start)
        wanted = PRONOUNS | self.nouns | {WHICH}
        places = [i for i, word in enumerate(lower) if word in wanted and not named[i]]
        self.pronouns.tell_genders([i for i in places if lower[i] in HE_SHE and self.quoted[i] < 0])
        for i in places:
            if self.quoted[i] < 0 and i not in self.turns:
                self._resolve(i)
        self._speakers()
        self.addressees = self._spoken_to()
        for i in places:
            if self.quoted[i] >= 0 or i in self.turns:
                self._resolve(i)
        self._speakers()

    def _speakers(self) -> None:
        self.quotes, self.attributions, self.open = self.speakers.resolve(
            self.columns, self.chains, self.timeline.references, self.quotes, self.attributions
        )

    def _resolve(self, i: int) -> None:
        word = self.columns.lower[i]
        quote = self.quoted[i]
        speaker = self.quotes[quote].speaker if quote >= 0 else None
        chain: int | None = None
        if word in HE_SHE:
            chain = self.pronouns.he_or_she(i, self._not_meant(i, speaker))
        elif word in FIRST_PERSON:
            if quote < 0 and i in self.turns:
                speaker = self.attributions[self.turns[i]].entity
            chain = speaker if self._speaks_as(speaker, "PERSON") else None
        elif word in FIRST_PLURAL:
            chain = speaker
        elif word in SECOND_PERSON:
            chain = self.addressees.get(self.quotes[quote].attribution) if quote >= 0 else None
        elif word in RELATIVES:
            chain = self.pronouns.relative(i)
        elif word == WHICH:
            chain = self.pronouns.relative(i, THINGS) if i in self.cues else None
        elif word in THEY:
            chain = self.pronouns.they(i)
        elif word in IT:
            chain = self.pronouns.it(i)
        elif word in self.nouns and i not in self.renamed:
            reference = self.nominals.find(i)
            if reference is not None:
                self.timeline.add(reference)
            return
        if chain is not None:
            self.timeline.add(Reference(i, i + 1, i, "pronoun", chain))

    def _not_meant(self, i: int, speaker: int | None) -> set[int]:
        """Return whom a pronoun does not mean: in a quotation its speaker, of a source who asked
        and who is named in what is said.
        """
        other = speaker if self.quoted[i] >= 0 else self._asked_by(i)
        return self.named_in.get(i, set()) | (set() if other is None else {other})

    def _named_in(self) -> dict[int, set[int]]:
        """Return whom the quotations of each source name: nobody says "Lee knows" of himself."""
        found: dict[int, set[int]] = defaultdict(set)
        heads: dict[int | None, int] = {n: head for head, (_, n) in self.cues.items()}
        for reference in self.timeline.references:
            quote = self.quoted[reference.head]
            if quote >= 0 and reference.kind == "name" and not self._called(reference):
                head = heads.get(self.quotes[quote].attribution)
                if head is not None:
                    found[head].add(reference.chain)
        return found

    def _called(self, reference: Reference) -> bool:
        """Tell whether a name may be the speaker's own: "they say Lee lost", "vote for Lee"."""
        before = self.columns.lower[max(0, reference.start - 3) : reference.start]
        return not CALLING.isdisjoint(before) or not self.timeline.is_subject(reference)

    def _asked_by(self, i: int) -> int | None:
        """Return who asked what the speaker at a token replies to: not whom "he replied" means."""
        lemma, number = self.cues.get(i, ("", 0))
        if lemma not in REPLYING or not number or self.attributions[number - 1].type != "ask":
            return None
        head = self.places.head(self.attributions[number - 1].source)
        sentences = self.columns.sentences
        if head is None or sentences[i] - sentences[head] > ASKED_BACK:
            return None
        return self.timeline.chain_at(head)

    def _speaks_as(self, speaker: int | None, label: str) -> bool:
        return speaker is not None and self.chains[speaker].label == label

    def _turns(self) -> dict[int, int]:
        """Return the attribution by each token that stands in a turn of a transcript."""
        found: dict[int, int] = {}
        for number, one in enumerate(self.attributions):
            if one.lemma == ":" and one.source and len(one.content) == 1:
                start, end = self.places.tokens(one.content[0])
                if one.source[-1][1] <= one.content[0][0] and self._opens(one.source[0]):
                    found |= dict.fromkeys(range(start, end), number)
        return found

    def _opens(self, bounds: Bounds) -> bool:
        """Tell whether a stretch of text opens a paragraph."""
        start, _ = self.places.tokens(bounds)
        paragraphs = self.columns.paragraphs
        return (
            start == 0
            or paragraphs[start - 1] != paragraphs[start]
            or "\n" in self.columns.words[start - 1]
        )

    def _spoken_to(self) -> dict[int | None, int]:
        """Return the person whom each attribution names as the one addressed ("told Ann Lee")."""
        columns = self.columns
        verbs: dict[int, int] = {}
        for number, one in enumerate(self.attributions):
            if one.lemma in ADDRESSING:
                for bounds in one.cue:
                    start, end = self.places.tokens(bounds)
                    verbs |= dict.fromkeys(range(start, end), number)
        return {
            verbs[columns.heads[one.head]]: one.chain
            for one in self.timeline.references
            if columns.deps[one.head] in ("dobj", "dative")
            and columns.heads[one.head] in verbs
            and self.chains[one.chain].label == "PERSON"
        }

    def entities(self, doc: Doc) -> tuple[list[Entity], list[Span]]:
        """Return the entities in the order of their chains, and the spans of their mentions."""
        columns = self.columns
        published = doc._.news.published
        speaking = {one.entity for one in self.attributions}
        by_chain: dict[int, list[Reference]] = defaultdict(list)
        for reference in distinct(self.timeline.references):
            by_chain[reference.chain].append(reference)
        found, spans = [], []
        for number, chain in enumerate(self.chains):
            mentions = []
            for reference in by_chain[number]:
                start, end = columns.starts[reference.start], columns.ends[reference.end - 1]
                mentions.append(Mention(start, end, reference.kind))
                spans.append(Span(doc, reference.start, reference.end, label=chain.label))
            code = chain.code
            if code is None and chain.label == "GPE" and number in speaking:
                code = capitals().get(" ".join(chain.words))  # "Beijing said": its government
            identifiers = (("iso3166", code),) if code else ()
            found.append(
                Entity(
                    full_name(chain, published),
                    chain.label,
                    tuple(mentions),
                    tuple(chain.descriptions),
                    identifiers,
                )
            )
        return found, spans


def distinct(references: Iterable[Reference]) -> list[Reference]:
    """Return references in order, of those at one place the name, else the first.

    A stretch of text is a mention of one entity.
    """
    found: dict[tuple[int, int], Reference] = {}
    for one in references:
        other = found.get((one.start, one.end))
        if other is None or (one.kind == "name" and other.kind != "name"):
            found[one.start, one.end] = one
    return sorted(found.values())


def linked(entity: Entity, linker: Linker) -> Entity:
    """Return an entity with the identifiers that a linker knows; our own stay as they are."""
    known = linker(entity.name, entity.label, entity.descriptions)
    identifiers = {**known, **dict(entity.identifiers)}
    return entity._replace(identifiers=tuple(sorted(identifiers.items())))


def open_names(clusters: Clusters, entities: Sequence[Entity]) -> Iterator[Notice]:
    """Yield what short names were left open, with whom they may mean."""
    for number, candidates in sorted(clusters.candidates.items()):
        one = entities[number]
        first = min(one.mentions)
        names = " or ".join(entities[at].name for at in candidates)
        yield Notice("W241", f"{one.name!r} may be {names}: left open", first.start, first.end)


def open_speakers(found: Iterable[Open], entities: Sequence[Entity]) -> Iterator[Notice]:
    """Yield which sources and quotations are nobody's, with whom they may be."""
    for one in found:
        names = " or ".join(entities[at].name for at in one.candidates)
        yield Notice("W241", f"{one.text!r} may be {names}: left open", one.start, one.end)


def full_name(chain: Chain, published: date | None) -> str:
    """Return the name of a chain; an office tells the first name of a holder known by surname."""
    person = chain.person
    if chain.label != "PERSON" or person is None or person.first:
        return chain.name
    return holder(chain.descriptions, person.surname, published) or chain.name
