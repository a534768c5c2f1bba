"""A gazetteer made of the persons of annotated articles finds them, and no one else."""

from __future__ import annotations

from gazetteer import annotated, report

from tests.golden import SEEDS


def test_most_persons_get_their_own_entry_and_hardly_any_another_one() -> None:
    corpus = SEEDS / "corpus"
    rows = annotated(corpus / "identities.jsonl", corpus / "wikinews.jsonl")
    lines = [line.split() for line in report(rows[:60])]
    found = {(one[0], one[1]): [*map(float, one[3:])] for one in lines[1:] if len(one) == 6}
    for aliases in ("names", "others", "all"):
        right, wrong, _ = found[aliases, "known"]
        assert right >= 95, aliases
        assert wrong <= 1, aliases
        assert found[aliases, "unknown"][2] >= 99, aliases
