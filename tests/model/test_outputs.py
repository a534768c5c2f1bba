"""Every network gives the committed outputs, whatever the processor and the kernel."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

from pipeline.manifest import models_folder
from tests import outputs


def test_every_graph_gives_the_committed_outputs() -> None:
    found = outputs.distances(outputs.make())
    graphs = {f"{one.parent.name}/{one.name}" for one in models_folder().glob("*/*.onnx")}
    assert found.keys() == graphs
    assert found == dict.fromkeys(graphs, pytest.approx(0, abs=outputs.CLOSE))


@pytest.mark.check
def test_the_outputs_are_the_same_with_another_kernel_of_openblas() -> None:
    if platform.machine() not in ("x86_64", "AMD64"):
        pytest.skip("the kernels of other processors have other names")
    command = [sys.executable, "-m", "tests.outputs", "--compare"]
    environment = os.environ | {"OPENBLAS_CORETYPE": "Prescott"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
