"""The user's own people, bodies and places: read from a table, and found in an index by name.

An index is one file of text. After a header, each line has a key, a tab and a value in JSON, sorted
by the bytes of the key, so that a name is found by a binary search in a memory map. The same rows
give the same bytes.
"""

from __future__ import annotations

import csv
import json
import mmap
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from pipeline.errors import BadRow, DuplicateId, GazetteerUnusable, InputNotFound, Malformed
from pipeline.model.identity.pairs import MEETS, Profile, blocks, profile_of
from pipeline.model.identity.profiles import UNDATED, Seen, members

WIKIDATA: Final = re.compile(r"Q[1-9][0-9]*")
LABELS: Final = ("PERSON", "ORG", "GPE", "LOC")
COLUMNS: Final = {
    "id": ("id", "item"),
    "name": ("name", "itemLabel"),
    "aliases": ("aliases", "itemAltLabel"),
    "label": ("label",),
    "roles": ("description", "itemDescription", "group", "chamber", "area"),
    "start": ("from", "start_date"),
    "end": ("to", "end_date"),
}
"""Names of columns: ours, those of the Wikidata Query Service, and those of EveryPolitician."""
EXAMPLE: Final = "a table has the columns id and name, and aliases, label, description, from, to"
ID: Final = re.compile(r"[^\s|#]{1,100}")
DAY: Final = re.compile(r"\d{4}(-\d\d){0,2}")
ENTITY: Final = re.compile(r"https?://www\.wikidata\.org/entity/")
VERSION: Final = 1
ENTRY: Final = "="
"""Begins the key of an entry, before its id; others begin with the side of a block."""


class Known(NamedTuple):
    """A row of the user's list."""

    id: str
    names: tuple[str, ...]
    """The first one is the main one."""
    roles: tuple[str, ...] = ()
    start: str | None = None
    """ISO 8601: when the person lived, or held the roles; null if unknown or still running."""
    end: str | None = None
    label: str = "PERSON"


def read_table(path: Path) -> list[Known]:
    """Return the entries of a CSV or TSV table.

    Rows with the same id, name and label are one entry: exports have a row for each office. Raises
    ``InputNotFound``, ``Malformed``, ``BadRow`` or ``DuplicateId``.
    """
    found: dict[str, Known] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            tabs = path.suffix.lower() in (".tsv", ".tab")
            rows = csv.DictReader(file, delimiter="\t" if tabs else ",", strict=True)
            for row in rows:
                where = f"{path}, line {rows.line_num}"
                one = _entry(row, where)
                other = found.setdefault(one.id, one)
                if (one.names[0], one.label) != (other.names[0], other.label):
                    message = f"{one.id!r} is both {other.names[0]!r} and {one.names[0]!r}"
                    raise DuplicateId(message, where=where, hint="give each entry its own id")
                found[one.id] = _merged(other, one)
    except OSError as error:
        raise InputNotFound(error.strerror or str(error), where=str(path)) from error
    except (ValueError, csv.Error) as error:
        raise Malformed(str(error), where=str(path), hint=EXAMPLE) from error
    if not found:
        raise Malformed("has no rows", where=str(path), hint=EXAMPLE)
    return [*found.values()]


def _entry(row: Mapping[str | None, Any], where: str) -> Known:
    given: dict[str, list[str]] = {}
    for field, columns in COLUMNS.items():
        cells = [(row.get(column) or "", column) for column in columns]
        parts = [part for cell, one in cells for part in re.split(_separator(one), cell)]
        given[field] = [text for part in parts if (text := " ".join(part.split()))]
    id = ENTITY.sub("", "".join(given["id"]))
    label = "".join(given["label"]).upper() or "PERSON"
    start, end = (_day("".join(given[field]), where) for field in ("start", "end"))
    for wrong, problem in (
        (None in row, "has more cells than the header"),
        (not ID.fullmatch(id), f"{id!r} is not a valid id"),
        (not given["name"], "has no name"),
        (label not in LABELS, f"label {label!r} is not one of {', '.join(LABELS)}"),
        (start and end and start > end, f"ends before it starts: {start}, {end}"),
    ):
        if wrong:
            raise BadRow(problem, where=where, hint=EXAMPLE)
    names = tuple(dict.fromkeys((*given["name"], *given["aliases"])))
    return Known(id, names, tuple(given["roles"]), start, end, label)


def _separator(column: str) -> str:
    return r"\||, " if column == "itemAltLabel" else r"\|"


