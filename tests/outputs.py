"""The raw outputs of every network for one text; ``python -m tests.outputs`` updates them.

``--compare`` compares them instead, and ends with 1 if one differs by more than ``CLOSE``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import onnxruntime

from pipeline.settings import Profile
from pipeline.stages.language import annotate, load

COMMITTED = Path(__file__).with_name("outputs.json")
CLOSE = 1e-4
PROFILES: tuple[Profile, ...] = ("accurate", "fast")
KEPT = 24
"""Number of values of an output to compare, evenly spaced over it."""
TEXT = (
    "OSLO (AP) — Ann Lee, the mayor of Oslo, told the council on Monday that about 12% of its 340 "
    "buses had no driver, the same as last year.\n\n“He told me that it was over, and I believed "
    "him,” she said of Tom Okafor, an engineer at Volda Rail. “We are sorry,” the company wrote. "
    "The mayor denied that fares would rise by $2 to $5.\n\nOkafor said the firm, which employs "
    "4,000 people, did not know who had left. “Nobody asked us.”\n\n"
    "“It is a mess. It will not work.”\n"
)
Outputs = dict[str, list[list[float]]]
"""By graph, the kept values of each output of its first run."""


def make() -> Outputs:
    """Return the outputs of all graphs of ``models/``."""
    found: Outputs = {}
    run = onnxruntime.InferenceSession.run

    def recorded(graph: Any, names: Any, given: Any, *more: Any) -> Any:
        answers = run(graph, names, given, *more)
        if graph._model_path:
            path = Path(graph._model_path)
            found.setdefault(f"{path.parent.name}/{path.name}", [kept(one) for one in answers])
        return answers

    with mock.patch.object(onnxruntime.InferenceSession, "run", recorded):
        for profile in PROFILES:
            annotate(load(profile=profile), TEXT)
    return dict(sorted(found.items()))


def kept(output: np.ndarray) -> list[float]:
    """Return values of an array, rounded."""
    flat = output.astype(float).ravel()
    places = np.linspace(0, len(flat) - 1, min(KEPT, len(flat))).astype(int)
    return [round(one, 5) for one in flat[places].tolist()]


def distances(found: Outputs) -> dict[str, float]:
    """Return the largest difference to the committed outputs of each graph."""
    committed: Outputs = json.loads(COMMITTED.read_text("utf-8"))
    assert found.keys() == committed.keys()
    return {
        graph: max(
            float(np.abs(np.subtract(ours, theirs)).max())
            for ours, theirs in zip(found[graph], outputs, strict=True)
        )
        for graph, outputs in committed.items()
    }


if __name__ == "__main__":
    outputs = make()
    if "--compare" in sys.argv:
        far = {graph: far for graph, far in distances(outputs).items() if far > CLOSE}
        print(f"{len(outputs)} graphs, {len(far)} differ: {far}")
        sys.exit(bool(far))
    rows = (f"{json.dumps(graph)}: {json.dumps(rows)}" for graph, rows in outputs.items())
    COMMITTED.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")
