"""Choose the store of a run: a folder, or an address in an object store."""

from __future__ import annotations

from pathlib import Path

from pipeline.remote import folder_of, is_address
from pipeline.runs.disk import LocalStore
from pipeline.runs.store import Store


def store_at(place: str | Path) -> Store:
    """Return the store at a place: a folder, or an address such as ``s3://bucket/run``.

    Raises ``UsageError`` for an unknown kind of address, and ``ExtraMissing``.
    """
    text = folder_of(str(place))
    if not is_address(text):
        return LocalStore(text)
    from pipeline.runs.objects import ObjectStore  # its packages come with an extra

    return ObjectStore(text)


def whole_and_parent(place: str) -> tuple[str, str]:
    """Return a place in normalized form, and the folder that contains it.

    >>> whole_and_parent("s3://bucket/nights/1")
    ('s3://bucket/nights/1', 's3://bucket/nights')
    """
    text = folder_of(place)
    if is_address(text):
        return text, text.rpartition("/")[0]
    path = Path(text).resolve()
    return str(path), str(path.parent)
