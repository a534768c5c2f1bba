"""Measure how soon a page of many articles can be used.

    python benchmarks/page.py --records out/wikinews.jsonl [--articles 1000] [--page KEEP.html]

The records are repeated, each time under another id and another date, until there are so many
articles. The page is then opened in Chromium (``--browser``) from the disk. Times are seconds in
the browser, from the start of the navigation: ``shown`` until the index can be read and used, then
a search through all texts, one article, and all that one speaker said.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from pipeline.desk.pages.page import page
from pipeline.records.schema import ArticleRecord

FIRST = date(2020, 1, 1)
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))"


def repeated(lines: list[str], articles: int) -> Iterator[ArticleRecord]:
    for number, line in enumerate(itertools.islice(itertools.cycle(lines), articles)):
        record = ArticleRecord.from_line(line)
        title = record.source.title or record.id
        day = (FIRST + timedelta(days=number)).isoformat()
        source = record.source.model_copy(update={"title": f"{title} ({number})", "published": day})
        yield record.model_copy(update={"id": f"{record.id}-{number}", "source": source})


def seconds(tab: Page, action: str, done: str) -> float:
    """Return how long an action takes until ``done`` is true and the page has been drawn."""
    started = time.perf_counter()
    tab.evaluate(action)
    tab.wait_for_function(done, polling="raf")
    tab.evaluate(SETTLED)
    return time.perf_counter() - started


def measure(tab: Page, address: str) -> dict[str, float]:
    tab.goto("about:blank")
    tab.goto(address)
    tab.wait_for_selector("main")
    shown = float(tab.evaluate("document.documentElement.dataset.ready")) / 1000
    drawn = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
    search = "const box = document.querySelector('input[type=search]');"
    search += "box.value = 'referendum'; box.dispatchEvent(new Event('input'));"
    settled = "(text => / of /.test(text) && !/reading/.test(text))"
    status = "(document.querySelector('[role=status]').textContent)"
    found = seconds(tab, search, f"() => {settled}{status}")
    article = seconds(tab, "location.hash = '#/article/7'", "() => document.getElementById('text')")
    speaker = seconds(
        tab, "location.hash = '#/speaker/0'", "() => document.querySelector('.sayings li')"
    )
    return {
        "shown": shown,
        "first paint": (drawn or 0) / 1000,
        "search in all texts": found,
        "one article": article,
        "all of one speaker": speaker,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=Path, required=True, help="JSONL of records")
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--browser", default=shutil.which("chromium"), help="path of Chromium")
    parser.add_argument("--page", type=Path, help="keep the page here")
    arguments = parser.parse_args()
    lines = arguments.records.read_text("utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.page or Path(folder) / "page.html"
        started = time.perf_counter()
        with path.open("w", encoding="utf-8") as file:
            file.writelines(page(repeated(lines, arguments.articles)))
        made = time.perf_counter() - started
        size = path.stat().st_size / 1e6
        print(f"{arguments.articles:,} articles, page of {size:.1f} MB, written in {made:.1f} s")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=arguments.browser)
            tab = browser.new_page()
            rounds = [measure(tab, path.resolve().as_uri()) for _ in range(arguments.rounds)]
            browser.close()
    for name in rounds[0]:
        times = [one[name] for one in rounds]
        print(f"{name}: {statistics.median(times):.2f} s (slowest {max(times):.2f})")


if __name__ == "__main__":
    main()
