"""Train the ranker of speakers, calibrate it on held-back articles, and write its folder."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from pipeline.model.speakers import quotes, ranker, sources, trust
from pipeline.training.fitting import Ensemble, Tell, write_config
from pipeline.training.folds import networks_of
from pipeline.training.reference.run import rankers_of
from pipeline.training.regression import error_of, logistic, platt
from pipeline.training.speakers.examples import SpeakerExample, View, read_examples

BATCH = 64
"""Queries of a batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerSchedule:
    """How a network is fitted."""

    members: int = 3
    """Number of networks with different seeds to average."""
    width: int = 32
    epochs: int = 15
    rate: float = 2e-3
    decay: float = 0.05
    dropout: float = 0.3
    input_dropout: float = 0.15
    """Share of the features of a row to drop at random."""
    folds: int = 5
    seed: int = 1


class SpeakerCase(NamedTuple):
    """A query with the right chains."""

    query: ranker.Query
    right: frozenset[int]


def fit(cases: Sequence[SpeakerCase], schedule: SpeakerSchedule) -> Ensemble:
    """Return networks fitted to queries whose answers are known.

    They map the features of n candidates to (n, 2) scores.
    """
    asked = [one for one in cases if one.query.candidates]
    rows, mask, target = _padded(asked)
    flat = rows[mask]
    torch.manual_seed(schedule.seed)
    network = Ensemble(
        flat.mean(0),
        flat.std(0) + 0.05,
        members=schedule.members,
        width=schedule.width,
        input_dropout=schedule.input_dropout,
        dropout=schedule.dropout,
    )
    scaled = (rows - network.mean) / network.spread * mask[:, :, None]
    network.fit(
        lambda member, some: loss(member(scaled[some]), mask[some], target[some]),
        len(asked),
        epochs=schedule.epochs,
        batch=BATCH,
        rate=schedule.rate,
        decay=schedule.decay,
        cycle=schedule.rate * 2,
    )
    return network


def _padded(cases: Sequence[SpeakerCase]) -> tuple[Tensor, Tensor, Tensor]:
    """Return rows (q, c, k), which candidates exist (q, c), and which are right (q, c)."""
    most = max(len(one.query.candidates) for one in cases)
    size = cases[0].query.rows.shape[1]
    rows = np.zeros((len(cases), most, size), dtype=np.float32)
    mask = np.zeros((len(cases), most), dtype=bool)
    target = np.zeros((len(cases), most), dtype=np.float32)
    for at, (query, right) in enumerate(cases):
        count = len(query.candidates)
        rows[at, :count] = query.rows
        mask[at, :count] = True
        target[at, :count] = [chain in right for chain in query.candidates]
    return torch.from_numpy(rows), torch.from_numpy(mask), torch.from_numpy(target)


def loss(scores: Tensor, mask: Tensor, target: Tensor) -> Tensor:
    """Return the cross entropy of the right ones or none, plus that of each one's membership."""
    choice = scores[:, :, 0].masked_fill(~mask, -1e4)
    choice = torch.cat([choice, torch.zeros(len(choice), 1)], dim=1)
    total = target.sum(1, keepdim=True)
    wanted = torch.cat([target / total.clamp(min=1), (total == 0).float()], dim=1)
    chosen = -(wanted * functional.log_softmax(choice, dim=1)).sum(1).mean()
    members = functional.binary_cross_entropy_with_logits(
        scores[:, :, 1], target, weight=mask.float(), reduction="sum"
    )
    return chosen + members / len(scores)


MOST_WRONG = 0.01
"""Maximum share of named quotations with a wrong person on held-back articles."""
THRESHOLDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(5))
"""The first one is taken where none is good enough: what is left then are mentions that mean
others, of which the ranker is as sure as of right ones."""
ROUNDS = 2
PARTS = 4
"""Number of parts of the outcomes, each judged by a regression of the others."""
COPIES = 2
"""Number of variants of each article."""


class Outcome(NamedTuple):
    """The likeliest answer to a query, and whether it is right."""

    share: float
    right: bool
    somebody_else: bool
    """The name shares no word with a right one, and there is a right one."""
    named: bool
    by_source: bool = False
    """Whether it is a quotation with the source of its attribution."""
    values: tuple[float, ...] = ()
    """What its confidence depends on; empty for a quotation without a source."""


class FittedSpeakers(NamedTuple):
    """Networks fitted to all articles, and for each article the output of others."""

    sources: Ensemble
    quotes: Ensemble
    of_sources: dict[View, list[Outcome]]
    of_quotes: dict[View, list[Outcome]]


