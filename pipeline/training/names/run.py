"""Train the network of names from annotated corpora, step by step, into a folder of ``models/``."""

from __future__ import annotations

import hashlib
import json
import os
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import BadRow
from pipeline.language import STAGES, load
from pipeline.manifest import checksum
from pipeline.reader.names.decode import Found, spans
from pipeline.reader.names.document import agree
from pipeline.reader.names.features import Labels
from pipeline.reader.names.network import CONFIG, GRAPH, Network, inputs
from pipeline.training.attributions.fit import write_graph
from pipeline.training.names.copies import copies
from pipeline.training.names.corpus import COARSE, filled, read_corpus
from pipeline.training.names.fit import (
    WINDOW,
    Example,
    Fit,
    Schedule,
    Targets,
    Window,
    batch,
    example,
    f1,
)
from pipeline.training.names.tagger import Tagger

READ = ("news_paragraphs", "tok2vec", "tagger", "parser", "news_sentences")
"""What the network's inputs are made by."""
LATER = STAGES[1:]
"""What stands behind the base model's own names, which fill in what an annotation leaves open."""
QUANTIZED = ["MatMul", "Gather"]
"""What is written as whole numbers."""
HELD = 26
"""Of 256 articles that are annotated in full, so many are held back to score each epoch."""
Tell = Callable[[str], None]


def train(
    corpora: Sequence[tuple[Path, float]], out: Path, *, schedule: Schedule, tell: Tell
) -> None:
    """Train a network and write its files to the folder ``out``.

    ``corpora`` are files with how much a token of theirs counts. Raises ``BadRow`` where no article
    is annotated in full, and what reading the corpora raises.
    """
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    torch.manual_seed(schedule.seed)
    nlp = load(profile="rules")
    tags, deps = (nlp.get_pipe(name).labels for name in ("tagger", "parser"))  # type: ignore[attr-defined]
    labels = Labels.of(["_SP", *tags], ["ROOT", *deps])
    articles = [one for path, weight in corpora for one in read_corpus(path, weight)]
    held_back = [one for one in articles if one.complete != COARSE and held(one.id)]
    if not held_back:
        raise BadRow("has too few articles with entities", where=str(corpora[0][0]), hint="")
    known = {one.id for one in held_back}
    seen = [
        one._replace(marks=filled(one, nlp(one.text, disable=LATER)))
        for one in articles
        if one.id not in known
    ]
    targets = Targets()
    read = parser(nlp)
    examples = [example(one, read(one.text), labels, targets) for one in seen]
    tell(f"{len(seen)} articles, {sum(len(one.targets) for one in examples)} tokens")
    draw = random.Random(schedule.seed)
    for whole, number in zip((True, False), schedule.copies, strict=True):
        some = [one for one in seen if (one.complete != COARSE) == whole]
        for _ in range(number):
            again = copies(some, draw, schedule.copy_weight)
            examples += [example(one, read(one.text), labels, targets, copy=True) for one in again]
    scored = [example(one, read(one.text), labels, Targets()) for one in held_back]
    tell(f"{sum(len(one.targets) for one in examples)} tokens with the copies")
    out.mkdir(parents=True, exist_ok=True)
    config = {name: list(codes) for name, codes in labels._asdict().items()}
    (out / CONFIG).write_text(json.dumps(config, indent=1) + "\n", "utf-8")
    tagger = Tagger(len(labels.tags), len(labels.deps))
    fit = Fit(tagger, examples, targets, schedule)

    def score(one: Tagger) -> dict[str, float]:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            (folder / CONFIG).write_text(json.dumps(config), "utf-8")
            write(one, scored[0], folder / GRAPH)
            return f1([(each, found(Network(folder), each)) for each in scored])

    fit.run(score, tell)
    write(tagger, scored[0], out / GRAPH)
    for path in (out / CONFIG, out / GRAPH):
        tell(f'"{path.name}" = "{checksum(path)}"')


def held(id: str) -> bool:
    """Tell whether an article is held back, by the hash of its id."""
    return hashlib.sha256(id.encode()).digest()[0] < HELD


def parser(nlp: Language) -> Callable[[str], Doc]:
    """Return a function that reads a text as far as the network needs it."""
    steps = [component for name, component in nlp.pipeline if name in READ]

    def read(text: str) -> Doc:
        doc = nlp.make_doc(text)
        for component in steps:
            doc = component(doc)
        return doc

    return read


def found(network: Network, one: Example) -> list[Found]:
    """Return the names of an example."""
    likely = network.scored(one.found, one.columns)
    return agree(one.columns, likely, spans(likely))


def write(tagger: Tagger, sample: Example, path: Path) -> None:
    """Write a tagger as a graph with weights of eight bits, one scale a channel."""
    names = list(inputs(sample.found, 0, 1))
    window = Window(sample, 0, min(len(sample.targets), WINDOW))
    given = dict(zip(names, batch([window]).given, strict=True))
    axes: dict[str, dict[int, str]] = {name: {0: "words"} for name in names[:4]}
    axes |= {name: {0: "windows", 1: "tokens"} for name in (*names[4:], "likely")}
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / GRAPH
        write_graph(tagger, given, ["likely"], axes, whole)
        quantize_dynamic(
            whole,
            path,
            op_types_to_quantize=QUANTIZED,
            weight_type=QuantType.QInt8,
            per_channel=True,
        )
