"""A pipeline whose names come from a recogniser that has seen none of the training articles."""

from __future__ import annotations

from spacy.language import Language

from pipeline.errors import ModelMissing
from pipeline.language import BASE_MODEL, load
from pipeline.manifest import entry_of_package


def load_unseen() -> Language:
    """Return the pipeline of the profile fast with the names of the base model's recogniser.

    The network of names has learned from most of the training articles, and makes fewer errors in
    them than elsewhere. A model that reads its names must learn from names with as many errors as
    those at run time.
    """
    entry = entry_of_package(BASE_MODEL)
    folder = entry.located() if entry is not None else None
    if folder is None:
        raise ModelMissing(f"no spaCy pipeline {BASE_MODEL!r} is installed")
    return load(folder)  # a model that is named by its folder brings its own recogniser
