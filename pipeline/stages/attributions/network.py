"""Run the tagger and the judge of attributions, also inside quotations and contents.

A network is a folder of ``models/``: ``tagger.onnx`` maps windows to tags and links;
``judge.onnx`` maps the features of a proposed attribution to its probability; ``config.json`` has
the labels with codes and the parameters that were fitted with the weights.

ONNX runs on one thread, with deterministic kernels. Values are rounded here before they are
compared, so that the last bit does not matter.

Within another attribution ("She told me that it was over," he said), the tagger reads the words
between two marks, or those of a content, as a separate text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.manifest import own_model
from pipeline.model.encoder import Encoder, encoder_below
from pipeline.model.session import Floats, Names, Scale, check_features, session
from pipeline.stages.attributions.beliefs import (
    CUE,
    DECIMALS,
    TAGS,
    Beliefs,
    BeliefWindow,
    Reported,
    softmax,
)
from pipeline.stages.attributions.features import (
    CODES,
    CUE_TYPE,
    LONGEST,
    QUOTE,
    AttributionFeatures,
    Labels,
    WindowBatch,
    batches,
    cut,
    distances,
    features,
    mark_quotation,
    windows,
)
from pipeline.stages.attributions.judge import KNOWN
from pipeline.stages.attributions.reading import Reading
from pipeline.text.spans import TokenSpan

SHORTEST = 4
"""Minimum number of tokens of a range to read."""


class Inside(NamedTuple):
    """Parts of a document to read on their own."""

    ranges: list[TokenSpan]
    found: AttributionFeatures
    """The arrays of the document."""


def inside_quotations(reading: Reading, found: AttributionFeatures) -> Inside:
    """Return the words inside quotations that contain a cue of the lexicon, without their marks."""
    codes = found.codes.copy()
    ranges: list[TokenSpan] = []
    for index in reading.outer:
        if reading.quotes[index].speech:
            first, last = reading.tokens[index]
            end = last - (reading.quotes[index].close is not None)
            if end - first > SHORTEST and codes[first + 1 : end, CUE_TYPE].any():
                ranges.extend(cut(found.codes, first + 1, end, LONGEST))
    for start, end in ranges:
        codes[start:end, QUOTE] = 0
    for index, quote in enumerate(reading.quotes):
        if quote.parent is not None:
            mark_quotation(codes, reading.token_range(*reading.bounds(index)), quote)
    return Inside(ranges, found._replace(codes=codes))


def inside_contents(found: AttributionFeatures, contents: Iterable[Sequence[TokenSpan]]) -> Inside:
    """Return the parts of contents that contain a cue of the lexicon outside quotations.

    Of parts that overlap, the first is returned.
    """
    cues = (found.codes[:, CUE_TYPE] > 0) & (found.codes[:, QUOTE] == 0)
    ranges: list[TokenSpan] = []
    read = 0
    for start, end in sorted(piece for content in contents for piece in content):
        if start >= read and end - start >= SHORTEST and cues[start:end].any():
            ranges.extend(cut(found.codes, start, end, LONGEST))
            read = end
    return Inside(ranges, found)


def likelihood(beliefs: Beliefs, one: Reported) -> float:
    """Return the probability of the least likely part of an attribution."""
    parts: list[tuple[Floats, Sequence[TokenSpan]]] = [
        (beliefs.cue, (one.cue,)),
        (beliefs.content, one.content),
        (beliefs.source, (one.source,) if one.source is not None else ()),
    ]
    means = [
        float(np.concatenate([likely[start:end] for start, end in ranges]).mean())
        for likely, ranges in parts
        if ranges
    ]
    return round(min(means), 6)


TAGGER = "tagger.onnx"


JUDGE = "judge.onnx"


CONFIG = "config.json"


FEATURES: Names = {"codes": CODES, "known": KNOWN}
"""The columns of what the tagger and the judge read."""


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """The configuration of a network."""

    labels: Labels
    least: float
    """Minimum judgement of a proposal to return, unless it quotes someone."""
    scale: Scale
    least_within: float
    scale_within: Scale
    """The scale for attributions within quotations."""
    encoder: str | None
    """The SHA-256 of the encoder below the tagger, if there is one."""

    @classmethod
    def read(cls, path: Path) -> NetworkConfig:
        """Read a config; raise ``ModelUnsuitable`` if the weights read other features."""
        table = json.loads(path.read_text("utf-8"))
        check_features(path.parent, table.get("features"), FEATURES)
        labels = Labels.of(*(table["labels"][name] for name in Labels._fields))
        scales = [Scale(one["slope"], one["shift"]) for one in (table, table["within"])]
        within = table["within"]["least"]
        return cls(labels, table["least"], scales[0], within, scales[1], table.get("encoder"))


class AttributionNetwork:
    """The two loaded graphs of a network, and the encoder below them if there is one."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.config = NetworkConfig.read(folder / CONFIG)
        self.encoder: Encoder | None = encoder_below(folder, self.config.encoder)
        self.tagger = session(folder / TAGGER)
        self.judge = session(folder / JUDGE)

    def beliefs(self, found: AttributionFeatures) -> Beliefs:
        """Return the tagger's output for a document of at least one token."""
        return run(self.tagger, found)

    def features(self, reading: Reading) -> AttributionFeatures:
        """Return the arrays of a document of at least one token."""
        return features(reading.doc, reading, self.config.labels, self.encoder)

    def within(self, found: Inside) -> list[tuple[Reported, float]]:
        """Return the sufficiently likely attributions within quotations, with confidences."""
        if not found.ranges:
            return []
        beliefs = run(self.tagger, found.found, found.ranges)
        config = self.config
        told = ((one, likelihood(beliefs, one)) for one in beliefs.reported())
        return [
            (one, config.scale_within(likely))
            for one, likely in told
            if likely >= config.least_within
        ]

    def judged(self, known: Floats) -> Floats:
        """Return (m, 2) probabilities for (m, k) features of proposals: that an annotator would
        mark the attribution, and would mark it with the same content.
        """
        if not len(known):
            return np.zeros((0, 2), dtype=np.float32)
        likely: Floats = np.round(self.judge.run(None, {"known": known})[0], DECIMALS)
        return likely

    def confidence(self, likely: float) -> float:
        """Return the confidence for a judgement."""
        return self.config.scale(likely)


