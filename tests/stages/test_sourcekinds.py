"""What kind of source a phrase is, and whether it is anonymous."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.data import read_lines
from pipeline.document.columns import Columns
from pipeline.document.names import Chain, Reference
from pipeline.names.lists import roles, sense_of, senses
from pipeline.records.labels import KIND_OF_LABEL, UNNAMED, EntityLabel
from pipeline.stages.coreference.sourcekinds import SourceKinds
from tests.stages.parsed import parsed


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


def written(rows: str, head: int, **names: tuple[int, int]) -> str:
    """Return the kind of a source that is a whole text with a written parse."""
    columns = Columns(parsed(rows, **names))
    chains = [Chain(label, label) for label in names]
    references = [
        Reference(start, end, end - 1, "name", number)
        for number, (start, end) in enumerate(names.values())
    ]
    return SourceKinds(columns, chains, references).of(0, len(columns.words), head)


@pytest.mark.parametrize(
    ("rows", "head", "names", "kind"),
    [
        # names in apposition, but not those in a phrase below the head
        ("experts/NNS Ann/NNP Day/NNP", 0, {"PERSON": (1, 3)}, "person"),
        ("aides/NNS to/TO Ann/NNP Day/NNP", 0, {"PERSON": (2, 4)}, "unnamed_group"),
        ("Day/NNP aides/NNS", 1, {"PERSON": (0, 1)}, "unnamed_group"),
        ("Firth/NNP director/NN Ann/NNP Day/NNP", 1, {"ORG": (0, 1), "PERSON": (2, 4)}, "person"),
        ("the/DT bank/NN Acme/NNP", 1, {"ORG": (2, 3)}, "organisation"),
        ("the/DT lawyers/NNS Acme/NNP", 1, {"ORG": (2, 3)}, "unnamed_group"),
        ("Acme/NNP lawyers/NNS", 1, {"ORG": (0, 1)}, "unnamed_group"),
        # the person who is the source may have no entity
        ("director/NN of/IN Firth/NNP Alia/NNP Quill/NNP", 0,
         {"ORG": (2, 3), "PERSON": (3, 5)}, "person"),
        ("director/NN of/IN Firth/NNP Alia/NNP Quill/NNP", 0, {"ORG": (2, 3), "GPE": (3, 5)},
         "person"),
        ("directors/NNS of/IN Firth/NNP Alia/NNP Quill/NNP", 0, {"ORG": (2, 3), "GPE": (3, 5)},
         "unnamed_group"),
        ("director/NN of/IN Firth/NNP New/NNP York/NNP", 0, {"ORG": (2, 3), "GPE": (3, 5)},
         "unnamed_person"),
        ("director/NN of/IN Firth/NNP Paris/NNP Quill/NNP", 0, {"ORG": (2, 3), "GPE": (3, 5)},
         "unnamed_person"),
        ("report/NN of/IN Firth/NNP Alia/NNP Quill/NNP", 0, {"ORG": (2, 3), "GPE": (3, 5)},
         "document"),
        # nations
        ("the/DT French/JJ", 1, {"NORP": (1, 2)}, "unnamed_group"),
        ("the/DT Swede/NNP", 1, {"NORP": (1, 2)}, "unnamed_person"),
        ("the/DT Swedes/NNPS", 1, {"NORP": (1, 2)}, KIND_OF_LABEL["NORP"]),
        # amounts
        ("many/JJ", 0, {}, "unnamed_group"),
        ("one/CD", 0, {}, "unnamed_person"),
        ("one/CD of/IN/prep/-1 lawyers/NNS/pobj/-1", 0, {}, "unnamed_person"),
        ("two/CD of/IN/prep/-1 lawyers/NNS/pobj/-1", 0, {}, "unnamed_group"),
        ("most/JJS of/IN/prep/-1 reports/NNS/pobj/-1", 0, {}, "document"),
        ("most/JJS in/IN/prep/-1 reports/NNS/pobj/-1", 0, {}, "unnamed_group"),
        ("half/NN of/IN/prep/-1 Acme/NNP/pobj/-1", 0, {"ORG": (2, 3)}, "organisation"),
        ("thousands/NNS of/IN/prep/-1 Swedes/NNPS/pobj/-1", 0, {"NORP": (2, 3)}, "unnamed_group"),
        # persons and groups
        ("people/NNS", 0, {}, "unnamed_group"),
        ("people/NN", 0, {}, "unnamed_group"),
        ("lawyer/NN", 0, {}, "unnamed_person"),
        ("police/NN", 0, {}, "unnamed_group"),
        # bodies by name
        ("Samoan/JJ government/NN", 1, {"NORP": (0, 1)}, "organisation"),
        ("a/DT Samoan/JJ government/NN", 2, {"NORP": (1, 2)}, "unnamed_group"),
        ("Samoa/NNP ’s/POS state/NN government/NN", 3, {"GPE": (0, 1)}, "organisation"),
        ("Samoa/NNP and/CC government/NN", 2, {"GPE": (0, 1)}, "unnamed_group"),
        ("the/DT government/NN of/IN Samoa/NNP", 1, {"GPE": (3, 4)}, "organisation"),
        ("the/DT government/NN of/IN Samoa/NNP now/RB", 1, {"GPE": (3, 4)}, "organisation"),
        ("the/DT ministry/NN of/IN home/NN affairs/NNS of/IN Samoa/NNP now/RB", 1,
         {"GPE": (6, 7)}, "organisation"),
        ("the/DT government/NN in/IN Samoa/NNP", 1, {"GPE": (3, 4)}, "unnamed_group"),
        ("Samoan/JJ ministries/NNS", 1, {"NORP": (0, 1)}, "unnamed_group"),
        # words that are in no list
        ("Justice/NNP Zork/NNP", 1, {}, "person"),
        ("Zork/NNP", 0, {}, "unknown"),
        ("Ann/NNP", 0, {}, "person"),
        ("government/NN Zork/NNP", 1, {}, "organisation"),
        ("Acme/NNP Zork/NNP of/IN", 1, {"GPE": (0, 1)}, "organisation"),
        ("Acme/NNP zork/NN", 1, {"GPE": (0, 1)}, "document"),
        ("zork/NN", 0, {}, "unknown"),
        # several
        ("police/NN and/CC/cc/-1 zorks/NNS/conj/-2", 0, {}, "unnamed_group"),
        ("lawyer/NN and/CC/cc/-1 zork/NN/conj/-2", 0, {}, "unnamed_group"),
        ("lawyer/NN and/CC/cc/-1 report/NN/conj/-2", 0, {}, "unnamed_person"),
        ("report/NN and/CC/cc/-1 data/NNS/conj/-2", 0, {}, "document"),
        ("report/NN from/IN/prep/-1 police/NN/conj/-2", 0, {}, "document"),
        ("report/NN ,/,/punct/-1 police/NN/conj/-2", 0, {}, "unnamed_group"),
        # examples
        ("firms/NNS such/JJ as/IN Acme/NNP Ltd/NNP", 0, {"ORG": (3, 5)}, "organisation"),
        ("officials/NNS ,/, including/VBG Ann/NNP Day/NNP", 0, {"PERSON": (3, 5)}, "person"),
        ("officials/NNS in/IN states/NNS ,/, including/VBG Ohio/NNP", 0, {"GPE": (5, 6)},
         "unnamed_group"),
        ("officials/NNS ,/, such/JJ zork/NN Ohio/NNP", 0, {"GPE": (4, 5)}, "unnamed_group"),
    ],
)  # fmt: skip
def test_the_kind_of_a_source_with_a_written_parse(
    rows: str, head: int, names: dict[str, tuple[int, int]], kind: str
) -> None:
    assert written(rows, head, **names) == kind


def test_only_names_and_words_near_the_head_of_a_source_are_read() -> None:
    far = " ".join(["zork/NN"] * 70)
    assert written(f"experts/NNS {far} Ann/NNP", 0, PERSON=(71, 72)) == "unnamed_group"
    columns = Columns(parsed("experts/NNS Ann/NNP"))
    pronoun = Reference(1, 2, 1, "pronoun", 0)
    found = SourceKinds(columns, [Chain("PERSON", "Ann")], [pronoun]).of(0, 2, 0)
    assert found == "unnamed_group"
