"""The golden record of the seed article; ``python -m tests.golden`` updates it.

Provenance is left out: it changes with every version.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from spacy.language import Language

from pipeline.records.assemble import assemble

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
SEED = SEEDS / "000_12599b830581316b.txt"
GOLDEN = SEEDS / "golden" / "000_12599b830581316b.json"
PUBLISHED = date(2025, 5, 1)


def make(nlp: Language) -> dict[str, Any]:
    """Return the seed's record as parsed JSON."""
    doc = nlp.make_doc(SEED.read_text(encoding="utf-8"))
    doc._.news.published = PUBLISHED
    record: dict[str, Any] = json.loads(assemble(nlp(doc), id=SEED.stem).to_line())
    del record["provenance"]
    return record


def write() -> None:
    from pipeline.stages.language import load

    GOLDEN.parent.mkdir(exist_ok=True)
    text = json.dumps(make(load()), ensure_ascii=False, indent=1)
    GOLDEN.write_text(text + "\n", encoding="utf-8")
    print(f"wrote {GOLDEN.relative_to(SEEDS.parent)}; read the difference before you commit it")


if __name__ == "__main__":
    write()
