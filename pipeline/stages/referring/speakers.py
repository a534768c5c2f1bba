"""Give attributions their entity and quotations their speaker."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence

from pipeline.document.columns import NOUN_TAGS, Columns
from pipeline.document.names import kinds
from pipeline.records.labels import KIND_OF_LABEL, UNNAMED, SourceKind
from pipeline.stages.annotations import Attribution, Bounds, Quote
from pipeline.stages.referring.appositions import role_at
from pipeline.stages.referring.chains import Chain, Reference
from pipeline.stages.referring.sourcekinds import SourceKinds, sense_of

LEADING_TAGS = frozenset(("DT", "WDT", "IN"))
IN_PHRASE = frozenset(("DT", "PRP$", "NN", "NNP", "NNPS", "JJ", "VBN", "CD", "CC", "HYPH", "POS"))
"""Tags of what may be in a noun phrase before its name."""
NAMED = frozenset(("person", "organisation", "place"))
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
        self.kinds = SourceKinds(columns, chains, references)
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
        """Return an attribution with its entity and the kind of its source."""
        if not one.source:
            return one
        kind: SourceKind | None = None
        for bounds in one.source:
            start, end = self.places.tokens(bounds)
            if start >= end:
                continue
            entity, found = self._read(one, start, end)
            if entity is not None or found in NAMED:
                return one._replace(entity=entity, anonymous=False, source_kind=found)
            kind = kind or found
        kind = kind or "unknown"
        return one._replace(entity=None, anonymous=kind in UNNAMED, source_kind=kind)

    def _read(self, one: Attribution, start: int, end: int) -> tuple[int | None, SourceKind]:
        """Return the entity behind the words of a source, if it is known, and their kind."""
        letter = self.columns.words[start].rstrip(".")
        if end == start + 1 and one.lemma == ":" and letter in ("Q", "A"):
            answers = self._interviewed(start) if letter == "A" else None
            return answers, "unnamed_person" if answers is None else self._kind(answers)
        head = self._head(start, end)
        several, reference = self._several(head, start, end), self.by_head.get(head)
        if several or reference is None or self._kind(reference.chain) != "person":
            titled = self._titled(start, end)
            if titled is not None:
                one_person = self._is_one(start, titled.start)
                return titled.chain if one_person else None, self._kind(titled.chain)
        if several or self._is_native(head):
            reference = None
        else:
            reference = reference or self._at_edges(head, start, end)
            reference = reference or self._place(head, end)
            apposed = self._apposed(head, start, end) if reference is None else None
            if apposed is not None:
                told = self._tells_whose(head, start, *apposed)
                chain = apposed[0].chain
                return chain if told else None, self._kind(chain)
        if reference is None:
            return None, self.kinds.of(start, end, head)
        return reference.chain, self._kind(reference.chain)

    def _kind(self, chain: int) -> SourceKind:
        return KIND_OF_LABEL[self.chains[chain].label]

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

    def _titled(self, start: int, end: int) -> Reference | None:
        """Return the name at the end of the noun phrase that a source begins with.

        "Study co-author Ted Scambos of …", "the security firm Firth.com", "actor and producer Ann
        Day": what is in front of the name says what it is.
        """
        columns, stop = self.columns, start
        while stop < end and (stop in self.kinds.name_at or columns.tags[stop] in IN_PHRASE):
            stop += 1
        found = self.at_end.get(stop)
        if found is None or found.start <= start:
            return None
        before = found.start - 1
        label, tag = self.chains[found.chain].label, columns.tags[before]
        sense = sense_of(columns.lower[before])
        if label == "ORG":  # and nobody behind it who speaks for it
            fits = stop == end and columns.words[before].islower() and sense == "body"
        else:
            person = label == "PERSON" and tag in ("NN", "NNP", "CC")
            fits = person and sense not in ("document", "data")
        return found if fits and "NNS" not in columns.tags[start:before] else None

    def _is_one(self, start: int, end: int) -> bool:
        """Tell whether titles in front of a name are one person's, whatever "and" joins in them."""
        columns = self.columns
        joints = [i for i in range(start, end) if columns.lower[i] in ("and", "&", "or", "nor")]
        return not joints or (
            columns.tags[start] not in ("DT", "PRP$")
            and all(self._is_title(i - 1) for i in joints)
            and not any(
                self.chains[self.kinds.name_at[i].chain].label == "PERSON"
                for i in range(start, end)
                if i in self.kinds.name_at
            )
        )

    def _is_title(self, i: int) -> bool:
        """Tell whether a noun before "and" can be a part of one person's title."""
        tag, word = self.columns.tags[i], self.columns.lower[i]
        if tag == "NNP":
            return role_at(self.columns, i) is not None
        return tag in ("NN", "JJ") and sense_of(word) in (None, "person")

    def _place(self, head: int, end: int) -> Reference | None:
        """Return the place of "the city of Leeds"."""
        found = self.at_start.get(head + 2)
        if found is None or found.end > end or self.columns.lower[head + 1] != "of":
            return None
        return found if kinds().get(self.columns.lower[head]) == "GPE" else None

    def _apposed(self, head: int, start: int, end: int) -> tuple[Reference, int] | None:
        """Return the name of a person or body that a source ends in, and the comma before it.

        The name may have a title or "the" in front, and a person's no comma: "director of Firth
        Capital Ann Lee".
        """
        columns, found = self.columns, self.at_end.get(end)
        if found is None or found.start <= start:
            return None
        label, at = self.chains[found.chain].label, found.start - 1
        if label == "PERSON":
            if self._is_body(at) and self._is_person(head, at):
                return found, found.start
            while at > start and columns.tags[at] in IN_PHRASE:
                at -= 1
        elif columns.lower[at] == "the":
            at -= 1
        if columns.words[at] != "," or label not in ("PERSON", "ORG"):
            return None
        return found, at

    def _is_person(self, head: int, end: int) -> bool:
        """Tell whether a source is one person, and no word behind its head another."""
        columns = self.columns
        return columns.tags[head] in ("NN", "NNP") and [
            i for i in range(head, end) if self._is_human(i)
        ] == [head]

    def _is_human(self, i: int) -> bool:
        name = self.kinds.name_at.get(i)
        if name is not None:
            return self.chains[name.chain].label == "PERSON"
        return self.columns.tags[i] in NOUN_TAGS and sense_of(self.columns.lower[i]) == "person"

    def _is_body(self, i: int) -> bool:
        """Tell whether a noun is, or a name names, something that is no person."""
        name = self.kinds.name_at.get(i)
        if name is not None:
            return self.chains[name.chain].label not in ("PERSON", "NORP")
        if self.columns.tags[i] not in ("NN", "NNS"):
            return False
        return sense_of(self.columns.lower[i]) in ("body", "document", "data")

    def _tells_whose(self, head: int, start: int, apposed: Reference, comma: int) -> bool:
        """Tell whether the name behind a comma can be nobody's but the source's.

        "Her predecessor, Lee", "One of them, Lee" and "a lawyer for Firth Capital, Lee", but not "a
        lawyer for the accused, Lee".
        """
        columns = self.columns
        before = range(start, comma)
        person = self.chains[apposed.chain].label == "PERSON"
        if not person and role_at(columns, head) is not None:
            return False
        if columns.lower[head] == "one":
            return columns.tags[comma - 1] in ("PRP", "NNS", "NNPS")
        if head not in before:
            return False
        if not any(columns.tags[i] in ("IN", "TO", ",", "CC", "WP", "NNS") for i in before):
            return True
        last = comma - 1
        if columns.words[last] == ")":  # "the Council on River Care (CRC), Ann Lee"
            last -= 1
        return person and self._is_person(head, comma) and self._is_body(last)

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
