"""Put figures into series: one holder, one measure, one unit and one scope."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from pipeline.archive.access import Condition, Store, opened
from pipeline.output.layout import MEASURES
from pipeline.text.measures import as_written, normalised, without
from pipeline.text.spans import CharSpan

FEW: Final = "the only value of its series"


def update(store: Store, ids: Sequence[str]) -> None:
    """Store the normal forms of what the figures of articles measure.

    The names of their holders and the words of their times are no part of it.
    """
    store.delete(MEASURES, "article_id", ids)
    asked = f"""
        SELECT article_id, id, measures_text, measures_start_char FROM figures
        WHERE measures_text IS NOT NULL AND {store.among("article_id")}"""
    found = store.rows(asked, store.listed(ids))
    named: dict[tuple[str, str], set[CharSpan]] = defaultdict(set)
    for table, own in (("mentions", "m.entity_id = f.holder"), ("times", "m.id = f.time")):
        asked = f"""
            SELECT f.article_id, f.id, m.start_char, m.end_char
            FROM figures AS f JOIN {table} AS m ON m.article_id = f.article_id
                AND {own} AND m.start_char >= f.measures_start_char
                AND m.end_char <= f.measures_end_char"""
        for article, figure, start, end in store.matching(asked, "f.article_id", ids):
            named[article, figure].add((start, end))
    rows = []
    for article, figure, text, at in found:
        if measure := normalised(without(text, at, named[article, figure])):
            rows.append((article, figure, *measure))
    store.insert(MEASURES, rows)


class Value(NamedTuple):
    """A figure that is a value of a series, or that was left out."""

    holder: str | None
    holder_identity: str | None
    measure: str | None
    """As the text has it most often."""
    scope: str | None
    kind: str
    unit: str | None
    rate_per: str | None
    change: str | None
    period: str | None
    """The length of the time."""
    bound: str | None
    period_start: str | None
    period_end: str | None
    time_value: str | None
    value: int | float | None
    value_text: str | None
    text: str
    given_by: str | None
    relation: str | None
    published: str | None
    title: str | None
    publisher: str | None
    uri: str | None
    article_id: str
    figure_id: str
    start_char: int
    end_char: int
    left_out: str | None
    """Why it is in no series."""

    @property
    def series(self) -> tuple[str | None, ...]:
        """What is the same for all values of a series."""
        return (self.holder_identity or (self.holder or "").lower(), *self[2:9])


ASKED: Final = """
    SELECT COALESCE(s.holder, f.holder, f.holder_text), f.holder_identity, n.measure, n.scope,
        f.kind, f.unit, f.rate_per, f.change, s.period, f.bound,
        COALESCE(s.period_start, f.time_start), COALESCE(s.period_end, f.time_end),
        COALESCE(s.time_value, f.time_value), f.value, f.value_text, f.text, f.given_by,
        s.relation, f.published, f.title, f.publisher, f.uri, f.article_id, f.figure_id,
        f.start_char, f.end_char,
        CASE
            WHEN m.kind = 'copy' THEN 'in a copy of another article'
            WHEN f.kind = 'ordinal' THEN 'a rank'
            WHEN f.value IS NULL THEN 'not one number'
            WHEN n.measure IS NULL THEN 'nothing measured'
            WHEN g.holder IS NULL THEN 'no named holder'
            WHEN f.change_role = 'delta' THEN 'a change, not a level'
            WHEN s.figure_id IS NULL THEN 'no date'
        END,
        f.measures
    FROM v_figures AS f
    JOIN figures AS g ON g.article_id = f.article_id AND g.id = f.figure_id
    JOIN followed AS w ON w.article_id = f.article_id
    LEFT JOIN figure_measures AS n ON n.article_id = f.article_id AND n.figure_id = f.figure_id
    LEFT JOIN story_members AS m ON m.article_id = f.article_id
    LEFT JOIN v_series AS s ON s.article_id = f.article_id AND s.figure_id = f.figure_id"""


def series(
    address: str,
    *,
    holder: str | None = None,
    measure: str | None = None,
    unit: str | None = None,
) -> list[Value]:
    """Return the values whose holder and measure have the given words, by series and period.

    The words of a holder may also be in the aliases of its identity; those of a measure may have
    other forms. Figures that match but are in no series, or are alone in theirs, come last, with
    the reason. ``period_end`` is exclusive, and null for a figure without a time, whose
    ``period_start`` is the day of publication. Raises what ``pipeline.archive.access.opened``
    raises.
    """
    where = Condition()
    where.named("COALESCE(f.holder, f.holder_text, '')", "f.holder_identity", holder)
    if measure:
        wanted = normalised(measure)
        if wanted is None:
            return []
        for column, words in zip(("n.measure", "n.scope"), wanted, strict=True):
            for word in words.split():
                where.add(f"' ' || {column} || ' ' LIKE ?", f"% {word} %")
    if not (holder or measure):
        where.equal("f.unit", unit)
    with opened(address, reading=True) as store, store.transaction():
        rows = store.rows(f"{ASKED} {where}", *where.parameters)
    texts = defaultdict(list)
    for row in rows:
        texts[row[2]].append(row[-1] or "")
    forms = {one: one and as_written(one, some) for one, some in texts.items()}
    found = [
        one._replace(
            measure=forms[one.measure] or said,
            value=_number(one.value),
            left_out="another unit" if unit and one.unit != unit else one.left_out,
        )
        for one, said in ((Value(*row[:-1]), row[-1]) for row in rows)
    ]
    numbers = Counter(one.series for one in found if not one.left_out)
    found = [
        one._replace(left_out=FEW) if not one.left_out and numbers[one.series] < 2 else one
        for one in found
    ]
    return sorted(found, key=_place)


def _number(value: int | float | Decimal | None) -> int | float | None:
    """Return a number of a database as JSON has it."""
    return value if value is None else int(value) if value == int(value) else float(value)


def _place(one: Value) -> tuple[bool, list[str]]:
    """Return the sort key: by series, then by period."""
    whose = (one.left_out, (one.holder or "").lower(), *one.series)
    when = (one.period_start, one.period_end, one.published, one.article_id)
    return one.left_out is not None, [*(each or "" for each in (*whose, *when)), one.figure_id]
