"""Reduce an entity of an article to a profile: what is compared across articles.

Entities with the same key are the same one. The key of a person has the words of the name, the
gender if the article or the first name tells it, and the field of work; that of another entity has
its normalised name, and the country for institutions that many countries have. A surname alone is a
profile of its own in every article, since only its companions can tell who is meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

from pipeline.data import read_lines
from pipeline.document.names import (
    PersonName,
    fold,
    gender_of,
    parse_person,
    places,
    roles,
    titles,
)
from pipeline.text.words import word_set

FORMER: Final = frozenset(("former", "ex", "retired", "late", "onetime", "then", "future"))


@cache
def nationalities() -> dict[str, str]:
    """Return the ISO 3166-1 code of a country by its folded names and demonyms.

    >>> nationalities()["british"], nationalities()["u.s."]
    ('GB', 'US')
    """
    found: dict[str, str] = {}
    for _, line in read_lines("countries.txt"):
        code, names, people = (part.strip() for part in line.split("|"))
        for word in f"{names},{people}".split(","):
            if name := fold(word.strip()):
                found.setdefault(name, code)
    return found


@cache
def seats() -> dict[str, str]:
    """Return the code of a country by its folded capital, states and their names."""
    found: dict[str, str] = dict.fromkeys(places().states, "US")
    found |= dict.fromkeys(("england", "scotland", "wales", "northern ireland"), "GB")
    for _, line in read_lines("capitals.txt"):
        code, names = (part.strip() for part in line.split("|"))
        found |= {fold(name.strip()): code for name in names.split(",")}
    return found


class Fields(NamedTuple):
    """Fields of work."""

    nouns: dict[str, str]
    """Noun for a person to the field that it is of."""
    apart: frozenset[frozenset[str]]
    """Pairs of fields that one person hardly works in at the same time."""


@cache
def fields() -> Fields:
    """Return the fields of work by the nouns for people in them."""
    nouns: dict[str, str] = {}
    apart: set[frozenset[str]] = set()
    for section, line in read_lines("domains.txt"):
        if section == "apart":
            apart |= {frozenset(pair.split()) for pair in line.split("|")}
        else:
            nouns |= dict.fromkeys(line.split(), section)
    return Fields(nouns, frozenset(apart))


@cache
def common_surnames() -> frozenset[str]:
    """Return folded surnames that many people have."""
    return frozenset(word for _, line in read_lines("surnames.txt") for word in line.split())


class Institutions(NamedTuple):
    """Institutions that have several names, or that several countries have."""

    generic: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]
    """Names, and the countries to think of first."""
    known: dict[str, tuple[str, str]]
    """Other name to the name and its country, which may be empty."""


@cache
def institutions() -> Institutions:
    """Return the list of institutions."""
    generic: list[tuple[re.Pattern[str], tuple[str, ...]]] = []
    known: dict[str, tuple[str, str]] = {}
    for section, line in read_lines("institutions.txt"):
        if section == "generic":
            name, _, countries = (part.strip() for part in line.partition("|"))
            pattern = re.compile(re.escape(name).replace(r"\*", ".+"))
            generic.append((pattern, tuple(countries.split())))
        else:
            name, country, others = (part.strip() for part in line.split("|"))
            where = country.replace("-", "")
            known |= {other.strip(): (name, where) for other in (*others.split(","), name)}
    return Institutions(tuple(generic), known)


@lru_cache(1 << 14)
def generic(name: str) -> tuple[str, ...] | None:
    """Return the countries to think of first for an institution that many have; else None."""
    return next((on for pattern, on in institutions().generic if pattern.fullmatch(name)), None)


GROUPS: Final = {"PERSON": "PER", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}
HE: Final = frozenset(("he", "him", "his", "himself"))
SHE: Final = frozenset(("she", "her", "hers", "herself"))
OFFICES: Final = frozenset(("vice president", "prime minister")) | word_set(
    "president premier chancellor king queen pope emperor prince princess president-elect"
)
"""Held by so few people that office and surname are compared across articles."""
SYNONYMS: Final = {
    "federal government": "government",
    "armed forces": "military",
    "military forces": "military",
    "state department": "department of state",
}
"""Other words for an institution that many countries have."""
LEGAL: Final = word_set("inc corp co ltd llc plc gmbh ag sa nv corporation company limited")
COMPANIONS: Final = 8
"""Persons and organisations of an article that count as companions: those named most."""
LONGEST: Final = 160
"""A longer name is cut, so that every database can index it."""
FEW: Final = 4
"""Letters of a word from which on a final "s" is a plural."""
UNKNOWN: Final = "?"
SPLIT: Final = "#"
"""Begins ``alone`` of a profile that an action split off, before its number."""
KNOWN: Final = "known:"
"""Begins ``alone`` of a person of the user's own list."""
UNDATED: Final = "9999"


