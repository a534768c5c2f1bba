"""The command does not load modules that it never uses."""

from __future__ import annotations

import subprocess
import sys

from spacy.language import Language


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_spacys_command_line_is_imported_on_demand() -> None:
    code = (
        "import sys, pipeline.stages.language\n"
        "assert not any(name.startswith('spacy.cli') for name in sys.modules)\n"
        "import spacy, spacy.cli\n"
        "print(spacy.info(silent=True)['spacy_version'] == spacy.__version__)\n"
        "print(spacy.cli.download.__module__)\n"
    )
    assert run(code).splitlines() == ["True", "spacy.cli.download"]


def test_spacy_is_unchanged_if_it_was_already_imported() -> None:
    code = (
        "import spacy; was = spacy.info; import pipeline.stages.language; print(spacy.info is was)"
    )
    assert run(code) == "True"


def test_the_strings_of_the_base_model_are_left_out_but_for_its_labels(nlp: Language) -> None:
    strings = nlp.vocab.strings
    assert len(strings) < 100_000
    for name in ("tagger", "parser"):
        labels = nlp.get_pipe(name).labels
        assert labels
        assert all(label in strings for label in labels)
