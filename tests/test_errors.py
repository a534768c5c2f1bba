"""Errors have stable codes and say what to do."""

from __future__ import annotations

import json
import re

import pytest

from pipeline import errors
from pipeline.errors import ArticleTooLong, PipelineError, by_code
from pipeline.outcomes import Failure


def test_no_two_errors_share_a_code() -> None:
    kinds = [PipelineError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    codes = [kind.code for kind in kinds]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("kind", by_code().values(), ids=lambda kind: kind.code)
def test_each_error_has_a_code_an_exit_code_and_a_docstring(kind: type[PipelineError]) -> None:
    assert re.fullmatch(r"P\d{3}", kind.code)
    assert kind.exit_code in {2, 65, 66, 69, 70, 73, 74, 75, 78, 130, 141}
    assert kind.__doc__
    # bugs are to be reported; every other error has a hint
    assert kind is PipelineError or kind.hint != PipelineError.hint


def test_an_error_is_reported_with_its_code_its_place_and_a_hint() -> None:
    error = ArticleTooLong("3,226,614 bytes, limit 2,000,000", where="novel.txt")
    assert error.report() == (
        "error[P203]: novel.txt: 3,226,614 bytes, limit 2,000,000\n"
        "hint: split the file, or raise max_bytes in pipeline.toml"
    )


def test_the_hint_of_one_error_does_not_change_its_class() -> None:
    PipelineError("x", hint="only here")
    assert PipelineError.hint != "only here"


def test_a_failure_survives_a_round_trip_through_its_line() -> None:
    failure = Failure.of(ArticleTooLong("too long", where="a.txt"), stage="check", id="7")
    assert json.loads(failure.to_line()) == {
        "id": "7",
        "source": "a.txt",
        "code": "P203",
        "message": "too long",
        "stage": "check",
        "sha256": None,
    }
    assert failure.to_line().count("\n") == 1
    again = failure.error()
    assert isinstance(again, errors.ArticleTooLong)
    assert str(again) == "a.txt: too long"


def test_a_failure_with_a_name_that_is_not_unicode_can_be_written() -> None:
    failure = Failure(None, "a\udcff\n.txt", "P209", "no\u2028such file", "read")
    assert json.loads(failure.to_line().encode("utf-8"))["source"] == "a\\udcff\n.txt"
