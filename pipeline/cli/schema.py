"""``pipeline schema``: what a record looks like, for machines."""

from __future__ import annotations

import json

import click


@click.command()
@click.argument("form", type=click.Choice(["json"]), default="json", required=False)
def schema(form: str) -> None:
    """Print the JSON Schema (draft 2020-12) of a record.

    \b
    pipeline schema json > record.schema.json
    """
    del form  # there is one so far
    from pipeline.records.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
