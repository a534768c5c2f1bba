"""Give each entity of the loaded records an identity across all articles.

Only what changed is read: the new articles, the profiles that they touch, and those that have to be
compared with these. A profile is compared with all that share a block only if it is new, or what
its scores depend on changed; new companions alone matter to few pairs, the open ones, and to
surnames alone that have the same companion. Scores depend on two profiles alone, and the partition
on all scores, so that linking night by night gives the same as linking everything at once. A batch
of articles is one transaction: an interrupted run is finished by the next one, and a second linker
waits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from hashlib import sha256
from itertools import product
from typing import Any, Final, NamedTuple

from pipeline.archive import facts
from pipeline.archive.access import Store, opened, texts
from pipeline.archive.facts import Decisions, actions, decisions
from pipeline.archive.scoring import BLOCKS, Asked, Scored, Scores
from pipeline.archive.scoring import scores as scored_here
from pipeline.errors import LinkFailed
from pipeline.model.identity.gazetteer import Gazetteer
from pipeline.model.identity.pairs import (
    OTHER_NAME,
    Profile,
    blocks,
    contradiction,
    neighbours,
    scorer,
    surnames,
    telling,
    thing_relation,
)
from pipeline.model.identity.profiles import Fact, named
from pipeline.names.persons import person_relation
from pipeline.output.layout import IDENTITY_TABLE, WRITE_JSON

IDENTITIES, PROFILES, LINKS, OPEN = (
    IDENTITY_TABLE[name]
    for name in ("identities", "identity_profiles", "identity_links", "identity_open")
)
BATCH: Final = 10_000
"""Articles in one transaction."""
MOST_ALIASES: Final = 20
SUMMED: Final = ("name", "label", "identifier", "members", "mentions")
"""Facts of profiles that are counted for identities."""
MARGIN: Final = 0.2
"""A surname stays open if another person of that name is at least this likely, relative to the best
one."""
SAME: Final = "same"
REVIEW: Final = "review"


class LinkTally(NamedTuple):
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


def link(
    address: str,
    *,
    batch: int = BATCH,
    scores: Scores = scored_here,
    gazetteer: Gazetteer | None = None,
) -> LinkTally:
    """Link what changed in a database since the last time, and return the counts.

    ``scores`` compares profiles. ``gazetteer`` has identifiers for the entities of the articles
    that are linked; they are stored in the table ``entities``. Raises what ``opened`` raises,
    ``LinkFailed``, and what ``scores`` raises.
    """
    linked = 0
    with opened(address, failure=LinkFailed) as store:
        while True:
            with store.transaction():
                count = _link_batch(store, batch, scores, gazetteer)
                linked += count
                if count < batch:
                    return LinkTally(linked, *_totals(store))


def _totals(store: Store) -> tuple[int, int]:
    ((identities,),) = store.rows("SELECT COUNT(*) FROM identities")
    ((candidates,),) = store.rows(f"SELECT COUNT(*) FROM identity_links WHERE verdict = '{REVIEW}'")
    return identities, candidates


def _link_batch(store: Store, batch: int, scores: Scores, gazetteer: Gazetteer | None) -> int:
    changed = store.rows(
        "SELECT a.id, a.record_sha256, i.article_id FROM articles a"
        " LEFT JOIN identity_articles i ON i.article_id = a.id"
        " WHERE i.article_id IS NULL OR i.record_sha256 <> a.record_sha256"
        " ORDER BY a.id LIMIT ?",
        batch,
    )
    gone = store.rows(
        "SELECT i.article_id FROM identity_articles i LEFT JOIN articles a ON a.id = i.article_id"
        " WHERE a.id IS NULL ORDER BY i.article_id LIMIT ?",
        batch - len(changed),
    )
    if changed or gone:
        decided = decisions(actions(store))
        old = [known for *_, known in changed if known] + [row[0] for row in gone]
        new = {id: sha256 for id, sha256, _ in changed}
        change = facts.update(store, new, old, decided.splits, gazetteer)
        relate(store, change, decided, scores=scores)
    return len(changed) + len(gone)


def relate(
    store: Store,
    change: facts.Change,
    decided: Decisions,
    about: Iterable[str] = (),
    scores: Scores = scored_here,
) -> None:
    """Compare the profiles that changed with others, and bring the identities up to date.

    ``about``: profiles that a person has just decided about.
    """
    if change.after or about:
        Comparison(store, change, decided, {*about}, scores).run()


class Comparison:
    """One update of links and identities."""

    def __init__(
        self,
        store: Store,
        change: facts.Change,
        decided: Decisions,
        about: Set[str],
        scores: Scores,
    ) -> None:
        self.store = store
        self.change = change
        self.decided = decided
        self.about = about
        self.scores = scores
        self.alone = {key for key in decided.profiles if named(key).local}
        self.touched = change.after.keys() | about
        self.counts = dict(change.after)
        self.profiles: dict[str, Profile] = {}
        self._add(change.after)
        self._load(about | self.alone)
        self.before = {key: facts.profile(key, counts) for key, counts in change.before.items()}
        self.fresh = {
            key
            for key in change.after
            if not self._is_local(key)
            and _compared(self.before[key]) != _compared(self.profiles.get(key))
        }
        self.fresh |= {key for key in about | self.alone if not self._is_local(key)}
        self.local = {key for key in self.touched if self._is_local(key)}
        self.start = {*self.fresh}

    def run(self) -> None:
        self.local |= self._reached()
        self._update_blocks()
        again = self._open_pairs()
        judged = list(
            self._judge(self.scores(Asked(self.store, self._load, self.fresh, again, self.local)))
        )
        targets = self._replace_links(self._old_links() | again, judged)
        self._assign(targets)

    def _is_local(self, key: str) -> bool:
        """Whether a profile follows another one and has no identity of its own."""
        return named(key).local and key not in self.alone

    def _load(self, keys: Iterable[str]) -> Mapping[str, Profile]:
        if missing := {*keys} - self.counts.keys():
            self._add(facts.load(self.store, missing))
        return self.profiles

    def _add(self, counts: Mapping[str, facts.Counts]) -> None:
        self.counts |= counts
        found = ((key, facts.profile(key, one)) for key, one in counts.items())
        self.profiles |= {key: profile for key, profile in found if profile}

    def _reached(self) -> set[str]:
        """Return the stored surnames alone to compare anew.

        They have a companion, near in time, that a full name got or lost; or any companion of a
        full name whose names or identifiers changed.
        """
        met: dict[str, set[str]] = defaultdict(set)
        renamed: dict[str, set[str]] = {}
        for key in self.change.after:
            if named(key).group == "PER" and not named(key).local:
                versions = [one for one in (self.before[key], self.profiles.get(key)) if one]
                lasts = {last for one in versions for last in surnames(one)}
                if len({(one.aliases, one.identifiers) for one in versions}) > 1:
                    renamed[key] = lasts
                for when, changed in self.change.companions.get(key, {}).items():
                    _add_names(met, lasts, when, changed)
        places = {(key, when) for key in renamed for when in self.profiles[key].companions}
        for key, quarters in facts.companions(self.store, places).items():
            for when, names in quarters.items():
                _add_names(met, renamed[key], when, names)
        there = self._in_blocks("block", met)
        rows = self._in_blocks("profile", (f"{one}:{name}" for one in there for name in met[one]))
        return {key for key in rows if self._is_local(key)}

    def _in_blocks(self, column: str, wanted: Iterable[str]) -> set[str]:
        """Return the blocks, or the profiles in them, that surnames alone have."""
        with self.store.keys((block,) for block in wanted) as keys:
            rows = self.store.rows(
                f"SELECT DISTINCT b.{column} FROM {keys} k CROSS JOIN identity_blocks b"
                " WHERE b.block = k.key AND b.side = 1"
            )
        return {found for (found,) in rows}

    def _update_blocks(self) -> None:
        """Store the blocks of the profiles that changed.

        A surname alone has one for each quarter and one for each companion.
        """
        old: set[tuple[str, int, str]] = set()
        new: set[tuple[str, int, str]] = set()
        for key in self.change.after:
            had, has = self.before[key], self.profiles.get(key)
            if named(key).local:
                start = f"s:{named(key).name}"
                for profile, rows in ((had, old), (has, new)):
                    if profile:
                        rows |= {(f"{start}:{when}", 1, key) for when in profile.companions}
                for when, names in self.change.companions.get(key, {}).items():
                    for name, there in names.items():
                        (new if there else old).add((f"{start}:{when}:{name}", 1, key))
            elif not (
                had and has and had.aliases == has.aliases and had.companions == has.companions
            ):
                for profile, rows in ((had, old), (has, new)):
                    if profile:
                        rows |= {(*block, key) for block in blocks(profile)}
        self.store.delete_rows(BLOCKS, old - new)
        self.store.insert(BLOCKS, sorted(new - old))

    def _open_pairs(self) -> set[tuple[str, str]]:
        """Take the open pairs of the profiles that changed away, and return those to compare anew.

        These are of profiles of which only the companions changed.
        """
        keys = self.fresh | (self.change.companions.keys() - self.local)
        pairs = self._pairs("identity_open", keys)
        self.store.delete_rows(OPEN, pairs)
        return {pair for pair in pairs if self.fresh.isdisjoint(pair)}

    def _pairs(self, table: str, ends: Iterable[str]) -> set[tuple[str, str]]:
        """Return the pairs of a table with one of some profiles."""
        with self.store.keys((key,) for key in ends) as keys:
            return {
                (one, other)
                for end in ("one", "other")
                for one, other in self.store.rows(
                    f"SELECT t.one, t.other FROM {table} t JOIN {keys} k ON k.key = t.{end}"
                )
            }

    def _judge(self, pairs: Iterable[Scored]) -> Iterator[Judged]:
        """Yield the verdicts, and store the open pairs.

        A surname alone gets the best full name if no other is near it.
        """
        model = scorer()
        rivals: dict[str, list[Scored]] = defaultdict(list)
        unsettled = []
        for pair in pairs:
            if pair.one in self.local:
                rivals[pair.one].append(pair)
                continue
            # surnames alone that a person has decided about are always compared anew
            if pair.open and self.alone.isdisjoint(pair[:2]):
                unsettled.append((pair.one, pair.other))
            if pair.score >= model.review:
                yield Judged(*pair[:3], SAME if pair.score >= model.same else REVIEW, pair.evidence)
        self.store.insert(OPEN, sorted(unsettled))
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

    def _old_links(self) -> set[tuple[str, str]]:
        """Return the stored links of what is compared anew."""
        return {
            pair
            for pair in self._pairs("identity_links", self.fresh | self.local)
            # a surname alone is compared anew only where it has companions that changed
            if not self.local.isdisjoint(pair)
            or not any(map(self._is_local, pair))
            or any(key in self.fresh and key not in self.profiles for key in pair)
        }

    def _replace_links(
        self, old: Set[tuple[str, str]], judged: Sequence[Judged]
    ) -> dict[str, tuple[str, float, str]]:
        """Store the links, and return the full name that each surname follows."""
        # what loses a link is partitioned anew as well; so is what was linked with a surname alone
        # while a person's decision about it was in force
        follow = self.local - self.about
        self.start |= {
            key
            for pair in old
            if follow.isdisjoint(pair)
            for key in pair
            if not self._is_local(key)
        }
        self.store.delete_rows(LINKS, old)
        self.store.insert(LINKS, sorted(judged))
        targets = {}
        for one in judged:
            if one.verdict == SAME:
                for key, other in ((one.one, one.other), (one.other, one.one)):
                    if key in self.local:
                        targets[key] = (other, one.score, one.evidence)
        return targets

    def _assign(self, targets: Mapping[str, tuple[str, float, str]]) -> None:
        """Partition what is connected with the profiles that changed, and store the identities."""
        nodes, found = self._component()
        links = sorted(found, key=lambda one: (-one.score, one.one, one.other))
        self._load(nodes)
        profiles = {k: self.profiles[k] for k in nodes if k in self.profiles}
        groups = clusters(profiles, links, self.decided.together, self.decided.apart)
        best: dict[str, Judged] = {}
        for one in links:
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
        followed = {target for target, *_ in targets.values()}
        stored = self._stored("profile", self.touched | nodes | self.local | followed)
        for key in self.local & self.profiles.keys():
            target, score, shown = targets.get(key, (None, None, "{}"))
            own = identity_of([self.profiles[key]])
            whose = own if target is None else (rows.get(target) or stored[target])[1]
            rows[key] = (key, whose, target, score, shown)
        moved = {k for k, row in rows.items() if k in stored and row[1] != stored[k][1]}
        for key, row in self._stored("target", moved).items():
            if key not in self.local:
                stored[key] = row
                rows[key] = (key, rows[row[2]][1], *row[2:])
        gone = {key for key in stored.keys() & self.counts.keys() if key not in self.profiles}
        self._store_profiles(rows, stored, gone)

    def _component(self) -> tuple[set[str], list[Judged]]:
        """Return the profiles connected with those that changed, and the links among them."""
        store = self.store
        nodes: set[str] = set()
        links: dict[tuple[str, str], Judged] = {}
        frontier = self.start
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
                            links[row[0], row[1]] = Judged._make((*row[:4], facts.text(row[4])))
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

    def _stored(self, column: str, values: Iterable[str]) -> dict[str, tuple[Any, ...]]:
        """Return the rows of profiles that have one of the values in a column."""
        with self.store.keys((value,) for value in values) as keys:
            rows = self.store.rows(
                "SELECT p.profile, p.identity_id, p.target, p.score, p.evidence"
                f" FROM identity_profiles p JOIN {keys} k ON k.key = p.{column}"
            )
        return {row[0]: (*row[:4], facts.text(row[4])) for row in rows}

    def _store_profiles(
        self,
        rows: Mapping[str, tuple[Any, ...]],
        stored: Mapping[str, tuple[Any, ...]],
        gone: Set[str],
    ) -> None:
        """Store the identities of profiles, and those of which the profiles or counts changed."""
        changed = {key for key, row in rows.items() if stored.get(key) != row}
        self.store.delete_rows(PROFILES, ((key,) for key in gone | (changed & stored.keys())))
        self.store.insert(PROFILES, [rows[key] for key in sorted(changed)])
        was = {key: row[1] for key, row in stored.items()}
        now = was | {key: row[1] for key, row in rows.items()}
        less: dict[str, list[facts.Counts]] = defaultdict(list)
        more: dict[str, list[facts.Counts]] = defaultdict(list)
        moved = self.touched | {key for key in now if was.get(key) != now[key]}
        self._load(moved)
        for key in moved & now.keys():
            if key in was:
                less[was[key]].append(self.change.before.get(key, self.counts[key]))
            if key not in gone:
                more[now[key]].append(self.counts[key])
        _rebuild(self.store, less, more, self.decided)


def clusters(
    profiles: Mapping[str, Profile],
    links: Sequence[Judged],
    together: Iterable[tuple[str, str]],
    apart: Set[tuple[str, str]],
) -> list[list[str]]:
    """Return the identities as sorted lists of keys: the best links first, unless they contradict.

    ``links`` are sorted, the best one first. People's decisions come first and are never
    overruled. The result depends on what is given, not on its order.
    """
    group = {key: [key] for key in profiles}
    for one, other in sorted(together):
        if one in group and other in group and not _decided_apart(group, one, other, apart):
            _join(group, one, other)
    for link in links:
        here, there = group[link.one], group[link.other]
        if here is there or _decided_apart(group, link.one, link.other, apart):
            continue
        if not _contradict(profiles, here, there, link):
            _join(group, link.one, link.other)
    distinct = {id(members): members for members in group.values()}
    return sorted(sorted(members) for members in distinct.values())


def _join(group: dict[str, list[str]], one: str, other: str) -> None:
    here, there = group[one], group[other]
    if here is there:
        return
    here += there
    group |= dict.fromkeys(there, here)


def _decided_apart(
    group: Mapping[str, list[str]], one: str, other: str, apart: Set[tuple[str, str]]
) -> bool:
    return bool(apart) and any(pair in apart for pair in product(group[one], group[other]))


def _contradict(
    profiles: Mapping[str, Profile], here: Iterable[str], there: Iterable[str], link: Judged
) -> bool:
    # a name of one word may be short for several things: it joins only one of them
    short = any(
        " " not in profiles[key].named.name and profiles[key].named.group not in ("PER", "LOC")
        for key in link[:2]
    )
    names = [_names(profiles[key]) for key in (*here, *there)]
    for one, other in product(here, there):
        a, b = profiles[one], profiles[other]
        why = contradiction(a, b)
        # one of them may say that a person has both names
        if why == OTHER_NAME and any({a.named.name, b.named.name} <= known for known in names):
            why = ""
        full = " " in a.named.name and " " in b.named.name and not telling(a) & telling(b)
        if why or (short and full and thing_relation(a, b) == "none"):
            return True
    return False


def _names(profile: Profile) -> frozenset[str]:
    return profile.aliases | {profile.named.name}


def _add_names(
    met: dict[str, set[str]], lasts: Iterable[str], when: str, names: Iterable[str]
) -> None:
    for near in neighbours(when):
        for last in lasts:
            met[f"s:{last}:{near}"].update(names)


def _compared(profile: Profile | None) -> Profile | None:
    """Return what scores and contradictions depend on, and ids, but for companions."""
    return profile and profile._replace(last=profile.last[:4], companions={})


def identity_of(profiles: Iterable[Profile]) -> str:
    """Return the id of an identity: that of the profile that comes first in time."""
    first = min(profiles, key=lambda one: (not one.known, one.first, one.key))
    return "i" + sha256(first.key.encode()).hexdigest()[:16]


def _rebuild(
    store: Store,
    less: Mapping[str, Sequence[facts.Counts]],
    more: Mapping[str, Sequence[facts.Counts]],
    decided: Decisions,
) -> None:
    """Write the rows of identities anew, without some counts of profiles and with others."""
    ids = less.keys() | more.keys()
    with store.keys((one,) for one in ids) as keys:
        stored = {
            id: (first, last, facts.parsed(counts))
            for id, first, last, counts in store.rows(
                "SELECT i.id, i.first_seen, i.last_seen, i.counts FROM identities i"
                f" JOIN {keys} k ON k.key = i.id"
            )
        }
    store.delete_rows(IDENTITIES, ((id,) for id in stored))
    found = {
        id: _summed(stored.get(id, (None, None, {})), less.get(id, ()), more.get(id, ()))
        for id in ids
    }
    unsure = _days(store, [id for id, (_, days) in found.items() if days is None])
    renamed = _renamed(store, decided.names)
    rows = [
        _identity(id, counts, unsure[id] if days is None else days, renamed.get(id))
        for id, (counts, days) in sorted(found.items())
        if counts
    ]
    store.insert(IDENTITIES, rows)


def _renamed(store: Store, names: Mapping[str, str]) -> dict[str, str]:
    """Return the names that people gave to identities."""
    if not names:
        return {}
    with store.keys(names.items(), texts("profile", "name")) as given:
        return dict(
            store.rows(
                f"SELECT p.identity_id, g.name FROM identity_profiles p JOIN {given} g"
                " ON g.profile = p.profile ORDER BY p.profile"
            )
        )


def _summed(
    stored: tuple[str | None, str | None, facts.Counts],
    less: Iterable[facts.Counts],
    more: Iterable[facts.Counts],
) -> tuple[facts.Counts, set[str] | None]:
    """Return what is counted for an identity, and days with the first and the last one.

    The days are None if a profile took the first or the last one away.
    """
    first, last, counts = stored
    numbers: Counter[Fact] = Counter()
    for sign, some in ((-1, less), (1, more)):
        for one in some:
            for kind in SUMMED:
                for value, number in one.get(kind, {}).items():
                    numbers[Fact(kind, value)] += sign * number
    lost, days = ({day for one in some for day in one.get("day", ())} for some in (less, more))
    sure = (first not in lost or min(days, default="~") <= str(first)) and (
        last not in lost or max(days, default="") >= str(last)
    )
    days |= {day for day in (first, last) if day}
    return facts.plus(counts, numbers), days if sure else None


def _days(store: Store, ids: Sequence[str]) -> dict[str, set[str]]:
    """Return the first and last days of all profiles of identities."""
    found: dict[str, set[str]] = {id: set() for id in ids}
    with store.keys((id,) for id in ids) as keys:
        for id, counts in store.rows(
            f"SELECT k.key, c.facts FROM {keys} k"
            " CROSS JOIN identity_profiles p JOIN identity_counts c ON c.profile = p.profile"
            " WHERE p.identity_id = k.key AND c.quarter = ''"
        ):
            found[id].update(facts.parsed(counts).get("day", ()))
    return found


def _identity(id: str, counts: facts.Counts, days: Set[str], given: str | None) -> tuple[Any, ...]:
    """Return the row of an identity; ``given``: a name that a person gave it."""
    names = Counter(counts["name"])
    name = given or _main(names)
    ranked = [one for one, _ in sorted(names.items(), key=_often) if one != name]
    return (
        id,
        min(counts["label"].items(), key=_often)[0],
        name,
        WRITE_JSON(ranked[:MOST_ALIASES]),
        min(days, default=None),
        max(days, default=None),
        counts.get("members", {}).get("", 0),
        counts.get("mentions", {}).get("", 0),
        WRITE_JSON(dict(one.split("=", 1) for one in sorted(counts.get("identifier", ())))),
        facts.written(counts),
    )


def _often(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _main(names: Counter[str]) -> str:
    """Return the name that most articles use, but a full name rather than a part of one."""
    full = {name: number for name, number in names.items() if " " in name}
    whole = [name for name in names if name not in full]
    if full and all(any(part in name.split() for name in full) for part in whole):
        return min(full.items(), key=_often)[0]
    return min(names.items(), key=_often)[0]
