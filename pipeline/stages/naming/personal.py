"""Names of persons that their form gives away: "von der Leyen", "a gamer named Owl"."""

from __future__ import annotations

from pipeline.document.columns import PROPER_TAGS, Columns
from pipeline.document.names import (
    BARE_PARTICLES,
    PARTICLES,
    first_names,
    fold,
    kinds,
    openers,
    places,
    roles,
    titles,
)
from pipeline.stages.naming.namespans import Name, is_organisation
from pipeline.text.timing.timewords import WEEKDAYS
from pipeline.text.wordset import word_set

CALLED = word_set("named called nicknamed")
PIECES = frozenset(("PERSON", "ORG", "GPE", "WORK_OF_ART", "PRODUCT", "FAC"))
"""What the base model calls a name, or a piece of one, that it cuts at a particle."""
MANNERS = frozenset(("mr", "mr.", "mrs", "mrs.", "ms", "ms.", "miss"))
HOLDERS = word_set(
    "spokesman spokeswoman spokesperson minister secretary lawyer attorney solicitor wife husband "
    "brother sister son daughter mother father mayor governor editor successor predecessor"
)
"""What nobody but a person is said to be."""
DAYS = frozenset(word for word in WEEKDAYS if word.endswith("day"))
REACH = 6
"""So many words before "named" somebody is told to be a person."""
LONGEST = 4


def with_particles(columns: Columns, names: list[Name]) -> list[Name]:
    """Return the persons whose surname was cut at its particles, whole: "Ursula von der Leyen"."""
    lower, words = columns.lower, columns.words
    by_end = {name.end: name for name in names}
    by_start = {name.start: name for name in names}
    found: list[Name] = []
    i = 0
    while i < len(lower):
        if lower[i] not in PARTICLES or (i in by_start and by_start[i].end - i > LONGEST):
            i += 1
            continue
        end = i
        while end < len(lower) and lower[end] in PARTICLES and end - i < LONGEST:
            end += 1
        before = by_end.get(i) or next(
            (by_end[at] for at in range(i + 1, end + 1) if at in by_end), None
        )
        behind = by_start.get(end)
        if end < len(words) and words[end][0].isupper() and columns.tags[end] in PROPER_TAGS:
            start = i if before is None or before.start >= i else before.start
            stop = end + 1 if behind is None else behind.end
            whole = end - i > 1 or lower[i] in BARE_PARTICLES
            labels = {one.label for one in (before, behind) if one is not None}
            if i and lower[i - 1] in titles() and columns.tags[i - 1] in PROPER_TAGS:
                labels.add("PERSON")
            if whole and "PERSON" in labels and labels <= PIECES and stop - start <= 2 * LONGEST:
                found.append(Name(start, stop, "PERSON"))
        i = end
    return found


def called(columns: Columns, names: list[Name]) -> list[Name]:
    """Return the names that somebody is said to bear: "a gamer going by the name “Owl”"."""
    lower, words, tags = columns.lower, columns.words, columns.tags
    labels = {name.start: name for name in names}
    found: list[Name] = []
    for i, word in enumerate(lower):
        if word not in CALLED and not (word == "name" and i and lower[i - 1] == "the"):
            continue
        if not any(one in roles() for one in lower[max(0, i - REACH) : i]):
            continue
        start = i + 1
        while (
            start < len(words)
            and start - i < 4
            and (lower[start] in ("the", "of") or words[start] in "“\"'‘")
        ):
            start += 1
        end = start
        while end < len(words) and end - start < LONGEST and tags[end] in PROPER_TAGS:
            end += 1
        known = labels.get(start)
        if end > start and (known is None or known.label != "PERSON"):
            found.append(Name(start, end, "PERSON"))
    return found


def with_first_names(columns: Columns, names: list[Name]) -> list[Name]:
    """Return the persons whose first name was cut off where they are introduced.

    "Luka" of "Luka Brandt", which is in no list: a name by its tag, on nothing but the surname that
    the article has nowhere else behind another word.
    """
    words, lower, tags = columns.words, columns.lower, columns.tags
    inside = {i for name in names for i in range(name.start, name.end)}
    full = {lower[name.end - 1] for name in names if name.end - name.start > 1}
    met: set[str] = set()
    found: list[Name] = []
    for name in names:
        at, surname = name.start - 1, lower[name.start]
        first_met = surname not in met
        met.add(surname)
        if (
            first_met
            and name.label == "PERSON"
            and name.end - name.start == 1
            and surname not in full
            and at >= 0
            and at not in inside
            and (_hangs_on(columns, at, name.start) or _is_apposed(columns, at, name.end))
            and (at == 0 or tags[at - 1] not in PROPER_TAGS)
            and len(words[at]) > 2
            and words[at].isalpha()
            and words[at][1:].islower()
            and not _is_known(lower[at])
            and _acts(columns, name.end)
        ):
            found.append(Name(at, name.end, "PERSON"))
    return found


