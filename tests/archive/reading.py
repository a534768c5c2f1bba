"""Read what the linker wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pipeline.archive.access import Store, opened
from pipeline.archive.facts import Action
from pipeline.archive.identities import members_of_all, merge
from pipeline.archive.linking import link
from pipeline.output.layout import IDENTITY_TABLES, WRITE_JSON

LINKED = [table.name for table in IDENTITY_TABLES if table.name != "identity_actions"]
ME = Action(0, "", "2025-06-01T00:00:00+00:00", "me", "because", {})


@contextmanager
def reading(address: str) -> Iterator[Store]:
    with opened(address, reading=True) as store, store.transaction():
        yield store


def everything(address: str) -> dict[str, list[str]]:
    """Return all rows of all tables of identities, in one order."""
    with reading(address) as store:
        return {
            # PostgreSQL's driver gives JSON parsed
            table: sorted(
                repr(
                    [
                        cell if isinstance(cell, str | int | float | None) else WRITE_JSON(cell)
                        for cell in row
                    ]
                )
                for row in store.rows(f"SELECT * FROM {table}")
            )
            for table in LINKED
        }


def groups(address: str) -> set[frozenset[str]]:
    """Return the entities of each identity as "article/entity"."""
    found: dict[str, set[str]] = {}
    for entity, identity in who(address).items():
        found.setdefault(identity, set()).add(entity)
    return {frozenset(some) for some in found.values()}


def who(address: str) -> dict[str, str]:
    with reading(address) as store:
        return members_of_all(store)


def link_as_one(address: str, entities: Iterable[str]) -> str:
    """Link, decide that entities are one identity, and return it."""
    link(address)
    found = who(address)
    with opened(address) as store:
        return merge(store, [found[one] for one in entities], ME)


def together(address: str, entities: Iterable[str]) -> bool:
    """Return whether entities are one identity."""
    found = who(address)
    return len({found[one] for one in entities}) == 1
