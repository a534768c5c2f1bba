"""Make text safe for terminals."""

from __future__ import annotations

import re

CONTROLS = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0 with ESC, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction of writing
    "\u2028\u2029"  # line and paragraph separators
    "\ud800-\udfff"  # bytes of file names that are not UTF-8
    "\U000e0000-\U000e007f"  # tags: invisible copies of ASCII
    "]"
)


def safe(text: str, *, keep: str = "") -> str:
    """Return text with everything that controls a terminal escaped.

    Text from articles, file names and run folders could otherwise move the cursor, set the window
    title, reverse the order of words or forge a line of output. Characters in ``keep`` stay.

    >>> safe("a\\x1b[2Jb\\nc")
    'a\\\\x1b[2Jb\\\\nc'
    >>> safe("a\\x1b[2Jb\\nc", keep="\\n")
    'a\\\\x1b[2Jb\\nc'
    """

    def escaped(found: re.Match[str]) -> str:
        return found[0] if found[0] in keep else found[0].encode("unicode_escape").decode("ascii")

    return CONTROLS.sub(escaped, text)
