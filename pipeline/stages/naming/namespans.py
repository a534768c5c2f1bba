"""What ``referring`` and ``resolve`` read of names; it moved to ``pipeline.document.namespans``."""

from pipeline.document.namespans import NAME_LABELS, Name, title_length

__all__ = ["NAME_LABELS", "Name", "title_length"]
