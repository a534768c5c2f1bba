"""What the rankers of speakers read of a text, and how their answers are combined."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from spacy.language import Language

from pipeline.document.names import Chain
from pipeline.model.session import Floats
from pipeline.model.speakers import quotes, sources
from pipeline.model.speakers.quotes import QuoteReader
from pipeline.model.speakers.ranker import (
    MODEL,
    NO_CANDIDATE,
    NO_SPEAKER,
    OPEN,
    PASSES,
    Query,
    Ranked,
    Scorer,
    answer,
    as_phrases,
    own_source,
    quote_queries,
    ranked,
    read,
    source_queries,
    with_own,
)
from pipeline.model.speakers.scene import SpeakerScene, starts_in
from pipeline.model.speakers.sources import SourceQuery, SourceReader
from tests.model.rows import shown
from tests.model.scenes import scene_of

ITS_OWN = sources.INDEX["inside"]
"""The features before this one are those of a source, the same for all of its candidates."""


def numbered(scene: SpeakerScene, shares: dict[str, float]) -> dict[int, float]:
    names = [one.name for one in scene.chains]
    return {names.index(name): share for name, share in shares.items()}


def of_source(
    scene: SpeakerScene, number: int = 0, enclosing: dict[str, float] | None = None
) -> tuple[str, dict[str, str]]:
    """Return the features of a source, and those of each of its candidates."""
    reader = SourceReader(scene)
    around = numbered(scene, enclosing or {})
    candidates = reader.candidates(number, around)
    rows = reader.rows([SourceQuery(number, candidates, around)])
    mine = {
        scene.chains[chain].name: shown(sources.FEATURES[ITS_OWN:], row[ITS_OWN:], apart=", ")
        for chain, row in zip(candidates, rows, strict=True)
    }
    return shown(sources.FEATURES[:ITS_OWN], rows[0][:ITS_OWN], apart=", "), mine


STORY = (
    "[Ann Lee] spoke.\n\n[Bo Ek] said it rained. [He|Bo Ek] said that [Ann Lee] left.\n\n"
    "Police said that [Bo Ek] slept."
)
TOLD = (
    "Bo Ek / said / it rained",
    "He / said~2 / that Ann Lee left",
    "Police / said~3 / that Bo Ek slept",
)


def rows_of_sources(scene: SpeakerScene, order: int = 1) -> list[dict[str, list[float]]]:
    """Return the features of the candidates of each source by name; ``order`` -1 turns them."""
    reader, found = SourceReader(scene), []
    for number in range(len(scene.sources)):
        asked = SourceQuery(number, reader.candidates(number, {})[::order], {})
        rows = reader.rows([asked]).tolist()
        names = [scene.chains[chain].name for chain in asked.candidates]
        found.append(dict(zip(names, rows, strict=True)))
    return found


def rows_of_quotations(scene: SpeakerScene, order: int = 1) -> list[dict[str, list[float]]]:
    """Return the features of the candidates of each quotation by name."""
    reader, found = QuoteReader(scene, {0: {0: 0.9}, 1: {1: 0.8}}), []
    for number in range(len(scene.quotations)):
        candidates = reader.candidates(number)[::order]
        rows = reader.rows(number, candidates).tolist()
        names = [scene.chains[chain].name for chain in candidates]
        found.append(dict(zip(names, rows, strict=True)))
    return found


@pytest.mark.parametrize("read", [rows_of_sources, rows_of_quotations])
def test_the_order_of_candidates_does_not_matter(
    nlp: Language, read: Callable[[SpeakerScene, int], object]
) -> None:
    for text, told in ((STORY, TOLD), (LATE, LATE_TOLD)):
        scene = scene_of(nlp, text, *told)
        assert read(scene, 1) == read(scene, -1)


@pytest.mark.parametrize("read", [rows_of_sources, rows_of_quotations])
def test_a_later_paragraph_without_names_changes_nothing(
    nlp: Language, read: Callable[[SpeakerScene], object]
) -> None:
    for text, told in ((STORY, TOLD), (LATE, LATE_TOLD)):
        more = f"{text}\n\nIt rained all day in the old town."
        assert read(scene_of(nlp, text, *told)) == read(scene_of(nlp, more, *told))


def test_the_letters_of_a_name_are_not_read(nlp: Language) -> None:
    """Another name of the same gender and shape has the same features."""
    pairs = (("Bo Ek", "Bo Ul"), ("Ann", "Amy"))
    found = rows_of_sources(scene_of(nlp, STORY, *TOLD))
    text, told = STORY, TOLD
    for one, other in pairs:
        text, told = text.replace(one, other), tuple(x.replace(one, other) for x in told)
        found = [{name.replace(one, other): r for name, r in rows.items()} for rows in found]
    assert rows_of_sources(scene_of(nlp, text, *told)) == found


def test_what_is_read_of_a_source_is_the_same_for_all_of_its_candidates(nlp: Language) -> None:
    text = "[Bo Ek] and [Ann Lee] of [ORG:Acme] said that it rained."
    scene = scene_of(nlp, text, "Bo Ek and Ann Lee of Acme / said / it rained")
    (rows,) = rows_of_sources(scene)
    assert len({tuple(row[:ITS_OWN]) for row in rows.values()}) == 1
    assert len({tuple(row) for row in rows.values()}) == len(rows) == 3


def test_a_person_called_by_nation_is_not_the_nation(nlp: Language) -> None:
    rows = {
        text: of_source(scene_of(nlp, f"{text} said no.", text.translate(PLAIN) + " / said / no"))
        for text in ("The [NORP:Swede]", "[NORP:Sweden]", "The [NORP:Swedes]", "The [ORG:Bank]")
    }
    native = [text for text, (_, found) in rows.items() if "native" in next(iter(found.values()))]
    assert native == ["The [NORP:Swede]"]


PLAIN = str.maketrans("", "", "[]:NORPG")


def test_what_a_pronoun_may_refer_to_and_who_speaks_the_quotation(nlp: Language) -> None:
    scene = scene_of(
        nlp,
        "[Tom Day] met [Ann Lee] and [Kim Roe]. She said it rained.",
        "She / said / it rained",
        beliefs={"She": {"Ann Lee": 0.75, "Tom Day": 0.125}},
    )
    its, found = of_source(scene, enclosing={"Tom Day": 0.5})
    assert "anaphor" not in its
    assert {name: row.partition("label PERSON, ")[2] for name, row in found.items()} == {
        "Ann Lee": "often=0.231, behind sure, anaphor, believed=0.75, believed most, "
        "believed nobody=0.125",
        "Tom Day": "often=0.231, speaker here=0.5, behind sure, anaphor, believed=0.125, "
        "believed nobody=0.125",
        "Kim Roe": "often=0.231, behind sure, anaphor, believed nobody=0.125",
    }
    genders = {name: row.partition(" gender")[0].split()[-1] for name, row in found.items()}
    assert genders == {"Ann Lee": "same", "Tom Day": "other", "Kim Roe": "open"}


def candidates(
    scene: SpeakerScene, number: int, enclosing: dict[str, float] | None = None
) -> list[str]:
    found = SourceReader(scene).candidates(number, numbered(scene, enclosing or {}))
    return [scene.chains[chain].name for chain in found]


def test_candidates_of_a_source_are_those_in_it_then_those_around_it(nlp: Language) -> None:
    text = (
        "[Zoe Ash] left [EVENT:Expo]. [Kim Roe] said no. [Bo Ek] of [WORK:Atlas] told [Ann Lee] "
        "it rained. [Tom Day] agreed."
    )
    told = ("Kim Roe / said / no", "Bo Ek of Atlas / told / it rained", "Tom Day / agreed /")
    beliefs = {"Ek": {"Zoe Ash": 0.05, "Ann Lee": 0.04}}
    scene = scene_of(nlp, text, *told, beliefs=beliefs)
    after = ["Kim Roe", "Tom Day", "Ann Lee"]
    assert candidates(scene, 1) == ["Bo Ek", "Atlas", "Zoe Ash", *after]
    assert candidates(scene, 1, {"Tom Day": 0.1})[:3] == ["Bo Ek", "Atlas", "Tom Day"]


def test_many_names_are_not_all_candidates(nlp: Language) -> None:
    names = [f"Ann{chr(97 + at)}" for at in range(26)]
    many = ", ".join(f"[{name}]" for name in names)
    scene = scene_of(nlp, f"{many} left. Police said no. {many.replace('Ann', 'Bob')}.",
                     "Police / said / no")  # fmt: skip
    found = candidates(scene, 0)
    later = [f"Bob{letter}" for letter in "abcde"]
    assert found == [*names[:-7:-1], *later, *names[-7:-16:-1]]


def test_a_source_without_words_is_at_its_cue(nlp: Language) -> None:
    text = "[Ann Lee] left. It was said that it rained."
    scene = scene_of(nlp, text, "/ said / it rained", "/ / it rained", "It / said / it rained")
    reader = SourceReader(scene)
    assert [scene.columns.words[reader.place(at)] for at in range(3)] == ["said", "it", "It"]


def test_only_the_words_near_the_head_of_a_long_source_are_read(nlp: Language) -> None:
    far = "of the big town " * 20
    text = f"Officials {far}and [Ann Lee] said no."
    scene = scene_of(nlp, text, f"Officials {far}and Ann Lee / said / no")
    _, found = of_source(scene)
    assert "inside" not in found["Ann Lee"].split(", ")


# ---------------------------------------------------------------------------------- quotations
LATE = (
    "[Ann Lee] met [Bo Ek] in [GPE:Oslo]. “We lost,” [she|Ann Lee] said. “It rained.”\n\n"
    "“No,” said [Bo Ek]."
)
LATE_TOLD = ("she / said / We lost,", "Bo Ek~2 / said~2 / No,")
LIKELY = ({"Ann Lee": 0.9}, {"Bo Ek": 0.8, "Ann Lee": 0.02})


def of_quotation(
    scene: SpeakerScene, number: int, likely: Sequence[dict[str, float]] = LIKELY
) -> dict[str, str]:
    """Return the features of each candidate for a quotation."""
    shares = {at: numbered(scene, one) for at, one in enumerate(likely)}
    reader = QuoteReader(scene, shares)
    found = reader.candidates(number)
    rows = reader.rows(number, found)
    return {
        scene.chains[chain].name: shown(quotes.FEATURES, row, apart=", ")
        for chain, row in zip(found, rows, strict=True)
    }


def test_a_quotation_has_the_likely_source_of_the_one_it_continues_or_is_inside_of(
    nlp: Language,
) -> None:
    for name, given in (("continued", {"continued": (None, 0, 7)}),
                        ("parent", {"parents": (None, 0, 7)})):  # fmt: skip
        scene = scene_of(nlp, LATE, *LATE_TOLD, **given)  # type: ignore[arg-type]
        rows = of_quotation(scene, 1)
        assert f"{name} likely=0.9" in rows["Ann Lee"]
        assert all(f"{name} there" in row and f"{name} top=0.9" in row for row in rows.values())
        assert not any(name in row for row in of_quotation(scene, 2).values())


def test_quotations_and_cues_at_the_start_and_the_end_of_a_text(nlp: Language) -> None:
    first = scene_of(nlp, "According to [Ann Lee], “it rained.”", "/ According to / it rained.")
    row = of_quotation(first, 0, [{"Ann Lee": 0.5}])["Ann Lee"]
    assert "last here likely=0.5" in row
    text = "“It rained.” [Ann Lee] left."
    lone = scene_of(nlp, text)
    lone.quotations = [lone.quotations[0]._replace(start=0, end=0)]
    row = of_quotation(lone, 0, [])["Ann Lee"]
    assert "same paragraph ahead" in row
    assert "ahead=0.299" in row
    lone.quotations = [lone.quotations[0]._replace(start=90, end=99)]
    row = of_quotation(lone, 0, [])["Ann Lee"]
    assert "last sentence behind" not in row
    assert "same sentence behind, same paragraph behind" in row


def test_the_speaker_behind_a_verb_is_one_of_the_next_three(nlp: Language) -> None:
    people = ["Ann Lee", "Bo Ek", "Kim Roe", "Tom Day"]
    rows = of_quotation(
        scene_of(nlp, "“It rained,” said " + " ".join(f"[{one}]" for one in people) + "."), 0, []
    )
    assert [one for one in people if "inverted" in rows[one]] == people[:3]


def test_candidates_for_a_quotation_are_likely_sources_and_the_names_near(nlp: Language) -> None:
    people = ", ".join(f"[Ann{chr(97 + at)}]" for at in range(12))
    later = ", ".join(f"[Bob{chr(97 + at)}]" for at in range(7))
    text = f"{people} met at [EVENT:Expo]. “It rained.” {later} left. It is said."
    scene = scene_of(nlp, text, "It~2 / is said /")
    sure = {"Anna": 0.5, "Annb": 0.03, "Annc": 0.02, "Bobg": 0.6}
    shares = numbered(scene, sure)
    found = [scene.chains[one].name for one in QuoteReader(scene, {0: shares}).candidates(0)]
    near = [f"Ann{letter}" for letter in "lkjihgfed"]
    assert found == ["Bobg", "Anna", "Annb", *near, "Boba", "Bobb", "Bobc", "Bobd"]


def test_a_cue_in_a_quotation_is_not_around_another_one(nlp: Language) -> None:
    text = "“[Ann Lee] said no,” he said. “It rained.”"
    scene = scene_of(nlp, text, "Ann Lee / said / no", "he / said~2 / Ann Lee said no,")
    reader = QuoteReader(scene, {0: {0: 0.5}, 1: {0: 0.5}})
    assert reader.around(1) == {"last": 1, "last here": 1}
    assert QuoteReader(scene, {0: {0: 0.5}, 1: {}}).around(1) == {}


def test_nobody_is_a_candidate_for_a_quotation_without_names(nlp: Language) -> None:
    scene = scene_of(nlp, "It rained. “It was bad.”")
    reader = QuoteReader(scene, {})
    assert reader.candidates(0) == []
    assert reader.rows(0, []).shape == (0, len(quotes.FEATURES))


# --------------------------------------------------------------------------------- the scene
@pytest.fixture(scope="module")
def scene(nlp: Language) -> SpeakerScene:
    #               0   1    2   3  4   5    6 7   8   9    10 11  12   13 14  15
    text = "[Ann Lee] and [Bo Ek] met [Kim Roe]. [She|Ann Lee] told [him|Bo Ek] “I saw [me|Bo Ek].”"
    return scene_of(nlp, text, "She / told / him", "/ saw / me")


def heads(scene: SpeakerScene, found: Sequence[object]) -> list[str]:
    return [scene.columns.words[one.head] for one in found]  # type: ignore[attr-defined]


def test_references_near_a_token(scene: SpeakerScene) -> None:
    assert heads(scene, scene.references) == ["Lee", "Ek", "Roe", "She", "him"]
    assert heads(scene, scene.before(6, 2)) == ["Ek", "Lee"]
    assert heads(scene, scene.before(7, 2)) == ["Roe", "Ek"]
    assert heads(scene, scene.after(6, 2)) == ["Roe", "She"]
    assert heads(scene, scene.after(7, 9)) == ["She", "him"]
    assert heads(scene, scene.within(3, 9, 9)) == ["Ek", "Roe"]
    assert heads(scene, scene.within(3, 10, 2)) == ["Ek", "Roe"]
    assert [heads(scene, scene.at(at)) for at in (0, 1, 2, 3)] == [["Lee"], ["Lee"], [], ["Ek"]]


def test_i_in_a_quotation_is_no_reference_before_its_speaker_is_known(scene: SpeakerScene) -> None:
    spoken = scene.quotations[0]
    assert [scene.columns.words[at] for at in range(spoken.start, spoken.end)][:2] == ["I", "saw"]
    inside = [at for at, number in enumerate(scene.quoted) if number == 0]
    assert inside == [*range(spoken.start, spoken.end)]
    assert set(scene.quoted) == {-1, 0}
    assert len(scene.places[1]) == 2


def test_subjects_are_joined_and_may_be_agents(nlp: Language, scene: SpeakerScene) -> None:
    assert [scene.is_subject(one) for one in scene.references] == [True, True, False, True, False]
    passive = scene_of(nlp, "[Bo Ek] was seen by [Ann Lee] with [Kim Roe].")
    assert [passive.is_subject(one) for one in passive.references] == [True, True, False]


def test_gender_by_first_names_and_pronouns(scene: SpeakerScene) -> None:
    assert dict(scene.gender) == {0: -3, 1: 1 + SIGN_OF_BO, 2: 0}


def test_what_the_text_says_of_the_gender_of_a_person_counts_before_the_first_name(
    nlp: Language,
) -> None:
    scene = scene_of(nlp, "[Ann Ek] and [Bo Ek] left.")
    for gender, (ann, bo) in {None: (-2, SIGN_OF_BO), "m": (2, 2), "f": (-2, -2)}.items():
        chains = [Chain("PERSON", one.name, gender=gender) for one in scene.chains]  # type: ignore[arg-type]
        told = SpeakerScene(scene.columns, chains, scene.references, [], [], {})
        assert (told.gender[0], told.gender[1]) == (ann, bo)


SIGN_OF_BO = 0
"""The first name is not in the list."""


def test_names_and_mentions_in_ranges(scene: SpeakerScene) -> None:
    assert scene.named([(0, 3), (6, 9)]) == {0, 2}
    assert scene.named([(1, 3)]) == set()
    assert scene.named_in(0, [(5, 9), (0, 1)])
    assert not scene.named_in(0, [(1, 20)])
    assert scene.mentioned_in(0, [(1, 20)])
    assert not scene.mentioned_in(2, [(7, 20)])


def test_who_speaks_as_the_source_of_how_many_attributions(nlp: Language) -> None:
    scene = scene_of(nlp, STORY, *TOLD, "/ slept /")
    assert scene.at_source == [(1,), (1,), (), ()]
    assert dict(scene.speaking) == {1: 2}
    assert scene.heads[3] is None


def test_the_path_from_a_word_up_to_another(nlp: Language) -> None:
    scene = scene_of(nlp, "Lawyers for [Bo Ek] said no.")
    words = scene.columns.words
    assert [words[at] for at in scene.path(3, 0) or ()] == ["Ek", "for", "Lawyers"]
    assert scene.path(0, 0) == [0]
    assert scene.path(0, 3) is None


def test_which_is_not_the_head_of_a_source(nlp: Language) -> None:
    scene = scene_of(nlp, "The plan, which the bank detailed, failed.")
    assert [scene.columns.words[scene.head(3, end)] for end in (4, 6)] == ["which", "bank"]


def test_a_quotation_can_be_read_as_if_its_attribution_were_unknown(nlp: Language) -> None:
    text = "“It rained,” [Ann Lee] said. “No,” [Bo Ek] said. “It snowed.”"
    scene = scene_of(nlp, text, "Ann Lee / said / It rained,", "Bo Ek / said~2 / No,")
    reader = QuoteReader(scene, {0: {0: 0.9}, 1: {1: 0.8}})
    assert reader.around(1) == {"own": 1, "last": 0, "last here": 0, "next": 1, "next here": 1}
    reader.hidden = 1
    assert reader.around(1) == {"last": 0, "last here": 0}
    assert reader.around(2) == {"last": 0, "last here": 0}
    assert reader.likely(1) == {}
    assert [one.number for one in quote_queries(scene, {0: {0: 0.9}, 1: {1: 0.8}})] == [0, 1, 2]


def test_a_scene_with_more_references_has_the_same_quotations(nlp: Language) -> None:
    scene = scene_of(nlp, LATE, *LATE_TOLD)
    again = scene.again(scene.references[:1], {})
    assert heads(again, again.references) == ["Lee"]
    assert again.quotations == scene.quotations


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [([(0, 3)], False), ([(0, 4)], True), ([(3, 4)], True), ([(4, 8)], False), ([], False),
     ([(4, 8), (8, 9)], True)],
)  # fmt: skip
def test_starts_in_ranges(ranges: list[tuple[int, int]], expected: bool) -> None:
    assert starts_in([3, 8], ranges) == expected


# -------------------------------------------------------------------------------- the ranker
def test_queries_are_of_sources_outside_quotations_then_of_those_inside(nlp: Language) -> None:
    text = "[Ann Lee] left. “I told [Bo Ek] that it rained,” [she|Ann Lee] said. “It was bad.”"
    told = ("I / told / that it rained", "she / said / I told Bo Ek that it rained,")
    scene = scene_of(nlp, text, *told)
    outside = list(source_queries(scene, None))
    assert [one.number for one in outside] == [1]
    assert outside[0].rows.shape == (len(outside[0].candidates), len(sources.FEATURES))
    spoken = Ranked([0], np.array([0.75]), np.array([0.1]))
    (inside,) = source_queries(scene, {0: spoken})
    assert inside.number == 0
    row = inside.rows[inside.candidates.index(0)]
    assert row[sources.INDEX["speaker I"]] == 0.75
    assert [one.number for one in quote_queries(scene, {})] == [0, 1]
    assert [own_source(scene, one) for one in scene.quotations] == [1, None]
    known = with_own(scene, {1: spoken}, {1: spoken})
    assert known == {0: spoken, 1: spoken}
    assert with_own(scene, {}, {}) == {}


def test_sources_are_ranked_before_quotations_and_those_inside_last(nlp: Language) -> None:
    text = "[Ann Lee] left. “I told [Bo Ek] that it rained,” [she|Ann Lee] said. “It was bad.”"
    told = ("I / told / that it rained", "she / said / I told Bo Ek that it rained,")
    asked: list[tuple[str, int]] = []

    def scorer(name: str) -> Scorer:
        def score(rows: Floats) -> Floats:
            asked.append((name, len(rows)))
            scores = np.zeros((len(rows), 2), dtype=np.float32)
            scores[0] = 5.0
            return scores

        return score

    scene = scene_of(nlp, text, *told)
    found = read(scene, scorer("sources"), scorer("quotes"))
    assert [name for name, _ in asked] == ["sources", "quotes", "sources"]
    assert set(found.sources) == {0, 1}
    assert set(found.quotes) == {0, 1}
    assert found.quotes[0] is found.sources[1]
    asked.clear()
    again = read(scene, scorer("sources"), scorer("quotes"), found)
    assert [name for name, _ in asked] == ["sources"]
    assert again.sources[1] is found.sources[1]
    assert again.quotes is found.quotes
    assert again.sources is not found.sources


REPORTED = (
    "[ORG:Acme] warned it rained. The report said it snowed and hinted it froze. "
    "The post stated it thawed."
)
REPORTS = (
    "Acme / warned / it rained",
    "The report / said / it snowed",
    "The report / hinted / it froze",
    "The post / stated / it thawed",
)


def test_the_sources_beside_one_have_other_words(nlp: Language) -> None:
    scene = scene_of(nlp, REPORTED, *REPORTS)
    assert [scene.last(number) for number in range(4)] == [[], [0], [0], [2, 0]]
    assert [scene.next(number) for number in range(4)] == [[1], [3], [3], []]


def test_the_source_of_two_statements_has_one_answer(nlp: Language) -> None:
    scene = scene_of(nlp, REPORTED, *REPORTS)
    one = Ranked([0, 1], np.array([0.75, 0.125]), np.array([0.5, 0.25]))
    other = Ranked([2, 0], np.array([0.5, 0.25]), np.array([0.0, 0.25]))
    found = as_phrases({1: one, 2: other, 3: other}, scene)
    assert found[1] is found[2]
    assert found[1].candidates == [0, 1, 2]
    assert found[1].shares.tolist() == [0.5, 0.0625, 0.25]
    assert found[1].members.tolist() == [0.375, 0.125, 0.0]
    assert found[3] is other


def test_an_answer_is_who_spoke_last(nlp: Language) -> None:
    scene = scene_of(nlp, REPORTED, *REPORTS)
    own = [sources.INDEX["inside"], sources.INDEX["spoke last"]]

    def score(rows: Floats) -> Floats:
        return np.repeat(np.where(rows[:, own].any(1), 3.0, -3.0), 2).reshape(-1, 2)

    found = read(scene, score, score).sources
    assert [one.shares.argmax() for one in found.values()] == [0, 0, 0, 0]
    assert all(one.shares[0] > 0.9 for one in found.values())
    assert scene.at_source == [(0,), (), (), ()]


def test_answers_that_contradict_each_other_come_to_an_end(nlp: Language) -> None:
    scene = scene_of(nlp, REPORTED, *REPORTS)
    last, following = sources.INDEX["spoke last"], sources.INDEX["speaks next"]
    asked = []

    def score(rows: Floats) -> Floats:
        asked.append(len(rows))
        speaks = (rows[:, last] > 0) & (rows[:, following] == 0)
        return np.repeat(np.where(speaks, 3.0, -3.0), 2).reshape(-1, 2)

    first, again = (read(scene, score, score).sources for _ in range(2))
    assert len(asked) == 2 * PASSES
    assert [one.shares.tolist() for one in first.values()] == [
        one.shares.tolist() for one in again.values()
    ]


@pytest.mark.parametrize("lone", [[-3.0, -9.0], [0.0, 0.0], [30.0, 2.0], [700.0, -700.0]])
def test_shares_and_members_are_probabilities(lone: list[float]) -> None:
    scores = np.array([[one, one] for one in lone], dtype=np.float32)
    found = ranked([Query(0, [4, 2], scores[:, :1])], lambda _: scores)[0]
    with np.errstate(over="ignore"):
        raised = np.exp(np.array(lone) - max(0.0, *lone))
        shares = raised / (raised.sum() + np.exp(-max(0.0, *lone)))
    assert found.shares == pytest.approx(shares, abs=1e-6)
    assert found.members == pytest.approx(1 / (1 + np.exp(-np.array(lone))), abs=1e-6)
    assert found.candidates == [4, 2]


def test_queries_are_ranked_together_and_apart_alike() -> None:
    rows = np.arange(5, dtype=np.float32)[:, None]
    queries = [Query(3, [0, 1], rows[:2]), Query(1, [7, 8, 9], rows[2:])]
    together = ranked(queries, lambda found: np.hstack([found, found]))
    for one in queries:
        apart = ranked([one], lambda found: np.hstack([found, found]))[one.number]
        assert together[one.number].shares.tolist() == apart.shares.tolist()
    assert ranked([], lambda found: found) == {}


def test_a_bounded_number_of_queries_is_scored_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.model.speakers.ranker.QUERIES", 2)
    sizes: list[int] = []

    def score(rows: Floats) -> Floats:
        sizes.append(len(rows))
        return np.hstack([rows, rows])

    row = np.zeros((1, 1), dtype=np.float32)
    found = ranked((Query(number, [number], row) for number in range(5)), score)
    assert sizes == [2, 2, 1]
    assert {number: one.candidates for number, one in found.items()} == {n: [n] for n in range(5)}


@pytest.mark.parametrize(
    ("shares", "members", "least", "joined", "chains", "confidence", "candidates"),
    [
        ([0.5, 0.4], [0.9, 0.1], 0.5, False, (4,), 0.5, ()),
        ([0.4, 0.5], [0.9, 0.1], 0.5, False, (2,), 0.5, ()),
        ([OPEN, 0.0625], [0.1, 0.1], 0.5, False, (), None, (4, 2)),
        ([0.25, 0.05], [0.1, 0.1], 0.5, False, (), None, (4,)),
        ([0.1, 0.3], [0.1, 0.1], 0.5, False, (), None, (2, 4)),
        ([0.24, 0.1], [0.1, 0.1], 0.5, False, (), None, ()),
        ([0.4, 0.14], [0.8, 0.5], 0.4, True, (2, 4), 0.4, ()),
        ([0.4, 0.14], [0.8, 0.5], 0.5, True, (), None, (2, 4)),
        ([0.4, 0.13], [0.8, 0.5], 0.4, True, (4,), 0.4, ()),
        ([0.4, 0.14], [0.8, 0.4], 0.4, True, (4,), 0.4, ()),
        ([0.4, 0.14], [0.8, 0.5], 0.4, False, (4,), 0.4, ()),
    ],
)
def test_one_speaker_or_several_or_an_open_answer(
    shares: list[float],
    members: list[float],
    least: float,
    joined: bool,
    chains: tuple[int, ...],
    confidence: float | None,
    candidates: tuple[int, ...],
) -> None:
    one = Ranked([4, 2], np.array(shares), np.array(members))
    found = answer(one, best, least, joined=joined)
    assert (found.chains, found.confidence, found.candidates) == (chains, confidence, candidates)
    assert found.by == MODEL
    assert found.one == (chains[0] if len(chains) == 1 else None)


def best(one: Ranked) -> float:
    """Return the highest probability as the confidence."""
    return float(one.shares.max())


def test_without_candidates_nobody_speaks() -> None:
    assert answer(None, best, 0.0).by == NO_CANDIDATE
    assert answer(None, best, 0.0).chains == ()
    assert NO_SPEAKER.one is None
