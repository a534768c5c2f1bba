"""Which names and profiles may be the same one."""

from __future__ import annotations

import doctest
from importlib import import_module
from typing import Any

import pytest

from pipeline.model.identity.pairs import (
    PairScorer,
    Profile,
    blocks,
    companions,
    contradiction,
    meetings,
    neighbours,
    properties,
    scorer,
    surnames,
    thing_relation,
)
from pipeline.model.identity.profiles import Fact, Seen, countries, heads, members, named, quarter
from pipeline.names.bodies import acronyms, institution, place
from pipeline.names.persons import person_key, person_relation
from pipeline.names.spelling import normal


def profile(
    name: str,
    label: str = "PERSON",
    pronouns: str = "",
    roles: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
    day: str = "2025-05-01",
    companions: dict[str, set[str]] | None = None,
    homes: tuple[str, ...] = (),
    **more: Any,
) -> Profile:
    """Return the profile of an entity that is alone in its article."""
    said = dict.fromkeys((name, *names), 1)
    seen = Seen("e1", name, label, said, {pronouns: 3} if pronouns else {}, roles)
    (member,) = members("a", day, [seen])
    found: dict[str, set[str]] = {}
    for fact in member.facts:
        found.setdefault(fact.kind, set()).add(fact.value)
    aliases, said_roles = (frozenset(found.get(kind, ())) for kind in ("alias", "role"))
    near = {when: frozenset(who) for when, who in (companions or {}).items()}
    return Profile(member.key, day, day, aliases, said_roles, near, frozenset(homes), **more)


def seen(
    name: str,
    label: str = "PERSON",
    times: int = 1,
    descriptions: tuple[str, ...] = (),
) -> Seen:
    """Return an entity that an article names some times."""
    return Seen(name, name, label, {name: times}, {}, descriptions)


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
        ("Roe", "Roe Al", "apart"),
        ("Jean-Claude Roe", "Jeanclaude Roe", "spaced"),
        ("Maria Ann Roe", "Ann Roe", "second"),
        ("Ann Roe Jr.", "Ann Roe", "junior"),
        ("Ann Bea Roe", "Ann B. Roe", "middle"),
        ("Ann Bea Roe", "Ann Bia Roe", "apart"),
        ("A. Roe", "Bea Roe", "apart"),
        ("Ludwig van Beethoven", "Ludwig Beethoven", "particle"),
        ("Dmitri Roe", "Dmitry Roe", "spelling"),
        ("Mikhail Roe", "Mihkail Roe", "spelling"),
        ("Ana Roe", "Ena Roe", "apart"),
        ("Ivan Rosa", "Ivan Rose", "apart"),
        ("Anna Maria Roe", "Maria Anna Roe", "order"),
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
        (
            profile("Al Roe", roles=("striker",), day="2023-12-31"),
            profile("Al Roe", roles=("judge",), day="2024-01-01"),
            "other field of work at the same time",
        ),
        (
            profile("Al Roe", roles=("striker",), day="2022-12-31"),
            profile("Al Roe", roles=("judge",), day="2024-01-01"),
            "",
        ),
        (
            profile("Al Roe", roles=("striker",), day="9999"),
            profile("Al Roe", roles=("judge",)),
            "other field of work at the same time",
        ),
        (
            profile("Roe", roles=("striker",), day="1990-01-01"),
            profile("Al Roe", roles=("judge",)),
            "other field of work at the same time",
        ),
        (profile("Al Roe", roles=("former striker",)), profile("Al Roe", roles=("judge",)), ""),
        (profile("Al Roe", names=("Bo Day",)), profile("Bo Day"), ""),
        (profile("Al Roe", known="1"), profile("Al Roe", known="2"), "two known ones"),
        (profile("Al Roe", known="1"), profile("Al Roe"), ""),
        (
            profile("Al Roe", identifiers=frozenset(("x=1",))),
            profile("Al Roe", identifiers=frozenset(("x=2", "y=1"))),
            "other identifier",
        ),
        (
            profile("Al Roe", identifiers=frozenset(("x=1",))),
            profile("Al Roe", identifiers=frozenset(("x=1", "y=2"))),
            "",
        ),
        (profile("US Senate", "ORG"), profile("Senate", "ORG"), ""),
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


