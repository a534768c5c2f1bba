"""``pipeline mcp`` as an agent uses it: with the client of the official SDK, over stdio."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from pipeline.cli import main
from pipeline.output.loading import load
from pipeline.records.schema import ArticleRecord
from tests.desk.pages.made import harbour
from tests.output.samples import record

pytest.importorskip("mcp")
from mcp import Client
from mcp.client.stdio import StdioServerParameters

COMMAND = ("-m", "tests.batch.stub", "mcp")
ENVIRONMENT = {"PYTHONPATH": str(Path.cwd()), "OMP_NUM_THREADS": "1"}


def served(
    talk: Callable[[Client], Awaitable[None]], folder: Path, *arguments: str, settings: str = ""
) -> None:
    """Start the command with stub models in a folder, and talk to it."""
    (folder / "pipeline.toml").write_text(settings, "utf-8")
    server = StdioServerParameters(
        command=sys.executable, args=[*COMMAND, *arguments], env=ENVIRONMENT, cwd=folder
    )

    async def run() -> None:
        with anyio.fail_after(120):
            async with Client(server) as client:
                await talk(client)

    anyio.run(run)


def told(result: Any) -> str:
    """Return the message of a failed call."""
    assert result.is_error
    return str(result.content[0].text)


def test_without_a_database_there_is_one_tool(tmp_path: Path) -> None:
    async def talk(client: Client) -> None:
        (tool,) = (await client.list_tools()).tools
        assert tool.name == "extract"
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert tool.input_schema["properties"]["text"]["maxLength"] == 100_000
        given = {"text": "It rained.", "published": "2025-05-01", "title": "Rain"}
        result = await client.call_tool("extract", given)
        found = result.structured_content
        assert found is not None
        assert (found["source"]["title"], found["source"]["published"]) == ("Rain", "2025-05-01")
        assert "text" not in found
        ArticleRecord.model_validate_json(json.dumps(found | {"text": "It rained."}))
        result = await client.call_tool("extract", {"text": "It rained.", "layers": ["quotes"]})
        assert result.structured_content is not None
        assert "quotes" in result.structured_content
        assert "figures" not in result.structured_content

    served(talk, tmp_path, settings='text_key = "body"\n')


def test_bad_input_is_an_answer_and_the_server_goes_on(tmp_path: Path) -> None:
    async def talk(client: Client) -> None:
        call = client.call_tool
        assert "at most 100000" in told(await call("extract", {"text": "a" * 100_001}))
        assert "at least 1" in told(await call("extract", {"text": ""}))
        assert "date" in told(await call("extract", {"text": "a", "published": "May 1st"}))
        assert "P501" in told(await call("extract", {"text": "FAIL"}))
        assert "P505" in told(await call("extract", {"text": "KILL"}))
        assert "Unknown tool" in told(await call("who_said", {"words": "a"}))
        assert not (await call("extract", {"text": "It rained."})).is_error

    served(talk, tmp_path)


@pytest.mark.parametrize("kind", ["sqlite:///{}/x.db", "duckdb:///{}/x.duckdb"])
def test_a_database_is_searched_and_not_changed(kind: str, tmp_path: Path) -> None:
    address = kind.format(tmp_path)
    load([record("a", published="2025-05-01"), harbour("b")], address)
    (file,) = tmp_path.glob("x.*")
    before = file.read_bytes()

    async def talk(client: Client) -> None:
        async def rows(tool: str, **given: Any) -> list[Any]:
            result = await client.call_tool(tool, given)
            assert not result.is_error, result.content
            assert result.structured_content is not None
            return list(result.structured_content["rows"])

        assert [one.name for one in (await client.list_tools()).tools] == [
            "extract", "who_said", "search_statements", "series",
        ]  # fmt: skip
        (row,) = await rows("who_said", words="no", limit=1)
        assert (row["speaker"], row["quote"], row["article_id"]) == ("Al Roe", "no", "a")
        (row,) = await rows("search_statements", about="cows", since="2025-05-01")
        assert (row["source"], row["statement"]) == ("officials", "He lost 5 cows")
        (row,) = await rows("series", holder="Roe", measure="cows")
        assert (row["value"], row["text"]) == ("5", "5")
        assert await rows("series", measure="'; DROP TABLE figures --") == []
        for given in (
            {"words": "a", "limit": 101},
            {"words": "a", "limit": 0},
            {"words": "a" * 501},
        ):
            assert (await client.call_tool("who_said", given)).is_error
        assert [one.name for one in tmp_path.glob("x*")] == [file.name]
        assert file.read_bytes() == before
        # records that are loaded while the server runs are found
        load([record("c", published="2025-05-03")], address)
        assert [row["article_id"] for row in await rows("search_statements", about="cows")] == [
            "c",
            "a",
        ]

    served(talk, tmp_path, "--db", address)


def test_a_missing_database_is_an_error_at_the_start(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["mcp", "--db", f"sqlite:///{tmp_path}/no.db"]) == 69
    assert "error[P312]" in capfd.readouterr().err


def test_without_the_extra_the_error_names_it(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "pipeline.desk.server.agent", raising=False)
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    assert main(["mcp"]) == 69
    assert "news-extraction-pipeline[mcp]" in capfd.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server_while_it_waits(number: signal.Signals, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, *COMMAND],
        cwd=tmp_path,
        env=os.environ | ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(
            b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion":'
            b' "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}}\n'
        )
        process.stdin.flush()
        assert b"news-extraction-pipeline" in process.stdout.readline()
        process.send_signal(number)
        assert process.wait(20) == 130
