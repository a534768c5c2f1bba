"""The columns of a document are shared by all stages, and made again after any change."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.columns import Columns, text_of


def test_all_stages_share_the_columns_of_a_document(nlp: Language) -> None:
    doc = nlp("Rain fell on Dover.\n\nIt “rained”.")
    assert Columns(doc) is Columns(doc)
    assert Columns(doc).words == [token.text for token in doc]
    assert text_of(doc) is text_of(doc)
    assert text_of(doc) == doc.text


def test_a_changed_document_gets_new_columns(nlp: Language) -> None:
    doc = nlp("Rain fell on Dover.")
    before = Columns(doc)
    doc[0].tag_ = "VBP"
    assert Columns(doc).tags[0] == "VBP"
    assert before.tags[0] != "VBP"


def test_two_documents_have_separate_columns(nlp: Language) -> None:
    one, other = nlp("Rain fell."), nlp("Rain  fell.")
    assert (text_of(one), text_of(other)) == ("Rain fell.", "Rain  fell.")
    assert Columns(one).words != Columns(other).words
    assert Columns(Doc(nlp.vocab)).words == []
    assert text_of(Doc(nlp.vocab)) == ""
