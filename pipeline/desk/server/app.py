"""The application: the page, and the API for records, extraction and corrections."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib import resources
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Match
from starlette.types import ASGIApp

from pipeline import __version__
from pipeline.desk.pages import page
from pipeline.desk.pages.article import article_view, starts
from pipeline.desk.pages.page import document, title
from pipeline.desk.server.answers import (
    BAD_BODY,
    LONGEST_SEARCH,
    OUT_OF_BOUNDS,
    RECORDS_CHANGED,
    UNKNOWN_RECORD,
    Listing,
    Refusals,
    Said,
    Size,
    Start,
    Summary,
    answer,
    article_schema,
    body_of,
    check_type,
    judgement_schema,
    refusal,
)
from pipeline.desk.server.catalogue import Catalogue
from pipeline.desk.server.connections import Guard
from pipeline.desk.server.extraction import Extraction
from pipeline.desk.server.review import Journal, judged, judgement_of, say, state
from pipeline.errors import (
    BadParameter,
    BodyTooLarge,
    NoSuchRecord,
    PipelineError,
    RequestError,
    ServerBusy,
)
from pipeline.records.corrections import Correction, version_of
from pipeline.records.review import apply
from pipeline.records.schema import ArticleRecord
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.desk.server.identities import Identities

JSON = "application/json"
RECORD: Final[Refusals] = {200: {"model": ArticleRecord, "description": "The record."}}
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
            responses=RECORD
            | {
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
            responses=OUT_OF_BOUNDS,
        )(self.records)
        router.get(
            "/records/{id:path}",
            summary="Get a record",
            response_class=Response,
            responses=RECORD | UNKNOWN_RECORD | RECORDS_CHANGED | OUT_OF_BOUNDS,
        )(self.record)
        router.get(
            "/corrections",
            summary="List the corrections",
            responses=OUT_OF_BOUNDS,
        )(self.corrections)
        router.post(
            "/corrections",
            summary="Review an item of a record",
            status_code=201,
            responses=UNKNOWN_RECORD
            | RECORDS_CHANGED
            | BAD_BODY
            | {
                422: refusal("The body is not a decision, or it does not fit the record."),
                500: refusal("The file of corrections cannot be written."),
                503: refusal("The file of corrections is locked, or there are too many requests."),
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
            Query(
                description="Beginnings of words that the title or the text contains.",
                min_length=1,
                max_length=LONGEST_SEARCH,
            ),
        ] = None,
        id: Annotated[str | None, Query(description="The id of a record.")] = None,
    ) -> Listing:
        """Return the records in the order of their files, filtered by words or by id."""
        numbers: Iterable[int] = range(len(self.catalogue))
        if q is not None:
            numbers = self.catalogue.holding(q)
        if id is not None:
            numbers = (one for one in numbers if self.catalogue.places[one].id == id)
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
        row, place = self.catalogue.rows[number], self.catalogue.places[number]
        return Summary.model_validate(
            row
            | place._asdict()
            | {
                "number": number,
                "attributions": row["statements"],
                "judged": judged(self.journal.of(place.sha256)),
            }
        )

    @asynccontextmanager
    async def body(self, request: Request) -> AsyncIterator[bytes]:
        """Yield the body of a request; its bytes are counted until the block ends.

        Raises ``BodyTooLarge`` if it exceeds the maximum size of an article, and ``ServerBusy`` if
        more than ``BODIES`` bodies of that size would be in memory.
        """
        check_type(request.headers.get("content-type", ""))
        limit = self.settings.max_raw_bytes
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            raise BodyTooLarge(f"the body has over {limit:,} bytes")
        body = bytearray()
        try:
            async for part in request.stream():
                self._held += len(part)
                body += part
                if len(body) > limit:
                    raise BodyTooLarge(f"the body has over {limit:,} bytes")
                if self._held > BODIES * limit:
                    raise ServerBusy("too many requests are in progress")
            yield bytes(body)
        finally:
            self._held -= len(body)


REVIEW: Final = ("review.css",)
STYLES: Final = (*page.STYLES[:-1], *REVIEW, page.STYLES[-1])
"""Print styles come last."""
SCRIPTS: Final = (
    *("remote.js" if name == "store.js" else name for name in page.SCRIPTS[:-1]),
    "judging.js",
    "places.js",
    "finding.js",
    "keys.js",
    "editing.js",
    "review.js",
    "new.js",
    "deciding.js",
    page.SCRIPTS[-1],
)
SAME_ORIGIN: Final = "'self'"
ON_DEMAND: Final = frozenset({"articles", "speakers", "measures"})
Order = Literal["published", "statements", "figures", "warnings", "harm"]


def asset(name: str) -> str:
    """Return a style sheet or a module: the server's own, otherwise that of the page in a file."""
    own = resources.files("pipeline.desk.server") / "assets" / name
    return own.read_text("utf-8") if own.is_file() else page.asset(name)


