"""Read annotated names, complete the annotation with a recogniser, and vary names and case.

A row is an article with ``id`` and ``text``, annotated in one of two ways or not at all:

- ``entities``, each with ``label``, ``label_alt`` and ``mentions`` [start, end, kind]: contains
  every name with its label;
- ``names`` [[start, end, label], …] with coarse labels (PER, ORG, LOC, MISC): peoples, works and
  the like may be missing.

Where a label is coarse, the recogniser (the base model or a teacher) chooses among the finer ones
if it has named the same words, else any is right. Everything else is taken from the recogniser.

In copies of articles, people get names of other cultures, consistently within an article; places,
organisations and the like are exchanged for others of the corpus, or have a name that could be
anybody's, so that only what is said of them tells what they are; before a person who opens a
sentence may come what the corpus calls people ("Senior official"); lines are written as headlines,
in capitals or small, and an article may get its first sentence as a headline.
"""

from __future__ import annotations

import json
import random
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.data import read_lines
from pipeline.document.columns import Columns
from pipeline.document.names import ARTICLES, NAME_LABELS, POSSESSIVES
from pipeline.errors import BadRow
from pipeline.model.names.network import LABELS
from pipeline.names.lists import first_names, roles

EXCHANGED = {
    "GPE": 0.35,
    "ORG": 0.35,
    "FAC": 0.35,
    "LOC": 0.35,
    "PRODUCT": 0.35,
    "EVENT": 0.35,
    "WORK_OF_ART": 0.35,
    "NORP": 0.2,
}
"""Share of the different names of a label to replace."""
COINED = 0.25
"""Share of the organisations, places and products of one word to name like a person, or with a
word that does not exist."""
PLAIN = 0.3
"""Share of copies without accents."""
HYPHENATED = 0.08
CALLED = 0.15
"""Share of people at the start of a sentence who get a role before the name."""
REWRITTEN = 0.12
"""Share of lines with another case."""
OPENING = re.compile(r"(?:^|[.!?][\"”’]? |\n)$")
HEADLINE = 22
"""Maximum number of words of a line that is written as a headline."""
INITIALS = re.compile(r"[A-Z]\.?([A-Z]\.?)?")
SMALL = re.compile(r"(?<![\w'’])[a-z](?=\w{3})")
DEFINITE = re.compile(r"(?i:\b(?:the|an?) )$")
LOCATIVE = re.compile(r"(?i:\b(?:in|at|near|from|to|outside) )$")
"""Before a place that would be taken for something else without it."""
SUFFIX = re.compile(r"(?i:jr|sr|ii|iii|iv)\.?")
FIRST_SENTENCE = re.compile(r"[^\n]{25,110}?(?=[.,;] |[.]\n| (?:after|when|while|who|because|as) )")
LETTERS = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ß": "s"})


