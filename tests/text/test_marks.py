"""Which marks open a quotation, which close one, and which do neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.marks import Pair, pair
from pipeline.text.paragraphs import paragraphs
from tests.linear import assert_linear


def plain(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text without its brackets, and the bracketed spans in text order."""
    text: list[str] = []
    open_: list[int] = []
    spans: list[tuple[int, int]] = []
    for char in marked:
        if char == "[":
            open_.append(len(text))
        elif char == "]":
            spans.append((open_.pop(), len(text)))
        else:
            text.append(char)
    return "".join(text), sorted(spans, key=lambda span: (span[0], -span[1]))


def outer(item: Pair) -> tuple[int, int]:
    """Return the bounds of a quotation with its marks."""
    return item.open[0], item.close[1] if item.close else item.end


def inside(text: str) -> list[str]:
    return [text[item.start : item.end] for item in pair(text)]


@pytest.mark.parametrize(
    "marked",
    [
        # every style of mark
        "[“We lost,”] she said. [“Badly.”]",
        '["We lost,"] she said. ["Badly."]',
        "[‘We lost,’] she said. [‘Badly.’]",
        "['We lost,'] she said. ['Badly.']",
        "[``We lost,''] she said. [``Badly.'']",
        "[''We lost,''] she said. [''Badly.'']",
        "[`We lost,'] she said.",
        "[«Oui»], a dit la ministre.",
        "[« Oui »], a dit la ministre.",
        "[„Ja“], sagte er. [‚Nein‘], sagte sie.",
        "[„Tak”], she said in Warsaw.",
        "[»Ja«], sagte er.",
        "[”Ja”], sade hon. [”Nej”], sade han.",
        "[‹Oui›], dit-il.",
        "[＂Yes,＂] she said.",
        "[❝Yes,❞] she said.",
        # mismatched pairs
        'The town is ["short of water”], the mayor said.',
        'The town is [”short of water at the moment,"] the post stated.',
        '[“We lost,"] she said. [“Badly."]',
        "The list is [“long’], he wrote.",
        'He quoted the poet: [‘Some are so poor that all they have is money."]',
        "The grade was a [‘D-‘], the report said.",
        'Kits are sent to schools,[" For example, schools hold talks"]. He left.',
        # nested quotations
        "[“She told me [‘no’] twice,”] he said.",
        "[‘She told me [“no”] twice,’] he said.",
        "[\"She told me ['no'] twice,\"] he said.",
        "['She told me [\"no\"] twice,'] he said.",
        "[“[‘No,’] she said,”] he recalled. [“She meant [‘yes.’]”]",
        "[''He said, ['Eight years, no rain.']''] they wrote.",
        "[''['Never,'] she wrote. I read it twice,''] he said.",
        '["He said ["no"] to me,"] she told us.',
        "[“He said [“no”] to me,”] she told us.",
        "[““Yes,””] she said.",
        '[""Yes,""] she said.',
        # apostrophes
        "The players' union met. The Smiths' house burnt.",
        "The players’ union met. The Smiths’ house burnt.",
        "[‘The players’ union is wrong,’] he said.",
        "['The players' union is wrong,'] he said.",
        "O'Brien didn't know the rock 'n' roll of the '90s.",
        "O’Brien didn’t know the rock ’n’ roll of the ’90s.",
        "[‘I loved the ’90s, rock ’n’ roll and all that,’] O’Brien said.",
        "[“Get ’em while they’re hot,”] he said. [‘Tell ’em twice.’]",
        "They were goin' to the ol' mill 'til dawn, 'cause nobody cared.",
        "[‘We were goin’ home,’] she said.",
        "She joined in the summer of ‘98 and left in the ‘00s.",
        "[“Today”]’s host and the town of Ely (pop. 9)'s mayor met.",
        "[“It's James' turn,”] she said of Jones' bid.",
        "The director of the [‘10th’] gallery resigned.",
        # feet and inches
        "5' 10\" tall, he left.",
        'He is 6\'2" and she is 5’ 4” tall. ["We measured,"] he said.',
        '["The 12" pipe burst,"] he said. A 10" one was laid.',
        'A 7\'-high wall of 4" stones and 6 ft 3" posts fell.',
        '["I was born in 1984,"] she said. The film ["1984"] ran.',
        "The TV is 55″ wide and 30′ away.",
        # the context of the marks
        'The rule—["no phones"]—was dropped. (["Never,"] he said.)',
        '["No"]—or ["yes"]?',
        'He said,["We lost."]She said,["No."]',
        'He left ( ["at once"] ).',
        "He called it [“ a mess ”] .",
        'The sign " is called a mark.',
        # signs that are marks at one place and not at another
        "He left the ‘burbs. The day o' the dog and th' end, 'tis 'Twas James's ‘98.",
        "rock ‘n’ roll and a ‘em’ dash. 's",
        'It was 5\' long, ["she said."] He said: ["5".]'.replace('".]', '"].'),
        'He is 6ft 2" tall, with a 12" pipe and a 3\' pole.',
        "[“Yes”]—[“no”] and [“Yes”] / [“No”] and a [“Yes”]-man. ([“a”]) [“…no”]",
        '["...no"] =["a"]',
        "\u200b[“a”]\u200b and a [“b”] c’s [“d”]’s e.",
        "The boys’ [“own”] paper. Give ’em [“hell”]. 5’ tall [‘man’] -’em.",
        "[‹a›] and [‘b’], [„a“] and [„b”]; [“a”], [‘b’]; [«c»].",
        "[“a [‘b [‘c’] d’] e”] [“[‘a’] b”] [“a [‘b’]”]",
        "[‘No.’] [‘Yes.’] ['a'b'c']",
        "[''['a'] b''] [''a'']",
        '[“a ["b"] c”]',
        "[“a”] b “c",
        "[“a ‘b”] c",
        "[‘a “b’] c",
        "[“We lost.] [“We won,”] he said.",
        "He wrote [“a.]\n\n[“b.\n\nc”]",
        "[“a.\n\nb.\n\nc”]",
        '<i>["a"]</i> <a href="x">b</a> ["c"]',
        # leftover HTML
        '<a href="http://example.org" title="Home">Home</a> is ["here"], he said.',
        # stray marks
        'We lost," he said.\n\n["Yes,"] she said.',
        "He called it “a mess.\n\nRain fell.",
        "It rained.”\n\n[“Then it stopped,”] he said.",
        "No marks at all.",
        "",
    ],
)
def test_marks_are_paired(marked: str) -> None:
    text, spans = plain(marked)
    assert [outer(item) for item in pair(text)] == spans