def train(
    corpora: Sequence[Path],
    out: Path,
    *,
    reference: Path,
    attributions: Path | None = None,
    schedule: SpeakerSchedule,
    tell: Tell,
) -> dict[str, Any]:
    """Fit to corpora, calibrate on held-back articles, and write the folder of the model.

    ``reference`` is a folder of rankers that have not seen a part of the articles each,
    ``attributions`` one of networks of attributions.
    """
    rankers, networks = rankers_of(reference), networks_of(attributions)
    articles = [
        one
        for path in corpora
        for one in read_examples(path, rankers, networks, copies=COPIES, seed=schedule.seed)
    ]
    tell(f"{len(articles)} articles read, {sum(map(len, articles))} views")
    result = fitted(articles, schedule)
    source_trust, source_error = trusted(result.of_sources["found"], trust.SOURCE_FEATURES)
    owned = [one for one in result.of_quotes["found"] if one.by_source]
    quote_trust, quote_error = trusted(owned, trust.QUOTE_FEATURES)
    free = [o for v in ("found", "given") for o in result.of_quotes[v] if not o.by_source]
    quote_scale, _ = platt(*_shares(free))

    def confident(one: Outcome) -> Outcome:
        if not one.values:
            return one._replace(share=quote_scale(one.share))
        return one._replace(share=(quote_trust if one.by_source else source_trust)(one.values))

    scaled = {
        f"{kind}, {view}": [*map(confident, found)]
        for kind, views in (("quotes", result.of_quotes), ("sources", result.of_sources))
        for view, found in views.items()
    }
    # the lowest threshold at which few quotations get a wrong speaker
    few = (
        one
        for one in THRESHOLDS
        if sheet(scaled["quotes, found"], one)["wrong"] <= 100 * MOST_WRONG
    )
    least = next(few, THRESHOLDS[0])
    sheets = {name: sheet(found, least) for name, found in scaled.items()}
    for name, figures in sheets.items():
        tell(f"{name}: {figures}")
    tell(f"calibration error: sources {source_error:.4f}, quotes {quote_error:.4f}")
    out.mkdir(parents=True, exist_ok=True)
    for network, name in ((result.sources, ranker.SOURCES), (result.quotes, ranker.QUOTES)):
        network.write(out / name, given="rows", output="scores", rows="candidates")
    config = {
        "min_identity": least,
        "source_trust": weights_of(source_trust, trust.SOURCE_FEATURES),
        "quote_trust": weights_of(quote_trust, trust.QUOTE_FEATURES),
        "quote_scale": asdict(quote_scale),
        "source_features": list(sources.FEATURES),
        "quote_features": list(quotes.FEATURES),
    }
    write_config(out / ranker.CONFIG, config)
    return {"min_identity": least, "sheets": sheets, "errors": (source_error, quote_error)}


def fitted(
    articles: Sequence[Sequence[SpeakerExample]], schedule: SpeakerSchedule
) -> FittedSpeakers:
    """Fit networks to all views of all articles.

    The rows of a quotation hold what is likely of the sources around it, so those must come from
    networks that have not seen the article; the same goes for sources inside of quotations.
    """
    views = [view for article in articles for view in article]
    number = [at for at, article in enumerate(articles) for _ in article]
    outside = [ranker.source_queries(view.scene, None) for view in views]
    inside = [ranker.source_queries(view.scene, {}) for view in views]
    for _ in range(ROUNDS):
        source_rows = [[*a, *b] for a, b in zip(outside, inside, strict=True)]
        source_cases = [_cases(q, v.sources) for q, v in zip(source_rows, views, strict=True)]
        ranked_sources = [
            ranker.as_phrases(found, view.scene)
            for found, view in zip(
                _cross(source_cases, source_rows, number, schedule), views, strict=True
            )
        ]
        likely = [{n: r.likely for n, r in one.items()} for one in ranked_sources]
        quote_rows = [
            list(ranker.quote_queries(v.scene, one)) for v, one in zip(views, likely, strict=True)
        ]
        quote_cases = [_cases(q, v.quotes) for q, v in zip(quote_rows, views, strict=True)]
        around = _cross(quote_cases, quote_rows, number, schedule)
        ranked_quotes = [
            ranker.with_own(v.scene, q, s)
            for v, q, s in zip(views, around, ranked_sources, strict=True)
        ]
        told = [
            view.scene.spoken_by(ranker.speaking(found))
            for view, found in zip(views, ranked_sources, strict=True)
        ]
        outside = [ranker.source_queries(scene, None) for scene in told]
        inside = [
            ranker.source_queries(scene, one)
            for scene, one in zip(told, ranked_quotes, strict=True)
        ]
    sources, quotes = (
        fit([case for one in cases for case in one], schedule)
        for cases in (source_cases, quote_cases)
    )
    of_sources: dict[View, list[Outcome]] = defaultdict(list)
    of_quotes: dict[View, list[Outcome]] = defaultdict(list)
    for v, s, q, hidden in zip(views, ranked_sources, ranked_quotes, around, strict=True):
        of_source = {n: trust.of_source(v.scene, n, one.likely) for n, one in s.items()}
        of_sources[v.view] += outcomes(v, s, v.sources, v.wanted_sources, of_source)
        of_quote = {
            n: trust.of_quote(
                v.scene, one, own, s[own].likely, hidden[n].likely if n in hidden else {}
            )
            for n, one in enumerate(v.scene.quotations)
            if (own := ranker.own_source(v.scene, one)) is not None and own in s
        }
        of_quotes[v.view] += outcomes(v, q, v.quotes, v.wanted_quotes, of_quote, quotes=True)
    return FittedSpeakers(sources, quotes, of_sources, of_quotes)


