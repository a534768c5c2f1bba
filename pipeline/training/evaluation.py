"""Score records against articles with annotated attributions.

Tokens are words and single marks; a span covers each token that it touches. What lies in regions
that were not annotated is taken out on both sides, and so is one of ours that is found to be an
optional one. Of an article of which only some attributions were judged, precision alone is counted,
in what was judged. Figures are in percent.

=================== ==============================================================================
attr@T              whole attributions, one to one: contents overlap by T (intersection over
                    union) and the sources share a token, or neither has one
recall/KIND@0.3     recall of attr@0.3 by kind of the marked one: ``direct`` (four fifths of the
                    content's tokens or more stand in double quotation marks), ``mixed`` (some do)
                    or ``indirect`` (none does)
direct@0.3          recall of the marked direct ones, precision of ours that are direct
segdirect@0.5       the same of the contiguous runs of tokens that contents consist of
exact_np/ROLE       source, cue or content has the same words as a marked one
token/content       tokens in contents
precision/TYPE      precision of attr@0.3 by type of our cue
calibration_error   expected calibration error of our confidences (Guo et al. 2017), in ten bins of
                    equal width: the mean distance from confidence to precision of attr@0.3
=================== ==============================================================================
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pipeline.records.schema import ArticleRecord, Attribution
from pipeline.text.spans import TokenSpan
from pipeline.training.attributed import (
    SAME_CONTENT,
    AnnotatedArticle,
    AnnotatedAttribution,
    AttributionTokens,
    GoldArticle,
    matching,
)

Kind = Literal["direct", "mixed", "indirect"]
KINDS: tuple[Kind, ...] = ("direct", "mixed", "indirect")
ROLES = ("source", "cue", "content")
THRESHOLDS = (0.3, 0.5, 0.8)
SAME_RUN = 0.5
DIRECT = 0.8
"""Minimum share of a content in quotation marks that makes it direct speech."""
BINS = 10
NO_TYPE = "none"
"""The type of a missing cue, and of a cue without a type."""
IN_MARKS = re.compile(r"[\"“„«][^\"”»\n]*[\"”»]?")
"""Words in double quotation marks, with the marks; the end of a paragraph closes them."""


class Verdict(NamedTuple):
    """Whether an extracted attribution is marked, and its confidence."""

    confidence: float
    right: bool


class Metric(NamedTuple):
    """One value or three in percent, and the counts that they are shares of; None if undefined."""

    name: str
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    error: float | None = None
    found: int | None = None
    marked: int | None = None

    def values(self) -> dict[str, float | int]:
        """Return the defined values by name."""
        rows = self._asdict()
        del rows["name"]
        return {key: value for key, value in rows.items() if value is not None}

    def line(self) -> str:
        """Return the line to print.

        >>> Metric("attr@0.3", precision=50.0, recall=25.0, f1=33.333, found=2, marked=4).line()
        'attr@0.3 precision 50.0 recall 25.0 f1 33.3 found 2 marked 4'
        >>> Metric("attr@0.3", recall=0.0, found=0, marked=4).line()
        'attr@0.3 recall 0.0 found 0 marked 4'
        """
        shown = (
            f"{key} {value:.1f}" if isinstance(value, float) else f"{key} {value}"
            for key, value in self.values().items()
        )
        return " ".join((self.name, *shown))


@dataclass
class MatchCounts:
    """The counts for precision and recall."""

    right_found: int = 0
    found: int = 0
    right_marked: int = 0
    marked: int = 0

    def add(self, right: int, found: int, marked: int, right_marked: int | None = None) -> None:
        """Add the counts of an article; ``right`` is for both measures unless given twice."""
        self.right_found += right
        self.found += found
        self.right_marked += right if right_marked is None else right_marked
        self.marked += marked

    def include(self, other: MatchCounts, *, recall: bool) -> None:
        """Add the counts of another tally, those for recall only if requested."""
        self.right_found += other.right_found
        self.found += other.found
        if recall:
            self.right_marked += other.right_marked
            self.marked += other.marked

    def metric(self, name: str) -> Metric:
        """Return precision, recall and F1; undefined ones are left out."""
        precision, recall = _share(self.right_found, self.found), self.recall()
        f1 = None
        if precision is not None and recall is not None:
            total = precision + recall
            f1 = 2 * precision * recall / total if total else 0.0
        return Metric(name, precision, recall, f1, found=self.found, marked=self.marked)

    def recall(self) -> float | None:
        return _share(self.right_marked, self.marked)


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


class Bin(NamedTuple):
    """Our attributions with ``low`` <= confidence < ``high``; the last bin includes 1."""

    low: float
    high: float
    size: int
    right: int
    confidence: float
    """Their mean confidence; 0 for an empty bin."""

    @property
    def precision(self) -> float:
        """The share that is right; 0 for an empty bin."""
        return self.right / self.size if self.size else 0.0


def bins(verdicts: Iterable[Verdict]) -> list[Bin]:
    """Return verdicts in bins of equal width.

    >>> bins([Verdict(0.92, True), Verdict(0.98, False)])[-1]
    Bin(low=0.9, high=1.0, size=2, right=1, confidence=0.95)
    """
    held: list[list[Verdict]] = [[] for _ in range(BINS)]
    for one in verdicts:
        held[min(int(one.confidence * BINS), BINS - 1)].append(one)
    return [
        Bin(
            at / BINS,
            (at + 1) / BINS,
            len(rows),
            sum(row.right for row in rows),
            sum(row.confidence for row in rows) / len(rows) if rows else 0.0,
        )
        for at, rows in enumerate(held)
    ]


def calibration_error(verdicts: Sequence[Verdict]) -> float | None:
    """Return the expected calibration error, from 0 to 1; None without verdicts.

    >>> calibration_error([Verdict(0.9, True), Verdict(0.9, False)])
    0.4
    """
    if not verdicts:
        return None
    parts = (one.size * abs(one.confidence - one.precision) for one in bins(verdicts))
    return sum(parts) / len(verdicts)


class Evaluation:
    """Counts over articles; ``add`` each one, then read ``metrics``.

    >>> one = AnnotatedAttribution(((0, 3),), ((4, 8),))
    >>> article = AnnotatedArticle("a", "Lee left.", (one,), ())
    >>> sums = Evaluation()
    >>> sums.add(article, None)
    >>> next(sums.metrics()).line()
    'attr@0.3 recall 0.0 found 0 marked 1'
    """

    def __init__(self) -> None:
        self.articles = self.complete = 0
        self.verdicts: list[Verdict] = []
        self._tallies: dict[str, MatchCounts] = defaultdict(MatchCounts)
        self._types: dict[str, MatchCounts] = defaultdict(MatchCounts)
        for name in _names():
            self._tallies[name] = MatchCounts()

    def add(self, article: AnnotatedArticle, record: ArticleRecord | None) -> None:
        """Count an article; without a record, nothing was found."""
        self.articles += 1
        self.complete += article.complete
        sheet = _EvaluatedArticle(article)
        marked = sheet.marked
        kept = []
        for tokens, one, verdict in sheet.judged(record):
            if verdict is None:
                continue
            kept.append(tokens)
            self._types[(one.cue and one.cue.type) or NO_TYPE].add(verdict, 1, 0)
            if one.confidence is not None:
                self.verdicts.append(Verdict(one.confidence, verdict))
        tallies: dict[str, MatchCounts] = defaultdict(MatchCounts)
        for least in THRESHOLDS:
            pairs = matching(marked, kept, least)
            tallies[f"attr@{least}"].add(len(pairs), len(kept), len(marked))
            if least == SAME_CONTENT:
                for at, wanted in enumerate(marked):
                    tallies[f"recall/{sheet.kind(wanted)}@{least}"].add(at in pairs, 0, 1)
        sheet.count_direct(tallies[f"direct@{SAME_CONTENT}"], marked, kept, SAME_CONTENT)
        sheet.count_direct(tallies[f"segdirect@{SAME_RUN}"], _runs(marked), _runs(kept), SAME_RUN)
        for role in ROLES:
            phrases, ours = (
                {getattr(one, role) & sheet.wordy for one in many} - {frozenset()}
                for many in (marked, kept)
            )
            tallies[f"exact_np/{role}"].add(len(phrases & ours), len(ours), len(phrases))
        inside, given = (
            frozenset().union(*(one.content for one in many)) for many in (marked, kept)
        )
        tallies["token/content"].add(len(inside & given), len(given), len(inside))
        for name, counts in tallies.items():
            self._tallies[name].include(counts, recall=article.complete)

    def metrics(self) -> Iterator[Metric]:
        """Yield all metrics in the order of the table above."""
        for name, tally in self._tallies.items():
            if name.startswith("recall/"):
                yield Metric(name, recall=tally.recall(), marked=tally.marked)
            else:
                whole = tally.metric(name)
                yield whole if self.complete == self.articles else whole._replace(f1=None)
        for cue_type, tally in sorted(self._types.items()):
            precision = _share(tally.right_found, tally.found)
            yield Metric(f"precision/{cue_type}", precision=precision, found=tally.found)
        error = calibration_error(self.verdicts)
        error = None if error is None else 100 * error
        yield Metric("calibration_error", error=error, found=len(self.verdicts))


def _names() -> Iterator[str]:
    """Yield the names of the metrics that have a tally, in order."""
    yield from (f"attr@{least}" for least in THRESHOLDS)
    yield from (f"recall/{kind}@{SAME_CONTENT}" for kind in KINDS)
    yield from (f"direct@{SAME_CONTENT}", f"segdirect@{SAME_RUN}")
    yield from (f"exact_np/{role}" for role in ROLES)
    yield "token/content"


class _EvaluatedArticle(GoldArticle):
    """An article with its words and its quoted tokens."""

    def __init__(self, article: AnnotatedArticle) -> None:
        super().__init__(article)
        self.complete = article.complete
        text = article.text
        self.wordy = frozenset(
            at
            for at, (start, end) in enumerate(self.bounds)
            if any(map(str.isalnum, text[start:end]))
        )
        """Tokens that are not marks."""
        self.quoted = frozenset(
            at
            for part in IN_MARKS.finditer(text)
            for at in self.token_at[part.start() : part.end()]
        )

    def judged(
        self, record: ArticleRecord | None
    ) -> Iterator[tuple[AttributionTokens, Attribution, bool | None]]:
        """Yield our attributions with whether each is marked; None for optional ones."""
        found = []
        for one in record.attributions if record else ():
            source, content, cue = (
                tuple((span.start, span.end) for span in part.spans) if part else ()
                for part in (one.source, one.content, one.cue)
            )
            tokens = self.tokens(AnnotatedAttribution(source, content, cue))
            if tokens is not None and (self.complete or self.is_inside(content)):
                found.append((tokens, one))
        verdicts = self.judge([tokens for tokens, _ in found])
        yield from ((*pair, verdict) for pair, verdict in zip(found, verdicts, strict=True))

    def kind(self, one: AttributionTokens) -> Kind:
        part = len(one.content & self.quoted) / len(one.content)
        return "direct" if part >= DIRECT else "mixed" if part else "indirect"

    def count_direct(
        self,
        tally: MatchCounts,
        marked: Sequence[AttributionTokens],
        ours: Sequence[AttributionTokens],
        least: float,
    ) -> None:
        """Match marked direct ones with all of ours, and our direct ones with all marked."""
        direct_marked = [one for one in marked if self.kind(one) == "direct"]
        direct_ours = [one for one in ours if self.kind(one) == "direct"]
        tally.add(
            len(matching(marked, direct_ours, least)),
            len(direct_ours),
            len(direct_marked),
            len(matching(direct_marked, ours, least)),
        )


def _runs(many: Iterable[AttributionTokens]) -> list[AttributionTokens]:
    """Return one attribution per contiguous run of tokens of a content."""
    return [
        one._replace(content=frozenset(range(start, end)))
        for one in many
        for start, end in _ranges(one.content)
    ]


def _ranges(tokens: frozenset[int]) -> Iterator[TokenSpan]:
    starts = sorted(at for at in tokens if at - 1 not in tokens)
    ends = sorted(at + 1 for at in tokens if at + 1 not in tokens)
    return zip(starts, ends, strict=True)
