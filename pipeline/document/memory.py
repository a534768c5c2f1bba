"""Give memory that was freed back to the system, and keep what is loaded out of collections."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Give back what the C library keeps of freed memory, where it is glibc.

    It keeps what lies before the last block in use, which can be more than all blocks in use.
    """
    if (trim := _trim()) is not None:
        trim(0)


def settle() -> None:
    """Exempt all objects that exist from garbage collection, once the models are loaded.

    Python looks at all of them whenever an article has made enough new ones, which adds up in long
    articles. For processes that keep their models until they end.
    """
    gc.collect()
    gc.freeze()


@cache
def _trim() -> Callable[[int], int] | None:
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another C library, another system
        return None
    return found
