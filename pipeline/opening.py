"""Open files in a folder that someone else may have created.

A run folder may come from another user or machine. A symbolic link in place of one of its files
would make the program read, write or truncate a file elsewhere; a FIFO would block it forever.
Nothing here follows a link, and only regular files are opened.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from errno import EISDIR, ELOOP, EMLINK, ENOTDIR

from pipeline.errors import NotOurFile

FILE_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
NO_FOLDER = frozenset({ENOTDIR, ELOOP, EMLINK})
"""Errors when something that is not a folder is opened with ``FOLDER_FLAGS``."""
KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISDIR, "a folder"),
)
TEMPORARY = ".tmp"
"""Suffix of a file that is not in its final place yet; its name also begins with a dot."""
NAMES = 100
"""Maximum number of names to try for a temporary file."""


def token() -> str:
    """Return a random part for a file name."""
    return secrets.token_hex(4)


def temporary_names(name: str) -> Iterator[str]:
    """Yield temporary names for a file that is written before it gets its final name.

    The names are random, and creating the file must fail if it exists: processes in two containers
    may have the same process id.
    """
    for _ in range(NAMES):
        yield f".{name}.{token()}{TEMPORARY}"
    raise FileExistsError("no name is free for a temporary file")


def open_file(
    name: str | os.PathLike[str],
    flags: int = os.O_RDONLY,
    *,
    where: str,
    folder: int | None = None,
    in_place: bool = False,
) -> int:
    """Open a regular file and return its descriptor.

    ``folder`` is the descriptor of the folder that contains ``name``. ``in_place``: the file will
    be changed where it is. Then it must have only one name, since a hard link may be another
    user's file elsewhere.

    Raises ``NotOurFile``, which names the file as ``where``, and ``OSError``.
    """
    try:
        descriptor = os.open(name, flags | FILE_FLAGS, 0o666, dir_fd=folder)
    except OSError:
        refuse_link(name, where=where, folder=folder)
        raise
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and not (in_place and found.st_nlink > 1):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
    if stat.S_ISREG(found.st_mode):
        raise NotOurFile("a hard link to a file that has other names", where=where)
    raise NotOurFile(f"{kind_of(found.st_mode)}, where a file is expected", where=where)


def open_folder(name: str, *, where: str, folder: int) -> int:
    """Open a subfolder of a folder, given by its descriptor, and return its descriptor.

    Raises ``NotOurFile`` for a link and ``OSError``.
    """
    try:
        return os.open(name, FOLDER_FLAGS, dir_fd=folder)
    except OSError as error:
        if error.errno in NO_FOLDER:
            refuse_link(name, where=where, folder=folder)
        raise


def refuse_link(name: str | os.PathLike[str], *, where: str, folder: int | None = None) -> None:
    """Raise ``NotOurFile`` for anything that is neither a regular file nor a folder."""
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except OSError:
        return
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise NotOurFile(f"{kind_of(mode)}, where a file is expected", where=where)


def kind_of(mode: int) -> str:
    """Return the kind of a file that is not regular, by its mode."""
    return next((name for test, name in KINDS if test(mode)), "not a regular file")
