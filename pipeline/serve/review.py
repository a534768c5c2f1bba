"""Record the decisions of reviewers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pipeline.errors import BadCorrection
from pipeline.records.corrections import (
    first_problem,
    parse_item,
    standing,
    version_of,
)
from pipeline.records.review import complete, judge, review, unsure_figures, unsure_who
from pipeline.records.schema import Entity
from pipeline.report.article import UNSURE_FIGURE, UNSURE_WHO
from pipeline.serve.answers import Judgement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records.corrections import Correction
    from pipeline.records.schema import ArticleRecord
    from pipeline.serve.journal import Journal


def judgement_of(data: bytes) -> Judgement:
    """Parse a judgement from JSON; raise ``BadCorrection`` if it is invalid."""
    try:
        return Judgement.model_validate_json(data)
    except ValidationError as error:
        raise BadCorrection(first_problem(error)) from error


def say(record: ArticleRecord, said: Judgement, journal: Journal) -> list[Correction]:
    """Store a judgement on a record.

    Raises ``BadCorrection`` if it does not fit the record as it is now.
    """
    before, after = (
        item if item is None else parse_item(said.layer, item) for item in (said.before, said.after)
    )
    if said.version not in (None, version_of(record)):
        hint = "get the record again: the article was extracted again"
        raise BadCorrection("the record has changed", where=record.id, hint=hint)

    def made(earlier: list[Correction], who: str, when: str) -> list[Correction]:
        if said.action == "complete" and said.item is None:
            return complete(record, earlier, layer=said.layer, who=who, when=when)
        one = judge(
            record,
            earlier,
            layer=said.layer,
            action=said.action,
            item=said.item,
            before=before,
            after=after,
            who=who,
            when=when,
        )
        return [one]

    return journal.say(record.source.sha256, made)


def judged(corrections: Sequence[Correction]) -> int:
    """Return the number of items with a current judgement."""
    return len(standing(corrections).judgements)


def state(record: ArticleRecord, corrections: Sequence[Correction]) -> dict[str, Any]:
    """Return the page's data for a review: the items as they are now, and their judgements."""
    now = review(record, corrections)
    return {
        "items": {id: item.model_dump(mode="json") for id, item in now.items.items()},
        "names": {id: item.name for id, item in now.items.items() if isinstance(item, Entity)},
        "judgements": {
            id: {"verdict": one.verdict, "who": one.last.who, "when": one.last.when}
            for id, one in now.judgements.items()
        },
        "unsure_who": unsure_who(now, UNSURE_WHO),
        "unsure_figures": unsure_figures(now, UNSURE_FIGURE),
        "complete": sorted(now.complete),
        "remarks": [str(one) for one in now.remarks if not one.applied],
    }
