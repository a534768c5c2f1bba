"""Find and score pairs of profiles on Spark, for the first link of a large database.

Blocks, profiles and companions are read from the database here, and sent to Spark. There, pairs
come from a join on the block, and Python workers score them with the functions of ``scoring``. The
companions of a pair, which matter for few, come from a join on profile, quarter and name. The
result does not depend on how Spark divides the work.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final

from pipeline import spark
from pipeline.database import facts
from pipeline.database.scoring import (
    BLOCKS,
    MEETS,
    Asked,
    Scored,
    Scores,
    scored,
    settled,
)
from pipeline.reader.identity.pairs import Profile, Scorer, contradiction, neighbours, scorer
from pipeline.writers.layout import WRITE_JSON

if TYPE_CHECKING:
    import pandas as pd

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
        yield partial(_scores, session)


def _scores(session: Any, asked: Asked) -> list[Scored]:
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
