"""Make unusual texts out of real ones, for ``fuzz.py``.

Text number ``n`` of a seed is the same on every machine, as long as the articles are the same.
"""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

Mutation = Callable[[str, random.Random], str]

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
LEXICON = Path(__file__).resolve().parents[1] / "pipeline" / "data"
TOKEN = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)
SENTENCE = re.compile(r"(?<=[.!?”\"])\s+")
NAME = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)+|(?<=[a-z,] )[A-Z][a-z]+")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")

NAMES = """
Jane Doe|O’Brien|Siobhán Ní Bhriain|Jean-Luc d'Arc|María del Carmen Núñez y Ortega|de la Cruz
Ludwig van der Berg|von|Al-Hassan bin Rashid al-Maktab|Abu Bakr|İsmet Çelik|Nguyễn Thị Hạnh
Ng|Xi|Wu Wei|王小明|李|山田太郎|佐藤さん|김민준|이서연|Анна Петрова|Петров|Γιώργος Παπάς|محمد علي
דוד כהן|प्रिया शर्मा|สมชาย ใจดี|Nana Akua Owusu-Ansah|Sir J. R. R. Stone Jr.|Mr.|Dr|Mrs. X|J.
J. J.|Prince|Madonna|50 Cent|will.i.am|Björk Guðmundsdóttir|Þór|Øyvind Ås|Łukasz Żółć|Ștefan Țurcanu
Zoë|Anaïs-Éléonore|D’Angelo|Ó|Å|the Elder|the|The The|Obama|Mr. and Mrs. Smith|Bush Sr.|Bush III
King Charles III|Pope John XXIII|X Æ A-12|A$AP|Ke$ha|P!nk|U.S.|US|Georgia|Paris Paris|May|April May
Will Will|Said|Said Said|Mark|Bill|Price|Justice|Major Major|Dean Dean|General Electric|St. John
Ministry of Ministry|University of|Bank of the|The New York Times|Times|AT&T|Yahoo!|3M|7-Eleven|G7
"""
SCRIPTS = """
0370 0400 0531 0561 05D0 0621 0710 0780 07CA 0905 0985 0A05 0A85 0B05 0B85 0C05 0C85 0D05 0D85
0E01 0E81 0F40 1000 10A0 1100 1200 13A0 1401 1681 16A0 1780 1820 2C00 2D30 3041 30A1 3105 4E00
A000 A4D0 AC00 FB50 FF21 FF41 10330 10400 1D400 1D7CE 1F600
"""
"""Where thirty alphabets and a few more begin."""
DIGITS = [chr(first + at) for first in (0x660, 0x966, 0xE50, 0xFF10, 0x1D7CE) for at in range(10)]
DIGITS += [
    *"²³¹½¼¾⅓⅐⅒⅟ⅣⅫ①⑳㈠一二百万",
    "1/0",
    "0/0",
    "1/2",
    "3⁄4",
    "-0",
    "00",
    "1e9",
    "0x1F",
    "1,00,000",
]
DIGITS += ["1,2,3", "1..2", ".5", "5.", "1-2", "1–2–3", "10-9", "12:34:56", "31/12", "30 February"]
UNITS = """
% %% per cent bps pp percent $ US$ C$ € £ ¥ ₹ kr USD EUR million bn trillion m M k km mph °C °F kg
lb lbs ft feet inches in " ' st stone oz mpg kWh Mbit/s million-dollar dollars cents pence a year
per a share an hour years-old years months week dozen dozens hundreds score half quarter third
percent-point points times -fold x th st nd rd p.m. a.m. GMT BC AD o'clock
"""
SMALL = [
    "the",
    "a",
    "of",
    "and",
    "to",
    "in",
    "by",
    "who",
    "that",
    "he",
    "she",
    "it",
    "said",
    "not",
    "no",
]
MARKS = "\"'“”‘’„‟«»‹›`´′″‚‛＂"
SPACES = ["\xa0", "\u2009", "\u202f", "\u3000", "\t", "\v", "\f", "\x85", "\u2028", "\u2029"]
SPACES += [
    "  ",
    "   ",
    "",
    "\r\n",
    "\r",
    "\n",
    "\n\n",
    "\n \n",
    "\r\n\r\n",
    "\x1c",
    "\x1f",
    "\u1680",
]
INVISIBLE = [*"\u200b\u200c\u200d\u2060\ufeff\xad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066"]
INVISIBLE += [
    *"\u2067\u2069\u0301\u0308\u0327\u20dd\u0489\ufe0f\U000e0061\0\ud800\ufffd\ufffe\x07\x1b"
]
BULLETS = [
    "- ",
    "* ",
    "• ",
    "1. ",
    "a) ",
    "> ",
    "# ",
    "| ",
    "\t",
    "— ",
    "(1) ",
    "IV. ",
    "Q: ",
    "A: ",
]
BETWEEN = ["\t", " | ", ",", ";", "\n", " – ", "…", "/", " & ", ": "]
GLUE = ["", " ", "\n", "\n\n", ", ", " and ", ": ", "—", " “", "” ", ".", "'s ", " (", ") "]


