"""One label per name: the evidence from all places of a name decides each of them.

The network looks at one place at a time. Here the log-probabilities of the labels of a name, and of
its being none, are added up over the document: its own place counts once, and the other places
together with a weight. A name that is found in one place is looked for wherever the same words are
written alike; the last word of a name and an acronym in brackets share in what is said of all of
it. In a transcript, a name in capitals before a colon is a speaker, a person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.document.columns import Columns
from pipeline.document.names import NAME_LABELS, PARTICLES, SUFFIXES
from pipeline.reader.names.decode import UNIT, Floats, Found, spans

NAMED = len(NAME_LABELS)
PERSON = NAME_LABELS.index("PERSON")
LEAST = -6.0
"""Lower bound of the log-probability of a label at one place."""
OTHERS = 0.6
"""Weight of the mean of at most ``MOST`` other places."""
MOST = 4.0
SHORT = 0.5
"""Weight of a longer name for its short form."""
LONGEST = 8
"""Maximum number of words of a name to search for elsewhere."""
Form = tuple[str, ...]
Doubles = NDArray[np.float64]


class Place(NamedTuple):
    """A place of a form, and whether the network found a name there."""

    start: int
    end: int
    found: bool


def agree(columns: Columns, likely: Floats, found: Sequence[Found]) -> list[Found]:
    """Return the names of a document from the network's probabilities and spans."""
    if speaking := speakers(columns, found):
        likely = likely.copy()
        likely[speaking] = LEAST
        likely[speaking, UNIT[PERSON]] = 0.0
        found = spans(likely)
    names = [one for one in found if one.label in NAME_LABELS]
    others = [one for one in found if one.label not in NAME_LABELS]
    forms: dict[Form, list[Place]] = defaultdict(list)
    covered = bytearray(len(columns.words))
    for one in names:
        forms[_form(columns, one.start, one.end)].append(Place(one.start, one.end, True))
        covered[one.start : one.end] = b"\1" * (one.end - one.start)
    shared = _shared(columns, likely, names)
    for place in _missed(columns, set(forms) | set(shared), covered):
        form = _form(columns, place.start, place.end)
        forms[form].append(place)
    decided: list[Found] = []
    for form, places in forms.items():
        of_whole = shared.get(form)
        if of_whole is None and len(form) > 2:  # of others with this surname
            of_whole = shared.get(_form(columns, places[0].end - 1, places[0].end))
        decided.extend(_decide(likely, places, of_whole))
    taken = bytearray(len(columns.words))
    kept: list[Found] = []
    for one in sorted(decided, key=lambda one: (one.start - one.end, one.start)):
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
            kept.append(one)
    kept += [one for one in others if not any(taken[one.start : one.end])]
    return sorted(kept)


def evidence(likely: Floats, start: int, end: int) -> Doubles:
    """Return the log-probability of each label for a span, followed by that of no name."""
    labels = likely[start:end, 1 : 1 + 4 * NAMED].reshape(-1, NAMED, 4)
    found = np.empty(NAMED + 1)
    if end - start == 1:
        found[:-1] = labels[0, :, 3]  # the tag U
    else:
        np.add(labels[0, :, 0], labels[-1, :, 2], out=found[:-1], dtype=np.float64)
        if end - start > 2:
            found[:-1] += labels[1:-1, :, 1].sum(axis=0)
    found[-1] = likely[start:end, 0].sum()
    clipped: Doubles = np.maximum(found, LEAST)
    return clipped


def speakers(columns: Columns, found: Sequence[Found]) -> list[int]:
    """Return the words in capitals before a colon that open a line and name who speaks.

    They do so twice, or are the surname of a person that was found.
    """
    words, paragraphs = columns.words, columns.paragraphs
    opening = [
        at
        for at, word in enumerate(words[:-1])
        if words[at + 1] == ":"
        and len(word) > 1
        and word.isalpha()
        and word.isupper()
        and (at == 0 or paragraphs[at - 1] != paragraphs[at])
    ]
    counts = Counter(words[at] for at in opening)
    surnames = {words[one.end - 1].upper() for one in found if one.label == "PERSON"}
    return [at for at in opening if counts[words[at]] > 1 or words[at] in surnames]


def _decide(likely: Floats, places: list[Place], shared: Doubles | None) -> Iterator[Found]:
    """Yield the places of a form that are names, with their labels."""
    said = np.stack([evidence(likely, place.start, place.end) for place in places])
    number = len(places) - 1.0
    # a mean of many places counts as much as MOST of them
    weight = OTHERS * min(1.0, MOST / number) if number else 0.0
    scores = said + weight * (said.sum(axis=0) - said)
    if shared is not None:
        scores += shared
    sure = scores.max(axis=1) - np.logaddexp.reduce(scores, axis=1)
    bests = scores.argmax(axis=1).tolist()
    for place, best, share in zip(places, bests, sure.tolist(), strict=True):
        if best < NAMED:
            yield Found(place.start, place.end, NAME_LABELS[best], share)


def _shared(columns: Columns, likely: Floats, names: Sequence[Found]) -> dict[Form, Doubles]:
    """Return the evidence from longer names for their short forms: surnames and acronyms."""
    said: dict[Form, list[Doubles]] = defaultdict(list)
    for one in names:
        if one.end - one.start < 2:
            continue
        own = evidence(likely, one.start, one.end)
        for at in _short_forms(columns, one):
            if len(columns.words[at]) > 1 and columns.words[at][0].isupper():
                said[_form(columns, at, at + 1)].append(own)
    return {form: SHORT * np.mean(all_, axis=0) for form, all_ in said.items()}


def _short_forms(columns: Columns, name: Found) -> Iterator[int]:
    """Yield the short forms of a name: its last one, an acronym in brackets."""
    words = columns.words
    last = name.end - 1
    if columns.lower[last] in SUFFIXES and last - name.start > 1:
        last -= 1
    yield last
    if name.label == "PERSON":
        return
    at = name.end + 1
    if at + 1 >= len(words) or words[at - 1] != "(" or words[at + 1] != ")":
        return
    letters = [c.lower() for c in words[at] if c.isalpha()]
    firsts = [word[0].lower() for word in words[name.start : name.end]]
    capitals = [word[0].lower() for word in words[name.start : name.end] if word[0].isupper()]
    if len(letters) > 1 and letters in (firsts, capitals):
        yield at


def _missed(columns: Columns, forms: set[Form], covered: bytearray) -> Iterator[Place]:
    """Yield the places of forms outside all names, longest form first."""
    by_word: dict[str, set[int]] = defaultdict(set)
    for form in forms:
        if len(form) - 1 <= LONGEST:
            by_word[form[1]].add(len(form) - 1)
    end = 0
    for at, word in enumerate(columns.lower):
        if word not in by_word or at < end or covered[at]:
            continue
        for size in sorted(by_word[word], reverse=True):
            stop = at + size
            if stop > len(columns.lower) or any(covered[at:stop]):
                continue
            if _form(columns, at, stop) in forms:
                yield Place(at, stop, False)
                end = stop
                break


def _form(columns: Columns, start: int, end: int) -> Form:
    """Return the words of a span in lower case, after a mark for the case of the first one."""
    first = columns.words[start]
    capital = "A" if first[0].isupper() or columns.lower[start] in PARTICLES else "a"
    return (capital, *columns.lower[start:end])
