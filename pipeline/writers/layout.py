"""Map a record to tables and columns, independent of any database.

The tables follow from the models of ``records.schema`` by rule. So a new field automatically has
its column, and a field that the rules do not cover raises ``TypeError`` when the tables are made:

- a field is a column, and a nested model is columns named ``<field>_<inner field>``; the fields of
  the record's ``source`` are in ``articles`` without that prefix;
- ``start`` and ``end`` become ``start_char`` and ``end_char``, since ``end`` is an SQL keyword;
- items with an id have their own table, named as in the record, with the key ``(article_id, id)``;
  the mentions of entities are in ``mentions``, and the spans of sources, cues and contents in
  ``spans``, ordered by ``position``;
- a number that the record writes as text is ``<field>_text`` as written, and ``<field>`` if it is a
  decimal (``1/3`` and ``2-1`` are not);
- other fields with several values are JSON.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, Union, get_args, get_origin
from typing import get_type_hints as hints_of

from pydantic import BaseModel

from pipeline.records.schema import SCHEMA_VERSION, ArticleRecord, Number, Span, Value

Kind = Literal["text", "integer", "real", "boolean", "number", "json", "bytes"]
Path = tuple[str, ...]

ARTICLES: Final = "articles"
SPANS: Final = "spans"
ORDER: Final = (ARTICLES, "entities", "mentions", "times", "attributions", "quotes", "figures")
"""Each table comes before those that refer to it; ``spans`` is last."""
REFERENCES: Final = {
    ("attributions", "source_entity"): "entities",
    ("attributions", "parent"): "attributions",
    ("quotes", "continues"): "quotes",
    ("quotes", "speaker"): "entities",
    ("quotes", "attribution"): "attributions",
    ("figures", "holder"): "entities",
    ("figures", "time"): "times",
    ("figures", "attribution"): "attributions",
}
"""Columns with the id of an item of the same article."""
RENAMED: Final = {"start": "start_char", "end": "end_char"}
OWNER: Final = {"mentions": "entity_id", SPANS: "attribution_id"}
SIMPLE: Final[dict[type, Kind]] = {str: "text", bool: "boolean", int: "integer", float: "real"}


class Column(NamedTuple):
    """A column, and the location of its value in the item."""

    name: str
    kind: Kind
    path: Path = ()
    """Keys that lead from the item to the value; empty for keys and columns the loader adds."""
    nullable: bool = False
    knows_null: bool = False
    """Whether the model uses null for unknown; otherwise an empty cell is the field's default."""
    derived: bool = False
    """Computed from the value, and not read back."""


