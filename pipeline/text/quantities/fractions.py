"""Exact values, and fractions: “two-thirds”, “two and a half”, “three quarters of a million”."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from pipeline.text.quantities.exact import Value, is_huge, plus, simplest, times
from pipeline.text.quantities.measured import is_part
from pipeline.text.quantities.numerals import VULGAR, Atom
from pipeline.text.quantities.whole_numbers import WholeReader

NumberKind = Literal["cardinal", "ordinal", "fraction", "ratio", "multiple"]
Part = tuple[Value, int, NumberKind]
"""A number, the index of the atom after it, and its kind."""
HYPHENED = re.compile(r"-([a-z]+)")
OF_A = re.compile(r"[\s-]{1,3}(?:of[ ])?an?[ -]{1,3}|[\s-]{1,3}")
SHARE_ENDS = re.compile(
    r"\Z|\n|[ ]?[.,;:!?)”\"']|[ ](?:of|to|in|on|at|by|and|or|as|than|from|with|said|says?|were|are|"
    r"was|is|have|had|has|who|that|which|voted|want|wanted|did|do|will|would|could|more|less)\b"
)


class PartReader(WholeReader):
    """Reads the fraction after a whole number, and the scale after a fraction."""

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
        joined = HYPHENED.match(self.low, atom.end)
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


def share_of(atom: Atom) -> Value | None:
    """Return the fraction that a word names: a half, a quarter, a third; None for first, second."""
    if atom.kind == "half":
        return Decimal("0.5")
    if atom.kind == "quarter":
        return Decimal("0.25")
    if atom.kind == "ordinal" and atom.value > 2:
        return simplest(Fraction(1, int(atom.value)))
    return None
