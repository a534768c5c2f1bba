"""Train a network of attributions from a corpus, step by step, into a folder of ``models/``."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from math import sqrt
from pathlib import Path
from typing import Any

import torch
from torch import nn

from pipeline.errors import BadRow
from pipeline.manifest import entry_named
from pipeline.model.encoder import GRAPH, MODEL, Encoder
from pipeline.model.session import Floats, session
from pipeline.stages.attributions import network
from pipeline.stages.attributions.beliefs import Beliefs
from pipeline.stages.attributions.features import Labels, batch, windows
from pipeline.stages.language import annotate
from pipeline.training import fitting
from pipeline.training.attributed import GoldArticle, read_corpus
from pipeline.training.attributions.examples import (
    STAGE,
    AttributionExample,
    all_within,
    example,
    labels_of,
    tokens_of,
)
from pipeline.training.attributions.fit import (
    STRICT,
    AttributionFit,
    AttributionSchedule,
    case,
    fitted,
)
from pipeline.training.attributions.model import AttributionTagger
from pipeline.training.folds import FOLDS, group_of, part_of
from pipeline.training.regression import platt

QUANTIZED = ["MatMul", "LSTM"]
"""What is written as whole numbers."""
HELD = 10
"""Each tenth article, or group of articles that are made alike, from the sixth, is held back from
the tagger, to fit the judge."""
HELD_FROM = 5
LEAST_HELD = 2
"""The judge is calibrated on articles that it has not learned from."""
LEAST_PROPOSALS = 10
"""The judge cannot learn from fewer."""
WITHIN_LEAST = tuple(round(0.3 + 0.05 * step, 2) for step in range(13))
"""Thresholds for attributions within quotations."""
Read = Callable[[AttributionExample], Beliefs]
"""What a tagger says of an article, or of the ranges of an example."""
Weighted = tuple[Path, float]
"""A corpus, and how much a token of it counts."""


def train(
    corpora: Sequence[Weighted],
    out: Path,
    *,
    work: Path,
    schedule: AttributionSchedule,
    encoder: Encoder | None = None,
    teacher: Path | None = None,
    folds: bool = False,
    tell: fitting.Tell,
) -> None:
    """Train a network and write its files to the folder ``out``.

    ``corpora`` are files with how much a token of theirs counts; where two have the same text, the
    later one is read. ``encoder`` is the shipped one, to learn above it: it does not learn itself.
    ``teacher`` is the folder of a network whose words have codes, and whose probabilities are
    learned beside the annotation. ``work`` keeps checkpoints and logs: a run that was interrupted
    resumes there. With ``folds``, networks that have not seen one part of the articles each are
    written to subfolders instead.

    Raises ``BadRow`` for fewer than twenty articles, and what reading the corpora raises.
    """
    fitting.use_threads()
    guide = None if teacher is None else network.AttributionNetwork(teacher)
    every, labels = read(corpora, tell, guide.config.labels if guide else None, encoder)
    taught = None
    if guide is not None:
        taught = {one.article.id: taught_by(guide, one) for one in every}
    fitted_to = partial(
        fit_network, labels=labels, schedule=schedule, encoder=encoder, taught=taught, tell=tell
    )
    if not folds:
        fitted_to(every, out, work)
        return
    for number in range(FOLDS):
        rest = [one for one in every if part_of(one.article.id) != number]
        fitted_to(rest, out / str(number), work / str(number))


def fit_network(
    examples: Sequence[AttributionExample],
    out: Path,
    work: Path,
    *,
    labels: Labels,
    schedule: AttributionSchedule,
    encoder: Encoder | None,
    taught: dict[str, Floats] | None,
    tell: fitting.Tell,
) -> None:
    """Fit a network to articles and write its files; see ``train``."""
    held, seen = split(examples)
    within = all_within(examples)
    inner = [each for one in seen for each in within.get(one.article.id, ())]
    tell(f"{sum(len(one.article.attributions) for one in inner)} attributions within others")
    for folder in (out, work):
        folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(schedule.seed)
    tagger = AttributionTagger(labels.sizes(), extra=0 if encoder is None else encoder.width)
    tell(f"{sum(one.numel() for one in tagger.parameters())} weights")
    score = partial(scores, held=held, tell=tell)
    AttributionFit(tagger, [*seen, *inner], schedule, work, score, taught=taught).run()
    write_tagger(tagger.eval(), held[0], out / network.TAGGER)
    settings = {"schedule": asdict(schedule), "taught": taught is not None}
    held_inner = [each for one in held for each in within.get(one.article.id, ())]
    graph = session(out / network.TAGGER)

    def read(one: AttributionExample) -> Beliefs:
        return network.run(graph, one.found, one.ranges)

    above = {} if encoder is None else {"encoder": entry_named(MODEL).files[GRAPH]}
    finish(out, labels, read, held, held_inner, above, work, settings, tell)


def taught_by(guide: network.AttributionNetwork, one: AttributionExample) -> Floats:
    """Return a teacher's (n, 7) probabilities of the tags of an article."""
    found = guide.features(one.reading)
    one.reading.columns.states = None  # those of all articles would take much memory
    return guide.beliefs(found).tags


