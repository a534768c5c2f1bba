"""Find articles that are copies or updates of each other, and put them into stories.

Two articles are near-duplicates if they share enough word shingles (Broder 1997). Candidates share
a band of their MinHash signatures, which are stored in the database; so new articles are compared
with all earlier ones without reading those again. Whether a candidate is a near-duplicate depends
on the two texts alone, and a story is a connected component: the result does not depend on the
order in which the articles came.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.database.articles import Article, moment
from pipeline.database.components import components
from pipeline.errors import ExtraMissing
from pipeline.writers.derived import BANDS, MEMBERS, PAIRS, SIGNATURES, STORIES

if TYPE_CHECKING:
    from pipeline.database.access import Row, Store

WORD: Final = re.compile(r"\w+")
SHINGLE: Final = 3
"""Words in a shingle."""
PERMUTATIONS: Final = 128
ROWS: Final = 3
"""Hashes in a band: articles with a Jaccard similarity of 0.4 share one with a probability of 94%,
unrelated ones (0.01) with 0.004%."""
CONTAINMENT: Final = 0.6
"""Least share of the shingles of the shorter article that are in the other."""
JACCARD: Final = 0.2
"""Least share of the shingles of both: a short item within a round-up is not a copy of it."""
DEVIATION: Final = 0.1
"""Three standard deviations of the similarity that signatures estimate."""


def shingles(text: str) -> set[int]:
    """Return the hashes, of 32 bits, of the word shingles of a text.

    Case, punctuation and accents are ignored.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))
    grams = zip(*(words[n:] for n in range(SHINGLE)), strict=False)
    return {_hash(" ".join(gram)) for gram in grams}


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "little")


def similarity(first: set[int], second: set[int]) -> float | None:
    """Return the share of the shorter article that is in the other; None if they are different.

    >>> similarity({1, 2, 3, 4}, {1, 2, 3, 9, 10})
    0.75
    >>> similarity({1, 2}, {3, 4})
    """
    shared = len(first & second)
    least = min(len(first), len(second))
    if not shared or shared < CONTAINMENT * least:
        return None
    if shared < JACCARD * (len(first) + len(second) - shared):
        return None
    return round(shared / least, 4)


class Signer:
    """Makes MinHash signatures. Raises ``ExtraMissing`` without the package."""

    def __init__(self) -> None:
        try:
            from datasketch import MinHash
        except ImportError as error:
            hint = "pip install 'news-extraction-pipeline[link]'"
            raise ExtraMissing("finding copies needs datasketch", hint=hint) from error
        # the scheme belongs to the format of the stored signatures
        self.empty = MinHash(PERMUTATIONS, seed=1, hashfunc=int, scheme="affine32")

    def signature(self, hashes: Iterable[int]) -> bytes:
        """Return a signature: 128 unsigned integers of 32 bits, little-endian."""
        made = self.empty.copy()
        made.update_batch(sorted(hashes))
        signature: bytes = made.hashvalues.astype("<u4").tobytes()
        return signature


def bands(signature: bytes) -> Iterator[int]:
    """Yield a hash, as a signed integer of 64 bits, for each band of a signature."""
    size = 4 * ROWS
    for at in range(0, len(signature) - size + 1, size):
        part = at.to_bytes(4, "little") + signature[at : at + size]
        yield int.from_bytes(hashlib.blake2b(part, digest_size=8).digest(), "little", signed=True)


def alike(first: bytes, second: bytes) -> float:
    """Return the Jaccard similarity that two signatures estimate."""
    ours, theirs = memoryview(first).cast("I"), memoryview(second).cast("I")
    return sum(a == b for a, b in zip(ours, theirs, strict=True)) / PERMUTATIONS