@cache
def people() -> Mapping[tuple[str, str], Sequence[str]]:
    """Return first names and surnames, by ("first" or "last", culture)."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for section, line in read_lines("people.txt"):
        part, culture = section.split(" ", 1)
        found[part, culture] += line.split()
    return found


@cache
def cultures() -> tuple[str, ...]:
    """Return the cultures that names are drawn from."""
    return tuple(sorted({culture for _, culture in people()}))


def copies(
    articles: Sequence[NamedArticle], draw: random.Random, weight: float
) -> Iterator[NamedArticle]:
    """Yield a copy of each article with ``weight`` times its weight."""
    things: dict[str, set[str]] = defaultdict(set)
    for one in articles:
        for mark in one.marks:
            name = one.text[mark.start : mark.end]
            if _exchangeable(name, mark):
                things[min(mark.labels)].add(name)
    pools = {label: sorted(names) for label, names in things.items()}
    calls = called(articles)
    for one in articles:
        text, marks = Renaming(draw, pools, calls).apply(one)
        text, marks = with_headline(text, marks, draw)
        text = rewritten(text, draw)
        yield one._replace(text=text, marks=tuple(marks), weight=one.weight * weight)


def called(articles: Sequence[NamedArticle]) -> list[str]:
    """Return the nouns for people in articles, with or without a modifier."""
    noun = "|".join(map(re.escape, sorted(roles(), key=len, reverse=True)))
    phrase = re.compile(rf"\b(?:an?|the) ((?:[a-z]+[ -])?(?:{noun}))(?= [a-z]|[,.])")
    return sorted({match[1] for one in articles for match in phrase.finditer(one.text)})


def _exchangeable(name: str, mark: NameMark) -> bool:
    single = len(mark.labels) == 1 and min(mark.labels) in EXCHANGED
    return single and name[:1].isupper() and not name.isupper() and "\n" not in name


class Renaming:
    """The new names of one copy of an article."""

    def __init__(
        self,
        draw: random.Random,
        pools: Mapping[str, Sequence[str]],
        calls: Sequence[str] = (),
    ) -> None:
        self.draw, self.pools, self.calls = draw, pools, calls
        self.plain = draw.random() < PLAIN
        self.words: dict[str, str] = {}
        self.cultures: dict[str, str] = {}
        self.things: dict[str, str] = {}

    def apply(self, article: NamedArticle) -> tuple[str, list[NameMark]]:
        """Return the text with other names, and its marks."""
        self.things |= self.coined(article)
        parts: list[str] = []
        marks: list[NameMark] = []
        at = size = 0
        for mark in article.marks:
            old = article.text[mark.start : mark.end]
            new = self.renamed(old, mark)
            call = self.call(article.text, mark)
            parts += [article.text[at : mark.start], call, new]
            size += mark.start - at + len(call)
            marks.append(NameMark(size, size + len(new), mark.labels))
            size += len(new)
            at = mark.end
        return "".join((*parts, article.text[at:])), marks

    def coined(self, article: NamedArticle) -> dict[str, str]:
        """Return new names for some of one word, and for the longer ones that begin with it."""
        kinds: dict[str, set[str]] = defaultdict(set)
        left: set[str] = set()
        located: set[str] = set()
        for mark in article.marks:
            name, before = article.text[mark.start : mark.end], article.text[: mark.start][-9:]
            kinds[name] |= mark.labels
            if not _exchangeable(name, mark) or not name.isalpha() or DEFINITE.search(before):
                left.add(name)
            if LOCATIVE.search(before):
                located.add(name)
        found: dict[str, str] = {}
        for name, labels in sorted(kinds.items()):
            label = min(labels, default="")
            fits = label in ("ORG", "PRODUCT") or (label == "GPE" and name in located)
            if name in left or len(labels) > 1 or not fits or self.draw.random() >= COINED:
                continue
            found[name] = new = self.coin()
            for other in kinds:
                if other.startswith(f"{name} "):
                    found[other] = new + other[len(name) :]
        return found

    def coin(self) -> str:
        """Return a surname, or a word made of two of them."""
        names = [self._last(self.draw.choice(cultures())) for _ in range(2)]
        words = [re.split("[ -]", name)[-1] for name in names]
        one, other = (without_accents(word) if self.plain else word for word in words)
        if self.draw.random() < 0.5:
            return one
        return one[: len(one) // 2 + 1] + other[len(other) // 2 :].lower()

    def call(self, text: str, mark: NameMark) -> str:
        """Return the words to put before a name: mostly none."""
        opens = mark.labels == {"PERSON"} and OPENING.search(
            text[max(0, mark.start - 3) : mark.start]
        )
        if not opens or not self.calls or self.draw.random() >= CALLED:
            return ""
        return self.draw.choice(self.calls).capitalize() + " "

    def renamed(self, old: str, mark: NameMark) -> str:
        """Return the name that replaces another."""
        written = old[:1].isupper() and not old.isupper() and "\n" not in old
        if written and mark.labels == {"PERSON"}:
            new = self.person(old.split(" "))
            return without_accents(new) if self.plain else new
        if not _exchangeable(old, mark):
            return old
        label = min(mark.labels)
        if old not in self.things:
            other = self.draw.random() < EXCHANGED[label]
            self.things[old] = self.draw.choice(self.pools[label]) if other else old
        return self.things[old]

    def person(self, words: list[str]) -> str:
        """Return another name for a person of these words."""
        behind: list[str] = []
        while len(words) > 1 and SUFFIX.fullmatch(words[-1]):
            behind.insert(0, words.pop())
        last = words[-1]
        culture = self.cultures.setdefault(last, self.draw.choice(cultures()))
        if len(words) == 1:
            is_first = last.lower() in first_names() and self.draw.random() < 0.8
            if last not in self.words:
                self.words[last] = self._first(culture) if is_first else self._last(culture)
            return " ".join((self.words[last], *behind))
        if last not in self.words:
            self.words[last] = self._last(culture)
        first = words[0]
        if not INITIALS.fullmatch(first):
            first = self.words.setdefault(first, self._first(culture))
        middle = [word for word in words[1:-1] if INITIALS.fullmatch(word)]
        if len(words) > 3 and self.draw.random() < 0.5:
            middle.append(self._first(culture))
        if culture == "chinese" and not middle and self.draw.random() < 0.8:
            return " ".join((self.words[last], first, *behind))
        return " ".join((first, *middle, self.words[last], *behind))

    def _first(self, culture: str) -> str:
        own = culture if self.draw.random() < 0.8 else self.draw.choice(cultures())
        return self.draw.choice(people()["first", own])

    def _last(self, culture: str) -> str:
        name = self.draw.choice(people()["last", culture])
        if name[0].islower() and name.startswith(("de-", "del-", "dos-", "da-", "bin-")):
            name = name.replace("-", " ")
        if self.draw.random() < HYPHENATED:
            other = self.draw.choice(people()["last", self.draw.choice(cultures())])
            name += "-" + other.rsplit("-", 1)[-1]
        return name


def without_accents(text: str) -> str:
    """Return a text without accents."""
    parts = unicodedata.normalize("NFKD", text.translate(LETTERS))
    return "".join(char for char in parts if not unicodedata.combining(char))


def with_headline(
    text: str, marks: list[NameMark], draw: random.Random
) -> tuple[str, list[NameMark]]:
    """Return a text with its first sentence as a headline before it, if that is short enough."""
    sentence = FIRST_SENTENCE.match(text)
    if sentence is None or any(one.start < sentence.end() < one.end for one in marks):
        return text, marks
    chance = draw.random()
    line = sentence[0]
    line = line.upper() if chance < 0.2 else titled(line) if chance < 0.75 else line
    if len(line) != sentence.end():
        return text, marks
    by = len(line) + 2
    inside = [one for one in marks if one.end <= len(line)]
    moved = [one._replace(start=one.start + by, end=one.end + by) for one in marks]
    return f"{line}\n\n{text}", inside + moved


def titled(line: str) -> str:
    """Return a line as headlines are written: words of four letters and more with a capital."""
    return SMALL.sub(lambda letter: letter[0].upper(), line)


def rewritten(text: str, draw: random.Random) -> str:
    """Return a text with some lines in capitals, small or as headlines; offsets stay."""

    def other(line: re.Match[str]) -> str:
        words = len(line[0].split())
        if words < 4 or draw.random() >= REWRITTEN:
            return line[0]
        short = ("title", "title", "upper", "lower")
        way = draw.choice(short if words <= HEADLINE else ("upper", "lower", "", ""))
        new = line[0]
        if way == "title":
            new = titled(new)
        elif way:
            new = new.upper() if way == "upper" else new.lower()
        return new if len(new) == len(line[0]) else line[0]

    return re.sub(r"[^\n]+", other, text)


PLACES = frozenset(("GPE", "LOC", "FAC"))
FINER = {
    "PER": frozenset(("PERSON",)),
    "ORG": frozenset(("ORG",)),
    "LOC": PLACES,
    "MISC": frozenset(NAME_LABELS) - {"PERSON", "ORG"} - PLACES,
}
"""The labels that a coarse one may mean."""
COARSE = frozenset(("PERSON", "ORG")) | PLACES
"""The labels for which a coarse annotation is complete."""
ALL = frozenset(NAME_LABELS)


Seen = tuple[int, int, str]
"""The tokens of a name from a recogniser, with its label."""


class NameMark(NamedTuple):
    """Characters of a name with one of these labels; without labels, they are not annotated."""

    start: int
    end: int
    labels: frozenset[str]


class NamedArticle(NamedTuple):
    """An article with its names, and the weight of each of its tokens."""

    id: str
    text: str
    marks: tuple[NameMark, ...]
    complete: frozenset[str]
    """The labels for which the annotation is complete."""
    weight: float

    @property
    def whole(self) -> bool:
        """Return whether every name is annotated, of any label."""
        return self.complete == ALL


def read_corpus(path: Path, weight: float) -> Iterator[NamedArticle]:
    """Yield the articles of a file.

    Raises ``BadRow`` for an invalid row.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                marks, complete = _marks(row)
                yield NamedArticle(str(row["id"]), row["text"], marks, complete, weight)
            except (ValueError, KeyError, TypeError) as error:
                hint = "give id and text, and entities or names"
                raise BadRow(f"line {number}: {error!r}", where=str(path), hint=hint) from error


