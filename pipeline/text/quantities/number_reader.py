"""Read whole numbers from numerals and number words."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from pipeline.text.quantities import currencies, numerals, senses
from pipeline.text.quantities.currencies import ONE_LETTER
from pipeline.text.quantities.exact import Value, is_huge, simplest, times
from pipeline.text.quantities.fractions import NumberKind, PartReader
from pipeline.text.quantities.measured import is_measure, is_part
from pipeline.text.quantities.numerals import Atom

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


class NumberReader(PartReader):
    """Reads numbers from a list of atoms, each from one atom onwards."""

    read_to = 0
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
        if atom.kind == "half":
            return self._half(at)
        if atom.kind == "quarter":
            return self._quarter(at)
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

    # ------------------------------------------------------------------ words for parts and sizes
    def _article(self, start: int) -> int:
        """Return the start of an "a" or "one" before an offset, otherwise the offset."""
        found = ARTICLE.search(self.low, max(self.read_to, start - 5), start)
        return found.start() if found else start

    def _half(self, at: int) -> tuple[Number | None, int]:
        """Read "half", "half a million", "half a dozen", "one-half", "a half"."""
        atom = self.atoms[at]
        start = self._article(atom.start)
        value: Value = Decimal("0.5")
        size = self.size_behind(at)
        if size is not None:
            scale, after = size
            end = self.atoms[after - 1].end
            return self._number(start, end, times(value, scale), "fraction"), after
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
        return self._number(start, atom.end, value, "fraction"), at + 1

    def _quarter(self, at: int) -> tuple[Number | None, int]:
        """Read "a quarter of", "quarter of a million"; a quarter of a year is skipped."""
        atom = self.atoms[at]
        start = self._article(atom.start)
        value: Value = Decimal("0.25")
        size = self.size_behind(at)
        if size is not None:
            scale, after = size
            end = self.atoms[after - 1].end
            return self._number(start, end, times(value, scale), "fraction"), after
        share = self.low.startswith(" of ", atom.end) or start != atom.start
        plural = self.low[atom.end - 1] == "s"
        if not share or plural or self.low.startswith((" of 1", " of 2"), atom.end):
            return None, at + 1
        return self._number(start, atom.end, value, "fraction"), at + 1

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
        them = found is None and len(gap) < 40 and OF_THEM.fullmatch(gap) is not None
        run = self.run(after) if found or them else None
        if run is None or not 0 < value < run[0] or run[0] != int(run[0]):
            return None
        whole, behind = run
        end = self.atoms[behind - 1].end
        if " per " in gap.replace("-", " "):
            right = whole in BASES and not self.low.startswith(("-", " cubic", " square"), end)
        elif found is not None:
            right = value == int(value) and self._is_share(value, whole, after, behind, found)
        else:  # "one truck in three"
            right = self.low.startswith("one ", start) and self._is_one_in(value, whole, end)
        return (simplest(Fraction(value) / int(whole)), behind) if right else None

    def _is_share(
        self, value: Value, whole: Value, after: int, behind: int, found: re.Match[str]
    ) -> bool:
        """Distinguish a share from two numbers with "in": "2 in 2018", "five in a row of ten"."""
        if self.kind(after) == "scale":
            return found["each"] is not None
        if found["joint"] != "in" or found["each"] == "every":
            return found["each"] not in ("a", "an")
        one = self._is_one_in(value, whole, self.atoms[behind - 1].end)
        return found["each"] is None and (one or self._share_base(whole, behind))

    def _is_one_in(self, value: Value, whole: Value, end: int) -> bool:
        return value == 1 and whole < 1000 and self.whole_behind(end)

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
