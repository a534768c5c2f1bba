"""Attribute quotations to the cues beside them: "…," he said · said Greer · she added: "…"."""

from __future__ import annotations

from pipeline.stages.attributing.claims import Claim
from pipeline.stages.attributing.floating import signature, unlisted
from pipeline.stages.attributing.mending import finish, mend_contents, mend_sources
from pipeline.stages.attributing.reading import Reading

LEADS = frozenset({",", ":", "that", "as"})
STOPS = frozenset({".", "?", "!"})
JOINS = frozenset({",", "and", "or", "but"})
GOES_ON = 4
"""Maximum number of tokens after "“…,” he said" at which a quotation continues it."""
REACH_BACK = 30
REACH_ON = 40


class Attachment:
    """Assigns the quotations of one document to its claims.

    ``owner`` maps an outermost quotation to its claim.
    """

    def __init__(self, reading: Reading, claims: list[Claim]) -> None:
        self.reading = reading
        self.claims = claims
        self.by_verb = {c.verb.i: c for c in claims if c.verb is not None}
        self.owner: dict[int, Claim] = {}

    def attach(self) -> None:
        """Assign each quotation of speech to a claim, if one is found."""
        reading = self.reading
        mend_sources(reading, self.claims)
        mend_contents(reading, self.claims)
        self._covered()
        last: int | None = None
        for index in reading.outer:
            quote = reading.quotes[index]
            if not quote.speech:
                continue
            if index not in self.owner:
                claim = self._beside(index) or self._led_in(index)
                if claim is None:
                    claim = signature(reading, index) or unlisted(reading, index)
                    if claim is not None:
                        self.claims.append(claim)
                        if claim.verb is not None:
                            self.by_verb[claim.verb.i] = claim
                if claim is None and quote.continues is not None:
                    claim = self.owner.get(quote.continues)
                if claim is None:
                    claim = self._carried_on(index, last)
                if claim is not None:
                    self.give(index, claim)
            last = index
        finish(reading, self.claims)

    def give(self, index: int, claim: Claim) -> None:
        """Make a quotation the content of a claim, or a part of it."""
        claim.add(*self.reading.bounds(index))
        self.owner[index] = claim

    def _covered(self) -> None:
        """Assign quotations that are already in a content to the smallest such content."""
        reading = self.reading
        for claim in self.claims:
            for start, end in claim.content:
                first, last = reading.token_range(start, end)
                at = first
                while at < last:
                    index = reading.at_quote[at]
                    if index < 0:
                        at += 1
                        continue
                    known = self.owner.get(index)
                    if known is None or _size(claim) < _size(known):
                        self.owner[index] = claim
                    at = reading.tokens[index][1]

    def _beside(self, index: int) -> Claim | None:
        """Return the claim whose cue is before or after a quotation in its sentence."""
        reading = self.reading
        first, _ = reading.tokens[index]
        quote = reading.quotes[index]
        after = self._after(index)
        ending = reading.text[quote.end - 1 : quote.end]
        if after is not None and ending in (",", "?", "!", "-"):
            return after
        before = self._before(first, whole=quote.kind == "direct")
        return before or (after if ending != "." else None)

    def _before(self, first: int, *, whole: bool) -> Claim | None:
        """Return the nearest claim before a quotation; if it is not ``whole``, its cue is close."""
        reading = self.reading
        lower = reading.lower
        led = lower[first - 1] in LEADS if first else False
        at = first - 1
        stop = max(0, first - REACH_BACK)
        while at >= stop:
            word = lower[at]
            if self._speech(at):
                joined = all(one in JOINS for one in lower[at + 1 : first])
                return self.owner.get(reading.at_quote[at]) if joined and not whole else None
            if word in STOPS or "\n" in word:
                return None
            claim = self.by_verb.get(at)
            if claim is not None:
                if self._adjoins(claim, first):
                    return claim
                if claim.quotable and not claim.content and (whole or led or at >= first - 2):
                    return claim
                if claim.quotable:
                    near = at >= first - GOES_ON and self._quoted(claim)
                    return claim if near else None  # "“…,” he said, but “…”"
            at -= 1
        return None

    def _led_in(self, index: int) -> Claim | None:
        """Return the claim whose sentence ends in a colon before the quotation's paragraph."""
        reading = self.reading
        first, _ = reading.tokens[index]
        colon = first - 1
        while colon >= 0 and reading.lower[colon].isspace():
            colon -= 1
        if colon < 0 or colon == first - 1 or reading.lower[colon] != ":":
            return None
        return self._before(colon + 1, whole=True)

    def _adjoins(self, claim: Claim, first: int) -> bool:
        """Return whether an existing content extends up to the quotation."""
        start = self.reading.idx[first]
        between = (self.reading.text[last:start] for _, last in claim.content if last <= start)
        return any(len(gap) <= 3 and gap.strip() in ("", ",", ":") for gap in between)

    def _after(self, index: int) -> Claim | None:
        reading = self.reading
        _, last = reading.tokens[index]
        at = last
        stop = min(len(reading.lower), last + REACH_ON)
        while at < stop:
            word = reading.lower[at]
            if word in STOPS or self._speech(at) or "\n" in word:
                return None
            claim = self.by_verb.get(at)
            if claim is not None:
                source = claim.source
                near = at <= last + 2 or (source is not None and source.left_edge.i <= last + 1)
                if not claim.quotable or not near:
                    return None
                if claim.content and not self._quoted(claim):
                    if not self._leads(claim, index):
                        return None
                    claim.content.clear()
                return claim
            at += 1
        return None

    def _leads(self, claim: Claim, index: int) -> bool:
        """Return whether the apparent content only introduces one: "It was over: “…,” he said."""
        reading = self.reading
        first, _ = reading.tokens[index]
        if claim.rule != "quote" or reading.quotes[index].kind != "direct":
            return False
        return reading.lower[first - 1] == ":" and claim.content[-1][1] <= reading.idx[first]

    def _quoted(self, claim: Claim) -> bool:
        reading = self.reading
        if not claim.content:
            return False
        start, _ = claim.content[0]
        first, _ = reading.token_range(start, start + 1)
        return reading.at_quote[first] >= 0

    def _carried_on(self, index: int, last: int | None) -> Claim | None:
        """Return the claim of a statement that continues in this quotation, a separate sentence."""
        reading = self.reading
        first, _ = reading.tokens[index]
        if reading.quotes[index].kind != "direct":
            return None
        before = first - 1
        while before >= 0 and reading.lower[before].isspace():
            before -= 1
        if before < 0:
            return None
        here, there = reading.paragraph[first], reading.paragraph[before]
        if here == there:
            return self._latest(before, here)
        if reading.lower[before] == ":":
            return self._latest(before, there)
        if last is not None and reading.paragraph[reading.tokens[last][1] - 1] == there:
            return self.owner.get(last)
        return None

    def _latest(self, before: int, paragraph: int) -> Claim | None:
        """Return the last claim of a paragraph whose cue or content is before a token."""
        reading = self.reading
        at = before
        nearest: Claim | None = None
        while at >= 0 and reading.paragraph[at] == paragraph:
            if self._speech(at):
                owner = self.owner.get(reading.at_quote[at])
                return owner or nearest  # "“…,” said Lee, who asked for calm. “…”"
            if nearest is not None and reading.lower[at] in STOPS:
                break
            claim = self.by_verb.get(at)
            if nearest is None and claim is not None and claim.type == "decline":
                return claim  # "A guard told him to wait. He refused. “…”"
            if claim is not None and claim.quotable and not _relative(claim):
                if self._quoted(claim):
                    return claim
                nearest = nearest or claim
            at -= 1
        return nearest

    def _speech(self, at: int) -> bool:
        """Return whether a token is in a quotation of speech."""
        index = self.reading.at_quote[at]
        return index >= 0 and self.reading.quotes[index].speech


def _relative(claim: Claim) -> bool:
    """Return whether a cue is in a relative clause: "said Lee, who said he was new. “…”"."""
    return claim.source is not None and claim.source.tag_ in ("WP", "WDT")


def _size(claim: Claim) -> int:
    return sum(end - start for start, end in claim.content)
