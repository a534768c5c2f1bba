"""Find the same quotation in several articles, and follow what is derived across articles.

Two quotations have the same words if they have equal words, or if the shorter one is the other with
parts cut out. Quotations that are compared share a hash of four words; hashes are
chosen by winnowing (Schleimer et al. 2003), so that quotations with six words in a row in common
always share one. Short quotations are the same only if their speaker is, within a month.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, combinations
from typing import Final, NamedTuple, TypeVar

from pipeline.archive.access import Row, Store, moment
from pipeline.output.layout import SAID, SAID_KEYS, SAID_MEMBERS

WORD: Final = re.compile(r"\w+(?:['’]\w+)*")
LEAST: Final = 2
"""Words of a quotation; single words are left out."""
LONG: Final = 6
"""Words from which on a quotation is recognised without its speaker."""
GRAM: Final = 4
WINDOW: Final = LONG - GRAM + 1
SHARE: Final = 0.5
"""Least share of the word triples of a cut quotation that are in the whole one."""
DAYS: Final = 30


Place = tuple[str, str]
"""The ids of an article and of a quotation in it."""


class Quotation(NamedTuple):
    """A quotation in an article."""

    article_id: str
    quote_id: str
    text: str
    speaker: str | None
    published: str | None

    @property
    def place(self) -> Place:
        return self.article_id, self.quote_id

    @property
    def id(self) -> str:
        return f"{self.article_id} {self.quote_id}"

    @property
    def words(self) -> tuple[str, ...]:
        return words(self.text)


@lru_cache(maxsize=1 << 14)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a quotation without case and punctuation.

    >>> words("“It’s over,” …")
    ('its', 'over')
    """
    return tuple(re.sub("['’]", "", word.casefold()) for word in WORD.findall(text))


def keys(quotation: Quotation) -> set[int]:
    """Return hashes, as signed integers of 64 bits; the same quotations share at least one."""
    said = quotation.words
    if len(said) < LONG:
        name = (quotation.speaker or "").split()
        return {_hash([name[-1].casefold(), "", *said])} if name and len(said) >= LEAST else set()
    hashes = [_hash(said[at : at + GRAM]) for at in range(len(said) - GRAM + 1)]
    return {min(hashes[at : at + WINDOW]) for at in range(len(hashes) - WINDOW + 1)}


def _hash(parts: Iterable[str]) -> int:
    data = " ".join(parts).encode()
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little", signed=True)


def same(one: Quotation, other: Quotation) -> bool:
    """Return whether two quotations have the same words, if they are long whoever says them.

    >>> lost = Quotation("a", "q1", "We lost, and we lost badly this time.", "Ann Roe", None)
    >>> same(lost, lost._replace(text="… and we lost badly this time", speaker="Bo Lee"))
    True
    """
    first, second = sorted((one.words, other.words), key=len)
    if len(first) < LONG:
        return (
            first == second
            and compatible(one.speaker, other.speaker)
            and _close(one.published, other.published)
        )
    rest = iter(second)
    if not all(word in rest for word in first):  # in the same order
        return False
    triples = [set(zip(said, said[1:], said[2:], strict=False)) for said in (first, second)]
    return len(triples[0] & triples[1]) >= SHARE * len(triples[0])


def compatible(one: str | None, other: str | None) -> bool:
    """Return whether two names may be of the same person: the words of one are in the other.

    >>> compatible("Jamieson Greer", "Greer"), compatible("Ann Roe", "Bo Roe")
    (True, False)
    """
    if one is None or other is None:
        return False
    first, second = set(words(one)), set(words(other))
    return first <= second or second <= first


def _close(one: str | None, other: str | None) -> bool:
    (unknown, first), (unknown_too, second) = moment(one), moment(other)
    return not unknown and not unknown_too and abs((first - second).days) <= DAYS


def update(store: Store, ids: Sequence[str]) -> None:
    """Compare the quotations of new and changed articles with all others."""
    old = store.matching("SELECT words_id, said_id FROM said_members", "article_id", ids)
    touched = {words_id for words_id, _ in old}
    gone = {said_id for _, said_id in old}
    for table in (SAID_KEYS, SAID_MEMBERS):
        store.delete(table, "article_id", ids)
    new = _fetch(store, ids)
    store.insert(SAID_KEYS, [(key, *one.place) for one in new for key in keys(one)])
    asked = f"""
        SELECT DISTINCT o.article_id, o.quote_id, m.words_id
        FROM said_keys AS o
        JOIN said_members AS m ON m.article_id = o.article_id AND m.quote_id = o.quote_id
        WHERE o.key IN (SELECT n.key FROM said_keys AS n WHERE {store.among("n.article_id")})"""
    clusters = {row[:2]: row[2] for row in store.rows(asked, store.listed(ids))}
    others = _fetch(store, {article for article, _ in clusters})
    others = [one for one in others if one.place in clusters]
    touched |= {clusters[id] for pair in pairs([*new, *others]) for id in pair if id in clusters}
    asked = "SELECT article_id, quote_id FROM said_members"
    members = {*store.matching(asked, "words_id", touched)}
    known = [one for one in _fetch(store, {id for id, _ in members}) if one.place in members]
    asked = "SELECT DISTINCT said_id FROM said_members"
    gone |= {row[0] for row in store.matching(asked, "words_id", touched)}
    store.delete(SAID, "id", gone)
    store.delete(SAID_MEMBERS, "words_id", touched)
    said, rows = [], []
    for cluster in clustered([*new, *known]):
        for one, its in instances(cluster):
            said.append(one)
            rows += its
    store.insert(SAID, said)
    store.insert(SAID_MEMBERS, rows)