def trusted(found: Sequence[Outcome], features: Sequence[str]) -> tuple[trust.Trust, float]:
    """Return the regression that gives a confidence, and its expected calibration error.

    Each part of the outcomes is judged by a regression of the others.
    """
    known = [one for one in found if one.values]
    rows = np.array([one.values for one in known], dtype=np.float64).reshape(-1, len(features))
    right = np.array([one.right for one in known], dtype=bool)
    part = np.arange(len(known)) % PARTS

    def of(some: np.ndarray) -> trust.Trust:
        weights = logistic(rows[some], right[some])
        return trust.Trust(dict(zip(("bias", *features), weights, strict=True)), features)

    others = [of(part != one) for one in range(PARTS)]
    sure = [others[at % PARTS](one.values) for at, one in enumerate(known)]
    return of(part >= 0), error_of(sure, right.tolist())


def weights_of(one: trust.Trust, features: Sequence[str]) -> dict[str, float]:
    """Return the weights of a regression by the names of its features."""
    return dict(zip(("bias", *features), one.weights, strict=True))


def _cases(
    queries: Iterable[ranker.Query], rights: Mapping[int, frozenset[int]]
) -> list[SpeakerCase]:
    return [SpeakerCase(one, rights[one.number]) for one in queries if one.number in rights]


def _cross(
    cases: Sequence[Sequence[SpeakerCase]],
    queries: Sequence[Sequence[ranker.Query]],
    number: Sequence[int],
    schedule: SpeakerSchedule,
) -> list[dict[int, ranker.Ranked]]:
    """Return for each view the output of a network that was not fitted to its article."""
    networks = [
        fit(
            [c for at, one in enumerate(cases) if number[at] % schedule.folds != fold for c in one],
            schedule,
        )
        for fold in range(schedule.folds)
    ]
    return [
        ranker.ranked(one, networks[number[at] % schedule.folds].score)
        for at, one in enumerate(queries)
    ]


def outcomes(
    view: SpeakerExample,
    found: Mapping[int, ranker.Ranked],
    rights: Mapping[int, frozenset[int]],
    wanted: Mapping[int, Sequence[str]],
    values: Mapping[int, Sequence[float]],
    *,
    quotes: bool = False,
) -> list[Outcome]:
    """Return the likeliest answer to each query with a known answer.

    ``values`` are what its confidence depends on; a quotation that has some has a source.
    """
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
        share = float(one.shares[at])
        known = tuple(values.get(number, ()))
        by_source = quotes and bool(known)
        result.append(Outcome(share, chain in right, other, named, by_source, known))
    return result


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", name.lower()))


def _shares(found: Sequence[Outcome]) -> tuple[list[float], list[bool]]:
    return [one.share for one in found], [one.right for one in found]


def sheet(found: Sequence[Outcome], least: float) -> dict[str, float]:
    """Return, of outcomes with calibrated shares, what a threshold makes of the named in percent:
    right ones, precision, other people's names; names given to sources without one, and the
    calibration error of what is given.
    """
    named = max(1, sum(one.named for one in found))
    given = [one for one in found if one.share >= least]
    right = sum(one.right for one in given)
    return {
        "named": named,
        "right": round(100 * right / named, 2),
        "precision": round(100 * right / max(1, len(given)), 2),
        "wrong": round(100 * sum(one.somebody_else for one in given) / named, 2),
        "nameless": sum(not one.named for one in given),
        "ece": round(100 * error_of(*_shares(given)), 2),
    }
