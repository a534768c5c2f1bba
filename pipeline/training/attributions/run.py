"""Train a network of attributions from a corpus, step by step, into a folder of ``models/``."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from math import sqrt
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pipeline.errors import BadRow
from pipeline.language import annotate, load
from pipeline.reader.encoder import FILE_NAME as TOKENIZER
from pipeline.reader.encoder import Cutter, padded
from pipeline.reader.session import session
from pipeline.stages.attributions import network
from pipeline.stages.attributions.features import Labels, batch, windows
from pipeline.text.spans import TokenSpan
from pipeline.training import fitting
from pipeline.training.attributed import Reference, read_corpus
from pipeline.training.attributions.examples import (
    STAGE,
    Example,
    all_within,
    example,
    labels_of,
    tokens_of,
)
from pipeline.training.attributions.fit import STRICT, Fit, Schedule, case, fitted
from pipeline.training.attributions.model import EncodedTagger, Encoder, Tagger
from pipeline.training.folds import FOLDS, part_of
from pipeline.training.regression import platt

QUANTIZED = ["MatMul", "LSTM", "Gather"]
"""What is written as whole numbers; tables only where they are an encoder's, which are large."""
SMALL = 128
"""Width of an LSTM without an encoder below it: the profile fast has to be."""
PLAIN = 6
"""Inputs of a tagger without an encoder; those of the encoder come behind."""
HELD = 10
"""Each tenth article, from the sixth, is held back from the tagger, to fit the judge."""
HELD_FROM = 5
LEAST_PROPOSALS = 10
"""The judge cannot learn from fewer."""
WITHIN_LEAST = tuple(round(0.3 + 0.05 * step, 2) for step in range(13))
"""Thresholds for attributions within quotations."""
Weighted = tuple[Path, float]
"""A corpus, and how much a token of it counts."""


def train(
    corpora: Sequence[Weighted],
    out: Path,
    *,
    work: Path,
    schedule: Schedule,
    plain: Schedule | None = None,
    members: int = 1,
    encoder: Path | None = None,
    teacher: Path | None = None,
    folds: bool = False,
    tell: fitting.Tell,
) -> None:
    """Train a network and write its files to the folder ``out``.

    ``corpora`` are files with how much a token of theirs counts; where two have the same text, the
    later one is read. ``members`` taggers are fitted from different seeds, their scores averaged.
    ``encoder`` is the folder of an encoder to put below the first one; the others are fitted by the
    schedule ``plain``, by default that of the first. ``teacher`` is the folder of a network whose
    words have codes, and whose probabilities are learned beside the annotation. ``work`` keeps
    checkpoints and logs: a run that was interrupted resumes there. With ``folds``,
    networks that have not seen one part of the articles each are written to subfolders instead.

    Raises ``BadRow`` for fewer than ten articles, and what reading the corpora raises.
    """
    fitting.use_threads()
    guide = None if teacher is None else network.Network(teacher)
    every, labels = read(corpora, tell, guide.config.labels if guide else None)
    fitted_to = partial(
        fit_network, labels=labels, schedule=schedule, plain=plain, members=members,
        encoder=encoder, guide=guide, tell=tell,
    )  # fmt: skip
    if not folds:
        fitted_to(every, out, work)
        return
    for number in range(FOLDS):
        rest = [one for one in every if part_of(one.article.id) != number]
        fitted_to(rest, out / str(number), work / str(number))


def fit_network(
    examples: Sequence[Example],
    out: Path,
    work: Path,
    *,
    labels: Labels,
    schedule: Schedule,
    plain: Schedule | None,
    members: int,
    encoder: Path | None,
    guide: network.Network | None,
    tell: fitting.Tell,
) -> None:
    """Fit a network to articles and write its files; see ``train``."""
    held = examples[HELD_FROM::HELD]
    if not held:
        raise BadRow("too few articles", hint="use ten or more")
    seen = [one for at, one in enumerate(examples) if at % HELD != HELD_FROM]
    within = all_within(examples)
    inner = [each for one in seen for each in within.get(one.article.id, ())]
    tell(f"{sum(len(one.article.attributions) for one in inner)} attributions within others")
    out.mkdir(parents=True, exist_ok=True)
    cutter = None
    if encoder is not None:
        shutil.copyfile(encoder / TOKENIZER, out / TOKENIZER)
        cutter = Cutter(out)
    taught = None
    if guide is not None:
        taught = {one.article.id: guide.beliefs(one.found, one.words).tags for one in seen}
    taggers = []
    for member in range(members):
        folder = work / f"tagger-{member}"
        folder.mkdir(parents=True, exist_ok=True)
        below, cut = (encoder, cutter) if member == 0 else (None, None)
        own = replace(plain or schedule if member else schedule, seed=schedule.seed + member)
        torch.manual_seed(own.seed)
        if below is None:
            tagger: nn.Module = Tagger(labels.sizes(), hidden=SMALL)
        else:
            lower = Encoder.pretrained(below)
            tagger = EncodedTagger(lower, Tagger(labels.sizes(), extra=lower.width))
        tell(f"tagger {member}: {sum(one.numel() for one in tagger.parameters())} weights")
        extra = partial(pieces_of, cut) if cut is not None else None
        fit = Fit(tagger, [*seen, *inner], own, folder, extra=extra, taught=taught)
        fit.run(partial(scores, held=held, cutter=cut, tell=tell))
        taggers.append(tagger.eval())
    whole = taggers[0] if members == 1 else Mean(taggers)
    write_tagger(whole, held[0], cutter, out / network.TAGGER)
    settings = {"schedule": asdict(schedule), "members": members, "taught": taught is not None}
    held_inner = [each for one in held for each in within.get(one.article.id, ())]
    finish(out, labels, held, held_inner, cutter, work, settings, tell)


