"""The application: the page, records, extraction and corrections over HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Match

from pipeline import __version__
from pipeline.errors import BadParameter, NoSuchRecord, PipelineError, RequestError
from pipeline.records.corrections import version_of
from pipeline.records.schema import ArticleRecord
from pipeline.report import page
from pipeline.report.article import article_view, starts
from pipeline.report.page import document, title
from pipeline.serve import review
from pipeline.serve.api import Api
from pipeline.serve.connections import Guard
from pipeline.serve.problems import answer, refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from pipeline.serve.catalogue import Catalogue
    from pipeline.serve.extraction import Extraction
    from pipeline.serve.identities import Identities
    from pipeline.serve.journal import Journal
    from pipeline.settings import Settings


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


def asset(name: str) -> str:
    """Return a style sheet or a module: the server's own, otherwise that of the page in a file."""
    own = resources.files("pipeline.serve") / "assets" / name
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
        router.get("/page/search")(self.search)
        router.post("/page/extract")(self.extract)
        return router

    def shell(self) -> HTMLResponse:
        """Return the document with the index of all articles."""
        rows = [
            {**row, "judged": review.judged(self.journal.of(self.catalogue.place(at).sha256))}
            for at, row in enumerate(self.catalogue.rows)
        ]
        settings = self.api.settings
        keys = {"text": settings.text_key, "published": settings.published_key}
        overview = {**self.catalogue.overview, **self._more, "articles": rows, "keys": keys}
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

    def search(self, q: str) -> JSONResponse:
        """Return the numbers of the articles whose text contains some words."""
        return JSONResponse({"numbers": list(self.catalogue.holding(q))})

    async def extract(self, request: Request) -> JSONResponse:
        """Return a posted article as the page's data, with its record."""
        line = await self.api.line(request)
        record = ArticleRecord.from_line(line)
        return JSONResponse({"view": article_view(record), "record": json.loads(line)})

    def _state(self, record: ArticleRecord) -> dict[str, Any]:
        return review.state(record, self.journal.of(record.source.sha256))

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
        responses={403: refusal("The request may come from a page of another site.")},
        exception_handlers={
            PipelineError: _answer_error,
            RequestValidationError: _answer_bad_parameter,
            HTTPException: _answer_http,
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


async def _answer_bug(_request: Request, error: Exception) -> Response:
    return answer(PipelineError(f"internal error: {type(error).__name__}"))
