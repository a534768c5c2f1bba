"""The entry of the user's own list that an entity of an article is, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import BadRow, DuplicateId, GazetteerUnusable, InputNotFound, Malformed
from pipeline.model.identity.choice import choose
from pipeline.model.identity.gazetteer import Gazetteer, Known, index, read_table
from pipeline.model.identity.profiles import Seen

TABLE = """\
id,name,aliases,label,description,from,to
Q1,Ole Vang,,,Danish footballer of Fremad Club,1990,
Q2,Ole Vang,,,judge in Oslo,1950,2004
Q3,Tove Quandt,Tove Lindqvist|Tovi,,minister,,
Q4,Rita Berg,,,,,
Q5,Pontormo,,,painter,,
Q6,Norsk Steel Holdings,Norsk,ORG,steel maker,,
"""


def built(folder: Path, table: str) -> Gazetteer:
    source, path = folder / "x.csv", folder / "x.gazetteer"
    source.write_text(table)
    path.write_bytes(index(read_table(source)))
    return Gazetteer(path)


def person(name: str, *roles: str, label: str = "PERSON") -> Seen:
    return Seen(name, name, label, {name: 1}, {}, roles)


@pytest.mark.parametrize(
    ("seen", "published", "id"),
    [
        ([person("Tove Quandt")], None, "Q3"),
        ([person("Dr. Tove Lindqvist")], None, "Q3"),
        ([person("Tovi")], None, "Q3"),
        ([person("Quandt", "minister")], None, None),
        ([person("Siri Quandt")], None, None),
        ([person("Rita Berg", label="ORG")], None, None),
        ([person("Pontormo")], None, "Q5"),
        ([person("Norsk Steel Holdings Ltd", label="ORG")], None, "Q6"),
        ([person("Norsk", label="ORG")], None, "Q6"),
        ([person("Ole Vang")], "1999-05-01", None),
        ([person("Ole Vang", "striker")], "1999-05-01", "Q1"),
        ([person("Ole Vang", "judge")], "1999-05-01", "Q2"),
        ([person("Ole Vang"), person("Fremad Club", label="ORG")], "1999-05-01", "Q1"),
        ([person("Ole Vang")], "2025-05-01", "Q1"),
        ([person("Ole Vang")], "1970", "Q2"),
    ],
)
def test_names_descriptions_companions_and_dates_choose(
    tmp_path: Path, seen: list[Seen], published: str | None, id: str | None
) -> None:
    found = choose(built(tmp_path, TABLE), seen, published)
    assert (found[seen[0].id].id if seen[0].id in found else None) == id


def test_entries_that_are_sure_tell_what_the_article_is_about(tmp_path: Path) -> None:
    gazetteer = built(tmp_path, TABLE + "Q7,Per Lund,,,Danish footballer,,\n")
    alone = choose(gazetteer, [person("Ole Vang")], None)
    beside = choose(gazetteer, [person("Ole Vang"), person("Per Lund")], None)
    assert (alone, beside["Ole Vang"].id) == ({}, "Q1")


def test_exports_are_read_as_they_are(tmp_path: Path) -> None:
    wikidata = tmp_path / "w.csv"
    wikidata.write_text(
        "item,itemLabel,itemAltLabel,itemDescription,from\n"
        'http://www.wikidata.org/entity/Q3,Tove Quandt,"Tovi, T. Quandt",minister,'
        "1961-08-04T00:00:00Z\n"
    )
    (known,) = read_table(wikidata)
    names = ("Tove Quandt", "Tovi", "T. Quandt")
    assert known == Known("Q3", names, ("minister",), "1961-08-04")
    terms = tmp_path / "e.csv"
    terms.write_text(
        "id,name,group,start_date,end_date\na-1,Al Roe,Greens,2010,2014\na-1,Al Roe,Reds,2014,\n"
    )
    (known,) = read_table(terms)
    assert known == Known("a-1", ("Al Roe",), ("Greens", "Reds"), "2010")


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("Q 1,Al Roe,,", BadRow),
        (",Al Roe,,", BadRow),
        ("Q1,,,", BadRow),
        ("Q1,Al Roe,,,x", BadRow),
        ("Q1,Al Roe,MAYOR,", BadRow),
        ("Q1,Al Roe,,1 May 1990", BadRow),
        ("Q1,Al Roe,,2025-02-30", BadRow),
        ("Q1,Al Roe,,\nQ1,Bo Roe,,", DuplicateId),
        ('Q1,"Al Roe,,', Malformed),
        ("", Malformed),
    ],
)
def test_a_bad_row_is_an_error(tmp_path: Path, row: str, error: type[Exception]) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"id,name,label,from\n{row}\n")
    with pytest.raises(error):
        read_table(path)
    with pytest.raises(InputNotFound):
        read_table(tmp_path / "gone.csv")


def test_the_order_of_rows_does_not_change_the_file(tmp_path: Path) -> None:
    head, *rows = TABLE.splitlines()
    files = []
    for order in (rows, rows[::-1]):
        path = tmp_path / "x.csv"
        path.write_text("\n".join([head, *order]))
        files.append(index(read_table(path)))
    assert files[0] == files[1]


@pytest.mark.parametrize("content", [b"", b"\0\1", b"{}\n", b'{"gazetteer": 9, "scheme": "x"}\n'])
def test_another_file_is_no_gazetteer(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(GazetteerUnusable):
        Gazetteer(path)
