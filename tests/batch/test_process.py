"""The outcome of one article is always a record or a failure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline import __version__
from pipeline.batch.process import process, provenance, run_serial
from pipeline.errors import ArticleTooSlow, ExtraMissing, StageOrder
from pipeline.input.article import Article
from pipeline.input.html import Page
from pipeline.model.exact import kernel
from pipeline.outcomes import Failure, Notice, Repeat
from pipeline.records.schema import ArticleRecord
from pipeline.settings import Settings
from pipeline.stages.language import STAGES, loaded_models

SETTINGS = Settings(max_bytes=5000, segment_chars=1000)
STRICT = replace(SETTINGS, strict=True)
TEXT = "“We lost 12 homes,” said Ann Lee, the mayor of Berlin, on Monday."


def run(
    nlp: Language, text: str = TEXT, *, settings: Settings = SETTINGS, **fields: Any
) -> ArticleRecord | Failure:
    article = Article(text=text, where="a.txt", **fields)
    return process(article, nlp, settings, provenance=provenance(nlp, settings))


def record(nlp: Language, text: str = TEXT, **fields: Any) -> ArticleRecord:
    found = run(nlp, text, **fields)
    assert isinstance(found, ArticleRecord), found
    return found


def failure(nlp: Language, text: str = TEXT, **fields: Any) -> Failure:
    found = run(nlp, text, **fields)
    assert isinstance(found, Failure)
    return found


def failing(nlp: Language, error: BaseException, *names: str) -> Language:
    """Return the pipeline with an error at the end of some components, after they wrote."""
    components = dict(nlp.pipeline)

    def component(name: str) -> Callable[[Doc], Doc]:
        def fail(doc: Doc) -> Doc:
            components[name](doc)
            raise error

        return fail if name in names else components[name]

    replaced = [(name, component(name)) for name in components]

    class Broken:
        meta = nlp.meta
        pipeline = replaced
        make_doc: Callable[[str], Doc] = staticmethod(nlp.make_doc)
        memory_zone = staticmethod(nlp.memory_zone)

    return Broken()  # type: ignore[return-value]


@pytest.fixture
def broken(nlp: Language, request: pytest.FixtureRequest) -> Language:
    """The pipeline with ``news_times`` raising the test's exception."""
    return failing(nlp, request.param, "news_times")


def test_a_record_has_its_provenance_and_no_other_trace_of_the_machine(nlp: Language) -> None:
    made = record(nlp).provenance
    assert made is not None
    assert made.pipeline == __version__
    assert made.settings == SETTINGS.fingerprint()
    assert [m.name for m in made.models] == [one.name for one in loaded_models(nlp)]
    assert made.models[0].version == "3.7.1"
    assert made.kernel == kernel()
    assert re.fullmatch(r"(\w+ [\d.]+( \w+)?, )?onnxruntime [\d.]+", made.kernel)


def test_metadata_of_an_article_goes_to_its_source(nlp: Language) -> None:
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


HEADED = "Harbour wall falls\nLEEDS, May 2, 2025 (AP) - The wall fell on Monday. Nobody was hurt."


@pytest.mark.parametrize(
    ("text", "given", "title", "published", "read"),
    [
        (HEADED, {}, "Harbour wall falls", "2025-05-02", ("title", "published")),
        (HEADED, {"title": "Wall"}, "Wall", "2025-05-02", ("published",)),
        (HEADED, {"published": "2025-05-03"}, "Harbour wall falls", "2025-05-03", ("title",)),
        (TEXT, {}, None, None, ()),
    ],
    ids=["neither given", "title given", "date given", "nothing in the text"],
)
def test_a_title_and_a_date_that_are_not_given_are_read_from_the_text(
    nlp: Language,
    text: str,
    given: dict[str, str],
    title: str | None,
    published: str | None,
    read: tuple[str, ...],
) -> None:
    source = record(nlp, text, **given).source
    assert (source.title, source.published, source.from_text) == (title, published, read)


def test_an_article_gives_the_same_bytes_after_any_others(nlp: Language) -> None:
    first = record(nlp).to_line()
    record(nlp, "Quite other words, said Zxqwy Blorft of Fnordania.")
    failure(nlp, " ")
    assert record(nlp).to_line() == first


def test_no_word_of_an_article_stays_in_memory(nlp: Language) -> None:
    record(nlp)
    before = len(nlp.vocab.strings), len(list(nlp.vocab))
    record(nlp, "Quxly Vlarf of Mirzapolis paid 77 smeerps, said Zorp Quibnax, the Florg of Yttle.")
    assert (len(nlp.vocab.strings), len(list(nlp.vocab))) == before


def test_the_text_is_kept_unchanged(nlp: Language) -> None:
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


FRENCH = "La pluie a fermé deux routes vendredi, et le maire a dit qu'elles le resteraient."
ENGLISH = "Rain closed two roads on Friday, and the mayor said that they would stay closed."


