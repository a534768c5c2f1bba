"""``pipeline serve``: from start to Ctrl-C."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from pipeline.cli import main
from pipeline.output.corrections import read
from tests.desk.pages.made import harbour
from tests.desk.server.conftest import written

SAID = {"record": "harbour", "layer": "quotes", "action": "accept", "item": "q1"}


@contextmanager
def command(folder: Path, *arguments: str) -> Iterator[tuple[Any, str]]:
    """Run the command in a folder; yield the process and the address that it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.batch.stub", "serve", *arguments, "--port", "0"],
        cwd=folder,
        env={"PYTHONPATH": str(Path.cwd()), "PATH": "", "USER": "kim", "LOGNAME": "kim"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        # read both lines: data left in this buffer would be lost to later reads
        told = process.stderr.readline(), process.stderr.readline()
        address = re.search(r"http://\S+", told[0])
        assert address, (told, process.stderr.read())
        assert told[1].endswith("; press Ctrl-C to stop\n")
        yield process, address[0]
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_the_server_ends_cleanly_on_request(tmp_path: Path, end: int) -> None:
    written(tmp_path, [harbour()])
    with command(tmp_path, "news.jsonl") as (process, address):
        with requests.Session() as session:
            assert "We will build it" not in session.get(address, timeout=20).text
            made = session.post(address + "extract", json={"text": "It rained."}, timeout=20)
            assert made.json()["text"] == "It rained."
            assert session.post(address + "corrections", json=SAID, timeout=20).status_code == 201
        process.send_signal(end)
        stdout, stderr = process.communicate(timeout=20)
    assert (process.returncode, stdout) == (130, "")
    assert stderr.splitlines() == ["stopped"]
    (kept,) = read(tmp_path / "corrections.jsonl").corrections
    assert kept.who == "kim"


def test_ctrl_c_does_not_wait_for_an_article(tmp_path: Path) -> None:
    written(tmp_path, [harbour()])
    with command(tmp_path, "news.jsonl") as (process, address):
        host, _, port = address.removeprefix("http://").rstrip("/").rpartition(":")
        body = b'{"text": "LOOP"}'
        head = f"POST /extract HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        with socket.create_connection((host, int(port)), timeout=20) as client:
            client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            # answered in order: once the list is there, the article is being processed
            requests.get(address + "records", timeout=20)
            process.send_signal(signal.SIGINT)
            answer = client.recv(100)
        assert answer.startswith(b"HTTP/1.1 503 ")
        process.communicate(timeout=20)
    assert process.returncode == 130


def test_the_reviewer_and_the_file_can_be_named(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    written(run, [harbour()], "part-00000.jsonl")
    given = ("--corrections", "said/here.jsonl", "--reviewer", "Ann Lee")
    with command(tmp_path, "run", *given) as (_, address):
        assert requests.post(address + "corrections", json=SAID, timeout=20).status_code == 201
    (kept,) = read(tmp_path / "said/here.jsonl").corrections
    assert kept.who == "Ann Lee"


def test_a_port_in_use_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, [harbour()])
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["serve", "news.jsonl", "--port", port]) == 69
    stderr = capfd.readouterr().err
    assert f"error[P315]: 127.0.0.1:{port}: address already in use" in stderr
    assert "--port" in stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["news.jsonl", "-o", "x.html"], 2, "no such option '-o'"),
        (["news.jsonl", "--port", "0", "--db", "sqlite:///no.db"], 69, "P312"),
        (["-"], 2, "stdin cannot be served"),
        (["nowhere.jsonl", "--port", "0"], 66, "error[P201]: nowhere.jsonl"),
        (["broken.jsonl", "--port", "0"], 65, "error[P601]: broken.jsonl:2"),
        (["news.jsonl", "--host", "no.such.host.invalid"], 69, "error[P315]"),
        (["news.jsonl", "--port", "70000"], 2, "70000"),
        (["news.jsonl", "--port", "0", "--config", "no.toml"], 78, "error[P113]"),
        (["odd.jsonl", "--port", "0"], 65, "error[P602]: corrections.jsonl:1"),
    ],
)
def test_a_failed_start_of_the_server_ends_with_a_code(
    arguments: list[str],
    code: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, [harbour()])
    (tmp_path / "broken.jsonl").write_text(harbour().to_line() + "{}\n", "utf-8")
    if arguments[0] == "odd.jsonl":
        written(tmp_path, [harbour()], "odd.jsonl")
        (tmp_path / "corrections.jsonl").write_text('{"a": 1}\n', "utf-8")
    assert main(["serve", *arguments]) == code
    stdout, stderr = capfd.readouterr()
    assert message in stderr
    assert "Traceback" not in stderr
    assert stdout == ""


@pytest.mark.parametrize("package", ["fastapi", "uvicorn"])
def test_a_missing_extra_is_named(package: str, tmp_path: Path) -> None:
    written(tmp_path, [harbour()])
    # in a separate process: reimported modules would differ from those of the tests
    code = (
        f"import sys; sys.modules[{package!r}] = None; from pipeline.cli import main; "
        "sys.exit(main(['serve', 'news.jsonl', '--port', '0']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 69
    assert "error[P305]" in done.stderr
    assert "news-extraction-pipeline[serve]" in done.stderr


def test_a_page_in_a_file_does_not_import_the_server(tmp_path: Path) -> None:
    written(tmp_path, [harbour()])
    code = (
        "import sys; from pipeline.cli import main; assert main(['view', 'news.jsonl', '-q']) == 0;"
        "assert not {'fastapi', 'uvicorn', 'starlette'} & sys.modules.keys()"
    )
    environment = {"PYTHONPATH": str(Path.cwd())}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env=environment)
