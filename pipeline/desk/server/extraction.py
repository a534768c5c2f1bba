"""Extract articles in a separate process, one at a time.

The server stays small and responsive while an article is processed. An article that takes too much
time or memory ends only that process, which is restarted for the next article.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from pipeline.batch.executors import obey, starting
from pipeline.batch.plan import Extractor, ModelExtractor
from pipeline.errors import PipelineError, ServerBusy, WorkerDied
from pipeline.settings import Settings

WAITING = 16
"""How many articles may wait for their turn; further ones are refused."""
WHERE = "request"
"""The name of a posted article in messages."""


class Extraction:
    """Extracts articles in a process that is started when the first one arrives."""

    def __init__(
        self,
        settings: Settings,
        load: Callable[[Settings], Extractor] = ModelExtractor,
        *,
        waiting: int = WAITING,
    ) -> None:
        self._settings = settings
        self._load = load
        self._room = waiting + 1
        self._turn = asyncio.Lock()
        self._starting = threading.Lock()
        self._process: SpawnProcess | None = None
        self._connection: Connection
        self._stopped = False

    async def __call__(self, data: bytes) -> str:
        """Return the line of the record of an article in JSON.

        Raises what the command line reports for the article.
        """
        if not self._room:
            raise ServerBusy("too many articles are waiting")
        self._room -= 1
        try:
            async with self._turn:
                return await asyncio.to_thread(self._ask, data)
        finally:
            self._room += 1

    def stop(self) -> None:
        """Abandon the current article, and take no more."""
        self._stopped = True
        with self._starting:
            if self._process is not None:
                self._process.kill()

    def _ask(self, data: bytes) -> str:
        with self._starting:
            # checked here, so that nothing is started after the server was asked to end
            if self._stopped:
                raise ServerBusy("the server is shutting down")
            if self._process is None:
                self._start()
        try:
            self._connection.send_bytes(data)
            answer = self._connection.recv()
        except (EOFError, OSError) as error:
            self._process = None
            if self._stopped:
                raise ServerBusy("the server is shutting down") from error
            raise WorkerDied("the worker process died on this article", where=WHERE) from error
        if isinstance(answer, PipelineError):
            raise answer
        line: str = answer
        return line

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_work, args=(theirs, self._settings, self._load), daemon=True
        )
        with starting():
            self._process.start()
        # only the worker keeps its end, so that the connection ends with the worker
        theirs.close()


# The functions below run in the worker process.


def _work(
    connection: Connection, settings: Settings, load: Callable[[Settings], Extractor]
) -> None:
    obey()
    extract: Extractor | None = None
    while True:
        data = connection.recv_bytes()
        try:
            extract = extract or load(settings)
            answer: str | PipelineError = line_of(data, settings, extract, fatal=True)
        except PipelineError as error:
            answer = error
        connection.send(answer)


def line_of(data: bytes, settings: Settings, extract: Extractor, *, fatal: bool = False) -> str:
    """Return the line of the record of an article in JSON, made as ``extract`` does.

    Raises ``PipelineError`` if there is no record. Must be called in the main thread.
    """
    from pipeline.batch.process import deadline
    from pipeline.input.jsonl import read_object
    from pipeline.outcomes import Failure

    with deadline(settings.max_seconds, WHERE, fatal=fatal):
        outcome = extract(read_object(data, where=WHERE, settings=settings))
    if isinstance(outcome, Failure):
        raise outcome.error()
    return outcome.to_line()
