"""Pages of other sites cannot use a browser against the server."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from pipeline.desk.pages import page
from pipeline.desk.server import app
from tests.desk.pages.made import HACK, hostile
from tests.desk.server.conftest import Serve, Served
from tests.desk.server.test_api import refused

SAID = {"record": "harbour", "layer": "quotes", "action": "accept", "item": "q1"}


def port(served: Served) -> str:
    return served.address.rpartition(":")[2]


@pytest.mark.parametrize("path", ["/", "/records", "/openapi.json", "/page/articles/0", "/nothing"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "a@127.0.0.1", "[x]"]
)
def test_a_rebound_name_is_refused(served: Served, path: str, host: str) -> None:
    headers = {"Host": host.format(port=port(served))}
    assert refused(served.get(path, headers=headers)) == (403, "P701")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:{port}", "127.0.0.1", "[::1]:{port}"])
def test_the_server_s_own_names_are_accepted(served: Served, host: str) -> None:
    headers = {"Host": host.format(port=port(served))}
    assert served.get("/records", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize(("path", "body"), [("/extract", {"text": "x"}), ("/corrections", SAID)])
def test_another_site_cannot_write(
    served: Served, path: str, body: dict[str, Any], headers: dict[str, str]
) -> None:
    assert refused(served.post(path, json=body, headers=headers)) == (403, "P701")
    assert served.corrections() == ()


def test_another_site_may_link_to_the_page_but_not_embed_it(served: Served) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert served.get("/", headers=link).status_code == 200
    for site in ("cross-site", "same-site"):
        headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}
        assert refused(served.get("/page/index?q=wall", headers=headers)) == (403, "P701")


def test_a_form_of_another_site_cannot_write_even_without_an_origin(served: Served) -> None:
    answer = served.post("/corrections", data='{"record": "harbour"', headers={})
    assert refused(answer) == (415, "P702")


def test_cross_origin_requests_are_never_allowed(served: Served) -> None:
    headers = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    asked = served.session.options(served.address + "/extract", headers=headers, timeout=20)
    assert asked.status_code == 405
    for answer in (asked, served.get("/records", headers=headers)):
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_page_can_write_from_its_own_origin(serve: Serve) -> None:
    served = serve()
    headers = {"Origin": served.address, "Sec-Fetch-Site": "same-origin"}
    assert served.post("/corrections", json=SAID, headers=headers).status_code == 201


def test_every_answer_forbids_framing_sniffing_and_caching(served: Served) -> None:
    answers: list[requests.Response] = [
        served.get("/"),
        served.get("/records"),
        served.get("/nothing"),
        served.get("/", headers={"Host": "evil.example"}),
    ]
    for answer in answers:
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Server" not in answer.headers


def test_the_policy_of_the_page_allows_requests_to_this_server_only(served: Served) -> None:
    policy = served.get("/").headers["Content-Security-Policy"]
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert len(re.findall(r"'sha256-", policy)) == 2


def test_a_hostile_record_adds_no_markup_to_the_document(serve: Serve) -> None:
    document = serve(hostile()).get("/").text
    assert HACK not in document
    assert document.count("<script") == 2


def test_the_served_modules_come_after_those_that_they_import() -> None:
    before: set[str] = set()
    for name in app.SCRIPTS:
        wanted = set(page.IMPORT.findall(app.asset(name)))
        wanted = {"remote.js" if one == "store.js" else one for one in wanted}
        assert wanted <= before, name
        before.add(name)
    script = page.script(app.SCRIPTS, app.asset)
    assert "import " not in re.sub(r"//.*", "", script)
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", script, re.MULTILINE)
    assert sorted(names) == sorted(set(names))
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in script


def test_both_stores_give_the_same_data() -> None:
    given = [
        set(re.findall(r"^export (?:async )?(?:function|const) (\w+)", app.asset(name), re.M))
        for name in ("store.js", "remote.js")
    ]
    assert given[0] <= given[1]


def test_the_page_in_a_file_does_not_mention_the_server() -> None:
    script = page.script()
    for word in ("fetch", "corrections", "review", "POST"):
        assert word not in script
