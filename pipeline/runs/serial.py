"""Process articles one after the other in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.language import Language

from pipeline.errors import DuplicateId
from pipeline.outcomes import Failure, Repeat
from pipeline.readers.article import Article
from pipeline.readers.html import Page
from pipeline.records.schema import ArticleRecord
from pipeline.runs.process import process, provenance
from pipeline.settings import Settings


def run_serial(
    articles: Iterable[Article | Page | Failure], nlp: Language, settings: Settings
) -> Iterator[ArticleRecord | Failure | Repeat]:
    """Yield the outcome of each article in order.

    Ids are unique in a run: an article seen before is a ``Repeat``, another text under an id that
    is taken is a failure.
    """
    made = provenance(nlp, settings)
    seen: dict[str, str] = {}
    for article in articles:
        if isinstance(article, Failure):
            yield article
            continue
        outcome = process(article, nlp, settings, provenance=made)
        if isinstance(outcome, Failure):
            yield outcome
            continue
        sha256 = outcome.source.sha256
        known = seen.get(outcome.id)
        if known is None:
            seen[outcome.id] = sha256
            yield outcome
        elif known == sha256:
            yield Repeat(outcome.id, article.where)
        else:
            error = DuplicateId(f"id {outcome.id!r} belongs to another text of this run")
            where, id = article.where, outcome.id
            yield Failure.of(error, stage="check", id=id, source=where, sha256=sha256)
