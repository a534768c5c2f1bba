"""The public functions, and their import time."""

from __future__ import annotations

import doctest
import subprocess
import sys
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

import pipeline
from pipeline.errors import ArticleTooLong, BadDate, EmptyArticle, UsageError
from pipeline.input.article import Article
from pipeline.outcomes import Notice
from pipeline.output.loading import load
from pipeline.stages.language import loaded_models

TEXT = "Sales rose 5% last year, said Ann Lee of Acme Corp."


@pytest.mark.parametrize("name", pipeline.__all__)
def test_each_public_name_can_be_imported(name: str) -> None:
    assert getattr(pipeline, name) is not None
    assert name in dir(pipeline)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nowhere"):
        _ = pipeline.nowhere


def test_importing_the_package_imports_neither_spacy_nor_pydantic() -> None:
    code = (
        "import sys, pipeline, pipeline.cli; "
        "print(sorted({'spacy', 'pydantic', 'numpy', 'trafilatura'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"


def test_extract_returns_a_record(nlp: Language) -> None:
    record = pipeline.extract(
        TEXT, nlp=nlp, id="a-1", published=date(2025, 5, 1), title="Sales", uri="https://e.org/a"
    )
    assert (record.id, record.text, record.source.published) == ("a-1", TEXT, "2025-05-01")
    assert (record.source.title, record.source.uri) == ("Sales", "https://e.org/a")


@pytest.mark.parametrize("field", ["id", "uri", "title", "byline", "publisher", "language"])
def test_characters_that_no_database_can_store_are_replaced_with_a_warning(
    nlp: Language, tmp_path: Path, field: str
) -> None:
    found = pipeline.extract(TEXT, nlp=nlp, **{field: "en\0\ud800"})
    value = found.id if field == "id" else getattr(found.source, field)
    assert value == "en\ufffd\ufffd"
    assert [(one.code, one.message) for one in found.warnings if one.code < "W210"] == [
        ("W203", f"1 NUL in {field} replaced by U+FFFD"),
        ("W204", f"1 lone surrogate in {field} replaced by U+FFFD"),
    ]
    load([found], f"sqlite:///{tmp_path}/x.db")


def test_extract_takes_an_article_with_its_metadata(nlp: Language) -> None:
    facts = {"id": "a-1", "title": "Sales", "byline": "Ann Lee", "publisher": "The Wet Times"}
    article = Article(TEXT, published="2025-05-01", uri="https://e.org/a", language="en", **facts)
    given = replace(article, meta={"desk": "money"}, notices=(Notice("W211", "no date"),))
    record = pipeline.extract(given, nlp=nlp)
    assert record == next(pipeline.extract_many([given], nlp=nlp))
    assert record.source.meta == {"desk": "money"}
    assert [one.code for one in record.warnings] == ["W211"]
    with_options = {"published": "2025-05-01", "uri": "https://e.org/a", "language": "en", **facts}
    same = pipeline.extract(TEXT, nlp=nlp, **with_options)  # type: ignore[arg-type]
    assert pipeline.extract(article, nlp=nlp).to_line() == same.to_line()
    renamed = pipeline.extract(article, nlp=nlp, title="Other")
    assert (renamed.id, renamed.source.title) == ("a-1", "Other")
    with pytest.raises(EmptyArticle, match=r"a\.txt: empty"):
        pipeline.extract(Article("", where="a.txt"), nlp=nlp)


@pytest.mark.parametrize("value", [b"Rain.", None, 7, {"text": "Rain."}, Article(b"Rain.")])  # type: ignore[arg-type]
def test_what_is_neither_a_text_nor_an_article_is_a_clear_error(nlp: Language, value: Any) -> None:
    with pytest.raises(UsageError, match=r"article is \w+, not a string"):
        pipeline.extract(value, nlp=nlp)
    with pytest.raises(UsageError, match=r"article is \w+, not a string"):
        list(pipeline.extract_many([value], nlp=nlp))


def test_extract_raises_errors_of_the_article(nlp: Language) -> None:
    with pytest.raises(EmptyArticle):
        pipeline.extract(" ", nlp=nlp)
    with pytest.raises(ArticleTooLong, match="limit 1,000"):
        pipeline.extract("a " * 600, nlp=nlp, settings=pipeline.Settings(max_bytes=1000))
    with pytest.raises(BadDate):
        pipeline.extract(TEXT, nlp=nlp, published="May 1st")


def test_the_profile_determines_what_is_loaded(
    nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def loaded(_: str, loading: tuple[tuple[str, object], ...]) -> Language:
        asked.append(dict(loading)["profile"])
        return nlp

    monkeypatch.setattr("pipeline.api._loaded", loaded)
    first = pipeline.extract(TEXT)
    assert first.attributions
    assert first.provenance is not None
    assert [model.name for model in first.provenance.models] == [
        one.name for one in loaded_models(nlp)
    ]
    pipeline.extract(TEXT, profile="fast")
    pipeline.extract(TEXT, settings=pipeline.Settings(profile="fast"))
    assert asked == ["accurate", "fast", "fast"]


def test_a_profile_that_the_pipeline_was_not_loaded_with_is_an_error(nlp: Language) -> None:
    assert pipeline.extract(TEXT, nlp=nlp, profile="accurate").attributions
    with pytest.raises(UsageError, match="nlp has the profile 'accurate'"):
        pipeline.extract(TEXT, nlp=nlp, profile="fast")


def test_an_article_needs_only_its_text(nlp: Language) -> None:
    articles = [Article(" "), Article(" ", id="b"), Article(" ", id="c", uri="https://e.org/c")]
    assert [
        one.source
        for one in pipeline.extract_many(articles, nlp=nlp)
        if isinstance(one, pipeline.Failure)
    ] == ["article 1", "b", "https://e.org/c"]
    with pytest.raises(BadDate, match=r"^'May 1st' is not a valid date"):
        Article("Rain fell.", published="May 1st")


def test_extract_many_gives_one_outcome_per_article_in_order(nlp: Language) -> None:
    articles = ["Rain fell.", "", Article(text="Snow fell.", where="s", id="s")]
    first, second, third = pipeline.extract_many(articles, nlp=nlp)
    assert isinstance(first, pipeline.ArticleRecord)
    assert isinstance(second, pipeline.Failure)
    assert (second.source, second.code) == ("article 2", "P204")
    assert isinstance(third, pipeline.ArticleRecord)
    assert third.id == "s"


@pytest.mark.parametrize(
    "name",
    [
        "pipeline",
        "pipeline.api",
        "pipeline.errors",
        "pipeline.outcomes",
        "pipeline.settings",
        "pipeline.stages.language",
        "pipeline.text.paragraphs",
        "pipeline.text.decode",
        "pipeline.text.language",
        "pipeline.text.words",
        "pipeline.input.article",
        "pipeline.input.files",
        "pipeline.cli.drawing",
        "pipeline.cli.options",
        "pipeline.storage",
        "pipeline.batch.process",
        "pipeline.batch.batch",
        "pipeline.batch.store",
        "pipeline.cli.extract",
        "pipeline.cli.screen",
    ],
)
def test_the_examples_of_docstrings_run(
    name: str, nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.api._loaded", lambda *_: nlp)
    module = import_module(name)
    shared = {"load": lambda: nlp} if name == "pipeline.stages.language" else {}
    failed, attempted = doctest.testmod(module, extraglobs=shared)
    assert attempted > 0
    assert failed == 0
