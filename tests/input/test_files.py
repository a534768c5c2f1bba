"""Paths become files, and only regular files are read."""

from __future__ import annotations

import os
import socket
from collections import Counter
from pathlib import Path

import pytest

from pipeline.errors import (
    InputNotFound,
    NotAFile,
    NothingToRead,
    NotText,
    UnknownSuffix,
    Unreadable,
)
from pipeline.input import Skipped
from pipeline.input.files import check, find, open_regular, shown
from pipeline.outcomes import Failure


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("news/b.txt", "news/a.txt", "news/deep/er/c.md", "news/.hidden", "news/.git/x"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, "utf-8")
    return tmp_path


def names(*paths: str) -> list[str]:
    return [shown(one) if not isinstance(one, Failure) else one.code for one in find(paths)]


def test_a_folder_yields_its_files_sorted_and_without_hidden_ones() -> None:
    assert names("news") == ["news/a.txt", "news/b.txt", "news/deep/er/c.md"]


def test_a_glob_is_expanded_if_the_shell_did_not() -> None:
    assert names("news/*.txt") == ["news/a.txt", "news/b.txt"]
    assert names("news/**/*.md") == ["news/deep/er/c.md"]
    assert names("news/**") == ["news/a.txt", "news/b.txt", "news/deep/er/c.md"]


def test_only_known_suffixes_are_taken_from_folders_and_globs_and_the_others_are_counted(
    tree: Path,
) -> None:
    for name in ("x.py", "y.PY", "z.tar.gz", "README", "rows.csv.gz", "wire.XML"):
        (tree / "news" / name).write_text("x", "utf-8")
    for path in ("news", "news/*", "news/**"):
        skipped = Skipped()
        found = [one for one in find([path], skipped=skipped) if not isinstance(one, Failure)]
        assert [Path(one).name for one in found if "deep" not in one] == [
            "a.txt",
            "b.txt",
            "rows.csv.gz",
            "wire.XML",
        ]
        assert str(skipped) == (
            "skipped 4 files with other suffixes (.py 2, .tar.gz 1, no suffix 1)"
        )
    every = [one for one in find(["news"], any_suffix=True) if not isinstance(one, Failure)]
    assert len(every) == 9


def test_skipped_files_are_reported_by_number_and_kind() -> None:
    many = Skipped(Counter({f".{letter}": 9 for letter in "abcdefghij"}) + Counter({".z": 1000}))
    assert str(many).startswith("skipped 1,090 files with other suffixes (.z 1,000, .a 9, ")
    assert str(many).endswith(" .g 9, …)")
    assert str(Skipped(own=2, records=1)) == (
        "skipped 2 outputs of this program, 1 record of web archives that are not pages"
    )
    assert str(Skipped()) == ""


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("a.py", UnknownSuffix, r"^a\.py: unknown suffix \.py; expected \.txt \.md \.html"),
        ("a.log.gz", UnknownSuffix, r"unknown suffix \.log\.gz; expected"),
        ("README", UnknownSuffix, "no suffix; expected"),
    ],
)
def test_a_named_file_needs_a_known_suffix_or_a_given_format(
    tree: Path, name: str, error: type[UnknownSuffix], message: str
) -> None:
    (tree / name).write_text("Rain fell.", "utf-8")
    with pytest.raises(error, match=message) as caught:
        check(["news", name])
    assert caught.value.exit_code == 65
    assert "--as text" in caught.value.hint
    assert check(["news", name], any_suffix=True) == ("news", name)
    assert names(name) == [name]


def test_the_kind_of_a_named_binary_file_is_reported(tree: Path) -> None:
    (tree / "report.rtf").write_bytes(b"{\\rtf1 It rained.}")
    with pytest.raises(NotText, match=r"^report\.rtf: an RTF document, not plain text") as caught:
        check(["report.rtf"])
    assert "pandoc" in caught.value.hint


@pytest.mark.parametrize("paths", [["empty"], ["py"], ["empty", "py/*.py"], ["run"]])
def test_folders_and_patterns_without_readable_files_are_an_error(
    tree: Path, paths: list[str]
) -> None:
    for name in ("empty/.hidden", "py/a.py", "run/plan.jsonl", "run/manifest.json"):
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).write_text("{}", "utf-8")
    with pytest.raises(NothingToRead, match="no file that can be read") as caught:
        names(*paths)
    assert caught.value.exit_code == 66
    assert caught.value.where == " ".join(paths)
    if paths == ["py"]:
        assert "skipped 1 file with other suffixes (.py 1)" in caught.value.message


