"""The dates of holidays match those in almanacs."""

from __future__ import annotations

import pytest

from pipeline.times.grammar import HOLIDAYS
from pipeline.times.holidays import holiday


@pytest.mark.parametrize(
    ("name", "year", "value"),
    [
        ("Christmas", 2020, "2020-12-25"),
        ("New Year’s Eve", 2023, "2023-12-31"),
        ("Easter Monday", 2024, "2024-04-01"),
        ("Thanksgiving", 2023, "2023-11-23"),
        ("Memorial Day", 2024, "2024-05-27"),
        ("Election Day", 2016, "2016-11-08"),
        ("Black Friday", 2023, "2023-11-24"),
        ("Cyber Monday", 2023, "2023-11-27"),
        ("Mothers Day", 2025, "2025-05-11"),
        ("Rosh Hashanah", 2024, "2024-10-03"),
        ("Yom Kippur", 2023, "2023-09-25"),
        ("Passover", 2025, "2025-04-13"),
        ("Hanukkah", 2024, "2024-12-26"),
        ("Ramadan", 2024, "2024-03-11~/2024-04-09~"),
        ("Eid al-Fitr", 2025, "2025-03-31~"),
        ("Rosh Hashanah", 2023, "2023-09-16"),
        ("Rosh Hashanah", 2022, "2022-09-26"),
        ("Rosh Hashanah", 2005, "2005-10-04"),
        ("Rosh Hashanah", 2013, "2013-09-05"),
        ("Rosh Hashanah", 1994, "1994-09-06"),
        ("Rosh Hashanah", 2020, "2020-09-19"),
        ("Passover", 2016, "2016-04-23"),
        ("Passover", 2005, "2005-04-24"),
        ("Passover", 2008, "2008-04-20"),
        ("Hanukkah", 2023, "2023-12-08"),
        ("Hanukkah", 2016, "2016-12-25"),
        ("Hanukkah", 2013, "2013-11-28"),
        ("Hanukkah", 2021, "2021-11-29"),
        ("Yom Kippur", 1973, "1973-10-06"),
        ("Sukkot", 2023, "2023-09-30"),
        ("Shavuot", 2024, "2024-06-12"),
        ("Good Friday", 2024, "2024-03-29"),
        ("Labor Day", 2023, "2023-09-04"),
        ("Eid al Fitr", 2024, "2024-04-10~"),
        ("Ramadan", 2030, "2030-01-06~/2030-02-04~"),
    ],
)
def test_dates_of_holidays(name: str, year: int, value: str) -> None:
    found = holiday(name, year)
    assert found is not None
    assert found.value == value


def test_every_rule_of_the_table_can_be_computed() -> None:
    assert all(holiday(name, 2025) for name in HOLIDAYS)


def test_an_unknown_name_is_not_a_holiday() -> None:
    assert holiday("Blursday", 2025) is None
