"""."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.stages import annotations  # noqa: F401


@Language.factory("news_entities", assigns=["doc._.news"])
def make_entities(nlp: Language, name: str) -> Entities:
    return Entities()


class Entities:
    def __call__(self, doc: Doc) -> Doc:
        return doc
