"""Find whom "the senator", "Lee's lawyer", "the Republican nominee" stand for."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache, cached_property

from pipeline.document.columns import SUBJECTS, Columns
from pipeline.document.names import Gender, places, roles
from pipeline.stages.referring.chains import KIN, MAX_NAMESAKES, Reference
from pipeline.stages.referring.descriptions import Describer
from pipeline.stages.referring.timeline import Timeline
from pipeline.text.wordset import word_set

EQUAL = {"gop": "republican", "democrat": "democratic", "democrats": "democratic"}
SMALL = frozenset(("of", "the", "for", "in", "a", "'s", "’s", "at", "from"))
RUNNERS = frozenset(["nominee", "candidate", "contender", "hopeful", "challenger"])
RACES = word_set("presidential vice senate senatorial gubernatorial mayoral congressional party")
PARTIES = word_set("republican democratic libertarian green conservative labour")
EPITHETS = (
    RUNNERS
    | {"first lady"}
    | word_set("businessman businesswoman billionaire tycoon mogul democrat republican")
)
"""Nouns that stand for a person whom readers know, though the text never says so of him."""
SPOUSES = word_set("wife husband ex-wife ex-husband spouse widow widower")
LEAD = 4
"""Sentences in which somebody may be introduced by an office before the name."""
LOOK_BACK = 150
NEAR = 40
HEADLINE_REACH = 12
LOOK_AHEAD = 60
PROMINENT = 3
"""So often is somebody named whom the text need not introduce."""


@cache
def _state_words() -> frozenset[str]:
    return frozenset(word for name in places().states.values() for word in name.split())


class PersonFinder:
    """Find the person whom a noun phrase stands for, or none."""

    def __init__(self, timeline: Timeline, describer: Describer) -> None:
        self.timeline = timeline
        self.columns: Columns = timeline.columns
        self.describer = describer
        names = [r for r in timeline.references if r.kind == "name"]
        self.chain_at = {r.head: r.chain for r in names}
        self.prominence = Counter(r.chain for r in timeline.references)
        self.named = Counter(r.chain for r in names)
        self.relatives: dict[int, dict[str, int]] = {}
        for owner, role, number in describer.possessors:
            if owner in self.chain_at and self.chain_at[owner] != number:
                self.relatives.setdefault(self.chain_at[owner], {})[role] = number
        self.strangers = self._strangers()
        self._bearers_of: dict[str, list[int]] = {}

    def _strangers(self) -> dict[str, list[int]]:
        """Return where somebody is introduced who has no name: "a lawyer", by role."""
        columns = self.columns
        named = {r.head for r in self.timeline.references} | self.describer.equals.keys()
        found: dict[str, list[int]] = defaultdict(list)
        for i, tag in enumerate(columns.tags):
            if tag != "NN" or i in named or columns.deps[i] in ("compound", "attr", "appos"):
                continue
            role = self.describer.role_at(i)
            if role is not None:
                start, _ = self.describer.phrase(i)
                if columns.lower[start] in ("a", "an", "another"):
                    found[role].append(i)
        return found

    def definite(
        self, token: int, role: str, modifiers: Sequence[str], tail: Sequence[str]
    ) -> int | None:
        """Return the last person before a token who is said to be what "the …" says."""
        said = [EQUAL.get(word, word) for word in modifiers if word != "former"]
        said += [word for word in tail if word not in SMALL]
        timeline = self.timeline
        here = timeline.quoted[token]
        seen: set[int] = set()
        for reference in timeline.before(token, LOOK_BACK):
            if reference.chain in seen:
                continue
            seen.add(reference.chain)
            chain = timeline.chains[reference.chain]
            if chain.label != "PERSON":
                continue
            if role not in chain.roles and not self._runs(reference.chain, role, said):
                continue
            if here >= 0 and timeline.quoted[reference.head] != here and not said:
                continue
            if self._fits(reference.chain, role, said):
                stranger = self._stranger_meant(role, reference, token)
                return None if stranger and not said else reference.chain
        return self._known_to_readers(token, role, said) if here < 0 else None

    def _stranger_meant(self, role: str, reference: Reference, token: int) -> bool:
        """Tell whether somebody without a name is meant rather than the person of a reference.

        Who was introduced since, or is called so while the person only has a role that is a kind of
        it: "an official … her secretary, Tom Hale … the official".
        """
        met = self.strangers.get(role, [])
        before = bisect_left(met, token)
        alone = len(met) == 1 and before == 1
        if alone and self.introduced(met[0], self.describer.phrase(met[0])[0]) == reference.chain:
            return False
        called = role in self.timeline.chains[reference.chain].called
        return before > 0 and (not called or met[before - 1] > reference.end)

    def _fits(self, number: int, role: str, said: Sequence[str]) -> bool:
        """Tell whether all that is said of somebody is known of a person.

        Where nobody else has the role, the text need not have named the place that it is of.
        """
        known = {EQUAL.get(word, word) for word in self.timeline.chains[number].described}
        unsaid = [
            word for word in said if word not in known and not (role in RUNNERS and word in RACES)
        ]
        if not unsaid:
            return True
        bearers = self._bearers(role)
        return (
            len(bearers) == 1
            and role not in self.strangers
            and " ".join(unsaid) in places().states
            and not known & _state_words()
        )

    def _bearers(self, role: str) -> list[int]:
        """Return the persons who have a role, but for those whom its gender forbids."""
        if role not in self._bearers_of:
            self._bearers_of[role] = self._find_bearers(role)
        return self._bearers_of[role]

    def _find_bearers(self, role: str) -> list[int]:
        gender = roles()[role].gender
        return [
            number
            for number, chain in enumerate(self.timeline.chains)
            if chain.label == "PERSON"
            and role in chain.roles
            and (gender is None or chain.gender in (gender, None))
        ]

    def _runs(self, number: int, role: str, said: Sequence[str]) -> bool:
        """Tell whether "the Republican nominee" is this Republican, whom the article is about."""
        parties = {word for word in said if word in PARTIES}
        if role not in RUNNERS or not parties:
            return False
        described = {EQUAL.get(word, word) for word in self.timeline.chains[number].described}
        mine = self.prominence[number]
        if not parties <= described or mine <= 2:
            return False
        return all(
            mine > 2 * self.prominence[other]
            for party in parties
            for other in self._members[party][:2]
            if other != number
        )

    @cached_property
    def _members(self) -> dict[str, list[int]]:
        """The persons who are said to be of each party, the one named most first."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, chain in enumerate(self.timeline.chains):
            if chain.label == "PERSON":
                for party in {EQUAL.get(word, word) for word in chain.described} & PARTIES:
                    found[party].append(number)
        for members in found.values():
            members.sort(key=lambda number: -self.prominence[number])
        return found

    def _known_to_readers(self, token: int, role: str, said: Sequence[str]) -> int | None:
        """Return whom "the New York businessman" means though the text never says so of him.

        It is a speaker whom the article names often, the subject of the sentence before; nothing
        that is known of him may speak against it.
        """
        timeline, columns = self.timeline, self.columns
        if role not in EPITHETS or token not in timeline.speakers:
            return None
        if self._bearers(role):
            return None
        parties = {word for word in said if word in PARTIES}
        sentence = columns.sentences[token]
        for reference in timeline.before(token, NEAR):
            distance = sentence - columns.sentences[reference.head]
            if distance > 2:
                return None
            chain = timeline.chains[reference.chain]
            if (
                not distance
                or chain.label != "PERSON"
                or timeline.quoted[reference.head] >= 0
                or not timeline.is_subject(reference)
            ):
                continue
            known = {EQUAL.get(word, word) for word in chain.described} & PARTIES
            gender = roles()[role].gender
            if (
                self.prominence[reference.chain] < PROMINENT
                or (parties and known and not parties & known)
                or (gender and chain.gender != gender)
            ):
                return None
            return reference.chain
        return None

    def possessed(self, token: int, start: int) -> int | None:
        """Return the person that "Lee's lawyer", "his wife" or "Utah's governor" is said to be."""
        columns, timeline = self.columns, self.timeline
        role = self.describer.role_at(token)
        if role is None:
            return None
        owners = [
            i
            for i in range(start, token)
            if columns.deps[i] == "poss" and columns.heads[i] == token
        ]
        if not owners:
            return None
        possessor = self.chain_at.get(owners[0])
        if possessor is None:
            possessor = next(
                (r.chain for r in timeline.before(token, 6) if r.head == owners[0]), None
            )
        if possessor is None:
            return None
        roles_of = self.relatives.get(possessor, {})
        for name in (role, *sorted(roles()[role].wider)):
            if name in roles_of:
                return roles_of[name]
        owner = timeline.chains[possessor]
        if owner.label in ("GPE", "ORG"):
            said = [w for w in columns.lower[start:token] if w not in ("'s", "’s", "-", ",", "the")]
            chain = self.definite(token, role, said, [])
            return self.ahead(token, role, said, NEAR) if chain is None else chain
        if role in SPOUSES and owner.label == "PERSON":
            return self._of_the_same_name(possessor, roles()[role].gender)
        return None

    def _of_the_same_name(self, number: int, gender: Gender | None) -> int | None:
        """Return the only other person who bears a person's surname with another first name."""
        own = self.timeline.chains[number].person
        if own is None or gender is None:
            return None
        chains = self.timeline.chains
        found = [
            other
            for other in self._bearing.get(own.surname, ())
            if other != number and chains[other].gender in (gender, None)
        ]
        return found[0] if len(found) == 1 and chains[found[0]].gender else None

    @cached_property
    def _bearing(self) -> dict[str, list[int]]:
        """The persons with a first name who bear each surname; of a longer list nobody is meant."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, chain in enumerate(self.timeline.chains):
            if chain.label == "PERSON" and chain.person is not None and chain.person.first:
                found[chain.person.surname].append(number)
        return {name: them for name, them in found.items() if len(them) <= MAX_NAMESAKES}

    def ahead(self, token: int, role: str, said: Sequence[str], limit: int) -> int | None:
        """Return the first person named later who has the role and all that is said of it."""
        timeline = self.timeline
        for reference in timeline.following(token, limit):
            chain = timeline.chains[reference.chain]
            if (
                chain.label == "PERSON"
                and role in chain.roles
                and all(w in chain.described for w in said)
            ):
                return reference.chain
        return None

    def headline(self, token: int, start: int, end: int) -> int | None:
        """Return whom a noun without an article stands for, as headlines have them."""
        columns = self.columns
        role = self.describer.role_at(token)
        if role is None or columns.paragraphs[token] > 1 or columns.deps[token] not in SUBJECTS:
            return None
        said = [w for w in columns.lower[start:token] if w not in SMALL]
        said += [w for w in columns.lower[token + 1 : end] if w not in SMALL]
        return self.ahead(token, role, said, HEADLINE_REACH)

    def introduced(self, token: int, start: int) -> int | None:
        """Return whom the lead introduces by what he is, to name him further down.

        "A New York judge rejected the request. … Justice Ann Day wrote": the only person of the
        article who is a judge.
        """
        columns, timeline = self.columns, self.timeline
        role = self.describer.role_at(token)
        if (
            role is None
            or role in KIN
            or columns.sentences[token] >= LEAD
            or columns.deps[token] not in SUBJECTS
            or columns.lower[start] not in ("a", "an")
            or len(self.strangers.get(role, ())) != 1
        ):
            return None
        bearers = self._bearers(role)
        if len(bearers) != 1 or self.named[bearers[0]] < PROMINENT:
            return None
        later = [r.head for r in timeline.following(token, LOOK_AHEAD) if r.chain == bearers[0]]
        if any(columns.sentences[head] == columns.sentences[token] for head in later):
            return None  # "An official called her secretary, Tom Hale"
        earlier = any(
            r.chain == bearers[0] and r.kind == "name" for r in timeline.before(token, NEAR)
        )
        return None if earlier or not later else bearers[0]
