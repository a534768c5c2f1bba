"""Train the ranker of reference from annotated texts into a folder of ``models/``."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from spacy.vocab import Vocab
from torch import nn

from pipeline.errors import BadRow
from pipeline.model.reference.features import word_vectors
from pipeline.model.reference.mentions import CALIBRATED
from pipeline.model.reference.ranker import (
    CONFIG,
    FEATURES,
    GRAPHS,
    RankerConfig,
    ReferenceRanker,
    Score,
    SyntaxLabels,
    mean_of,
    scorer,
    with_states,
)
from pipeline.model.session import static_vectors
from pipeline.training import fitting
from pipeline.training.folds import FOLDS, Unseen, fold_of, folders_of, networks_of
from pipeline.training.reference.below import Above, Trunked, fitted
from pipeline.training.reference.examples import ReferenceExample, examples_of
from pipeline.training.reference.fit import ReferenceSchedule, fitted_nouns, judged, run_of
from pipeline.training.regression import platt

WEIGHTS = {"entities": 3.0, "clusters": 1.0, "pronoun": 2.0}
"""How much a text counts, by the key of its annotation."""
NOVEL = 0.4
"""How much a text with quotes and clusters counts: passages of novels are long and no news."""
ANNOTATED = 0.5
"""How much a text counts with the annotated names, which are better than those found."""
GENDER_PRIOR = 0.2
"""See ``RankerConfig.gender_prior``."""
HELD = "held.json"
"""The file of a teacher with the ids of the articles that it has not learned from."""
TEACHER = "teacher"
"""The subfolder of the teacher that is calibrated anew."""
Judged = tuple[str, float, bool, bool]
"""Kind, raw probability, whether it is right, whether there is a gold entity."""


def train(
    corpora: Sequence[Path],
    out: Path,
    *,
    schedule: ReferenceSchedule,
    folds: Path | None = None,
    teacher: Path | None = None,
    attributions: Path | None = None,
    tell: fitting.Tell,
) -> dict[str, Any]:
    """Fit the rankers to annotated texts, write them to ``out`` and return their figures.

    A text has ``entities`` (as in our records), ``clusters`` (as in GUM and LitBank) or a
    ``pronoun`` with the names ``a`` and ``b`` (as in GAP). The articles with entities are in parts:
    calibration and figures of each come from rankers that have not seen it, which are written to
    ``folds``. The rankers that are written to ``out`` have seen all.
    ``teacher`` is the folder of rankers whose scores are learned beside the annotation. If their
    mean with those of ``out`` is what counts, a copy that is calibrated for it, on articles that
    neither has seen, is written to a subfolder.
    ``attributions`` is the folder of networks of attributions that have not seen a part of the
    articles each, to read that part.

    Raises ``InputNotFound``, or ``BadRow`` where a part has no articles with ``entities``.
    """
    fitting.use_threads()
    nlp = fitting.load_unseen()
    nlp.disable_pipe("news_resolve")
    labels = SyntaxLabels.of(*(nlp.pipe_labels[name] for name in ("tagger", "parser")))
    unseen = Unseen(nlp, networks_of(attributions))
    weighted = list(read(unseen, corpora, labels, tell))
    guide, apart = None, set[str]()
    if teacher is not None:
        guide = ReferenceRanker(teacher)
        weighted = [(taught(one, guide, nlp.vocab), w, row) for one, w, row in weighted]
        apart = unlearned(teacher) if guide.beside is not None else apart

    def fit(without: int | None, folder: Path | None) -> Above:
        seen = [(o, w) for o, w, row in weighted if without is None or fold_of(row) != without]
        nouns = fitted_nouns((one for one, _ in seen), partial(word_vectors, nlp.vocab))
        torch.manual_seed(schedule.seed)
        found = fitted(seen, nouns, schedule, Trunked(nlp.vocab, labels), tell)
        if folder is not None:
            write(found, weighted[0][0], folder)
        return found

    rows: list[Judged] = []
    of_mean: list[Judged] = []
    for number in range(FOLDS):
        held = [(one, row["id"]) for one, _, row in weighted if fold_of(row) == number]
        if not held:
            hint = f"give a corpus with {10 * FOLDS} or more articles that have entities"
            raise BadRow("nothing to hold back", where=str(corpora[0]), hint=hint)
        above = fit(number, None if folds is None else folds / str(number))
        run = run_of(above.rankers)
        for one, id in held:
            if not one.natural:
                continue
            own = scorer(above.with_states(one).found, run)
            rows += calibrated(one, [own])
            if guide is not None and id in apart:
                of_mean += calibrated(one, [own, scored(one, guide, nlp.vocab)])
    fit(None, out)
    config, figures = config_of(rows, labels)
    for folder in (out, *(folds / str(number) for number in range(FOLDS) if folds)):
        fitting.write_config(folder / CONFIG, config)
    if teacher is not None and of_mean:
        figures[TEACHER] = recalibrate(teacher, out / TEACHER, of_mean)
    figures["schedule"] = asdict(schedule)
    tell(json.dumps(figures))
    fitting.tell_checksums(out, tell)
    return figures


def unlearned(teacher: Path) -> set[str]:
    """Return the ids of the articles that a teacher has not learned from."""
    found: dict[str, list[str]] = json.loads((teacher / HELD).read_text("utf-8"))
    return set(found["ids"])


def recalibrate(teacher: Path, out: Path, rows: Sequence[Judged]) -> dict[str, Any]:
    """Write rankers with another calibration, and return their figures."""
    shutil.copytree(teacher, out, dirs_exist_ok=True)
    slope, shift, figures = calibration(rows)
    config = json.loads((teacher / CONFIG).read_text("utf-8"))
    config["slope"] |= slope
    config["shift"] |= shift
    fitting.write_config(out / CONFIG, config)
    return figures


def calibrated(one: ReferenceExample, scores: Sequence[Score]) -> list[Judged]:
    """Return what the mean of several rankers answers in a text that none of them has seen."""
    return judged(one, mean_of(scores), plain_config())


def plain_config() -> RankerConfig:
    """Return a config that leaves probabilities as they are."""
    kinds = set(CALIBRATED.values())
    return RankerConfig(dict.fromkeys(kinds, 1.0), dict.fromkeys(kinds, 0.0), GENDER_PRIOR)


def config_of(
    rows: Sequence[Judged], labels: SyntaxLabels
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the config of rankers by what they answer on texts held back, and their figures."""
    slope, shift, figures = calibration(rows)
    kinds = sorted(set(CALIBRATED.values()))
    config = {
        "slope": dict.fromkeys(kinds, 1.0) | slope,
        "shift": dict.fromkeys(kinds, 0.0) | shift,
        "gender_prior": GENDER_PRIOR,
        "tags": list(labels.tags),
        "deps": list(labels.deps),
        "features": FEATURES,
    }
    return config, figures


