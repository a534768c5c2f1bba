"""Word lists in code."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text separated by white space.

    >>> sorted(word_set("rise climb gain"))
    ['climb', 'gain', 'rise']
    """
    return frozenset(text.split())
