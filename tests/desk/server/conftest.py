"""A server of invented records, with a fixed clock and stub models."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from pipeline.desk.server import connections
from pipeline.desk.server.app import application
from pipeline.desk.server.catalogue import Catalogue
from pipeline.desk.server.extraction import Extraction
from pipeline.desk.server.identities import Identities
from pipeline.desk.server.review import Journal
from pipeline.output.corrections import read
from pipeline.records.corrections import Correction
from pipeline.settings import Settings
from tests.batch import stub
from tests.desk.pages.conftest import browser
from tests.desk.pages.made import harbour

__all__ = ["browser"]

WHEN = "2025-05-02T09:30:00.000Z"
SETTINGS = Settings(max_bytes=1_000, max_seconds=1)


class Served:
    """A running server with a client."""

    def __init__(self, address: str, corrections: Path) -> None:
        self.address = address
        self.path = corrections
        self.session = requests.Session()

    def get(self, path: str, **given: Any) -> requests.Response:
        return self.session.get(self.address + path, timeout=20, **given)

    def post(self, path: str, **given: Any) -> requests.Response:
        return self.session.post(self.address + path, timeout=20, **given)

    def corrections(self) -> tuple[Correction, ...]:
        return read(self.path).corrections


def written(folder: Path, records: Iterable[Any], name: str = "news.jsonl") -> str:
    path = folder / name
    path.write_text("".join(one.to_line() for one in records), "utf-8")
    return str(path)


@contextmanager
def serving(
    folder: Path,
    records: Iterable[Any],
    *,
    settings: Settings = SETTINGS,
    load: Any = stub.load,
    database: str | None = None,
) -> Iterator[Served]:
    """Serve records from a folder, and perhaps the identities of a database, during the block."""
    corrections = folder / "corrections.jsonl"
    journal = Journal(corrections, who="ann", clock=lambda: WHEN)
    worker = Extraction(settings, load, waiting=1)
    catalogue = Catalogue([written(folder, records)])
    identities = Identities(database, catalogue, journal) if database else None
    app = application(catalogue, worker, journal, settings, identities)
    with connections.bound("127.0.0.1", 0) as listener:
        server = connections.Server(app, worker.stop)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        served = Served(connections.address(listener).rstrip("/"), corrections)
        try:
            yield served
        finally:
            served.session.close()
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()


Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Return a function that serves records until the test ends."""
    with ExitStack() as stack:
        yield lambda *records, **given: stack.enter_context(
            serving(tmp_path, records or [harbour()], **given)
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a server of one record, for tests that change nothing."""
    with serving(tmp_path_factory.mktemp("served"), [harbour()]) as one:
        yield one
