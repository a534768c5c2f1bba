"""Find quotations: what stands in marks, whether anybody is quoted, and what carries on what."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from pipeline.stages import annotations
from pipeline.text import marks


@Language.factory("news_quotes", assigns=["doc._.news", "doc.spans"])
def make_quotes(nlp: Language, name: str) -> Quotes:
    return Quotes()


class Quotes:
    """Pair the marks of a document and judge each quotation."""

    def __call__(self, doc: Doc) -> Doc:
        text = doc.text
        found = []
        for pair in marks.pair(text):
            inside = text[pair.start : pair.end]
            direct = inside[:1].isupper() and inside[-1:] in ".,!?"
            found.append(
                annotations.Quote(
                    pair.start, pair.end, pair.open, pair.close,
                    "direct" if direct else "mixed", True, pair.parent, pair.continues,
                )
            )
        doc._.news.quotes = found
        return doc
