"""Give attributions their entity and quotations their speaker."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence

from pipeline.stages.annotations import Attribution, Bounds, Quote
from pipeline.stages.columns import NOUN_TAGS, Columns
from pipeline.stages.referring.appositions import role_at
from pipeline.stages.referring.chains import Chain, Reference

LEADING_TAGS = frozenset(("DT", "WDT", "IN"))
COMMON_TAGS = frozenset(("NN", "NNS", "JJ", "CD", "DT", "JJS", "JJR"))


class Places:
    """Look up tokens by character offset."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    def tokens(self, bounds: Bounds) -> tuple[int, int]:
        """Return the tokens that a stretch of text touches, as a half-open range."""
        start = bisect_right(self.columns.ends, bounds[0])
        end = bisect_left(self.columns.starts, bounds[1])
        return start, max(start, end)

    def head(self, bounds: Sequence[Bounds]) -> int | None:
        """Return the token that heads a source."""
        for one in bounds:
            start, end = self.tokens(one)
            if start < end:
                return self.columns.root(start, end)
        return None


class SourceResolver:
    """Find the entity that a source is."""

    def __init__(
        self, columns: Columns, chains: Sequence[Chain], references: Sequence[Reference]
    ) -> None:
        self.columns = columns
        self.chains = chains
        self.places = Places(columns)
        self.by_head: dict[int, Reference] = {}
        self.at_end: dict[int, Reference] = {}
        self.at_start: dict[int, Reference] = {}
        self.interviewed: int | None = None
        """Who answers, -1 for nobody, ``None`` until it is asked."""
        for reference in references:
            old = self.by_head.get(reference.head)
            if old is None or old.end - old.start < reference.end - reference.start:
                self.by_head[reference.head] = reference
            if reference.kind == "name":
                title = columns.heads[reference.head]
                if reference.start <= title < reference.head:
                    self.by_head.setdefault(title, reference)
                self.at_end[reference.end] = reference
                self.at_start.setdefault(reference.start, reference)

    def resolve(self, one: Attribution) -> Attribution:
        """Return an attribution with its entity, or with its source marked as one without name."""
        if not one.source:
            return one
        anonymous = False
        for bounds in one.source:
            start, end = self.places.tokens(bounds)
            if start >= end:
                continue
            letter = self.columns.words[start].rstrip(".")
            if end == start + 1 and one.lemma == ":" and letter in ("Q", "A"):
                answers = self._interviewed(start) if letter == "A" else None
                return one._replace(entity=answers, anonymous=answers is None)
            head = self._head(start, end)
            if self._several(head, start, end):
                return one._replace(entity=None, anonymous=False)
            if self._is_native(head):
                continue
            reference = self.by_head.get(head) or self._at_edges(head, start, end)
            if reference is not None:
                return one._replace(entity=reference.chain, anonymous=False)
            apposed = self._apposed(start, end)
            if apposed is not None:
                told = self._tells_whose(head, start, apposed)
                return one._replace(entity=apposed.chain if told else None, anonymous=False)
            anonymous = anonymous or self.columns.tags[head] in COMMON_TAGS
        return one._replace(entity=None, anonymous=anonymous or one.form == "nominal")

    def _interviewed(self, turn: int) -> int | None:
        """Return who answers in an interview of questions and answers: the person whom the words
        before it name most.
        """
        if self.interviewed is None:
            named = Counter(
                reference.chain
                for reference in self.by_head.values()
                if reference.end <= turn and self.chains[reference.chain].label == "PERSON"
            ).most_common(2)
            alone = len(named) == 1 or (len(named) == 2 and named[0][1] > named[1][1])
            self.interviewed = named[0][0] if alone else -1
        return None if self.interviewed < 0 else self.interviewed

    def _head(self, start: int, end: int) -> int:
        """Return the head of a source; "which" of "which the bank detailed" is none."""
        while start < end - 1 and self.columns.tags[start] in LEADING_TAGS:
            start += 1
        return self.columns.root(start, end)

    def _several(self, head: int, start: int, end: int) -> bool:
        """Tell whether a source names several: "Smith and Jones"."""
        columns = self.columns
        first = self.at_start.get(start)
        if first is not None and first.end < end - 1 and columns.lower[first.end] == "and":
            return True
        if self._persons_joined(start, end):
            return True
        return any(
            columns.deps[i] == "conj"
            and columns.heads[i] == head
            and columns.tags[i] in NOUN_TAGS
            and not self._both(start, head, i)
            for i in range(head + 1, end)
        )

    def _persons_joined(self, start: int, end: int) -> bool:
        """Tell whether a source ends in a person's name behind "and" that follows another's."""
        last = self.at_end.get(end)
        if last is None or self.chains[last.chain].label not in ("PERSON", "ORG"):
            return False
        lower = self.columns.lower
        at = next((i for i in range(last.start - 1, start, -1) if lower[i] == "and"), start)
        first = self.at_end.get(at)
        if first is None or self.chains[first.chain].label != "PERSON":
            return False
        return all(tag in ("DT", "JJ", "NNP") for tag in self.columns.tags[start : first.start])

    def _both(self, start: int, head: int, other: int) -> bool:
        """Tell whether one person is two things: "the former actress and senator"."""
        tags = self.columns.tags
        one = tags[head] == tags[other] == "NN" and tags[start] in ("DT", "PRP$")
        return one and not any(tag in ("DT", "PRP$", "POS", ",") for tag in tags[head:other])

    def _is_native(self, head: int) -> bool:
        """Tell whether a source is one of a people who has a name elsewhere: "the Swede said"."""
        reference = self.by_head.get(head)
        return (
            reference is not None
            and reference.start > 0
            and self.chains[reference.chain].label == "NORP"
            and self.columns.tags[head] in ("NN", "NNP", "JJ")
            and self.columns.lower[reference.start - 1] in ("the", "a", "an")
        )

    def _apposed(self, start: int, end: int) -> Reference | None:
        """Return the name of a person or body that a source ends in behind a comma."""
        found = self.at_end.get(end)
        if found is None or found.start <= start or self.columns.words[found.start - 1] != ",":
            return None
        return found if self.chains[found.chain].label in ("PERSON", "ORG") else None

    def _tells_whose(self, head: int, start: int, apposed: Reference) -> bool:
        """Tell whether the name behind a comma can be nobody's but the source's.

        "Her predecessor, Lee" and "One of them, Lee", but not "a lawyer for the accused, Lee".
        """
        columns = self.columns
        before = range(start, apposed.start - 1)
        person = self.chains[apposed.chain].label == "PERSON"
        if not person and role_at(columns, head) is not None:
            return False
        if columns.lower[head] == "one":
            return columns.tags[apposed.start - 2] in ("PRP", "NNS", "NNPS")
        return head in before and not any(
            columns.tags[i] in ("IN", "TO", ",", "CC", "WP", "NNS") for i in before
        )

    def _at_edges(self, head: int, start: int, end: int) -> Reference | None:
        """Return the name that a source consists of where the parse has another head."""
        reference = self.at_start.get(start)
        if (
            reference is not None
            and self.chains[reference.chain].label != "NORP"
            and (reference.end >= end or self.columns.tags[head] not in COMMON_TAGS | NOUN_TAGS)
        ):
            return reference
        reference = self.at_end.get(end)
        if reference is not None and reference.start <= start:
            return reference
        return None


def with_speakers(quotes: Sequence[Quote], attributions: Sequence[Attribution]) -> list[Quote]:
    """Return quotations with the entity of their attribution; a carried-on one inherits it."""
    found: list[Quote] = []
    for quote in quotes:
        speaker = None
        if quote.attribution is not None and quote.attribution < len(attributions):
            speaker = attributions[quote.attribution].entity
        elif quote.continues is not None and quote.continues < len(found):
            speaker = found[quote.continues].speaker
        found.append(quote._replace(speaker=speaker))
    return found
