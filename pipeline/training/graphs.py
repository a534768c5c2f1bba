"""Write trained modules as ONNX graphs."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn


def write_graph(
    module: nn.Module,
    given: dict[str, Tensor],
    outputs: list[str],
    axes: dict[str, dict[int, str]],
    path: Path,
) -> None:
    """Write a module as an ONNX graph, traced on what is given."""
    module.eval()
    with warnings.catch_warnings():
        # torch has another exporter that it would rather have used; it is pinned to have this one
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            tuple(given.values()),
            str(path),
            input_names=list(given),
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )


def write_quantized(write: Callable[[Path], None], path: Path, types: list[str]) -> None:
    """Write a graph whose nodes of some types have weights of eight bits, one scale per channel.

    ``write`` writes the graph with its weights as they are.
    """
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / path.name
        write(whole)
        quantize_dynamic(
            whole,
            path,
            op_types_to_quantize=types,
            weight_type=QuantType.QInt8,
            per_channel=True,
        )
