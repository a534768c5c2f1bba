"""An article as a reader returns it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, field
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from pipeline.errors import BadDate, BadRow
from pipeline.outcomes import Notice
from pipeline.settings import AUTO
from pipeline.text.decode import REPLACEMENT, UNUSABLE, UNUSABLE_KINDS, replace_unusable
from pipeline.text.words import plural

if TYPE_CHECKING:
    from pydantic import JsonValue

WRITTEN_OUT = ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%B %d %Y", "%d. %B %Y")


FIELDS: Final = ("id", "uri", "title", "byline", "publisher", "language", "meta")
MAX_DEPTH = 32
"""Deeper nesting in ``meta`` is refused, so that later readers need not handle it."""


@dataclass(frozen=True, slots=True)
class Article:
    """A text and its metadata.

    A record and a database can store all of it: each NUL and lone surrogate is replaced by U+FFFD,
    with a notice. Raises ``BadDate`` for an invalid date, and ``BadRow`` for a ``meta`` that is
    nested too deeply.
    """

    text: str
    _: KW_ONLY
    where: str = ""
    """How messages name the article: ``news.jsonl:3``; by default its URI, id or number."""
    id: str | None = None
    uri: str | None = None
    """The address of the article if the input gives one, otherwise the path the user gave."""
    title: str | None = None
    byline: str | None = None
    publisher: str | None = None
    published: str | None = None
    """A date, or a date and a time, in ISO 8601."""
    language: str | None = None
    meta: Mapping[str, JsonValue] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        if self.published is not None and parse_published(self.published) != self.published:
            raise BadDate(
                f"{self.published!r} is not a valid date in ISO 8601", where=self.where or None
            )
        if isinstance(self.text, str):
            text, notices = replace_unusable(self.text)
            object.__setattr__(self, "text", text)
            object.__setattr__(self, "notices", (*self.notices, *notices))
        cleaner = _Cleaner()
        for name in FIELDS:
            object.__setattr__(self, name, cleaner.clean(name, getattr(self, name)))
        object.__setattr__(self, "notices", (*self.notices, *cleaner.notices()))

    @property
    def published_date(self) -> date | None:
        """The day of publication, in local time of the place of publication."""
        return date.fromisoformat(self.published[:10]) if self.published else None

    @property
    def published_time(self) -> date | None:
        """The day of publication; a ``datetime`` without a zone if the input gives the time."""
        if self.published is None or "T" not in self.published:
            return self.published_date
        return datetime.fromisoformat(self.published).replace(tzinfo=None)


class _Cleaner:
    """Replaces characters that a record cannot contain, and counts them by code and field."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)

    def clean(self, name: str, value: Any, depth: int = 0) -> Any:
        """Return the value of a field; what is neither text nor JSON stays as it is."""
        if isinstance(value, str):
            if UNUSABLE.search(value):
                self._counts["W203"][name] += value.count("\0")
                self._counts["W204"][name] += len(UNUSABLE.findall(value)) - value.count("\0")
            return UNUSABLE.sub(REPLACEMENT, value)
        if not isinstance(value, list | Mapping):
            return value
        if depth > MAX_DEPTH:
            raise BadRow(f"an unknown key is nested deeper than {MAX_DEPTH} levels")
        if isinstance(value, list):
            return [self.clean(name, one, depth + 1) for one in value]
        return {
            self.clean(name, key): self.clean(name, one, depth + 1) for key, one in value.items()
        }

    def notices(self) -> Iterator[Notice]:
        for code, kind in UNUSABLE_KINDS:
            found = {name: count for name, count in self._counts[code].items() if count}
            if found:
                names = ", ".join(found)
                yield Notice(
                    code, f"{plural(sum(found.values()), kind)} in {names} replaced by U+FFFD"
                )


def parse_published(value: str, format: str = AUTO) -> str | None:
    """Return a date of publication in ISO 8601, or None if it is invalid or ambiguous.

    Reads ISO 8601, the dates of RSS and e-mail (RFC 2822), and dates that spell out the month.
    ``03/04/2025`` is not read, since its meaning differs between countries, unless ``format`` says
    what it means; then nothing else is read.

    >>> parse_published("May 1, 2025"), parse_published("2025-05-01T08:30:00Z")
    ('2025-05-01', '2025-05-01T08:30:00Z')
    >>> parse_published("03/04/2025"), parse_published("03/04/2025", "%d/%m/%Y")
    (None, '2025-04-03')
    """
    text = " ".join(value.split())
    if len(text) > 64 or not (text.isascii() or format != AUTO):
        return None
    for read in READERS if format == AUTO else (partial(_formatted, format=format),):
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            if found := read(text):
                return found
    return None


def _written(moment: datetime) -> str | None:
    """Return a moment in the format of the record's schema; drop an offset with seconds."""
    offset = moment.utcoffset()
    if offset is not None and offset.total_seconds() % 60:
        return None
    return moment.isoformat().replace("+00:00", "Z")


def _formatted(text: str, format: str) -> str | None:
    """Return a date, or a moment if the format has the hour."""
    moment = datetime.strptime(text, format)
    return _written(moment) if re.search("%[HI]", format) else moment.date().isoformat()


def _written_out(text: str, pattern: str) -> str:
    return datetime.strptime(text, pattern).date().isoformat()


READERS: Final[tuple[Callable[[str], str | None], ...]] = (
    lambda text: date.fromisoformat(text).isoformat(),
    lambda text: _written(datetime.fromisoformat(text)),
    lambda text: _written(parsedate_to_datetime(text)),
    *(partial(_written_out, pattern=pattern) for pattern in WRITTEN_OUT),
)
"""They raise an error, or return None, for a text in another format."""
