"""The reference as Markdown, generated from the program itself.

    python docs/site/reference.py            # write the generated parts of all pages
    python docs/site/reference.py --check    # end with 1 if one of them is out of date

A part of a page is between the lines ``<!-- generated: NAME -->`` and ``<!-- end: NAME -->``.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import groupby
from typing import Any, Final

import borrowed
import click
from pydantic import BaseModel

import pipeline
from pipeline import errors
from pipeline.cli import commands
from pipeline.manifest import manifest
from pipeline.outcomes import NOTICES
from pipeline.records import schema
from pipeline.settings import CONFIG_VARIABLE, FILE_NAME, KNOWN, Settings

GOLDEN: Final = "seeds/golden/000_12599b830581316b.json"
MODELS: Final = (
    schema.ArticleRecord,
    schema.Source,
    schema.Entity,
    schema.Mention,
    schema.Span,
    schema.Quote,
    schema.Marks,
    schema.Figure,
    schema.Rate,
    schema.Time,
    schema.Attribution,
    schema.AttributionSource,
    schema.Cue,
    schema.Content,
    schema.Provenance,
    schema.ModelVersion,
    schema.Warning,
)
"""The models of a record, in the order of the reference."""
UNUSED_BY_DEFAULT: Final = ("encoder", "attributions-accurate", "identity")
LONGEST: Final = 60
"""Longer texts are cut in examples."""
EXITS: Final = {
    errors.OK: "Success.",
    errors.SOME_FAILED: (
        "Some articles went to the dead letters or have incomplete records, or nothing was found. "
        "With `--strict`, also: some records have a warning other than `W241`."
    ),
    errors.USAGE: "The command was called with invalid arguments.",
    errors.BAD_DATA: "The input or a record is invalid.",
    errors.NO_INPUT: "The input does not exist or cannot be read.",
    errors.UNAVAILABLE: "A model, an engine, an extra or a database is not available.",
    errors.BUG: "A bug in the pipeline, or an article that it could not process.",
    errors.CANNOT_CREATE: "The output cannot be created, or it already exists.",
    errors.IO_ERROR: "Reading or writing failed.",
    errors.LOCKED: "Something is locked or unfinished: try again later.",
    errors.BAD_SETTINGS: "A setting is invalid.",
    errors.INTERRUPTED: "Interrupted (Ctrl-C, SIGTERM). Committed work is kept.",
    errors.BROKEN_PIPE: "The program that reads the output has stopped reading.",
}
FAMILY: Final = re.compile(r"^(P\d)xx (.{30})", re.MULTILINE)
"""A family in the table of ``errors``: what its codes begin with, and its subject."""


def record() -> str:
    """Return a section for each model: its fields, and an example of the seed's record."""
    row = json.loads(borrowed.read(GOLDEN)) | {"provenance": _provenance().model_dump(mode="json")}
    golden = schema.ArticleRecord.from_line(json.dumps(row))
    parts = [*_models_in(golden), *_elsewhere()]
    return "\n\n".join(_model(kind, [one for one in parts if type(one) is kind]) for kind in MODELS)


def _provenance() -> schema.Provenance:
    """Return what a golden record leaves out, since it changes with every version."""
    return schema.Provenance(
        pipeline=pipeline.__version__,
        settings=Settings().fingerprint(),
        models=tuple(
            schema.ModelVersion(name=one.name, version=one.version, sha256=one.sha256)
            for one in manifest()
            if one.name not in UNUSED_BY_DEFAULT
        ),
        kernel="openblas 0.3.31 Haswell, onnxruntime 1.32.0",
    )


def _elsewhere() -> Iterator[BaseModel]:
    """Yield examples of what the seed's record has none of."""
    yield schema.Rate(per="gallon")
    yield schema.Warning(
        code="W231", message="language is 'de'; the models read English", start=None, end=None
    )


