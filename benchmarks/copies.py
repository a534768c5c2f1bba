"""Measure how well copies of articles are found, on real articles with generated edits.

    python benchmarks/copies.py FILE.jsonl... [--copies 3] [--part odd] [--seed 1]

FILE has articles with ``id``, ``text`` and perhaps ``published``. Each gets copies, each edited by
some of the following at random: cuts (from the end, or paragraphs anywhere; 45 to 95% of the words
are kept), another headline, paragraphs of another article (up to 30% of the words of either), and
British or American spelling. All of them are loaded into a new SQLite database and followed as one
night. A pair of articles is right if both come from the same article. Copies that FILE itself has
count as wrong; ``--errors`` prints wrong pairs. ``--part`` measures every second article only: the
thresholds were chosen on the even ones.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from pipeline.archive.access import opened
from pipeline.archive.following import follow
from pipeline.output.loading import load
from pipeline.records.schema import SCHEMA_VERSION, ArticleRecord, text_sha256

SPELLINGS = (
    ("color", "colour"), ("labor", "labour"), ("honor", "honour"), ("favor", "favour"),
    ("behavior", "behaviour"), ("neighbor", "neighbour"), ("rumor", "rumour"),
    ("organiz", "organis"), ("recogniz", "recognis"), ("realiz", "realis"), ("harbor", "harbour"),
    ("criticiz", "criticis"), ("apologiz", "apologis"), ("emphasiz", "emphasis"),
    ("center", "centre"), ("theater", "theatre"), ("defense", "defence"), ("offense", "offence"),
    ("license", "licence"), ("program", "programme"), ("traveled", "travelled"),
    ("canceled", "cancelled"), ("labeled", "labelled"), ("gray", "grey"), ("percent", "per cent"),
    ("toward", "towards"), ("while", "whilst"), ("among", "amongst"),
)  # fmt: skip
EDITS = ("cut", "headline", "insert", "spelling")


class Text(NamedTuple):
    """An article, or a copy of one."""

    id: str
    origin: str
    """The id of the article that it comes from."""
    paragraphs: tuple[str, ...]
    edits: tuple[str, ...] = ()


def texts(paths: Iterable[str], part: str) -> Iterator[Text]:
    lines = (line for path in paths for line in Path(path).read_text("utf-8").splitlines())
    for number, line in enumerate(lines):
        row = json.loads(line)
        if part == "all" or number % 2 == (part == "odd"):
            yield Text(row["id"], row["id"], tuple(re.split(r"\n+", row["text"].strip())))


def size(paragraphs: Iterable[str]) -> int:
    return sum(len(one.split()) for one in paragraphs)


def cut(paragraphs: Sequence[str], chance: random.Random) -> list[str]:
    """Return the paragraphs without some of them, as an editor shortens a text."""
    kept = list(paragraphs)
    wanted = chance.uniform(0.45, 0.95) * size(kept)
    at_end = chance.random() < 0.5
    while len(kept) > 1:
        place = len(kept) - 1 if at_end else chance.randrange(len(kept))
        if size(kept) - size(kept[place : place + 1]) < wanted:
            break
        del kept[place]
    if size(kept) > wanted:  # few paragraphs: cut the last one after a sentence or in the middle
        words = kept[-1].split()
        kept[-1] = " ".join(words[: max(1, len(words) - int(size(kept) - wanted))])
    return kept


def insert(paragraphs: Sequence[str], others: Sequence[str], chance: random.Random) -> list[str]:
    """Return the paragraphs with some of another article among them."""
    found = list(paragraphs)
    room = min(0.3 * size(found), 0.3 * size(others))
    for one in chance.sample(others, min(3, len(others))):
        if len(one.split()) <= room:
            room -= len(one.split())
            found.insert(chance.randrange(len(found) + 1), one)
    return found


def respelt(text: str, chance: random.Random) -> str:
    """Return a text in the other spelling."""
    british = chance.random() < 0.5
    for pair in SPELLINGS:
        old, new = pair if british else pair[::-1]
        text = re.sub(rf"\b{old}", new, text)
        text = re.sub(rf"\b{old.capitalize()}", new.capitalize(), text)
    return text


def copy(one: Text, number: int, others: Sequence[Text], chance: random.Random) -> Text:
    """Return an edited copy of an article."""
    edits = tuple(edit for edit in EDITS if chance.random() < 0.5) or (chance.choice(EDITS),)
    found = list(one.paragraphs)
    other = chance.choice(others)
    if "cut" in edits:
        found = cut(found, chance)
    if "insert" in edits:
        found = insert(found, other.paragraphs, chance)
    if "headline" in edits:
        head = chance.choice(others).paragraphs[0].split()[:12]
        old = len(one.paragraphs) > 1 and found and found[0] == one.paragraphs[0]
        found[: 1 if old and len(found[0].split()) < 20 else 0] = [" ".join(head)]
    if "spelling" in edits:
        found = [respelt(paragraph, chance) for paragraph in found]
    return Text(f"{one.id}#{number}", one.origin, tuple(found), edits)


def record(one: Text) -> ArticleRecord:
    """Return a record that has only the text."""
    text = "\n\n".join(one.paragraphs)
    return ArticleRecord.model_validate(
        {
            "schema_version": SCHEMA_VERSION,
            "id": one.id,
            "source": dict.fromkeys(
                ("uri", "title", "byline", "publisher", "published", "language")
            )
            | {"sha256": text_sha256(text), "meta": {}},
            "text": text,
            "provenance": {"pipeline": "0", "settings": f"sha256:{'0' * 64}", "models": ()},
        }
        | dict.fromkeys(("entities", "quotes", "figures", "times", "attributions"), ())
        | {"warnings": ()}
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--copies", type=int, default=3, help="copies of each article")
    parser.add_argument("--part", choices=("all", "even", "odd"), default="all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="print N wrong pairs")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    originals = list(texts(given.files, given.part))
    made = [copy(one, n, originals, chance) for one in originals for n in range(given.copies)]
    everything = [*originals, *made]
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{folder}/news.db"
        load(map(record, everything), address)
        began = time.perf_counter()
        follow(address)
        took = time.perf_counter() - began
        with opened(address, reading=True) as store, store.transaction():
            story = dict(store.rows("SELECT article_id, story_id FROM story_members"))
    report(everything, story, given.errors)
    print(f"{len(everything):,} articles in {took:.1f} s: {len(everything) / took:,.0f} a second")


def pairs_of(groups: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the pairs of ids that are in the same group."""
    members: dict[str, list[str]] = {}
    for id, group in groups:
        members.setdefault(group, []).append(id)
    return {pair for ids in members.values() for pair in combinations(sorted(ids), 2)}


def report(everything: Sequence[Text], story: dict[str, str], errors: int) -> None:
    gold = pairs_of((one.id, one.origin) for one in everything)
    found = pairs_of(story.items())
    right = gold & found
    print(f"pairs {len(gold):,}, found {len(found):,}")
    print(f"recall {len(right) / len(gold):.4f}, precision {len(right) / len(found):.4f}")
    by_id = {one.id: one for one in everything}
    for edit in EDITS:
        with_it = [pair for pair in gold if edit in by_id[pair[0]].edits + by_id[pair[1]].edits]
        share = sum(pair in right for pair in with_it) / len(with_it)
        print(f"  {edit:9} recall {share:.4f} of {len(with_it):,}")
    for name, wrong in (("missed", gold - found), ("false", found - gold)):
        for pair in sorted(wrong)[:errors]:
            print(name, *pair, *(by_id[id].edits for id in pair))


if __name__ == "__main__":
    main()
