"""."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.stages import annotations  # noqa: F401


@Language.factory("news_resolve", assigns=["doc._.news"])
def make_resolve(nlp: Language, name: str) -> Resolve:
    return Resolve()


class Resolve:
    def __call__(self, doc: Doc) -> Doc:
        return doc
