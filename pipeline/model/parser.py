"""Parse the paragraphs of a document in parallel.

spaCy's parser takes one step at a time through each document. Here all paragraphs take their steps
together: numpy adds up the features of their states, and the products are exact. No arc crosses a
preset sentence start, and no feature of a step looks more than one token beyond it. So the parse of
a paragraph depends on the surrounding text only through the vectors of its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.ml.parser_model import ParserStepModel
from spacy.pipeline import DependencyParser
from spacy.pipeline._parser_internals.arc_eager import ArcEager
from spacy.pipeline._parser_internals.stateclass import StateClass
from spacy.tokens import Doc
from spacy.vocab import Vocab
from thinc.api import Model

from pipeline.model.exact import Floats, Product, make_exact

TOGETHER = 4000
"""Paragraphs are parsed together until they have so many tokens: the features of one take 7 kB."""
AHEAD = 2
"""Tokens of the next paragraph that a step sees: the first of the buffer and the next one."""


class ParagraphMoves(ArcEager):  # type: ignore[misc]
    """A parser's transition system, with a separate state for each preset sentence start."""

    def init_batch(self, docs: Sequence[Doc]) -> list[Any]:
        """Return the states of all paragraphs, in order."""
        states = []
        for doc, offset in offsets(docs):
            column: Any = doc.to_array(["SENT_START"])
            for start, end in paragraphs(doc):
                end = min(end + AHEAD, len(doc))
                # the states read nothing of their tokens except whether they start a sentence
                piece = Doc(doc.vocab, words=["x"] * (end - start))
                piece.from_array(["SENT_START"], column[start:end])
                states.append(StateClass(piece, offset=offset + start))
        return states


class ParagraphParser(DependencyParser):  # type: ignore[misc]
    """spaCy's parser, with the paragraphs of a document in parallel."""

    def __reduce__(self) -> tuple[Any, ...]:
        options = {key: value for key, value in self.cfg.items() if key != "moves"}
        return _made, (self.vocab, self.model, self.name, self.moves, options)

    def greedy_parse(self, docs: Sequence[Doc], drop: float = 0.0) -> list[Any]:  # noqa: ARG002
        """Return the final states of all paragraphs, in order."""
        found: list[Any] = self.moves.init_batch(docs)
        rows = self.model.layers[0].predict(docs)
        every = [(a + at, b + at) for doc, at in offsets(docs) for a, b in paragraphs(doc)]
        begun = 0
        for number, (_, end) in enumerate(every, 1):
            first = every[begun][0]
            if end - first >= TOGETHER or number == len(every):
                self._parse(found[begun:number], rows[first : end + AHEAD], first)
                begun = number
        return found

    def _parse(self, states: list[Any], rows: Floats, first: int) -> None:
        """Bring the states of paragraphs to their end, given the vectors from a first token."""
        states = [state for state in states if not state.is_final()]
        scores = Scores(self.model, rows, first, len(states))
        while states:
            states = self.transition_states(states, scores(states))

    def set_annotations(self, docs: Sequence[Doc], states: Sequence[Any]) -> None:
        """Set heads and labels, as spaCy's parser does."""
        at = iter(states)
        for doc in filter(len, docs):
            heads, labels = [0] * len(doc), [doc.vocab.strings["ROOT"]] * len(doc)
            for (start, end), state in zip(list(paragraphs(doc)), at, strict=False):
                for arc in state.arcs:
                    if (child := start + arc["child"]) < end:
                        heads[child] = arc["head"] - arc["child"]
                        labels[child] = arc["label"]
            table: Any = np.empty((len(doc), 2), dtype=np.uint64)
            table[:, 0] = np.array(heads, dtype=np.int64).view(np.uint64)
            table[:, 1] = labels
            doc.from_array(["HEAD", "DEP"], table)
            for finish in self.postprocesses:
                finish(doc)


class Scores:
    """Scores of the transitions in at most ``most`` states, by the model of a parser."""

    def __init__(self, model: Any, rows: Floats, first: int, most: int) -> None:
        """``rows`` are the vectors of the tokens from a first one."""
        _, features, upper = model.layers
        self._first = first
        found = features.predict(rows)
        _, self._size, _, self._pieces = found.shape
        self._features = found.reshape(len(found) * self._size, -1)
        self._places = np.arange(self._size, 2 * self._size, dtype=np.int32)  # after padding
        self._bias = features.get_param("b").reshape(-1)
        largest = max(float(found.max()), -float(found.min()))
        largest = self._size * largest + float(np.abs(self._bias).max())
        self._upper = Product(upper.get_param("W"), upper.get_param("b")).below(largest, most)
        self._unseen = sorted(model.attrs["unseen_classes"])
        self.state2vec = SimpleNamespace(nF=self._size)  # read by ``get_token_ids``

    def __call__(self, states: Sequence[Any]) -> Floats:
        """Return (n, m) scores of m transitions in n states."""
        tokens = ParserStepModel.get_token_ids(self, states)
        if self._first:
            tokens[tokens >= 0] -= self._first
        tokens *= self._size
        tokens += self._places
        summed = np.add.reduce(self._features.take(tokens.T, axis=0))
        summed += self._bias
        hidden = summed[:, :: self._pieces]
        for at in range(1, self._pieces):
            hidden = np.maximum(hidden, summed[:, at :: self._pieces])
        scores: Floats = self._upper(hidden).astype(np.float32)
        if self._unseen:
            scores[:, self._unseen] = scores.min()
        return scores


def offsets(docs: Sequence[Doc]) -> Iterator[tuple[Doc, int]]:
    """Yield documents with the number of tokens before each."""
    return zip(docs, accumulate(map(len, docs), initial=0), strict=False)


def paragraphs(doc: Doc) -> Any:
    """Return the start and end of each part of the document between preset sentence starts."""
    starts = np.flatnonzero(doc.to_array(["SENT_START"]).reshape(-1)[1:] == 1) + 1
    return pairwise([0, *starts.tolist(), len(doc)]) if len(doc) else ()


def parse_paragraphs(nlp: Language) -> None:
    """Replace each greedy parser of a pipeline by ours."""
    components: list[tuple[str, Any]] = nlp._components
    for at, (name, pipe) in enumerate(components):
        if type(pipe) is DependencyParser and pipe.cfg["beam_width"] == 1:
            moves = ParagraphMoves(nlp.vocab.strings)
            moves.from_bytes(pipe.moves.to_bytes(exclude=["strings"]), exclude=["strings"])
            options = {key: value for key, value in pipe.cfg.items() if key != "moves"}
            components[at] = name, _made(nlp.vocab, pipe.model, name, moves, options)


def prepare(nlp: Language) -> None:
    """Make the products of a loaded pipeline exact, and its parsers ours."""
    for _, pipe in nlp.pipeline:
        for label in getattr(pipe, "labels", ()):
            nlp.vocab.strings.add(label)
    models = (getattr(pipe, "model", None) for _, pipe in nlp.pipeline)
    make_exact(one for one in models if isinstance(one, Model))
    parse_paragraphs(nlp)


def _made(
    vocab: Vocab, model: Any, name: str, moves: ParagraphMoves, options: dict[str, Any]
) -> ParagraphParser:
    ours = ParagraphParser(vocab, model, name, moves, **options)
    ours.cfg["moves"] = None  # it has its own place on disk
    return ours
