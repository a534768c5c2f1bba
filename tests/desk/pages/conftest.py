"""A browser for the tests of the page: the Chromium of the system, if there is one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.desk.pages.page import page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

Open = Callable[..., "Tab"]


class Tab:
    """An open page, with what must never occur: errors, and requests to other addresses."""

    def __init__(self, tab: Page) -> None:
        self.page = tab
        self.errors: list[str] = []
        self.requests: list[str] = []
        tab.on("pageerror", lambda error: self.errors.append(str(error)))
        tab.on("console", lambda said: said.type == "error" and self.errors.append(said.text))
        tab.on("dialog", lambda dialog: (self.errors.append("dialog"), dialog.dismiss()))
        tab.on("request", lambda request: self.requests.append(request.url))

    def script(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)


# closed with the module: while playwright runs, its event loop occupies the thread
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        pytest.skip(f"no Chromium is installed ({', '.join(NAMES)}): apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens the page of records, and check afterwards for errors."""
    tabs: list[tuple[Tab, str]] = []
    contexts = []

    def open_page(
        records: Iterable[Any],
        at: str = "",
        made: Callable[[Iterable[Any]], Iterator[str]] = page,
        **context: Any,
    ) -> Tab:
        path = tmp_path / f"page-{len(tabs)}.html"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(made(records))
        contexts.append(browser.new_context(**{"reduced_motion": "reduce"} | context))
        tab = Tab(contexts[-1].new_page())
        tabs.append((tab, path.as_uri()))
        tab.page.goto(path.as_uri() + at)
        tab.page.wait_for_selector("main")
        return tab

    yield open_page
    for context in contexts:
        context.close()
    for tab, address in tabs:
        assert tab.errors == []
        assert {url.partition("#")[0] for url in tab.requests} == {address}
