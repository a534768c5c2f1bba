"""Find the names of a document, with one label per name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import exp
from typing import TypeVar

from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.document.annotations import News
from pipeline.document.columns import Columns
from pipeline.document.names import NAME_LABELS, Name, trimmed
from pipeline.document.rules import By, named
from pipeline.model.names.network import LABELS, FoundName, NameNetwork, agree, of_spans, spans
from pipeline.model.names.network import network as load_network
from pipeline.model.session import Floats
from pipeline.stages.order import check_order

Spanned = TypeVar("Spanned", Name, FoundName)
RECOGNISER = named("recogniser", "the entity recogniser of the base model")


@Language.factory(
    "news_entities",
    default_config={"network": None},
    requires=["token.tag", "token.dep"],
    assigns=["doc.ents", "token.ent_type", "token.ent_iob"],
)
def make_entities(
    nlp: Language,  # noqa: ARG001 (spaCy passes both)
    name: str,  # noqa: ARG001
    network: str | None,
) -> Entities:
    """Return the stage ``news_entities``.

    ``network``: the name of the trained network in ``models/`` that finds names, dates and amounts;
    None reads those that a recogniser of the base model has put into ``doc.ents``.
    """
    return Entities(load_network(network) if network else None)


class Entities:
    """Find names, dates and amounts; all places of a name in a document have the same label."""

    def __init__(self, network: NameNetwork | None = None) -> None:
        self.network = network

    def __call__(self, doc: Doc) -> Doc:
        if not len(doc):
            return doc
        if self.network is not None:
            check_order(doc, "news_entities")
        columns = Columns(doc)
        likely = self.likely(doc, columns)
        found = list(whole(columns, agree(columns, likely, spans(likely))))
        if doc._.news.keeps_decisions:
            self._explain(doc._.news, columns, found)
        taken = {at for one in found for at in range(one.start, one.end)}
        others = [
            one
            for one in doc.ents
            if one.label_ not in LABELS and taken.isdisjoint(range(one.start, one.end))
        ]
        doc.ents = [*(Span(doc, one.start, one.end, one.label) for one in found), *others]
        return doc

    def _explain(self, news: News, columns: Columns, found: Iterable[FoundName]) -> None:
        """Record what decided about the names."""
        by: By = self.network.name if self.network else RECOGNISER
        for one in found:
            place = columns.starts[one.start], columns.ends[one.end - 1]
            news.decide(
                "entities", place, "name", by, round(exp(one.sure), 4) if self.network else None
            )

    def likely(self, doc: Doc, columns: Columns) -> Floats:
        """Return the (n, tags) log-probabilities of each token's tags."""
        if self.network is not None:
            return self.network.likely(doc, columns)
        names = whole(columns, (Name(one.start, one.end, one.label_) for one in doc.ents))
        return of_spans(len(doc), names)


def whole(columns: Columns, found: Iterable[Spanned]) -> Iterator[Spanned]:
    """Yield spans with names trimmed; omit names of which nothing remains.

    ``found`` is in text order; no two spans overlap, before or after.
    """
    taken = 0
    for one in found:
        if one.label in NAME_LABELS:
            start, end = trimmed(columns, one.start, one.end, one.label)
            one = one._replace(start=max(start, taken), end=end)
        if one.start < one.end:
            taken = one.end
            yield one