def read(
    unseen: Unseen, corpora: Sequence[Path], labels: SyntaxLabels, tell: fitting.Tell
) -> Iterator[tuple[ReferenceExample, float, Mapping[str, Any]]]:
    """Yield the examples of corpora, each with its weight and its row."""
    for path in corpora:
        count = 0
        for row, doc in fitting.read_articles(unseen.nlp, path, unseen.prepare):
            for one in examples_of(row, doc, labels):
                count += 1
                yield one, weight_of(row) if one.natural else ANNOTATED, row
        tell(f"{path.name}: {count} examples")


def taught(one: ReferenceExample, guide: ReferenceRanker, vocab: Vocab) -> ReferenceExample:
    """Return an example with the scores of a teacher."""
    return one._replace(taught=scored(one, guide, vocab)(np.arange(len(one.found.pairs))))


def scored(one: ReferenceExample, guide: ReferenceRanker, vocab: Vocab) -> Score:
    """Return what scores the pairs of an example by a ranker, without the one beside it."""
    columns = one.scene.columns
    if guide.encoder is not None:
        found = with_states(one.found, guide.encoder.of(columns))
        columns.states = None  # those of all examples would take much memory
    else:
        assert guide.trunk is not None
        vectors = static_vectors(vocab, one.tokens.keys.tolist())
        found = with_states(one.found, guide.trunk.states(one.tokens, vectors))
    return scorer(found, guide.run)


def weight_of(row: Mapping[str, Any]) -> float:
    """Return how much a text counts."""
    if "clusters" in row and "quotes" in row:
        return NOVEL
    return next(weight for key, weight in WEIGHTS.items() if key in row)


def rankers_of(folds: Path) -> list[ReferenceRanker]:
    """Return the rankers of a folder that ``train`` has written, by the part they have not seen.

    Raises ``InputNotFound``.
    """
    return [ReferenceRanker(one) for one in folders_of(folds, CONFIG, "reference")]


def calibration(
    rows: Sequence[Judged],
) -> tuple[dict[str, float], dict[str, float], dict[str, Any]]:
    """Return slope and shift by kind, and figures of the answers above one half."""
    slope, shift, figures = {}, {}, {}
    by_kind: dict[str, list[tuple[float, bool, bool]]] = defaultdict(list)
    for kind, likely, right, gold in rows:
        by_kind[kind].append((likely, right, gold))
    for kind, mine in sorted(by_kind.items()):
        said = [(likely, right) for likely, right, _ in mine if likely > 0.02]
        scale, _ = platt([p for p, _ in said], [r for _, r in said])
        slope[kind], shift[kind] = scale.slope, scale.shift
        sure = [right for likely, right, _ in mine if likely >= 0.5]
        named = sum(gold for *_, gold in mine)
        figures[kind] = {
            "gold": named,
            "recall": round(100 * sum(sure) / max(1, named), 1),
            "precision": round(100 * sum(sure) / max(1, len(sure)), 1),
        }
    return slope, shift, figures


def write(above: Above, sample: ReferenceExample, folder: Path) -> None:
    """Write rankers and their trunk as ONNX graphs to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    above.base.write(sample, folder)
    write_rankers(above.rankers, above.with_states(sample), folder)


def write_rankers(rankers: Mapping[str, nn.Module], sample: ReferenceExample, folder: Path) -> None:
    """Write rankers as ONNX graphs; ``sample`` has the states of its mentions."""
    found = sample.found
    given = {
        name: torch.from_numpy(getattr(found, name))
        for name in ("known", "nouns", "states", "pairs", "relations")
    }
    axes = {name: {0: "pairs" if name in ("pairs", "relations") else "mentions"} for name in given}
    for part, name in GRAPHS.items():
        fitting.write_graph(rankers[part], given, ["scores", "nobody"], axes, folder / name)
