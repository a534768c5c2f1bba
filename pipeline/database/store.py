"""Run SQL in SQLite, DuckDB and PostgreSQL alike: one transaction, bulk rows, lists of keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from pipeline.errors import BadDatabaseUrl, LinkFailed
from pipeline.writers.loading import connect

if TYPE_CHECKING:
    from pipeline.writers.duckdb import DuckdbTarget
    from pipeline.writers.sql import SqlTarget

Row = Sequence[Any]
LOCK: Final = 0x6C696E6B
"""The advisory lock of PostgreSQL that one linker at a time holds; an arbitrary number."""
PARQUET_HINT: Final = "load the records into sqlite:///, duckdb:/// or postgresql:// first"


class Store:
    """A database of records; use it as a context manager.

    Placeholders in statements are question marks. Tables of keys are temporary.
    """

    def __init__(self, address: str, *, reading: bool = False) -> None:
        target = connect(address, reading=reading)
        self.target: Any = target
        self.dialect: str = getattr(target, "dialect", "duckdb")
        if not hasattr(target, "connection"):
            raise BadDatabaseUrl("identities need a database, not Parquet", hint=PARQUET_HINT)
        self._numbers = count()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *problem: object) -> None:
        self.target.__exit__(*problem)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run statements in one transaction; another linker waits until it ends."""
        if self.dialect == "duckdb":
            duck: DuckdbTarget = self.target
            with duck.transaction(LinkFailed):
                yield
            return
        sql: SqlTarget = self.target
        with sql.failing(LinkFailed):
            locks = self.dialect == "postgresql" and not sql.reading
            if locks:
                # before the transaction, so that it sees what the linker before has committed
                with sql.connection.begin():
                    self.run("SELECT pg_advisory_lock(?)", (LOCK,))
            try:
                with sql.connection.begin():
                    if locks:
                        self.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                    yield
            finally:
                if locks:
                    with sql.connection.begin():
                        self.run("SELECT pg_advisory_unlock(?)", (LOCK,))

    def run(self, statement: str, values: Row = ()) -> None:
        """Run a statement."""
        self._execute(statement, values)

    def rows(self, statement: str, values: Row = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return [tuple(row) for row in self._execute(statement, values).fetchall()]

    def _execute(self, statement: str, values: Row) -> Any:
        if self.dialect == "duckdb":
            return self.target.connection.execute(statement, list(values))
        if self.dialect == "postgresql":
            statement = statement.replace("%", "%%").replace("?", "%s")
        return self.target.connection.exec_driver_sql(statement, tuple(values))

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Insert many rows."""
        found = rows if isinstance(rows, list) else list(rows)
        if not found:
            return
        names = ", ".join(f'"{name}"' for name in columns)
        if self.dialect == "postgresql":
            driver = self.target.connection.connection.driver_connection
            with (
                driver.cursor() as cursor,
                cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
            ):
                for row in found:
                    copy.write_row(row)
        elif self.dialect == "duckdb":
            import pyarrow

            arrays = [pyarrow.array(column) for column in zip(*found, strict=True)]
            arriving = pyarrow.table(dict(zip(columns, arrays, strict=True)))
            self.target.connection.register("arriving", arriving)
            self.run(f"INSERT INTO {table} ({names}) SELECT {names} FROM arriving")
            self.target.connection.unregister("arriving")
        else:
            marks = ", ".join("?" * len(columns))
            self.target.connection.exec_driver_sql(
                f"INSERT INTO {table} ({names}) VALUES ({marks})", [tuple(row) for row in found]
            )

    @contextmanager
    def keys(
        self, rows: Iterable[Row], columns: Sequence[str] = ("key",), kinds: str = ""
    ) -> Iterator[str]:
        """Yield the name of a temporary table with rows, of text unless ``kinds`` says otherwise.

        ``kinds``: a letter for each column, ``t`` for text and ``i`` for integer.
        """
        name = f"linking_{next(self._numbers)}"
        types = {"t": "TEXT", "i": "BIGINT"}
        described = ", ".join(
            f'"{column}" {types[kind]}'
            for column, kind in zip(columns, kinds or "t" * len(columns), strict=True)
        )
        self.run(f"CREATE TEMPORARY TABLE {name} ({described})")
        self.insert(name, columns, rows)
        if self.dialect == "postgresql":
            self.run(f"ANALYZE {name}")
        yield name
        # after an error the transaction is over, and the table with it
        self.run(f"DROP TABLE {name}")
