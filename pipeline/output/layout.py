"""Map a record to tables and columns and to their rows, independent of any database.

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

The tables that ``pipeline link`` and ``pipeline copies`` fill hold no records. They are in every
database, empty until these commands run, and refer to articles without foreign keys: replacing an
article leaves them as they are until the command runs again, which ``identity_articles`` and
``followed`` tell.

Who is the same person, organisation or place: ``identity_entities`` has the entities of linked
articles with their profile: entities that are the same one by what is written.
``identity_profiles`` says which identity a profile belongs to, and why; ``identity_counts`` counts
what the articles say about it: its companions by quarter, and everything else in a row with an
empty quarter. The view ``identity_members`` joins the first two, so that a new
identity of a profile rewrites one row, however many articles it has. ``identity_links`` has the
pairs of profiles that were compared, and are the same one or a candidate for review.
``identity_actions`` has what people decided.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from operator import itemgetter
from types import UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, Union, cast, get_args, get_origin
from typing import get_type_hints as hints_of

from pydantic import BaseModel

from pipeline.errors import BrokenRecord
from pipeline.records.schema import SCHEMA_VERSION, ArticleRecord, Number, Span, Value
from pipeline.text.words import count_words

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


def _table(name: str, key: str, rest: str = "") -> Table:
    """Return a table from the columns of its key and the other columns.

    A column is ``name``, which is text, or ``name:kind``; it may be null if it ends in ``?``.
    """
    columns = []
    for declared in f"{key} {rest}".split():
        column, _, kind = declared.removesuffix("?").partition(":")
        columns.append(Column(column, cast(Kind, kind or "text"), nullable=declared.endswith("?")))
    names = tuple(column.name for column in columns)
    return Table(name, tuple(columns), names[: len(key.split())], "")


IDENTITY_TABLES: Final = (
    _table(
        "identities",
        "id",
        "label name aliases:json first_seen? last_seen? entities:integer mentions:integer "
        "identifiers:json counts:json?",
    ),
    _table("identity_articles", "article_id", "record_sha256"),
    _table("identity_entities", "article_id entity_id", "profile mentions:integer facts:json"),
    _table("identity_profiles", "profile", "identity_id target? score:real? evidence:json"),
    _table("identity_counts", "profile quarter", "facts:json"),
    _table("identity_blocks", "block side:integer profile"),
    _table("identity_links", "one other", "score:real verdict evidence:json"),
    _table("identity_open", "one other"),
    _table("identity_actions", "number:integer", "action made_at made_by reason? content:json"),
)
IDENTITY_TABLE: Final = {table.name: table for table in IDENTITY_TABLES}


def linked_anew(present: Set[str]) -> list[str]:
    """Return the statements that let ``pipeline link`` start anew, if it lacks a table.

    People's decisions are kept.
    """
    needed = IDENTITY_TABLE.keys() - {"identity_actions"}
    if needed <= present:
        return []
    emptied = [f"DELETE FROM {name}" for name in sorted(needed & present)]
    return [*emptied, "DROP TABLE IF EXISTS identity_facts"]


FOLLOWED: Final = _table("followed", "article_id", "record_sha256?")
"""The articles that the tables below cover, and the record that they were computed from."""
SIGNATURES: Final = _table("story_signatures", "article_id", "shingles:integer? signature:bytes?")
"""MinHash signatures; ``shingles`` is the number of different word shingles."""
BANDS: Final = _table("story_bands", "band:integer story_id", "article_id?")
"""Hashes of parts of the signatures, with an article of each story; those that share one are
candidates."""
STORIES: Final = _table("stories", "id", "first_seen? origin?")
"""A story is an article with its copies and updates; its id is that of the first article."""
MEMBERS: Final = _table(
    "story_members", "article_id", "story_id? kind? outlet? credit? similarity:real?"
)
SAID: Final = _table(
    "said", "id", "speaker? text? published? article_id? quote_id? disputed:boolean?"
)
"""A quotation with all its instances; the id, text and date are those of the earliest."""
SAID_MEMBERS: Final = _table("said_members", "article_id quote_id", "said_id? words_id? variant?")
SAID_KEYS: Final = _table("said_keys", "key:integer article_id quote_id")
"""Hashes of parts of quotations; quotations that share one are compared."""
MEASURES: Final = _table("figure_measures", "article_id figure_id", "measure? scope?")
"""What a figure measures in normal form: the head with its modifiers, and what restricts it."""
TEXTS: Final = _table("statement_texts", "article_id statement_id", "text?")
"""The words of each statement, for full-text search."""

DERIVED: Final = (
    *(FOLLOWED, SIGNATURES, BANDS, STORIES, MEMBERS, SAID, SAID_MEMBERS, SAID_KEYS),
    *(MEASURES, TEXTS),
)
OWN_TABLES: Final = (*IDENTITY_TABLES, *DERIVED)
"""The tables that hold no records: what is computed across them."""
OWN_NAMES: Final = frozenset(table.name for table in OWN_TABLES)


Cell = str | int | float | bool | None
Row = tuple[Cell, ...]
Rows = dict[str, list[Row]]

MAX_KEY: Final = 2000
"""Maximum bytes of a key that every database can index."""
MAX_DIGITS: Final = 1000
WRITE_JSON: Final = json.JSONEncoder(ensure_ascii=False).encode
EMPTY: Final = {tuple: "[]", dict: "{}", type(None): None}
DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class LoadEntry(NamedTuple):
    """An article to load."""

    id: str
    sha256: str
    """SHA-256 of the record's line: a record with the same hash need not be loaded."""
    rank: int
    """Orders two records of an article by their schema and pipeline versions."""
    size: int
    """Characters in the record's line."""
    rows: Rows


