"""What the scorer of figures learns from annotated texts, and its training from end to end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the extra train")
pytest.importorskip("onnx", reason="training needs the extra train")

from spacy.language import Language

from pipeline.errors import BadRow, InputNotFound
from pipeline.model.encoder import encoder
from pipeline.model.figures.scorer import CHANGES, GRAPH, KINDS, LIMITS, SCALES, FigureScorer
from pipeline.model.session import session
from pipeline.stages.figures.candidates import Candidates
from pipeline.stages.language import annotate
from pipeline.training.figures import (
    INPUTS,
    UNKNOWN,
    FigureExample,
    FigureSchedule,
    ScorerModule,
    example,
    joined,
    mean_scores,
    plain,
    train,
    write,
)

TEXT = "Acme sold at least 12 ships. Sales fell 5% on page 7."


def figure(words: str, kind: str, **more: Any) -> dict[str, Any]:
    start = TEXT.index(words)
    found = {"span": [start, start + len(words)], "kind": kind, "unit": None, "bound": None}
    return found | {"change": None, "change_role": None, "holder": None} | more


def at(words: str) -> dict[str, list[int]]:
    return {"span": [TEXT.index(words), TEXT.index(words) + len(words)]}


FIGURES = [
    figure("12", "count", bound="at_least", measures=at("ships"), holder="Acme"),
    figure("5%", "percent", unit="%", change="decrease", change_role="delta", measures=at("Sales")),
]
ENTITIES = [{"name": "Acme", "label": "ORG", "mentions": [[0, 4, "name"]]}]


@pytest.fixture(scope="module")
def one(nlp: Language) -> FigureExample:
    row = {"id": "a", "text": TEXT, "figures": FIGURES, "entities": ENTITIES, "times": []}
    found = example(row, annotate(nlp, TEXT))
    assert found is not None
    return found


def test_numbers_have_the_classes_of_the_figures_that_they_overlap(one: FigureExample) -> None:
    assert [KINDS[kind] for kind in one.kinds] == ["count", "own", "none"]
    assert LIMITS[one.bounds[0]] == "at_least"
    assert CHANGES[one.changes[1]] == ("decrease", "delta")
    assert one.changes[2] == UNKNOWN


def test_the_heads_of_what_is_measured_and_of_the_holder_are_right(
    one: FigureExample, nlp: Language
) -> None:
    doc = annotate(nlp, TEXT)
    words = [doc[at].text for at in one.found.candidates.tolist()]
    number = one.found.pairs[:, 0].tolist()
    rows = zip(number, words, one.right.tolist(), strict=True)
    right = [(at, word, own) for at, word, own in rows if any(own)]
    assert (0, "ships", [True, False]) in right
    assert (0, "Acme", [False, True]) in right
    assert (1, "Sales", [True, False]) in right


def test_a_value_that_differs_from_the_annotation_is_not_right(nlp: Language) -> None:
    told = [figure("12", "count", value="11", low=None, high=None), FIGURES[1]]
    row = {"id": "a", "text": TEXT, "figures": told, "entities": ENTITIES, "times": []}
    found = example(row, annotate(nlp, TEXT))
    assert found is not None
    assert found.valued.tolist() == [False, True, True]


def test_a_text_without_numbers_gives_no_example(nlp: Language) -> None:
    row = {"id": "a", "text": "Rain fell.", "figures": [], "entities": [], "times": []}
    assert example(row, annotate(nlp, row["text"])) is None


SENTENCES = Path(__file__).parents[2] / "models" / "figures" / "sentences.jsonl"
SOLD = "Acme sold 12 ships, up from 9, for $5 million."
ROW = {"id": "a", "text": SOLD, "entities": [], "figures": [], "times": []}


def corpus(folder: Path, lines: int) -> Path:
    path = folder / "corpus.jsonl"
    rows = SENTENCES.read_text("utf-8").splitlines()[:lines]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def test_training_writes_a_scorer_that_runs(tmp_path: Path, nlp: Language) -> None:
    lines: list[str] = []
    schedule = FigureSchedule(epochs=1, members=1)
    figures = train([corpus(tmp_path, 60)], tmp_path / "out", schedule=schedule, tell=lines.append)
    assert all(0 <= figures[name]["measures"] <= 100 for name in SCALES)
    assert lines[-1].startswith(f'"{GRAPH}" = "')
    doc = annotate(nlp, SOLD)
    candidates = Candidates(doc, [])
    for encoded in (False, True):
        scorer, columns = FigureScorer(tmp_path / "out", encoded=encoded), candidates.columns
        readings = scorer.read(doc, columns, candidates.asked(), candidates.dated())
        assert len(readings) == 3


def test_nothing_to_hold_back_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadRow):
        train(
            [corpus(tmp_path, 1)], tmp_path, schedule=FigureSchedule(epochs=1), tell=lambda _: None
        )


def test_a_missing_corpus_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputNotFound):
        train(
            [tmp_path / "no.jsonl"],
            tmp_path,
            schedule=FigureSchedule(epochs=1),
            tell=lambda _: None,
        )


@pytest.mark.parametrize("pairs", [True, False])
@pytest.mark.parametrize("encoded", [True, False])
def test_the_graph_gives_the_mean_of_the_scorers(
    tmp_path: Path, nlp: Language, pairs: bool, encoded: bool
) -> None:
    one = example(ROW, annotate(nlp, SOLD), encoder() if encoded else None)
    assert one is not None
    assert len(one.found.states) == (len(one.found.codes) if encoded else 1)
    sizes = one.found.given.shape[1], one.found.relations.shape[1]
    scorers = [ScorerModule(*sizes).eval() for _ in range(2)]
    write(scorers, one, tmp_path / GRAPH)
    given = dict(zip(INPUTS, joined([one]), strict=True))
    if not pairs:
        given |= {name: given[name][:0] for name in ("pairs", "paths", "relations")}
    found = session(tmp_path / GRAPH).run(None, {k: v.numpy() for k, v in given.items()})
    wanted = mean_scores(scorers, [*given.values()])
    for mine, theirs in zip(found, wanted, strict=True):
        assert np.allclose(mine, theirs.numpy(), atol=1e-5)


def test_the_states_of_the_encoder_are_read_where_there_are_some(nlp: Language) -> None:
    one = example(ROW, annotate(nlp, SOLD), encoder())
    assert one is not None
    scorer = ScorerModule(one.found.given.shape[1], one.found.relations.shape[1]).eval()
    zeros = np.zeros_like(one.found.states)
    blank = one._replace(found=one.found._replace(states=zeros))
    encoded, without, unknown = (
        mean_scores([scorer], joined([each])) for each in (one, plain(one), blank)
    )
    for mine, theirs, same in zip(encoded, without, unknown, strict=True):
        assert not np.allclose(mine, theirs)
        assert np.allclose(theirs, same, atol=1e-6)
