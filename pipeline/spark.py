"""Start Spark, for batches and for linking (extra ``spark``)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from pipeline.errors import EngineUnavailable, needing

TRIES: Final = 2
"""A task is given up after this many failures."""
INSTALLED: Final = "check that the package and its models are installed on every machine"
JAVA: Final = "Spark needs Java 17 or later, and an address such as spark://head:7077"


@contextmanager
def session(
    name: str, address: str | None, settings: Mapping[str, str], *, cores: int | str = "*"
) -> Iterator[Any]:
    """Yield a session; without an address, of a local Spark.

    Raises ``ExtraMissing`` or ``EngineUnavailable``.
    """
    with needing("spark", "the engine spark needs the package pyspark"):
        from pyspark.sql import SparkSession
    settings = {
        "spark.task.maxFailures": str(TRIES),
        "spark.python.worker.reuse": "true",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",  # we report errors ourselves
        **settings,
    }
    builder = SparkSession.builder.appName(name).master(address or f"local[{cores},{TRIES}]")
    if not address or address.startswith("local"):
        # the machines of a cluster know which Python has the package
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        started = builder.getOrCreate()
    except failures() as error:
        hint = JAVA if "JAVA_GATEWAY_EXITED" in str(error) else None
        raise EngineUnavailable(_reason(error), where=address or "spark", hint=hint) from error
    try:
        yield started
    finally:
        started.stop()


def failures() -> tuple[type[Exception], ...]:
    """Return what Spark raises if it cannot start, is gone, or gave a task up."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return Py4JError, PySparkException, OSError


@contextmanager
def running() -> Iterator[None]:
    """Raise ``EngineUnavailable`` if Spark gives up a task in the block."""
    try:
        yield
    except failures() as error:
        raise EngineUnavailable(_reason(error), where="spark", hint=INSTALLED) from error


def _reason(error: Exception) -> str:
    """Return an error in one line: Java's message follows a colon, Python's ends the traceback.

    >>> _reason(ValueError("An error occurred while calling None.\\n: SparkException: no master"))
    'SparkException: no master'
    >>> _reason(ValueError("Traceback (most recent call last):\\n  ...\\nKeyError: 'a'"))
    "KeyError: 'a'"
    """
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return next((line[2:] for line in lines if line.startswith(": ")), lines[-1])
