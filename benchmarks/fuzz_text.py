"""Let atheris look for bytes that ``pipeline.text`` does not take (extra ``fuzz``).

    python benchmarks/fuzz_text.py [--seconds T] [--seed S] [--corpus DIR]

atheris (libFuzzer) mutates what reaches new lines of the code, starting with the paragraphs of the
shipped articles. Each input is decoded, cut into pieces, and read for quotation marks, numbers,
quantities, designations, times and datelines; what is found has to lie in the text and in order,
and to be writable into a record. The first input that fails ends the search: it is written to
DIR and printed with its traceback, and the exit code is not 0.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path

from mutations import DIGITS, MARKS, UNITS, articles, words

from pipeline.errors import ExtraMissing

LONGEST = 300
"""Bytes of an input."""
DAY = date(2024, 2, 29)
NUMBER = re.compile(r"-?\d+(\.\d+)?(/\d+)?")
"""How a number is written into a record."""


def check(data: bytes) -> None:
    """Raise if the functions of ``pipeline.text`` do not take these bytes."""
    from pipeline.errors import NotText
    from pipeline.text import decode

    try:
        text = decode.decode(data).text
    except NotText:
        text = data.decode("utf-8", "replace")
    check_text(decode.replace_unusable(text)[0])


def check_text(text: str) -> None:
    """Raise if the functions of ``pipeline.text`` do not take a text, or find what is not there."""
    from pipeline.quantities import numbers, units
    from pipeline.quantities.designations import find_designations
    from pipeline.quantities.exact import plain
    from pipeline.text import lemmas, marks, paragraphs
    from pipeline.times import dateline, timex

    text.encode()
    assert "".join(paragraphs.segment(text, 10)) == text
    in_order(text, paragraphs.paragraphs(text))
    for pair in marks.pair(text):
        close = pair.close or (pair.end, pair.end + 1)
        assert 0 <= pair.open[0] < pair.open[1] <= pair.start, pair
        assert pair.start <= pair.end <= close[0] < close[1], pair
    found = list(numbers.find_numbers(text))
    in_order(text, [(one.start, one.end) for one in found])
    quantities = units.find_quantities(text)
    in_order(text, [(one.start, one.end) for one in quantities])
    for one in (*found, *quantities):
        for value in (one.value, one.low, one.high):
            assert value is None or NUMBER.fullmatch(plain(value)), (one, plain(value))
    for first, second in pairwise(quantities):
        units.join_range(text, first, second)
        units.join_interval(text, first, second)
    numbers.parse_number(text)
    in_order(text, find_designations(text))
    units.dollars_of(text)
    for published in (None, DAY):
        times = list(timex.find(text, published))
        in_order(text, [(one.start, one.end) for one in times])
        assert all(one.value != "" for one in times), times
    dateline.dateline(text)
    paragraphs.story_start(text)
    for word in text.split():
        lemmas.verb_lemma(word)
        lemmas.noun_lemma(word)


def in_order(text: str, places: Iterable[tuple[int, int]]) -> None:
    """Raise unless all places are parts of the text, in order and without overlap."""
    at = 0
    for start, end in places:
        assert at <= start < end <= len(text), (at, start, end, len(text))
        at = end


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=300, help="search for so long (300)")
    parser.add_argument("--seed", type=int, default=1, help="random seed (1)")
    parser.add_argument(
        "--corpus", type=Path, help="keep inputs that reach new code in this folder"
    )
    args = parser.parse_args()
    try:
        import atheris
    except ImportError as error:
        hint = "pip install 'news-extraction-pipeline[fuzz]'"
        raise ExtraMissing("fuzzing bytes needs the package atheris", hint=hint) from error
    with atheris.instrument_imports(include=["pipeline.text"]):
        check(b"5 May")
    with tempfile.TemporaryDirectory() as scratch:
        corpus = args.corpus or Path(scratch, "corpus")
        corpus.mkdir(parents=True, exist_ok=True)
        lines = (line for article in articles() for line in article.text.splitlines())
        for number, line in enumerate(line for line in lines if line.strip()):
            (corpus / f"seed-{number}").write_bytes(line.encode()[:LONGEST])
        known = Path(scratch, "dictionary")
        known.write_text("".join(map(entry, sorted({*words(), *UNITS.split(), *DIGITS, *MARKS}))))
        options = {
            "max_total_time": args.seconds,
            "max_len": LONGEST,
            "seed": args.seed,
            "dict": known,
            "artifact_prefix": f"{corpus}/",
            "timeout": 10,
        }
        arguments = [f"-{name}={value}" for name, value in options.items()]
        atheris.Setup([sys.argv[0], *arguments, str(corpus)], check)
        atheris.Fuzz()


def entry(word: str) -> str:
    """Return a line of a dictionary of libFuzzer."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"\n'


if __name__ == "__main__":
    main()