def finish(
    out: Path,
    labels: Labels,
    held: Sequence[Example],
    inner: Sequence[Example],
    cutter: Cutter | None,
    work: Path,
    settings: dict[str, Any],
    tell: fitting.Tell,
) -> None:
    """Fit the judge behind the tagger of ``out``, and write it and the config."""
    tagger = session(out / network.TAGGER)
    cases = [case(one, network.run(tagger, one.found, one.words, cutter)) for one in held]
    if sum(len(one.offered) for one in cases) < LEAST_PROPOSALS:
        hint = "train on more articles, or for more epochs"
        raise BadRow("the tagger finds next to nothing in the articles held back", hint=hint)
    found = fitted(cases)
    found.judge.write(out / network.JUDGE, given="known", output="likely", rows="proposals")
    config = {
        "labels": {name: list(codes) for name, codes in labels._asdict().items()},
        "least": found.least,
        **asdict(found.scale),
        "within": calibrated_within(tagger, inner, cutter, tell),
        "features": network.FEATURES,
    }
    fitting.write_config(out / network.CONFIG, config)
    figures = {"settings": settings, **found.figures}
    fitting.write_config(work / "judge.json", figures)
    best = found.figures["thresholds"][found.least]
    tell(f"judge: least {found.least}, {best}, error {found.figures['calibration_error']}")
    fitting.tell_checksums(out, tell)


def calibrated_within(
    tagger: Any, inner: Sequence[Example], cutter: Cutter | None, tell: fitting.Tell
) -> dict[str, float]:
    """Return threshold, slope and shift for attributions within others.

    The threshold is the lowest whose F1 is within one standard error of the best: the attribution
    of a quotation that is missed leaves it without a speaker. Without articles, nothing is sure
    enough.
    """
    outcomes: list[tuple[float, bool]] = []
    marked = 0
    for one in inner:
        reference = Reference(one.article)
        beliefs = network.run(tagger, one.found, one.words, cutter, one.ranges)
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
    corpora: Sequence[Weighted], tell: fitting.Tell, labels: Labels | None = None
) -> tuple[list[Example], Labels]:
    """Return the articles of corpora as examples, and the labels that have codes.

    ``labels``: those that have codes; by default they are taken from the corpora.
    """
    nlp = load()
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
    tokens = sum(len(one.words) for one in examples)
    tell(f"{len(examples)} articles, {tokens} tokens, {len(labels.words)} words with a code")
    return examples, labels


class Mean(nn.Module):
    """The mean of the scores of several taggers."""

    def __init__(self, taggers: Sequence[nn.Module]) -> None:
        super().__init__()
        self.taggers = nn.ModuleList(taggers)

    def forward(self, *given: Tensor) -> tuple[Tensor, ...]:
        """Return tags and links, as ``Tagger`` does; one without an encoder reads no pieces."""
        scored = [
            one(*(given[:PLAIN] if isinstance(one, Tagger) else given)) for one in self.taggers
        ]
        tags = torch.stack([torch.log_softmax(tags, -1) for tags, _ in scored]).mean(0)
        return tags, torch.stack([links for _, links in scored]).mean(0)


def pieces_of(cutter: Cutter, group: list[tuple[Example, TokenSpan]]) -> dict[str, Tensor]:
    """Return the pieces of the windows of a batch, each window in one part."""
    cut = padded([[cutter.cut(one.words[start:end])] for one, (start, end) in group])
    return {name: torch.from_numpy(array) for name, array in cut._asdict().items()}


def write_tagger(
    tagger: nn.Module, sample: Example, cutter: Cutter | None, path: Path, *, quantize: bool = True
) -> None:
    """Write a tagger as an ONNX graph, traced on windows of an article.

    If it is quantized, its weights are whole numbers of eight bits, with one scale per channel.
    """
    ranges = windows(sample.found.codes)[:2]
    arrays = network.inputs(batch(sample.found, ranges))
    given = {name: torch.from_numpy(array) for name, array in arrays.items()}
    axes = {name: {0: "windows", 1: "tokens"} for name in given}
    axes["distances"] = {0: "tokens", 1: "cues"}
    if cutter is not None:
        pieces = pieces_of(cutter, [(sample, one) for one in ranges])
        given |= pieces
        axes |= {name: {0: "parts", 1: "pieces"} for name in pieces}
        axes["first"] = {0: "windows", 1: "tokens"}
    types = QUANTIZED if cutter else QUANTIZED[:2]
    fitting.write_graph(
        tagger, given, ["tags", "links"], axes, path, quantized=types if quantize else ()
    )


def scores(
    tagger: nn.Module, held: Sequence[Example], cutter: Cutter | None, tell: fitting.Tell
) -> dict[str, float]:
    """Return how well a tagger's own reports match the annotation of the articles held back."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / network.TAGGER
        write_tagger(tagger, held[0], cutter, path, quantize=False)
        graph = session(path)
    given = marked = right = strict = 0
    for one in held:
        reference = Reference(one.article)
        told = network.run(graph, one.found, one.words, cutter).reported()
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
