"""Overlong sentences are split; all others stay as the parser set them."""

from __future__ import annotations

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.stages.language import annotate
from pipeline.stages.sentences import MAX_SENTENCE, cut_sentences


def parsed(nlp: Language, heads: list[int], starts: list[int]) -> Doc:
    """Return a document with these heads (indices), and sentences that start at these tokens."""
    size = len(heads)
    return Doc(
        nlp.vocab,
        words=["word"] * size,
        heads=heads,
        deps=["ROOT" if head == at else "conj" for at, head in enumerate(heads)],
        sent_starts=[at in starts for at in range(size)],
    )


def assert_trees(doc: Doc) -> None:
    """Check that every sentence is a tree with one root."""
    for sentence in doc.sents:
        assert len(sentence) <= MAX_SENTENCE
        roots = [token for token in sentence if token.head.i == token.i]
        assert [token.dep_ for token in roots] == ["ROOT"]
        assert sum(token.dep_ == "ROOT" for token in sentence) == 1
        assert all(sentence.start <= token.head.i < sentence.end for token in sentence)


def test_a_sentence_of_the_longest_length_stays(nlp: Language) -> None:
    heads = [0, *range(MAX_SENTENCE - 1), MAX_SENTENCE, MAX_SENTENCE]
    doc = parsed(nlp, heads, [0, MAX_SENTENCE])
    before = doc.to_array(["HEAD", "DEP", "SENT_START"]).tolist()
    assert cut_sentences(doc).to_array(["HEAD", "DEP", "SENT_START"]).tolist() == before


def test_a_chain_is_cut_and_its_neighbours_stay(nlp: Language) -> None:
    chain = [2, *range(2, 3 * MAX_SENTENCE + 1)]  # the head of each is the previous one
    heads = [0, 0, *chain, len(chain) + 3, len(chain) + 3]
    doc = cut_sentences(parsed(nlp, heads, [0, 2, len(chain) + 2]))
    lengths = [len(sentence) for sentence in doc.sents]
    assert lengths == [2, MAX_SENTENCE, MAX_SENTENCE, MAX_SENTENCE, 2]
    assert_trees(doc)


def test_children_far_from_their_head_get_a_root_in_their_piece(nlp: Language) -> None:
    root = MAX_SENTENCE + 7
    doc = cut_sentences(parsed(nlp, [root] * (3 * MAX_SENTENCE), [0]))
    assert_trees(doc)
    assert [sentence.root.i for sentence in doc.sents] == [0, root, 2 * MAX_SENTENCE]
    assert doc[1].dep_ == "conj"


def test_an_empty_document_stays(nlp: Language) -> None:
    assert len(cut_sentences(Doc(nlp.vocab))) == 0


@pytest.mark.parametrize("text", ["12, 15, 18, " * 300, "he said that " * 300, "word " * 900])
def test_no_sentence_of_an_article_is_longer(nlp: Language, text: str) -> None:
    doc = annotate(nlp, text)
    assert_trees(doc)
    assert "".join(token.text_with_ws for token in doc) == text
