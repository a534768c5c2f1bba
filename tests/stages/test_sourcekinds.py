"""What kind of source a phrase is, and whether it is anonymous."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.document.names import read_lines, roles, sense_of, senses
from pipeline.records.labels import KIND_OF_LABEL, UNNAMED, EntityLabel


def source(nlp: Language, text: str) -> tuple[str | None, str | None]:
    """Return the entity and the kind of the first source of a text."""
    doc = nlp(text)
    one = next(one for one in doc._.news.attributions if one.source)
    assert one.anonymous == (one.source_kind in UNNAMED)
    name = None if one.entity is None else doc._.news.entities[one.entity].name
    return name, one.source_kind


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "Executive director of the Leeds chapter of the Council on River Care (CRC), "
            "Tara Quill, said the flood was over.",
            "Tara Quill",
        ),
        ("The director of Northgate Holdings, Tara Quill, said it rained.", "Tara Quill"),
        ("The director of Northgate Holdings Tara Quill said that it rained.", "Tara Quill"),
        ("Speaker of the parliament Tara Quill said that it rained.", "Tara Quill"),
        ("Journalist and producer Tara Quill said that it rained.", "Tara Quill"),
        ("The software company Northgate Systems said the flaw was old.", "Northgate Systems"),
        ("The city of Leeds said that the road would stay closed.", "Leeds"),
    ],
)
def test_a_name_in_apposition_is_the_source(nlp: Language, text: str, name: str) -> None:
    assert source(nlp, text)[0] == name


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Tara Quill said that it rained.", "person"),
        ("Northgate Holdings said that it rained.", "organisation"),
        ("Beijing said that it rained.", "place"),
        # a body by name, though no entity of its own
        ("The Samoan government said that the road would stay closed.", "organisation"),
        ("The New Zealand government said that the road would stay closed.", "organisation"),
        ("The government of Samoa said that the road would stay closed.", "organisation"),
        ("Tara Quill’s campaign said that the road would stay closed.", "organisation"),
        # … and one without
        ("The government said that the road would stay closed.", "unnamed_group"),
        ("A spokesman for Northgate Holdings said that it rained.", "unnamed_person"),
        ("An aide to Senator Tara Quill said that it rained.", "unnamed_person"),
        ("A senior official said that it rained.", "unnamed_person"),
        ("Someone said that it rained.", "unnamed_person"),
        ("U.S. officials said that it rained.", "unnamed_group"),
        ("Police said that it rained.", "unnamed_group"),
        ("People familiar with the matter said that it rained.", "unnamed_group"),
        ("A number of senators said that it rained.", "unnamed_group"),
        ("Thousands of Germans said that it rained.", "unnamed_group"),
        ("The results showed that sales fell by 3%.", "data"),
        ("Northgate Holdings’ results showed that sales fell by 3%.", "data"),
        ("A recent poll found that 40% of voters agree.", "data"),
        ("Data from the World Bank show that prices rose.", "data"),
        ("The report said that prices rose.", "document"),
        ("Most of the reports said that the road was closed.", "document"),
        # several
        ("Tara Quill and Tom Reed said that it rained.", "person"),
        ("Experts Tara Quill and Tom Reed said that it rained.", "person"),
        ("Firms such as Northgate Holdings and Apex Ridge said that it rained.", "organisation"),
        ("Police and county officials said that it rained.", "unnamed_group"),
        # a person may be behind "they"
        ("They said that it rained.", "unknown"),
        ("The weather said that it was over.", "unknown"),
    ],
)
def test_the_kind_of_a_source(nlp: Language, text: str, kind: str) -> None:
    assert source(nlp, text)[1] == kind


@pytest.mark.parametrize(
    "text",
    [
        "Director of the Council on River Care Alia Quenby said that it rained.",
        "Two experts, Tara Quill of Northgate Holdings and Tom Reed, said that it rained.",
        "Johns Hopkins University data show that it rained.",
        "The Yarrow Institute gizmos said that it rained.",
    ],
)
def test_a_phrase_with_a_name_that_heads_it_is_neither_unknown_nor_anonymous(
    nlp: Language, text: str
) -> None:
    assert source(nlp, text)[1] not in (*UNNAMED, "unknown", None)


def test_every_label_has_a_kind_of_source() -> None:
    assert KIND_OF_LABEL.keys() == set(EntityLabel.__args__)  # type: ignore[attr-defined]
    assert "unknown" not in KIND_OF_LABEL.values()


def test_the_list_of_nouns_says_each_once_and_none_that_is_a_role() -> None:
    words = [word for _, line in read_lines("sources.txt") for word in line.split()]
    assert len(words) == len(set(words))
    persons = {
        word for section, line in read_lines("sources.txt") if section == "person"
        for word in line.split()
    }  # fmt: skip
    assert persons.isdisjoint(roles())
    assert set(senses().values()) == {"person", "group", "body", "document", "data"}


@pytest.mark.parametrize(
    ("noun", "sense"),
    [
        ("officials", "person"),
        ("egyptologists", "person"),
        ("police", "group"),
        ("ministry", "body"),
        ("studies", "document"),
        ("figures", "data"),
        ("weather", None),
    ],
)
def test_the_kind_of_a_source_by_its_head_noun(noun: str, sense: str | None) -> None:
    assert sense_of(noun) == sense
