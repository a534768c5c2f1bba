"""The application: records, extraction, corrections and the page, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from pipeline import __version__
from pipeline.errors import BadParameter, PipelineError, RequestError
from pipeline.serve.api import Api
from pipeline.serve.guard import Guard
from pipeline.serve.page import Pages
from pipeline.serve.problems import answer, refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from pipeline.serve.catalogue import Catalogue
    from pipeline.serve.extraction import Extraction
    from pipeline.serve.identities import Identities
    from pipeline.serve.journal import Journal
    from pipeline.settings import Settings

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
