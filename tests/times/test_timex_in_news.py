"""News sentences with their times: each one is a regression test.

The article is of Wednesday, 20 March 2024; nothing is known of the tense.
"""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.times.timex import find
from tests.times.timexes import unmark

PUBLISHED = date(2024, 3, 20)

DAYS = [
    "The ship, due on [Tuesday, 19 March|2024-03-19], is late.",
    "They marched on Super Tuesday and shopped on [Black Friday|2023-11-24].",
    "Jams on [Labor Day weekend 2023|2023-W35-WE] and over [Thanksgiving weekend|2023-W47-WE].",
    "The [May Day|2024-05-01] parade is off.",
    "Turnout on [Election Day 2016|2016-11-08] was low.",
    "[The first week of March|2024-W10] was dry, [the last week of 2023|2023-W52] wet.",
    "The board sits on [the second Tuesday of May|2024-05-14].",
    "Fans queued in [the week of March 4|2024-W10].",
    "He came on [the last Friday in May|2024-05-31].",
    "It falls on [the last day of March|2024-03-31], not on [the first day of spring|].",
    "They struck over [the weekend of 9-10 March|2024-W10-WE].",
    "It rained all through [the month of May|2024-05].",
    "The shop is open from [Monday|2024-03-18] to [Friday|2024-03-22].",
    "The talks ran from [March 13|2024-03-13] through [Sunday|2024-03-17].",
    "By [the end of the day Saturday|2024-03-16] it was gone.",
    "He never saw [the middle of April|2024-04], only [the second half of the month|2024-04].",
    "They left [around March 5|2024-03-05], [sometime in March|2024-03] at any rate.",
    "She had called the bank [the day before|2024-03-19] at a fair in Rome.",
    "They met only [the other day|PAST_REF], and not in [those days|PAST_REF].",
    "On [March 3|2024-03-03] and [4|2024-03-04] it rained; on [May 5|2024-05-05] and 9 men left.",
    "Since the [Sept. 11|2001-09-11] attacks and the [September 11|2001-09-11] terror attacks",
    "After [9/11|2001-09-11] they fled; since [Sept. 11|2001-09-11] they have not met.",
    "The [Sept. 11|2023-09-11] attack in Rome, and [Sept. 11|2023-09-11] itself",
    "Oil for [April|2024-04] delivery, copper for [March|2024-03] and [May|2024-05] settlement",
    "The [April|2024-04] natural gas contract rose; [May|2024-05] wheat futures fell.",
    "They met [Tuesday night, March 12|2024-03-12TNI], and on [Friday-night|2024-03-15TNI] trains.",
    "She was seen one [Sunday|XXXX-WXX-7] in [late 2001|2001], and on a [Friday|XXXX-WXX-5].",
    "He made his case in a [Monday|2024-03-18] interview.",
    "[The day|2024-03-20]'s trading ended; by [week's end|2024-W12] all was sold.",
    "He left on [March 3|2024-03-03]; [that same day|2024-03-03] she came.",
    "They party on [Fourth of July weekend|2024-W27-WE] and had a good night [Tuesday|2024-03-19].",
]

LAPS = [
    "He lapped it in [1 minute 18.792 seconds|PT1M18.792S], she in [2 hours 3 minutes|PT2H3M].",
]

YEARS = [
    "It sold less than [last year|2023]. Debt was at $6 at [March 3|2024-03-03], up from $2 "
    "[two years earlier|2022].",
    "Profit rose in [the fourth quarter|2023-Q4]. On [March 3|2024-03-03] it said that it was $2 "
    "[a year earlier|2022-Q4].",
    "[Fourth-quarter|2023-Q4] sales rose from [a year earlier|2022-Q4] and will in "
    "[the first half of next year|2025-H1]; [the quarter|2023-Q4] ended with cash.",
    "Speakers at the [2004|2004] and [2008|2008] conventions agreed.",
    "Arrests fell in [the 2015 fiscal year|2015] and in [fiscal year 2016|2016].",
    "Fees rise in [the 2024-2025 school year|2024/2025] and [the 2023 season|2023].",
    "[2023's first quarter|2023-Q1] was good, [the year's first quarter|2023-Q1] is not.",
    "Since [1948|1948]'s founding the club has moved twice.",
    "Germany in [the '30s|193] and Britain in [the ‘90s|199] knew it.",
    "It sold [the last half of the '80s|198] as a golden age.",
    "By [the end of the decade|202] it will be dry.",
    "He worked for 21st Century Fox in [the 21st century|20].",
    "Sales rose [sometime next year|2025] at the latest.",
    "Before the fatal [2012|2012] raid and her failed [2008|2008] run, in [2003|2003]-[2016|2016],",
    "In [the 19th|18] and [20th centuries|19], [the late 19th|18] and [early 20th century|19]",
    "It was the deal of [the century|20] at [the turn of the century|20].",
    "He left [the year before last|2022], she [the week before last|2024-W10].",
    "He leads [this year|2024], as in [the previous year|2023] and [the year before|2022].",
]

