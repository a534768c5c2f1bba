"""Quotations with their surroundings, and the turns of a conversation."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Sequence
from typing import NamedTuple

from pipeline.document.annotations import DocAttribution
from pipeline.document.columns import FINITE_TAGS
from pipeline.document.rules import AnyRule, Rule, named
from pipeline.model.session import Floats
from pipeline.stages.attributions.proposals import STOPS, Proposal
from pipeline.stages.attributions.reading import Reading
from pipeline.stages.attributions.writing import kind_of
from pipeline.text.paragraphs import paragraphs
from pipeline.text.spans import CharSpan, TokenSpan

JOINS = frozenset({",", "and", "or", "but"})
LEAST = 0.05
"""An utterance continues another attribution, if it can, rather than be given to a proposal that is
judged lower.
"""


class Utterances:
    """The quotations of a document, and the chosen attributions that have them.

    ``contents`` are the final contents of the chosen attributions, in tokens.
    """

    def __init__(
        self,
        reading: Reading,
        offered: Sequence[Proposal],
        worth: Floats,
        chosen: Sequence[Proposal],
        own: Container[int] = (),
    ) -> None:
        """``own`` are the quotations with a clause of their own: these continue no other one."""
        self.reading = reading
        self.offered = offered
        self.worth = worth
        self.own = own
        self._proposals: dict[int, list[int]] = defaultdict(list)
        self.contents = [list(one.content) for one in chosen]
        self.cue_at: dict[int, int] = {}
        """The attribution whose cue has a token."""
        self.owner = [-1] * len(reading.lower)
        """The attribution whose content has a token; the one with the shortest content."""
        self.rules: dict[int, AnyRule] = {}
        """The rule by which an utterance was attributed."""
        for at in sorted(range(len(chosen)), key=lambda at: -_size(chosen[at].content)):
            self._enter(at, chosen[at].cue, chosen[at].content)

    def _enter(self, at: int, cue: TokenSpan, content: Sequence[TokenSpan]) -> None:
        self.cue_at.update(dict.fromkeys(range(*cue), at))
        for start, end in content:
            self.owner[start:end] = [at] * (end - start)

    def attach(self) -> list[int]:
        """Give each whole utterance that is left to an attribution, in text order.

        Return the proposals that are chosen for it.
        """
        added: list[int] = []
        for index in self._left():
            at = self._likeliest(index)
            unsure = at is None or self.worth[at] < LEAST
            owner = self._continued(index) if unsure and index not in self.own else -1
            if owner < 0 and at is not None:
                added.append(at)
                self.rules[index] = LIKELIEST
                self.contents.append(list(self.offered[at].content))
                self._enter(len(self.contents) - 1, self.offered[at].cue, self.contents[-1])
            elif owner >= 0:
                quoted = self.reading.tokens[index]
                insort(self.contents[owner], quoted)
                self._enter(owner, (0, 0), [quoted])
        return added

    def _left(self) -> Iterator[int]:
        """Yield the utterances without attribution, and the quotations that "and" joins to one."""
        for index in self.reading.outer:
            quote = self.reading.quotes[index]
            whole = quote.kind == "direct" or self._joined(index) >= 0
            if quote.speech and whole and self._owner(index) < 0:
                yield index

    def _joined(self, index: int) -> int:
        """Return the attribution of the quotation that a quotation is joined to, -1 for none."""
        reading = self.reading
        at = reading.tokens[index][0] - 1
        while at >= 0 and reading.lower[at] in JOINS:
            at -= 1
        return self.owner[at] if at >= 0 and reading.at_quote[at] >= 0 else -1

    def _owner(self, index: int) -> int:
        """Return the attribution that has a quotation, -1 for none."""
        start, end = self.reading.tokens[index]
        return max(self.owner[start:end], default=-1)

    def _likeliest(self, index: int) -> int | None:
        """Return the best proposal that has an utterance and touches no attribution."""
        for at in sorted(self._having(index), key=lambda at: (-self.worth[at], at)):
            one = self.offered[at]
            used = any(token in self.cue_at for token in range(*one.cue))
            if not used and all(max(self.owner[slice(*piece)]) < 0 for piece in one.content):
                return at
        return None

    def _having(self, index: int) -> list[int]:
        """Return the proposals whose content has all of a quotation."""
        if not self._proposals:
            starts = [self.reading.tokens[one][0] for one in self.reading.outer]
            for at, one in enumerate(self.offered):
                for first, last in one.content:
                    for place in range(bisect_left(starts, first), bisect_left(starts, last)):
                        quotation = self.reading.outer[place]
                        if self.reading.tokens[quotation][1] <= last:
                            self._proposals[quotation].append(at)
        return self._proposals[index]

    def _continued(self, index: int) -> int:
        """Return the attribution that an utterance continues, -1 for none."""
        for rule in CONTINUED:
            owner = rule.read(self, index)
            if owner >= 0:
                self.rules[index] = rule
                return owner
        return -1

    def _carried_on(self, index: int) -> int:
        """Return the attribution of the quotation that this one carries on."""
        before = self.reading.quotes[index].continues
        return -1 if before is None or before not in self.reading.tokens else self._owner(before)

    def _before(self, index: int) -> int:
        """Return the last token before a quotation that is no space, -1 for none."""
        at = self.reading.tokens[index][0] - 1
        while at >= 0 and self.reading.lower[at].isspace():
            at -= 1
        return at

    def _led(self, index: int) -> int:
        """Return the attribution of the last quotation or cue before it in its paragraph, or in the
        sentence before that ends in a colon.
        """
        at, reading = self._before(index), self.reading
        near = at >= 0 and reading.paragraph[at] == reading.paragraph[reading.tokens[index][0]]
        return self._latest(at) if near or (at >= 0 and reading.lower[at] == ":") else -1

    def _follows(self, index: int) -> int:
        """Return the attribution of the quotation that ends the paragraph before."""
        at, reading = self._before(index), self.reading
        apart = at >= 0 and reading.paragraph[at] != reading.paragraph[reading.tokens[index][0]]
        return self.owner[at] if apart and reading.at_quote[at] >= 0 else -1

    def _latest(self, at: int) -> int:
        """Return the attribution of the last quotation up to a token in its paragraph, else that of
        the last cue in its sentence.
        """
        reading = self.reading
        paragraph = reading.paragraph[at]
        nearest = -1
        while at >= 0 and reading.paragraph[at] == paragraph:
            index = reading.at_quote[at]
            if index >= 0 and reading.quotes[index].speech:
                return self.owner[at] if self.owner[at] >= 0 else nearest
            if nearest >= 0 and reading.lower[at] in STOPS:
                break
            if nearest < 0:
                nearest = self.cue_at.get(at, -1)
            at -= 1
        return nearest


LIKELIEST = named("likeliest", "the best proposal of the network that has all of the quotation")
CONTINUED: tuple[Rule[Callable[[Utterances, int], int]], ...] = (
    Rule("carried-on", "“We lost,” she said. “Badly.”", Utterances._carried_on),
    Rule("joined", "She called it “a mess” and “a shame”.", Utterances._joined),
    Rule("led", "She shook her head. “We lost.”", Utterances._led),
    Rule("follows", "She said, “We lost.”¶“It was a mess.”", Utterances._follows),
)
"""How an utterance continues an attribution; the first that finds one decides."""


def _size(content: Sequence[TokenSpan]) -> int:
    return sum(end - start for start, end in content)


SPEAKER = re.compile(
    r"[“\"]?(?P<name>[A-Z][A-Z.'’\-]+(?:[ ][A-Z][A-Z.'’\-]*){0,4}(?:,? \([^)\n]{1,40}\))?"
    r"|Q|A|[A-Z][\w.'’\-]+(?:[ ][A-Z][\w.'’\-]*){0,3})(?P<cue>:|(?<=[QA])\.)[ \t\xa0]+(?=\S)"
)
SIGNATURE = re.compile(
    r"[ \t\xa0]{0,2}\n{0,2}[ \t]*(?P<cue>[-–—―]{1,2})[ \t\xa0]?(?P<name>[A-Z][\w.'’\- ]{1,60})"
)
FULL_NAME = re.compile(r"(?:[A-Z][\w.'’\-]*[ ]){1,4}[A-Z][\w.'’\-]+")
"""Matches a name by its capitals alone, if it is on a separate line."""
SAYERS = frozenset(
    {"poll", "polls", "report", "reports", "survey", "study", "source", "sources", "police"}
    | {"official", "officials", "lawyer", "analyst", "analysts", "experts", "aide", "aides"}
)
NO_SPEAKERS = frozenset(
    {"note", "update", "updated", "correction", "photo", "photos", "video", "watch", "read", "tip"}
    | {"editor", "related", "source", "sources", "image", "credit", "more", "exclusive", "breaking"}
    | {"name", "age", "city", "job", "pay", "where", "when", "what", "who", "why", "how", "date"}
    | {"live", "opinion", "analysis", "review", "twitter", "email", "contact", "phone", "listen"}
)
NAMES = frozenset({"PERSON", "ORG", "GPE", "NORP"})
HEADLINE = named("headline", "Poll: Most oppose the plan")
TRANSCRIPT = named("transcript", "WALLACE: Was it fair?")
SIGNED = named("signature", "“It is over.” – Ann Lee")


class Turn(NamedTuple):
    """What the layout attributes to a name, in characters."""

    source: CharSpan
    cue: CharSpan
    content: CharSpan
    rule: AnyRule

    def attribution(
        self, reading: Reading, content: Sequence[TokenSpan], confidence: float
    ) -> DocAttribution:
        """Return the turn as an attribution; ``content`` is its content in tokens, with utterances
        that continue it.
        """
        start, end = self.cue
        added = (piece for piece in content if piece[0] >= reading.token_range(*self.content)[1])
        spans = (self.content, *(reading.chars(*piece) for piece in added))
        return DocAttribution(
            (self.source,),
            (self.cue,),
            spans,
            kind_of(reading, spans),
            "name",
            reading.text[start:end],
            "say",
            confidence=confidence,
        )


def turns(reading: Reading) -> Iterator[Turn]:
    """Yield the turns of a transcript, and the quotations with a signature outside of it."""
    at = 0
    for one in transcript(reading):
        at = max(at, one.content[1])
        yield one
    for index in reading.outer:
        if reading.quotes[index].speech and reading.bounds(index)[0] >= at:
            signed = signature(reading, index)
            if signed is not None:
                yield signed


def transcript(reading: Reading) -> list[Turn]:
    """Return the paragraphs that start with the name of their speaker.

    A name in capitals, or a question and its answer, requires a second one in the text. So does any
    other name; but in the headline, a person, group or place is enough, or "Poll: …". A headline in
    capitals may be the first turn.
    """
    found: list[Turn] = []
    headline: list[Turn] = []
    for number, (start, end) in enumerate(paragraphs(reading.text)):
        match = SPEAKER.match(reading.text, start, end)
        if match is None or match.end() == end or match.group("name").lower() in NO_SPEAKERS:
            continue
        tokens = reading.token_range(match.end(), end)
        content = reading.content(*tokens, stop=True)
        if content is not None:
            name, cue, bounds = match.span("name"), match.span("cue"), reading.marked(*content)
            if not number and _names_source(reading, name):
                headline.append(Turn(name, cue, bounds, HEADLINE))
            else:
                found.append(Turn(name, cue, bounds, TRANSCRIPT))
    capitals = [reading.text[slice(*one.source)].isupper() for one in (*headline, *found)]
    several = len(found) > 1 or (len(capitals) > 1 and all(capitals))
    return [*headline, *(found if several else ())]


def _names_source(reading: Reading, name: CharSpan) -> bool:
    first, last = reading.token_range(*name)
    if first >= last:
        return False
    token = reading.doc[last - 1]
    return token.ent_type_ in NAMES or token.lower_ in SAYERS


def signature(reading: Reading, index: int) -> Turn | None:
    """Return the turn of a quotation that a dash and a name follow."""
    start, end = reading.bounds(index)
    match = SIGNATURE.match(reading.text, end)
    if match is None:
        return None
    tokens = [reading.doc[at] for at in range(*reading.token_range(*match.span("name")))]
    if any(token.tag_ in FINITE_TAGS for token in tokens):
        return None
    name = match.group("name").rstrip(" .-")
    first, last = match.start("name"), match.start("name") + len(name)
    if not any(token.ent_type_ in NAMES for token in tokens):
        line = reading.text[match.end("name") :].split("\n", 1)[0]
        if FULL_NAME.fullmatch(name) is None or line.strip(" .\t\xa0"):
            return None
    return Turn((first, last), match.span("cue"), (start, end), SIGNED)
