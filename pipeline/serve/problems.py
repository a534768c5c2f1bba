"""Errors as HTTP answers: problem details (RFC 9457) with our code and hint."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel
from starlette.responses import Response

from pipeline import errors
from pipeline.errors import PipelineError, RequestError

MEDIA_TYPE: Final = "application/problem+json"
BY_KIND: Final[tuple[tuple[type[PipelineError], HTTPStatus], ...]] = (
    (errors.ArticleTooLong, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (errors.ArticleTooSlow, HTTPStatus.INTERNAL_SERVER_ERROR),
    (errors.WorkerDied, HTTPStatus.INTERNAL_SERVER_ERROR),
    (errors.ArticleError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.RecordsChanged, HTTPStatus.CONFLICT),
    (errors.BadCorrection, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.ModelError, HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.NoIdentity, HTTPStatus.NOT_FOUND),
    (errors.DatabaseBusy, HTTPStatus.SERVICE_UNAVAILABLE),
)
RETRY_AFTER: Final = {"Retry-After": "5"}


class Problem(BaseModel):
    """An error, with the same code, message and hint as on the command line."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    """That of the error, as in ``error[P203]``."""
    hint: str


def status_of(error: PipelineError) -> int:
    """Return the HTTP status of an error.

    >>> status_of(errors.ArticleTooLong("over 2,000,000 bytes"))
    413
    """
    if isinstance(error, RequestError):
        return error.status
    for kind, status in BY_KIND:
        if isinstance(error, kind):
            return status.value
    return HTTPStatus.INTERNAL_SERVER_ERROR.value


def refusal(description: str) -> dict[str, Any]:
    """Return the OpenAPI description of an answer that is a problem."""
    return {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
    }


def answer(error: PipelineError, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer to a request that failed."""
    status = status_of(error)
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=str(error),
        code=error.code,
        hint=error.hint,
    )
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers = RETRY_AFTER | dict(headers or {})
    return Response(problem.model_dump_json(), status, headers, MEDIA_TYPE)
