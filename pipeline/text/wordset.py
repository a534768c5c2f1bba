"""Lists of words as they are written in code."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that are parted by white space.

    >>> sorted(word_set("rise climb gain"))
    ['climb', 'gain', 'rise']
    """
    return frozenset(text.split())
