"""Read whole numbers from number words and digits: “two hundred and six thousand”."""

from __future__ import annotations

from decimal import Decimal

from pipeline.text.quantities.exact import MAX_DIGITS, Value, is_huge, plus, times
from pipeline.text.quantities.numerals import Atom

JOINED = frozenset(
    (before, behind)
    for before in ("unit", "teen", "tens")
    for behind in ("hundred", "scale", *(("unit",) if before == "tens" else ()))
)
"""Kinds of atoms that form one number even with a spaced hyphen: "twenty - five"."""


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


class WholeReader:
    """Reads one whole number from a list of atoms, from one atom onwards."""

    def __init__(self, text: str, low: str, atoms: list[Atom]) -> None:
        self.text, self.low, self.atoms = text, low, atoms

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
            if joint == "and" and atom.kind in ("digits", "vulgar"):
                break
            if joint == "and" and run.group is not None:
                run.apart = run.group  # "three hundred and two dozen" are 324
            sized = run.last in ("scale", "hundred") and self._sized(after)
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
