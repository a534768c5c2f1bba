"""Find articles that are copies or updates of each other, and put them into stories.

Two articles are near-duplicates if they share enough word shingles (Broder 1997). Candidates share
a band of their MinHash signatures, which are stored in the database; so new articles are compared
with earlier ones without reading those again. Whether a candidate is a near-duplicate depends on
the two texts alone, and a story is a connected component: the result does not depend on the order
in which the articles came. Only as many candidates are compared as are needed to find the
components: for n copies of an article, n - 1.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Final, NamedTuple

from pipeline.archive.access import Row, Store, StoredArticle, fetch, moment
from pipeline.errors import needing
from pipeline.output.layout import BANDS, MEMBERS, SIGNATURES, STORIES

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
    return containment(first, second)


def containment(first: set[int], second: set[int]) -> float:
    """Return the share of the smaller set that is in the other."""
    return round(len(first & second) / min(len(first), len(second)), 4)


class Signer:
    """Makes MinHash signatures. Raises ``ExtraMissing`` without the package."""

    def __init__(self) -> None:
        with needing("link", "finding copies needs datasketch"):
            from datasketch import MinHash
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


def update(
    store: Store, ids: Sequence[str], articles: Sequence[StoredArticle], signer: Signer
) -> None:
    """Put new and changed articles into stories, and take changed and deleted ones out of theirs.

    ``articles`` are those of ``ids`` that exist.
    """
    asked = "SELECT DISTINCT story_id FROM story_members"
    left = [row[0] for row in store.matching(asked, "article_id", ids)]
    # without one of its articles, a story may fall apart: its others are placed anew
    others = {one.id for some in _members(store, left).values() for one, _ in some} - {*ids}
    placed = [*articles, *fetch(store, others)]
    for table in (SIGNATURES, MEMBERS):
        store.delete(table, "article_id", [*ids, *others])
    store.delete(STORIES, "id", left)
    store.delete(BANDS, "story_id", left)
    sets = {one.id: shingles(one.text) for one in placed}
    signatures = {id: signer.signature(hashes) for id, hashes in sets.items() if hashes}
    store.insert(SIGNATURES, [(id, len(sets[id]), each) for id, each in signatures.items()])
    grouping = Grouping(store, sets, signatures)
    grouping.place()
    _rebuild(store, grouping, placed)


class Grouping:
    """Puts new articles into stories.

    For each band that a story has, one of its articles is known. A new article is compared with
    these, and with the other articles that share a band with it only if it is a near-duplicate of
    none of these. So a story is what all near-duplicates connect, although few of them are
    compared: of a copy, one.
    """

    def __init__(
        self, store: Store, sets: dict[str, set[int]], signatures: dict[str, bytes]
    ) -> None:
        """``sets`` and ``signatures`` are those of the new articles."""
        self.store = store
        self.sets = sets
        self.signatures = signatures
        self.new = {id: {*bands(signatures[id])} if id in signatures else set() for id in sets}
        """New articles with their bands."""
        self.known: dict[int, dict[str, str]] = defaultdict(dict)
        """An article with a band, by the band and a part of the article's story."""
        self.members: dict[str, set[str]] = defaultdict(set)
        """Articles of the stored stories that share a band with a new one."""
        self.parts = {id: id for id in sets}
        """New articles and stored stories; each leads to another part of the same story."""
        self.compared = 0
        """Number of comparisons."""

    def place(self) -> None:
        """Put all new articles into stories."""
        wanted = {band for some in self.new.values() for band in some}
        asked = "SELECT band, story_id, article_id FROM story_bands"
        for band, story, article in self.store.matching(asked, "band", wanted):
            self.known[band][story] = article
            self.parts[story] = story
        # at once, since each query may read a table
        asked = "SELECT story_id, article_id FROM story_members"
        stored = self.parts.keys() - self.new.keys()
        for story, article in self.store.matching(asked, "story_id", stored):
            self.members[story].add(article)
        self._sign({one for some in self.members.values() for one in some})
        near = {
            article
            for id, some in self.new.items()
            for article in {one for band in some for one in self.known.get(band, {}).values()}
            if self._may_be_near(id, article)
        }
        self.read(near)
        for id in sorted(self.new):
            self._place(id)

    def _place(self, id: str) -> None:
        met: dict[str, set[str]] = defaultdict(set)
        for band in self.new[id]:
            for part, article in self.known[band].items():
                met[self.story(part)].add(article)
        for part, articles in sorted(met.items()):
            story = self.story(part)
            if story != self.story(id) and (
                self._is_near(id, articles)
                or self._is_near(id, self._sharing(id, story) - articles)
            ):
                self.parts[self.story(id)] = story
        for band in self.new[id]:
            if all(self.story(part) != self.story(id) for part in self.known[band]):
                self.known[band][id] = id

    def story(self, part: str) -> str:
        """Return the part that stands for all parts of the same story."""
        while self.parts[part] != part:
            self.parts[part] = part = self.parts[self.parts[part]]
        return part

    def stories(self) -> list[list[str]]:
        """Return the parts of each story that has a new article."""
        found: dict[str, list[str]] = defaultdict(list)
        for part in sorted(self.parts):
            found[self.story(part)].append(part)
        return [parts for parts in found.values() if not self.new.keys().isdisjoint(parts)]

    def _sharing(self, id: str, story: str) -> set[str]:
        """Return the articles of a story that share a band with an article."""
        parts = {part for part in self.parts if self.story(part) == story}
        articles = {one for part in parts for one in self.members[part]} | (parts & self.new.keys())
        return {one for one in articles if not self.new[id].isdisjoint(bands(self.signatures[one]))}

    def _is_near(self, id: str, others: Iterable[str]) -> bool:
        """Return whether an article is a near-duplicate of one of others."""
        near = [one for one in sorted(others) if self._may_be_near(id, one)]
        self.read(near)
        for one in near:
            self.compared += 1
            if similarity(self.sets[id], self.sets[one]) is not None:
                return True
        return False

    def _may_be_near(self, id: str, other: str) -> bool:
        return alike(self.signatures[id], self.signatures[other]) >= JACCARD - DEVIATION

    def _sign(self, ids: Iterable[str]) -> None:
        asked = "SELECT article_id, signature FROM story_signatures"
        if missing := {*ids} - self.signatures.keys():
            for id, each in self.store.matching(asked, "article_id", missing):
                self.signatures[id] = bytes(each)

    def read(self, ids: Iterable[str]) -> None:
        """Read the texts of articles."""
        if missing := {*ids} - self.sets.keys():
            for id, text in self.store.matching("SELECT id, text FROM articles", "id", missing):
                self.sets[id] = shingles(text)


