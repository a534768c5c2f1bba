"""Find the names of a document, with one label per name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import exp
from typing import TypeVar

from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.document.annotations import News
from pipeline.document.columns import FINITE_TAGS, Columns
from pipeline.document.names import NAME_LABELS, Name, genders, organisations, trimmed
from pipeline.document.rules import By, named
from pipeline.reader.names.network import LABELS, Found, Network, agree, of_spans, spans
from pipeline.reader.names.network import network as load_network
from pipeline.reader.session import Floats
from pipeline.stages.order import check_order

Spanned = TypeVar("Spanned", Name, Found)
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

    def __init__(self, network: Network | None = None) -> None:
        self.network = network

    def __call__(self, doc: Doc) -> Doc:
        if not len(doc):
            return doc
        if self.network is not None:
            check_order(doc, "news_entities")
        columns = Columns(doc)
        likely = self.likely(doc, columns)
        found = list(whole(columns, agree(columns, likely, spans(likely))))
        found = with_own_endings(columns, with_nicknames(columns, found))
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

    def _explain(self, news: News, columns: Columns, found: Iterable[Found]) -> None:
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


QUOTES = {'"': '"', "“": "”"}
LONGEST_NICKNAME = 3


def with_nicknames(columns: Columns, found: Iterable[Found]) -> list[Found]:
    """Return names in which a person's nickname in quotation marks splits no name.

    Both parts of a name that ends or begins within the marks of 'Witold "Vic" Walczak' are one.
    """
    words, joined = columns.words, list[Found]()
    for one in found:
        start = one.start
        if one.label == "PERSON":
            open_at = _opening(words, one)
            if open_at is not None:
                start = open_at - 1
                while joined and joined[-1].end > start:
                    start = min(start, joined.pop().start)
        joined.append(one._replace(start=start))
    return joined


def _opening(words: list[str], name: Found) -> int | None:
    """Return the mark before a nickname that the first words of a name close, or None."""
    close = next(
        (
            i
            for i in range(max(1, name.start - 1), name.end - 1)
            if words[i] in QUOTES.values() and words[i - 1][0].isalpha()
        ),
        None,
    )
    if close is None:
        return None
    for i in range(close - 2, max(0, close - 2 - LONGEST_NICKNAME), -1):
        if QUOTES.get(words[i]) == words[close]:
            before = words[i - 1]
            named = before[0].isupper() and before.rstrip(".").lower() in genders()
            return i if i < name.start or named else None
    return None


BE = frozenset(("is", "was", "are", "were"))
OWNED = frozenset(("ORG", "PERSON"))


def with_own_endings(columns: Columns, found: Sequence[Found]) -> list[Found]:
    """Return names with their own ending: "McDonald's said", "Macy's (M.N)", "Moody's".

    No possessive comes before its verb or a bracket. What has such an ending is an organisation.
    """
    words = columns.words
    persons = {words[one.end - 1] for one in found if one.label == "PERSON" and one[1] > one[0] + 1}
    single = [
        one
        for one in found
        if one.end == one.start + 1
        and one.label in OWNED
        and words[one.start] not in persons
        and words[one.end : one.end + 1] in (["'s"], ["’s"])
    ]
    own = {words[one.start] for one in single if _owns_ending(columns, one)}
    places = {one.start for one in single if words[one.start] in own}
    return [
        one._replace(end=one.end + 1, label="ORG") if one.start in places else one for one in found
    ]


def _owns_ending(columns: Columns, one: Found) -> bool:
    words, at, after = columns.words, one.start, one.end + 1
    if one.label == "ORG" and f"{words[at]}'s" in organisations().certain:
        return True
    if after >= len(words) or columns.tags[one.end] != "POS" or columns.lower[at - 1] == "of":
        return False
    subject = columns.deps[at] == "nsubj" and columns.heads[at] == after
    says = subject and columns.tags[after] in FINITE_TAGS and words[after] not in BE
    return says or words[after] == "("