class Fact(NamedTuple):
    """Something that the articles say about a profile; counted over its members."""

    kind: str
    value: str


class Member(NamedTuple):
    """An entity of an article with its profile and what the article says about it."""

    entity: str
    key: str
    mentions: int
    facts: tuple[Fact, ...]


class Seen(NamedTuple):
    """An entity as the article has it."""

    id: str
    name: str
    label: str
    names: Mapping[str, int]
    """Its name mentions, with counts."""
    pronouns: Mapping[str, int]
    descriptions: Sequence[str] = ()
    identifiers: Mapping[str, str] = {}


class Named(NamedTuple):
    """The parts of a key."""

    group: str
    name: str
    gender: str = ""
    field: str = ""
    place: str = ""
    """Country of an institution, office of a person without a first name."""
    alone: str = ""
    """Article of a name without explanation, number of an action that split it off, or id of a
    person of the user's own list."""

    @property
    def key(self) -> str:
        return "|".join(self)

    @property
    def bare(self) -> bool:
        """Whether it is only a part of a person's name."""
        return self.group == "PER" and " " not in self.name

    @property
    def local(self) -> bool:
        """Whether it is a part of a person's name that one article leaves unexplained."""
        return self.bare and self.unexplained

    @property
    def unexplained(self) -> bool:
        """Whether an article leaves open who or what it is."""
        return bool(self.alone) and not self.alone.startswith((KNOWN, SPLIT))


@lru_cache(1 << 16)
def named(key: str) -> Named:
    """Return the parts of a key.

    >>> named("PER|jane roe|f|law||").field
    'law'
    """
    return Named(*key.split("|", 5))


def members(article: str, published: str | None, seen: Sequence[Seen]) -> Iterator[Member]:
    """Yield the entities of an article with their profiles, in order.

    ``published``: the date in ISO 8601, of which the day counts.
    """
    homes = countries(seen)
    day = (published or UNDATED)[:10]
    keys = [_key(one, homes, article) for one in seen]
    ranked = sorted(
        (-sum(one.names.values()), at)
        for at, one in enumerate(seen)
        if keys[at].group in ("PER", "ORG") and not keys[at].bare and not keys[at].place
    )
    companions = [(at, keys[at].name) for _, at in ranked[: COMPANIONS + 1]]
    for at, one in enumerate(seen):
        if not one.names:
            continue
        found = [*_facts(one, keys[at]), Fact("date", day)]
        if keys[at].group == "PER":
            others = [name for other, name in companions if other != at][:COMPANIONS]
            found += [Fact("companion", f"{quarter(day)}:{name}") for name in others]
            if homes:
                found.append(Fact("home", homes[0]))
        yield Member(one.id, keys[at].key, sum(one.names.values()), tuple(dict.fromkeys(found)))


def quarter(day: str) -> str:
    """Return the quarter of a day; companions count within it and the next ones.

    >>> quarter("2025-05-01")
    '2025-2'
    """
    return f"{day[:4]}-{(int(day[5:7]) + 2) // 3}" if day[5:7].isdecimal() else day[:4]


def _facts(one: Seen, key: Named) -> Iterator[Fact]:
    yield Fact("label", one.label)
    yield Fact("name", _cut(one.name))
    for name in one.names:
        other = _name(name, one.label, key)
        if other != key.name and _telling(other, key):
            yield Fact("alias", other)
    for description in one.descriptions:
        if role := normal(description):
            yield Fact("role", _cut(role))
    for system, value in one.identifiers.items():
        yield Fact("identifier", _cut(f"{system}={value}"))


def _telling(alias: str, key: Named) -> bool:
    """Return whether another name of an entity is more than a part of the one it has."""
    if key.group == "PER":
        return " " in alias
    if key.group == "LOC":
        return True
    return generic(alias) is None and alias not in nationalities()


def _cut(text: str) -> str:
    return text[:LONGEST].replace("|", " ")


