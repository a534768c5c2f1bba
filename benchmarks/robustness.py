"""Measure what is lost on attributions where the names and the years are others.

    python benchmarks/robustness.py --gold FILE.jsonl [--years 7] [--seed 1] [--keep COPY.jsonl]

Each article is scored unchanged and as a copy. In the copy every person whom the pipeline finds
has another first name (of the same gender, where the lexicon knows it) and another surname, the
same ones throughout the article, and each year is moved by so many. What is marked moves along.
A drop means that names or years of the development articles have been learnt by heart.

A new name begins with a vowel where the old one does, so that "an Obama aide" stays English. Names
in organisations, places and works stay, and so does a word that the article also has in small
letters ("Price", "price"), where the pipeline does not take it for a person.
"""

from __future__ import annotations

import bisect
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import annotated

from pipeline.names.lists import Gender, first_names, gender_of
from pipeline.names.persons import parse_person
from pipeline.names.spelling import fold
from pipeline.records.schema import ArticleRecord
from pipeline.text.spans import CharSpan
from pipeline.training.attributed import AnnotatedArticle
from pipeline.training.evaluation import Evaluation, Metric

WRITTEN = """
Abernathy Adeyemi Aguilar Akhtar Almeida Alvarado Andersson Arslan Ashworth Atkinson Avila Egan
Eklund Elmasry Eriksen Escobedo Espinoza Estrada Ibarra Iglesias Imamura Ingersoll Ishikawa Ivanenko
Ochoa Odumegwu Ogilvie Okafor Oliveira Olofsson Onyango Ortega Osborne Oyelaran Ueda Underhill
Urquhart Uribe Usmani Utley
Bachchan Balogun Bannerjee Barzani Becerra Bianchi Bjornstad Bogdanov Borkowski Brightman Caldwell
Castellano Chaudhry Chavarria Cisneros Corrigan Dalgaard Demirci Deschamps Dimitrov Donnelly
Drummond Fairbanks Farouk Fernandes Fitzgerald Forsyth Galloway Gebremariam Giordano Goldstein
Gonsalves Guerrero Hadjiev Halvorsen Hashimoto Hernandez Hollister Horvath Jaramillo Jorgensen
Kalinowski Kapoor Karimov Katsaros Kowalczyk Kurosawa Lachance Lindqvist Lombardi Lundgren Mahlangu
Malinowski Marchetti Matsumoto Mbeki McAllister McKinney Montenegro Mukherjee Nakagawa Navarrete
Ngata Nkosi Novotny Paquette Pellegrini Petrosyan Pham Quintero Rademaker Rasmussen Rinaldi
Rosenthal Sandoval Santangelo Schreiber Shevchenko Sigurdsson Sorensen Subramaniam Takahashi
Tesfaye Thibodeaux Tomlinson Tran Vandenberg Velasquez Venkataraman Villanueva Wachira Wadsworth
Wojcik Yamaguchi Yilmaz Zaragoza Zielinski Zimmerman
"""
SURNAMES = WRITTEN.split()
"""Surnames from many countries; none is a common word, a place or a first name."""
SHORTEST = 4
"""First names of fewer letters are not given: many of them are words."""
WORD = re.compile(r"[^\W\d_]+")
YEAR = re.compile(
    r"(?<![\w$€£])(?<!\d[.,])((?:19|20)\d\d)(?:([-–/])(\d\d)(?![\w-]))?(?!\d|[.,]\d|%)"
)
EDGES = "\"'“”‘’.,;:()[]"
POSSESSIVE = re.compile(r"['’]s?$")


class Edit(NamedTuple):
    """Words to put in the place of others."""

    start: int
    end: int
    text: str


