"""Write the list of first names by gender, from the counts of the package ``nomquamgender``.

``python benchmarks/first_names.py name_data.json > pipeline/data/genders.txt``
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SOURCES = 5
COUNTS = 50
"""Names with fewer sources or people are left out."""
MOST = 0.8
"""Minimum share of people with a name who have the same gender."""
SURE = 0.9
"""The share from which a title of the other gender means somebody else."""
NAME = re.compile(r"[a-z][a-z'-]+")
HEADER = """\
# First names by gender: [m]ale, [f]emale; [mostly_m], [mostly_f] if fewer than {sure:.0%} have it.
# A line for each first letter.
# Origin: the counts of nomquamgender 0.1.4 (Van Buskirk and others, MIT), made by
# benchmarks/first_names.py: names that {sources} sources and {counts} people have, or more,
# where {most:.0%} of these have one gender.
"""


def lines(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the list; ``data`` has (sources, count, share of women, …) by name."""
    yield HEADER.format(sources=SOURCES, counts=COUNTS, most=MOST, sure=SURE)
    found: dict[str, dict[str, list[str]]] = {
        section: defaultdict(list) for section in ("m", "f", "mostly_m", "mostly_f")
    }
    for name, (sources, count, women, *_) in sorted(data.items()):
        known = NAME.fullmatch(name) and sources >= SOURCES and count >= COUNTS
        if known and (women >= MOST or women <= 1 - MOST):
            gender = "f" if women >= MOST else "m"
            sure = max(women, 1 - women) >= SURE
            found[gender if sure else f"mostly_{gender}"][name[0]].append(name)
    for section, names in found.items():
        yield f"[{section}]"
        yield from (" ".join(names[letter]) for letter in sorted(names))


if __name__ == "__main__":
    for line in lines(json.loads(Path(sys.argv[1]).read_text("utf-8"))):
        print(line)