def test_quoted_words_exclude_marks_and_outer_spaces() -> None:
    assert inside('Il dit « Oui » et " Non ".') == ["Oui", "Non"]
    assert inside("“ ‘No,’ she said ”") == ["‘No,’ she said", "No,"]


def test_a_nested_quotation_has_its_parent() -> None:
    found = pair("“A.” He said, “She said ‘no “sir” no’ to me.” “B.”")
    assert [item.parent for item in found] == [None, None, 1, 2, None]


def test_an_opener_repeated_at_each_paragraph_continues_the_quotation() -> None:
    text = "He wrote: “We lost.\n\n“We lost badly.\n\n“It rained.” He sighed: “Rain.”"
    found = pair(text)
    assert [text[item.start : item.end] for item in found] == [
        "We lost.",
        "We lost badly.",
        "It rained.",
        "Rain.",
    ]
    assert [item.continues for item in found] == [None, 0, 1, None]
    assert [item.close is None for item in found] == [True, True, False, False]


def test_a_nested_quotation_continues_with_its_parent() -> None:
    found = pair("“She told me: ‘Go.\n\n“‘Go home.’ So I went.”")
    assert [(item.parent, item.continues) for item in found] == [
        (None, None),
        (0, None),
        (None, 0),
        (2, 1),
    ]


def test_the_next_paragraph_continues_only_open_quotations() -> None:
    found = pair("“We lost,” he said.\n\n“It rained,” she said.")
    assert [item.continues for item in found] == [None, None]


def test_a_missing_closer_affects_only_its_paragraph() -> None:
    text = "“We lost, she said.\n\nIt rained. “Twice,” he said."
    found = pair(text)
    assert [text[item.start : item.end] for item in found] == ["We lost, she said.", "Twice,"]
    assert found[0].close is None
    assert found[1].continues is None