def _hangs_on(columns: Columns, at: int, surname: int) -> bool:
    tagged = columns.tags[at] == "NNP" and columns.deps[at] == "compound"
    return tagged and columns.heads[at] == surname


def _is_apposed(columns: Columns, at: int, end: int) -> bool:
    """Tell whether two words stand between commas: "its head, Luka Brandt, said"."""
    words = columns.words
    return words[at][0].isupper() and words[at - 1] == "," and words[end : end + 1] == [","]


def _is_led(columns: Columns, start: int) -> bool:
    """Tell whether a role stands in front of a name: "foreign minister Luka"."""
    return start > 0 and columns.lower[start - 1] in roles()


def with_surnames(columns: Columns, names: list[Name]) -> list[Name]:
    """Return the persons of whom only the first name was found, with the surname it hangs on."""
    words, tags = columns.words, columns.tags
    full = (name for name in names if name.label == "PERSON" and name.end - name.start > 1)
    surnames = {words[name.end - 1] for name in full}
    starts = {
        name.start
        for name in names
        if name.end - name.start > 1 or words[name.start] not in surnames
    }
    return [
        Name(name.start, name.end + 1, "PERSON")
        for name in names
        if name.label == "PERSON"
        and name.end - name.start == 1
        and name.end not in starts
        and (fold(words[name.start]) in first_names() or _is_led(columns, name.start))
        and name.end < len(words)
        and _hangs_on(columns, name.start, name.end)
        and tags[name.end] == "NNP"
        and words[name.end][0].isupper()
        and words[name.end][1:].islower()
        and not _is_known(columns.lower[name.end])
        and columns.lower[name.end] not in DAYS
        and _acts(columns, name.end + 1)
    ]


def of_known_surnames(columns: Columns, names: list[Name]) -> list[Name]:
    """Return names of bodies that end in a person's surname behind a comma or a title, cut there.

    "Instagram, Frost" and "Justice Mehrotra", where the article has Julian Frost and A.K. Mehrotra.
    """
    lower, words = columns.lower, columns.words
    full = (name for name in names if name.label == "PERSON" and name.end - name.start > 1)
    surnames = {lower[name.end - 1] for name in full}
    found: list[Name] = []
    for name in names:
        last = name.end - 1
        if name.label == "PERSON" or name.start == last or lower[last] not in surnames:
            continue
        if words[last - 1] == ",":
            found.append(Name(last, name.end, "PERSON"))
            if name.start < last - 1:
                found.append(Name(name.start, last - 1, name.label))
        elif all(word in titles() for word in lower[name.start : last]):
            found.append(Name(last, name.end, "PERSON"))
    return found


def holders(columns: Columns, names: list[Name]) -> list[Name]:
    """Return persons taken for bodies: "its spokesman, Emeka Nwosu, said", or later "Ms Nwosu"."""
    words, lower = columns.words, columns.lower
    titled = {
        lower[name.start]
        for name in names
        if name.label == "PERSON"
        and name.end - name.start == 1
        and name.start
        and lower[name.start - 1] in MANNERS
    }
    found: list[Name] = []
    for name in names:
        start, end, label = name
        form = words[start:end]
        plain = len(form) == 2 and all(word.isalpha() and word.istitle() for word in form)
        if label != "ORG" or not plain or is_organisation(lower[start:end]):
            continue
        apposed = start > 1 and words[start - 1] == "," and words[end : end + 1] == [","]
        if lower[end - 1] in titled or (apposed and lower[start - 2] in HOLDERS):
            found.append(Name(start, end, "PERSON"))
    return found


def _acts(columns: Columns, at: int) -> bool:
    """Tell whether a verb or an apposition stands at a token, as in no headline."""
    if at >= len(columns.words):
        return False
    word = columns.words[at]
    return word in (",", "(") or (columns.tags[at][:2] == "VB" and word.islower())


def _is_known(word: str) -> bool:
    """Tell whether a word before a surname is known to be something else than a first name."""
    gazetteer = places()
    return (
        word in titles()
        or word in roles()
        or word in openers()
        or word in kinds()
        or word in gazetteer.countries
        or word in gazetteer.states
        or word in gazetteer.demonyms
        or word in gazetteer.others
    )
