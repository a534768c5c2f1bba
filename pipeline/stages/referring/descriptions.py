"""Read descriptions of names: title before, apposition after, "X is the mayor"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipeline.document.columns import NOUN_TAGS, Columns
from pipeline.document.names import Chain, Reference, Role, places, roles, titles
from pipeline.stages.referring.appositions import Apposition, before, behind, role_at
from pipeline.stages.referring.chains import surface
from pipeline.text.words import word_set

MODIFIERS = frozenset(
    ("compound", "amod", "nmod", "poss", "nummod", "case", "npadvmod", "punct", "det")
)
LEADING = word_set("the a an his her their its ,")
MAX_WORDS = 12
PARTY_OF = {"r": "republican", "d": "democratic", "i": "independent"}
PARTY = re.compile(r"([RDI])\s?[-–]\s?([A-Z][A-Za-z]*\.?(?:[A-Z]\.|\s[A-Z][a-z]+)?)")
NO_ROLE = Role(None, frozenset())


class Describer:
    """Add descriptions, roles and gender to chains, and widen references over their titles."""

    def __init__(self, columns: Columns, chains: list[Chain]) -> None:
        self.columns = columns
        self.chains = chains
        self.equals: dict[int, int] = {}
        """Chain of the subject by the head of its predicate noun ("Kaine is a lawyer")."""
        self.possessors: list[tuple[int, str, int]] = []
        """Possessor's head, role, and chain of the person described ("Lee's lawyer, Ann Day")."""
        self.named: set[int] = set()
        """Tokens of persons' names, except those of "Lee's lawyer"."""
        self.children: dict[int, list[int]] = defaultdict(list)
        for i, head in enumerate(columns.heads):
            if head != i and columns.deps[i] in ("appos", "attr", "relcl", "prep", "nsubj"):
                self.children[head].append(i)

    def widen(self, reference: Reference) -> Reference:
        """Return a reference by name together with the title or role before it."""
        chain = self.chains[reference.chain]
        if chain.label != "PERSON":
            return reference
        start = self._title_start(reference)
        if start == reference.start:
            return reference
        self.describe(reference.chain, start, reference.start, reference.start - 1)
        return reference._replace(start=start)

    def _title_start(self, reference: Reference) -> int:
        columns = self.columns
        start = reference.start
        lower = columns.lower
        if not start or not (lower[start - 1] in titles() or self.role_at(start - 1)):
            return start
        up = columns.heads[reference.head]
        titled = columns.deps[reference.head] == "appos" and columns.tags[up] == "NNP"
        title = up if titled else None  # "Israel's Prime Minister" + "Benjamin Netanyahu"
        at = start - 1
        while at >= 0 and reference.start - at <= MAX_WORDS:
            if at == title:
                at -= 1
                continue
            head = columns.heads[at]
            inside = at < head < reference.end or columns.tags[at] == "POS"
            if (
                not inside
                or columns.deps[at] not in MODIFIERS
                or columns.tags[at] in (",", "PRP$", ":")
            ):
                break
            if columns.deps[at] == "det" or columns.words[at] in ('"', "“", "”", "(", ")"):
                break
            if "\n" in columns.words[at]:
                break
            at -= 1
        best = at + 1
        while best < reference.start and columns.lower[best] in ("'s", "’s", "-", "and"):
            best += 1
        if (
            best == reference.start
            and lower[start - 1] in titles()
            and columns.words[start - 1][0].isupper()
        ):
            best = reference.start - 1
        return best

    def role_at(self, i: int) -> str | None:
        """Return a token as a role noun, or None."""
        return role_at(self.columns, i)

    def describe(self, number: int, start: int, end: int, head: int) -> bool:
        """Add a phrase with its head noun to a chain, unless the genders differ."""
        columns, chain = self.columns, self.chains[number]
        role = roles().get(self.role_at(head) or "", NO_ROLE)
        if role.gender and chain.gender and role.gender != chain.gender:
            return False
        self._note_possessor(number, start, end, head)
        while start < end and columns.lower[start] in LEADING:
            start += 1
        if start >= end:
            return True
        text = surface(columns, start, end).rstrip(",")
        title = columns.lower[head]
        plain = end - start == 1 and title in titles() and not titles()[title].role
        if text and not plain and text not in chain.descriptions and len(chain.descriptions) < 12:
            chain.descriptions.append(text)
        chain.described.update(columns.lower[start:end])
        self.add_role(chain, self.role_at(head) or title)
        return True

    def _note_possessor(self, number: int, start: int, end: int, head: int) -> None:
        """Remember the possessor of a role: whose lawyer or wife somebody is."""
        role = self.role_at(head)
        if role is None:
            return
        columns = self.columns
        for i in range(start, min(end, head + 6)):
            up = columns.heads[i]
            if (columns.deps[i] == "poss" and up == head and columns.tags[i] != "PRP$") or (
                columns.deps[i] == "pobj"
                and columns.heads[up] == head
                and columns.lower[up] in ("for", "to", "of")
            ):
                self.possessors.append((i, role, number))

    def add_role(self, chain: Chain, noun: str) -> None:
        """Add a role to a chain, and the gender that it implies."""
        known = titles().get(noun)
        if known is not None:
            chain.gender = chain.gender or known.gender
            noun = known.role
        role = roles().get(noun, NO_ROLE)
        if noun:
            chain.called.add(noun)
            chain.roles.add(noun)
            chain.roles.update(role.wider)
            chain.gender = chain.gender or role.gender

    def read(self, references: Sequence[Reference]) -> dict[int, Reference]:
        """Describe chains by apposition and copula; return nominals that rename a name, by head."""
        persons = [one for one in references if self.chains[one.chain].label == "PERSON"]
        self.named = {
            i
            for one in persons
            if one.kind == "name" and self.columns.deps[one.head] != "poss"
            for i in range(one.start, one.end)
        }
        found: dict[int, Reference] = {}
        for reference in persons:
            if reference.kind == "name":
                self._read_party(reference)
                self._read_age(reference)
            for start, end, head in self._appositions(reference):
                if self.describe(reference.chain, start, end, head):
                    found[head] = Reference(start, end, head, "nominal", reference.chain)
            self._read_apposed(reference, found)
            self._read_copula(reference)
        return found

    def _appositions(self, reference: Reference) -> Iterator[Apposition]:
        """Yield the appositions around a reference, by the marks."""
        if reference.kind == "name":
            ahead = before(self.columns, reference.start, reference.end, self.named)
            if ahead is not None:
                yield ahead
        after = behind(self.columns, reference.end)
        if after is not None:
            yield after

    def _read_apposed(self, reference: Reference, found: dict[int, Reference]) -> None:
        """Describe by the noun that a name is parsed as an apposition of: "the mayor, Ann Lee"."""
        columns = self.columns
        up = columns.heads[reference.head]
        if columns.deps[reference.head] != "appos" or up >= reference.head or not self.role_at(up):
            return
        start, end = self.phrase(up)
        if start and columns.lower[start - 1] in ("for", "as") and start == up:
            return  # "the group that backs Lee for president, Ann Day"
        if start >= reference.start or not self.named.isdisjoint(range(start, up + 1)):
            return
        end = min(end, reference.start)
        while end > start and columns.words[end - 1] in (",", "-", "—", "–", ":"):
            end -= 1
        fits = self.describe(reference.chain, start, end, up)
        if fits and start < end and columns.tags[up] != "NNS":
            found[up] = Reference(start, end, up, "nominal", reference.chain)

    def _read_copula(self, reference: Reference) -> None:
        """Describe by "Lee is the mayor" and "the mayor is Lee"."""
        columns = self.columns
        dep, up = columns.deps[reference.head], columns.heads[reference.head]
        if dep == "nsubj" and columns.lower[up] in ("is", "was", "'s", "’s"):
            for i in self.children.get(up, ()):
                if columns.deps[i] == "attr" and i > up:
                    self.equals[i] = reference.chain
                    self._describe_by_role(reference.chain, i)
        elif dep == "attr" and columns.lower[up] in ("is", "was"):
            for i in self.children.get(up, ()):
                if columns.deps[i] == "nsubj" and i < up:
                    self._describe_by_role(reference.chain, i)

    def _describe_by_role(self, number: int, head: int) -> None:
        if self.role_at(head):
            start, end = self.phrase(head)
            self.describe(number, start, end, head)

    def _read_party(self, reference: Reference) -> None:
        """Add party and state of "(D-Calif.)" or ", R-Texas," after a name to its chain."""
        columns = self.columns
        at = reference.end
        if at + 1 >= len(columns.words) or columns.words[at] not in ("(", ","):
            return
        text = surface(columns, at + 1, min(at + 5, len(columns.words)))
        match = PARTY.match(text)
        if match is None:
            return
        chain = self.chains[reference.chain]
        chain.described.add(PARTY_OF[match[1].lower()])
        state = places().states.get(match[2].lower()) or places().states.get(match[2].lower() + ".")
        if state:
            chain.described.update(state.split())

    def _read_age(self, reference: Reference) -> None:
        """Add the age of "Rosa Moreno, 61, said" to a chain."""
        words = self.columns.words
        at = reference.end
        if at + 2 >= len(words) or words[at] != "," or words[at + 2] not in (",", "."):
            return
        age = words[at + 1]
        if age.isdecimal() and len(age) <= 3 and 0 < int(age) < 125:
            chain = self.chains[reference.chain]
            chain.described.update((age, "year", "old", f"{age}-year-old"))
            if age not in chain.descriptions:
                chain.descriptions.append(age)

    def phrase(self, head: int) -> tuple[int, int]:
        """Return the noun phrase of a head: modifiers before, "of …" and the like after."""
        columns = self.columns
        start = head
        while (
            start > 0
            and columns.tags[start] != "PRP$"
            and head - start < MAX_WORDS
            and (start - 1 < columns.heads[start - 1] <= head or columns.tags[start - 1] == "POS")
            and (columns.deps[start - 1] in MODIFIERS or columns.tags[start - 1] == "PRP$")
            and columns.tags[start - 1] not in (",", ":", "``", "''", "_SP")
        ):
            start -= 1
        end = head + 1
        for i in self.children.get(head, ()):
            if columns.deps[i] == "prep" and i == end:
                end = self._prepositional(i)
        return start, end

    def _prepositional(self, preposition: int) -> int:
        columns = self.columns
        end = preposition + 1
        while (
            end < len(columns.words)
            and end - preposition < MAX_WORDS
            and preposition <= columns.heads[end] <= end + 4
            and (
                columns.tags[end] in NOUN_TAGS
                or columns.tags[end] in ("DT", "JJ", "IN", "CC", "POS", "CD", "PRP$", "HYPH")
            )
        ):
            end += 1
        while end > preposition + 1 and columns.tags[end - 1] not in NOUN_TAGS:
            end -= 1
        return end if end > preposition + 1 else preposition
