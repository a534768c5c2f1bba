"""Whatever becomes of one article, it becomes a record or a failure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline import __version__
from pipeline.errors import ExtraMissing
from pipeline.exact import kernel
from pipeline.outcomes import Failure, Notice, Repeat
from pipeline.readers.article import Article
from pipeline.readers.html import Page
from pipeline.records.schema import ArticleRecord
from pipeline.runs.process import process, provenance
from pipeline.runs.serial import run_serial
from pipeline.settings import Settings

SETTINGS = Settings(max_bytes=5000, segment_chars=1000)
TEXT = "“We lost 12 homes,” said Ann Lee, the mayor of Berlin, on Monday."


def run(nlp: Language, text: str = TEXT, **fields: Any) -> ArticleRecord | Failure:
    article = Article(text=text, where="a.txt", **fields)
    return process(article, nlp, SETTINGS, provenance=provenance(nlp, SETTINGS))


def record(nlp: Language, text: str = TEXT, **fields: Any) -> ArticleRecord:
    found = run(nlp, text, **fields)
    assert isinstance(found, ArticleRecord), found
    return found


def failure(nlp: Language, text: str = TEXT, **fields: Any) -> Failure:
    found = run(nlp, text, **fields)
    assert isinstance(found, Failure)
    return found


@pytest.fixture
def broken(nlp: Language, request: pytest.FixtureRequest) -> Language:
    """The pipeline with ``news_times`` raising what the test names."""

    def fail(_doc: Doc) -> Doc:
        raise request.param

    stages = list(nlp.pipeline)
    replaced = [(name, fail if name == "news_times" else stage) for name, stage in stages]

    class Broken:
        meta = nlp.meta
        pipeline = replaced
        make_doc: Callable[[str], Doc] = staticmethod(nlp.make_doc)
        memory_zone = staticmethod(nlp.memory_zone)

    return Broken()  # type: ignore[return-value]


def test_a_record_says_what_made_it_and_nothing_else_of_the_machine(nlp: Language) -> None:
    made = record(nlp).provenance
    assert made is not None
    assert made.pipeline == __version__
    assert made.settings == SETTINGS.fingerprint()
    assert [m.name for m in made.models] == [
        "en_core_web_md",
        "attributions-filter",
        "attributions-fast",
    ]
    assert made.models[0].version == "3.7.1"
    assert made.kernel == kernel()
    assert re.fullmatch(r"(\w+ [\d.]+( \w+)?, )?onnxruntime [\d.]+", made.kernel)


def test_what_is_known_of_an_article_goes_to_its_source(nlp: Language) -> None:
    found = record(
        nlp,
        id="../../r 1",
        uri="https://example.org/r",
        title="Loss",
        byline="Bo Ek",
        publisher="The Post",
        published="2025-05-01T08:30:00Z",
        language="en-GB",
        meta={"k": [1, None, {"x": 0.5}], "big": 10**30},
    )
    assert found.id == "../../r 1"
    source = found.source
    assert (source.uri, source.title, source.byline, source.publisher, source.language) == (
        "https://example.org/r",
        "Loss",
        "Bo Ek",
        "The Post",
        "en-GB",
    )
    assert source.published == "2025-05-01T08:30:00Z"
    assert source.meta == {"k": [1, None, {"x": 0.5}], "big": 10**30}
    assert ArticleRecord.from_line(found.to_line()) == found


def test_the_same_article_gives_the_same_bytes_whatever_came_before(nlp: Language) -> None:
    first = record(nlp).to_line()
    record(nlp, "Quite other words, said Zxqwy Blorft of Fnordania.")
    failure(nlp, " ")
    assert record(nlp).to_line() == first


def test_no_word_of_an_article_stays_in_memory(nlp: Language) -> None:
    record(nlp)
    before = len(nlp.vocab.strings), len(list(nlp.vocab))
    record(nlp, "Quxly Vlarf of Mirzapolis paid 77 smeerps, said Zorp Quibnax, the Florg of Yttle.")
    assert (len(nlp.vocab.strings), len(list(nlp.vocab))) == before


def test_the_text_is_kept_as_it_was_read(nlp: Language) -> None:
    text = " \r\n“We lost,”\u2028said Ann\u00a0Lee.\t\r\n\r\n "
    assert record(nlp, text).text == text


@pytest.mark.parametrize(("text", "message"), [("", "empty"), (" \r\n\u2003\t", "no words")])
def test_an_article_without_words_is_a_failure(nlp: Language, text: str, message: str) -> None:
    found = failure(nlp, text)
    assert (found.code, found.message, found.stage) == ("P204", message, "check")


def test_the_limit_counts_bytes_of_utf8(nlp: Language) -> None:
    assert failure(nlp, "é" * 2501).message == "5,002 bytes, limit 5,000"
    assert record(nlp, "é " * 1666).text


def test_notices_become_warnings_of_the_record(nlp: Language) -> None:
    found = record(
        nlp,
        "Rain\0 fell. " + "x" * 501 + " ok.",
        notices=(Notice("W201", "guessed"),),
        language="de",
    )
    assert [(w.code, w.start, w.end) for w in found.warnings] == [
        ("W201", None, None),
        ("W203", 4, 5),
        ("W222", 12, 513),
        ("W231", None, None),
    ]
    assert found.text[4] == "\ufffd"


def test_a_long_article_has_offsets_that_count_through(nlp: Language) -> None:
    paragraph = "Ann Lee won 12% of the vote in Berlin. “It rained,” she said.\n\n"
    found = record(nlp, paragraph * 40)
    assert [w.code for w in found.warnings] == ["W221"]
    rain = [q for q in found.quotes if q.text == "It rained,"]
    assert [q.start for q in rain] == [len(paragraph) * i + 40 for i in range(40)]
    lee = [e for e in found.entities if e.name == "Ann Lee"]
    assert len(lee) == 1
    assert lee[0].mentions[-1].start > len(paragraph) * 39


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (ValueError("odd\ntext"), "P501"),
        (RecursionError(), "P502"),
        (MemoryError(), "P503"),
        (AssertionError(), "P501"),
    ],
    indirect=["broken"],
    ids=["ValueError", "RecursionError", "MemoryError", "AssertionError"],
)
def test_a_stage_that_raises_is_a_failure_that_names_it(
    nlp: Language, broken: Language, code: str
) -> None:
    first = record(nlp).to_line()
    found = failure(broken, id="7")
    assert (found.code, found.stage, found.id) == (code, "news_times", "7")
    assert found.sha256 == record(nlp).source.sha256
    assert "\n" not in found.message
    assert record(nlp).to_line() == first


@pytest.mark.parametrize("broken", [KeyboardInterrupt()], indirect=True)
def test_an_interruption_is_no_failure_of_the_article(broken: Language) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(broken)


def test_a_page_without_an_article_is_a_failure_of_reading(nlp: Language) -> None:
    pytest.importorskip("trafilatura")
    page = Page(data=b"<html></html>", where="x.html")
    found = process(page, nlp, SETTINGS, provenance=provenance(nlp, SETTINGS))
    assert isinstance(found, Failure)
    assert (found.code, found.stage, found.source) == ("P208", "read", "x.html")


def test_a_missing_package_stops_the_run(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "trafilatura", None)
    page = Page(data=b"<html></html>", where="x.html")
    with pytest.raises(ExtraMissing):
        process(page, nlp, SETTINGS, provenance=provenance(nlp, SETTINGS))


def test_an_article_that_came_before_is_left_out_and_a_taken_id_is_a_failure(
    nlp: Language,
) -> None:
    articles = [
        Article(text="Rain fell.", where="1"),
        Article(text="Rain fell.", where="2"),
        Article(text="Snow fell.", where="3", id="x"),
        Article(text="Hail fell.", where="4", id="x"),
        Failure(None, "5", "P205", "not text", "read"),
        Article(text=" ", where="6", id="x"),
        Article(text="Snow fell.", where="7"),
    ]
    found = list(run_serial(articles, nlp, SETTINGS))
    kinds = [one.code if isinstance(one, Failure) else type(one).__name__ for one in found]
    assert kinds == [
        "ArticleRecord",
        "Repeat",
        "ArticleRecord",
        "P207",
        "P205",
        "P204",
        "ArticleRecord",
    ]
    assert found[1] == Repeat(found[0].id, "2")
