"""Fixtures for all tests, and which of them run without ``--check``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from spacy.language import Language

import pipeline.api  # noqa: F401 - imports the real load() before a test replaces it
from pipeline.stages.language import load

# On CI the examples are the same every time, so failures can be reproduced. Elsewhere hypothesis
# keeps looking for new ones. A busy machine is no failure, so no example has a deadline.
settings.register_profile("here", derandomize=bool(os.environ.get("CI")), deadline=None)
settings.load_profile("here")

TESTS = Path(__file__).parent
CHECKED = {
    TESTS / name
    for name in (
        # need packages of the extra dev
        "archive/test_copies.py",
        "archive/test_datasette.py",
        "archive/test_following.py",
        "archive/test_questions.py",
        "archive/test_said.py",
        "archive/test_series.py",
        "archive/test_statements.py",
        "benchmarks/test_expressions.py",
        "cli/test_copies.py",
        "cli/test_load.py",
        "cli/test_sourcing.py",
        "cli/test_view_serve.py",
        "desk/pages/test_browser.py",
        "desk/pages/test_identities.py",
        "desk/server",
        "input/test_documents.py",
        "input/test_html.py",
        "input/test_web.py",
        "output/test_addresses.py",
        "output/test_frames.py",
        "output/test_parquet.py",
        "output/test_sql.py",
        "output/test_views.py",
        "test_docs.py",
        "test_publishing.py",
        # kill processes, close streams, fill disks, or wait
        "batch/test_deadline.py",
        "batch/test_disk_full.py",
        "batch/test_engines.py",
        "batch/test_memory.py",
        "batch/test_objects.py",
        "batch/test_workers.py",
        "cli/test_completion.py",
        "cli/test_limits.py",
        "cli/test_streams.py",
        "cli/test_terminal_safety.py",
        # measure time and memory
        "stages/test_growth.py",
        "test_article_memory.py",
        "test_hostile.py",
    )
}
"""Files and folders all of whose tests need ``--check``, as do tests with the mark ``check``."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--check", action="store_true", help="run every test; needs the extra dev")
    parser.addoption("--rest", action="store_true", help="run only the tests that need --check")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    return 2 if config.args_source is pytest.Config.ArgsSource.TESTPATHS else 0


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    every = config.option.check or config.option.rest
    return None if every or collection_path not in CHECKED else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.option.check:
        return
    kept, left = [], []
    for one in items:
        checked = one.get_closest_marker("check") is not None
        if config.option.rest:
            wanted = checked or not CHECKED.isdisjoint((one.path, *one.path.parents))
        else:
            wanted = not checked
        (kept if wanted else left).append(one)
    items[:] = kept
    config.hook.pytest_deselected(items=left)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not config.option.check and not config.option.rest:
        terminalreporter.write_line(
            f"not run: {len(CHECKED)} files and folders, and tests marked 'check'; see make check"
        )


@pytest.fixture(scope="session")
def nlp() -> Language:
    """Return the whole pipeline, loaded once."""
    return load()


@pytest.fixture(scope="session")
def fast_nlp() -> Language:
    """Return the pipeline of the profile fast, loaded once."""
    return load(profile="fast")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start a PostgreSQL server, and return its address."""
    from tests.output.server import started

    with started() as address:
        yield address


@pytest.fixture
def postgres(server: str) -> str:
    """Return the address of an empty PostgreSQL database."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return server
