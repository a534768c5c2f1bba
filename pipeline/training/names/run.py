"""Train the network of names from annotated corpora, step by step, into a folder of ``models/``.

A teacher is the tagger on top of an encoder; it is slow, and runs in torch only.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from spacy.language import Language
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from pipeline.document.columns import Columns
from pipeline.errors import BadRow, ModelUnsuitable
from pipeline.reader.encoder import FILE_NAME as TOKENIZER
from pipeline.reader.encoder import WIDTH, Cutter, padded
from pipeline.reader.names import network
from pipeline.reader.names.features import FEATURES, Features, Labels, features
from pipeline.reader.names.network import CONFIG, GRAPH, TAGS, Network, agree, spans
from pipeline.reader.session import Floats, Integers
from pipeline.training import fitting
from pipeline.training.encoder import Encoder
from pipeline.training.names.corpus import ALL, Article, copies, filled, read_corpus, trimmed
from pipeline.training.names.fit import (
    WINDOW,
    Example,
    Extra,
    Fit,
    Reading,
    Schedule,
    Tagger,
    Targets,
    Taught,
    Window,
    batch,
    example,
    f1,
    teachings,
    windows,
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
    schedule: Schedule,
    encoder: Path | None = None,
    teacher: Path | None = None,
    tell: fitting.Tell,
) -> None:
    """Train a network and write its files to the folder ``out``.

    ``corpora`` are files with the weight of their tokens. With the folder of an ``encoder``, a
    teacher on top of it is trained. With the folder of a ``teacher``, its probabilities are learned
    for texts without annotation; with both, that teacher is trained further. Raises ``BadRow`` if
    no article is fully annotated, ``ModelUnsuitable`` for a folder without a teacher, and what
    reading the corpora raises.
    """
    fitting.use_threads()
    torch.manual_seed(schedule.seed)
    reader = Reader(fitting.load_unseen(), teacher)
    articles = unique(one for path, weight in corpora for one in read_corpus(path, weight))
    held_back = [one for one in articles if one.whole and held(one.id)]
    if not held_back:
        raise BadRow("has too few articles with entities", where=str(corpora[0][0]), hint="")
    known = {one.id for one in held_back}
    targets = Targets()
    seen: list[Article] = []
    examples: list[Example] = []
    for one in articles:
        if one.id not in known:
            article, made = reader.filled(one, targets, 1.0 if one.complete else schedule.sampled)
            seen.append(article)
            examples.append(made)
    tell(f"{len(seen)} articles, {tokens(examples)} tokens")
    draw = random.Random(schedule.seed)
    for whole, number in zip((True, False), schedule.copies, strict=True):
        some = [one for one in seen if one.whole == whole]
        for _ in range(number):
            for again in copies(some, draw, schedule.copy_weight):
                read = reader.read(again.text)
                examples.append(example(again, read, targets, sampled=schedule.sampled))
    scored = [example(one, reader.read(one.text), Targets()) for one in held_back]
    tell(f"{tokens(examples)} tokens with the copies")
    out.mkdir(parents=True, exist_ok=True)
    if encoder is not None:
        made = reader.teacher or Teacher.new(reader.labels, encoder)
        fit = Fit(made, examples, targets, schedule, made.extra)
        fit.run(lambda: scores(made, scored), tell)
        made.save(out, reader.labels, encoder)
    else:
        fit_network(out, reader.labels, examples, scored, targets, schedule, tell)
    fitting.tell_checksums(out, tell)


def fit_network(
    out: Path,
    labels: Labels,
    examples: Sequence[Example],
    scored: Sequence[Example],
    targets: Targets,
    schedule: Schedule,
    tell: fitting.Tell,
) -> None:
    """Fit a network and write it."""
    config = {
        **{name: list(codes) for name, codes in labels._asdict().items()},
        "features": FEATURES,
    }
    fitting.write_config(out / CONFIG, config)
    tagger = Tagger(len(labels.tags), len(labels.deps))

    def score() -> dict[str, float]:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            fitting.write_config(folder / CONFIG, config)
            write(tagger, scored[0], folder / GRAPH)
            return scores(Network(folder), scored)

    Fit(tagger, examples, targets, schedule).run(score, tell)
    write(tagger, scored[0], out / GRAPH)


class Reader:
    """Makes examples of articles with the base model, and a teacher if there is one."""

    def __init__(self, nlp: Language, teacher: Path | None) -> None:
        self.nlp = nlp
        tags, deps = (nlp.get_pipe(name).labels for name in ("tagger", "parser"))  # type: ignore[attr-defined]
        self.labels = Labels.of(tags, deps)
        self.teacher = None if teacher is None else Teacher.load(teacher)

    def read(self, text: str, *, recognise: bool = False) -> Reading:
        """Return the network's input for a text, with the base model's names if requested."""
        doc = self.nlp.make_doc(text)
        for name, component in self.nlp.pipeline:
            if name in READ or (recognise and name == RECOGNISER):
                doc = component(doc)
        columns = Columns(doc)
        found = features(doc, columns, self.labels)
        half = {name: getattr(found, name).astype(np.float16) for name in ("vectors", "tensor")}
        seen = tuple((one.start, one.end, one.label_) for one in doc.ents)
        return Reading(columns, found._replace(**half), seen)

    def filled(self, article: Article, targets: Targets, sampled: float) -> tuple[Article, Example]:
        """Return an article with its annotation completed, also as an example.

        Where there is no annotation, the teacher decides, if there is one.
        """
        reading, taught = self.read(article.text, recognise=True), None
        if self.teacher is not None and not article.complete:
            reading, taught = self.taught(self.teacher, reading)
        article = article._replace(marks=filled(article, reading.columns, reading.seen))
        return article, example(article, reading, targets, sampled=sampled, taught=taught)

    def taught(self, teacher: Teacher, reading: Reading) -> tuple[Reading, Taught]:
        """Return the teacher's targets for a text, and the names of teacher and base model."""
        columns = reading.columns
        cut = [
            (*(trimmed(columns, start, end) if label in ALL else (start, end)), label)
            for start, end, label in reading.seen
        ]
        likely = teacher.scored(reading.found, columns)
        likely += BESIDE * network.of_spans(len(columns.words), cut)
        likely -= np.logaddexp.reduce(likely, axis=1, keepdims=True)
        names = agree(columns, likely, spans(likely))
        seen = tuple((one.start, one.end, one.label) for one in names)
        return reading._replace(seen=seen), teachings(likely, names)


