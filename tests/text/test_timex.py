"""Time expressions: recognition, boundaries and values."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import timex
from pipeline.text.timex import Timex
from pipeline.text.timing.relative import Unparsed
from tests.text.timexes import is_value, unmark

THURSDAY = date(2025, 5, 1)


class Told(Unparsed):
    """A judge that gives the same tense for every time, and takes every day as quoted."""

    def __init__(self, direction: int) -> None:
        self.direction = direction

    def tense(self, start: int, end: int) -> int:  # noqa: ARG002 (the protocol)
        return self.direction

    def is_ahead(self, start: int, end: int, unit: str, behind: int, ahead: int) -> bool:  # noqa: ARG002 (the protocol)
        return self.direction > 0

    def is_quoted(self, start: int) -> bool:  # noqa: ARG002 (the protocol)
        return True


def found(text: str, published: date | None = THURSDAY) -> list[tuple[str, str | None]]:
    return [(text[t.start : t.end], t.value) for t in timex.find(text, published)]


@pytest.mark.parametrize(
    "marked",
    [
        # absolute dates
        "The bridge opened on [May 7, 2016|2016-05-07].",
        "The bridge opened on [7 May 2016|2016-05-07].",
        "The bridge opened on [Wednesday, May 7|2025-05-07] or so it was said.",
        "The treaty of [the 4th of March 1921|1921-03-04] held.",
        "It ran [Nov. 20-24, 2015|2015-11-20/2015-11-24] in Lyon.",
        "Filed [2017-07-21|2017-07-21], amended [7/24/2017|2017-07-24].",
        "It closed in [March 1996|1996-03] and reopened in [fiscal 2001|2001].",
        "Sales rose from [1995-96|1995/1996] on.",
        "The attacks of [9/11|2001-09-11] changed that.",
        # decades, centuries, quarters, halves, seasons
        "in [the 1990s|199] and [the early '80s|198] and [the nineties|199]",
        "a house of [the 19th century|18]",
        "Profit fell in [the first quarter|2025-Q1].",
        "Profit fell in [the third quarter of 2024|2024-Q3].",
        "Profit fell in [the fiscal second quarter|2025-Q2].",
        "[Last year's third quarter|2024-Q3] was worse.",
        "Sales were flat in [Q3 2023|2023-Q3].",
        "It grew in [the second half of 2024|2024-H2].",
        "in [the summer of 2012|2012-SU] and [last winter|2024-WI]",
        # relative to the day of writing
        "It fell [last year|2024], rose [this month|2025-05] and will end [next week|2025-W19].",
        "It met [yesterday|2025-04-30], meets [today|2025-05-01] and [tomorrow|2025-05-02].",
        "She spoke [Wednesday|2025-04-30] and again [Thursday|2025-05-01].",
        "He died [last Monday|2025-04-21]; [next Friday|2025-05-09] is the wake.",
        "He resigned in [December|2024-12] and left in [February|2025-02].",
        "The ship sank [three years ago|2022], was raised [two weeks ago|2025-04-17].",
        "She left [a decade ago|2015] and [five days ago|2025-04-26] came back.",
        "the vote [the day before yesterday|2025-04-29]",
        "They voted [late last month|2025-04] and [early next year|2026].",
        "by [the end of 2026|2026] or [mid-October|2025-10]",
        # times of day
        "The doors close at [5:30 p.m. EST Friday|2025-05-02T17:30].",
        "at [22:30|2025-05-01T22:30] and again at [6am|2025-05-01T06:00]",
        "It began [Monday night|2025-04-28TNI] and ended [this morning|2025-05-01TMO].",
        "The ship left at [15:11 GMT|2025-05-01T15:11], or [five o'clock|2025-05-01T05:00].",
        # durations
        "It took [nearly 30 years|P30Y], [half an hour|PT30M], [two and a half months|P2.5M].",
        "over [the past three years|P3Y] and [the next few weeks|PXW]",
        "[the first nine months|P9M], a [10-year|P10Y] bond, [a year and a half|P1Y6M]",
        "They waited [two to three months|P2M/P3M], then [decades|PXDE].",
        "He fasted for [two days|P2D] before the vote.",
        "It costs $5 over [six years|P6Y]; it stood for [over 30 years|P30Y].",
        # sets
        "They meet [every year|P1Y], [each Thursday|XXXX-WXX-4] and on [Mondays|XXXX-WXX-1].",
        "It sells [daily|P1D], and on [Tuesday nights|XXXX-WXX-2TNI].",
        # references
        "[Now|PRESENT_REF] closed, [recently|PAST_REF] sold; what of [the future|FUTURE_REF]?",
        # holidays
        "on [Christmas Eve|2024-12-24], [Thanksgiving 2023|2023-11-23], [Good Friday|2025-04-18]",
        "fighting in [Ramadan|2025-03-01~/2025-03-30~] went on",
        # relative to an earlier time in the text
        "It lost $2 against $3 in [the same period a year ago|2024-Q1].",
        "Revenue rose in [the second quarter of 2020|2020-Q2] from [a year earlier|2019-Q2].",
        "In [2010|2010] it paid; [the year before|2009], nothing.",
        "It stopped on [May 3, 2019|2019-05-03] and resumed [the next day|2019-05-04].",
        "It was $4 in [the first quarter|2025-Q1], against $3 in [the year-ago quarter|2024-Q1].",
    ],
)
def test_spans_and_values(marked: str) -> None:
    text, wanted = unmark(marked)
    assert found(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "You may march on the sun if we sat down.",
        "The second man fell in a fall.",
        "They sold 1984 homes to 2000 people.",
        "Some 2,016 were hurt, $2016 was paid.",
        "The chairwoman, 61, and a child aged 12 left.",
        "He read the Daily Mail and the LA Weekly.",
        "Flight 1549 met Boeing 1999.",
        "We need a quarter of it.",
        "They lost three-quarters of it.",
        "They won the second half.",
        "every now and then",
        "At the end of the day it is a matter of taste.",
    ],
)
def test_ordinary_words_and_numbers_are_not_times(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "phrase", ["last year", "Wednesday", "yesterday", "two years ago", "May 7"]
)
def test_a_relative_time_has_no_value_without_a_day_to_count_from(phrase: str) -> None:
    (one,) = timex.find(f"He left {phrase}.", None)
    assert one.value is None
    assert one.relative


def test_absolute_times_and_durations_need_no_publication() -> None:
    assert found("In 2016 it took three days.", None) == [("2016", "2016"), ("three days", "P3D")]


MOMENT = datetime(2025, 5, 1, 16, 30)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It began two hours ago.", "2025-05-01T14:30"),
        ("It began 20 hours ago.", "2025-04-30T20:30"),
        ("It ends an hour from now.", "2025-05-01T17:30"),
        ("It rang 45 seconds ago.", "2025-05-01T16:29:15"),
        ("It ran for two hours.", "PT2H"),
        ("It ended two hours later.", "PT2H"),
    ],
)
def test_hours_are_counted_from_the_time_of_publication(text: str, value: str) -> None:
    assert [t.value for t in timex.find(text, MOMENT.date(), moment=MOMENT)] == [value]


def test_hours_ahead_are_a_time_if_the_tense_is_certain() -> None:
    text = "It will end in two hours."
    found = {
        tense: next(timex.find(text, THURSDAY, moment=MOMENT, judge=Told(tense))).value
        for tense in (-1, 0, 2)
    }
    assert found == {-1: "PT2H", 0: "PT2H", 2: "2025-05-01T18:30"}


@pytest.mark.parametrize(
    "marked",
    [
        # one time: the ends share words
        "It runs from [July 13 to 15|2025-07-13/2025-07-15].",
        "It runs from [May 30 to June 2, 2026|2026-05-30/2026-06-02].",
        "It ran between [March and May 2024|2024-03/2024-05].",
        "It is open from [5-7pm|T17:00/T19:00].",
        "It is shut [tomorrow from 10 p.m. to 6 a.m.|2025-05-02T22:00/2025-05-03T06:00].",
        # two times: each end is complete
        "It is open from [9 a.m.|T09:00] to [5 p.m.|T17:00].",
        "It runs from [Monday|2025-04-28] to [Friday|2025-05-02].",
        "She was president from [2008|2008] to [2016|2016].",
        "She was president ([1980|1980]–[1987|1987]).",
        "Flags fly on [Monday|2025-04-28] — [today|2025-05-01].",
        "It lasts [one to four months|P1M/P4M], [five or six days|PXD].",
    ],
)
def test_ranges(marked: str) -> None:
    text, wanted = unmark(marked)
    assert found(text) == wanted


def test_the_judge_decides_on_a_weekday_and_a_month() -> None:
    past = list(timex.find("Friday, June", THURSDAY, judge=Told(-1)))
    future = list(timex.find("Friday, June", THURSDAY, judge=Told(1)))
    assert [t.value for t in past] == ["2025-04-25", "2024-06"]
    assert [t.value for t in future] == ["2025-05-02", "2025-06"]


def test_earlier_this_month_on_its_first_day_is_the_last_month() -> None:
    assert found("They met earlier this month.") == [("earlier this month", "2025-04")]
    assert found("They met earlier this month.", date(2025, 5, 2))[0][1] == "2025-05"


def test_a_line_break_ends_an_expression() -> None:
    assert [text for text, _ in found("born in May\n7 people")] == ["May"]


def test_a_word_in_square_brackets_counts() -> None:
    assert found("“[Ten] years ago it was new.”") == [("[Ten] years ago", "2015")]


def test_impossible_days_have_no_value() -> None:
    assert found("on April 31, 2019") == [("April 31, 2019", None)]


WORDS = """
the a an last next this that past May March Jan. Friday Sun. 7 31 2016 0 99999999999999999999
1/0 half of in year years week weeks quarter first second and or to - – , ' 's ’s “ ago earlier
before after more than about 5 p.m. 22:30 9/11 '90s 1990s Q3 FY99 two million billion few couple
Easter Ramadan New Year's Eve early mid late end fiscal every night morning period ½ ² ٣ weekend
hours 24 9999 12-31 all another closing term short back upwards plus close row straight second -
second '08 centuries dawn dusk in the morning attacks delivery trading Eastern 2:05:30 their its
 0000-00-00 31/12/2016 1995-96 century millennium tomorrow Labor Day Feb. 30
