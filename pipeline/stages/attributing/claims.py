"""A claim: an attribution in the making, with the words that it was read from."""

from __future__ import annotations

from dataclasses import dataclass, field

from spacy.tokens import Token

from pipeline.records.labels import CueType
from pipeline.stages.annotations import Bounds


@dataclass(slots=True, eq=False)
class Claim:
    """A cue with what is known so far of its source and content.

    ``cue`` is a range of tokens, ``content`` stretches of characters. ``rule`` names the rule that
    made the claim, for measuring how right each one is.
    """

    lemma: str
    type: CueType
    rule: str
    cue: Bounds
    verb: Token | None = None
    source: Token | None = None
    source_span: Bounds | None = None
    """The source in characters, where it is no noun phrase of the parse."""
    cue_span: Bounds | None = None
    """The cue in characters, where it is no word of its own."""
    whole_source: bool = False
    """Relative clauses belong to the source ("according to figures that were released")."""
    content: list[Bounds] = field(default_factory=list)
    negated: bool = False
    quotable: bool = False
    """A quotation may be its content."""

    def touches(self, start: int, end: int) -> bool:
        """Tell whether the content shares characters with a stretch of text."""
        return any(first < end and start < last for first, last in self.content)

    def add(self, start: int, end: int) -> None:
        """Add a stretch to the content, joining what overlaps or stands side by side."""
        if not self.content or start > self.content[-1][1] + 1:
            self.content.append((start, end))  # the usual case; a claim may have thousands
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
