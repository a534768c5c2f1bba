"""Measure the quality of every layer.

    python benchmarks/quality.py                     # the shipped CC BY articles
    python benchmarks/quality.py --shared ../shared  # and every scorer over the development data
    python benchmarks/quality.py --shared ../shared --goals   # only who is who: the table of goals
    python benchmarks/quality.py --shared ../shared --agreement   # only two annotators
    python benchmarks/quality.py --shared ../shared --identities  # only identities across articles

The records are made by the command line, as a user makes them. ``--shared`` names a folder with
``data/`` (development data) and ``gold/`` (the seed's annotation); it is taken from ``../shared``
where that is there. The scorers are in ``benchmarks/scorers``. ``--profile`` chooses the profile of
all records. The articles of ``wikinews_dev`` and ``wikinews_dev2``, the passages of
``gap_validation`` and the identities of ``gum_links_dev`` are scored only.
"""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import identity
import shipped
from standoff import attached

from pipeline.settings import PROFILES

ROOT = Path(__file__).resolve().parent.parent
HEADLINES = {
    "score_attributions": (
        "attr@0.3",
        "attr@0.8",
        "direct@0.3",
        "segdirect@0.5",
        "exact_np/source",
        "exact_np/cue",
        "exact_np/content",
        "token/content",
    ),
    "score_speakers": (
        "person/end_to_end",
        "person/mention",
        "person/precision",
        "person/pronoun",
        "person/nominal",
        "person/rel-pron",
        "org/end_to_end",
        "false_person/all",
    ),
    "score_figures": (
        "paper/value",
        "paper/value+unit",
        "paper/value+change",
        "paper/value+concept",
        "paper/value+concept_strict",
        "one2one/all",
        "one2one/exact",
        "one2one/clean",
    ),
    "score_specs": ("all/pass",),
    "score_datetime": ("all/pass", "all/value"),
    "score_times": ("bare/all", "sentence/all"),
    "score_entities": ("ner/micro", "ner/untyped", "ner/PER", "lea/named", "lea/head", "he_she"),
}
GOALS = (
    "quotes/speaker",
    "quotes/wrong_person",
    "attributions/speaker",
    "attributions/wrong_person",
    "entities/he_she",
    "entities/he_she_wrong",
    "entities/pronoun",
    "entities/nominal",
    "entities/lea",
    "entities/canonical",
    "entities/names",
    "entities/label",
    "attributions/attr@0.5",
    "attributions/attr@0.8",
    "figures/value+unit",
    "figures/measures",
    "figures/holder",
    "figures/holder_precision",
    "times/value",
    "gap/all",
    "gap/m",
    "gap/f",
    "gap/bias",
    "gap/answered",
)
"""The metrics that have goals, over the sets of ``WHO_IS_WHO``."""
WHO_IS_WHO = (
    ("wikinews_dev+wikinews_dev2", "score_gold"),
    ("wikinews_dev", "score_gold"),
    ("wikinews_dev2", "score_gold"),
    ("written_test", "score_gold"),
    ("polnear_test", "score_gold"),
    ("reports_test", "score_gold"),
    ("acts_test", "score_gold"),
    ("numbers_test", "score_gold"),
    ("gap_validation", "score_gap"),
)
SECOND = (
    (("written",), "written_second"),
    (("polnear", "polnear_test"), "polnear_second"),
)
"""Files of first annotations, and the file of the second annotation of some of their articles."""
SETS = (
    ("polnear_dev", "score_attributions", "polnear_dev"),
    ("polnear_dev", "score_speakers", "speaker_labels_dev"),
    ("gum_news_dev", "score_attributions", "gum_news_dev"),
    ("gum_news_dev", "score_entities", "gum_news_dev"),
    ("gum_interview", "score_entities", "gum_interview"),
    ("uner_ewt_dev", "score_entities", "uner_ewt_dev"),
    ("newsquant_dev", "score_figures", "newsquant_dev"),
    ("recognizers_specs_dev", "score_specs", "recognizers_specs_dev"),
    ("recognizers_datetime_dev", "score_datetime", "recognizers_datetime_dev"),
    ("timenorm_train", "score_times", "timenorm_train"),
)
LINKS = ("gum_links_dev",)
"""Sets with identities across articles."""
INPUT_KEYS = ("id", "text", "published", "title", "url", "publisher", "language")
SEED = {"published": "2025-05-01"}


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def extract(rows: list[dict[str, Any]], name: str, folder: Path, profile: str) -> Path:
    """Run ``pipeline extract`` over rows; return the file of records."""
    source, target = folder / f"{name}.in.jsonl", folder / f"{name}.jsonl"
    with source.open("w", encoding="utf-8") as out:
        for row in rows:
            kept = {key: row[key] for key in INPUT_KEYS if row.get(key) is not None}
            out.write(json.dumps(kept, ensure_ascii=False) + "\n")
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "extract",
        str(source),
        "-o",
        str(target),
        "--strict",
        "--profile",
        profile,
    ]
    done = subprocess.run([*command, "--force", "--quiet"], cwd=ROOT, check=False)
    records = len(read_jsonl(target)) if target.exists() else 0
    print(f"{name}/lost {len(rows) - records} ({len(rows)}) exit {done.returncode}", flush=True)
    return target


