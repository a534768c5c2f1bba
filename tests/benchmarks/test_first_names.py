"""The list of first names is made from counts: rare and undecided names are left out."""

from __future__ import annotations

from first_names import lines

from pipeline.names.lists import gender_of, genders


def test_names_are_sorted_by_gender_without_those_that_are_rare_or_undecided() -> None:
    data = {
        "ann": [20, 900, 0.99],
        "bo": [20, 900, 0.3],
        "cy": [20, 900, 0.15],
        "di": [2, 900, 0.9],
        "ed": [20, 9, 0.0],
    }
    assert list(lines(data))[1:] == ["[m]", "[f]", "ann", "[mostly_m]", "cy", "[mostly_f]"]


def test_the_list_has_names_of_many_languages() -> None:
    assert len(genders()) > 30_000
    women = ("maureen", "laleh", "honorine", "olena", "priyanka", "encarnacion")
    men = ("serkan", "ibrahima", "stavros", "haluk", "karim", "denis")
    assert {gender_of(name) for name in women} == {"f"}
    assert {gender_of(name) for name in men} == {"m"}


def test_a_compound_name_has_the_gender_of_its_first_part() -> None:
    assert gender_of("jean-xyz") is None  # borne by both
    assert gender_of("karim-xyz") == "m"


def test_a_name_that_some_people_of_the_other_gender_have_is_not_sure() -> None:
    assert (gender_of("chris"), gender_of("chris", sure=True)) == ("m", None)
    assert (gender_of("john"), gender_of("john", sure=True)) == ("m", "m")
