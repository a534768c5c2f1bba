"""Addresses of the web: one request each, checked, limited, and with what was read kept."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

from pipeline.cli import main
from pipeline.errors import ArticleError
from pipeline.input import web
from pipeline.input.web import fetch, is_public
from pipeline.settings import Settings
from tests.batch.serial import Serial
from tests.input.papers import columns, pdf
from tests.input.samples import PAGE, RIVER, jsonl

LOCAL = Settings(allow_http=True, allow_private=True, fetch_seconds=1)
PAPER = pdf([columns(by_row=False, heads=False)])
HTML = "text/html; charset=windows-1252"
ANSWERS: dict[str, tuple[int, str, bytes]] = {
    "/river": (200, HTML, PAGE.encode("cp1252")),
    "/paper": (200, "application/octet-stream", PAPER),
    "/rows": (200, "application/x-ndjson", jsonl().encode()),
    "/packed.txt": (200, "application/octet-stream", gzip.compress(RIVER.encode())),
    "/typed": (200, "text/plain", PAGE.encode()),
    "/large": (200, "text/plain", bytes(9_000)),
    "/short": (200, "text/plain", b"It rai"),
    "/gone": (404, "text/html", b"<p>Gone.</p>"),
    "/moved": (301, "river", b""),
    "/loop": (302, "loop", b""),
    "/inside": (302, "http://169.254.169.254/latest", b""),
}


class Handler(BaseHTTPRequestHandler):
    """Answers from the table, and notes what was asked."""

    asked: list[str]
    stuck: threading.Event

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.startswith("/slow"):  # never ends, with a byte now and then
            self.send_response(200)
            self.end_headers()
            while not self.stuck.wait(0.1):
                try:
                    self.wfile.write(b".")
                except OSError:
                    return
            return
        status, kind, data = ANSWERS[self.path]
        self.send_response(status)
        self.send_header("Location" if status in web.REDIRECTS else "Content-Type", kind)
        if self.path != "/large":
            self.send_header("Content-Length", str(len(data) + (self.path == "/short")))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Write nothing on stderr."""


class Site:
    """A server on this machine."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        self.stuck = threading.Event()
        handler = type("Handler", (Handler,), {"asked": self.asked, "stuck": self.stuck})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def at(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self.stuck.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    one = Site()
    yield one
    one.close()


@pytest.mark.parametrize(
    ("path", "format", "packed"),
    [
        ("/river", "html", False),
        ("/paper", "text", False),  # recognised as a PDF when it is read
        ("/rows", "jsonl", False),
        ("/packed.txt", "text", True),
        ("/typed", "html", False),
    ],
)
def test_the_type_or_the_content_picks_the_reader(
    site: Site, path: str, format: str, packed: bool
) -> None:
    found = fetch(site.at(f"{path}#part"), LOCAL)
    assert (found.data, found.uri) == (ANSWERS[path][2], site.at(path))
    assert found.form == (format, packed)
    assert site.asked == [path]


def test_redirects_are_followed_and_the_last_address_is_the_one_of_the_article(site: Site) -> None:
    found = fetch(site.at("/moved"), LOCAL)
    assert (found.uri, found.charset) == (site.at("/river"), "windows-1252")
    assert site.asked == ["/moved", "/river"]


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("/gone", "P232", "404"),
        ("/loop", "P232", "more than 5 redirects"),
        ("/short", "P231", "the connection failed"),
        ("/large", "P203", "over 8,000 bytes"),
        ("/slow", "P233", "within 1 s"),
    ],
)
def test_each_failure_has_a_code_and_a_hint(site: Site, path: str, code: str, message: str) -> None:
    settings = Settings(allow_http=True, allow_private=True, fetch_seconds=1, max_bytes=1_000)
    with pytest.raises(ArticleError, match=message) as caught:
        fetch(site.at(path), settings)
    assert caught.value.code == code
    assert caught.value.where == site.at(path)
    assert caught.value.hint


def test_a_host_that_does_not_answer_is_unreachable(site: Site) -> None:
    site.server.socket.close()
    with pytest.raises(ArticleError) as caught:
        fetch(site.at("/river"), LOCAL)
    assert caught.value.code == "P231"


@pytest.mark.parametrize(
    ("address", "settings"),
    [
        ("http://post.example/", Settings()),
        ("https://user:secret@post.example/", LOCAL),
        ("https://", LOCAL),
        ("https://127.0.0.1:1/", Settings()),
        ("https://[::1]/", Settings()),
        ("https://10.0.0.1/", Settings()),
        ("https://localhost/", Settings()),
    ],
)
def test_addresses_that_are_not_allowed_are_refused(address: str, settings: Settings) -> None:
    with pytest.raises(ArticleError) as caught:
        fetch(address, settings)
    assert caught.value.code == "P230"
    assert "secret" not in str(caught.value)


def test_a_redirect_into_a_private_network_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "is_public", lambda address: address == "127.0.0.1")
    with pytest.raises(ArticleError, match=r"169\.254\.169\.254") as caught:
        fetch(site.at("/inside"), Settings(allow_http=True))
    assert caught.value.code == "P230"


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "100.64.0.1"),
        *("::", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"),
    ],
)
def test_no_address_of_a_private_network_is_public(address: str) -> None:
    assert not is_public(address)


def test_the_connection_goes_to_the_address_that_was_checked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve, answers = socket.getaddrinfo, iter(["127.0.0.1", "10.0.0.1"])

    def changing(host: str, *rest: Any, **more: Any) -> Any:
        return resolve(next(answers) if host == "post.example" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    fetch(f"http://post.example:{site.port}/river", LOCAL)
    assert next(answers) == "10.0.0.1"  # nobody asked a second time


def test_a_certificate_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    site = Site(context)
    try:
        address = f"https://localhost:{site.port}/river"
        with pytest.raises(ArticleError) as caught:
            fetch(address, LOCAL)
        assert caught.value.code == "P234"
        monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
        assert fetch(address, LOCAL).data == ANSWERS["/river"][2]
    finally:
        site.close()


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for localhost and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(pem))
    files[1].write_bytes(key.private_bytes(pem, *plain))
    return files


FLAGS = ["--allow-http", "--allow-private", "--fetch-seconds", "5", "-q"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nlp: Language) -> Path:
    """Work in an empty folder, in this process, with the model shared by all tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.stages.language.load", lambda *_, **__: nlp)
    monkeypatch.setattr("pipeline.batch.executors.processes", lambda job, _workers: Serial(job))
    return tmp_path


