"""Paragraphs are parsed in parallel; each parse depends on the others only through vectors."""

from __future__ import annotations

import numpy as np
import pytest
from spacy.language import Language
from spacy.pipeline import DependencyParser
from spacy.pipeline._parser_internals.arc_eager import ArcEager
from spacy.tokens import Doc

from pipeline.model.parser import ParagraphParser, Scores, paragraphs

TEXT = """DOVER — Rain fell on Dover on Monday, and the mayor said that it would not stop.

Ann Lee, who lives there, bought a boat. She has not used it yet.
Others fled to Calais

The storm

The council meets again on Friday, when it will hear what the engineers found. Nobody expects much.
"""


def unparsed(nlp: Language, text: str) -> Doc:
    doc = nlp.make_doc(text)
    for name, pipe in nlp.pipeline:
        if name == "parser":
            break
        doc = pipe(doc)
    return doc


@pytest.fixture
def one_by_one(nlp: Language) -> DependencyParser:
    """spaCy's own parser, with our weights."""
    ours = nlp.get_pipe("parser")
    assert isinstance(ours, ParagraphParser)
    moves = ArcEager(nlp.vocab.strings)
    moves.from_bytes(ours.moves.to_bytes(exclude=["strings"]), exclude=["strings"])
    options = {key: value for key, value in ours.cfg.items() if key != "moves"}
    return DependencyParser(nlp.vocab, ours.model, "parser", moves, **options)


@pytest.mark.parametrize(
    "text", [TEXT, "", "\n\n", "Rain", "Rain\n\nfell\n\non\n\nDover", " \n.\n"]
)
def test_the_parse_equals_that_of_the_whole_document(
    nlp: Language, one_by_one: DependencyParser, text: str
) -> None:
    ours, theirs = (unparsed(nlp, text) for _ in range(2))
    ours, theirs = nlp.get_pipe("parser")(ours), one_by_one(theirs)
    columns: list[int | str] = ["HEAD", "DEP", "SENT_START"]
    assert np.array_equal(ours.to_array(columns), theirs.to_array(columns))
    assert len(list(paragraphs(ours))) >= text.strip().count("\n\n") > -1


@pytest.mark.parametrize("together", [1, 20, 45])
def test_the_parse_does_not_depend_on_which_paragraphs_are_parsed_together(
    nlp: Language, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    columns: list[int | str] = ["HEAD", "DEP", "SENT_START"]
    parser = nlp.get_pipe("parser")
    text = "\n\n".join([TEXT, "Rain\n\nfell\n\non\n\nDover", TEXT])
    whole = parser(unparsed(nlp, text)).to_array(columns)  # type: ignore[operator]
    made: list[int] = []
    features = Scores.__init__

    def counted(self: Scores, model: object, rows: np.ndarray, first: int, most: int) -> None:
        made.append(first)
        features(self, model, rows, first, most)

    monkeypatch.setattr("pipeline.model.parser.TOGETHER", together)
    monkeypatch.setattr(Scores, "__init__", counted)
    assert np.array_equal(whole, parser(unparsed(nlp, text)).to_array(columns))  # type: ignore[operator]
    assert made == sorted({*made})
    assert len(made) > 2


def test_a_quotation_mark_is_not_a_sentence(nlp: Language, one_by_one: DependencyParser) -> None:
    """After words of the previous paragraph, spaCy's parser may break after the first mark."""
    text = "The paper had this to say:\n\n“Let us wait for rain,” she said."
    doc = unparsed(nlp, text)
    start = next(token.i for token in doc if token.text == "“")
    doc = nlp.get_pipe("parser")(doc)
    assert doc[start].dep_ == "punct"
    assert one_by_one(unparsed(nlp, text))[start].dep_ in ("punct", "ROOT")


def test_documents_may_be_parsed_together(nlp: Language) -> None:
    texts = [TEXT, "", "Rain fell.\n\nNobody knew why."]
    parser = nlp.get_pipe("parser")
    alone = [parser(unparsed(nlp, text)) for text in texts]
    together = parser.pipe([unparsed(nlp, text) for text in texts])
    columns: list[int | str] = ["HEAD", "DEP"]
    for one, other in zip(alone, together, strict=True):
        assert np.array_equal(one.to_array(columns), other.to_array(columns))
