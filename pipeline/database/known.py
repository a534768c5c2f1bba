"""Read the user's own list of people, and seed identities with it."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from pipeline.database import facts
from pipeline.database.access import Store
from pipeline.database.decisions import actions, decisions
from pipeline.database.facts import parsed
from pipeline.database.linking import relate
from pipeline.errors import InputNotFound, Malformed
from pipeline.reader.identity.profiles import KNOWN, Fact, Seen, members, named

WIKIDATA: Final = re.compile(r"Q[1-9][0-9]*")
LABELS: Final = ("PERSON", "ORG", "GPE", "LOC")
LIST: Final = ("names", "roles")


class Known(NamedTuple):
    """A row of the list."""

    id: str
    names: tuple[str, ...]
    """The first one is the main one."""
    roles: tuple[str, ...] = ()
    start: str | None = None
    """ISO 8601: when the person lived, or held the roles; null if unknown or still running."""
    end: str | None = None
    label: str = "PERSON"


def read_known(path: Path) -> Iterator[Known]:
    """Yield the rows of a JSONL or TSV file.

    JSONL: ``id``, ``names``, and optionally ``roles``, ``dates`` ("2001/2009") and ``label``. TSV
    has a header with the same names, and a vertical bar between several names or roles. Raises
    ``Malformed``.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            if path.suffix.lower() in (".tsv", ".tab"):
                rows: Iterable[dict[str, Any]] = (
                    row | {key: (row.get(key) or "").split("|") for key in LIST}
                    for row in csv.DictReader(file, delimiter="\t", strict=True)
                )
            else:
                rows = (json.loads(line) for line in file if line.strip())
            for number, row in enumerate(rows, 1):
                yield _known(row, f"{path}, row {number}")
    except OSError as error:
        raise InputNotFound(error.strerror or str(error), where=str(path)) from error
    except (ValueError, csv.Error) as error:
        raise Malformed(str(error), where=str(path), hint=HINT) from error


HINT: Final = 'for example {"id": "Q76", "names": ["Barack Obama"], "roles": ["president"]}'


def _known(row: Any, where: str) -> Known:
    if not isinstance(row, dict) or not row.get("id") or not isinstance(row.get("names"), list):
        raise Malformed("a row needs id and names", where=where, hint=HINT)
    names, roles = (
        tuple(text for one in row.get(key) or () if (text := str(one).strip())) for key in LIST
    )
    label = str(row.get("label") or "PERSON").upper()
    if not names or label not in LABELS:
        raise Malformed(f"names must not be empty, label one of {LABELS}", where=where, hint=HINT)
    start, _, end = str(row.get("dates") or "").partition("/")
    return Known(str(row["id"]), names, roles, start.strip() or None, end.strip() or None, label)


def seed(store: Store, rows: Iterable[Known]) -> int:
    """Add the rows of a list to the identities, or update them; return their number."""
    delta: facts.Delta = defaultdict(Counter)
    count = 0
    with store.transaction():
        stored: dict[str, list[tuple[str, facts.Counts]]] = defaultdict(list)
        for key, found in store.rows(
            "SELECT profile, facts FROM identity_counts WHERE profile LIKE ?", f"%|{KNOWN}%"
        ):
            counts = parsed(found)
            for one in counts.get("known", ()):
                stored[one].append((key, counts))
        for row in rows:
            count += 1
            for key, counts in stored[row.id]:
                for kind, values in counts.items():
                    delta[key, ""].subtract({Fact(kind, one): n for one, n in values.items()})
            key, told = facts_of(row)
            delta[key, ""].update(told)
        change = facts.apply(store, delta)
        relate(store, change, decisions(actions(store)))
    return count


def facts_of(row: Known) -> tuple[str, list[Fact]]:
    """Return the key and the facts of a row."""
    seen = Seen("e1", row.names[0], row.label, dict.fromkeys(row.names, 1), {}, row.roles)
    (member,) = members("", None, [seen])
    key = named(member.key)._replace(alone=f"{KNOWN}{row.id.replace('|', ' ')}").key
    system = "wikidata" if WIKIDATA.fullmatch(row.id) else "known"
    kept = [fact for fact in member.facts if fact.kind in ("label", "name", "alias", "role")]
    kept += [Fact("known", row.id), Fact("identifier", f"{system}={row.id}")]
    kept += [Fact("start", row.start)] if row.start else []
    kept += [Fact("end", row.end)] if row.end else []
    return key, kept
