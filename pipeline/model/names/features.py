"""The input of the network of names: a row for each word, and one for each token.

Each different word of a document is read once: its static vector, hashes of its
letters and whether word lists hold it. A token adds what its place tells: the base model's own
vector, tag and dependency, where sentence and paragraph start, how the line is written, and how the
same word is written elsewhere in the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.model.session import Floats, Integers, tensor, words_of
from pipeline.names import lists, persons
from pipeline.names.spelling import fold
from pipeline.text.words import word_set

WORD_HASHES = {"lower": 4096, "prefix": 1024, "suffix": 2048, "shape": 512}
"""The tables of a word's hashes and their numbers of rows; row 0 is unused."""
GRAM_ROWS = 8192
GRAMS = 20
"""Number of runs of three and four letters of a word to use; row 0 is padding."""
LISTS = (
    "first name",
    "title",
    "role",
    "country",
    "demonym",
    "place",
    "organisation",
    "ending",
    "team",
    "FAC",
    "LOC",
    "EVENT",
    "LAW",
    "WORK_OF_ART",
    "kind",
    "no name",
    "opener",
    "surname first",
    "particle",
)
FIRST_NAME, TITLE, ROLE, ENDING = (
    LISTS.index(one) for one in ("first name", "title", "role", "ending")
)
SIGNS = ("vector", "alpha", "upper", "title", "digit", "punct", "initial", "hyphen", "period")
WORD_BITS = len(LISTS) + len(SIGNS)
TOKEN_BITS = 17
FEATURES: Mapping[str, tuple[str, ...]] = {
    "hashes": tuple(WORD_HASHES),
    "word_bits": (*(f"listed {one}" for one in LISTS), *SIGNS),
    "codes": ("tag", "dep"),
    "token_bits": (
        *("opens a sentence", "opens a paragraph", "in the first paragraph"),
        *("acronyms in the line", "capitals in the line", "line ends a sentence"),
        *("no space before", "no space behind", "small elsewhere", "capital elsewhere"),
        *("share of capitals", "count", "behind a first name", "behind a title"),
        *("before an ending", "behind a cue of a place", "behind a capital"),
    ),
}
"""The columns of the arrays."""
PLACE_CUES = word_set("in at near")


class NameFeatures(NamedTuple):
    """The arrays of a document of n tokens and u different words."""

    vectors: Floats
    """(u, 300) static word vectors."""
    hashes: Integers
    """(u, 4) rows of the tables of ``WORD_HASHES``."""
    grams: Integers
    """(u, 20) rows of the table of runs of letters."""
    word_bits: Floats
    """(u, WORD_BITS) whether ``LISTS`` contain the word, then ``SIGNS``."""
    places: Integers
    """(n,) the word of each token."""
    tensor: Floats
    """(n, 96) the base model's own vectors of tokens in their sentences."""
    codes: Integers
    """(n, 2) codes of tag and dependency; 0 for one that has none."""
    token_bits: Floats
    """(n, TOKEN_BITS) features of the place."""


class SyntaxLabels(NamedTuple):
    """The tags and dependencies that have a code, counted from 1."""

    tags: Mapping[str, int]
    deps: Mapping[str, int]

    @classmethod
    def of(cls, tags: Sequence[str], deps: Sequence[str]) -> SyntaxLabels:
        """Number tags and dependencies in their order."""
        numbered = ({one: at for at, one in enumerate(given, 1)} for given in (tags, deps))
        return cls(*numbered)


def features(doc: Doc, columns: Columns, labels: SyntaxLabels) -> NameFeatures:
    """Return the arrays of a document."""
    words = columns.forms
    _, places, vectors = words_of(doc)
    hashes, grams, word_bits = word_rows(words, vectors)
    return NameFeatures(
        vectors,
        hashes,
        grams,
        word_bits,
        places,
        tensor(doc),
        np.stack([columns.of_tags(labels.tags), columns.of_deps(labels.deps)], axis=1),
        token_bits(words, places, columns, word_bits),
    )


@lru_cache(maxsize=65536)
def word_row(word: str) -> tuple[bytes, bytes, bytes]:
    """Return the hashes, runs of letters and bits of a word, as bytes of arrays."""
    lower = fold(word) or word.lower()
    shape = _shape(word)
    keys = (lower, lower[:3], lower[-3:], shape)
    sizes = WORD_HASHES.values()
    hashes = [
        _row(f"{at}{key}", size) for at, (key, size) in enumerate(zip(keys, sizes, strict=True))
    ]
    framed = f"<{lower[:24]}>"
    runs = [framed[at : at + size] for size in (3, 4) for at in range(len(framed) - size + 1)]
    grams = [_row(run, GRAM_ROWS) for run in runs[:GRAMS]]
    grams += [0] * (GRAMS - len(grams))
    bits = [lower in one for one in _members()]
    bits += [
        word.isalpha(),
        word.isupper(),
        word.istitle(),
        any(c.isdigit() for c in word),
        not any(c.isalnum() for c in word),
        word[:1].isupper(),
        "-" in word[1:-1],
        word.endswith("."),
    ]
    return (
        np.array(hashes, dtype=np.int64).tobytes(),
        np.array(grams, dtype=np.int64).tobytes(),
        np.array(bits, dtype=np.float32).tobytes(),
    )