RARE, QUARTZ = "Zbigniew Oyelaran", "Quartz Xylem"


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        # the name
        (profile(RARE), profile(RARE), "name/equal/half gender/agrees"),
        (profile("Bill Smith"), profile("Bill Smith"), "name/equal/common"),
        (profile("Zqy Xylem"), profile("Zqy Xylem"), "name/equal/rare gender/open"),
        (profile("Oyelaran"), profile(RARE), "name/bare companions/none"),
        (profile("Zqy Roe", names=("Bxo Qay",)), profile("Bxo Qay"), "name/alias/rare"),
        (
            profile("Zqy Roe", names=("Bxo Qay",)),
            profile("Cxy Roe", names=("Bxo Qay",)),
            "name/alias/rare",
        ),
        # the work
        (profile(RARE, roles=("mayor",)), profile(RARE, roles=("mayor",)), "role/same field/same"),
        (profile(RARE, roles=("US mayor",)), profile(RARE, roles=("mayor",)), "role/alike"),
        (profile(RARE, roles=("footballer",)), profile(RARE, roles=("striker",)), "role/open"),
        (profile(RARE, roles=("mayor",)), profile(RARE, roles=("poet",)), "role/differs"),
        (profile(RARE, roles=("mayor",)), profile(RARE), "role/open field/open"),
        (profile(RARE, roles=("hero",)), profile(RARE, roles=("mayor",)), "role/open"),
        # the office behind a surname
        (
            profile("Oyelaran", roles=("president",)),
            profile(RARE, roles=("US president",)),
            "name/bare office/same",
        ),
        (
            profile("Oyelaran", roles=("president",)),
            profile("Oyelaran", roles=("president",)),
            "name/both-bare office/same",
        ),
        (
            profile("Oyelaran", roles=("president",)),
            profile("Oyelaran", roles=("king",)),
            "name/both-bare office/other",
        ),
        (profile("Oyelaran", roles=("president",)), profile(RARE, roles=("poet",)), "office/other"),
        # companions and homes
        (
            profile(RARE, companions={"2025-2": {"ann lee", "bo day"}}),
            profile(RARE, companions={"2025-3": {"ann lee", "bo day"}, "2024-1": {"cy day"}}),
            "companions/some",
        ),
        (
            profile(RARE, companions={"2025-2": {"ann lee"}}, homes=("US",)),
            profile(RARE, companions={"2025-1": {"ann lee", "bo day"}}, homes=("US", "FR")),
            "companions/one home/same",
        ),
        (
            profile(RARE, companions={"2025-2": {"ann lee"}}, homes=("US",)),
            profile(RARE, companions={"2025-4": {"ann lee"}}, homes=("FR",)),
            "companions/none home/differs",
        ),
        # other things
        (profile("QX", "ORG"), profile("Quartz Xylem", "ORG"), "thing/acronym-short"),
        (profile("QXYZ", "ORG"), profile("Quartz Xylem Yarn Zinc", "ORG"), "thing/acronym"),
        (profile(QUARTZ, "ORG", names=("QX",)), profile("QX", "ORG"), "thing/alias-acronym"),
        (profile(QUARTZ, "ORG", names=("V 7",)), profile("V 7", "ORG"), "thing/alias-code"),
        (profile("Quartz", "ORG", names=("Vega",)), profile("Vega", "ORG"), "thing/alias"),
        (profile("Kenya Airways", "ORG"), profile("Airways", "ORG"), "thing/with-country"),
        (profile("Vega", "ORG"), profile("Quartz", "ORG"), "thing/none"),
        (profile("Vega", "ORG"), profile("Vega", "PRODUCT"), "label/differs label/differs-single"),
        (profile("American", "NORP"), profile("American", "ORG"), "thing/none label/people"),
        (profile("Senate", "ORG"), profile("US Senate", "ORG"), "thing/equal country/open"),
    ],
)  # fmt: skip
def test_what_the_scorer_weighs(one: Profile, other: Profile, told: str) -> None:
    assert set(told.split()) <= set(properties(one, other))
    assert set(told.split()) <= set(properties(other, one))


def test_a_surname_and_a_person_of_a_list_are_weighed_by_less() -> None:
    local = properties(profile("Roe", homes=("US",)), profile("Al Roe", homes=("US",)))
    listed = properties(profile("Al Roe", homes=("US",), known="1"), profile("Al Roe"))
    assert [one.split("/")[0] for one in local] == ["name", "gender", "field", "companions"]
    assert [one.split("/")[0] for one in listed] == ["name", "gender", "field", "role"]


def test_two_profiles_are_no_companions_of_themselves() -> None:
    near = {"2025-2": {"al roe", "bo roe", "ann lee"}}
    both = profile("Al Roe", companions=near), profile("Bo Roe", companions=near)
    assert companions(*both) == {"ann lee"}


