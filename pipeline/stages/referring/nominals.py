"""Find what definite noun phrases stand for: "the senator", "the company", "the report"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pipeline.stages.columns import Columns
from pipeline.stages.naming.names import fold, organisations, places, roles, word_set
from pipeline.stages.referring.chains import Reference
from pipeline.stages.referring.descriptions import Describer
from pipeline.stages.referring.timeline import Timeline

DEFINITE = frozenset(("the", "this", "that"))
COUNTRIES = frozenset(("country", "nation"))
CITIES = frozenset(("city", "town"))
DOCUMENTS = word_set(
    "report post statement article story tweet editorial dispatch release bulletin"
)
REPORTING = word_set("report post tweet write publish state release say note announce disclose")
EQUAL = {"gop": "republican", "democrat": "democratic", "democrats": "democratic"}
SMALL = frozenset(("of", "the", "for", "in", "a", "'s", "’s", "at", "from"))
PEOPLE = frozenset(("PERSON", "NORP"))
KINDS = {
    **dict.fromkeys(
        ("event", "contest", "competition", "championship", "tournament", "festival"), "EVENT"
    ),
    "region": "LOC",
    "building": "FAC",
    "facility": "FAC",
}
"""Nouns for a kind of thing, to the label of its names."""
RUNNERS = frozenset(["nominee", "candidate", "contender", "hopeful", "challenger"])
RACES = word_set("presidential vice senate senatorial gubernatorial mayoral congressional party")
PARTIES = word_set("republican democratic libertarian green conservative labour")
HEADLINE_REACH = 12
LOOK_BACK = 150
NEAR = 40


def noun_words() -> frozenset[str]:
    """Return the nouns at which a nominal may end."""
    return frozenset(
        {role.split()[-1] for role in roles()}
        | set(organisations().nominals)
        | COUNTRIES
        | CITIES
        | DOCUMENTS
        | KINDS.keys()
    )


class NominalFinder:
    """Find the chain that a definite noun phrase stands for, or none."""

    def __init__(
        self, timeline: Timeline, describer: Describer, speaker_cues: Mapping[int, tuple[str, int]]
    ) -> None:
        self.timeline = timeline
        self.columns: Columns = timeline.columns
        self.describer = describer
        self.speaker_cues = speaker_cues
        self.chain_at = {r.head: r.chain for r in timeline.references if r.kind == "name"}
        self.relatives: dict[int, dict[str, int]] = {}
        for owner, role, number in describer.possessors:
            if owner in self.chain_at and self.chain_at[owner] != number:
                self.relatives.setdefault(self.chain_at[owner], {})[role] = number
        self.prominence = Counter(r.chain for r in timeline.references)
        """For the head of each source: lemma of its cue and number of its attribution."""

    def find(self, token: int) -> Reference | None:
        """Return a reference for the noun phrase that ends at a token."""
        columns = self.columns
        noun = columns.lower[token]
        if columns.tags[token] not in ("NN", "NNP") or columns.deps[token] in (
            "compound",
            "amod",
            "appos",
        ):
            return None
        start, end = self.describer.phrase(token)
        if columns.lower[start] not in DEFINITE:
            chain: int | None = self._possessed(token, start)
            if chain is None and columns.paragraphs[token] == 0 and start == token:
                said = [w for w in columns.lower[token + 1 : end] if w not in SMALL]
                chain = self._ahead(token, noun, said, HEADLINE_REACH)
            return None if chain is None else Reference(start, end, token, "nominal", chain)
        modifiers = [
            word
            for word in columns.lower[start + 1 : token]
            if word not in ("'s", "’s", "-", ",", "own", "then")
        ]
        tail = columns.lower[token + 1 : end]
        if self._restricted(token):
            return None
        chain = None
        role = self.describer.role_at(token)
        if role is not None:
            if " " in role:
                modifiers = modifiers[:-1]
            chain = self._person(token, role, modifiers, tail)
        if chain is None and noun in organisations().nominals and not tail:
            chain = self._organisation(token, noun, modifiers)
        elif noun in COUNTRIES and not modifiers and not tail:
            chain = self._place(token, country=True)
        elif noun in CITIES and not modifiers and not tail:
            chain = self._place(token, country=False)
        elif noun in DOCUMENTS and not modifiers and not tail:
            chain = self._document(token)
        if chain is None and not tail:
            chain = self._namesake(token, noun, modifiers)
        if chain is None:
            return None
        return Reference(start, end, token, "nominal", chain)

    def _possessed(self, token: int, start: int) -> int | None:
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
        if timeline.chains[possessor].label in ("GPE", "ORG"):
            said = [w for w in columns.lower[start:token] if w not in ("'s", "’s", "-", ",", "the")]
            chain = self._person(token, role, said, [])
            return self._ahead(token, role, said, NEAR) if chain is None else chain
        return None

    def _ahead(self, token: int, role: str, said: list[str], limit: int) -> int | None:
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

    def _restricted(self, token: int) -> bool:
        """Tell whether a relative clause says which one is meant."""
        columns = self.columns
        return any(
            columns.deps[i] == "relcl" and columns.words[i - 1] != ","
            for i in self.describer.children.get(token, ())
        )

    def _person(self, token: int, role: str, modifiers: list[str], tail: list[str]) -> int | None:
        timeline = self.timeline
        said = [EQUAL.get(word, word) for word in modifiers if word != "former"]
        said += [
            word for word in tail if word not in ("of", "the", "for", "in", "a", "'s", "’s", "at")
        ]
        seen: set[int] = set()
        here = timeline.quoted[token]
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
            known = {EQUAL.get(word, word) for word in chain.described}
            if all(word in known or (role in RUNNERS and word in RACES) for word in said):
                return reference.chain
        return None

    def _runs(self, number: int, role: str, said: list[str]) -> bool:
        """Tell whether "the Republican nominee" is this Republican, whom the article is about."""
        parties = [word for word in said if word in PARTIES]
        if role not in RUNNERS or not parties:
            return False
        rivals = [
            self.prominence[other]
            for other, chain in enumerate(self.timeline.chains)
            if chain.label == "PERSON"
            and other != number
            and any(EQUAL.get(word, word) in parties for word in chain.described)
        ]
        described = {EQUAL.get(word, word) for word in self.timeline.chains[number].described}
        mine = self.prominence[number]
        return set(parties) <= described and mine > 2 and all(mine > 2 * rival for rival in rivals)

    def _organisation(self, token: int, noun: str, modifiers: list[str]) -> int | None:
        timeline = self.timeline
        wanted = organisations().nominals[noun]
        for reference in timeline.before(token, LOOK_BACK if wanted else NEAR):
            chain = timeline.chains[reference.chain]
            if chain.label != "ORG":
                continue
            words = set(chain.words)
            if wanted and not (wanted & words):
                continue
            if not wanted and chain.name.lower() in organisations().known:
                continue
            if all(fold(word) in words for word in modifiers):
                return reference.chain
        return None

    def _namesake(self, token: int, noun: str, modifiers: list[str]) -> int | None:
        """Return the thing whose name holds the noun ("the mosque"), or the last of its kind."""
        timeline = self.timeline
        label = KINDS.get(noun)
        for reference in timeline.before(token, NEAR):
            chain = timeline.chains[reference.chain]
            if chain.label in PEOPLE or len(chain.words) < 2 or reference.kind == "pronoun":
                continue
            kin = noun in (chain.words[0], chain.words[-1])
            if (kin and all(word in chain.words for word in modifiers)) or (
                label == chain.label and not modifiers
            ):
                return reference.chain
        return None

    def _place(self, token: int, *, country: bool) -> int | None:
        timeline = self.timeline
        for reference in timeline.before(token, NEAR):
            chain = timeline.chains[reference.chain]
            if chain.label != "GPE":
                continue
            if country == (chain.code is not None) and chain.name.lower() not in places().states:
                return reference.chain
        return None

    def _document(self, token: int) -> int | None:
        """Return the organisation whose report "the report" is: the last that reported anything."""
        timeline, columns = self.timeline, self.columns
        sentence = columns.sentences[token]
        for reference in timeline.before(token, NEAR):
            if sentence - columns.sentences[reference.head] > 3:
                return None
            lemma, _ = self.speaker_cues.get(reference.head, ("", -1))
            if lemma in REPORTING:
                chain = timeline.chains[reference.chain]
                return reference.chain if chain.label == "ORG" else None
        return None
