"""An executor without worker processes."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.batch.commit import Receipt
from pipeline.batch.executors import Lost, Take
from pipeline.batch.plan import Extractor, Job
from pipeline.batch.process import work
from pipeline.batch.store import RunStore, store_at
from pipeline.records.schema import Provenance


class Serial:
    """Work in this process, on one shard after the other."""

    def __init__(self, job: Job, store: RunStore | None = None) -> None:
        self.job = job
        self.store = store or store_at(job.folder)
        self._extract: Extractor | None = None

    def _extractor(self) -> Extractor:
        self._extract = self._extract or self.job.load(self.job.settings)
        return self._extract

    def provenance(self) -> Provenance:
        return self._extractor().provenance

    def run(self, take: Take) -> Iterator[Receipt | Lost]:
        for shard in iter(take, None):
            yield work(shard, self.job, self.store, self._extractor())

    def close(self) -> None:
        """Do nothing: there is no worker."""
