"""Which names and profiles may be the same one."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

from pipeline.reader.identity.pairs import (
    Profile,
    blocks,
    contradiction,
    meetings,
    person_relation,
    scorer,
)
from pipeline.reader.identity.profiles import Seen, members, person_key


def profile(
    name: str,
    label: str = "PERSON",
    pronouns: str = "",
    roles: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
    day: str = "2025-05-01",
) -> Profile:
    """Return the profile of an entity that is alone in its article."""
    said = dict.fromkeys((name, *names), 1)
    seen = Seen("e1", name, label, said, {pronouns: 3} if pronouns else {}, roles)
    (member,) = members("a", day, [seen])
    found: dict[str, set[str]] = {}
    for fact in member.facts:
        found.setdefault(fact.kind, set()).add(fact.value)
    aliases, said_roles = (frozenset(found.get(kind, ())) for kind in ("alias", "role"))
    return Profile(member.key, day, day, aliases, said_roles)


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("Joe Biden", "Joe Biden", "equal"),
        ("Recep Tayyip Erdoğan", "Recep Tayyip Erdogan", "equal"),
        ("Dr. Anthony Fauci", "Anthony S. Fauci", "middle"),
        ("William Clinton", "Bill Clinton", "short"),
        ("B. Clinton", "Bill Clinton", "initial"),
        ("Carmen Yulín Cruz", "Carmen Yulín Cruz Soto", "contained"),
        ("Jarosław Kaczynski", "Jaroslaw Kaczyński", "equal"),
        ("Dmitri Medvedev", "Dmitri Medvedyev", "spelling"),
        ("Jeb Bush", "George Bush", "apart"),
        ("George H. W. Bush", "George W. Bush", "apart"),
        ("Martin Luther King Jr.", "Martin Luther King Sr.", "apart"),
        ("Roe", "Al Roe", "bare"),
        ("Roe", "Al Doe", "apart"),
    ],
)
def test_relations_of_names(one: str, other: str, relation: str) -> None:
    keys = person_key(one), person_key(other)
    assert person_relation(*keys) == person_relation(*keys[::-1]) == relation


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (
            profile("Kim Roe", pronouns="he"),
            profile("Kim Roe", pronouns="she"),
            "other gender",
        ),
        (
            profile("Al Roe", roles=("striker",)),
            profile("Al Roe", roles=("judge",)),
            "other field of work at the same time",
        ),
        (
            profile("Al Roe", roles=("striker",), day="1990-01-01"),
            profile("Al Roe", roles=("judge",)),
            "",
        ),
        (profile("Al Roe", roles=("former striker",)), profile("Al Roe", roles=("judge",)), ""),
        (profile("Al Roe"), profile("Bo Roe"), "other name"),
        (profile("Washington"), profile("Washington", "GPE"), "a person and something else"),
        (profile("US Senate", "ORG"), profile("Australian Senate", "ORG"), "other country"),
    ],
)
def test_contradictions(one: Profile, other: Profile, why: str) -> None:
    assert contradiction(one, other) == contradiction(other, one) == why


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("State Department", "ORG"), ("U.S. Department of State", "ORG")),
        (("Apple Inc.", "ORG"), ("Apple", "ORG")),
        (("WHO", "ORG"), ("World Health Organisation", "ORG")),
        (("the U.K.", "GPE"), ("Great Britain", "GPE")),
        (("St. Petersburg", "GPE"), ("Saint Petersburg", "GPE")),
        (("American", "NORP"), ("Americans", "NORP")),
    ],
)
def test_names_that_are_written_differently_have_one_key(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert profile(*one).named.name == profile(*other).named.name


def test_a_rare_name_is_one_person_and_a_common_one_needs_more() -> None:
    rare, common = ("Zbigniew Oyelaran", "Bill Smith")
    for name, certain in ((rare, True), (common, False)):
        score = scorer().probability(profile(name), profile(name, roles=("senator",)))
        assert (score >= scorer().same) is certain, (name, score)


def test_only_names_that_may_be_one_meet() -> None:
    held = {
        name: blocks(profile(name, label))
        for name, label in (
            ("Bill Clinton", "PERSON"),
            ("William Clinton", "PERSON"),
            ("Hillary Clinton", "PERSON"),
            ("Quartz Xylem", "ORG"),
            ("QX", "ORG"),
            ("Quiet Xenon", "ORG"),
        )
    }
    assert list(meetings(held)) == [
        ("Bill Clinton", "William Clinton"),
        ("QX", "Quartz Xylem"),
        ("QX", "Quiet Xenon"),
    ]


@pytest.mark.parametrize("module", ["pairs", "profiles"])
def test_examples(module: str) -> None:
    found = doctest.testmod(import_module(f"pipeline.reader.identity.{module}"))
    assert found.attempted
    assert not found.failed
