"""The application: records, extraction, corrections and the page, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from pipeline import __version__
from pipeline.errors import BadParameter, BodyTooLarge, NoSuchRecord, PipelineError, RequestError
from pipeline.records.schema import ArticleRecord
from pipeline.serve import problems
from pipeline.serve.answers import (
    Listing,
    Size,
    Start,
    Summary,
    article_schema,
    body_of,
    check_type,
)
from pipeline.serve.guard import Guard
from pipeline.serve.problems import Problem, answer

if TYPE_CHECKING:
    from pipeline.serve.catalogue import Catalogue
    from pipeline.serve.extraction import Extraction
    from pipeline.settings import Settings

LOCAL = ("localhost",)
"""Names that the server goes by, besides addresses in figures."""
JSON = "application/json"


def application(
    catalogue: Catalogue,
    extraction: Extraction,
    settings: Settings,
    *,
    names: Iterable[str] = LOCAL,
) -> FastAPI:
    """Return the application that serves a catalogue."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        extraction.stop()

    app = FastAPI(
        title="News extraction pipeline",
        version=__version__,
        description="Records of articles, extraction of new ones, and corrections by people.",
        # their pages load scripts from elsewhere
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        responses={403: refusal("The request may come from a page of another site.")},
        exception_handlers={
            PipelineError: _answer_error,
            RequestValidationError: _answer_bad_parameter,
            HTTPException: _answer_http,
            Exception: _answer_bug,
        },
    )
    app.include_router(Api(catalogue, extraction, settings).router())
    app.add_middleware(Guard, names=frozenset(names))
    return app


def refusal(description: str) -> dict[str, Any]:
    """Return what OpenAPI tells of an answer that is a problem."""
    return {
        "description": description,
        "content": {problems.MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
    }


class Api:
    """The operations on one catalogue."""

    def __init__(self, catalogue: Catalogue, extraction: Extraction, settings: Settings) -> None:
        self.catalogue = catalogue
        self.extraction = extraction
        self.settings = settings

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
                415: refusal("The body is no JSON by its type."),
                422: refusal("The body is no article, or it cannot be read."),
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
                404: refusal("There is no record of this id."),
                409: refusal("The file of records has changed."),
                422: refusal("A parameter is out of bounds."),
            },
        )(self.record)
        return router

    async def extract(self, request: Request) -> Response:
        """Return the record of an article, as ``pipeline extract`` writes it.

        Settings, limits and errors are those of the command line.
        """
        data = await self._body(request)
        return Response(await self.extraction(data), media_type=JSON)

    def records(
        self,
        offset: Start = 0,
        limit: Size = 100,
        q: Annotated[
            str | None, Query(description="Words of the text, in any case.", min_length=1)
        ] = None,
        id: Annotated[str | None, Query(description="The id of a record.")] = None,
    ) -> Listing:
        """Return the records in the order of their files, or those of an id or with some words."""
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
            str | None, Query(description="The SHA-256 of its text, where two share the id.")
        ] = None,
    ) -> Response:
        """Return a record as it stands in its file."""
        return Response(self.catalogue.line(self._number(id, sha256)), media_type=JSON)

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
            judged=0,
        )

    async def _body(self, request: Request) -> bytes:
        """Return the body of a request, of which no more is read than an article may have."""
        check_type(request.headers.get("content-type", ""))
        limit = self.settings.max_raw_bytes
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > limit:
                raise BodyTooLarge(f"the body has over {limit:,} bytes")
        return bytes(body)


def _answer_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, PipelineError)
    return answer(error)


def _answer_bad_parameter(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return answer(BadParameter(f"{place}: {first['msg']}"))


def _answer_http(_request: Request, error: Exception) -> Response:
    """Answer what the router refuses: an unknown path, a method that a path does not know."""
    assert isinstance(error, HTTPException)
    refused = RequestError(error.detail.lower())
    refused.status = error.status_code
    return answer(refused, error.headers)


def _answer_bug(_request: Request, error: Exception) -> Response:
    return answer(PipelineError(f"a bug: {type(error).__name__}"))
