"""Write the page: one self-contained HTML document."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.report import embed, identities
from pipeline.report.article import UNSURE, article_view, name
from pipeline.report.overview import Overview

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord
    from pipeline.report.identities import Cards

WAITING = """<div id="page"><p class="waiting">Loading …</p></div>
<noscript><p>This page needs JavaScript. It loads nothing from the network.</p></noscript>
"""
FOOT = """<script type="module">{script}</script>
</body>
</html>
"""


def page(records: Iterable[ArticleRecord], cards: Cards | None = None) -> Iterator[str]:
    """Yield an HTML page of records, and of the identities that they name, part by part.

    Only the index is kept in memory; each article goes into its own block, which the browser reads
    on demand. If there are no records, the page has an empty index.
    """
    records = iter(records)
    first = list(itertools.islice(records, 2))
    blocks = _blocks(itertools.chain(first, records), cards)
    yield from document(title(first), blocks, script=embed.script(), style=embed.style())


def document(
    title: str,
    blocks: Iterable[tuple[str, Mapping[str, Any]]],
    *,
    script: str,
    style: str,
    connect: str = embed.NONE,
) -> Iterator[str]:
    """Yield a document made of a script, a style and blocks of data by id, part by part."""
    yield embed.head(title, style=style, scripts=[script], connect=connect) + WAITING
    for id, data in blocks:
        block = embed.json_block(data)
        yield f'<script type="application/json" id="{id}">{block}</script>\n'
    yield FOOT.format(script=script)


def title(first: Sequence[ArticleRecord]) -> str:
    """Return the title of a page: that of a single record, otherwise a general one."""
    if len(first) == 1:
        return " ".join((first[0].source.title or name(first[0])).split())
    return "What the articles say"


def _blocks(
    records: Iterable[ArticleRecord], cards: Cards | None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    overview = Overview(unsure_below=UNSURE)
    numbers: dict[str, int] = {}
    for number, record in enumerate(records):
        overview.add(record)
        numbers.setdefault(record.id, number)
        yield f"article-{number}", article_view(record)
    view: dict[str, Any] = {**overview.view()}
    if cards:
        view["identities"] = []
        for card in cards(list(numbers)):
            view["identities"].append(identities.row(card))
            yield f"identity-{card['id']}", identities.view(card, numbers.get)
    yield "overview", view
