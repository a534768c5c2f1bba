"""Failing disks: the program dies at a call, or the call fails."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pipeline.batch.store import Disk

When = float
"""Completed part of a call: 0.5 is half the bytes of a write, 1 is after the call."""
Loss = Literal["nothing", "unsynced bytes", "unsynced bytes and names"]


class Death(BaseException):
    """The program is dead: none of its next steps happen."""


class CountingDisk(Disk):
    """Counts the calls without syncing for real, since tests do not crash the machine."""

    def __init__(self) -> None:
        self.calls = 0
        self.writes: list[int] = []

    def make_folder(self, folder: int, name: str) -> None:
        self.call(super().make_folder, folder, name)

    def create(self, folder: int, name: str) -> int:
        return int(self.call(super().create, folder, name))

    def write(self, descriptor: int, data: bytes) -> None:
        self.call(super().write, descriptor, data, data=data)

    def sync(self, descriptor: int) -> None:
        self.call(lambda _: None, descriptor)

    def close(self, descriptor: int) -> None:
        self.call(super().close, descriptor)

    def replace(self, folder: int, source: str, target: str) -> None:
        self.call(super().replace, folder, source, target)

    def sync_folder(self, folder: int) -> None:
        self.call(lambda _: None, folder)

    def remove(self, folder: int, name: str) -> None:
        self.call(super().remove, folder, name)

    def remove_folder(self, folder: int, name: str) -> None:
        self.call(super().remove_folder, folder, name)

    def call(self, do: Callable[..., Any], *arguments: Any, data: bytes = b"") -> Any:
        self.calls += 1
        if data:
            self.writes.append(self.calls)
        return do(*arguments)

    def points(self) -> list[tuple[int, When]]:
        """Return the points where a program can die: after each call, and during writes.

        A call that is no write is done by the system in one step.
        """
        writes: list[tuple[int, When]] = [(at, 0.5) for at in self.writes]
        return [*((at, 1) for at in range(1, self.calls + 1)), *writes]


class DyingDisk(CountingDisk):
    """The program dies during a write or after a call.

    With a machine that loses its power, bytes that were not synced are lost, and with them names in
    folders that were not. ``settle`` makes the folder what is found after that.
    """

    def __init__(self, root: Path, at: int, when: When, loss: Loss) -> None:
        super().__init__()
        self.root = root
        self.at = at
        self.when = when
        self.loss = loss
        self.dead = False
        self.bytes: dict[int, bytes] = {}
        self.names: dict[Path, int | None] = {}  # None for a folder
        self.remember(root)

    def remember(self, folder: Path) -> None:
        """Treat everything that exists as durable."""
        for path in folder.iterdir():
            self.names[path] = None if path.is_dir() else path.stat().st_ino
            if path.is_dir():
                self.remember(path)
            else:
                self.bytes[path.stat().st_ino] = path.read_bytes()

    def call(self, do: Callable[..., Any], *arguments: Any, data: bytes = b"") -> Any:
        if self.dead:
            raise Death
        self.calls += 1
        if self.calls == self.at and self.when < 1 and data:
            super(CountingDisk, self).write(arguments[0], data[: int(self.when * len(data))])
            self.die()
        try:
            return do(*arguments)
        finally:
            if self.calls == self.at:
                self.die()

    def die(self) -> None:
        self.dead = True
        raise Death

    def sync(self, descriptor: int) -> None:
        super().sync(descriptor)
        path = self.path(descriptor)
        self.bytes[path.stat().st_ino] = path.read_bytes()

    def path(self, descriptor: int) -> Path:
        """Return the path of an open file or folder."""
        number = os.fstat(descriptor).st_ino
        return next(
            one for one in (self.root, *self.root.rglob("*")) if one.stat().st_ino == number
        )

    def sync_folder(self, folder: int) -> None:
        super().sync_folder(folder)
        path = self.path(folder)
        self.names = {name: ino for name, ino in self.names.items() if name.parent != path}
        for one in path.iterdir():
            self.names[one] = None if one.is_dir() else one.stat().st_ino

    def settle(self) -> None:
        """Lose everything that was not synced."""
        if self.loss == "nothing":
            return
        if self.loss == "unsynced bytes":
            for path in self.root.rglob("*"):
                if path.is_file() and path.name != ".lock":
                    path.write_bytes(self.bytes.get(path.stat().st_ino, b""))
            return
        for path in self.root.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        for path, ino in sorted(self.names.items()):
            if not path.parent.is_dir():
                continue
            if ino is None:
                path.mkdir()
            else:
                path.write_bytes(self.bytes.get(ino, b""))


class RefusingDisk(CountingDisk):
    """Refuses a call and all later ones, like a full or broken disk."""

    def __init__(self, at: int, errno: int) -> None:
        super().__init__()
        self.at = at
        self.errno = errno

    def call(self, do: Callable[..., Any], *arguments: Any, data: bytes = b"") -> Any:
        self.calls += 1
        if self.calls < self.at:
            return do(*arguments)
        if data:
            super(CountingDisk, self).write(arguments[0], data[: len(data) // 2])
        raise OSError(self.errno, os.strerror(self.errno))
