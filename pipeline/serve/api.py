"""The operations of the API, and the models of its requests and responses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from pipeline.errors import BodyTooLarge, NoSuchRecord, ServerBusy
from pipeline.records.corrections import Correction
from pipeline.records.review import apply
from pipeline.records.schema import ArticleRecord
from pipeline.serve.problems import refusal
from pipeline.serve.review import judged, judgement_of, say

if TYPE_CHECKING:
    from pipeline.serve.catalogue import Catalogue
    from pipeline.serve.extraction import Extraction
    from pipeline.serve.journal import Journal
    from pipeline.settings import Settings
from pipeline.serve.answers import (
    Listing,
    Said,
    Size,
    Start,
    Summary,
    article_schema,
    body_of,
    check_type,
    judgement_schema,
)

JSON = "application/json"
BODIES = 4
"""Maximum number of bodies of the maximum size in memory."""


class Api:
    """The operations on one catalogue."""

    def __init__(
        self, catalogue: Catalogue, extraction: Extraction, journal: Journal, settings: Settings
    ) -> None:
        self.catalogue = catalogue
        self.extraction = extraction
        self.journal = journal
        self.settings = settings
        self._held = 0

    def router(self) -> APIRouter:
        """Return the routes of all operations."""
        router = APIRouter()
        router.post(
            "/extract",
            summary="Extract the record of an article",
            response_class=Response,
            responses={
                200: {"model": ArticleRecord, "description": "The record."},
                413: refusal("The article is too long."),
                415: refusal("The content type is not JSON."),
                422: refusal("The body is not an article, or the article cannot be read."),
                500: refusal("The article could not be processed."),
                503: refusal("Too many articles are waiting, or a model is missing."),
            },
            openapi_extra=body_of(article_schema(self.settings)),
        )(self.extract)
        router.get(
            "/records",
            summary="List the records",
            responses={
                409: refusal("A file of records has changed."),
                422: refusal("A parameter is out of bounds."),
            },
        )(self.records)
        router.get(
            "/records/{id:path}",
            summary="Get a record",
            response_class=Response,
            responses={
                200: {"model": ArticleRecord, "description": "The record."},
                404: refusal("There is no record with this id."),
                409: refusal("The file of records has changed."),
                422: refusal("A parameter is out of bounds."),
            },
        )(self.record)
        router.get(
            "/corrections",
            summary="List the corrections",
            responses={422: refusal("A parameter is out of bounds.")},
        )(self.corrections)
        router.post(
            "/corrections",
            summary="Review an item of a record",
            status_code=201,
            responses={
                404: refusal("There is no record with this id."),
                409: refusal("The file of records has changed."),
                413: refusal("The body is too large."),
                415: refusal("The content type is not JSON."),
                422: refusal("The body is not a decision, or it does not fit the record."),
                500: refusal("The file of corrections cannot be written."),
                503: refusal("Too many requests are in progress."),
            },
            openapi_extra=body_of(judgement_schema()),
        )(self.judge)
        return router

    async def extract(self, request: Request) -> Response:
        """Return the record of an article, as ``pipeline extract`` writes it.

        Settings, limits and errors are those of the command line.
        """
        return Response(await self.line(request), media_type=JSON)

    async def line(self, request: Request) -> str:
        """Return the record of a posted article as one line of JSON."""
        async with self.body(request) as body:
            return await self.extraction(body)

    def records(
        self,
        offset: Start = 0,
        limit: Size = 100,
        q: Annotated[
            str | None,
            Query(description="Words to find in the text; case is ignored.", min_length=1),
        ] = None,
        id: Annotated[str | None, Query(description="The id of a record.")] = None,
    ) -> Listing:
        """Return the records in the order of their files, filtered by words or by id."""
        numbers: Iterable[int] = range(len(self.catalogue))
        if q is not None:
            numbers = self.catalogue.holding(q)
        if id is not None:
            numbers = (one for one in numbers if self.catalogue.place(one).id == id)
        found = list(numbers)
        part = found[offset : offset + limit]
        return Listing(total=len(found), records=[self._summary(one) for one in part])

    def record(
        self,
        id: str,
        sha256: Annotated[
            str | None, Query(description="SHA-256 of the text, if several records have this id.")
        ] = None,
        corrected: Annotated[
            bool, Query(description="Apply the corrections; ids of items may change.")
        ] = False,
    ) -> Response:
        """Return a record as it is in its file, or with all corrections applied."""
        line = self.catalogue.line(self._number(id, sha256))
        if corrected:
            record = ArticleRecord.from_line(line)
            line = apply(record, self.journal.of(record.source.sha256)).to_line().encode()
        return Response(line, media_type=JSON)

    def corrections(
        self,
        offset: Start = 0,
        limit: Size = 100,
        record: Annotated[str | None, Query(description="The id of a record.")] = None,
    ) -> Said:
        """Return the corrections in the order in which they were made."""
        found = [one for one in self.journal.all() if record in (None, one.record)]
        return Said(total=len(found), corrections=found[offset : offset + limit])

    async def judge(self, request: Request) -> list[Correction]:
        """Accept, reject, edit or add an item of a record.

        The resulting corrections are appended to the file of corrections and returned.
        """
        async with self.body(request) as body:
            return await run_in_threadpool(self._judge, body)

    def _judge(self, data: bytes) -> list[Correction]:
        said = judgement_of(data)
        record = self.catalogue.record(self._number(said.record, said.sha256))
        return say(record, said, self.journal)

    def _number(self, id: str, sha256: str | None) -> int:
        number = self.catalogue.number(id, sha256)
        if number is None:
            raise NoSuchRecord(f"there is no record {id[:80]!r}")
        return number

    def _summary(self, number: int) -> Summary:
        row, place = self.catalogue.rows[number], self.catalogue.place(number)
        return Summary(
            number=number,
            id=place.id,
            sha256=place.sha256,
            title=row["title"],
            published=row["published"],
            publisher=row["publisher"],
            words=row["words"],
            entities=row["entities"],
            quotes=row["quotes"],
            figures=row["figures"],
            attributions=row["statements"],
            warnings=row["warnings"],
            judged=judged(self.journal.of(place.sha256)),
        )

    @asynccontextmanager
    async def body(self, request: Request) -> AsyncIterator[bytes]:
        """Yield the body of a request; its memory stays reserved until the block ends.

        Raises ``BodyTooLarge`` if it exceeds the maximum size of an article, and ``ServerBusy`` if
        ``BODIES`` bodies of that size are already in memory.
        """
        check_type(request.headers.get("content-type", ""))
        limit = self.settings.max_raw_bytes
        length = request.headers.get("content-length", "")
        # without a length, reserve the maximum
        room = int(length) if length.isdecimal() else limit
        if room > limit:
            raise BodyTooLarge(f"the body has over {limit:,} bytes")
        if self._held + room > BODIES * limit:
            raise ServerBusy("too many requests are in progress")
        self._held += room
        try:
            body = bytearray()
            async for part in request.stream():
                body += part
                if len(body) > limit:
                    raise BodyTooLarge(f"the body has over {limit:,} bytes")
            yield bytes(body)
        finally:
            self._held -= room
