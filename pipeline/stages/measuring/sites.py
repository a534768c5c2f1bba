"""Where a figure stands in the parse."""

from __future__ import annotations

from typing import NamedTuple

from spacy.tokens import Doc, Token

from pipeline.stages.annotations import Bounds
from pipeline.stages.measuring.wordsets import LONGEST_SHARE, SHARES


class Site(NamedTuple):
    """Where a figure stands in the parse."""

    doc: Doc
    first: int
    """Index of the figure's first token."""
    last: int
    """Index behind its last token."""
    top: Token
    """Its token that hangs outside it."""
    lead: int
    """Index of the token that it or its hedge starts with."""
    others: frozenset[int] = frozenset()
    """Tokens of all the figures with a unit: they are no nouns to measure."""

    @property
    def behind(self) -> Token | None:
        """The token right behind the figure."""
        return self.doc[self.last] if self.last < len(self.doc) else None

    @property
    def before(self) -> Token | None:
        """The token right before the figure."""
        return self.doc[self.first - 1] if self.first else None

    @property
    def is_money(self) -> bool:
        """Whether the figure is a sum of money by the label or the sign of its tokens."""
        return any(
            token.ent_type_ == "MONEY" or token.tag_ == "$"
            for token in self.doc[self.first : self.last]
        )

    @property
    def is_share(self) -> bool:
        """Whether the figure is in percent or points by its last token."""
        unit = self.doc[self.last - 1]
        return len(unit) <= LONGEST_SHARE and unit.lower_ in SHARES  # a token may be a whole text

    @property
    def bounds(self) -> Bounds:
        return self.first, self.last

    def holds(self, token: Token) -> bool:
        """Tell whether a token is part of the figure."""
        return self.first <= token.i < self.last


def site(doc: Doc, first: int, last: int, others: frozenset[int] = frozenset()) -> Site:
    """Return a figure's place in the parse, by its token bounds."""
    for at in range(last - 1, first - 1, -1):
        head = doc[at].head.i
        if (head < first or head >= last or head == at) and doc[at].dep_ != "punct":
            return Site(doc, first, last, doc[at], first, others)
    return Site(doc, first, last, doc[last - 1], first, others)
