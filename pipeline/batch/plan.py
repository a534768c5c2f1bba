"""Divide the articles of a run into shards.

A shard describes its articles by the location of their bytes, so it is small to send. Its articles,
name and key depend on the input alone, never on the number of workers, the machine or the time.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, Self

from pipeline.errors import RunDamaged
from pipeline.input import Article, Format, InputItem, read_item
from pipeline.input.files import as_utf8, from_utf8
from pipeline.input.formats import FORMATS
from pipeline.input.items import Web
from pipeline.outcomes import Failure
from pipeline.records.schema import SCHEMA_VERSION, Provenance, text_sha256
from pipeline.settings import KNOWN, Settings
from pipeline.text.strictjson import Shape, fits, parse_json

if TYPE_CHECKING:
    from pipeline.input import Page
    from pipeline.records.schema import ArticleRecord


class Extractor(Protocol):
    """Loaded models that turn an article into its record or its failure."""

    provenance: Provenance

    def __call__(self, article: Article | Page) -> ArticleRecord | Failure: ...


class ModelExtractor:
    """The package's own extractor: ``batch.process.process`` with the models of the settings."""

    def __init__(self, settings: Settings) -> None:
        # imported when a worker loads the models: the driver of a run does not need spaCy
        from pipeline.batch.process import process, provenance
        from pipeline.document.memory import settle
        from pipeline.stages.language import load

        self._settings = settings
        self._process = process
        self._nlp = load(settings.model, **settings.loading)
        self.provenance = provenance(self._nlp, settings)
        settle()

    def __call__(self, article: Article | Page) -> ArticleRecord | Failure:
        return self._process(article, self._nlp, self._settings, provenance=self.provenance)


@dataclass(frozen=True, kw_only=True)
class Job:
    """What to do with each article, and where to put the parts; small, the same for all workers."""

    folder: str
    settings: Settings
    format: Format | None = None
    published: str | None = None
    load: Callable[[Settings], Extractor] = field(default_factory=lambda: ModelExtractor)

    @property
    def reading(self) -> dict[str, Any]:
        """How the input is read, as far as it affects records."""
        return {
            "format": self.format,
            "published": self.published,
            "text_key": self.settings.text_key,
            "id_key": self.settings.id_key,
            "published_key": self.settings.published_key,
            "date_format": self.settings.date_format,
        }

    @property
    def shaping(self) -> dict[str, Any]:
        """The settings that shape a record, and the one that decides which articles have one."""
        names = [one.name for one in KNOWN if one.shapes]
        return {name: getattr(self.settings, name) for name in (*names, "strict")}

    def fingerprint(self, provenance: Provenance) -> str:
        """Return ``sha256:…`` over all that shapes a record: models, settings, reading options.

        Limits are left out: they decide whether there is a record, not what is in it, and ``retry``
        may raise them. ``strict`` is included: a run has incomplete records, or none. The kernel is
        left out: a run may resume on another machine, or use different machines.
        """
        shaping = {
            "schema_version": SCHEMA_VERSION,
            "provenance": provenance.model_dump(mode="json", exclude={"kernel"}),
            "reading": self.reading,
            "strict": self.settings.strict,
        }
        data = json.dumps(shaping, sort_keys=True, separators=(",", ":")).encode()
        return "sha256:" + hashlib.sha256(data).hexdigest()


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
WEB: Final[Shape] = {
    "uri": str,
    "format": str,
    "packed": bool,
    "charset": (str, None),
    "code": (str, None),
    "message": str,
}
DEFAULT_ARTICLES: Final = 64
"""Small enough that a run stops within seconds when told to; a commit takes milliseconds."""


class Shard(NamedTuple):
    """The articles that become one part.

    With ``again``, only the articles that failed before are processed; the other records are kept.
    A ``piece`` is a range of a shard whose worker died; its part goes into the folder ``RESCUE``.
    """

    name: str
    items: tuple[InputItem, ...]
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
            items = tuple(map(_item, row["items"]))
            # the name becomes a file name
            if PART.fullmatch(row["name"]) and all(map(_is_item, items)):
                named = (one._replace(path=from_utf8(one.path)) for one in items)
                return cls(row["name"], tuple(named))
        except (ValueError, KeyError, TypeError) as error:
            raise RunDamaged("a line of the plan is not a shard") from error
        raise RunDamaged("a line of the plan is not a shard")


def _item(values: list[Any]) -> InputItem:
    if len(values) < len(InputItem._fields):
        return InputItem(*values)
    return InputItem(*values)._replace(web=Web(*values[-1]))


def _is_item(item: InputItem) -> bool:
    """Return whether the values of a parsed item are valid."""
    return (
        fits(item._asdict(), ITEM)
        and (item.web is None or (fits(item.web._asdict(), WEB) and item.web.format in FORMATS))
        and min(item.start, item.size, item.line, item.hashed or 0) >= 0
        and (item.sha256 is None or SHA256.fullmatch(item.sha256) is not None)
    )


def _items(shard: Shard) -> str:
    # ASCII: a path may have bytes that are not UTF-8, and must keep them unchanged
    paths = (item._replace(path=as_utf8(item.path)) for item in shard.items)
    items = [item if item.web else item[:-1] for item in paths]
    return json.dumps(items, separators=(",", ":"))


class Plan:
    """The shards of a run, made while they are iterated; the counts are correct afterwards.

    ``known`` are articles to leave out because an earlier run has them. An article that occurs
    twice is planned once; a text whose id belongs to another text is marked as such.
    """

    def __init__(
        self,
        items: Iterable[InputItem],
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
        items: list[InputItem] = []
        size = 0
        for item in self._wanted():
            if items and (len(items) == self.max_articles or size + item.size > self.max_bytes):
                yield self._shard(items)
                items, size = [], 0
            items.append(item)
            size += item.size
        if items:
            yield self._shard(items)

    def _shard(self, items: list[InputItem]) -> Shard:
        shard = Shard(f"part-{self.shards:05}", tuple(items))
        self.shards += 1
        self.articles += len(items)
        self.bytes += sum(item.size for item in items)
        return shard

    def _wanted(self) -> Iterator[InputItem]:
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

    def _identity(self, item: InputItem) -> tuple[bytes, bytes]:
        """Return checksums of the id and of the text; for a web page, of its bytes."""
        article = read_item(item, self.job.settings, format=self.job.format)
        if isinstance(article, Failure):
            return b"", b""
        if not isinstance(article, Article):
            key = content_key(item)
            return key, key
        text = text_sha256(article.text)
        id = article.id or text[:32]
        key = hashlib.sha256(id.encode()).digest()[:16]
        # if the id comes from the text, one checksum serves as both
        return key, key if id == text[:32] else bytes.fromhex(text[:32])


def content_key(item: InputItem) -> bytes:
    """Identify an article by its bytes: the first half of their checksum."""
    return bytes.fromhex((item.sha256 or "")[:32])
