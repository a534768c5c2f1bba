"""The page as the server gives it: the same as in a file, with articles on demand and a review."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from pipeline.records.corrections import version_of
from pipeline.records.schema import ArticleRecord
from pipeline.report import embed
from pipeline.report.article import article_view, starts
from pipeline.report.page import document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.records.corrections import Correction
    from pipeline.report.overview import OverviewView

REVIEW: Final = ("review.css",)
STYLES: Final = (*embed.STYLES[:-1], *REVIEW, embed.STYLES[-1])
"""What is for paper comes last."""
SCRIPTS: Final = (
    *("remote.js" if name == "store.js" else name for name in embed.SCRIPTS[:-1]),
    "judging.js",
    "places.js",
    "mending.js",
    "review.js",
    embed.SCRIPTS[-1],
)
SAME_ORIGIN: Final = "'self'"


def asset(name: str) -> str:
    """Return a style sheet or a module: the server's own, else one of the page in a file."""
    own = resources.files("pipeline.serve") / "assets" / name
    return own.read_text("utf-8") if own.is_file() else embed.asset(name)


class Shell:
    """The document that the page begins with; it holds the index, and no article."""

    def __init__(self) -> None:
        self.script = embed.script(SCRIPTS, asset)
        self.style = embed.style(STYLES, asset)
        self.policy = (
            embed.policy([self.script], [self.style], connect=SAME_ORIGIN)
            + "; frame-ancestors 'none'"
        )

    def html(self, overview: OverviewView, title: str) -> str:
        """Return the document for an index."""
        return "".join(
            document(
                title,
                [("overview", overview)],
                script=self.script,
                style=self.style,
                connect=SAME_ORIGIN,
            )
        )


def article(record: ArticleRecord, corrections: Iterable[Correction]) -> dict[str, Any]:
    """Return what the page is told of an article and of what was said of it."""
    version = version_of(record)
    return {
        "view": article_view(record),
        "record": json.loads(record.to_line()),
        "starts": starts(record),
        "version": version,
        "corrections": [
            {"layer": one.layer, "action": one.action, "item": one.item, "who": one.who}
            | {"after": one.after and one.after.model_dump(mode="json"), "when": one.when}
            for one in corrections
            if one.version == version
        ],
    }
