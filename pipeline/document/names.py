"""Word lists of names, titles, roles and places; names, people and entities of a document."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipeline.data import read_lines
from pipeline.document.rules import By
from pipeline.records.labels import MentionKind
from pipeline.text.lemmas import noun_lemma
from pipeline.text.words import word_set

if TYPE_CHECKING:
    from pipeline.document.columns import Columns

Gender = Literal["m", "f"]


SUFFIXES = frozenset(("jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "esq", "esq."))
PARTICLES = word_set(
    "de del della di da dos das du van von der den la le el al bin ibn ben ter st st. san "
    "abu bint af av zu zur ten"
)
BARE_PARTICLES = PARTICLES - {"al", "ben", "van", "el", "ter", "st", "st.", "san", "abu"}
"""Particles that are never first names: "de Blasio" is only a surname."""
SURNAME_FIRST = word_set(
    "bai cai cao chang chen cheng chiang choi chu cui deng ding dong du duan fan fang feng "
    "fu gao geng gong gu guo han hao he hong hou hu hua huang jiang jin kang kim kong lai "
    "lei li liang liao lin liu long lu luo ma mao meng moon ng nguyen pan park pei peng qi "
    "qian qiao qin qiu qu ren shao shen shi song su sun tan tang tao tian tran tsai wan "
    "wang wei wen wu xi xia xiao xie xiong xu xue yan yang yao ye yi yin yoon yu yuan zeng "
    "zhai zhang zhao zheng zhong zhou zhu zou pham phan mao hun"
)
KOREAN = word_set(
    "ae bae baek beom bin bok bom bon bong bum byeong byung cha chae chan chang cheol cheon chol "
    "chong choon chul chun chung dae dal do dong du duk eok eon eui eun eung gab gap geon geun gi "
    "gil gon goo gu guk gun gwan gwang gyeong gyu ha hae hak han hee heon heum heung hie ho hoe "
    "hong hoon hui hun hwa hwan hwang hye hyeok hyeon hyo hyok hyon hyong hyuk hyun hyung ik il im "
    "in ja jae je jee jeon jeong ji jik jin jo jong joo joon ju jun jung ki kil kon kook ku kuk "
    "kun kwan kwang kwon kyeong kyo kyong kyoung kyu kyun kyung mi min mo moo mu muk mun myeong "
    "myong myung na nae nam no oh ok ri ryol ryong sa sam san sang se seo seok seol seon seong "
    "seung shik shin sik sil sim sin so sok son song soo sook soon su suh suk sun sung tae taek "
    "tak to ui uk un ung won woo wook woon yang ye yeol yeon yeong yeop yo yol yon yong yoo yoon "
    "you young yu yul yun yung"
)
"""Syllables of Korean given names, as they are romanized."""
HYPHENS = frozenset("-‐‑–")
MARKS = frozenset((",", "-", "(", ")", '"', "“", "”"))
INITIAL = re.compile(r"[B-HJ-Z]\.?")
"""An initial that is no word."""
SYLLABLE = re.compile(r"[^aeiouy]*[aeiouy]+[^aeiouy]*")


GENDERS: dict[str, Gender | None] = {
    "m": "m",
    "f": "f",
    "u": None,
    "mostly_m": "m",
    "mostly_f": "f",
}


def _words(file: str) -> Iterator[tuple[str, str]]:
    """Yield the words of a list with their sections."""
    for section, line in read_lines(file):
        for word in line.split():
            yield section, word


def _columns(file: str) -> Iterator[list[str]]:
    """Yield the columns of each line of a list."""
    for _, line in read_lines(file):
        yield [column.strip() for column in line.split("|")]


@cache
def first_names() -> dict[str, Gender | None]:
    """Return lowercase first names with their gender, ``None`` if it is ambiguous."""
    return {name: GENDERS[section] for section, name in _words("first_names.txt")}


@cache
def _by_gender() -> dict[str, str]:
    """Return the section of the list by folded first name."""
    return {name: section for section, name in _words("genders.txt")}


@cache
def genders() -> dict[str, Gender | None]:
    """Return folded first names with the gender of most people who have them."""
    return {name: GENDERS[section] for name, section in _by_gender().items()}


def gender_of(first: str, *, sure: bool = False) -> Gender | None:
    """Return the gender of a folded first name, if known; ``sure`` if nearly all have it."""
    known = _by_gender()
    section = known.get(first) or known.get(first.split("-")[0], "u")
    return None if sure and section.startswith("mostly") else GENDERS[section]


@cache
def no_names() -> frozenset[str]:
    """Return abbreviations, case-sensitive, that are not names ("GDP")."""
    return frozenset(word for _, word in _words("no_names.txt"))


@cache
def openers() -> frozenset[str]:
    """Return common words that are not names at the start of a sentence."""
    return frozenset(word for _, word in _words("openers.txt"))


@cache
def nicknames() -> dict[str, frozenset[int]]:
    """Return, for each first name, the groups of interchangeable first names that include it."""
    groups: dict[str, set[int]] = {}
    for number, (_, line) in enumerate(read_lines("nicknames.txt")):
        for name in line.split():
            groups.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in groups.items()}


class Title(NamedTuple):
    """What a title before a name implies."""

    role: str
    gender: Gender | None


@cache
def titles() -> dict[str, Title]:
    """Return titles by their lowercase form."""
    return {
        title: Title(role, GENDERS.get(gender)) for title, role, gender in _columns("titles.txt")
    }


class Role(NamedTuple):
    """A noun for a person, with the wider nouns that it implies."""

    gender: Gender | None
    wider: frozenset[str]


@cache
def roles() -> dict[str, Role]:
    """Return role nouns by their lowercase form."""
    return {
        noun: Role(GENDERS.get(gender), frozenset(wider.split()))
        for noun, gender, wider in _columns("roles.txt")
    }


@cache
def kinds() -> dict[str, str]:
    """Return nouns that define a name's kind, with the label of the name."""
    found = {word: label for label, word in _words("kinds.txt")}
    return dict.fromkeys(roles(), "PERSON") | found


