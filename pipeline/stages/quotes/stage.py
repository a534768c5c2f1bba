"""Find quotations: the words in marks, whether they are speech, and which continue another one."""

from __future__ import annotations

from bisect import bisect_right

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.annotations import DocQuote
from pipeline.document.columns import text_of
from pipeline.document.rules import named
from pipeline.records.labels import QuoteKind
from pipeline.stages.quotes.speech import (
    PAUSE,
    REPORTING,
    WORD,
    is_speech,
    is_whole,
    sentence_ends,
    site,
)
from pipeline.text.lemmas import verb_lemma
from pipeline.text.marks import Pair, pair
from pipeline.text.paragraphs import paragraphs


@Language.factory("news_quotes", assigns=["doc._.news_quotes", "doc.spans"])
def make_quotes(nlp: Language, name: str) -> Quotes:  # noqa: ARG001 (spaCy passes both)
    """Return the stage ``news_quotes``; it uses tags and the parse if available."""
    return Quotes()


CONTINUES = named("continues", "“We lost,” she said. “Badly.”")
WHOLE = named("whole", "“We lost,” she said.")
PART = named("part", "She called it “a mess”.")


class Quotes:
    """Pair the marks of a document and classify the words between them.

    Quotations are kept in text order, nested ones after the one around them.
    """

    def __call__(self, doc: Doc) -> Doc:
        found = self._find(doc)
        doc._.news.quotes = found
        spans = (doc.char_span(q.start, q.end, alignment_mode="expand") for q in found)
        doc.spans["quotes"] = [span for span in spans if span is not None]
        return doc

    def _find(self, doc: Doc) -> list[DocQuote]:
        text, news = text_of(doc), doc._.news
        pairs = pair(text)
        if not pairs:
            return []
        places: list[int] = doc.to_array("IDX").tolist()
        blocks = paragraphs(text)
        starts = [start for start, _ in blocks]
        found: list[DocQuote] = []
        last: int | None = None
        for i, item in enumerate(pairs):
            outer = found[item.parent] if item.parent is not None else None
            limits = blocks[bisect_right(starts, item.open[0]) - 1]
            ends = (item.open[0], item.close[1] if item.close else item.end)
            if outer is not None:
                limits = (outer.start, outer.end)
            elif item.close is not None and item.close[1] > limits[1]:
                limits = (limits[0], item.close[1])
            here = site(text, places, item.start, item.end, ends, limits, nested=outer is not None)
            whole = is_whole(doc, here)
            speech, by = is_speech(doc, here, whole=whole)
            continues = item.continues
            if outer is None:
                if (
                    last is not None
                    and continues is None
                    and limits[0] <= found[last].start
                    and _carries_on(text, found[last], item)
                ):
                    continues = last
                last = i
            if continues is not None:
                if found[continues].speech and not speech:
                    speech, by = True, CONTINUES
                whole = whole or found[continues].kind == "direct"
            kind: QuoteKind = "direct" if speech and whole else "mixed"
            place = item.start, item.end
            news.decide("quotes", place, "speech", by)
            news.decide("quotes", place, "kind", WHOLE if whole else PART)
            found.append(
                DocQuote(
                    item.start,
                    item.end,
                    item.open,
                    item.close,
                    kind,
                    speech,
                    item.parent,
                    continues,
                )
            )
        return found


INTERRUPTION = 200
"""Longest reporting clause, in characters, between the parts of one utterance."""


def _carries_on(text: str, before: DocQuote, item: Pair) -> bool:
    """Return whether only a reporting clause separates two quotations: "A," she said. "B."."""
    if before.close is None or not before.speech:
        return False
    between = text[before.close[1] : item.open[0]]
    if len(between) > INTERRUPTION or (text[before.end - 1] not in PAUSE and between[:1] != ","):
        return False
    clause = between.strip()
    if clause[-1:] not in (".", ",", ";", "—", "–"):
        return False
    if sentence_ends(clause):
        return False
    words = [word.lower() for word in WORD.findall(clause)]
    verbs = [word for word in words if verb_lemma(word) in REPORTING]
    if "according" in words:
        return True
    if clause[-1] == "," and (len(verbs) > 1 or before.kind == "mixed"):
        return False
    return bool(verbs)
