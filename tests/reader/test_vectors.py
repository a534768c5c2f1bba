"""The vectors that the networks read are those of the model that they were trained on."""

from __future__ import annotations

import numpy as np
from spacy.language import Language

from pipeline.reader.session import STATE, known_tensor, static_vectors
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