class Places(NamedTuple):
    """Names of places, all lowercase."""

    countries: dict[str, str]
    """Name to ISO 3166-1 code."""
    demonyms: frozenset[str]
    states: dict[str, str]
    """Name or abbreviation of a state to its name."""
    postal: dict[str, str]
    """Abbreviation of two letters, which may be a word, to its name."""
    others: dict[str, str]
    """Name to label, GPE or LOC."""


@cache
def places() -> Places:
    """Return the gazetteer of countries, states, large cities and regions."""
    countries: dict[str, str] = {}
    demonyms: set[str] = set()
    for code, names, people in _columns("countries.txt"):
        countries |= {name.strip().lower(): code for name in names.split(",")}
        demonyms |= {word.strip().lower() for word in people.split(",") if word.strip()}
    demonyms |= {word.replace("_", " ").lower() for _, word in _words("demonyms.txt")}
    states: dict[str, str] = {}
    postal: dict[str, str] = {}
    others: dict[str, str] = {}
    for section, line in read_lines("places.txt"):
        for entry in line.split("|"):
            variants = [name.replace("_", " ") for name in entry.split()]
            if section == "states":
                for name in variants:
                    (states if len(name) > 2 else postal)[name.lower()] = variants[0].lower()
            else:
                label = "LOC" if section == "regions" else "GPE"
                others |= {name.lower(): label for name in variants}
    for _, name in _words("cities.txt"):
        others.setdefault(name.replace("_", " ").lower(), "GPE")
    return Places(countries, frozenset(demonyms), states, postal, others)


class Organisations(NamedTuple):
    """Words that indicate an organisation, all lowercase."""

    endings: frozenset[str]
    nominals: dict[str, frozenset[str]]
    """Common noun to words, one of which must be in a name that it refers to."""
    known: frozenset[str]
    certain: frozenset[str]
    """Names, case-sensitive but without spaces, that always mean an organisation."""
    teams: frozenset[str]
    """Last words of the names of teams, lowercase."""
    last_words: dict[str, str]
    """Last word of the names of buildings, landscapes, events and laws to their label."""


LAST_WORD_LABELS = {
    "facilities": "FAC",
    "landscapes": "LOC",
    "events": "EVENT",
    "laws": "LAW",
    "works": "WORK_OF_ART",
}


