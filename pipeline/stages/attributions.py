"""Find attributions: who says, thinks or shows what.

A trained network reads the parsed text with its quotations and proposes attributions; another one
judges them. Quotation marks and the layout of transcripts are constraints.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.stages.attributing.cues import CueReader
from pipeline.stages.attributing.deciding import decided
from pipeline.stages.attributing.learned.network import Network
from pipeline.stages.attributing.learned.network import network as load_network
from pipeline.stages.attributing.reading import Reading
from pipeline.stages.attributing.writing import write
from pipeline.stages.order import check_order


@Language.factory(
    "news_attributions",
    default_config={"network": "attributions-fast", "min_confidence": 0.0},
    requires=["token.tag", "token.dep", "doc._.news_quotes"],
    assigns=["doc._.news_attributions", "doc.spans"],
)
def make_attributions(
    nlp: Language,
    name: str,  # noqa: ARG001 (spaCy passes both)
    network: str,
    min_confidence: float,
) -> Attributions:
    """Make the stage.

    ``network``: the name of the trained network in ``models/``. ``min_confidence``: attributions
    that are less sure are left out.
    """
    return Attributions(load_network(network), CueReader(nlp.vocab), min_confidence)


class Attributions:
    """Find the attributions of a document, and give quotations to them."""

    def __init__(self, network: Network, cues: CueReader, min_confidence: float = 0.0) -> None:
        self.network = network
        self.cues = cues
        self.min_confidence = min_confidence

    def __call__(self, doc: Doc) -> Doc:
        check_order(doc, "news_attributions")
        reading = Reading(doc, doc._.news.quotes)
        rows = decided(self.network, reading, self.cues) if len(doc) else []
        least = self.min_confidence
        write(reading, [row for row in rows if row.confidence is None or row.confidence >= least])
        return doc
