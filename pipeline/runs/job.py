"""What every worker of a run is told, and what makes its records what they are."""

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
    """Models that are loaded: an article in, its record or its failure out."""

    provenance: Provenance

    def __call__(self, article: Article | Page) -> ArticleRecord | Failure: ...


class Model:
    """The extractor of the package: ``runs.process.process`` with the models of the settings."""

    def __init__(self, settings: Settings) -> None:
        # imported when a worker loads them: the driver of a run has no need for spaCy
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
    """What to do with each article, and where the parts go; small, and the same for all workers."""

    folder: str
    settings: Settings
    format: Format | None = None
    published: str | None = None
    load: Callable[[Settings], Extractor] = field(default_factory=lambda: Model)

    @property
    def reading(self) -> dict[str, Any]:
        """How the input is read, as far as records hang on it."""
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
        """Return ``sha256:…`` over all that shapes a record: models, settings, how it is read.

        Limits are not among them: they decide whether there is a record, not what it holds, and
        ``retry`` may raise them. ``strict`` is: a run holds incomplete records, or none. The kernel
        is not: a run may resume on another machine, or be shared among unlike ones.
        """
        shaping = {
            "schema_version": SCHEMA_VERSION,
            "provenance": provenance.model_dump(mode="json", exclude={"kernel"}),
            "reading": self.reading,
            "strict": self.settings.strict,
        }
        data = json.dumps(shaping, sort_keys=True, separators=(",", ":")).encode()
        return "sha256:" + hashlib.sha256(data).hexdigest()
