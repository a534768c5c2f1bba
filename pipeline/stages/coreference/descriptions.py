"""Read what a text says of a name: titles, offices, appositions, “X is the mayor”."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

import numpy as np

from pipeline.document.columns import FINITE_TAGS, NOUN_TAGS, Columns
from pipeline.document.names import PEOPLE, Chain, Reference
from pipeline.names.lists import Role, places, roles, titles
from pipeline.stages.coreference.chains import surface
from pipeline.text.words import word_set

MARKS = frozenset((",", "--", "—", "–", "-"))
CLOSING = frozenset('.;:!?"”“')
OPENING = frozenset('"”“:;(')
ENDING_TAGS = frozenset(("VB", "WP", "WD", "MD", "_S"))
"""How the tags of verbs, of "who" and "which" and of line breaks begin."""
ONCE = word_set("now then currently formerly once previously also long")
MAX_BEFORE = 15
MAX_BEHIND = 30
MAX_BRACKETS = 8


class Apposition(NamedTuple):
    """Token bounds of the words that describe a name, and their role noun."""

    start: int
    end: int
    head: int


def role_at(columns: Columns, i: int) -> str | None:
    """Return a token as a role noun, "vice president" and the like as one."""
    word, known = columns.lower[i], roles()
    if i > 0 and (pair := f"{columns.lower[i - 1]} {word}") in known:
        return pair
    return word if word in known else None


def before(columns: Columns, start: int, end: int, named: Set[int]) -> Apposition | None:
    """Return the apposition before a name: "A lawyer for Lee, Ann Day, said …".

    ``start``, ``end``: the bounds of the name; ``named``: the tokens of all persons' names.
    """
    words, tags, sentences = columns.words, columns.tags, columns.sentences
    comma = start - 1
    if comma < 1 or words[comma] != "," or sentences[comma] != sentences[start]:
        return None
    if end >= len(words) or not (words[end] in MARKS or tags[end][:2] in ("VB", ".")):
        return None
    first = comma
    while first and comma - first < MAX_BEFORE and sentences[first - 1] == sentences[comma]:
        if words[first - 1] in OPENING or _ends(columns, first - 1):
            break
        first -= 1
    while first < comma and tags[first] in ("CC", "RB", "_SP"):
        first += 1
    for i in range(first, comma):
        if _is_last_noun(columns, i):
            theirs = tags[i] != "NNS" and role_at(columns, i) is not None
            if not theirs or not named.isdisjoint(range(first, i + 1)):
                return None  # no role, or the name and role of somebody else
            return Apposition(first, comma, i)
        if tags[i] in ("IN", "TO", ","):
            return None
    return None


def behind(columns: Columns, end: int) -> Apposition | None:
    """Return the apposition after a name: "Greer, the head of research at Firth, said".

    ``end``: where the name ends. The apposition goes from the mark after the name (a party or an
    age may be in between) to the next mark, if a role noun comes before any preposition or verb.
    """
    words, tags = columns.words, columns.tags
    mark = _over_party_and_age(words, end)
    if mark >= len(words) or words[mark] not in MARKS:
        return None
    start = mark + 1
    while start < len(words) and tags[start] == "RB" and columns.lower[start] in ONCE:
        start += 1
    stop = min(start + MAX_BEHIND, len(words))
    head = _role_noun(columns, start, stop)
    if head is None or tags[head] == "NNS":
        return None
    close = head + 1
    while close < stop and not _closes(columns, close):
        close += 1
    if close >= len(words):
        return None
    if words[mark] == "," and (
        tags[close] in FINITE_TAGS or (tags[close][:2] == "VB" and close - head > 1)
    ):
        return None  # "Clinton, an aide said, is confident"
    return Apposition(start, close, head)


def _over_party_and_age(words: list[str], at: int) -> int:
    """Return where the text continues after "(D-Calif.)" and ", 61"."""
    size = len(words)
    if at < size and words[at] == "(":
        last = min(size, at + MAX_BRACKETS)
        while at < last and words[at] != ")":
            at += 1
        at += 1
    if at + 2 < size and words[at] == words[at + 2] == "," and words[at + 1].isdigit():
        at += 2
    return at


def _role_noun(columns: Columns, start: int, stop: int) -> int | None:
    """Return the role noun that an apposition is about, if nothing else comes before it."""
    tags = columns.tags
    for i in range(start, stop):
        tag = tags[i]
        if _closes(columns, i) and not (tag in ("VBG", "VBN") and i > start):
            return None
        if tag in ("IN", "TO") or (tag in ("PRP", "CC") and i == start):
            return None
        if _is_last_noun(columns, i):
            if role_at(columns, i) is not None:
                return i
            if tags[i + 1 : i + 2] != ["CC"]:
                return None
    return None


def _closes(columns: Columns, i: int) -> bool:
    return columns.words[i] in CLOSING or _ends(columns, i)


def _ends(columns: Columns, i: int) -> bool:
    """Return whether a token ends any apposition: a mark, a verb, "who", a line break."""
    tag = columns.tags[i]
    return tag[:2] in ENDING_TAGS or (columns.words[i] in MARKS and tag != "HYPH")


def _is_last_noun(columns: Columns, i: int) -> bool:
    """Return whether a noun is the last one of a compound, and owns nothing."""
    follows = columns.tags[i + 1] if i + 1 < len(columns.tags) else "."
    return columns.tags[i][:2] == "NN" and follows[:2] != "NN" and follows not in ("POS", "HYPH")


VAGUE = word_set(
    "name part side way day year week month time fact case group list kind sort number home place"
)
"""Nouns that say nothing about the thing that they describe."""
COPULAS = frozenset(("is", "was", "'s", "’s"))


def describe_things(
    columns: Columns, chains: list[Chain], references: Iterable[Reference], describer: Describer
) -> None:
    """Add the nouns that describe named things to their chains.

    "The cruise ship Freewinds", "Firth Capital, an investment firm," and "Orchard is a brewer":
    each noun becomes a role of the chain.
    """
    attributes = {
        head: i
        for head, children in describer.children.items()
        if columns.lower[head] in COPULAS and not describer.is_negated(head)
        for i in children
        if columns.deps[i] == "attr"
    }
    for reference in references:
        chain = chains[reference.chain]
        if chain.label in PEOPLE or reference.kind != "name":
            continue
        for noun in _said_of(columns, reference, describer, attributes):
            word = columns.lower[noun]
            if columns.tags[noun] != "NN" or word in VAGUE or not word.isalpha():
                continue
            start, _ = describer.phrase(noun)
            chain.roles.add(word)
            chain.described.update(columns.lower[min(start, noun) : noun + 1])


def _said_of(
    columns: Columns, reference: Reference, describer: Describer, attributes: Mapping[int, int]
) -> list[int]:
    """Return the nouns that describe a name, next to it or by a copula."""
    deps, heads, head, before = columns.deps, columns.heads, reference.head, reference.start - 1
    found = [i for i in describer.children.get(head, ()) if deps[i] == "appos"]
    if deps[head] == "appos" and heads[head] < head:
        found.append(heads[head])
    if (
        before >= 0
        and reference.start <= heads[before] < reference.end
        and deps[before] in ("compound", "nmod")
    ):
        found.append(before)
    if deps[head] == "nsubj" and heads[head] in attributes:
        found.append(attributes[heads[head]])
    return found


MODIFIERS = frozenset(
    ("compound", "amod", "nmod", "poss", "nummod", "case", "npadvmod", "punct", "det")
)
LEADING = word_set("the a an his her their its ,")
MAX_WORDS = 12
PARTY_OF = {"r": "republican", "d": "democratic", "i": "independent"}
PARTY = re.compile(r"([RDI])\s?[-–]\s?([A-Z][A-Za-z]*\.?(?:[A-Z]\.|\s[A-Z][a-z]+)?)")
DESCRIBING = dict.fromkeys(("appos", "attr", "prep", "nsubj", "neg"), 1)
COURTESY = word_set(
    "mr mr. mrs mrs. ms ms. miss dr dr. prof prof. sir dame lord lady baroness shri smt"
)
"""Titles that are no part of the office before them."""
NO_ROLE = Role(None, frozenset())


class Describer:
    """Add descriptions, roles and gender to chains, and widen references over their titles."""

    def __init__(self, columns: Columns, chains: list[Chain]) -> None:
        self.columns = columns
        self.chains = chains
        self.named: set[int] = set()
        """Tokens of persons' names, except those of "Lee's lawyer"."""
        self.children: dict[int, list[int]] = defaultdict(list)
        for i in np.flatnonzero(columns.of_deps(DESCRIBING)).tolist():
            if columns.heads[i] != i:
                self.children[columns.heads[i]].append(i)

    def widen(self, reference: Reference, inside: Mapping[int, int]) -> Reference:
        """Return a reference by name together with the title or role before it.

        ``inside`` has the start of the name that a token is in the middle of: "Tamil Nadu Chief
        Minister Lee".
        """
        chain = self.chains[reference.chain]
        if chain.label != "PERSON":
            return reference
        start = self._title_start(reference)
        if start == reference.start:
            return reference
        start, end = inside.get(start, start), reference.start
        title = self.columns.lower[end - 1]
        if start < end - 1 and title in COURTESY and self.role_at(end - 2):
            self.add_role(chain, title)  # "Labour leader Sir Keir Starmer"
            end -= 1
        self.describe(reference.chain, start, end, end - 1)
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
            best = reference.start - (2 if " ".join(lower[start - 2 : start]) in titles() else 1)
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
        while start < end and columns.lower[start] in LEADING:
            start += 1
        if start >= end:
            return True
        text = surface(columns, start, end).rstrip(",")
        title = columns.lower[head]
        plain = end - start == 1 and title in titles() and not titles()[title].role
        says = any(map(str.isalpha, text)) and not plain  # "46" and "Mr" do not
        if says and text not in chain.descriptions and len(chain.descriptions) < 12:
            chain.descriptions.append(text)
        chain.described.update(columns.lower[start:end])
        self.add_role(chain, self.role_at(head) or title)
        return True

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
        if self.is_negated(up):
            return
        if dep == "nsubj" and columns.lower[up] in ("is", "was", "'s", "’s"):
            for i in self.children.get(up, ()):
                if columns.deps[i] == "attr" and i > up:
                    self._describe_by_role(reference.chain, i)
        elif dep == "attr" and columns.lower[up] in ("is", "was"):
            for i in self.children.get(up, ()):
                if columns.deps[i] == "nsubj" and i < up:
                    self._describe_by_role(reference.chain, i)

    def is_negated(self, verb: int) -> bool:
        """Return whether a verb has a "not"."""
        return any(self.columns.deps[i] == "neg" for i in self.children.get(verb, ()))

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
            self.chains[reference.chain].described.update((age, "year", "old", f"{age}-year-old"))

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