class StoryArticle(NamedTuple):
    """An article of a story."""

    id: str
    published: str | None
    outlet: str | None
    credit: str | None
    size: int
    """Different shingles."""


def _members(
    store: Store, stories: Iterable[str]
) -> dict[str, list[tuple[StoryArticle, float | None]]]:
    """Return the articles of stored stories, with their similarity to the first."""
    found: dict[str, list[tuple[StoryArticle, float | None]]] = defaultdict(list)
    asked = """
        SELECT m.story_id, m.similarity, m.article_id, a.published, m.outlet, m.credit,
            COALESCE(s.shingles, 0)
        FROM story_members AS m LEFT JOIN articles AS a ON a.id = m.article_id
        LEFT JOIN story_signatures AS s ON s.article_id = m.article_id"""
    for story, shared, *row in store.matching(asked, "m.story_id", stories):
        found[story].append((StoryArticle(*row), shared))
    return found


def _rebuild(store: Store, grouping: Grouping, placed: Iterable[StoredArticle]) -> None:
    """Store the stories that have new articles."""
    new = {
        one.id: StoryArticle(
            one.id,
            one.published,
            one.outlet,
            credited(one.text, one.byline),
            len(grouping.sets[one.id]),
        )
        for one in placed
    }
    groups = grouping.stories()
    before = {part for parts in groups for part in parts} - new.keys()
    stored = _members(store, before)
    shared = {one.id: (story, number) for story, some in stored.items() for one, number in some}
    arranged = []
    for parts in groups:
        members = [new[part] for part in parts if part in new]
        members += [one for part in parts for one, _ in stored.get(part, ())]
        arranged.append((parts, ordered(members)))
    store.delete(STORIES, "id", before)
    store.delete(MEMBERS, "story_id", before)
    _store_bands(store, grouping, {some[0].id: parts for parts, some in arranged}, before)
    stories: list[Row] = []
    rows: list[Row] = []
    for _, (first, *later) in arranged:
        credit = next((one.credit for one in (first, *later) if one.credit), first.outlet)
        stories.append((first.id, first.published, credit))
        rows.append((first.id, first.id, "original", first.outlet, first.credit, None))
        missing = [one.id for one in later if shared.get(one.id, ("",))[0] != first.id]
        grouping.read([first.id, *missing] if missing else ())
        shared |= {
            id: (first.id, containment(grouping.sets[first.id], grouping.sets[id]))
            for id in missing
        }
        smaller: dict[str | None, list[StoryArticle]] = defaultdict(list)
        for one in (first, *later):
            earlier = smaller[one.outlet]
            if one is not first:
                kind = "update" if is_update(one, earlier) else "copy"
                rows.append((one.id, first.id, kind, one.outlet, one.credit, shared[one.id][1]))
            if all(one.size < other.size for other in earlier):
                earlier.append(one)
    store.insert(STORIES, stories)
    store.insert(MEMBERS, rows)


def _store_bands(
    store: Store, grouping: Grouping, groups: Mapping[str, Sequence[str]], before: Set[str]
) -> None:
    """Store the bands of stories, given with their parts.

    A story whose first article stays only gets those that are new: to look for its bands, DuckDB
    would read those of all stories.
    """
    extended = {id for id, parts in groups.items() if before & {*parts} == {id}}
    moved = before - extended
    known: dict[str, list[Row]] = defaultdict(list)
    asked = "SELECT story_id, band, article_id FROM story_bands"
    for story, *row in store.matching(asked, "story_id", moved):
        known[story].append(tuple(row))
    store.delete(BANDS, "story_id", moved)
    rows: list[Row] = []
    replaced: list[Row] = []
    for story, parts in groups.items():
        least: dict[int, str] = {}
        for part in parts:
            for band, id in known[part] or ((band, part) for band in grouping.new.get(part, ())):
                least[band] = min(id, least.get(band, id))
        for band, id in least.items():
            there = grouping.known[band].get(story) if story in extended else None
            if there is None or id < there:
                rows.append((band, story, id))
                replaced += [(band, story)] if there else []
    store.delete_rows(BANDS, replaced)
    store.insert(BANDS, rows)


def ordered(members: Iterable[StoryArticle]) -> list[StoryArticle]:
    """Return the members of a story, the earliest first; those without a date are last."""
    return sorted(members, key=lambda one: (*moment(one.published), one.id))


def is_update(one: StoryArticle, earlier: Iterable[StoryArticle]) -> bool:
    """Return whether an article updates an earlier one: same outlet, newer and longer.

    >>> old = StoryArticle("a", "2025-05-01", "The Sun", None, 200)
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
