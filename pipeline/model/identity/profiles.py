"""Reduce an entity of an article to a profile: what is compared across articles.

Entities with the same key are the same one. The key of a person has the words of the name, the
gender if the article or the first name tells it, and the field of work; that of another entity has
its normalised name, and the country for institutions that many countries have. A surname alone is a
profile of its own in every article, since only its companions can tell who is meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

from pipeline.data import read_lines
from pipeline.names.bodies import UNKNOWN, generic, institution, place, without_country
from pipeline.names.lists import PRONOUNS, gender_of, nationalities, roles, seats
from pipeline.names.persons import person, person_key
from pipeline.names.spelling import cut, fold, normal
from pipeline.text.words import word_set

FORMER: Final = frozenset(("former", "ex", "retired", "late", "onetime", "then", "future"))


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


GROUPS: Final = {"PERSON": "PER", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}
OFFICES: Final = frozenset(("vice president", "prime minister")) | word_set(
    "president premier chancellor king queen pope emperor prince princess president-elect"
)
"""Held by so few people that office and surname are compared across articles."""
COMPANIONS: Final = 8
"""Persons and organisations of an article that count as companions: those named most."""
FEW: Final = 4
"""Letters of a word from which on a final "s" is a plural."""
SPLIT: Final = "#"
"""Begins ``alone`` of a profile that an action split off, before its number."""
KNOWN: Final = "known:"
"""Begins ``alone`` of a person of the user's own list."""
IDENTIFIED: Final = "id:"
"""Begins ``alone`` of entities that have an identifier."""
COUNTRY: Final = "iso3166"
"""The identifier that does not tell who it is: a capital has it, too."""
UNDATED: Final = "9999"


class Fact(NamedTuple):
    """Something that the articles say about a profile; counted over its members."""

    kind: str
    value: str


class ProfileMember(NamedTuple):
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


class KeyParts(NamedTuple):
    """The parts of a key."""

    group: str
    name: str
    gender: str = ""
    field: str = ""
    place: str = ""
    """Country of an institution, office of a person without a first name."""
    alone: str = ""
    """Article of a name without explanation, number of an action that split it off, id of a person
    of the user's own list, or identifier."""

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
        return bool(self.alone) and not self.alone.startswith((KNOWN, SPLIT, IDENTIFIED))


@lru_cache(1 << 16)
def named(key: str) -> KeyParts:
    """Return the parts of a key.

    >>> named("PER|jane roe|f|law||").field
    'law'
    """
    return KeyParts(*key.split("|", 5))


def members(article: str, published: str | None, seen: Sequence[Seen]) -> Iterator[ProfileMember]:
    """Yield the entities of an article with their profiles, in order.

    ``published``: the date in ISO 8601, of which the day counts.
    """
    homes = countries(seen)
    day = (published or UNDATED)[:10]
    keys = [_identified(_key(one, homes, article), one.identifiers) for one in seen]
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
        yield ProfileMember(
            one.id, keys[at].key, sum(one.names.values()), tuple(dict.fromkeys(found))
        )


def quarter(day: str) -> str:
    """Return the quarter of a day; companions count within it and the next ones.

    >>> quarter("2025-05-01")
    '2025-2'
    """
    return f"{day[:4]}-{(int(day[5:7]) + 2) // 3}" if day[5:7].isdecimal() else day[:4]


def _facts(one: Seen, key: KeyParts) -> Iterator[Fact]:
    yield Fact("label", one.label)
    yield Fact("name", cut(one.name))
    for name in one.names:
        other = _name(name, one.label, key)
        if other != key.name and _telling(other, key):
            yield Fact("alias", other)
    for description in one.descriptions:
        if role := normal(description):
            yield Fact("role", cut(role))
    for system, value in one.identifiers.items():
        yield Fact("identifier", cut(f"{system}={value}"))


def _telling(alias: str, key: KeyParts) -> bool:
    """Return whether another name of an entity is more than a part of the one it has."""
    if key.group == "PER":
        return " " in alias
    if key.group == "LOC":
        return True
    return generic(alias) is None and alias not in nationalities()


def _name(name: str, label: str, key: KeyParts) -> str:
    """Return the normalised name of a mention, comparable with the key's."""
    if key.group == "PER":
        return person_key(name)
    if label in ("ORG", "LAW"):
        return institution(name, (key.place,) if key.place else ())[0]
    return place(name)[0] if key.group == "LOC" else normal(name)


def _key(one: Seen, homes: tuple[str, ...], article: str) -> KeyParts:
    group = GROUPS.get(one.label, one.label)
    if group == "PER":
        return _person(one, article)
    if group in ("ORG", "LAW"):
        name, where = institution(one.name, homes)
        if where == UNKNOWN:
            return KeyParts(group, name, alone=article.replace("|", " "))
        return KeyParts(group, name, place=where)
    if group == "LOC":
        name, where = place(one.name)
        return KeyParts(group, name, place=where if where != "?" else _georgia(homes))
    if group == "NORP":
        name = normal(one.name)
        singular = name.removesuffix("s") if len(name) > FEW else name
        return KeyParts(group, f"people of {nationalities().get(name, singular)}")
    return KeyParts(group, normal(one.name) or cut(fold(one.name)))


def _identified(key: KeyParts, identifiers: Mapping[str, str]) -> KeyParts:
    """Return a key by which entities with different identifiers are different ones."""
    own = [value for system, value in sorted(identifiers.items()) if system != COUNTRY]
    return key._replace(alone=f"{IDENTIFIED}{own[0].replace('|', ' ')}") if own else key


def _georgia(homes: tuple[str, ...]) -> str:
    """Return the country of a name that is both a state and a country."""
    return "US" if homes[:1] == ("US",) else ""


def _person(one: Seen, article: str) -> KeyParts:
    name = person_key(one.name)
    first = person(one.name).first if " " in name else ""
    gender = _gender(one, first)
    field = _field(one.descriptions)
    if " " in name:
        return KeyParts("PER", name, gender, field)
    office = _office(one.descriptions)
    return KeyParts("PER", name, gender, field, office, "" if office else article.replace("|", " "))


def _gender(one: Seen, first: str) -> str:
    said: Counter[str | None] = Counter()
    for word, n in one.pronouns.items():
        said[PRONOUNS.get(fold(word))] += n
    he, she = said["m"], said["f"]
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
        elif one.label == "ORG" and (where := without_country(normal(one.name))[1]):
            votes[where] += sum(one.names.values())
        for description in one.descriptions:
            for word in normal(description).split():
                if code := nationalities().get(word):
                    votes[code] += 1
    return tuple(sorted(votes, key=lambda code: (-votes[code], code)))
