"""The tables follow the models of the record."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import create_model

from pipeline.output import layout
from pipeline.output.layout import OWNER, REFERENCES, TABLES, describe, version_rank
from pipeline.records import schema
from pipeline.records.schema import ArticleRecord, Entity, Number

ITEM = re.compile(r"[eqfta][1-9][0-9]*")


def test_there_is_a_table_for_each_layer() -> None:
    assert [table.name for table in TABLES] == [
        "articles", "entities", "mentions", "times", "attributions", "quotes", "figures", "spans",
    ]  # fmt: skip


class Mood(schema.Model):
    kind: str


class NewEntity(Entity):
    mood: Mood | None = None
    score: Number | None = None


class NewRecord(ArticleRecord):
    section: str | None = None
    entities: tuple[NewEntity, ...]  # type: ignore[assignment]


def test_a_new_field_automatically_gets_a_column() -> None:
    tables = {table.name: table for table in describe(NewRecord)}
    assert ("section", "text", ("section",)) in [c[:3] for c in tables["articles"].columns]
    added = {column.name: column for column in tables["entities"].columns[-3:]}
    assert added.keys() == {"mood_kind", "score", "score_text"}
    assert added["score"].kind == "number"
    assert all(column.nullable for column in added.values())


class Odd(schema.Model):
    a: str | None
    b: str | None


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (complex, "there is no column for"),
        (Odd | None, "may be null, and so may all of its fields"),
        (tuple[schema.Mention, ...], "differ in the tables"),
    ],
)
def test_a_field_without_a_rule_is_refused(kind: object, reason: str) -> None:
    fields: Any = {"new": (kind, ...)}
    new = create_model("New", __base__=ArticleRecord, __module__=__name__, **fields)
    with pytest.raises(TypeError, match=reason):
        describe(new)


class SecondTitle(ArticleRecord):
    title: str


def test_two_fields_for_one_column_are_refused() -> None:
    with pytest.raises(TypeError, match="two fields would have the column title"):
        describe(SecondTitle)


def test_every_column_that_names_another_item_is_a_reference(shipped: list[ArticleRecord]) -> None:
    found = set()
    for record in shipped:
        for table in TABLES:
            for row in layout.entry(record).rows[table.name]:
                for column, cell in zip(table.columns, row, strict=True):
                    told = column.kind == "text" and column.path not in ((), ("id",))
                    if told and isinstance(cell, str) and ITEM.fullmatch(cell):
                        found.add((table.name, column.name))
    # columns that the shipped articles do not use are at least in the tables
    names = {(table.name, name) for table in TABLES for name in table.names}
    assert found <= REFERENCES.keys() <= names
    assert len(found) >= 6


def test_rows_of_multiple_spans_name_their_owner() -> None:
    for table in TABLES:
        if table.name in OWNER:
            assert OWNER[table.name] in table.key


def test_a_version_without_its_last_number_ranks_as_with_zero() -> None:
    assert version_rank("1.0", "0.9") == version_rank("1.0", "0.9.0") < version_rank("1.0", "0.9.1")
    assert version_rank("1.0", None) == version_rank("1.0", "0.0.0")
