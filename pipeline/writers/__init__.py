"""Records → somewhere: one protocol, and JSONL as its first form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord


class Writer(Protocol):
    """Takes records one by one; nothing of them is in place before ``commit``.

    ``commit`` returns whether the place of the records changed. ``abort`` leaves it as it was and
    may follow anything but a ``commit``.
    """

    def write(self, record: ArticleRecord) -> None: ...
    def commit(self) -> bool: ...
    def abort(self) -> None: ...
