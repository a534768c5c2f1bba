"""Train the weights of ``identity``: which entities of different articles are the same one.

For persons, the context is learned apart from the name. Two mentions of one person in different
articles are a positive example. Two different persons, treated as if they had the same name, are a
negative one: so the weights tell how much more often a context is shared by one person than by two
namesakes, whatever their names. How often two persons share a name is set in ``PRIORS``, since a
corpus of this size has hardly any namesakes. The relations of other names are set in
``THINGS``, and checked on annotated articles.

Nothing is random: the same records give the same weights.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from math import log
from pathlib import Path
from typing import Any, Final, NamedTuple

from pipeline.errors import BadRow
from pipeline.model.identity.pairs import (
    FILE_NAME,
    Profile,
    blocks,
    contradiction,
    meetings,
    profile_of,
    properties,
)
from pipeline.model.identity.profiles import Seen, members
from pipeline.output.files import new_file
from pipeline.records.schema import ArticleRecord
from pipeline.training.regression import fit

PENALTY: Final = 1.0
LEAST_COUNT: Final = 4
"""A property that fewer pairs have gets no weight."""
MOST: Final = 12
"""Pairs taken of each two keys, so that a few famous ones do not decide everything."""
NAMESAKES: Final = 4
"""Negative examples for each positive one."""
PRIORS: Final = {
    "equal": (0.998, 0.99, 0.9),
    "spaced": (0.998, 0.99, 0.9),
    "alias": (0.99, 0.98, 0.9),
    "order": (0.98, 0.97, 0.8),
    "middle": (0.99, 0.97, 0.8),
    "particle": (0.98, 0.95, 0.8),
    "contained": (0.98, 0.95, 0.8),
    "second": (0.9, 0.8, 0.5),
    "short": (0.95, 0.85, 0.5),
    "spelling": (0.95, 0.8, 0.4),
    "initial": (0.9, 0.7, 0.3),
    "junior": (0.8, 0.7, 0.4),
    "variant": (0.5, 0.4, 0.2),
}
"""By the relation of two names: the probability that they are one person's in the news, for rare
names, for those with a common first name or surname, and for those with both."""
THINGS: Final = {
    "thing/equal": 0.98,
    "thing/alias": 0.9,
    "thing/alias-acronym": 0.995,
    "thing/alias-code": 0.98,
    "thing/acronym": 0.8,
    "thing/acronym-short": 0.3,
    "thing/with-country": 0.96,
    "thing/none": 0.02,
}
"""The same for other entities, by the relation of their names. What else counts is learned."""
OPEN: Final = {
    "label/differs": -0.6,
    "label/differs-single": -1.5,
    "label/people": -6.0,
    "country/open": -4.0,
}
BARE: Final = {"bare": 0.5, "both-bare": 0.3}
OFFICE: Final = {"office/same": 60.0, "office/other": 0.2, "office/open": 1.0}
"""How much likelier one person is if a surname's office is also the other's."""
THRESHOLDS: Final = {"same": 0.95, "review": 0.3}
"""Chosen on the annotated articles, see docs/experiments.md."""
HINT: Final = "extract the annotated articles first: pipeline extract seeds/corpus/wikinews.jsonl"
HALF: Final = 0.5
RARITY: Final = ("rare", "half", "common")
HEADER: Final = """\
# Weights of the properties of two profiles: a logistic regression, written by
# pipeline train identity. See README.md in this folder.

"""


class IdentityExample(NamedTuple):
    """An entity of an article."""

    profile: Profile
    article: str
    who: str
    """Its identity in the annotation."""


def seen_in(record: ArticleRecord) -> list[Seen]:
    """Return the entities of a record as the linker sees them."""
    return [
        Seen(
            entity.id,
            entity.name,
            entity.label,
            Counter(m.text for m in entity.mentions if m.kind == "name"),
            Counter(m.text for m in entity.mentions if m.kind == "pronoun"),
            entity.descriptions,
            dict(entity.identifiers),
        )
        for entity in record.entities
    ]


def read_examples(records: Iterable[ArticleRecord], identities: Path) -> list[IdentityExample]:
    """Return the entities of the records that the annotation identifies."""
    rows = map(json.loads, identities.read_text("utf-8").splitlines())
    gold = {row["id"]: row["identities"] for row in rows}
    found: list[IdentityExample] = []
    for record in records:
        by_id = {
            one.entity: one for one in members(record.id, record.source.published, seen_in(record))
        }
        for entity in record.entities:
            spans = [(m.start, m.end) for m in entity.mentions if m.kind == "name"]
            who = _most_shared(spans, gold.get(record.id, ()))
            if who is not None and (one := by_id.get(entity.id)) is not None:
                found.append(IdentityExample(profile_of(one.facts, one.key), record.id, who))
    return found


def _most_shared(spans: Sequence[tuple[int, int]], rows: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the identity whose names are most alike: characters in common over all characters."""
    shared = {
        row["id"]: max(
            (
                (min(end, e) - max(start, s)) / (max(end, e) - min(start, s))
                for start, end in spans
                for s, e in row["mentions"]
            ),
            default=0.0,
        )
        for row in rows
    }
    best = max(shared, key=lambda who: shared[who], default=None)
    return best if best is not None and shared[best] > HALF else None