class Text(NamedTuple):
    """One text to run, how it was made, and its day of publication."""

    name: str
    text: str
    published: str | None = None


def articles(shared: Path | None = None, seeds: Path = SEEDS) -> list[Text]:
    """Return every text of the shipped articles, and of the JSONL files in a folder, once each."""
    files = [*seeds.glob("*.txt"), *seeds.glob("*.jsonl"), *(seeds / "gold").glob("*.json")]
    files = sorted(files) + (sorted(shared.glob("*.jsonl")) if shared else [])
    found: dict[str, Text] = {}
    for path in files:
        content = path.read_text("utf-8")
        if path.suffix == ".txt":
            found.setdefault(content, Text(path.name, content))
            continue
        for line in content.splitlines() if path.suffix == ".jsonl" else [content]:
            row = json.loads(line)
            if isinstance(row.get("text"), str):
                day = (row.get("published") or "")[:10] or None
                name = f"{path.name}/{row.get('id', len(found))}"
                found.setdefault(row["text"], Text(name, row["text"], day))
    return list(found.values())


@cache
def words() -> list[str]:
    """Return the words that the stages know: titles, cues, names, units and what joins them."""
    known = {
        word
        for path in LEXICON.iterdir()
        if path.suffix in (".toml", ".txt")
        for word in re.findall(r"\w[\w.'-]*", path.read_text("utf-8"))
    }
    return [
        *sorted(known),
        *SMALL * 40,
        *MARKS * 8,
        *".,:;!?-—()%$£€&/" * 8,
        *UNITS.split(),
        *DIGITS,
    ]


# ------------------------------------------------------------------------------------ mutations


def cut(text: str, draw: random.Random) -> str:
    """Cut a text at any character, at its front, its end or both."""
    start, end = sorted((draw.randint(0, len(text)), draw.randint(0, len(text))))
    return draw.choice((text[start:], text[:end], text[start:end]))


def drop_first_and_last(text: str, draw: random.Random) -> str:
    """Take a few tokens off either end: what looks beyond its neighbour finds none."""
    tokens = TOKEN.findall(text)
    return "".join(tokens[draw.randint(0, 3) : len(tokens) - draw.randint(0, 3)])


def shuffle_paragraphs(text: str, draw: random.Random) -> str:
    parts = text.split("\n")
    draw.shuffle(parts)
    return "\n".join(parts)


def shuffle_sentences(text: str, draw: random.Random) -> str:
    parts = SENTENCE.split(text)
    draw.shuffle(parts)
    return draw.choice(GLUE).join(parts)


def shuffle_words(text: str, draw: random.Random) -> str:
    parts = text.split(" ")
    at = draw.randint(0, len(parts))
    some = parts[at : at + 12]
    draw.shuffle(some)
    return " ".join([*parts[:at], *some, *parts[at + 12 :]])


def change_case(text: str, draw: random.Random) -> str:
    way = draw.choice((str.lower, str.upper, str.title, str.swapcase, str.capitalize, None))
    if way is not None:
        return way(text)
    return "".join(draw.choice((word.lower(), word.upper(), word)) for word in TOKEN.findall(text))


