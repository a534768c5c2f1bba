"""The memory for one article grows slowly with its length."""

from __future__ import annotations

import subprocess
import sys

import pytest

MOST = 150
"""MB for 100,000 more characters, several times as much as they take."""

MEASURE = """
import json, resource, sys
sys.modules["torch"] = None  # spaCy would import it
from pathlib import Path
from pipeline.stages.language import annotate, load
from pipeline.model import encoder
from pipeline.records.assemble import assemble

encoder.SECTION = 2_000
lines = Path("seeds/corpus/written.jsonl").read_text("utf-8").splitlines()
text = "\\n\\n".join(json.loads(line)["text"] for line in lines[:60])
nlp = load()
for size in 20_000, 80_000:
    with nlp.memory_zone():
        assemble(annotate(nlp, text[:size], segment_chars=10_000)).to_line()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss")
def test_memory_grows_slowly_with_the_length_of_an_article() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], check=True, capture_output=True, text=True
    )
    short, long = (int(line) / 1024 for line in done.stdout.split())
    assert (long - short) / 0.6 < MOST
