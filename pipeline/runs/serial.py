"""Process articles one after the other in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from spacy.language import Language

from pipeline.errors import ArticleTooSlow, DuplicateId
from pipeline.outcomes import Failure, Repeat
from pipeline.readers.article import Article
from pipeline.readers.html import Page
from pipeline.records.schema import ArticleRecord, Provenance, text_sha256
from pipeline.runs.deadline import deadline, possible
from pipeline.runs.process import Explain, process, provenance
from pipeline.settings import Settings

Stuck = Callable[[Failure], None]
"""Called in a thread for an article that is stuck in C code; must end the process."""


def run_serial(
    articles: Iterable[Article | Page | Failure],
    nlp: Language,
    settings: Settings,
    *,
    stuck: Stuck | None = None,
    explain: Explain | None = None,
) -> Iterator[ArticleRecord | Failure | Repeat]:
    """Yield the outcome of each article in order, under the limits of ``process_in_time``.

    Ids are unique in a run: an article that occurred before is a ``Repeat``, and a different text
    with the same id is a failure.
    """
    made = provenance(nlp, settings)
    seen: dict[str, str] = {}
    for article in articles:
        if isinstance(article, Failure):
            yield article
            continue
        outcome = process_in_time(
            article, nlp, settings, provenance=made, stuck=stuck, explain=explain
        )
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


def process_in_time(
    article: Article | Page,
    nlp: Language,
    settings: Settings,
    *,
    provenance: Provenance,
    stuck: Stuck | None = None,
    explain: Explain | None = None,
) -> ArticleRecord | Failure:
    """Process an article; return a failure after ``max_seconds``.

    The limit needs an alarm, which only the main thread of a process can have. In other threads,
    on Windows, and if the program uses ``signal.setitimer`` itself, there is no limit.
    """
    if not possible():
        return process(article, nlp, settings, provenance=provenance, explain=explain)

    def give_up(error: ArticleTooSlow) -> None:
        if stuck is not None:
            stuck(_failure(article, error))

    try:
        with deadline(settings.max_seconds, article.where, stuck=stuck and give_up):
            return process(article, nlp, settings, provenance=provenance, explain=explain)
    except ArticleTooSlow as error:  # raised outside the code that ``process`` guards
        return _failure(article, error)


def _failure(article: Article | Page, error: ArticleTooSlow) -> Failure:
    id = sha256 = None
    if isinstance(article, Article):
        sha256 = text_sha256(article.text)
        id = article.id or sha256[:32]
    return Failure.of(error, stage="process", id=id, source=article.where, sha256=sha256)
