"""Take the pictures of the page: the seed article with its findings, its review, and an identity.

python benchmarks/screenshot.py [--out docs/page.png] [--review docs/review.png]
    [--identity docs/identity.png]
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

import pipeline
from pipeline.archive.following import follow
from pipeline.archive.linking import link
from pipeline.desk.pages.page import page
from pipeline.output.loading import load
from pipeline.records.schema import ArticleRecord

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "seeds/000_12599b830581316b.txt"
SIZE = {"width": 1320, "height": 860}
SHOWN = "q7"
"""The quote that is pointed at."""
SAID = ("Accept", "Reject", "Accept", "Accept")
"""What a reviewer has said of the first findings."""
CORPUS = ROOT / "seeds/corpus/wikinews.jsonl"
MONTHS = "wn_2020-02", "wn_2020-05"
"""The articles of the database begin with an id between these."""
PERSON = "Bernie Sanders"
CARD: ViewportSize = {"width": 1080, "height": 1400}
REVIEWED = "I would say that we have deals"
"""Begins what is reviewed."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs/page.png")
    parser.add_argument("--review", type=Path, default=ROOT / "docs/review.png")
    parser.add_argument("--identity", type=Path, default=ROOT / "docs/identity.png")
    parser.add_argument("--browser", default=shutil.which("chromium"), help="path of Chromium")
    parser.add_argument("--published", default="2025-05-01", help="date of the article")
    arguments = parser.parse_args()
    record = pipeline.extract(
        SEED.read_text("utf-8"), published=arguments.published, uri=f"seeds/{SEED.name}"
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=arguments.browser)
        take_page(record, Path(folder), browser, arguments.out)
        take_review(record, Path(folder), browser, arguments.review)
        take_identity(Path(folder), browser, arguments.identity)
        browser.close()


def opened(browser: Browser, address: str) -> Page:
    tab = browser.new_page(viewport=SIZE, reduced_motion="reduce")
    tab.goto(address)
    tab.wait_for_selector("#text")
    return tab


def taken(tab: Page, out: Path) -> None:
    tab.screenshot(path=out)
    print(f"{out}: {out.stat().st_size / 1000:.0f} kB")


def take_page(record: ArticleRecord, folder: Path, browser: Browser, out: Path) -> None:
    path = folder / "page.html"
    path.write_text("".join(page([record])), "utf-8")
    tab = opened(browser, path.as_uri())
    quote = tab.locator(f"[data-refs~='{SHOWN}']").first
    quote.evaluate("(one) => one.scrollIntoView({ block: 'center' })")
    quote.hover()
    taken(tab, out)


def take_review(record: ArticleRecord, folder: Path, browser: Browser, out: Path) -> None:
    with served(folder, [record]) as address:
        tab = opened(browser, address)
        tab.get_by_role("tab", name="Review").click()
        for number, words in enumerate(SAID, 1):
            tab.get_by_role("button", name=words, exact=True).click()
            tab.get_by_role("status").get_by_text(f"{number} of").wait_for()
        tab.locator(".finding", has_text=REVIEWED).first.click()
        taken(tab, out)


def take_identity(folder: Path, browser: Browser, out: Path) -> None:
    rows = map(json.loads, CORPUS.read_text("utf-8").splitlines())
    records = [
        pipeline.extract(row["text"], id=row["id"], title=row["title"], published=row["published"])
        for row in rows
        if MONTHS[0] < row["id"] < MONTHS[1]
    ]
    database = f"sqlite:///{folder}/news.db"
    load(records, database)
    link(database)
    follow(database)
    with served(folder, records, "--db", database) as address:
        tab = browser.new_page(viewport=CARD, reduced_motion="reduce")
        tab.goto(f"{address}#/identities")
        tab.get_by_role("link", name=PERSON, exact=True).click()
        tab.get_by_role("heading", name="Statements").wait_for()
        taken(tab, out)


@contextmanager
def served(folder: Path, records: list[ArticleRecord], *given: str) -> Iterator[str]:
    """Serve records, and yield the address."""
    (folder / "served.jsonl").write_text("".join(one.to_line() for one in records), "utf-8")
    command = [sys.executable, "-m", "pipeline", "serve", "served.jsonl", "--port", "0"]
    command += given
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            found = re.search(r"http://\S+", server.stderr.readline())
            assert found is not None
            yield found[0]
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
