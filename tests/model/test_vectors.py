"""The vectors that the networks read are those of the model that they were trained on."""

from __future__ import annotations

import numpy as np
import pytest
from spacy.language import Language

from pipeline.document.columns import Columns
from pipeline.manifest import own_model
from pipeline.model.reference.features import ReferenceScene
from pipeline.model.reference.ranker import ReferenceRanker, TokenArrays
from pipeline.model.session import STATE, Floats, known_tensor, static_vectors
from tests.blank import BLANK


def test_the_vectors_in_context_are_those_of_the_base_model(nlp: Language) -> None:
    doc = nlp("Ann Lee left.")
    assert known_tensor(doc).shape == (len(doc), STATE)
    assert known_tensor(doc).any()


def test_the_vectors_of_another_model_count_as_none() -> None:
    doc = BLANK("Ann Lee left.")
    doc.tensor = np.ones((len(doc), STATE), dtype=np.float32)
    assert not known_tensor(doc).any()
    assert not static_vectors(doc.vocab, [doc[0].orth]).any()


def test_every_common_word_has_its_vector_in_a_ranker_of_reference(nlp: Language) -> None:
    # the keys of about half of all words are above 2 ** 63
    doc = nlp("The mayor said that it was not hers, and he asked for more money.")
    seen: list[tuple[TokenArrays, Floats]] = []
    ranker = ReferenceRanker(own_model("reference")[1])
    states = ranker.trunk.states
    ranker.trunk.states = lambda one, vectors: (  # type: ignore[method-assign]
        seen.append((one, vectors)) or states(one, vectors)
    )
    ranker.begin(ReferenceScene(Columns(doc), [], [], [-1] * len(doc), {}, frozenset()), doc)
    ((read, vectors),) = seen
    assert (read.keys > 2**63).any()
    assert vectors.any(axis=1).all()
    assert (vectors == static_vectors(doc.vocab, read.keys.tolist())).all()


def test_a_key_that_was_read_as_signed_is_an_error(nlp: Language) -> None:
    with pytest.raises(ValueError, match="unsigned"):
        static_vectors(nlp.vocab, [-1])
