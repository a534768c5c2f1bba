"""Find names: run the trained network, decode its tags, and agree on one label per name.

A span of one token has the tag U; a longer one begins with B, goes through I and ends with L, all
with its label; O is outside.

The network looks at one place at a time. Here the log-probabilities of the labels of a name, and of
its being none, are added up over the document: its own place counts once, and the other places
together with a weight. A name that is found in one place is looked for wherever the same words are
written alike; the last word of a name and an acronym in brackets share in what is said of all of
it. In a transcript, a name in capitals before a colon is a speaker, a person.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.document.names import NAME_LABELS, PARTICLES, SUFFIXES
from pipeline.manifest import own_model
from pipeline.reader.names.features import Features, Labels, features
from pipeline.reader.session import Floats, Integers, session

LABELS = (*NAME_LABELS, "DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL")
"""The labels of names, then those of dates and amounts."""
TAGS = ("O", *(f"{place}-{label}" for label in LABELS for place in "BILU"))
BEGIN, INSIDE, LAST, UNIT = (np.arange(len(LABELS)) * 4 + place for place in range(1, 5))
"""The columns of the tags of each place, in the order of ``LABELS``."""


UNSEEN = -6.0
FOUND = -0.2
"""Log-probabilities of what another recogniser misses, and of what it finds."""


class Found(NamedTuple):
    """Tokens that are a name or another entity."""

    start: int
    end: int
    label: str
    sure: float = 0.0
    """Log-probability of the label, for names that the document agrees on."""


def spans(likely: Floats) -> list[Found]:
    """Return the spans of the likeliest valid sequence of tags.

    ``likely`` are the (n, tags) log-probabilities of each token's tags. Where each token's own best
    tags form a valid sequence, that is the likeliest; only what stands between two tokens that are
    outside and does not fit together is searched.
    """
    best = likely.argmax(axis=1)
    found: list[Found] = []
    named = np.flatnonzero(best)
    if not len(named):
        return found
    for run in np.split(named, np.flatnonzero(np.diff(named) > 1) + 1):
        start, end = int(run[0]), int(run[-1]) + 1
        tags = best[start:end].tolist()
        if not _valid(tags):
            tags = _search(likely[start:end])
        found.extend(_read(tags, start))
    return found


def of_spans(size: int, found: Iterable[tuple[int, int, str]]) -> Floats:
    """Return log-probabilities that correspond to the spans of another recogniser.

    An entity that it finds is likely; elsewhere, a name is unlikely but possible.
    """
    likely = np.full((size, len(TAGS)), UNSEEN, dtype=np.float32)
    likely[:, 0] = np.log1p(-np.exp(UNSEEN) * (len(TAGS) - 1))
    for start, end, label in found:
        if label not in LABELS:
            continue
        at = LABELS.index(label)
        tags = [BEGIN[at], *[INSIDE[at]] * (end - start - 2), LAST[at]]
        rows = np.arange(start, end)
        likely[rows, 0] = FOUND + UNSEEN
        likely[rows, [UNIT[at]] if end - start == 1 else tags] = FOUND
    return likely


def _valid(tags: list[int]) -> bool:
    """Return whether tags are a valid sequence."""
    open_label = -1
    for tag in tags:
        label, place = divmod(tag - 1, 4) if tag else (-1, 3)
        if (place in (1, 2)) != (open_label >= 0) or (open_label >= 0 and label != open_label):
            return False
        open_label = label if place in (0, 1) else -1
    return open_label < 0


def _search(likely: Floats) -> list[int]:
    """Return the likeliest valid tags: for each token, the best way to end closed or in a label."""
    size = len(likely)
    closed, opened = 0.0, np.full(len(LABELS), -np.inf)
    came: list[tuple[int, NDArray[np.bool_], int]] = []
    for row in likely:
        unit = int(row[UNIT].argmax())
        own = (
            (float(row[0]), 0)
            if row[0] >= row[UNIT[unit]]
            else (float(row[UNIT[unit]]), int(UNIT[unit]))
        )
        ended = opened + row[LAST]
        label = int(ended.argmax())
        begun, gone = closed + row[BEGIN], opened + row[INSIDE]
        fresh = begun >= gone
        tag = own[1] if closed + own[0] >= ended[label] else int(LAST[label])
        came.append((tag, fresh, label))
        closed = max(closed + own[0], float(ended[label]))
        opened = np.maximum(begun, gone)
    tags = [0] * size
    at, inside = size - 1, -1
    while at >= 0:
        tag, fresh, label = came[at]
        if inside < 0:
            tags[at] = tag
            inside = label if tag and (tag - 1) % 4 == 2 else -1
        elif fresh[inside]:
            tags[at], inside = int(BEGIN[inside]), -1
        else:
            tags[at] = int(INSIDE[inside])
        at -= 1
    return tags


def _read(tags: list[int], start: int) -> Iterator[Found]:
    begun = start
    for at, tag in enumerate(tags, start):
        label, place = divmod(tag - 1, 4) if tag else (-1, -1)
        if place in (0, 3):
            begun = at
        if place in (2, 3):
            yield Found(begun, at + 1, LABELS[label])


GRAPH = "tagger.onnx"
CONFIG = "config.json"
DECIMALS = 6
"""Log-probabilities are rounded to this many decimals before they are compared."""
NOWHERE = -20.0
"""The log-probability of a name at the end of a line."""
CHUNK = 2000
"""Number of tokens per run of the network."""


class Network:
    """The network of names, loaded."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        table = json.loads((folder / CONFIG).read_text("utf-8"))
        self.labels = Labels.of(table["tags"], table["deps"])
        self.graph = session(folder / GRAPH)

    def likely(self, doc: Doc, columns: Columns) -> Floats:
        """Return the (n, tags) log-probabilities of the tags of a document's tokens."""
        return self.scored(features(doc, columns, self.labels), columns)

    def scored(self, found: Features, columns: Columns) -> Floats:
        """Return the same for the arrays of a document; names do not contain line ends."""
        scores = np.zeros((len(columns.words), len(TAGS)), dtype=np.float32)
        for start, end in chunks(columns.arrays.sentences):
            scores[start:end] = self.graph.run(None, inputs(found, start, end))[0][0]
        return bounded(scores, columns)