def update(store: Store, ids: Sequence[str], articles: Sequence[Article], signer: Signer) -> None:
    """Put new and changed articles into stories, and take changed and deleted ones out of theirs.

    ``articles`` are those of ``ids`` that exist.
    """
    touched = _stories_of(store, ids)
    for table in (SIGNATURES, BANDS, PAIRS, MEMBERS):
        store.delete(table, "article_id", ids)
    store.delete(PAIRS, "other_id", ids)
    sets = {one.id: shingles(one.text) for one in articles}
    signatures = {id: signer.signature(hashes) for id, hashes in sets.items() if hashes}
    store.insert(SIGNATURES, [(id, len(sets[id]), each) for id, each in signatures.items()])
    store.insert(
        BANDS, [(band, id) for id, each in signatures.items() for band in set(bands(each))]
    )
    pairs = list(_pairs(store, sets, signatures))
    store.insert(PAIRS, pairs)
    touched |= _stories_of(store, {id for pair in pairs for id in pair[:2]})
    _rebuild(store, touched, articles)


def _stories_of(store: Store, ids: Iterable[str]) -> set[str]:
    asked = f"SELECT DISTINCT story_id FROM story_members WHERE {store.among('article_id')}"
    return {row[0] for row in store.rows(asked, store.listed(ids))}


def _pairs(
    store: Store, sets: dict[str, set[int]], signatures: dict[str, bytes]
) -> Iterator[tuple[str, str, float]]:
    """Yield the near-duplicates of new articles among all: both ids, in order, and similarity."""
    asked = f"""
        SELECT DISTINCT n.article_id, o.article_id
        FROM story_bands AS n JOIN story_bands AS o ON o.band = n.band
        WHERE {store.among("n.article_id")} AND o.article_id <> n.article_id"""
    found = {tuple(sorted(row)) for row in store.rows(asked, store.listed(signatures))}
    others = {id for pair in found for id in pair} - signatures.keys()
    asked = f"""
        SELECT article_id, signature FROM story_signatures WHERE {store.among("article_id")}"""
    known = {id: bytes(each) for id, each in store.rows(asked, store.listed(others))} | signatures
    near = sorted(
        pair for pair in found if alike(known[pair[0]], known[pair[1]]) >= JACCARD - DEVIATION
    )
    missing = {id for pair in near for id in pair} - sets.keys()
    asked = f"SELECT id, text FROM articles WHERE {store.among('id')}"
    texts = {id: shingles(text) for id, text in store.rows(asked, store.listed(missing))} | sets
    for one, other in near:
        if one in texts and other in texts:  # not deleted since
            shared = similarity(texts[one], texts[other])
            if shared is not None:
                yield one, other, shared


class Member(NamedTuple):
    """An article of a story."""

    id: str
    published: str | None
    outlet: str | None
    credit: str | None
    size: int
    """Different shingles."""


def _rebuild(store: Store, touched: set[str], articles: Sequence[Article]) -> None:
    """Make the stories anew that have changed, together with the new articles."""
    asked = f"""
        SELECT m.article_id, a.published, m.outlet, m.credit, COALESCE(s.shingles, 0)
        FROM story_members AS m JOIN articles AS a ON a.id = m.article_id
        LEFT JOIN story_signatures AS s ON s.article_id = m.article_id
        WHERE {store.among("m.story_id")}"""
    members = {row[0]: Member(*row) for row in store.rows(asked, store.listed(touched))}
    sizes = f"SELECT article_id, shingles FROM story_signatures WHERE {store.among('article_id')}"
    size: dict[str, int] = dict(store.rows(sizes, store.listed(one.id for one in articles)))
    for new in articles:
        credit = credited(new.text, new.byline)
        members[new.id] = Member(new.id, new.published, new.outlet, credit, size.get(new.id, 0))
    asked = f"""
        SELECT article_id, other_id, similarity FROM story_pairs
        WHERE {store.among("article_id")}"""
    edges = store.rows(asked, store.listed(members))
    store.delete(STORIES, "id", touched)
    store.delete(MEMBERS, "story_id", touched)
    nearest: dict[str, float] = defaultdict(float)
    for one, other, shared in edges:
        nearest[one] = max(nearest[one], shared)
        nearest[other] = max(nearest[other], shared)
    stories: list[Row] = []
    rows: list[Row] = []
    for ids in components(members, (edge[:2] for edge in edges)):
        first, *later = ordered(members[id] for id in ids)
        credit = next((one.credit for one in (first, *later) if one.credit), first.outlet)
        stories.append((first.id, first.published, credit))
        rows.append((first.id, first.id, "original", first.outlet, first.credit, None))
        for place, one in enumerate(later):
            kind = "update" if is_update(one, [first, *later[:place]]) else "copy"
            rows.append((one.id, first.id, kind, one.outlet, one.credit, nearest[one.id]))
    store.insert(STORIES, stories)
    store.insert(MEMBERS, rows)


