"""What kind of source a phrase is, and whether it is anonymous."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.data import read_lines
from pipeline.document.names import roles, sense_of, senses
from pipeline.records.labels import KIND_OF_LABEL, UNNAMED, EntityLabel


def source_kind(nlp: Language, text: str) -> str | None:
    """Return the kind of the first source of a text."""
    one = next(one for one in nlp(text)._.news.attributions if one.source)
    assert one.anonymous == (one.source_kind in UNNAMED)
    return one.source_kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Tara Quill said that it rained.", "person"),
        ("Northgate Holdings said that it rained.", "organisation"),
        ("Beijing said that it rained.", "place"),
        # a body by name, though no entity of its own
        ("The Samoan government said that the road would stay closed.", "organisation"),
        ("Tara Quill’s campaign said that the road would stay closed.", "organisation"),
        # … and one without
        ("The government said that the road would stay closed.", "unnamed_group"),
        ("A senior official said that it rained.", "unnamed_person"),
        ("Police said that it rained.", "unnamed_group"),
        ("The Swede said that it rained.", "unnamed_person"),
        ("A number of senators said that it rained.", "unnamed_group"),
        ("Thousands of Germans said that it rained.", "unnamed_group"),
        ("The results showed that sales fell by 3%.", "data"),
        ("The report said that prices rose.", "document"),
        # several
        ("Tara Quill and Tom Reed said that it rained.", "person"),
        ("Police and county officials said that it rained.", "unnamed_group"),
        # a person may be behind "they"
        ("They said that it rained.", "unknown"),
        ("The weather said that it was over.", "unknown"),
    ],
)
def test_the_kind_of_a_source(nlp: Language, text: str, kind: str) -> None:
    assert source_kind(nlp, text) == kind


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
