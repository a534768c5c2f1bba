"""Requests and responses of the API, as models that define the OpenAPI document.

Errors are problem details (RFC 9457) with our code and hint.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter
from starlette.responses import Response

from pipeline import errors
from pipeline.errors import NotJson, PipelineError, RequestError
from pipeline.records.corrections import KINDS, Action, Correction, Layer
from pipeline.records.schema import NonEmpty, Sha256
from pipeline.settings import Settings

DESCRIPTIVE: Final = ("title", "url", "byline", "publisher", "language")


WORDS: Final = (
    "[^\\u0009-\\u000d\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a"
    "\\u2028\\u2029\\u202f\\u205f\\u3000]"
)
"""A string that is not only white space, as Python defines it."""


class Answer(BaseModel):
    """A frozen answer."""

    model_config = ConfigDict(frozen=True)


class Summary(Answer):
    """One record in the list of records."""

    number: int
    """Its position in the files, from 0."""
    id: str
    sha256: str
    """SHA-256 of its text: two records may have the same id."""
    title: str
    """Its title, or its first words."""
    published: str | None
    publisher: str | None
    words: int
    entities: int
    quotes: int
    figures: int
    attributions: int
    warnings: int
    judged: int
    """Number of reviewed items."""


class Listing(Answer):
    """A part of the list of records."""

    total: int
    """Number of records that match the query."""
    records: list[Summary]


AsItem = dict[str, JsonValue] | None
"""An item of a record, which is validated once the record is known."""


class Judgement(BaseModel):
    """A decision on an item of a record. The server adds the reviewer and the time."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    record: NonEmpty
    """Id of the record."""
    sha256: Sha256 | None = None
    """SHA-256 of its text; needed if two records have the same id."""
    version: Sha256 | None = None
    """SHA-256 of the record's line; if given, the decision on any other extraction is refused."""
    layer: Layer
    action: Action
    """``complete`` also accepts the items of the layer without a decision."""
    item: NonEmpty | None = None
    """Id of the item; null to add an item, or for the whole layer."""
    before: AsItem = None
    """The item as the reviewer saw it; if it has changed, the decision is refused."""
    after: AsItem = None
    """The item as it should be, for ``edit`` and ``add``."""


class Said(Answer):
    """A part of the list of corrections."""

    total: int
    """Number of corrections that match the query."""
    corrections: list[Correction]


class _Decision(BaseModel):
    """A decision about identities. The server adds the reviewer and the time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: NonEmpty | None = None


class Merge(_Decision):
    """Several identities are the same one."""

    action: Literal["merge"]
    identities: list[NonEmpty] = Field(min_length=2)


class Split(_Decision):
    """Members do not belong to an identity."""

    action: Literal["split"]
    identity: NonEmpty
    members: list[tuple[NonEmpty, NonEmpty]] = Field(min_length=1)
    """Ids of articles and entities."""


class Rename(_Decision):
    """An identity has another name."""

    action: Literal["rename"]
    identity: NonEmpty
    name: NonEmpty


class Undo(_Decision):
    """A decision, or the undoing of one, has no effect."""

    action: Literal["undo"]
    number: int


Decision = Merge | Split | Rename | Undo


DECISION: Final[TypeAdapter[Decision]] = TypeAdapter(
    Annotated[Decision, Field(discriminator="action")]
)


class Decided(Answer):
    """A decision that was recorded."""

    number: int
    identity: str | None
    """One that it concerns."""


Start = Annotated[int, Field(ge=0, description="Number of entries to skip.")]


Size = Annotated[int, Field(ge=1, le=1000, description="Maximum number of entries.")]


LONGEST_SEARCH: Final = 500
"""Maximum number of characters to search for: databases refuse long patterns."""


def article_schema(settings: Settings) -> dict[str, Any]:
    """Return the JSON Schema of an article to extract: a line of JSONL."""
    return {
        "type": "object",
        "title": "Article",
        "description": "An article, as in a line of JSONL. Other keys are kept in source.meta.",
        "required": [settings.text_key],
        "properties": {
            settings.id_key: {"type": ["string", "integer", "null"]},
            settings.published_key: {
                "description": "A date, preferably in ISO 8601. An invalid date is ignored with a "
                "warning.",
                "examples": ["2025-05-01"],
            },
            **{
                key: {"description": "A string or a list of strings. Others go to source.meta."}
                for key in DESCRIPTIVE
            },
            settings.text_key: {"type": "string", "pattern": WORDS},
        },
    }


def judgement_schema() -> dict[str, Any]:
    """Return the JSON Schema of a judgement; its references resolve within the OpenAPI document."""
    schema = Judgement.model_json_schema()
    items = [{"$ref": f"#/components/schemas/{kind.__name__}"} for kind in KINDS.values()]
    for side in ("before", "after"):
        schema["properties"][side] = {"anyOf": [*items, {"type": "null"}], "default": None}
    del schema["$defs"]
    return schema


def decision_schema() -> dict[str, Any]:
    """Return the JSON Schema of a decision about identities, without references."""
    return {"oneOf": [kind.model_json_schema() for kind in (Merge, Split, Rename, Undo)]}


def body_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the OpenAPI description of an operation with a JSON body of this schema."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def check_type(content_type: str) -> None:
    """Raise ``NotJson`` unless the ``Content-Type`` of a body is JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/json":
        raise NotJson(f"the body is of type {kind[:80]!r}")


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
    (errors.CorrectionsLocked, HTTPStatus.SERVICE_UNAVAILABLE),
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

    >>> status_of(errors.ArticleTooLong("over 1,000,000 bytes"))
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


Refusals = dict[int | str, dict[str, Any]]
OUT_OF_BOUNDS: Final[Refusals] = {422: refusal("A parameter is out of bounds.")}
UNKNOWN_RECORD: Final[Refusals] = {404: refusal("There is no record with this id.")}
RECORDS_CHANGED: Final[Refusals] = {409: refusal("The file of records has changed.")}
BAD_BODY: Final[Refusals] = {
    413: refusal("The body is too large."),
    415: refusal("The content type is not JSON."),
}
