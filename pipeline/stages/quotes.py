"""."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.stages import annotations  # noqa: F401


@Language.factory("news_quotes", assigns=["doc._.news"])
def make_quotes(nlp: Language, name: str) -> Quotes:
    return Quotes()


class Quotes:
    def __call__(self, doc: Doc) -> Doc:
        return doc