class Table(NamedTuple):
    """A table and the items of the record that are its rows."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    layer: str
    """The record's field with the items; empty for ``articles``."""
    optional: tuple[Path, ...] = ()
    """Nested models of the item that may be null, innermost first."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


class Schema(NamedTuple):
    """The versions that a database is made for and by."""

    version: str
    """``SCHEMA_VERSION`` of the records."""
    pipeline: str
    tables: tuple[Table, ...]

    @property
    def rank(self) -> int:
        return version_rank(self.version, self.pipeline)

    @property
    def major(self) -> str:
        return self.version.partition(".")[0]


def version_rank(schema_version: str, pipeline: str | None) -> int:
    """Return a number that orders records by minor schema version, then by pipeline version.

    >>> version_rank("1.0", "0.9.1") < version_rank("1.0", "0.10.0") < version_rank("1.1", "0.1.0")
    True
    """
    minor = int(schema_version.partition(".")[2])
    numbers = [min(int(one), 9999) for one in re.findall(r"[0-9]+", pipeline or "")[:3]]
    major, middle, patch = numbers + [0] * (3 - len(numbers))
    return ((minor * 10_000 + major) * 10_000 + middle) * 10_000 + patch


class _Many(NamedTuple):
    """A field with several models, which are rows of a table."""

    path: Path
    model: type[BaseModel]


def describe(model: type[BaseModel] = ArticleRecord) -> tuple[Table, ...]:
    """Return the tables of a record, each after the tables that it refers to.

    >>> [table.name for table in describe()][:3]
    ['articles', 'entities', 'mentions']
    >>> describe()[1].names
    ('article_id', 'id', 'name', 'label', 'descriptions', 'identifiers')
    """
    articles: list[Column] = []
    optional: list[Path] = []
    tables: dict[str, Table] = {}
    for part in _parts(model, optional):
        if isinstance(part, Column):
            articles.append(part._replace(name=part.name.removeprefix("source_")))
        else:
            tables |= {table.name: table for table in _tables_of(part)}
    articles += [Column("record_sha256", "text"), Column("version_rank", "integer")]
    tables[ARTICLES] = Table(ARTICLES, _unique(articles), ("id",), "", tuple(optional[::-1]))
    if tables.keys() != {*ORDER, SPANS}:
        unknown = sorted(tables.keys() ^ {*ORDER, SPANS})
        raise TypeError(f"ORDER and the models differ in the tables {unknown}")
    return tuple(tables[name] for name in (*ORDER, SPANS))


def _tables_of(layer: _Many) -> Iterator[Table]:
    """Yield the table of a layer's items, and the table of the items' multiple spans."""
    optional: list[Path] = []
    columns = [Column("article_id", "text")]
    for part in _parts(layer.model, optional):
        if isinstance(part, Column):
            columns.append(part)
        else:
            yield _span_table(part, layer.path[0])
    key = ("article_id", "id")
    yield Table(layer.path[0], _unique(columns), key, layer.path[0], tuple(optional[::-1]))


def _span_table(many: _Many, layer: str) -> Table:
    name = many.path[0] if len(many.path) == 1 else SPANS
    owner = OWNER.get(name)
    if owner is None or not issubclass(many.model, Span):
        raise TypeError(f"{layer}: there is no table for {name}, of {many.model.__name__}")
    key = [Column("article_id", "text"), Column(owner, "text")]
    if name == SPANS:
        key.append(Column("role", "text"))
    key.append(Column("position", "integer"))
    columns = [*key, *(part for part in _parts(many.model, []) if isinstance(part, Column))]
    if name == SPANS:
        columns.append(Column("words", "integer", ("text",), derived=True))
    return Table(name, _unique(columns), tuple(column.name for column in key), layer)


def _parts(
    model: type[BaseModel], optional: list[Path], path: Path = (), loose: bool = False
) -> Iterator[Column | _Many]:
    """Yield the columns of a model and its nested models, and the fields that have other tables.

    ``loose``: the model itself may be null. Paths of nullable models are added to ``optional``.
    """
    hints = hints_of(model, include_extras=True)
    for field, info in model.model_fields.items():
        here = (*path, field)
        annotation, null = _without_none(hints[field])
        number = annotation in (Number, Value)
        annotation = _bare(annotation)
        nullable = loose or null or not info.is_required()
        offset = annotation is int or get_args(annotation)[:1] == (int,)
        name = "_".join((*path, RENAMED.get(field, field) if offset else field))
        if number:
            yield Column(name, "number", here, nullable=True, derived=True)
            yield Column(f"{name}_text", "text", here, nullable, null)
        elif annotation in SIMPLE or get_origin(annotation) is Literal:
            yield Column(name, SIMPLE.get(annotation, "text"), here, nullable, null)
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            if null:
                _check_seen(annotation)
                optional.append(here)
            yield from _parts(annotation, optional, here, loose or null)
        elif get_origin(annotation) is tuple and _are_rows(annotation):
            yield _Many(here, get_args(annotation)[0])
        elif get_origin(annotation) in (tuple, dict):
            yield Column(name, "json", here, nullable, null)
        else:
            raise TypeError(f"{model.__name__}.{field}: there is no column for {annotation}")


def _check_seen(model: type[BaseModel]) -> None:
    """Raise if a row could not distinguish a model with only nulls from a missing model."""
    hints = hints_of(model, include_extras=True)
    required = (name for name, info in model.model_fields.items() if info.is_required())
    if all(_without_none(hints[name])[1] for name in required):
        raise TypeError(f"{model.__name__} may be null, and so may all of its fields")


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, False
    rest = [one for one in get_args(annotation) if one is not type(None)]
    return (rest[0] if len(rest) == 1 else annotation), len(rest) < len(get_args(annotation))


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _are_rows(annotation: Any) -> bool:
    """Return whether a tuple has spans, or items with an id."""
    inner = get_args(annotation)[0]
    if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
        return False
    return issubclass(inner, Span) or "id" in inner.model_fields


def _unique(columns: Sequence[Column]) -> tuple[Column, ...]:
    names = [column.name for column in columns]
    for name in names:
        if names.count(name) > 1:
            raise TypeError(f"two fields would have the column {name}")
    return tuple(columns)


TABLES: Final = describe()
# the root package is a layer above this one, so import-linter forbids importing it by name
SCHEMA: Final = Schema(SCHEMA_VERSION, sys.modules["pipeline"].__version__, TABLES)
