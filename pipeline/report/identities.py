"""The page's data for identities: who is the same in all articles, and what they said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from pipeline.report import figures

Card = Mapping[str, Any]
"""An identity as ``pipeline.database.cards`` returns it."""
Cards = Callable[[Sequence[str]], Iterable[Card]]
"""Returns the cards of all identities that articles, given by their ids, name."""
ROW: Final = ("id", "label", "name", "aliases", "first_seen", "last_seen", "entities", "mentions")
SERIES: Final = ("measure", "unit", "rate_per", "change")


def row(card: Card) -> dict[str, Any]:
    """Return an identity as the index of the page lists it."""
    return {name: card[name] for name in ROW}


def view(card: Card, number: Callable[[str], int | None]) -> dict[str, Any]:
    """Return the card of an identity; ``number`` returns the number of an article on the page.

    It is ``at`` of what an article says, and null if the page does not have the article.
    """

    def placed(one: Mapping[str, Any]) -> dict[str, Any]:
        return {**one, "at": number(one["article"])}

    grouped: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for value in card["values"]:
        grouped.setdefault(tuple(value[name] for name in SERIES), []).append(value)
    often = sorted(grouped.items(), key=lambda one: -len(one[1]))
    return {
        **{name: value for name, value in card.items() if name != "values"},
        "members": [placed(one) for one in card["members"]],
        "statements": [placed(one) for one in card["statements"]],
        "series": [
            {
                "measure": measure,
                "unit": figures.UNITS.get(unit, unit) if unit else "",
                "change": change,
                "points": [placed(_point(one)) for one in values],
            }
            for (measure, unit, _, change), values in often
        ],
    }


def _point(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value of a series in the form of a point of ``overview``."""
    number = figures.grouped(value["value_text"])
    day = figures.first_day(value["period_start"])
    kept = ("article", "text", "given_by", "relation", "title", "uri")
    return {
        **{name: value[name] for name in kept},
        "day": day,
        "told": value["time_text"] is not None,
        "number": float(value["value"]) * (-1 if value["change"] == "decrease" else 1),
        "value": figures.labelled(number, value["bound"], value["unit"], value["rate_per"]),
        "figure": value["figure_id"],
    }
