"""Word lists of names, titles, roles, places and organisations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

from pipeline.data import read_lines
from pipeline.names.spelling import fold
from pipeline.text.lemmas import noun_lemma

Gender = Literal["m", "f"]


PRONOUNS: dict[str, Gender] = {
    **dict.fromkeys(("he", "him", "his", "himself"), "m"),
    **dict.fromkeys(("she", "her", "hers", "herself"), "f"),
}
"""The pronouns that tell the gender of a person."""
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


@cache
def demonyms() -> dict[str, str]:
    """Return the code of the country by its folded demonyms, adjective and plural.

    >>> demonyms()["chinese"]
    'CN'
    """
    found: dict[str, str] = {}
    for code, _, people in _columns("countries.txt"):
        for word in filter(None, map(str.strip, people.split(","))):
            found.setdefault(fold(word), code)
    return found


@cache
def capitals() -> dict[str, str]:
    """Return the code of the country by the folded name of its seat of government.

    >>> capitals()["beijing"]
    'CN'
    """
    return {
        fold(name.strip()): code
        for code, names in _columns("capitals.txt")
        for name in names.split(",")
    }


@cache
def short_names(file: str) -> dict[str, str]:
    """Return the folded name of a city or organisation by its other names, of a file of data.

    >>> short_names("short_places.txt")["l.a."]
    'los angeles'
    """
    found: dict[str, str] = {}
    for name, *others in _columns(file):
        found |= dict.fromkeys(others, name)
    return found


@cache
def nationalities() -> dict[str, str]:
    """Return the ISO 3166-1 code of a country by its folded names and demonyms.

    >>> nationalities()["british"], nationalities()["u.s."]
    ('GB', 'US')
    """
    names = {fold(name): code for name, code in places().countries.items()}
    return {**demonyms(), **names}


@cache
def seats() -> dict[str, str]:
    """Return the code of a country by its folded capital, states and their names."""
    states = dict.fromkeys(places().states, "US")
    countries = dict.fromkeys(("england", "scotland", "wales", "northern ireland"), "GB")
    return states | countries | capitals()


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
