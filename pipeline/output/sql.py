"""Load into databases: their tables and what they have in common, and SQLite.

The tables follow from ``layout``. Items refer to items of the same article by foreign keys, which
are checked at the end of the transaction, since an attribution may be nested in a later one. DuckDB
gets neither keys nor indexes: its checks would prevent replacing an article within one transaction.
"""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from sqlalchemy import (
    DECIMAL,
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
    String,
    Table,
    Text,
    create_engine,
    event,
    exc,
    inspect,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Dialect, Engine, make_url
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable
from sqlalchemy.sql.ddl import BaseDDLElement
from sqlalchemy.types import TypeEngine

from pipeline.errors import (
    BadDatabaseUrl,
    DatabaseBusy,
    DatabaseUnavailable,
    DatabaseUnsuitable,
    LoadFailed,
    PipelineError,
)
from pipeline.output import layout
from pipeline.output.layout import (
    ARTICLES,
    OWN_NAMES,
    OWN_TABLES,
    OWNER,
    REFERENCES,
    SPANS,
    TABLES,
    TEXTS,
    LoadEntry,
    Schema,
    linked_anew,
    version_rank,
)
from pipeline.output.loading import LoadTally, Target, sort_out

if TYPE_CHECKING:
    import sqlite3

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
    day = "julianday({})" if dialect == "sqlite" else "CAST({} AS DATE)"
    ends = (day.format(f"SUBSTR(t.range_{one}, 1, 10)") for one in ("end", "start"))
    parts["days"] = f"({' - '.join(ends)})"
    source = (files("pipeline.output") / "views.sql").read_text(encoding="utf-8")
    return {one[1]: one[0].format(**parts).strip() for one in VIEW.finditer(source)}


DialectName = Literal["sqlite", "postgresql", "duckdb"]
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


class DuckdbDialect(DefaultDialect):
    """Types of DuckDB."""

    name = "duckdb"


DIALECTS: Final[dict[DialectName, Callable[[], Dialect]]] = {
    "postgresql": postgresql.dialect,
    "sqlite": sqlite.dialect,
    "duckdb": DuckdbDialect,
}
TREES: Final = {("entities", "name"): "spgist"}
"""A name may exceed the key size of a PostgreSQL B-tree; this index has no limit, and supports
prefix searches."""
PRECISION: Final = (38, 12)
"""Total digits and decimal places of a number in DuckDB and Parquet; longer ones are text only."""


def metadata(dialect: DialectName, tables: Sequence[layout.Table] = TABLES) -> MetaData:
    """Return the tables of a kind of database."""
    found = MetaData()
    keyed = dialect != "duckdb"
    text = Text().with_variant(String(), "duckdb")
    Table(
        VERSION_TABLE,
        found,
        Column("id", Integer, primary_key=keyed, autoincrement=False, nullable=False),
        Column("schema_version", text, nullable=False),
        Column("pipeline_version", text, nullable=False),
    )
    for table in (*tables, *OWN_TABLES):
        keys = (PrimaryKeyConstraint(*table.key), *_foreign_keys(table), *_indexes(table.name))
        Table(
            table.name,
            found,
            *(
                Column(c.name, _type(c), nullable=c.nullable, quote=None if keyed else True)
                for c in table.columns
            ),
            *(keys if keyed else ()),
            # this stores the rows of an article together, without a second tree for the key;
            # the full-text index refers to rows of texts by their number
            sqlite_with_rowid=table.name in (ARTICLES, TEXTS.name),
        )
    return found


def _type(column: layout.Column) -> TypeEngine[Any]:
    text = Text().with_variant(String(), "duckdb")
    number = Numeric(asdecimal=True).with_variant(DECIMAL(*PRECISION), "duckdb")
    short = Integer().with_variant(BigInteger(), "duckdb")
    kinds: dict[layout.Kind, TypeEngine[Any]] = {
        "text": text,
        "integer": BigInteger() if column.name in LONG else short,
        "real": Double(),
        "boolean": Boolean(),
        "number": number.with_variant(Text(), "sqlite"),
        # PostgreSQL's json keeps the text unchanged; jsonb would sort keys and round numbers
        "json": text.with_variant(postgresql.JSON(), "postgresql"),
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
    statements: list[str] = []
    for table in metadata(dialect, tables).tables.values():
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        made: list[BaseDDLElement] = [CreateTable(table), *map(CreateIndex, indexes)]
        statements += [_compiled(one, dialect) for one in made]
    return (*statements, *views(dialect).values())


def _compiled(element: BaseDDLElement, dialect: DialectName) -> str:
    statement = str(element.compile(dialect=DIALECTS[dialect]()))
    return "\n".join(line.rstrip() for line in statement.strip().splitlines())


def quoted(name: str) -> str:
    """Return a name quoted as an SQL identifier.

    >>> quoted("end")
    '"end"'
    """
    return '"' + name.replace('"', '""') + '"'


class Database(Target):
    """A database that runs SQL; statements have ``?`` for parameters."""

    dialect: ClassVar[DialectName]
    errors: ClassVar[tuple[type[Exception], ...]]
    """The driver's exceptions."""
    busy: ClassVar[tuple[str, ...]] = ()
    """Parts of error messages that mean another program has locked the database."""
    full: ClassVar[tuple[str, ...]] = (
        "disk is full",
        "disk I/O error",
        "No space left on device",
        "could not extend file",
    )
    """Parts of error messages that mean the disk is full or broken."""
    unsuitable: ClassVar[tuple[str, ...]] = ()
    """Parts of error messages that mean this is not such a database."""
    in_list: ClassVar[str]
    """The condition that a column is in a list, which is one parameter."""
    connection: Any

    def __init__(self, address: str, schema: Schema, *, reading: bool = False) -> None:
        url = parse(address)
        self.shown = url.render_as_string(hide_password=True)
        self.schema = schema
        self.reading = reading
        with self.failing(DatabaseUnavailable):
            self.connection = self.connect(url)
        try:
            with self.transaction(LoadFailed):
                if reading:
                    self.check_versions(self.stored(self.present()))
                else:
                    self.prepare()
        except LoadFailed as error:
            self.connection.close()
            if error.hint != DISK:
                error.hint = UNPREPARED
            raise
        except BaseException:
            self.connection.close()
            raise

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    @abstractmethod
    def connect(self, url: URL) -> Any:
        """Return a connection; raise ``BadDatabaseUrl`` for an incomplete URL."""

    @abstractmethod
    def begin(self) -> AbstractContextManager[Any]:
        """Return the context of a transaction."""

    @abstractmethod
    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Any:
        """Run a statement and return its result, which has ``fetchall``."""

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        found: list[tuple[Any, ...]] = self.execute(statement, parameters).fetchall()
        return found

    @abstractmethod
    def named(self, statement: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the rows of a query by the names of its columns."""

    @abstractmethod
    def insert(self, table: layout.Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows in bulk."""

    @abstractmethod
    def present(self) -> set[str]:
        """Return the names of the tables and views."""

    @abstractmethod
    def columns(self, table: str) -> set[str]:
        """Return the names of a table's columns."""

    def among(self, column: str) -> str:
        """Return the condition that a column is in a list; ``listed`` makes its parameter."""
        return self.in_list.format(column)

    def listed(self, values: Iterable[Any]) -> Any:
        """Return values as a parameter for ``among``."""
        return list(values)

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """The tables by their names; most openings do not need them."""
        return metadata(self.dialect, self.schema.tables).tables

    def prepare(self) -> None:
        """Create the tables and views, or add what a newer schema needs; do nothing if complete."""
        present = self.present()
        stored = self.stored(present)
        if stored is None:
            taken = present & {*self.tables, *views(self.dialect)}
            if names := ", ".join(sorted(taken)):
                message = f"contains tables of another program: {names}"
                raise DatabaseUnsuitable(message, where=self.shown)
        elif (
            version_rank(*self.check_versions(stored)) >= self.schema.rank and present >= OWN_NAMES
        ):
            return
        else:
            for name in views(self.dialect):
                self.execute(f"DROP VIEW IF EXISTS {name}")
            for statement in linked_anew(present):
                self.execute(statement)
        for name, table in self.tables.items():
            if name in present:
                self._add_columns(table)
            else:
                self.execute(_compiled(CreateTable(table), self.dialect))
            for index in table.indexes:
                self.execute(_compiled(CreateIndex(index, if_not_exists=True), self.dialect))
        for statement in views(self.dialect).values():
            self.execute(statement)
        self.execute(f"DELETE FROM {VERSION_TABLE}")
        versions = (self.schema.version, self.schema.pipeline)
        self.execute(f"INSERT INTO {VERSION_TABLE} VALUES (1, ?, ?)", versions)

    def stored(self, present: Set[str]) -> tuple[str, str] | None:
        """Return the schema and pipeline versions that last prepared the database."""
        if VERSION_TABLE not in present:
            return None
        asked = f"SELECT schema_version, pipeline_version FROM {VERSION_TABLE}"
        return next(((one, other) for one, other in self.rows(asked)), None)

    def _add_columns(self, table: Table) -> None:
        there = self.columns(table.name)
        for column in table.columns:
            if column.name not in there:
                self.check_missing(table.name, column.name, column.nullable)
                made = _compiled(CreateColumn(column), self.dialect)
                self.execute(f"ALTER TABLE {quoted(table.name)} ADD COLUMN {made}")

    def put(self, entries: Sequence[LoadEntry], *, force: bool = False) -> LoadTally:
        with self.transaction(LoadFailed):
            asked = self.rows(
                f"SELECT id, record_sha256, version_rank FROM {ARTICLES} WHERE {self.among('id')}",
                [self.listed(entry.id for entry in entries)],
            )
            known = {identity: (sha256, rank) for identity, sha256, rank in asked}
            chosen, replaced, tally = sort_out(entries, known, force=force)
            for table in reversed(self.schema.tables) if replaced else ():
                condition = self.among("id" if table.name == ARTICLES else "article_id")
                self.execute(f"DELETE FROM {table.name} WHERE {condition}", [self.listed(replaced)])
            for table in self.schema.tables:
                self.insert(table, [row for entry in chosen for row in entry.rows[table.name]])
        return tally

    @contextmanager
    def transaction(self, kind: type[PipelineError]) -> Iterator[None]:
        """Run a block in one transaction; raise errors of the driver as ``kind``."""
        with self.failing(kind), self.begin():
            yield

    @contextmanager
    def failing(self, kind: type[PipelineError]) -> Iterator[None]:
        """Convert the driver's exceptions to our errors."""
        try:
            yield
        except self.errors as error:
            message = one_line(getattr(error, "orig", None) or error)
            if any(sign in message for sign in self.busy):
                kind = DatabaseBusy
            elif any(sign in message for sign in self.unsuitable):
                kind = DatabaseUnsuitable
            hint = DISK if any(sign in message for sign in self.full) else None
            raise kind(message, where=self.shown, hint=hint) from error


class SqlDatabase(Database):
    """A database accessed through an SQLAlchemy engine."""

    errors: ClassVar[tuple[type[Exception], ...]] = (exc.SQLAlchemyError,)
    connection: Connection

    def connect(self, url: URL) -> Connection:
        return self.engine(url).connect()

    @abstractmethod
    def engine(self, url: URL) -> Engine:
        """Return the engine; raise ``BadDatabaseUrl`` for an incomplete URL."""

    def begin(self) -> AbstractContextManager[Any]:
        return self.connection.begin()

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Any:
        return self.connection.exec_driver_sql(statement, tuple(parameters))

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.execute(statement, parameters)]

    def named(self, statement: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
        return [dict(row) for row in self.execute(statement, parameters).mappings()]

    def present(self) -> set[str]:
        found = inspect(self.connection)
        return {*found.get_table_names(), *found.get_view_names()}

    def columns(self, table: str) -> set[str]:
        return {column["name"] for column in inspect(self.connection).get_columns(table)}


LONGEST_MESSAGE: Final = 300
UNPREPARED: Final = "a new database, and one of an older pipeline, is made ready by its owner"
DISK: Final = "make room on its disk, and repeat the command; what was stored before is kept"


def parse(address: str) -> URL:
    """Parse an address; raise ``BadDatabaseUrl``."""
    try:
        address.encode()  # a database name must be valid UTF-8
        return make_url(address)
    except (exc.ArgumentError, ValueError) as error:
        # the address is not shown, since it may contain a password
        raise BadDatabaseUrl("the address of the database cannot be read") from error


def file_of(url: URL, hint: str, *, there: bool) -> str:
    """Return the path in an address; ``there`` refuses a file that does not exist."""
    shown = url.render_as_string(hide_password=True)
    if not url.database or url.database == ":memory:" or url.host:
        raise BadDatabaseUrl("the address names no file", where=shown, hint=hint)
    if there and not Path(url.database).exists():
        raise DatabaseUnavailable("no such file", where=shown, hint="")
    return url.database


def one_line(error: object) -> str:
    """Return an error message as one line that is safe for a terminal.

    >>> one_line(ValueError("no\\x1b such host\\nhint"))
    'no such host'
    """
    lines = str(error).strip().splitlines()
    shown = "".join(c for c in (lines or [type(error).__name__])[0] if c.isprintable())
    return shown[:LONGEST_MESSAGE]


PATIENCE: Final = 60
"""Seconds to wait for another writer."""


class SqliteTarget(SqlDatabase):
    """An SQLite file. One loader writes at a time, the others wait for it."""

    dialect = "sqlite"
    busy = ("database is locked",)
    unsuitable = ("file is not a database",)
    in_list = "{} IN (SELECT value FROM json_each(?))"

    def engine(self, url: URL) -> Engine:
        hint = "sqlite:///news.db is a file here, sqlite:////data/news.db one at an absolute path"
        file_of(url, hint, there=self.reading)
        engine = create_engine(
            url.set(drivername="sqlite"),
            poolclass=NullPool,
            # one thread at a time uses it: first the one that opens it, then the one that stores
            connect_args={"timeout": PATIENCE, "isolation_level": None, "check_same_thread": False},
        )
        event.listen(engine, "connect", _set_up)
        # lock immediately: two loaders that read first and write later would deadlock
        begin = "BEGIN" if self.reading else "BEGIN IMMEDIATE"
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine

    def listed(self, values: Iterable[Any]) -> Any:
        return json.dumps(list(values))

    def insert(self, table: layout.Table, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            names = ", ".join(map(quoted, table.names))
            marks = ", ".join("?" * len(table.names))
            statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"
            self.connection.exec_driver_sql(statement, list(rows))


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
