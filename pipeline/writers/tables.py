"""The tables of a database for SQLAlchemy, made from ``layout``, and their DDL.

Items refer to items of the same article by foreign keys, which are checked at the end of the
transaction, since an attribution may be nested in a later one. DuckDB gets neither keys nor
indexes: its checks would prevent replacing an article within one transaction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from typing import Any, Final, Literal

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.types import TypeEngine

from pipeline.writers import layout
from pipeline.writers.layout import ARTICLES, OWN_TABLES, OWNER, REFERENCES, SPANS, TABLES, TEXTS

VIEW: Final = re.compile(r"^CREATE VIEW (\w+) AS\n(?:.+\n)+", re.MULTILINE)
WORDS_OF: Final = """(SELECT {join}(s.text, ' … ') FROM (
        SELECT text FROM spans
        WHERE article_id = a.article_id AND attribution_id = a.id AND role = '{role}'
        ORDER BY position) AS s)"""
"""The words of a source or a cue; separate parts are joined by an ellipsis."""

AMONG: Final = """e.article_id = {item}.article_id
    AND (e.id = {item}.{one} OR {find}(CAST({item}.{all} AS TEXT), '"' || e.id || '"') > 0)"""
"""Whether an entity is in one column, or in the list of another; older rows have no list."""

IDENTITY: Final = """(SELECT p.identity_id FROM identity_articles AS i
        JOIN identity_entities AS m ON m.article_id = i.article_id
        JOIN identity_profiles AS p ON p.profile = m.profile
        WHERE i.article_id = {item}.article_id AND i.record_sha256 = r.record_sha256
        AND m.entity_id = {item}.id)"""
"""The identity of an entity; none if the article was loaded again and not linked yet."""


def views(dialect: Literal["sqlite", "postgresql", "duckdb"]) -> dict[str, str]:
    """Return the statement that creates each view, by its name."""
    join = "group_concat" if dialect == "sqlite" else "string_agg"
    # SQLite has no exact decimals: a number is text in its table, and numeric in the view
    number = "CAST(f.{} AS NUMERIC)" if dialect == "sqlite" else "f.{}"
    parts = {role: WORDS_OF.format(join=join, role=role) for role in ("source", "cue", "content")}
    # capitals sort first, whatever the database's locale
    parts["binary"] = ' COLLATE "C"' if dialect == "postgresql" else ""
    find = "instr" if dialect == "sqlite" else "strpos"
    several = {"speakers": ("q", "speaker", "speakers")}
    several |= {"sources": ("a", "source_entity", "source_entities")}
    parts |= {
        name: AMONG.format(item=item, one=one, all=all_, find=find)
        for name, (item, one, all_) in several.items()
    }
    parts |= {"identity": IDENTITY.format(item="e"), "holder": IDENTITY.format(item="h")}
    parts |= {name: number.format(name) for name in ("value", "low", "high")}
    source = (files("pipeline.writers") / "views.sql").read_text(encoding="utf-8")
    return {one[1]: one[0].format(**parts).strip() for one in VIEW.finditer(source)}


DialectName = Literal["sqlite", "postgresql", "duckdb"]
DIALECTS: Final = ("sqlite", "postgresql", "duckdb")
VERSION_TABLE: Final = "pipeline_schema"
INDEXES: Final = {
    "articles": (("published",), ("sha256",), ("id", "record_sha256")),
    "entities": (("name",),),
    "figures": (("kind", "value"),),
    "story_members": (("story_id",),),
    "said_members": (("said_id",), ("words_id",)),
    "said_keys": (("article_id",),),
    "story_bands": (("story_id",),),
    "identity_entities": (("profile",),),
    "identity_profiles": (("identity_id",), ("target",)),
    "identity_links": (("other",), ("verdict",)),
    "identity_open": (("other",),),
}
LONG: Final = frozenset({"version_rank", "band", "key"})
"""Integers of 64 bits."""
DIALECT_CLASSES: Final[dict[str, Callable[[], Dialect]]] = {
    "postgresql": postgresql.dialect,
    "sqlite": sqlite.dialect,
}
TREES: Final = {("entities", "name"): "spgist"}
"""A name may exceed the key size of a PostgreSQL B-tree; this index has no limit, and supports
prefix searches."""
PRECISION: Final = (38, 12)
"""Total digits and decimal places of a number in DuckDB and Parquet; longer ones are text only."""


def metadata(tables: Sequence[layout.Table] = TABLES) -> MetaData:
    """Return the tables for SQLite and PostgreSQL."""
    found = MetaData()
    Table(
        VERSION_TABLE,
        found,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("schema_version", Text, nullable=False),
        Column("pipeline_version", Text, nullable=False),
    )
    for table in (*tables, *OWN_TABLES):
        Table(
            table.name,
            found,
            *(Column(c.name, _type(c), nullable=c.nullable) for c in table.columns),
            PrimaryKeyConstraint(*table.key),
            *_foreign_keys(table),
            *_indexes(table.name),
            # this stores the rows of an article together, without a second tree for the key;
            # the full-text index refers to rows of texts by their number
            sqlite_with_rowid=table.name in (ARTICLES, TEXTS.name),
        )
    return found


def _type(column: layout.Column) -> TypeEngine[Any]:
    number = Numeric(asdecimal=True).with_variant(Text(), "sqlite")
    # PostgreSQL's json keeps the text unchanged; jsonb would sort keys and round numbers
    json = Text().with_variant(postgresql.JSON(), "postgresql")
    kinds: dict[layout.Kind, TypeEngine[Any]] = {
        "text": Text(),
        "integer": BigInteger() if column.name in LONG else Integer(),
        "real": Double(),
        "boolean": Boolean(),
        "number": number,
        "json": json,
        "bytes": LargeBinary(),
    }
    return kinds[column.kind]


def _foreign_keys(table: layout.Table) -> Iterator[ForeignKeyConstraint]:
    if table.name == ARTICLES or table in OWN_TABLES:
        return
    owner = OWNER.get(table.name)
    if owner is None:
        yield ForeignKeyConstraint(["article_id"], ["articles.id"], ondelete="CASCADE")
    else:
        target = "attributions" if table.name == SPANS else table.layer
        yield ForeignKeyConstraint(
            ["article_id", owner], [f"{target}.article_id", f"{target}.id"], ondelete="CASCADE"
        )
    for (name, column), target in REFERENCES.items():
        if name == table.name:
            yield ForeignKeyConstraint(
                ["article_id", column],
                [f"{target}.article_id", f"{target}.id"],
                deferrable=True,
                initially="DEFERRED",
            )


def _indexes(table: str) -> Iterator[Index]:
    for columns in INDEXES.get(table, ()):
        tree = TREES.get((table, columns[0]), "btree")
        yield Index(f"ix_{table}_{'_'.join(columns)}", *columns, postgresql_using=tree)


def ddl(dialect: DialectName, tables: Sequence[layout.Table] = TABLES) -> tuple[str, ...]:
    """Return the statements that prepare an empty database, views included."""
    if dialect == "duckdb":
        return (*_duckdb(tables), *views("duckdb").values())
    kind = DIALECT_CLASSES[dialect]()
    statements: list[str] = []
    for table in metadata(tables).tables.values():
        statements.append(str(CreateTable(table).compile(dialect=kind)))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        statements += [str(CreateIndex(index).compile(dialect=kind)) for index in indexes]
    cleaned = (_trimmed(statement) for statement in statements)
    return (*cleaned, *views(dialect).values())


def _duckdb(tables: Sequence[layout.Table]) -> Iterator[str]:
    yield (
        f"CREATE TABLE {VERSION_TABLE} (\n"
        "\tid INTEGER NOT NULL,\n\tschema_version VARCHAR NOT NULL,\n"
        "\tpipeline_version VARCHAR NOT NULL\n)"
    )
    yield from map(duckdb_table, (*tables, *OWN_TABLES))


def duckdb_table(table: layout.Table) -> str:
    """Return the statement that creates a table in DuckDB."""
    columns = (
        f"\t{quoted(c.name)} {duckdb_type(c)}{'' if c.nullable else ' NOT NULL'}"
        for c in table.columns
    )
    return f"CREATE TABLE {table.name} (\n" + ",\n".join(columns) + "\n)"


def duckdb_type(column: layout.Column) -> str:
    """Return the DuckDB type of a column."""
    kinds: dict[layout.Kind, str] = {
        "text": "VARCHAR",
        "integer": "BIGINT",
        "real": "DOUBLE",
        "boolean": "BOOLEAN",
        "number": "DECIMAL({}, {})".format(*PRECISION),
        "json": "VARCHAR",
        "bytes": "BLOB",
    }
    return kinds[column.kind]


def quoted(name: str) -> str:
    """Return a name quoted as an SQL identifier.

    >>> quoted("end")
    '"end"'
    """
    return '"' + name.replace('"', '""') + '"'


def _trimmed(statement: str) -> str:
    return "\n".join(line.rstrip() for line in statement.strip().splitlines())
