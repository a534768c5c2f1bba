"""Take the name of a person apart, and tell whether two names may be one person's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.names.lists import first_names, nicknames, titles
from pipeline.names.spelling import cut, fold, nearly
from pipeline.text.words import word_set

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
SYLLABLE = re.compile(r"[^aeiouy]*[aeiouy]+[^aeiouy]*")


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
        and (_gives_two_syllables(folded) or folded[-1] not in SURNAME_FIRST)
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


def with_particles(parsed: dict[int, PersonName]) -> dict[int, PersonName]:
    """Return names in which a surname with its particle has no first name.

    "Van Dijk" is one where somebody is called Virgil van Dijk.
    """
    surnames = {one.last for one in parsed.values() if len(one.last) > 1}
    found = {}
    for at, one in parsed.items():
        whole = (one.first, *one.middle, *one.last)
        found[at] = PersonName("", (), whole, one.suffix) if whole in surnames else one
    return found


def fuller(words: tuple[str, ...], old: tuple[str, ...]) -> bool:
    """Return whether one full name of a person is better than another.

    The longer one is, but not for words in front of the other one that are no first names: they
    are an office that no list has ("Brigade Commander Ann Lee").
    """
    size = min(len(words), len(old))
    if len(words) != len(old) and size > 1 and words[-size:] == old[-size:]:
        longer = max(words, old, key=len)
        named = all(word.rstrip(".") in first_names() for word in longer[:-size])
        return (words == longer) == named
    return len(" ".join(words)) > len(" ".join(old))


def same_person(one: PersonName, other: PersonName) -> bool:
    """Return whether two full names may belong to the same person."""
    if one.suffix != other.suffix:
        return False
    if one.surname != other.surname:
        return one.first == other.first and nearly(one.surname, other.surname)
    if len(one.last) > 1 and len(other.last) > 1 and one.last != other.last:
        return False
    if one.middle and other.middle and one.middle[0][0] != other.middle[0][0]:
        return False
    return (
        first_names_agree(one.first, other.first)
        or one.first in other.middle
        or other.first in one.middle
    )


def likeness(one: PersonName, word: str) -> int:
    """Return how well a word that is not a name of a person may mean him, 0 for not at all."""
    if nearly(one.surname, word):
        return 4
    if word in one.surname.split("-"):
        return 3
    if first_names_agree(one.first, word):
        return 2
    if word.startswith("@"):
        return int(one.first + one.surname in re.sub(r"[\W_]", "", word))
    initials = "".join(part[0] for part in (one.first, *one.middle, *one.last) if part)
    return int(word.replace(".", "") == initials)


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
    ('jinping xi', 'anthony s fauci')
    """
    parts = person(name)
    words = (parts.first, *parts.middle, *parts.last, parts.suffix)
    cleaned = (word.strip(".'’").replace("-", " ") for word in words)
    return cut(" ".join(word for word in cleaned if word)) or "?"


@lru_cache(1 << 16)
def parts_of(name: str) -> PersonName:
    """Return the parts of a person's name, given as folded words with spaces between."""
    return parse_person(name.split())


def ends(name: str) -> tuple[str, str]:
    """Return the first name of a person, or the first word, and the last word of the surname."""
    found = parts_of(name)
    return found.first or name.split()[0], found.surname


@lru_cache(1 << 18)
def person_relation(one: str, other: str) -> str:
    """Return how two names of persons relate; "apart" if they cannot be one person's.

    >>> person_relation("joe biden", "joseph r biden"), person_relation("bill bush", "jeb bush")
    ('short', 'apart')
    >>> person_relation("xi jinping", "jinping xi")
    'equal'
    >>> person_relation("george h w bush", "george w bush"), person_relation("roe", "al doe")
    ('apart', 'apart')
    """
    if one == other or (" " in one and parts_of(one) == parts_of(other)):
        return "equal"
    if " " not in one or " " not in other:
        short, long = sorted((one, other), key=lambda name: name.count(" "))
        return "bare" if short == ends(long)[1] and " " in long else "apart"
    if one.replace(" ", "") == other.replace(" ", ""):
        return "spaced"
    first, middle, last, suffix = parts_of(one)
    first_, middle_, last_, suffix_ = parts_of(other)
    if suffix != suffix_ and suffix and suffix_:
        return "apart"
    if sorted(one.split()) == sorted(other.split()):
        return "order"
    if last == last_:
        return _same_surname((first, middle), (first_, middle_), suffix != suffix_)
    if last[-1] == last_[-1] and first == first_:
        return "particle"
    words, words_ = {*one.split()}, {*other.split()}
    if first == first_ and (words < words_ or words_ < words):
        return "contained"
    if first == first_ and len(last[-1]) > 5 and nearly(last[-1], last_[-1]):
        return "spelling"
    return "apart"


def _same_surname(
    one: tuple[str, tuple[str, ...]], other: tuple[str, tuple[str, ...]], junior: bool
) -> str:
    (first, middle), (first_, middle_) = one, other
    if middle and middle_ and not _agree(middle, middle_):
        return "apart"
    if first == first_:
        return "junior" if junior else "middle" if middle != middle_ else "equal"
    if not first_names_agree(first, first_):
        if first in middle_ or first_ in middle:
            return "second"
        return "spelling" if nearly(first, first_) else "apart"
    return "initial" if 1 in (len(first), len(first_)) else "short"


def _agree(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return len(one) == len(other) and all(
        a == b or (a[0] == b[0] and 1 in (len(a), len(b))) for a, b in zip(one, other, strict=True)
    )
