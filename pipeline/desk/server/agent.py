"""Tools for agents over the Model Context Protocol. Every tool only reads.

Needs the extra ``mcp``. Articles are extracted in a separate process (``extraction``), and a
database is opened for each question, so that ``pipeline load`` can change it in between.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from typing import Annotated, Any, Final, Literal, get_args

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from pipeline import __version__
from pipeline.archive import said
from pipeline.desk.server.extraction import Extraction
from pipeline.errors import PipelineError
from pipeline.settings import Settings

MOST_CHARACTERS: Final = 100_000
"""Characters of an article; the limit ``max_bytes`` of the settings applies as well."""
MOST_ROWS: Final = 100
READS: Final = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
INSTRUCTIONS: Final = (
    "Extract entities, quotes with speakers, figures, times and attributions from English news "
    "articles, and search a database of such records. Every result has offsets into the article "
    "(start and end in code points, the end not included). Null means that the text does not say."
)

Layer = Literal["entities", "quotes", "figures", "times", "attributions"]
Text = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]
Words = Annotated[str, Field(min_length=1, max_length=500)]
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS, description="Most rows to return")]
Unit = Annotated[str, Field(max_length=50, description="ISO 4217 for money (USD), % or UCUM")]
Day = Annotated[date, Field(description="A day of publication, YYYY-MM-DD")]


class Tools:
    """The tools; an agent reads their docstrings."""

    def __init__(self, extraction: Extraction, settings: Settings, address: str | None) -> None:
        self._extraction = extraction
        self._settings = settings
        self._address = address or ""

    async def extract(
        self,
        text: Text,
        published: Day | None = None,
        title: Annotated[str, Field(max_length=1000)] | None = None,
        layers: Annotated[list[Layer], Field(description="By default, all")] | None = None,
    ) -> dict[str, Any]:
        """Extract who says what, entities, figures and times from the text of a news article.

        Returns the record of the article without its text. Ids such as e1 refer to other items of
        the record. Give the day of publication to resolve "last year" and "on Monday".
        """
        article = {
            self._settings.text_key: text,
            self._settings.published_key: _iso(published),
            "title": title,
        }
        with _failing():
            line = await self._extraction(json.dumps(article).encode())
        record: dict[str, Any] = json.loads(line)
        left_out = {"text"} | (set(get_args(Layer)) - set(layers) if layers else set())
        return {key: value for key, value in record.items() if key not in left_out}

    def who_said(self, words: Words, limit: Limit = 20) -> dict[str, Any]:
        """Find who said something: the quotations in the database that contain all the words.

        Parts of words match ("tariff" finds "tariffs"); case does not matter. Earliest first.
        """
        with _failing():
            return said.who_said(self._address, words, limit=limit)._asdict()

    def search_statements(
        self,
        about: Words | None = None,
        speaker: Words | None = None,
        since: Day | None = None,
        until: Day | None = None,
        limit: Limit = 20,
    ) -> dict[str, Any]:
        """Search what was said, quoted or not, by words, speaker and day of publication.

        A statement of the kind indirect is in the words of the reporter. Latest first.
        """
        days = {"since": _iso(since), "until": _iso(until)}
        with _failing():
            return said.statements(
                self._address, about=about, speaker=speaker, limit=limit, **days
            )._asdict()

    def series(
        self,
        holder: Words | None = None,
        measure: Words | None = None,
        unit: Unit | None = None,
        since: Day | None = None,
        until: Day | None = None,
        limit: Limit = 50,
    ) -> dict[str, Any]:
        """List the figures of a holder and a measure ("unemployment rate") in the order of time.

        Two figures with different times, scopes or bounds do not contradict each other. Values are
        exact decimals, as strings.
        """
        days = {"since": _iso(since), "until": _iso(until)}
        with _failing():
            return said.series(
                self._address, holder=holder, measure=measure, unit=unit, limit=limit, **days
            )._asdict()


def server(extraction: Extraction, settings: Settings, address: str | None) -> MCPServer:
    """Return the server of the tools; those that ask a database are left out without an address."""

    @asynccontextmanager
    async def lifespan(_: MCPServer) -> AsyncIterator[None]:
        yield
        extraction.stop()

    made = MCPServer(
        "news-extraction-pipeline",
        version=__version__,
        instructions=INSTRUCTIONS,
        lifespan=lifespan,
        subscriptions=False,
        log_level="WARNING",
    )
    tools = Tools(extraction, settings, address)
    asking = (tools.who_said, tools.search_statements, tools.series) if address else ()
    for tool in (tools.extract, *asking):
        made.add_tool(tool, annotations=READS)
    return made


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


@contextmanager
def _failing() -> Iterator[None]:
    """Convert our errors to those that the agent reads."""
    try:
        yield
    except PipelineError as error:
        raise ToolError(error.report()) from error
