"""Outcomes of one article other than its record: notices, failures and repeats.

A problem with one article is a value here, and goes to the warnings or the dead letters.
Exceptions are in ``errors``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from pipeline.errors import PipelineError, by_code, safe

STAGE_FAILED: Final = "W501"
"""The code of the warning that a record lacks the findings of a stage."""
NOTICES: Final = {
    "W201": "The bytes are not UTF-8. The encoding was recognised by its NUL bytes, or guessed.",
    "W202": "Some bytes of a UTF-8 text are invalid and were read as Windows-1252.",
    "W203": "The text or its metadata contain NUL characters, which were replaced by U+FFFD.",
    "W204": "The text or its metadata contain lone surrogates, which were replaced by U+FFFD.",
    "W205": "Some pages of a PDF have images, but no text: they may be scanned.",
    "W206": "A PDF is damaged or unusual, so its text may be incomplete. The message is pypdf's.",
    "W207": "The footnotes and endnotes of a Word document were left out.",
    "W211": "The publication date is invalid. Relative times were resolved without it.",
    "W221": "The text is long and was parsed in pieces. Findings that cross a boundary between "
    "pieces may be missing.",
    "W222": "A long run of characters without spaces was cut for the tokenizer and not analysed.",
    "W231": "The article is not in English, but was processed as English.",
    "W232": "The input gives another language, but the text is in English.",
    "W241": "An entity was not resolved, and the message names the candidates: several people "
    "share a surname, or the confidence of a speaker, a source or a mention is below the setting "
    "`min_identity`.",
    STAGE_FAILED: "A stage failed on the article. The record lacks the findings of that stage.",
    "W601": "A truncated line in a file of corrections was skipped.",
    "W602": "The run was started with other matrix kernels. Its records may differ in the last "
    "digits.",
}
"""The meaning of each warning code."""


class Notice(NamedTuple):
    """A notice about an article, which becomes a warning in its record."""

    code: str
    message: str
    start: int | None = None
    end: int | None = None


EXAMPLES: Final = 3
"""How many articles are named for each warning code."""
EXPECTED: Final = frozenset({"W241"})
"""Warnings that are no reason to look at the input: many articles have an open name."""


class WarnedArticle(NamedTuple):
    """An article with a warning: its index among those that are counted, and the message."""

    at: int
    id: str
    article: str
    """Its name, for people."""
    message: str


class Warned(NamedTuple):
    """The articles that have a warning with the same code."""

    articles: int
    """Their number."""
    examples: tuple[WarnedArticle, ...]
    """The first ones, at most ``EXAMPLES``."""

    def shown(self) -> dict[str, Any]:
        """Return the number and the examples, for JSON."""
        examples = [
            {"id": one.id, "article": one.article, "message": one.message} for one in self.examples
        ]
        return {"articles": self.articles, "examples": examples}


Warnings = Mapping[str, Warned]
"""Warned articles by warning code."""


def unexpected(warnings: Warnings) -> bool:
    """Return whether there are warnings that let a strict command fail."""
    return bool(warnings.keys() - EXPECTED)


def joined(counted: Iterable[tuple[int, Warnings]]) -> Warnings:
    """Return the sum of counts, each with the index of its first article.

    The examples are the first ones of all, so the result does not depend on the order of counting.

    >>> one = {"W211": Warned(1, (WarnedArticle(0, "a", "a.txt", "no date"),))}
    >>> joined([(7, one), (4, one)])["W211"].articles
    2
    """
    total: dict[str, Warned] = {}
    for start, warnings in counted:
        for code, (articles, examples) in warnings.items():
            before = total.get(code, Warned(0, ()))
            moved = (one._replace(at=start + one.at) for one in examples)
            first = sorted((*before.examples, *moved))[:EXAMPLES]
            total[code] = Warned(before.articles + articles, tuple(first))
    return dict(sorted(total.items()))


class Failure(NamedTuple):
    """Why one article has no record: a line of the dead letters."""

    id: str | None
    source: str | None
    code: str
    message: str
    stage: str
    sha256: str | None = None
    """SHA-256 of the article's text; None if the text could not be read."""

    def to_line(self) -> str:
        """Return one line of JSONL.

        >>> print(Failure("7", "a.txt", "P204", "empty", "read").to_line(), end="")
        {"id":"7","source":"a.txt","code":"P204","message":"empty","stage":"read","sha256":null}
        """
        # a file name may contain bytes that are not UTF-8, which Python reads as lone surrogates
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
        """Return the failure of the article in which an error occurred."""
        return cls(id, source or error.where, error.code, error.message, stage, sha256)

    def error(self) -> PipelineError:
        """Return the error of the failure, for callers that want to raise it."""
        kind = by_code().get(self.code, PipelineError)
        return kind(self.message, where=self.source)

    def report(self) -> str:
        """Return the line to show to a person, safe for any terminal."""
        return safe(f"error[{self.code}]: {self.source or self.id or 'article'}: {self.message}")


class Repeat(NamedTuple):
    """An article whose id and text already occurred in the same run."""

    id: str
    source: str
