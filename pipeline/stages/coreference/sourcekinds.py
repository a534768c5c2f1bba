"""Classify sources without an entity by their head noun."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.document.columns import PLURAL_TAGS, PROPER_TAGS, Columns
from pipeline.model.reference.mentions import is_national
from pipeline.model.speakers.scene import Mentioned, NamedEntity
from pipeline.names.lists import first_names, places, roles, sense_of, titles
from pipeline.records.labels import KIND_OF_LABEL, UNNAMED, SourceKind
from pipeline.text.words import word_set

WINDOW = 60
"""Number of words to look at on each side of the head of a source."""
INDEFINITE = word_set("a an another any one some")
AMOUNTS = word_set(
    "all any both dozens each few half handful hundreds lot lots majorities many million most "
    "neither none number one other others part percent plenty quarter quarters rest several some "
    "third thirds those thousands two three four five %"
)
"""Heads that count the noun after "of": "a number of senators"."""
WITHIN_NAME = frozenset(("NN", "NNP", "NNPS", "NNS", "JJ", "POS", "HYPH", "''"))
"""Tags allowed between a name and the body that it names: "Goa's state government"."""
GOVERNING = frozenset(("IN", "TO", "VBG", "VBD", "VBZ", "VBP", "WP", "WDT"))
"""Tags before names that are not those of the source: "aides to", "backing"."""
WITHIN_OFFICE = frozenset(("IN", "DT", "NN", "NNS", "JJ", "CC"))
"""Tags allowed in "the ministry of internal affairs of Samoa"."""
ORDER: tuple[SourceKind, ...] = (
    "person", "organisation", "place", "unnamed_group", "unnamed_person", "document", "data",
    "unknown",
)  # fmt: skip
"""Precedence of kinds for a source that joins several."""


class SourceKinds:
    """The kinds of the sources of one document."""

    def __init__(
        self, columns: Columns, chains: Sequence[NamedEntity], references: Iterable[Mentioned]
    ) -> None:
        self.columns = columns
        self.chains = chains
        self.name_at: dict[int, Mentioned] = {}
        """The name that each token is part of."""
        for one in references:
            if one.kind == "name":
                self.name_at |= dict.fromkeys(range(one.start, one.end), one)

    def of(self, start: int, end: int, head: int) -> SourceKind:
        """Return the kind of a source, by the tokens of its phrase and its head."""
        start, end = max(start, head - WINDOW), min(end, head + WINDOW)
        named = self._examples(start, end) or self._named(start, end, head)
        if named is not None:
            return named
        found = {self._of_noun(start, end, noun) for noun in self._joined(end, head)}
        if len(found) > 1 and found <= {*UNNAMED, "unknown"}:
            return "unnamed_group"
        return min(found, key=ORDER.index)

    def _named(self, start: int, end: int, head: int) -> SourceKind | None:
        """Return the kind of the people or bodies that a source names.

        "The experts Ann Day and Tom Reed", but not "aides to Ann Day" and "Day aides".
        """
        tags, found = self.columns.tags, set()
        for i in range(start, end):
            name = self.name_at.get(i)
            if name is None and tags[i] in GOVERNING:
                break
            if name is not None and (name.end >= end or tags[name.end] not in WITHIN_NAME):
                label = self.chains[name.chain].label
                found.add(label if label == "PERSON" or i >= head else "")
        if "PERSON" in found or self._ends_in_stranger(end, head):
            return "person"
        several = sense_of(self.columns.lower[head]) == "person"
        return "organisation" if "ORG" in found and not several else None

    def _ends_in_stranger(self, end: int, head: int) -> bool:
        """Return whether two words after the name of a body are the person who is the source.

        "Director of Firth Capital Alia Quill", regardless of their labels in the base model.
        """
        body, first = self.name_at.get(end - 3), self.name_at.get(end - 2)
        if body is None or first is None or body.end != end - 2 or end - 1 not in self.name_at:
            return False
        gazetteer, words = places(), self.columns.lower[end - 2 : end]
        known = gazetteer.countries.keys() | gazetteer.others.keys() | gazetteer.states.keys()
        return (
            self.chains[body.chain].label == "ORG"
            and sense_of(self.columns.lower[head]) == "person"
            and self.columns.tags[head] not in PLURAL_TAGS
            and known.isdisjoint((*words, " ".join(words)))
        )

    def _joined(self, end: int, head: int) -> list[int]:
        """Return the head of a source and those that "and" joins to it."""
        columns = self.columns
        found = [head]
        for i in range(head + 1, end):
            if columns.tags[i] == "IN" and head not in self.name_at:
                break  # "researchers from Leeds and York"
            if columns.deps[i] == "conj" and columns.heads[i] in found:
                found.append(i)
        return found

    def _of_noun(self, start: int, end: int, noun: int) -> SourceKind:
        columns = self.columns
        word, tag = columns.lower[noun], columns.tags[noun]
        name = self.name_at.get(noun)
        if name is not None:
            label = self.chains[name.chain].label
            if label == "NORP" and tag not in PLURAL_TAGS:  # "the French"
                return "unnamed_group" if tag == "JJ" else "unnamed_person"
            return KIND_OF_LABEL[label]
        if is_national(columns, noun):  # "the Swede"
            return "unnamed_person"
        if word in AMOUNTS:
            return self._of_amount(start, end, noun)
        sense = sense_of(word)
        if sense in ("document", "data"):
            return sense
        single = tag not in PLURAL_TAGS and word != "people"
        if sense == "body" and single and self._is_named(start, end, noun):
            return "organisation"
        if sense is not None:
            return "unnamed_person" if sense == "person" and single else "unnamed_group"
        return self._of_stranger(start, end, noun)

    def _of_stranger(self, start: int, end: int, noun: int) -> SourceKind:
        """Return the kind of a source by the names in it, if its head is in no list."""
        columns = self.columns
        proper = columns.tags[noun] in PROPER_TAGS
        if proper and any(map(self._is_personal, range(start, noun + 1))):
            return "person"
        if proper and noun > start and sense_of(columns.lower[noun - 1]) == "body":
            return "organisation"
        if self.name_at.keys().isdisjoint(range(start, end)):
            return "unknown"
        return "organisation" if proper else "document"

    def _of_amount(self, start: int, end: int, noun: int) -> SourceKind:
        """Return the kind of "two of the lawyers", "most of the reports" or just "many"."""
        columns = self.columns
        counted = next(
            (
                i
                for i in range(noun + 2, end)
                if columns.lower[noun + 1] == "of" and columns.heads[i] == noun + 1
            ),
            None,
        )
        name = None if counted is None else self.name_at.get(counted)
        if counted is not None and (name is None or self.chains[name.chain].label != "NORP"):
            kind = self._of_noun(start, end, counted)
            if kind not in UNNAMED:
                return kind
        return "unnamed_person" if columns.lower[noun] == "one" else "unnamed_group"

    def _is_named(self, start: int, end: int, noun: int) -> bool:
        """Return whether a body has a name: "the Samoan government", "the government of Samoa"."""
        columns = self.columns
        if columns.lower[start] in INDEFINITE:
            return False
        at = noun - 1
        while at >= start and at not in self.name_at and columns.tags[at] in WITHIN_NAME:
            at -= 1
        if at >= start and at in self.name_at:
            return True
        after = noun + 1
        while after < end and columns.tags[after] in WITHIN_OFFICE:
            after += 1
            if after in self.name_at and columns.lower[after - 1] in ("of", "the"):
                return after < end
        return False

    def _is_personal(self, i: int) -> bool:
        """Return whether a word is a title, a role or a first name."""
        word = self.columns.lower[i]
        return self.columns.tags[i] in PROPER_TAGS and (
            word in titles() or word in roles() or word in first_names()
        )

    def _examples(self, start: int, end: int) -> SourceKind | None:
        """Return the kind of the names that a source gives as examples: "firms such as Acme"."""
        lower = self.columns.lower
        for i in range(start + 1, end - 1):
            if self.columns.tags[i - 2] == "IN" and i - 2 >= start:
                return None  # "officials in six states, including Ohio"
            if lower[i] == "including" or lower[i - 1 : i + 1] == ["such", "as"]:
                name = next((self.name_at[j] for j in range(i + 1, end) if j in self.name_at), None)
                if name is not None:
                    return KIND_OF_LABEL[self.chains[name.chain].label]
        return None
