"""Cut a span that a model calls a name to the name itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.document.columns import PROPER_TAGS, Columns
from pipeline.document.names import (
    PARTICLES,
    SUFFIXES,
    first_names,
    organisations,
    places,
    roles,
    titles,
)
from pipeline.text.wordset import word_set

NAME_LABELS = word_set("PERSON NORP FAC ORG GPE LOC PRODUCT EVENT WORK_OF_ART LAW LANGUAGE")
LEADING = word_set(
    "the a an this that these those his her its their our my your all both some many "
    "several every each any no"
)
POSSESSIVES = frozenset(("'s", "’s", "'", "’", "`s", "s'"))
EDGES = frozenset("\"'“”‘’«»„,;:.!?()[]{}-–—…/|*_#&@".strip())
LINKS = frozenset(
    ("of", "the", "for", "and", "&", "in", "on", "to", "at", "with", "de", "’", "'s", "’s")
)
AFFILIATES = frozenset(("administration", "campaign"))
"""Nouns that make an organisation of its own out of the name in front ("Trump administration")."""
CAMPAIGN_TIMES = word_set(
    "trail stop event events rally rallies speech speeches ad ads season bus plane promise "
    "promises pledge pledges launch swing finance cycle theme themes slogan message debate"
)
NO_NAMES = word_set(
    "laughter applause crosstalk thanks regards hello hi dear image photo photos video mr "
    "mrs ms dr sen rep gov i we he she they it you god internet http https www monday "
    "tuesday wednesday thursday friday saturday sunday january february march april june "
    "july august september october november december"
)
NO_TAILS = word_set(
    "based led born backed style type like era wide bound free owned run elect only made "
    "area related linked friendly to in of and or the"
)
"""What a hyphen ties to a name without being part of it ("Beijing-based")."""
HYPHENS = ("-", "‑", "–")
STANCES = frozenset(("pro", "anti", "ex", "non"))
HEADINGS = word_set(
    "image images photo photos picture pictures video source phone fax tel telephone cell direct "
    "dial email e-mail subject address contact date web website"
)
"""Words that a colon makes the heading of what follows ("John Webb Phone: 555 0100")."""
COMPASS = frozenset(("East", "West", "North", "South"))
DISTRICT = frozenset(("D.C.", "DC", "D.C"))
STAFF = word_set(
    "spokesman spokeswoman spokesperson chairman chairwoman director secretary officer officials "
    "reporter correspondent analyst economist lawyer attorney"
)
LOOSE_TAGS = frozenset(("IN", "TO", "CC", "VBD", "VBZ", "VBP", "MD", "WDT", "WP"))
"""Small words that end no name ("the Star-Ledger of")."""
PARTY_STATE = re.compile(r"[RDI]-[A-Z][A-Za-z.]{1,5}")
FILE = re.compile(r"\w\.(?:docx?|jpe?g|gif|png|pdf|xlsx?|pptx?|txt|zip|html?|exe|mp[34])$")
DEPARTMENTS = word_set(
    "state defense defence commerce labor labour energy education transportation justice "
    "agriculture health finance interior"
)
HEADS = frozenset(("secretary", "minister", "secretaries", "ministers"))
INITIAL = re.compile(r"[A-Z]\.?")
TRADE = re.compile(r"[A-Z][a-z]+maker|Lender|Retailer|Insurer|Broadcaster|Startup|Miner")
SIGNS = frozenset("$£€¥")
MAX_NAME = 12
"""Longer spans are no names, but what a model makes of a headline or a list."""


class Name(NamedTuple):
    """A name at a place, in token indices."""

    start: int
    end: int
    label: str


def tidy(columns: Columns, start: int, end: int, label: str) -> Iterator[Name]:
    """Yield the name or names within a span."""
    for left, right in _lines(columns, start, end):
        left, right = trim(columns, left, right)
        left, right = without_company(columns, left, right)
        if label == "PERSON":
            left = with_initial(columns, left, right)
        elif label in ("GPE", "LOC"):
            left, right = whole_place(columns, left, right)
        elif label == "ORG":
            left = without_trade(columns, left, right)
            right = without_role(columns, left, right)
        right = hyphenated(columns, left, right)
        if label == "PERSON":
            left, right = trim_person(columns, left, right)
        if left < right and is_name(columns, left, right, label):
            yield Name(left, right, label)


def _lines(columns: Columns, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for i in range(start, end):
        word = columns.words[i]
        if "\n" in word or word == "/" or word[0] == "@":
            if at < i:
                yield at, i
            at = i + 1
    if at < end:
        yield at, end


def trim(columns: Columns, start: int, end: int) -> tuple[int, int]:
    """Return a span without articles, possessives and marks at its ends."""
    words, lower = columns.words, columns.lower
    while start < end and (
        lower[start] in LEADING or words[start] in EDGES or words[start].isspace()
    ):
        if words[start].isupper() and len(words[start]) > 1 and lower[start] != "the":
            break  # an acronym, like US
        start += 1
    while end > start and (
        words[end - 1] in EDGES
        or words[end - 1] in POSSESSIVES
        or words[end - 1].isspace()
        or (columns.tags[end - 1] in LOOSE_TAGS and words[end - 1].islower() and end - start > 1)
    ):
        end -= 1
    return start, end


def without_company(columns: Columns, start: int, end: int) -> tuple[int, int]:
    """Return a span without what is written beside a name: a heading, a postcode, "pro-"."""
    words, lower = columns.words, columns.lower
    if end - start > 2 and words[start + 1] in HYPHENS and lower[start] in STANCES:
        start += 2 if end - start == 3 else 3  # whom the "pro-Beijing DAB" is for is not its name
    stop = end
    if end < len(words) and words[end] == ":":
        while stop - start > 1 and lower[stop - 1] in HEADINGS:
            stop -= 1
    while stop - start > 1 and words[stop - 1].isdigit() and len(words[stop - 1]) > 4:
        stop -= 1
    return start, stop


def whole_place(columns: Columns, start: int, end: int) -> tuple[int, int]:
    """Return a place with what belongs to its name: "East" in front, "D.C." behind."""
    words = columns.words
    if (
        0 < start < end
        and words[start - 1] in COMPASS
        and columns.tags[start - 1] in PROPER_TAGS
        and columns.sentences[start - 1] == columns.sentences[start]
        and start > 1
        and columns.sentences[start - 2] == columns.sentences[start]
    ):
        start -= 1
    if end < len(words) and words[end - 1 : end] == ["Washington"] and words[end] in DISTRICT:
        end += 1
    return start, end


def without_trade(columns: Columns, start: int, end: int) -> int:
    """Return the start of a firm without what it makes: "Chipmaker" of "Chipmaker Acme said"."""
    return start + 1 if end - start > 1 and TRADE.fullmatch(columns.words[start]) else start


def without_role(columns: Columns, start: int, end: int) -> int:
    """Return the end of an organisation without whom it employs ("State Department Spokesman")."""
    lower = columns.lower
    while end - start > 2 and lower[end - 1] in STAFF and lower[end - 2] not in LINKS:
        end -= 1
    return end


def with_initial(columns: Columns, start: int, end: int) -> int:
    """Return the start of a person's name with the initials in front taken to it."""
    words, tags = columns.words, columns.tags
    while (
        0 < start < end
        and tags[start - 1] in PROPER_TAGS
        and INITIAL.fullmatch(words[start - 1])
        and columns.paragraphs[start - 1] == columns.paragraphs[start]
        and not _named(columns, start - 2)
    ):
        start -= 1
    return start


