"""What is loaded is kept out of garbage collections."""

from __future__ import annotations

import gc

from pipeline.document.memory import settle


def test_objects_that_exist_are_no_longer_collected() -> None:
    kept = [[number] for number in range(1000)]
    gc.collect()
    before = gc.get_freeze_count()
    try:
        settle()
        assert gc.get_freeze_count() >= before + len(kept)
        assert not any(one is kept for one in gc.get_objects())
    finally:
        gc.unfreeze()
