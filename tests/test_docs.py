"""Examples in README and the docs run and print what they show, and links work."""

from __future__ import annotations

import doctest
import json
import re
import sys
from pathlib import Path

import click
import pytest

from pipeline.cli import commands
from pipeline.errors import by_code
from pipeline.outcomes import NOTICES
from pipeline.settings import KNOWN
from tests.blocks import OUTPUT, PAGES, ROOT, languages, printed
from tests.test_golden import CLOSE

sys.path.insert(0, str(ROOT / "docs" / "site"))

import borrowed
import hook
import reference
from doctests import fenced

LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


SURE = re.compile(r"((?<=, )[01]\.\d\d(?!\d|\.\d|%))")
"""A confidence as ``explain`` prints it."""


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def loosely(text: str) -> list[object]:
    """Return an output that equals one with other confidences, but for little."""
    words, sure = SURE.split(text)[::2], SURE.findall(text)
    return [*words, *(pytest.approx(float(one), abs=CLOSE) for one in sure)]


def parsed(text: str) -> list[object]:
    return [*SURE.split(text)[::2], *map(float, SURE.findall(text))]


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("model names, 0.98; e9 for $0.75", True),
        ("model names, 0.9; e9 for $0.75", False),
        ("model names, 0.95; e9 for $0.75", False),
        ("model names, 0.99; e8 for $0.75", False),
        ("model names, 0.99; e9 for $0.76", False),
        ("model names; e9 for $0.75", False),
    ],
)
def test_an_output_of_a_page_allows_a_little_for_confidences_alone(said: str, same: bool) -> None:
    assert (parsed(said) == loosely("model names, 0.99; e9 for $0.75")) == same


@pytest.mark.parametrize("page", [page for page in PAGES if languages(page)], ids=name)
def test_the_blocks_of_a_page_run_and_print_what_it_shows(page: Path) -> None:
    for block, said in printed(page):
        assert parsed(said) == loosely(block[3]), "write it anew: python -m tests.blocks"


def test_blocks_are_found() -> None:
    assert languages(ROOT / "README.md") == {"python"}
    assert languages(ROOT / "docs/tutorial/first-record.md") == {"python", "sh"}
    assert OUTPUT in (ROOT / "docs/tutorial/first-record.md").read_text("utf-8")


@pytest.mark.parametrize("page", [*PAGES, ROOT / "seeds/README.md"], ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_each_page_of_the_repository_that_the_site_borrows_is_there() -> None:
    for origin, page in borrowed.PAGES.items():
        assert (ROOT / origin).is_file()
        assert not (ROOT / "docs" / page).exists(), "two pages of one name"


def test_the_command_line_has_every_command_and_option() -> None:
    text = reference.command_line()
    for path, command in walk(commands, "pipeline"):
        section = text.partition(f"## {path}\n")[2].partition("\n## ")[0]
        assert section, path
        for one in command.params:
            if isinstance(one, click.Option):
                assert one.opts[-1] in section


def walk(group: click.Group, path: str) -> list[tuple[str, click.Command]]:
    found = []
    for key, command in group.commands.items():
        deeper = isinstance(command, click.Group)
        found += walk(command, f"{path} {key}") if deeper else [(f"{path} {key}", command)]
    return found


def test_every_setting_error_and_warning_is_explained() -> None:
    for setting in KNOWN:
        assert f"| `{setting.name}` |" in reference.settings()
    for code, kind in by_code().items():
        assert f"`{code}` {kind.__name__} | {kind.exit_code} |" in reference.error_codes()
        assert kind.exit_code in reference.EXITS
    for code in NOTICES:
        assert f"| `{code}` |" in reference.notices()


def test_every_warning_that_the_program_gives_has_its_meaning() -> None:
    given = {
        code
        for path in (ROOT / "pipeline").rglob("*.py")
        for code in re.findall(r'"(W\d{3})"', path.read_text("utf-8"))
    }
    assert given == set(NOTICES)


def test_every_field_of_a_record_is_explained_with_an_example() -> None:
    text = reference.record()
    for kind in reference.MODELS:
        section = text.partition(f"## {kind.__name__}\n")[2].partition("\n## ")[0]
        for field, info in kind.model_fields.items():
            assert info.description, f"{kind.__name__}.{field} has no docstring"
            assert f"| `{field}` |" in section
            assert f'"{field}":' in section


def test_a_section_that_readme_no_longer_has_is_missed() -> None:
    with pytest.raises(LookupError, match="Nowhere"):
        borrowed.section("# A\n\n## B\n", "Nowhere")


def test_links_of_borrowed_text_lead_to_where_the_site_has_it() -> None:
    failed, attempted = doctest.testmod(borrowed)
    assert (failed, attempted > 3) == (0, True)


def test_examples_of_docstrings_are_fenced_each_by_itself() -> None:
    text = "Add.\n\n>>> 1 + 1\n2\n\nRaises nothing.\n\n>>> x = (\n...     1)"
    assert fenced(text) == (
        "Add.\n\n```pycon\n>>> 1 + 1\n2\n```\n\nRaises nothing.\n\n"
        "```pycon\n>>> x = (\n...     1)\n```"
    )


def test_the_options_of_a_command_do_not_depend_on_how_it_was_called_before() -> None:
    before = reference.command_line()
    command = reference.commands.commands["extract"]
    kept, command._help_option = command._help_option, None
    try:
        command.get_params(click.Context(command))  # by itself, it has no -h
        assert reference.command_line() == before
    finally:
        command._help_option = kept


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/**/*.md")), ids=name)
def test_the_generated_parts_of_a_page_are_there_and_current(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text == reference.rewritten(text), "write it anew: make reference"
    assert text.count("<!-- generated:") == len(reference.PART.findall(text))
    here = page.relative_to(ROOT / "docs").as_posix()
    assert hook.MARKER.search(hook.filled(text, here)) is None


def test_each_generated_part_is_on_one_page() -> None:
    pages = [page.read_text("utf-8") for page in ROOT.glob("docs/**/*.md")]
    found = [part for page in pages for part in reference.PART.findall(page)]
    assert sorted(found) == sorted(reference.MAKERS)


def test_the_record_in_the_readme_is_that_of_the_seed() -> None:
    (golden,) = (ROOT / "seeds" / "golden").glob("000_*.json")
    record = json.loads(golden.read_text("utf-8"))
    items = {
        one["id"]: json.dumps(one, ensure_ascii=False)
        for layer in ("quotes", "attributions", "entities", "figures")
        for one in record[layer]
    }
    block = (ROOT / "README.md").read_text("utf-8").split("```jsonc\n")[1].split("```")[0]
    shown = re.split(r'^(?=\{"id": )', block, flags=re.MULTILINE)[1:]
    assert len(shown) == 4
    for item in shown:
        pairs = re.findall(r'"\w+": (?:"[^"]*"|[\d.]+|true|false|null|\["\w+"\])', item)
        whole = items[json.loads(pairs[0].partition(": ")[2])]
        assert [pair for pair in pairs if pair not in whole] == []
