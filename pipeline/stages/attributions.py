"""."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.stages import annotations  # noqa: F401


@Language.factory("news_attributions", assigns=["doc._.news"])
def make_attributions(nlp: Language, name: str) -> Attributions:
    return Attributions()


class Attributions:
    def __call__(self, doc: Doc) -> Doc:
        return doc
