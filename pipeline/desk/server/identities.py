"""Show the identities of a database, and record what people decide about them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from pipeline.archive import identities as database
from pipeline.archive.access import Store, opened
from pipeline.archive.facts import Action, actions
from pipeline.archive.identities import card
from pipeline.desk.pages.overview import identity_view
from pipeline.desk.server.answers import (
    BAD_BODY,
    DECISION,
    LONGEST_SEARCH,
    OUT_OF_BOUNDS,
    Decided,
    Decision,
    Merge,
    Refusals,
    Rename,
    Size,
    Split,
    body_of,
    decision_schema,
    refusal,
)
from pipeline.desk.server.app import Api
from pipeline.desk.server.catalogue import Catalogue
from pipeline.desk.server.review import Journal
from pipeline.errors import BadParameter, LinkFailed
from pipeline.records.corrections import first_problem

Found = dict[str, Any]


class Identities:
    """The identities of a database; each request opens it anew, so that linking can run meanwhile.

    Decisions have the author and the clock of a journal of corrections.
    """

    def __init__(self, address: str, catalogue: Catalogue, journal: Journal) -> None:
        """Raise what ``pipeline.archive.access.opened`` raises."""
        self.address = address
        self.catalogue = catalogue
        self.journal = journal
        # DuckDB cannot open a file for reading and for writing at the same time
        self._lock = threading.Lock()
        with self._reading():
            pass

    def router(self, api: Api) -> APIRouter:
        """Return the routes of the operations."""
        router = APIRouter()
        bounds = OUT_OF_BOUNDS | {503: refusal("The database is in use.")}
        unknown: Refusals = {404: refusal("There is no such identity.")}
        router.get("/identities", summary="List the identities", responses=bounds)(self.listed)
        router.get("/identities/{id}", summary="Get an identity", responses=bounds | unknown)(
            self.shown
        )

        async def decide(request: Request) -> Decided:
            """Merge, split or rename identities, or undo such a decision.

            The decision is recorded with the reviewer and the time, and can be undone.
            """
            async with api.body(request) as body:
                return await run_in_threadpool(self._decide, body)

        router.post(
            "/identities",
            summary="Decide about identities",
            status_code=201,
            responses=unknown
            | BAD_BODY
            | {
                422: refusal("The body is not a decision."),
                500: refusal("The database refuses the decision."),
                503: refusal("The database is in use, or too many requests are in progress."),
            },
            openapi_extra=body_of(decision_schema()),
        )(decide)
        return router

    def listed(
        self,
        q: Annotated[
            str, Query(description="Words that a name contains.", max_length=LONGEST_SEARCH)
        ] = "",
        label: Annotated[str | None, Query(description="For example PERSON or ORG.")] = None,
        limit: Size = 100,
    ) -> list[Found]:
        """Return the identities whose name or aliases contain words, the most mentioned first."""
        with self._reading() as store:
            return database.listed(store, q, label, limit)

    def shown(self, id: Annotated[str, Path(pattern="^i[0-9a-f]{16}$")]) -> Found:
        """Return an identity with its members, their evidence, its statements and its series.

        ``at`` is the number of an article among the records, null if it is not there.
        """
        with self._reading() as store:
            return identity_view(card(store, id), self.catalogue.number)

    def _decide(self, data: bytes) -> Decided:
        try:
            said = DECISION.validate_json(data)
        except ValidationError as error:
            raise BadParameter(first_problem(error)) from error
        made = Action(0, "", self.journal.clock(), self.journal.who, said.reason, {})
        with self._lock, opened(self.address, failure=LinkFailed) as store:
            identity = _act(store, said, made)
            with store.transaction():
                return Decided(number=actions(store)[-1].number, identity=identity)

    @contextmanager
    def _reading(self) -> Iterator[Store]:
        with self._lock, opened(self.address, reading=True) as store, store.transaction():
            yield store


def _act(store: Store, said: Decision, made: Action) -> str | None:
    """Carry out a decision, and return an identity that it concerns."""
    if isinstance(said, Merge):
        return database.merge(store, said.identities, made)
    if isinstance(said, Split):
        database.split(store, said.identity, said.members, made)
        return said.identity
    if isinstance(said, Rename):
        return database.rename(store, said.identity, said.name, made)
    decision = database.undo(store, said.number, made)
    with store.transaction():
        return database.concerned(store, decision)
