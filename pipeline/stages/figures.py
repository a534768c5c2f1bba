"""."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.stages import annotations  # noqa: F401


@Language.factory("news_figures", assigns=["doc._.news"])
def make_figures(nlp: Language, name: str) -> Figures:
    return Figures()


class Figures:
    def __call__(self, doc: Doc) -> Doc:
        return doc
