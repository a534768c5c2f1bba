"""Collect the nouns that describe named things: "the cruise ship Freewinds"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.document.columns import Columns
from pipeline.document.names import Chain, Reference
from pipeline.stages.referring.descriptions import Describer
from pipeline.text.words import word_set

PEOPLE = frozenset(("PERSON", "NORP"))
VAGUE = word_set(
    "name part side way day year week month time fact case group list kind sort number home place"
)
"""Nouns that say nothing about the thing that they describe."""
COPULAS = frozenset(("is", "was", "'s", "’s"))


def describe_things(
    columns: Columns, chains: list[Chain], references: Iterable[Reference], describer: Describer
) -> None:
    """Add the nouns that describe named things to their chains.

    "The cruise ship Freewinds", "Firth Capital, an investment firm," and "Orchard is a brewer":
    each noun becomes a role of the chain.
    """
    attributes: dict[int, int] = {}
    for i, dep in enumerate(columns.deps):
        if dep == "attr" and columns.lower[columns.heads[i]] in COPULAS:
            attributes[columns.heads[i]] = i
    for reference in references:
        chain = chains[reference.chain]
        if chain.label in PEOPLE or reference.kind != "name":
            continue
        for noun in _said_of(columns, reference, describer, attributes):
            word = columns.lower[noun]
            if columns.tags[noun] != "NN" or word in VAGUE or not word.isalpha():
                continue
            start, _ = describer.phrase(noun)
            chain.roles.add(word)
            chain.described.update(columns.lower[min(start, noun) : noun + 1])


def _said_of(
    columns: Columns, reference: Reference, describer: Describer, attributes: Mapping[int, int]
) -> list[int]:
    """Return the nouns that describe a name, next to it or by a copula."""
    deps, heads, head, before = columns.deps, columns.heads, reference.head, reference.start - 1
    found = [i for i in describer.children.get(head, ()) if deps[i] == "appos"]
    if deps[head] == "appos" and heads[head] < head:
        found.append(heads[head])
    if (
        before >= 0
        and reference.start <= heads[before] < reference.end
        and deps[before] in ("compound", "nmod")
    ):
        found.append(before)
    if deps[head] == "nsubj" and heads[head] in attributes:
        found.append(attributes[heads[head]])
    return found
