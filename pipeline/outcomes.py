"""What is told of one article beside its record: a notice, a failure, a repeat.

A problem of one article is a value here, which goes to the warnings or the dead letters; what
raises stands in ``errors``.
"""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from pipeline.errors import PipelineError, by_code
from pipeline.terminal import safe

STAGE_FAILED: Final = "W501"
"""The code of the warning that a record lacks what a stage would have found."""
NOTICES: Final = {
    "W201": "The bytes were not UTF-8: the encoding was told by its marks or guessed.",
    "W202": "Stray bytes in a UTF-8 text were read as Windows-1252.",
    "W203": "NUL stood in the text and was read as U+FFFD.",
    "W204": "A lone surrogate stood in the text and was read as U+FFFD.",
    "W211": "The date of publication is none: relative times were read without it.",
    "W221": "The text is long and was parsed in pieces: what runs across a cut may be missed.",
    "W222": "A long run without spaces was cut and not looked into.",
    "W231": "The article is not in English: it was read as if it were.",
    "W232": "The input gives another language, but the text is in English.",
    "W241": "Whom a surname, a source or a quotation means is not sure enough: it was left open.",
    STAGE_FAILED: "A stage failed on the article: the record lacks what that stage finds.",
    "W601": "A line of corrections was cut short when it was written, and is passed over.",
    "W602": "The run was begun with other matrix kernels: its records may differ in last digits.",
}
"""What each code of a warning stands for."""


class Notice(NamedTuple):
    """Something worth knowing about an article; it becomes a warning of its record."""

    code: str
    message: str
    start: int | None = None
    end: int | None = None


class Failure(NamedTuple):
    """Why one article gave no record: a line of the dead letters."""

    id: str | None
    source: str | None
    code: str
    message: str
    stage: str
    sha256: str | None = None
    """That of the article's text, where it could be read at all."""

    def to_line(self) -> str:
        """Return one line of JSONL.

        >>> print(Failure("7", "a.txt", "P204", "empty", "read").to_line(), end="")
        {"id":"7","source":"a.txt","code":"P204","message":"empty","stage":"read","sha256":null}
        """
        # a file's name may hold bytes that are no UTF-8, which the system gives as lone surrogates
        shown = {
            key: value and value.encode("utf-8", "backslashreplace").decode("utf-8")
            for key, value in self._asdict().items()
        }
        return json.dumps(shown, ensure_ascii=False, separators=(",", ":")) + "\n"

    @classmethod
    def of(
        cls,
        error: PipelineError,
        *,
        stage: str,
        id: str | None = None,
        source: str | None = None,
        sha256: str | None = None,
    ) -> Failure:
        """Return the failure that an error means for the article it happened in."""
        return cls(id, source or error.where, error.code, error.message, stage, sha256)

    def error(self) -> PipelineError:
        """Return the error that the failure was made of, for a caller who wants to raise it."""
        kind = by_code().get(self.code, PipelineError)
        return kind(self.message, where=self.source)

    def report(self) -> str:
        """Return the line that a person is shown, safe for any terminal."""
        return safe(f"error[{self.code}]: {self.source or self.id or 'article'}: {self.message}")


class Repeat(NamedTuple):
    """An article that came before in the same run, with the same id and the same text."""

    id: str
    source: str
