"""Texts with their names marked: "[Ann Lee] left [ORG:Acme]." has a person and a company."""

from __future__ import annotations

from spacy.language import Language

from pipeline.document.columns import Columns
from pipeline.document.names import Name
from pipeline.stages.coreference.chains import Clusters
from tests.marked import MARKED, before_names


def clusters_of(nlp: Language, marked: str) -> Clusters:
    """Return the clusters of the names in brackets, which are persons without a label."""
    doc = before_names(nlp, MARKED.sub(r"\2", marked))
    names = []
    for found in MARKED.finditer(marked):
        start = len(MARKED.sub(r"\2", marked[: found.start()]))
        span = doc.char_span(start, start + len(found[2]))
        assert span is not None, found[2]
        names.append(Name(span.start, span.end, found[1] or "PERSON"))
    return Clusters(Columns(doc), names)
