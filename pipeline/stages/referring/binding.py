"""Tell whom a pronoun cannot stand for, by where it stands in its sentence."""

from __future__ import annotations

from pipeline.document.columns import SUBJECTS, Columns
from pipeline.stages.referring.chains import Reference
from pipeline.stages.referring.timeline import Timeline

NEAR_VERB = 6
"""So many tokens before a participle are looked at for a subject of its own."""


def forbidden(timeline: Timeline, token: int) -> dict[int, int]:
    """Return heads of references (and their chains) that binding forbids to a pronoun."""
    columns = timeline.columns
    word, dep = columns.lower[token], columns.deps[token]
    if word.endswith("self") or dep == "poss":
        return {}
    if (spoken_of := _spoken_of(timeline, token)) is not None:
        return spoken_of
    verb = columns.heads[token]
    if dep in ("pobj", "dative", "pcomp"):
        verb = columns.heads[verb]
    if dep in SUBJECTS or columns.tags[verb][:1] != "V":
        return {}
    verbs = _controlling(columns, verb)
    return {
        reference.head: reference.chain
        for reference in timeline.before(token, 6)
        if columns.heads[top := _top(columns, reference)] in verbs and columns.deps[top] in SUBJECTS
    }


def _top(columns: Columns, reference: Reference) -> int:
    """Return the token that a reference hangs by: its head, or the title that the parse has."""
    up = columns.heads[reference.head]
    titled = columns.deps[reference.head] == "appos" and reference.start <= up < reference.head
    return up if titled else reference.head


def _controlling(columns: Columns, verb: int) -> list[int]:
    """Return a verb, and the one whose subject its is: "praised Ray, calling him a friend"."""
    verbs = [verb]
    if columns.deps[verb] == "advcl" and columns.tags[verb] == "VBG":
        own = range(max(0, verb - NEAR_VERB), verb)
        if not any(columns.heads[i] == verb and columns.deps[i] in SUBJECTS for i in own):
            verbs.append(columns.heads[verb])
    return verbs


def _spoken_of(timeline: Timeline, token: int) -> dict[int, int] | None:
    """Return whom a speaker put in between speaks of: "Brandt, he wrote, looks tired"."""
    columns = timeline.columns
    if token not in timeline.speakers or columns.words[token - 1] != ",":
        return None
    if columns.words[token + 2 : token + 3] != [","]:
        return None
    before = next(timeline.before(token, 1), None)
    if before is None or before.kind != "name" or before.end != token - 1:
        return None
    return {before.head: before.chain}