def test_a_link_with_an_unknown_suffix_is_skipped_in_a_folder(tree: Path) -> None:
    (tree / "odd").mkdir()
    (tree / "odd/x.txt").write_text("x", "utf-8")
    (tree / "odd/lib.so").symlink_to("/nowhere")
    assert names("odd") == ["odd/x.txt"]


def test_a_file_with_a_wildcard_in_its_name_is_a_file(tree: Path) -> None:
    (tree / "what[1].txt").write_text("x", "utf-8")
    assert names(*check(["what[1].txt"])) == ["what[1].txt"]


def test_a_file_named_twice_is_read_once() -> None:
    assert names("news/a.txt", "news", "./news/b.txt") == [
        "news/a.txt",
        "news/b.txt",
        "news/deep/er/c.md",
    ]


def test_a_hidden_file_that_is_named_is_read() -> None:
    assert names("news/.hidden") == ["news/.hidden"]


def test_outputs_of_the_run_are_not_input() -> None:
    assert [shown(str(one)) for one in find(["news"], skip=["news/a.txt", "news/none"])] == [
        "news/b.txt",
        "news/deep/er/c.md",
    ]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere.txt", "no such file"),
        ("news/*.pdf", "nothing matches"),
        ("a\0b", "null"),
        ("news/a.txt/b", "not a directory"),
    ],
)
def test_a_path_that_matches_nothing_is_an_error_before_reading(path: str, message: str) -> None:
    with pytest.raises(InputNotFound, match=message) as caught:
        check(["news", path])
    assert caught.value.exit_code == 66


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("news/aa.txt", "did you mean news/a.txt?"),
        ("nwes", "did you mean news?"),
        ("nowhere/a.txt", InputNotFound.hint),
        ("news/zzzzzz", InputNotFound.hint),
        ("a\0b", InputNotFound.hint),
    ],
)
def test_a_misspelt_path_gets_the_nearest_name_as_a_hint(path: str, hint: str) -> None:
    with pytest.raises(InputNotFound) as caught:
        check([path])
    assert caught.value.hint == hint


def test_opening_a_misspelt_file_gives_the_nearest_name_as_a_hint() -> None:
    with pytest.raises(InputNotFound) as caught:
        open_regular("news/aa.txt")
    assert caught.value.hint == "did you mean news/a.txt?"


def links_and_devices(tree: Path) -> dict[str, str]:
    (tree / "link.txt").symlink_to(tree / "news/a.txt")
    (tree / "loop").symlink_to(tree)
    os.mkfifo(tree / "fifo")
    return {"link.txt": "symbolic link", "loop": "symbolic link", "fifo": "FIFO"}


def test_named_links_and_fifos_are_refused(tree: Path) -> None:
    for name, kind in (links_and_devices(tree) | {"/dev/zero": "device"}).items():
        with pytest.raises(NotAFile, match=kind):
            check([name])
        with pytest.raises(NotAFile, match=kind):
            open_regular(name)


def test_links_fifos_and_sockets_in_a_folder_are_failures(tree: Path) -> None:
    odd = tree / "odd"
    odd.mkdir()
    (odd / "z.txt").write_text("x", "utf-8")
    links_and_devices(odd)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("odd/socket")
        assert names("odd") == ["P202", "P202", "P202", "P202", "odd/z.txt"]


def test_a_link_that_replaced_a_file_is_not_followed(tree: Path) -> None:
    (found,) = find(["news/a.txt"])
    (tree / "news/a.txt").unlink()
    (tree / "news/a.txt").symlink_to("/etc/hostname")
    with pytest.raises(NotAFile):
        open_regular(str(found))


def test_a_missing_file_or_a_folder_cannot_be_opened() -> None:
    with pytest.raises(InputNotFound):
        open_regular("gone.txt")
    with pytest.raises((NotAFile, Unreadable)):
        open_regular("news")


def test_a_very_deep_folder_is_walked(tree: Path) -> None:
    deep = tree.joinpath("deep", *(["d"] * 300))
    deep.mkdir(parents=True)
    (deep / "x.txt").write_text("x", "utf-8")
    assert len(names("deep")) == 1


def test_a_name_that_is_not_unicode_is_escaped() -> None:
    assert shown(os.fsdecode(b"caf\xe9.txt")) == "caf\\xe9.txt"
    assert shown("a/./b.txt") == "a/b.txt"