def unique(articles: Iterable[Article]) -> list[Article]:
    """Return articles; of several with the same id, only the best annotated one."""
    found: dict[str, Article] = {}
    for one in articles:
        if one.id not in found or len(one.complete) > len(found[one.id].complete):
            found[one.id] = one
    return list(found.values())


def tokens(examples: Iterable[Example]) -> int:
    """Return the number of tokens of examples."""
    return sum(len(one.targets) for one in examples)


def held(id: str) -> bool:
    """Return whether an article is held back, by the hash of its id."""
    return hashlib.sha256(id.encode()).digest()[0] < HELD


def scores(made: Network | Teacher, held_back: Sequence[Example]) -> dict[str, float]:
    """Return a network's scores on the names of examples."""
    pairs = []
    for one in held_back:
        likely = made.scored(one.found, one.columns)
        pairs.append((one, agree(one.columns, likely, spans(likely))))
    return f1(pairs)


def write(tagger: Tagger, sample: Example, path: Path) -> None:
    """Write a tagger as a graph with weights of eight bits, one scale per channel."""
    names = list(network.inputs(sample.found, 0, 1))
    window = Window(sample, 0, min(len(sample.targets), WINDOW))
    given = dict(zip(names, batch([window]).given, strict=True))
    axes: dict[str, dict[int, str]] = {name: {0: "words"} for name in names[:4]}
    axes |= {name: {0: "windows", 1: "tokens"} for name in (*names[4:], "likely")}
    fitting.write_graph(tagger, given, ["likely"], axes, path, quantized=QUANTIZED)


WEIGHTS = "teacher.safetensors"
CASES = 8
"""Number of case patterns of a word; 0 means no word."""
OWN = 8
"""Inputs of the tagger; those of the encoder follow."""


