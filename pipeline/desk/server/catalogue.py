"""The records of files, by number and by id, each read on demand.

Memory holds only the location of each record and its data for the page's index; texts and findings
stay on disk, and so does the index for full-text search.
"""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable
from typing import BinaryIO, Final, NamedTuple

from pipeline.desk.pages.overview import Overview, OverviewView, Row
from pipeline.errors import RecordsChanged
from pipeline.input.files import open_regular, shown
from pipeline.input.jsonl import record_of
from pipeline.records.schema import ArticleRecord

Signature = tuple[int, int, int]
"""Identifies the version of a file: its inode, size and modification time."""


FOUND: Final = ("entities", "quotes", "statements", "figures")
WORDS: Final = """CREATE VIRTUAL TABLE words USING fts5(
    title, text, content='', tokenize='unicode61 remove_diacritics 2')"""


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
        # a temporary file of SQLite
        self._words = sqlite3.connect("", check_same_thread=False)
        self._words.execute(WORDS)
        self._asking = threading.Lock()
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
                    self._index(overview.rows[-1], record)
        self.overview: OverviewView = overview.view()
        self.rows: list[Row] = self.overview["articles"]
        """The index data of each record, by its number."""
        found = (n for n, row in enumerate(self.rows) if any(row[name] for name in FOUND))
        self.queue = sorted(found, key=lambda number: -self.rows[number]["harm"])
        """The numbers of the records with findings, those with the most expected harm first."""

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

    def holding(self, words: str) -> list[int]:
        """Return the numbers of records with all words, which may be beginnings of words."""
        # the empty phrase matches nothing, and is ignored beside others
        asked = " ".join(['""', *(f'"{word}"*' for word in re.findall(r"\w+", words))])
        with self._asking:
            found = self._words.execute("SELECT rowid FROM words WHERE words MATCH ?", [asked])
            return [number for (number,) in found]

    def _index(self, row: Row, record: ArticleRecord) -> None:
        about = (row["title"], row["name"], row["publisher"], row["published"])
        cells = (len(self.places) - 1, "\n".join(filter(None, about)), record.text)
        self._words.execute("INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", cells)

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
