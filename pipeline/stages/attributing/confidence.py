"""The confidence of a claim: the sum of the evidence for and against it.

The weights of the model ``attributions-filter`` are those of a logistic regression. It was trained
on the claims that the rules make on news text, with the annotator's decision as the label. Each
weight belongs to one property: the frame, its verb, its place in the sentence, its source.
``pipeline.training.cue_weights`` trains the weights.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from math import exp
from types import MappingProxyType

from spacy.tokens import Token

from pipeline.manifest import own_model
from pipeline.stages.attributing.claims import Claim
from pipeline.stages.syntax import PRONOUN_TAGS, is_passive

Weights = Mapping[str, float]
"""A weight for each property; ``bias`` is the constant."""
MODEL = "attributions-filter"
"""The name of the weights in ``models/manifest.toml``."""
FILE_NAME = "weights.toml"

LENGTHS = (1, 2, 3, 5, 10, 20, 40)


@cache
def weights() -> Weights:
    """Read the weights once, checked against the manifest.

    Raises ``ModelChanged`` or ``ManifestUnreadable``.
    """
    _, folder = own_model(MODEL)
    table: dict[str, float] = tomllib.loads((folder / FILE_NAME).read_text("utf-8"))["weights"]
    return MappingProxyType(table)


def confidence(held: Iterable[str], weights: Weights) -> float:
    """Return the probability that a claim with these properties is an attribution."""
    total = weights["bias"]
    for one in held:
        total += weights.get(one, 0.0)
    return round(1 / (1 + exp(-total)), 6)


def properties(claim: Claim, *, nested: bool, quoted: str, words: int) -> Iterator[str]:
    """Yield the properties of a claim that may have weights.

    ``nested``: its cue is in the content of another claim; ``quoted``: the kind of its content;
    ``words``: the length of its content.
    """
    rule = claim.rule
    group = "p" if rule.startswith("p-") else "clause" if rule in CLAUSE_RULES else rule
    yield rule
    yield f"{group}/{claim.lemma}"
    yield f"lemma/{claim.lemma}"
    yield f"{group}/quoted-{quoted}"
    yield f"{group}/nested" if nested else f"{group}/top"
    yield f"{group}/length-{next((n for n in LENGTHS if words <= n), 99)}"
    yield f"{group}/source-{_source(claim)}"
    verb = claim.verb
    if verb is None:
        return
    infinitive = False
    for one in verb.lefts:
        if one.tag_ == "TO":
            infinitive = True
        elif one.tag_ == "MD":
            yield f"modal-{one.lower_}"
            yield f"{group}/modal"
        elif one.dep_ == "mark":
            yield f"mark-{one.lower_}"
    yield f"{group}/{'to ' if infinitive else ''}{verb.tag_}"
    yield f"{group}/{'to ' if infinitive else ''}{verb.dep_}"
    if claim.negated:
        yield f"{group}/negated"
    if is_passive(verb):
        yield f"{group}/passive"
        yield f"passive/{claim.lemma}"
    if rule in ("obj", "name"):
        yield f"{rule}/object-{_object(verb)}"


CLAUSE_RULES = frozenset({"that", "bare", "wh", "quote", "none"})


def _source(claim: Claim) -> str:
    source = claim.source
    if source is None:
        return "span" if claim.source_span is not None else "none"
    if source.tag_ in PRONOUN_TAGS or source.tag_ in ("DT", "WDT", "EX"):
        return source.lower_
    return source.ent_type_ or source.tag_


def _object(verb: Token) -> str:
    for one in verb.children:
        if one.dep_ == "dobj":
            return one.ent_type_ or one.tag_
    return "none"
