"""Choose the entry of a gazetteer that an entity of an article is, or none.

Entity and entry are compared like two entities of different articles, with the weights of
``models/identity``: those of gender, field of work, role and companions are learned on annotated
Wikinews articles, those of the names are set (see ``training.identity``). What only a gazetteer has
is set here, since no openly licensed corpus has dates or descriptions of namesakes: words of an
entry's description that the article says of the entity or its companions weigh like companions in
common, and dates that exclude the article ``OUTSIDE``. The odds of all entries, and of none, give
the probability of each. None is chosen below ``LEAST``, so that of two that fit equally, none is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import exp
from typing import Final, NamedTuple

from pipeline.model.identity.gazetteer import Gazetteer, Known, profiles
from pipeline.model.identity.pairs import Profile, contradiction, profile_of, scorer
from pipeline.model.identity.profiles import Seen, members
from pipeline.names.lists import nationalities
from pipeline.names.spelling import normal
from pipeline.text.words import word_set

LEAST: Final = 0.75
"""The probability from which on an entry is chosen."""
OUTSIDE: Final = -2.0
"""Log-odds of an entry whose dates do not include the article's."""
LISTED: Final = 3.5
"""Log-odds of a name of one word that the entry has, too: Pelé."""
SHORTEST: Final = 4
"""Letters of a word that counts; names of countries and peoples always do."""
SMALL: Final = word_set("born from with that this their former member since until")


class Chosen(NamedTuple):
    """The entry that an entity is, with its probability."""

    id: str
    confidence: float


class _Asked(NamedTuple):
    """An entity with what may tell who it is."""

    profile: Profile
    candidates: Sequence[tuple[Known, Sequence[Profile]]]
    names: frozenset[str]
    """Words of its names; of its descriptions below."""
    described: frozenset[str]


def choose(gazetteer: Gazetteer, seen: Sequence[Seen], published: str | None) -> dict[str, Chosen]:
    """Return the chosen entries by the ids of the entities of an article.

    Entities whose entry is sure help with the others: their descriptions tell what the article is
    about.
    """
    by_id = {one.id: one for one in seen}
    asked = {}
    for member in members("", published, seen):
        one, profile = by_id[member.entity], profile_of(member.facts, member.key)
        found = [(entry, profiles(entry)) for entry in gazetteer.candidates(profile)]
        asked[one.id] = _Asked(profile, found, words(one.names), words(one.descriptions))
    about = Counter(word for one in asked.values() for word in one.names)
    first = {id: _best(one, one.names, about, published) for id, one in asked.items()}
    told = {id: one.names | _words_of(asked[id], first[id]) for id, one in asked.items()}
    about = Counter(word for some in told.values() for word in some)
    last = {id: _best(one, told[id], about, published) for id, one in asked.items()}
    return {id: chosen for id, chosen in last.items() if chosen}


def _words_of(one: _Asked, chosen: Chosen | None) -> frozenset[str]:
    entries = (entry for entry, _ in one.candidates if chosen and entry.id == chosen.id)
    return frozenset(word for entry in entries for word in words(entry.roles))


def words(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of texts that tell what they are about, countries by their codes.

    >>> sorted(words(["former German minister"]))
    ['DE', 'minister']
    """
    found = set()
    for text in texts:
        plain = normal(text)
        for word in (plain, *plain.split()):
            code = nationalities().get(word)
            if code or (" " not in word and len(word) >= SHORTEST and word not in SMALL):
                found.add(code or word)
    return frozenset(found)


def _best(
    one: _Asked, own: frozenset[str], about: Counter[str], published: str | None
) -> Chosen | None:
    """Return the likeliest entry if it is sure; ``own``: words that the entity itself adds."""
    weights = scorer().weights
    odds, answers = {}, set()
    for entry, several in one.candidates:
        scores = [
            _score(one.profile, each)
            for each in _comparable(one.profile, several)
            if not contradiction(one.profile, each)
        ]
        if not scores:
            continue
        shared = sum(
            word in one.described or about[word] > (word in own) for word in words(entry.roles)
        )
        more = weights["companions/some" if shared > 1 else "companions/one"] if shared else 0.0
        more += OUTSIDE if published and _is_outside(entry, published[:10]) else 0.0
        odds[entry.id] = exp(max(scores) + more)
        # a surname alone is a rival, but no answer
        if not one.profile.named.bare or one.profile.named.name in {p.named.name for p in several}:
            answers.add(entry.id)
    best = min(odds, key=lambda id: (-odds[id], id), default=None)
    if best not in answers:
        return None
    confidence = round(odds[best] / (1 + sum(odds.values())), 4)
    return Chosen(best, confidence) if confidence >= LEAST else None


def _comparable(one: Profile, several: Sequence[Profile]) -> Sequence[Profile]:
    """Return the names of an entry without those of one word if both have full names."""
    full = [] if one.named.bare else [each for each in several if not each.named.bare]
    return full or several


def _score(one: Profile, entry: Profile) -> float:
    score = scorer().log_odds(one, entry)
    if one.named.bare and one.named.name == entry.named.name:
        score += LISTED - scorer().weights["name/both-bare"]
    return score


def _is_outside(entry: Known, day: str) -> bool:
    start, end = entry.start or "", entry.end or day
    return day[: len(start)] < start or day[: len(end)] > end
