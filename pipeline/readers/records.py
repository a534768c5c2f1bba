"""Read records back, one line at a time."""

from __future__ import annotations

from pydantic import ValidationError

from pipeline.errors import BrokenRecord
from pipeline.records.schema import ArticleRecord


def record_of(line: bytes, where: str) -> ArticleRecord:
    """Parse the record of a line; raise ``BrokenRecord`` if it is not a record.

    ``where`` names the line in messages: ``news.jsonl:3``.
    """
    try:
        return ArticleRecord.from_line(line)
    except ValidationError as error:
        hint = "pipeline validate says what is wrong with it"
        raise BrokenRecord("not a record", where=where, hint=hint) from error
