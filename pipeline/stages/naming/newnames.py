"""Find names that a form gives away: speakers of transcripts, acronyms, committees, signatures."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from pipeline.document.columns import PROPER_TAGS, Columns
from pipeline.document.names import (
    first_names,
    openers,
    organisations,
    places,
    titles,
)
from pipeline.stages.naming.namespans import NO_NAMES, Name, is_organisation
from pipeline.text.wordset import word_set

SMALL = word_set("of the for and & in on to at with a an de la")
ACRONYM = re.compile(r"[A-Z][A-Z.&-]{1,9}")
NO_SPEAKERS = word_set("q a by update note editor watch photo video correction crosstalk")
CHAMBERS = frozenset(("senate", "house"))
BODIES = frozenset(("committee", "subcommittee"))
COMMON_PLACES = word_set(
    "turkey china chad jordan georgia guinea jersey queens phoenix mobile lima america"
)
"""Places that in small letters are something else."""
NO_FIRST_NAMES = word_set(
    "santa genesis marine mars saturn venus apollo phoenix athena minerva will hope art guy bill "
    "grace faith joy charity sue mac joe price lady dear valentine "
    "chelsea soo ice gay jan"
)
"""First names that are more often something else."""
MARKS = frozenset("\"“”'‘’")


def transcript_speakers(columns: Columns) -> list[Name]:
    """Return the names in capitals that open paragraphs of a transcript ("PENCE: Well, …")."""
    words, paragraphs = columns.words, columns.paragraphs
    found: list[Name] = []
    for i in range(1, len(words)):
        if words[i] != ":":
            continue
        start = i
        while start and i - start < 6 and paragraphs[start - 1] == paragraphs[i]:
            start -= 1
        if start and paragraphs[start - 1] == paragraphs[i]:
            continue
        while start < i and (
            words[start] in MARKS or columns.lower[start] in titles() or words[start].isspace()
        ):
            start += 1
        form = words[start:i]
        shouted = all(re.sub(r"[-'’.]", "", word).isupper() for word in form)
        speaker = columns.lower[start] not in NO_SPEAKERS and 0 < len(form) <= 4
        if shouted and speaker and len(form[0]) > 1:
            found.append(Name(start, i, "PERSON"))
    counts = Counter(tuple(words[n.start : n.end]) for n in found)
    return [n for n in found if counts[tuple(words[n.start : n.end])] > 1]


def surname_first(columns: Columns, names: list[Name]) -> list[Name]:
    """Return names like "He Lifeng", whose surname is taken for a pronoun, as one name."""
    words, lower, tags = columns.words, columns.lower, columns.tags
    starts = {name.start: name for name in names}
    found: list[Name] = []
    for i in range(1, len(words) - 1):
        if words[i] != "He" or columns.sentences[i] != columns.sentences[i - 1]:
            continue
        given = words[i + 1]
        before = lower[i - 1] in titles() or tags[i - 1] in PROPER_TAGS
        if not (given[0].isupper() and given.isalpha() and tags[i + 1][:2] in ("NN", "FW", "JJ")):
            continue
        if before or (i + 1 in starts and starts[i + 1].label == "PERSON"):
            found.append(Name(i, i + 2, "PERSON"))
    forms = {tuple(words[n.start : n.end]) for n in found}
    for i in range(len(words) - 1):
        if words[i] == "He" and (words[i], words[i + 1]) in forms:
            found.append(Name(i, i + 2, "PERSON"))
    return sorted(set(found))


def line_names(columns: Columns) -> list[Name]:
    """Return persons who stand alone on a line, as at the foot or the head of a letter."""
    words, lower, paragraphs = columns.words, columns.lower, columns.paragraphs
    known = first_names()
    found: list[Name] = []
    start, size = 0, len(words)
    while start < size:
        end = start
        while end < size and paragraphs[end] == paragraphs[start]:
            end += 1
            if end - start > 6:
                break
        if end - start <= 6:
            left, right = start, end
            while right > left and (words[right - 1].isspace() or words[right - 1] in ",.:-"):
                right -= 1
            while left < right and words[left] in ("-", "—", "--"):
                left += 1
            if (
                0 < right - left <= 3
                and lower[left] in known
                and all(
                    w[0].isupper() and (w.isalpha() or w.rstrip(".").isalpha())
                    for w in words[left:right]
                )
                and not is_organisation(lower[left:right])
            ):
                found.append(Name(left, right, "PERSON"))
        else:
            while end < size and paragraphs[end] == paragraphs[start]:
                end += 1
        start = end
    return found


def first_names_alone(columns: Columns, names: list[Name]) -> list[Name]:
    """Return persons that the model missed: a first name tagged as a name, with what follows."""
    words, lower, tags = columns.words, columns.lower, columns.tags
    known = first_names()
    covered = {i for name in names for i in range(name.start, name.end)}
    found: list[Name] = []
    end = 0
    for i, word in enumerate(lower):
        if i < end or word not in known or tags[i] != "NNP" or i in covered or len(word) < 3:
            continue
        if word in openers() or word in NO_FIRST_NAMES or word in NO_NAMES:
            continue
        if words[i].isupper():
            continue
        if word in titles() or (known[word] is None and words[i] == word):
            continue
        if i and (
            words[i - 1] == "-" or (tags[i - 1] in PROPER_TAGS and lower[i - 1] not in titles())
        ):
            continue
        end = i + 1
        while (
            end < len(words)
            and end - i < 3
            and end not in covered
            and tags[end] in PROPER_TAGS
            and words[end].isalpha()
            and words[end].islower() == words[i].islower()
            and lower[end] not in NO_NAMES
        ):
            end += 1
        follows = (
            end < len(words)
            and tags[end] in PROPER_TAGS
            and end not in covered
            and lower[end] not in NO_NAMES
        )
        if not follows and not is_organisation(lower[i:end]):
            found.append(Name(i, end, "PERSON"))
    return found


def lower_places(columns: Columns, names: list[Name]) -> list[Name]:
    """Return countries, states and large cities that are written without capitals."""
    lower, tags, words = columns.lower, columns.tags, columns.words
    gazetteer = places()
    covered = {i for name in names for i in range(name.start, name.end)}
    found: list[Name] = []
    for i, word in enumerate(words):
        if (
            len(word) < 3
            or not word.islower()
            or tags[i] not in ("NN", "NNP", "NNS", "JJ")
            or i in covered
        ):
            continue
        pair = f"{word} {lower[i + 1]}" if i + 1 < len(words) and words[i + 1].islower() else ""
        if pair and (
            pair in gazetteer.countries
            or pair in gazetteer.states
            or gazetteer.others.get(pair) == "GPE"
        ):
            found.append(Name(i, i + 2, "GPE"))
        elif (
            len(word) > 3
            and word not in COMMON_PLACES
            and (
                word in gazetteer.countries
                or word in gazetteer.states
                or gazetteer.others.get(word) == "GPE"
            )
        ):
            found.append(Name(i, i + 1, "GPE"))
    return found


def known_organisations(columns: Columns, names: list[Name]) -> list[Name]:
    """Return the organisations that everybody knows, where no longer name covers them."""
    words = columns.words
    certain = organisations().certain
    prefixes = _prefixes()
    taken = {i: name for name in names for i in range(name.start, name.end)}
    found: list[Name] = []
    end = 0
    for i, word in enumerate(words):
        if i < end or word not in prefixes:
            continue
        joined, stop, last = "", i, 0
        while stop < len(words) and (joined := joined + words[stop].replace("’", "'")) in prefixes:
            stop += 1
            if joined in certain:
                last = stop
        if last and all(
            j not in taken or (i <= taken[j].start and taken[j].end <= last) for j in range(i, last)
        ):
            found.append(Name(i, last, "ORG"))
            end = last
    return found


@cache
def _prefixes() -> frozenset[str]:
    """Return everything that a certain organisation's name can start with."""
    return frozenset(
        name[:length] for name in organisations().certain for length in range(1, len(name) + 1)
    )