same through old long once future soon right now most other no some while moment ended month
months day days season Election minutes one will GMT local time of age through o'clock 0900
until till between thru 5-7pm 9:30-11:00 3h 10/2 10/1-10/7 at on from pm am oct friday may / +
tonight noon midnight 4th 21st thirtieth Monday Wednesday every other today tomorrow rest 5:30 now
"""
DAYS = st.one_of(st.none(), st.dates())


@given(
    st.lists(st.sampled_from([*WORDS.split(), "\n"]), max_size=30),
    DAYS,
    st.sampled_from((-1, 0, 1, 2)),
)
def test_any_sequence_of_time_words_gives_valid_values_in_order(
    words: list[str], day: date | None, tense: int
) -> None:
    check(" ".join(words), day, tense)


@given(st.text(max_size=60), DAYS)
def test_no_text_raises(text: str, day: date | None) -> None:
    check(text, day)


def check(text: str, day: date | None, tense: int = 0) -> None:
    times: list[Timex] = list(timex.find(text, day, judge=Told(tense)))
    at = 0
    for one in times:
        assert at <= one.start < one.end <= len(text)
        assert text[one.start : one.end].strip() == text[one.start : one.end]
        assert one.value is None or is_value(one.value), one
        assert one.rule in timex.EXAMPLES, one
        at = one.end


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("They pump two million barrels a day.", "set"),
        ("It killed 30 people a day.", "set"),
        ("He works 40 hours a week.", "set"),
        ("It costs pennies a day.", "set"),
        ("It took a day.", "duration"),
        ("They gave the workers a week.", "duration"),
    ],
)
def test_a_rate_is_not_a_duration(text: str, kind: str) -> None:
    assert list(timex.find(text))[-1].kind == kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At 15h10 the rand rose.", ["2025-04-05T15:10"]),
        ("They led with 6:42 left.", ["PT6M42S"]),
        (
            "They lost on 14 April 2024. They meet on Tuesday (20:00 BST).",
            ["2024-04-14", "2025-04-01", "2025-04-01T20:00"],
        ),
    ],
)
def test_clock_times_with_h_of_matches_and_in_brackets(text: str, expected: list[str]) -> None:
    assert [one.value for one in timex.find(text, date(2025, 4, 5))] == expected
