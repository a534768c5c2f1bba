"""Time expressions generated from a grammar, with their expected values.

Each function yields texts with the values that are right, as the parts of the grammar compose:
forms of days × orders × marks × years, units × relative words, parts of periods, distances and
their directions, ranges, clock forms × days, parts of the day, durations, sets. All are read on
`TODAY`, a Monday.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

from dateutil.easter import easter
from dateutil.relativedelta import MO, TH, relativedelta

TODAY = date(2016, 11, 7)
Case = tuple[str, set[str]]
MONTHS = [date(2016, number, 1).strftime("%B") for number in range(1, 13)]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
SHORT = {"January": "Jan", "September": "Sept", "October": "Oct", "December": "Dec."}
WORDS = {1: "first", 2: "second", 5: "fifth", 12: "twelfth", 21: "twenty-first", 30: "thirtieth"}
ENDINGS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
NUMBERS = {1: "one", 2: "two", 3: "three", 5: "five", 12: "twelve", 20: "twenty", 45: "forty-five"}


def nth(day: int) -> str:
    return f"{day}{ENDINGS.get(day, 'th')}"


def near(month: int, day: int | None = None) -> set[str]:
    """Return the readings of a date without a year, in the past and in the future."""
    end = "" if day is None else f"-{day:02}"
    return {f"{year}-{month:02}{end}" for year in (2015, 2016, 2017)}


def single_days() -> Iterator[Case]:
    """Days of months in words and numbers."""
    for (number, month), day in product(enumerate(MONTHS, 1), (1, 2, 5, 12, 21, 30)):
        if (number, day) == (2, 30):
            continue
        names = [month, *([SHORT[month]] if month in SHORT else [])]
        forms = [str(day), nth(day), *([f"{day:02}"] if day < 10 else [])]
        for name, form in product(names, forms):
            bare = [f"{name} {form}", f"{form} {name}", f"the {nth(day)} of {name}"]
            bare += [
                f"{name.rstrip('.')}/{day}",
                f"{day}-{name.rstrip('.')}",
                f"{name} the {nth(day)}",
            ]
            for text in bare:
                yield f"on {text}", near(number, day)
            whole = {f"2018-{number:02}-{day:02}"}
            yield f"on {name} {form}, 2018", whole
            yield f"on {name} {form} 2018", whole
            yield f"on {form} {name} 2018", whole
            yield f"on {form} of {name}, 2018", whole
            yield f"on {day}-{name.rstrip('.')}-2018", whole
        yield f"on the {WORDS[day]} of {month}", near(number, day)
        yield f"on {month} {WORDS[day]}, 2018", {f"2018-{number:02}-{day:02}"}
        if day > 12:
            whole = {f"2018-{number:02}-{day:02}"}
            for mark in "/-":
                yield f"on {number}{mark}{day}{mark}2018", whole
                yield f"on {day}{mark}{number}{mark}2018", whole
            yield f"on 2018-{number:02}-{day:02}", whole
            yield f"on 2018/{number}/{day}", whole
            yield f"on {day}.{number}.2018", whole
            yield f"on {number}/{day}", near(number, day)


def weekdays() -> Iterator[Case]:
    for i, name in enumerate(DAYS):
        this_week = TODAY + timedelta(days=i)
        for written in (name, name.lower()):
            yield f"on {written}", {str(this_week + timedelta(weeks=n)) for n in (-1, 0, 1)}
            yield f"this {written}", {str(this_week)}
            yield f"next {written}", {str(this_week + timedelta(weeks=1))}
            yield f"last {written}", {str(this_week - timedelta(weeks=1))}
            yield f"{written} next week", {str(this_week + timedelta(weeks=1))}
            yield f"next week {written}", {str(this_week + timedelta(weeks=1))}
            yield f"{written} of last week", {str(this_week - timedelta(weeks=1))}
            yield f"last week on {written}", {str(this_week - timedelta(weeks=1))}
            yield f"on {written} this week", {str(this_week)}
    for day in (8, 9, 10, 11, 14, 21):
        when = date(2016, 11, day)
        yield f"on {DAYS[when.weekday()]} the {nth(day)}", {str(when)}
        yield f"on {DAYS[when.weekday()]} {nth(day)}", {str(when)}
        yield f"on {DAYS[when.weekday()]}, November {day}", {str(when)}
        yield f"on {DAYS[when.weekday()]} {day} November", {str(when)}
        yield f"on the {nth(day)}", {str(when), str(when - relativedelta(months=1))}


STEP = {"day": "days", "week": "weeks", "month": "months", "year": "years"}


def value(unit: str, day: date) -> str:
    """Return the day, week, month or year that contains a day."""
    iso = day.isocalendar()
    return {
        "day": str(day),
        "week": f"{iso.year}-W{iso.week:02}",
        "weekend": f"{iso.year}-W{iso.week:02}-WE",
        "month": f"{day:%Y-%m}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
        "year": f"{day.year}",
        "decade": f"{day.year // 10}",
        "century": f"{day.year // 100}",
    }[unit]


LENGTH = {"weekend": {"weeks": 1}, "quarter": {"months": 3}, "decade": {"years": 10}}


def relative_units() -> Iterator[Case]:
    for unit in ("week", "weekend", "month", "quarter", "year", "decade"):
        step = relativedelta(**LENGTH.get(unit, {f"{unit}s": 1}))  # type: ignore[arg-type]
        for word, way in (("this", 0), ("next", 1), ("last", -1), ("previous", -1), ("coming", 1)):
            if (word, unit) in {("coming", "decade"), ("coming", "weekend")}:
                continue
            where = {value(unit, TODAY + step * way)}
            the = "the " if word in ("previous", "coming") else ""
            yield f"{the}{word} {unit}", where | {f"P1{unit[0].upper()}"} if the else where
            if unit not in ("weekend", "decade") and not the:
                yield f"early {the}{word} {unit}", where
                yield f"late {the}{word} {unit}", where
                yield f"later {the}{word} {unit}", where
    for unit, step in STEP.items():
        for count in (2, 3, 5, 12):
            for number in (str(count), NUMBERS[count]):
                letter = unit[0].upper()
                for word in ("last", "past", "next", "previous", "coming", "upcoming"):
                    yield f"in the {word} {number} {unit}s", {f"P{count}{letter}"}
                    yield f"{word} {number} {unit}s", {f"P{count}{letter}"}
                near = "day" if unit == "week" else unit
                back = value(near, TODAY - relativedelta(**{step: count}))  # type: ignore[arg-type]
                ahead = value(near, TODAY + relativedelta(**{step: count}))  # type: ignore[arg-type]
                for text in (f"{number} {unit}s ago", f"about {number} {unit}s ago"):
                    yield text, {back}
                for text in (f"{number} {unit}s from now", f"{number} {unit}s hence"):
                    yield text, {ahead}
                days = {"day": "D", "week": "W"}.get(unit)
                for word, way in (("after", 1), ("before", -1), ("from", 1)):
                    for end, off in (("today", 0), ("tomorrow", 1), ("yesterday", -1)):
                        if word == "before" and not days:
                            continue
                        shift = relativedelta(**{step: count * way})  # type: ignore[arg-type]
                        when = TODAY + timedelta(days=off) + shift
                        yield f"{number} {unit}s {word} {end}", {value(unit, when), str(when)}
    yield "the day before yesterday", {"2016-11-05"}
    yield "the day after tomorrow", {"2016-11-09"}
    yield "the week before last", {"2016-W43"}
    yield "the month after next", {"2017-01"}
    for unit in ("week", "month", "year"):
        yield f"the rest of the {unit}", {value(unit, TODAY)}
        yield f"the rest of this {unit}", {value(unit, TODAY)}
        yield f"the end of the {unit}", {value(unit, TODAY)}
        yield (
            f"the end of next {unit}",
            {
                value(unit, TODAY + relativedelta(**{f"{unit}s": 1}))  # type: ignore[arg-type]
            },
        )


def parts_of_periods() -> Iterator[Case]:
    for i, name in ((1, "first"), (2, "second"), (3, "third"), (4, "fourth")):
        for q in (f"the {name} quarter", f"{nth(i)} quarter"):
            yield f"{q} of 2018", {f"2018-Q{i}"}
            yield f"{q} of last year", {f"2015-Q{i}"}
            yield f"{q} of this year", {f"2016-Q{i}"}
            yield f"{q} 2018", {f"2018-Q{i}"}
        yield f"Q{i} 2018", {f"2018-Q{i}"}
        yield f"Q{i} of 2018", {f"2018-Q{i}"}
        yield f"2018 Q{i}", {f"2018-Q{i}"}
    for i, name in ((1, "first"), (2, "second")):
        yield f"the {name} half of 2018", {f"2018-H{i}"}
        yield f"the {name} half of last year", {f"2015-H{i}"}
        yield f"H{i} 2018", {f"2018-H{i}"}
    for season, code in (("spring", "SP"), ("summer", "SU"), ("autumn", "FA"), ("winter", "WI")):
        yield f"the {season} of 2018", {f"2018-{code}"}
        yield f"in {season} 2018", {f"2018-{code}"}
        yield f"{season} of 2018", {f"2018-{code}"}
        for word, years in (("last", (2015, 2016)), ("this", (2016,)), ("next", (2016, 2017))):
            yield f"{word} {season}", {f"{year}-{code}" for year in years}
    for month, name in enumerate(MONTHS, 1):
        yield f"in {name} 2018", {f"2018-{month:02}"}
        yield f"in {name}, 2018", {f"2018-{month:02}"}
        yield f"in {name} of 2018", {f"2018-{month:02}"}
        yield f"in {name} of last year", {f"2015-{month:02}"}
        yield f"in {name} last year", {f"2015-{month:02}"}
        yield (
            f"next {name}",
            {f"{year}-{month:02}" for year in (2016, 2017) if (year, month) > (2016, 11)},
        )
        yield (
            f"last {name}",
            {f"{year}-{month:02}" for year in (2015, 2016) if (year, month) < (2016, 11)},
        )
        for word in ("early", "mid", "late", "the end of", "the beginning of", "the start of"):
            gap = "-" if word == "mid" else " "
            yield f"{word}{gap}{name} 2018", {f"2018-{month:02}"}
    first = date(2018, 10, 1)
    for i, name in ((1, "first"), (2, "second"), (3, "third"), (-1, "last")):
        october = [first + timedelta(days=n) for n in range(31)]
        monday, thursday = (
            [day for day in october if day.weekday() == number][i - 1 if i > 0 else -1]
            for number in (0, 3)
        )
        yield f"the {name} Monday of October 2018", {str(monday)}
        yield f"the {name} Monday in October 2018", {str(monday)}
        week = thursday.isocalendar()
        yield f"the {name} week of October 2018", {f"{week.year}-W{week.week:02}"}
        yield f"{name} week of October 2018", {f"{week.year}-W{week.week:02}"}
    yield "the week of October 15, 2018", {"2018-W42"}
    yield "the week of September 16th", {"2016-W37"}
    yield "the weekend of October 20, 2018", {"2018-W42-WE"}
    yield "the first day of 2018", {"2018-01-01"}
    yield "the last day of October", {"2016-10-31"}
    yield "the first month of 2018", {"2018-01"}
    yield "the last month of 2018", {"2018-12"}
    for form, code in (
        ("the 1990s", "199"), ("the nineties", "199"), ("the '90s", "199"), ("the 1800s", "18"),
        ("the 20th century", "19"), ("the twentieth century", "19"), ("the 21st century", "20"),
        ("the twenty-first century", "20"),
    ):  # fmt: skip
        yield f"in {form}", {code}
        yield f"in the early {form.removeprefix('the ')}", {code}
    for day in (3, 22):
        for word, month in (("this", 11), ("next", 12), ("last", 10)):
            yield f"on the {nth(day)} of {word} month", {f"2016-{month:02}-{day:02}"}
            yield f"the {nth(day)} {word} month", {f"2016-{month:02}-{day:02}"}


JOINTS = (
    "from {} to {}", "from {} until {}", "from {} through {}", "between {} and {}",
    "from {} till {}", "{} to {}", "{} - {}", "{}–{}", "{} through {}",
)  # fmt: skip


def ranges() -> Iterator[Case]:
    """Ranges whose ends share words: a month, a year, a.m. or p.m., a day."""
    for joint in JOINTS:
        yield joint.format("October 2", "October 5, 2018"), {"2018-10-02/2018-10-05"}
        yield joint.format("Oct. 2", "November 5, 2018"), {"2018-10-02/2018-11-05"}
        yield joint.format("October 2", "5"), {"2016-10-02/2016-10-05"}
        yield joint.format("October 2", "5, 2018"), {"2018-10-02/2018-10-05"}
        yield joint.format("2", "5 October 2018"), {"2018-10-02/2018-10-05"}
        yield joint.format("the 2nd", "5th of October 2018"), {"2018-10-02/2018-10-05"}
        yield joint.format("March", "May 2018"), {"2018-03/2018-05"}
        yield joint.format("November", "January 2018"), {"2017-11/2018-01"}
        yield joint.format("May", "July of last year"), {"2015-05/2015-07"}
        yield joint.format("5", "7 pm"), {"T17:00/T19:00"}
        yield joint.format("5:30", "7pm"), {"T05:30/T19:00", "T17:30/T19:00"}
        yield joint.format("11", "1pm"), {"T11:00/T13:00"}
        yield joint.format("5", "7pm tomorrow"), {"2016-11-08T17:00/2016-11-08T19:00"}
        yield joint.format("9am", "5pm tomorrow"), {"2016-11-08T09:00/2016-11-08T17:00"}
        if "–" not in joint and "-" not in joint:
            yield joint.format("4", "22 this month"), {"2016-11-04/2016-11-22"}
            yield joint.format("4", "22 of next month"), {"2016-12-04/2016-12-22"}
        if joint.startswith(("from", "between")):
            day = "2018-10-02"
            for first, last in ((9, 11), (8, 10)):
                clocks = {f"{day}T{first:02}:00/{day}T{last:02}:00"}
                yield f"on October 2, 2018 {joint.format(f'{first}am', f'{last}am')}", clocks
                yield joint.format(f"{first}am", f"{last}am") + " on October 2, 2018", clocks
            yield "tomorrow " + joint.format("5", "7pm"), {"2016-11-08T17:00/2016-11-08T19:00"}
            yield joint.format("9", "11 in the morning"), {"T09:00/T11:00"}
            evening = {"2016-11-08T20:00/2016-11-08T22:00"}
            yield joint.format("8", "10 tomorrow evening"), evening


def pairs() -> Iterator[tuple[str, list[str]]]:
    """Ranges whose ends are complete, which are two times each."""
    for joint in JOINTS[:5]:
        yield joint.format("2015", "2018"), ["2015", "2018"]
        yield joint.format("March 2017", "May 2018"), ["2017-03", "2018-05"]
        yield joint.format("October 2, 2018", "October 5, 2018"), ["2018-10-02", "2018-10-05"]
        yield joint.format("5/7/2018", "5/20/2018"), ["2018-05-07", "2018-05-20"]
        yield joint.format("yesterday", "today"), ["2016-11-06", "2016-11-07"]
        yield joint.format("next Friday", "Tuesday"), ["2016-11-18", "2016-11-22"]
        yield joint.format("December 20", "January 3"), ["2016-12-20", "2017-01-03"]
        yield joint.format("Oct. 30", "November 5"), ["2016-10-30", "2016-11-05"]
        yield joint.format("9 a.m.", "5 p.m."), ["T09:00", "T17:00"]
        yield joint.format("9:30", "17:45"), ["T09:30", "T17:45"]
        yield joint.format("noon", "3 p.m."), ["T12:00", "T15:00"]


def clocks() -> Iterator[Case]:
    def both(clock: str) -> set[str]:
        return {f"T{clock}", f"2016-11-07T{clock}"}

    for hour in (1, 5, 9, 11):
        for half, add in (
            ("am", 0),
            ("pm", 12),
            ("a.m.", 0),
            ("p.m.", 12),
            (" AM", 0),
            (" p.m.", 12),
        ):
            yield f"at {hour}{half}", both(f"{hour + add:02}:00")
            yield f"at {hour}:30{half}", both(f"{hour + add:02}:30")
            yield f"at {hour}.30{half}", both(f"{hour + add:02}:30")
        word = {1: "one", 5: "five", 9: "nine", 11: "eleven"}[hour]
        for name in (str(hour), word):
            yield f"at {name} o'clock", both(f"{hour:02}:00")
            yield f"at {name} o'clock in the morning", both(f"{hour:02}:00")
            yield f"at {name} in the morning", both(f"{hour:02}:00")
            yield f"at {name} in the evening", both(f"{hour + 12:02}:00")
            yield f"at {name} in the afternoon", both(f"{hour + 12:02}:00")
            yield f"at half past {name}", both(f"{hour:02}:30")
            yield f"at quarter past {name}", both(f"{hour:02}:15")
            yield f"at a quarter to {name}", both(f"{(hour - 1) % 24:02}:45")
            yield f"at ten past {name}", both(f"{hour:02}:10")
            yield f"at twenty to {name}", both(f"{(hour - 1) % 24:02}:40")
            yield f"at 10 minutes to {name}", both(f"{(hour - 1) % 24:02}:50")
            yield f"at half past {name} in the evening", both(f"{hour + 12:02}:30")
            yield f"at {name} this afternoon", {f"2016-11-07T{hour + 12:02}:00"}
        yield f"at {hour}:20 in the afternoon", both(f"{hour + 12:02}:20")
        yield f"at {hour} tonight", {f"2016-11-07T{hour + (12 if hour > 5 else 0):02}:00"}
    yield "at 24:00", {"T24:00", "2016-11-07T24:00", "2016-11-08T00:00"}
    yield "at noon", both("12:00")
    yield "at midday", both("12:00")
    yield "at midnight", both("00:00")
    yield "at 12am", both("00:00")
    yield "at 12 pm", both("12:00")
    yield "at 17:45:30", both("17:45:30")
    yield "at 1730 GMT", both("17:30")
    for clock, written in (
        ("17:00", "5pm"),
        ("17:30", "5:30 p.m."),
        ("17:30", "17:30"),
        ("12:00", "noon"),
        ("20:00", "8 in the evening"),
    ):
        for day, when in (
            ("tomorrow", "2016-11-08"),
            ("yesterday", "2016-11-06"),
            ("today", "2016-11-07"),
            ("October 2, 2018", "2018-10-02"),
            ("2 October 2018", "2018-10-02"),
            ("next Tuesday", "2016-11-15"),
            ("10/22/2018", "2018-10-22"),
        ):
            at = {f"{when}T{clock}"}
            on = "" if day[0] in "tyn" else "on "
            yield f"{day} at {written}", at
            yield f"{written} {on}{day}", at
            yield f"at {written} {on}{day}", at
            yield f"{day}, {written}", at
            yield f"{on}{day} at around {written}", at
            if written[0].isdigit() and written[-1] != "g":
                yield f"{day} {written}", at
    for part, code in (("morning", "MO"), ("afternoon", "AF"), ("evening", "EV"), ("night", "NI")):
        yield f"tomorrow {part}", {f"2016-11-08T{code}"}
        yield f"yesterday {part}", {f"2016-11-06T{code}"}
        yield f"on Tuesday {part}", {f"2016-11-0{n}T{code}" for n in (1, 8)}
        yield f"on the {part} of October 2, 2018", {f"2018-10-02T{code}"}
        yield f"October 2, 2018 in the {part}", {f"2018-10-02T{code}"}
        yield f"early tomorrow {part}", {f"2016-11-08T{code}"}
        yield f"late tomorrow {part}", {f"2016-11-08T{code}"}
        if part != "night":
            yield f"this {part}", {f"2016-11-07T{code}"}
    yield "tonight", {"2016-11-07TNI"}
    yield "last night", {"2016-11-06TNI"}
    yield "tomorrow at 5", {"2016-11-08T05:00"}
    yield "at 5 tomorrow", {"2016-11-08T05:00"}
    yield "on Tuesday at 8", {"2016-11-01T08:00", "2016-11-08T08:00"}
    yield "tomorrow at 8 in the evening", {"2016-11-08T20:00"}
    yield "tomorrow night at 8", {"2016-11-08T20:00"}
    yield "tomorrow morning at 8", {"2016-11-08T08:00"}
    yield "at 8 tomorrow evening", {"2016-11-08T20:00"}
    yield "8pm tomorrow night", {"2016-11-08T20:00"}
    yield "at 9 on Tuesday morning", {"2016-11-01T09:00", "2016-11-08T09:00"}
    yield "this evening at 8", {"2016-11-07T20:00"}
    yield "tonight at 8", {"2016-11-07T20:00"}
    yield "tonight at 8:30", {"2016-11-07T20:30"}


CODES = {
    "second": "TS",
    "minute": "TM",
    "hour": "TH",
    "day": "D",
    "week": "W",
    "month": "M",
    "year": "Y",
}


def durations() -> Iterator[Case]:
    for unit, code in CODES.items():
        time, letter = ("T", code[1]) if code[0] == "T" else ("", code)
        for count, word in NUMBERS.items():
            if (unit, count) == ("second", 1):
                continue  # "one second" may mean another one
            s = "" if count == 1 else "s"
            for number in (str(count), word):
                yield f"for {number} {unit}{s}", {f"P{time}{count}{letter}"}
                for hedge in ("about", "more than", "at least", "nearly", "up to"):
                    yield f"for {hedge} {number} {unit}{s}", {f"P{time}{count}{letter}"}
        if unit != "second":  # "a second" may mean another one
            yield f"for a{'n' if unit == 'hour' else ''} {unit}", {f"P{time}1{letter}"}
            yield f"for another {unit}", {f"P{time}1{letter}"}
        yield f"for a few {unit}s", {f"P{time}X{letter}"}
        yield f"for several {unit}s", {f"P{time}X{letter}"}
        yield f"for 3 to 5 {unit}s", {f"P{time}3{letter}/P{time}5{letter}"}
        yield f"for 3-5 {unit}s", {f"P{time}3{letter}/P{time}5{letter}"}
        yield f"a 3-{unit} trip", {f"P{time}3{letter}"}
        yield f"within 3 {unit}s", {f"P{time}3{letter}"}
    for text in ("half an hour", "a half hour", "30 min", "30 mins", "30 minutes", "half a hour"):
        yield f"for {text}", {"PT30M"}
    for text in (
        "an hour and a half",
        "one and a half hours",
        "1.5 hours",
        "1 1/2 hours",
        "90 minutes",
        "one hour and 30 minutes",
        "1 hour 30 minutes",
        "1 hr 30 min",
    ):
        yield f"for {text}", {"PT1H30M", "PT90M", "PT1.5H"}
    for text in (
        "two and a half years",
        "2.5 years",
        "2½ years",
        "two years and a half",
        "2 years and 6 months",
    ):
        yield f"for {text}", {"P2Y6M", "P2.5Y"}
    for text in ("3 hrs", "3 hours", "3h", "three hrs"):
        yield f"for {text}", {"PT3H"}
    yield "for two weeks and three days", {"P2W3D", "P17D"}
    yield "for a fortnight", {"P2W"}
    yield "for two decades", {"P20Y"}
    yield "for half a year", {"P6M"}
    yield "for all day", {"P1D"}
    yield "for the whole week", {"P1W", "2016-W45"}
    yield "for a couple of days", {"P2D"}


def sets() -> Iterator[Case]:
    for unit, code in (
        ("day", "P1D"),
        ("week", "P1W"),
        ("month", "P1M"),
        ("year", "P1Y"),
        ("hour", "PT1H"),
        ("minute", "PT1M"),
        ("quarter", "P3M"),
    ):
        for every in ("every", "each", "every single"):
            yield f"{every} {unit}", {code}
    for text, code in (
        ("daily", "P1D"),
        ("weekly", "P1W"),
        ("monthly", "P1M"),
        ("yearly", "P1Y"),
        ("annually", "P1Y"),
        ("hourly", "PT1H"),
        ("quarterly", "P3M"),
        ("biweekly", "P2W"),
        ("every other day", "P2D"),
        ("every other week", "P2W"),
        ("every two weeks", "P2W"),
        ("every 3 days", "P3D"),
        ("every second day", "P2D"),
        ("every third month", "P3M"),
        ("every half hour", "PT30M"),
        ("every 15 minutes", "PT15M"),
    ):
        yield f"they meet {text}", {code}
    for i, day in enumerate(DAYS, 1):
        for text in (
            f"every {day}",
            f"each {day}",
            f"on {day}s",
            f"every {day.lower()}",
            f"on {day.lower()}s",
        ):
            yield text, {f"XXXX-WXX-{i}"}
        yield f"every other {day}", {f"XXXX-WXX-{i}", "P2W"}
        yield f"every {day} at 4pm", {f"XXXX-WXX-{i}T16:00"}
        yield f"on {day}s at 4 pm", {f"XXXX-WXX-{i}T16:00"}
        yield f"every {day} morning", {f"XXXX-WXX-{i}TMO"}
        yield f"at 4pm every {day}", {f"XXXX-WXX-{i}T16:00"}
    for text in ("every day at 4pm", "daily at 4pm", "each day at 4 p.m.", "at 4pm every day"):
        yield text, {"XXXX-XX-XXT16:00"}
    for part, code in (("morning", "MO"), ("afternoon", "AF"), ("evening", "EV"), ("night", "NI")):
        yield f"every {part}", {f"XXXX-XX-XXT{code}"}
        yield f"each {part}", {f"XXXX-XX-XXT{code}"}
    yield "every morning at 8", {"XXXX-XX-XXT08:00"}
    yield "every evening at 8", {"XXXX-XX-XXT20:00"}
    yield "every weekend", {"XXXX-WXX-WE"}
    yield "every January", {"XXXX-01"}
    yield "every summer", {"XXXX-SU"}


HOLIDAYS = {
    "Christmas 2018": date(2018, 12, 25),
    "Easter 2018": easter(2018),
    "Whit Sunday 2018": easter(2018) + timedelta(days=49),
    "Thanksgiving 2018": date(2018, 11, 1) + relativedelta(weekday=TH(4)),
    "MLK Day 2018": date(2018, 1, 1) + relativedelta(weekday=MO(3)),
    "Independence Day 2018": date(2018, 7, 4),
    "October 2, 2018": date(2018, 10, 2),
    "10/22/2018": date(2018, 10, 22),
    "the first Monday of October 2018": date(2018, 10, 1),
}


def beside() -> Iterator[Case]:
    """What is before and after a day: another day, weekday, weekend, week, month or year."""
    for name, day in HOLIDAYS.items():
        yield f"on {name}", {str(day)}
        if name.startswith("the first"):
            continue
        for word, way in (("after", 1), ("before", -1)):
            yield f"the day {word} {name}", {str(day + timedelta(days=way))}
            for unit in ("week", "month", "year"):
                step = relativedelta(**{f"{unit}s": way})  # type: ignore[arg-type]
                yield f"the {unit} {word} {name}", {value(unit, day + step)}
            for i, weekday in enumerate(DAYS):
                near = day + timedelta(days=way)
                while near.weekday() != i:
                    near += timedelta(days=way)
                yield f"the {weekday} {word} {name}", {str(near)}
                yield f"the first {weekday} {word} {name}", {str(near)}
                second = near + timedelta(weeks=way)
                yield f"the second {weekday} {word} {name}", {str(second)}
        for phrase in ("the week of", "the week beginning", "the week starting"):
            yield f"{phrase} {name}", {value("week", day)}
        if day.weekday() > 1:  # otherwise the weekend before, as in "Labor Day weekend"
            yield f"the weekend of {name}", {value("weekend", day)}
    for i, weekday in enumerate(DAYS):
        yield f"the {weekday} after next", {str(TODAY + timedelta(days=14 + i))}
    for clock, written in (("17:00", "5pm"), ("17:30", "17:30"), ("12:00", "noon")):
        for text in ("the first Monday of October 2018", "the last day of 2018"):
            day = date(2018, 10, 1) if "Monday" in text else date(2018, 12, 31)
            yield f"at {written} on {text}", {f"{day}T{clock}"}
            yield f"on {text} at {written}", {f"{day}T{clock}"}
        yield f"at {written} on the 3rd of next month", {f"2016-12-03T{clock}"}
    yield "on the morning of the last day of October 2018", {"2018-10-31TMO"}


def fiscal() -> Iterator[Case]:
    """Quarters, halves and years of accounts, and what is over of a period."""
    for quarter in (1, 2, 3, 4):
        for text in ("Q{}", "{}Q", "the Q{}"):
            yield f"in {text.format(quarter)} 2024", {f"2024-Q{quarter}"}
        yield f"in {quarter}Q24", {f"2024-Q{quarter}"}
    for half in (1, 2):
        for text in (f"H{half} 2024", f"{half}H 2024", f"{half}H24", f"{half}H of 2024"):
            yield f"in {text}", {f"2024-H{half}"}
    for text in (
        "FY2024",
        "FY24",
        "FY 2024",
        "fiscal 2024",
        "fiscal year 2024",
        "financial year 2024",
    ):
        yield f"in {text}", {"2024"}
    yield "in the last quarter of 2018", {"2018-Q4"}
    yield "in the final quarter of 2018", {"2018-Q4"}
    yield "in the last quarter of last year", {"2015-Q4"}
    for unit in ("week", "month", "quarter", "year"):
        for text in (f"{unit} to date", f"{unit}-to-date"):
            yield text, {f"{value(unit, TODAY)}/{TODAY}"}
    for month, name in enumerate(MONTHS, 1):
        yield f"in the first half of {name} 2018", {f"2018-{month:02}"}


def eras() -> Iterator[Case]:
    """Years and centuries of the eras."""
    for year in (44, 250, 664):
        for era in ("BC", "BCE", "B.C.", "b.c.e."):
            yield f"in {year} {era}", {f"BC{year:04}"}
        yield f"in AD {year}", {f"{year:04}"}
        for era in ("AD", "CE", "A.D.", "c.e."):
            yield f"in {year} {era}", {f"{year:04}"}
    for number in (1, 5, 21):
        yield f"in the {nth(number)} century BC", {f"BC{number - 1:02}"}
    yield "over the last century", {"P100Y"}
    yield "in this century", {"20"}


def zones() -> Iterator[Case]:
    """Clock times with a zone or an offset, and days with a time in ISO 8601."""
    for zone in ("GMT", "UTC", "EST", "BST", "GMT+2", "UTC-5", "UTC+09:00", "Eastern Time"):
        yield f"at 17:30 {zone}", {"2016-11-07T17:30"}
        yield f"at 17:30 {zone} on October 2, 2018", {"2018-10-02T17:30"}
    for end in ("", ":15", ":15Z", "Z"):
        clock = f"17:30{end}"
        yield f"at 2018-10-02T{clock}", {f"2018-10-02T{clock.rstrip('Z')}"}
        yield f"at 2018-10-02 {clock}", {f"2018-10-02T{clock.rstrip('Z')}"}


def more_sets() -> Iterator[Case]:
    """Days of a year or month that recur, working days, and words for half as often."""
    for month, name in enumerate(MONTHS, 1):
        for text in (f"every {name} 5", f"every 5th of {name}", f"every 5 {name}"):
            yield text, {f"XXXX-{month:02}-05"}
    for day in (1, 15, 31):
        yield f"on the {nth(day)} of every month", {f"XXXX-XX-{day:02}"}
    yield "every weekday", {"XXXX-WXX-XX"}
    for part, code in (("morning", "MO"), ("afternoon", "AF"), ("evening", "EV")):
        yield f"every weekday {part}", {f"XXXX-WXX-XXT{code}"}
        yield f"on weekday {part}s", {f"XXXX-WXX-XXT{code}"}
    for word, length in (("bi-weekly", "P2W"), ("bi-monthly", "P2M"), ("semi-annually", "P6M")):
        yield f"they meet {word}", {length}


def in_periods() -> Iterator[Case]:
    """The first and last units of a period, weeks by number, quarters and weekdays counted."""
    for number in ("2", "two"):
        for word, first, last in (("first", 1, 2), ("last", 11, 12)):
            yield f"the {word} {number} months of 2018", {f"2018-{first:02}/2018-{last:02}"}
        yield f"the first {number} days of October 2018", {"2018-10-01/2018-10-02"}
        yield f"the last {number} days of next month", {"2016-12-30/2016-12-31"}
        yield f"the next {number} quarters", {"2017-Q1/2017-Q2"}
        yield f"the past {number} quarters", {"2016-Q2/2016-Q3"}
        yield f"for {number} quarters", {"P6M"}
    for week in (1, 9, 52):
        for text in (f"week {week} of 2018", f"week {week}, 2018", f"2018-W{week:02}"):
            yield f"in {text}", {f"2018-W{week:02}"}
        yield f"in week {week}", {f"2016-W{week:02}"}


def distances() -> Iterator[Case]:
    """Distances of several units, and distances from clock times."""
    for text, when in (
        ("a year, two months and three days ago", date(2015, 9, 4)),
        ("2 years and 21 days after October 2, 2018", date(2020, 10, 23)),
        ("two weeks and 3 days prior to October 2, 2018", date(2018, 9, 15)),
        ("a week from October 2, 2018", date(2018, 10, 9)),
        ("a week ago today", date(2016, 10, 31)),
    ):
        yield text, {str(when)}
    for clock, hour in (("noon", 12), ("5 pm", 17), ("17:00", 17)):
        for word, way in (("before", -1), ("after", 1)):
            yield f"two hours {word} {clock} tomorrow", {f"2016-11-08T{hour + 2 * way:02}:00"}
            yield (
                f"90 minutes {word} {clock} tomorrow",
                {f"2016-11-08T{hour + (1 if way > 0 else -2):02}:30"},
            )
    yield "a week from tomorrow at noon", {"2016-11-15T12:00"}


def spelled() -> Iterator[Case]:
    """Years and clock times in words."""
    for text, year in (
        ("nineteen ninety-eight", 1998), ("twenty sixteen", 2016), ("twenty twenty-four", 2024),
        ("two thousand and five", 2005), ("two thousand eighteen", 2018),
    ):  # fmt: skip
        yield f"in {text}", {f"{year}"}
        yield f"in the year {text}", {f"{year}"}
        yield f"in May {text}", {f"{year}-05"}
        yield f"on May 29th, {text}", {f"{year}-05-29"}
    yield "in the nineteen nineties", {"199"}
    for text, clock in (
        ("eight thirty pm", "20:30"), ("eight forty-five in the evening", "20:45"),
        ("seven-thirty am", "07:30"), ("twenty past five", "05:20"), ("12 noon", "12:00"),
        ("half past eight in the evening", "20:30"), ("1130 pm", "23:30"), ("0730 hours", "07:30"),
    ):  # fmt: skip
        yield f"at {text}", {f"2016-11-07T{clock}", f"T{clock}"}
        yield f"tomorrow at {text}", {f"2016-11-08T{clock}"}
    for word in ("after", "before", "until", "around"):
        yield f"tomorrow night {word} 8", {"2016-11-08T20:00"}
        yield f"on October 2, 2018 {word} 17:30", {"2018-10-02T17:30"}
    yield "from seven to nine pm", {"T19:00/T21:00"}
    yield "from 7am to 3 in the afternoon", {"T07:00/T15:00"}
    yield "from 4 pm to 5", {"T16:00/T17:00"}


ALL = (
    single_days, weekdays, relative_units, parts_of_periods, ranges, clocks, durations, sets,
    beside, fiscal, eras, zones, more_sets,
    in_periods, distances, spelled,
)  # fmt: skip