@cache
def organisations() -> Organisations:
    """Return the words that indicate an organisation."""
    endings: set[str] = set()
    nominals: dict[str, frozenset[str]] = {}
    known: set[str] = set()
    last_words: dict[str, str] = {}
    for section, line in read_lines("organisations.txt"):
        if section in LAST_WORD_LABELS:
            last_words |= dict.fromkeys(line.split(), LAST_WORD_LABELS[section])
        elif section == "nominals":
            noun, _, words = line.partition("|")
            nominals[noun.strip()] = frozenset(words.split())
        elif section == "endings":
            endings |= set(line.split())
        else:
            known |= {word.replace("_", " ") for word in line.split()}
    certain: set[str] = set()
    teams: set[str] = set()
    for section, word in _words("known_organisations.txt"):
        if section == "teams":
            teams.add(word.rsplit("_", 1)[-1].lower())
        else:
            known.add(word.replace("_", " ").lower())
            certain.add(word.replace("_", ""))
    return Organisations(
        frozenset(endings),
        nominals,
        frozenset(known),
        frozenset(certain),
        frozenset(teams),
        last_words,
    )


def fold(word: str) -> str:
    """Return a word in lowercase without accents; a word of accents alone becomes empty."""
    if word.isascii():
        return word.lower()
    word = word.replace("’", "'").replace("ʼ", "'")
    parts = unicodedata.normalize("NFKD", word)
    return "".join(c for c in parts if not unicodedata.combining(c)).lower().strip()


class PersonName(NamedTuple):
    """The parts of a person's name, folded; ``first`` is empty for a bare surname."""

    first: str
    middle: tuple[str, ...]
    last: tuple[str, ...]
    suffix: str

    @property
    def surname(self) -> str:
        return self.last[-1]


def parse_person(words: Sequence[str]) -> PersonName:
    """Return the parts of a name without titles.

    >>> parse_person(["Ursula", "von", "der", "Leyen"]).last
    ('von', 'der', 'leyen')
    >>> parse_person(["He", "Lifeng"]).last
    ('he',)
    """
    folded = [one for word in _hyphenated(words) if (one := fold(word))]
    suffix = ""
    while len(folded) > 1 and folded[-1] in SUFFIXES:
        suffix = folded.pop().rstrip(".")
    if not folded:
        return PersonName("", (), ("",), suffix)
    if all(word in BARE_PARTICLES for word in folded[:-1]):
        return PersonName("", (), tuple(folded), suffix)
    if (
        folded[0] in SURNAME_FIRST
        and len(folded) <= 3
        and (_gives_two_syllables(folded) or _begins_with_surname(folded))
        and "." not in folded[1]
        and (folded[0] not in first_names() or "-" in folded[1] or len(folded) == 3)
    ):
        return PersonName(" ".join(folded[1:]), (), (folded[0],), suffix)
    at = len(folded) - 1
    while at > 1 and folded[at - 1] in PARTICLES:
        at -= 1
    return PersonName(folded[0].rstrip("."), tuple(folded[1:at]), tuple(folded[at:]), suffix)


def _hyphenated(words: Sequence[str]) -> list[str]:
    """Return words without punctuation; hyphenated words are joined ("Ocasio-Cortez")."""
    joined: list[str] = []
    for at, word in enumerate(words):
        if word in HYPHENS and joined and at + 1 < len(words):
            joined[-1] += "-"
        elif joined and joined[-1].endswith("-"):
            joined[-1] += word
        elif word not in MARKS:
            joined.append(word)
    return joined


def _begins_with_surname(folded: Sequence[str]) -> bool:
    given = "-" in folded[1] or folded[1] not in first_names()  # "Jong-un"
    return folded[-1] not in SURNAME_FIRST and given


def _gives_two_syllables(folded: Sequence[str]) -> bool:
    """Return whether a name is a surname and two syllables, which may be names themselves.

    "Tan Wei Ming".
    """
    if len(folded) != 3 or folded[1] in PARTICLES or not all(map(SYLLABLE.fullmatch, folded)):
        return False
    return folded[0] not in first_names() or set(folded[1:]) <= KOREAN


def first_names_agree(one: str, other: str) -> bool:
    """Return whether two first names match: equal, initial, nickname or short form."""
    if one == other:
        return True
    if not one or not other:
        return False
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    groups = nicknames()
    if groups.get(one, frozenset()) & groups.get(other, frozenset()):
        return True
    if one in groups and other in groups:
        return False
    short, long = sorted((one, other), key=len)
    return len(short) >= 3 and long.startswith(short)


