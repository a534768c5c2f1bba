"""A training resumes; a graph has no parts whose answers depend on the processor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the extra train")
pytest.importorskip("onnx", reason="training needs the extra train")

import onnx
import torch
from torch import Tensor, nn

from pipeline.model.session import session
from pipeline.training.fitting import SOFTMAX, Fit, Schedule, write_graph


class Attention(nn.Module):
    """Each row's mean of all rows by weights with a softmax, and the logarithm of the weights."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = nn.Linear(12, 12)

    def forward(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        scores = self.asked(rows) @ rows.T
        return torch.softmax(scores, -1) @ rows, torch.log_softmax(scores, 0)


@pytest.mark.parametrize("quantized", [(), ("MatMul",)])
def test_a_softmax_is_written_as_its_parts(quantized: tuple[str, ...], tmp_path: Path) -> None:
    torch.manual_seed(7)
    module, rows = Attention(), torch.randn(9, 12)
    axes = {name: {0: "rows"} for name in ("given", "mean", "likely")}
    path = tmp_path / "graph.onnx"
    write_graph(module, {"given": rows[:2]}, ["mean", "likely"], axes, path, quantized=quantized)
    kinds = {node.op_type for node in onnx.load(path).graph.node}
    assert kinds.isdisjoint(SOFTMAX)
    assert ("MatMulInteger" in kinds) == bool(quantized)
    found = session(path).run(None, {"given": rows.numpy()})
    with torch.no_grad():
        expected = [one.numpy() for one in module(rows)]
    for ours, theirs in zip(found, expected, strict=True):
        assert np.abs(ours - theirs).max() < (0.1 if quantized else 1e-5)


class Numbers(Fit[float]):
    """A line being fitted to noise."""

    ends = 99
    """The epoch in which it is broken off."""

    def batches(self, number: int) -> list[list[float]]:
        return [[self.order.random() + number] for _ in range(3)]

    def losses(self, group: Sequence[float]) -> dict[str, Tensor]:
        given = torch.rand(4, 2)
        return {"loss": (self.net(given) - group[0]).square().mean()}

    def ended(self, number: int, means: Mapping[str, float], seconds: int) -> None:
        if number == self.ends:
            raise KeyboardInterrupt
        super().ended(number, means, seconds)


def line(folder: Path, told: list[str], epochs: int = 4) -> Numbers:
    torch.manual_seed(1)
    net = nn.Linear(2, 1)
    groups = [{"params": list(net.parameters()), "lr": 0.1}]
    return Numbers(net, groups, Schedule(epochs=epochs, rate=0.1, batch=1), 99, told.append, folder)


def test_a_run_that_was_broken_off_ends_where_an_unbroken_one_does(tmp_path: Path) -> None:
    whole, told = line(tmp_path / "whole", []), list[str]()
    whole.run()
    broken = line(tmp_path / "broken", told)
    broken.ends = 2
    with pytest.raises(KeyboardInterrupt):
        broken.run()
    again = line(tmp_path / "broken", told)
    again.run()
    assert [one.split(":")[0] for one in told] == ["epoch 1", "epoch 3", "epoch 4"]
    assert torch.equal(whole.net.weight, again.net.weight)
    line(tmp_path / "broken", told).run()
    assert len(told) == 3


def test_a_checkpoint_of_another_schedule_is_not_resumed(tmp_path: Path) -> None:
    told: list[str] = []
    for epochs in (1, 2):
        line(tmp_path, told, epochs).run()
    assert [one.split(":")[0] for one in told] == ["epoch 1", "epoch 1", "epoch 2"]
