"""Propose attributions: spans that the tagger, the parse and the marks suggest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import chain
from typing import Literal, NamedTuple

import numpy as np
from spacy.tokens import Token

from pipeline.document.syntax import (
    AUXILIARIES,
    NAME_TAGS,
    PRONOUN_TAGS,
    VERB_TAGS,
    agent,
    is_passive,
    subject,
)
from pipeline.model.session import Floats
from pipeline.records.labels import SourceForm
from pipeline.stages.attributions.beliefs import Beliefs, Reported
from pipeline.stages.attributions.reading import SOFT, Reading
from pipeline.text.spans import TokenSpan

RESTRICTING = frozenset({"relcl", "acl", "advcl", "parataxis", "ccomp"})


DASHES = frozenset({"-", "--", "—", "–"})


def source_range(head: Token) -> TokenSpan:
    """Return the bounds of a source: its noun phrase with title and apposition.

    Relative clauses and participles are left out, and so is anything before a dash.
    """
    doc = head.doc
    start, end = head.left_edge.i, head.right_edge.i + 1
    for one in head.rights:
        if one.dep_ in RESTRICTING:
            # in parses with crossing branches, a clause on the right may begin on the left
            end = min(end, max(one.left_edge.i, head.i + 1))
    for i in range(start, head.i):
        spaced = doc[i].whitespace_ and (i == start or doc[i - 1].whitespace_)
        if spaced and doc[i].lower_ in DASHES:
            start = i + 1
    while end - 1 > head.i and doc[end - 1].text in (",", ":", ";", "-", "--", "—", "–", "("):
        end -= 1
    while start < head.i and (doc[start].is_space or doc[start].is_punct):
        start += 1
    while end - 1 > head.i and (doc[end - 1].is_space or doc[end - 1].tag_ == "POS"):
        end -= 1
    return start, end


def form_of(head: Token) -> SourceForm:
    """Return whether a source is a name, a pronoun or another noun."""
    tag = head.tag_
    if tag in PRONOUN_TAGS or tag in ("WDT", "EX"):
        return "pronoun"
    if tag in NAME_TAGS or head.ent_type_ in ("PERSON", "ORG", "GPE", "NORP"):
        return "name"
    return "nominal"


BEFORE_NOUN = frozenset(("compound", "amod", "nmod", "nummod", "det"))
LEADING = frozenset(("WDT", "IN", "EX"))
RELATIVE = frozenset(("WP", "WDT"))
FARTHEST = 4
"""Maximum number of tokens to add at an end."""


def whole_source(reading: Reading, source: TokenSpan | None, cue: TokenSpan) -> TokenSpan | None:
    """Return a source with its final boundaries, or None if nothing is left.

    "Hillary" in "Hillary Clinton" is completed. Left out are "that" in "that the mayor described",
    "contradicting" in "contradicting the mayor's", the noun that "which" refers to, "on Tuesday"
    after a name, the "'s" at the end, commas at both ends, and the words of the cue.
    """
    if source is None:
        return None
    start, end = _without_marks(reading, *source)
    if start >= end:
        return None
    start, end = completed(reading, start, end, cue)
    start, end = _with_clause(reading, start, end, cue)
    if start < cue[1] and cue[0] < end:  # "Lee's promise" with the cue "promise was"
        start, end = (start, cue[0]) if start < cue[0] else (cue[1], end)
    start, end = _without_marks(reading, *_cut(reading, start, end))
    return (start, end) if start < end else None


def whole_cue(reading: Reading, cue: TokenSpan, content: Content) -> TokenSpan:
    """Return a cue that ends in an auxiliary with the verb of it: "is" in "is also pressing"."""
    deps, heads, tags = reading.columns.deps, reading.columns.heads, reading.columns.tags
    last = cue[1] - 1
    verb = heads[last]
    if deps[last] not in AUXILIARIES or not last < verb <= last + FARTHEST:
        return cue
    free = all(verb < start or end <= cue[1] for start, end in content)
    adverbs = all(tag[:2] == "RB" for tag in tags[cue[1] : verb])
    return (cue[0], verb + 1) if free and adverbs else cue


def _with_clause(reading: Reading, start: int, end: int, cue: TokenSpan) -> TokenSpan:
    """Complete a relative clause at the end of a source, or remove it.

    "Diplomats, who asked" in "Diplomats, who asked not to be named, said".
    """
    columns = reading.columns
    for at in range(start + 1, end - 1):
        if columns.tags[at] not in RELATIVE:
            continue
        verb = columns.heads[at]
        if columns.deps[verb] != "relcl" or not at < verb < end:
            continue
        last = reading.doc[verb].right_edge.i + 1
        if end < last:
            whole = last <= cue[0] or cue[1] <= start
            return (start, last) if whole else (start, at)
    return start, end


def completed(reading: Reading, start: int, end: int, cue: TokenSpan) -> TokenSpan:
    """Extend a range to complete a name or a noun phrase at either end."""
    in_name = reading.in_name
    last = end
    while last - end < FARTHEST and _goes_on(reading, last - 1):
        last += 1
    if last > end and not end <= cue[0] < last and not _goes_on(reading, last - 1):
        end = last
    first = start
    while first > 0 and start - first < FARTHEST and in_name[first]:
        first -= 1
    if first < start and not first < cue[1] <= start and not in_name[first]:
        start = first
    return start, end


def _goes_on(reading: Reading, at: int) -> bool:
    """Return whether a noun phrase continues after this word."""
    if at + 1 >= len(reading.words):
        return False
    if reading.in_name[at + 1]:
        return True
    columns = reading.columns
    if columns.deps[at] not in BEFORE_NOUN or not at < columns.heads[at] <= at + FARTHEST:
        return False
    return columns.tags[at + 1][:2] in ("NN", "JJ")


def _cut(reading: Reading, start: int, end: int) -> TokenSpan:
    """Return a source without the words around the speaker."""
    doc, tags, heads = reading.doc, reading.columns.tags, reading.columns.heads
    if end - start > 1 and tags[end - 1] in RELATIVE:
        return end - 1, end  # "the department, which": the pronoun refers to it
    if end - start > 1 and tags[start] in LEADING:
        start += 1
    while end - start > 1 and tags[start] == "VBG" and not start < heads[start] < end:
        start += 1
    if end - start > 1 and tags[end - 1] == "POS":
        end -= 1
    while end - start > 1 and tags[end - 1] == "IN":
        end -= 1
    at = end - 1
    while at > start and doc[at].ent_type_ in ("DATE", "TIME"):
        at -= 1
    if start < at < end - 1 and tags[at] == "IN":
        end = at  # "Lee on Tuesday"
    return start, end


def _without_marks(reading: Reading, start: int, end: int) -> TokenSpan:
    while start < end and (_soft(reading.lower[start]) or reading.dateline[start]):
        start += 1
    while start < end and _soft(reading.lower[end - 1]):
        end -= 1
    return start, end


def _soft(word: str) -> bool:
    return word in SOFT or word.isspace()


Origin = Literal["reported", "grown", "grown wide", "clause", "quoted", "part", "sources", "layout"]
Content = tuple[TokenSpan, ...]

LIKELY_CUE = 0.08
"""A proposal is grown around tokens with at least this probability of beginning a cue."""
GROWN: tuple[tuple[Origin, float, float], ...] = (("grown", 0.3, 0.2), ("grown wide", 0.12, 0.1))
"""Minimum probability of a token to become part of a content, and of a source."""
REACH = 20
"""Maximum number of tokens between an utterance and the verb of its clause."""
STOPS = frozenset({".", "?", "!"})
PRESENT_OR_PAST = frozenset({"VBD", "VBZ", "VBP"})
JOINS = frozenset({"and", "but", "or"})
GAP = 2
"""Maximum number of less likely tokens to bridge between two parts of a content."""


class Proposal(NamedTuple):
    """A possible attribution in tokens."""

    cue: TokenSpan
    source: TokenSpan | None
    content: Content
    origin: Origin


def proposals(reading: Reading, beliefs: Beliefs, reported: Iterable[Reported]) -> list[Proposal]:
    """Return each possible attribution of a cue that is reported, likely, or next to an utterance.

    Words in marks that are not speech, such as a title, are not attributed on their own.
    """
    by_cue = {one.cue[0]: one for one in reported}
    beside = _beside(reading, beliefs)
    taken = {at for one in by_cue.values() for at in range(one.cue[0] + 1, one.cue[1])}
    likely = np.flatnonzero(beliefs.begins_cue > LIKELY_CUE).tolist()
    whole, cut = cache(partial(whole_source, reading)), cache(partial(trimmed, reading))
    found: list[Proposal] = []
    for at in sorted({*by_cue, *(at for at in (*likely, *beside) if at not in taken)}):
        given = by_cue.get(at) or Reported((at, _cue_end(beliefs, at)), None, ())
        quoted = [(reading.tokens[index],) for index in beside.get(at, ())]
        unique = _of_cue(reading, beliefs, given, quoted, whole, cut)
        for (source, content), origin in unique.items():
            if content and not _title(reading, content):
                found.append(Proposal(given.cue, source, content, origin))
    return found


def _of_cue(
    reading: Reading,
    beliefs: Beliefs,
    given: Reported,
    quoted: Iterable[Content],
    whole: Callable[[TokenSpan | None, TokenSpan], TokenSpan | None],
    cut: Callable[[TokenSpan, Content, TokenSpan | None], Content],
) -> dict[tuple[TokenSpan | None, Content], Origin]:
    """Return the contents of a cue with its likeliest source, and the first one with others."""
    cue = given.cue
    start, in_content, in_source = beliefs.of_cue(cue)
    sources: list[TokenSpan | None] = []
    contents: list[tuple[Origin, Content]] = []
    if given.content:
        sources.append(whole(given.source, cue))
        contents.append(("reported", cut(cue, given.content, sources[0])))
    for origin, content_least, source_least in GROWN:
        source = whole(_likeliest_run(in_source, start, source_least), cue)
        sources.append(source)
        runs = _runs(in_content, start, content_least, GAP)
        contents.append((origin, cut(cue, runs, source)))
    contents += _variants(reading, contents, lambda ranges: cut(cue, ranges, sources[0]))
    contents += [("quoted", one) for one in quoted]
    found: dict[tuple[TokenSpan | None, Content], Origin] = {}
    for origin, content in contents:
        found.setdefault((sources[0], content), origin)
    first = next((content for _, content in contents if content), ())
    for source in (*sources[1:], whole(subject_of(reading, cue), cue)):
        found.setdefault((source, cut(cue, first, source)), "sources")
    return found


def _beside(reading: Reading, beliefs: Beliefs) -> dict[int, list[int]]:
    """Return the likeliest verb in the sentence around each whole utterance, outside quotations,
    with these utterances.
    """
    found: dict[int, list[int]] = {}
    for index in reading.outer:
        if reading.quotes[index].speech and reading.quotes[index].kind == "direct":
            first, last = reading.tokens[index]
            near = [*_outside(reading, range(first - 1, max(first - 1 - REACH, -1), -1))]
            near += _outside(reading, range(last, min(last + REACH, len(reading.words))))
            if near:
                best = max(near, key=lambda at: (beliefs.begins_cue[at], -at))
                found.setdefault(best, []).append(index)
    return found


def _outside(reading: Reading, places: Iterable[int]) -> Iterator[int]:
    """Yield the finite verbs among some tokens up to a quotation or the end of the sentence."""
    for at in places:
        if reading.at_quote[at] >= 0 or reading.lower[at] in STOPS or "\n" in reading.lower[at]:
            return
        if reading.columns.tags[at] in PRESENT_OR_PAST:
            yield at


def subject_of(reading: Reading, cue: TokenSpan) -> TokenSpan | None:
    """Return the subject of the last verb of a cue by the parse."""
    for at in range(cue[1] - 1, cue[0] - 1, -1):
        if reading.columns.tags[at] in VERB_TAGS:
            verb = reading.doc[at]
            found = agent(verb) if is_passive(verb) else subject(verb)
            return None if found is None else source_range(found)
    return None


def _variants(
    reading: Reading,
    contents: Sequence[tuple[Origin, Content]],
    cut: Callable[[Content], Content],
) -> list[tuple[Origin, Content]]:
    """Return other cuts of the first contents: whole clauses, quotations alone, one part alone."""
    found: list[tuple[Origin, Content]] = []
    for content in dict.fromkeys(content for _, content in contents[:2]):
        if not content:
            continue
        clauses = tuple(_clause(reading, piece) for piece in content)
        pairs = zip(content, clauses, strict=True)
        ends = tuple((piece[0], max(piece[0] + 1, end)) for piece, (_, end) in pairs)
        found += [("clause", cut(clauses)), ("clause", cut(ends))]
        quotes = dict.fromkeys(chain.from_iterable(reading.at_quote[a:b] for a, b in content))
        found.append(("quoted", tuple(reading.tokens[index] for index in quotes if index >= 0)))
        if len(content) > 1:
            found += [("part", content[:1]), ("part", content[1:]), ("part", content[:-1])]
    return found


def _clause(reading: Reading, piece: TokenSpan) -> TokenSpan:
    """Return the tokens below the head of a range, or the range itself at the root."""
    head = reading.head(*piece)
    if reading.columns.deps[head] == "ROOT":
        return piece
    token = reading.doc[head]
    return token.left_edge.i, token.right_edge.i + 1


def _cue_end(beliefs: Beliefs, at: int) -> int:
    end = at + 1
    while end < len(beliefs.tags) and beliefs.tags[end, 2] > 0.5:
        end += 1
    return end


def _runs(likely: Floats, start: int, least: float, gap: int) -> Content:
    """Return the ranges of sufficiently likely tokens, merging those close together."""
    places = (likely > least).nonzero()[0].tolist()
    if not places:
        return ()
    found: list[TokenSpan] = []
    first = last = places[0]
    for at in places:
        if at - last > gap + 1:
            found.append((start + first, start + last + 1))
            first = at
        last = at
    return (*found, (start + first, start + last + 1))


def _likeliest_run(likely: Floats, start: int, least: float) -> TokenSpan | None:
    runs = _runs(likely, start, least, 0)
    if len(runs) > 1:
        return max(runs, key=lambda run: float(likely[run[0] - start : run[1] - start].sum()))
    return runs[0] if runs else None


def trimmed(
    reading: Reading, cue: TokenSpan, ranges: Iterable[TokenSpan], source: TokenSpan | None
) -> Content:
    """Return a content with its final boundaries: without punctuation at its ends or the words of
    its cue and source, and with complete quotations.
    """
    pieces: list[TokenSpan] = []
    for first, last in sorted(ranges):
        kept = reading.content(*completed(reading, first, last, cue))
        if kept is None:
            continue
        start, end = kept
        if reading.lower[start] in JOINS and reading.utters(start + 1) and start + 1 < end:
            start += 1  # "…, but “we lost.”"
        if pieces and start <= pieces[-1][1]:
            pieces[-1] = (pieces[-1][0], max(end, pieces[-1][1]))
        else:
            pieces.append((start, end))
    for hole in (cue, source):
        if hole is not None:
            first, last = hole
            last += reading.columns.tags[last : last + 1] == ["POS"]
            pieces = [part for piece in pieces for part in _without(reading, piece, (first, last))]
    return tuple(pieces)


def _without(reading: Reading, piece: TokenSpan, hole: TokenSpan) -> list[TokenSpan]:
    """Return the parts of a range around a hole, without punctuation at the cut."""
    (start, end), (first, last) = piece, hole
    if last <= start or first >= end:
        return [piece]
    parts = []
    for left, right in ((start, first), (last, end)):
        while left < right and _soft(reading.lower[left]):
            left += 1
        while left < right and _soft(reading.lower[right - 1]):
            right -= 1
        if left < right:
            parts.append((left, right))
    return parts


def _title(reading: Reading, content: Content) -> bool:
    """Return whether a content is one quotation that is not speech."""
    index = reading.at_quote[content[0][0]]
    if index < 0 or reading.quotes[index].speech:
        return False
    return all(reading.at_quote[at] == index for piece in content for at in range(*piece))
