"""Read runs of number words and digits as whole numbers: "two hundred and six thousand"."""

from __future__ import annotations

from decimal import Decimal

from pipeline.text.quantities.exact import MAX_DIGITS, Value, is_huge, plus, times
from pipeline.text.quantities.numerals import Atom


class WholeReader:
    """Read one whole number out of a row of atoms, from one atom onwards."""

    def __init__(self, text: str, low: str, atoms: list[Atom]) -> None:
        self.text, self.low, self.atoms = text, low, atoms

    def joint(self, at: int) -> str | None:
        """Return what joins an atom to the one before: "", "and", or none if they stand apart."""
        if at >= len(self.atoms) or at < 1:
            return None
        gap = self.low[self.atoms[at - 1].end : self.atoms[at].start]
        if not 0 < len(gap) <= 8 or "\n" in gap:
            return None
        bare = gap.strip(" \u00a0\u202f-\u2010\u2011")
        return bare if bare in ("", "and") else None

    def kind(self, at: int) -> str:
        return self.atoms[at].kind if at < len(self.atoms) else ""

    def run(self, at: int) -> tuple[Value, int] | None:
        """Read a run of atoms as one whole number: "two hundred and six thousand", "1.2 trillion".

        A smaller unit may follow a larger one; anything else ends the run.
        """
        total: Value = Decimal(0)
        group: Value | None = None
        smallest: Value = Decimal("Infinity")
        apart: Value = Decimal(0)
        before = ""
        after = at
        while after < len(self.atoms):
            atom = self.atoms[after]
            joint = "" if after == at else self.joint(after)
            if joint is None or (joint == "and" and not self._goes_on(after, before, group)):
                break
            kind, value = atom.kind, atom.value
            if joint == "and" and group is not None:
                apart = group  # "three hundred and two dozen" are 324
            if kind in ("unit", "teen", "tens"):
                if group is None:
                    if value >= smallest or (value == 0 and after > at):
                        break
                    group = value
                elif value and (before == "hundred" or (before == "tens" and kind == "unit")):
                    group = plus(group, value)
                else:
                    break
            elif kind in ("digits", "vulgar"):
                if after > at and not (before in ("scale", "hundred") and self._sized(after)):
                    break
                if joint == "and":
                    break
                group = value
                if atom.scale is not None:
                    total, group, smallest = times(value, atom.scale), None, atom.scale
                    kind = "scale"
            elif kind == "hundred":
                if group is not None and group >= 100 and before != "digits":
                    break
                group = value if group is None else times(group, value)
            elif kind == "scale":
                if group is None and after > at:
                    if before != "scale" or is_huge(total):
                        break
                    total, smallest = times(total, value), min(smallest, value)
                elif value >= smallest:
                    break
                else:
                    total = plus(total, value if group is None else times(group, value))
                    group, smallest = None, value
            elif kind == "dozen" or (kind == "vague" and value == 12):
                if before not in ("unit", "teen", "tens", "digits", *([""] * (kind == "dozen"))):
                    break
                dozens = value if group is None else times(plus(group, -apart), value)
                total, group = plus(total, plus(apart, dozens)), None
                after += 1
                break
            else:
                break
            before = kind
            after += 1
        if after == at:
            return None
        if after == at + 1 and group is not None:
            return group, after  # a single numeral keeps the places that it is written with
        return plus(total, group) if group is not None else total, after

    def _goes_on(self, after: int, before: str, group: Value | None) -> bool:
        """Tell whether "and" goes on with the same number: "six hundred and two"."""
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
