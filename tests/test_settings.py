"""Settings: where they come from, who wins, and what is refused."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from pipeline.errors import GazetteerUnusable, SettingsError, SettingsUnreadable, UnknownSetting
from pipeline.settings import KNOWN, Settings, _line_of, given, load_settings


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults_apply_if_nothing_is_set() -> None:
    settings = load_settings(environment={})
    assert settings == Settings()
    assert settings.max_bytes == 1_000_000
    assert settings.segment_chars == 100_000
    assert settings.origins == {}


def test_a_flag_overrides_the_environment_which_overrides_the_file(in_folder: Path) -> None:
    (in_folder / "pipeline.toml").write_text(
        'max_bytes = 3000\ntext_key = "body"\nid_key = "a"\n', "utf-8"
    )
    settings = load_settings(
        environment={"PIPELINE_MAX_BYTES": "4000", "PIPELINE_ID_KEY": "b"},
        flags={"max_bytes": 5000, "model": None},
    )
    assert (settings.max_bytes, settings.id_key, settings.text_key) == (5000, "b", "body")
    assert settings.origins == {
        "max_bytes": "--max-bytes",
        "id_key": "PIPELINE_ID_KEY",
        "text_key": "pipeline.toml:2",
    }


@pytest.mark.parametrize(("value", "strict"), [("true", True), ("1", True), ("False", False)])
def test_a_switch_is_true_or_false_wherever_it_is_set(
    in_folder: Path, value: str, strict: bool
) -> None:
    assert load_settings(environment={"PIPELINE_STRICT": value}).strict is strict
    (in_folder / "pipeline.toml").write_text(f"strict = {str(strict).lower()}\n", "utf-8")
    assert load_settings(environment={}).strict is strict
    assert load_settings(environment={}, flags={"strict": not strict}).strict is not strict


def test_a_switch_that_is_neither_is_refused() -> None:
    with pytest.raises(SettingsError, match="'maybe' is not true or false"):
        load_settings(environment={"PIPELINE_STRICT": "maybe"})


def test_a_settings_file_can_be_given(in_folder: Path) -> None:
    (in_folder / "other.toml").write_text("\ufeffmax_bytes = 3000\n", "utf-8")
    assert load_settings(file="other.toml", environment={}).max_bytes == 3000
    environment = {"PIPELINE_CONFIG": "other.toml"}
    assert load_settings(environment=environment).max_bytes == 3000


def test_an_unknown_key_names_the_nearest_known_one(in_folder: Path) -> None:
    (in_folder / "pipeline.toml").write_text("max_byte = 3000\n", "utf-8")
    with pytest.raises(UnknownSetting) as caught:
        load_settings(environment={})
    assert caught.value.report() == (
        "error[P112]: pipeline.toml:1: there is no setting 'max_byte'\n"
        "hint: did you mean max_bytes?"
    )


def test_a_key_unlike_any_other_gets_the_whole_list(in_folder: Path) -> None:
    (in_folder / "pipeline.toml").write_text("[zzz]\n", "utf-8")
    with pytest.raises(UnknownSetting) as caught:
        load_settings(environment={})
    assert all(one.name in caught.value.hint for one in KNOWN)


def test_a_misspelt_variable_is_an_error_and_one_of_another_program_is_not() -> None:
    assert load_settings(environment={"PIPELINE_WORKSPACE": "/build"}) == Settings()
    with pytest.raises(UnknownSetting, match="max_byts"):
        load_settings(environment={"PIPELINE_MAX_BYTS": "4000"})


@pytest.mark.parametrize(
    "toml",
    [
        "max_bytes = '3000'",
        "max_bytes = true",
        "max_bytes = 1.5",
        "max_bytes = 1",
        "segment_chars = 999999999",
        "model = 3",
        "model = ''",
        "text_key = ['a']",
        "language = 'English'",
    ],
)
def test_an_invalid_value_is_refused_with_its_origin(in_folder: Path, toml: str) -> None:
    (in_folder / "pipeline.toml").write_text(toml, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(environment={})
    assert caught.value.where == "pipeline.toml:1"
    assert caught.value.exit_code == 78


def test_a_number_of_the_environment_must_be_one() -> None:
    with pytest.raises(SettingsError, match="PIPELINE_MAX_BYTES: 'many' is not a whole number"):
        load_settings(environment={"PIPELINE_MAX_BYTES": "many"})


@pytest.mark.parametrize("content", [b"max_bytes = ", b"\xff\xfe", b"a = " + b"[" * 10_000])
def test_a_file_that_is_not_toml_is_refused(in_folder: Path, content: bytes) -> None:
    (in_folder / "pipeline.toml").write_bytes(content)
    with pytest.raises(SettingsUnreadable, match="not valid TOML"):
        load_settings(environment={})


def test_a_fifo_or_a_device_is_no_settings_file(in_folder: Path) -> None:
    os.mkfifo(in_folder / "pipeline.toml")
    with pytest.raises(SettingsUnreadable, match=r"pipeline\.toml: not a regular file"):
        load_settings(environment={})
    with pytest.raises(SettingsUnreadable, match="/dev/zero: not a regular file"):
        load_settings(file="/dev/zero", environment={})


def test_a_settings_file_has_a_maximum_size_and_may_be_a_link(in_folder: Path) -> None:
    (in_folder / "shared.toml").write_text("max_bytes = 5_000\n" + "# comment\n" * 6_500, "utf-8")
    (in_folder / "pipeline.toml").symlink_to("shared.toml")
    assert load_settings(environment={}).max_bytes == 5_000
    with (in_folder / "shared.toml").open("a") as file:
        file.write("# comment\n" * 100)
    with pytest.raises(SettingsUnreadable, match="larger than 65,536 bytes"):
        load_settings(environment={})


@pytest.mark.parametrize(
    "toml",
    [
        "".join(f"k{at} = {at}\n" for at in range(4_000)),
        "y = '''\n" + "x = 1\n" * 8_000 + "'''\nx = 1\n",
        f"{'m' * 60_000} = 1\n",
    ],
    ids=["many", "inside a string", "long"],
)
def test_unknown_keys_are_refused_without_much_work(
    in_folder: Path, monkeypatch: pytest.MonkeyPatch, toml: str
) -> None:
    (in_folder / "pipeline.toml").write_text(toml, "utf-8")
    calls: list[int] = []
    read = tomllib.loads
    monkeypatch.setattr("tomllib.loads", lambda text: calls.append(len(text)) or read(text))
    with pytest.raises(UnknownSetting) as raised:
        load_settings(environment={})
    assert len(calls) <= 25
    assert len(str(raised.value)) < 200


def test_a_named_file_must_exist() -> None:
    with pytest.raises(SettingsUnreadable, match=r"nowhere\.toml"):
        load_settings(file="nowhere.toml", environment={})


def test_the_fingerprint_follows_what_shapes_a_record_and_nothing_else() -> None:
    plain = Settings().fingerprint()
    assert plain.startswith("sha256:")
    assert len(plain) == 71
    assert Settings(max_bytes=5000, text_key="body", model="other").fingerprint() == plain
    assert Settings(segment_chars=5000).fingerprint() != plain
    assert Settings(profile="fast").fingerprint() != plain


def test_the_least_confidence_is_a_share() -> None:
    assert load_settings(environment={"PIPELINE_MIN_CONFIDENCE": "0.75"}).min_confidence == 0.75
    assert Settings(min_confidence=1).min_confidence == 1.0
    assert Settings(min_confidence=0.5).fingerprint() != Settings().fingerprint()
    with pytest.raises(SettingsError, match=r"PIPELINE_MIN_CONFIDENCE: 'much' is not a number"):
        load_settings(environment={"PIPELINE_MIN_CONFIDENCE": "much"})
    with pytest.raises(SettingsError, match=r"min_confidence is 1\.5, not between 0 and 1"):
        Settings(min_confidence=1.5)


@pytest.mark.parametrize("format", ["auto", "%d/%m/%Y", "%b %d, %y", "%Y%m%d %H:%M:%S %z 100%%"])
def test_a_format_of_dates_gives_year_month_and_day(format: str) -> None:
    assert Settings(date_format=format).date_format == format


@pytest.mark.parametrize(
    "format", ["", "dd/mm/yyyy", "%d/%m", "%d/%m/%%Y", "%d/%m/%Y %", "%d/%m/%Y %q", "%d/%d/%m/%Y"]
)
def test_an_impossible_format_of_dates_is_refused(format: str) -> None:
    with pytest.raises(SettingsError, match="date_format"):
        Settings(date_format=format)


def test_identity_is_a_share_and_the_list_of_officeholders_is_off() -> None:
    plain = load_settings(environment={})
    assert (plain.min_identity, plain.officeholders) == (0.5, False)
    given = {"PIPELINE_MIN_IDENTITY": "0.9", "PIPELINE_OFFICEHOLDERS": "1"}
    strict = load_settings(environment=given)
    assert strict.loading == {
        "profile": "accurate", "min_confidence": 0.0, "min_identity": 0.9, "officeholders": True,
        "gazetteer": "",
    }  # fmt: skip
    prints = {
        one.fingerprint()
        for one in (plain, strict, Settings(min_identity=0.9), Settings(officeholders=True))
    }
    assert len(prints) == 4
    with pytest.raises(SettingsError, match=r"min_identity is 1\.5, not between 0 and 1"):
        Settings(min_identity=1.5)


def test_a_gazetteer_counts_by_its_content(tmp_path: Path) -> None:
    one, same, other = (tmp_path / name for name in ("one", "same", "other"))
    for path, content in ((one, "a"), (same, "a"), (other, "b")):
        path.write_text(content)
    prints = [Settings(gazetteer=str(path)).fingerprint() for path in (one, same, other)]
    assert prints[0] == prints[1]
    assert len({*prints, Settings().fingerprint()}) == 3
    with pytest.raises(GazetteerUnusable, match="No such file"):
        Settings(gazetteer=str(tmp_path / "gone")).fingerprint()


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ("max_bytes = 3000", 1),
        ("# max_bytes = 1\n\n  max_bytes=3000", 3),
        ("'max_bytes' = 3000", 1),
        ('model = """\nmax_bytes = 5\n"""\nmax_bytes = 3000', 4),
        ("max_bytes_of = 1\r\nmax_bytes = 3000", 2),
        ("[max_bytes]", 1),
        ("max_bytes.x = 1", 1),
        ('"max\\u005Fbytes" = 3000', None),
    ],
)
def test_an_origin_names_the_line(toml: str, line: int | None) -> None:
    assert _line_of("max_bytes", toml) == line


def test_all_given_values_are_shown_and_the_last_one_applies(in_folder: Path) -> None:
    (in_folder / "pipeline.toml").write_text("max_bytes = 3000\n", "utf-8")
    found = given(environment={"PIPELINE_MAX_BYTES": "4000"}, flags={"max_bytes": 5000})
    assert [(one.value, one.origin) for one in found] == [
        (3000, "pipeline.toml:1"),
        (4000, "PIPELINE_MAX_BYTES"),
        (5000, "--max-bytes"),
    ]


def test_a_misspelt_profile_gets_the_nearest_name_as_a_hint() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(environment={"PIPELINE_PROFILE": "acurate"})
    assert caught.value.hint == "did you mean accurate? profile is one of: accurate, fast"


def test_a_profile_is_one_of_a_list() -> None:
    assert load_settings(environment={"PIPELINE_PROFILE": "fast"}).profile == "fast"
    with pytest.raises(SettingsError, match="PIPELINE_PROFILE: there is no profile 'slow'"):
        load_settings(environment={"PIPELINE_PROFILE": "slow"})
