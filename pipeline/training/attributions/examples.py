"""Annotated articles as arrays: what the tagger reads, and what it should say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.model.names.network import LABELS as NAMES
from pipeline.stages.attributions.beliefs import CONTENT, CUE, SOURCE, Reported
from pipeline.stages.attributions.features import AttributionFeatures, Labels, features
from pipeline.stages.attributions.network import Inside, inside_contents, inside_quotations
from pipeline.stages.attributions.proposals import Proposal
from pipeline.stages.attributions.reading import Reading
from pipeline.stages.attributions.stage import LEVELS
from pipeline.text.spans import CharSpan, TokenSpan
from pipeline.training.attributed import (
    AnnotatedArticle,
    AnnotatedAttribution,
    AttributionTokens,
    GoldArticle,
)

STAGE = "news_attributions"
OFTEN = 25
"""Words that are seen less often have no code of their own."""
MARKED_WITHIN = 0.005
"""At least so large a part of a corpus's attributions is within others if these are marked."""
UNSCORED = -100
"""The target of a tag that counts neither way."""


class AttributionExample(NamedTuple):
    """An article of n tokens."""

    article: AnnotatedArticle
    words: list[str]
    reading: Reading
    found: AttributionFeatures
    tags: NDArray[np.int64]
    """(n,) as in ``beliefs.TAGS``; ``UNSCORED`` in regions that were not annotated."""
    links: NDArray[np.int64]
    """(n,) the first token of the cue that a token belongs to, -1 for none."""
    weight: float = 1.0
    """How much a token counts in training."""
    corpus: int = 0
    """The number of the corpus that it is from."""
    ranges: list[TokenSpan] | None = None
    """The tokens that are read at once; by default windows that cover the article."""


def labels_of(found: Sequence[tuple[AnnotatedArticle, Doc]], nlp: Language) -> Labels:
    """Return the labels of the base model, and the common words that are no names.

    Words that are mostly proper nouns have no code, so that the network learns no politicians.
    """
    common: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for _, doc in found:
        for token in doc:
            counter = names if token.tag_ in ("NNP", "NNPS") else common
            counter[token.lower_] += 1
    words = [w for w, n in common.items() if n >= OFTEN and n > names[w] and not w.isspace()]
    words.sort(key=lambda word: (-common[word], word))
    tags, deps = (nlp.get_pipe(name).labels for name in ("tagger", "parser"))  # type: ignore[attr-defined]
    return Labels.of(words, ["_SP", *tags], ["ROOT", *deps], sorted(NAMES))


def example(
    article: AnnotatedArticle,
    doc: Doc,
    labels: Labels,
    weight: float = 1.0,
    corpus: int = 0,
) -> AttributionExample:
    """Return an article as arrays; ``doc`` has gone through the stages before attributions."""
    reading = Reading(doc, doc._.news.quotes)
    arrays = features(doc, reading, labels)
    tags, links = targets(article, reading)
    words = [token.text for token in doc]
    return AttributionExample(article, words, reading, arrays, tags, links, weight, corpus)


def within(one: AttributionExample) -> Iterator[AttributionExample]:
    """Yield what an example's tagger reads and should say inside quotations, and inside contents,
    one level after another.

    Those that need not be found, as "I think" in one's own words, are not asked for.
    """
    reading = one.reading
    read = [(True, inside_quotations(reading, one.found))]
    levels: list[list[list[TokenSpan]]] = [[] for _ in range(LEVELS)]
    for marked in one.article.attributions:
        depth = _depth(marked, one.article.attributions) if marked.cue else LEVELS
        if depth < LEVELS:
            levels[depth].append([reading.token_range(*piece) for piece in marked.content])
    read += [(False, inside_contents(one.found, contents)) for contents in levels]
    for quoted, found in read:
        if found.ranges:
            yield _restricted(one, found, quoted=quoted)


