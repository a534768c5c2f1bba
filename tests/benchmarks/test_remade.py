"""A model whose command makes other bytes is reported."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest
import remade

ROOT = Path(__file__).parents[2]
MAKE = """\
import sys
from pathlib import Path
words = Path("seeds/words.txt").read_text()
Path(sys.argv[1]).write_text(words + Path("models/tide/more.txt").read_text())
"""


@pytest.mark.parametrize("name", remade.SMALL)
def test_the_card_of_each_small_model_has_the_command_that_makes_it(name: str) -> None:
    found = remade.commands((ROOT / "models" / name / "README.md").read_text("utf-8"))
    last = found[-1]
    assert last[last.index("--out") + 1].startswith(f"models/{name}")
    for command in found:
        inputs = [one for one in command if one.startswith("seeds/")]
        assert all((ROOT / one).is_file() for one in inputs)


def test_a_card_without_a_command_is_an_error() -> None:
    with pytest.raises(ValueError, match="no command"):
        remade.commands("# tide\n```\nIt rained.\n```\n")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project whose model was made from other words than its corpus has now."""
    model = tmp_path / "models" / "tide"
    model.mkdir(parents=True)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "words.txt").write_text("high ")
    (tmp_path / "make.py").write_text(MAKE)
    (model / "more.txt").write_text("water")
    (model / "weights.txt").write_text("low water")
    (model / "README.md").write_text("```\npython -m make \\\n  models/tide/weights.txt\n```\n")
    manifest(tmp_path, "low water")
    return tmp_path


def manifest(root: Path, weights: str) -> None:
    sha256 = hashlib.sha256(weights.encode()).hexdigest()
    (root / "models" / "manifest.toml").write_text(
        f'[[models]]\nname = "tide"\n[models.files]\n"weights.txt" = "{sha256}"\n'
    )


def test_another_corpus_makes_other_bytes(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["remade.py", "tide"])
    with pytest.raises(SystemExit) as ended:
        remade.main(root)
    assert (ended.value.code, capsys.readouterr().out) == (1, "tide: weights.txt differs\n")
    assert (root / "models" / "tide" / "weights.txt").read_text() == "low water"
    manifest(root, "high water")
    remade.main(root)
    assert capsys.readouterr().out == "tide: the same bytes\n"
