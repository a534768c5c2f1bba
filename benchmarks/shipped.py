"""Score records against the hand-annotated articles of ``seeds/gold``, with nothing but Python.

F1 unless said otherwise. Optional gold items count neither way. ``names`` are name mentions that
end alike; ``quotes`` spoken quotes with equal words; ``speaker`` the share of gold quotes of named
speakers found with that name; ``attributions`` contents with a character overlap (intersection
over union) of at least one half and touching sources; ``figures`` overlapping spans with an equal
number; ``times`` equal spans. ``named sources called anonymous`` counts found sources that touch
gold sources with a name, and of these the ones with ``anonymous`` set.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

Row = dict[str, Any]
EDGES = " \n\t.,;:!?…—-\"'“”‘’"


def score(gold_folder: Path, records: Iterable[Row]) -> Iterator[str]:
    """Yield one line per metric: ``name value (n gold items)``."""
    found = {record["id"]: record for record in records}
    counts: dict[str, list[int]] = {}
    called: list[bool] = []
    for path in sorted(gold_folder.glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        called += called_anonymous(gold, found.get(gold["id"], {}))
        for name, numbers in article(gold, found.get(gold["id"], {})).items():
            total = counts.setdefault(name, [0, 0, 0])
            counts[name] = [a + b for a, b in zip(total, numbers, strict=True)]
    for name, (right, predicted, wanted) in counts.items():
        yield f"{name} {200 * right / max(1, predicted + wanted):.1f} ({wanted})"
    yield f"named sources called anonymous {sum(called)} ({len(called)})"


def called_anonymous(gold: Row, record: Row) -> Iterator[bool]:
    """Yield for each source whose name the gold has whether the record calls it anonymous."""
    for one in record.get("attributions", ()):
        if one["source"] is None:
            continue
        place_of = cover(place(span) for span in one["source"]["spans"])
        touched = [each for each in gold["attributions"] if cover(each["source"]) & place_of]
        if touched and all(each["speaker"] and not each["anonymous"] for each in touched):
            yield one["source"]["anonymous"]


def article(gold: Row, record: Row) -> dict[str, tuple[int, int, int]]:
    """Return right, predicted and gold counts of one article by metric."""
    text = gold["text"]
    spoken = [quote for quote in gold["quotes"] if quote.get("speech", True)]
    quotes = [quote for quote in record.get("quotes", ()) if quote["speech"]]
    named = {entity["name"] for entity in gold["entities"]}
    ours = {entity["id"]: entity["name"] for entity in record.get("entities", ())}
    said = [quote for quote in spoken if quote.get("speaker") in named and required(quote)]
    told = [(core(text, place(q)), ours.get(who)) for q in quotes for who in q["speakers"]]
    right = sum((core(text, tuple(q["span"])), q["speaker"]) in told for q in said)
    wanted_names = {m[1]: m for e in gold["entities"] for m in e["mentions"] if m[2] == "name"}
    found_names = {
        m["end"]
        for e in record.get("entities", ())
        for m in e["mentions"]
        if m["kind"] == "name"
        and not any(a < m["end"] and m["start"] < b for a, b in gold["ignore_mentions"])
    }
    return {
        "names": (len(found_names & wanted_names.keys()), len(found_names), len(wanted_names)),
        "quotes": count(
            spoken, quotes, lambda g, p: core(text, tuple(g["span"])) == core(text, place(p))
        ),
        "speaker": (right, len(said), len(said)),
        "attributions": count(
            gold["attributions"], record.get("attributions", ()), same_attribution
        ),
        "figures": count(gold["figures"], record.get("figures", ()), same_figure),
        "times": count(
            gold["times"], record.get("times", ()), lambda g, p: tuple(g["span"]) == place(p)
        ),
    }


def count(
    gold: Iterable[Row], found: Iterable[Row], same: Callable[[Row, Row], bool]
) -> tuple[int, int, int]:
    """Match items one to one, required ones first."""
    left, right = list(found), 0
    size, wanted = len(left), 0
    for item in sorted(gold, key=lambda one: not required(one)):
        wanted += required(item)
        match = next((one for one in left if same(item, one)), None)
        if match is not None:
            left.remove(match)
            right += required(item)
            size -= not required(item)
    return right, size, wanted


def required(item: Row) -> bool:
    return bool(item.get("required", True))


def place(item: Row) -> tuple[int, int]:
    return item["start"], item["end"]


def core(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Return a span without marks and spaces at its ends."""
    start, end = span
    while start < end and text[start] in EDGES:
        start += 1
    while end > start and text[end - 1] in EDGES:
        end -= 1
    return start, end


def cover(spans: Iterable[Iterable[int]] | None) -> set[int]:
    return {offset for start, end in spans or () for offset in range(start, end)}


def same_attribution(gold: Row, found: Row) -> bool:
    content, source = (
        cover(place(span) for span in (found[role] or {"spans": ()})["spans"])
        for role in ("content", "source")
    )
    wanted, by = cover(gold["content"]), cover(gold["source"])
    sources = bool(by & source) or not (by or source) or gold.get("any_source", False)
    return sources and 2 * len(wanted & content) >= len(wanted | content) > 0


def same_figure(gold: Row, found: Row) -> bool:
    start, end = gold["span"]
    if found["end"] <= start or end <= found["start"]:
        return False
    values = [gold.get("value"), *gold.get("value_alt", ())]
    return any(equal(value, found["value"]) for value in values if not isinstance(value, list))


def equal(wanted: str | None, value: str | None) -> bool:
    if wanted is None or value is None:
        return wanted is value
    try:
        number = Fraction(wanted.replace(",", ""))
        return abs(number - Fraction(value)) <= abs(number) / 1000  # a third as 0.333
    except ValueError:  # a score: 3-2
        return wanted.replace("–", "-") == value
