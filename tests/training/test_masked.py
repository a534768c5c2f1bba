"""The encoder learns to guess masked pieces of news, and is kept for the joint training."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra train")

import torch

from pipeline.manifest import own_model
from pipeline.reader.encoder import FILE_NAME, LONGEST, MODEL, Cutter
from pipeline.training import masked
from pipeline.training.encoder import Encoder, padded_pieces
from pipeline.training.masked import Schedule, hidden, train, windows_of

VOCABULARY = own_model(MODEL)[1]
GOLD = sorted((Path(__file__).parents[2] / "seeds" / "gold").glob("*.json"))
TEXT = json.loads(GOLD[0].read_text("utf-8"))["text"]
MASK = Cutter(VOCABULARY).number(masked.MASK)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use an encoder without pretrained weights."""
    pretrained = Encoder.pretrained

    def some(folder: Path) -> Encoder:
        torch.manual_seed(1)
        return Encoder() if folder == VOCABULARY else pretrained(folder)

    monkeypatch.setattr(masked.Encoder, "pretrained", some)


def test_windows_are_as_long_as_at_run_time_and_hold_the_whole_text() -> None:
    whole, last = len(masked.TOKEN.findall(TEXT)) // LONGEST, TEXT.split()[-3]
    found = list(windows_of([TEXT, "Too short."], Cutter(VOCABULARY)))
    assert len(found) in (whole, whole + 1)
    assert {len(first) for _, first in found[:-1]} == {LONGEST}
    assert Cutter(VOCABULARY).cut([last])[0][1] in found[-1][0]


def test_only_pieces_of_the_text_are_asked_for_and_most_of_them_are_masked() -> None:
    pieces, present = padded_pieces(list(windows_of([TEXT, TEXT[:700]], Cutter(VOCABULARY))))
    given, asked = hidden(pieces, present, MASK, torch.Generator().manual_seed(3))
    assert not asked[~present].any()
    assert not asked[:, 0].any()
    assert torch.equal(given[~asked], pieces[~asked])
    assert 0.1 < asked[present].float().mean() < 0.3
    assert 0.6 < (given[asked] == MASK).float().mean() < 0.95


def test_the_guesses_get_better_and_the_encoder_is_read_again(tmp_path: Path) -> None:
    told: list[str] = []
    schedule = Schedule(epochs=30, rate=1e-3, head_rate=1e-2)
    train([TEXT[:600]] * 4, VOCABULARY, tmp_path, schedule, told.append)
    losses = [float(one.split("'loss': ")[1].split("}")[0]) for one in told[1:]]
    assert sum(losses[-5:]) < sum(losses[:5])
    again = Encoder.pretrained(tmp_path)
    torch.manual_seed(1)
    fresh = Encoder()
    assert not torch.equal(again.layers[0].up.weight, fresh.layers[0].up.weight)
    assert (tmp_path / FILE_NAME).read_bytes() == (VOCABULARY / FILE_NAME).read_bytes()
