"""News sentences whose times depend on the parse: names, homographs, articles.

The articles are of Thursday, 1 May 2025. Each sentence stands for an error that was once made, or
for an example of what must be right.
"""

from __future__ import annotations

from datetime import date

import pytest
from spacy.language import Language

from tests.times.timexes import unmark

PUBLISHED = date(2025, 5, 1)

NAMES = [
    "[Today|2025-05-01], she watched it at home.",
    "By [Easter|2025-04-20] a new pope had been chosen.",
    "[January|2025-01] was cold, [September|2024-09] was not.",
    "She won the 2017 Harbour Marathon, and played at Euro 2024.",
    "He stood in the [2020|2020] United States presidential election.",
    "The Christmas market was shut; [Christmas|2024-12-25] was near.",
    "They spent the [Christmas|2024-12-25] holidays in Bath.",
]

REFERENCES = [
    "He once said so; the once mighty firm fell once the report was out.",  # not a TIMEX3 trigger
    "They should think of future generations, of her future and of [the future|FUTURE_REF].",
    "The current chief said that the current account is in balance.",
    "A strong current pulled the boat under.",
    "He sold Current TV; he told ABC’s “This Week With Ann Day” that he had to.",
]

STORIES = [
    "He was jailed in [May 2010|2010-05]. In [July|2010-07] he fled, in [January|2011-01] he died.",
    "He told them that [Wednesday|2025-04-30]’s count was fair.",
    "On [that Wednesday|2025-04-30], nobody came.",
    "Police said on [Monday|2025-04-28] that the crash on [Thursday|2025-04-24] killed two people.",
    "Police said on [Monday|2025-04-28] that the vote on [Thursday|2025-05-01] would be watched.",
    "They vote on [May 9|2025-05-09], he said, having met [earlier in the evening|2025-05-01TEV].",
]

OWN_WORDS = [
    "The [weekend|2025-W17-WE] storm left 15 dead before the [fall 2024|2024-FA] season.",
    "It was true in [the 19th century|18] and in the [19th-century|18] house.",
    "She has a day job that pays $5 [a day|P1D].",
    "Visiting hours are over, as are office hours.",
    "In past election years, in her college years, it was so.",
    "In [his younger days|PXD] he wrote; these were [the darkest days|PXD] of it.",
    "It capped [three remarkable weeks|P3W] for them, [weeks|PXW] after he had left.",
    "His aide called on her [months ago|PAST_REF].",
]

ISSUE = [
    "The index fell [Wednesday|2025-04-30] after rising [earlier this month|2025-04].",
    "The economy shrank in [the first quarter|2025-Q1], the first fall since [2022|2022].",
    "Profit rose in [the fiscal second quarter|2025-Q2].",
    "Revenue rose 5% in [the first quarter|2025-Q1] from [a year earlier|2024-Q1].",
    "It lost $2m, against $3m in [the same period a year ago|2024-Q1].",
    "Rents have doubled over [the past three years|P3Y], as they did in [the 1990s|199].",
    "It will snow [this weekend|2025-W18-WE]; it snowed [overnight|2025-04-30TNI].",
    "They fasted during [Ramadan|2025-03-01~/2025-03-30~].",
    "It was built in [the '60s|196], and rebuilt in [the summer of 2012|2012-SU].",
    "He ruled from [2010|2010] to [2014|2014]; the fair runs [May 20-24|2025-05-20/2025-05-24].",
    "It is [now|PRESENT_REF] too late.",
    "They may march, we sat down, and a second man left.",
]


def found(nlp: Language, text: str, published: date | None) -> list[tuple[str, str | None]]:
    with nlp.select_pipes(
        disable=[p for p in nlp.pipe_names if p.startswith("news_") and p not in STAGES]
    ):
        doc = nlp.make_doc(text)
        doc._.news.published = published
        doc = nlp(doc)
    return [(text[t.start : t.end], t.value) for t in doc._.news.times]


STAGES = ("news_paragraphs", "news_quotes", "news_times")


@pytest.mark.parametrize("marked", [*NAMES, *REFERENCES, *ISSUE, *STORIES, *OWN_WORDS])
def test_times_in_news(nlp: Language, marked: str) -> None:
    text, wanted = unmark(marked)
    assert found(nlp, text, PUBLISHED) == wanted


@pytest.mark.parametrize(
    "text",
    ["He left on Monday.", "It fell last year.", "Nobody slept that night.", "It fell a year ago."],
)
def test_a_relative_time_without_an_anchor_has_no_value(nlp: Language, text: str) -> None:
    ((_, value),) = found(nlp, text, None)
    assert value is None
