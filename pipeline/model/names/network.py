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
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.document.names import NAME_LABELS
from pipeline.errors import ModelUnsuitable
from pipeline.manifest import own_model
from pipeline.model.encoder import States, encoder_below
from pipeline.model.names.features import FEATURES, NameFeatures, SyntaxLabels, features
from pipeline.model.session import Floats, Integers, check_features, session
from pipeline.names.persons import PARTICLES, SUFFIXES

LABELS = (*NAME_LABELS, "DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL")
"""The labels of names, then those of dates and amounts."""
TAGS = ("O", *(f"{place}-{label}" for label in LABELS for place in "BILU"))
BEGIN, INSIDE, LAST, UNIT = (np.arange(len(LABELS)) * 4 + place for place in range(1, 5))
"""The columns of the tags of each place, in the order of ``LABELS``."""


UNSEEN = -6.0
FOUND = -0.2
"""Log-probabilities of what another recogniser misses, and of what it finds."""


class FoundName(NamedTuple):
    """Tokens that are a name or another entity."""

    start: int
    end: int
    label: str
    sure: float = 0.0
    """Log-probability of the label, for names that the document agrees on."""


def spans(likely: Floats) -> list[FoundName]:
    """Return the spans of the likeliest valid sequence of tags.

    ``likely`` are the (n, tags) log-probabilities of each token's tags. Where each token's own best
    tags form a valid sequence, that is the likeliest; only what stands between two tokens that are
    outside and does not fit together is searched.
    """
    best = likely.argmax(axis=1)
    outside = np.flatnonzero(np.concatenate([[True], best == 0, [True]])) - 1
    for at in np.unique(np.searchsorted(outside, np.flatnonzero(_broken(best)))).tolist():
        run = slice(outside[at - 1] + 1, outside[at])
        best[run] = _search(likely[run])
    label, place = np.divmod(best - 1, 4)
    firsts = np.flatnonzero((best > 0) & ((place == 0) | (place == 3)))
    ends = np.flatnonzero((best > 0) & (place >= 2)) + 1
    rows = zip(firsts.tolist(), ends.tolist(), label[firsts].tolist(), strict=True)
    return [FoundName(start, end, LABELS[one]) for start, end, one in rows]


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


def _broken(tags: Integers) -> NDArray[np.bool_]:
    """Return for each tag, and for the end, whether it cannot follow what is before it."""
    label, place = np.divmod(np.concatenate([[0], tags, [0]]) - 1, 4)  # O: -1 and 3
    goes_on = ((place == 1) | (place == 2))[1:]
    broken: NDArray[np.bool_] = (goes_on != (place < 2)[:-1]) | (goes_on & (np.diff(label) != 0))
    return broken


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


GRAPH = "tagger.onnx"
CONFIG = "config.json"
DECIMALS = 6
"""Log-probabilities are rounded to this many decimals before they are compared."""
NOWHERE = -20.0
"""The log-probability of a name at the end of a line."""
CHUNK = 2000
"""Number of tokens per run of the network."""


