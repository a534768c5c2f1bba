"""Measure how the time for hostile articles grows with their length.

    python benchmarks/growth.py [--chars 40000] [--only WORDS] [--markdown FILE] [--json FILE]
    python benchmarks/growth.py --memory 250000 1000000 2000000 [--profile fast]

Each shape is built at an eighth, a quarter, a half and all of ``--chars`` characters and runs
through the whole pipeline: decode the bytes, annotate, assemble and write the record. Times are CPU
times, less that of a short sentence; short ones are the better of two. The exponent is the slope of
log time over log length for the two last doublings: 1 is linear, 2 quadratic. The table names the
stage that takes longest and, of the stages that take a tenth of the time or more, the one that
grows fastest.

Every shape runs in a separate process, which ends after ``--limit`` seconds of CPU.

``--memory`` measures instead the peak memory of a process for one article of ordinary news of each
size in bytes, made of the articles of ``seeds/corpus/written.jsonl``. PyTorch counts as not
installed: spaCy would import it.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, count, cycle
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from spacy.language import Language

ROOT = Path(__file__).resolve().parent.parent
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "MKL_NUM_THREADS")
SHORT = 0.5
"""Runs that take fewer seconds are timed twice."""
MATTERS = 0.1
"""Share of an article's time from which the growth of a stage is looked at."""
MEASURABLE = 0.1
"""Of shapes and stages that take fewer seconds no exponent is given: a clock ticks every 4 ms."""
DOUBLINGS = 2
GOAL = 1.2
FLOOR = "Rain fell on Dover."

Shape = Callable[[int], str]
"""Makes a text of so many characters."""


