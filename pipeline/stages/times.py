"""."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.stages import annotations  # noqa: F401


@Language.factory("news_times", assigns=["doc._.news"])
def make_times(nlp: Language, name: str) -> Times:
    return Times()


class Times:
    def __call__(self, doc: Doc) -> Doc:
        return doc
