"""Read ninjs, the IPTC's JSON format for news, versions 1 to 3 (https://iptc.org/standards/ninjs/).

Version 1 has one ``headline`` and keys such as ``body_text``; since version 2 there are lists of
``headlines`` and ``bodies``, and the keys are in camelCase.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pipeline.errors import BadRow
from pipeline.readers.markup import html_text
from pipeline.text.wordset import word_set

BODY: Final = "body_"
TAKEN: Final = word_set(
    """
    uri headline headlines body bodies byline bylines by copyrightholder infosource infosources
    source language versioncreated firstcreated contentcreated renditions associations standard
    """
)
"""Keys that become a field of the article, or are not metadata."""


def recognises(row: Mapping[str, Any]) -> bool:
    """Return whether an object is ninjs, by its keys."""
    if not isinstance(row.get("uri"), str):
        return False
    standard = row.get("standard")
    if isinstance(standard, Mapping) and str(standard.get("name")).lower() == "ninjs":
        return True
    keys = {key.lower() for key in row}
    return bool(
        {"bodies", "headlines"} & keys
        or any(key.startswith(BODY) for key in keys)
        or {"headline", "versioncreated"} <= keys
    )


def row_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with our keys; raise ``BadRow`` if the item has no body."""
    folded = {key.lower(): value for key, value in item.items()}
    kept = {
        key: value
        for key, value in item.items()
        if key.lower() not in TAKEN and not key.lower().startswith((BODY, "description_"))
    }
    row = {
        **{key: value for key, value in kept.items() if key not in ("title", "id")},
        "id": _id(folded),
        "title": _first(folded.get("headline"), folded.get("headlines"), folded.get("title")),
        "byline": _all(folded.get("byline"), folded.get("bylines"), folded.get("by")),
        "publisher": _first(
            folded.get("copyrightholder"),
            folded.get("source"),
            folded.get("infosource"),
            folded.get("infosources"),
        ),
        "published": folded.get("versioncreated")
        or folded.get("contentcreated")
        or folded.get("firstcreated"),
        "language": folded.get("language"),
    }
    return row | {"text": _text(folded)}


def _id(folded: Mapping[str, Any]) -> Any:
    """Return the address of an item; later versions are separate articles."""
    version = str(folded.get("version") or "1")
    return folded["uri"] if version == "1" else f"{folded['uri']}#{version}"


def _text(folded: Mapping[str, Any]) -> str:
    """Return the longest body; plain text is preferred to markup."""
    bodies = [
        (f"text/{key.removeprefix(BODY)}", value)
        for key, value in folded.items()
        if key.startswith(BODY) and isinstance(value, str)
    ]
    for body in _list(folded.get("bodies")):
        if isinstance(body, Mapping) and isinstance(body.get("value"), str):
            kind = next(
                (str(body[key]) for key in ("contentType", "contenttype") if key in body), ""
            )
            bodies.append((kind, body["value"]))
    if not bodies:
        kind = f" of type {str(folded['type'])[:40]}" if "type" in folded else ""
        raise BadRow(f"ninjs{kind} without a body: expected body_text, body_xhtml or bodies")
    kind, value = min(bodies, key=lambda body: body[0].lower() not in ("text/text", "text/plain"))
    return value if kind.lower() in ("text/text", "text/plain") else html_text(value)


def _first(*values: Any) -> str | None:
    """Return the first string, or the first value or name of a list of objects."""
    return next(_strings(values), None)


def _all(*values: Any) -> str | None:
    """Return the strings of the first value that has any, joined."""
    for value in values:
        if found := list(_strings([value])):
            return ", ".join(found)
    return None


def _strings(values: Iterable[Any]) -> Any:
    for value in values:
        for one in _list(value):
            if isinstance(one, Mapping):
                one = next((one[key] for key in ("value", "name", "literal") if key in one), None)
            if isinstance(one, str) and one.strip():
                yield html_text(one).strip()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
