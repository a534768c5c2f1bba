"""No article takes longer than its limit."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from spacy.language import Language

from pipeline.api import extract_many
from pipeline.batch.process import deadline, process, provenance
from pipeline.errors import ArticleTooSlow
from pipeline.input import Article
from pipeline.outcomes import Failure
from pipeline.records.schema import ArticleRecord, text_sha256
from pipeline.settings import Settings


def spin() -> None:
    while True:
        time.monotonic()


def test_only_code_over_the_limit_is_stopped() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(ArticleTooSlow, match=r"a\.txt: over 0\.05 s"), deadline(0.05, "a.txt"):
        spin()
    with deadline(60, "a.txt"):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_a_swallowed_alarm_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.batch.process.AGAIN", 0.02)

    def swallow() -> None:
        with suppress(ArticleTooSlow):
            spin()
        spin()

    with pytest.raises(ArticleTooSlow), deadline(0.02, "a.txt"):
        swallow()


def test_an_article_that_is_too_slow_is_a_failure_of_its_stage_and_the_next_one_is_fine(
    nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings()
    made = provenance(nlp, settings)
    article = Article(text="Rain fell on Dover.", where="a.txt", id="7")
    expected = process(article, nlp, settings, provenance=made)
    name = "news_quotes"
    pipe = nlp.get_pipe(name)
    monkeypatch.setattr(type(pipe), "__call__", lambda *_: spin())
    with deadline(0.5, "a.txt"):
        failure = process(article, nlp, settings, provenance=made)
    assert isinstance(failure, Failure)
    assert (failure.code, failure.stage, failure.id) == ("P504", name, "7")
    monkeypatch.undo()
    assert process(article, nlp, settings, provenance=made) == expected


def test_extract_many_gives_up_an_article_that_takes_too_long(
    nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.batch.process.process", lambda article, *_, **__: _slow(article))
    articles = [Article(text="Rain fell.", where="a.txt"), Article(text="LOOP", where="b.txt")]
    found = extract_many(articles, nlp=nlp, settings=Settings(max_seconds=1))
    first, second = found
    assert first == "Rain fell."
    assert isinstance(second, Failure)
    assert (second.code, second.source) == ("P504", "b.txt")
    assert second.sha256 == text_sha256("LOOP")


def _slow(article: Article) -> str:
    return spin() if article.text == "LOOP" else article.text  # type: ignore[func-returns-value]


def test_there_is_no_alarm_in_other_threads_or_if_another_timer_is_set(
    nlp: Language,
) -> None:
    def record() -> object:
        return next(extract_many(["Rain fell on Dover."], nlp=nlp))

    with ThreadPoolExecutor(1) as threads:
        assert isinstance(threads.submit(record).result(), ArticleRecord)
    before = signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 600)
    try:
        assert isinstance(record(), ArticleRecord)
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
