"""A pipeline whose names come from a recogniser that has seen none of the training articles."""

from __future__ import annotations

from spacy.language import Language

from pipeline.language import load
from pipeline.stages.attributing.learned.network import network
from pipeline.stages.attributions import Attributions

ATTRIBUTIONS = "attributions-fast"


def load_unseen() -> Language:
    """Return the pipeline of the profile fast with the names of the base model's recogniser.

    The network of names has learned from most of the training articles, and makes fewer errors in
    them than elsewhere. A model that reads its names must learn from names with as many errors as
    those at run time.
    """
    nlp = load(profile="rules")
    stage = nlp.get_pipe("news_attributions")
    assert isinstance(stage, Attributions)
    stage.network = network(ATTRIBUTIONS)
    return nlp