NAME_LABELS = (
    "PERSON",
    "ORG",
    "GPE",
    "LOC",
    "FAC",
    "NORP",
    "EVENT",
    "WORK_OF_ART",
    "LAW",
    "PRODUCT",
    "LANGUAGE",
)
"""In the order of the outputs of the networks."""
ARTICLES = word_set("the a an")
POSSESSIVES = frozenset(("'s", "’s", "'", "’"))
PEOPLE = frozenset(("PERSON", "NORP"))
"""Labels of names that never include an article."""
EDGES = frozenset("\"'“”‘’«»„,;:()[]{}-–—…/|*_#&@\n")
PAIRS = {")": "(", "]": "["}


class Name(NamedTuple):
    """A name in a document, in token indices."""

    start: int
    end: int
    label: str


def title_length(columns: Columns, start: int, end: int) -> int:
    """Return the number of tokens from ``start`` that form a title."""
    lower = columns.lower
    known = titles()
    for length in (2, 1):
        if start + length < end + 1 and " ".join(lower[start : start + length]) in known:
            return length
    return 0


def trimmed(columns: Columns, start: int, end: int, label: str) -> tuple[int, int]:
    """Return a span without articles, titles, possessives and punctuation at its ends.

    A capitalized article within a sentence belongs to the name: "in The Hague". A span of nothing
    else becomes empty, except for a title on its own.
    """
    words, lower = columns.words, columns.lower
    while start < end and (words[start] in EDGES or words[start].isspace()):
        start += 1
    while end > start and _ends_no_name(words, start, end - 1):
        end -= 1
    own = label not in PEOPLE
    if own and is_own_article(columns, start - 1):
        start -= 1
    elif end - start > 1 and lower[start] in ARTICLES and label != "WORK_OF_ART":
        start += not (own and is_own_article(columns, start))
    while label == "PERSON":
        length = title_length(columns, start, end)
        if not 0 < length < end - start:
            break
        start += length
    if label == "PERSON" and end - start == 1 and INITIAL.fullmatch(words[start - 1]):
        start -= start > 0  # "P Chidambaram"
    return start, end


def is_own_article(columns: Columns, at: int) -> bool:
    """Return whether a token is "The" within a sentence: part of the name that follows."""
    return (
        at > 0
        and columns.words[at] == "The"
        and (columns.words[at - 1].islower() or columns.words[at - 1] == ",")
        and columns.sentences[at - 1] == columns.sentences[at]
    )


def _ends_no_name(words: list[str], start: int, at: int) -> bool:
    word = words[at]
    if word in PAIRS:
        return PAIRS[word] not in words[start:at]
    return word in EDGES or word in POSSESSIVES or word.isspace()


Sense = Literal["person", "group", "body", "document", "data"]

PERSON_ENDINGS = ("ist", "ian", "man", "woman", "person")
SENSE_OF_LABEL: dict[str, Sense] = {
    "PERSON": "person",
    "ORG": "body",
    "GPE": "body",
    "WORK_OF_ART": "document",
    "LAW": "document",
}


@cache
def senses() -> dict[str, Sense]:
    """Return the senses of head nouns; ``sources.txt`` takes precedence."""
    found = {
        noun: SENSE_OF_LABEL[label] for noun, label in kinds().items() if label in SENSE_OF_LABEL
    }
    found |= dict.fromkeys(organisations().nominals, "body")
    found |= {word: section for section, word in _words("sources.txt")}  # type: ignore[misc]  # the file's sections
    return found


def sense_of(word: str) -> Sense | None:
    """Return the sense of a lowercase noun, singular or plural, as the head of a source."""
    for form in (word, noun_lemma(word)):
        if form in senses():
            return senses()[form]
    return "person" if noun_lemma(word).endswith(PERSON_ENDINGS) else None


class Reference(NamedTuple):
    """A mention of a chain, in token indices."""

    start: int
    end: int
    head: int
    kind: MentionKind
    chain: int
    confidence: float | None = None
    """Calibrated probability that it refers to the chain; None for names."""
    by: By = ""
    """What decided that it refers to the chain."""


@dataclass(slots=True)
class Chain:
    """One entity under construction."""

    label: str
    name: str
    words: tuple[str, ...] = ()
    person: PersonName | None = None
    gender: Gender | None = None
    described: set[str] = field(default_factory=set)
    """Words of its descriptions, lowercase."""
    roles: set[str] = field(default_factory=set)
    """Its roles and those they imply: a mayor is an official."""
    called: set[str] = field(default_factory=set)
    """Its roles as written in the text."""
    descriptions: list[str] = field(default_factory=list)
    full: int = 0
    """Number of full mentions of its name."""
    code: str | None = None