class CasedEncoder(Encoder):
    """An encoder that also reads the case of words, since its vocabulary is lowercase.

    Its layers are trained, the embeddings of pieces and places are not.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cases = nn.Embedding(CASES, WIDTH)
        nn.init.zeros_(self.cases.weight)
        for name, parameter in self.named_parameters():
            parameter.requires_grad_(name.startswith(("layers.", "cases.")))

    @classmethod
    def pretrained(cls, folder: Path) -> CasedEncoder:
        """Return the encoder with the weights of a folder."""
        encoder = cls()
        encoder.load_state_dict(Encoder.pretrained(folder).state_dict(), strict=False)
        return encoder

    def forward(self, pieces: Tensor, present: Tensor, cases: Tensor | None = None) -> Tensor:
        """Return (B, S, 384) for (B, S) pieces and the case of the word of each."""
        assert cases is not None
        return super().forward(pieces, present, self.cases(cases))


class Teacher(nn.Module):
    """The tagger with the encoder's state of each token's first piece as additional input."""

    def __init__(self, encoder: Encoder, labels: Labels, extra: Extra) -> None:
        """``extra`` gives the inputs of the encoder."""
        super().__init__()
        tagger = Tagger(len(labels.tags), len(labels.deps), extra=WIDTH)
        self.encoder, self.tagger, self.extra = encoder, tagger, extra

    def forward(self, *given: Tensor) -> Tensor:
        """Return (B, T, tags) log-probabilities."""
        pieces, present, first, cases = given[OWN:]
        with torch.autocast("cpu", torch.bfloat16), sdpa_kernel(SDPBackend.MATH):
            states = self.encoder(pieces, present, cases)
        found: Tensor = self.tagger(*given[:OWN], states.float().reshape(-1, WIDTH)[first])
        return found

    @classmethod
    def new(cls, labels: Labels, encoder: Path) -> Teacher:
        """Return an untrained teacher on top of the encoder of a folder."""
        return cls(CasedEncoder.pretrained(encoder), labels, inputs_of(encoder))

    def scored(self, found: Features, columns: Columns) -> Floats:
        """Return the (n, tags) log-probabilities of a document's tokens."""
        scores = np.zeros((len(columns.words), len(TAGS)), dtype=np.float32)
        targets = np.zeros(len(columns.words), dtype=np.int64)
        one = Example(columns, found, targets, {}, 1.0, 1.0, True, None)
        group = [Window(one, start, end) for start, end in windows(columns)]
        self.eval()
        with torch.inference_mode():
            for at in range(0, len(group), 16):
                some = group[at : at + 16]
                likely = self(*batch(some, self.extra).given).numpy()
                for window, rows in zip(some, likely, strict=True):
                    scores[window.start : window.end] = rows[: window.end - window.start]
        return network.bounded(scores, columns)

    def save(self, folder: Path, labels: Labels, encoder: Path) -> None:
        """Write the weights, the codes of tags and dependencies and the encoder's vocabulary."""
        from safetensors.torch import save_file

        save_file(self.state_dict(), folder / WEIGHTS)
        config = {name: list(codes) for name, codes in labels._asdict().items()}
        fitting.write_config(folder / CONFIG, config)
        shutil.copyfile(encoder / TOKENIZER, folder / TOKENIZER)

    @classmethod
    def load(cls, folder: Path) -> Teacher:
        """Return the teacher of a folder; raise ``ModelUnsuitable`` if there is none."""
        from safetensors.torch import load_file

        try:
            table = json.loads((folder / CONFIG).read_text("utf-8"))
            labels = Labels.of(table["tags"], table["deps"])
            teacher = cls(CasedEncoder(), labels, inputs_of(folder))
            teacher.load_state_dict(load_file(folder / WEIGHTS))
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            message = f"contains no teacher of names: {error}"
            hint = "train one with --encoder"
            raise ModelUnsuitable(message, where=str(folder), hint=hint) from error
        return teacher


def inputs_of(folder: Path) -> Extra:
    """Return a function for the encoder's inputs, with the vocabulary of a folder."""
    cutter = Cutter(folder)

    def extra(group: Sequence[list[str]]) -> tuple[Tensor, ...]:
        cuts = [cutter.cut(words) for words in group]
        cut = padded([[one] for one in cuts])
        cases = np.zeros(cut.pieces.shape, dtype=np.int64)
        for row, words, (pieces, first) in zip(cases, group, cuts, strict=True):
            row[: len(pieces)] = cases_of(words, first, len(pieces))
        return tuple(torch.from_numpy(one) for one in (*cut, cases))

    return extra


def cases_of(words: Sequence[str], first: Sequence[int], size: int) -> Integers:
    """Return the case pattern of the word of each piece, given the first piece of each word."""
    begins, at = np.unique(np.array(first), return_index=True)
    codes = np.array([case_of(words[one]) for one in at.tolist()])
    found = codes[np.maximum(np.searchsorted(begins, np.arange(size), side="right") - 1, 0)]
    found[[0, -1]] = 0
    return found


@lru_cache(maxsize=65536)
def case_of(word: str) -> int:
    """Return the number of a word's case pattern."""
    if not any(char.isalpha() for char in word):
        return 1 if any(char.isdigit() for char in word) else 2
    if word.islower():
        return 3
    if word.isupper():
        return 4 if len(word) == 1 else 5
    return 6 if word.istitle() else 7
