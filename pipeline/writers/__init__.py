"""Write records to a file, a stream or a database: the protocol, and JSONL as its first format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord


class Writer(Protocol):
    """Takes records one by one; none of them is in place before ``commit``.

    ``commit`` returns whether the destination changed. ``abort`` leaves it as it was and may be
    called after anything but a ``commit``.
    """

    def write(self, record: ArticleRecord) -> None: ...
    def commit(self) -> bool: ...
    def abort(self) -> None: ...