def entry(record: ArticleRecord, tables: Sequence[Table] = TABLES) -> LoadEntry:
    """Return the rows of a record.

    Raises ``BrokenRecord`` for values that no database can store: NUL in a string, an infinite
    number, an id too long to be indexed.
    """
    line = record.to_line().removesuffix("\n")
    item = record.model_dump()
    identity: str = item["id"]
    _refuse_unstorable(item, line)
    sha256 = hashlib.sha256(line.encode()).hexdigest()
    rank = version_rank(item["schema_version"], (item["provenance"] or {}).get("pipeline"))
    rows: Rows = {table.name: [] for table in tables}
    for table in tables:
        cells = _cells_of(table)
        if table.name == ARTICLES:
            rows[ARTICLES].append((*cells(item), sha256, rank))
        elif table.name == SPANS:
            for one in item[table.layer]:
                for role, position, span in _spans(one):
                    rows[SPANS].append((identity, one["id"], role, position, *cells(span)))
        elif table.name in OWNER:
            for one in item[table.layer]:
                for position, part in enumerate(one[table.name]):
                    rows[table.name].append((identity, one["id"], position, *cells(part)))
        else:
            rows[table.name] = [(identity, *cells(one)) for one in item[table.layer]]
    return LoadEntry(identity, sha256, rank, len(line), rows)


def exact(text: str | None) -> str | None:
    """Return a number if it is a plain decimal, otherwise None.

    >>> exact("-0.50"), exact("1/3"), exact(None)
    ('-0.50', None, None)
    """
    if text is None or len(text) > MAX_DIGITS or not DECIMAL.fullmatch(text):
        return None
    return text


def _spans(item: Mapping[str, Any]) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """Yield the role, the position and the span for each span of the item's models."""
    for role, part in item.items():
        if isinstance(part, dict):
            for position, span in enumerate(part.get("spans", ())):
                yield role, position, span


@lru_cache
def _cells_of(table: Table) -> Callable[[Mapping[str, Any]], Row]:
    """Return a function that returns the cells of an item, except those without a path."""
    columns = [column for column in table.columns if column.path]
    outer = itemgetter(*(column.path[0] for column in columns))
    # most rows are spans, whose cells are values of the item unchanged
    made = [
        (index, column.path[1:], _maker(column))
        for index, column in enumerate(columns)
        if column.path[1:] or _maker(column)
    ]

    def cells(item: Mapping[str, Any]) -> Row:
        row: Row = outer(item)
        if not made:
            return row
        changed: list[Any] = list(row)
        for index, path, make in made:
            value = changed[index]
            for key in path:
                if value is None:
                    break
                value = value[key]
            changed[index] = value if make is None else make(value)
        return tuple(changed)

    return cells


def _maker(column: Column) -> Callable[[Any], Cell] | None:
    if column.kind == "number":
        return exact
    if column.kind == "json":
        return _json
    if column.derived:
        return count_words
    return None


def _json(value: object) -> str | None:
    if not value:
        return EMPTY[type(value)]
    return WRITE_JSON(value)


def _refuse_unstorable(item: Mapping[str, Any], line: str) -> None:
    """Raise for values that a record can contain but a database cannot store."""
    where = f"record {item['id'][:100]!r}"
    if "\\u0000" in line and any("\0" in text for text in _strings(item)):
        raise BrokenRecord("a string contains NUL, which databases cannot store", where=where)
    try:
        json.dumps(item["source"]["meta"], allow_nan=False)
    except ValueError as error:
        raise BrokenRecord(
            "source.meta contains a number that is not finite", where=where
        ) from error
    for name, value in (("id", item["id"]), ("published", item["source"]["published"])):
        if value is not None and len(value.encode()) > MAX_KEY:
            raise BrokenRecord(f"{name} is longer than {MAX_KEY:,} bytes", where=where)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)
