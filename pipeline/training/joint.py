"""Train the encoder together with the heads above it: attributions, reference and names.

All read the same states. Each text teaches the heads that it is annotated for. Each tenth article
is held back from all, and they are calibrated on these.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from pipeline.errors import BadRow
from pipeline.manifest import checksum
from pipeline.model.encoder import GRAPH, MODEL, Cutter, Encoder
from pipeline.model.names import network as names_network
from pipeline.model.reference import ranker
from pipeline.model.reference.features import word_vectors
from pipeline.model.session import session
from pipeline.stages.attributions import network
from pipeline.stages.attributions.beliefs import Beliefs
from pipeline.stages.language import NAMES, NETWORKS, REFERENCES
from pipeline.training import fitting
from pipeline.training.attributions import fit as tagging
from pipeline.training.attributions.examples import AttributionExample, all_within
from pipeline.training.attributions.model import AttributionTagger, loss
from pipeline.training.attributions.run import Weighted, encoded, finish, split, write_tagger
from pipeline.training.attributions.run import read as read_attributions
from pipeline.training.encoder import EncoderModule, EncoderText, states_of, text_of, write_encoder
from pipeline.training.folds import Unseen, networks_of
from pipeline.training.names import corpus
from pipeline.training.names import fit as naming
from pipeline.training.names.run import Reader, articles_of, scores, write
from pipeline.training.reference import below
from pipeline.training.reference import fit as ranking
from pipeline.training.reference.run import HELD, WEIGHTS, calibrated, config_of, write_rankers
from pipeline.training.reference.run import read as read_reference


@dataclass(frozen=True, slots=True, kw_only=True)
class JointSchedule(fitting.Schedule):
    """How encoder and heads are fitted; ``rate`` is that of the rankers of reference."""

    epochs: int = 4
    rate: float = 1e-3
    encoder_rate: float = 1e-4
    tagger_rate: float = 2e-3
    """That of the tagger of attributions."""
    names_rate: float = 2e-3
    """That of the tagger of names."""
    link_weight: float = 0.4
    names_weight: float = 2.0
    """How much the mean loss of a token of names counts."""
    batch: int = 1500
    without_vectors: float = 0.1
    """See ``AttributionSchedule``."""


class JointArticle(NamedTuple):
    """A text with what the heads learn from it."""

    text: EncoderText
    parts: list[tagging.Part]
    """The parts that the tagger reads."""
    examples: list[ranking.Weighted]
    """What the rankers learn from."""
    names: naming.NameExample | None = None
    """What the tagger of names learns from."""

    @property
    def chance(self) -> float:
        """The probability that an epoch reads it; less than 1 only if it has nothing but names."""
        if self.parts or self.examples or self.names is None:
            return 1.0
        return self.names.chance


NAMING = naming.NameSchedule(copies=(1, 0))
"""How the texts of names are read; they are fitted as ``JointSchedule`` says."""


def train(
    corpora: Sequence[Weighted],
    out: Path,
    *,
    work: Path,
    schedule: JointSchedule,
    encoder: Path,
    names: Sequence[Weighted],
    attributions: Path,
    tell: fitting.Tell,
) -> None:
    """Train the encoder and its heads, and write a folder of each to ``out``.

    The texts of reference are read with the networks of ``attributions`` that have not seen them.
    Its rankers are calibrated alone; their mean with those of the profile fast is calibrated when
    these learn from them, on the articles that are held back here.

    ``corpora`` are files with how much a token of theirs counts for attributions; 0: not. Texts of
    reference are those that ``reference.run.train`` reads, and ``names`` those that
    ``names.run.train`` does, with their weights. ``encoder`` is the folder of the pretrained one.
    ``work`` keeps a checkpoint of each epoch, from which an interrupted run resumes.

    Raises ``BadRow`` for fewer than twenty articles, or if ``names`` has none of those held back,
    and what reading the corpora raises.
    """
    fitting.use_threads()
    marked = [(path, w) for path, w in corpora if w > 0 and _has(path, "attributions")]
    every, labels = read_attributions(marked, tell)
    held, seen = split(every)
    within = all_within(every)
    nlp = fitting.load_unseen()
    nlp.disable_pipe("news_resolve")
    coded = ranker.SyntaxLabels.of(*(nlp.pipe_labels[name] for name in ("tagger", "parser")))
    unseen = Unseen(nlp, networks_of(attributions))
    resolved = [path for path, _ in corpora if _has(path, *WEIGHTS)]
    texts = {one.article.text for one in held}
    known: list[ranking.Weighted] = []
    passages = []
    for one, weight, row in read_reference(unseen, resolved, coded, tell):
        if row["text"] not in texts:
            known.append((one, weight))
        elif one.natural:
            passages.append(one)
    naming_of, targets = Reader(nlp, None, None), naming.Targets()
    named = articles_of(names)
    known_names = [one for one in named if one.text not in texts]
    held_names = [one for one in named if one.whole and one.text in texts]
    if not held_names:
        hint = "give --names the articles of --corpus, with all their entities"
        raise BadRow("has no article that is held back", where=str(names[0][0]), hint=hint)
    learned = list(naming_of.examples(known_names, targets, NAMING, tell))
    cutter = Cutter(encoder)
    articles = list(_articles(seen, within, known, learned, cutter))
    tell(f"{len(articles)} texts, {len(held)} held back")
    torch.manual_seed(schedule.seed)
    nouns = ranking.fitted_nouns((one for one, _ in known), partial(word_vectors, nlp.vocab))
    lower = EncoderModule.pretrained(encoder)
    found = known[0][0].found
    nets = Nets(
        lower,
        AttributionTagger(labels.sizes(), extra=lower.width),
        ranking.rankers(found, 2 * lower.width, nouns, ranking.ReferenceSchedule()),
        naming.NameTagger(*map(len, naming_of.labels), encoded=True),
    )
    work.mkdir(parents=True, exist_ok=True)
    JointFit(nets, articles, schedule, work, tell, allowed=targets.allowed()).run()
    write_encoder(lower, articles[0].text, encoder, out / MODEL)
    trained = checksum(out / MODEL / GRAPH)
    shipped = Encoder(out / MODEL)
    folder = out / NAMES["accurate"]
    _write_names(nets.names, naming_of, held_names, shipped, trained, folder, tell)
    folder = out / NETWORKS["accurate"]
    folder.mkdir(parents=True, exist_ok=True)
    held = [encoded(one, shipped) for one in held]
    write_tagger(nets.tagger, held[0], folder / network.TAGGER)
    tagger = session(folder / network.TAGGER)

    def tagged(one: AttributionExample) -> Beliefs:
        return network.run(tagger, one.found, one.ranges)

    inner = [
        each._replace(found=each.found._replace(encoded=one.found.encoded))
        for one in held
        for each in within.get(one.article.id, ())
    ]
    above = {"encoder": trained}
    finish(folder, labels, tagged, held, inner, above, work, {"schedule": asdict(schedule)}, tell)
    folder = out / REFERENCES["accurate"]
    folder.mkdir(parents=True, exist_ok=True)
    run = ranking.run_of(nets.rankers)
    rows = []
    for at, one in enumerate(passages):
        columns = one.scene.columns
        read = one._replace(found=ranker.with_states(one.found, shipped.of(columns)))
        columns.states = None
        rows += calibrated(one, [ranker.scorer(read.found, run)])
        if not at:
            write_rankers(nets.rankers, read, folder)
    config, figures = config_of(rows, coded)
    beside = {"beside": REFERENCES["fast"]}
    fitting.write_config(folder / ranker.CONFIG, config | above | beside)
    fitting.write_config(folder / HELD, {"ids": sorted(one.article.id for one in held)})
    tell(json.dumps(figures))
    for name in (MODEL, folder.name):
        fitting.tell_checksums(out / name, tell)


def _write_names(
    tagger: naming.NameTagger,
    reader: Reader,
    held: Sequence[corpus.NamedArticle],
    encoder: Encoder,
    trained: str,
    folder: Path,
    tell: fitting.Tell,
) -> None:
    """Write the tagger of names, and tell its own scores on articles that are held back."""
    scored = []
    for one in held:
        made = naming.example(one, reader.read(one.text), naming.Targets())
        states = encoder.of(made.columns)
        made.columns.states = None  # those of all articles would take much memory
        scored.append(made._replace(states=states))
    folder.mkdir(parents=True, exist_ok=True)
    config = reader.config()
    fitting.write_config(folder / names_network.CONFIG, config)
    write(tagger, scored[0], folder / names_network.GRAPH)
    tell(f"names: {scores(names_network.NameNetwork(folder), scored)}")
    above = {"encoder": trained, "beside": NAMES["fast"]}
    fitting.write_config(folder / names_network.CONFIG, config | above)
    fitting.tell_checksums(folder, tell)


def _has(path: Path, *keys: str) -> bool:
    """Return whether the first row of a corpus has one of some keys."""
    with path.open(encoding="utf-8") as file:
        row = json.loads(file.readline())
    return any(key in row for key in keys)


def _articles(
    seen: Sequence[AttributionExample],
    within: Mapping[str, Sequence[AttributionExample]],
    known: Sequence[ranking.Weighted],
    named: Sequence[naming.NameExample],
    cutter: Cutter,
) -> Iterator[JointArticle]:
    """Yield the texts to learn from."""
    names = {tuple(one.columns.words): one for one in named}
    by_text: dict[tuple[str, ...], list[ranking.Weighted]] = {}
    for weighted in known:
        by_text.setdefault(tuple(weighted[0].scene.columns.words), []).append(weighted)
    for one in seen:
        examples = by_text.pop(tuple(one.words), [])
        inner = within.get(one.article.id, ())
        parts = [part for each in (one, *inner) for part in tagging.parts_of(each)]
        own = names.pop(tuple(one.words), None)
        yield JointArticle(text_of(one.reading.columns, cutter), parts, examples, own)
    for words, examples in by_text.items():
        own = names.pop(words, None)
        yield JointArticle(text_of(examples[0][0].scene.columns, cutter), [], examples, own)
    for own in names.values():
        yield JointArticle(text_of(own.columns, cutter), [], [], own)


class Nets(nn.Module):
    """The encoder and its heads."""

    def __init__(
        self,
        encoder: EncoderModule,
        tagger: AttributionTagger,
        rankers: Mapping[str, ranking.RankerModule],
        names: naming.NameTagger,
    ) -> None:
        super().__init__()
        self.encoder, self.tagger, self.names = encoder, tagger, names
        self._rankers = nn.ModuleDict(rankers)

    @property
    def rankers(self) -> dict[str, nn.Module]:
        """The rankers of reference by the part of the anaphors."""
        return dict(self._rankers.items())

    def groups(self, schedule: JointSchedule) -> list[dict[str, Any]]:
        """Return the weights that are learned with their rates."""
        rates = {
            self.encoder: schedule.encoder_rate,
            self.tagger: schedule.tagger_rate,
            self._rankers: schedule.rate,
        }
        found = [{"params": below.learned_of([net]), "lr": rate} for net, rate in rates.items()]
        return found + naming.parameter_groups(self.names, schedule.names_rate, schedule.decay)


class JointFit(fitting.Fit[JointArticle]):
    """Encoder and heads being fitted."""

    def __init__(
        self,
        nets: Nets,
        articles: Sequence[JointArticle],
        schedule: JointSchedule,
        folder: Path,
        tell: fitting.Tell,
        *,
        allowed: Tensor,
    ) -> None:
        """``allowed``: see ``names.fit.Targets``."""
        self.nets, self.articles, self.schedule = nets, articles, schedule
        self.allowed = allowed
        draw = random.Random(schedule.seed + 1)
        self.epochs = [list(self._grouped(draw)) for _ in range(schedule.epochs)]
        steps = 1 + sum(map(len, self.epochs))
        super().__init__(nets, nets.groups(schedule), schedule, steps, tell, folder)

    def batches(self, number: int) -> list[list[JointArticle]]:
        """Return whole articles."""
        return self.epochs[number]

    def _grouped(self, draw: random.Random) -> Iterator[list[JointArticle]]:
        """Yield the batches of one pass, shuffled."""
        every = []
        for one in self.articles:
            examples = list(below.drawn(one.examples, draw))
            named = one.names is not None and draw.random() < one.chance
            if one.parts or examples or named:
                every.append(one._replace(examples=examples))
        draw.shuffle(every)
        yield from fitting.batches(every, self.schedule.batch, lambda one: len(one.text.places))

    def losses(self, group: Sequence[JointArticle]) -> dict[str, Tensor]:
        """Return the loss of each head that some of the texts are annotated for."""
        states = states_of(self.nets.encoder, [one.text for one in group])
        read = list(zip(group, states, strict=True))
        parts = [(part, row) for one, row in read for part in one.parts]
        examples = [example for one in group for example in one.examples]
        rows = [row for one, row in read for _ in one.examples]
        named = [(one.names, row) for one, row in read if one.names is not None]
        found = {
            "attributions": self._tagged(parts) if parts else None,
            "reference": below.loss_of(self.nets.rankers, examples, rows),
            "names": self._named(named) if named else None,
        }
        return {name: one for name, one in found.items() if one is not None}

    def _tagged(self, parts: Sequence[tuple[tagging.Part, Tensor]]) -> Tensor:
        """Return the loss of the tagger on parts with the states of their articles.

        Those of similar length are read together.
        """
        found = []
        schedule = self.schedule
        grouped = fitting.batches_by_length(
            parts, _length, self.order, size=schedule.batch, jitter=0
        )
        for some in grouped:
            group = [part for part, _ in some]
            given, tags, links = tagging.tensors(group, self.order, schedule.without_vectors)
            rows = [row[start:end] for (_, (start, end)), row in some]
            given["encoded"] = pad_sequence(rows, batch_first=True)
            weights = torch.tensor([one.weight for one, _ in group])
            scored, linked = self.nets.tagger(*given.values())
            of_batch = loss(scored, linked, tags, links, weights, schedule.link_weight)
            found.append(of_batch * sum(map(_length, some)) / schedule.batch)
        return torch.stack(found).sum()

    def _named(self, read: Sequence[tuple[naming.NameExample, Tensor]]) -> Tensor:
        """Return the loss of the tagger of names on articles with their states."""
        windows = [
            (naming.NameWindow(one, *bounds), row)
            for one, row in read
            for bounds in naming.windows(one.columns)
        ]
        found = naming.batch([one for one, _ in windows])
        rows = [row[one.start : one.end] for one, row in windows]
        given = (*found.given, pad_sequence(rows, batch_first=True))
        lost = naming.loss_of(self.nets.names, found._replace(given=given), self.allowed)
        size = sum(one.end - one.start for one, _ in windows)
        return lost * self.schedule.names_weight * size / self.schedule.batch


def _length(one: tuple[tagging.Part, Tensor]) -> int:
    start, end = one[0][1]
    return end - start