@lru_cache(1 << 16)
def normal(text: str) -> str:
    """Return a name without case, accents, marks, possessive and article.

    >>> normal("The “Gdańsk” Shipyard’s")
    'gdansk shipyard'
    """
    folded = re.sub(r"['’]s?(?=\s|$)", "", fold(" ".join(text.split())))
    folded = re.sub(r"\b((?:[a-z]\.)+[a-z]?)(?![a-z])", lambda m: m[1].replace(".", ""), folded)
    words = re.sub(r"[^\w&-]+", " ", folded).replace("ł", "l").replace("-", " ").split()
    while len(words) > 1 and words[0] in ("the", "a", "an"):
        words = words[1:]
    return " ".join(words)[:LONGEST]


@lru_cache(1 << 16)
def person(name: str) -> PersonName:
    """Return the parts of a person's name, without titles and nicknames in marks."""
    plain = re.sub(r'["“(][^"”)]*["”)]', " ", name)
    words = re.findall(r"[\w'’.\-‐‑–]+", plain) or [name]
    return parse_person([word.replace("ł", "l").replace("Ł", "L") for word in _untitled(words)])


def _untitled(words: list[str]) -> list[str]:
    """Return the words of a name without titles in front, unless nothing would be left."""
    for size in (3, 2, 1):
        title = fold(" ".join(words[:size])).rstrip(".")
        if len(words) > size and title in titles():
            return _untitled(words[size:])
    return words


def person_key(name: str) -> str:
    """Return the words of a person's name without title.

    >>> person_key("Xi Jinping"), person_key("Dr. Anthony S. Fauci")
    ('xi jinping', 'anthony s fauci')
    """
    parts = person(name)
    words = (parts.first, *parts.middle, *parts.last, parts.suffix)
    cleaned = (word.strip(".'’").replace("-", " ") for word in words)
    return _cut(" ".join(word for word in cleaned if word)) or "?"


def _name(name: str, label: str, key: Named) -> str:
    """Return the normalised name of a mention, comparable with the key's."""
    if key.group == "PER":
        return person_key(name)
    if label in ("ORG", "LAW"):
        return institution(name, (key.place,) if key.place else ())[0]
    return place(name)[0] if key.group == "LOC" else normal(name)


def _key(one: Seen, homes: tuple[str, ...], article: str) -> Named:
    group = GROUPS.get(one.label, one.label)
    if group == "PER":
        return _person(one, article)
    if group in ("ORG", "LAW"):
        name, where = institution(one.name, homes)
        if where == UNKNOWN:
            return Named(group, name, alone=article.replace("|", " "))
        return Named(group, name, place=where)
    if group == "LOC":
        name, where = place(one.name)
        return Named(group, name, place=where if where != "?" else _georgia(homes))
    if group == "NORP":
        name = normal(one.name)
        singular = name.removesuffix("s") if len(name) > FEW else name
        return Named(group, f"people of {nationalities().get(name, singular)}")
    return Named(group, normal(one.name) or _cut(fold(one.name)))


def _georgia(homes: tuple[str, ...]) -> str:
    """Return the country of a name that is both a state and a country."""
    return "US" if homes[:1] == ("US",) else ""


def _person(one: Seen, article: str) -> Named:
    name = person_key(one.name)
    first = person(one.name).first if " " in name else ""
    gender = _gender(one, first)
    field = _field(one.descriptions)
    if " " in name:
        return Named("PER", name, gender, field)
    office = _office(one.descriptions)
    return Named("PER", name, gender, field, office, "" if office else article.replace("|", " "))


def _gender(one: Seen, first: str) -> str:
    he = sum(n for word, n in one.pronouns.items() if fold(word) in HE)
    she = sum(n for word, n in one.pronouns.items() if fold(word) in SHE)
    told = "m" if he > 3 * she else "f" if she > 3 * he else ""
    expected = gender_of(first) if first else None
    # one or two pronouns may be resolved to the wrong person
    sure = max(he, she) >= (3 if expected else 2)
    return told if sure and told else expected or ""


def heads(description: str) -> Iterator[str]:
    """Yield the nouns of a description that name an office or a trade, and that still holds.

    >>> list(heads("former mayor and now UN envoy")), list(heads("US vice president"))
    ([], ['vice president', 'president'])
    """
    words = normal(description).split()
    if FORMER & {*words}:
        return
    for at, word in enumerate(words):
        pair = f"{words[at - 1]} {word}" if at else ""
        if pair in roles():
            yield pair
        if word in roles() or word in fields().nouns:
            yield word