def abbreviated(columns: Columns) -> list[Name]:
    """Return names that an acronym in brackets abbreviates (after Schwartz and Hearst 2003)."""
    words = columns.words
    found: list[Name] = []
    for i in range(2, len(words) - 1):
        if words[i - 1] != "(" or words[i + 1] != ")" or not ACRONYM.fullmatch(words[i]):
            continue
        letters = [c.lower() for c in words[i] if c.isalpha()]
        start = _long_form(words, i - 1, letters)
        if start is not None and len(letters) > 1:
            found.append(Name(start, i - 1, "ORG"))
            found.append(Name(i, i + 1, "ORG"))
    return found


def _long_form(words: list[str], end: int, letters: list[str]) -> int | None:
    """Return where the words start whose first letters are these, small words free to count."""
    at, left = end, len(letters)
    while at > 0 and left > 0 and end - at < 12:
        at -= 1
        word = words[at]
        if word[0].lower() == letters[left - 1] and (word[0].isupper() or word in SMALL):
            left -= 1
        elif word.lower() not in SMALL and word not in ("-", ","):
            return None
    return at if left == 0 and words[at][0].isupper() else None


def bodies(columns: Columns, names: list[Name]) -> list[Name]:
    """Return committees of a chamber written small: "Senate banking committee"."""
    lower, tags = columns.lower, columns.tags
    found: list[Name] = []
    for name in names:
        if name.label != "ORG" or lower[name.end - 1] not in CHAMBERS:
            continue
        end = name.end
        while (
            end < len(lower)
            and end - name.end < 4
            and (tags[end] in PROPER_TAGS or tags[end] in ("NN", "NNS", "JJ", "CC"))
        ):
            end += 1
            if lower[end - 1] in BODIES:
                found.append(Name(name.start, end, "ORG"))
                break
    return found