@pytest.mark.parametrize(
    ("quarter", "near"),
    [
        ("2025-4", ("2025-3", "2025-4", "2026-1")),
        ("2025-2", ("2025-1", "2025-2", "2025-3")),
        ("9999", ("9999",)),
    ],
)
def test_quarters_that_are_next_to_each_other(quarter: str, near: tuple[str, ...]) -> None:
    assert neighbours(quarter) == near


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("quartz xylem", {"qx"}),
        ("bank of the west", {"bw", "botw"}),
        ("marks & verity", {"mv"}),
        ("banco de chile", {"bc", "bdc"}),
        ("quartz", {"q"}),
    ],
)
def test_acronyms(name: str, short: set[str]) -> None:
    assert acronyms(name.split()) == short


@pytest.mark.parametrize(
    ("short", "long", "relation"),
    [
        ("qx", "quartz xylem", "acronym-short"),
        ("q&x", "quartz & xylem", "acronym-short"),
        ("quiver", "quartz umbra iris vega ember rust", "acronym"),
        ("quivers", "quartz umbra iris vega ember rust sky", "none"),
        ("q", "quartz", "none"),
    ],
)
def test_what_an_acronym_is_short_for(short: str, long: str, relation: str) -> None:
    assert thing_relation(profile(short, "ORG"), profile(long, "ORG")) == relation


def test_a_probability_is_rounded_and_grows_with_the_weights() -> None:
    pair = profile("Vega", "ORG"), profile("Vega", "ORG")
    one = PairScorer({"thing/equal": 1.0}, 0.9, 0.5)
    assert one.probability(*pair) == 0.7311
    assert one.probability(*pair, more=1.0) == 0.8808
    assert one.probability(*pair, more=-1e9) == 0.0
    assert one.probability(*pair, more=1e9) == 1.0
    assert PairScorer({}, 0.9, 0.5).probability(*pair) == 0.5


def test_a_person_has_the_surnames_of_all_names() -> None:
    assert surnames(profile("Al Roe", names=("Al Day",))) == {"roe", "day"}


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


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (profile("Al Roe"), profile("Alan Roe"), True),
        (profile("Bill Roe"), profile("William Roe"), True),
        (profile("Ana Roe"), profile("Bo Roe"), False),
        (profile("Ana Diaz Roe"), profile("Ana Diaz"), True),
        (profile("Ana Roe", names=("Bo Day",)), profile("Bo Day"), True),
        (profile("Roe", roles=("president",)), profile("Al Roe"), True),
        (profile("Roe", roles=("president",)), profile("Roe", roles=("president",)), True),
        (profile("Roe"), profile("Al Roe"), False),
        (
            profile("Roe", companions={"2025-1": {"x"}}),
            profile("Al Roe", companions={"2025-2": {"y"}}),
            True,
        ),
        (
            profile("Roe", companions={"2025-1": {"x"}}),
            profile("Al Roe", companions={"2025-3": {"y"}}),
            False,
        ),
        (
            profile("Roe", companions={"2025-1": {"x"}}),
            profile("Roe", companions={"2025-1": {"y"}}),
            False,
        ),
        (profile("Vega", "ORG"), profile("Vega", "PRODUCT"), True),
        (profile("Kenya Post Bank", "ORG"), profile("Post Bank", "ORG"), True),
        (profile("South Korea Post Bank", "ORG"), profile("Post Bank", "ORG"), True),
        (profile("Kenya Bank", "ORG"), profile("Bank", "ORG"), False),
        (profile("Qbcdef", "ORG"), profile("Q B C D E F", "ORG"), True),
        (profile("Qbcdefg", "ORG"), profile("Q B C D E F G", "ORG"), False),
        (profile("Paris", "GPE"), profile("P A R I S", "GPE"), False),
    ],
)
def test_profiles_that_are_compared(one: Profile, other: Profile, meet: bool) -> None:
    held = {1: blocks(one), 2: blocks(other)}
    assert list(meetings(held)) == [(1, 2)] * meet
    assert list(meetings(held, {2})) == [(1, 2)] * meet
    assert list(meetings(held, {3})) == []


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("The “Gdańsk” Shipyard’s", "gdansk shipyard"),
        ("U.S. Army", "us army"),
        ("J.P. Morgan & Co.", "jp morgan & co"),
        ("the The Hague", "hague"),
        ("the", "the"),
        ("Jean-Luc   Roe", "jean luc roe"),
        ("x" * 300, "x" * 160),
    ],
)
def test_a_name_without_what_is_written_in_several_ways(written: str, name: str) -> None:
    assert normal(written) == name


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Mr. Prime Minister Lee", "lee"),
        ("Prime Minister Narendra Modi", "narendra modi"),
        ("Mr", "mr"),
        ("William “Bill” Gates", "william gates"),
        ("Robert (Bob) Hale", "robert hale"),
        ("Lech Wałęsa", "lech walesa"),
        ("Conan O’Brien", "conan o'brien"),
        ("“”", "“”"),
    ],
)
def test_the_key_of_a_person(written: str, key: str) -> None:
    assert person_key(written) == key


