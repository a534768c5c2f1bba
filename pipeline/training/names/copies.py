"""Copies of articles with other names and other case, so that names are not memorized.

People get names of other cultures, consistently within an article; places, organisations and
the like are exchanged for others of the corpus; before a person who opens a sentence may come what
the corpus calls people ("Senior official"); lines are written as headlines, in capitals or
small, and an article may get its first sentence as a headline.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from pipeline.data import read_lines
from pipeline.document.names import first_names, roles
from pipeline.training.names.corpus import Article, Mark

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


def copies(articles: Sequence[Article], draw: random.Random, weight: float) -> Iterator[Article]:
    """Yield a copy of each article with ``weight`` times its weight."""
    things: dict[str, set[str]] = defaultdict(set)
    for one in articles:
        for mark in one.marks:
            name = one.text[mark.start : mark.end]
            if _exchangeable(name, mark):
                things.update({(label := min(mark.labels)): things[label] | {name}})
    pools = {label: sorted(names) for label, names in things.items()}
    calls = called(articles)
    for one in articles:
        text, marks = Renaming(draw, pools, calls).apply(one)
        text, marks = with_headline(text, marks, draw)
        text = rewritten(text, draw)
        yield one._replace(text=text, marks=tuple(marks), weight=one.weight * weight)


def called(articles: Sequence[Article]) -> list[str]:
    """Return the nouns for people in articles, with or without a modifier."""
    noun = "|".join(map(re.escape, sorted(roles(), key=len, reverse=True)))
    phrase = re.compile(rf"\b(?:an?|the) ((?:[a-z]+[ -])?(?:{noun}))(?= [a-z]|[,.])")
    return sorted({match[1] for one in articles for match in phrase.finditer(one.text)})


def _exchangeable(name: str, mark: Mark) -> bool:
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

    def apply(self, article: Article) -> tuple[str, list[Mark]]:
        """Return the text with other names, and its marks."""
        parts: list[str] = []
        marks: list[Mark] = []
        at = size = 0
        for mark in article.marks:
            old = article.text[mark.start : mark.end]
            new = self.renamed(old, mark)
            call = self.call(article.text, mark)
            parts += [article.text[at : mark.start], call, new]
            size += mark.start - at + len(call)
            marks.append(Mark(size, size + len(new), mark.labels))
            size += len(new)
            at = mark.end
        return "".join((*parts, article.text[at:])), marks

    def call(self, text: str, mark: Mark) -> str:
        """Return the words to put before a name: mostly none."""
        opens = mark.labels == {"PERSON"} and OPENING.search(
            text[max(0, mark.start - 3) : mark.start]
        )
        if not opens or not self.calls or self.draw.random() >= CALLED:
            return ""
        return self.draw.choice(self.calls).capitalize() + " "

    def renamed(self, old: str, mark: Mark) -> str:
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


def with_headline(text: str, marks: list[Mark], draw: random.Random) -> tuple[str, list[Mark]]:
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