def _restricted(one: AttributionExample, found: Inside, *, quoted: bool) -> AttributionExample:
    """Return an example with the attributions inside its ranges, and inside quotations or not."""
    article = one.article._replace(
        attributions=tuple(
            marked
            for marked in one.article.attributions
            if marked.required
            and marked.cue
            and (one.reading.at_quote[one.reading.token_range(*marked.cue[0])[0]] >= 0) == quoted
            and any(_is_in(one.reading, marked, part) for part in found.ranges)
        )
    )
    tags, links = targets(article, one.reading)
    return one._replace(
        article=article, found=found.found, tags=tags, links=links, ranges=found.ranges
    )


def _is_in(reading: Reading, one: AnnotatedAttribution, part: TokenSpan) -> bool:
    """Tell whether a part of an article holds the cue of an attribution, and all of its content."""
    spans = (*one.cue, *one.content, *one.source)
    ranges = [reading.token_range(*span) for span in spans]
    return all(part[0] <= first and last <= part[1] for first, last in ranges)


def all_within(examples: Sequence[AttributionExample]) -> dict[str, list[AttributionExample]]:
    """Return by the article's id what is inside quotations and contents, from corpora that have it
    marked.
    """
    found: dict[str, list[AttributionExample]] = {}
    given, marked = Counter[int](), Counter[int]()
    for one in examples:
        inner = found[one.article.id] = list(within(one))
        given[one.corpus] += len(one.article.attributions)
        marked[one.corpus] += sum(len(each.article.attributions) for each in inner)
    kept = {number for number in given if marked[number] >= MARKED_WITHIN * given[number]}
    corpora = {one.article.id: one.corpus for one in examples}
    return {number: inner for number, inner in found.items() if corpora[number] in kept}


def targets(
    article: AnnotatedArticle, reading: Reading
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the tags and links that the annotation asks for.

    Attributions in another one's content have no tags: ``within`` asks for them. Where others
    overlap, the shorter content is written over the longer one. Tokens of an attribution that need
    not be found count neither way.
    """
    size = len(reading.lower)
    tags = np.zeros(size, dtype=np.int64)
    links = np.full(size, -1, dtype=np.int64)

    def tokens(spans: Sequence[CharSpan]) -> list[int]:
        return sorted({at for span in spans for at in range(*reading.token_range(*span))})

    def order(one: AnnotatedAttribution) -> tuple[bool, int]:
        return one.required, -sum(end - start for start, end in one.content)

    for one in sorted(article.attributions, key=order):
        cue = tokens(one.cue)
        if not cue or _depth(one, article.attributions):
            continue
        if not one.required:
            tags[tokens((*one.source, *one.cue, *one.content))] = UNSCORED
            continue
        for begin, spans in ((CONTENT, one.content), (SOURCE, one.source), (CUE, one.cue)):
            before = None
            for at in tokens(spans):
                tags[at] = begin + (before is not None and before == at - 1)
                links[at] = -1 if begin == CUE else cue[0]
                before = at
    for span in article.discard:
        first, last = reading.token_range(*span)
        tags[first:last] = UNSCORED
        links[first:last] = -1
    return tags, links


def tokens_of(
    one: AttributionExample, reference: GoldArticle, found: Iterable[Reported | Proposal]
) -> list[AttributionTokens | None]:
    """Return attributions as the reference counts tokens; None in regions without annotation."""
    chars = one.reading.chars
    return [
        reference.tokens(
            AnnotatedAttribution(
                (chars(*each.source),) if each.source else (),
                tuple(chars(*piece) for piece in each.content),
            )
        )
        for each in found
    ]


def _depth(one: AnnotatedAttribution, others: Iterable[AnnotatedAttribution]) -> int:
    """Return the number of others that have the cue of an attribution in their content.

    Those that need not be found do not count: without them, it is not within another one.
    """
    start = one.cue[0][0]
    return sum(
        any(first <= start < end for first, end in other.content)
        for other in others
        if other is not one and other.required
    )