def _marks(row: dict[str, Any]) -> tuple[tuple[NameMark, ...], frozenset[str]]:
    if "entities" not in row and "names" not in row:
        return (), frozenset()
    if "entities" not in row:
        found = (NameMark(start, end, FINER[label]) for start, end, label in row["names"])
        return tuple(found), COARSE
    marks = []
    for entity in row["entities"]:
        others = entity.get("label_alt") or ()
        labels = frozenset((entity["label"], *((others,) if isinstance(others, str) else others)))
        marks += [NameMark(m[0], m[1], labels) for m in entity["mentions"] if m[2] == "name"]
    return tuple(marks), ALL


def filled(article: NamedArticle, columns: Columns, seen: Sequence[Seen]) -> tuple[NameMark, ...]:
    """Return an article's marks, cut to tokens, and those from a recogniser."""
    seen = [one for one in seen if one[2] in LABELS]
    label_of = {at: label for start, end, label in seen for at in range(start, end)}
    taken: set[int] = set()
    found: list[NameMark] = []
    for mark in sorted(article.marks, key=lambda one: (one.start, -one.end)):
        start, end = around(columns, mark)
        if start >= end or not taken.isdisjoint(range(start, end)):
            continue
        taken.update(range(start, end))
        whole = _whole(columns, start, end, mark)
        start, end = trimmed(columns, start, end)
        labels = mark.labels if whole else frozenset[str]()
        if len(labels) > 1 and article.complete == COARSE:
            fine = {label_of[at] for at in range(start, end) if at in label_of} & labels
            labels = frozenset(fine) if len(fine) == 1 else labels
        found.append(NameMark(columns.starts[start], columns.ends[end - 1], labels))
    for start, end, label in seen:
        if label in article.complete or not taken.isdisjoint(range(start, end)):
            continue
        if label in NAME_LABELS:
            start, end = trimmed(columns, start, end)
        found.append(NameMark(columns.starts[start], columns.ends[end - 1], frozenset((label,))))
    return tuple(sorted(found, key=lambda one: one.start))


def trimmed(columns: Columns, start: int, end: int) -> tuple[int, int]:
    """Return a span without an article before and a possessive after it."""
    while start < end - 1 and columns.lower[start] in ARTICLES:
        start += 1
    while end - 1 > start and columns.words[end - 1] in POSSESSIVES:
        end -= 1
    return start, end


def aligned(
    columns: Columns, marks: Sequence[NameMark]
) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Yield the tokens of each mark with its labels: none if it does not match token boundaries."""
    for mark in marks:
        start, end = around(columns, mark)
        if start < end:
            whole = _whole(columns, start, end, mark)
            yield start, end, mark.labels if whole else frozenset()


def around(columns: Columns, mark: NameMark) -> tuple[int, int]:
    """Return the tokens that share characters with a mark."""
    return bisect_right(columns.ends, mark.start), bisect_left(columns.starts, mark.end)


def _whole(columns: Columns, start: int, end: int, mark: NameMark) -> bool:
    return (columns.starts[start], columns.ends[end - 1]) == (mark.start, mark.end)