@cache
def network(name: str) -> AttributionNetwork:
    """Return a network of ``models/`` by its name in the manifest, checked and cached.

    Raises ``ModelChanged`` or ``ManifestUnreadable``.
    """
    _, folder = own_model(name)
    return AttributionNetwork(folder)


def run(
    tagger: Any, found: AttributionFeatures, ranges: Sequence[TokenSpan] | None = None
) -> Beliefs:
    """Return the output of a tagger for a document.

    It reads ``ranges``, by default windows that cover the document.
    """
    tags = np.zeros((len(found.codes), len(TAGS)), dtype=np.float32)
    read: list[BeliefWindow] = []
    for one in batches(found, windows(found.codes) if ranges is None else ranges):
        scores, links = tagger.run(None, inputs(one))
        likely = softmax(scores)
        for at, (start, end) in enumerate(one.windows):
            here = slice(end - start)
            tags[start:end] = likely[at, here]
            read.append(BeliefWindow(start, end, tags[start:end, CUE], links[at, here, here]))
    read.sort(key=lambda one: one.start)
    return Beliefs(tags, read)


def inputs(one: WindowBatch) -> dict[str, NDArray[Any]]:
    """Return the inputs of a graph for a batch."""
    size = one.heads.shape[1]
    encoded = {} if one.encoded is None else {"encoded": one.encoded}
    return {
        "vectors": one.vectors,
        "tensor": one.tensor,
        "codes": one.codes,
        "heads": one.heads,
        "above": one.above,
        "distances": np.ascontiguousarray(distances(LONGEST)[:size, :size]),
        **encoded,
    }
