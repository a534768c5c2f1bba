"""How far to trust an answer: a logistic regression over what speaks for it and against it.

The probability that a network gives to a source says nothing about whether the words were joined to
the right source. So a quotation is ranked a second time, as if its attribution were unknown: an
answer that its surroundings contradict is less sure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log, log1p

from pipeline.model.speakers.scene import SceneQuotation, SpeakerScene, sureness

CLIPPED = 1e-3
"""Probabilities are clipped to the range from this to 1 minus this."""
DECIMALS = 4

SOURCE_FEATURES = (
    "share",
    "rival",
    "attribution",
    "reference",
    "name",
    "pronoun",
    "quoted",
    "paragraphs",
    "persons",
)
"""Of a source: log odds of its likeliest candidate and of the second, of the attribution, and that
the mention at its head refers to the candidate; whether that is a name or a pronoun; whether it is
inside a quotation; paragraphs between source and cue; how many persons the text names."""
QUOTE_FEATURES = (
    "share",
    "attribution",
    "alike",
    "other",
    "sentence",
    "paragraph",
    "first",
    "continues",
    "persons",
)
"""Of a quotation with a source: log odds of the likeliest candidate and of the attribution; of the
same and of the likeliest other candidate by the surroundings alone; whether the cue is in its
sentence and in its paragraph; whether it begins the content; whether it continues another; how many
persons the text names."""


class Trust:
    """A logistic regression over named features."""

    def __init__(self, weights: Mapping[str, float], features: Sequence[str]) -> None:
        """Raise ``ValueError`` if the weights are those of other features."""
        if [*weights] != ["bias", *features]:
            raise ValueError("the weights were trained on other features")
        self.weights = list(weights.values())

    def __call__(self, values: Sequence[float]) -> float:
        """Return the confidence, from 0 to 1."""
        total = sum(w * v for w, v in zip(self.weights, (1.0, *values), strict=True))
        return round(1 / (1 + exp(-min(max(total, -30.0), 30.0))), DECIMALS)


def odds(share: float) -> float:
    """Return the log odds of a probability."""
    share = min(max(share, CLIPPED), 1 - CLIPPED)
    return log(share / (1 - share))


def of_source(scene: SpeakerScene, number: int, likely: Mapping[int, float]) -> list[float]:
    """Return the values of ``SOURCE_FEATURES`` for the source of an attribution."""
    one, head = scene.sources[number], scene.heads[number]
    best, *rest = sorted(likely.values(), reverse=True)
    chain = max(likely, key=lambda c: likely[c])
    mine = [r for r in scene.at(head) if r.chain == chain] if head is not None else []
    place = (one.cue or one.source or one.content)[0][0]
    columns = scene.columns
    apart = 0 if head is None else columns.paragraphs[head] - columns.paragraphs[place]
    return [
        odds(best),
        odds(rest[0] if rest else 0.0),
        odds(one.confidence),
        odds(max(map(sureness, mine), default=0.5)),
        any(r.kind == "name" for r in mine),
        any(r.kind == "pronoun" for r in mine),
        scene.quoted[place] >= 0,
        float(min(abs(apart), 3)),
        log1p(scene.persons),
    ]


def of_quote(
    scene: SpeakerScene,
    one: SceneQuotation,
    own: int,
    likely: Mapping[int, float],
    around: Mapping[int, float],
) -> list[float]:
    """Return the values of ``QUOTE_FEATURES`` for a quotation with a source.

    ``likely`` are the probabilities of the source of its attribution, number ``own``, ``around``
    those by the surroundings of the quotation.
    """
    source, columns = scene.sources[own], scene.columns
    chain = max(likely, key=lambda c: likely[c])
    last = len(columns.words) - 1  # the words of an empty quotation may be behind the last token
    start = min(one.start, last)
    end = max(start, min(one.end - 1, last))
    cue = (source.cue or source.source)[0][0]
    sentences, paragraphs = columns.sentences, columns.paragraphs
    return [
        odds(likely[chain]),
        odds(source.confidence),
        odds(around.get(chain, 0.0)),
        odds(max((share for c, share in around.items() if c != chain), default=0.0)),
        sentences[cue] in (sentences[start], sentences[end]),
        paragraphs[cue] == paragraphs[start],
        any(first <= start < last for first, last in source.content[:1]),
        one.continues is not None,
        log1p(scene.persons),
    ]
