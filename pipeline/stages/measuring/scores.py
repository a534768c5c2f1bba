"""Tell scores and votes from ranges."""

from __future__ import annotations

import re

from spacy.tokens import Token

SCORE = re.compile(r"(?<![\w.,/$£€-])(\d{1,3})(-to-|[-–—])(\d{1,3})(?![\w/%]|[-–—]\d|[.,]\d)")
SCORE_WORDS = re.compile(
    r"\b(?:w[io]n(?:s|ning)?|beat(?:s|en)?|lost|los(?:es|ing|s)|defeat\w*|lead(?:s|ing)?|led|victory|draws?|"
    r"drew|ties?|tied|scor\w+|down|up|ahead|behind|votes?|voted|ruling|rul\w+|decision|decided|aggregate|"
    r"record|margin|split|penalties|shootout|thrash\w*|game|match|set|final|went|pass(?:ed|es)?|approved?|rejected|finish\w*|ended|sets)\b"
)
VOTE = re.compile(r"\b(?:votes?|voted|ruling|ruled|decision|majority|panel|verdict)\b")


def is_score(text: str, start: int, end: int, after: Token | None) -> bool:
    """Tell a score or a vote, "2-1", from a range, "15-20"."""
    found = SCORE.match(text, start)
    if found is None or found.end() != end:
        return False
    a, b = int(found[1]), int(found[3])
    around = text[max(0, start - 40) : start].lower() + " | " + text[end : end + 30].lower()
    spoken = SCORE_WORDS.search(around) is not None
    if found[2] == "-to-":
        return VOTE.search(around) is not None  # "a 2-to-1 ruling", not "a 3-to-1 margin"
    if a >= b:
        return spoken or (a < 100 and (after is None or after.tag_ not in ("NNS",)))
    return spoken and (after is None or after.tag_ not in ("NNS",) or after.lower_ in ("votes",))