def word_rows(words: Sequence[str], vectors: Floats) -> tuple[Integers, Integers, Floats]:
    """Return hashes, runs of letters and bits of words, with the given ``vectors``."""
    rows = [word_row(word) for word in words]
    hashes, grams, bits = (b"".join(column) for column in zip(*rows, strict=True))
    size = len(words)
    known = np.any(vectors, axis=1, keepdims=True).astype(np.float32)
    read = np.frombuffer(bits, dtype=np.float32).reshape(size, -1)
    at = len(LISTS)
    return (
        np.frombuffer(hashes, dtype=np.int64).reshape(size, -1),
        np.frombuffer(grams, dtype=np.int64).reshape(size, -1),
        np.concatenate([read[:, :at], known, read[:, at:]], axis=1),
    )


def token_bits(
    words: Sequence[str], places: Integers, columns: Columns, word_bits: Floats
) -> Floats:
    """Return features of the place of each token, and of the other places of the same word.

    ``words`` are the different words of the document with their bits, ``places`` the word of each
    token.
    """
    _, sentence, paragraph = columns.arrays
    size = len(places)
    found = np.zeros((size, TOKEN_BITS), dtype=np.float32)
    if not size:
        return found
    looks = np.fromiter(chain.from_iterable(map(_looks, words)), dtype=bool).reshape(-1, 6)
    letters, capital, upper, content, ends, cue = looks[places].T
    starts = np.diff(sentence, prepend=-1) != 0
    fresh = np.diff(paragraph, prepend=-1) != 0
    found[:, 0] = starts
    found[:, 1] = fresh
    found[:, 2] = paragraph == paragraph[0]
    lines = int(paragraph[-1]) + 1

    def share(of: NDArray[np.bool_], among: NDArray[np.bool_]) -> Floats:
        count = np.bincount(paragraph[among & of], minlength=lines)
        whole = np.bincount(paragraph[among], minlength=lines)
        shared: Floats = np.divide(count, np.maximum(whole, 1), dtype=np.float32)[paragraph]
        return shared

    found[:, 3] = share(upper, letters)
    found[:, 4] = share(capital, content)
    last = np.zeros(lines, dtype=bool)
    solid = letters | ends
    last[paragraph[solid]] = ends[solid]
    found[:, 5] = last[paragraph]
    glued = np.asarray(columns.starts[1:]) == np.asarray(columns.ends[:-1])
    found[1:, 6] = glued
    found[:-1, 7] = glued
    # how the same letters are written elsewhere, where the case is informative
    folded: dict[str, int] = {}
    same = np.array([folded.setdefault(word.lower(), len(folded)) for word in words])[places]
    tells = letters & ~starts & (found[:, 3] < 0.5) & (found[:, 4] < 0.7)
    small = np.bincount(same[letters & ~capital], minlength=len(folded))
    large = np.bincount(same[tells & capital], minlength=len(folded))
    found[:, 8] = (small > 0)[same] & letters
    found[:, 9] = (large > 0)[same] & letters
    found[:, 10] = (large / np.maximum(small + large, 1))[same]
    # what the same word, capitalized, is next to elsewhere
    listed = word_bits[places] > 0
    before, behind = np.zeros((2, size), dtype=np.int64)
    before[1:], behind[:-1] = np.arange(size - 1), np.arange(1, size)
    near, next_to = ~starts & capital, (paragraph == paragraph[behind]) & capital
    for at, beside in enumerate(
        (
            near & (listed[:, FIRST_NAME] & capital)[before],
            near & (listed[:, TITLE] | listed[:, ROLE])[before],
            next_to & (listed[:, ENDING] & capital)[behind],
            near & cue[before],
            near & (capital & ~starts)[before],
        ),
        12,
    ):
        found[:, at] = (np.bincount(same[beside], minlength=len(folded)) > 0)[same] & capital
    found[:, 11] = np.minimum(np.log2(1 + np.bincount(same, minlength=len(folded))[same]) / 4, 1)
    return found


@lru_cache(maxsize=65536)
def _looks(word: str) -> tuple[bool, ...]:
    """Tell letters, a capital, an acronym, a long word, the end of a sentence, a cue of a place."""
    letters = any(char.isalpha() for char in word)
    return (
        letters,
        word[:1].isupper(),
        len(word) > 1 and word.isupper(),
        len(word) > 3 and letters,
        word[-1:] in '.?!:”"',
        word in PLACE_CUES,
    )


def _row(key: str, size: int) -> int:
    return 1 + crc32(key.encode("utf-8", "surrogatepass")) % (size - 1)


def _shape(word: str) -> str:
    """Return the shape of a word, with runs of the same kind cut to two: "Xxx", "dd-xx"."""
    found = ""
    for char in word[:32]:
        kind = "X" if char.isupper() else "x" if char.isalpha() else "d" if char.isdigit() else char
        if not found.endswith(2 * kind):
            found += kind
    return found


@cache
def _members() -> tuple[frozenset[str] | Mapping[str, Any], ...]:
    places, bodies = lists.places(), lists.organisations()
    single = [frozenset(one) for one in (places.countries, places.states, places.others)]
    return (
        lists.first_names(),
        lists.titles(),
        lists.roles(),
        single[0],
        places.demonyms,
        single[1] | single[2],
        bodies.known | frozenset(one.lower() for one in bodies.certain),
        bodies.endings,
        bodies.teams,
        *(
            frozenset(word.lower() for word, kind in bodies.last_words.items() if kind == label)
            for label in LISTS[9:14]
        ),
        lists.kinds(),
        frozenset(one.lower() for one in lists.no_names()),
        lists.openers(),
        persons.SURNAME_FIRST,
        persons.PARTICLES,
    )