def bounded(scores: Floats, columns: Columns) -> Floats:
    """Return log-probabilities rounded, with no name at the end of a line."""
    scores[columns.breaks, 0], scores[columns.breaks, 1:] = 0.0, NOWHERE
    rounded: Floats = np.round(scores, DECIMALS)
    return rounded


def inputs(found: Features, start: int, end: int) -> dict[str, Floats | Integers]:
    """Return the inputs of the graph for a range of tokens."""
    words, places = np.unique(found.places[start:end], return_inverse=True)
    return {
        "vectors": np.asarray(found.vectors[words], dtype=np.float32),
        "hashes": found.hashes[words],
        "grams": found.grams[words],
        "word_bits": found.word_bits[words],
        "places": places[None].astype(np.int64),
        "tensor": np.asarray(found.tensor[None, start:end], dtype=np.float32),
        "codes": found.codes[None, start:end],
        "token_bits": found.token_bits[None, start:end],
    }


def chunks(sentences: Integers, longest: int = CHUNK) -> Iterator[tuple[int, int]]:
    """Yield ranges of at most this many tokens that cover a document, cut at sentence starts."""
    size = len(sentences)
    starts = np.flatnonzero(np.diff(sentences, prepend=-1))
    cuts = [0]
    while size - cuts[-1] > longest:
        near = starts[(starts > cuts[-1]) & (starts <= cuts[-1] + longest)]
        cuts.append(int(near[-1]) if len(near) else cuts[-1] + longest)
    yield from pairwise([*cuts, size])


@cache
def network(name: str) -> Network:
    """Return a network of ``models/`` by its name in the manifest, checked and loaded once.

    Raises ``ModelChanged`` or ``ManifestUnreadable``.
    """
    _, folder = own_model(name)
    return Network(folder)


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