def repeat(unit: str) -> Shape:
    """Return the same words again and again."""
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def opened(start: str, unit: str) -> Shape:
    """Return some words followed by many repetitions of others."""
    return lambda size: (start + unit * (size // len(unit) + 1))[:size]


def counted(form: str, digits: int = 3) -> Shape:
    """Return a form that is filled in with numbers of so many digits, in no order.

    They are alike all through the text: 1, 2, 3, … would become years after a while.
    """
    least = 10 ** (digits - 1)
    return lambda size: fill(size, (form.format(least + n * 7919 % (9 * least)) for n in count()))


def listed(words: str, join: str = ", ") -> Shape:
    """Return words, parted by white space here, as a list without end."""
    return lambda size: fill(size, (word + join for word in cycle(words.split())))


def nested(left: str, right: str) -> Shape:
    """Return openers followed by the same number of closers."""

    def build(size: int) -> str:
        depth = size // (len(left) + len(right))
        return left * depth + right * depth

    return build


def fill(size: int, parts: Iterator[str]) -> str:
    """Return parts put together up to a size."""
    text: list[str] = []
    length = 0
    for part in parts:
        text.append(part)
        length += len(part)
        if length >= size:
            break
    return "".join(text)[:size]


NAMES = """
Anna Boris Carla Derek Elena Farid Greta Hamid Irene Jorge Karin Laszlo
Bar Cas Dor Fen Gar Hol Jan Kel Lom Mar Nor Ost Pal Ros Sal Tor Ver Wil Yar Zan
a be di fo gu ka le mi no pu ra se
bek dal feld kov lin man ner ric sen ton vic well
"""
"""First names, and the parts of 2,880 surnames."""


def names(form: str) -> Shape:
    """Return a form that is filled in with the names of 2,880 persons, one after the other."""
    first, start, middle, end = (line.split() for line in NAMES.strip().splitlines())

    def build(size: int) -> str:
        def parts() -> Iterator[str]:
            for n in count():
                last = start[n % 20] + middle[n // 20 % 12] + end[n // 240 % 12]
                yield form.format(first[n % 12], last)

        return fill(size, parts())

    return build


WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
MONTHS = "January February March April May June July August September October November December"
SHAPES: dict[str, Shape] = {
    # numbers
    "numbers, commas": counted("{}, "),
    "numbers, commas, no space": counted("{},", digits=4),
    "same numbers, commas": repeat("12, 15, 18, "),
    "numbers and numbers": counted("{} and "),
    "numbers or numbers": counted("{} or "),
    "numbers to numbers": counted("{} to "),
    "numbers by numbers": counted("{} by "),
    "numbers, semicolons": counted("{}; "),
    "digits": repeat("1 2 3 4 5 6 7 8 9 "),
    "one number of digits": repeat("7"),
    "one number with commas": repeat("100,"),
    "one number with points": repeat("1."),
    "decimals": counted("{}.5 "),
    "fractions": repeat("1/2 3/4 5/8 "),
    "fraction signs": repeat("½ ¼ 3½ "),
    "chained fractions": repeat("1/2/"),
    "number words": repeat("one two three four "),
    "one hundred and": repeat("one hundred and "),
    "million million": repeat("million million "),
    "and a half": repeat("two and a half "),
    "hyphened numbers": repeat("twenty-one-"),
    "ordinals": repeat("first second third 4th 21st "),
    "ordinal list": repeat("1st, 2nd, 3rd and "),
    "roman numerals": repeat("I II III IV V XIV "),
    "exponents": repeat("10^6 2x10³ 1e9 "),
    "ranges": counted("{0}-{0}5 "),
    "chained ranges": repeat("10-20-"),
    "ranges in words": repeat("between 5 and 10 or "),
    "signs of minus": repeat("-5 −3 – 4 "),
    "Arabic digits": repeat("٣ ١٢ ٤٥ "),
    "Devanagari digits": repeat("१२ ३४ "),
    "fullwidth digits": repeat("１ ２３ "),
    "CJK numerals": repeat("三十 五百 千万 "),
    "superscripts": repeat("m² 10³ x⁴ "),
    "phone numbers": repeat("+49 30 1234 5678 "),
    "scores": repeat("3-2, 4-1, 0-0, "),
    "ages": repeat("a 45-year-old, aged 9, 12 years old, "),
    # units
    "sums of dollars": counted("${} "),
    "sums, commas": counted("${} million, "),
    "currencies": repeat("5 pesos, 6 rupees, €7, £8 and 9 yen, "),
    "currency signs": repeat("$€£¥"),
    "percents": counted("{}%, "),
    "percent words": repeat("5 percent and 6 per cent "),
    "units": repeat("5 km 6 kg 7 mph 8 GB "),
    "feet and inches": repeat("5' 10\" "),
    "feet and inches in words": repeat("5 ft 10 in "),
    "units per unit": repeat("5 miles per hour per "),
    "per per": repeat("5 a day a week "),
    "rises": repeat("rose 5 percent from 6 to 7 "),
    "about": repeat("about nearly more than at least "),
    "of of": repeat("half of one of two of "),
    # times
    "weekdays": listed(WEEKDAYS),
    "weekdays, no commas": listed(WEEKDAYS, " "),
    "weekdays and": listed(WEEKDAYS, " and "),
    "months": listed(MONTHS),
    "months, no commas": listed(MONTHS, " "),
    "years": repeat("1998, 1999, 2000, 2001, "),
    "years, no commas": repeat("1998 1999 2000 2001 "),
    "dates": repeat("May 1, 2003, "),
    "ISO dates": repeat("2003-05-01 "),
    "slashed dates": repeat("03/04/2005 "),
    "days of a month": repeat("May 1, 2, 3, 4, 5, "),
    "times of day": repeat("5 p.m. 10:30 a.m. "),
    "clock times": repeat("10:30, 11:45, "),
    "last Monday": repeat("last Monday next week "),
    "two days after": repeat("two days after "),
    "the day before the day": repeat("the day before "),
    "decades": repeat("the 1990s and '80s, "),
    "durations": repeat("3 days 4 hours 5 minutes "),
    "every Monday": repeat("every Monday and Tuesday at 5 "),
    "early late": repeat("early late mid "),
    # names
    "one name": repeat("Ann Lee "),
    "one name, sentences": repeat("Ann Lee left. "),
    "one surname, sentences": repeat("Ann Lee left. Lee smiled. "),
    "2,880 names": names("{} {}, "),
    "names, sentences": names("{} {} spoke. "),
    "names joined by and": names("{} {} and "),
    "surnames": names("{1} "),
    "titles": repeat("Mr. Dr. President Senator "),
    "titles and names": names("Senator {} {}, "),
    "acronyms in brackets": repeat("World Health Organization (WHO) "),
    "many acronyms": names("{1} Steel Corporation (ASC), "),
    "organisations": repeat("Bank of the University of "),
    "places": repeat("Berlin, Germany, Paris, France, "),
    "possessives": repeat("Ann's brother's "),
    "appositions": names("{} {}, the mayor of Berlin, "),
    "the mayor": repeat("The mayor left. A lawyer smiled. "),
    "pronouns": repeat("he she it they him his "),
    "pronouns, sentences": repeat("He left. She smiled. It fell. "),
    "all capitals": repeat("ANN LEE AND BOB RAY SAID "),
    "title case": repeat("Some Title Words Here "),
    "initials": repeat("J. K. L. M. "),
    "surname first": names("{1}, {0}; "),
    "nominees": names("{} {} spoke. The Republican nominee left. "),
    "wives": names("{0} {1}'s wife left. "),
    # attributions and quotations
    "he said": repeat("he said "),
    "he said, sentences": repeat("He said he left. "),
    "he said that she said": repeat("he said that she said that "),
    "said names": names("said {} {}, "),
    "according to": repeat("according to "),
    "names said": names("{} {} said, "),
    "quotations": repeat("“It is so,” he said. "),
    "quotations of many": names("“It is so,” said {} {}. "),
    "quotations alone": repeat("“It is so.” "),
    "quotations, paragraphs": repeat("“It is so.\n\n"),
    "opening marks": repeat("“"),
    "opening marks, spaces": repeat("“a "),
    "closing marks": repeat("a” "),
    "straight marks": repeat('"'),
    "straight marks, spaces": repeat('"a '),
    "nested marks": nested("“a ‘b ", "c’ d” "),
    "apostrophes": repeat("'a "),
    "typed marks": repeat("``a '' "),
    "guillemets": repeat("«a »"),
    "transcript": repeat("A: It is so.\n"),
    "transcript of names": names("{} {}: It is so.\n"),
    "one long turn": opened("Q: Why?\nA: ", "He said that it rained. "),
    "one long quotation": opened("Lee said: “", "He said that it rained. "),
    "replies": repeat("He replied. “No.” She asked: “Why?” "),
    "colons": repeat("a: "),
    "semicolons": repeat("he left; "),
    "that that": repeat("that "),
    "who who": repeat("who said "),
    "and and": repeat("and "),
    "he left and": repeat("he left and she left and "),
    "of the of the": repeat("of the man "),
    "to say to say": repeat("to say to think "),
    # characters and layout
    "one word": repeat("word "),
    "one letter": repeat("a "),
    "one long word": repeat("a"),
    "newlines": repeat("\n"),
    "spaces": repeat("a" + " " * 40),
    "one-word paragraphs": repeat("Word\n\n"),
    "short lines": repeat("Some words here\n"),
    "wrapped lines": repeat("Some words that fill a line of a page as they do in print\n"),
    "tabs": repeat("a\t5\t"),
    "table rows": counted("Ann Lee\t{}\t5%\t$3\n"),
    "bullets": repeat("• An item\n"),
    "numbered items": counted("{}. An item\n"),
    "brackets": repeat("("),
    "nested brackets": nested("(a ", "b) "),
    "brackets, spaces": repeat("( ) "),
    "full stops": repeat(". "),
    "ellipses": repeat("... … "),
    "dashes": repeat("a — b – c - "),
    "hyphens": repeat("a-b-"),
    "dash run": repeat("- "),
    "URLs": counted("https://www.example.com/a/{}?b=c&d=e "),
    "e-mail": counted("ann.lee{}@example.com, "),
    "tags": repeat("<a href='b'>c</a> "),
    "open tags": repeat("<a "),
    "entities of HTML": repeat("&amp;&lt; "),
    "emoji": repeat("👍🏽 👩‍👩‍👧‍👦 "),
    "combining marks": repeat("e\u0301\u0302\u0303"),
    "bidi controls": repeat("\u202ea\u2066 "),
    "zero width": repeat("a\u200bb\u200d "),
    "no-break spaces": repeat("a\u00a05\u202f000 "),
    "Chinese": repeat("他说今天下雨了。"),
    "Arabic": repeat("قال إن المطر نزل. "),
    "Cyrillic": repeat("Он сказал, что идёт дождь. "),
    "code": repeat("if (a[i] == 0) { b += 1; } "),
    "base64": repeat("aGVsbG8gd29ybGQ="),
    "hashtags": counted("#tag{} @user "),
    "slashes": repeat("a/b/"),
    "underscores": repeat("_a_ * b * "),
}

SIGNS = {
    "letter": "a",
    "capital": "A",
    "digit": "7",
    "fraction": "½",
    "superscript": "²",
    "currency": "$",
    "percent": "%",
    "degree": "°",
    "quote": '"',
    "apostrophe": "'",
    "bracket": "(",
    "point": ".",
    "comma": ",",
    "hyphen": "-",
    "slash": "/",
    "colon": ":",
    "newline": "\n",
    "accent": "\u0301",
    "closing bracket": ")",
    "opening mark": "“",
    "closing mark": "’",
    "dash": "–",
    "plus": "+",
    "times": "×",
    "at": "@",
    "hash": "#",
    "ampersand": "&",
    "underscore": "_",
    "question": "?",
    "ordinal": "º",
    "Arabic digit": "٣",
    "Arabic": "م",
    "Chinese": "年",
    "emoji": "😀",
    "joiner": "\u200d",
    "no-break space": "\u00a0",
}
"""Characters of every class that a stage looks for."""
MIXED = 18
"""So many of them, the first ones, are also mixed by twos."""
PATTERNS = {
    "number": "12",
    "money": "$5",
    "unit": "km",
    "month": "May",
    "day": "5th",
    "age": "two-year-old",
    "name": "Ann Lee",
    "title": "Mr.",
    "cue": "said",
    "pronoun": "he",
    "noun": "the mayor",
    "mark": "“",
    "joint": "and",
    "preposition": "of",
}
"""Words and numbers of every pattern that a stage looks for."""
for one, sign in SIGNS.items():
    SHAPES.setdefault(f"run of {one}", repeat(sign))
    SHAPES.setdefault(f"{one}, spaces", repeat(f"{sign} "))
for one, other in combinations(list(SIGNS)[:MIXED], 2):
    SHAPES[f"{one} + {other}"] = repeat(SIGNS[one] + SIGNS[other])
for one, other in combinations(PATTERNS, 2):
    SHAPES[f"{one} by {other}"] = repeat(f"{PATTERNS[one]} {PATTERNS[other]} ")


class Run(NamedTuple):
    """One text of a shape with the CPU seconds that each stage took."""

    chars: int
    stages: dict[str, float]

    @property
    def seconds(self) -> float:
        return sum(self.stages.values())


class Clock:
    """Add up the CPU time between one stage's start and the next."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.stage = ""
        self.since = 0.0

    def enter(self, stage: str) -> None:
        now = time.process_time()
        if self.stage:
            self.spent[self.stage] += now - self.since
        self.stage, self.since = stage.removeprefix("news_"), now


def timed(nlp: Language, text: str) -> Run:
    """Return the time that each stage takes for a text."""
    from pipeline.records.assemble import assemble
    from pipeline.stages.language import annotate
    from pipeline.text.decode import decode

    data = text.encode()
    clock = Clock()
    clock.enter("decode")
    decoded = decode(data).text
    with nlp.memory_zone():
        doc = annotate(nlp, decoded, watch=clock.enter)
        clock.enter("assemble")
        assemble(doc).to_line()
        clock.enter("")
    return Run(len(text), dict(clock.spent))


def best(nlp: Language, text: str) -> Run:
    """Return the faster of two runs, or the only one of a long one."""
    first = timed(nlp, text)
    return first if first.seconds > SHORT else min(first, timed(nlp, text), key=lambda r: r.seconds)


def measured(nlp: Language, shape: Shape, sizes: list[int], limit: int) -> list[Run]:
    """Return the runs of a shape that end within a limit, made in a process of their own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        spent = math.ceil(time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (spent + limit, spent + limit))
        with os.fdopen(writing, "w") as out:
            for size in sizes:
                print(json.dumps(best(nlp, shape(size))), file=out, flush=True)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as lines:
        runs = [Run(*json.loads(line)) for line in lines]
    os.waitpid(child, 0)
    return runs


def news(size: int) -> str:
    """Return articles as one text of so many bytes."""
    lines = (ROOT / "seeds" / "corpus" / "written.jsonl").read_text("utf-8").splitlines()
    texts = cycle(json.loads(line)["text"] + "\n\n" for line in lines)
    found = ""
    while len(found.encode()) < size:
        found += "".join(next(texts) for _ in range(100))
    return found.encode()[:size].decode("utf-8", "ignore")


def report_memory(size: int, profile: str) -> None:
    """Print the peak memory of this process before and after an article, in MB."""
    sys.modules["torch"] = None  # type: ignore[assignment]
    from pipeline.stages.language import load

    nlp = load(profile=profile)
    timed(nlp, FLOOR)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    seconds = timed(nlp, news(size)).seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{profile}, {size:,} bytes: {before} MB, then {peak} MB; {seconds:.0f} s", flush=True)


def exponent(times: list[float], floor: float = 0.0) -> float:
    """Return the slope of log time over log length, where each length is twice the one before."""
    kept = [max(one - floor, 1e-4) for one in times[-DOUBLINGS - 1 :]]
    return math.log2(kept[-1] / kept[0]) / (len(kept) - 1) if len(kept) > 1 else math.nan


class Row(NamedTuple):
    """One shape's line of the table."""

    shape: str
    chars: int
    """Length of the longest text that ended within the limit."""
    ended: bool
    seconds: float
    exponent: float
    longest: str
    fastest: str
    growth: float
    """Exponent of the stage that grows fastest."""


def row(name: str, runs: list[Run], wanted: int, floor: Mapping[str, float]) -> Row:
    """Return the line of a shape."""
    if not runs:
        return Row(name, 0, False, math.nan, math.nan, "", "", math.nan)
    last = runs[-1]
    all_of = math.nan
    if last.seconds > MEASURABLE:
        all_of = exponent([run.seconds for run in runs], sum(floor.values()))
    growths = {
        stage: exponent([run.stages.get(stage, 0.0) for run in runs], floor.get(stage, 0.0))
        for stage, seconds in last.stages.items()
        if seconds > max(MATTERS * last.seconds, MEASURABLE)
    }
    longest = max(last.stages, key=lambda stage: last.stages[stage])
    fastest = max(growths, key=lambda stage: growths[stage], default="")
    growth = growths.get(fastest, math.nan)
    ended = len(runs) == wanted
    return Row(name, last.chars, ended, last.seconds, all_of, longest, fastest, growth)


def shown(number: float) -> str:
    """Return an exponent with two places, nothing for one that could not be measured."""
    return "" if math.isnan(number) else f"{number:.2f}"


def markdown(rows: list[Row]) -> str:
    """Return the table as it is in the docs."""
    lines = [
        "| shape | CPU | exponent | most of it | fastest growing stage |",
        "|---|---|---|---|---|",
    ]
    for one in rows:
        seconds = f"{one.seconds:.1f} s" if one.ended else f"over the limit at {2 * one.chars:,}"
        lines.append(
            f"| {one.shape} | {seconds} | {shown(one.exponent)} | {one.longest} "
            f"| {one.fastest} {shown(one.growth)} |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chars", type=int, default=40_000, help="length of the longest text")
    parser.add_argument("--only", default="", help="shapes whose names contain these words")
    parser.add_argument("--limit", type=int, default=60, help="CPU seconds for a shape")
    parser.add_argument("--profile", default="accurate")
    parser.add_argument("--memory", type=int, nargs="+", metavar="BYTES", help="measure memory")
    parser.add_argument("--markdown", type=Path, help="write the table here")
    parser.add_argument("--json", type=Path, help="write all times here")
    args = parser.parse_args()
    os.environ.update(dict.fromkeys(THREADS, "1"))  # numpy, imported later, reads them
    for size in args.memory or ():
        # a new process each: memory that was used once may stay
        child = multiprocessing.get_context("spawn").Process(
            target=report_memory, args=(size, args.profile)
        )
        child.start()
        child.join()
        if child.exitcode:
            return 1
    if args.memory:
        return 0
    from pipeline.document.memory import settle
    from pipeline.stages.language import load

    nlp = load(profile=args.profile)
    settle()
    floor = min((timed(nlp, FLOOR) for _ in range(5)), key=lambda run: run.seconds).stages
    sizes = [args.chars // 8, args.chars // 4, args.chars // 2, args.chars]
    rows: list[Row] = []
    times: dict[str, list[Run]] = {}
    for name, shape in SHAPES.items():
        if args.only not in name:
            continue
        times[name] = measured(nlp, shape, sizes, args.limit)
        one = row(name, times[name], len(sizes), floor)
        rows.append(one)
        print(
            f"{name:28} {one.chars:7,} {one.seconds:8.2f} s  {shown(one.exponent):5} "
            f"{one.longest}; {one.fastest} {shown(one.growth)}"
            + ("" if one.ended else "  OVER THE LIMIT"),
            flush=True,
        )
    rows.sort(key=lambda one: (one.ended, math.isnan(one.exponent), -one.exponent))
    worst = [one for one in rows if not one.ended or one.exponent > GOAL]
    slowest = max(rows, key=lambda one: one.seconds)
    print(f"{len(rows)} shapes, {len(worst)} over the limit or with an exponent over {GOAL}")
    print(f"the slowest: {slowest.shape}, {slowest.seconds:.1f} s for {slowest.chars:,} characters")
    if args.markdown:
        args.markdown.write_text(markdown(rows), "utf-8")
    if args.json:
        found = {name: [run._asdict() for run in runs] for name, runs in times.items()}
        args.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
