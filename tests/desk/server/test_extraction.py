"""Articles are extracted one at a time, in a process that may die."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from pipeline.desk.server.extraction import Extraction
from pipeline.errors import ServerBusy
from pipeline.settings import Settings
from tests.batch import stub

ARTICLE = b'{"text": "It rained."}'


def reading(fifo: Path) -> bytes:
    """Return an article that is not finished before a FIFO was written to."""
    os.mkfifo(fifo)
    return f'{{"text": "READ {fifo}"}}'.encode()


async def until_busy(fifo: Path) -> None:
    """Wait until the worker has opened its FIFO for reading."""
    await asyncio.to_thread(lambda: os.close(os.open(fifo, os.O_WRONLY)))


def test_a_few_articles_wait_for_their_turn_and_more_are_refused(tmp_path: Path) -> None:
    async def run() -> list[Any]:
        worker = Extraction(Settings(), stub.load, waiting=1)
        fifo = tmp_path / "fifo"
        tasks = [asyncio.create_task(worker(reading(fifo)))]
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(worker(ARTICLE)))
        await asyncio.sleep(0)
        with pytest.raises(ServerBusy):
            await worker(ARTICLE)
        await until_busy(fifo)
        lines = await asyncio.gather(*tasks)
        lines.append(await worker(ARTICLE))
        worker.stop()
        return lines

    lines = asyncio.run(run())
    assert ["It rained." in line for line in lines] == [False, True, True]


def test_stopping_abandons_the_current_article(tmp_path: Path) -> None:
    async def run() -> None:
        worker = Extraction(Settings(), stub.load)
        fifo = tmp_path / "fifo"
        task = asyncio.create_task(worker(reading(fifo)))
        # opened but not closed: the worker keeps reading
        writer = await asyncio.to_thread(os.open, fifo, os.O_WRONLY)
        worker.stop()
        with pytest.raises(ServerBusy):
            await task
        os.close(writer)
        with pytest.raises(ServerBusy):
            await worker(ARTICLE)

    before = threading.active_count()
    asyncio.run(run())
    assert threading.active_count() <= before  # a thread of another test may have ended


def test_a_starting_process_can_be_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run() -> None:
        worker = Extraction(Settings(max_seconds=2), stub.load)
        stopping = threading.Thread(target=worker.stop)
        start = worker._start

        def interrupted() -> None:
            stopping.start()
            start()

        monkeypatch.setattr(worker, "_start", interrupted)
        with pytest.raises(ServerBusy):
            await worker(b'{"text": "LOOP"}')
        stopping.join()

    asyncio.run(run())
