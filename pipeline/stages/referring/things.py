"""Find what "the company", "the country", "the report", "the ship" stand for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping

from pipeline.document.columns import Columns
from pipeline.document.names import fold, organisations, places
from pipeline.stages.referring.chains import Chain, Reference
from pipeline.stages.referring.descriptions import Describer
from pipeline.stages.referring.timeline import Timeline
from pipeline.text.wordset import word_set

COUNTRIES = frozenset(("country", "nation"))
CITIES = frozenset(("city", "town"))
DOCUMENTS = word_set(
    "report post statement article story tweet editorial dispatch release bulletin"
)
REPORTING = word_set("report post tweet write publish state release say note announce disclose")
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
VAGUE = word_set(
    "name part side way day year week month time fact case group list kind sort number home place"
)
"""Nouns that tell nothing about the thing that they are said of."""
COPULAS = frozenset(("is", "was", "'s", "’s"))
LOOK_BACK = 150
NEAR = 40


def thing_words() -> frozenset[str]:
    """Return the nouns at which a nominal for a thing may end, whatever the document."""
    known = frozenset(organisations().nominals)
    return known | COUNTRIES | CITIES | DOCUMENTS | KINDS.keys()


def describe_things(
    columns: Columns, chains: list[Chain], references: Iterable[Reference], describer: Describer
) -> frozenset[str]:
    """Note what the text says the things are that it names; return the nouns that it says so with.

    "The cruise ship Freewinds", "Firth Capital, an investment firm," and "Orchard is a brewer":
    each noun becomes a role of the chain.
    """
    attributes: dict[int, int] = {}
    for i, dep in enumerate(columns.deps):
        if dep == "attr" and columns.lower[columns.heads[i]] in COPULAS:
            attributes[columns.heads[i]] = i
    found: set[str] = set()
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
            found.add(word)
    return frozenset(found)


def _said_of(
    columns: Columns, reference: Reference, describer: Describer, attributes: Mapping[int, int]
) -> list[int]:
    """Return the nouns that the text says a name is, next to it or by a copula."""
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


class ThingFinder:
    """Find the organisation, place or other thing that a definite noun phrase stands for."""

    def __init__(self, timeline: Timeline, speaker_cues: Mapping[int, tuple[str, int]]) -> None:
        self.timeline = timeline
        self.columns: Columns = timeline.columns
        self.speaker_cues = speaker_cues
        """For the head of each source: lemma of its cue and number of its attribution."""
        self.strangers: dict[str, list[int]] = defaultdict(list)
        for i, tag in enumerate(self.columns.tags):
            if tag == "NN" and i and self.columns.lower[i - 1] in ("a", "an", "another"):
                self.strangers[self.columns.lower[i]].append(i)

    def find(self, token: int, noun: str, modifiers: list[str]) -> int | None:
        """Return the chain that "the", some modifiers and the noun at a token stand for."""
        chain = self._described(token, noun, modifiers)
        if chain is not None:
            return chain
        if noun in organisations().nominals:
            chain = self._organisation(token, noun, modifiers)
        elif noun in COUNTRIES and not modifiers:
            chain = self._place(token, country=True)
        elif noun in CITIES and not modifiers:
            chain = self._place(token, country=False)
        elif noun in DOCUMENTS and not modifiers:
            chain = self._document(token)
        return self._namesake(token, noun, modifiers) if chain is None else chain

    def _described(self, token: int, noun: str, modifiers: list[str]) -> int | None:
        """Return the last thing that was said to be such a one, if no other came up since."""
        timeline = self.timeline
        for reference in timeline.before(token, LOOK_BACK):
            chain = timeline.chains[reference.chain]
            if chain.label in PEOPLE or noun not in chain.roles:
                continue
            met = self.strangers.get(noun, ())
            if bisect_left(met, token - 1) > bisect_right(met, reference.end):
                return None
            known = chain.described | set(chain.words)
            return reference.chain if all(word in known for word in modifiers) else None
        return None

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
