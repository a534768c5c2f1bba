"""Count the sourced statements of American articles that are found, beside language models.

    git clone https://github.com/MarkkulaCenterJMEthics/llms-journ-sourcing
    python benchmarks/sourcing.py llms-journ-sourcing [--profile fast]

Journalism researchers annotated who said what in 43 articles. The benchmark has no licence, so none
of it is part of this repository. It keeps the answers of language models on some of the articles;
these are scored in the same way, on the articles that all of them answered.

Two statements are matched as in its ``eval_multi_llm_article.py``: two of their parts have a ratio
above 70, and the whole statements have one of at least 30, or one contains the other. A name is
right with a ratio above 80.

statements       annotated statements that are found
name, of found   right names, of the found statements with a named source
named and found  right names, of all statements with a named source
own matched      statements of the system that match an annotated one
"""

from __future__ import annotations

import argparse
import csv
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pipeline
from pipeline.input.article import Article
from pipeline.outcomes import Failure
from pipeline.records.schema import ArticleRecord
from pipeline.settings import PROFILES, load_settings

ANSWERS = "llm_results/all_llm_results_20250905102307/"
ANNOTATED = "benchmarking/GT data/20250904/"
TEXTS = (
    "extracted_articles/",
    "2025_extracted_articles/",
    "2025_input_stories/",
    "extracted_articles_boilerplate/",
)
"""Folders of articles; the first one with an article counts."""
PUBLISHED = "2024-09-01"
"""The articles have no dates."""
LEAST_ANSWERS = 8
"""A system with answers on fewer articles is left out."""
PART, WHOLE, NAME = 70, 30, 80
"""Ratios in percent, see above."""


class Statement(NamedTuple):
    """A sourced statement in small letters, with the name and the type of its source."""

    words: str
    name: str
    kind: str = ""


Statements = dict[int, list[Statement]]
"""By the number of the article."""


