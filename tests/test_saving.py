"""A loaded pipeline can be saved, pickled and sent to other processes."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tomllib
import warnings
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

import pipeline
from pipeline.model.parser import ParagraphParser
from pipeline.stages.language import load

ROOT = Path(__file__).resolve().parent.parent
SEED = (ROOT / "seeds/000_12599b830581316b.txt").read_text("utf-8")
ODD = "“It’ll cost £20m.” Lt. Lee said.\n\nSELMA, N.C.—Rain fell. " + "(" * 600 + " Snow fell."
"""Needs the rules of our tokenizer."""


def lines(nlp: Language) -> list[str]:
    """Return the records of both texts."""
    return [
        pipeline.extract(text, nlp=nlp, published="2025-05-01").to_line() for text in (SEED, ODD)
    ]


def from_disk(nlp: Language, folder: Path) -> Language:
    nlp.to_disk(folder)
    return spacy.load(folder)


def from_bytes(nlp: Language, _: Path) -> Language:
    return Language.from_config(nlp.config).from_bytes(nlp.to_bytes())


def unpickled(nlp: Language, _: Path) -> Language:
    found: Language = pickle.loads(pickle.dumps(nlp))
    return found


@pytest.mark.parametrize("again", [from_disk, unpickled])
def test_a_pipeline_that_was_saved_makes_the_same_records(
    nlp: Language, tmp_path: Path, again: object
) -> None:
    assert callable(again)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        other = again(nlp, tmp_path / "saved")
    assert lines(other) == lines(nlp)
    assert type(other.get_pipe("parser")) is ParagraphParser
    twice = again(other, tmp_path / "twice")
    assert lines(twice) == lines(nlp)


def test_the_settings_of_a_saved_pipeline_are_kept(tmp_path: Path) -> None:
    nlp = load(min_confidence=0.9, officeholders=True)
    text = "“It rained,” President Obama said. Officials were wary of talks."
    for other in (from_disk(nlp, tmp_path / "saved"), unpickled(nlp, tmp_path)):
        assert pipeline.extract(text, nlp=other) == pipeline.extract(text, nlp=nlp)
        assert other.meta["news_loaded"] == nlp.meta["news_loaded"]


SPAWNING = """
import json, multiprocessing
import pipeline

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    nlp = pipeline.load()
    texts = [f"“We won {at} seats,” said Ann Lee on Monday." for at in range(4)]
    found = [doc.to_bytes() for doc in nlp.pipe(texts, n_process=2, batch_size=1)]
    news = [doc._.news.attributions for doc in nlp.pipe(texts, n_process=2, batch_size=1)]
    alone = list(nlp.pipe(texts))
    assert all(one for one in news)
    # a document that went between processes has lists in place of tuples
    assert json.dumps(news) == json.dumps([doc._.news.attributions for doc in alone])
    print(len(found))
"""


@pytest.mark.check
def test_a_pipeline_works_in_spawned_processes(tmp_path: Path) -> None:
    script = tmp_path / "spawning.py"
    script.write_text(SPAWNING, "utf-8")
    run = [sys.executable, "-W", "error", str(script)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=600, cwd=ROOT, check=False)
    assert (done.stdout, done.returncode) == ("4\n", 0), done.stderr


def test_a_saved_pipeline_is_found_by_the_entry_points() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for group, registry in (
        ("spacy_factories", None),
        ("spacy_tokenizers", spacy.registry.tokenizers),
    ):
        for name, place in declared["entry-points"][group].items():
            loaded = EntryPoint(name, place, group).load()
            if registry is None:
                assert Language.has_factory(name)
            else:
                assert registry.get(name) is loaded
