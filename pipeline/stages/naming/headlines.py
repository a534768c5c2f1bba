"""Mend names in a headline, where capitals tell nothing, by the names of the article below."""

from __future__ import annotations

from pipeline.document.columns import Columns
from pipeline.document.names import SUFFIXES, first_names, organisations
from pipeline.stages.naming.namespans import Name, looks_personal

MAX_HEADLINE = 30


def headline_end(columns: Columns) -> int:
    """Return where the first line ends if its words are capitalised as a headline's are."""
    words, paragraphs = columns.words, columns.paragraphs
    end = 0
    while end < len(words) and end <= MAX_HEADLINE and paragraphs[end] == paragraphs[0]:
        end += 1
    if end > MAX_HEADLINE or end == len(words):
        return 0
    long = [w for w in words[:end] if len(w) > 3 and w.isalpha()]
    capital = sum(w[0].isupper() for w in long)
    return end if len(long) > 3 and capital >= 0.75 * len(long) else 0


def mend_headline(columns: Columns, names: list[Name]) -> list[Name]:
    """Return names with those of the headline cut to names that the article knows."""
    end = headline_end(columns)
    if not end:
        return names
    words = columns.words
    body: dict[tuple[str, ...], str] = {}
    for name in names:
        if name.start >= end:
            form = tuple(words[name.start : name.end])
            body.setdefault(form, name.label)
            if name.label == "PERSON" and len(form) > 1 and form[-1].lower() not in SUFFIXES:
                body.setdefault(form[-1:], "PERSON")
    mended: list[Name] = []
    for name in names:
        if name.start >= end:
            mended.append(name)
            continue
        mended.extend(_known_parts(columns, name, body))
    return mended


def _known_parts(columns: Columns, name: Name, body: dict[tuple[str, ...], str]) -> list[Name]:
    words = columns.words
    parts: list[Name] = []
    at = name.start
    while at < name.end:
        for stop in range(name.end, at, -1):
            label = body.get(tuple(words[at:stop]))
            if label:
                parts.append(Name(at, stop, label))
                at = stop
                break
        else:
            at += 1
    if parts:
        return parts
    lower = columns.lower[name.start : name.end]
    if (
        name.label in ("GPE", "NORP")
        or " ".join(lower) in organisations().known
        or looks_personal(columns, name.start, name.end)
        or (len(lower) == 1 and lower[0] in first_names())
    ):
        return [name]
    return [name] if len(lower) <= 3 and name.label in ("ORG", "PERSON") else []
