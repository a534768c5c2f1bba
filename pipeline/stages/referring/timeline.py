"""The references of a document in text order, as the search for an antecedent reads them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence

from pipeline.document.columns import SUBJECTS, Columns
from pipeline.stages.referring.chains import Chain, Reference

WIDEST = 20
"""So many references at most start between the start of a name and its head."""


class Timeline:
    """References sorted by their start; pronouns and nominals are added as they are resolved."""

    def __init__(
        self,
        columns: Columns,
        chains: list[Chain],
        references: Sequence[Reference],
        quoted: Sequence[int],
        speakers: frozenset[int],
    ) -> None:
        self.columns = columns
        self.chains = chains
        self.references = sorted(references)
        self.quoted = quoted
        """For each token the index of the quotation that it stands in, or -1."""
        self.speakers = speakers
        """Tokens that head the source of an attribution."""

    def add(self, reference: Reference) -> None:
        insort(self.references, reference)

    def before(self, token: int, limit: int) -> Iterator[Reference]:
        """Yield references that start before a token, nearest first."""
        at = bisect_left(self.references, (token,)) - 1
        while at >= 0 and limit > 0:
            yield self.references[at]
            at -= 1
            limit -= 1

    def chain_at(self, head: int) -> int | None:
        """Return the chain of the first reference that has a token as its head."""
        near = [one for one in self.before(head + 1, WIDEST) if one.head == head]
        return near[-1].chain if near else None

    def following(self, token: int, limit: int) -> Sequence[Reference]:
        """Return the next references that start after a token."""
        at = bisect_left(self.references, (token + 1,))
        return self.references[at : at + limit]

    def after(self, token: int, sentence: int, limit: int) -> Iterator[Reference]:
        """Yield the next references that start after a token within its sentence."""
        for reference in self.following(token, limit):
            if self.columns.sentences[reference.start] != sentence:
                break
            yield reference

    def is_subject(self, reference: Reference) -> bool:
        """Tell whether a reference is the subject of its clause, or coordinated with it."""
        deps, heads = self.columns.deps, self.columns.heads
        head = reference.head
        for _ in range(4):
            if deps[head] != "conj":
                break
            head = heads[head]
        if deps[head] == "pobj" and deps[heads[head]] == "agent":
            return True  # "was returned by Greer"
        return deps[head] in SUBJECTS
