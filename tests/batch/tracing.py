"""Record the system calls of this process that affect durable files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest


class Call(NamedTuple):
    """A system call with its file or folder."""

    name: str
    path: Path
    target: Path | None = None
    """The new name of a renamed or linked file."""


class Trace:
    """The calls that change anything below a folder, in order."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.calls: list[Call] = []

    def shown(self) -> list[str]:
        """Return the calls as words, without the random parts of names."""
        return [
            " ".join([call.name, *(self._short(path) for path in call[1:] if path is not None)])
            for call in self.calls
        ]

    def _short(self, path: Path) -> str:
        name = path.name
        if name.endswith(".tmp"):
            name = f"{name.rsplit('.', 2)[0]}.*.tmp"
        return path.with_name(name).relative_to(self.root).as_posix() if path != self.root else "."


def named(descriptor: int) -> Path:
    """Return the path of an open file or folder."""
    return Path(f"/proc/self/fd/{descriptor}").readlink()


@contextmanager
def tracing(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trace]:
    """Record the calls of ``os`` that affect a folder's content, and execute them."""
    trace = Trace(root)

    def place(path: Any, folder: int | None) -> Path:
        if isinstance(path, int):
            return named(path)
        return Path(path) if folder is None else named(folder) / path

    def watch(name: str, *folders: str) -> None:
        real = getattr(os, name)

        def called(*arguments: Any, **given: Any) -> Any:
            paths = [
                place(path, given.get(folder))
                for path, folder in zip(arguments, folders, strict=False)
            ]
            answer = real(*arguments, **given)
            if paths[0] == root or root in paths[0].parents:
                trace.calls.append(Call(name, *paths))
            return answer

        patch.setattr(os, name, called)

    with monkeypatch.context() as patch:
        for name in ("mkdir", "unlink", "rmdir", "remove", "write", "fsync"):
            watch(name, "dir_fd")
        for name in ("rename", "replace", "link"):
            watch(name, "src_dir_fd", "dst_dir_fd")
        yield trace


def check(calls: list[Call]) -> None:
    """Raise if an effect is not durable when the next one begins.

    A file is synced after its last byte and before it gets its name; a folder is synced after a
    name in it came or went. Temporary names may be lost.
    """
    unsynced: dict[Path, str] = {}  # files with bytes, and folders with names, that may be lost
    for call in calls:
        temporary = call.path.suffix == ".tmp"
        if call.name == "fsync":
            unsynced.pop(call.path, None)
            continue
        if call.name == "write":
            unsynced[call.path] = f"written: {call.path}"
            continue
        if temporary and call.name in ("unlink", "remove"):
            unsynced.pop(call.path, None)
            continue
        assert not unsynced, f"{call.name} {call.path} while not synced: {unsynced}"
        if call.name in ("rename", "replace", "link"):
            assert call.target is not None
            unsynced[call.target.parent] = f"named: {call.target}"
        else:
            unsynced[call.path.parent] = f"{call.name}: {call.path}"
    assert not unsynced, f"at the end not synced: {unsynced}"
