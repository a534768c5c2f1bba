"""Detect the language of a text.

English is recognised by its function words, which takes 0.1 ms and loads nothing. Any other text
goes to ``py3langid``: a naive Bayes classifier over byte sequences, whose model is in the package
(5 MB, NumPy arrays without pickle). The first such text takes 0.4 s and 100 MB of memory. See Lui
and Baldwin, "langid.py: An Off-the-shelf Language Identification Tool", ACL 2012.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ModelUnsuitable
from pipeline.manifest import entry_of_package
from pipeline.text.words import word_set

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

SLICES = 4
"""Number of places at which a long text is sampled: the main language decides."""
SLICE_CHARS = 600
LEAST_BYTES = 24
"""Minimum bytes of letters; with fewer, the language cannot be determined."""
LEAST_CONFIDENCE = 0.5
WORD = re.compile(r"[^\W\d_]+")
ENGLISH = word_set(
    "the of and that with from this which were they he his its by are has been who said"
)
"""Words that make up 8% of English prose, and of no other language."""
LANGUAGES = word_set(
    """
    af am ar az be bg bn ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu hy id is it
    ja ka kk km kn ko ky lb lo lt lv mk ml mn mr ms mt my ne nl no pa pl ps pt ro ru si sk sl so
    sq sr sv sw ta te tg th tk tl tr uk ur uz vi xh yo zh zu zxx
    """
)
"""Languages that have newspapers and a two-letter code. ``zxx`` means no language: numbers, code.

Bosnian and Nynorsk are left out: fifty words cannot distinguish Bosnian from Croatian and Serbian,
and ``no`` covers both forms of Norwegian.
"""
NO_LANGUAGE = "zxx"
VARIANTS = {
    "eng": "en",
    "english": "en",
    "nb": "no",
    "nn": "no",
    "bs": "hr",
    "sr": "hr",
    "sh": "hr",
    "ms": "id",
    "in": "id",
    "iw": "he",
    "fil": "tl",
    "cmn": "zh",
    "yue": "zh",
    "prs": "fa",
}
"""Languages that are too similar in writing to count as different, and alternative codes."""


def detect(text: str) -> str | None:
    """Return the main language of a text as an ISO 639-1 code, or None if it is not clear.

    It is not clear for a text of a few words, for numbers, and for lists and headlines in which
    most words are capitalised: names look the same in all languages.

    >>> detect("The mayor said that the bridge would be closed until the end of the year.")
    'en'
    >>> detect("Le maire a dit que le pont resterait fermé jusqu'à la fin de l'année.")
    'fr'
    >>> detect("Ann Lee, Jean Dupont, Dolores Ibáñez, Jörg Müller") is None
    True
    """
    sample = _sample(text)
    words = WORD.findall(sample.lower() if sample.isupper() else sample)
    known = sum(word.lower() in ENGLISH for word in words)
    if known >= 0.08 * len(words) and any(word.lower() == "the" for word in words):
        return "en"
    if sum(len(word.encode()) for word in words) < LEAST_BYTES:
        return None
    if 3 * sum(not word[0].isupper() for word in words) < len(words):
        return None
    language, confidence = _identifier().classify(sample)
    if language == NO_LANGUAGE or confidence < LEAST_CONFIDENCE:
        return None
    return str(language)


def contradicts(given: str, detected: str) -> bool:
    """Return whether a given language differs from the detected one.

    Regions and scripts are ignored, and unknown names or codes never differ.

    >>> contradicts("en-GB", "fr"), contradicts("nb", "no"), contradicts("French", "fr")
    (True, False, False)
    """
    stated = re.split(r"[-_]", given.strip().lower())[0]
    stated = VARIANTS.get(stated, stated)
    return stated in LANGUAGES and stated != VARIANTS.get(detected, detected)


def _sample(text: str) -> str:
    """Return a text, or evenly distributed parts of a long one."""
    if len(text) <= SLICES * SLICE_CHARS:
        return text
    step = (len(text) - SLICE_CHARS) / (SLICES - 1)
    starts = [round(step * number) for number in range(SLICES)]
    return "\n".join(text[start : start + SLICE_CHARS] for start in starts)


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    import py3langid
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    entry = entry_of_package("py3langid")
    if entry is not None:
        entry.verify(Path(py3langid.__file__).parent / entry.folder)
    try:
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:  # the model is unpacked into a temporary file
        raise ModelUnsuitable(
            f"cannot be unpacked: {error.strerror or error}",
            where="py3langid",
            hint="let TMPDIR name a folder that can be written, or give --language en",
        ) from error
    identifier.set_languages(LANGUAGES)
    return identifier