def _models_in(value: Any) -> Iterator[BaseModel]:
    if isinstance(value, BaseModel):
        yield value
        for name in type(value).model_fields:
            yield from _models_in(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _models_in(one)


def _model(kind: type[BaseModel], found: Sequence[BaseModel]) -> str:
    definition = kind.model_json_schema(mode="serialization", ref_template="{model}")
    rows = [
        (f"`{name}`", _type(field), _codes(field.get("description", "")))
        for name, field in definition["properties"].items()
    ]
    example = max(found, key=_telling)
    shown = json.dumps(_shortened(example.model_dump(mode="json")), indent=2, ensure_ascii=False)
    about = _codes(kind.__doc__ or "")
    table = _table(("key", "type", "description"), rows)
    return f"## {kind.__name__}\n\n{about}\n\n{table}\n\n```json\n{shown}\n```"


def _telling(part: BaseModel) -> tuple[int, int]:
    """Return how much of a model an example shows; short ones are better."""
    values = part.model_dump(mode="json")
    filled = sum(value not in (None, [], {}, False) for value in values.values())
    return filled, -len(json.dumps(values))


def _shortened(value: Any, depth: int = 0) -> Any:
    """Return JSON with long texts cut, and no more than two items of a list."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST else value[:LONGEST] + "…"
    if isinstance(value, dict):
        return {key: _shortened(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        if depth == 1 and value and isinstance(value[0], dict) and "id" in value[0]:
            return [f"… {len(value)} of them"]
        return [_shortened(one, depth + 1) for one in value[:2]] + ["…"] * (len(value) > 2)
    return value


def _type(field: Mapping[str, Any]) -> str:
    """Return the type of a field of JSON Schema in words."""
    if "$ref" in field:
        return f"[{field['$ref']}](#{field['$ref'].lower()})"
    if "anyOf" in field:
        return " or ".join(_type(one) for one in field["anyOf"])
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    kind = field.get("type", "any value")
    if kind == "array":
        return f"list of {_type(field['items'])}" if "items" in field else "list"
    if "maximum" in field:
        return f"{kind}, {field['minimum']} to {field['maximum']}"
    return str(kind)


def json_schema() -> str:
    """Return the JSON Schema of a record."""
    shown = json.dumps(schema.json_schema(), indent=2, ensure_ascii=False)
    return f"```json\n{shown}\n```"


def tables() -> str:
    """Return the tables and views that records are loaded into, as SQL."""
    from pipeline.output.sql import ddl

    statements = "\n\n".join(f"{statement};" for statement in ddl("postgresql"))
    return f"```sql\n{statements}\n```"


def settings() -> str:
    """Return the table of settings."""
    rows = []
    for one in KNOWN:
        default, choices = one.default, one.choices
        if isinstance(default, bool):
            default, choices = str(default).lower(), ("true", "false")
        if choices:
            bounds = ", ".join(f"`{choice}`" for choice in choices)
        else:
            bounds = f"{one.low:,} to {one.high:,}" if one.high is not None else ""
        rows.append(
            (
                f"`{one.name}`",
                f"`{default}`",
                bounds,
                f"`{one.variable}`",
                one.about + (" (†)" if one.shapes else ""),
            )
        )
    table = _table(("setting", "default", "values", "variable", "description"), rows)
    return (
        f"{table}\n\n† affects records, and is part of the fingerprint `provenance.settings`.\n\n"
        f"Set `{CONFIG_VARIABLE}` to use a settings file other than `{FILE_NAME}`."
    )


def error_codes() -> str:
    """Return the errors by family."""
    families = dict(FAMILY.findall(errors.__doc__ or ""))
    kinds = sorted(errors.by_code().items())
    return "\n\n".join(
        f"### {family}xx: {families[family].strip()}\n\n"
        + _table(("code", "exit", "what happened", "what to do"), map(_error, group))
        for family, group in groupby(kinds, key=lambda item: item[0][:2])
    )


def _error(item: tuple[str, type[errors.PipelineError]]) -> tuple[str, str, str, str]:
    code, kind = item
    about = " ".join(_codes(kind.__doc__ or "").split())
    return f'<a id="{code}"></a>`{code}` {kind.__name__}', str(kind.exit_code), about, kind.hint


def exit_codes() -> str:
    """Return the exit codes."""
    rows = [(f"`{code}`", about) for code, about in sorted(EXITS.items())]
    return _table(("exit code", "meaning"), rows)


def notices() -> str:
    """Return the warnings that a record may carry."""
    return _table(("code", "meaning"), ((f"`{code}`", text) for code, text in NOTICES.items()))


def command_line() -> str:
    """Return a section for each command."""
    return "\n\n".join(_commands(commands, "pipeline"))


def _commands(group: click.Group, path: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        else:
            yield _command(command, f"{path} {name}")


def _command(command: click.Command, path: str) -> str:
    command = copy(command)
    command._help_option = None  # which click keeps, and may have made for another context
    context = click.Context(command, info_name=path, **commands.context_settings)
    options = [
        (f"<code>{found[0].replace('|', '&#124;')}</code>", found[1])
        for one in command.get_params(context)
        if isinstance(one, click.Option) and (found := one.get_help_record(context))
    ]
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    about = "\n\n".join(map(_paragraph, inspect.cleandoc(command.help or "").split("\n\n")))
    return (
        f"## {path}\n\n```text\n{usage}\n```\n\n{about}\n\n"
        f"{_table(('option', 'description'), options)}"
    )


def _paragraph(text: str) -> str:
    """Return a paragraph of help; one that click leaves as it is holds examples."""
    if text.startswith("\b\n"):
        return f"```console\n{text[2:]}\n```"
    return text


def models() -> str:
    """Return the table of models, of the manifest."""
    rows = [(f"`{one.name}` {one.version}", one.licence, one.origin) for one in manifest()]
    return _table(("model", "licence", "where it comes from"), rows)


def _codes(text: str) -> str:
    """Return a docstring with Markdown's marks of code."""
    return text.replace("``", "`")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *(map(_cell, row) for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cell(text: str) -> str:
    """Return text as one line with its bars escaped; those in code need no escape."""
    text = " ".join(text.split())
    return text if "`" in text else text.replace("|", "\\|")


MAKERS: Final[Mapping[str, Callable[[], str]]] = {
    "record": record,
    "json schema": json_schema,
    "tables": tables,
    "settings": settings,
    "errors": error_codes,
    "exit codes": exit_codes,
    "warnings": notices,
    "command line": command_line,
    "models": models,
}
"""What a page may ask for, by name."""
PART: Final = re.compile(
    r"^<!-- generated: (?P<name>.+) -->$.*?^<!-- end: (?P=name) -->$", re.MULTILINE | re.DOTALL
)


def rewritten(page: str) -> str:
    """Return the text of a page with its generated parts as they are now."""

    def made(found: re.Match[str]) -> str:
        name = found["name"]
        return f"<!-- generated: {name} -->\n\n{MAKERS[name]()}\n\n<!-- end: {name} -->"

    return PART.sub(made, page)


def main(arguments: Sequence[str]) -> int:
    """Write the generated parts of all pages, or only name the pages that are out of date."""
    check, stale = "--check" in arguments, 0
    for path in sorted((borrowed.ROOT / borrowed.DOCS).glob("**/*.md")):
        page = path.read_text("utf-8")
        if (current := rewritten(page)) != page:
            stale += 1
            print(f"{path.relative_to(borrowed.ROOT)}: {'out of date' if check else 'written'}")
            if not check:
                path.write_text(current, "utf-8")
    return int(check and stale > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