def _day(text: str, where: str) -> str | None:
    day = text.partition("T")[0]
    try:
        date.fromisoformat(f"{day}-01-01"[:10])
        valid = DAY.fullmatch(day)
    except ValueError:
        valid = None
    if day and not valid:
        hint = "write a date as YYYY, YYYY-MM or YYYY-MM-DD"
        raise BadRow(f"{text!r} is not a valid date", where=where, hint=hint)
    return day or None


def _merged(one: Known, other: Known) -> Known:
    return one._replace(
        names=tuple(dict.fromkeys((*one.names, *other.names))),
        roles=tuple(dict.fromkeys((*one.roles, *other.roles))),
        start=min(one.start, other.start) if one.start and other.start else None,
        end=max(one.end, other.end) if one.end and other.end else None,
    )


@lru_cache(1 << 14)
def profiles(entry: Known) -> tuple[Profile, ...]:
    """Return a profile for each name of an entry."""
    found = []
    for name in entry.names:
        seen = Seen("e1", name, entry.label, {name: 1}, {}, entry.roles)
        (member,) = members("", None, [seen])
        found.append(
            profile_of(member.facts, member.key)._replace(
                first=entry.start or "0001", last=entry.end or UNDATED, known=entry.id
            )
        )
    return tuple(found)


def scheme_of(ids: Iterable[str]) -> str:
    """Return under which key ids go to ``identifiers``, if the user names none.

    >>> scheme_of(["Q76", "Q567"]), scheme_of(["Q76", "p2"])
    ('wikidata', 'gazetteer')
    """
    return "wikidata" if all(map(WIKIDATA.fullmatch, ids)) else "gazetteer"


def index(entries: Sequence[Known], scheme: str | None = None) -> bytes:
    """Return the bytes of an index; ``scheme`` is the key of its ids in ``identifiers``."""
    rows: dict[str, Any] = {f"{ENTRY}{one.id}": one for one in entries}
    keys: dict[str, list[str]] = defaultdict(list)
    for one in sorted(entries):
        for side, key in sorted({(b.side, b.key) for p in profiles(one) for b in blocks(p)}):
            keys[f"{side}{key}"].append(one.id)
    header = {"gazetteer": VERSION, "scheme": scheme or scheme_of(one.id for one in entries)}
    lines = sorted(
        (key.encode(), json.dumps(value).encode()) for key, value in (rows | keys).items()
    )
    return b"\n".join([json.dumps(header).encode(), *map(b"\t".join, lines), b""])


class Gazetteer:
    """An open index."""

    def __init__(self, path: Path) -> None:
        """Open an index; raise ``GazetteerUnusable``."""
        try:
            with path.open("rb") as file:
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._start = self._data.find(b"\n") + 1
            header = json.loads(self._data[: self._start])
            version, self.scheme = header["gazetteer"], str(header["scheme"])
        except OSError as error:
            raise GazetteerUnusable(error.strerror or str(error), where=str(path)) from error
        except (ValueError, LookupError, TypeError) as error:
            raise GazetteerUnusable("is not a built gazetteer", where=str(path)) from error
        if version != VERSION:
            raise GazetteerUnusable(f"has version {version}, not {VERSION}", where=str(path))

    def candidates(self, profile: Profile) -> list[Known]:
        """Return the entries that share a block with a profile."""
        found = (self._value(f"{MEETS[one.side]}{one.key}") for one in blocks(profile))
        ids = {id for value in found if value for id in json.loads(value)}
        values = (self._value(f"{ENTRY}{id}") for id in sorted(ids))
        return [_known(value) for value in values if value]

    def _value(self, key: str) -> bytes | None:
        wanted = key.encode()
        low, high = self._start, len(self._data)
        while low < high:
            middle = (low + high) // 2
            begin = max(low, self._data.rfind(b"\n", low, middle) + 1)
            end = self._data.find(b"\n", middle)
            found, _, value = self._data[begin:end].partition(b"\t")
            if found == wanted:
                return value
            low, high = (end + 1, high) if found < wanted else (low, begin)
        return None


def _known(value: bytes) -> Known:
    id, names, roles, *rest = json.loads(value)
    return Known(id, tuple(names), tuple(roles), *rest)


@cache
def opened(path: str) -> Gazetteer:
    """Return an index, opened once in each process; raise ``GazetteerUnusable``."""
    return Gazetteer(Path(path))
