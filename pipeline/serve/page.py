"""The page as served: the same as in a file, with articles on demand and a review."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse

from pipeline.errors import NoSuchRecord
from pipeline.records.corrections import version_of
from pipeline.records.schema import ArticleRecord
from pipeline.report import embed
from pipeline.report.article import article_view, starts
from pipeline.report.page import document, title
from pipeline.serve import reviewing

if TYPE_CHECKING:
    from pipeline.serve.api import Api

REVIEW: Final = ("review.css",)
STYLES: Final = (*embed.STYLES[:-1], *REVIEW, embed.STYLES[-1])
"""Print styles come last."""
SCRIPTS: Final = (
    *("remote.js" if name == "store.js" else name for name in embed.SCRIPTS[:-1]),
    "judging.js",
    "places.js",
    "finding.js",
    "keys.js",
    "mending.js",
    "review.js",
    "new.js",
    "deciding.js",
    embed.SCRIPTS[-1],
)
SAME_ORIGIN: Final = "'self'"


def asset(name: str) -> str:
    """Return a style sheet or a module: the server's own, otherwise that of the page in a file."""
    own = resources.files("pipeline.serve") / "assets" / name
    return own.read_text("utf-8") if own.is_file() else embed.asset(name)


class Pages:
    """The content of the page: its document, and each article on demand."""

    def __init__(self, api: Api, *, identities: bool) -> None:
        self.api = api
        # fetched on demand
        self._more: dict[str, Any] = {"identities": []} if identities else {}
        self.catalogue = catalogue = api.catalogue
        self.journal = api.journal
        script = embed.script(SCRIPTS, asset)
        style = embed.style(STYLES, asset)
        policy = embed.policy([script], [style], connect=SAME_ORIGIN)
        self._parts = {"script": script, "style": style, "connect": SAME_ORIGIN}
        first = [catalogue.record(number) for number in range(min(len(catalogue), 2))]
        self._title = title(first)
        self._headers = {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'"}

    def router(self) -> APIRouter:
        """Return the routes of the page, which are not part of the API."""
        router = APIRouter()
        router.get("/", response_class=HTMLResponse)(self.shell)
        router.get("/page/articles/{number}")(self.article)
        router.get("/page/reviews/{number}")(self.review)
        router.get("/page/search")(self.search)
        router.post("/page/extract")(self.extract)
        return router

    def shell(self) -> HTMLResponse:
        """Return the document with the index of all articles."""
        rows = [
            {**row, "judged": reviewing.judged(self.journal.of(self.catalogue.place(at).sha256))}
            for at, row in enumerate(self.catalogue.rows)
        ]
        settings = self.api.settings
        keys = {"text": settings.text_key, "published": settings.published_key}
        overview = {**self.catalogue.overview, **self._more, "articles": rows, "keys": keys}
        parts = document(self._title, [("overview", overview)], **self._parts)
        return HTMLResponse("".join(parts), headers=self._headers)

    def article(self, number: int) -> JSONResponse:
        """Return an article, its findings and its review."""
        record = self._record(number)
        return JSONResponse(
            {
                "view": article_view(record),
                "number": number,
                "sha256": record.source.sha256,
                "version": version_of(record),
                "text": record.text,
                "starts": starts(record),
                "review": self._state(record),
            }
        )

    def review(self, number: int) -> JSONResponse:
        """Return the review of an article."""
        return JSONResponse(self._state(self._record(number)))

    def search(self, q: str) -> JSONResponse:
        """Return the numbers of the articles whose text contains some words."""
        return JSONResponse({"numbers": list(self.catalogue.holding(q))})

    async def extract(self, request: Request) -> JSONResponse:
        """Return a posted article as the page's data, with its record."""
        line = await self.api.line(request)
        record = ArticleRecord.from_line(line)
        return JSONResponse({"view": article_view(record), "record": json.loads(line)})

    def _state(self, record: ArticleRecord) -> dict[str, Any]:
        return reviewing.state(record, self.journal.of(record.source.sha256))

    def _record(self, number: int) -> ArticleRecord:
        if not 0 <= number < len(self.catalogue):
            raise NoSuchRecord(f"there is no record number {number}")
        return self.catalogue.record(number)