def pairs(examples: Sequence[IdentityExample]) -> Iterator[tuple[IdentityExample, IdentityExample]]:
    """Yield the pairs of different articles that share a block, at most ``MOST`` of two keys."""
    counts: Counter[tuple[str, str]] = Counter()
    held = {at: blocks(one.profile) for at, one in enumerate(examples)}
    for a, b in meetings(held):
        one, other = examples[a], examples[b]
        keys = one.profile.key, other.profile.key
        if one.article != other.article and counts[keys] < MOST:
            counts[keys] += 1
            yield one, other


def learn(examples: Sequence[IdentityExample]) -> dict[str, float]:
    """Return the weight of each property."""
    same = [
        _context(one.profile, other.profile)
        for one, other in pairs(examples)
        if one.who == other.who
        and one.profile.named.group == "PER"
        and not contradiction(one.profile, other.profile)
    ]
    apart = list(_namesakes(examples, NAMESAKES * len(same)))
    weights = fit(
        [*same, *apart],
        [True] * len(same) + [False] * len(apart),
        penalty=PENALTY,
        least_count=LEAST_COUNT,
    )
    # the share of positive examples is ours: without it, the bias is that of the context alone
    bias = weights.pop("bias") - log(len(same) / len(apart))
    for relation, shares in PRIORS.items():
        for rarity, share in zip(RARITY, shares, strict=True):
            weights[f"name/{relation}/{rarity}"] = bias + log_odds(share)
    weights |= {f"name/{name}": bias + log_odds(share) for name, share in BARE.items()}
    weights |= {name: log(ratio) for name, ratio in OFFICE.items()}
    weights |= {name: log_odds(share) for name, share in THINGS.items()}
    return weights | OPEN


def log_odds(share: float) -> float:
    return log(share / (1 - share))


def _context(one: Profile, other: Profile) -> tuple[str, ...]:
    held = properties(one, other)
    return tuple(name for name in held if not name.startswith(("name/", "office/")))


def _namesakes(examples: Sequence[IdentityExample], count: int) -> Iterator[tuple[str, ...]]:
    """Yield the contexts of different persons of one gender, in an order without meaning."""
    people = [one for one in examples if one.profile.named.group == "PER"]
    people.sort(key=lambda one: sha256(f"{one.article} {one.profile.key}".encode()).digest())
    given = 0
    for step in range(1, len(people)):
        for one, other in zip(people, people[step:], strict=False):
            a, b = one.profile.named, other.profile.named
            if one.who == other.who or one.article == other.article:
                continue
            if a.gender and b.gender and a.gender != b.gender:
                continue
            yield _context(one.profile, other.profile)
            given += 1
            if given == count:
                return


def written(weights: Mapping[str, float], thresholds: Mapping[str, float]) -> str:
    """Return the file of weights."""
    lines = [f"{name} = {value}" for name, value in thresholds.items()]
    rows = [f'"{name}" = {round(weight, 2)}' for name, weight in sorted(weights.items())]
    return HEADER + "\n".join([*lines, "", "[weights]", *rows, ""])


def train(records: Iterable[ArticleRecord], identities: Path, out: Path) -> str:
    """Write the weights to a folder, and return what was learned from."""
    examples = read_examples(records, identities)
    if not examples:
        raise BadRow("no record has entities of the annotation", where=str(identities), hint=HINT)
    with new_file(out / FILE_NAME, force=True) as file:
        file.write(written(learn(examples), THRESHOLDS).encode())
    articles = len({one.article for one in examples})
    return f"{len(examples):,} entities of {articles:,} articles"
