"""Names of organisations, peoples and places: short forms, acronyms, and their countries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from functools import cache, lru_cache
from typing import Final, NamedTuple

from pipeline.data import read_lines
from pipeline.names.lists import demonyms, nationalities, organisations, places, short_names
from pipeline.names.spelling import cut, fold, normal
from pipeline.text.words import word_set

LEGAL = word_set("inc corp co ltd llc plc gmbh ag sa nv corporation company limited")
"""Legal forms behind a name, in lowercase and without dots."""
BEHIND = (",", "'s", "’s")
"""Tokens behind a name that are no part of it."""
SMALL = word_set("of the for and & in on to at with a an de la")
"""Words that an acronym may leave out."""
PAPERS = word_set("times post journal tribune herald gazette observer chronicle guardian telegraph")
WHOLE = word_set("news television tv network group holding holdings bank")
"""Words behind an acronym that name no part of it: NBC News, UBS Group."""
MAX_HOLDERS = 32
"""Words in more than this many names do not distinguish names."""
ACRONYM = re.compile(r"[A-Z][A-Z.&]{1,8}s?")


class NameIndex:
    """Keys of organisations and things: names with the same key are the same one."""

    def __init__(
        self, names: Sequence[tuple[int, tuple[str, ...]]], credits: Set[int] = frozenset()
    ) -> None:
        """Compute the keys of numbered names; ``credits`` are acronyms for no name of the text."""
        self._full: dict[tuple[str, ...], str] = {}
        self._acronyms: dict[str, str] = {}
        self._starts: dict[str, set[str]] = defaultdict(set)
        self._ends: dict[str, set[str]] = defaultdict(set)
        cores = {at: core_of(words) for at, words in names}
        for core in cores.values():
            if len(core) > 1:
                self._note(core)
        aliases = short_names("short_organisations.txt")
        self._keys: dict[int, str] = {}
        for at, words in names:
            core = cores[at]
            short = len(core) < 2
            key = self._of_short(words, at in credits) if short else self._full[_order(core)]
            self._keys[at] = aliases.get(key, key)
        self._merge_parts({self._keys[at] for at, words in names if is_acronym(words)})

    def _note(self, core: tuple[str, ...]) -> None:
        """Note how a name of several words may be shortened."""
        key = self._full.setdefault(_order(core), " ".join(core))
        for acronym in acronyms(core):
            self._acronyms.setdefault(acronym, key)
        if core[-1] in PAPERS:
            self._ends[core[-1]].add(key)
        if not core[-1].isdigit():  # "Rocky 2"
            self._starts[core[0]].add(key)

    def _of_short(self, words: Sequence[str], credit: bool) -> str:
        """Return the key of a name of one word."""
        word = " ".join(core_of(words))
        plain = re.sub(r"[.&]", "", word) or word  # "M&V" for Marks & Verity
        acronym = is_acronym(words)
        ends, starts = self._ends.get(word, ()), self._starts.get(word, ())
        if acronym and plain in self._acronyms and not credit:
            return self._acronyms[plain]
        if len(ends) == 1:
            return next(iter(ends))
        if len(starts) == 1 and not (_common(word) or (acronym and _has_parts(word, *starts))):
            return next(iter(starts))
        return plain

    def key(self, at: int) -> str | None:
        """Return the key of the name with this number."""
        return self._keys.get(at)

    def _merge_parts(self, acronyms: Set[str]) -> None:
        """Join "State Department" to "United States Department of State" if no other name fits.

        A name is part of a longer one that has all its words, in any order. Neither one of
        ``acronyms`` nor a body that owns another is: the UN is not the UN Security Council, and the
        Central Committee is not its Political Bureau.
        """
        holders: dict[str, set[str]] = defaultdict(set)
        sizes: dict[str, int] = {}
        for key in self._full.values():
            content = [word for word in key.split() if word not in SMALL]
            sizes[key] = len(content)
            for word in content:
                holders[word].add(key)
        joined: dict[str, str] = {}
        for key in set(self._keys.values()):
            words = [word for word in key.split() if word not in SMALL]
            if not words:
                continue
            rarest = min((holders[word] for word in words), key=len)
            if len(rarest) > MAX_HOLDERS:
                continue
            longer = rarest.intersection(*(holders[word] for word in words)) - {key}
            longer = {
                one
                for one in longer
                if sizes[one] > len(words)  # never a cycle
                and not any(map(str.isdigit, {*one.split()} - {*words}))  # nor Rocky of Rocky 2
                and (len(words) > 1 or not _common(words[0]) or _is_national(words[0], one))
                and not (key in acronyms and _has_parts(key, one))
                and not _is_within(words, one)
            }
            if len(longer) == 1:
                joined[key] = longer.pop()
        for at, key in self._keys.items():
            while key in joined:
                key = joined[key]
            self._keys[at] = key


def is_acronym(words: Sequence[str]) -> bool:
    """Return whether a name is one word in capitals."""
    return len(words) == 1 and ACRONYM.fullmatch(words[0]) is not None


def _has_parts(acronym: str, name: str) -> bool:
    """Return whether a name means a part of a body: BBC Radio Jersey, not BBC News."""
    first, *rest = name.split()
    return first == acronym and not set(rest) <= WHOLE


def _is_national(word: str, name: str) -> bool:
    """Return whether a name is a word behind its country: the Senate is the U.S. Senate."""
    core = tuple(name.split())
    order = _order(core)
    return order != core and order[1:2] == (word,)


def _is_within(words: Sequence[str], name: str) -> bool:
    """Return whether a body is only the owner of another: "Bureau of the Central Committee"."""
    _, _, owner = name.partition(" of ")
    return words[-1] in organisations().endings and set(words) <= set(owner.split())


def core_of(words: Sequence[str]) -> tuple[str, ...]:
    """Return the folded words of a name without article, possessive and legal form.

    >>> core_of(["The", "Acme", "Holdings", "Inc."])
    ('acme', 'holdings')
    """
    folded = [one for word in words if (one := fold(word))]
    while folded and folded[0] in ("the", "a"):
        folded = folded[1:]
    return tuple(_without_legal(folded))


def _without_legal(words: list[str]) -> list[str]:
    while len(words) > 1 and (words[-1].replace(".", "") in LEGAL or words[-1] in BEHIND):
        words.pop()
    return words


def _order(core: tuple[str, ...]) -> tuple[str, ...]:
    """Return normalized words.

    "Department of Justice" equals "Justice Department", "U.S. Navy" the "United States Navy", and
    "Government of Iraq" the "Iraqi government".
    """
    if "of" in core[1:-1]:
        at = core.index("of", 1)
        owner = core[at + 1 :]
        country = " ".join(owner[1:] if owner[0] == "the" else owner)
        if code := places().countries.get(country):
            return code.lower(), *core[:at]
    for length in (2, 1):
        country = " ".join(core[:length])
        code = places().countries.get(country) or demonyms().get(country)
        if code and len(core) > length:
            core = (code.lower(), *core[length:])
            break
    if len(core) > 2 and core[1] == "of" and core[0] in ("department", "ministry", "university"):
        rest = tuple(word for word in core[2:] if word != "the")
        return (*rest, core[0])
    return core


def acronyms(words: Iterable[str]) -> set[str]:
    """Return the acronyms of a name, with and without the letters of its small words.

    >>> sorted(acronyms(["university", "of", "east", "anglia"]))
    ['uea', 'uoea']
    """
    known = [word for word in words if word[0].isalnum()]
    return {
        "".join(word[0] for word in known),
        "".join(word[0] for word in known if word not in SMALL),
    }


def _common(word: str) -> bool:
    gazetteer = places()
    return (
        word in gazetteer.countries
        or word in gazetteer.states
        or word in gazetteer.demonyms
        or word
        in (
            "national",
            "american",
            "international",
            "federal",
            "new",
            "united",
            "house",
            "senate",
            "state",
            "first",
            "general",
            "global",
            "world",
            "center",
            "university",
        )
    )


PEOPLES = {"r": "republican", "d": "democrat", "dem": "democrat", "jew": "jewish"} | {
    "latina": "latino", "filipina": "filipino", "tory": "conservative", "torie": "conservative",
}  # fmt: skip
"""Other names of a people, a faith or a party, without the ending of the plural."""


def people(word: str) -> str:
    """Return one form for the names of a people, a faith or a party: Democrats, Democratic."""
    one = word[:-1] if word.endswith("s") and len(word) > 3 else word
    return PEOPLES.get(one) or (one[:-2] if one.endswith("atic") else one)


def better_name(text: str, old: str) -> bool:
    """Return whether one name of a thing is fuller than another: longer, and not just capitals."""
    return len(text) > len(old) and not (text.isupper() and not old.isupper())


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


SYNONYMS: Final = {
    "federal government": "government",
    "armed forces": "military",
    "military forces": "military",
    "state department": "department of state",
}
"""Other words for an institution that many countries have."""
UNKNOWN: Final = "?"


@lru_cache(1 << 16)
def institution(name: str, homes: tuple[str, ...]) -> tuple[str, str]:
    """Return the name of an organisation and the country if many countries have one like it.

    ``homes``: countries that the article is about, the first one most; ``UNKNOWN`` without any.

    >>> institution("U.S. Department of State", ()), institution("State Department", ("US",))
    (('department of state', 'US'), ('department of state', 'US'))
    >>> institution("Apple Inc.", ("US",)), institution("WHO", ("US",))
    (('apple', ''), ('world health organization', ''))
    """
    whole = _ordered(" ".join(_without_legal(normal(name).split()))) or cut(fold(name)) or "?"
    rest, where = without_country(whole)
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


def without_country(name: str) -> tuple[str, str]:
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
    return plain or cut(fold(name)) or "?", ""