class Pages:
    """The content of the page: its document, and each article on demand."""

    def __init__(self, api: Api, *, identities: bool) -> None:
        self.api = api
        # fetched on demand
        self._more: dict[str, Any] = {"identities": []} if identities else {}
        self.catalogue = catalogue = api.catalogue
        self.journal = api.journal
        script = page.script(SCRIPTS, asset)
        style = page.style(STYLES, asset)
        policy = page.policy([script], [style], connect=SAME_ORIGIN)
        self._parts = {"script": script, "style": style, "connect": SAME_ORIGIN}
        first = [catalogue.record(number) for number in range(min(len(catalogue), 2))]
        self._title = title(first)
        self._headers = {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'"}

    def router(self) -> APIRouter:
        """Return the routes of the page, which are not part of the API."""
        router = APIRouter()
        router.get("/", response_class=HTMLResponse)(self.shell)
        router.get("/page/articles/{number}")(self.article)
        router.get("/page/reviews/{number}")(self.review)
        router.get("/page/index")(self.index)
        router.get("/page/next")(self.next)
        router.get("/page/speakers")(lambda: self._list("speakers"))
        router.get("/page/measures")(lambda: self._list("measures"))
        router.post("/page/extract")(self.extract)
        return router

    def shell(self) -> HTMLResponse:
        """Return the document, without the lists of articles, speakers and measures."""
        settings = self.api.settings
        keys = {"text": settings.text_key, "published": settings.published_key}
        kept = {k: v for k, v in self.catalogue.overview.items() if k not in ON_DEMAND}
        overview = {**kept, **self._more, "keys": keys}
        parts = document(self._title, [("overview", overview)], **self._parts)
        return HTMLResponse("".join(parts), headers=self._headers)

    def article(self, number: int) -> JSONResponse:
        """Return an article, its findings and its review."""
        record = self._record(number)
        return JSONResponse(
            {
                "view": article_view(record),
                "number": number,
                "sha256": record.source.sha256,
                "version": version_of(record),
                "text": record.text,
                "starts": starts(record),
                "review": self._state(record),
            }
        )

    def review(self, number: int) -> JSONResponse:
        """Return the review of an article."""
        return JSONResponse(self._state(self._record(number)))

    def index(
        self,
        q: Annotated[str, Query(max_length=LONGEST_SEARCH)] = "",
        order: Order | None = None,
        offset: Start = 0,
        limit: Size = 100,
    ) -> JSONResponse:
        """Return a part of the articles that contain some words."""
        rows = self.catalogue.rows
        found = self.catalogue.holding(q) if q else list(range(len(rows)))
        if order == "published":
            found.sort(key=lambda number: rows[number]["published"] or "", reverse=True)
        elif order:
            found.sort(key=lambda number: -rows[number][order])
        part = [
            {**rows[number], "number": number, "judged": self._judged(number)}
            for number in found[offset : offset + limit]
        ]
        return JSONResponse({"total": len(found), "rows": part})

    def next(self, after: int | None = None) -> JSONResponse:
        """Return the number of the next article without a decision, by expected harm."""
        queue = self.catalogue.queue
        later = queue[queue.index(after) + 1 :] if after in queue else queue
        return JSONResponse({"number": next((one for one in later if not self._judged(one)), None)})

    def _list(self, name: Literal["speakers", "measures"]) -> JSONResponse:
        return JSONResponse(self.catalogue.overview[name])

    def _judged(self, number: int) -> int:
        return judged(self.journal.of(self.catalogue.places[number].sha256))

    async def extract(self, request: Request) -> JSONResponse:
        """Return a posted article as the page's data, with its record."""
        line = await self.api.line(request)
        record = ArticleRecord.from_line(line)
        return JSONResponse({"view": article_view(record), "record": json.loads(line)})

    def _state(self, record: ArticleRecord) -> dict[str, Any]:
        return state(record, self.journal.of(record.source.sha256))

    def _record(self, number: int) -> ArticleRecord:
        if not 0 <= number < len(self.catalogue):
            raise NoSuchRecord(f"there is no record number {number}")
        return self.catalogue.record(number)


LOCAL = ("localhost",)
"""Host names of the server, besides numeric addresses."""


def application(
    catalogue: Catalogue,
    extraction: Extraction,
    journal: Journal,
    settings: Settings,
    identities: Identities | None = None,
    *,
    names: Iterable[str] = LOCAL,
) -> ASGIApp:
    """Return the application that serves a catalogue, and perhaps identities, in its guard."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        extraction.stop()

    app = FastAPI(
        title="News extraction pipeline",
        version=__version__,
        description="Read records, extract new articles, and review findings.",
        # these pages load scripts from other sites
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        responses={
            400: refusal("The request has two lengths."),
            403: refusal("The request may come from a page of another site."),
        },
        exception_handlers={
            PipelineError: _answer_error,
            RequestValidationError: _answer_bad_parameter,
            HTTPException: _answer_http,
            ClientDisconnect: _answer_nobody,
            Exception: _answer_bug,
        },
    )
    api = Api(catalogue, extraction, journal, settings)
    routers = [api.router(), *([identities.router(api)] if identities else ())]
    for router in routers:
        app.include_router(router)
    routers.append(Pages(api, identities=identities is not None).router())
    app.include_router(routers[-1], include_in_schema=False)
    app.state.routes = [*app.router.routes, *(one for router in routers for one in router.routes)]
    return Guard(app, names)


async def _answer_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, PipelineError)
    return answer(error)


async def _answer_bad_parameter(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return answer(BadParameter(f"{place}: {first['msg']}"))


async def _answer_http(request: Request, error: Exception) -> Response:
    """Answer a request that the router refuses: an unknown path, or an unsupported method."""
    assert isinstance(error, HTTPException)
    refused = RequestError(error.detail.lower())
    refused.status = error.status_code
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # the router names only the methods of the first matching route
        headers["Allow"] = ", ".join(_methods(request))
    return answer(refused, headers)


def _methods(request: Request) -> list[str]:
    """Return the methods that a request's path supports."""
    found: set[str] = set()
    for route in request.app.state.routes:
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            found.update(getattr(route, "methods", None) or ())
    return sorted(found)


async def _answer_nobody(_request: Request, _error: Exception) -> Response:
    """Answer a client that left before the end of its request: the server sends nothing."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def _answer_bug(_request: Request, error: Exception) -> Response:
    return answer(PipelineError(f"internal error: {type(error).__name__}"))
