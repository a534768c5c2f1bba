"""Take the picture of the page that README shows: the seed article with its findings.

python benchmarks/screenshot.py [--out docs/page.png]
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import pipeline
from pipeline.report.page import page

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "seeds/000_12599b830581316b.txt"
SIZE = {"width": 1320, "height": 860}
SHOWN = "q7"
"""The quote that is pointed at."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs/page.png")
    parser.add_argument("--browser", default=shutil.which("chromium"), help="path of Chromium")
    parser.add_argument("--published", default="2025-05-01", help="date of the article")
    arguments = parser.parse_args()
    record = pipeline.extract(
        SEED.read_text("utf-8"), published=arguments.published, uri=f"seeds/{SEED.name}"
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "page.html"
        path.write_text("".join(page([record])), "utf-8")
        browser = playwright.chromium.launch(executable_path=arguments.browser)
        tab = browser.new_page(viewport=SIZE, reduced_motion="reduce")
        tab.goto(path.as_uri())
        quote = tab.locator(f"[data-refs~='{SHOWN}']").first
        quote.evaluate("(one) => one.scrollIntoView({ block: 'center' })")
        quote.hover()
        tab.screenshot(path=arguments.out)
        browser.close()
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
