"""Quotations: speech or not, complete utterance or not, and continuations."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.annotations import DocQuote
from pipeline.stages.quotes.speech import reports, sentence_ends
from pipeline.stages.quotes.stage import Quotes
from tests.blank import BLANK
from tests.linear import assert_linear

SEED = Path(__file__).parents[2] / "seeds" / "000_12599b830581316b.txt"
MARKED = re.compile(r"\[(direct|mixed|none):(.*?)\]")


def unmarked(marked: str) -> tuple[str, list[tuple[str, str]]]:
    """Return a text without its labels, and the labelled spans with their labels."""
    return MARKED.sub(r"\2", marked), [(m[2][1:-1], m[1]) for m in MARKED.finditer(marked)]


def labels(doc: Doc) -> list[tuple[str, str]]:
    """Return the outermost quotations of a document with their labels."""
    return [
        (doc.text[quote.start : quote.end], quote.kind if quote.speech else "none")
        for quote in doc._.news.quotes
        if quote.parent is None
    ]


UTTERANCES = [
    '[direct:"We lost the bridge,"] the mayor said. It rained.',
    'The mayor said, [direct:"We lost the bridge."] It rained.',
    'The mayor told the council: [direct:"Nobody has asked us."]',
    'Lee added, [direct:"instead of waiting for help, we want to build our own dam."]',
    'The mayor wrote that [direct:"The dam is safe and nobody needs to leave the town."]',
    'He replied [direct:"I cannot do that."] Then he left.',
    '[direct:"To wait is wrong," ]'.replace(" ]", "]") + "said Ann Lee, who leads the council.",
    '[direct:"Was it the rain?"] a reporter asked.',
    "[direct:‘We lost the bridge,’] the mayor said. [direct:‘It was old.’]",
    '[direct:"We are tired. The dam is old."]\n\nIt rained again in Ely on Monday.',
    '[direct:"No."]',
    '[direct:"Why?"] Lee asked. [direct:"Because."]',
    'He said: [direct:"it was bad and we lost the bridge."]',
    'He said [direct:"it was bad and we lost the bridge."]',
    'He replied [direct:"Never!"] and left.',
    'Lee told the council [direct:"We have lost the bridge".]'.replace('".]', '"].'),
]
WOVEN = [
    'The mayor called the vote [mixed:"a mess."]',
    'She said the dam was [mixed:"not finished"] and hoped the council would [mixed:"do well"].',
    'Lee said that higher taxes are needed [mixed:"until that\'s resolved."]',
    'According to the report, the bridge is [mixed:"structurally unsound"].',
    'By then, [mixed:"the water was rising and the road was gone,"] according to the report.',
    'Lee told the court that, over the last two months, [mixed:"the dam had leaked every day."]',
    'The minister accused the town of [mixed:"gross neglect"] in a letter.',
    "She described him as [mixed:‘the best of us’] at the funeral.",
    'Officials reached out to the town through [mixed:"various channels"], the post reported.',
    'He said that over the years, [mixed:"We lost the bridge."]',
    'In those days, [mixed:"We felt strong,"] the mayor said.',
    'Lee told the council [mixed:"we have lost the bridge"].',
    'In the words [mixed:"we lost it all badly today"], he gave up.',
    'The claim that [mixed:"it is bad"] was wrong.',
    'They called the plan [mixed:"a mess"] and left.',
    'Crowds burst into chants of [mixed:"Dump Him"] outside.',
    'He wrote of [mixed:"1 million reasons to go."]',
    'The [mixed:"opt-out,"] he said, grew.',
    'MAYOR SAYS [mixed:"Bridge Is Bad"] IN TOWN HALL SPEECH',
]
NOBODYS = [
    'The [none:"Opt-Out"] movement grew last year.',
    'The film [none:"Rain Over Ely"] opened in 1999.',
    'Her novel, [none:"The Long Flood,"] sold well.',
    'She performed [none:"River Song"] and left the stage.',
    '[none:"Dusty"] Baker managed the team.',
    "Lewis [none:“Scooter”] Libby came to dinner.",
    'The plan, known as [none:"the big shift"], was dropped.',
    'They built a robot named [none:"Bob"] in Ely.',
    'The team named their robot [none:"Better Days"] in June.',
    'The so-called [none:"rain tax"] was dropped.',
    'The word [none:"flood"] was never used.',
    'A sign reading [none:"No Entry"] hung at the gate.',
    'To [none:"route out"] in sailors\' jargon means to leave.',
    'The girls were granted [none:"parole"] status in May.',
    'The restaurant sells [none:"fresh"] fish from last week.',
    'A plan called [none:"Big Shift"] was dropped.',
    'A sign saying [none:"Go Home"] hung at the gate.',
    'It goes by [none:"Bob"] now.',
    'He uses the name of [none:"Bob"] in Ely.',
    'He said the phrase [none:"illegal immigrant"] was bad.',
    'The mayor, [none:"a big man,"] left.',
    'The mayor’s [none:"big mess"] grew.',
    '[none:"Opt-out"] movements grew.',
]


@pytest.mark.parametrize("marked", UTTERANCES)
def test_a_complete_utterance_is_direct(nlp: Language, marked: str) -> None:
    text, expected = unmarked(marked)
    assert labels(nlp(text)) == expected


@pytest.mark.parametrize("marked", WOVEN)
def test_quoted_words_that_are_part_of_the_sentence_are_mixed(nlp: Language, marked: str) -> None:
    text, expected = unmarked(marked)
    assert labels(nlp(text)) == expected


@pytest.mark.parametrize("marked", NOBODYS)
def test_titles_names_terms_and_signs_are_not_speech(nlp: Language, marked: str) -> None:
    text, expected = unmarked(marked)
    assert labels(nlp(text)) == expected


def test_all_ten_quotations_of_the_seed_are_found(nlp: Language) -> None:
    doc = nlp(SEED.read_text(encoding="utf-8"))
    assert labels(doc) == [
        ("various channels.", "mixed"),
        ("clearly the more anxious party at the moment,", "mixed"),
        ("It'll happen,", "direct"),
        ("not happy", "mixed"),
        ("do well", "mixed"),
        (
            "instead of having an economy that's financed by the government, we want to make real "
            "stuff and sell it.",
            "direct",
        ),
        ("I would say that we have deals that are close,", "direct"),
        (
            "We're talking about a matter of weeks and not months, to have some initial deals "
            "announced.",
            "direct",
        ),
        ("not finish-line close.", "mixed"),
        ("until that's resolved.", "mixed"),
    ]
    assert [quote.continues for quote in doc._.news.quotes] == [*[None] * 7, 6, None, None]


def continued(doc: Doc) -> list[int | None]:
    return [quote.continues for quote in doc._.news.quotes]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"We lost," she said. "It rained."', [None, 0]),
        ('"We lost," said Mr. Lee of the U.S. Senate. "It rained."', [None, 0]),
        ('"We lost," she told the press, "because it rained."', [None, 0]),
        ('"We lost," she said. "It rained," she added. "Badly."', [None, None, 1]),
        ('"We lost," she said, adding, "It rained."', [None, None]),
        ('"We lost," she said. The mayor, Bo Ray, said: "It rained."', [None, None]),
        ('"We lost," she said. Then it rained. "Badly," he said.', [None, None]),
        ('"We lost," she said.\n\n"It rained," he said.', [None, None]),
        ("“We lost.\n\n“It rained,” she said. “Badly.”", [None, 0, 1]),
        ('The film "Rain" and the "old" dam.', [None, None]),
    ],
)
def test_a_quotation_continues_after_a_reporting_clause(
    nlp: Language, text: str, expected: list[int | None]
) -> None:
    assert continued(nlp(text)) == expected


LONG = "Lee said, after " + "a very long walk " * 12


@pytest.mark.parametrize(
    ("clause", "continues"),
    [
        (" Lee said. ", True),
        (", Lee said; ", True),
        (" Lee said — ", True),
        (" according to Lee. ", True),
        (" Lee said: ", False),
        (" Lee left. ", False),
        (" Lee said. Then it rained. ", False),
        (" Lee told Kim, who said, ", False),
        (f" {LONG[:170]}. ", True),
        (f" {LONG}. ", False),
    ],
)
def test_what_is_between_the_parts_of_an_utterance(
    nlp: Language, clause: str, continues: bool
) -> None:
    assert continued(nlp(f"“We lost,”{clause}“It rained.”")) == [None, 0 if continues else None]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("It rained. Lee left.", ["It rained. "]),
        ("It rained! “Lee left.” It was late.", ["It rained! ", "“Lee left.” "]),
        ("It rained, Mr. Lee of the U.S. Senate said.", []),
        ("On Jan. 5 it rained. Lee left.", ["On Jan. 5 it rained. "]),
        ("It rained. then Lee left.", []),
        ("It rained.", []),
    ],
)
def test_where_a_sentence_ends(text: str, ends: list[str]) -> None:
    places = [0, *sentence_ends(text)]
    assert [text[a:b] for a, b in pairwise(places)] == ends


def test_verbs_of_saying_are_known_in_all_forms() -> None:
    assert all(reports(["the", verb]) for verb in ("said", "says", "told", "replying", "added"))
    assert not reports(["the", "mayor", "left"])


def test_the_parts_of_an_utterance_have_the_same_kind(nlp: Language) -> None:
    doc = nlp('"We lost," she said, "because of the rain."')
    assert labels(doc) == [("We lost,", "direct"), ("because of the rain.", "direct")]


def test_a_title_inside_a_quotation_is_not_speech(nlp: Language) -> None:
    doc = nlp("“We watched ‘The Long Flood’ twice,” she said. “He told me, ‘Go home.’”")
    assert [(quote.parent, quote.speech) for quote in doc._.news.quotes] == [
        (None, True),
        (0, False),
        (None, True),
        (2, True),
    ]


def test_attribution_and_speaker_are_left_to_later_stages(nlp: Language) -> None:
    doc = nlp.get_pipe("news_quotes")(Doc(nlp.vocab, words=["“", "No", "”", "he", "said"]))
    assert [(quote.attribution, quote.speaker) for quote in doc._.news.quotes] == [(None, None)]


def test_the_words_in_marks_are_spans_of_the_document(nlp: Language) -> None:
    doc = nlp('"We lost," she said. The film "Rain Over Ely" opened.')
    assert [span.text for span in doc.spans["quotes"]] == ["We lost,", "Rain Over Ely"]


def test_a_blank_pipeline_decides_by_words_and_punctuation() -> None:
    blank = spacy.blank("en")
    blank.add_pipe("news_quotes")
    doc = blank(
        '"We lost the bridge," the mayor said. "It was old." She called it "a mess". '
        'The film "Rain Over Ely" opened.'
    )
    assert labels(doc) == [
        ("We lost the bridge,", "direct"),
        ("It was old.", "direct"),
        ("a mess", "mixed"),
        ("Rain Over Ely", "none"),
    ]
    assert continued(doc) == [None, 0, None, None]


def test_quotations_survive_a_round_trip_through_json(nlp: Language) -> None:
    quotes = nlp('"We lost," she said.')._.news.quotes
    assert [DocQuote(*row) for row in json.loads(json.dumps(quotes))] == [
        quote._replace(open=list(quote.open), close=list(quote.close or ()), speakers=[])
        for quote in quotes
    ]


@pytest.mark.parametrize("piece", ['"', "“a ", '"a b" ', "'a' ", "“He said ‘no’ to X.” ", '"\n'])
def test_time_is_linear_in_the_number_of_marks(piece: str) -> None:
    stage = Quotes()
    words = re.findall(r"\w+|[^\w ]|\n", piece)
    assert_linear(lambda times: stage(Doc(BLANK.vocab, words=words * times)), 250)
