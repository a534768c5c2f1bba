"""Divide the articles of a run into shards.

A shard describes its articles by the location of their bytes, so it is small to send. Its articles,
name and key depend on the input alone, never on the number of workers, the machine or the time.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, Self

from pipeline.errors import RunDamaged
from pipeline.outcomes import Failure
from pipeline.readers import Article, Item, read_item
from pipeline.readers.files import as_utf8, from_utf8
from pipeline.records.schema import text_sha256
from pipeline.runs.job import Job
from pipeline.strictjson import Shape, fits, parse_json

MAX_BYTES: Final = 4_000_000
PART: Final = re.compile(r"part-\d{5,12}")
SHA256: Final = re.compile("[0-9a-f]{64}")
ITEM: Final[Shape] = {
    "path": str,
    "start": int,
    "size": int,
    "line": int,
    "sha256": (str, None),
    "taken": bool,
    "hashed": (int, None),
}
DEFAULT_ARTICLES: Final = 64
"""Small enough that a run stops within seconds when told to; a commit takes milliseconds."""


class Shard(NamedTuple):
    """The articles that become one part.

    With ``again``, only the articles that failed before are processed; the other records are kept.
    A ``piece`` is a range of a shard whose worker died; its part goes into the folder ``RESCUE``.
    """

    name: str
    items: tuple[Item, ...]
    again: bool = False
    piece: bool = False

    def key(self, fingerprint: str) -> str:
        """Return one checksum of the articles and of everything that shapes their records."""
        return hashlib.sha256(f"{fingerprint}\n{_items(self)}".encode()).hexdigest()

    def to_line(self) -> bytes:
        """Return the shard as one line of JSON."""
        return f'{{"name":{json.dumps(self.name)},"items":{_items(self)}}}\n'.encode()

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """Parse a line; raise ``RunDamaged`` if it is not a shard."""
        try:
            row = parse_json(line)
            items = tuple(Item(*item) for item in row["items"])
            # the name becomes a file name
            if PART.fullmatch(row["name"]) and all(map(_is_item, items)):
                named = (one._replace(path=from_utf8(one.path)) for one in items)
                return cls(row["name"], tuple(named))
        except (ValueError, KeyError, TypeError) as error:
            raise RunDamaged("a line of the plan is not a shard") from error
        raise RunDamaged("a line of the plan is not a shard")


def _is_item(item: Item) -> bool:
    """Return whether the values of a parsed item are valid."""
    return (
        fits(item._asdict(), ITEM)
        and min(item.start, item.size, item.line, item.hashed or 0) >= 0
        and (item.sha256 is None or SHA256.fullmatch(item.sha256) is not None)
    )


def _items(shard: Shard) -> str:
    # ASCII: a path may have bytes that are not UTF-8, and must keep them unchanged
    items = [item._replace(path=as_utf8(item.path)) for item in shard.items]
    return json.dumps(items, separators=(",", ":"))


class Plan:
    """The shards of a run, made while they are iterated; the counts are correct afterwards.

    ``known`` are articles to leave out because an earlier run has them. An article that occurs
    twice is planned once; a text whose id belongs to another text is marked as such.
    """

    def __init__(
        self,
        items: Iterable[Item],
        job: Job,
        *,
        known: Iterable[bytes] = (),
        max_articles: int = DEFAULT_ARTICLES,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.items = items
        self.job = job
        self.in_earlier_run = known
        self.max_articles = max_articles
        self.max_bytes = max_bytes
        self.shards = self.articles = self.bytes = self.known = self.repeats = 0

    def __iter__(self) -> Iterator[Shard]:
        items: list[Item] = []
        size = 0
        for item in self._wanted():
            if items and (len(items) == self.max_articles or size + item.size > self.max_bytes):
                yield self._shard(items)
                items, size = [], 0
            items.append(item)
            size += item.size
        if items:
            yield self._shard(items)

    def _shard(self, items: list[Item]) -> Shard:
        shard = Shard(f"part-{self.shards:05}", tuple(items))
        self.shards += 1
        self.articles += len(items)
        self.bytes += sum(item.size for item in items)
        return shard

    def _wanted(self) -> Iterator[Item]:
        """Yield the items that neither an earlier run nor an earlier item has."""
        known = set(self.in_earlier_run)
        texts: dict[bytes, bytes] = {}  # short checksums: a million articles take 0.2 GB
        for item in self.items:
            if item.sha256 is not None and content_key(item) in known:
                self.known += 1
                continue
            id, text = self._identity(item)
            if not id or (before := texts.setdefault(id, text)) is text:
                yield item
            elif before == text:
                self.repeats += 1
            else:
                yield item._replace(taken=True)

    def _identity(self, item: Item) -> tuple[bytes, bytes]:
        """Return checksums of the id and of the text; for a web page, of its bytes."""
        article = read_item(item, self.job.settings, format=self.job.format)
        if isinstance(article, Failure):
            return b"", b""
        if not isinstance(article, Article):
            key = content_key(item)
            return key, key
        text = text_sha256(article.text)
        id = article.id or text[:32]
        key = _short(id.encode())
        # if the id comes from the text, one checksum serves as both
        return key, key if id == text[:32] else bytes.fromhex(text[:32])


def content_key(item: Item) -> bytes:
    """Identify an article by its bytes: the first half of their checksum."""
    return bytes.fromhex((item.sha256 or "")[:32])


def _short(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:16]
