"""Give the results in an article about one company to that company."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.document.annotations import DocEntity, DocFigure, DocMention

RESULT = re.compile(
    r"\b(?:sales|revenues?|turnover|(?:operating|net|gross|pre-?tax|adjusted|core)[ -]"
    r"(?:income|profit|loss|margin|earnings)|profit|margin|earnings per share|"
    r"free cash flow|EBITDA?)\b",
    re.IGNORECASE,
)
"""What a company's result is called."""
REPORTS = re.compile(
    r"(?: \([^()\n]{1,40}\))?,?(?: today| on \w+day,?)? (?:report|announc|post|releas)ed\b"
    r"[^.\n]{0,100}\b(?:results|earnings|revenue|sales|profit)\b"
)
"""Behind the name of a company that reports its results."""


def with_reporter(
    text: str, figures: Sequence[DocFigure], entities: Iterable[DocEntity]
) -> Iterator[DocFigure]:
    """Yield figures; a result without a holder is that of the only company with results.

    The holder is the last mention by name before the figure.
    """
    results = {at for at, one in enumerate(figures) if _is_result(text, one)}
    held = {owner[1] for at in results if (owner := figures[at].holder) is not None}
    reporters = [
        [one for one in entity.mentions if one.kind == "name"]
        for entity in entities
        if entity.label == "ORG" and any(_reports(text, one, held) for one in entity.mentions)
    ]
    for at, figure in enumerate(figures):
        if at in results and figure.holder is None and len(reporters) == 1:
            before = [(one.start, one.end) for one in reporters[0] if one.end <= figure.start]
            yield figure._replace(holder=max(before, default=None))
        else:
            yield figure


def _reports(text: str, mention: DocMention, held: set[int]) -> bool:
    """Return whether a company has a result, or is said to report its results."""
    return mention.end in held or REPORTS.match(text, mention.end) is not None


def _is_result(text: str, figure: DocFigure) -> bool:
    """Return whether a figure is a result, and no share of one: "5% of revenue"."""
    found = None if figure.measures is None else RESULT.search(text[slice(*figure.measures)])
    if found is None:
        return False
    return figure.kind != "percent" or figure.change is not None or "margin" in found[0].lower()
