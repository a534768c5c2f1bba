"""Recognise this program's own outputs, so that they are not read as articles."""

from __future__ import annotations

import json
import os
import re
import zlib
from pathlib import PurePath
from typing import Final

from pipeline.formats import HEAD
from pipeline.readers.packed import MAGIC
from pipeline.remote import is_address

GENERATOR: Final = b'<meta name="generator" content="news-extraction-pipeline">'
LETTERS: Final = "dead-letter.jsonl"
STRING: Final = rb'"(?:[^"\\]|\\.)*"'
LETTER: Final = (
    rb'\{"id":(?:null|' + STRING + rb'),"source":(?:null|' + STRING + rb'),"code":"P\d{3}"'
)
WRITTEN: Final = re.compile(
    # a record, a dead letter, a correction, a plan, a page, and the report tables
    rb"(?:\xef\xbb\xbf)?(?:"
    rb'\{\s*"schema_version":\s*"\d+\.\d+",\s*"id":'
    rb"|" + LETTER + rb'|\{"record":' + STRING + rb',"sha256":'
    rb'|\{"name":"part-\d+","items":\['
    rb"|<!DOCTYPE html>.*?" + GENERATOR + rb"|id,title,published,publisher,sources,single_source,"
    rb"|article,published,source,kind,"
    rb")",
    re.DOTALL,
)
ORIGIN: Final = re.compile(
    rb'\{(?:"schema_version":"[\d.]+",)?"id":(?:null|' + STRING + rb'),"source":'
    rb'(?:\{"uri":)?(' + STRING + rb")"
)
"""The beginning of a record or a dead letter, up to the source of its article."""
RUN: Final = frozenset({"plan.jsonl"})
"""A folder that contains this and one of ``RUN_TOO`` is the folder of a run."""
RUN_TOO: Final = frozenset({"manifest.json", "receipts", ".lock"})


def is_output(head: bytes) -> bool:
    """Return whether the first bytes are those of records, dead letters, pages or the like."""
    if head.startswith(MAGIC):
        try:
            head = zlib.decompressobj(31).decompress(head, HEAD)
        except zlib.error:
            return False
    return bool(WRITTEN.match(head))


def origin(head: bytes) -> str | None:
    """Return the source path of the first article of records or dead letters, if known.

    >>> origin(b'{"id":null,"source":"news/a.txt","code":"P204"}')
    'news/a.txt'
    """
    found = ORIGIN.match(head)
    uri: str | None = json.loads(found[1]) if found else None
    return None if uri is None or is_address(uri) or uri == "stdin" else uri


def is_letters(path: str) -> bool:
    """Return whether a file contains dead letters, by its name."""
    return PurePath(path).name.endswith(LETTERS)


def is_run(names: frozenset[str] | set[str]) -> bool:
    """Return whether a folder with these names is the folder of a run."""
    return names >= RUN and bool(names & RUN_TOO)


def head_of(path: str) -> bytes:
    """Return the first bytes of a regular file, or nothing if it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return b""
    try:
        return os.read(descriptor, HEAD)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
