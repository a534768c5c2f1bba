"""Graphs give the same answers on processors that cut off sums of 8-bit products."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.manifest import models_folder
from pipeline.model import session as module
from pipeline.model.session import session

onnx = pytest.importorskip("onnx", reason="graphs are read with the extra train")

GRAPHS = sorted(models_folder().glob("*/*.onnx"))
DIFFERENT = {"Softmax", "LogSoftmax"}
"""Operations whose last bit depends on the width of a processor's registers."""
PRECISE = "session.x64quantprecision"


def nodes(graph: Any) -> Iterator[Any]:
    """Yield the nodes of a graph and of the graphs within them."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from nodes(attribute.g)


@pytest.mark.parametrize("path", GRAPHS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_graph_has_an_operation_whose_last_bit_depends_on_the_processor(path: Path) -> None:
    assert DIFFERENT.isdisjoint(node.op_type for node in nodes(onnx.load(path).graph))


def written(path: Path) -> Path:
    """Write a graph whose weights and input make the largest sums that 8 bits allow."""
    weights = onnx.numpy_helper.from_array(np.full((64, 32), 127, np.int8), "weights")
    node = onnx.helper.make_node("MatMulInteger", ["rows", "weights"], ["product"])
    rows = onnx.helper.make_tensor_value_info("rows", onnx.TensorProto.UINT8, ["n", 64])
    product = onnx.helper.make_tensor_value_info("product", onnx.TensorProto.INT32, ["n", 32])
    graph = onnx.helper.make_graph([node], "product", [rows], [product], [weights])
    opset = [onnx.helper.make_opsetid("", 17)]
    onnx.save(onnx.helper.make_model(graph, opset_imports=opset, ir_version=8), path)
    return path


@pytest.mark.parametrize("rows", [1, 7])
def test_the_largest_sums_of_8_bit_products_are_exact(rows: int, tmp_path: Path) -> None:
    given = {"rows": np.full((rows, 64), 255, np.uint8)}
    (found,) = session(written(tmp_path / "graph.onnx")).run(None, given)
    assert (found == 64 * 255 * 127).all()


def test_only_a_processor_that_saturates_gets_the_slower_products(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "graph.onnx")
    monkeypatch.setattr(module, "saturates", lambda: True)
    assert session(path).loaded.get_session_options().get_session_config_entry(PRECISE) == "1"
    monkeypatch.setattr(module, "saturates", lambda: False)
    with pytest.raises(RuntimeError, match="does not have"):
        session(path).loaded.get_session_options().get_session_config_entry(PRECISE)
