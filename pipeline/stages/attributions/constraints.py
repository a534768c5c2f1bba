"""What an attribution cannot be by the layout of a text, whatever a network makes of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator
from functools import cache
from itertools import pairwise

from pipeline.document.syntax import RELATIVES, SUBJECTS, VERB_TAGS, child, own_subject
from pipeline.stages.attributions.beliefs import Reported
from pipeline.stages.attributions.proposals import (
    PRESENT_OR_PAST,
    STOPS,
    Proposal,
    source_range,
    whole_source,
)
from pipeline.stages.attributions.reading import Reading
from pipeline.stages.quotes.speech import PAUSE
from pipeline.text.paragraphs import paragraphs
from pipeline.text.spans import TokenSpan

LONGEST = 40
"""Maximum number of tokens of a clause beside a quotation."""
DIRECTLY = 1
"""Maximum number of tokens, a comma, between a quotation and the subject or verb of its clause."""
INTRODUCING = frozenset({",", ":"})


class Constraints:
    """Refuse attributions that contradict the layout.

    - A source does not begin in a later paragraph than its cue.
    - "Lee's" is no source of a verb, nor is the subject of another verb if its own one is between
      both: in "Lee's visit came as data showed", it is the data.
    - A quotation with a clause of its own, “We lost,” Ann Lee said, belongs to no cue of another
      sentence. One that carries on the quotation before, behind such a clause or in the next
      paragraph, belongs to a cue that has both, or to that of its own clause.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        clauses = ((index, self._clauses(index)) for index in reading.outer)
        self.own = {index: found for index, found in clauses if found}
        """By the index of a quotation, the clauses beside it that say who says it."""
        self._begun = {start for found in self.own.values() for start, _ in found}
        self.joined = dict(self._joined())
        """By the index of a quotation, the one before that it is certainly of one attribution with,
        unless it has a clause of its own.
        """
        self._paragraphs = [start for start, _ in paragraphs(reading.text)]
        self._allowed = cache(self._allows_source)

    def _joined(self) -> Iterator[tuple[int, int]]:
        """Yield quotations with the one before them that was left open, or that has a clause of its
        own between them: “We lost,” Ann Lee said. “Badly.”
        """
        quotes, tokens = self.reading.quotes, self.reading.tokens
        for before, index in pairwise(self.reading.outer):
            if quotes[before].close is None:
                if quotes[index].continues == before:
                    yield index, before
            elif index not in self.own and quotes[index].speech and quotes[index].kind == "direct":
                ends = (
                    end for start, end in self.own.get(before, ()) if start == tokens[before][1]
                )
                if any(0 <= tokens[index][0] - end <= 1 for end in ends):
                    yield index, before

    def allow(self, one: Proposal | Reported) -> bool:
        """Return whether an attribution is possible."""
        if not self._allowed(one.cue, one.source):
            return False
        held = set(self._quotations(one.content))
        return all(self._allows_quotation(one.cue[0], index, held) for index in held)

    def inverted(self, cue: TokenSpan, source: TokenSpan | None) -> TokenSpan | None:
        """Return the source of a cue; that of one right behind a quotation follows it.

        The parse often takes it for an object: “Not so,” interrupted the judge.
        """
        if source is not None and source[1] > cue[0]:
            return source
        behind = cue[0] - 1 if self.reading.lower[cue[0] - 1 : cue[0]] == [","] else cue[0]
        verb = self.reading.doc[cue[0]]
        found = own_subject(verb) or child(verb, "dobj") if behind in self._begun else None
        if found is None or found.i < cue[1]:
            return source
        return whole_source(self.reading, source_range(found), cue)

    def _allows_source(self, cue: TokenSpan, source: TokenSpan | None) -> bool:
        if source is None:
            return True
        columns = self.reading.columns
        if self._paragraph(source[0]) > self._paragraph(cue[0]):
            return False
        head = self.reading.head(*source)
        if cue[0] <= columns.heads[head] < cue[1]:
            return True
        verb = next((at for at in range(cue[1] - 1, cue[0] - 1, -1) if self._is_verb(at)), None)
        if verb is None:
            return True
        owns = columns.deps[head] == "poss" and "POS" in columns.tags[head + 1 : head + 2]
        if owns and source[1] <= head + 2:
            return False
        own = own_subject(self.reading.doc[verb])
        if own is None or own.i != cue[0] - 1 or own.lower_ in RELATIVES or source[1] > own.i:
            return True
        return columns.deps[head] not in SUBJECTS

    def _paragraph(self, at: int) -> int:
        return bisect_right(self._paragraphs, self.reading.idx[at])

    def _is_verb(self, at: int) -> bool:
        return self.reading.columns.tags[at] in VERB_TAGS

    def _quotations(self, content: Iterable[TokenSpan]) -> Iterator[int]:
        """Yield the quotations of which a content has the whole."""
        at_quote = self.reading.at_quote
        for start, end in content:
            for index in dict.fromkeys(at_quote[start:end]):
                if index >= 0:
                    first, last = self.reading.tokens[index]
                    if start <= first and last <= end:
                        yield index

    def _allows_quotation(self, cue: int, index: int, held: Container[int]) -> bool:
        """Return whether a cue may have a quotation, with others that it has."""
        own = self.own.get(index, ())
        if any(start <= cue < end for start, end in own) or self.reading.at_quote[cue] == index:
            return True
        if own and self._apart(index, cue):
            return False
        before = self.joined.get(index)
        return before is None or before in held

    def _apart(self, index: int, cue: int) -> bool:
        """Return whether a sentence ends between a quotation and a cue outside of it."""
        reading = self.reading
        first, last = reading.tokens[index]
        start, end = (last, cue) if cue >= last else (cue, first)
        if cue >= last and self._text_end(index) == ".":
            return True
        return any(reading.at_quote[at] < 0 and self._ends(at) for at in range(start, end))

    def _text_end(self, index: int) -> str:
        """Return the last character inside the marks of a quotation."""
        end = self.reading.quotes[index].end
        return self.reading.text[end - 1 : end]

    # ----------------------------------------------------------------------- clauses of their own
    def _clauses(self, index: int) -> list[TokenSpan]:
        """Return the clauses right behind and before a quotation that have a subject and a verb."""
        reading = self.reading
        if not reading.quotes[index].speech or reading.quotes[index].kind != "direct":
            return []
        first, last = reading.tokens[index]
        found: list[TokenSpan] = []
        far = min(last + LONGEST, len(reading.words))
        end = next((at for at in range(last, far) if self._ends(at)), far)
        if self._text_end(index) in PAUSE or reading.lower[last : last + 1] == [","]:
            found += self._clause(last, end, last)
        far = max(first - LONGEST, 0)
        start = next((at + 1 for at in range(first - 1, far - 1, -1) if self._ends(at)), far)
        if start < first and reading.lower[first - 1] in INTRODUCING:
            found += self._clause(start, first, None)
        return found

    def _ends(self, at: int) -> bool:
        """Return whether a token belongs to a quotation or ends a sentence outside of any."""
        word = self.reading.lower[at]
        return self.reading.at_quote[at] >= 0 or word in STOPS or "\n" in word

    def _clause(self, start: int, end: int, mark: int | None) -> Iterator[TokenSpan]:
        """Yield a clause with a subject and a finite verb.

        ``mark``: where the quotation before the clause ends; one of both follows it directly. Of a
        verb that does, the subject may be missed: “It is not,” shot back one neighbour.
        """
        for at in range(start, end):
            if self.reading.columns.tags[at] in PRESENT_OR_PAST:
                subject = own_subject(self.reading.doc[at])
                near = at if subject is None else min(at, subject.left_edge.i)
                if mark is None:
                    found = subject is not None and start <= subject.i < end
                else:
                    found = near - mark <= DIRECTLY
                if found:
                    yield start, end
                return