@pytest.mark.parametrize(
    ("written", "homes", "name", "country"),
    [
        ("Ministry of Health", ("GB", "US"), "ministry of health", "GB"),
        ("the Ministry of Health of Kenya", ("US",), "ministry of health", "KE"),
        ("Health Ministry", ("FR",), "ministry of health", "FR"),
        ("New Zealand Defence Ministry", (), "ministry of defence", "NZ"),
        ("Kenya Health Department", (), "department of health", "KE"),
        ("Department of Health and Sport", ("US",), "department of health and sport", "US"),
        ("State Department", (), "department of state", "?"),
        ("Congress", ("IN", "US"), "congress", "US"),  # only some countries have one
        ("Congress", ("FR", "IN"), "congress", "FR"),
        ("Supreme Court of the United States", ("IN",), "supreme court", "US"),
        ("House of Representatives of the Philippines", ("US",), "house of representatives", "PH"),
        ("the federal government", ("DE",), "government", "DE"),
        ("armed forces of Ukraine", (), "military", "UA"),
        ("Pentagon", ("US",), "department of defense", "US"),
        ("Bank of England", (), "bank of england", ""),
        ("Apple Inc. Ltd.", ("US",), "apple", ""),
        ("Inc.", (), "inc", ""),
        ("“”", (), "“”", ""),
        ("", (), "?", ""),
    ],
)  # fmt: skip
def test_an_institution_and_its_country(
    written: str, homes: tuple[str, ...], name: str, country: str
) -> None:
    assert institution(written, homes) == (name, country)


@pytest.mark.parametrize(
    ("written", "name", "country"),
    [
        ("Holland", "NL", ""),
        ("the Netherlands", "NL", ""),
        ("Paris, Texas", "paris", ""),
        ("Portland, Ore.", "portland", ""),
        ("Paris, France", "paris france", ""),
        ("Washington, DC", "washington dc", ""),
        ("Washington", "washington", ""),
        ("District of Columbia", "washington dc", ""),
        (", Texas", "texas", ""),
        ("Georgia", "georgia", "?"),
        ("“”", "“”", ""),
        ("", "?", ""),
    ],
)
def test_a_place(written: str, name: str, country: str) -> None:
    assert place(written) == (name, country)


@pytest.mark.parametrize(
    ("name", "pronouns", "gender"),
    [
        ("Xqz Roe", {"he": 1}, ""),
        ("Xqz Roe", {"he": 2}, "m"),
        ("Xqz Roe", {"she": 1, "her": 1}, "f"),
        ("Xqz Roe", {"he": 3, "she": 1}, ""),
        ("Xqz Roe", {"he": 4, "she": 1}, "m"),
        ("Xqz Roe", {"she": 4, "he": 1}, "f"),
        ("Mary Roe", {}, "f"),
        ("Mary Roe", {"he": 2}, "f"),
        ("Mary Roe", {"he": 3}, "m"),
        ("John Roe", {"she": 3}, "f"),
    ],
)
def test_the_gender_of_a_person(name: str, pronouns: dict[str, int], gender: str) -> None:
    (member,) = members("a", None, [seen(name)._replace(pronouns=pronouns)])
    assert named(member.key).gender == gender


def facts(kind: str, *entities: Seen) -> dict[str, list[str]]:
    """Return the facts of a kind about each entity of an article."""
    return {
        one.entity: [fact.value for fact in one.facts if fact.kind == kind]
        for one in members("a|b", "2025-12-01T10:00", entities)
    }


def test_companions_are_the_persons_and_organisations_named_most() -> None:
    many = [seen(f"Q{letter} Roe", times=20 - at) for at, letter in enumerate("abcdefghij")]
    lone, body = seen("Day", times=50), seen("Senate of France", "ORG", 50)
    found = facts("companion", seen("Vega Corp", "ORG", 30), lone, body, *many)
    every = ["vega", *(f"q{letter} roe" for letter in "abcdefgh")]
    assert found["Day"] == [f"2025-4:{name}" for name in every[:8]]
    assert found["Qa Roe"] == [f"2025-4:{name}" for name in every if name != "qa roe"]
    assert found["Vega Corp"] == []


