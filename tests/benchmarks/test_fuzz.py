"""The fuzzer finds what is broken, and finds nothing in 150 of its texts."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import fuzz
import fuzz_text
import mutations
import pytest
from mutations import Text
from spacy.language import Language
from spacy.tokens import Span

from pipeline.records.schema import ArticleRecord
from pipeline.settings import Settings
from tests.benchmarks import dying

TEXTS = 150


@pytest.fixture(scope="module")
def originals() -> list[Text]:
    return mutations.articles()


@pytest.fixture(scope="module")
def checker(nlp: Language) -> Iterator[fuzz.Checker]:
    checker = fuzz.Checker(nlp)
    yield checker
    checker.caught.close()


@pytest.mark.check
def test_the_shipped_articles_cut_shuffled_and_disguised_give_sound_records(
    checker: fuzz.Checker, originals: list[Text]
) -> None:
    for number, text in enumerate(mutations.texts(originals, 5, range(TEXTS), 0)):
        short = text._replace(text=text.text[:1_500])
        assert checker.find(short, again=number % 20 == 0) is None, text
        fuzz_text.check_text(short.text.replace("\0", "").encode("utf-8", "replace").decode())


def test_a_text_is_the_same_each_time_and_another_with_another_seed(originals: list[Text]) -> None:
    first = [mutations.mutant(originals, 1, number) for number in range(60)]
    again = [mutations.mutant(originals, 1, number) for number in reversed(range(60))]
    assert first == again[::-1]
    assert first != [mutations.mutant(originals, 2, number) for number in range(60)]


def test_every_mutation_changes_some_text(originals: list[Text]) -> None:
    for mutation in mutations.MUTATIONS:
        text = originals[0].text + " Zoë paid half: ½."
        assert any(mutation(text, Random(seed)) != text for seed in range(5)), mutation


def test_a_stage_that_raises_is_found_with_its_place_and_cut_down(
    checker: fuzz.Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(span: Span) -> Span:
        raise IndexError(span.text)

    monkeypatch.setattr("pipeline.stages.times.own", fail)
    text = Text("x", "It rained for a week in the town. Nobody said so, or knew.")
    finding = checker.find(text, again=False)
    assert finding is not None
    assert finding[:3] == ("W501", "news_times", "IndexError")
    assert finding.place.startswith("stages/times.py:")
    monkeypatch.setattr(fuzz, "_checker", checker, raising=False)
    monkeypatch.setattr(fuzz, "_articles", [text], raising=False)
    assert fuzz.minimise(1, 0, 1, finding) == ("x", "a week")
    assert fuzz.find_in(1, [0], 1) == (13, [(0, finding)])


def test_a_record_that_breaks_the_contract_or_changes_is_found(
    checker: fuzz.Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = Text("x", "It rained 5 inches.")
    outcomes = iter(
        [checker.run(text, Settings()), checker.run(text, Settings(segment_chars=2000))]
    )
    with monkeypatch.context() as patch:
        patch.setattr(checker, "run", lambda *_: next(outcomes))
        found = checker.find(text, again=True)
    assert found is not None
    assert found.kind == "bytes"
    to_line = ArticleRecord.to_line
    monkeypatch.setattr(ArticleRecord, "to_line", lambda self: to_line(self) + "\n")
    found = checker.find(text, again=False)
    assert found is not None
    assert found.kind == "contract"


def test_an_empty_text_is_not_a_finding(checker: fuzz.Checker) -> None:
    for text in ("", " \n", "\u2028"):
        assert checker.find(Text("x", text), again=False) is None


def test_a_failing_text_is_cut_down_to_the_part_that_fails() -> None:
    text = "One line.\nAnother line with a needle and some hay.\nMore hay."
    assert mutations.smallest(text, lambda part: "nee" in part) == "nee"
    assert mutations.smallest(text, lambda part: "hay" in part and "One" in part) == "Onehay"
    calls: list[str] = []

    def fails(part: str) -> bool:
        calls.append(part)
        return part.count("a") > 100

    mutations.smallest("a " * 500, fails, most=30)
    assert len(calls) == 30


def test_a_text_that_ends_its_worker_is_found_and_the_others_are_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fuzz, "find_in", dying.find_in)
    monkeypatch.setattr(fuzz, "CHUNK", 2)
    crew = fuzz.Crew(1, dying.load_nothing)
    try:
        fuzzing = fuzz.Fuzzing(crew, 1, 0, float("inf"))
        (row,) = fuzzing.run(range(4))
    finally:
        crew.close()
    assert (row["kind"], row["number"], row["text"]) == ("died", 1, None)
    assert fuzzing.texts == 4


@pytest.mark.parametrize("text", ["5 May 2024", "“It ‘rained’”", "1,000,000.5 km", "½", "\u2028"])
def test_the_bytes_of_a_text_are_taken(text: str) -> None:
    fuzz_text.check(text.encode())
    fuzz_text.check(text.encode("utf-16"))
    fuzz_text.check(text.encode()[:-1])
