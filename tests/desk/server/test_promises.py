"""The API follows its OpenAPI document: schemathesis looks for requests that violate it.

The models are a stub here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from pipeline.archive.linking import link
from pipeline.desk.server.app import application
from pipeline.desk.server.catalogue import Catalogue
from pipeline.desk.server.extraction import WHERE
from pipeline.desk.server.identities import Identities
from pipeline.desk.server.review import Journal
from pipeline.errors import EmptyArticle
from pipeline.input.jsonl import read_object
from pipeline.output.loading import load
from pipeline.settings import Settings
from tests.batch.stub import record
from tests.desk.pages.made import harbour
from tests.desk.server.conftest import WHEN, written

NAME = "testserver"
EXAMPLES = 40
OPERATIONS = [
    "POST /extract",
    "GET /records",
    "GET /records/{id}",
    "GET /corrections",
    "POST /corrections",
    "GET /identities",
    "GET /identities/{id}",
    "POST /identities",
]


class Stub:
    """Makes a minimal record of any article, in this process."""

    async def __call__(self, data: bytes) -> str:
        article = read_object(data, where=WHERE, settings=Settings())
        if not article.text.strip():
            raise EmptyArticle("no words", where=WHERE)
        return record(article, harbour().provenance).to_line()

    def stop(self) -> None:
        """Do nothing."""


@pytest.fixture(scope="module")
def promises(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("promises")
    catalogue = Catalogue([written(folder, [harbour(), harbour("b")])])
    journal = Journal(Path(folder) / "corrections.jsonl", who="ann", clock=lambda: WHEN)
    database = f"sqlite:///{folder}/x.db"
    load([harbour(), harbour("b")], database)
    link(database)
    identities = Identities(database, catalogue, journal)
    app = application(catalogue, Stub(), journal, Settings(), identities, names=[NAME])
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_answer_follows_the_openapi_document(
    promises: Any, operation: str, mode: GenerationMode
) -> None:
    method, path = operation.split()
    strategy = promises[path][method].as_strategy(generation_mode=mode)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def ask(case: Any) -> None:
        case.call_and_validate()

    ask()


def test_every_operation_is_tested(promises: Any) -> None:
    known = [one.ok() for one in promises.get_all_operations()]
    assert sorted(f"{one.method.upper()} {one.path}" for one in known) == sorted(OPERATIONS)
