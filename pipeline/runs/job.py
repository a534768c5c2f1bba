"""The job that every worker of a run gets, and the fingerprint of what shapes its records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.readers import Format
from pipeline.records.schema import SCHEMA_VERSION, Provenance
from pipeline.settings import Settings, known

if TYPE_CHECKING:
    from pipeline.outcomes import Failure
    from pipeline.readers import Article, Page
    from pipeline.records.schema import ArticleRecord


class Extractor(Protocol):
    """Loaded models that turn an article into its record or its failure."""

    provenance: Provenance

    def __call__(self, article: Article | Page) -> ArticleRecord | Failure: ...


class Model:
    """The package's own extractor: ``runs.process.process`` with the models of the settings."""

    def __init__(self, settings: Settings) -> None:
        # imported when a worker loads the models: the driver of a run does not need spaCy
        from pipeline.language import load
        from pipeline.runs.process import process, provenance

        self._settings = settings
        self._process = process
        self._nlp = load(settings.model, **settings.loading)
        self.provenance = provenance(self._nlp, settings)

    def __call__(self, article: Article | Page) -> ArticleRecord | Failure:
        return self._process(article, self._nlp, self._settings, provenance=self.provenance)


@dataclass(frozen=True, kw_only=True)
class Job:
    """What to do with each article, and where to put the parts; small, the same for all workers."""

    folder: str
    settings: Settings
    format: Format | None = None
    published: str | None = None
    load: Callable[[Settings], Extractor] = field(default_factory=lambda: Model)

    @property
    def reading(self) -> dict[str, Any]:
        """How the input is read, as far as it affects records."""
        return {
            "format": self.format,
            "published": self.published,
            "text_key": self.settings.text_key,
            "id_key": self.settings.id_key,
            "published_key": self.settings.published_key,
        }

    @property
    def shaping(self) -> dict[str, Any]:
        """The settings that shape a record, and the one that decides which articles have one."""
        names = [one.name for one in known() if one.shapes]
        return {name: getattr(self.settings, name) for name in (*names, "strict")}

    def fingerprint(self, provenance: Provenance) -> str:
        """Return ``sha256:…`` over all that shapes a record: models, settings, reading options.

        Limits are left out: they decide whether there is a record, not what is in it, and ``retry``
        may raise them. ``strict`` is included: a run has incomplete records, or none. The kernel is
        left out: a run may resume on another machine, or use different machines.
        """
        shaping = {
            "schema_version": SCHEMA_VERSION,
            "provenance": provenance.model_dump(mode="json", exclude={"kernel"}),
            "reading": self.reading,
            "strict": self.settings.strict,
        }
        data = json.dumps(shaping, sort_keys=True, separators=(",", ":")).encode()
        return "sha256:" + hashlib.sha256(data).hexdigest()
