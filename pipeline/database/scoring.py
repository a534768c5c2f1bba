"""Find the profiles that may be the same one, and score them.

``scores`` does it on this machine, and ``on_spark`` on a cluster, for the first link of a large
database. There, blocks, profiles and companions are read from the database here, and sent to Spark.
Pairs come from a join on the block, and Python workers score them. The companions of a pair, which
matter for few, come from a join on profile, quarter and name. The result does not depend on how
Spark divides the work.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pipeline import spark
from pipeline.database import facts
from pipeline.database.access import Store
from pipeline.reader.identity.pairs import (
    Profile,
    Scorer,
    blocks,
    companions,
    contradiction,
    neighbours,
    properties,
    scorer,
)
from pipeline.writers.layout import IDENTITY_TABLE, WRITE_JSON

if TYPE_CHECKING:
    import pandas as pd

BLOCKS: Final = IDENTITY_TABLE["identity_blocks"]
SHOWN: Final = 5
"""Shared names and roles that the evidence lists."""
MEETS: Final = (0, 2, 1)
"""The side of a block that meets each side."""


class Asked(NamedTuple):
    """What to compare."""

    store: Store
    load: Callable[[Iterable[str]], Mapping[str, Profile]]
    """Returns profiles with the quarters, but not the names, of their companions; those that no
    longer exist are missing."""
    fresh: Set[str]
    """Profiles to compare with all those that share a block."""
    again: Set[tuple[str, str]]
    """Other pairs, in which companions changed, the smaller key first."""
    local: Set[str]
    """Surnames alone, to compare with full names."""

    def wanted(self) -> set[tuple[str, int, str]]:
        """Return the blocks in which profiles are compared: key, side and profile.

        Full names are found by surnames, and not the other way round.
        """
        profiles = self.load(self.fresh | self.local)
        return {
            (*block, key)
            for key in (self.fresh | self.local) & profiles.keys()
            for block in blocks(profiles[key])
            if block.side != 2 or not block.key.startswith("s:")
        }


class Scored(NamedTuple):
    """Two profiles that do not contradict each other.

    Either the smaller key is first, and a person should at least look at the pair, or it is open;
    or a surname alone is first, and has companions in common with the full name.
    """

    one: str
    other: str
    score: float
    evidence: str
    open: bool = False
    """Whether companions may change the verdict."""


Scores = Callable[[Asked], Iterable[Scored]]


def scores(asked: Asked) -> Iterator[Scored]:
    """Yield the scores of pairs."""
    model = scorer()
    met = _meetings(asked) | asked.again
    profiles = asked.load({key for pair in met for key in pair})
    rest: list[tuple[str, str]] = []
    for one, other in sorted(met):
        a, b = profiles[one], profiles[other]
        if contradiction(a, b):
            continue
        if one not in asked.local and settled(model, a, b):
            yield from scored(model, a, b)
        else:
            rest.append((one, other))
    held = facts.companions(asked.store, facts.near(profiles, rest))
    full = {
        key: profiles[key]._replace(companions=held.get(key, {})) for pair in rest for key in pair
    }
    for one, other in rest:
        alone = one in asked.local
        yield from scored(model, full[one], full[other], alone=alone, unsettled=not alone)


def settled(model: Scorer, one: Profile, other: Profile) -> bool:
    """Return whether companions, which the profiles lack, cannot change the verdict."""
    if one.named.group != "PER":
        return True
    weights = model.weights
    span = [weights.get(f"companions/{n}", 0.0) for n in ("none", "one", "some")]
    least = model.probability(one, other)
    most = model.probability(one, other, more=max(span) - weights["companions/none"])
    return least >= model.same or most < model.review


def scored(
    model: Scorer, one: Profile, other: Profile, *, alone: bool = False, unsettled: bool = False
) -> Iterator[Scored]:
    """Yield the score of a pair if it counts; ``alone``: the first one is a surname alone."""
    if alone and not companions(one, other):
        return
    score = model.probability(one, other)
    if alone or unsettled or score >= model.review:
        yield Scored(one.key, other.key, score, evidence(one, other), unsettled)


def _meetings(asked: Asked) -> set[tuple[str, str]]:
    """Return the pairs that share a block: surnames alone first, otherwise the smaller key."""
    wanted = ((key, MEETS[side], profile) for key, side, profile in asked.wanted())
    with asked.store.keys(wanted, BLOCKS.columns) as keys:
        found = asked.store.rows(
            f"SELECT DISTINCT k.profile, b.profile FROM {keys} k JOIN identity_blocks b"
            " ON b.block = k.block AND b.side = k.side AND b.profile <> k.profile"
        )
    return {
        (one, other) if one in asked.local or one < other else (other, one) for one, other in found
    }


def evidence(one: Profile, other: Profile) -> str:
    """Return as JSON what two profiles have in common."""
    shared = {
        "names": sorted({one.named.name, *one.aliases} & {other.named.name, *other.aliases}),
        # those of articles far in time would have to be compared anew every night
        "roles": [] if one.named.local or other.named.local else sorted(one.roles & other.roles),
        "companions": sorted(companions(one, other)),
    }
    found: dict[str, Any] = {"profiles": [one.key, other.key]}
    found |= {kind: names[:SHOWN] for kind, names in shared.items() if names}
    return WRITE_JSON(found | {"properties": list(properties(one, other))})


BLOCK: Final = "block string, side int, profile string, alone boolean, asked boolean"
"""``asked``: the profile is compared with all that share the block."""
PAIRS: Final = """
    SELECT DISTINCT a.alone, CAST(NULL AS ARRAY<STRING>) AS names,
        IF(a.alone, a.profile, LEAST(a.profile, b.profile)) AS one,
        IF(a.alone, b.profile, GREATEST(a.profile, b.profile)) AS other
    FROM blocks a JOIN blocks b ON a.block = b.block AND b.side = IF(a.side = 0, 0, 2)
        AND a.profile <> b.profile AND (a.asked OR b.asked)
    WHERE a.side < 2
    UNION SELECT FALSE, NULL, one, other FROM again
