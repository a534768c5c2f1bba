"""Records with the entities that a test needs, and nothing else."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.records.schema import ArticleRecord, text_sha256


def article(
    id: str, *entities: Sequence[Any] | str, published: str | None = "2025-05-01", title: str = "T"
) -> ArticleRecord:
    """Return a record.

    Each entity is a name, or (names, label, pronouns, descriptions) with names, pronouns and
    descriptions joined by ``|``; the last three may be left out.
    """
    text, rows = "", []
    for number, entity in enumerate(entities, 1):
        given = (entity,) if isinstance(entity, str) else tuple(entity)
        names, label, pronouns, descriptions = (*given, *("", "PERSON", "", "")[len(given) :])
        mentions = []
        for kind, some in (("name", names), ("pronoun", pronouns)):
            for word in filter(None, some.split("|")):
                span = {"start": len(text), "end": len(text) + len(word), "text": word}
                mentions.append({**span, "kind": kind, "confidence": None})
                text += f"{word} "
        rows.append(
            {
                "id": f"e{number}",
                "name": names.split("|")[0],
                "label": label,
                "mentions": mentions,
                "descriptions": [one for one in descriptions.split("|") if one],
                "identifiers": {},
            }
        )
    source = dict.fromkeys(("uri", "byline", "publisher", "language"))
    return ArticleRecord.from_line(
        json.dumps(
            {
                "schema_version": "1.1",
                "id": id,
                "source": {
                    **source,
                    "title": title,
                    "published": published,
                    "sha256": text_sha256(text),
                    "meta": {},
                },
                "text": text,
                "entities": rows,
                "quotes": [],
                "figures": [],
                "times": [],
                "attributions": [],
                "provenance": {
                    "pipeline": "0.1.0",
                    "settings": f"sha256:{'0' * 64}",
                    "models": [],
                    "kernel": None,
                },
                "warnings": [],
            }
        )
    )


FIRST = ("Anna", "Ann", "Bill", "William", "W.", "Zbigniew", "Kim")
LAST = ("Smith", "Roe", "Quandt", "Oyelaran")
ROLES = ("", "", "senator", "footballer", "judge", "President", "former mayor")
PRONOUNS = ("", "he|he|he", "she|she|she", "he")
OTHERS = (
    ("Apple Inc.|Apple", "ORG"),
    ("Quartz Xylem|QX", "ORG"),
    ("QX", "ORG"),
    ("Senate", "ORG"),
    ("U.S. Senate", "ORG"),
    ("Canada", "GPE"),
    ("United States|U.S.", "GPE"),
    ("Quiet Xenon", "ORG"),
)


def crowd(count: int, seed: int) -> Iterator[ArticleRecord]:
    """Yield articles about few people with many names, and institutions that are alike."""
    chance = random.Random(seed)
    for number in range(count):
        entities: list[tuple[str, ...]] = []
        for _ in range(chance.randint(1, 5)):
            last = chance.choice(LAST)
            name = last if chance.random() < 0.3 else f"{chance.choice(FIRST)} {last}"
            entities.append((name, "PERSON", chance.choice(PRONOUNS), chance.choice(ROLES)))
        entities += chance.sample(OTHERS, chance.randint(0, 3))
        day = f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        yield article(f"a{number:03}", *entities, published=None if chance.random() < 0.05 else day)
