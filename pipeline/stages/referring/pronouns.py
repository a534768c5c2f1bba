"""Find what pronouns stand for.

The rules are those of the classic algorithms (Lappin and Leass 1994; Hobbs 1978): agreement in
gender and number, binding, subjects before objects, nearness, and, in news, that a speaker stays
the speaker and that the words in quotation marks are another world.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from pipeline.document.columns import SUBJECTS, Columns
from pipeline.document.names import Gender
from pipeline.stages.referring.binding import forbidden
from pipeline.stages.referring.chains import Reference
from pipeline.stages.referring.timeline import Timeline
from pipeline.text.wordset import word_set

HE_SHE: dict[str, Gender] = {
    "he": "m",
    "him": "m",
    "his": "m",
    "himself": "m",
    "she": "f",
    "her": "f",
    "hers": "f",
    "herself": "f",
}
FIRST_PERSON = frozenset(("i", "me", "my", "mine", "myself"))
FIRST_PLURAL = frozenset(("we", "us", "our", "ours", "ourselves"))
SECOND_PERSON = frozenset(("you", "your", "yours", "yourself"))
RELATIVES = frozenset(("who", "whom", "whose"))
IT = frozenset(("it", "its", "itself"))
NONBINARY = frozenset(("nonbinary", "non-binary", "genderqueer"))
THEY = frozenset(("they", "them", "their", "themselves"))
PRONOUNS = frozenset(HE_SHE) | FIRST_PERSON | FIRST_PLURAL | SECOND_PERSON | RELATIVES | IT | THEY
WEATHER = frozenset(("rain", "rained", "rains", "raining", "snow", "snowed", "snows", "snowing"))
BE = frozenset(("is", "was", "'s", "’s", "be", "been"))
IMPERSONAL = word_set(
    "time clear unclear likely unlikely possible impossible important necessary hard difficult "
    "easy early true worth obvious best"
)
LOOK_BACK = 60
LOOK_AHEAD = 20
MAX_SENTENCES = 8
NEAR = 2
"""Within so many sentences nobody is both he and she."""
MAX_CLIMB = 12
CLAUSES = frozenset(
    ("ccomp", "advcl", "relcl", "acl", "pcomp", "ROOT", "conj", "parataxis", "csubj", "xcomp")
)


class Weights(NamedTuple):
    """How much each fact speaks for (or, by its name's sense, against) an antecedent."""

    sentence: float = 1.1
    token: float = 0.003
    subject: float = 1.0
    possessor: float = 0.3
    paragraph: float = 0.3
    quotation: float = 1.5
    speakers: float = 0.3
    clause: float = 1.8
    pronoun: float = 0.3
    gender: float = 0.15
    ahead: float = 2.5


WEIGHTS = Weights()
"""Set by random search over he and she in Wikinews articles, interviews and political news."""
THINGS = frozenset(("ORG", "GPE"))
PERSONS = frozenset(("PERSON",))


class PronounFinder:
    """Find the chain that a pronoun stands for, or none."""

    def __init__(self, timeline: Timeline, equals: Mapping[int, int]) -> None:
        self.timeline = timeline
        self.equals = equals
        self.columns: Columns = timeline.columns
        self.singular = self._called_they()

    def he_or_she(self, token: int, excluded: Set[int] = frozenset()) -> int | None:
        """Return the person that "he", "her", … at a token stands for."""
        columns, timeline = self.columns, self.timeline
        gender = HE_SHE[columns.lower[token]]
        scores: dict[int, float] = {}
        sentence = columns.sentences[token]
        subject = self._subject_of_clause(token)
        barred = forbidden(timeline, token) | self._called_otherwise(token, gender)
        for reference in timeline.before(token, LOOK_BACK):
            distance = sentence - columns.sentences[reference.head]
            if distance > MAX_SENTENCES and scores:
                break
            if distance > 3 * MAX_SENTENCES:
                break
            chain = timeline.chains[reference.chain]
            if chain.label != "PERSON" or reference.chain in excluded:
                continue
            if chain.gender not in (gender, None) or reference.head in barred:
                continue
            score = self._score(token, reference, distance, subject)
            if chain.gender == gender:
                score += WEIGHTS.gender
            if reference.chain not in scores or score > scores[reference.chain]:
                scores[reference.chain] = score
        for reference in timeline.after(token, sentence, LOOK_AHEAD):
            chain = timeline.chains[reference.chain]
            if (
                chain.label != "PERSON"
                or reference.kind != "name"
                or chain.gender not in (gender, None)
                or reference.chain in excluded
                or not self._comes_after(token, reference)
            ):
                continue
            score = WEIGHTS.ahead + (WEIGHTS.gender if chain.gender == gender else 0.0)
            scores[reference.chain] = max(score, scores.get(reference.chain, -9.0) + 0.8)
            break
        for chain_number in barred.values():
            scores.pop(chain_number, None)
        if not scores:
            return None
        ranked = sorted(((score, chain) for chain, score in scores.items()), reverse=True)
        return ranked[0][1]

    def _score(self, token: int, reference: Reference, distance: int, subject: int | None) -> float:
        columns, timeline, weight = self.columns, self.timeline, WEIGHTS
        score = -weight.sentence * min(distance, 4) - 0.2 * max(0, distance - 4)
        score -= weight.token * min(token - reference.head, 100)
        if timeline.is_subject(reference) or self._speaks(reference):
            score += weight.subject
        elif columns.deps[reference.head] == "poss" or (
            timeline.quoted[token] < 0 and self._modifies(reference.head)
        ):
            score -= weight.possessor
        if columns.paragraphs[token] != columns.paragraphs[reference.head]:
            score -= weight.paragraph
        inside, other = timeline.quoted[token], timeline.quoted[reference.head]
        if other >= 0 and inside != other:
            score -= weight.quotation
        if token in timeline.speakers and reference.head in timeline.speakers:
            score += weight.speakers
        if reference.head == subject:
            score += weight.clause
        if reference.kind == "pronoun":
            score += weight.pronoun
        return score

    def _speaks(self, reference: Reference) -> bool:
        """Tell whether a name is a source, whatever the parse has it for."""
        tokens = range(reference.start, reference.end)
        return reference.kind == "name" and not self.timeline.speakers.isdisjoint(tokens)

    def _modifies(self, head: int) -> bool:
        """Tell whether a name only says which thing is meant: "the Cruise video"."""
        columns = self.columns
        return columns.deps[head] in ("compound", "nmod") and columns.tags[columns.heads[head]] in (
            "NN",
            "NNS",
        )

    def _called_otherwise(self, token: int, gender: Gender) -> dict[int, int]:
        """Return whom the sentences near by call by the pronoun of the other gender."""
        columns, timeline = self.columns, self.timeline
        found: dict[int, int] = {}
        for reference in timeline.before(token, LOOK_BACK):
            if columns.sentences[token] - columns.sentences[reference.head] > NEAR:
                break
            called = HE_SHE.get(columns.lower[reference.head], gender)
            if reference.kind == "pronoun" and called != gender:
                found[reference.head] = reference.chain
        return found

    def _subject_of_clause(self, token: int) -> int | None:
        """Return the subject that a pronoun most likely repeats: of its clause or the one above.

        For a possessive or an object it is the subject of the verb above; for a subject it is the
        subject of the verb that the clause depends on ("Greer said he …").
        """
        columns = self.columns
        at = token
        skip = columns.deps[token] in SUBJECTS
        for _ in range(MAX_CLIMB):
            head = columns.heads[at]
            if head == at:
                return None
            at = head
            if columns.tags[at][:1] == "V" or columns.tags[at] == "MD":
                if skip:
                    skip = False
                    if columns.deps[at] not in (
                        "ccomp",
                        "advcl",
                        "conj",
                        "relcl",
                        "xcomp",
                        "acl",
                        "pcomp",
                    ):
                        return None
                    continue
                subject = self._subject(at, token)
                if subject is not None:
                    return subject
        return None

    def _subject(self, verb: int, before: int) -> int | None:
        columns = self.columns
        for reference in self.timeline.before(before, 12):
            if columns.heads[reference.head] == verb and columns.deps[reference.head] in SUBJECTS:
                return reference.head
            if columns.sentences[reference.head] != columns.sentences[verb]:
                break
        return None

    def _comes_after(self, token: int, reference: Reference) -> bool:
        """Tell whether a pronoun may look ahead: "In his speech, Greer …"."""
        columns = self.columns
        if columns.deps[reference.head] not in SUBJECTS:
            return False
        verb = columns.heads[reference.head]
        at = token
        for _ in range(MAX_CLIMB):
            head = columns.heads[at]
            if head == verb:
                return columns.deps[at] in ("prep", "advcl", "ccomp", "npadvmod", "advmod")
            if head == at:
                return False
            at = head
        return False

    def relative(self, token: int, labels: Set[str] = PERSONS) -> int | None:
        """Return the chain of the name that "who", "whom", "whose" or "which" hangs on."""
        columns = self.columns
        at = token
        for _ in range(MAX_CLIMB):
            if columns.deps[at] == "relcl":
                antecedent = columns.heads[at]
                break
            if columns.heads[at] == at:
                return None
            at = columns.heads[at]
        else:
            return None
        agent = (
            columns.deps[antecedent] == "pobj" and columns.lower[columns.heads[antecedent]] == "by"
        )
        if agent and labels is THINGS:
            return None  # "a report, first seen by the Globe, which concluded …"
        if antecedent in self.equals and labels is PERSONS:
            return self.equals[antecedent]
        for reference in self.timeline.before(token, 8):
            if reference.head == antecedent or reference.start <= antecedent < reference.end:
                chain = self.timeline.chains[reference.chain]
                return reference.chain if chain.label in labels else None
        return None

    def it(self, token: int) -> int | None:
        """Return the organisation or country that "it" or "its" stands for, where that is plain."""
        columns, timeline = self.columns, self.timeline
        if self._expletive(token):
            return None
        sentence = columns.sentences[token]
        subject = self._subject_of_clause(token)
        for reference in timeline.before(token, 12):
            if sentence - columns.sentences[reference.head] > 1:
                break
            chain = timeline.chains[reference.chain]
            if (
                chain.label not in THINGS
                or timeline.quoted[reference.head] != timeline.quoted[token]
            ):
                continue
            if reference.head == subject:
                return reference.chain
            if subject is None and token in timeline.speakers and timeline.is_subject(reference):
                return reference.chain
        return None

    def _expletive(self, token: int) -> bool:
        """Tell whether "it" stands for nothing: "it is time to go", "it rained"."""
        columns = self.columns
        if columns.lower[token] != "it":
            return False
        verb = columns.heads[token]
        if columns.lower[verb] in WEATHER:
            return True
        return columns.lower[verb] in BE and any(
            columns.heads[i] == verb and columns.lower[i] in IMPERSONAL
            for i in range(verb + 1, min(verb + 5, len(columns.lower)))
        )

    def they(self, token: int) -> int | None:
        """Return the person that a singular "they" stands for, if the text tells of one so called.

        It is the last person before who is said to use the pronoun or to be non-binary.
        """
        columns, timeline = self.columns, self.timeline
        if not self.singular:
            return None
        sentence = columns.sentences[token]
        for reference in timeline.before(token, 12):
            if sentence - columns.sentences[reference.head] > 2:
                return None
            if timeline.chains[reference.chain].label == "PERSON":
                return reference.chain if reference.chain in self.singular else None
        return None

    def _called_they(self) -> frozenset[int]:
        """Return the persons of whom a sentence says that they use the pronoun "they"."""
        columns, timeline = self.columns, self.timeline
        found: set[int] = set()
        for i, word in enumerate(columns.lower):
            tells = word in NONBINARY or (
                word in ("pronoun", "pronouns")
                and any("they" in w for w in columns.lower[max(0, i - 4) : i + 4])
            )
            if tells:
                before = [
                    reference.chain
                    for reference in timeline.before(i, 6)
                    if columns.sentences[reference.head] == columns.sentences[i]
                    and timeline.chains[reference.chain].label == "PERSON"
                ]
                found.update(before[:1])
        return frozenset(found)

    def tell_genders(self, pronouns: Sequence[int]) -> None:
        """Give persons whose names do not tell it the gender of the pronouns that follow them."""
        columns, timeline = self.columns, self.timeline
        votes: dict[int, Counter[Gender]] = defaultdict(Counter)
        for token in pronouns:
            sentence = columns.sentences[token]
            gender = HE_SHE[columns.lower[token]]
            seen: set[int] = set()
            for reference in timeline.before(token, 12):
                distance = sentence - columns.sentences[reference.head]
                if distance > 2:
                    break
                chain = timeline.chains[reference.chain]
                if chain.label != "PERSON" or reference.chain in seen:
                    continue
                seen.add(reference.chain)
                if chain.gender == gender:
                    break
                if chain.gender is None:
                    votes[reference.chain][gender] += 2 if timeline.is_subject(reference) else 1
        for number, counts in votes.items():
            (gender, most), *rest = counts.most_common()
            if most >= 2 and most >= 3 * sum(count for _, count in rest):
                timeline.chains[number].gender = gender
