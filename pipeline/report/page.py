"""Write the page: one HTML document with everything in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pipeline.report import embed
from pipeline.report.article import UNSURE, article_view, name
from pipeline.report.overview import Overview

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord

WAITING = """<div id="page"><p class="waiting">Opening …</p></div>
<noscript><p>This page is laid out by its own script; nothing is fetched.</p></noscript>
"""
FOOT = """<script type="module">{script}</script>
</body>
</html>
"""


def page(records: Iterable[ArticleRecord]) -> Iterator[str]:
    """Yield an HTML page of records, part by part.

    Only the index is kept in memory; each article goes into a block of its own, which the browser
    reads when it is asked for. Without a record there is nothing to yield but an empty index.
    """
    records = iter(records)
    first = list(itertools.islice(records, 2))
    script, style = embed.script(), embed.style()
    yield embed.head(_title(first), style=style, scripts=[script]) + WAITING
    overview = Overview(unsure_below=UNSURE)
    for number, record in enumerate(itertools.chain(first, records)):
        overview.add(record)
        yield _data(f"article-{number}", embed.json_block(article_view(record)))
    yield _data("overview", embed.json_block(overview.view()))
    yield FOOT.format(script=script)


def _title(first: list[ArticleRecord]) -> str:
    if len(first) == 1:
        return " ".join((first[0].source.title or name(first[0])).split())
    return "What the articles say"


def _data(id: str, block: str) -> str:
    return f'<script type="application/json" id="{id}">{block}</script>\n'
