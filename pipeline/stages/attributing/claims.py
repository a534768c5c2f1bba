"""A claim: a possible attribution, with the words that it was read from."""

from __future__ import annotations

from dataclasses import dataclass, field

from spacy.tokens import Token

from pipeline.records.labels import CueType
from pipeline.stages.annotations import Bounds


@dataclass(slots=True, eq=False)
class Claim:
    """A cue with what is known so far about its source and content.

    ``cue`` is a token range, ``content`` a list of character spans. ``rule`` names the rule that
    made the claim, so that the precision of each rule can be measured.
    """

    lemma: str
    type: CueType
    rule: str
    cue: Bounds
    verb: Token | None = None
    source: Token | None = None
    source_span: Bounds | None = None
    """Character span of the source, if it is not a noun phrase of the parse."""
    cue_span: Bounds | None = None
    """Character span of the cue, if it is not a separate word."""
    whole_source: bool = False
    """Whether relative clauses belong to the source ("according to figures that were released")."""
    content: list[Bounds] = field(default_factory=list)
    negated: bool = False
    quotable: bool = False
    """Whether a quotation may be its content."""

    def touches(self, start: int, end: int) -> bool:
        """Return whether the content overlaps a span of the text."""
        return any(first < end and start < last for first, last in self.content)

    def add(self, start: int, end: int) -> None:
        """Add a span to the content, merging overlapping and adjacent spans."""
        if not self.content or start > self.content[-1][1] + 1:
            self.content.append((start, end))  # the usual case; a claim may have thousands of spans
            return
        pieces = [*self.content, (start, end)]
        pieces.sort()
        joined = [pieces[0]]
        for first, last in pieces[1:]:
            if first <= joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
            else:
                joined.append((first, last))
        self.content = joined