def _fetch(store: Store, ids: Iterable[str]) -> list[Quotation]:
    """Return the quotations of articles that have enough words."""
    ids = sorted(ids)
    entities = store.matching("SELECT article_id, id, name FROM entities", "article_id", ids)
    names = {(article, id): name for article, id, name in entities}
    asked = """
        SELECT q.article_id, q.id, q.text, q.speaker, q.speakers, a.published
        FROM quotes AS q JOIN articles AS a ON a.id = q.article_id AND q.speech"""
    found = []
    for article, id, text, speaker, speakers, published in store.matching(
        asked, "q.article_id", ids
    ):
        several = json.loads(speakers or "[]") if isinstance(speakers, str) else speakers or []
        who = sorted({names[article, one] for one in ([speaker] if speaker else several)})
        found.append(Quotation(article, id, text, " and ".join(who) or None, published))
    return sorted(one for one in found if len(one.words) >= LEAST)


def pairs(quotations: Iterable[Quotation]) -> Iterator[tuple[Place, Place]]:
    """Yield pairs of quotations that connect all those with the same words."""
    by_key: dict[int, list[Quotation]] = defaultdict(list)
    alike: dict[tuple[str, ...], Quotation] = {}
    for one in quotations:
        if len(one.words) >= LONG:
            if one.words in alike:
                yield alike[one.words].place, one.place
                continue
            alike[one.words] = one
        for key in keys(one):
            by_key[key].append(one)
    seen = set()
    for group in by_key.values():
        for first, second in chain(
            combinations((one for one in group if len(one.words) >= LONG), 2), _in_time(group)
        ):
            pair = first.place, second.place
            if pair not in seen and same(first, second):
                yield pair
            seen.add(pair)


def _in_time(group: Iterable[Quotation]) -> Iterator[tuple[Quotation, Quotation]]:
    """Yield each short quotation with the one before it of each name.

    If the quotation before is too long ago, all earlier ones are.
    """
    latest: dict[str | None, Quotation] = {}
    short = (one for one in group if len(one.words) < LONG)
    for one in sorted(short, key=lambda one: (*moment(one.published), one)):
        yield from ((other, one) for other in latest.values())
        latest[one.speaker] = one


def clustered(quotations: Iterable[Quotation]) -> Iterator[list[Quotation]]:
    """Yield the quotations in groups with the same words, the earliest first."""
    by_place = {one.place: one for one in quotations}
    for places in components(by_place, pairs(by_place.values())):
        yield sorted(
            (by_place[place] for place in places), key=lambda one: (*moment(one.published), one)
        )


def instances(cluster: Sequence[Quotation]) -> Iterator[tuple[Row, list[Row]]]:
    """Yield the row of each speaker of the same words, and the rows of its instances."""
    groups = by_speaker(cluster)
    disputed = len(groups) - (None in groups) > 1
    words_id = cluster[0].id
    for speaker, quotations in groups.items():
        first = quotations[0]
        rows = [(*one.place, first.id, words_id, variant(one, first)) for one in quotations]
        yield (first.id, speaker, first.text, first.published, *first.place, disputed), rows


def by_speaker(cluster: Sequence[Quotation]) -> dict[str | None, list[Quotation]]:
    """Return the quotations of each speaker, by the fullest name.

    A short name joins the only full name that it fits, and a quotation without a speaker the only
    speaker.
    """
    full: dict[str, str] = {}
    for name in sorted(
        {one.speaker for one in cluster if one.speaker}, key=lambda name: (-len(name.split()), name)
    ):
        fitting = {full[other] for other in full if compatible(name, other)}
        full[name] = fitting.pop() if len(fitting) == 1 else name
    only = next(iter(full.values())) if len(set(full.values())) == 1 else None
    groups: dict[str | None, list[Quotation]] = {}
    for one in cluster:
        groups.setdefault(full[one.speaker] if one.speaker else only, []).append(one)
    return groups


def variant(one: Quotation, first: Quotation) -> str:
    """Return how an instance differs from the earliest: same, punctuation, cut, longer, edited."""
    if one.text == first.text:
        return "same"
    if one.words == first.words:
        return "punctuation"
    difference = len(one.words) - len(first.words)
    return "cut" if difference < 0 else "longer" if difference else "edited"


Item = TypeVar("Item", str, tuple[str, str])


def components(items: Iterable[Item], pairs: Iterable[tuple[Item, Item]]) -> list[list[Item]]:
    """Return the items in groups that are connected by pairs, everything in order.

    A pair with another item is ignored.

    >>> components("abcd", [("a", "c"), ("c", "d"), ("d", "x")])
    [['a', 'c', 'd'], ['b']]
    """
    parent = {item: item for item in sorted(items)}

    def root(item: Item) -> Item:
        while parent[item] != item:
            parent[item] = item = parent[parent[item]]
        return item

    for one, other in pairs:
        if one in parent and other in parent:
            first, second = sorted((root(one), root(other)))
            parent[second] = first
    groups: dict[Item, list[Item]] = {}
    for item in parent:
        groups.setdefault(root(item), []).append(item)
    return list(groups.values())