def split(
    examples: Sequence[AttributionExample],
) -> tuple[list[AttributionExample], list[AttributionExample]]:
    """Return the articles that are held back, and the others; raise ``BadRow`` without any."""
    groups = list(dict.fromkeys(group_of(one.article.id) for one in examples))
    apart = set(groups[HELD_FROM::HELD])
    if not apart:
        raise BadRow("too few articles", hint="use ten or more")
    held = [one for one in examples if group_of(one.article.id) in apart]
    return held, [one for one in examples if group_of(one.article.id) not in apart]


def encoded(one: AttributionExample, encoder: Encoder) -> AttributionExample:
    """Return an example with the states of an encoder."""
    columns = one.reading.columns
    states = encoder.of(columns)
    columns.states = None  # one copy is enough
    return one._replace(found=one.found._replace(encoded=states))


def finish(
    out: Path,
    labels: Labels,
    read: Read,
    held: Sequence[AttributionExample],
    inner: Sequence[AttributionExample],
    above: dict[str, str],
    work: Path,
    settings: dict[str, Any],
    tell: fitting.Tell,
) -> None:
    """Fit the judge behind a tagger, and write it and the config.

    ``read`` returns what the tagger says of an article; ``above`` are further keys of the config.
    """
    cases = [case(one, read(one)) for one in held]
    if len(cases) < LEAST_HELD:
        raise BadRow("too few articles", hint=f"use {HELD * LEAST_HELD} or more")
    if sum(len(one.offered) for one in cases) < LEAST_PROPOSALS:
        hint = "train on more articles, or for more epochs"
        raise BadRow("the tagger finds next to nothing in the articles held back", hint=hint)
    found = fitted(cases)
    found.judge.write(out / network.JUDGE, given="known", output="likely", rows="proposals")
    config = {
        "labels": {name: list(codes) for name, codes in labels._asdict().items()},
        "least": found.least,
        **asdict(found.scale),
        "within": calibrated_within(read, inner, tell),
        "features": network.FEATURES,
        **above,
    }
    fitting.write_config(out / network.CONFIG, config)
    figures = {"settings": settings, **found.figures}
    fitting.write_config(work / "judge.json", figures)
    best = found.figures["thresholds"][found.least]
    tell(f"judge: least {found.least}, {best}, error {found.figures['calibration_error']}")
    fitting.tell_checksums(out, tell)