"""
UNSETTLED: Final = "SELECT one, other, alone FROM compared WHERE evidence IS NULL"
SHARED: Final = f"""
    SELECT u.one, u.other, u.alone, COLLECT_SET(b.name) AS names FROM ({UNSETTLED}) u
        LEFT JOIN companions a ON a.profile = u.one LEFT JOIN quarters q ON q.quarter = a.quarter
        LEFT JOIN companions b ON b.profile = u.other AND b.quarter = q.near AND b.name = a.name
    GROUP BY u.one, u.other, u.alone
"""
ROWS: Final = 50_000
"""Rows of blocks in a partition, if there are more partitions than cores."""
COMPARED: Final = (
    "alone boolean, one string, other string, score double, evidence string, open boolean"
)
"""Score and evidence are empty if they need the companions."""


@contextmanager
def on_spark(address: str | None = None) -> Iterator[Scores]:
    """Yield what scores pairs on a cluster; without an address, start a local Spark.

    Raises ``ExtraMissing`` or ``EngineUnavailable``.
    """
    arrow = {"spark.sql.execution.arrow.pyspark.enabled": "true"}
    with spark.session("pipeline link", address, arrow) as session:
        yield partial(_scores_there, session)


def _scores_there(session: Any, asked: Asked) -> list[Scored]:
    blocks = _blocks(asked)
    keys = {row[2] for row in blocks} | {key for pair in asked.again for key in pair}
    profiles = asked.load(keys)
    lines = [(key, _line(profiles[key])) for key in keys & profiles.keys()]
    view = partial(_view, session)
    # Spark's default, 200, takes minutes for a few articles
    partitions = max(session.sparkContext.defaultParallelism, len(blocks) // ROWS)
    with spark.running():
        session.conf.set("spark.sql.shuffle.partitions", str(partitions))
        view("blocks", BLOCK, blocks)
        view("again", "one string, other string", list(asked.again))
        view("profiles", "key string, line string", lines)
        compared = _compared(session, PAIRS).persist()
        compared.createOrReplaceTempView("compared")
        unsettled = session.sql(f"SELECT one, other FROM ({UNSETTLED})").collect()
        held = facts.companions(asked.store, facts.near(profiles, unsettled))
        found = [
            (key, when, name)
            for key, quarters in held.items()
            for when, names in quarters.items()
            for name in names
        ]
        view("companions", "profile string, quarter string, name string", found)
        near = {(when, other) for _, when, _ in found for other in neighbours(when)}
        view("quarters", "quarter string, near string", list(near))
        both = compared.where("evidence IS NOT NULL").unionAll(_compared(session, SHARED))
        rows = both.select(*Scored._fields).collect()
        compared.unpersist()
    return [Scored(*row) for row in rows]


def _blocks(asked: Asked) -> list[tuple[str, int, str, bool, bool]]:
    """Return the blocks in which a profile is compared, with their profiles."""
    own = asked.wanted()
    with asked.store.keys(
        {(block, MEETS[side]) for block, side, _ in own}, BLOCKS.columns[:2]
    ) as keys:
        found = asked.store.rows(
            "SELECT b.block, b.side, b.profile FROM identity_blocks b"
            f" JOIN {keys} k ON k.block = b.block AND k.side = b.side"
        )
    rows = [(*row, row[2] in asked.local, True) for row in sorted(own)]
    return rows + [(*row, False, False) for row in {*found} - own]


def _view(session: Any, name: str, schema: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Send rows to Spark, as a table for its SQL."""
    import pandas

    columns = [column.split()[0] for column in schema.split(", ")]
    frame = session.createDataFrame(pandas.DataFrame(rows, columns=columns), schema)
    frame.createOrReplaceTempView(name)


def _compared(session: Any, pairs: str) -> Any:
    """Return a frame of the pairs that a query finds, with their scores."""
    both = session.sql(
        f"SELECT a.line AS one, b.line AS other, p.alone, p.names FROM ({pairs}) p"
        " JOIN profiles a ON a.key = p.one JOIN profiles b ON b.key = p.other"
    )
    return both.mapInPandas(partial(_compare, scorer()), COMPARED)


def _line(profile: Profile) -> str:
    profile = profile._replace(companions={})
    return WRITE_JSON([sorted(one) if isinstance(one, frozenset) else one for one in profile])


# The functions below run in a Python worker of Spark.


@lru_cache(1 << 16)
def _profile(line: str) -> Profile:
    fields = json.loads(line)
    return Profile._make(frozenset(one) if isinstance(one, list) else one for one in fields)


def _compare(model: Scorer, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Yield the pairs that count, with their scores; those that need companions without."""
    import pandas

    for frame in frames:
        rows: list[tuple[Any, ...]] = []
        for line, line_, alone, names in frame.itertuples(index=False):
            one, other = _profile(line), _profile(line_)
            if names is None and contradiction(one, other):
                continue
            if names is None and (alone or not settled(model, one, other)):
                rows.append((alone, one.key, other.key, None, None, None))
                continue
            shared = {"": frozenset(() if names is None else names)}
            one, other = (p._replace(companions=shared) for p in (one, other))
            unsettled = names is not None and not alone
            found = scored(model, one, other, alone=alone, unsettled=unsettled)
            rows += [(alone, *pair) for pair in found]
        yield pandas.DataFrame(rows, columns=["alone", *Scored._fields])
