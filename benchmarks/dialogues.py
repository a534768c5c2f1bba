"""Measure who is said to speak in plain passages where that is certain.

    python benchmarks/dialogues.py [--profile fast]     # the families for scores
    python benchmarks/dialogues.py --learn --show colon     # what is not right in one to learn from
    python benchmarks/dialogues.py --write FILE.jsonl --articles 600   # articles to learn from
    python benchmarks/dialogues.py --more     # further families, which not all models learn from

The passages are those of ``passages.py``. Each quotation and each reported statement asks for one
answer: the people who speak, or nobody where the text does not name them.

right    the speakers, no more and no fewer; or nobody
wrong    somebody else, or somebody where nobody is named, as speaker of a quotation or as source of
         the attribution that it belongs to; or only some of those who speak together
open     nobody, where somebody is named

The bins count answers by their confidence. The last two lines count quotations that differ in their
speaker from the one they continue, and sources that are a paragraph or more behind their cue.

The families for scores are never read: there is no way to show their passages.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

import passages

import pipeline
from pipeline.input.article import Article
from pipeline.outcomes import Failure
from pipeline.records.schema import ArticleRecord, Span
from pipeline.settings import PROFILES, load_settings
from pipeline.text.spans import CharSpan

BINS = ((0.9, 0.95), (0.95, 0.98), (0.98, 1.0))
"""Confidences, the upper end included."""
SAME = 0.5
"""The part of their characters that our quotation or content and the annotated one share."""
Verdict = Literal["right", "wrong", "open"]
Item = TypeVar("Item")


class Answer(NamedTuple):
    """What a record says of one question."""

    family: str
    verdict: Verdict
    confidence: float | None
    asked: str
    """The words said."""
    right: str | None
    given: str | None


class Scores(NamedTuple):
    """The answers of records, and how often a record contradicts itself."""

    answers: list[Answer]
    discontinuous: int
    """Quotations whose speakers differ from those of the one they continue."""
    behind: int
    """Attributions whose source follows the cue by a paragraph."""


def judge(right: frozenset[str], given: frozenset[str]) -> Verdict:
    """Return whether the names given are those that are right.

    >>> judge(frozenset({"Ann"}), frozenset()), judge(frozenset(), frozenset())
    ('open', 'right')
    """
    if given == right:
        return "right"
    return "wrong" if given else "open"


def answers(family: str, row: passages.Row, record: ArticleRecord) -> Iterator[Answer]:
    """Yield the answers of a record to the questions of a passage."""
    names = names_of(row, record)
    text = row["text"]

    def answer(
        span: Sequence[CharSpan], right: str | None, given: Iterable[str], sure: float | None
    ) -> Answer:
        wanted = frozenset(right.split("; ") if right else ())
        found = frozenset(names[one] for one in given)
        asked = " … ".join(text[start:end] for start, end in span)
        named = "; ".join(sorted(found)) or None
        return Answer(family, judge(wanted, found), sure, asked, right, named)

    attributions = {one.id: one for one in record.attributions}
    for quote in row["quotes"]:
        span = tuple(quote["span"])
        ours = most([span], ((one, [(one.start, one.end)]) for one in record.quotes))
        if ours is None:
            yield answer([span], quote["speaker"], (), None)
            continue
        found = answer([span], quote["speaker"], ours.speakers, ours.speaker_confidence)
        around = attributions.get(ours.attribution or "")
        if found.verdict != "wrong" and around is not None and around.source is not None:
            source = around.source
            outer = answer([span], quote["speaker"], source.entities, source.entity_confidence)
            found = outer if outer.verdict == "wrong" else found
        yield found
    contents = [
        (one, places(one.content.spans)) for one in record.attributions if one.content is not None
    ]
    for claim in row["attributions"]:
        if claim["kind"] == "indirect":
            spans = [tuple(one) for one in claim["content"]]
            same = most(spans, contents)
            said = same.source if same else None
            yield answer(
                spans,
                claim["speaker"],
                said.entities if said else (),
                said.entity_confidence if said else None,
            )


def names_of(row: passages.Row, record: ArticleRecord) -> dict[str, str]:
    """Return the annotated name of each entity of a record, or its own if none is annotated."""
    owner = {
        at: entity["name"]
        for entity in row["entities"]
        for start, end, kind in entity["mentions"]
        if kind == "name"
        for at in range(start, end)
    }
    found = {}
    for one in record.entities:
        named = [m for m in one.mentions if m.kind == "name"]
        votes = Counter(owner[at] for m in named for at in range(m.start, m.end) if at in owner)
        found[one.id] = votes.most_common(1)[0][0] if votes else one.name
    return found


def places(spans: Iterable[Span]) -> list[CharSpan]:
    return [(one.start, one.end) for one in spans]


def most(
    spans: Sequence[CharSpan], items: Iterable[tuple[Item, Sequence[CharSpan]]]
) -> Item | None:
    """Return the item whose spans are most like some; None if no item shares half with them."""
    wanted = {at for start, end in spans for at in range(start, end)}
    best: tuple[float, Item | None] = (SAME, None)
    for item, own in items:
        held = {at for start, end in own for at in range(start, end)}
        like = len(wanted & held) / len(wanted | held)
        if like > best[0] or (like == best[0] and best[1] is None):
            best = (like, item)
    return best[1]


def discontinuous(record: ArticleRecord) -> int:
    """Return how many quotations have other speakers than the one they continue."""
    by_id = {one.id: one for one in record.quotes}
    return sum(
        set(one.speakers) != set(by_id[one.continues].speakers)
        for one in record.quotes
        if one.continues is not None
    )


def behind(record: ArticleRecord) -> int:
    """Return how many attributions have a source in a later paragraph than their cue."""
    count = 0
    for one in record.attributions:
        if one.source is not None and one.cue is not None:
            end = max(span.end for span in one.cue.spans)
            start = min(span.start for span in one.source.spans)
            count += start >= end and "\n" in record.text[end:start]
    return count


def scored(pairs: Iterable[tuple[passages.Passage, ArticleRecord]]) -> Scores:
    """Return the scores of passages and their records."""
    found: list[Answer] = []
    contradictions = sources = 0
    for passage, record in pairs:
        found += answers(passage.family, passage.row, record)
        contradictions += discontinuous(record)
        sources += behind(record)
    return Scores(found, contradictions, sources)


def records(
    made: Sequence[passages.Passage], profile: str | None
) -> Iterator[tuple[passages.Passage, ArticleRecord]]:
    """Yield passages with their records; one that fails ends the benchmark."""
    settings = load_settings(file=None, flags={"profile": profile, "strict": True})
    read = (
        Article(text=row["text"], where=row["id"], id=row["id"], published=row["published"])
        for _, row in made
    )
    for passage, outcome in zip(made, pipeline.extract_many(read, settings=settings), strict=True):
        if isinstance(outcome, Failure):
            raise outcome.error()
        yield passage, outcome


def lines(scores: Scores) -> Iterator[str]:
    """Yield the lines of the report."""
    by_family: dict[str, list[Answer]] = defaultdict(list)
    for one in scores.answers:
        by_family[one.family].append(one)
    heads = ("answers", "right", "wrong", "open")
    yield f"{'family':20} " + " ".join(f"{head:>8}" for head in heads)
    for family, found in [*sorted(by_family.items()), ("all", scores.answers)]:
        counts = Counter(one.verdict for one in found)
        cells = (len(found), counts["right"], counts["wrong"], counts["open"])
        yield f"{family:20} " + " ".join(f"{cell:8}" for cell in cells)
    size = len(scores.answers) or 1
    counts = Counter(one.verdict for one in scores.answers)
    shares = (f"{100 * counts[key] / size:8.2f}" for key in ("right", "wrong", "open"))
    yield f"{'percent':20} {'':8} " + " ".join(shares)
    yield ""
    yield f"{'confidence':20} " + " ".join(f"{head:>8}" for head in ("answers", "wrong", "percent"))
    for low, high in BINS:
        held = [
            one
            for one in scores.answers
            if one.given is not None and one.confidence is not None and low < one.confidence <= high
        ]
        wrong = sum(one.verdict == "wrong" for one in held)
        share = f"{100 * wrong / len(held):8.2f}" if held else f"{'n/a':>8}"
        yield f"{f'{low} to {high}':20} {len(held):8} {wrong:8} {share}"
    yield ""
    yield f"speakers that differ from the quotation continued: {scores.discontinuous}"
    yield f"sources a paragraph behind their cue: {scores.behind}"


def shown(pairs: Iterable[tuple[passages.Passage, ArticleRecord]]) -> Iterator[str]:
    """Yield the passages with an answer that is not right."""
    for passage, record in pairs:
        off = [one for one in answers(*passage, record) if one.verdict != "right"]
        if off:
            yield f"## {passage.row['id']}\n{record.text}"
            for one in off:
                sure = "" if one.confidence is None else f" at {one.confidence:.2f}"
                yield f"- {one.verdict}: {one.given}{sure}, not {one.right}: {one.asked}"
            for claim in record.attributions:
                who = "; ".join(claim.source_names)
                words = (claim.source_text, claim.cue_text, claim.content_text)
                yield f"    [{who}] {' | '.join(one or '–' for one in words)}"
            yield ""


def parsed(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the options; a family for scores cannot be shown."""
    families: Mapping[str, Any] = {
        key: passages.data()[key]["families"] for key in ("learn", "more", "score")
    }
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--profile", choices=PROFILES, help="how attributions are judged")
    parser.add_argument("--learn", action="store_true", help="score the families to learn from")
    parser.add_argument("--more", action="store_true", help="the further families to learn from")
    parser.add_argument("--each", type=int, default=24, help="how many passages of a family")
    parser.add_argument("--seed", type=int, default=1, help="random seed")
    parser.add_argument(
        "--show", metavar="FAMILY", help="show what is not right in one to learn from"
    )
    parser.add_argument("--write", type=Path, help="write articles for training to this file")
    parser.add_argument("--articles", type=int, default=600, help="how many articles to write")
    args = parser.parse_args(arguments)
    if args.show in families["score"]:
        parser.error(f"{args.show} is for scores: its passages are never read")
    known = families["more" if args.more else "learn"]
    if args.show is not None and args.show not in known:
        parser.error(f"{args.show} is not a family to learn from: {', '.join(known)}")
    return args


def main() -> int:
    args = parsed()
    learned: passages.Split = "more" if args.more else "learn"
    if args.write is not None:
        with args.write.open("w", encoding="utf-8") as out:
            for row in passages.articles(args.articles, args.seed, split=learned):
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        return 0
    split = learned if args.learn or args.more or args.show else "score"
    made = list(passages.passages(split, args.each, args.seed))
    if args.show is not None:
        made = [one for one in made if one.family == args.show]
        print("\n".join(shown(records(made, args.profile))))
    else:
        print("\n".join(lines(scored(records(made, args.profile)))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