def test_what_an_article_says_of_its_entities() -> None:
    ann = seen("Ann Lee", times=2, descriptions=("the mayor", "mayor", "French poet"))
    ann = ann._replace(names={"Ann Lee": 2, "Dr. Ann Q. Lee": 1, "Lee": 4}, identifiers={"x|": "1"})
    body = seen("Quartz Bank", "ORG")._replace(names={"Quartz Bank": 1, "QB Inc.": 1, "Senate": 1})
    entities = ann, body, seen("Paris", "GPE", 3)
    assert facts("role", *entities)["Ann Lee"] == ["mayor", "french poet"]
    assert facts("alias", *entities) == {
        "Ann Lee": ["ann q lee"],
        "Quartz Bank": ["qb"],
        "Paris": [],
    }
    assert facts("identifier", *entities)["Ann Lee"] == ["x =1"]
    assert facts("home", *entities) == {"Ann Lee": ["FR"], "Quartz Bank": [], "Paris": []}
    assert facts("date", *entities)["Paris"] == ["2025-12-01"]
    found = {one.entity: one for one in members("a", "2025-12-01", entities)}
    assert found["Ann Lee"].mentions == 7
    assert Fact("date", "9999") in next(members("a", None, entities)).facts


@pytest.mark.parametrize(
    ("entity", "key"),
    [
        (seen("Ann Lee", descriptions=("mayor", "poet", "senator")), "PER|ann lee|f|politics||"),
        (seen("Lee", descriptions=("poet",)), "PER|lee||arts||a b"),
        (seen("Lee", descriptions=("ex president", "US king")), "PER|lee|||king|"),
        (seen("Senate", "ORG"), "ORG|senate||||a b"),
        (seen("Senate of France", "ORG"), "ORG|senate|||FR|"),
        (seen("Texans", "NORP"), "NORP|people of texan||||"),
        (seen("Swiss", "NORP"), "NORP|people of CH||||"),
        (seen("Georgia", "GPE"), "LOC|georgia||||"),
        (seen("The Ring", "WORK_OF_ART"), "WORK_OF_ART|ring||||"),
    ],
)  # fmt: skip
def test_the_key_of_an_entity(entity: Seen, key: str) -> None:
    (member,) = members("a|b", None, [entity])
    assert member.key == key


def test_georgia_is_a_state_in_an_article_about_the_united_states() -> None:
    found = {one.entity: one.key for one in members("a", None, [
        seen("Georgia", "GPE"), seen("Texas", "GPE"),
    ])}  # fmt: skip
    assert named(found["Georgia"]).place == "US"


def test_the_countries_of_an_article_by_how_often_it_names_them() -> None:
    entities = [
        seen("France", "GPE", 2),
        seen("Paris", "GPE", 2),
        seen("Georgia", "GPE", 9),
        seen("German", "NORP", 3),
        seen("US Senate", "ORG", 5),
        seen("Ann Day", "PERSON", 9, ("Italian mayor",)),
        seen("Kenya", "LOC", 9),
        seen("Spain", "GPE", 1),
    ]
    assert countries(entities) == ("US", "FR", "DE", "ES", "IT")


@pytest.mark.parametrize(
    ("description", "nouns"),
    [
        ("mayor of Leeds", ["mayor"]),
        ("vice president of sales", ["vice president", "president"]),
        ("the late king", []),
        ("striker", ["striker"]),
        ("fan", []),
    ],
)
def test_the_offices_and_trades_of_a_description(description: str, nouns: list[str]) -> None:
    assert list(heads(description)) == nouns


@pytest.mark.parametrize(
    ("day", "when"),
    [
        ("2025-01-01", "2025-1"),
        ("2025-03-31", "2025-1"),
        ("2025-04-01", "2025-2"),
        ("2025-12-31", "2025-4"),
        ("9999", "9999"),
    ],
)
def test_the_quarter_of_a_day(day: str, when: str) -> None:
    assert quarter(day) == when


@pytest.mark.parametrize("module", ["pairs", "profiles"])
def test_examples(module: str) -> None:
    found = doctest.testmod(import_module(f"pipeline.model.identity.{module}"))
    assert found.attempted
    assert not found.failed