def git(checkout: Path, *arguments: str) -> str:
    command = ["git", "-C", str(checkout), *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode(
        "utf-8", "replace"
    )


def files(checkout: Path, folder: str, suffix: str) -> Iterator[tuple[str, str]]:
    """Yield the paths and contents of the files below a folder, as committed."""
    for path in git(checkout, "ls-tree", "-r", "-z", "--name-only", "HEAD", folder).split("\0"):
        if path.endswith(suffix):
            yield path, git(checkout, "show", f"HEAD:{path}").lstrip("\ufeff")


def number(path: str) -> int | None:
    """Return the number of the article that a file is about.

    >>> number("extracted_articles/12_harbour.txt"), number("extracted_articles/about.txt")
    (12, None)
    """
    found = re.match(r"\d+", Path(path).name)
    return int(found[0]) if found else None


def articles(checkout: Path) -> dict[int, str]:
    """Return the texts of the articles by their numbers."""
    found: dict[int, str] = {}
    for folder in TEXTS:
        for path, text in files(checkout, folder, ".txt"):
            if (at := number(path)) is not None:
                found.setdefault(at, text)
    lines = (
        (at, re.sub(r"[ \t]+\n", "\n", text.replace("\r\n", "\n"))) for at, text in found.items()
    )
    return {at: text.strip() for at, text in sorted(lines)}


def clean(text: str | None) -> str:
    """Return a text in small letters, with single spaces."""
    return re.sub(r"\s+", " ", (text or "").lower().strip())


def numbered(path: str) -> int:
    """Return the number of the article that a table is about; it must have one."""
    found = number(path)
    if found is None:
        raise ValueError(f"{path}: the name does not begin with the number of an article")
    return found


def annotated(checkout: Path) -> Statements:
    """Return the annotated statements. Their tables have lines above the one with the heads."""
    found: Statements = {}
    for path, content in files(checkout, ANNOTATED, ".csv"):
        table = list(csv.reader(content.splitlines(keepends=True)))
        heads = (at for at, row in enumerate(table) if "Sourced Statements" in map(str.strip, row))
        at = next(heads)
        head = [cell.strip().lower() for cell in table[at]]
        words = head.index("sourced statements")
        kind, name = (
            next(column for column, cell in enumerate(head) if cell.startswith(start))
            for start in ("type of source", "name of source")
        )
        found[numbered(path)] = [
            Statement(clean(row[words]), clean(row[name]), clean(row[kind]))
            for row in table[at + 1 :]
            if len(row) > max(words, kind, name) and clean(row[words])
        ]
    return found


def answers(checkout: Path) -> dict[str, Statements]:
    """Return the statements of each language model that has enough of them."""
    found: dict[str, Statements] = defaultdict(dict)
    for path, content in files(checkout, ANSWERS, ".csv"):
        rows = []
        for row in csv.DictReader(content.splitlines(keepends=True)):
            cells = {re.sub(r"[^a-z]", "", (key or "").lower()): row[key] for key in row}
            name = cells.get("nameofsource", cells.get("name"))
            rows.append(Statement(clean(cells.get("sourcedstatement")), clean(name)))
        model = path.removeprefix(ANSWERS).split("/")[0]
        found[model][numbered(path)] = [row for row in rows if row.words]
    return {model: rows for model, rows in found.items() if len(rows) >= LEAST_ANSWERS}


def statements(record: ArticleRecord) -> Iterator[Statement]:
    """Yield the attributions of a record: the text from the first to the last of their spans."""
    names = {one.id: one.name for one in record.entities}
    for one in record.attributions:
        parts = [part.spans for part in (one.source, one.cue, one.content) if part is not None]
        spans = [span for part in parts for span in part]
        words = record.text[min(span.start for span in spans) : max(span.end for span in spans)]
        name = ", ".join(names[entity] for entity in one.source.entities) if one.source else ""
        yield Statement(clean(words), clean(name or one.source_text))


def parts(text: str) -> list[str]:
    """Return the parts of a statement, between commas and sentences.

    >>> parts("it rained, she said. he left.")
    ['it rained', 'she said.', 'he left.']
    """
    sentences = re.split(r"(?<=[.!?])[\"”’)]*\s+", text)
    found = (part.strip() for one in sentences for part in re.split(r",\s*", one))
    return [part for part in found if part]


def ratio(one: str, other: str) -> float:
    """Return twice the longest common subsequence over both lengths, in percent.

    It is the ratio of rapidfuzz. The subsequence is counted by bits (Hyyrö 2004).

    >>> ratio("ann lee", "ann lea"), ratio("a", "b")
    (85.71428571428572, 0.0)
    """
    size = len(one) + len(other)
    places: dict[str, int] = defaultdict(int)
    for at, letter in enumerate(one):
        places[letter] |= 1 << at
    every = row = (1 << len(one)) - 1
    for letter in other:
        met = row & places.get(letter, 0)
        row = ((row + met) | (row - met)) & every
    common = len(one) - row.bit_count()
    return 100 * (1 - (size - 2 * common) / size) if size else 100.0


def score(gold: Statements, system: Mapping[int, Sequence[Statement]], on: Collection[int]) -> str:
    """Return the figures of a system on some articles, with the numbers of statements."""
    total = found = named = right = all_named = matched = given = 0
    for at in sorted(on):
        ours = system.get(at, ())
        our_parts = [parts(one.words) for one in ours]
        hit: set[int] = set()
        for one in gold[at]:
            is_named = bool(one.name) and one.kind.startswith(("named", "organization"))
            total += 1
            all_named += is_named
            own = parts(one.words)
            best = [max((ratio(a, b) for a in own for b in each), default=0) for each in our_parts]
            alike = [
                j
                for j, other in enumerate(ours)
                if best[j] > PART
                and (
                    other.words in one.words
                    or one.words in other.words
                    or ratio(one.words, other.words) >= WHOLE
                )
            ]
            hit.update(alike)
            if alike:
                found += 1
                top = max(best[j] for j in alike)
                if is_named:
                    named += 1
                    names = (ours[j].name for j in alike if best[j] == top)
                    right += any(ratio(one.name, name) > NAME for name in names)
        given += len(ours)
        matched += len(hit)
    return (
        f"statements {percent(found, total)} ({total})"
        f"  name, of found {percent(right, named)} ({named})"
        f"  named and found {percent(right, all_named)} ({all_named})"
        f"  own matched {percent(matched, given)} ({given})"
    )


def percent(count: int, total: int) -> str:
    return f"{100 * count / total:5.1f}" if total else "    –"


def extracted(texts: Mapping[int, str], profile: str | None) -> Statements:
    """Return the statements that this pipeline finds; an article that fails ends the benchmark."""
    settings = load_settings(file=None, flags={"profile": profile, "strict": True})
    read = (
        Article(text=text, id=f"scu_{at}", where=f"article {at}", published=PUBLISHED)
        for at, text in texts.items()
    )
    found: Statements = {}
    for at, outcome in zip(texts, pipeline.extract_many(read, settings=settings), strict=True):
        if isinstance(outcome, Failure):
            raise outcome.error()
        found[at] = list(statements(outcome))
    return found


def lines(gold: Statements, ours: Statements, models: Mapping[str, Statements]) -> Iterator[str]:
    """Yield the lines of the report."""
    yield f"ours, all {len(gold)}:  {score(gold, ours, gold)}"
    shared = set(gold).intersection(*models.values())
    yield f"on {len(shared)} articles"
    for name, system in [("ours", ours), *sorted(models.items())]:
        yield f"{name:32} {score(gold, system, shared)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("checkout", type=Path, help="a clone of the benchmark's repository")
    parser.add_argument("--profile", choices=PROFILES, help="which networks to use")
    args = parser.parse_args()
    gold, models = annotated(args.checkout), answers(args.checkout)
    ours = extracted(articles(args.checkout), args.profile)
    print("\n".join(lines(gold, ours, models)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
