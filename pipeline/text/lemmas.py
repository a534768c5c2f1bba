"""Base forms of English verbs and nouns, by rules and a table of irregular forms.

The base model's lemmatizer is left out for speed: base forms are computed only on demand. The rules
undo spelling changes (``-ies``, doubled consonants, the silent ``e``). They assume the part of
speech, so ``verb_lemma("saw")`` is "see" even if the word may be a noun.
"""

from __future__ import annotations

from functools import lru_cache

from pipeline.data import read_table

VOWELS = frozenset("aeiouy")


# After these letters a silent e was dropped ("announc", "argu", "believ"), with few exceptions.
ALWAYS_E = frozenset("cuvz")
NEVER_E = frozenset("aefhijoqwxy")
E_AFTER = {"r": "aiuy", "t": "aou", "n": "iu", "m": "aui", "p": "auy", "b": "iou"}
"""Before which last letter, and after which vowels, a silent e was dropped."""


def _table(rows: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for row in rows.split("\n"):
        words = row.split()
        for form in words:
            table.setdefault(form, words[0])
    return table


TABLES: dict[str, str] = read_table("lemmas")
VERBS, NOUNS = _table(TABLES["verbs"]), _table(TABLES["nouns"])
IRREGULAR_FORMS: dict[str, list[str]] = {}
for _form, _lemma in VERBS.items():
    IRREGULAR_FORMS.setdefault(_lemma, []).append(_form)
SAME_IN_PLURAL = frozenset(TABLES["same_in_plural"].split())
WITH_E = frozenset(TABLES["with_e"].split())
WITHOUT_E = frozenset(TABLES["without_e"].split())
DOUBLED_L = frozenset(TABLES["doubled_l"].split())
DOUBLED_S = frozenset(TABLES["doubled_s"].split())


def irregular_forms(lemma: str) -> list[str]:
    """Return the irregular forms of a verb from the table."""
    return IRREGULAR_FORMS.get(lemma, [])


@lru_cache(maxsize=4096)
def verb_lemma(form: str) -> str:
    """Return the base form of a verb form, in lowercase.

    >>> verb_lemma("Said"), verb_lemma("insisted"), verb_lemma("announcing"), verb_lemma("denies")
    ('say', 'insist', 'announce', 'deny')
    """
    word = form.lower()
    known = VERBS.get(word)
    if known is not None:
        return known
    if word.endswith("s") and len(word) > 3:
        return _third_person(word)
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("eed"):
        return word
    if word.endswith("ed") and len(word) > 3 and VOWELS & set(word[:-2]):
        return _stem(word[:-2])
    if word.endswith("ing") and len(word) > 4 and VOWELS & set(word[:-3]):
        return _stem(word[:-3])
    return word


def _third_person(word: str) -> str:
    if word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return word[:-2]
    if word.endswith("ses") and word[:-2] in WITHOUT_E:
        return word[:-2]
    return word[:-1]


def _stem(stem: str) -> str:
    """Return the base form for the part before -ed or -ing."""
    if stem in WITHOUT_E:
        return stem
    if stem in WITH_E:
        return stem + "e"
    last, before = stem[-1], stem[-2:-1]
    if last == before and last not in VOWELS:
        return _undouble(stem)
    if last == "e":
        # "agre(ed)" lost one, "see(ing)" did not
        return stem if before == "e" or len(stem) < 3 else stem + "e"
    return stem + "e" if _dropped_e(stem) else stem


def _undouble(stem: str) -> str:
    single = stem[:-1]
    if stem[-1] == "l":
        return single if single in DOUBLED_L else stem
    if stem[-1] in "sfz":
        return single if single in DOUBLED_S else stem
    if stem in ("add", "egg", "putt", "butt", "purr", "boycott", "rebutt"):
        return single if stem == "rebutt" else stem
    return single


def _dropped_e(stem: str) -> bool:
    """Return whether a stem ended in a silent e, by its last letters."""
    last, before = stem[-1], stem[-2:-1]
    if last in ALWAYS_E:
        return True
    if last in NEVER_E or len(stem) < 2:
        return False
    if last == "s":
        return True
    if last == "g":
        return before not in "no"
    if last == "l":
        if before in VOWELS:
            return before == "u" or (before == "o" and stem[-3:-2] not in VOWELS)
        return before in "bcdfgkpstz"
    if before not in VOWELS:
        return False
    if stem[-3:-2] in VOWELS and stem[-4:-2] != "qu":
        hiatus = ("ia", "ua") if last in "td" else ()  # "retali-ate", "persu-ade": no diphthong
        return stem[-3:-1] in hiatus
    return before in E_AFTER.get(last, "") or last in "dk"


@lru_cache(maxsize=4096)
def noun_lemma(form: str) -> str:
    """Return the singular of a noun form, in lowercase.

    >>> noun_lemma("Companies"), noun_lemma("analyses"), noun_lemma("news")
    ('company', 'analysis', 'news')
    """
    word = form.lower()
    if word in SAME_IN_PLURAL:
        return word
    known = NOUNS.get(word)
    if known is not None:
        return known
    for plural, single in (("women", "woman"), ("men", "man")):
        if word.endswith(plural) and len(word) > len(plural) + 2:
            return word[: -len(plural)] + single
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return word[:-2]
    return word[:-1]
