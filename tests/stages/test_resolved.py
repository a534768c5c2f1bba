"""The parts of the stage that resolves names: ages, names of persons, notices, speech."""

from __future__ import annotations

from datetime import date

import pytest
from spacy.language import Language

from pipeline.document.annotations import DocAttribution, DocEntity, DocFigure, DocMention, DocQuote
from pipeline.document.columns import Columns
from pipeline.document.names import Chain, Reference
from pipeline.names.persons import PersonName
from pipeline.stages.coreference.speakers import Open
from pipeline.stages.coreference.stage import (
    Resolve,
    called_he_or_she,
    distinct,
    full_name,
    lay_out,
    linked,
    names_of,
    open_names,
    open_speakers,
    with_ages,
)
from pipeline.text.spans import CharSpan
from tests.stages.named import clusters_of
from tests.stages.parsed import parsed


def entity(name: str, *mentions: CharSpan) -> DocEntity:
    return DocEntity(name, "PERSON", tuple(DocMention(*one, "name", None) for one in mentions))


@pytest.mark.parametrize(
    ("kind", "mentions", "holder"),
    [
        ("age", [(290, 310)], (290, 310)),
        ("age", [(300, 310), (290, 310)], (300, 310)),
        ("age", [(300, 302)], (300, 302)),
        ("age", [(300, 301)], None),
        ("age", [(301, 310)], None),
        ("age", [(100, 310)], (100, 310)),
        ("age", [(99, 310)], None),
        ("money", [(290, 310)], None),
        ("age", [], None),
    ],
)
def test_an_age_in_a_mention_is_that_of_its_entity(
    kind: str, mentions: list[CharSpan], holder: CharSpan | None
) -> None:
    figure = DocFigure(300, 302, kind, "39")  # type: ignore[arg-type]
    (found,) = with_ages([figure], [entity("Lee", *mentions)])
    assert found.holder == holder


def test_a_name_at_a_place_is_kept_before_other_mentions_of_it() -> None:
    said = [
        Reference(4, 6, 5, "nominal", 0),
        Reference(0, 1, 0, "pronoun", 1),
        Reference(4, 6, 5, "name", 2),
        Reference(4, 6, 5, "name", 3),
        Reference(0, 1, 0, "pronoun", 4),
        Reference(0, 2, 0, "pronoun", 5),
    ]
    assert [one.chain for one in distinct(said)] == [1, 5, 2]


def test_a_linker_does_not_replace_an_identifier() -> None:
    def linker(name: str, label: str, descriptions: tuple[str, ...]) -> dict[str, str]:
        return {"b": name, "a": label, "c": " ".join(descriptions)}

    one = DocEntity("Peru", "GPE", (), ("state",), (("b", "PE"),))
    assert linked(one, linker).identifiers == (("a", "GPE"), ("b", "PE"), ("c", "state"))


@pytest.mark.parametrize(
    ("label", "first", "described", "name"),
    [
        ("PERSON", "", ["President"], "Donald Trump"),
        ("PERSON", "", [], "President Trump"),
        ("PERSON", "ivanka", ["President"], "President Trump"),
        ("ORG", "", ["President"], "President Trump"),
    ],
)
def test_an_office_gives_the_first_name_of_its_holder(
    label: str, first: str, described: list[str], name: str
) -> None:
    person = PersonName(first, (), ("trump",), "")
    chain = Chain(label, "President Trump", person=person, descriptions=described)
    assert full_name(chain, date(2025, 5, 1)) == name


def test_what_is_left_open_is_reported_where_it_is() -> None:
    people = [entity("Ann Lee", (9, 16)), entity("Bo Lee", (0, 6))]
    (notice,) = open_speakers([Open(20, 23, "Lee", (1, 0))], people)
    assert (notice.code, notice.start, notice.end) == ("W241", 20, 23)
    assert notice.message == "'Lee' may be Bo Lee or Ann Lee: left open"