@pytest.mark.parametrize(
    ("text", "given", "asked", "language", "codes"),
    [
        (ENGLISH, None, "auto", "en", []),
        (ENGLISH, "en-GB", "auto", "en-GB", []),
        (FRENCH, None, "auto", "fr", ["W231"]),
        (FRENCH, "fr", "auto", "fr", ["W231"]),
        # the input is wrong: its value is kept, with a warning
        (FRENCH, "en", "auto", "en", ["W231"]),
        (ENGLISH, "fr", "auto", "fr", ["W232"]),
        # the user overrides both
        (FRENCH, "fr", "en", "en", []),
        (ENGLISH, None, "de", "de", ["W231"]),
        ("Ann Lee, Bob Ray", None, "auto", None, []),
    ],
)
def test_the_language_is_requested_given_or_detected(
    nlp: Language, text: str, given: str | None, asked: str, language: str | None, codes: list[str]
) -> None:
    settings = replace(SETTINGS, language=asked)
    found = record(nlp, text, settings=settings, language=given)
    assert found.source.language == language
    assert [one.code for one in found.warnings] == codes


def test_a_language_warning_names_the_language_given_by_the_input(nlp: Language) -> None:
    message = record(nlp, FRENCH, language="en").warnings[0].message
    assert message == "the text is in 'fr', though the input says 'en'; the models read English"


def test_offsets_are_continuous_in_a_long_article(nlp: Language) -> None:
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
def test_a_stage_that_raises_is_a_failure_that_names_it_if_strict(
    nlp: Language, broken: Language, code: str
) -> None:
    first = record(nlp).to_line()
    found = failure(broken, settings=STRICT, id="7")
    assert (found.code, found.stage, found.id) == (code, "news_times", "7")
    assert found.sha256 == record(nlp).source.sha256
    assert "\n" not in found.message
    assert record(nlp).to_line() == first


LAYERS = {
    "news_entities": ("entities",),
    "news_quotes": ("quotes",),
    "news_times": ("times",),
    "news_figures": ("figures",),
    "news_attributions": ("attributions",),
    "news_resolve": ("entities",),
}
"""The layers that are empty if a stage fails."""


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_raises_affects_only_its_own_layer(nlp: Language, stage: str) -> None:
    whole = record(nlp)
    found = record(failing(nlp, IndexError("odd"), stage))
    message = f"{stage} raised IndexError: what it finds is missing"
    assert [(w.code, w.message) for w in found.warnings] == [("W501", message)]
    assert found.incomplete
    assert not whole.incomplete
    for layer in ("entities", "quotes", "times", "figures", "attributions"):
        assert getattr(whole, layer), layer
        assert bool(getattr(found, layer)) == (layer not in LAYERS[stage]), layer
    assert ArticleRecord.from_line(found.to_line()) == found
    assert record(nlp).to_line() == whole.to_line()


def test_stages_in_the_wrong_order_end_the_run(nlp: Language) -> None:
    """Every article would have the same record without figures: it is no problem of an article."""
    swapped = failing(nlp, ValueError())
    at = nlp.pipe_names.index("news_figures")
    swapped.pipeline[at - 1 : at + 1] = reversed(swapped.pipeline[at - 1 : at + 1])
    with pytest.raises(StageOrder, match="news_figures: the document has no times yet"):
        run(swapped)


def test_an_article_on_which_every_stage_fails_still_has_a_record(nlp: Language) -> None:
    found = record(failing(nlp, RecursionError(), *STAGES))
    assert found.text == TEXT
    assert [warning.message.split()[0] for warning in found.warnings] == list(STAGES)
    layers = (found.entities, found.quotes, found.times, found.figures, found.attributions)
    assert layers == ((),) * 5


def test_a_stage_that_fails_gives_the_same_bytes_each_time(nlp: Language) -> None:
    for stage in STAGES:
        one = failing(nlp, ValueError(object()), stage)
        assert record(one).to_line() == record(one).to_line()


@pytest.mark.parametrize(
    ("error", "code"),
    [(ArticleTooSlow("over 600 s"), "P504"), (MemoryError(), "P503")],
    ids=["deadline", "MemoryError"],
)
def test_errors_that_depend_on_the_machine_fail_the_article(
    nlp: Language, error: Exception, code: str
) -> None:
    found = failure(failing(nlp, error, "news_times"))
    assert (found.code, found.stage) == (code, "news_times")


@pytest.mark.parametrize("component", ["parser", "news_paragraphs"])
def test_an_article_without_a_parse_is_a_failure(nlp: Language, component: str) -> None:
    found = failure(failing(nlp, ValueError("odd"), component))
    assert (found.code, found.stage) == ("P501", component)


@pytest.mark.parametrize("broken", [KeyboardInterrupt()], indirect=True)
def test_an_interruption_is_not_a_failure_of_the_article(broken: Language) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(broken)


@pytest.mark.check
def test_a_page_without_an_article_is_a_failure_of_reading(nlp: Language) -> None:
    page = Page(data=b"<html></html>", where="x.html")
    found = process(page, nlp, SETTINGS, provenance=provenance(nlp, SETTINGS))
    assert isinstance(found, Failure)
    assert (found.code, found.stage, found.source) == ("P208", "read", "x.html")


def test_a_missing_package_stops_the_run(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "trafilatura", None)
    page = Page(data=b"<html></html>", where="x.html")
    with pytest.raises(ExtraMissing):
        process(page, nlp, SETTINGS, provenance=provenance(nlp, SETTINGS))


def test_a_duplicate_article_is_left_out_and_a_duplicate_id_is_a_failure(
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
