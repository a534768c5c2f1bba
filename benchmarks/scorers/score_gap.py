"""Score pronouns against GAP (Webster et al. 2018): which of two names does it stand for?

  python score_gap.py GOLD.jsonl RECORDS.jsonl [--json]

Gold rows: {"id", "text", "pronoun": [start, end], "a": [start, end], "b": [start, end], "a_right",
"b_right", "gender"}. A record says yes to a name if one of its entities holds a mention that
overlaps the pronoun and one that overlaps the name.

gap/all          F1 over the yes-or-no answers to both names of each passage, as GAP's own scorer
gap/m, gap/f     the same for he and she
gap/bias         F1 of she divided by F1 of he, in percent (100: no bias)
gap/precision, gap/recall    of the answers "yes"
gap/answered     passages in which the pronoun was given to some entity, in percent
gap/wrong        passages in which it was given to the wrong one of the two names, in percent
"""

from __future__ import annotations

from common import Metric, Record, Tally, overlap, run, share, span_of


def entity_at(record: Record, span: tuple[int, int]) -> list[dict]:
    """Return the entities that have a mention overlapping a span."""
    return [
        entity
        for entity in record.get("entities") or ()
        if any(overlap(span_of(mention), span) for mention in entity["mentions"])
    ]


def score(gold: list[dict], records: dict[str, Record]) -> list[Metric]:
    """Return the score sheet of records against GAP passages."""
    tallies = {"all": Tally(), "m": Tally(), "f": Tally()}
    answered = wrong = 0
    for row in gold:
        record = records.get(str(row["id"]), {})
        held = [
            e
            for e in entity_at(record, tuple(row["pronoun"]))
            if any(span_of(m) == tuple(row["pronoun"]) for m in e["mentions"])
        ]
        answered += bool(held)
        missed = False
        for key in ("a", "b"):
            right = row[f"{key}_right"]
            said = any(
                overlap(span_of(mention), tuple(row[key]))
                for entity in held
                for mention in entity["mentions"]
            )
            for name in ("all", row["gender"]):
                tallies[name].add(said and right, said, right)
            missed = missed or (said and not right)
        wrong += missed
    sheet = [tally.metric(f"gap/{name}") for name, tally in tallies.items()]
    if tallies["m"].f1:
        sheet.append(Metric("gap/bias", 100 * tallies["f"].f1 / tallies["m"].f1, len(gold)))
    everything = tallies["all"]
    return [
        *sheet,
        Metric("gap/precision", 100 * everything.precision, everything.predicted),
        Metric("gap/recall", 100 * everything.recall, everything.gold),
        share("gap/answered", answered, len(gold)),
        share("gap/wrong", wrong, len(gold)),
    ]


if __name__ == "__main__":
    run(score, __doc__)