def _named(columns: Columns, i: int) -> bool:
    """Tell whether a token is part of a name, but no title and no initial."""
    return (
        i >= 0
        and columns.tags[i] in PROPER_TAGS
        and columns.words[i].isalpha()
        and columns.words[i][0].isupper()
        and len(columns.words[i]) > 1
        and columns.lower[i] not in titles()
    )


def hyphenated(columns: Columns, start: int, end: int) -> int:
    """Return the end of a name with the rest of a hyphenated last word taken to it ("Ka-ki")."""
    words, starts, ends = columns.words, columns.starts, columns.ends
    while (
        start < end < len(words) - 1
        and words[end] in ("-", "‑")
        and starts[end] == ends[end - 1]
        and starts[end + 1] == ends[end]
        and words[end + 1].isalpha()
        and words[end - 1][:1].isupper()
        and (words[end + 1].islower() and len(words[end + 1]) <= 6 and end - start > 1)
        and columns.lower[end + 1] not in NO_TAILS
    ):
        end += 2
    return end


def title_length(columns: Columns, start: int, end: int) -> int:
    """Return how many tokens from ``start`` are one title."""
    lower = columns.lower
    known = titles()
    for length in (2, 1):
        if start + length < end + 1 and " ".join(lower[start : start + length]) in known:
            return length
    return 0


