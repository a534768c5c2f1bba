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
SURE = 0.8
"""Minimum share of people with a name who have the same gender."""
NAME = re.compile(r"[a-z][a-z'-]+")
HEADER = """\
# First names by gender: [m]ale, [f]emale. A line for each first letter.
# Origin: the counts of nomquamgender 0.1.4 (Van Buskirk and others, MIT), made by
# benchmarks/first_names.py: names that {sources} sources and {counts} people have, or more,
# where {sure:.0%} of these have one gender.
"""


def lines(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the list; ``data`` has (sources, count, share of women, …) by name."""
    yield HEADER.format(sources=SOURCES, counts=COUNTS, sure=SURE)
    found: dict[str, dict[str, list[str]]] = {"m": defaultdict(list), "f": defaultdict(list)}
    for name, (sources, count, women, *_) in sorted(data.items()):
        if NAME.fullmatch(name) and sources >= SOURCES and count >= COUNTS:
            if women >= SURE:
                found["f"][name[0]].append(name)
            elif women <= 1 - SURE:
                found["m"][name[0]].append(name)
    for gender, names in found.items():
        yield f"[{gender}]"
        yield from (" ".join(names[letter]) for letter in sorted(names))


if __name__ == "__main__":
    for line in lines(json.loads(Path(sys.argv[1]).read_text("utf-8"))):
        print(line)