QUARTERS = [
    "[First-half|2024-H1] profit may fall by [mid-year|2024]; the first-half whistle blew.",
    "Its [fourth-quarter|2023-Q4] loss widened; the [fiscal second-quarter|2024-Q2] one did not.",
    "Sales in [the quarter|2023-Q4] ended [Dec. 31|2023-12-31] rose from [a year earlier|2022-Q4].",
    "Prices rose by 3% in [February|2024-02], from 2% [a year ago|2023-02].",
    "Sales grew 5% in [the fourth quarter|2023-Q4] from 8.3 percent [a year ago|2022-Q4].",
    "It earned $2 in [January|2024-01], down from [the same month last year|2023-01].",
    "In [the same month of 2011|] it earned nothing.",
    "It lost $2m in [nine months|P9M], against $1m in [the 2014 quarter|2014-Q4].",
    "It lost $2m in [the first nine months|P9M], against $1m in [the same period in 2014|P9M].",
    "It lost $2m in [January|2024-01], against $1m in [the same period in 2014|2014-01].",
    "In [the year|P1Y] to [March|2024-03] it grew 10 percent more than [a year earlier|2023-03].",
    "It raised $12m in [February|2024-02] and spent $17m over the course of [the month|2024-02].",
    "Claims rose in [the week|2024-W10] ending [March 9|2024-03-09].",
    "It spent $74 million more than [a year ago|2023].",
    "They cut [year-end|2024] bonuses by [the year's end|2024].",
]

ANAPHORA = [
    "It broke on [March 3, 2021|2021-03-03]; [the next morning|2021-03-04TMO] it was mended.",
    "It broke on [March 3, 2021|2021-03-03]; [that night|2021-03-03TNI] nobody slept.",
    "Nobody slept [that night|] or [the next day|]; [two years later|] they did.",
    "It opened in [May 2019|2019-05] and shut by [the end of the year|2019].",
    "In [June 2019|2019-06] it shut; [the following month|2019-07] it reopened.",
    "It won in [the summer of 2012|2012-SU] and lost [that year|2012] all the same.",
    "[Hours|PTXH] later, and [weeks|PXW] later, it failed.",
    "In [March|2024-03] it stood, [more than 200 years later|].",
    "They met in [May|2024-05]; [a month earlier|2024-04] — in vain — they had phoned.",
]

LENGTHS = [
    "An [81-year-old|P81Y] man and his [5-month-old|P5M] dog, both [more than 2 years old|P2Y],",
    "A [week-old|P1W] truce ends [decades-long|PXDE], [centuries-old|PXCE] rows.",
    "He sat [two hours and 30 minutes|PT2H30M], she [3 years, 2 months|P3Y2M], I [an hour|PT1H].",
    "The [quarter-century-old|P25Y] band has played for [a quarter of a century|P25Y].",
    "In [the last half-century|P50Y] it fell; [half a century ago|1974] it was great.",
    "It is expected to last [six to eight weeks|P6W/P8W].",
    "[These past few weeks|PXW] and [the two previous years|P2Y] were hard.",
    "In [the days|PXD] after it, over [the years|PXY], in [the weeks ahead|PXW], they wept.",
    "Stocks fell in [minutes|PTXM], within [seconds|PTXS], after [the first hours|PTXH].",
    "It took [no more than sixty days|P60D], [at least the past 18 months|P18M] of it idle.",
    "They ruled for [a three-year period|P3Y].",
    "[Two-and-a-half years ago|2021-09] and [over two years ago|2022] it was new.",
    "Both [three-year-olds|P3Y] slept all of post-[2014|2014] Ukraine.",
    "[Some 20 years ago|2004], [well over a year ago|2023], it stood.",
    "He waited [weeks or months|PXW] for [a little more than an hour|PT1H].",
    "Some quarters want a quarter of it.",
    "He drove a Century speedboat.",
    "The minutes of the meeting came out.",
    "He ran for [3 years, 2 months, 14 days and 16 hours|P3Y2M14DT16H].",
    "It was built over [more than a decade|P10Y].",
    "[Years|PXY] of war and [months|PXM] of talks have failed. [Decades|PXDE] of it have.",
    "It snowed for [a third straight day|P3D], and [two days in a row|P2D].",
    "It fell [the second month in a row|P2M].",
    "The strike entered [its third week|P3W]; they searched for [a second day|P2D].",
    "On a second day he came, in a third year he left.",
    "It rained [all day|P1D], and they talked [all year long|P1Y] of all day passes.",
    "He worked [35-plus hours|PT35H], or [10 years or less|P10Y], or [upwards of 9 days|P9D].",
    "It took [close to 20 years|P20Y] to put an end to [two years|P2Y] of war.",
    "A [45-second|PT45S] ad ran, and [another month|P1M] went by.",
    "In [the closing days|PXD] of the race, [the last week or two|PXW], [their final days|PXD],",
    "He left [a few months back|PAST_REF], she [ten years back|2014].",
    "They spent [two weeks|P2W] back home.",
    "It pays in [the near term|FUTURE_REF], over [the long term|FUTURE_REF]; the short term pain",
    "The film 13 Hours is based on the book 13 Hours.",
    "Held for [13 Hours|PT13H] Without Charge",
    "A [4½-year|P4Y6M] term, [4½ years|P4Y6M], [as many as 10 hours|PT10H],",
    "In [the year ahead|P1Y] it will rise; in [the month|P1M] since, it fell.",
    "They rioted for [three straight nights|P3D], having met [two nights ago|2024-03-18].",
    "They rang [all summer|P1SE], on mornings that were cold, two mornings.",
    "In a year when all fell, on a day that saw rain, he gave [a year|P1Y] of it.",
]

