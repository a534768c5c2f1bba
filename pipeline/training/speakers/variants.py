"""Make variants of annotated articles in which a source that is one word or name is a phrase.

News has more shapes of sources than two hundred articles show: "an aide to X" is not a named
person, "the head of Y, X," is X, and "X and Y" are both. Each variant of an article has some of its
sources rewritten; only those are training examples, since other answers may no longer be right.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pipeline.text.spans import CharSpan

Row = dict[str, Any]

SHARE = 0.8
"""Share of the sources to rewrite."""


class Pattern(NamedTuple):
    """A phrase around names, and which of them are the source."""

    text: str
    right: str


def _patterns(texts: dict[str, tuple[str, ...]]) -> tuple[Pattern, ...]:
    return tuple(Pattern(text, right) for right, those in texts.items() for text in those)


PATTERNS = {
    "PERSON": _patterns(
        {
            "": (
                "a spokesman for {X}", "{X}'s spokeswoman", "{X}'s lawyer", "an aide to {X}",
                "a friend of {X}", "a critic of {X}", "supporters of {X}", "people close to {X}",
                "{X}'s brother", "a lawyer representing {X}", "one of {X}'s advisers",
                "a source familiar with {X}'s thinking", "the office of {X}", "{X} aides",
                "a friend of Senator {X}", "an aide to Prime Minister {X}", "a top aide",
                "a lawyer for Secretary of State {X}", "the mother of former mayor {X}",
                "a witness", "local media", "one official", "another neighbour", "a spokesman",
                "the {N}", "the {N}", "the {N}", "a {N}", "the {B} campaign",
                "a source in the {B} administration",
            ),
            "X": (
                "the director of {O}, {X},", "{X}, who runs {O},", "{X}, a professor at {O},",
                "{O} spokeswoman {X}", "{O}'s director {X}", "{X} of {O}", "one of them, {X},",
                "another witness, {X},", "a resident named {X}", "actor and producer {X}",
                "Dr. {X}", "the company's operator {X}", "hours before the vote, {X}, now 39,",
                "{X}, a friend of {Y},", "{X}, whose lawyer is {Y},", "{X}, speaking to {O},",
                "{X} and others", "{X} and some other members", "a statement by {X}",
                "a tweet from {X}", "the lawyer of {Y}, {X},", "{Y}'s spokesman {X}",
                "{Y}'s lawyer, {X},", "{X}, an aide to {Y},", "Deputy Minister {X}",
                "{O}'s chief scientist, Dr. {X},", "{X} (39)", "on Monday {X}",
                "the head of the group backing former mayor {Y}, {X},",
            ),
            "XY": (
                "{X} and {Y}", "both {X} and {Y}", "{X} and her colleague {Y}",
                "director {X} and lawyer {Y}", "{X}, a senator, and {Y}, a judge,",
                "{X} of {O} and {Y}",
            ),
            "XYZ": ("{X}, {Y} and {Z}", "{X}, {Y}, and {Z}"),
        }
    ),
    "ORG": _patterns(
        {
            "": (
                "a spokesman for {X}", "an official at {X}", "officials at {X}", "{X} officials",
                "a former employee of {X}", "{X}'s critics", "an analyst at {X}", "{X} workers",
                "a source at {X}", "one {X} official", "a lawyer for {X}", "members of {X}",
                "scientists from {X}", "a study published by {X}", "a top aide", "industry sources",
            ),
            "X": (
                "a report by {X}", "a statement from {X}", "the website of {X}", "{X}'s website",
                "{X} and others", "a statement released by {X}", "on Monday {X}", "{X} itself",
                "{X}, based in the capital,", "{X}, which {Y} founded,", "the local group {X}",
            ),
            "Y": ("{Y} of {X}", "{Y}, director of {X},", "{X} director {Y}"),
            "XO": ("{X} and {O}", "both {X} and {O}"),
        }
    ),
    "GPE": _patterns(
        {
            "": (
                "officials in {X}", "{X}'s president", "{X} officials", "the people of {X}",
                "{X}'s foreign minister", "a diplomat from {X}", "residents of {X}", "local media",
                "a {X} company", "the {X} team", "a {X} newspaper", "one {X} resident",
            ),
            "X": ("the city of {X}", "the town of {X}", "{X} itself",
                  "on Monday {X}", "{X} and its allies"),
            "B": ("the {B} government", "the {B} embassy", "{B} police"),
            "Y": ("{X} President {Y}", "{Y}, mayor of {X},", "{X}'s foreign minister, {Y},"),
            "XO": ("{X} and {O}", "both {X} and {O}"),
        }
    ),
}  # fmt: skip
"""By the label of the name: X is its own, Y and Z are persons, O is a body, N one of a people, and
B is a body with X in its name ("the Iran embassy"), which is a separate entity."""
DOCUMENTS = tuple(
    Pattern(f"the {noun}", "X")
    for noun in ("report", "post", "statement", "letter", "announcement", "article", "message")
)
"""Names for a source directly after another statement by the same one."""
DOCUMENTED = 0.25
"""Share of sources directly after one of their statements that become a document."""
SPARE = {
    "PERSON": {f"{first} Amsel" for first in ("Ruth", "Omar", "Lin", "Pavel", "Grace")},
    "ORG": {"Amsel Group", "Harbour Council", "Institute of Tides"},
}
"""Additional names of people; no article contains all of them."""
NATIVES = ("Swede", "Dane", "American", "Canadian", "Australian", "German", "Briton", "Russian")


class Edit(NamedTuple):
    """A source with the phrase that takes its place."""

    span: CharSpan
    text: str
    named: tuple[tuple[str, str, int, int], ...]
    """Name, label and place in the phrase of the names in it."""
    right: tuple[str, ...]


def variants(rows: Sequence[Row], copies: int, seed: int) -> Iterator[Row]:
    """Yield rewritten copies of articles; ``learnt`` is true for rewritten sources."""
    draw = random.Random(seed)
    strangers = {
        label: sorted(
            {e["name"] for r in rows for e in r["entities"] if e["label"] == label} | spare
        )
        for label, spare in SPARE.items()
    }
    for row in rows:
        for _ in range(copies):
            edits = list(_edits(row, strangers, draw))
            if edits:
                yield rewritten(row, edits)


def _edits(row: Row, strangers: dict[str, list[str]], draw: random.Random) -> Iterator[Edit]:
    bare = {
        (start, end): entity
        for entity in row["entities"]
        if entity["label"] in PATTERNS
        for start, end, kind in entity["mentions"]
        if kind == "name" or row["text"][start:end].lower() in ("he", "she")
    }
    speakers = {tuple(a["source"][0]): a["speaker"] for a in row["attributions"] if a["source"]}
    before: str | None = None
    for span, speaker in sorted(speakers.items()):
        again, before = speaker is not None and speaker == before, speaker
        entity = bare.get((span[0], span[1]))
        if entity is None or draw.random() > SHARE or _is_held(row, span):
            continue
        documented = again and draw.random() < DOCUMENTED
        pattern = draw.choice(DOCUMENTS if documented else PATTERNS[entity["label"]])
        before = speaker if pattern.right == "X" else None
        yield _edit(row, (span[0], span[1]), entity, pattern, strangers, draw)


def _is_held(row: Row, span: CharSpan) -> bool:
    """Return whether a source is in quotation marks, or one of several spans."""
    quoted = any(start <= span[0] < end for start, end in (q["span"] for q in row["quotes"]))
    parts = any(len(a["source"]) > 1 and list(span) in a["source"] for a in row["attributions"])
    return quoted or parts


def _edit(
    row: Row,
    span: CharSpan,
    entity: Row,
    pattern: Pattern,
    strangers: dict[str, list[str]],
    draw: random.Random,
) -> Edit:
    own = row["text"][slice(*span)]
    if own.lower() in ("he", "she"):
        own = entity["name"]
    others = [name for name in strangers["PERSON"] if " " in name and name not in row["text"]]
    bodies = [name for name in strangers["ORG"] if name not in row["text"]]
    y, z = draw.sample(others, 2)
    names: dict[str, tuple[str, str, str]] = {
        "X": (own, entity["name"], entity["label"]),
        "Y": (y, y, "PERSON"),
        "Z": (z, z, "PERSON"),
        "O": (body := draw.choice(bodies), body, "ORG"),
    }
    native = draw.choice(NATIVES)
    names["N"] = (native, f"{native} people", "NORP")
    text, named, rest = "", [], pattern.text
    while "{" in rest:
        before, _, rest = rest.partition("{")
        key, _, rest = rest.partition("}")
        if key == "B":  # the noun after it is part of the name
            noun, rest = rest.split()[0], " ".join(["", *rest.split()[1:]])
            names["B"] = (f"{own} {noun}", f"{own} {noun}", "ORG")
        text += before
        spelled, name, label = names[key]
        named.append((name, label, len(text), len(text) + len(spelled)))
        text += spelled
    text += rest
    start = span[0]
    if start == 0 or row["text"][:start].rstrip(" \"“”'").endswith((".", "\n", "?", "!")):
        text = text[0].upper() + text[1:]
    following = row["text"][span[1] : span[1] + 1]
    if text.endswith(",") and following in (",", ".", ";", ":"):
        text = text[:-1]
    return Edit(span, text, tuple(named), tuple(names[key][1] for key in pattern.right))


def rewritten(row: Row, edits: Sequence[Edit]) -> Row:
    """Return an article with some sources rewritten and all spans shifted."""
    text, at = "", 0
    places: dict[CharSpan, CharSpan] = {}
    shifts: list[tuple[int, int]] = []
    for one in sorted(edits):
        text += row["text"][at : one.span[0]]
        places[one.span] = (len(text), len(text) + len(one.text))
        text += one.text
        at = one.span[1]
        shifts.append((at, len(text) - at))
    text += row["text"][at:]

    def moved(span: Sequence[int]) -> list[int]:
        if (span[0], span[1]) in places:
            return list(places[span[0], span[1]])
        return [
            place + next((by for end, by in reversed(shifts) if end <= place), 0)
            for place in (span[0], span[1])
        ]

    replaced = {one.span: one for one in edits}
    entities = [
        {
            **entity,
            "mentions": [
                [*moved(m), m[2]] for m in entity["mentions"] if (m[0], m[1]) not in replaced
            ],
        }
        for entity in row["entities"]
    ]
    by_name = {entity["name"]: entity for entity in entities}
    for one in edits:
        for name, label, start, end in one.named:
            if name not in by_name:
                by_name[name] = {"name": name, "label": label, "mentions": []}
                entities.append(by_name[name])
            base = places[one.span][0]
            by_name[name]["mentions"].append([base + start, base + end, "name"])
    attributions = []
    for attribution in row["attributions"]:
        edit = replaced.get(tuple(attribution["source"][0])) if attribution["source"] else None
        moved_roles = {role: [moved(s) for s in attribution[role] or ()] for role in ROLES}
        new = {**attribution, **moved_roles}
        new["learnt"] = edit is not None
        if edit is not None:
            new |= {"speaker": "; ".join(edit.right) or None, "anonymous": not edit.right}
        attributions.append(new)
    quotes = [
        {**quote, "span": moved(quote["span"]), **_speaker(quote, row, replaced)}
        for quote in row["quotes"]
    ]
    return {
        **row,
        "text": text,
        "entities": entities,
        "attributions": attributions,
        "quotes": quotes,
    }


ROLES = ("source", "cue", "content")


def _speaker(quote: Row, row: Row, replaced: dict[CharSpan, Edit]) -> Row:
    """Return the new speaker of a quotation; ``learnt`` if it was rewritten."""
    start, end = quote["span"]
    for one in row["attributions"]:
        held = any(first <= start and end <= last for first, last in one["content"] or ())
        edit = replaced.get(tuple(one["source"][0])) if one["source"] else None
        if held and edit is not None and one.get("speaker") == quote.get("speaker"):
            return {"speaker": "; ".join(edit.right) or None, "learnt": True}
    return {"learnt": False}
