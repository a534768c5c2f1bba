"""A file is put in place completely, and never replaces another without force."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pipeline.errors import OutputExists, OutputNotCreated, WriteFailed
from pipeline.output.files import NewFile


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write(path: Path, *parts: bytes, force: bool = False) -> bool:
    file = NewFile(path, force=force)
    try:
        for part in parts:
            file.write(part)
        return file.commit()
    except BaseException:
        file.abort()
        raise


def test_nothing_is_in_place_before_the_commit(tmp_path: Path) -> None:
    out = tmp_path / "new" / "x.jsonl"
    file = NewFile(out)
    file.write(b"one\n")
    assert not out.exists()
    assert file.commit() is True
    assert out.read_bytes() == b"one\n"
    assert names(out.parent) == ["x.jsonl"]


def test_the_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write(tmp_path / "x", b"1")
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == stat.S_IMODE(
        (tmp_path / "plain").stat().st_mode
    )


def test_an_abort_leaves_nothing_behind(tmp_path: Path) -> None:
    file = NewFile(tmp_path / "x")
    file.write(b"one\n")
    file.abort()
    file.abort()
    assert names(tmp_path) == []


def test_the_same_bytes_are_not_a_conflict(tmp_path: Path) -> None:
    out = tmp_path / "x"
    out.write_bytes(b"one\ntwo\n")
    before = out.stat()
    assert write(out, b"one\n", b"two\n") is False
    assert (out.stat().st_ino, out.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert names(tmp_path) == ["x"]


@pytest.mark.parametrize("parts", [(b"other\n",), (b"one\n",), (b"one\n", b"two\n", b"three\n")])
def test_other_bytes_are_refused_and_the_file_stays(tmp_path: Path, parts: tuple[bytes]) -> None:
    out = tmp_path / "x"
    out.write_bytes(b"one\ntwo\n")
    with pytest.raises(OutputExists) as caught:
        write(out, *parts)
    assert caught.value.exit_code == 73
    assert "--force" in caught.value.hint
    assert out.read_bytes() == b"one\ntwo\n"
    assert names(tmp_path) == ["x"]


def test_force_replaces(tmp_path: Path) -> None:
    out = tmp_path / "x"
    out.write_bytes(b"one\n")
    assert write(out, b"two\n", force=True) is True
    assert out.read_bytes() == b"two\n"


def test_a_file_that_another_program_made_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    out = tmp_path / "x"
    file = NewFile(out)
    file.write(b"ours")
    out.write_bytes(b"theirs")
    with pytest.raises(OutputExists, match="another program"):
        file.commit()
    file.abort()
    assert out.read_bytes() == b"theirs"
    assert names(tmp_path) == ["x"]


def test_a_link_is_followed_to_its_target(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"one")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link", b"two", force=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"two"


def test_folders_and_devices_are_not_replaced_by_a_file(tmp_path: Path) -> None:
    for path in (tmp_path, Path("/dev/null")):
        with pytest.raises(OutputNotCreated):
            NewFile(path, force=True)
    assert Path("/dev/null").is_char_device()


def test_a_folder_that_cannot_be_created_is_an_error_with_a_code(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputNotCreated) as caught:
        NewFile(tmp_path / "file" / "x")
    assert caught.value.exit_code == 73


@pytest.mark.parametrize("call", ["fsync", "link"])
def test_a_full_disk_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    out = tmp_path / "x"
    if call == "fsync":
        out.write_bytes(b"one")
        file = NewFile(out, force=True)
        monkeypatch.setattr(os, "fsync", full)
        file.write(b"two")
        with pytest.raises(WriteFailed, match="no space left") as caught:
            file.commit()
        file.abort()
        assert caught.value.exit_code == 74
        assert out.read_bytes() == b"one"
    else:  # without hard links, the file is renamed into place
        monkeypatch.setattr(os, "link", full)
        assert write(out, b"two") is True
        assert out.read_bytes() == b"two"
    assert names(tmp_path) == ["x"]