def trim_person(columns: Columns, start: int, end: int) -> tuple[int, int]:
    """Return a person's name without titles in front and common words behind."""
    words, lower, tags = columns.words, columns.lower, columns.tags
    if end - start > 2 and lower[start + 1] in first_names() and _describes(lower[start]):
        start += 1
    while start < end - 1:
        length = title_length(columns, start, end)
        if length and start + length < end:
            start += length
        elif words[start][0].islower() and lower[start] not in PARTICLES:
            start += 1
        else:
            break
    stop = start
    for i in range(start, end):
        word = words[i]
        if word in HYPHENS and start < i < end - 1 and _apart(columns, i):
            break
        if not (
            word[0].isupper()
            or lower[i] in PARTICLES
            or lower[i] in SUFFIXES
            or (i > start + 1 and words[i - 1] == "-")
            or word in ("-", "'", "’", ",", '"', "“", "”", "(", ")")
        ):
            break
        if i > start and lower[i] in ("won’t", "be", "is", "says", "on", "in", "of", "and", "the"):
            break
        if (
            i > start
            and tags[i] in ("VBZ", "MD", "IN", "PRP", "PRP$")
            and lower[i] not in PARTICLES
        ):
            break
        if i > start and lower[i] in NO_NAMES:
            break
        stop = i + 1
    while stop > start and words[stop - 1] in ("-", "'", "’", ",", '"', "“", "(", "”"):
        stop -= 1
    if stop < end and words[stop - 1] == ")" and "(" not in words[start:stop]:
        stop -= 1
    return start, stop


def _describes(word: str) -> bool:
    """Tell whether a word describes the person whose name follows ("Texan", "Billionaire")."""
    return word not in first_names() and (word in places().demonyms or word in roles())


def _apart(columns: Columns, i: int) -> bool:
    """Tell whether a token has a space on both sides."""
    starts, ends = columns.starts, columns.ends
    return starts[i] > ends[i - 1] and starts[i + 1] > ends[i]


def is_name(columns: Columns, start: int, end: int, label: str) -> bool:
    """Tell whether a trimmed span can be a name."""
    words, lower = columns.words, columns.lower
    if end - start > MAX_NAME:
        return False
    first = words[start]
    if end - start == 1:
        if lower[start].rstrip(".") in NO_NAMES and not (first.isupper() and len(first) == 2):
            return False
        if columns.tags[start] in ("PRP", "PRP$", "WP", "DT", "UH"):
            return False
    if end - start == 1 and (INITIAL.fullmatch(first) or lower[start] in SUFFIXES):
        return False
    if end - start == 1 and start and words[start - 1] in SIGNS and first[-1].isdigit():
        return False  # an amount: "$US17,246,208"
    if end - start <= 3 and PARTY_STATE.fullmatch("".join(words[start:end])):
        return False
    if FILE.search(lower[end - 1]) or (
        label == "PERSON" and end - start == 1 and any(c.isdigit() for c in first)
    ):
        return False
    if lower[end - 1] == "time" and end - start > 1 and lower[end - 2] in ("standard", "daylight"):
        return False
    if (
        end - start == 1
        and start > 1
        and lower[start] in DEPARTMENTS
        and lower[start - 1] == "of"
        and lower[start - 2] in HEADS
    ):
        return False  # an office: "Secretary of State"
    if first.startswith(("#", "http", "www.")) or "@" in first or "/" in first[:1]:
        return False
    if not any(c.isalpha() for i in range(start, end) for c in words[i]):
        return False
    if label not in ("PERSON", "ORG", "GPE", "LOC", "NORP", "FAC"):
        return True
    return any(words[i][0].isupper() or not words[i][0].islower() for i in range(start, end)) or (
        lower[start] in places().countries or lower[start] in first_names()
    )


def affiliate(columns: Columns, name: Name) -> Name:
    """Return a name with "administration" or "campaign" taken to it: an organisation of its own."""
    lower, tags = columns.lower, columns.tags
    start, end, label = name
    if end >= len(lower) or lower[end] not in AFFILIATES or tags[end] not in ("NN", "NNP"):
        return name
    follower = lower[end + 1] if end + 1 < len(lower) else ""
    if label != "PERSON" or (lower[end] == "campaign" and follower in CAMPAIGN_TIMES):
        return name
    return Name(start, end + 1, "ORG")


def looks_personal(columns: Columns, start: int, end: int) -> bool:
    """Tell whether a span reads like first and last name."""
    words, lower = columns.words, columns.lower
    if not 2 <= end - start <= 4 or lower[start] not in first_names():
        return False
    if not all(w[0].isupper() or w.lower() in PARTICLES for w in words[start:end]):
        return False
    if any(
        columns.tags[i] not in PROPER_TAGS and lower[i] not in PARTICLES for i in range(start, end)
    ):
        return False
    return not is_organisation(lower[start:end])


def is_organisation(lower: list[str]) -> bool:
    """Tell whether lower-cased words end like an organisation's name, or are one that is known."""
    known = organisations()
    last = lower[-1]
    return (len(lower) > 1 and (last in known.endings or last in known.teams)) or (
        " ".join(lower) in known.known
    )
