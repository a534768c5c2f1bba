"""Clean the names that the base model found, in ``doc.ents``."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.document.columns import Columns
from pipeline.stages.naming.contexts import relabel
from pipeline.stages.naming.headlines import mend_headline
from pipeline.stages.naming.missednames import find_missed
from pipeline.stages.naming.namespans import NAME_LABELS, Name, affiliate, tidy
from pipeline.stages.naming.namevotes import Votes, common_words
from pipeline.stages.naming.newnames import (
    abbreviated,
    bodies,
    first_names_alone,
    known_organisations,
    line_names,
    lower_places,
    surname_first,
    transcript_speakers,
)
from pipeline.stages.naming.personal import (
    called,
    holders,
    of_known_surnames,
    with_first_names,
    with_particles,
    with_surnames,
)
from pipeline.stages.naming.uppercase import (
    capital_lines,
    datelines,
    names_in_capitals,
    part,
)


@Language.factory(
    "news_entities",
    requires=["doc.ents", "token.tag", "token.dep"],
    assigns=["doc.ents"],
)
def make_entities(nlp: Language, name: str) -> Entities:  # noqa: ARG001 (spaCy passes both)
    """Return the stage ``news_entities``."""
    return Entities()


class Entities:
    """Mend spans and labels of names by rule, and agree on them over the document.

    Articles, titles and possessives are taken off; every name gets the label that most of its
    places in the article have, known places, organisations and first names weighing more; names
    that the model saw only in some places are found in the others. Entities that are no names
    (dates, amounts) stay as they are.
    """

    def __call__(self, doc: Doc) -> Doc:
        columns = Columns(doc)
        names: list[Name] = []
        others: list[Span] = []
        for ent in doc.ents:
            if ent.label_ in NAME_LABELS:
                names.extend(tidy(columns, ent.start, ent.end, ent.label_))
            else:
                others.append(ent)
        names = merge(names, with_particles(columns, names))
        names = merge(names, called(columns, names))
        names = merge(names, known_organisations(columns, names))
        names = merge(names, transcript_speakers(columns))
        names = merge(names, datelines(columns))
        names = merge(names, abbreviated(columns))
        names = merge(names, bodies(columns, names))
        names = merge(names, line_names(columns))
        names = merge(names, surname_first(columns, names))
        names = merge(names, lower_places(columns, names))
        names = merge(names, first_names_alone(columns, names))
        lines = capital_lines(columns)
        names, doubted = part(names, lines)
        names = relabel(columns, names)
        names = merge(names, of_known_surnames(columns, names))
        names = merge(names, holders(columns, names))
        votes = Votes(columns, names)
        names = [affiliate(columns, votes.decide(name)) for name in names]
        names = merge(names, with_first_names(columns, names))
        names = merge(names, with_surnames(columns, names))
        names = mend_headline(columns, common_words(columns, names))
        names = names_in_capitals(columns, names, lines, doubted)
        names = find_missed(columns, names, votes)
        doc.ents = _disjoint(doc, names, others)
        return doc


def merge(names: list[Name], better: list[Name]) -> list[Name]:
    """Return names in order, the better ones in place of what they overlap."""
    if not better:
        return names
    taken = {i for name in better for i in range(name.start, name.end)}
    kept = [n for n in names if taken.isdisjoint(range(n.start, n.end))]
    return sorted(kept + better)


def _disjoint(doc: Doc, names: list[Name], others: list[Span]) -> list[Span]:
    """Return names and other entities in order, a name before what it overlaps."""
    taken: list[Span] = []
    end = 0
    rivals = [(name.start, 0, Span(doc, *name)) for name in names]
    rivals += [(span.start, 1, span) for span in others]
    rivals.sort(key=lambda rival: rival[:2])
    for start, kind, span in rivals:
        if start < end:
            if kind == 0 and taken[-1].label_ not in NAME_LABELS:
                taken.pop()
            else:
                continue
        taken.append(span)
        end = span.end
    return taken
