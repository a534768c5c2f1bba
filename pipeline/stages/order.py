"""Refuse a document that lacks what a stage reads, rather than lose findings silently.

A factory declares what its stage ``requires`` and ``assigns``, as spaCy's ``analyze_pipes`` reads
it. spaCy allows one name below ``doc._``, so the layer ``doc._.news.times`` is declared as
``doc._.news_times``, which is also the name of the stage that writes it.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.annotations import News
from pipeline.errors import StageOrder

COMPONENTS = {
    "token.tag": ("TAG", "part-of-speech tags", "a tagger"),
    "token.dep": ("DEP", "parse", "a parser"),
    "token.head": ("DEP", "parse", "a parser"),
    "token.ent_type": ("ENT_IOB", "named entities", "news_entities"),
    "doc.ents": ("ENT_IOB", "named entities", "news_entities or an entity recogniser"),
}
"""Attributes with what spaCy calls them in ``has_annotation``, their name, and what sets them."""
LAYER = "doc._.news_"


def check_order(doc: Doc, stage: str) -> None:
    """Raise ``StageOrder`` if a document lacks what a stage requires.

    If a stage failed on the document, what it finds is known to be missing.
    """
    news: News = doc._.news
    if news.failed or not len(doc):
        return
    for required in Language.get_factory_meta(stage).requires:
        if required.startswith(LAYER):
            layer = required.removeprefix(LAYER)
            present, missing, component = news.has(layer), layer, f"news_{layer}"
        else:
            attribute, missing, component = COMPONENTS[required]
            present = doc.has_annotation(attribute)
        if not present:
            raise StageOrder(
                f"the document has no {missing} yet",
                where=stage,
                hint=f"add {component} to the spaCy pipeline, before {stage}",
            )
