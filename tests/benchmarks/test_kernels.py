"""What the comparison of kernels counts as the same."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import kernels
import pytest
from spacy.language import Language

from tests import golden


@pytest.fixture(scope="module")
def record(nlp: Language) -> dict[str, Any]:
    return golden.make(nlp)


def changed(record: dict[str, Any], confidence: float) -> kernels.Digest:
    again = copy.deepcopy(record)
    again["provenance"] = {"kernel": "another"}
    again["attributions"][0]["confidence"] = confidence
    return kernels.digest(again)


def test_confidences_count_apart_from_decisions_and_to_two_decimals(
    record: dict[str, Any],
) -> None:
    first = changed(record, 0.81)
    assert changed(record, 0.81) == first
    hundredth, less = changed(record, 0.82), changed(record, 0.8101)
    assert hundredth.decisions == less.decisions == first.decisions
    assert hundredth.confidences != first.confidences == less.confidences
    assert less.whole != first.whole


def test_another_span_is_another_decision(record: dict[str, Any]) -> None:
    again = copy.deepcopy(record)
    again["attributions"][0]["cue"]["spans"][0]["end"] += 1
    first, other = kernels.digest(copy.deepcopy(record)), kernels.digest(again)
    assert other.decisions != first.decisions
    counted = kernels.differing([(first, other), (first, first)])
    assert counted == dict.fromkeys((*kernels.LAYERS, "mentions"), 0) | {"attributions": 2}


def test_an_item_more_is_one_item_whatever_the_ids_of_those_behind_it(
    record: dict[str, Any],
) -> None:
    again = copy.deepcopy(record)
    del again["times"][0]
    for at, one in enumerate(again["times"], 1):
        for figure in again["figures"]:
            if figure["time"] == one["id"]:
                figure["time"] = f"t{at}"
        one["id"] = f"t{at}"
    first, other = kernels.digest(copy.deepcopy(record)), kernels.digest(again)
    assert kernels.differing([(first, other)])["times"] == 1


def test_an_emulated_processor_is_compared_without_a_choice_of_kernel(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    same = [kernels.Digest("a", (0.5,), "b")]
    monkeypatch.setattr(kernels.shutil, "which", lambda _: "/usr/bin/emulator")
    monkeypatch.setattr(kernels, "run", lambda setting, _: (setting.kernel or "Haswell", same))
    command = ["kernels.py", "--kernels", "Prescott", "--threads", "1", "--emulate", "Haswell-v4"]
    monkeypatch.setattr(sys, "argv", command)
    assert kernels.main() == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("Haswell-v4 (emulated): decisions 0, confidences 0, bytes 0 differ")


def test_a_kernel_that_the_processor_cannot_run_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kernels, "FEATURES", {"SkylakeX": "no such flag"})
    same = [kernels.Digest("a", (0.5,), "b")]
    monkeypatch.setattr(kernels, "run", lambda setting, _: (setting.kernel, same))
    command = ["kernels.py", "--kernels", "Haswell", "SkylakeX", "Prescott", "--threads", "1", "2"]
    monkeypatch.setattr(sys, "argv", command)
    assert kernels.main() == 0
    assert capsys.readouterr().out.splitlines() == [
        "SkylakeX: left out, this processor cannot run it",
        "Haswell, threads 1: 1 articles, compared with the following",
        "Prescott, threads 2: decisions 0, confidences 0, bytes 0 differ;"
        " items: quotes 0, figures 0, times 0, attributions 0, mentions 0",
    ]


def test_a_difference_is_counted_and_sets_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kernels, "can_run", lambda _: True)
    given = {
        "Haswell": kernels.Digest("a", (0.5,), "b"),
        "Prescott": kernels.Digest("a", (0.51,), "c"),
    }
    monkeypatch.setattr(kernels, "run", lambda one, _: (one.kernel, [given[one.kernel]] * 3))
    monkeypatch.setattr(sys, "argv", ["kernels.py", "--kernels", *given, "--threads", "1"])
    assert kernels.main() == 1
    assert "decisions 0, confidences 3, bytes 3 differ" in capsys.readouterr().out


@pytest.mark.check
def test_two_kernels_make_the_same_record(tmp_path: Path) -> None:
    text = "“We lost 12 homes,” said Ann Lee, the mayor of Berlin. Tom Roe denied that it rained."
    (tmp_path / "news.jsonl").write_text(json.dumps({"text": text}) + "\n", "utf-8")
    command = [sys.executable, kernels.__file__, "--texts", str(tmp_path / "news.jsonl")]
    command += ["--kernels", "Prescott", "Haswell", "--threads", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "decisions 0, confidences 0, bytes 0 differ" in done.stdout or "left out" in done.stdout
