"""Record the decisions of reviewers: corrections in an append-only file."""

from __future__ import annotations

import getpass
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.desk.pages.article import UNSURE_FIGURE, UNSURE_WHO
from pipeline.desk.server.answers import Judgement
from pipeline.errors import BadCorrection, CorrectionsLocked
from pipeline.output import corrections as file
from pipeline.records.corrections import (
    Correction,
    first_problem,
    parse_item,
    standing,
    version_of,
)
from pipeline.records.review import (
    complete,
    expected_harm,
    judge,
    review,
    unsure_figures,
    unsure_who,
)
from pipeline.records.schema import ArticleRecord, Entity


def now() -> str:
    """Return the current time in UTC, in RFC 3339."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def user() -> str:
    """Return the name of the user who runs this program."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run under a user id without a name
        return "unknown"


class Journal:
    """Corrections by the text that they belong to, each with its author and time.

    Other programs may append to the same file: their corrections are read on demand. While another
    program keeps the file locked, reading returns what was read before, and only ``say`` waits.
    """

    def __init__(
        self, path: str | Path, *, who: str | None = None, clock: Callable[[], str] = now
    ) -> None:
        """Raise ``BadCorrection`` if the file contains anything else, or ``CorrectionsLocked``."""
        self.path = Path(path)
        self.who = who or user()
        self.clock = clock
        self._lock = threading.Lock()
        self._deciding = threading.Lock()
        self._size = -1
        self._all: list[Correction] = []
        self._by_text: defaultdict[str, list[Correction]] = defaultdict(list)
        file.patiently(self._read)

    def all(self) -> list[Correction]:
        """Return all corrections, in the order in which they were made."""
        with suppress(CorrectionsLocked):
            self._read()
        with self._lock:
            return list(self._all)

    def of(self, sha256: str) -> list[Correction]:
        """Return the corrections of a text, in the order in which they were made."""
        with suppress(CorrectionsLocked):
            self._read()
        return self._known(sha256)

    def _known(self, sha256: str) -> list[Correction]:
        with self._lock:
            return list(self._by_text.get(sha256, ()))

    def say(
        self, sha256: str, made: Callable[[list[Correction], str, str], list[Correction]]
    ) -> list[Correction]:
        """Store the corrections that ``made`` returns for the earlier ones, the user and the time.

        No other thread can write through this journal in between. Returned corrections are on disk.
        Raises ``CorrectionsLocked`` if another program keeps the file locked.
        """
        with self._deciding:
            file.patiently(self._read)
            before = self._size
            said = made(self._known(sha256), self.who, self.clock())
            file.append(self.path, said)
            size = before + sum(len(one.to_line().encode()) for one in said)
            with self._lock:
                # otherwise somebody else has written or read meanwhile
                if before == self._size and size == self._size_now():
                    self._take(said, size)
            return said

    def _size_now(self) -> int:
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def _read(self) -> None:
        """Read the file again if another program has appended to it.

        Raises ``CorrectionsLocked`` at once if that program is still writing.
        """
        with self._lock:
            size = self._size_now()
            if size != self._size:
                found = file.read_now(self.path).corrections
                self._all, self._by_text = [], defaultdict(list)
                self._take(found, size)

    def _take(self, said: Iterable[Correction], size: int) -> None:
        """Add corrections that are in the file, and remember its size with them."""
        for one in said:
            self._all.append(one)
            self._by_text[one.sha256].append(one)
        self._size = size


def judgement_of(data: bytes) -> Judgement:
    """Parse a judgement from JSON; raise ``BadCorrection`` if it is invalid."""
    try:
        return Judgement.model_validate_json(data)
    except ValidationError as error:
        raise BadCorrection(first_problem(error)) from error


def say(record: ArticleRecord, said: Judgement, journal: Journal) -> list[Correction]:
    """Store a judgement on a record.

    Raises ``BadCorrection`` if it does not fit the record as it is now.
    """
    before, after = (
        item if item is None else parse_item(said.layer, item) for item in (said.before, said.after)
    )
    if said.version not in (None, version_of(record)):
        hint = "get the record again: the article was extracted again"
        raise BadCorrection("the record has changed", where=record.id, hint=hint)

    def made(earlier: list[Correction], who: str, when: str) -> list[Correction]:
        if said.action == "complete" and said.item is None:
            return complete(record, earlier, layer=said.layer, who=who, when=when)
        one = judge(
            record,
            earlier,
            layer=said.layer,
            action=said.action,
            item=said.item,
            before=before,
            after=after,
            who=who,
            when=when,
        )
        return [one]

    return journal.say(record.source.sha256, made)


def judged(corrections: Sequence[Correction]) -> int:
    """Return the number of items with a current judgement."""
    return len(standing(corrections).judgements)


def state(record: ArticleRecord, corrections: Sequence[Correction]) -> dict[str, Any]:
    """Return the page's data for a review: the items as they are now, and their judgements."""
    now = review(record, corrections)
    return {
        "items": {id: item.model_dump(mode="json") for id, item in now.items.items()},
        "names": {id: item.name for id, item in now.items.items() if isinstance(item, Entity)},
        "judgements": {
            id: {"verdict": one.verdict, "who": one.last.who, "when": one.last.when}
            for id, one in now.judgements.items()
        },
        "harm": expected_harm(now.items, record),
        "unsure_who": unsure_who(now, UNSURE_WHO),
        "unsure_figures": unsure_figures(now, UNSURE_FIGURE),
        "complete": sorted(now.complete),
        "remarks": [str(one) for one in now.remarks if not one.applied],
    }
