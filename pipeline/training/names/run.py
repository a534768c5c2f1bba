"""Train the network of names from annotated corpora, step by step, into a folder of ``models/``."""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from spacy.language import Language

from pipeline.document.columns import Columns
from pipeline.errors import BadRow
from pipeline.manifest import checksum
from pipeline.model.encoder import Encoder
from pipeline.model.names import network
from pipeline.model.names.features import FEATURES, SyntaxLabels, features
from pipeline.model.names.network import CONFIG, GRAPH, NameNetwork, agree, spans
from pipeline.stages.language import NAMES
from pipeline.training import fitting
from pipeline.training.names.corpus import ALL, NamedArticle, copies, filled, read_corpus, trimmed
from pipeline.training.names.fit import (
    WINDOW,
    NameExample,
    NameFit,
    NameSchedule,
    NameTagger,
    NameWindow,
    TaggerInput,
    Targets,
    Taught,
    batch,
    example,
    f1,
    teachings,
)

READ = ("news_paragraphs", "tok2vec", "tagger", "parser", "news_sentences")
"""The stages that provide the network's inputs."""
RECOGNISER = "ner"
"""The base model's recogniser, which completes annotations."""
BESIDE = 0.3
"""Weight of the base model's names relative to a teacher."""
QUANTIZED = ["MatMul", "Gather"]
"""The layers whose weights are quantized."""
HELD = 32
"""Number of articles in 256 fully annotated ones that are held back to score each epoch."""


def train(
    corpora: Sequence[tuple[Path, float]],
    out: Path,
    *,
    schedule: NameSchedule,
    encoder: Encoder | None = None,
    teacher: Path | None = None,
    tell: fitting.Tell,
) -> None:
    """Train a network and write its files to the folder ``out``.

    ``corpora`` are files with the weight of their tokens. The network reads the states of the
    shipped ``encoder``, if it is given. With the folder of a ``teacher``, another network, its
    probabilities are learned for texts without annotation. Raises ``BadRow`` if no article is
    fully annotated, ``ModelUnsuitable`` for a teacher above another encoder, and what reading the
    corpora raises.
    """
    fitting.use_threads()
    torch.manual_seed(schedule.seed)
    reader = Reader(fitting.load_unseen(), teacher, encoder)
    articles = articles_of(corpora)
    held_back = [one for one in articles if one.whole and held(one.id)]
    if not held_back:
        raise BadRow("has too few articles with entities", where=str(corpora[0][0]), hint="")
    known = {one.id for one in held_back}
    targets = Targets()
    seen = [one for one in articles if one.id not in known]
    examples = list(reader.examples(seen, targets, schedule, tell))
    scored = [example(one, reader.read(one.text), Targets()) for one in held_back]
    out.mkdir(parents=True, exist_ok=True)
    fit_network(out, reader.config(), examples, scored, targets, schedule, tell)
    fitting.tell_checksums(out, tell)


def fit_network(
    out: Path,
    config: Mapping[str, Any],
    examples: Sequence[NameExample],
    scored: Sequence[NameExample],
    targets: Targets,
    schedule: NameSchedule,
    tell: fitting.Tell,
) -> None:
    """Fit a network and write it."""
    fitting.write_config(out / CONFIG, config)
    tagger = NameTagger(len(config["tags"]), len(config["deps"]), encoded="encoder" in config)

    def score() -> dict[str, float]:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            fitting.write_config(folder / CONFIG, config)
            write(tagger, scored[0], folder / GRAPH)
            return scores(NameNetwork(folder), scored)

    NameFit(tagger, examples, targets, schedule, score, tell).run()
    write(tagger, scored[0], out / GRAPH)


