"""Read numbers from numerals and number words.

Whole numbers, “two hundred and six thousand”; fractions, “two and a half”, “three quarters of a
million”; ratios, “one in five”; and ordinals.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from pipeline.quantities import currencies, numerals, senses, unit_table
from pipeline.quantities.currencies import ONE_LETTER
from pipeline.quantities.exact import MAX_DIGITS, Value, is_huge, plus, simplest, times
from pipeline.quantities.numerals import SCALES, VULGAR, Atom
from pipeline.quantities.unit_table import key, single

NumberKind = Literal["cardinal", "ordinal", "fraction", "ratio", "multiple"]
Part = tuple[Value, int, NumberKind]
"""A number, the index of the atom after it, and its kind."""
JOINED = frozenset(
    (before, behind)
    for before in ("unit", "teen", "tens")
    for behind in ("hundred", "scale", *(("unit",) if before == "tens" else ()))
)
"""Kinds of atoms that form one number even with a spaced hyphen: "twenty - five"."""
HYPHENED_WORD = re.compile(r"-([a-z]+)")
OF_A = re.compile(r"[\s-]{1,3}(?:of[ ])?an?[ -]{1,3}|[\s-]{1,3}")
SHARE_ENDS = re.compile(
    r"\Z|\n|[ ]?[.,;:!?)”\"']|[ ](?:of|to|in|on|at|by|and|or|as|than|from|with|said|says?|were|are|"
    r"was|is|have|had|has|who|that|which|voted|want|wanted|did|do|will|would|could|more|less)\b"
)
SHARE_LED = re.compile(
    r"\b(?:by|about|almost|nearly|roughly|around|approximately|up|down|than|over|under)[ ]an?[ ]\Z"
)
SHARE_DATED = re.compile(r"[ ](?:this|last|since|after|before|over|between|compared|against)\b")
"""Around a share that no "of" follows: "by a fifth since May"."""
ARTICLE = re.compile(r"\b(?:an?|one)[\s-]+\Z")
SOME = re.compile(r"\b(?:a[ ]few|several|many|some[ ]few|(?:a[ ])?couple(?:[ ]of)?)[ ]\Z")
WHOLE_FOLLOWS = re.compile(
    r"[\s-]{1,2}(?:of|an?|the|his|her|its|their|our|my|your|that|this|these|those|all|as)\b"
)
HALF_LEADS = re.compile(
    r"\b(?:about|almost|nearly|roughly|around|approximately|over|under|than|by|in|just|only|an?|"
    r"one|other|first|second)[\s-]+\Z"
)
HYPHENED = re.compile(r"-([a-z]*)")
OUT_OF = re.compile(r"[ -](?P<joint>in|out of|per)(?:[ ](?P<each>every|an?))?[ -]")
RANKED = re.compile(r"\b(?:number|no\.?)[ ]\Z")
COUNTED = re.compile(r"(?:[ ][a-z-]+)?[ ][a-z]+s\b|[ ]people\b|[ ]children\b|[ ]women\b|[ ]men\b")
"""Things behind their number, with one word between."""
OF_THEM = re.compile(
    r"(?:[ ](?!(?:and|or|to|in|of|per|parts?) )[a-z-]+){1,3}[ ]per(?:[ ]every)?[ ]"
    r"|[ ][a-z]+[ ]in(?:[ ]every)?[ ]"
)
"""Between the parts of "four early deaths per 100,000" and "one truck in three"."""
NEGATIVE = re.compile(r"\b(?:(?<!plus[ ]or[ ])minus|negative)[ -]\Z")
SAID_BEFORE = re.compile(r"(?:(?:\A|\n)\s*|\b(?:is|equals)\s|=\s?)(?:(?:minus|negative)\s)?\Z")
SAID_BEHIND = re.compile(r"[ ]?[.]?\s*(?:\Z|\n)")
NAMED_SERIES = re.compile(r"(?<![^\W_])[A-Za-z][A-Za-z0-9]*\Z")
FROM = re.compile(r"\d -\Z")
SIZE = re.compile(r"\d+(?:\.\d+)?(?:mm|cm|km|kg|ml)\b")
BASES = frozenset(10**power for power in range(2, 7))
"""Denominators after "per", as in "per 100,000"."""
PREFIXES = re.compile(
    r"(?<![^\W_])(?:foot|sub|under|over|minus|plus|near|top|magnitude|to|by|[a-z]+ly)-\Z"
)


class Number(NamedTuple):
    """A number and its position: ``text[start:end]``, in code points."""

    start: int
    end: int
    value: Value | None
    """The exact number; None for a range, and for "dozens"."""
    low: Value | None = None
    high: Value | None = None
    kind: NumberKind = "cardinal"
    """``ordinal`` is "third" and "3rd", ``fraction`` "a third", ``ratio`` "one in three",
    ``multiple`` "twice" and "tenfold"."""
    vague: bool = False
    """Whether the text gives only an order of magnitude: "millions"; ``low`` has its size."""
    words: bool = False
    """Whether it is written without digits."""


class _Run:
    """A whole number being read, atom by atom."""

    def __init__(self) -> None:
        self.total: Value = Decimal(0)
        self.group: Value | None = None
        """The part that the next scale will multiply."""
        self.smallest: Value = Decimal("Infinity")
        self.apart: Value = Decimal(0)
        """The part that "and" separates from a dozen."""
        self.last = ""
        """The kind of the last atom, empty before the first."""
        self.closed = False

    def value(self) -> Value:
        return plus(self.total, self.group) if self.group is not None else self.total

    def take(self, atom: Atom, *, sized: bool) -> bool:
        """Add an atom; return whether it belongs to the number.

        ``sized`` is set for digits after a scale that have a scale of their own.
        """
        kind, value = atom.kind, atom.value
        if kind in ("unit", "teen", "tens"):
            taken = self._small(kind, value)
        elif kind in ("digits", "vulgar"):
            taken = not self.last or sized
            if taken and atom.scale is not None:
                self.total, self.group = times(value, atom.scale), None
                self.smallest, kind = atom.scale, "scale"
            elif taken:
                self.group = value
        elif kind == "hundred":
            taken = self.group is None or self.group < 100 or self.last == "digits"
            if taken:
                self.group = value if self.group is None else times(self.group, value)
        elif kind == "scale" or (kind == "vague" and value >= 1000 and self.last):
            taken, kind = self._scale(value), "scale"  # "three billions"
        else:
            taken = self._dozen(kind, value)
        if taken:
            self.last = kind
        return taken

    def _small(self, kind: str, value: Value) -> bool:
        if self.group is None:
            if value >= self.smallest or (value == 0 and self.last):
                return False
            self.group = value
            return True
        follows = self.last == "hundred" or (self.last == "tens" and kind == "unit")
        if not value or not follows:
            return False
        self.group = plus(self.group, value)
        return True

    def _scale(self, value: Value) -> bool:
        if self.group is None and self.last:
            if self.last != "scale" or is_huge(self.total):
                return False
            self.total, self.smallest = times(self.total, value), min(self.smallest, value)
            return True
        if value >= self.smallest:
            return False
        self.total = plus(self.total, value if self.group is None else times(self.group, value))
        self.group, self.smallest = None, value
        return True

    def _dozen(self, kind: str, value: Value) -> bool:
        """Add "three dozen", and "a few dozens" after digits; nothing may follow."""
        if kind != "dozen" and not (kind == "vague" and value == 12):
            return False
        counted = self.last in ("unit", "teen", "tens", "hundred", "digits")
        if not counted and not (kind == "dozen" and not self.last):
            return False
        dozens = value if self.group is None else times(plus(self.group, -self.apart), value)
        self.total, self.group = plus(self.total, plus(self.apart, dozens)), None
        self.closed = True
        return True


class NumberReader:
    """Reads numbers from a list of atoms, each from one atom onwards."""

    def __init__(self, text: str, low: str, atoms: list[Atom]) -> None:
        self.text, self.low, self.atoms = text, low, atoms
        self.read_to = 0
        """Where the last number ended: its words cannot belong to another."""

    def read(self, at: int) -> tuple[Number | None, int]:
        """Return the number that starts at an atom, and the index of the next atom."""
        number, after = self._read(at)
        if number is not None:
            self.read_to = number.end
        return number, after

    def _read(self, at: int) -> tuple[Number | None, int]:
        atom = self.atoms[at]
        if atom.kind == "digits" and not self._stands_free(atom):
            return None, at + 1
        if atom.kind == "ordinal" or atom.kind == "digit ordinal":
            return self._ordinal_or_share(at)
        if atom.kind == "vague":
            return self._vague(at)
        if atom.kind == "multiple":
            return self._number(atom.start, atom.end, atom.value, "multiple"), at + 1
        if atom.kind in ("half", "quarter"):
            size = self.size_behind(at)
            if size is None:
                return self._half(at) if atom.kind == "half" else self._quarter(at)
            scale, after = size
            start, end = self._article(atom.start), self.atoms[after - 1].end
            return self._number(start, end, times(atom.value, scale), "fraction"), after
        if atom.kind == "point":
            return None, at + 1
        return self._cardinal(at)

    def _stands_free(self, atom: Atom) -> bool:
        before = self.text[atom.start - 1] if atom.start else ""
        if before.isalpha() or before == "_":
            lead = self.text[max(0, atom.start - currencies.REACH) : atom.start]
            if before in ONE_LETTER and not self.text[atom.start - 2 : atom.start - 1].isalnum():
                return senses.is_mark(self.text, atom.start - 1, (atom.start, atom.end))
            return currencies.GLUED.search(lead) is not None
        if before in ("-", "–", "‑") and atom.start > 1:
            lead = self.text[max(0, atom.start - 12) : atom.start]
            series = NAMED_SERIES.search(lead[:-1])
            if series is not None:
                return PREFIXES.search(lead) is not None or self._is_end(series, atom.start - 1)
        return True

    def _is_end(self, word: re.Match[str], end: int) -> bool:
        """Distinguish the end of a range, "5 acres-7 acres", from a name with a number, "F-16"."""
        between = self.text[self.read_to : end]
        near = 0 < self.read_to <= end <= self.read_to + 32
        measured = is_measure(between.lstrip("-")) or is_measure(word[0])
        return near and (measured or (not between and re.search(r"\d", word[0]) is not None))

    def _number(
        self,
        start: int,
        end: int,
        value: Value | None,
        kind: NumberKind = "cardinal",
        *,
        low: Value | None = None,
        vague: bool = False,
    ) -> Number | None:
        if any(one is not None and is_huge(one) for one in (value, low)):
            return None
        words = not any(char.isdigit() for char in self.text[start:end])
        return Number(start, end, value, low, None, kind, vague, words)

    def joint(self, at: int) -> str | None:
        """Return what joins an atom to the previous one: "", "and", or None if separate."""
        if at >= len(self.atoms) or at < 1:
            return None
        gap = self.low[self.atoms[at - 1].end : self.atoms[at].start]
        if not 0 < len(gap) <= 8 or "\n" in gap:
            return None
        bare = gap.strip(" \u00a0\u202f-\u2010\u2011")
        apart = not bare and len(gap) > 1 and not gap.isspace()  # "3 million - 4 million"
        apart = apart and (self.kind(at - 1), self.kind(at)) not in JOINED
        return bare if bare in ("", "and") and not apart else None

    def kind(self, at: int) -> str:
        return self.atoms[at].kind if at < len(self.atoms) else ""

    def run(self, at: int) -> tuple[Value, int] | None:
        """Read a run of atoms as one whole number: "two hundred and six thousand", "1.2 trillion".

        A smaller scale may follow a larger one; anything else ends the run.
        """
        run = _Run()
        after = at
        whole: tuple[Value, int] | None = None
        """The number up to its last scale."""
        while after < len(self.atoms) and not run.closed:
            atom = self.atoms[after]
            joint = "" if after == at else self.joint(after)
            if joint is None or (joint == "and" and not self._goes_on(after, run.last, run.group)):
                break
            if self._is_another(at, after, joint, run.last):
                break
            if joint == "and" and run.group is not None:
                run.apart = run.group  # "three hundred and two dozen" are 324
            sized = run.last == "scale" and self._sized(after)
            if not run.take(atom, sized=sized):
                if atom.kind == "scale" and whole is not None and whole[1] < after:
                    return whole  # "seven billion" of "seven billion-nine billion"
                break
            after += 1
            if run.last == "scale":
                whole = run.value(), after
        if after == at:
            return None
        if after == at + 1 and run.group is not None:
            return run.group, after  # a single numeral keeps its decimal places
        return run.value(), after

    def _is_another(self, at: int, after: int, joint: str, before: str) -> bool:
        """Return whether an atom begins a number of its own: "$3.5bn | two years ago".

        Behind a scale after words, only a unit of time shows that: "two million three years ago".
        """
        if joint == "and" and self.kind(after) in ("digits", "vulgar"):
            return True
        if before != "scale" or joint:
            return False
        last = after
        while self.kind(last) in ("unit", "teen", "tens"):
            last += 1
            if self.joint(last) != "":
                break
        sized = self.kind(last) in ("hundred", "scale") and self.joint(last) == ""
        if last == after or sized:
            return False
        if self.kind(at) == "digits":
            return True
        return numerals.UNIT_BEHIND.match(self.low, self.atoms[last - 1].end) is not None

    def _goes_on(self, after: int, before: str, group: Value | None) -> bool:
        """Return whether "and" continues the same number: "six hundred and two"."""
        if self.kind(after) not in ("unit", "teen", "tens"):
            return False
        if self.kind(after + 1) == "quarter" and self.atoms[after + 1].plural:
            return False  # "a hundred and three quarters"
        if before == "hundred":
            return True
        if before == "tens":  # "twenty and three and three fifths"
            parts = self.kind(after + 2) == "ordinal" and self.atoms[after + 2].plural
            return parts and self.joint(after + 1) == "and" and self.kind(after) == "unit"
        if before != "scale" or group is not None:
            return False
        if self.atoms[after - 1].value == 1000:
            return self.atoms[after - 1].kind == "scale" and self.kind(after - 2) != "digits"
        return self.kind(after + 1) == "hundred" and self.joint(after + 1) == ""

    def _sized(self, at: int) -> bool:
        return self.kind(at + 1) in ("hundred", "scale") and self.joint(at + 1) == ""

    def point(self, value: Value, after: int) -> tuple[Value, int]:
        """Read "five point two" and "two point five million"."""
        if self.kind(after) != "point" or self.joint(after) != "":
            return value, after
        figures, behind = "", after + 1
        while self.kind(behind) in ("unit", "teen") and self.joint(behind) == "":
            figures += str(self.atoms[behind].value)
            behind += 1
        if not figures or len(figures) > MAX_DIGITS:
            return value, after
        value = plus(value, Decimal(f"0.{figures}"))
        if self.kind(behind) == "scale" and self.joint(behind) == "":
            value = times(value, self.atoms[behind].value)
            behind += 1
        return value, behind

    # ---- fractions
    def size_behind(self, at: int) -> tuple[Value, int] | None:
        """Return the scale in "… a million", "… of a million", "… dozen" after an atom."""
        after = at + 1
        if self.kind(after) not in ("scale", "hundred", "dozen"):
            return None
        gap = self.low[self.atoms[at].end : self.atoms[after].start]
        if len(gap) > 8 or not OF_A.fullmatch(gap):
            return None
        scale = self.atoms[after].value
        while (
            self.kind(after + 1) == "scale" and self.joint(after + 1) == "" and not is_huge(scale)
        ):
            after += 1
            scale = times(scale, self.atoms[after].value)
        return scale, after + 1

    def whole_behind(self, end: int) -> bool:
        """Return whether "a third" ends here or is followed by "of", and so is a share."""
        return SHARE_ENDS.match(self.low, end) is not None

    def parts(self, value: Value, after: int) -> Part:
        """Read the fraction after a whole number: "two-thirds", "two and a half", "10 1/2"."""
        if after >= len(self.atoms):
            return value, after, "cardinal"
        for read in (self._counted, self._mixed, self._and_one_part, self._and_parts):
            found = read(value, after)
            if found is not None:
                return found
        if self.joint(after) == "and" and self._is_rank(after):
            return plus(value, self.atoms[after].value), after + 1, "ordinal"
        if self.atoms[after - 1].kind == "vulgar":
            return self._size(value, after)
        return value, after, "cardinal"

    def _counted(self, value: Value, after: int) -> Part | None:
        """Read "two-thirds", "5 tenths", "one twenty-fifth"."""
        atom = self.atoms[after]
        if self.joint(after) != "":
            return None
        whole_words = self.atoms[after - 1].kind in ("unit", "teen", "tens", "hundred")
        several = atom.kind == "ordinal" and atom.plural
        places = self._places(value, after) if several else None
        if places is not None:
            return places, after + 1, "cardinal"
        if whole_words and atom.kind in ("ordinal", "quarter", "half"):
            return self._counted_parts(value, after)
        if several:
            return times(value, simplest(Fraction(1, int(atom.value)))), after + 1, "fraction"
        return self._small_parts(value, after) if whole_words else None

    def _mixed(self, value: Value, after: int) -> Part | None:
        """Read "10 1/2" and "10½"."""
        atom, before, joint = self.atoms[after], self.atoms[after - 1], self.joint(after)
        if atom.kind != "vulgar" or before.kind != "digits":
            return None
        glued = self.text[atom.start] in VULGAR and before.end == atom.start
        if not (glued or joint == "" or (joint == "and" and atom.value < 1)):
            return None
        return self._size(plus(value, atom.value), after + 1)

    def _and_one_part(self, value: Value, after: int) -> Part | None:
        """Read "two and a half", "a million and a quarter"."""
        atom, before = self.atoms[after], self.atoms[after - 1]
        gap = self.low[before.end : atom.start]
        share = share_of(atom) if gap.replace("-", " ") in (" and a ", " and one ") else None
        if share is None:
            return None
        if before.kind == "scale" and self._sized_part(after):
            share = times(share, self.atoms[after + 1].value)
            return plus(value, share), after + 2, "cardinal"
        if before.kind == "scale":
            share = times(share, before.value)
        return self._size(plus(value, share), after + 1)

    def _and_parts(self, value: Value, after: int) -> Part | None:
        """Read "two and three quarters", "five and two thirds million"."""
        atom, before = self.atoms[after], self.atoms[after - 1]
        if self.joint(after) != "and" or atom.kind != "unit":
            return None
        if self.kind(after + 1) not in ("ordinal", "quarter") or self.joint(after + 1) != "":
            return None
        last = self.atoms[after + 1]
        share = share_of(last)
        one = atom.value == 1 and not last.plural and self.whole_behind(last.end)
        if share is None or not (last.plural or one):
            return None
        part = times(share, atom.value)
        if self.kind(after + 2) == "scale" and self.joint(after + 2) == "":
            scale = self.atoms[after + 2].value
            if before.kind == "scale":
                return plus(value, times(part, scale)), after + 3, "cardinal"
            return times(plus(value, part), scale), after + 3, "cardinal"
        if before.kind == "scale":
            part = times(part, before.value)
        return plus(value, part), after + 2, "cardinal"

    def _places(self, value: Value, after: int) -> Value | None:
        """Read "two hundred and fifty-four hundredths" with "and" as the decimal point: 200.54."""
        base = self.atoms[after].value
        at = after - 1
        while self.kind(at) in ("unit", "teen", "tens") and self.joint(at) == "":
            at -= 1
        if base not in (100, 1000) or not value > base or self.joint(at) != "and":
            return None
        tail = self.run(at)
        if tail is None or tail[1] != after or not tail[0] < base:
            return None
        return plus(plus(value, -tail[0]), times(tail[0], simplest(Fraction(1, int(base)))))

    def _small_parts(self, value: Value, after: int) -> Part | None:
        """Read denominators of several words: "one twenty-fifth", "one one hundred and fifth"."""
        base = self.run(after) if self.kind(after) in ("unit", "tens", "hundred") else None
        if base is None or self.kind(base[1]) != "ordinal":
            return None
        last = self.atoms[base[1]]
        joined = self.joint(base[1]) in ("", "and") and base[0] % 10 == 0 and last.value < 20
        if not joined or (value == 1) == last.plural:
            return None
        if not last.plural and not self.whole_behind(last.end):
            return None  # "one twenty-fifth anniversary"
        share = simplest(Fraction(1, int(plus(base[0], last.value))))
        return times(share, value), base[1] + 1, "fraction"

    def _is_rank(self, after: int) -> bool:
        """Distinguish "one hundred and first" from "two hundred and thirds"."""
        atom, before = self.atoms[after], self.atoms[after - 1]
        if atom.kind != "ordinal" or atom.plural or atom.value >= 100:
            return False
        return before.kind == "hundred" or (before.kind == "scale" and before.value == 1000)

    def _sized_part(self, after: int) -> bool:
        return (
            self.kind(after + 1) == "scale"
            and self.joint(after + 1) == ""
            and self.atoms[after + 1].value < self.atoms[after - 1].value
        )

    def _size(self, value: Value, after: int) -> Part:
        if self.kind(after) in ("scale", "hundred") and self.joint(after) == "":
            return times(value, self.atoms[after].value), after + 1, "cardinal"
        return value, after, "cardinal"

    def _counted_parts(self, value: Value, after: int) -> Part:
        """Read "two-thirds", "one fifth", "twenty-first", "three quarters of a million"."""
        atom, before = self.atoms[after], self.atoms[after - 1]
        if before.kind in ("tens", "hundred") and atom.kind == "ordinal" and not atom.plural:
            rank = before.kind == "hundred" or atom.value < 10
            return (
                (plus(value, atom.value), after + 1, "ordinal")
                if rank
                else (
                    value,
                    after,
                    "cardinal",
                )
            )
        if atom.kind == "ordinal" and not atom.plural and atom.value in (100, 1000):
            the = self.low[max(0, before.start - 4) : before.start] == "the "
            if value > 1 or (the and not self.whole_behind(atom.end)):
                return times(value, atom.value), after + 1, "ordinal"  # "the two hundredth"
        share = share_of(atom)
        if share is None or (value == 1) == atom.plural:
            return value, after, "cardinal"
        counted = self.joint(after - 1) == "and" and self.low[atom.start - 1] == " "
        if counted:
            return times(share, value), after + 1, "fraction"  # "one hundred and thirty fifths"
        if before.kind == "tens" and atom.plural and atom.value < 10 and value > before.value:
            # "one hundred thirty-fifths"
            base = int(plus(before.value, atom.value))
            rest = plus(value, -before.value)
            return times(rest, simplest(Fraction(1, base))), after + 1, "fraction"
        joined = HYPHENED_WORD.match(self.low, atom.end)
        other = joined is not None and not is_part(joined[1]) and self.size_behind(after) is None
        if other or (atom.kind == "quarter" and not self._quarters(after)):
            return value, after, "cardinal"  # "one half-sister"
        share = times(share, value)
        size = self.size_behind(after)
        if size is not None:
            return times(share, size[0]), size[1], "fraction"
        return share, after + 1, "fraction"

    def _quarters(self, after: int) -> bool:
        """Distinguish three quarters of a whole from three quarters of business."""
        atom = self.atoms[after]
        hyphen = self.low[atom.start - 1] == "-"
        return (
            hyphen
            or self.low.startswith(" of ", atom.end)
            or self.size_behind(after) is not None
            or self.atoms[after - 1].value == 3
        )

    # ------------------------------------------------------------------ words for parts and sizes
    def _article(self, start: int) -> int:
        """Return the start of an "a" or "one" before an offset, otherwise the offset."""
        found = ARTICLE.search(self.low, max(self.read_to, start - 5), start)
        return found.start() if found else start

    def _half(self, at: int) -> tuple[Number | None, int]:
        """Read "half", "one-half", "a half"."""
        atom = self.atoms[at]
        start = self._article(atom.start)
        joined = HYPHENED.match(self.low, atom.end)
        if joined is not None and (start == atom.start or not is_part(joined[1])):
            return None, at + 1  # half-time, half-brother, "a half-built house"
        if start == atom.start and not (
            WHOLE_FOLLOWS.match(self.low, atom.end)
            or HALF_LEADS.search(self.low, max(0, start - 16), start)
        ):
            return None, at + 1
        lead = self.low[max(0, start - 8) : start]
        if re.search(r"\b(?:first|second|other|latter)[ -]\Z", lead):
            return None, at + 1
        return self._number(start, atom.end, atom.value, "fraction"), at + 1

    def _quarter(self, at: int) -> tuple[Number | None, int]:
        """Read "a quarter of"; a quarter of a year is skipped."""
        atom = self.atoms[at]
        start = self._article(atom.start)
        share = self.low.startswith(" of ", atom.end) or start != atom.start
        plural = self.low[atom.end - 1] == "s"
        if not share or plural or self.low.startswith((" of 1", " of 2"), atom.end):
            return None, at + 1
        return self._number(start, atom.end, atom.value, "fraction"), at + 1

    def _vague(self, at: int) -> tuple[Number | None, int]:
        """Read "dozens", "tens of thousands" as the smallest value that the word can mean."""
        size, after = self.atoms[at].value, at + 1
        while (
            self.kind(after) == "vague"
            and not is_huge(size)
            and self.low[self.atoms[after - 1].end : self.atoms[after].start] == " of "
        ):
            size = times(size, self.atoms[after].value)
            after += 1
        atom = self.atoms[at]
        word = self.low[atom.start : atom.end]
        while self.kind(after) == "vague" and after < len(self.atoms):
            repeated = self.low[self.atoms[after - 1].end : self.atoms[after].end]
            if repeated != f" and {word}":  # "dozens and dozens"
                break
            after += 1
        end = self.atoms[after - 1].end
        if word in ("tens", "scores") and after == at + 1 and word == "tens":
            return None, after
        if word == "scores" and not self.low.startswith(" of ", end):
            return None, after
        if self.low.startswith("s", end):
            return None, after
        return self._number(atom.start, end, None, low=size, vague=True), after

    def _ordinal_or_share(self, at: int) -> tuple[Number | None, int]:
        """Read "third", "33rd", "a third of"; a plural without a count is skipped."""
        atom = self.atoms[at]
        if self.low[atom.start : atom.end].endswith("ths") or atom.plural:
            return None, at + 1
        start = self._article(atom.start)
        if atom.kind == "ordinal" and start != atom.start and atom.value > 2:
            one = self.low.startswith("one", start)
            behind = self.low[atom.end : atom.end + 4]
            another = behind[:1] == "," or (atom.value == 4 and behind != " of ")
            led = SHARE_LED.search(self.low, max(0, start - 16), atom.start) is not None
            if led and SHARE_DATED.match(self.low, atom.end):
                one = True
            if one or (self.whole_behind(atom.end) and not another):  # "and a fourth, Ann Lee"
                share = simplest(Fraction(1, int(atom.value)))
                return self._number(start, atom.end, share, "fraction"), at + 1
        return self._number(atom.start, atom.end, atom.value, "ordinal"), at + 1

    # ------------------------------------------------------------------------------- plain numbers
    def _cardinal(self, at: int) -> tuple[Number | None, int]:
        first = self.atoms[at]
        start = first.start
        if first.kind in ("scale", "hundred", "dozen"):
            some = SOME.search(self.low, max(0, start - 14), start)
            if some is not None:
                return self._some(at, some.start())
            start = self._article(start)
            end = self.atoms[at].end
            if self.low.startswith("-", end) and not self.low[end + 1 : end + 2].isspace():
                start = first.start  # the article of "a billion-year contract" is the noun's
        run = self.run(at)
        if run is None:
            return None, at + 1
        value, after = run
        value, after = self.point(value, after)
        kind: NumberKind = "cardinal"
        value, after, kind = self.parts(value, after)
        end = self.atoms[after - 1].end
        if kind == "ordinal":
            article = self._article(start)
            if article != start and self.whole_behind(end):
                share = simplest(Fraction(1, int(value)))  # "a twenty-first of it"
                return self._number(article, end, share, "fraction"), after
        over = self._over(value, start, after) if kind == "cardinal" else None
        if over is not None:
            start, value = self._sign(start, over[0])
            return self._number(start, self.atoms[over[1] - 1].end, value, "ratio"), over[1]
        ratio = self._ratio(value, start, after) if kind == "cardinal" else None
        if ratio is not None:
            value, after = ratio
            return self._number(start, self.atoms[after - 1].end, value, "ratio"), after
        start, value = self._sign(start, value)
        return self._number(start, end, value, kind), after

    def _some(self, at: int, start: int) -> tuple[Number | None, int]:
        """Read "a few hundred", "several million": the scale is known, the count is not."""
        size, after = self.atoms[at].value, at + 1
        sizes = ("scale", "hundred")
        while self.kind(after) in sizes and self.joint(after) == "" and not is_huge(size):
            size = times(size, self.atoms[after].value)
            after += 1
        end = self.atoms[after - 1].end
        return self._number(start, end, None, low=size, vague=True), after

    def _ratio(self, value: Value, start: int, after: int) -> tuple[Value, int] | None:
        """Read a ratio: "one in five", "nine out of 10", "12 per 100,000"."""
        if self.kind(after) not in ("digits", "unit", "teen", "tens", "scale"):
            return None
        gap = self.low[self.atoms[after - 1].end : self.atoms[after].start]
        found = OUT_OF.fullmatch(gap) if len(gap) < 16 else None
        if found and RANKED.search(self.low, max(0, start - 8), start):
            return None
        them = found is None and len(gap) < 40 and OF_THEM.fullmatch(gap) is not None
        run = self.run(after) if found or them else None
        if run is None or not 0 < value < run[0] or run[0] != int(run[0]):
            return None
        whole, behind = run
        end = self.atoms[behind - 1].end
        if " per " in gap.replace("-", " "):
            right = whole in BASES and not self.low.startswith(("-", " cubic", " square"), end)
            right = right and not self._is_price(start, gap)
        elif found is not None:
            right = value == int(value) and self._is_share(value, whole, after, behind, found)
        else:  # "one truck in three"
            right = self.low.startswith("one ", start) and self._is_one_in(value, whole, end)
        return (simplest(Fraction(value) / int(whole)), behind) if right else None

    def _is_price(self, start: int, gap: str) -> bool:
        """Return whether a number counts money or a unit: "$5 per 100 kg", "5 mg per 100 ml"."""
        sign = currencies.BEFORE.search(self.text, max(0, start - currencies.REACH), start)
        word = gap.replace("-", " ").partition(" per ")[0].rpartition(" ")[2]
        return sign is not None or is_measure(word)

    def _is_share(
        self, value: Value, whole: Value, after: int, behind: int, found: re.Match[str]
    ) -> bool:
        """Distinguish a share from two numbers with "in": "2 in 2018", "five in a row of ten"."""
        if self.kind(after) == "scale":
            return found["each"] is not None
        if found["joint"] != "in" or found["each"] == "every":
            return found["each"] not in ("a", "an")
        end = self.atoms[behind - 1].end
        one = self._is_one_in(value, whole, end) or self._is_one_of(value, whole, end)
        return found["each"] is None and (one or self._share_base(whole, behind))

    def _is_one_in(self, value: Value, whole: Value, end: int) -> bool:
        return value == 1 and whole < 1000 and self.whole_behind(end)

    def _is_one_of(self, value: Value, whole: Value, end: int) -> bool:
        """Return whether what is counted follows: "1 in 14 adults", not "1 in 20 years"."""
        if value != 1 or not 1 < whole < 1000 or numerals.UNIT_BEHIND.match(self.low, end):
            return False
        return COUNTED.match(self.low, end) is not None

    def _over(self, value: Value, start: int, after: int) -> tuple[Value, int] | None:
        """Read "one over three", if a line or answer consists of that and nothing else."""
        if self.kind(after) not in ("digits", "unit", "teen", "tens", "hundred"):
            return None
        if self.low[self.atoms[after - 1].end : self.atoms[after].start] != " over ":
            return None
        run = self.run(after)
        if run is None or not run[0] or not SAID_BEFORE.search(self.low, max(0, start - 14), start):
            return None
        if not SAID_BEHIND.match(self.low, self.atoms[run[1] - 1].end):
            return None
        return simplest(Fraction(value) / Fraction(run[0])), run[1]

    def _share_base(self, whole: Value, behind: int) -> bool:
        """Distinguish "one in five" from "two in 2018" and "two in three days"."""
        if numerals.UNIT_BEHIND.match(self.low, self.atoms[behind - 1].end):
            return False
        return whole <= 10 or (whole % 10 == 0 and not 1000 < whole < 2100) or whole in (12, 25)

    def _sign(self, start: int, value: Value) -> tuple[int, Value]:
        """Return start and value with a leading "-", "minus" or "negative"."""
        if start and self.text[start - 1] in "-−":
            lead = self.text[start - 2] if start > 1 else " "
            if FROM.search(self.text, max(0, start - 4), start) and SIZE.match(self.low, start):
                return start, value  # "a lens of 75 -300mm"
            if lead.isspace() or lead in "([{,;:=>≥<≤~≈":
                return start - 1, -value
        word = NEGATIVE.search(self.low, max(0, start - 9), start)
        if word is not None:
            return word.start(), -value
        return start, value


def share_of(atom: Atom) -> Value | None:
    """Return the fraction that a word names: a half, a quarter, a third; None for first, second."""
    if atom.kind == "half":
        return Decimal("0.5")
    if atom.kind == "quarter":
        return Decimal("0.25")
    if atom.kind == "ordinal" and atom.value > 2:
        return simplest(Fraction(1, int(atom.value)))
    return None


def is_part(word: str) -> bool:
    """Return whether a lowercase word names something that can be halved: a point, a mile."""
    return single(word) in unit_table.WORDS or single(word) == "point"


def is_measure(word: str) -> bool:
    """Return whether words are a unit, money, a scale or a counted noun."""
    whole, low = key(word), single(word.lower())
    return (
        whole in unit_table.WORDS
        or (word.strip() in unit_table.SYMBOLS and not (len(word) == 2 and word[0] == " "))
        or low in currencies.NOUNS
        or word in currencies.CODES
        or low in SCALES
        or low in unit_table.PER
    )
