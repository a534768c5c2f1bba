"""Give each entity of the loaded records an identity across all articles.

Only what changed is read: the new articles, the profiles that they touch, and those that share a
block with these. Scores depend on two profiles alone, and the partition on all scores, so that
linking night by night gives the same as linking everything at once. A batch of articles is one
transaction: an interrupted run is finished by the next one, and a second linker waits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from hashlib import sha256
from typing import Any, Final, NamedTuple

from pipeline.database import facts
from pipeline.database.access import Store, opened, texts
from pipeline.database.clusters import Link, clusters
from pipeline.database.decisions import Decisions, actions, decisions
from pipeline.database.scoring import Asked, Scored, Scores, dumped
from pipeline.database.scoring import scores as scored_here
from pipeline.errors import LinkFailed
from pipeline.reader.identity.pairs import Profile, blocks, neighbours, person_relation, scorer
from pipeline.reader.identity.profiles import named
from pipeline.writers.layout import IDENTITY_TABLE

BATCH: Final = 10_000
"""Articles in one transaction."""
MOST_ALIASES: Final = 20
MARGIN: Final = 0.2
"""A surname stays open if another person of that name is at least this likely, relative to the best
one."""
SAME: Final = "same"
REVIEW: Final = "review"


class Tally(NamedTuple):
    """Counts of what was linked."""

    articles: int
    """Articles that were new, changed or deleted."""
    identities: int
    candidates: int
    """Pairs of identities for review."""


class Judged(NamedTuple):
    """Two profiles that were compared, the smaller key first."""

    one: str
    other: str
    score: float
    verdict: str
    evidence: str


def link(address: str, *, batch: int = BATCH, scores: Scores = scored_here) -> Tally:
    """Link what changed in a database since the last time, and return the counts.

    ``scores`` compares profiles. Raises what ``opened`` raises, ``LinkFailed``, and what ``scores``
    raises.
    """
    linked = 0
    with opened(address, failure=LinkFailed) as store:
        while True:
            with store.transaction():
                count = _link_batch(store, batch, scores)
                if not count:
                    return Tally(linked, *_totals(store))
            linked += count


def _totals(store: Store) -> tuple[int, int]:
    ((identities,),) = store.rows("SELECT COUNT(*) FROM identities")
    ((candidates,),) = store.rows(f"SELECT COUNT(*) FROM identity_links WHERE verdict = '{REVIEW}'")
    return identities, candidates


def _link_batch(store: Store, batch: int, scores: Scores) -> int:
    changed = store.rows(
        "SELECT a.id, a.record_sha256 FROM articles a"
        " LEFT JOIN identity_articles i ON i.article_id = a.id"
        " WHERE i.article_id IS NULL OR i.record_sha256 <> a.record_sha256"
        " ORDER BY a.id LIMIT ?",
        batch,
    )
    gone = store.rows(
        "SELECT i.article_id FROM identity_articles i LEFT JOIN articles a ON a.id = i.article_id"
        " WHERE a.id IS NULL ORDER BY i.article_id LIMIT ?",
        batch,
    )
    if changed or gone:
        decided = decisions(actions(store))
        articles: dict[str, str] = dict(changed)
        change = facts.update(store, articles, [row[0] for row in gone], decided.splits)
        relate(store, change, decided, scores)
    return len(changed) + len(gone)


def relate(
    store: Store, change: facts.Change, decided: Decisions, scores: Scores = scored_here
) -> None:
    """Compare the profiles that changed with others, and bring the identities up to date."""
    if change.touched:
        Comparison(store, change, decided, scores).run()


class Comparison:
    """One update of links and identities."""

    def __init__(
        self, store: Store, change: facts.Change, decided: Decisions, scores: Scores
    ) -> None:
        self.store = store
        self.change = change
        self.decided = decided
        self.alone = {key for key in decided.profiles if named(key).local}
        self.scores = scores
        self.profiles: dict[str, Profile] = {}
        self.touched = change.touched

    def run(self) -> None:
        self._load(self.touched)
        local = self._local_in(self._update_blocks())
        local |= {key for key in self.touched if self._is_local(key)}
        self._load(local)
        asked = Asked(self.store, self._load, self.touched, local, self.alone)
        judged = list(self._judge(self.scores(asked), local))
        targets = self._replace_links(judged, local)
        self._assign(local, targets)

    def _is_local(self, key: str) -> bool:
        """Whether a profile follows another one and has no identity of its own."""
        return named(key).local and key not in self.alone

    def _load(self, keys: Iterable[str]) -> Mapping[str, Profile]:
        self.profiles |= facts.load(self.store, {*keys} - self.profiles.keys())
        return self.profiles

    def _update_blocks(self) -> set[str]:
        """Store the blocks of the profiles that changed.

        Returns those of surnames that a full name left or joined, or in which its companions
        changed.
        """
        store = self.store
        when = facts.quarters(store, self.touched)
        wanted = {
            (block.key, block.side, key)
            for key in self.touched & self.profiles.keys()
            for block in blocks(
                self.profiles[key]._replace(
                    companions=dict.fromkeys(when.get(key, ()), frozenset())
                )
            )
        }
        with store.keys((key,) for key in self.touched) as keys:
            stored = {
                tuple(row)
                for row in store.rows(
                    "SELECT b.block, b.side, b.profile FROM identity_blocks b"
                    f" JOIN {keys} k ON k.key = b.profile"
                )
            }
        table = IDENTITY_TABLE["identity_blocks"]
        with store.keys(sorted(stored - wanted), table.columns) as old:
            store.run(
                f"DELETE FROM identity_blocks WHERE EXISTS (SELECT 1 FROM {old} o"
                " WHERE o.block = identity_blocks.block AND o.side = identity_blocks.side"
                " AND o.profile = identity_blocks.profile)"
            )
        store.insert(table, sorted(wanted - stored))
        near = {(key, other) for key, when in self.change.near for other in neighbours(when)}
        full = {row for row in stored | wanted if row[1] == 2 and row[0].startswith("s:")}
        changed = full & (stored ^ wanted)
        changed |= {row for row in full if (row[2], row[0].rpartition(":")[2]) in near}
        return {block for block, _, _ in changed}

    def _local_in(self, found: Iterable[str]) -> set[str]:
        """Return the surnames alone in blocks."""
        with self.store.keys((block,) for block in found) as keys:
            rows = self.store.rows(
                "SELECT DISTINCT b.profile FROM identity_blocks b"
                f" JOIN {keys} k ON k.key = b.block WHERE b.side = 1"
            )
        return {key for (key,) in rows if self._is_local(key)}

    def _judge(self, pairs: Iterable[Scored], local: Set[str]) -> Iterator[Judged]:
        """Yield the verdicts; a surname alone gets the best full name if no other is near it."""
        model = scorer()
        rivals: dict[str, list[Scored]] = defaultdict(list)
        for pair in pairs:
            if pair.one in local:
                rivals[pair.one].append(pair)
            else:
                yield Judged(*pair[:3], SAME if pair.score >= model.same else REVIEW, pair.evidence)
        for key in sorted(rivals):
            best, *rest = sorted(rivals[key], key=lambda pair: (-pair.score, pair.other))
            if best.score < model.review:
                continue
            name = named(best.other).name
            second = next(
                (
                    pair.score
                    for pair in rest
                    if person_relation(name, named(pair.other).name) == "apart"
                ),
                0.0,
            )
            sure = best.score >= model.same and second < MARGIN * best.score
            first, last = sorted(best[:2])
            yield Judged(first, last, best.score, SAME if sure else REVIEW, best.evidence)

    def _replace_links(
        self, judged: Sequence[Judged], local: set[str]
    ) -> dict[str, tuple[str, float, str]]:
        """Store the links, and return the full name that each surname follows."""
        whole = {key for key in self.touched if not self._is_local(key)}
        with (
            self.store.keys((key,) for key in whole) as keys,
            self.store.keys((key,) for key in local | (self.touched - whole)) as alone,
        ):
            for end in ("one", "other"):
                self.store.run(
                    f"DELETE FROM identity_links WHERE {end} IN (SELECT key FROM {alone})"
                )
            gone = whole - self.profiles.keys()
            for end in ("one", "other"):
                stored = self.store.rows(
                    f"SELECT l.one, l.other FROM identity_links l JOIN {keys} k ON k.key = l.{end}"
                )
                # a surname alone is compared anew only where its companions changed
                self._delete_links(
                    [
                        pair
                        for pair in stored
                        if {*pair} & gone or not any(map(self._is_local, pair))
                    ]
                )
        self.store.insert(IDENTITY_TABLE["identity_links"], sorted(judged))
        targets = {}
        for one in judged:
            if one.verdict == SAME:
                for key, other in ((one.one, one.other), (one.other, one.one)):
                    if key in local:
                        targets[key] = (other, one.score, one.evidence)
        return targets

    def _delete_links(self, pairs: Sequence[tuple[str, str]]) -> None:
        with self.store.keys(pairs, texts("one", "other")) as keys:
            self.store.run(
                f"DELETE FROM identity_links WHERE EXISTS (SELECT 1 FROM {keys} k"
                " WHERE k.one = identity_links.one AND k.other = identity_links.other)"
            )

    def _assign(self, local: set[str], targets: Mapping[str, tuple[str, float, str]]) -> None:
        """Partition what is connected with the profiles that changed, and store the identities."""
        nodes, links = self._component()
        self._load(nodes)
        profiles = {k: self.profiles[k] for k in nodes if k in self.profiles}
        groups = clusters(
            profiles,
            [Link(one.score, one.one, one.other) for one in links],
            self.decided.together,
            self.decided.apart,
        )
        best: dict[str, Judged] = {}
        for one in sorted(links, key=lambda one: (-one.score, one.one, one.other)):
            for key in (one.one, one.other):
                best.setdefault(key, one)
        rows: dict[str, tuple[Any, ...]] = {}
        for group in groups:
            identity = identity_of(profiles[key] for key in group)
            for key in group:
                why = best.get(key)
                linked = why is not None and {why.one, why.other} <= {*group}
                score = why.score if why and linked else None
                shown = why.evidence if why and linked else "{}"
                rows[key] = (key, identity, None, score, shown)
        for key in local:
            if key in self.profiles:
                target, score_, shown = targets.get(key, (None, None, "{}"))
                rows[key] = (key, identity_of([self.profiles[key]]), target, score_, shown)
        self._store_profiles(rows)

    def _component(self) -> tuple[set[str], list[Judged]]:
        """Return the profiles connected with those that changed, and the links among them."""
        store = self.store
        nodes: set[str] = set()
        links: dict[tuple[str, str], Judged] = {}
        frontier = {key for key in self.touched if not self._is_local(key)}
        partners: dict[str, set[str]] = defaultdict(set)
        for one, other in self.decided.together:
            partners[one].add(other)
            partners[other].add(one)
        while frontier:
            nodes |= frontier
            reached = {other for key in frontier for other in partners[key]}
            with store.keys((key,) for key in frontier) as keys:
                for end in ("one", "other"):
                    for row in store.rows(
                        "SELECT l.one, l.other, l.score, l.verdict, l.evidence"
                        f" FROM identity_links l JOIN {keys} k ON k.key = l.{end}"
                        f" WHERE l.verdict = '{SAME}'"
                    ):
                        if not self._is_local(row[0]) and not self._is_local(row[1]):
                            shown = row[4] if isinstance(row[4], str) else dumped(row[4])
                            links[row[0], row[1]] = Judged._make((*row[:4], shown))
                            reached |= {row[0], row[1]}
                reached |= {
                    row[0]
                    for row in store.rows(
                        "SELECT o.profile FROM identity_profiles p"
                        f" JOIN {keys} k ON k.key = p.profile"
                        " JOIN identity_profiles o ON o.identity_id = p.identity_id"
                        " WHERE o.target IS NULL"
                    )
                    if not self._is_local(row[0])
                }
            frontier = reached - nodes
        return nodes, list(links.values())

    def _store_profiles(self, rows: Mapping[str, tuple[Any, ...]]) -> None:
        store = self.store
        with store.keys((key,) for key in {*rows, *self.touched}) as keys:
            affected = {
                row[0]
                for row in store.rows(
                    "SELECT DISTINCT p.identity_id FROM identity_profiles p"
                    f" JOIN {keys} k ON k.key = p.profile"
                )
            }
            store.run(f"DELETE FROM identity_profiles WHERE profile IN (SELECT key FROM {keys})")
            store.insert(IDENTITY_TABLE["identity_profiles"], [rows[key] for key in sorted(rows)])
            follow = (
                "UPDATE identity_profiles AS p SET identity_id = t.identity_id"
                " FROM identity_profiles AS t WHERE t.profile = p.target"
                " AND p.identity_id <> t.identity_id"
            )
            store.run(f"{follow} AND p.target IN (SELECT key FROM {keys})")
            store.run(f"{follow} AND p.profile IN (SELECT key FROM {keys})")
            affected |= {
                row[0]
                for row in store.rows(
                    "SELECT DISTINCT p.identity_id FROM identity_profiles p"
                    f" JOIN {keys} k ON k.key = p.profile"
                )
            }
        _rebuild(store, affected, self.decided)


def identity_of(profiles: Iterable[Profile]) -> str:
    """Return the id of an identity: that of the profile that comes first in time."""
    first = min(profiles, key=lambda one: (not one.known, one.first, one.key))
    return "i" + sha256(first.key.encode()).hexdigest()[:16]


def _rebuild(store: Store, ids: Iterable[str], decided: Decisions) -> None:
    """Write the rows of identities anew, from the facts of their profiles."""
    values: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    numbers: dict[str, Counter[str]] = defaultdict(Counter)
    dates: dict[str, tuple[str, str]] = {}
    renamed: dict[str, str] = {}
    with store.keys((one,) for one in set(ids)) as keys:
        joined = (
            f"FROM {keys} k JOIN identity_profiles p ON p.identity_id = k.key"
            " JOIN identity_facts f ON f.profile = p.profile"
        )
        for identity, kind, value, number in store.rows(
            f"SELECT p.identity_id, f.kind, f.value, SUM(f.number) {joined}"
            " WHERE f.kind IN ('name', 'label', 'identifier', 'members', 'mentions')"
            " GROUP BY p.identity_id, f.kind, f.value"
        ):
            if kind in ("members", "mentions"):
                numbers[identity][kind] += int(number)
            else:
                values[identity][kind][value] += int(number)
        for identity, first, last in store.rows(
            f"SELECT p.identity_id, MIN(f.value), MAX(f.value) {joined}"
            " WHERE f.kind = 'date' AND f.value <> '9999' GROUP BY p.identity_id"
        ):
            dates[identity] = first, last
        if decided.names:
            with store.keys(decided.names.items(), texts("profile", "name")) as given:
                for identity, profile in store.rows(
                    "SELECT p.identity_id, p.profile FROM identity_profiles p"
                    f" JOIN {given} g ON g.profile = p.profile"
                ):
                    renamed[identity] = profile
        store.run(f"DELETE FROM identities WHERE id IN (SELECT key FROM {keys})")
    rows = []
    for identity, found in sorted(values.items()):
        names = [name for name, _ in sorted(found["name"].items(), key=_often)]
        name = decided.names[renamed[identity]] if identity in renamed else _main(found["name"])
        first, last = dates.get(identity, (None, None))
        rows.append(
            (
                identity,
                min(found["label"].items(), key=_often)[0],
                name,
                dumped([one for one in names if one != name][:MOST_ALIASES]),
                first,
                last,
                numbers[identity]["members"],
                numbers[identity]["mentions"],
                dumped(dict(one.split("=", 1) for one in sorted(found["identifier"]))),
            )
        )
    store.insert(IDENTITY_TABLE["identities"], rows)


def _often(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _main(names: Counter[str]) -> str:
    """Return the name that most articles use, but a full name rather than a part of one."""
    full = {name: number for name, number in names.items() if " " in name}
    whole = [name for name in names if name not in full]
    if full and all(any(part in name.split() for name in full) for part in whole):
        return min(full.items(), key=_often)[0]
    return min(names.items(), key=_often)[0]
