"""A graph is written without the parts whose answers depend on the processor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the extra train")
pytest.importorskip("onnx", reason="training needs the extra train")

import onnx
import torch
from torch import Tensor, nn

from pipeline.reader.session import session
from pipeline.training.fitting import SOFTMAX, write_graph


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
