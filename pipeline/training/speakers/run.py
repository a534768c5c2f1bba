"""Train the ranker of speakers and write its folder."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.reader import speakerquotes, speakersources
from pipeline.reader.speakers import (
    CONFIG,
    QUOTES,
    SOURCES,
    Query,
    Ranked,
    Scale,
    quote_queries,
    ranked,
    source_queries,
)
from pipeline.training.speakers.examples import Example, View, read_examples
from pipeline.training.speakers.fit import (
    Case,
    Network,
    Schedule,
    calibration_error,
    export,
    fit,
    platt,
)

MOST_WRONG = 0.01
"""At most so large a part of the named quotations gets another person on held-back articles."""
THRESHOLDS = tuple(round(0.3 + 0.05 * step, 2) for step in range(7))
"""The last one is taken where none is good enough: what is left are pronouns that mean others."""
ROUNDS = 2
COPIES = 2
"""So many variants are made of each article."""


class Outcome(NamedTuple):
    """What was likeliest for a query, and whether it is right."""

    share: float
    right: bool
    somebody_else: bool
    """The name shares no word with a right one, and there is a right one."""
    named: bool


class Fitted(NamedTuple):
    """Networks fitted to all articles, and what networks of other articles say of each."""

    sources: Network
    quotes: Network
    of_sources: dict[View, list[Outcome]]
    of_quotes: dict[View, list[Outcome]]


def train(
    corpus: Path, out: Path, *, schedule: Schedule, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Fit to a corpus, calibrate on held-back articles, and write the folder of the model."""
    articles = read_examples(corpus, copies=COPIES, seed=schedule.seed)
    tell(f"{len(articles)} articles read, {sum(map(len, articles))} views")
    result = fitted(articles, schedule)
    source_scale, source_error = platt(*_shares(result.of_sources["found"]))
    quote_scale, quote_error = platt(*_shares(result.of_quotes["found"]))
    least = least_identity(result.of_quotes["found"], quote_scale)
    sheets = {
        f"{layer}, {view}": sheet(found, scale, least)
        for layer, by_view, scale in (
            ("sources", result.of_sources, source_scale),
            ("quotes", result.of_quotes, quote_scale),
        )
        for view, found in by_view.items()
    }
    for name, figures in sheets.items():
        tell(f"{name}: {figures}")
    tell(f"calibration error: sources {source_error:.4f}, quotes {quote_error:.4f}")
    out.mkdir(parents=True, exist_ok=True)
    export(result.sources, out / SOURCES)
    export(result.quotes, out / QUOTES)
    config = {
        "min_identity": least,
        "source_scale": asdict(source_scale),
        "quote_scale": asdict(quote_scale),
        "source_features": list(speakersources.FEATURES),
        "quote_features": list(speakerquotes.FEATURES),
    }
    (out / CONFIG).write_text(json.dumps(config, indent=1) + "\n", "utf-8")
    return {"min_identity": least, "sheets": sheets, "errors": (source_error, quote_error)}


def least_identity(quotes: Sequence[Outcome], scale: Scale) -> float:
    """Return the lowest threshold at which few quotations get somebody else."""
    for least in THRESHOLDS:
        if sheet(quotes, scale, least)["wrong"] <= 100 * MOST_WRONG:
            return least
    return THRESHOLDS[-1]


def fitted(articles: Sequence[Sequence[Example]], schedule: Schedule) -> Fitted:
    """Fit networks to all views of all articles.

    The rows of a quotation hold what is likely of the sources around it, so those must come from
    networks that have not seen the article; the same goes for sources inside of quotations.
    """
    views = [view for article in articles for view in article]
    number = [at for at, article in enumerate(articles) for _ in article]
    outside = [source_queries(view.scene, None) for view in views]
    inside = [source_queries(view.scene, {}) for view in views]
    for _ in range(ROUNDS):
        source_rows = [[*a, *b] for a, b in zip(outside, inside, strict=True)]
        source_cases = [_cases(q, v.sources) for q, v in zip(source_rows, views, strict=True)]
        ranked_sources = _cross(source_cases, source_rows, number, schedule)
        quote_rows = [
            quote_queries(v.scene, {n: r.likely for n, r in one.items()})
            for v, one in zip(views, ranked_sources, strict=True)
        ]
        quote_cases = [_cases(q, v.quotes) for q, v in zip(quote_rows, views, strict=True)]
        ranked_quotes = _cross(quote_cases, quote_rows, number, schedule)
        inside = [source_queries(v.scene, one) for v, one in zip(views, ranked_quotes, strict=True)]
    sources, quotes = (
        fit([case for one in cases for case in one], schedule)
        for cases in (source_cases, quote_cases)
    )
    of_sources: dict[View, list[Outcome]] = defaultdict(list)
    of_quotes: dict[View, list[Outcome]] = defaultdict(list)
    for v, s, q in zip(views, ranked_sources, ranked_quotes, strict=True):
        of_sources[v.view] += outcomes(v, s, v.sources, v.wanted_sources)
        of_quotes[v.view] += outcomes(v, q, v.quotes, v.wanted_quotes)
    return Fitted(sources, quotes, of_sources, of_quotes)


def _cases(queries: Iterable[Query], rights: Mapping[int, frozenset[int]]) -> list[Case]:
    return [Case(one, rights[one.number]) for one in queries if one.number in rights]


def _cross(
    cases: Sequence[Sequence[Case]],
    queries: Sequence[Sequence[Query]],
    number: Sequence[int],
    schedule: Schedule,
) -> list[dict[int, Ranked]]:
    """Return for each view what a network says that was not fitted to its article."""
    networks = [
        fit(
            [c for at, one in enumerate(cases) if number[at] % schedule.folds != fold for c in one],
            schedule,
        )
        for fold in range(schedule.folds)
    ]
    return [
        ranked(one, networks[number[at] % schedule.folds].score) for at, one in enumerate(queries)
    ]


def outcomes(
    view: Example,
    found: Mapping[int, Ranked],
    rights: Mapping[int, frozenset[int]],
    wanted: Mapping[int, Sequence[str]],
) -> list[Outcome]:
    """Return what is likeliest for each query whose answer is known."""
    result = []
    for number, right in rights.items():
        named = bool(wanted[number])
        one = found.get(number)
        if one is None:
            result.append(Outcome(0.0, False, False, named))
            continue
        at = max(range(len(one.candidates)), key=lambda i: (one.shares[i], -i))
        chain = one.candidates[at]
        words = _words(view.scene.chains[chain].name)
        other = named and all(words.isdisjoint(_words(name)) for name in wanted[number])
        result.append(Outcome(float(one.shares[at]), chain in right, other, named))
    return result


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", name.lower()))


def _shares(found: Sequence[Outcome]) -> tuple[list[float], list[bool]]:
    return [one.share for one in found], [one.right for one in found]


def sheet(found: Sequence[Outcome], scale: Scale, least: float) -> dict[str, float]:
    """Return recall, precision and somebody else's share of the named for a threshold."""
    named = sum(one.named for one in found)
    given = [one for one in found if scale(one.share) >= least]
    sure = [scale(one.share) for one in given]
    return {
        "named": named,
        "right": round(100 * sum(one.right for one in given) / max(1, named), 2),
        "precision": round(100 * sum(one.right for one in given) / max(1, len(given)), 2),
        "wrong": round(100 * sum(one.somebody_else for one in given) / max(1, named), 2),
        "nameless": sum(not one.named for one in given),
        "ece": round(100 * calibration_error(sure, [one.right for one in given]), 2),
    }