def change_marks(text: str, draw: random.Random) -> str:
    """Strip, double, swap, forget or scatter quotation marks."""
    way, style = draw.randrange(5), draw.choice(MARKS)
    if way == 4:
        return "".join(c + draw.choice(MARKS) if draw.random() < 0.04 else c for c in text)

    def other(mark: str) -> str:
        scattered = draw.choice(("", mark, draw.choice(MARKS)))
        return ("", mark * draw.choice((2, 2, 3)), style, scattered)[way]

    return "".join(other(c) if c in MARKS else c for c in text)


def swap_names(text: str, draw: random.Random) -> str:
    names = _names()
    few = draw.sample(names, 4)
    return NAME.sub(lambda found: draw.choice((*few, found[0])), text)


def change_numbers(text: str, draw: random.Random) -> str:
    way = draw.randrange(3)

    def other(found: re.Match[str]) -> str:
        if way == 0:
            return "".join(draw.choice("0123456789") if c.isdigit() else c for c in found[0])
        if way == 1:
            return draw.choice(DIGITS)
        return found[0] + draw.choice((" ", "", "-")) + draw.choice(UNITS.split())

    if not NUMBER.search(text):
        return insert_words(text, draw, DIGITS)
    return NUMBER.sub(other, text)


def insert_words(text: str, draw: random.Random, given: Sequence[str] | None = None) -> str:
    """Put words of the lexicon, units, numbers or marks between the words of a text."""
    given = given or draw.choice((words(), UNITS.split(), DIGITS, _names()))
    parts = text.split(" ")
    for _ in range(draw.randint(1, 8)):
        parts.insert(draw.randint(0, len(parts)), draw.choice(given))
    return " ".join(parts)


def other_script(text: str, draw: random.Random) -> str:
    """Write some or all words of a text in the letters of one of many alphabets."""
    first, share = int(draw.choice(SCRIPTS.split()), 16), draw.choice((0.05, 0.3, 1.0))

    def letters(word: str) -> str:
        if not word.isalpha() or draw.random() > share:
            return word
        return "".join(chr(first + ord(c) % 26) for c in word)

    return "".join(letters(word) for word in TOKEN.findall(text))


def lay_out(text: str, draw: random.Random) -> str:
    """Set a text as a table, a list, a narrow column, a headline, HTML or one word a line."""
    way = draw.randrange(6)
    parts = text.split(" ")
    if way == 0:
        columns, mark = draw.randint(1, 6), draw.choice(BETWEEN)
        rows = (parts[at : at + columns] for at in range(0, len(parts), columns))
        return "\n".join(mark.join(row) for row in rows)
    if way == 1:
        bullet = draw.choice(BULLETS)
        return "\n".join(bullet + part for part in SENTENCE.split(text))
    if way == 2:
        wide = draw.randint(10, 60)
        return re.sub(rf"(.{{{wide},}}?) ", r"\1\n", text)
    if way == 3:
        return "".join(line.title() + "\n\n" for line in SENTENCE.split(text))
    if way == 4:
        return "".join(f"<p class=\"a 'b'\">{part}</p>" for part in SENTENCE.split(text))
    return draw.choice(BETWEEN).join(parts)


def odd_spaces(text: str, draw: random.Random) -> str:
    few, share = draw.sample(SPACES, 3), draw.choice((0.02, 0.2, 1.0))
    return re.sub(
        r"\s", lambda found: draw.choice(few) if draw.random() < share else found[0], text
    )


def invisible(text: str, draw: random.Random) -> str:
    """Scatter zero-width, combining and bidirectional characters, NUL and lone surrogates."""
    few, share = draw.sample(INVISIBLE, 3), draw.choice((0.01, 0.05, 0.5))
    return "".join(c + draw.choice(few) if draw.random() < share else c for c in text)


def decompose(text: str, draw: random.Random) -> str:
    return unicodedata.normalize(draw.choice(("NFD", "NFKD", "NFKC")), text)


def delete_tokens(text: str, draw: random.Random) -> str:
    share = draw.choice((0.02, 0.1, 0.4))
    return "".join(token for token in TOKEN.findall(text) if draw.random() > share)


def repeat_tokens(text: str, draw: random.Random) -> str:
    share, times = draw.choice(((0.02, 2), (0.1, 2), (0.02, 9)))
    return "".join(
        token * times if draw.random() < share else token for token in TOKEN.findall(text)
    )


def repeat_all(text: str, draw: random.Random) -> str:
    return draw.choice(GLUE).join([text[:600]] * draw.randint(2, 4))