def with_decimals(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record whose fractions are decimals and whose scores are ranges.

    The scorers read a value as one float: ``score_figures.py`` stops at ``1/3`` and ``2-1``, which
    the record allows, ``score_specs.py`` counts them as wrong.
    """
    figures = []
    for figure in record["figures"]:
        value = figure["value"] or ""
        if "/" in value:
            figure = figure | {"value": f"{float(Fraction(value)):.12f}"}
        elif "-" in value[1:]:
            low, high = value.split("-")
            figure = figure | {"value": None, "low": low, "high": high}
        figures.append(figure)
    return record | {"figures": figures}


def corpus(name: str, shared: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of ``seeds/corpus``; the texts of PolNeAR are in ``shared``."""
    rows = read_jsonl(ROOT / "seeds" / "corpus" / f"{name}.jsonl")
    if "text" in rows[0]:
        return rows
    texts = read_jsonl(shared / "data" / "polnear_train.jsonl")
    return list(attached(rows, {row["id"]: row for row in texts}))


def agreement(shared: Path, folder: Path, everything: bool, profile: str) -> Iterator[str]:  # noqa: ARG001
    """Yield the scores of the second annotators against the first."""
    as_record = importlib.import_module("markup").as_record
    for firsts, second in SECOND:
        records = {row["id"]: as_record(row) for row in corpus(second, shared)}
        rows = [row for name in firsts for row in corpus(name, shared) if row["id"] in records]
        for metric in importlib.import_module("score_gold").score(rows, records):
            yield metric.line(f"{second}: ")


def who_is_who(shared: Path, folder: Path, everything: bool, profile: str) -> Iterator[str]:
    """Yield the lines of the metrics that have goals."""
    for name, scorer in WHO_IS_WHO:
        rows = [row for one in name.split("+") for row in rows_of(one, shared)]
        records = {str(row["id"]): row for row in read_jsonl(extract(rows, name, folder, profile))}
        metrics = importlib.import_module(scorer).score(rows, records)
        for metric in metrics:
            if everything or metric.name in GOALS:
                yield metric.line(f"{name}, {profile}: ")
        if scorer == "score_gold" and "entities" in rows[0]:
            counted, wrong = sure_and_wrong(rows, records)
            share = 100 * wrong / max(1, counted)
            yield f"{name}, {profile}: sure/wrong {share:.1f} ({counted})"
        values = {metric.name: metric.value for metric in metrics}
        if values.get("gap/answered"):
            wrong = 100 * values["gap/wrong"] / values["gap/answered"]
            answered = round(values["gap/answered"] * len(rows) / 100)
            yield f"{name}, {profile}: gap/wrong_among_answers {wrong:.1f} ({answered})"


def rows_of(name: str, shared: Path) -> list[dict[str, Any]]:
    """Return the rows of a set, of ``seeds/corpus`` or of the development data."""
    own = (ROOT / "seeds" / "corpus" / f"{name}.jsonl").exists()
    return corpus(name, shared) if own else read_jsonl(shared / "data" / f"{name}.jsonl")


SURE = 0.95
"""Speakers and sources with a confidence above this may not be wrong."""


def sure_and_wrong(
    rows: Iterable[dict[str, Any]], records: dict[str, dict[str, Any]]
) -> tuple[int, int]:
    """Return how many speakers and sources have a confidence above ``SURE``; how many are wrong."""
    sure = [
        one.right
        for row in rows
        if str(row["id"]) in records
        for field, one in identity.verdicts(identity.Article(row, records[str(row["id"])]))
        if field in identity.FIELDS[:2] and one.confidence > SURE
    ]
    return len(sure), sure.count(False)


def development(shared: Path, folder: Path, everything: bool, profile: str) -> Iterator[str]:
    """Yield the lines of every scorer over the development data, the seed and the gold articles."""
    made: dict[str, Path] = {}
    for source, scorer, gold in SETS:
        if source not in made:
            given = read_jsonl(shared / "data" / f"{source}.jsonl")
            made[source] = extract(given, source, folder, profile)
        score = importlib.import_module(scorer).score
        rows = read_jsonl(shared / "data" / f"{gold}.jsonl")
        records = {str(row["id"]): row for row in read_jsonl(made[source])}
        if scorer == "score_specs":
            for metric in score(rows, records):
                if metric.name in HEADLINES[scorer]:
                    yield metric.line(f"{source}, fractions as they are written: ")
        if scorer in ("score_figures", "score_specs"):
            records = {key: with_decimals(record) for key, record in records.items()}
        if scorer == "score_figures":
            yield from concepts_by_kind(rows, records)
        for metric in score(rows, records):
            if everything or metric.name in HEADLINES[scorer]:
                yield metric.line(f"{source}: ")
    for name, path in made.items():
        found = list(merged(read_jsonl(path)))
        yield from found
        yield f"{name}: entities/merged {len(found)}"
    for name in "seed", "gold":
        yield from whole_articles(shared, name, folder, profile)


def identities(shared: Path, folder: Path, everything: bool, profile: str) -> Iterator[str]:  # noqa: ARG001
    """Yield the scores of identities across articles: of equal names, and of ``pipeline link``."""
    score = importlib.import_module("score_identity").score
    for name in LINKS:
        rows = read_jsonl(shared / "data" / f"{name}.jsonl")
        path = extract(rows, name, folder, profile)
        records = {str(row["id"]): row for row in read_jsonl(path)}
        for how, known in (("same name", None), ("linked", linked(path))):
            for metric in score(rows, records, known):
                yield metric.line(f"{name}, {how}: ")


def linked(records: Path) -> dict[str, str]:
    """Return the identity of each "article/entity" of a file, by ``pipeline load --link``."""
    database = records.with_suffix(".db")
    database.unlink(missing_ok=True)
    command, to = [sys.executable, "-m", "pipeline"], ["--db", f"sqlite:///{database}"]
    loading = [*command, "load", str(records), "--link", "--quiet", *to]
    subprocess.run(loading, cwd=ROOT, check=True)
    listing = [*command, "identities", "list", "--members", *to]
    listed = subprocess.run(listing, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    found: dict[str, str] = json.loads(listed)
    return found


def concepts_by_kind(
    rows: Iterable[dict[str, Any]], records: dict[str, dict[str, Any]]
) -> Iterator[str]:
    """Yield for each kind how many figures share a word of the concept, of those with the value."""
    score = importlib.import_module("score_figures")
    shared: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for row in rows:
        record = records[str(row["id"])]
        names = score.entity_names(record)
        ours = [
            (figure["kind"], read)
            for figure in record["figures"]
            if figure["kind"] != "ordinal"
            for read in score.one_of_ours(figure, names)
        ]
        for gold in map(score.of_gold, row["figures"]):
            same = [(kind, read) for kind, read in ours if score.same_value(gold, read)]
            if same:
                kind, best = max(same, key=lambda one: score.concept_shared(gold, one[1]))
                found[kind] += 1
                shared[kind] += score.concept_shared(gold, best)
    for kind, number in sorted(found.items()):
        yield f"newsquant_dev: concept/{kind} {shared[kind]} of {number}"


def merged(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield each two full names of one entity that cannot be one person's."""
    names = importlib.import_module("names")
    for record in records:
        for entity in record["entities"]:
            if entity["label"] != "PERSON":
                continue
            said = {word for one in entity["descriptions"] for word in one.split()}
            full: set[str] = set()
            for mention in entity["mentions"]:
                words = mention["text"].split()
                while words and (
                    words[0] in said
                    or words[0][0].islower()
                    or words[0].rstrip(".").lower() in names.TITLES
                ):
                    words.pop(0)
                if mention["kind"] == "name" and len(words) > 1:
                    full.add(" ".join(words))
            for one, other in combinations(sorted(full), 2):
                if one.endswith(other) or other.endswith(one):
                    continue  # "Peña Nieto", without the first name
                if not (names.same_person(one, other) or names.same_person(other, one)):
                    yield f"{record['id']}: {one} | {other}"


def whole_articles(shared: Path, name: str, folder: Path, profile: str) -> Iterator[str]:
    """Yield the score sheet of whole articles: the seed, or the twelve of ``data/gold``."""
    read_gold = importlib.import_module("common").read_gold
    gold = read_gold(shared / ("gold/seed.json" if name == "seed" else "data/gold"))
    rows = [SEED | row for row in gold] if name == "seed" else gold
    records = {str(row["id"]): row for row in read_jsonl(extract(rows, name, folder, profile))}
    for metric in importlib.import_module("score_gold").score(gold, records):
        yield metric.line(f"{name}: ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    beside = ROOT.parent / "shared"
    parser.add_argument("--shared", type=Path, default=beside if beside.is_dir() else None)
    parser.add_argument("--profile", choices=PROFILES, default="accurate")
    parser.add_argument("--goals", action="store_true", help="only the metrics of who is who")
    parser.add_argument("--agreement", action="store_true", help="only two annotators")
    parser.add_argument("--identities", action="store_true", help="only identities across articles")
    parser.add_argument("--all", action="store_true", help="every metric, not only the headlines")
    parser.add_argument("--keep", type=Path, help="keep the records in this folder")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        parts = {"goals": who_is_who, "agreement": agreement, "identities": identities}
        only = [score for part, score in parts.items() if getattr(args, part)]
        if not only:
            articles = read_jsonl(ROOT / "seeds" / "wikinews.jsonl")
            records = read_jsonl(extract(articles, "wikinews", folder, args.profile))
            for line in shipped.score(ROOT / "seeds" / "gold", records):
                print(f"wikinews: {line}", flush=True)
        if args.shared is None:
            print("no folder of development data: pass --shared for the other scorers")
            return
        sys.path.insert(0, str(ROOT / "benchmarks" / "scorers"))
        for score in only or (who_is_who, development, identities):
            for line in score(args.shared, folder, args.all, args.profile):
                print(line, flush=True)


if __name__ == "__main__":
    main()
