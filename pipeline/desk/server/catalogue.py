"""The records of files, by number and by id, each read on demand.

Memory holds only the location of each record and its data for the page's index; texts and findings
stay on disk.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from pipeline.desk.pages.overview import Overview, OverviewView, Row
from pipeline.errors import RecordsChanged
from pipeline.input.files import open_regular, shown
from pipeline.input.jsonl import record_of
from pipeline.records.schema import ArticleRecord

Signature = tuple[int, int, int]
"""Identifies the version of a file: its inode, size and modification time."""


class RecordPlace(NamedTuple):
    """The location of a record, and its identity."""

    file: int
    start: int
    size: int
    id: str
    sha256: str


class Catalogue:
    """Records in JSONL files.

    All files are read once, in order, so that a broken line is reported before anything is served.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        """Raise ``BrokenRecord`` for a line that is not a record."""
        self._paths = list(paths)
        self._signatures: list[Signature] = []
        self.places: list[RecordPlace] = []
        """The location and identity of each record, by its number."""
        self._numbers: dict[str, list[int]] = defaultdict(list)
        overview = Overview()
        for number, path in enumerate(self._paths):
            with open_regular(path) as file:
                self._signatures.append(_signature(file))
                start = 0
                for row, line in enumerate(file, 1):
                    record = record_of(line, f"{shown(path)}:{row}")
                    self._numbers[record.id].append(len(self.places))
                    sha256 = record.source.sha256
                    self.places.append(RecordPlace(number, start, len(line), record.id, sha256))
                    start += len(line)
                    overview.add(record)
        self.overview: OverviewView = overview.view()
        self.rows: list[Row] = self.overview["articles"]
        """The index data of each record, by its number."""

    def __len__(self) -> int:
        return len(self.places)

    def line(self, number: int) -> bytes:
        """Return the line of a record.

        Raises ``RecordsChanged`` if the file has changed.
        """
        place = self.places[number]
        with self._open(place.file) as file:
            file.seek(place.start)
            return file.read(place.size)

    def record(self, number: int) -> ArticleRecord:
        """Return a record; raise ``RecordsChanged`` as ``line`` does."""
        return ArticleRecord.from_line(self.line(number))

    def number(self, id: str, sha256: str | None = None) -> int | None:
        """Return the number of the first record with an id and, if given, a text's checksum."""
        for number in self._numbers.get(id, ()):
            if sha256 in (None, self.places[number].sha256):
                return number
        return None

    def holding(self, words: str) -> Iterator[int]:
        """Yield the numbers of records whose text contains the words, ignoring case."""
        wanted = words.casefold()
        number = 0
        for index in range(len(self._paths)):
            with self._open(index) as file:
                for line in file:
                    if wanted in json.loads(line)["text"].casefold():
                        yield number
                    number += 1

    def _open(self, index: int) -> BinaryIO:
        file = open_regular(self._paths[index])
        if _signature(file) != self._signatures[index]:
            file.close()
            message = "the file has changed since the server read it"
            raise RecordsChanged(message, where=shown(self._paths[index]))
        return file


def _signature(file: BinaryIO) -> Signature:
    stat = os.fstat(file.fileno())
    return stat.st_ino, stat.st_size, stat.st_mtime_ns
