"""Numbers that are names and not counts: dates, clock times, telephone numbers, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Jun\.|Jul\.|"
    r"Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
FULL_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
DAY = r"\d{1,2}(?:st|nd|rd|th)?(?![\d.,]\d|%)"
ZONE = r"(?:GMT|UTC|BST|CET|EST|EDT|CST|CDT|MST|MDT|PST|PDT|ET|PT|hrs)"
STREET = (
    r"(?:Street|St|Avenue|Ave|Av|Road|Rd|Boulevard|Blvd|Drive|Dr|Lane|Ln|Way|Place|Pl|Court|Ct|"
    r"Square|Terrace|Highway|Hwy|Parkway|Pkwy)"
)
DESIGNATION = re.compile(
    rf"""
    (?! (?<=[a-z])[a-gi-vx-z] )  # inside a word, only a link begins
    (?:
      (?P<url> (?:https?://|www\.)\S+ | [\w.+-]{{1,64}}+@[\w-]{{1,64}}\.[\w.]+ )
    | (?P<date>
          \b{MONTH}[ ]{DAY}[ ](?:to|and|through)[ ]{DAY}(?=[ ]?[,.;)]|[ ](?:in|at|of|by|with)\b)
        | \b{MONTH},[ ]{DAY},[ ]\d{{4}}\b
        | (?<=[a-z]){FULL_MONTH}[ ]{DAY},[ ]\d{{4}}
        | \b{MONTH}[ ]{DAY}(?:\s?[-–]\s?(?:{MONTH}[ ])?{DAY})?(?:,?[ ]\d{{4}}\b)?
        | (?<![\d.,$£€]){DAY}(?:\s?[-–]\s?{DAY})?(?:[ ]of)?[ ]{MONTH}(?![a-z])(?:,?[ ]\d{{4}}\b)?
        | \b{MONTH},?[ ]\d{{4}}\b
        | (?<![\d./-])\d{{4}}-\d{{2}}-\d{{2}}(?![\d-])
        | (?<![\d./-])\d{{1,2}}(?P<sep>[/.-])\d{{1,2}}(?P=sep)(?:\d{{4}}|\d{{2}})(?![\d/])
      )
    | (?P<clock>
          (?<![\d.,$£€])\d{{1,2}}(?:[:.]\d\d)?(?:\s?[-–]\s?|[ ](?:to|and|or)[ ])
          \d{{1,2}}(?:[:.]\d\d)?\s?(?:[ap]m\b|[ap]\.m\.)
        | (?<![\d.,])\d{{1,2}}:[ ]\d{{2}}[ ]?[ap]\.?m\b\.?
        | (?<![\d.,])\d{{1,2}}:\d{{2}}(?:[:.]\d+)*(?:\s?[ap]\.?m\b\.?)?
        | (?<![\d.,$£€])\d{{1,2}}(?:\.\d{{2}})?\s?(?:[ap]m\b|[ap]\.m\.)
        | (?<![\d.,$£€])\d{{1,2}}\s?o['’]clock
        | \b\d{{4}}[ ]{ZONE}\b
        | \b(?:[01]\d|2[0-3])[hH][0-5]\d\b
      )
    | (?P<phone>
          (?<![\w-])(?:\+?\d{{1,3}}[ .-])?\(?\d{{3}}\)?[ .-]\d{{3}}[.-]\d{{4}}(?![\w-])
        | (?<![\w-])\+\d{{1,3}}(?:[ .-]\(?\d{{1,4}}\)?){{2,6}}(?!\w)
        | (?<![\w-])\d{{3}}-\d{{4}}(?![\w-])
        | (?<![\w-])0\d{{2,4}}[ ]\d{{3,4}}[ ]\d{{3,4}}(?!\w)
      )
    | (?P<address>
          (?<![\w$£€.,])\d{{1,5}}(?:-\d{{1,4}})?[ ](?:[NSEW]\.?[ ])?
          (?:(?:[A-Z][\w'’]*|\d{{1,3}}(?:st|nd|rd|th))[ ]){{1,3}}{STREET}\b
        | (?<![\w$£€.,])\d{{1,4}}[ ](?:Ave|Avenue|Rue|rue|Via|Calle|Boulevard|Place|Rua)[ ][A-Z]
        | \b\d{{1,2}}00[ ]block[ ]of\b
        | \b\d{{5}}(?=[ ]ZIP)
        | (?<=[Zz][Ii][Pp][ ][Cc]ode[ ])\d{{5}}
        | \bP\.?O\.?[ ]Box[ ]\d+
      )
    | (?P<era>
          \bA\.?D\.?[ ]\d{{1,4}}(?:[ ](?:and|to|or)[ ]\d{{1,4}}|[-–]\d{{1,4}})?
        | \b\d{{1,4}}(?:[-–]\d{{1,4}})?[ ](?:B\.?C\.?(?:E\.?)?|A\.?D\.?|CE|(?:b\.)?c\.e\.)(?![\w])
      )
    | (?P<years>
          (?<![\w.,$£€])(?:1[5-9]\d\d|20[0-4]\d)(?:[-–/](?:\d{{4}}|\d{{2}}))(?![\d.,]\d|\w|%)
        | (?<![\d.,$£€])(?:1[5-9]\d\d|20[0-4]\d|\d0)['’]?s\b
        | ['’]\d\ds?\b(?!\d)
      )
    | (?P<series>
          (?<==["'])\d+(?=["'])
        | \b\d{{1,3}}:\d{{1,3}}[-–]\d{{1,3}}\b
        | \bISBN(?:-1[03])?:?[ ][\dX-]{{10,17}}
        | \b(?:[Cc]all(?:s|ed|ing)?|[Dd]ial(?:s|ed|led|ing)?|[Tt]he|[Aa])
          [ ](?:911|999|112)\b(?=[ ]?[.,;]|\Z|[ ](?:calls?|operators?
          |dispatch\w*|cent(?:er|re)s?|and|when|after|at|to|for|before|on|from)\b)
        | \b[48]K(?=[ -](?:video|tv|TV|television|resolution|display|screen|monitor|camera|footage
          |content|UHD|Ultra|stream\w*|projector|movie)s?\b)
        | (?<![\w.])\d{{1,2}}[Kk](?=[ -](?:run|race|walk|swim|course|event)s?\b)
        | \b7-Eleven\b
        | (?<=[67][-–][67])[ ]?\(\d{{1,2}}\)  # points of a tie-break
        | (?<![\w$£€.,–-])\d{{1,3}}(?:[-–]\d{{1,3}}){{2,}}(?![\w–-]|[.,]\d)
        | \b[A-Z]{{2,6}}-\d+(?:-\d+)+\b
        | \b\d{{1,2}}-[KQ]s?\b
        | \b(?:[Rr]oom|[Pp]latform|[Bb]us|[Aa]partment|[Rr]oute|[Ff]light|[Gg]ate|Windows)
          [ ]\d{{1,4}}\b(?![,.]\d|[ ]?%)
        | (?<![\w.])\.\d\d\d?(?=[ -](?:calib(?:er|re)|rifle|pistol|handgun|revolver|Magnum|bullet))
        | \b\d\d(?=[ -]gauge[ ](?:shot)?gun)
      )
    | (?P<item>
          ^[ \t]*\(?\d{{1,3}}[.)](?=[ \t])
        | (?<=[.!?][ ])\d{{1,2}}[.)](?=[ ][A-Z])
      )
    )
    """,
    re.VERBOSE | re.MULTILINE,
)
REACH = 24
"""Maximum distance of a month, a street or the rest of an address from its number."""
YEAR = re.compile(r"(?:1[5-9]\d\d|20[0-4]\d)")


def find_designations(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of numbers that are dates, times, telephone numbers or addresses.

    >>> [text[a:b] for text in ["Call 555-0100 by 5 p.m. on May 4."]
    ...  for a, b in find_designations(text)]
    ['555-0100', '5 p.m.', 'May 4']
    """
    for start, end in _around_digits(text):
        for found in DESIGNATION.finditer(text, start, end):
            yield found.span()


def _around_digits(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of a text that have digits in them or nearby."""
    start = end = 0
    for digits in re.finditer(r"\d+", text):
        if digits.start() - REACH > end:
            if end:
                yield start, min(end, len(text))
            start = max(0, digits.start() - REACH)
            word = text.rfind(" ", max(0, start - 200), start)
            start = word + 1 if word >= 0 else start
        end = digits.end() + REACH
    if end:
        yield start, min(end, len(text))


def may_be_year(text: str) -> bool:
    """Return whether four bare digits may be a year of recent centuries or the next one."""
    return YEAR.fullmatch(text) is not None
