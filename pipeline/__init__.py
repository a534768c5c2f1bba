"""Extract entities, quotes, figures and attributions from news articles.

>>> import pipeline
>>> record = pipeline.extract("“It rained,” said Ann Lee.")
>>> [quote.text for quote in record.quotes]
['It rained,']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "1.0.0"

if TYPE_CHECKING:
    from pipeline.api import extract, extract_many, load, load_base
    from pipeline.errors import PipelineError
    from pipeline.input.article import Article
    from pipeline.outcomes import Failure
    from pipeline.output.frames import to_arrow, to_pandas, to_polars
    from pipeline.records.schema import (
        SCHEMA_VERSION,
        ArticleRecord,
        Attribution,
        Entity,
        Figure,
        Quote,
        Span,
        Time,
        json_schema,
    )
    from pipeline.settings import Settings, load_settings

_NAMES = {
    "pipeline.api": "extract extract_many load load_base",
    "pipeline.errors": "PipelineError",
    "pipeline.outcomes": "Failure",
    "pipeline.input.article": "Article",
    "pipeline.records.schema": (
        "ArticleRecord Attribution Entity Figure Quote SCHEMA_VERSION Span Time json_schema"
    ),
    "pipeline.settings": "Settings load_settings",
    "pipeline.output.frames": "to_arrow to_pandas to_polars",
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = [
    "SCHEMA_VERSION",
    "Article",
    "ArticleRecord",
    "Attribution",
    "Entity",
    "Failure",
    "Figure",
    "PipelineError",
    "Quote",
    "Settings",
    "Span",
    "Time",
    "__version__",
    "extract",
    "extract_many",
    "json_schema",
    "load",
    "load_base",
    "load_settings",
    "to_arrow",
    "to_pandas",
    "to_polars",
]


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that ``import pipeline`` is fast."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
