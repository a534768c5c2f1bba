"""What the API takes and gives, as models from which the OpenAPI document is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from pipeline.errors import NotJson

if TYPE_CHECKING:
    from pipeline.settings import Settings

WORDS: Final = (
    "[^\\u0009-\\u000d\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a"
    "\\u2028\\u2029\\u202f\\u205f\\u3000]"
)
"""Something besides white space, as Python counts it."""


class Answer(BaseModel):
    """A frozen answer."""

    model_config = ConfigDict(frozen=True)


class Summary(Answer):
    """One record in the list of all."""

    number: int
    """Its place in the files, from 0."""
    id: str
    sha256: str
    """That of its text: two records may bear the same id."""
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
    """Items that a person has judged."""


class Listing(Answer):
    """A part of the list of all records."""

    total: int
    """So many records fit what was asked for."""
    records: list[Summary]


Start = Annotated[int, Field(ge=0, description="So many records are left out at the start.")]
Size = Annotated[int, Field(ge=1, le=1000, description="So many records are given at most.")]


def article_schema(settings: Settings) -> dict[str, Any]:
    """Return the JSON Schema of an article to extract: a line of JSONL."""
    optional = {"type": ["string", "null"]}
    return {
        "type": "object",
        "title": "Article",
        "description": "An article as a line of JSONL; keys that are not listed become meta.",
        "required": [settings.text_key],
        "properties": {
            settings.id_key: {"type": ["string", "integer", "null"]},
            settings.published_key: optional | {"description": "A date in ISO 8601."},
            **{key: optional for key in ("title", "url", "byline", "publisher", "language")},
            settings.text_key: {"type": "string", "pattern": WORDS},
        },
    }


def body_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Return what OpenAPI tells of an operation whose body is JSON of a schema."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def check_type(content_type: str) -> None:
    """Raise ``NotJson`` unless a body is JSON by its ``Content-Type``."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/json":
        raise NotJson(f"the body is of type {kind[:80]!r}")
