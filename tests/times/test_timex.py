"""Time expressions: recognition, boundaries and values."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.times import timex
from pipeline.times.relative import Unparsed
from pipeline.times.timex import Timex
from tests.times.timexes import is_value, unmark

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
        "Profit fell in [the January-March period|2025-Q1].",
        "It took [1h 12m|PT1H12M], not [2h05m|PT2H5M] or [1h 2min 3s|PT1H2M3S].",
        "Sales rose in [July-September 2024|2024-Q3] and [January–June 2024|2024-H1].",
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
    "marked",
    [
        # dates beside other words
        "Since the [Sept. 11|2001-09-11] terrorist attacks it shut.",
        "The [Sept. 11|2001-09-11] hijackers trained here. On [Sept. 11|2025-09-11] they met.",
        "On [May 5|2025-05-05] - [two days later|2025-05-07] - he left.",
        "It fell on [May 7-9|2025-05-07/2025-05-09]. It runs [7-9 May 2016|2016-05-07/2016-05-09].",
        "[the 4th to the 7th of March 1921|1921-03-04/1921-03-07].",
        "between [4 and 7 May|2025-05-04/2025-05-07].",
        "between [May 4 and 7, 2016|2016-05-04/2016-05-07].",
        "On [2-Oct|2025-10-02] and [Oct/2|2025-10-02]. On [May 10 weekend|2025-W19-WE].",
        "[the twenty-first of May|2025-05-21]. [the thirty-first of March|2025-03-31].",
        "Crude for [June|2025-06] delivery rose. The [August|2025-08] crude contract fell.",
        "the april fool.",
        "He left in [Dec.|2024-12] From [Dec|2024-12] to [Feb|2025-02] it fell.",
        "on [Mar 5|2025-03-05]. the Sunday Times said. [Monday|2025-04-28]'s Sunday Mail.",
        "[Fri|2025-05-02] to [Sun.|2025-05-04]",
        "[Mon|2025-04-28]–[Wed.|2025-04-30] the Dec sales. on [5/7|2025-05-07].",
        "on [25/12|2024-12-25]. from 1/2 point. [Tuesday, 5/7|2025-05-07]. in Rome, 5/7.",
        "[5/7/16|2016-05-07] and [5/7/49|2049-05-07] and [5/7/51|1951-05-07].",
        "[2016/05/07|2016-05-07]. [07-05-2016|2016-07-05]. [12/2016|2016-12]. [2016-05|2016-05].",
        "[20160507|2016-05-07]. [05.07.16|2016-05-07]. [31.12.2016|2016-12-31].",
        # days and years by number
        "on [the 9th|2025-05-09]. the 9th hole. [Monday the 5th|2025-05-05].",
        "[Monday the 7th|2025-07-07]. on [Friday 2|2025-05-02]. [Friday|2025-05-02] 2 people left.",
        "from [the 3rd to the 7th|2025-05-03/2025-05-07]. on the 32nd. [the year 2000|2000].",
        "[FY 2016|2016] results. [the 2012-13 school year|2012/2013]. [the 2012 tax year|2012].",
        "the [2012|2012] good year. [44 BC|BC0044]. in [AD 79|0079]. [664 b.c.e.|BC0664].",
        "in 12345 BC. 1995-94. in [nineteen ninety-six|1996]. in [twenty sixteen|2016].",
        "[the year two thousand and five|2005]. of two thousand people. in nineteen five.",
        "in twenty twenty men. [week 10 of 2017|2017-W10]. in [week 10|2025-W10].",
        "in week 22 of her pregnancy. in week 10 men left. week ten. [week 53 of 2020|2020-W53].",
        "[week 53 of 2017|]. [the 1800s|18]. [the 1810s|181]. [the 2000s|200].",
        "[the mid- to late 1990s|199]. temperatures in the 90s. in [the nineteen eighties|198].",
        "nineties music. [20th century|19] art. 21st Century Fox. [5th century BC|BC04].",
        "the 31st century. [the 19th|18] to [20th century|19].",
        # quarters, halves and seasons
        "[its fiscal third quarter|2025-Q3]. [the year-ago fourth quarter|2024-Q4].",
        "the fourth quarter of the game. the fifth quarter. its [fourth-quarter|2025-Q4] loss.",
        "a [fourth-quarter|2025-Q4] loss. [the 2012 fourth quarter|2012-Q4].",
        "[2012's fourth quarter|2012-Q4]. [the last half of 2012|2012-H2].",
        "the third half of [2012|2012]. [the first-half|2025-H1] profit. a first-half goal.",
        "[FY2016|2016]. [FY16|2016]. W07 was wet. [3Q16|2016-Q3] and 4H16. in [1H16|2016-H1].",
        "H1 was good. the Winter Olympics. [the winter of 1994-95|1994-WI].",
        "[the summer months|2025-SU]. [early summer|2025-SU]. a fall in sales. the fall of Rome.",
        # lengths of time
        "the Thirty Years' War. two mornings. three quarters of it.",
        "[the first three quarters|P9M]. for [two quarters|P6M].",
        "[the next two quarters|2025-Q3/2025-Q4]. [the past three quarters|2024-Q3/2025-Q1].",
        "He may [one day|FUTURE_REF] return. It took [one day|P1D]. a [10-year|P10Y] bond.",
        "an [18-month-old|P18M] boy. [two years and a half|P2Y6M]. [60 years of age|P60Y].",
        "an end to [two years|P2Y] of war. 10 percent more than [two years earlier|2023].",
        "over [six years|P6Y]. for [over six years|P6Y]. [Over six years ago|2019] it fell.",
        "just [two days|P2D]. barely [two days ago|2025-04-29]. [as many as 10 days|P10D].",
        "in as many weeks. [one to four years|P1Y/P4Y]. [one or four years|PXY].",
        "[between two and three weeks|P2W/P3W]. a [two-to-three-week|P2W/P3W] trip.",
        "[dozens of days|PXD]. [a couple of weeks|P2W]. It could last [two weeks|P2W].",
        # distances
        "[two weeks ago|2025-04-17]. [two days|P2D] before the vote.",
        "[two days before|2025-04-29]. [two hours|PT2H] before. [a few days ago|PAST_REF].",
        "[a few days from now|FUTURE_REF]. [two days from now|2025-05-03]. [two hours from now|].",
        "[two years hence|2027]. [half a year ago|2024-11]. [half a decade ago|2020].",
        "[one and a half years ago|2023-11]. [two fortnights ago|2025-04-03].",
        "[two quarters ago|2024-11]. [two centuries ago|1825].",
        "[two and a half weeks ago|2025-04-14]. [a year or so ago|2024].",
        "[a year or two ago|PAST_REF]. [a week or two|PXW]. [a week ago Friday|2025-04-25].",
        "[a week ago today|2025-04-24]. [a week ago next Friday|2025-05-02].",
        "[two weeks from May 5|2025-05-19]. [two weeks and a day ago|2025-04-16].",
        "[two days ahead of Easter|2025-04-18]. [two days|P2D] since [Easter|2025-04-20].",
        "[half a year after Easter|2025-10-20]. [30 seconds before noon|2025-05-01T11:59:30].",
        "[two hours before midnight|2025-05-01T22:00].",
        "[two hours before midnight tomorrow|2025-05-02T22:00].",
        "[two hours|PT2H] before [May 5|2025-05-05]. [two weeks|P2W] after [last year|2024].",
        "[few days|PXD] after [Easter|2025-04-20].",
        # relative times
        "He read USA Today [yesterday|2025-04-30]. [the Monday after next|2025-05-12].",
        "the day before next. [the weekend before last|2025-W16-WE]. every now and then.",
        "[right now|PRESENT_REF] it is. [very soon|FUTURE_REF]. too soon to say.",
        "as soon as he left. [as soon as possible|FUTURE_REF]. [most recently|PAST_REF] he sang.",
        "in [recent times|PAST_REF]. in the [recent past|PAST_REF]. the recent vote.",
        "[the other week|PAST_REF]. [these days|PRESENT_REF]. the other month.",
        "at [the moment|PRESENT_REF]. at [present|PRESENT_REF]. at [this moment|PRESENT_REF].",
        "at the moment when she left. at the moment Ann left. [the near future|FUTURE_REF].",
        "in [future|FUTURE_REF]. the future king. [the future|FUTURE_REF] of the king.",
        "[overnight|2025-04-30TNI]. [this past spring|2024-SP]. past [November|2024-11].",
        "said that [Monday|2025-04-28]'s vote. “[This Week|2025-W18]” said.",
        "in [this week|2025-W18]'s vote. [the latest period|2025-Q1]. the next period.",
        "[last night|2025-04-30TNI]. last morning. past night. the coming evening.",
        "[last June|2024-06]. [this June|2025-06]. [next June|2025-06].",
        "[next Christmas|2025-12-25]. [last Christmas|2024-12-25]. [last Tuesday|2025-04-22].",
        "[this Tuesday|2025-05-06]. [next Tuesday|2025-05-06]. [this coming Tuesday|2025-05-06].",
        "[this weekend|2025-W18-WE]. [the coming weekend|2025-W18-WE]. [last weekend|2025-W17-WE].",
        "this season. the last minute. [the next minute|PT1M]. [the last hour|PT1H]. this hour.",
        "[the last millennium|P1000Y]. [the past year|P1Y]. [coming year|2026].",
        "[the last century|P100Y]. [the past quarter|2025-Q1]. [the past weekend|2025-W17-WE].",
        "the last day. the latest day. [the previous day|2025-04-30].",
        "[the past day|2025-04-30]. [this century|20]. [the next decade|P10Y].",
        "[the last year or so|P1Y].",
        # the week, the quarter
        "[the full year|2025]. [the fiscal quarter|2025-Q2]. the [quarter-century|P25Y].",
        "[the year ahead|P1Y]. in [the year|P1Y] since. the quarter of all voters.",
        "[the quarter of the year|2025-Q1].",
        "[the quarter|2024-Q1] ended [March 31, 2024|2024-03-31].",
        "[the quarter|2023-Q4] ended [Jan. 31, 2024|2024-01-31].",
        "in [the year|P1Y] to [March|2025-03]. [the week|2025-W14] ended [March 31|2025-03-31].",
        "the Week in Rome. in the day. by [the day|2025-05-01]. on [the weekend|2025-W18-WE].",
        "[last year's quarter|2024-Q1]. [next year's quarter|2026-Q1].",
        "[end of day tomorrow|2025-05-02]. [month-to-date|2025-05/2025-05-01].",
        "[quarter to date|2025-Q2/2025-05-01]. the day before the vote.",
        "[the night before|2025-04-30TNI]. [the week after|2025-W19].",
        "[the month after|2025-06], it fell. [month's end|2025-05]. month-end. [mid-year|2025].",
        "mid-month. [the week's end|2025-W18].",
        # clock times
        "at [noon|2025-05-01T12:00]. at [12 noon|2025-05-01T12:00]. at 11 [noon|2025-05-01T12:00].",
        "[8 tonight|2025-05-01T20:00]. at [1500 hours|2025-05-01T15:00].",
        "[0730 hours|2025-05-01T07:30]. [1500 hours|PT1500H]. [about 1500 hours|PT1500H].",
        "at [7.30|2025-05-01T07:30]. by [1730|1730]. by 1730 men. from 7.30. 2460 GMT. 2560 GMT.",
        "[ten thirty pm|2025-05-01T22:30]. at [ten thirty|2025-05-01T10:30].",
        "at [ten thirty|2025-05-01T10:30] men. at ten five. with [6:42|PT6M42S] left.",
        "with [6:00|PT6M] left. [6:42|PT6M42S] to go. the [6:42|2025-05-01T06:42] left.",
        "by [6:42|2025-05-01T06:42] left. in 4:05. in 0:00:00.",
        "at [12 in the night|2025-05-01T00:00]. at [2 in the night|2025-05-01T02:00].",
        "at [8 in the night|2025-05-01T20:00]. at [13:00 in the evening|2025-05-01T13:00].",
        "at [8 this evening|2025-05-01T20:00]. [half past noon|2025-05-01T12:30].",
        "[20 minutes before noon|2025-05-01T11:40]. ten to three.",
        "at [ten to three|2025-05-01T02:50]. [quarter past seven pm|2025-05-01T19:15].",
        "sixty past four. 20 men before [noon|2025-05-01T12:00].",
        "[a half past one o'clock|2025-05-01T01:30]. 13 pm. 1/2 pm. [24:00|2025-05-01T24:00].",
        "at 24 [tomorrow|2025-05-02].",
        "at [0:30|2025-05-01T00:30]. [tonight 8|2025-05-01T20:00].",
        "[tomorrow after seven|2025-05-02T07:00]. at 5 men. at 13 [tomorrow|2025-05-02].",
        "from [9 to noon|T09:00/T12:00]. between [10:30 and 12|T10:30/T12:00]. from 11 to 1.",
        "from [6:30 pm to 9|T18:30/T21:00]. from [10 pm to 6|T22:00/T06:00].",
        "from [9 am to 5|T09:00/T17:00]. from [7am to 3 in the afternoon|T07:00/T15:00].",
        "from [5 to 7 in the evening|T17:00/T19:00]. from [10:30|2025-05-01T10:30] to 12 men.",
        "[9:30|T09:30]-[17:45|T17:45]. [9:30 am|T09:30] to [5:30 pm|T17:30].",
        "from [noon to 3|T12:00/T15:00]. from [midnight|T00:00] to [noon|T12:00].",
        "from [eight to ten pm|T20:00/T22:00]. at [9 a.m. local time|2025-05-01T09:00].",
        "at [9 a.m. Eastern|2025-05-01T09:00]. at [9 a.m. Eastern Daylight Time|2025-05-01T09:00].",
        "at [9 a.m.|2025-05-01T09:00] Eastern Airlines left. [17:30 GMT + 2|2025-05-01T17:30].",
        "at [9 a.m. Moscow time|2025-05-01T09:00]. at [9 a.m.|2025-05-01T09:00] Rome.",
        "[the early hours of Monday|2025-04-28TMO]. the late hours.",
        # sets
        "[Daily|P1D] we rise. [Weekly|P1W] sales rose. the LA Weekly. [every half hour|PT30M].",
        "[every other Monday|XXXX-WXX-1]. [every weekday night|XXXX-WXX-XXTNI].",
        "[every May 5|XXXX-05-05]. [every 5th of May|XXXX-05-05]. [every May 32|XXXX-05].",
        "[every third day|P3D]. [every first Monday|XXXX-WXX-1]. [every few days|PXD].",
        "[every summer|XXXX-SU]. [every night|XXXX-XX-XXTNI]. [every weekend|XXXX-WXX-WE].",
        "[every quarter|P3M]. every 0 [days|PXD]. [the fifteenth of every month|XXXX-XX-15].",
        "[every month on the 15th|XXXX-XX-15]. the 32nd of [every month|P1M].",
        "the 15th of [every year|P1Y]. [weekends|XXXX-WXX-WE]. [weekday mornings|XXXX-WXX-XXTMO].",
        "[Sat. nights|XXXX-WXX-6TNI]. twice [a day|P1D]. 10 people [a day|P1D]. ten [a day|P1D].",
        "[every Monday morning at 8|XXXX-WXX-1T08:00].",
        "[every month|P1M] at [noon|2025-05-01T12:00]. [daily|P1D], at [noon|2025-05-01T12:00].",
        # names and numbers
        "[Black Friday|2024-11-29]. Bloody Sunday. the October Revolution.",
        "the Good Friday Agreement. the March on Washington. In [March|2025-03] on the town.",
        "He left in [Mar.|2025-03] Until [Mar.|2025-03] he left. [Sept|2025-09] was wet. 1999°.",
        "room 2016. No 2016. 1812 Elm Street. a poll of 2012 registered voters.",
        "a poll of 2012 Registered voters. pre-[2014|2014] and [mid-2014|2014]. the-2014 it.",
        "2014 homes. its [2014|2014] homes. [2012|2012] and [2014|2014] homes. In [1066|1066].",
        "1066 was. 2101. of 1700. in [1700|1700]. of [1701|1701]. in 2000 - 2500 calories.",
        "in [2000|2000] - [2050|2050]. a fatal [2012|2012] raid. fatal 2012 raid. Fatal 2012 raid.",
        "[2008|2008] run. sad [2008|2008] when. sad [2000|2000] when. the sad 2000 raid.",
        "won 2008 gold.",
        # parts of the day and of the year
        "by [morning|2025-05-01TMO]. [morning|2025-05-01TMO] trading. good morning.",
        "the morning sun. at night. during [the night|2025-05-01TNI].",
        "through [the night|2025-05-01TNI]. by night. the fall of the wall. in [fall|2025-FA].",
        "in [spring|2025-SP] it rained. for [spring|2025-SP] and [summer|2025-SU].",
        "[the day|2025-05-01]'s trading. by [the day|2025-05-01]. at the end of the day.",
        "[the rest of the day|2025-05-01].",
        # ranges and lists
        "from [May|2025-05] to [July|2025-07]. [Monday|2025-04-28] — [Friday|2025-05-02].",
        "from [1995|1995] to [now|PRESENT_REF]. from [next May|2026-05] to [July|2026-07].",
        "from [spring to autumn 2024|2024-SP/2024-FA].",
        "between [May 5 and July 7, 2024|2024-05-05/2024-07-07].",
        "[May 3|2025-05-03] and [4|2025-05-04].",
        "[May 3|2025-05-03], [4|2025-05-04] and [5|2025-05-05]. [May 3|2025-05-03] and 4 people.",
        "[May 3|2025-05-03] and 2. [May 3|2025-05-03] and 32.",
        "[May 3|2025-05-03], [5|2025-05-05] or [9|2025-05-09] in Rome.",
        "[May 3-4|2025-05-03/2025-05-04] and 5.",
        # parts of a period
        "[the last Friday in May|2025-05-30]. the full [first week of May|2025-W18].",
        "[the final week of 2023|2023-W52]. [the fifth week of May|2025-W22].",
        "[the sixth week of May|]. the first week [May|2025-05] was in office.",
        "[the second half of next month|2025-06]. the half of [May|2025-05].",
        "the second half in [May|2025-05]. the second half of [May 5|2025-05-05].",
        "[the second half of the '80s|198]. [the second half of the 19th century|18].",
        "[week beginning May 5|2025-W19]. [the week|2025-W19] ending [May 5|2025-05-05].",
        "[the last week of last month|2025-W17].",
        "[the last day of the month|2025-05-31]. the first hour of [May|2025-05].",
        "[the first month of last year|2024-01]. [the week of Easter|2025-W16].",
        "[the first two weeks of May|2025-W18/2025-W19].",
        "[the last three months of 2018|2018-10/2018-12].",
        "[the first two weeks|P2W] before [May|2025-05].",
        "[the last two days|P2D] of [May 5|2025-05-05].",
        "[the first two hours|PT2H] of [May|2025-05].",
        "[the last two days of next week|2025-05-10/2025-05-11].",
        "[the first few days|PXD] of [May|2025-05]. [the 3rd of next month|2025-06-03].",
        "[4 to 22 this month|2025-05-04/2025-05-22].",
        "[the 4th and 5th of last month|2025-04-04/2025-04-05].",
        "the 22 to 4 of [this month|2025-05]. 40 to 50 [this month|2025-05].",
        "the 32nd of [next month|2025-06]. [the first Monday after May 5|2025-05-12].",
        "the second day after [May 5|2025-05-05]. [the week before May 5|2025-W18].",
        "the day after [Thursday|2025-05-01]'s vote. [the month after May 5|2025-06].",
        "[the quarter|2025-Q1] after [May 5|2025-05-05].",
        "[the weekend after Christmas|2025-W01-WE]. the day after [May|2025-05].",
        "[the day after May 5 at noon|2025-05-06T12:00].",
        # neighbours
        "[two hours, 30 minutes|PT2H30M]. [two hours|PT2H] and [30 seconds|PT30S].",
        "[two years|P2Y] and [30 minutes|PT30M]. [two years|P2Y], [two weeks|P2W].",
        "[two years and three months|P2Y3M]. [two weeks|P2W] and [half a day|P0.5D].",
        "[two weeks|P2W] and [months|PXM]. [1.5 hours|PT1H30M] and [ten minutes|PT10M].",
        "[10:00 in the evening|2025-05-01T22:00]. [10:00|2025-05-01T10:00], evening.",
        "[this evening 8:30|2025-05-01T20:30]. [Tuesday night at 12|2025-04-29T00:00].",
        "[9 a.m. of Monday|2025-04-28T09:00]. [9 a.m., Monday|2025-04-28T09:00].",
        "good night [Tuesday|2025-04-29]. [the night Tuesday|2025-04-29TNI].",
        "[May 5 in the morning|2025-05-05TMO]. [May 5|2025-05-05] of [the morning|2025-05-05TMO].",
        "[Monday morning|2025-04-28TMO] at night. [Monday|2025-04-28] of [May 5|2025-05-05].",
        "[Monday|2025-04-28], [May|2025-05].",
        "[the same period in 2014|2014-Q1]. [March, 2014|2014-03].",
        "in [March of last year|2024-03].",
        "[this quarter of last year|2024-Q1]. [Easter last year|2024-03-31].",
        "[next year in May|2026-05]. [next year's May|2026-05].",
        "[next year|2026] in [spring|2025-SP].",
        "[2018 Jan.|2018-01]",
        "[2018 spring|2018-SP]. [2018|2018] [Jan 5|2025-01-05]. [next month, the 5th|2025-06-05].",
        "[Monday from next week|2025-05-05]. [Monday|2025-04-28] in [next week|2025-W19].",
        "[next week's Monday|2025-05-05]. [next week|2025-W19], [Monday|2025-04-28].",
        "[next week|2025-W19] [May 5|2025-05-05]. [early in May|2025-05].",
        "[early on Monday|2025-04-28].",
        "[late that night|]. [earlier this month|2025-04]. about [May 5|2025-05-05].",
        "[around May 5|2025-05-05].",
        "[about 5 p.m.|2025-05-01T17:00]. [the middle of the month|2025-05].",
        "at [the end of 2000|2000]. the end of 2000 men. the [early 2000|2000].",
        "[early next week|2025-W19]. [tomorrow 9 to 10:30|2025-05-02T09:00/2025-05-02T10:30].",
        # beside other times of the text
        "The debt stood at $6bn at [June 30, 2023|2023-06-30], double the level of "
        "[two years earlier|2021].",
        "The debt stood at $6bn at [June 30, 2023|2023-06-30]. It was double "
        "[two years earlier|2021].",
        "In [the first quarter of 2023|2023-Q1] it rose, and at [June 30, 2022|2022-06-30] "
        "it was double the level of [two years earlier|2021-Q1].",
        "In [the second quarter|2025-Q2] it rose 5% from [a year ago|2024-Q2].",
        "In [the second quarter|2025-Q2] it rose 5%. [A year ago|2024] it fell.",
        "It met on [Tuesday|2025-04-29] ([20:00 BST|2025-04-29T20:00]).",
        "On [April 14, 2024|2024-04-14] they lost. They meet at [8 pm|2024-04-14T20:00].",
        "They met on [May 3, 2024 at noon|2024-05-03T12:00] and left at [5 pm|2024-05-03T17:00].",
        "In '05 and [the '20s|202] and [the '30s|193]",
        "[the '80s|198] and [the '10s|201]",
        "On [May 3, 2024|2024-05-03] it broke; [that night|2024-05-03TNI] they slept.",
        "In [May 2010|2010-05] he came; [200 years later|] he left.",
        "In [May 2010|2010-05] he came; [nine years later|2019-05] he left.",
        "In [nine months|P9M] it lost $2m; in [the same period of 2023|P9M] $1m.",
        "In [the first quarter of 2023|2023-Q1] it lost; in "
        "[the same quarter of 2021|2021-Q1] it won.",
        "In [the quarter|2025-Q1] it won; in [the second quarter of 2023|2023-Q2] it lost; "
        "[the quarter|2023-Q2] was bad.",
        "from [December 20|2024-12-20] to [January 3|2025-01-03]",
        "from [Monday|2025-04-28] to [Wednesday|2025-04-30]",
        "from [November to January 2018|2017-11/2018-01]",
        "[tomorrow from 10 p.m. to 6 a.m.|2025-05-02T22:00/2025-05-03T06:00]",
        "from [the 5th to the 7th of May|2025-05-05/2025-05-07]",
        "[Ramadan night|]",
        "[Christmas morning|2024-12-25TMO]",
        "[Christmas at noon|2024-12-25T12:00]",
        "[the week of Christmas 2024|2024-W52]",
        "[Easter weekend|2025-W16-WE]",
        "[Christmas weekend|2024-W52-WE]",
        "[New Year's Eve weekend|2024-W52-WE]",
        "[the day after Ramadan|2025-03-31]",
        "[the week after Ramadan|2025-W14]",
        "[two days before Ramadan|2025-02-27]",
        "[two days after Ramadan|2025-04-01]",
        "[Eid al-Fitr 2024|2024-04-10~]",
        "[next Easter|2026-04-05]",
        "[February 29|]",
        "[February 29, 2023|]",
        "[Black Friday 2023|2023-11-24]",
        "[two days after tomorrow|2025-05-04]",
        "[two weeks after Christmas 2024|2025-01-08]",
        "[the second Monday before Christmas 2024|2024-12-16]",
        "[30 hours ago|2025-04-30]",
        "[24 hours ago|2025-04-30]",
        "[23 hours ago|]",
        "[two million hours ago|]",
        "[90 minutes ago|]",
    ],
)
def test_phrases_that_are_times_and_others_that_only_look_like_them(marked: str) -> None:
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
    ("tense", "marked"),
    [
        (
            -1,
            "In [May 2001|2001-05] it rose. In [July|2001-07] it fell. In [March|2002-03] it rose.",
        ),
        (-1, "In [May 2001|2001-05] it rose.\nIn [July|2024-07] it fell."),
        (-1, "In [May 2001|2001-05] it rose. [Last July|2024-07] it fell."),
        (
            -1,
            "On [May 3, 2001|2001-05-03] it rose. On [July 4|2001-07-04] it fell, on "
            "[April 4|2002-04-04] it rose.",
        ),
        (-1, "In [May 2024|2024-05] it rose. In [July|2024-07] it fell."),
        (-1, "In [May 2024|2024-05] it rose. In [March|2025-03] it rose."),
        (-1, "[the weekend|2025-W17-WE]"),
        (-1, "[this weekend|2025-W17-WE]"),
        (-1, "on [the 9th|2025-04-09]"),
        (-1, "[Friday the 9th|2025-05-09]"),
        (-1, "[this Friday|2025-04-25]"),
        (-1, "[Thursday|2025-05-01]"),
        (-1, "[next weekend|2025-W19-WE]"),
        (-1, "on [December 24|2024-12-24]"),
        (-1, "on [Christmas|2024-12-25]"),
        (-1, "in [spring|2025-SP]"),
        (-1, "in [the second quarter|2025-Q2]"),
        (-1, "[this evening|2025-05-01TEV]"),
        (-1, "It met [Monday|2025-04-28]; [later Monday|2025-04-28] it left"),
        (1, "In [May 2001|2001-05] it rose. In [July|2025-07] it fell."),
        (1, "[the weekend|2025-W18-WE]"),
        (1, "[this weekend|2025-W18-WE]"),
        (1, "on [the 9th|2025-05-09]"),
        (1, "on [the 1st|2025-05-01]"),
        (1, "[Friday the 9th|2025-05-09]"),
        (1, "[this Friday|2025-05-02]"),
        (1, "[Thursday|2025-05-01]"),
        (1, "[Wednesday|2025-05-07]"),
        (1, "It met [Monday|2025-05-05]; [later Monday|2025-05-05] it left"),
        (1, "on [December 24|2025-12-24]"),
        (1, "in [spring|2025-SP]"),
        (1, "on [April 5|2026-04-05]"),
        (0, "[the weekend|2025-W18-WE]"),
        (0, "[this weekend|2025-W18-WE]"),
        (0, "on [the 9th|2025-05-09]"),
        (0, "on [the 30th|2025-05-30]"),
        (0, "on [the 31st|2025-05-31]"),
        (0, "[this Friday|2025-05-02]"),
    ],
)
def test_the_tense_decides_which_day_month_and_year_is_meant(tense: int, marked: str) -> None:
    text, wanted = unmark(marked)
    times = timex.find(text, THURSDAY, judge=Told(tense))
    assert [(text[t.start : t.end], t.value) for t in times] == wanted


@pytest.mark.parametrize(
    "marked",
    [
        "[the '80s|198] and [the '10s|201] and [the '20s|202]",
        "on [Friday at 5 pm|]",
        "at [5 pm|T17:00]",
        "[the '30s|193]",
        "[May 5|]",
        "in [May|]",
        "[two hours ago|]",
        "[Easter|]",
        "[Easter 2024|2024-03-31]",
        "on [the 9th|]",
        "[this morning|]",
        "[the weekend|]",
        "In [2010|2010] it paid; [the year before|2009], nothing.",
        "On [May 3, 2019|2019-05-03] it rose; at [5 pm|2019-05-03T17:00] it fell.",
        "It rose at [5 pm on May 3, 2019|2019-05-03T17:00] and at [6 pm|2019-05-03T18:00].",
    ],
)
def test_times_in_a_text_without_a_day_of_publication(marked: str) -> None:
    text, wanted = unmark(marked)
    assert found(text, None) == wanted


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
