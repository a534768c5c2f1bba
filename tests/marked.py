"""Test texts with their expected spans marked inline: "She lost [12%]."."""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc

MARKED = re.compile(r"\[(?:([A-Z_]+):)?([^\]|]*)(?:\|([^\]]*))?\]")
"""A mention in "[Ann Lee] left. [she|Ann Lee] joined [ORG:Acme]": label, words, name."""


def before_names(nlp: Language, text: str) -> Doc:
    """Return a text as the first stage that looks for names gets it."""
    doc = nlp.make_doc(text)
    for stage, component in nlp.pipeline:
        if stage == "news_entities":
            break
        doc = component(doc)
    return doc


def unmark(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text without brackets, and the spans of the bracketed parts."""
    spans, text = [], ""
    for part in re.split(r"(\[[^\]]*\])", marked):
        if part.startswith("["):
            spans.append((len(text), len(text) + len(part) - 2))
            part = part[1:-1]
        text += part
    return text, spans