def test_a_new_opener_ends_a_quotation_without_a_closer() -> None:
    text = '"We lost. "It rained," he said.'
    first, second = pair(text)
    assert text[first.start : first.end] == "We lost."
    assert first.close is None
    assert text[second.start : second.end] == "It rained,"


def test_an_unclosed_opener_within_a_sentence_is_stray() -> None:
    assert pair("He called it “a mess and left.\n\nRain fell.") == []


def test_a_closer_some_paragraphs_later_ends_a_quotation_set_off_without_repeated_openers() -> None:
    text = 'The report says:\n\n"The dam held.\n\nThe “old” bridge fell."\n\nIt rained.'
    found = pair(text)
    assert [text[item.start : item.end] for item in found] == [
        "The dam held.\n\nThe “old” bridge fell.",
        "old",
    ]
    assert [item.parent for item in found] == [None, 0]


def test_the_line_that_names_the_source_is_not_part_of_a_pull_quote() -> None:
    text = (
        'It rained.\n\n"The dam held, and nobody was hurt.\nAnn Lee, mayor of Ely."\n\nIt rained.'
    )
    assert inside(text) == ["The dam held, and nobody was hurt."]


def test_the_lines_of_a_wrapped_text_are_one_paragraph() -> None:
    text = (
        "She said that the dam had held through the storm: “We are\n"
        "grateful to everybody who carried sandbags through the\n"
        "night, and to those who cooked for them.” Then she left for\n"
        "the town hall.\n\nIt rained again."
    )
    assert inside(text) == [text[text.index("We are") : text.index("”")]]
    assert len(paragraphs(text)) == 2


def test_in_other_texts_each_line_is_a_paragraph() -> None:
    assert (
        len(paragraphs("Rain Hits Ely\nBy Ann Lee\nIt rained.\r\n\r\nIt stopped.\u2029Done.")) == 5
    )


SIGNS = "\"“”„«»‘’‚‹›'`.,?!-—( )a\u202a5é"
PIECES = "'' `` ''' \"\" We lost’s 'n' players' 5'10\" <b id= > ʼ 𝔸"
NASTY = st.lists(
    st.sampled_from([*SIGNS, *PIECES.split(), " ", "\n", "\n\n", "\r\n", "\u2029"]), max_size=60
).map("".join)


@given(NASTY)
def test_any_string_gives_valid_quotations(text: str) -> None:
    found = pair(text)
    assert pair(text) == found
    assert [item.open for item in found] == sorted(item.open for item in found)
    for i, item in enumerate(found):
        assert 0 <= item.open[0] < item.open[1] <= item.start < item.end <= len(text)
        assert text[item.start : item.end] == text[item.start : item.end].strip()
        if item.close is not None:
            assert item.end <= item.close[0] < item.close[1] <= len(text)
        if item.parent is not None:
            around = found[item.parent]
            assert item.parent < i
            assert around.start <= item.open[0]
            assert outer(item)[1] <= around.end
        if item.continues is not None:
            assert item.continues < i
            assert found[item.continues].close is None
    level: dict[int | None, int] = {}
    for item in found:  # those in the same quotation never overlap
        assert level.get(item.parent, 0) <= item.open[0]
        level[item.parent] = outer(item)[1]


@given(NASTY, NASTY)
def test_a_mark_never_reaches_into_the_paragraph_after_next(first: str, last: str) -> None:
    first, last = (" ".join(part.split()) for part in (first, last))
    rest = "\n\nIt rained, and nobody said a word.\n\n" * 12
    ours = [item for item in pair(first + rest + last) if outer(item)[0] >= len(first + rest)]
    alone = pair(last)
    shift = len(first + rest)
    assert [(item.start - shift, item.end - shift) for item in ours] == [
        (item.start, item.end) for item in alone
    ]


@pytest.mark.parametrize(
    "piece",
    ['"', "“", "'", '" ', '"a', "“a ", '"a b" ', "'a' a' ", '"‘“a', '\n"', '\n"a\nb"', "`", '<a "'],
)
def test_time_is_linear_in_the_number_of_marks(piece: str) -> None:
    assert_linear(lambda marks: pair(piece * marks), 500)