def rows(*files: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def sources(records: list[dict[str, Any]]) -> dict[str, Any]:
    return {one["source"]["uri"]: one["text"] for one in records}


def test_extract_and_batch_give_the_same_records_and_keep_what_was_read(
    site: Site, folder: Path
) -> None:
    inputs = [site.at(path) for path in ("/moved", "/paper", "/rows", "/gone")]
    assert main(["extract", *inputs, "-o", "out/a.jsonl", *FLAGS]) == 1
    asked, site.asked[:] = list(site.asked), []
    assert main(["batch", *inputs, "-o", "out/run", *FLAGS]) == 1
    assert site.asked == asked == ["/moved", "/river", "/paper", "/rows", "/gone"]
    assert main(["batch", *inputs, "-o", "out/run", *FLAGS]) == 1  # it is finished
    assert site.asked == asked
    extracted = rows(folder / "out/a.jsonl")
    assert rows(*sorted((folder / "out/run").glob("part-*.jsonl"))) == extracted
    assert {site.at("/river"), site.at("/paper")} < set(sources(extracted))
    assert "café by the bridge" in sources(extracted)[site.at("/river")]
    kept = {hashlib.sha256(ANSWERS[path][2]).hexdigest() for path in ("/river", "/paper", "/rows")}
    for place, letters in (
        ("out/a.jsonl.fetched", "out/a.jsonl.dead-letter.jsonl"),
        ("out/run/fetched", "out/run/dead-letter.jsonl"),
    ):
        assert {file.name for file in (folder / place).iterdir()} == kept
        assert [
            hashlib.sha256(file.read_bytes()).hexdigest() == file.name
            for file in (folder / place).iterdir()
        ] == [True] * 3
        (letter,) = rows(folder / letters)
        assert (letter["code"], letter["source"]) == ("P232", site.at("/gone"))


def test_nothing_is_kept_without_a_file_of_records(site: Site, folder: Path) -> None:
    assert main(["extract", site.at("/river"), "-o", "-", *FLAGS]) == 0
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("folder")
def test_a_dry_run_fetches_nothing(site: Site) -> None:
    assert main(["batch", site.at("/river"), "-o", "run", "--dry-run", *FLAGS]) == 0
    assert site.asked == []