CLOCKS = [
    "The quake struck at [0900 GMT|2024-03-20T09:00] ([10:30 local time|2024-03-20T10:30]).",
    "It closed at [4:05 p.m. Eastern time|2024-03-20T16:05].",
    "They dined at [3 o'clock in the morning|2024-03-20T03:00].",
    "They dined at [10:30 in the evening|2024-03-20T22:30].",
    "The lights go out at [9:01 p.m. Pacific time Monday|2024-03-18T21:01].",
    "It burnt in [the early hours of Monday|2024-03-18TMO].",
    "It burnt out at [11:30 Tuesday night|2024-03-19T23:30].",
    "In [the early morning hours of Monday|2024-03-18TMO], [the wee hours of Friday|2024-03-15TMO]",
    "It began at [noon EDT|2024-03-20T12:00].",
    "Come at [10:00 on Tuesday morning|2024-03-19T10:00].",
    "It began on [Friday at around 10 p.m.|2024-03-15T22:00].",
    "Throughout [the night|2024-03-20TNI] they sang.",
    "They fled at dawn [Sunday|2024-03-17], or at dusk on [Friday|2024-03-15].",
    "They fast from dawn until sunset, and eat at night.",
    "By [morning|2024-03-20TMO] it was gone; it rose in [afternoon|2024-03-20TAF] trading.",
    "It opens at [8 in the morning|2024-03-20T08:00], not for 8 in the south.",
    "It shut at [10 in the evening on Friday|2024-03-15T22:00].",
    "They debate at [9 p.m. Eastern|2024-03-20T21:00], [7 p.m. Pacific time|2024-03-20T19:00].",
    "She won in 4:05, he in [2:05:30|PT2H5M30S].",
]

SETS = [
    "It runs [every other day|P2D] and [every single week|P1W].",
    "They pray [every Monday morning|XXXX-WXX-1TMO].",
    "They vote [every second year|P2Y], but the third time in as many weeks is new.",
    "He does it once [a week|P1W], not at once, and once again.",
    "The [quadrennial|P4Y] ball and the [semiannual|P6M] fair",
]

REFERENCES = [
    "In [recent times|PAST_REF] they fled at the last minute, he told ABC's This Week.",
    "It is [right now|PRESENT_REF] [most recently|PAST_REF] seen, [very soon|FUTURE_REF] gone.",
    "[Someday|FUTURE_REF] it will rain.",
    "Reply [as soon as possible|FUTURE_REF]; as soon as you can is too soon.",
    "At [the moment|PRESENT_REF], and at [present|PRESENT_REF], none does.",
    "At the moment of truth he fled; at the moment Smith left he wept.",
    "In [the very near future|FUTURE_REF], in [future|FUTURE_REF], it may [one day|FUTURE_REF].",
    "It was [not so long ago|PAST_REF], [a while ago|PAST_REF], [a long time ago|PAST_REF].",
]

NOT_TIMES = [
    "She looks past [November|2023-11] already.",
    "He spoke at the March on Washington.",
    "In [the third century B.C.|BC02] they built it.",
    "She won the quarter of all votes that were young.",
    "It used 1500 of an average of 1500; some need about 2000 - 2500 calories.",
    "It rose 2019% in all, to €2025.",
    "The Winter Carnival of Magic is on, says USA TODAY.",
    "On Inauguration Days it rains.",
    "The fall of the wall, the summer of love, Bloody Sunday and the Sunday Times",
    "Flight 2013 landed in room 2012 during the second quarter of the game.",
    "They fought the Thirty Years' War and the Six-Day War.",
    "The Good Friday Agreement, the October Revolution, Black September",
    "A poll of 2047 registered voters lay at 1812 Elm Street.",
]


@pytest.mark.parametrize(
    "marked",
    [
        *DAYS,
        *LAPS,
        *YEARS,
        *QUARTERS,
        *ANAPHORA,
        *LENGTHS,
        *CLOCKS,
        *SETS,
        *REFERENCES,
        *NOT_TIMES,
    ],
)
def test_times_in_news(marked: str) -> None:
    text, wanted = unmark(marked)
    assert [(text[t.start : t.end], t.value) for t in find(text, PUBLISHED)] == wanted
