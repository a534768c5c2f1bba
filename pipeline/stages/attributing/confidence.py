"""How sure a claim is: the sum of what speaks for it and against it.

The weights in ``lexicon/cue_weights.toml`` are those of a logistic regression over the claims that
the rules make on news text, against whether an annotator marked the same attribution. Each is the
weight of one property: the frame, the verb in this frame, its place in the sentence, its source.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from math import exp

from spacy.tokens import Token

from pipeline.stages.attributing.claims import Claim
from pipeline.stages.syntax import PRONOUN_TAGS, is_passive

LENGTHS = (1, 2, 3, 5, 10, 20, 40)


@cache
def weights() -> dict[str, float]:
    """Read the weights, once; ``bias`` is the constant."""
    path = resources.files("pipeline.stages") / "lexicon" / "cue_weights.toml"
    table: dict[str, float] = tomllib.loads(path.read_text(encoding="utf-8"))["weights"]
    return table


def confidence(claim: Claim, *, nested: bool, quoted: str, words: int) -> float:
    """Return the probability that a claim is an attribution.

    ``nested``: its cue stands in the content of another; ``quoted``: the kind of its content;
    ``words``: the length of its content.
    """
    table = weights()
    total = table["bias"]
    for one in properties(claim, nested=nested, quoted=quoted, words=words):
        total += table.get(one, 0.0)
    return 1 / (1 + exp(-total))


def properties(claim: Claim, *, nested: bool, quoted: str, words: int) -> Iterator[str]:
    """Yield the properties of a claim that have weights."""
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