def ordered(members: Iterable[Member]) -> list[Member]:
    """Return the members of a story, the earliest first; those without a date are last."""
    return sorted(members, key=lambda one: (*moment(one.published), one.id))


def is_update(one: Member, earlier: Iterable[Member]) -> bool:
    """Return whether an article updates an earlier one: same outlet, newer and longer.

    >>> old = Member("a", "2025-05-01", "The Sun", None, 200)
    >>> is_update(old._replace(id="b", published="2025-05-02", size=240), [old])
    True
    """
    return one.outlet is not None and any(
        one.outlet == other.outlet
        and moment(one.published) > moment(other.published)
        and one.published is not None
        and one.size > other.size
        for other in earlier
    )


HEAD: Final = 400
TAIL: Final = 300
"""Characters at the start and end of an article where its credit line may be."""
AGENCIES: Final = {
    "Reuters": r"Reuters(?: [A-Z]\w+)?",
    "Associated Press": r"(?:The )?(?:AP|Associated Press)",
    "Agence France-Presse": r"AFP|Agence France[- ]Presse",
    "United Press International": r"UPI|United Press International",
    "Bloomberg": r"Bloomberg(?: News)?",
    "dpa": r"dpa|DPA|Deutsche Presse-Agentur",
    "PA Media": r"PA|PA Media|Press Association",
    "Xinhua": r"Xinhua",
    "Kyodo": r"Kyodo(?: News)?",
    "Yonhap": r"Yonhap",
    "EFE": r"EFE",
    "ANSA": r"ANSA",
    "TASS": r"(?:ITAR-)?TASS",
    "Interfax": r"Interfax",
    "PTI": r"PTI|Press Trust of India",
    "ANI": r"ANI",
    "IANS": r"IANS",
    "AAP": r"AAP|Australian Associated Press",
    "Canadian Press": r"(?:The )?(?:CP|Canadian Press)",
}
CREDITS: Final = {
    agency: re.compile(
        # "LONDON (Reuters) —", "By Al Roe, Associated Press", "© 2025 AFP", "(Reporting by …)"
        rf"\((?:{names})\)|^(?:By [^\n]{{1,60}}?[,|–—-] ?)?(?:{names})\W*$"
        rf"|(?:©|\(c\)|[Cc]opyright)(?: \d{{4}})? (?:{names})\b"
        + (r"|^\((?:Reporting|Additional reporting|Writing) by " if agency == "Reuters" else ""),
        re.MULTILINE,
    )
    for agency, names in AGENCIES.items()
}


def credited(text: str, byline: str | None) -> str | None:
    """Return the agency that an article credits at its start or end or in its byline, or None.

    >>> credited("LONDON (Reuters) - It rained.", None), credited("It rained.", "AP")
    ('Reuters', 'Associated Press')
    """
    by = byline or ""
    for part in (by, f"By {by}", text[:HEAD], text[-TAIL:]):
        found = [(m.start(), name) for name, one in CREDITS.items() if (m := one.search(part))]
        if found:
            return min(found)[1]
    return None
