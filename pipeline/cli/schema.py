"""``pipeline schema``: print the schema of records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from pipeline.cli.screen import emit
from pipeline.errors import ExtraMissing

if TYPE_CHECKING:
    from pipeline.writers.tables import DialectName

DIALECTS = ("postgresql", "sqlite", "duckdb")


@click.command()
@click.argument("form", type=click.Choice(["json", "sql", "arrow"]), default="json", required=False)
@click.option(
    "--dialect",
    type=click.Choice(DIALECTS),
    default="postgresql",
    help="Database of the sql form. [default: postgresql]",
)
def schema(form: str, dialect: DialectName) -> None:
    """Print the JSON Schema of a record, or its database tables.

    The JSON Schema is draft 2020-12. The tables are those that pipeline load creates.

    \b
    pipeline schema json > record.schema.json
    pipeline schema sql --dialect sqlite
    pipeline schema arrow
    """
    if form == "sql":
        from pipeline.writers.tables import ddl

        for statement in ddl(dialect):
            emit(f"{statement};\n")
    elif form == "arrow":
        emit(_arrow())
    else:
        from pipeline.records.schema import json_schema

        emit(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _arrow() -> str:
    """Return the columns of each Parquet file."""
    try:
        from pipeline.writers.arrow import arrow_schema
    except ImportError as error:
        hint = "pip install 'news-extraction-pipeline[parquet]'"
        raise ExtraMissing("the Arrow schema needs pyarrow", hint=hint) from error
    from pipeline.writers.layout import TABLES

    tables = (
        f"{table.name}\n{arrow_schema(table).to_string(show_schema_metadata=False)}"
        for table in TABLES
    )
    return "\n\n".join(tables)
