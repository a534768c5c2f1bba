"""Measure how well entries of a gazetteer are chosen: right, wrong and none.

    python benchmarks/gazetteer.py ARTICLES.jsonl
    python benchmarks/gazetteer.py seeds/corpus/identities.jsonl --texts seeds/corpus/wikinews.jsonl

ARTICLES has a row for each article, with ``entities`` [{``label``, ``mentions`` [[start, end,
text]], ``link``}], as made of DWIE (Zaporojets et al. 2021); or, with ``--texts``, it is our
annotation of identities. The gazetteer is made of the persons that have a link: the title in the
link is the name, and a remark in brackets the description. It is measured with three sets of
aliases: ``names`` has none; ``others`` has the forms in nine tenths of the articles, and is asked
about the last tenth, so that no article is answered by its own spelling; ``all`` has every form of
every article.

For each person of each article, an entry is chosen by the names of all entities there. **known**
are the persons with an entry. **unknown** are those without a link, and, asked of a gazetteer that
lacks every other entry, those whose entry is missing: none is right. ``error`` is the expected
calibration error of what was chosen.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.model.identity.choice import choose
from pipeline.model.identity.gazetteer import Gazetteer, Known, index
from pipeline.model.identity.profiles import Seen
from pipeline.training.evaluation import Verdict, calibration_error

Row = Mapping[str, Any]
FOLDS = 10
VERDICTS = ("right", "wrong", "none")
LABELS = {"PER": "PERSON", "LOC": "GPE"}


def annotated(identities: Path, texts: Path) -> list[Row]:
    """Return the articles of our annotation."""
    text_of = {row["id"]: row["text"] for row in read(texts)}
    return [
        {
            "id": row["id"],
            "entities": [
                {
                    "id": one["id"],
                    "label": LABELS.get(one["kind"], one["kind"]),
                    "mentions": [(a, b, text_of[row["id"]][a:b]) for a, b in one["mentions"]],
                    "link": one["id"],
                }
                for one in row["identities"]
            ],
        }
        for row in read(identities)
        if row["id"] in text_of
    ]


def read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def folds(rows: Sequence[Row]) -> Iterator[tuple[str, Sequence[Row], Sequence[Row]]]:
    """Yield the articles whose forms are aliases, and those to ask about, by the set of aliases."""
    yield "names", (), rows
    for fold in range(FOLDS):
        yield (
            "others",
            [row for at, row in enumerate(rows) if at % FOLDS != fold],
            rows[fold::FOLDS],
        )
    yield "all", rows, rows


def link_of(entity: Row) -> str | None:
    """Return the link of a person."""
    return (entity["link"] or "").strip() or None if entity["label"] == "PERSON" else None


def forms(rows: Sequence[Row]) -> dict[str, Counter[str]]:
    """Return the forms of the names of persons by link."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for entity in (one for row in rows for one in row["entities"]):
        if link := link_of(entity):
            found[link].update(text for *_, text in entity["mentions"])
    return found


def entries(rows: Sequence[Row], aliases: Sequence[Row]) -> list[Known]:
    """Return an entry for each linked person of all articles."""
    given = forms(aliases)
    found = []
    for link, texts in sorted(forms(rows).items()):
        name, _, remark = link.replace("_", " ").partition(" (")
        if link.startswith("wikidata:"):  # has no title
            name = max(texts, key=lambda text: (" " in text, texts[text], text))
        names = tuple(dict.fromkeys((name, *sorted(given.get(link, ())))))
        found.append(Known(link, names, (remark.rstrip(")"),) if remark else ()))
    return found


def seen_in(row: Row) -> list[Seen]:
    """Return the entities of an article, named by their longest form."""
    found = []
    for one in row["entities"]:
        names = Counter(text for *_, text in one["mentions"])
        name = max(names, key=lambda text: (text.count(" "), len(text), text))
        found.append(Seen(one["id"], name, one["label"], names, {}))
    return found


Answer = tuple[str, str, float | None]
"""Whether a person is known, the verdict, and the confidence of what was chosen."""


def answers(rows: Sequence[Row], known: Sequence[Known], *, missing: bool) -> Iterator[Answer]:
    """Yield an answer for each person of some articles, or only for those without an entry."""
    ids = {one.id for one in known}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        path.write_bytes(index(known))
        gazetteer = Gazetteer(path)
        for row in rows:
            found = choose(gazetteer, seen_in(row), None)
            for one in row["entities"]:
                link, answer = link_of(one), found.get(one["id"])
                if one["label"] == "PERSON" and not (missing and (link is None or link in ids)):
                    verdict = "none" if not answer else "right" if answer.id == link else "wrong"
                    kind = "known" if link in ids else "unknown"
                    yield kind, verdict, answer.confidence if answer else None


def report(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a line for each set of aliases, of those known and unknown."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for aliases, given, asked in folds(rows):
        whole = entries(rows, given)
        found[aliases] += answers(asked, whole, missing=False)
        found[aliases] += answers(asked, whole[::2], missing=True)
    yield f"{'aliases':8} {'persons':8} {'of':>6}" + "".join(f"{one:>8}" for one in VERDICTS)
    for aliases, several in found.items():
        for kind in ("known", "unknown"):
            counts = Counter(verdict for one, verdict, _ in several if one == kind)
            size = counts.total()
            cells = "".join(f"{100 * counts[one] / size:8.1f}" for one in VERDICTS)
            yield f"{aliases:8} {kind:8} {size:6}{cells}"
        sure = [Verdict(p, verdict == "right") for _, verdict, p in several if p is not None]
        yield f"{aliases:8} error {100 * (calibration_error(sure) or 0.0):.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("articles", type=Path, help="articles with links, JSONL")
    parser.add_argument("--texts", type=Path, help="their texts, for our annotation, JSONL")
    args = parser.parse_args()
    rows = annotated(args.articles, args.texts) if args.texts else read(args.articles)
    for line in report(rows):
        print(line)


if __name__ == "__main__":
    main()
