"""Cluster the names of a document: all mentions of an entity by name are one chain."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Sequence
from itertools import islice, pairwise

from pipeline.document.columns import Columns
from pipeline.document.names import Chain, Name, Reference, title_length
from pipeline.document.rules import named
from pipeline.names.bodies import NameIndex, acronyms, better_name, is_acronym, people
from pipeline.names.lists import (
    Gender,
    demonyms,
    gender_of,
    places,
    roles,
    short_names,
    titles,
)
from pipeline.names.offices import holder
from pipeline.names.persons import (
    PersonName,
    fuller,
    likeness,
    parse_person,
    same_person,
    with_particles,
)
from pipeline.names.spelling import fold, nearly
from pipeline.stages.coreference import namesakes
from pipeline.stages.coreference.namesakes import Chooser, Namesake
from pipeline.text.words import word_set

DASHES = (["-"], ["--"], ["–"], ["—"])


def is_credit(columns: Columns, name: Name) -> bool:
    """Return whether a name is the agency of a dateline: "ATHENS (AP) - Rain fell"."""
    if columns.words[max(0, name.start - 1)] != "(":
        return False
    behind = columns.words[name.end : name.end + 2]
    return behind[:1] == [")"] and behind[1:] in DASHES


KIN = word_set("wife husband widow son daughter brother sister mother father lady")
THINGS = ("PRODUCT", "WORK_OF_ART", "EVENT", "FAC", "LAW")
"""Labels of things that may be called by a part of their name."""
GENERATIONS = word_set("elder younger")
"""Words that distinguish namesakes of one family by age."""
MAX_NAMESAKES = 32
"""Maximum number of bearers of one surname to distinguish; a text with more is a list."""


FULL_NAME = named("full-name", "Ann Lee … Ann M. Lee")
SHORT_NAME = named("short-name", "Ann Lee … Mayor Lee")
SAME_NAME = named("same-name", "the United States … U.S.; European Space Agency (ESA) … ESA")


class Clusters:
    """Chains of a document with the references by name that make them."""

    def __init__(
        self, columns: Columns, names: Sequence[Name], choose: Chooser = namesakes.meant
    ) -> None:
        self.columns = columns
        self._choose = choose
        self.chains: list[Chain] = []
        self.references: list[Reference] = []
        self._by_surname: dict[str, list[int]] = defaultdict(list)
        self._by_first: dict[str, list[int]] = defaultdict(list)
        self._lone: dict[str, int] = {}
        self._places: dict[int, list[int]] = defaultdict(list)
        """The sorted positions of each person's names."""
        self._shorts: dict[tuple[str, int], list[int]] = defaultdict(list)
        """Those of each short name, by its last word and the person."""
        self._sure: dict[int, float] = {}
        """How sure it is whom the short name at a token means, if several have it."""
        self.candidates: dict[int, tuple[int, ...]] = {}
        """For a chain whose short name is left open, its candidates."""
        self._others: dict[tuple[str, str], int] = {}
        owner: dict[int, int] = {}
        persons = [(at, name) for at, name in enumerate(names) if name.label == "PERSON"]
        parsed = with_particles(
            {at: parse_person(columns.words[n.start : n.end]) for at, n in persons}
        )
        for at, name in persons:
            if parsed[at].first:
                owner[at] = self._full(name, parsed[at])
        short = [(at, name) for at, name in persons if not parsed[at].first]
        # "Mrs. Obama" first, so that "Obama" finds both
        for at, name in sorted(short, key=lambda one: self.title_gender(one[1]) is None):
            owner[at] = self._short(name, parsed[at])
        in_brackets = self._in_brackets(names)
        expanded = [in_brackets.get(self._plain(name), name) for name in names]
        credits = {at for at, name in enumerate(names) if is_credit(columns, name)}
        for label in ("ORG", *THINGS):
            mine = [
                (at, tuple(columns.words[n.start : n.end]))
                for at, n in enumerate(expanded)
                if n.label == label and at not in owner
            ]
            index = NameIndex(mine, credits)
            for at, _ in mine:
                owner[at] = self._thing(names[at], expanded[at], index.key(at))
        for at, name in enumerate(names):
            if at not in owner:
                owner[at] = self._thing(name, expanded[at], None)
        for at, name in enumerate(names):
            by = SAME_NAME if at not in parsed else FULL_NAME if parsed[at].first else SHORT_NAME
            sure = self._sure.get(name.start) if owner[at] not in self.candidates else None
            self.references.append(
                Reference(
                    name.start,
                    name.end,
                    self._head(name),
                    "name",
                    owner[at],
                    None if sure is None else round(sure, 4),
                    by if sure is None else namesakes.MODEL,
                )
            )

    def _head(self, name: Name) -> int:
        return self.columns.root(name.start, name.end)

    def _add(self, chain: Chain) -> int:
        self.chains.append(chain)
        return len(self.chains) - 1

    def _text(self, name: Name) -> str:
        return surface(self.columns, name.start, name.end)

    def title_gender(self, name: Name) -> Gender | None:
        """Return the gender of the title before a name."""
        for length in (2, 1):
            start = name.start - length
            if start >= 0 and title_length(self.columns, start, name.start) == length:
                title = " ".join(self.columns.lower[start : name.start])
                return titles()[title].gender
        return None

    def _kin_gender(self, name: Name) -> Gender | None:
        """Return the gender of a kinship noun directly before a name: "his sister-in-law"."""
        lower = self.columns.lower
        at = name.start - 1
        if at >= 4 and lower[at] == "law" and lower[at - 2] == "in":
            at -= 4
        return roles()[lower[at]].gender if at >= 0 and lower[at] in KIN & roles().keys() else None

    # ------------------------------------------------------------------------------ persons
    def _full(self, name: Name, parsed: PersonName) -> int:
        gender = self.title_gender(name) or self._kin_gender(name)
        namesakes = self._by_surname[parsed.surname]
        namesakes = namesakes or [
            at
            for at in self._by_first[parsed.first][-MAX_NAMESAKES:]
            if nearly(self._person(at).surname, parsed.surname)
        ]
        for at in namesakes[:MAX_NAMESAKES]:
            chain = self.chains[at]
            if chain.person is not None and same_person(chain.person, parsed):
                chain.full += 1
                insort(self._places[at], name.start)
                chain.gender = chain.gender or gender
                if len(parsed.first) > 1 and fuller(self._words(name), chain.words):
                    chain.name, chain.words = self._text(name), self._words(name)
                    chain.person = parsed
                return at
        at = self._add(
            Chain(
                "PERSON",
                self._text(name),
                self._words(name),
                parsed,
                gender or gender_of(parsed.first),
                full=1,
            )
        )
        self._by_surname[parsed.surname].append(at)
        self._by_first[parsed.first].append(at)
        self._places[at].append(name.start)
        return at

    def _may_have(self, at: int, gender: Gender) -> bool:
        """Return whether a title of a gender fits a chain: "Ms Walters" may be Chris, not John."""
        chain = self.chains[at]
        guess = gender_of(self._person(at).first)
        unsure = guess == chain.gender and guess != gender_of(self._person(at).first, sure=True)
        return chain.gender in (gender, None) or unsure

    def _words(self, name: Name) -> tuple[str, ...]:
        return tuple(map(fold, self.columns.words[name.start : name.end]))

    def _short(self, name: Name, parsed: PersonName) -> int:
        words = parsed.last
        gender = self.title_gender(name)
        near = [
            at
            for at in self._by_surname.get(words[-1], ())[:MAX_NAMESAKES]
            if self._ends_with(at, words)
        ]
        if not near:
            near = self._likely(words)
        if parsed.suffix:
            near = [at for at in near if self._person(at).suffix == parsed.suffix]
        if gender:
            near = [at for at in near if self._may_have(at, gender)]
        elif self._office(name):
            near = [at for at in near if not self.chains[at].roles & KIN]
            near = [at for at in near if self._may_be_holder(at, name)]
        generation = self._generation(name)
        unknown = gender and not any(self.chains[at].gender for at in near)
        left_open = generation or (unknown and len(near) > 1)
        chosen = None if left_open else self._meant(near, name)
        if chosen is not None:
            chain = self.chains[chosen]
            chain.gender = gender or chain.gender
            chain.full += not self._person(chosen).first
            insort(self._places[chosen], name.start)
            insort(self._shorts[self.columns.lower[name.end - 1], chosen], name.start)
            return chosen
        key = " ".join(words)
        if generation or gender == "f":
            key = f"{generation or 'mrs'} {key}"
        if key not in self._lone:
            guess = gender_of(words[0]) if len(words) == 1 else None
            self._lone[key] = self._add(
                Chain("PERSON", self._text(name), self._words(name), parsed, gender or guess)
            )
            self._by_surname[words[-1]].append(self._lone[key])
        chain = self.chains[self._lone[key]]
        chain.gender = gender or chain.gender
        chain.full += 1
        others = tuple(at for at in near if at != self._lone[key])
        if others:
            self.candidates[self._lone[key]] = others
        return self._lone[key]

    def _likely(self, words: tuple[str, ...]) -> list[int]:
        """Return whom a short name may mean that ends no full name.

        The bearers of a first name, those of the first of two surnames ("Rosselló" for Ricardo
        Rosselló Nevares) or of the last of two given names behind a surname ("Chinh" for Pham Minh
        Chinh); else those of a name that is spelled nearly so, of a part of a surname ("Assad" for
        al-Assad), of a nickname, or of an account ("@realDonaldTrump").
        """
        if len(words) == 1 and self._by_first.get(words[0]):
            return self._by_first[words[0]][:MAX_NAMESAKES]
        everyone = list(
            islice((at for them in self._by_first.values() for at in them), 8 * MAX_NAMESAKES)
        )
        inside = [
            at
            for at in everyone
            if words in (self._person(at).middle[-len(words) :], self._last_given(at))
        ]
        if inside or len(words) > 1:
            return inside
        ranks = {at: likeness(self._person(at), words[0]) for at in everyone}
        best = max(ranks.values(), default=0)
        return [at for at, rank in ranks.items() if rank == best > 0]

    def _generation(self, name: Name) -> str:
        """Return the word that distinguishes members of a family: "the elder Bush"."""
        before = self.columns.lower[max(0, name.start - 2) : name.start]
        return before[-1] if before[:1] == ["the"] and before[-1] in GENERATIONS else ""

    def _meant(self, near: Sequence[int], name: Name) -> int | None:
        """Return the namesake that a short name means, or None if that is left open.

        A trained model decides, except that "John Smith Jr." is not called "Smith".
        """
        near = [at for at in near if at not in self.candidates] or near
        near = [at for at in near if not self._person(at).suffix] or near
        if len(near) < 2:
            return near[0] if near else None
        key = self.columns.lower[name.end - 1]
        bearers = [
            Namesake(
                self.chains[at].gender,
                self.chains[at].full,
                self._places[at],
                self._shorts[key, at],
            )
            for at in near
        ]
        chosen, self._sure[name.start] = self._choose(self.columns, name, bearers)
        return None if chosen is None else near[chosen]

    def _office(self, name: Name) -> bool:
        """Return whether a title of office precedes a name ("President Obama")."""
        start = name.start - 1
        if start < 0 or not self.columns.words[start][0].isupper():
            return False
        title = titles().get(self.columns.lower[start])
        return title is not None and bool(title.role)

    def _may_be_holder(self, at: int, name: Name) -> bool:
        """Return whether a chain may hold an office: no other Obama is President Obama."""
        person = self._person(at)
        office = " ".join(self.columns.lower[max(0, name.start - 2) : name.start])
        known = holder([office], person.surname, None)
        if known is None or not person.first:
            return True
        return same_person(parse_person(known.split()), person)

    def _person(self, at: int) -> PersonName:
        person = self.chains[at].person
        return person or PersonName("", (), ("",), "")

    def _last_given(self, at: int) -> tuple[str, ...]:
        return tuple(self._person(at).first.split()[1:])

    def _ends_with(self, at: int, words: tuple[str, ...]) -> bool:
        person = self._person(at)
        whole = (person.first, *person.middle, *person.last)
        return whole[-len(words) :] == words or person.last == words

    # ------------------------------------------------------------------------------- others
    def _plain(self, name: Name) -> str:
        return " ".join(w for w in self._words(name) if w not in ("the", "'s", "’s"))

    def _in_brackets(self, names: Sequence[Name]) -> dict[str, Name]:
        """Return names by the short forms in brackets after them: "… Agency (ESA)"."""
        words, found = self.columns.words, {}
        for long, short in pairwise(names):
            if short.start != long.end + 1 or short.end >= len(words):
                continue
            marks = words[long.end], words[short.end]
            if marks == ("(", ")") and "PERSON" not in (long.label, short.label):
                letters = iter("".join(self._words(long)))
                plain = self._plain(short)
                if is_credit(self.columns, short) and plain not in acronyms(self._words(long)):
                    continue  # "MINNEAPOLIS (AP) -"
                foreign = long.label == short.label == "ORG" and is_acronym(
                    words[short.start : short.end]
                )
                if foreign or (
                    len(plain) > 1
                    and all(letter in letters for letter in plain if letter.isalnum())
                ):
                    found[plain] = long
        return found

    def _thing(self, name: Name, expanded: Name, key: str | None) -> int:
        text, name = self._text(name), expanded
        plain = self._plain(name)
        code = None
        kind = name.label if name.label in ("NORP", "ORG") else "other"
        if name.label in ("GPE", "LOC"):
            gazetteer = places()
            code = gazetteer.countries.get(plain)
            if code is None and (code := gazetteer.countries.get(plain.split("-")[0])):
                text = text.split("-")[0]  # "U.S.-led"
            state = gazetteer.states.get(plain) or gazetteer.postal.get(plain)
            plain = code or state or short_names("short_places.txt").get(plain, plain)
            kind = "GPE"
        elif name.label == "NORP":
            code = demonyms().get(plain)
            plain = code or people(plain)
        elif key is not None:
            plain = key
        at = self._others.get((kind, plain))
        if at is None:
            at = self._others[kind, plain] = self._add(
                Chain(name.label, text, self._words(name), code=code)
            )
        chain = self.chains[at]
        if better_name(text, chain.name):
            chain.name, chain.words = text, self._words(name)
        return at


def surface(columns: Columns, start: int, end: int) -> str:
    """Return the text of some tokens with single spaces."""
    parts: list[str] = []
    for i in range(start, end):
        if i > start and columns.starts[i] > columns.ends[i - 1]:
            parts.append(" ")
        parts.append(columns.words[i])
    return " ".join("".join(parts).split())