class Reader:
    """Makes examples of articles with the base model, an encoder and a teacher, where given."""

    def __init__(self, nlp: Language, teacher: Path | None, encoder: Encoder | None) -> None:
        self.nlp, self.encoder = nlp, encoder
        tags, deps = (nlp.get_pipe(name).labels for name in ("tagger", "parser"))  # type: ignore[attr-defined]
        self.labels = SyntaxLabels.of(tags, deps)
        self.teacher = None if teacher is None else NameNetwork(teacher)

    def config(self) -> dict[str, Any]:
        """Return the config of a network that reads what is read here."""
        codes = {name: list(codes) for name, codes in self.labels._asdict().items()}
        above = {}
        if self.encoder is not None:
            above = {"encoder": checksum(self.encoder.graph.path), "beside": NAMES["fast"]}
        return {**codes, **above, "features": FEATURES}

    def read(self, text: str, *, recognise: bool = False) -> TaggerInput:
        """Return the network's input for a text, with the base model's names if requested."""
        doc = self.nlp.make_doc(text)
        for name, component in self.nlp.pipeline:
            if name in READ or (recognise and name == RECOGNISER):
                doc = component(doc)
        columns = Columns(doc)
        found = features(doc, columns, self.labels)
        half = {name: getattr(found, name).astype(np.float16) for name in ("vectors", "tensor")}
        seen = tuple((one.start, one.end, one.label_) for one in doc.ents)
        states = None if self.encoder is None else self.encoder.of(columns)
        return TaggerInput(columns, found._replace(**half), seen, states)

    def filled(
        self, article: NamedArticle, targets: Targets, sampled: float
    ) -> tuple[NamedArticle, NameExample]:
        """Return an article with its annotation completed, also as an example.

        Where there is no annotation, the teacher decides, if there is one.
        """
        reading, taught = self.read(article.text, recognise=True), None
        if self.teacher is not None and not article.complete:
            reading, taught = self.taught(self.teacher, reading)
        article = article._replace(marks=filled(article, reading.columns, reading.seen))
        return article, example(article, reading, targets, sampled=sampled, taught=taught)

    def examples(
        self,
        articles: Sequence[NamedArticle],
        targets: Targets,
        schedule: NameSchedule,
        tell: fitting.Tell,
    ) -> Iterator[NameExample]:
        """Yield articles as examples, and then copies of them with other names."""
        seen: list[NamedArticle] = []
        size = 0
        for one in articles:
            sampled = 1.0 if one.complete else schedule.sampled
            article, made = self.filled(one, targets, sampled)
            seen.append(article)
            size += len(made.targets)
            yield made
        tell(f"{len(seen)} articles, {size} tokens")
        draw = random.Random(schedule.seed)
        for whole, number in zip((True, False), schedule.copies, strict=True):
            some = [one for one in seen if one.whole == whole]
            for _ in range(number):
                for again in copies(some, draw, schedule.copy_weight):
                    made = example(again, self.read(again.text), targets, sampled=schedule.sampled)
                    size += len(made.targets)
                    yield made
        tell(f"{size} tokens with the copies")

    def taught(self, teacher: NameNetwork, reading: TaggerInput) -> tuple[TaggerInput, Taught]:
        """Return the teacher's targets for a text, and the names of teacher and base model."""
        columns = reading.columns
        cut = [
            (*(trimmed(columns, start, end) if label in ALL else (start, end)), label)
            for start, end, label in reading.seen
        ]
        states = None if teacher.encoder is None else teacher.encoder.of(columns)
        likely = teacher.scored(reading.found, columns, states)
        likely += BESIDE * network.of_spans(len(columns.words), cut)
        likely -= np.logaddexp.reduce(likely, axis=1, keepdims=True)
        names = agree(columns, likely, spans(likely))
        seen = tuple((one.start, one.end, one.label) for one in names)
        return reading._replace(seen=seen), teachings(likely, names)


def articles_of(corpora: Iterable[tuple[Path, float]]) -> list[NamedArticle]:
    """Return the articles of files; of several with the same id, only the best annotated one."""
    found: dict[str, NamedArticle] = {}
    for one in (each for path, weight in corpora for each in read_corpus(path, weight)):
        if one.id not in found or len(one.complete) > len(found[one.id].complete):
            found[one.id] = one
    return list(found.values())


def held(id: str) -> bool:
    """Return whether an article is held back, by the hash of its id."""
    return hashlib.sha256(id.encode()).digest()[0] < HELD


def scores(made: NameNetwork, held_back: Sequence[NameExample]) -> dict[str, float]:
    """Return a network's scores on the names of examples."""
    pairs = []
    for one in held_back:
        likely = made.scored(one.found, one.columns, one.states)
        pairs.append((one, agree(one.columns, likely, spans(likely))))
    return f1(pairs)


def write(tagger: NameTagger, sample: NameExample, path: Path) -> None:
    """Write a tagger as a graph with weights of eight bits, one scale per channel."""
    names = list(network.inputs(sample.found, 0, 1, sample.states))
    window = NameWindow(sample, 0, min(len(sample.targets), WINDOW))
    given = dict(zip(names, batch([window]).given, strict=True))
    axes: dict[str, dict[int, str]] = {name: {0: "words"} for name in names[:4]}
    axes |= {name: {0: "windows", 1: "tokens"} for name in (*names[4:], "likely")}
    fitting.write_graph(tagger, given, ["likely"], axes, path, quantized=QUANTIZED)