def test_open_names_are_reported_at_their_first_mention(nlp: Language) -> None:
    clusters = clusters_of(nlp, "[Bill Clinton] and [Hillary Clinton] left. [Clinton] spoke.")
    people = [entity("Bill", (0, 12)), entity("Hillary", (17, 32)), entity("C", (50, 57), (39, 46))]
    (notice,) = open_names(clusters, people)
    assert notice.message == "'C' may be Bill or Hillary: left open"
    assert (notice.start, notice.end) == (39, 46)


@pytest.mark.parametrize(
    ("pronouns", "label", "persons"),
    [
        ("he he", "GPE", {(0, 1)}),
        ("he she", "GPE", {(0, 1)}),
        ("he it", "GPE", set()),
        ("he", "GPE", set()),
        ("he he", "PERSON", set()),
        ("they they", "GPE", set()),
    ],
)
def test_who_is_called_he_twice_is_a_person(
    nlp: Language, pronouns: str, label: str, persons: set[tuple[int, int]]
) -> None:
    clusters = clusters_of(nlp, f"[{label}:Orban] {pronouns}")
    columns = Columns(nlp.make_doc(f"Orban {pronouns}"))
    found = [Reference(at, at + 1, at, "pronoun", 0) for at in range(1, 1 + len(pronouns.split()))]
    assert called_he_or_she(columns, clusters, found) == persons


def test_amounts_and_people_called_by_nation_are_not_names() -> None:
    doc = parsed("Ksh11/NNP the/DT Italian/NN/nsubj Rome/NNP G8/NNP", ORG=(0, 1), NORP=(2, 3),
                 GPE=(3, 4), EVENT=(4, 5))  # fmt: skip
    doc._.news.figures = [DocFigure(0, 5, "money", "11"), DocFigure(18, 22, "money", "8")]
    assert [(one.start, one.label) for one in names_of(doc)] == [(3, "GPE"), (4, "EVENT")]
    doc._.news.figures = [DocFigure(0, 5, "count", "11")]  # type: ignore[arg-type]
    assert [one.start for one in names_of(doc)] == [0, 3, 4]


def test_who_speaks_where() -> None:
    #              0   1    2  3  4    5   6 7  8       9  10 11   12
    doc = parsed("Lee said “ No ” . ¶ Q : It rained “ Oh ” “ Ah ”")
    place = [token.idx for token in doc]
    said = DocAttribution(((0, 3),), ((4, 8),), ((place[2], place[5]),), "direct")
    turn = DocAttribution(
        ((place[7], place[7] + 1),), ((place[8], place[8] + 1),),
        ((place[9], place[11]),), "direct", lemma=":",
    )  # fmt: skip
    marks = (0, 1)
    quotes = [
        DocQuote(place[3], place[3] + 2, marks, None, "direct", True, attribution=0),
        DocQuote(place[12], place[12] + 2, marks, None, "direct", True, continues=0),
        DocQuote(place[15], place[15] + 2, marks, None, "direct", False),
    ]
    scene = lay_out(Columns(doc), [], [], quotes, [said, turn])
    assert scene.sources == {0, 7}
    assert [at for at, number in enumerate(scene.speech) if number >= 0] == [3, 9, 10, 12]
    voices = [scene.voices[scene.speech[at]] for at in (3, 9, 10, 12)]
    assert voices == [0, 7, 7, 0]
    alone = lay_out(Columns(doc), [], [], [quotes[0]._replace(attribution=None)], [said])
    assert alone.voices == {0: -1}


def test_an_answer_below_the_minimum_is_left_open(nlp: Language) -> None:
    text = "Ann Lee met Bo. She said that she was tired."
    sure = nlp(text)._.news.entities[0]
    assert [text[one.start : one.end] for one in sure.mentions] == ["Ann Lee", "She", "she"]
    doc = Resolve(min_identity=1.0)(nlp(text))
    assert [len(one.mentions) for one in doc._.news.entities if one.name == "Ann Lee"] == [1]
