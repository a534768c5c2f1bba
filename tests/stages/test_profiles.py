"""The profiles: accurate, whose heads read an encoder, and fast, which does without."""

from __future__ import annotations

import numpy as np
from spacy.language import Language

from pipeline.document.columns import Columns
from pipeline.model.names.features import features
from pipeline.stages.entities import Entities
from pipeline.stages.language import loaded_models


def test_attributions_have_calibrated_confidences(nlp: Language) -> None:
    text = "“We lost the game,” said Ann Lee, the mayor.\n\nShe is wary of the council's plan."
    doc = nlp(text)
    first = doc._.news.attributions[0]
    assert text[slice(*first.content[0])] == "“We lost the game,”"
    assert text[slice(*first.source[0])].startswith("Ann Lee")
    assert 0.5 < (first.confidence or 0) <= 0.99


def test_names_are_the_mean_of_both_networks(nlp: Language) -> None:
    stage = nlp.get_pipe("news_entities")
    assert isinstance(stage, Entities)
    assert stage.network is not None
    assert stage.network.beside is not None
    doc = nlp("The Trump administration sent Ann Lee to Oslo.")
    columns = Columns(doc)
    found = features(doc, columns, stage.network.labels)
    own = stage.network.scored(found, columns, stage.network.encoder.of(columns))  # type: ignore[union-attr]
    other = stage.network.beside.scored(found, columns, None)
    assert np.abs(own - other).max() > 0.1
    assert np.allclose(stage.network.likely(doc, columns), (own + other) / 2, atol=1e-5)


def test_accurate_reads_figures_with_the_encoder(nlp: Language, fast_nlp: Language) -> None:
    text = "Acme sold 12 ships in May, up from 9, and lost about $5 million."
    ours, theirs = nlp(text)._.news.figures, fast_nlp(text)._.news.figures
    assert [(one.start, one.kind) for one in ours] == [(one.start, one.kind) for one in theirs]
    assert [one.confidence for one in ours] != [one.confidence for one in theirs]


def test_the_same_text_gives_the_same_attributions(nlp: Language) -> None:
    text = "Ann Lee said that it rained. " * 40 + "\n\n" + "The mayor is reluctant. " * 60
    once, again = (nlp(text)._.news.attributions for _ in range(2))
    assert once == again


def test_fast_reads_no_encoder(fast_nlp: Language) -> None:
    names = [model.name for model in loaded_models(fast_nlp)]
    assert names[1:] == [
        "names",
        "attributions-fast",
        "figures",
        "senses",
        "namesakes",
        "reference",
        "speakers",
        "times",
    ]
    text = "“We lost the game,” said Ann Lee, the mayor."
    (found,) = fast_nlp(text)._.news.attributions
    assert text[slice(*found.source[0])].startswith("Ann Lee")
