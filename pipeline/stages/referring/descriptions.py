"""Read what the text says of a name: title in front, apposition behind, "X is the mayor"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from pipeline.stages.columns import NOUN_TAGS, Columns
from pipeline.stages.naming.names import Role, places, roles, titles
from pipeline.stages.referring.chains import Chain, Reference, surface
from pipeline.text.wordset import word_set

MODIFIERS = frozenset(
    ("compound", "amod", "nmod", "poss", "nummod", "case", "npadvmod", "punct", "det")
)
MAX_WORDS = 12
ONCE = word_set("now then currently formerly once previously also long")
MAX_APPOSITION = 30
PARTY_OF = {"r": "republican", "d": "democratic", "i": "independent"}
APPOSITION_MARKS = frozenset((",", "--", "—", "–", "-"))
PARTY = re.compile(r"([RDI])\s?[-–]\s?([A-Z][A-Za-z]*\.?(?:[A-Z]\.|\s[A-Z][a-z]+)?)")
NO_ROLE = Role(None, frozenset())


class Describer:
    """Add descriptions, roles and gender to chains, and widen references over their titles."""

    def __init__(self, columns: Columns, chains: list[Chain]) -> None:
        self.columns = columns
        self.chains = chains
        self.equals: dict[int, int] = {}
        """Chain of the subject by the head of what it is said to be ("Kaine is a lawyer")."""
        self.possessors: list[tuple[int, str, int]] = []
        """Possessor's head, role and chain of who is described so ("Lee's lawyer, Ann Day")."""
        self.named: set[int] = set()
        """Tokens of persons' names, but for those of "Lee's lawyer"."""
        self.children: dict[int, list[int]] = defaultdict(list)
        for i, head in enumerate(columns.heads):
            if head != i and columns.deps[i] in ("appos", "attr", "relcl", "prep", "nsubj"):
                self.children[head].append(i)

    def widen(self, reference: Reference) -> Reference:
        """Return a reference by name together with the title or role in front of it."""
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
        at = start - 1
        while at >= 0 and reference.start - at <= MAX_WORDS:
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
        """Return the role noun that a token is, "vice president" and the like as one."""
        lower = self.columns.lower
        known = roles()
        if i > 0 and f"{lower[i - 1]} {lower[i]}" in known:
            return f"{lower[i - 1]} {lower[i]}"
        if lower[i] in known:
            return lower[i]
        return None

    def describe(self, number: int, start: int, end: int, head: int) -> bool:
        """Add the words of a phrase with its head noun to a chain, unless its gender forbids."""
        columns, chain = self.columns, self.chains[number]
        role = roles().get(self.role_at(head) or "", NO_ROLE)
        if role.gender and chain.gender and role.gender != chain.gender:
            return False
        self._note_possessor(number, start, end, head)
        while start < end and columns.lower[start] in (
            "the",
            "a",
            "an",
            "his",
            "her",
            "their",
            ",",
            "its",
        ):
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
        """Remember whose lawyer, wife, … somebody is."""
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
        """Let a chain have a role, and the gender that goes with it."""
        known = titles().get(noun)
        if known is not None:
            chain.gender = chain.gender or known.gender
            noun = known.role
        role = roles().get(noun, NO_ROLE)
        if noun:
            chain.roles.add(noun)
            chain.roles.update(role.wider)
            chain.gender = chain.gender or role.gender

    def read(self, references: Sequence[Reference]) -> dict[int, Reference]:
        """Describe chains by apposition and copula; return nominals that rename a name, by head."""
        columns = self.columns
        found: dict[int, Reference] = {}
        self.named = {
            i
            for one in references
            if one.kind == "name"
            and self.chains[one.chain].label == "PERSON"
            and columns.deps[one.head] != "poss"
            for i in range(one.start, one.end)
        }
        for reference in references:
            chain = self.chains[reference.chain]
            if chain.label != "PERSON":
                continue
            head = reference.head
            if reference.kind == "name":
                self._read_party(reference)
                self._read_age(reference)
                ahead = self._apposition_before(reference)
                if ahead is not None and self.describe(
                    reference.chain, ahead.start, ahead.end, ahead.head
                ):
                    found[ahead.head] = ahead
            behind = self.apposition(reference)
            if behind is not None and self.describe(
                reference.chain, behind.start, behind.end, behind.head
            ):
                found[behind.head] = behind
            up = columns.heads[head]
            if columns.deps[head] == "appos" and self.role_at(up) and up < head:
                start, end = self.phrase(up)
                if self.named.isdisjoint(range(start, up + 1)) and start < reference.start:
                    end = min(end, reference.start)
                    while end > start and columns.words[end - 1] in (",", "-", "—", "–", ":"):
                        end -= 1
                    fits = self.describe(reference.chain, start, end, up)
                    if fits and start < end and columns.tags[up] != "NNS":
                        found[up] = Reference(start, end, up, "nominal", reference.chain)
            elif columns.deps[head] == "nsubj" and columns.lower[up] in ("is", "was", "'s", "’s"):
                for i in self.children.get(up, ()):
                    if columns.deps[i] == "attr" and i > up:
                        self.equals[i] = reference.chain
                        if self.role_at(i):
                            start, end = self.phrase(i)
                            self.describe(reference.chain, start, end, i)
            elif columns.deps[head] == "attr" and columns.lower[up] in ("is", "was"):
                for i in self.children.get(up, ()):
                    if columns.deps[i] == "nsubj" and i < up and self.role_at(i):
                        start, end = self.phrase(i)
                        self.describe(reference.chain, start, end, i)
        return found

    def _read_party(self, reference: Reference) -> None:
        """Add party and state of "(D-Calif.)" or ", R-Texas," behind a name to its chain."""
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

    def _apposition_before(self, reference: Reference) -> Reference | None:
        """Return the apposition in front of a name: "A lawyer for Lee, Ann Day, said …"."""
        columns = self.columns
        words, tags, sentences = columns.words, columns.tags, columns.sentences
        stop = reference.start - 1
        if stop < 1 or words[stop] != "," or sentences[stop] != sentences[reference.start]:
            return None
        if reference.end >= len(words) or not (
            words[reference.end] in APPOSITION_MARKS or tags[reference.end][:2] in ("VB", ". ", ".")
        ):
            return None
        start = stop
        while start and stop - start < MAX_WORDS + 3 and sentences[start - 1] == sentences[stop]:
            tag = tags[start - 1]
            if (
                (words[start - 1] in APPOSITION_MARKS and tag != "HYPH")
                or words[start - 1] in '"”“:;('
                or tag[:2] in ("VB", "WP", "WD", "MD", "_S")
            ):
                break
            start -= 1
        while start < stop and tags[start] in ("CC", "RB", "_SP"):
            start += 1
        for i in range(start, stop):
            if (
                tags[i][:2] == "NN"
                and tags[i + 1][:2] != "NN"
                and tags[i + 1] not in ("POS", "HYPH")
            ):
                if self.role_at(i) is None or tags[i] == "NNS":
                    return None
                if not self.named.isdisjoint(range(start, i + 1)):
                    return None  # somebody else's name and role
                return Reference(start, stop, i, "nominal", reference.chain)
            if tags[i] in ("IN", "TO", ","):
                return None
        return None

    def apposition(self, reference: Reference) -> Reference | None:
        """Return the apposition behind a name: "Greer, the head of research at Firth, said".

        It is read off the marks, since parses of long ones go astray: from the mark behind the name
        (a party or an age may stand between) to the next one, if a role noun comes before any
        preposition or verb.
        """
        columns = self.columns
        words, tags = columns.words, columns.tags
        at, size = reference.end, len(words)
        if at < size and words[at] == "(":
            while at < size and at - reference.end < 8 and words[at] != ")":
                at += 1
            at += 1
        if (
            at < size
            and words[at] == ","
            and at + 2 < size
            and words[at + 1].isdigit()
            and words[at + 2] == ","
        ):
            at += 2
        if at >= size or words[at] not in APPOSITION_MARKS:
            return None
        closer = words[at]
        start = end = at + 1
        head = -1
        while end < size and end - start < MAX_APPOSITION:
            word, tag = words[end], tags[end]
            if (
                (word in APPOSITION_MARKS and tag != "HYPH")
                or word in '.;:!?"”“'
                or tag[:2] in ("VB", "WP", "WD", "MD", "_S")
            ):
                if tag in ("VBG", "VBN") and head < 0 and end > start:
                    end += 1
                    continue
                break
            if head < 0:
                if tag in ("IN", "TO") or (tag in ("PRP", "CC") and end == start):
                    return None
                if tag == "RB" and end == start and columns.lower[end] in ONCE:
                    start = end = end + 1
                    continue
                follows = tags[end + 1] if end + 1 < size else "."
                if tag[:2] == "NN" and follows[:2] != "NN" and follows not in ("POS", "HYPH"):
                    if self.role_at(end) is not None:
                        head = end
                    elif follows != "CC":
                        return None
            end += 1
        if head < 0 or tags[head] == "NNS" or end >= size:
            return None
        if words[end] != closer and closer == "," and words[end] not in (".", "”", '"', "''"):
            last = tags[end][:2]
            if last in ("VB", "MD") and end - head > 1 and closer == ",":
                return None
        if closer == "(":
            return None
        return Reference(start, end, head, "nominal", reference.chain)

    def phrase(self, head: int) -> tuple[int, int]:
        """Return the noun phrase of a head: modifiers in front, "of …" and the like behind."""
        columns = self.columns
        start = head
        while (
            start > 0
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
