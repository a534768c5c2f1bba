"""Texts with their names marked: "[Ann Lee] left [ORG:Acme]." has a person and a company."""

from __future__ import annotations

import re

from spacy.language import Language

from pipeline.document.columns import Columns
from pipeline.document.names import Name
from pipeline.stages.coreference.chains import Clusters

MARKED = re.compile(r"\[(?:([A-Z_]+):)?([^\]]*)\]")


def clusters_of(nlp: Language, marked: str) -> Clusters:
    """Return the clusters of the names in brackets, which are persons without a label."""
    text, names, labels = "", [], []
    for before, label, name in zip(*[iter(MARKED.split(marked + "[]"))] * 3, strict=False):
        text += before
        names.append((len(text), len(text) + len(name or "")))
        labels.append(label or "PERSON")
        text += name or ""
    stages = [one for one in nlp.pipe_names if one.startswith("news_") and one != "news_sentences"]
    doc = nlp(text, disable=stages)
    spans = [doc.char_span(*place) for place in names[:-1]]
    found = [Name(one.start, one.end, label) for one, label in zip(spans, labels, strict=False)]
    return Clusters(Columns(doc), found)
