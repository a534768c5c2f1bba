"""Reading a dependency parse, with hand-written parses."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.document import syntax

VOCAB = Vocab()


def parse(rows: str) -> Doc:
    """Build a document from rows of word/tag/label/head."""
    cells = [row.rsplit("/", 3) for row in rows.split()]
    return Doc(
        VOCAB,
        words=[cell[0] for cell in cells],
        tags=[cell[1] for cell in cells],
        deps=[cell[2] for cell in cells],
        heads=[int(cell[3]) for cell in cells],
    )


SAID = parse(
    "Ann/NNP/compound/1 Lee/NNP/nsubj/7 ,/,/punct/1 the/DT/det/4 mayor/NN/appos/1 ,/,/punct/1 "
    "repeatedly/RB/advmod/7 said/VBD/ROOT/7 it/PRP/nsubj/9 rained/VBD/ccomp/7 and/CC/cc/7 "
    "smiled/VBD/conj/7 ././punct/7"
)
PASSIVE = parse(
    "Lee/NNP/nsubjpass/4 was/VBD/auxpass/4 not/RB/neg/4 often/RB/advmod/4 quoted/VBN/ROOT/4 "
    "by/IN/agent/4 papers/NNS/pobj/5 ././punct/4"
)


def test_subject_is_shared_by_a_coordinated_verb() -> None:
    found = syntax.subject(SAID[11])
    assert found is not None
    assert found.text == "Lee"


def test_own_subject_is_not_shared() -> None:
    assert syntax.own_subject(SAID[11]) is None


def test_passive_and_its_agent() -> None:
    assert syntax.is_passive(PASSIVE[4])
    assert syntax.is_negated(PASSIVE[4])
    found = syntax.agent(PASSIVE[4])
    assert found is not None
    assert found.text == "papers"


@pytest.mark.parametrize(("at", "head"), [(8, "rained"), (3, "said"), (7, "said")])
def test_clause_head(at: int, head: str) -> None:
    assert syntax.clause_head(SAID[at]).text == head
