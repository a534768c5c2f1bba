"""Commit a part: its file first, then the receipt that makes it count.

A part without a receipt, or with one that does not match, does not count and is made again. Since
it depends on its shard alone, the result is the same.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Self

from pipeline.outcomes import Failure, Warned, WarnedArticle, Warnings, joined
from pipeline.text.strictjson import fits, parse_json
from pipeline.text.words import article_name, count_words

if TYPE_CHECKING:
    from pipeline.batch.plan import Shard
    from pipeline.batch.store import RunStore
    from pipeline.records.schema import ArticleRecord

RECEIPTS = "receipts"
LAYERS = ("quotes", "attributions", "figures", "times", "entities")
BLOCK = 1 << 20
RECEIPT = {
    "name": str,
    "key": str,
    "sha256": str,
    "size": int,
    "counts": {str: int},
    "failures": [list],
    "warnings": ({str: {"articles": int, "examples": [list]}}, None),
}
FAILURE = {
    "id": (str, None),
    "source": (str, None),
    "code": str,
    "message": str,
    "stage": str,
    "sha256": (str, None),
}


EXAMPLE = {"at": int, "id": str, "article": str, "message": str}


class Receipt(NamedTuple):
    """What a part contains, and the key of what it was made from."""

    name: str
    key: str
    sha256: str
    size: int
    counts: Mapping[str, int]
    """Number of records, incomplete and warned records, words, and items of each layer."""
    failures: tuple[tuple[int, Failure], ...]
    """Each with the index of its article in the shard."""
    warnings: Warnings = {}  # noqa: RUF012 - never changed; receipts of 1.0.0 have none

    def to_bytes(self) -> bytes:
        warnings = {code: one._asdict() for code, one in self.warnings.items()}
        row = self._asdict() | {"counts": dict(sorted(self.counts.items())), "warnings": warnings}
        return json.dumps(row, indent=1).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Parse a receipt; raise ``ValueError`` if the bytes are not one."""
        row = parse_json(data)
        if not fits(row, RECEIPT):
            raise ValueError("not a receipt")
        try:
            failures = tuple((index, Failure(*failure)) for index, failure in row["failures"])
            warnings = {
                code: Warned(
                    one["articles"], tuple(WarnedArticle(*given) for given in one["examples"])
                )
                for code, one in (row.get("warnings") or {}).items()
            }
            receipt = cls(**row | {"failures": failures, "warnings": warnings})
        except TypeError as error:
            raise ValueError(f"not a receipt: {error}") from error
        if not all(fits(index, int) and fits(one._asdict(), FAILURE) for index, one in failures):
            raise ValueError("not a receipt: a failure is not one")
        examples = [example for one in warnings.values() for example in one.examples]
        if not all(fits(example._asdict(), EXAMPLE) for example in examples):
            raise ValueError("not a receipt: a warning is not one")
        return receipt


def commit(
    store: RunStore,
    name: str,
    key: str,
    outcomes: Iterable[ArticleRecord | Failure | bytes],
    counts: Mapping[str, int] | None = None,
    warnings: Warnings | None = None,
) -> Receipt:
    """Write the outcomes of a shard's articles in order, and then the receipt.

    An outcome given as bytes is a line that was made earlier; ``counts`` and ``warnings`` are those
    of such lines.

    Raises ``OutputError``; in that case nothing is committed.
    """
    tally = Counter(counts)
    failures: list[tuple[int, Failure]] = []
    warned = [(0, warnings or {})]

    def lines() -> Iterator[bytes]:
        for index, outcome in enumerate(outcomes):
            if isinstance(outcome, Failure):
                failures.append((index, outcome))
            elif isinstance(outcome, bytes):
                yield outcome
            else:
                tally.update(count(outcome))
                warned.append((index, warnings_of(outcome)))
                yield outcome.to_line().encode()

    written = store.put(part_name(name), lines())
    receipt = Receipt(name, key, *written, tally, tuple(failures), joined(warned))
    store.put(receipt_name(name), [receipt.to_bytes()])
    return receipt


def count(record: ArticleRecord) -> Counter[str]:
    """Count the items of a record; of the quotes, only those with a speaker."""
    counts = Counter({layer: len(getattr(record, layer)) for layer in LAYERS})
    counts["quotes"] = sum(quote.speech for quote in record.quotes)
    counts["words"] = count_words(record.text)
    counts["records"] = 1
    counts["incomplete"] = int(record.incomplete)
    counts["warned"] = int(bool(record.warnings))
    return counts


def warnings_of(record: ArticleRecord) -> Warnings:
    """Return the warnings of one record, with the first message of each code."""
    first = {one.code: one.message for one in reversed(record.warnings)}
    name = article_name(record.source.title, record.source.uri, record.id)
    return {
        code: Warned(1, (WarnedArticle(0, record.id, name, message),))
        for code, message in first.items()
    }


def part_name(name: str) -> str:
    return f"{name}.jsonl"


def receipt_name(name: str) -> str:
    return f"{RECEIPTS}/{name}.json"


def read_receipt(store: RunStore, name: str) -> Receipt | None:
    """Return the receipt of a part, or None if it is missing or unreadable."""
    return next(read_receipts(store, [name]))


def read_receipts(store: RunStore, names: Iterable[str]) -> Iterator[Receipt | None]:
    """Yield the receipt of each part, or None if it is missing or unreadable."""
    names = list(names)
    for name, data in zip(names, store.read_all(map(receipt_name, names)), strict=True):
        receipt = None
        with suppress(ValueError):
            receipt = None if data is None else Receipt.from_bytes(data)
        yield receipt if receipt and receipt.name == name else None


def committed(store: RunStore, shard: Shard, fingerprint: str) -> Receipt | None:
    """Return the receipt of a shard if its part exists, has the same key and is undamaged."""
    receipt = read_receipt(store, shard.name)
    return receipt if holds(store, receipt, shard, fingerprint) else None


def holds(store: RunStore, receipt: Receipt | None, shard: Shard, fingerprint: str) -> bool:
    """Return whether a receipt belongs to this shard and its part exists and is undamaged."""
    return (
        receipt is not None
        and receipt.key == shard.key(fingerprint)
        and checksum(store, part_name(shard.name)) == receipt.sha256
    )


def checksum(store: RunStore, name: str) -> str | None:
    """Return the SHA-256 of a file, or None if it does not exist."""
    digest = hashlib.sha256()
    try:
        with store.open(name) as file:
            while block := file.read(BLOCK):
                digest.update(block)
    except FileNotFoundError:
        return None
    return digest.hexdigest()