def _field(descriptions: Iterable[str]) -> str:
    known = fields().nouns
    found = Counter(known[head] for one in descriptions for head in heads(one) if head in known)
    return min(found, key=lambda field: (-found[field], field)) if found else ""


def _office(descriptions: Iterable[str]) -> str:
    return next((head for one in descriptions for head in heads(one) if head in OFFICES), "")


def countries(seen: Iterable[Seen]) -> tuple[str, ...]:
    """Return the countries that an article names, the one named most first."""
    votes: Counter[str] = Counter()
    for one in seen:
        if one.label in ("GPE", "NORP"):
            name = normal(one.name)
            code = nationalities().get(name) or seats().get(name)
            if code and name != "georgia":
                votes[code] += sum(one.names.values())
        elif one.label == "ORG" and (where := _split(normal(one.name))[1]):
            votes[where] += sum(one.names.values())
        for description in one.descriptions:
            for word in normal(description).split():
                if code := nationalities().get(word):
                    votes[code] += 1
    return tuple(sorted(votes, key=lambda code: (-votes[code], code)))


@lru_cache(1 << 16)
def institution(name: str, homes: tuple[str, ...]) -> tuple[str, str]:
    """Return the name of an organisation and the country if many countries have one like it.

    ``homes``: countries that the article is about, the first one most; ``UNKNOWN`` without any.

    >>> institution("U.S. Department of State", ()), institution("State Department", ("US",))
    (('department of state', 'US'), ('department of state', 'US'))
    >>> institution("Apple Inc.", ("US",)), institution("WHO", ("US",))
    (('apple', ''), ('world health organization', ''))
    """
    whole = _ordered(_without_legal(normal(name))) or _cut(fold(name)) or "?"
    rest, where = _split(whole)
    for text, place_ in ((whole, where), (rest, where)):
        if text in institutions().known:
            title, of = institutions().known[text]
            if not of or of == place_ or (not place_ and of in homes):
                return title, of
    rest = SYNONYMS.get(rest, rest)
    likely = generic(rest)
    if likely is None:
        return whole, ""
    place_ = where or next((one for one in homes if one in likely), "".join(homes[:1]))
    return rest, place_ or UNKNOWN


def _without_legal(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[-1] in LEGAL:
        words.pop()
    return " ".join(words)


def _ordered(name: str) -> str:
    """Return "state department" as "department of state"."""
    found = re.fullmatch(r"(?:(.+) )?(\w+(?: and \w+)*) (department|ministry)", name)
    if not found:
        return name.replace(" organisation", " organization")
    before, subject, head = found.groups()
    words = [*(before or "").split(), *subject.split()]
    lead = 0
    while lead < len(words) - 1 and " ".join(words[: lead + 1]) in nationalities():
        lead += 1
    if lead == 0 and len(words) > 2 and " ".join(words[:2]) in nationalities():
        lead = 2
    return " ".join((*words[:lead], head, "of", *words[lead:]))


def _split(name: str) -> tuple[str, str]:
    """Return a name without its country, and the country."""
    words = name.split()
    for size in (3, 2, 1):
        if len(words) > size and (code := nationalities().get(" ".join(words[:size]))):
            return " ".join(words[size:]), code
    found = re.fullmatch(r"(.+?) (?:of|in) (?:the )?(.+)", name)
    if found and (code := nationalities().get(found[2])):
        return found[1], code
    found = re.fullmatch(r"(.+) of (?:the )?(.+?)", name)
    if found and (code := nationalities().get(found[2])):
        return found[1], code
    return name, ""


@lru_cache(1 << 16)
def place(name: str) -> tuple[str, str]:
    """Return the name of a place and its country if it is one; "?" if it may be a state.

    >>> place("the U.S."), place("New York, New York"), place("Washington, D.C.")
    (('US', ''), ('new york', ''), ('washington dc', ''))
    """
    plain = re.sub(r"^st ", "saint ", normal(name))
    if plain == "georgia":
        return plain, "?"
    if code := nationalities().get(plain) or nationalities().get(fold(name).removeprefix("the ")):
        return code, ""
    head, comma, tail = name.partition(",")
    inner = normal(head)
    if comma and inner and inner != "washington" and fold(tail.strip()) in places().states:
        return inner, ""
    if plain in ("dc", "washington d c", "district of columbia"):
        return "washington dc", ""
    return plain or _cut(fold(name)) or "?", ""