def flip_characters(text: str, draw: random.Random) -> str:
    found = list(text)
    for _ in range(draw.randint(1, 6)):
        if found:
            at = draw.randrange(len(found))
            found[at] = draw.choice(
                (found[-1], draw.choice(text), chr(draw.randint(32, 0x2FF)), "")
            )
    return "".join(found)


MUTATIONS: tuple[Mutation, ...] = (
    cut,
    drop_first_and_last,
    shuffle_paragraphs,
    shuffle_sentences,
    shuffle_words,
    change_case,
    change_marks,
    swap_names,
    change_numbers,
    insert_words,
    other_script,
    lay_out,
    odd_spaces,
    invisible,
    decompose,
    delete_tokens,
    repeat_tokens,
    repeat_all,
    flip_characters,
)


@cache
def _names() -> list[str]:
    return [name for line in NAMES.strip().splitlines() for name in line.split("|")]


# --------------------------------------------------------------------------------- whole texts


def mutant(originals: Sequence[Text], seed: int, number: int) -> Text:
    """Return text ``number`` of a seed: a piece of one article or two, changed in a few ways.

    One of twelve is a whole article, one of four has fifteen words at most, and one of twelve is
    put together from words of the lexicon. All others have 40 to 200 words.
    """
    draw = random.Random(f"{seed}/{number}")
    one = draw.choice(originals)
    kind = draw.randrange(12)
    for _ in range(3):  # many texts of a corpus are one sentence
        if kind in (1, 2, 3, 4) or len(one.text) > 400:
            break
        one = draw.choice(originals)
    if kind == 0:
        text = one.text[: draw.choice((4_000, 8_000))]
    elif kind == 1:
        text = " ".join(draw.choice(words()) for _ in range(draw.randint(1, 14)))
    elif kind <= 4:
        text = window(one.text, draw, draw.randint(1, 15))
    else:
        text = window(one.text, draw, draw.randint(40, 200))
        if kind == 5:
            other = window(draw.choice(originals).text, draw, draw.randint(1, 60))
            text += draw.choice(GLUE) + other
    ways = [draw.choice(MUTATIONS) for _ in range(draw.choice((0, 1, 1, 1, 2, 2, 3)))]
    for way in ways:
        text = way(text, draw) if text else text
    published = draw.choice((None, one.published, "2024-02-29"))
    name = "+".join((f"{seed}/{number}", one.name, *(way.__name__ for way in ways)))
    return Text(name, text[:20_000], published)


def window(text: str, draw: random.Random, size: int) -> str:
    """Return so many words of a text, as they stand, from a word drawn by chance on."""
    places = [found.start() for found in re.finditer(r"\S+", text)]
    if not places:
        return text
    first = draw.randrange(max(1, len(places) - size + 1))
    last = first + size
    return text[places[first] : places[last] if last < len(places) else len(text)].rstrip(" ")


def texts(
    originals: Sequence[Text], seed: int, numbers: Iterable[int], whole: int
) -> Iterable[Text]:
    """Yield texts by number: first ``whole`` articles as they are, then mutants."""
    for number in numbers:
        yield originals[number] if number < whole else mutant(originals, seed, number - whole)


def tokens_of(text: str) -> list[str]:
    return TOKEN.findall(text)


def smallest(text: str, fails: Callable[[str], bool], most: int = 2_000) -> str:
    """Return a part of a failing text that still fails, by delta debugging (Zeller, ddmin).

    Lines go first, then tokens, then characters; ``fails`` is called ``most`` times at most.
    """
    calls = 0

    def still(parts: Sequence[str]) -> bool:
        nonlocal calls
        calls += 1
        return calls <= most and fails("".join(parts))

    for split in (lambda whole: whole.splitlines(keepends=True), tokens_of, list):
        parts = split(text)
        pieces = 2
        while len(parts) > 1:
            size = -(-len(parts) // pieces)
            for at in range(0, len(parts), size):
                rest = parts[:at] + parts[at + size :]
                if rest and still(rest):
                    parts, pieces = rest, max(pieces - 1, 2)
                    break
            else:
                if size == 1:
                    break
                pieces = min(pieces * 2, len(parts))
        text = "".join(parts)
    return text