class Copy:
    """An edited text, and the new place of each span of the old text."""

    def __init__(self, text: str, edits: Iterable[Edit]) -> None:
        self.edits = sorted(edits)
        self.ends = [edit.end for edit in self.edits]
        self.moves = [0]
        """The shift of the text after each number of edits."""
        parts, at = [], 0
        for edit in self.edits:
            if edit.start < at:
                raise ValueError(f"two edits overlap at {edit.start}")
            parts += [text[at : edit.start], edit.text]
            at = edit.end
            self.moves.append(self.moves[-1] + len(edit.text) - (edit.end - edit.start))
        self.text = "".join((*parts, text[at:]))

    def span(self, span: CharSpan) -> CharSpan:
        """Return the new place of a span; it covers all of a word in which it ends."""
        return self._place(span[0], last=False), self._place(span[1], last=True)

    def _place(self, at: int, *, last: bool) -> int:
        before = bisect.bisect_right(self.ends, at)
        if before < len(self.edits):
            edit = self.edits[before]
            if edit.start < at:
                start = edit.start + self.moves[before]
                return start + len(edit.text) if last else start
        return at + self.moves[before]


def name_edits(
    text: str, names: Mapping[str, str], persons: Sequence[CharSpan], others: Sequence[CharSpan]
) -> Iterator[Edit]:
    """Yield an edit for each place where one of the names refers to a person.

    ``names`` gives the new name for each form of an old one, ``persons`` and ``others`` are where
    persons and other entities are named.
    """
    if not names:
        return
    small = {word for word in WORD.findall(text) if word.islower()}
    forms = "|".join(re.escape(form) for form in sorted(names, key=len, reverse=True))
    for match in re.finditer(rf"(?<![\w@#/])(?:{forms})(?!\w|\.\w)", text):
        span = match.span()
        if not _inside(span, persons) and (_inside(span, others) or match.group().lower() in small):
            continue
        yield Edit(*span, names[match.group()])


def _inside(span: CharSpan, those: Iterable[CharSpan]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in those)


def year_edits(text: str, by: int) -> Iterator[Edit]:
    """Yield an edit for each year from 1900 to 2099; a short one after it is shifted as well."""
    for match in YEAR.finditer(text):
        year, short = int(match[1]), match[3]
        yield Edit(*match.span(1), str(year + by))
        if short and int(short) > year % 100:  # 2015-16, but not the month of 2015-06
            yield Edit(*match.span(3), f"{(int(short) + by) % 100:02}")


def new_names(record: ArticleRecord, seed: int) -> dict[str, str]:
    """Return the new name for each form of a first name or surname in a record."""
    found: dict[str, str] = {}
    taken = words_of(record)
    draw = random.Random(f"{seed}/{record.id}")
    given: dict[str, str] = {}
    for old, is_first, forms in personal_names(record):
        if old not in given:
            choices = first_names_of(gender_of(old)) if is_first else SURNAMES
            given[old] = drawn(old, choices, taken, draw)
        found |= in_form(given[old], forms)
    return found


def words_of(record: ArticleRecord) -> set[str]:
    """Return the lowercase words of an article: names to avoid."""
    return {word.lower() for word in WORD.findall(record.text)}


def personal_names(record: ArticleRecord) -> Iterator[tuple[str, bool, list[str]]]:
    """Yield each surname and first name of each person, folded, whether it is a first name, and
    the forms that it has in the text.
    """
    for entity in record.entities:
        if entity.label != "PERSON":
            continue
        first, surname = _parts(entity.name)
        forms = {
            POSSESSIVE.sub("", word.strip(EDGES)).strip(EDGES)
            for mention in entity.mentions
            if mention.kind == "name"
            for word in mention.text.split()
        }
        for old, is_first in ((surname, False), (first, True)):
            same = sorted(form for form in forms if fold(form) == old and form[:1].isupper())
            if len(old) >= 2 and same:
                yield old, is_first, same


def in_form(new: str, forms: Iterable[str]) -> dict[str, str]:
    """Return the new name for each form of the old one, and for the old one in capitals."""
    found = {form: new.upper() if form.isupper() else new for form in forms}
    return found | {form.upper(): new.upper() for form in forms}


