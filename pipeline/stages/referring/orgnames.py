"""Match names of the same organisation: acronyms, suffixes, short forms."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from pipeline.document.names import fold, places
from pipeline.text.words import word_set

LEGAL = word_set("inc inc. corp corp. co co. ltd ltd. llc plc gmbh ag sa s.a. corporation company")
SMALL = word_set("of the for and & in on to at with a an")
PAPERS = word_set("times post journal tribune herald gazette observer chronicle guardian telegraph")
MAX_HOLDERS = 32
"""Words in more than this many names do not distinguish names."""
ACRONYM = re.compile(r"[A-Z][A-Z.&]{1,8}s?")


class OrganisationIndex:
    """Keys of organisations: names with the same key are the same organisation."""

    def __init__(self, names: Sequence[tuple[int, tuple[str, ...]]]) -> None:
        self._keys: dict[int, str] = {}
        full: dict[tuple[str, ...], str] = {}
        acronyms: dict[str, str] = {}
        starts: dict[str, set[str]] = defaultdict(set)
        ends: dict[str, set[str]] = defaultdict(set)
        stripped: dict[int, tuple[str, ...]] = {}
        for at, words in names:
            core = _core(words)
            stripped[at] = core
            if len(core) > 1:
                key = full.setdefault(_order(core), " ".join(core))
                for acronym in _acronyms(core):
                    acronyms.setdefault(acronym, key)
                starts[core[0]].add(key)
                if core[-1] in PAPERS:
                    ends[core[-1]].add(key)
        for at, words in names:
            core = stripped[at]
            if len(core) > 1:
                self._keys[at] = full[_order(core)]
                continue
            word = core[0] if core else ""
            plain = word.replace(".", "")
            if ACRONYM.fullmatch(words[-1]) and plain in acronyms:
                self._keys[at] = acronyms[plain]
            elif len(ends.get(word, ())) == 1:
                self._keys[at] = next(iter(ends[word]))
            elif len(starts.get(word, ())) == 1 and not _common(word):
                self._keys[at] = next(iter(starts[word]))
            else:
                self._keys[at] = plain
        self._merge_parts(full)

    def key(self, at: int) -> str | None:
        """Return the key of the name with this number."""
        return self._keys.get(at)

    def _merge_parts(self, full: dict[tuple[str, ...], str]) -> None:
        """Join "State Department" to "United States Department of State" if no other name fits.

        A name is part of a longer one that has all its words, in any order.
        """
        holders: dict[str, set[str]] = defaultdict(set)
        sizes: dict[str, int] = {}
        for key in full.values():
            content = [word for word in key.split() if word not in SMALL]
            sizes[key] = len(content)
            for word in content:
                holders[word].add(key)
        joined: dict[str, str] = {}
        for key in set(self._keys.values()):
            words = [word for word in key.split() if word not in SMALL]
            if not words or (len(words) == 1 and _common(words[0])):
                continue
            rarest = min((holders[word] for word in words), key=len)
            if len(rarest) > MAX_HOLDERS:
                continue
            longer = rarest.intersection(*(holders[word] for word in words)) - {key}
            longer = {one for one in longer if sizes[one] > len(words)}  # never a cycle
            if len(longer) == 1:
                joined[key] = longer.pop()
        for at, key in self._keys.items():
            while key in joined:
                key = joined[key]
            self._keys[at] = key


def _core(words: Sequence[str]) -> tuple[str, ...]:
    folded = [one for word in words if (one := fold(word))]
    while folded and folded[0] in ("the", "a"):
        folded = folded[1:]
    while len(folded) > 1 and (folded[-1] in LEGAL or folded[-1] in (",", "'s", "’s")):
        folded.pop()
    return tuple(folded)


def _order(core: tuple[str, ...]) -> tuple[str, ...]:
    """Return normalized words: "Department of Justice" equals "Justice Department"."""
    if len(core) > 2 and core[1] == "of" and core[0] in ("department", "ministry", "university"):
        rest = tuple(word for word in core[2:] if word != "the")
        return (*rest, core[0])
    return core


def _acronyms(core: tuple[str, ...]) -> set[str]:
    letters = [word[0] for word in core if word[0].isalnum()]
    short = [word[0] for word in core if word not in SMALL and word[0].isalnum()]
    return {"".join(letters), "".join(short)}


def _common(word: str) -> bool:
    gazetteer = places()
    return (
        word in gazetteer.countries
        or word in gazetteer.states
        or word in gazetteer.demonyms
        or word in gazetteer.others
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
