"""Read articles from RSS and Atom feeds (extra ``feeds``)."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.errors import BadRow, ExtraMissing, Malformed
from pipeline.readers.article import parse_published
from pipeline.readers.entries import Entry
from pipeline.readers.markup import html_text
from pipeline.remote import is_address


def read_feed(data: bytes, root: str) -> Iterator[Entry]:
    """Yield an entry for each item of a feed with the root element ``root``.

    Raises ``Malformed`` for a truncated feed, after its complete items.
    """
    try:
        import feedparser
    except ImportError as error:
        hint = "pip install 'news-extraction-pipeline[feeds]'"
        raise ExtraMissing("reading RSS and Atom needs feedparser", hint=hint) from error
    try:
        found = feedparser.parse(io.BytesIO(data), resolve_relative_uris=False)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Malformed(f"a feed that cannot be parsed: {error}") from error
    items = list(found.entries)
    whole = f"{root}>".encode() in data.rstrip()[-64:].replace(b"\0", b"")
    if not whole:  # the text of the last item may be truncated
        items = items[:-1]
    for number, item in enumerate(items, 1):
        row = _row(dict(item), found.feed)
        yield Entry(number, row if "text" in row else BadRow("an item without content or summary"))
    if not whole:
        raise Malformed(f"a feed that is cut off: </{root}> is missing")


def _row(item: Mapping[str, Any], feed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of an item: its full content if there is any, otherwise its summary."""
    contents = [one for one in item.get("content", ()) if one.get("value")]
    text = max((one["value"] for one in contents), key=len, default=None) or item.get("summary")
    dates = [(item.get(key), item.get(f"{key}_parsed")) for key in ("published", "updated")]
    row = {
        "text": html_text(text) if text else None,
        "id": item.get("id"),
        "url": link if is_address(link := item.get("link", "")) else None,  # else it is the guid
        "title": html_text(item.get("title", "")),
        "byline": item.get("author"),
        "publisher": feed.get("title"),
        "published": next(filter(None, (_date(*date) for date in dates)), None),
        "language": next((one["language"] for one in contents if one.get("language")), None)
        or feed.get("language"),
        "tags": [one["term"] for one in item.get("tags", ()) if one.get("term")],
    }
    return {key: value for key, value in row.items() if value}


def _date(text: str | None, parsed: time.struct_time | None) -> str | None:
    """Return the feed's date with its offset if possible, otherwise feedparser's, in UTC."""
    known = parse_published(text) if text else None
    if known or parsed is None:
        return known
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", parsed)