def calibrated_within(
    read: Read, inner: Sequence[AttributionExample], tell: fitting.Tell
) -> dict[str, float]:
    """Return threshold, slope and shift for attributions within others.

    The threshold is the lowest whose F1 is within one standard error of the best: the attribution
    of a quotation that is missed leaves it without a speaker. Without articles, nothing is sure
    enough.
    """
    outcomes: list[tuple[float, bool]] = []
    marked = 0
    for one in inner:
        reference = GoldArticle(one.article)
        beliefs = read(one)
        told = beliefs.reported()
        ours = tokens_of(one, reference, told)
        kept = [
            (given, network.likelihood(beliefs, each))
            for given, each in zip(ours, told, strict=True)
            if given is not None
        ]
        right = reference.right([given for given, _ in kept])
        outcomes += [(likely, good) for (_, likely), good in zip(kept, right, strict=True)]
        marked += len(reference.marked)
    if not any(good for _, good in outcomes):
        return {"least": 1.01, "slope": 1.0, "shift": 0.0}

    def f1(least: float) -> float:
        given = [good for likely, good in outcomes if likely >= least]
        return 2 * sum(given) / max(1, len(given) + marked)

    best = max(map(f1, WITHIN_LEAST))
    enough = best - sqrt(best * (1 - best) / max(1, marked))
    least = next(one for one in WITHIN_LEAST if f1(one) >= enough)
    scale, _ = platt(*zip(*outcomes, strict=True))
    tell(f"within others: F1 {100 * f1(least):.1f} of {marked} above {least}")
    return {"least": least, **asdict(scale)}


def read(
    corpora: Sequence[Weighted],
    tell: fitting.Tell,
    labels: Labels | None = None,
    encoder: Encoder | None = None,
) -> tuple[list[AttributionExample], Labels]:
    """Return the articles of corpora as examples, and the labels that have codes.

    ``labels``: those that have codes; by default they are taken from the corpora. With an
    ``encoder``, the examples have its states.
    """
    nlp = fitting.load_unseen()
    for name in (STAGE, "news_resolve"):
        nlp.disable_pipe(name)
    articles = {
        one.text: (one, weight, number)
        for number, (path, weight) in enumerate(corpora)
        for one in read_corpus(path)
    }
    found = [(one, annotate(nlp, one.text)) for one, *_ in articles.values()]
    labels = labels or labels_of(found, nlp)
    examples = [
        example(article, doc, labels, weight, number)
        for (article, doc), (_, weight, number) in zip(found, articles.values(), strict=True)
    ]
    if encoder is not None:
        examples = [encoded(one, encoder) for one in examples]
    tokens = sum(len(one.words) for one in examples)
    tell(f"{len(examples)} articles, {tokens} tokens, {len(labels.words)} words with a code")
    return examples, labels


def write_tagger(
    tagger: nn.Module, sample: AttributionExample, path: Path, *, quantize: bool = True
) -> None:
    """Write a tagger as an ONNX graph, traced on windows of an article.

    If it is quantized, its weights are whole numbers of eight bits, with one scale per channel.
    """
    arrays = network.inputs(batch(sample.found, windows(sample.found.codes)[:2]))
    given = {name: torch.from_numpy(array) for name, array in arrays.items()}
    axes = {name: {0: "windows", 1: "tokens"} for name in given}
    axes["distances"] = {0: "tokens", 1: "cues"}
    fitting.write_graph(
        tagger, given, ["tags", "links"], axes, path, quantized=QUANTIZED if quantize else ()
    )


def scores(
    tagger: nn.Module, held: Sequence[AttributionExample], tell: fitting.Tell
) -> dict[str, float]:
    """Return how well a tagger's own reports match the annotation of the articles held back."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / network.TAGGER
        write_tagger(tagger, held[0], path, quantize=False)
        graph = session(path)
    given = marked = right = strict = 0
    for one in held:
        reference = GoldArticle(one.article)
        told = network.run(graph, one.found).reported()
        ours = [tokens for tokens in tokens_of(one, reference, told) if tokens is not None]
        given, marked = given + len(ours), marked + len(reference.marked)
        right += sum(reference.right(ours))
        strict += sum(reference.right(ours, STRICT))
    found = {
        "attr@0.3": round(200 * right / max(1, given + marked), 2),
        "attr@0.8": round(200 * strict / max(1, given + marked), 2),
    }
    tell(f"held back: {found}")
    return found