class NameNetwork:
    """The network of names, loaded."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        table = json.loads((folder / CONFIG).read_text("utf-8"))
        check_features(folder, table.get("features"), FEATURES)
        self.labels = SyntaxLabels.of(table["tags"], table["deps"])
        self.encoder = encoder_below(folder, table.get("encoder"))
        self.beside = network(table["beside"]) if "beside" in table else None
        if self.beside is not None and self.beside.labels != self.labels:
            raise ModelUnsuitable(
                f"reads other tags or dependencies than {self.beside.name} beside it",
                where=str(folder),
                hint="reinstall the package, or train the model again with this version",
            )
        self.graph = session(folder / GRAPH)

    def likely(self, doc: Doc, columns: Columns) -> Floats:
        """Return the (n, tags) log-probabilities of the tags of a document's tokens.

        With a network ``beside`` it, they are the mean of both.
        """
        found = features(doc, columns, self.labels)
        states = None if self.encoder is None else self.encoder.of(columns)
        likely = self.scored(found, columns, states)
        if self.beside is not None:
            likely += self.beside.scored(found, columns, None)
            likely /= 2
        return likely

    def scored(self, found: NameFeatures, columns: Columns, states: States | None) -> Floats:
        """Return the same for the arrays of a document; names do not contain line ends."""
        scores = np.zeros((len(columns.words), len(TAGS)), dtype=np.float32)
        for start, end in chunks(columns.arrays.sentences):
            scores[start:end] = self.graph.run(None, inputs(found, start, end, states))[0][0]
        return bounded(scores, columns)


def bounded(scores: Floats, columns: Columns) -> Floats:
    """Return log-probabilities rounded, with no name at the end of a line."""
    scores[columns.breaks, 0], scores[columns.breaks, 1:] = 0.0, NOWHERE
    np.round(scores, DECIMALS, out=scores)
    return scores


def inputs(
    found: NameFeatures, start: int, end: int, states: States | None = None
) -> dict[str, Floats | Integers]:
    """Return the inputs of the graph for a range of tokens, with the encoder's if it reads them."""
    words, places = np.unique(found.places[start:end], return_inverse=True)
    encoded = {} if states is None else {"encoded": states[start:end][None]}
    return {
        "vectors": np.asarray(found.vectors[words], dtype=np.float32),
        "hashes": found.hashes[words],
        "grams": found.grams[words],
        "word_bits": found.word_bits[words],
        "places": places[None].astype(np.int64),
        "tensor": np.asarray(found.tensor[None, start:end], dtype=np.float32),
        "codes": found.codes[None, start:end],
        "token_bits": found.token_bits[None, start:end],
        **encoded,
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
def network(name: str) -> NameNetwork:
    """Return a network of ``models/`` by its name in the manifest, checked and loaded once.

    Raises ``ModelChanged`` or ``ManifestUnreadable``.
    """
    _, folder = own_model(name)
    return NameNetwork(folder)


NAMED = len(NAME_LABELS)
PERSON, ORG = NAME_LABELS.index("PERSON"), NAME_LABELS.index("ORG")
SORTS = [
    at for at, label in enumerate(NAME_LABELS) if label not in ("GPE", "LOC", "NORP", "LANGUAGE")
]
"""The labels that exclude each other for equal names; Leicester may be a city and a club."""
ACTS = 0.5
"""Added to the log-probability that a name that acts is an organisation, which decides only where
the network is of two minds."""
LEAST = -6.0
"""Lower bound of the log-probability of a label at one place."""
OTHERS = 0.6
"""Weight of the mean of at most ``MOST`` other places."""
MOST = 4.0
SHORT = 0.5
"""Weight of a longer name for its short form."""
PART = 1.0
"""Weight of the name of a body for a part of it that was taken for a person."""
LONGEST = 8
"""Maximum number of words of a name to search for elsewhere."""
Form = tuple[str, ...]
Doubles = NDArray[np.float64]


def agree(columns: Columns, likely: Floats, found: Sequence[FoundName]) -> list[FoundName]:
    """Return the names of a document from the network's probabilities and spans."""
    if speaking := speakers(columns, found):
        likely = likely.copy()
        likely[speaking] = LEAST
        likely[speaking, UNIT[PERSON]] = 0.0
        found = spans(likely)
    names = [one for one in found if one.label in NAME_LABELS]
    others = [one for one in found if one.label not in NAME_LABELS]
    said = evidence(likely, names)
    said[:, ORG] += ACTS * _acting(columns, names)
    shared = _shared(columns, names, said)
    forms = [_form(columns, one.start, one.end) for one in names]
    missed = list(_missed(columns, {*forms, *shared}, names))
    forms += [_form(columns, one.start, one.end) for one in missed]
    said = np.concatenate([said, evidence(likely, missed)])
    decided = _decide(columns, [*names, *missed], forms, said, shared, _homonyms(columns, names))
    taken = bytearray(len(columns.words))
    kept: list[FoundName] = []
    for one in sorted(decided, key=lambda one: (one.start - one.end, one.start)):
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
            kept.append(one)
    kept += [one for one in others if not any(taken[one.start : one.end])]
    return sorted(kept)


def evidence(likely: Floats, places: Sequence[FoundName]) -> Doubles:
    """Return for each place the log-probability of each label, followed by that of no name."""
    starts = np.array([one.start for one in places], dtype=np.int64)
    sizes = np.array([one.end for one in places], dtype=np.int64) - starts
    found = np.empty((len(places), NAMED + 1))
    for size in np.unique(sizes).tolist():
        alike = sizes == size
        tags = likely[starts[alike, None] + np.arange(size)]
        begin, inside, last, unit = np.moveaxis(
            tags[..., 1 : 1 + 4 * NAMED].reshape(-1, size, NAMED, 4), -1, 0
        )
        if size == 1:
            found[alike, :-1] = unit[:, 0]
        else:
            ends = np.add(begin[:, 0], last[:, -1], dtype=np.float64)
            found[alike, :-1] = ends + inside[:, 1:-1].sum(axis=1)
        found[alike, -1] = tags[..., 0].sum(axis=1)
    clipped: Doubles = np.maximum(found, LEAST)
    return clipped


def speakers(columns: Columns, found: Sequence[FoundName]) -> list[int]:
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


def _decide(
    columns: Columns,
    places: Sequence[FoundName],
    forms: Sequence[Form],
    said: Doubles,
    shared: Mapping[Form, Doubles],
    homonyms: Set[Form],
) -> Iterator[FoundName]:
    """Yield the places that are names, with their labels.

    Equal names have one label in a text, that of their sum, except a place and another thing of its
    name, a people and its language, and the ``homonyms``.
    """
    first = dict(zip(reversed(forms), reversed(places), strict=True))
    number = {form: at for at, form in enumerate(first)}
    of = np.array([number[form] for form in forms], dtype=np.int64)
    others = np.bincount(of)[of] - 1.0
    # a mean of many places counts as much as MOST of them
    weight = np.where(others > 0, OTHERS * np.minimum(1.0, MOST / np.maximum(others, 1.0)), 0.0)
    scores = said + weight[:, None] * (_sums(said, of)[of] - said)
    surnames = [_form(columns, one.end - 1, one.end) for one in first.values()]
    nothing = np.zeros(NAMED + 1)
    # of a longer name, or of others with this surname
    added = [
        shared.get(form, shared.get(last, nothing))
        for form, last in zip(first, surnames, strict=True)
    ]
    scores += np.reshape(added, (-1, NAMED + 1))[of]
    sure = scores.max(axis=1) - np.logaddexp.reduce(scores, axis=1)
    best = scores.argmax(axis=1)
    alike = np.isin(best, SORTS)
    total = _sums(np.where(alike[:, None], scores, 0.0), of)[:, SORTS].argmax(axis=1)[of]
    single = alike & np.array([form not in homonyms for form in forms], dtype=bool)
    best = np.where(single, np.array(SORTS)[total], best)
    for place, label, share in zip(places, best.tolist(), sure.tolist(), strict=True):
        if label < NAMED:
            yield FoundName(place.start, place.end, NAME_LABELS[label], share)


def _acting(columns: Columns, names: Sequence[FoundName]) -> NDArray[np.bool_]:
    """Return whether each name does something or owns something: "the White House's overture"."""
    deps = (columns.deps[columns.root(one.start, one.end)] for one in names)
    return np.fromiter((dep in ("nsubj", "poss") for dep in deps), dtype=bool, count=len(names))


def _homonyms(columns: Columns, names: Sequence[FoundName]) -> set[Form]:
    """Return the short forms that longer names with different labels share: Lee, Lee & Co."""
    labels: dict[Form, set[str]] = defaultdict(set)
    for one in names:
        if one.end - one.start > 1:
            for at in {one.start, *_short_forms(columns, one)}:
                labels[_form(columns, at, at + 1)].add(one.label)
    return {form for form, several in labels.items() if len(several) > 1}


def _sums(rows: Doubles, groups: Integers) -> Doubles:
    """Return the sum of the rows of each group, added in their order."""
    found = np.zeros((int(groups.max(initial=-1)) + 1, NAMED + 1))
    np.add.at(found, groups, rows)
    return found


def _shared(columns: Columns, names: Sequence[FoundName], said: Doubles) -> dict[Form, Doubles]:
    """Return the evidence from longer names for their short forms.

    These are surnames, acronyms, and what was taken for a person but begins the name of a body:
    "Haishan" of Haishan New Energy.
    """
    persons = {_form(columns, one.start, one.end) for one in names if one.label == "PERSON"}
    weights: dict[Form, float] = {}
    pairs = []
    for at, one in enumerate(names):
        if one.end - one.start < 2:
            continue
        shorts = [
            _form(columns, short, short + 1)
            for short in _short_forms(columns, one)
            if len(columns.words[short]) > 1 and columns.words[short][0].isupper()
        ]
        weights |= {form: weights.get(form, SHORT) for form in shorts}
        if one.label == "ORG" and persons:
            last = min(one.end, one.start + LONGEST)
            begun = {_form(columns, one.start, end) for end in range(one.start + 1, last)}
            weights |= dict.fromkeys(persons & {*shorts, *begun}, PART)
            shorts += persons & begun
        pairs += [(form, at) for form in shorts]
    number = {form: at for at, form in enumerate(weights)}
    of = np.array([number[form] for form, _ in pairs], dtype=np.int64)
    total = _sums(said[[at for _, at in pairs]], of)
    means = total / np.bincount(of, minlength=len(number))[:, None]
    return {form: weight * means[number[form]] for form, weight in weights.items()}


def _short_forms(columns: Columns, name: FoundName) -> Iterator[int]:
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


def _missed(columns: Columns, forms: set[Form], names: Sequence[FoundName]) -> Iterator[FoundName]:
    """Yield the places of forms outside all names or around shorter ones, longest form first.

    "He Lifeng" may be a name where only "Lifeng" was found.
    """
    found = {(one.start, one.end) for one in names}
    within = bytearray(len(columns.words) + 1)  # whether a name goes on at a token
    for one in names:
        within[one.start + 1 : one.end] = b"\1" * (one.end - one.start - 1)
    by_word: dict[str, set[int]] = defaultdict(set)
    for form in forms:
        if len(form) - 1 <= LONGEST:
            by_word[form[1]].add(len(form) - 1)
    end = 0
    for at, word in enumerate(columns.lower):
        if word not in by_word or at < end or within[at]:
            continue
        for size in sorted(by_word[word], reverse=True):
            stop = at + size
            if stop > len(columns.lower) or within[stop] or (at, stop) in found:
                continue
            if _form(columns, at, stop) in forms:
                yield FoundName(at, stop, "")
                end = stop
                break


def _form(columns: Columns, start: int, end: int) -> Form:
    """Return the words of a span in lower case, after a mark for the case of the first one."""
    first = columns.words[start]
    capital = "A" if first[0].isupper() or columns.lower[start] in PARTICLES else "a"
    return (capital, *columns.lower[start:end])
