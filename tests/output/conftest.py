"""Empty databases of every kind, and the records of the shipped articles."""

from __future__ import annotations

from pathlib import Path

import pytest
from spacy.language import Language

from pipeline.batch.process import run_serial
from pipeline.input import read
from pipeline.records.schema import ArticleRecord
from pipeline.settings import Settings
from tests import golden

OTHERS = ("duckdb", "parquet", "postgres")
KINDS = ("sqlite", *(pytest.param(kind, marks=pytest.mark.check) for kind in OTHERS))
ADDRESSES = {
    "sqlite": "sqlite:///{}/x.db",
    "duckdb": "duckdb:///{}/x.duckdb",
    "parquet": "{}/x.parquet",
}


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database of each kind."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres"))
    return ADDRESSES[request.param].format(tmp_path)


@pytest.fixture(scope="session")
def shipped(nlp: Language) -> list[ArticleRecord]:
    """Return the records of the shipped articles."""
    paths = [str(golden.SEED), str(golden.SEEDS / "wikinews.jsonl")]
    made = list(run_serial(read(paths, Settings()), nlp, Settings()))
    records = [record for record in made if isinstance(record, ArticleRecord)]
    assert len(records) == 13
    return records
