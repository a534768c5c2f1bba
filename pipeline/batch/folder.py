"""The folder of a run: its files, which of them count, and the progress of the run.

::

    manifest.json        inputs, settings and models of the run; written once the plan is
    plan.jsonl           the shards
    part-00000.jsonl     the records of the first shard, and so on
    receipts/            one for each committed part; a part without a receipt does not count
    dead-letter.jsonl    articles without a record, with the reason; written at the end
    _SUCCESS.json        counts and checksums of all parts; written when all is done

The files do not depend on the time, the machine or the number of workers: the same input gives the
same bytes.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline import __version__, errors
from pipeline.batch.commit import Receipt, checksum, holds, part_name, read_receipts
from pipeline.batch.plan import PART, Job, Plan, Shard, content_key
from pipeline.batch.store import RESCUE, RunStore, store_at
from pipeline.input.files import as_utf8, from_utf8, shown
from pipeline.outcomes import Failure, Warnings, joined, unexpected
from pipeline.records.schema import SCHEMA_VERSION
from pipeline.settings import KNOWN, Settings
from pipeline.storage import is_address
from pipeline.text.strictjson import Shape, fits, parse_json
from pipeline.text.words import article_name

if TYPE_CHECKING:
    from pipeline.records.schema import Provenance

logger = logging.getLogger(__name__)

MANIFEST = "manifest.json"
PLAN = "plan.jsonl"
LETTERS = "dead-letter.jsonl"
SUCCESS = "_SUCCESS.json"
FORM: Shape = {
    "pipeline": str,
    "fingerprint": str,
    "inputs": [str],
    "reading": {"format": (str, None), "published": (str, None)},
    "settings": dict,
    "provenance": dict,
    "plan": {"sha256": str},
}
"""Required shape of the manifest."""
SUMMARY: Shape = {"parts": [{"name": str, "sha256": str}], "dead_letters": {str: int}}
"""Required shape of ``_SUCCESS.json``."""
WARNED: Shape = {
    "id": str,
    "source": {"title": (str, None), "uri": (str, None)},
    "warnings": [{"code": str, "message": str}],
}
"""Required shape of the line of a record that has warnings."""
UNREAD = {
    kind.code
    for kind in (errors.InputNotFound, errors.NotAFile, errors.Unreadable, errors.ArticleChanged)
}
"""Dead letters of articles that could not be read."""
AHEAD = 32
"""How many receipts are fetched at a time; their shards are in memory meanwhile."""


class Progress(NamedTuple):
    """Progress of a run: the sum of its receipts."""

    articles: int
    shards: int
    done_articles: int
    done_shards: int
    counts: Counter[str]
    """Number of records, incomplete and warned records, words, and items of each layer."""
    codes: Counter[str]
    """Number of dead letters by error code."""
    warnings: Warnings = {}  # noqa: RUF012 - never changed

    @property
    def complete(self) -> bool:
        return self.done_shards == self.shards

    @property
    def whole(self) -> bool:
        """Whether every article so far has a complete record."""
        return not self.codes and not self.counts["incomplete"]

    def well(self, *, strict: bool) -> bool:
        """Return whether all is well; if ``strict``, only without unexpected warnings."""
        return self.whole and not (strict and unexpected(self.warnings))


class Run:
    """A run in its folder; to change it, open it with ``open_run``.

    ``still_ours`` raises ``RunLocked`` once another process has taken over the run.
    """

    def __init__(
        self,
        folder: str | Path,
        store: RunStore | None = None,
        *,
        still_ours: Callable[[], None] = lambda: None,
    ) -> None:
        self.store = store or store_at(folder)
        self.place = self.store.place
        self.still_ours = still_ours

    # read

    def manifest(self) -> dict[str, Any] | None:
        """Return the manifest, or None if there is no run yet."""
        (data,) = self.store.read_all([MANIFEST])
        if data is None:
            return None
        where = f"{self.place}/{MANIFEST}"
        return _object(data, where, FORM)

    def inputs(self) -> list[str]:
        """Return the input paths of the run."""
        return [from_utf8(one) for one in (self.manifest() or {})["inputs"]]

    def job(self) -> Job:
        """Return the job of the run; raise ``RunDiffers`` if its settings cannot be used here."""
        manifest = self.manifest() or {}
        reading = manifest["reading"]
        try:
            settings = Settings(**manifest["settings"])
        except TypeError as error:
            message = f"was made by version {manifest['pipeline']}, with other settings"
            raise errors.RunDiffers(message, where=self.place) from error
        return Job(
            folder=self.place,
            settings=settings,
            format=reading.get("format"),
            published=reading.get("published"),
        )

    @property
    def finished(self) -> bool:
        return self.success() is not None

    def success(self) -> dict[str, Any] | None:
        """Return the content of ``_SUCCESS.json``, or None if the run is not finished."""
        (data,) = self.store.read_all([SUCCESS])
        where = f"{self.place}/{SUCCESS}"
        if data is None:
            return None
        found = _object(data, where, SUMMARY)
        if not all(PART.fullmatch(part["name"].removesuffix(".jsonl")) for part in found["parts"]):
            raise errors.RunDamaged("contains an invalid name of a part", where=where)
        return found

    def parts(self) -> list[str]:
        """Return the names of the parts of a finished run, after checking each one.

        Raises ``RunDamaged`` if a part was changed or is missing.
        """
        written = (self.success() or {"parts": []})["parts"]
        for part in written:
            if checksum(self.store, part["name"]) != part["sha256"]:
                hint = "repeat the command that made the run to make this part again"
                message = "is missing, or has changed since the run wrote it"
                raise errors.RunDamaged(message, where=f"{self.place}/{part['name']}", hint=hint)
        return [part["name"] for part in written]

    def shards(self) -> Iterator[Shard]:
        """Yield the shards of the plan; raise ``RunDamaged`` if the plan is missing."""
        try:
            lines = self.store.open(PLAN)
        except FileNotFoundError as error:
            raise errors.RunDamaged("is gone", where=f"{self.place}/{PLAN}") from error
        with lines:
            for line in lines:
                yield Shard.from_line(line)

    def receipts(self) -> Iterator[tuple[Shard, Receipt | None]]:
        """Yield each shard with its receipt, or None; the parts themselves are not checked."""
        shards = self.shards()
        while some := list(islice(shards, AHEAD)):
            receipts = read_receipts(self.store, (shard.name for shard in some))
            yield from zip(some, receipts, strict=True)

    def progress(self) -> Progress:
        """Return the progress of the run."""
        counts: Counter[str] = Counter()
        codes: Counter[str] = Counter()
        warnings: Warnings = {}
        articles = shards = done_articles = done_shards = 0
        for shard, receipt in self.receipts():
            if receipt is not None and receipt.warnings:
                warnings = joined([(0, warnings), (articles, receipt.warnings)])
            articles += len(shard.items)
            shards += 1
            if receipt is not None:
                done_articles += len(shard.items)
                done_shards += 1
                counts.update(receipt.counts)
                codes.update(failure.code for _, failure in receipt.failures)
        done = done_articles, done_shards
        return Progress(articles, shards, *done, counts, codes, warnings)

    def warnings(self) -> Iterator[dict[str, Any]]:
        """Yield every warning of the committed records, with the id and the name of its article.

        Raises ``RunDamaged`` if a part is missing or is not one.
        """
        for _, receipt in self.receipts():
            if receipt is None or not receipt.counts.get("warned"):
                continue
            name = part_name(receipt.name)
            where = f"{self.place}/{name}"
            try:
                lines = self.store.open(name)
            except FileNotFoundError as error:
                raise errors.RunDamaged("is missing", where=where) from error
            with lines:
                for line in lines:
                    record = _object(line, where, WARNED)
                    source = record["source"]
                    name = article_name(source["title"], source["uri"], record["id"])
                    article = {"id": record["id"], "article": name}
                    yield from (article | one for one in record["warnings"])

    @property
    def strict(self) -> bool:
        """Whether the run was started with the setting ``strict``."""
        return bool((self.manifest() or {})["settings"].get("strict"))

    # plan

    def begin(self, plan: Plan, job: Job, provenance: Provenance, inputs: Iterable[str]) -> None:
        """Write the plan, and then the manifest; the run exists once the manifest does."""
        written = self.store.put(PLAN, (shard.to_line() for shard in plan))
        manifest = {
            "pipeline": __version__,
            "schema_version": SCHEMA_VERSION,
            "fingerprint": job.fingerprint(provenance),
            "inputs": [as_utf8(one) for one in inputs],
            "reading": job.reading,
            "settings": {one.name: getattr(job.settings, one.name) for one in KNOWN},
            "provenance": provenance.model_dump(mode="json"),
            "plan": {
                "sha256": written.sha256,
                "shards": plan.shards,
                "articles": plan.articles,
                "bytes": plan.bytes,
                "repeats": plan.repeats,
                "known": plan.known,
            },
        }
        self.store.put(MANIFEST, [_json(manifest)])

    def check_inputs(self, inputs: Iterable[str]) -> None:
        """Raise ``RunDiffers`` unless the run is over these inputs."""
        before = self.inputs()
        if before != list(inputs):
            message = f"contains a run with other inputs: {' '.join(map(shown, before))}"
            raise errors.RunDiffers(message, where=self.place)

    def check_articles(self, plan: Iterable[Shard]) -> None:
        """Raise ``RunDiffers`` if the input now has articles that are not in the plan."""
        had, now = (
            {content_key(item) for shard in shards for item in shard.items if item.sha256}
            for shards in (self.shards(), plan)
        )
        if new := len(now - had):
            message = f"is finished, but the input has new or changed articles: {new:,}"
            hint = "process them in another run: -o with another folder, and --new-only"
            raise errors.RunDiffers(message, where=self.place, hint=hint)

    def check(self, job: Job, provenance: Provenance) -> None:
        """Raise ``RunDiffers`` unless the run has the same settings and models.

        A different kernel is only a warning: finished parts stay, and the rest may differ in the
        last digits.
        """
        manifest = self.manifest() or {}
        if manifest["fingerprint"] != job.fingerprint(provenance):
            made_by = provenance.model_dump(mode="json", exclude={"kernel"})
            made_by |= job.reading | job.shaping
            before = manifest["provenance"] | manifest["reading"] | manifest["settings"]
            names = [name for name in made_by if made_by[name] != before.get(name)]
            if len(names) > 1:  # the names of the settings say more than their checksum
                names = [name for name in names if name != "settings"]
            what = ", ".join(names) or "schema_version"
            raise errors.RunDiffers(f"contains a run that differs in {what}", where=self.place)
        if checksum(self.store, PLAN) != manifest["plan"]["sha256"]:
            raise errors.RunDamaged("is not the plan of this run", where=f"{self.place}/{PLAN}")
        begun = manifest["provenance"].get("kernel")
        if begun and begun != provenance.kernel:
            message = "warning[W602]: %s: started with %s and resumes with %s"
            logger.warning(message, self.place, begun, provenance.kernel or "unknown kernels")

    # process and commit

    def waiting(self, fingerprint: str) -> Iterator[Shard]:
        """Yield the shards whose parts are not committed."""
        for shard, receipt in self.receipts():
            if not holds(self.store, receipt, shard, fingerprint):
                yield shard

    def failed(self, fingerprint: str) -> Iterator[Shard]:
        """Yield the committed shards that have dead letters, to retry those."""
        for shard, receipt in self.receipts():
            if receipt and receipt.failures and holds(self.store, receipt, shard, fingerprint):
                yield shard._replace(again=True)

    def reopen(self) -> None:
        """Mark the run as unfinished, so that articles can be retried."""
        self.store.remove(SUCCESS)

    def finish(self) -> Progress:
        """Write the dead letters and, if all is done, mark the run as finished; return progress.

        No worker may still be running.
        """
        progress = self.progress()
        if not progress.complete:
            return progress
        self.still_ours()
        self.store.clean()  # workers that died may have left temporary files
        parts: list[dict[str, Any]] = []
        self.store.put(LETTERS, self._letters(parts))
        success = {
            "articles": progress.articles,
            "counts": dict(sorted(progress.counts.items())),
            "dead_letters": dict(sorted(progress.codes.items())),
            "warnings": {code: one.shown() for code, one in progress.warnings.items()},
            "parts": parts,
        }
        self.store.put(SUCCESS, [_json(success)])
        return progress

    def _letters(self, parts: list[dict[str, Any]]) -> Iterator[bytes]:
        """Yield the lines of the dead letters, and add each part to ``parts``."""
        for _, receipt in self.receipts():
            if receipt is not None:
                name = part_name(receipt.name)
                parts.append({"name": name, "sha256": receipt.sha256, "bytes": receipt.size})
                yield from (failure.to_line().encode() for _, failure in receipt.failures)


@contextmanager
def open_run(folder: str | Path, store: RunStore | None = None) -> Iterator[Run]:
    """Yield a run, or the place for a new one, locked for this process.

    Raises ``RunLocked`` or ``OutputNotCreated``.
    """
    store = store or store_at(folder)
    store.make()
    with store.hold() as still_ours:
        store.clean()
        store.remove_folder(RESCUE)
        yield Run(folder, store, still_ours=still_ours)


def find_run(folder: str | Path) -> Run:
    """Return an existing run; raise ``NoRun`` if there is none."""
    run = Run(folder)
    if run.manifest() is None:
        raise errors.NoRun("no run in this folder", where=run.place)
    return run


def runs_in(folder: str | Path) -> Iterator[Run]:
    """Yield the run in a folder, or the runs in its direct subfolders.

    A subfolder that cannot be read, or belongs to another program, is reported and skipped.

    Raises ``NoRun`` if there is no such folder.
    """
    store = store_at(folder)
    if not is_address(store.place) and not Path(store.place).is_dir():
        raise errors.NoRun("no such folder", where=store.place)
    if (run := Run(store.place, store)).manifest() is not None:
        yield run
    for below in map(store.below, store.folders()):
        run = Run(below.place, below)
        try:
            there = run.manifest() is not None
        except (errors.RunDamaged, errors.StorageUnavailable) as error:
            logger.warning("%s: passed over", error)
            continue
        if there:
            yield run


def known_articles(runs: Iterable[Run]) -> Iterator[bytes]:
    """Yield the ``content_key`` of each article for which a run has a record or a dead letter.

    Articles that could not be read are left out, since they may become readable.
    """
    for run in runs:
        done: Iterator[tuple[Shard, dict[int, Failure]]]
        success = run.success()
        if success is not None and not UNREAD & success["dead_letters"].keys():
            done = ((shard, {}) for shard in run.shards())
        else:
            if success is None:
                logger.warning(
                    "%s: is not finished; only its processed articles are skipped", run.place
                )
            found = ((shard, receipt) for shard, receipt in run.receipts() if receipt)
            done = ((shard, dict(receipt.failures)) for shard, receipt in found)
        for shard, failures in done:
            for index, item in enumerate(shard.items):
                unread = index in failures and failures[index].code in UNREAD
                if item.sha256 and not unread:
                    yield content_key(item)


def _object(data: bytes, where: str, shape: Shape) -> dict[str, Any]:
    """Return a JSON object of this shape; raise ``RunDamaged`` for anything else."""
    try:
        found: dict[str, Any] = parse_json(data)
    except ValueError as error:
        raise errors.RunDamaged(f"not JSON: {error}", where=where) from error
    if not fits(found, shape):
        raise errors.RunDamaged("was not written by a run", where=where)
    return found


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1).encode() + b"\n"