def _parts(name: str) -> tuple[str, str]:
    """Return first name and surname, folded; either may be empty."""
    person = parse_person(name.split())
    if not person.first and person.surname in first_names():
        return person.surname, ""
    return person.first, person.surname


def first_names_of(gender: Gender | None) -> list[str]:
    """Return the first names that are given to persons of a gender, or of one that none tells."""
    return [
        name.title()
        for name, borne_by in first_names().items()
        if borne_by == gender and len(name) >= SHORTEST and name.isalpha()
    ]


def drawn(old: str, choices: Sequence[str], taken: set[str], draw: random.Random) -> str:
    """Draw a name that is not taken, and take it; one with a vowel in front if the old one has."""
    free = [name for name in choices if name.lower() not in taken]
    alike = [name for name in free if (name[0] in "AEIOU") == (old[0] in "aeiou")]
    if not free:
        raise ValueError(f"no name is left for {old!r}: the article names too many persons")
    new = draw.choice(alike or free)
    taken.add(new.lower())
    return new


def changed(
    article: AnnotatedArticle, record: ArticleRecord, *, years: int, seed: int
) -> AnnotatedArticle:
    """Return the copy of an article with other names and years."""
    named: dict[bool, list[CharSpan]] = {True: [], False: []}
    for entity in record.entities:
        named[entity.label == "PERSON"] += [
            (mention.start, mention.end) for mention in entity.mentions if mention.kind == "name"
        ]
    text = article.text
    edits = name_edits(text, new_names(record, seed), named[True], named[False])
    copy = Copy(text, [*edits, *year_edits(text, years)])

    def moved(spans: Iterable[CharSpan]) -> tuple[CharSpan, ...]:
        return tuple(copy.span(span) for span in spans)

    return AnnotatedArticle(
        article.id,
        copy.text,
        tuple(
            one._replace(source=moved(one.source), content=moved(one.content), cue=moved(one.cue))
            for one in article.attributions
        ),
        moved(article.discard),
        article.published and _shifted(article.published, years),
    )


def _shifted(published: str, by: int) -> str:
    day = date.fromisoformat(published[:10])
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return date(day.year + by, day.month, last).isoformat() + published[10:]


def headline(metric: Metric) -> float | None:
    """Return the main value of a metric."""
    for value in (metric.f1, metric.recall, metric.precision, metric.error):
        if value is not None:
            return value
    return None


def table(original: Evaluation, copy: Evaluation) -> Iterator[str]:
    """Yield a line for each metric: its figure on the articles, on the copies, the difference."""
    theirs = {metric.name: headline(metric) for metric in copy.metrics()}
    yield f"{'':22} {'original':>8} {'copy':>8} {'change':>8}"
    for metric in original.metrics():
        before, after = headline(metric), theirs.get(metric.name)
        shown = ["n/a" if value is None else f"{value:.1f}" for value in (before, after)]
        change = "n/a" if before is None or after is None else f"{after - before:+.1f}"
        yield f"{metric.name:22} {shown[0]:>8} {shown[1]:>8} {change:>8}"


def main() -> None:
    parser = annotated.parser(__doc__.splitlines()[0])
    parser.add_argument("--years", type=int, default=7, help="move each year by so many")
    parser.add_argument("--seed", type=int, default=1, help="draw other names")
    parser.add_argument("--keep", type=Path, help="write the copies to this file")
    args = parser.parse_args()
    settings = annotated.settings_of(args)
    original, copy, copies = Evaluation(), Evaluation(), []
    for article, record in annotated.records(annotated.read(args.gold), settings):
        original.add(article, record)
        copies.append(changed(article, record, years=args.years, seed=args.seed))
    if args.keep:
        args.keep.write_text("".join(one.to_line() for one in copies), "utf-8")
    for article, record in annotated.records(copies, settings):
        copy.add(article, record)
    print(f"{original.articles} articles, years moved by {args.years}, names of seed {args.seed}")
    print("F1 where a metric has it, else recall, precision or the error, in percent")
    for line in table(original, copy):
        print(line)


if __name__ == "__main__":
    main()
