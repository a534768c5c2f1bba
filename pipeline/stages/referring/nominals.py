"""Find what noun phrases without a name stand for: "the senator", "the company", "the report"."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.document.columns import Columns
from pipeline.document.names import roles
from pipeline.stages.referring.chains import Reference
from pipeline.stages.referring.descriptions import Describer
from pipeline.stages.referring.persons import PersonFinder
from pipeline.stages.referring.things import ThingFinder, thing_words
from pipeline.stages.referring.timeline import Timeline

DEFINITE = frozenset(("the", "this", "that"))


def noun_words() -> frozenset[str]:
    """Return the nouns at which a nominal may end."""
    return frozenset({role.split()[-1] for role in roles()} | thing_words())


class NominalFinder:
    """Find the chain that a noun phrase stands for, or none."""

    def __init__(
        self, timeline: Timeline, describer: Describer, speaker_cues: Mapping[int, tuple[str, int]]
    ) -> None:
        """``speaker_cues`` are, for the head of each source, the lemma of its cue and the number
        of its attribution.
        """
        self.columns: Columns = timeline.columns
        self.describer = describer
        self.persons = PersonFinder(timeline, describer)
        self.things = ThingFinder(timeline, speaker_cues)

    def find(self, token: int) -> Reference | None:
        """Return a reference for the noun phrase that ends at a token."""
        columns = self.columns
        if columns.tags[token] not in ("NN", "NNP") or columns.deps[token] in (
            "compound",
            "amod",
            "appos",
        ):
            return None
        start, end = self.describer.phrase(token)
        if columns.lower[start] in DEFINITE:
            chain = self._definite(token, start, end)
        else:
            chain = self.persons.possessed(token, start)
            if chain is None:
                chain = self.persons.introduced(token, start)
            if chain is None:
                chain = self.persons.headline(token, start, end)
        return None if chain is None else Reference(start, end, token, "nominal", chain)

    def _definite(self, token: int, start: int, end: int) -> int | None:
        columns = self.columns
        if self._restricted(token):
            return None
        modifiers = [
            word
            for word in columns.lower[start + 1 : token]
            if word not in ("'s", "’s", "-", ",", "own", "then")
        ]
        tail = columns.lower[token + 1 : end]
        chain = None
        role = self.describer.role_at(token)
        if role is not None:
            said = modifiers[:-1] if " " in role else modifiers
            chain = self.persons.definite(token, role, said, tail)
        if chain is None and not tail:
            chain = self.things.find(token, columns.lower[token], modifiers)
        return chain

    def _restricted(self, token: int) -> bool:
        """Tell whether a relative clause says which one is meant."""
        columns = self.columns
        return any(
            columns.deps[i] == "relcl" and columns.words[i - 1] != ","
            for i in self.describer.children.get(token, ())
        )
