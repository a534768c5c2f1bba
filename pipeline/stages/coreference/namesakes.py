"""Decide which of several namesakes a short name means: "Lee", after Ann Lee and Tom Lee.

``pipeline.training.namesakes`` trains the weights.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from math import exp, fsum
from typing import NamedTuple

from pipeline.document.columns import SUBJECTS, Columns
from pipeline.document.names import Name
from pipeline.manifest import own_model
from pipeline.names.lists import PRONOUNS, Gender
from pipeline.stages.times import evidence

MODEL = "namesakes"
"""The name of the weights in ``models/manifest.toml``."""
FILE_NAME = "weights.toml"
LEAST = 0.7
"""Minimum probability of a namesake; below it, the name is left open."""
JOINED = 0.8
"""The same after a sentence that names two of them."""
OFTEN = 1.5
"""Ratio at which a person is named far more often than another one."""
NEAR = 40
"""Number of tokens after a name in which pronouns are looked for."""
SENTENCES = (0, 1, 3, 8)
"""Limits of the groups of distances, in sentences."""


class Namesake(NamedTuple):
    """Somebody whom a short name may mean."""

    gender: Gender | None
    named: int
    """How often they are named in a way that nobody else can be meant by."""
    places: Sequence[int]
    """The sorted token indices at which a name of theirs starts, as far as known."""
    shorts: Sequence[int]
    """Those at which the same short name starts."""


Chooser = Callable[[Columns, Name, Sequence[Namesake]], tuple[int | None, float]]
"""Return the index of the namesake that a short name means, None if that is left open, and the
probability of the likeliest one."""


def properties(columns: Columns, name: Name, namesakes: Sequence[Namesake]) -> list[list[str]]:
    """Return what speaks for and against each namesake."""
    place = name.start
    last = [_last(one.places, place) for one in namesakes]
    short = [_last(one.shorts, place) for one in namesakes]
    firsts = [one.places[0] if one.places else len(columns.words) for one in namesakes]
    named = sorted((one.named for one in namesakes), reverse=True)
    here, after = _genders(columns, place)
    found = []
    for at, one in enumerate(namesakes):
        held = ["named first"] * (firsts[at] == min(firsts))
        held += ["most"] * (one.named == named[0] > named[1])
        held += ["far more"] * (one.named == named[0] >= OFTEN * named[1])
        if max(short) >= 0:
            held.append("last short" if short[at] == max(short) else "other short")
            held += ["short before"] * (short[at] >= 0)
        if last[at] >= 0:
            held += ["before", *_of_last(columns, last[at], place)]
            held += ["last"] * (last[at] == max(last))
        for where, genders in (("here", here), ("after", after)):
            for gender in genders if one.gender else ():
                held.append(f"pronoun {where}" if gender == one.gender else f"no pronoun {where}")
        found.append(held)
    return found


def _last(places: Sequence[int], place: int) -> int:
    """Return the last of some sorted places before another one, -1 for none."""
    at = bisect_left(places, place)
    return places[at - 1] if at else -1


def _of_last(columns: Columns, last: int, place: int) -> Iterator[str]:
    """Yield where a name before another one is."""
    sentences = columns.sentences[place] - columns.sentences[last]
    group = next((limit for limit in SENTENCES if sentences <= limit), "more")
    yield f"sentences {group}"
    if columns.paragraphs[place] == columns.paragraphs[last]:
        yield "same paragraph"
    if any(dep in SUBJECTS for dep in columns.deps[last : last + 4]):
        yield "subject"


def _genders(columns: Columns, place: int) -> tuple[set[Gender], set[Gender]]:
    """Return the genders of pronouns after a name, outside quotation marks: in the rest of its
    sentence, and in the next one.
    """
    found: tuple[set[Gender], set[Gender]] = (set(), set())
    quoted = False
    for at in range(place, min(place + NEAR, len(columns.words))):
        after = columns.sentences[at] - columns.sentences[place]
        if after > 1:
            break
        word = columns.words[at]
        quoted = word in ("“", "``") or (quoted != (word == '"') and word not in ("”", "''"))
        gender = PRONOUNS.get(columns.lower[at])
        if gender and not quoted:
            found[after].add(gender)
    return found


def meant(columns: Columns, name: Name, namesakes: Sequence[Namesake]) -> tuple[int | None, float]:
    """Decide as a ``Chooser`` does, by the trained weights.

    After two in one sentence ("Bill and Hillary Clinton"), the first short name must be surer.
    """
    table = weights()
    odds = [evidence(held, table) for held in properties(columns, name, namesakes)]
    best = max(odds)
    share = 1 / fsum(exp(one - best) for one in odds)
    last, other, *_ = sorted((_last(one.places, name.start) for one in namesakes), reverse=True)
    new = all(_last(one.shorts, name.start) < 0 for one in namesakes)
    joined = new and other >= 0 and columns.sentences[last] == columns.sentences[other]
    return None if share < (JOINED if joined else LEAST) else odds.index(best), share


@cache
def weights() -> Mapping[str, float]:
    """Read the weights once, checked against the manifest.

    Raises ``ModelChanged`` or ``ManifestUnreadable``.
    """
    _, folder = own_model(MODEL)
    found: Mapping[str, float] = tomllib.loads((folder / FILE_NAME).read_text("utf-8"))
    return found
