"""The scorers count what they say they count."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import ClassVar

import names
import pytest
import score_attributions
import score_datetime
import score_entities
import score_figures
import score_gold
import score_identity
import score_speakers
import score_specs
import score_times
import units
from common import Metric, max_matching, pair_spans

TEXT = "Ann Lee said, “We will go now and win.” Reports suggested that it rained. He left."


def at(text: str, part: str, nth: int = 0) -> dict:
    """Return the span object of the n-th occurrence of a part."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(part, start + 1)
    return {"start": start, "end": start + len(part), "text": part}


def pair(span: dict) -> list[int]:
    return [span["start"], span["end"]]


def values(metrics: list[Metric]) -> dict[str, float | None]:
    return {metric.name: metric.value for metric in metrics}


def entity(key: str, name: str, label: str, *mentions: dict, kind: str = "name") -> dict:
    found = [{**mention, "kind": mention.get("kind", kind)} for mention in mentions]
    return {"id": key, "name": name, "label": label, "mentions": found}


def attribution(source: dict | None, cue: dict, *content: dict, entity: str | None = None) -> dict:
    return {
        "source": {"spans": [source], "entity": entity} if source else None,
        "cue": {"spans": [cue]},
        "content": {"spans": list(content)},
        "kind": "direct",
    }


def figure(span: dict, kind: str, value: str | None, unit: str | None, **more: object) -> dict:
    blank = dict.fromkeys(
        ["low", "high", "unit_text", "bound", "change", "rate", "measures", "holder"]
    )
    return {**span, "kind": kind, "value": value, "unit": unit, **blank, **more}


class TestMatching:
    def test_largest_matching_beats_first_come(self) -> None:
        assert max_matching([[0], [0, 1]]) == {0: 0, 1: 1}

    def test_equal_spans_are_preferred(self) -> None:
        assert pair_spans([(0, 5)], [(0, 9), (0, 5)]) == {0: 1}


class TestAttributions:
    ann, said = at(TEXT, "Ann Lee"), at(TEXT, "said")
    quote = at(TEXT, "“We will go now and win.”")
    suggested, rain = at(TEXT, "suggested"), at(TEXT, "that it rained")
    gold: ClassVar = [
        {
            "id": "x",
            "text": TEXT,
            "attributions": [
                {"source": [pair(ann)], "cue": [pair(said)], "content": [pair(quote)]},
                {"source": [], "cue": [pair(suggested)], "content": [pair(rain)]},
            ],
        }
    ]

    def score(self, *found: dict) -> dict[str, float | None]:
        return values(score_attributions.score(self.gold, {"x": {"attributions": list(found)}}))

    def test_same_is_perfect(self) -> None:
        sheet = self.score(
            attribution(self.ann, self.said, self.quote),
            attribution(None, self.suggested, self.rain),
        )
        assert {v for v in sheet.values() if v is not None} == {100.0}

    def test_missing_record_scores_nothing(self) -> None:
        sheet = values(score_attributions.score(self.gold, {}))
        assert sheet["attr@0.3"] == 0.0

    def test_wrong_source_matches_content_only(self) -> None:
        sheet = self.score(attribution(at(TEXT, "He"), self.said, self.quote))
        assert sheet["content@0.8"] > 0
        assert sheet["attr@0.3"] == 0
        assert (sheet["source_acc@0.8"], sheet["cue_acc@0.8"]) == (0, 100)

    def test_marks_do_not_count_for_exact_np(self) -> None:
        bare = at(TEXT, "We will go now and win")
        sheet = self.score(attribution(self.ann, self.said, bare))
        assert sheet["exact_np/content"] > 0

    def test_halves_of_a_quote_are_right_for_segdirect(self) -> None:
        text = "“We go now,” Ann said. “They stay.”"
        ann, said = at(text, "Ann"), at(text, "said")
        halves = at(text, "“We go now,”"), at(text, "“They stay.”")
        parts = {"source": [pair(ann)], "cue": [pair(said)], "content": [*map(pair, halves)]}
        gold = [{"id": "z", "text": text, "attributions": [parts]}]
        found = [attribution(ann, said, half) for half in halves]
        sheet = values(score_attributions.score(gold, {"z": {"attributions": found}}))
        assert (sheet["segdirect@0.8"], sheet["attr@0.8"]) == (100, 0)

    def test_paragraphs_of_one_quotation_count_as_quoted(self) -> None:
        text = "“One.\n\n“Two,” he said."
        article = score_attributions.Article(text)
        content = article.cover([[0, text.index(" he")]])
        assert article.kind(content) == "direct"

    def test_discarded_regions_are_not_judged(self) -> None:
        gold = [dict(self.gold[0], attributions=self.gold[0]["attributions"][:1])]
        gold[0]["discard"] = [pair(at(TEXT, "Reports suggested that it rained."))]
        found = [
            attribution(self.ann, self.said, self.quote),
            attribution(None, self.suggested, self.rain),
        ]
        sheet = values(score_attributions.score(gold, {"x": {"attributions": found}}))
        assert sheet["attr@0.3"] == 100


class TestFigures:
    text = "Profit rose 5% to about $3.5 million for 40 students in two weeks."
    wanted = (
        {"value": "5.0", "unit": "percentage", "change": "up", "concept": "Profit"},
        {"value": "3500000", "unit": "dollar", "change": "~", "concept": "-"},
        {"value": "40", "unit": "student", "change": "=", "concept": "-"},
        {"value": "2", "unit": "week", "change": "=", "concept": "-"},
    )

    def test_our_form_is_read_as_the_corpus_writes(self) -> None:
        text = self.text
        found = [
            figure(
                at(text, "5%"), "percent", "5", "%", change="increase", measures=at(text, "Profit")
            ),
            figure(at(text, "$3.5 million"), "money", "3500000", "USD", bound="approx"),
            figure(at(text, "40"), "count", "40", None, measures=at(text, "students")),
        ]
        times = [{**at(text, "two weeks"), "kind": "duration", "value": "P2W"}]
        gold = [{"id": "a", "text": text, "figures": list(self.wanted)}]
        sheet = values(score_figures.score(gold, {"a": {"figures": found, "times": times}}))
        perfect = {k: v for k, v in sheet.items() if k != "one2one/clean"}
        assert set(perfect.values()) == {100.0}, sheet

    def test_ranges_need_both_ends(self) -> None:
        gold = [{"id": "a", "text": "", "figures": [{"value": "9-11", "unit": "inch"}]}]
        for high, right in (("11", 100.0), ("12", 0.0)):
            one = figure({"start": 0, "end": 1}, "quantity", None, "[in_i]", low="9", high=high)
            sheet = values(score_figures.score(gold, {"a": {"figures": [one]}}))
            assert sheet["one2one/value+unit"] == right


class TestSpecs:
    def test_value_unit_and_extras(self) -> None:
        text = "It costs $75 million."
        money = at(text, "$75 million")
        expected = {**money, "value": "75000000", "unit": "Dollar", "iso": None}
        gold = [{"id": "c", "text": text, "type": "currency", "expected": [expected]}]
        right = figure(money, "money", "75000000", "USD")
        for found, passed in (([right], 100), ([], 0), ([right, right], 0)):
            sheet = values(score_specs.score(gold, {"c": {"figures": found}}))
            assert sheet["currency/pass"] == passed


class TestTimes:
    def test_articles(self) -> None:
        text = "He left last year, on Friday."
        gold = [
            {
                "id": "t",
                "text": text,
                "times": [
                    {**at(text, "last year"), "type": "DATE", "value": "2024"},
                    {**at(text, "Friday"), "type": "DATE", "value": "2025-01-03"},
                ],
            }
        ]
        found = [
            {**at(text, "last year"), "kind": "date", "value": "2024"},
            {**at(text, "on Friday"), "kind": "date", "value": "2025-01-10"},
        ]
        sheet = values(score_times.score(gold, {"t": {"times": found}}))
        picked = [sheet[name] for name in ("strict", "relaxed", "value", "type")]
        assert picked == [50, 100, 50, 100]

    def test_phrases(self) -> None:
        row = {"id": "p", "text": "now", "phrase": [0, 3], "form": "bare", "type": "DATE"}
        time = {"start": 0, "end": 3, "kind": "date", "value": "PRESENT_REF"}
        sheet = values(
            score_times.score([row | {"value": "PRESENT_REF"}], {"p": {"times": [time]}})
        )
        assert sheet["bare/all"] == 100


class TestNames:
    def test_persons(self) -> None:
        cases = (
            ("Hillary Clinton", "Hillary Clinton", True),
            ("Mrs. Hillary Rodham Clinton", "Hillary Clinton", True),
            ("Bill Clinton", "Hillary Clinton", False),
            ("Clinton", "Hillary Clinton", False),
            ("H. Clinton", "Hillary Clinton", True),
            ("Donald Trump Jr.", "Donald Trump", False),
            ("President Obama", "Obama", True),
            ("William de Blasio", "Bill de Blasio", True),
            ("de Blasio", "Bill de Blasio", False),
            ("James O’Neill", "James O'Neill", True),
            ("Timothy Kaine", "Tim Kaine", True),
            ("Jo Smith", "John Smith", False),
            ("Renée Smith", "Renee Smith", True),
        )
        for found, canonical, right in cases:
            assert names.same_person(found, canonical) == right

    def test_things(self) -> None:
        assert names.same_thing("the New York Times", "New York Times")
        assert not names.same_thing("campaign", "Clinton campaign")
        assert not names.same_thing("भारत", "मांग")  # no letter of ours in either

    def test_peoples_in_singular_and_plural(self) -> None:
        for one, many in (
            ("Canadian", "Canadians"),
            ("Greek", "the Greeks"),
            ("Saudi", "Saudis"),
            ("Tory", "Tories"),
            ("Englishman", "Englishmen"),
        ):
            assert names.same_people(many, one)
            assert names.same_people(one, many)
        assert not names.same_people("Germans", "Greeks")

    def test_the_united_states(self) -> None:
        for name in ("U.S.", "USA", "America", "the United States", "United States of America"):
            assert names.same_country(name, "US")
        assert not names.same_country("UK", "US")
        assert not names.same_country("Canada", "Canada")

    def test_full_names(self) -> None:
        people = ("John Conyers", "Conyers Jr.", "Mr. Conyers", "bin Laden", "Osama bin Laden")
        full = [names.full_name(name, person=True) for name in people]
        assert full == [True, False, False, False, True]
        assert names.full_name("Justice Department", person=False)
        assert not names.full_name("the Department", person=False)


class TestSpeakers:
    text = "Hillary Clinton left. She said no. Officials said yes."

    def labels(self) -> list[dict]:
        blank = {"article": "A", "aliases": [], "form": "pronoun", "id": "1"}
        she, officials = at(self.text, "She"), at(self.text, "Officials")
        return [
            blank | {"source_span": pair(she), "kind": "person", "canonical": "Hillary Clinton"},
            blank | {"source_span": pair(officials), "kind": "group", "canonical": None},
        ]

    def test_right_and_false_persons(self) -> None:
        name, she = at(self.text, "Hillary Clinton"), at(self.text, "She")
        person = entity("e1", "Hillary Clinton", "PERSON", name, she)
        said = attribution(she, at(self.text, "said"), at(self.text, "no"), entity="e1")
        wrong = attribution(
            at(self.text, "Officials"), at(self.text, "said", 1), at(self.text, "yes"), entity="e1"
        )
        record = {"entities": [person], "attributions": [said, wrong]}
        sheet = values(score_speakers.score(self.labels(), {"A": record}))
        assert (sheet["person/end_to_end"], sheet["false_person/all"]) == (100, 100)
        assert sheet["person/answers"] == 50
        sheet = values(score_speakers.score(self.labels(), {}))
        assert (sheet["person/end_to_end"], sheet["false_person/all"]) == (0, 0)


class TestEntities:
    text = "The mayor, Ms. Ann Lee, left. She told Reuters's man."

    def test_names_titles_and_clusters(self) -> None:
        ann, she = at(self.text, "Ann Lee"), at(self.text, "She")
        long, reuters = at(self.text, "Ms. Ann Lee"), at(self.text, "Reuters's")
        cluster = [[*pair(long), *pair(at(self.text, "Lee"))], [*pair(she), *pair(she)]]
        gold = [
            {
                "id": "n",
                "text": self.text,
                "labels": ["PER", "ORG", "LOC"],
                "names": [[*pair(ann), "PER"], [*pair(at(self.text, "Reuters")), "ORG"]],
                "clusters": [cluster],
            }
        ]
        record = {
            "entities": [
                entity("e1", "Ann Lee", "PERSON", ann, {**she, "kind": "pronoun"}),
                entity("e2", "Reuters", "ORG", reuters),
            ]
        }
        sheet = values(score_entities.score(gold, {"n": record}))
        assert sheet["ner/micro"] == 100
        assert (sheet["lea/exact"], sheet["lea/head"]) == (0, 100)
        assert (sheet["he_she"], sheet["link/head"]) == (100, 100)

    def test_regions_without_annotation_are_not_judged(self) -> None:
        ann, reuters = at(self.text, "Ann Lee"), at(self.text, "Reuters")
        gold = [
            {
                "id": "n",
                "text": self.text,
                "labels": ["PER", "ORG"],
                "names": [[*pair(ann), "PER"]],
                "clusters": [[[*pair(ann), *pair(at(self.text, "Lee"))]] * 2],
                "discard": [[reuters["start"] - 1, len(self.text)]],
            }
        ]
        people = [entity("e1", "Ann Lee", "PERSON", ann), entity("e2", "Reuters", "ORG", reuters)]
        sheet = values(score_entities.score(gold, {"n": {"entities": people}}))
        assert sheet["ner/micro"] == 100
        del gold[0]["discard"]
        sheet = values(score_entities.score(gold, {"n": {"entities": people}}))
        assert sheet["ner/micro"] < 100


class TestIdentity:
    texts: ClassVar = {
        "a/1": "Ann Lee of Acme met Bo.",
        "b": "Mrs. Lee left Acme.",
        "c": "The Acme was told by Ann Lee.",
    }
    names: ClassVar = {
        "a/1": [("Ann Lee", "PER", "lee"), ("Acme", "ORG", "acme"), ("Bo", "PER", "bo")],
        "b": [("Lee", "PER", "lee"), ("Acme", "ORG", "acme")],
        "c": [("Acme", "ORG", "acme"), ("Ann Lee", "PER", "other lee")],
    }
    labels: ClassVar = {"PER": "PERSON", "ORG": "ORG"}

    def gold(self) -> list[dict]:
        return [
            {
                "id": key,
                "text": text,
                "identities": [
                    {"id": who, "kind": kind, "mentions": [pair(at(text, name))]}
                    for name, kind, who in self.names[key]
                ],
            }
            for key, text in self.texts.items()
        ]

    def records(self) -> dict[str, dict]:
        return {
            key: {
                "entities": [
                    entity(f"e{i}", name, self.labels[kind], at(text, name))
                    for i, (name, kind, _) in enumerate(self.names[key], 1)
                ]
            }
            for key, text in self.texts.items()
        }

    def known(self) -> dict[str, str]:
        return {
            f"{key}/e{i}": who
            for key, named in self.names.items()
            for i, (*_, who) in enumerate(named, 1)
        }

    def test_the_right_answer_is_perfect(self) -> None:
        sheet = values(score_identity.score(self.gold(), self.records(), self.known()))
        assert set(sheet.values()) - {None, 0} == {100.0}, sheet
        assert sheet["b3/LOC"] == 0  # there is none

    def test_names_alone_confuse_people_and_miss_others(self) -> None:
        sheet = values(score_identity.score(self.gold(), self.records()))
        # Acme three times is three links, all right; "Ann Lee" links two people, "Lee" is lost
        assert (sheet["found"], sheet["b3/ORG"]) == (100, 100)
        assert sheet["links"] == pytest.approx(100 * 3 / 4)
        assert sheet["lea"] == pytest.approx(100 * 3 / 5)

    def test_everybody_alone_has_no_links(self) -> None:
        sheet = values(score_identity.score(self.gold(), self.records(), {}))
        assert (sheet["links"], sheet["lea"]) == (0, 0)
        assert sheet["b3"] > 50

    def test_missed_and_spurious_entities_count(self) -> None:
        records = self.records()
        bo = records["a/1"]["entities"].pop()
        records["b"]["entities"].append(entity("e9", "Left", "PERSON", at(self.texts["b"], "left")))
        sheet = values(score_identity.score(self.gold(), records, self.known()))
        assert (bo["name"], round(sheet["found"], 1)) == ("Bo", 85.7)
        assert sheet["b3"] == pytest.approx(100 * 6 / 7)
        assert sheet["matched/b3"] == 100

    def test_a_file_of_identities_may_be_jsonl(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "who.jsonl"
            path.write_text('{"a/1/e1": "x"}\n{"b/e1": "x"}\n', encoding="utf-8")
            wanted = {"a/1/e1": "x", "b/e1": "x"}
            assert score_identity.read_identities(path) == wanted
            path.write_text(json.dumps(wanted, indent=1), encoding="utf-8")
            assert score_identity.read_identities(path) == wanted


class TestDatetime:
    def right(self, value: str | None, *readings: dict) -> bool:
        return score_datetime.right({"values": list(readings)}, value, "2016-11-08T12:00:00")

    def test_ways_to_say_the_same(self) -> None:
        quarter = {"timex": "(2018-01-01,2018-04-01,P3M)", "from": "2018-01-01", "to": "2018-04-01"}
        years = {"timex": "(2014-01-01,2018-01-01,P4Y)", "from": "2014-01-01", "to": "2018-01-01"}
        moment = {"timex": "2016-11-08T15:30", "value": "2016-11-08 15:30:00"}
        hours = {"timex": "(T14,T16,PT2H)", "from": "14:00:00", "to": "16:00:00"}
        assert self.right("2018-Q1", quarter)
        assert not self.right("2018-Q2", quarter)
        assert self.right("2014/2018", years)
        assert self.right("2016-11-08T15:30", moment)
        assert self.right("T14:00/T16:00", hours)
        assert self.right("P7D", {"timex": "P1W", "value": "604800"})
        assert self.right("2018", {"timex": "2018", "mod": "before", "to": "2018-01-01"})
        assert not self.right(None, moment)
        week = {"timex": "(2016-11-01,2016-11-08,P7D)", "from": "2016-11-01", "to": "2016-11-08"}
        assert self.right("P1W", week)
        assert not self.right("P3M", quarter)  # that one does not end now
        assert self.right("2016-11-08TMO", {"timex": "TMO", "from": "08:00:00"})
        assert self.right("XXXX-XX-XXTNI", {"timex": "TNI"})

    def test_a_date_without_a_year_is_no_answer_where_it_has_one(self) -> None:
        readings = [
            {"timex": "XXXX-12-27", "value": "2018-12-27"},
            {"timex": "XXXX-12-27", "value": "2019-12-27"},
        ]
        assert not self.right("XXXX-12-27", *readings)
        assert self.right("2019-12-27", *readings)
        assert self.right("XXXX-WXX-1", {"timex": "XXXX-WXX-1"})

    def test_cases(self) -> None:
        text = "See you on May 2 at noon."
        gold = [
            {
                "id": "d",
                "text": text,
                "expected": [
                    {
                        **at(text, "May 2"),
                        "type": "date",
                        "values": [{"timex": "2025-05-02", "value": "2025-05-02"}],
                    }
                ],
            },
            {"id": "none", "text": "I may go.", "expected": []},
        ]
        may = {**at(text, "on May 2"), "kind": "date", "value": "2025-05-02"}
        sheet = values(score_datetime.score(gold, {"d": {"times": [may]}}))
        assert (sheet["all/pass"], sheet["all/strict"]) == (100, 50)
        assert (sheet["date/value"], sheet["none/clean"]) == (100, 100)
        noon = {**at(text, "noon"), "kind": "time", "value": "T12:00"}
        sheet = values(score_datetime.score(gold, {"d": {"times": [may, noon]}}))
        assert (sheet["all/pass"], sheet["date/value"]) == (50, 100)


class TestUnits:
    def test_durations_of_the_same_length(self) -> None:
        for found, wanted in (
            ("PT8044S", "PT2H14M4S"),
            ("PT1.5H", "PT1H30M"),
            ("P24M", "P2Y"),
            ("P14D", "P2W"),
            ("PXM", "PXM"),
            ("2019-08", "2019-08"),
        ):
            assert units.same_value(found, wanted)
        for found, wanted in (("P2M", "PT2M"), ("P1M", "P30D"), ("PXM", "P1M"), (None, "P1D")):
            assert not units.same_value(found, wanted)


class TestGold:
    text = "“We lost,” Ann Lee said. She blamed a 5% tax. A “Ken” badge shone on Monday."

    def gold(self) -> dict:
        text = self.text
        return {
            "id": "g",
            "text": text,
            "entities": [
                {
                    "name": "Ann Lee",
                    "label": "PERSON",
                    "mentions": [
                        [*pair(at(text, "Ann Lee")), "name"],
                        [*pair(at(text, "She")), "pronoun"],
                    ],
                }
            ],
            "quotes": [
                {"span": pair(at(text, "We lost,")), "kind": "direct", "speaker": "Ann Lee"},
                {
                    "span": pair(at(text, "Ken")),
                    "kind": "mixed",
                    "speaker": None,
                    "speech": False,
                },
            ],
            "attributions": [
                {
                    "source": [pair(at(text, "Ann Lee"))],
                    "cue": [pair(at(text, "said"))],
                    "content": [pair(at(text, "“We lost,”"))],
                    "kind": "direct",
                    "speaker": "Ann Lee",
                },
                {
                    "source": [pair(at(text, "She"))],
                    "cue": [pair(at(text, "blamed"))],
                    "content": [pair(at(text, "a 5% tax"))],
                    "kind": "indirect",
                    "speaker": "Ann Lee",
                    "required": False,
                },
            ],
            "figures": [
                {
                    "span": pair(at(text, "5%")),
                    "kind": "percent",
                    "value": "5",
                    "unit": "%",
                    "measures": {"span": pair(at(text, "tax")), "text": "tax"},
                }
            ],
            "times": [{"span": pair(at(text, "Monday")), "kind": "date", "value": "2025-01-06"}],
        }

    def record(self) -> dict:
        text = self.text
        ann, she = at(text, "Ann Lee"), at(text, "She")
        said = attribution(ann, at(text, "said"), at(text, "“We lost,”"), entity="e1")
        return {
            "id": "other",
            "text": text,
            "entities": [entity("e1", "Ann Lee", "PERSON", ann, {**she, "kind": "pronoun"})],
            "quotes": [{**at(text, "We lost"), "kind": "direct", "speaker": "e1"}],
            "attributions": [said],
            "figures": [figure(at(text, "5%"), "percent", "5.0", "%", measures=at(text, "tax"))],
            "times": [{**at(text, "Monday"), "kind": "date", "value": "2025-01-06"}],
        }

    def test_all_layers_and_optional_items(self) -> None:
        record = self.record()
        sheet = values(score_gold.score([self.gold()], {"other": record}))
        right = {name: 0.0 if "wrong" in name else 100.0 for name in sheet}
        wrong = {name: v for name, v in sheet.items() if v not in (right[name], None)}
        assert wrong == {}

    def test_scare_quotes_and_extra_items_cost(self) -> None:
        record = self.record()
        record["quotes"].append({**at(self.text, "Ken"), "kind": "mixed", "speaker": None})
        sheet = values(score_gold.score([self.gold()], {"other": record}))
        assert sheet["quotes/not_speech"] == 0
        assert sheet["quotes/speech"] < 100

    def test_a_duration_may_be_a_time(self) -> None:
        text = "It took two weeks."
        span = at(text, "two weeks")
        item = {"span": pair(span), "kind": "duration", "value": "2", "unit": "wk"}
        gold = {"id": "d", "text": text, "figures": [item]}
        record = {"times": [{**span, "kind": "duration", "value": "P2W"}]}
        sheet = values(score_gold.score([gold], {"d": record}))
        assert sheet["figures/value+unit"] == 100


class TestLeniency:
    """What score_gold lets pass, and what it does not."""

    def quoted(
        self, name: str, name_alt: tuple[str, ...] = (), **gold: object
    ) -> dict[str, float | None]:
        """Return the sheet for a quote and a pronoun that were given to an entity of this name."""
        text = "John James Conyers Jr. left. “No,” he said. John Conyers, or Coniers, was 90."
        he, no = at(text, "he"), at(text, "No,")
        shown = [at(text, one) for one in ("John James Conyers Jr.", "John Conyers", "Coniers")]
        mentions = [*([*pair(one), "name"] for one in shown), [*pair(he), "pronoun"]]
        person = {"name": "John James Conyers Jr.", "label": "PERSON", "mentions": mentions}
        speaker = "John James Conyers Jr."
        quote = {"span": pair(no), "kind": "direct", "speaker": speaker, **gold}
        said = {"source": [pair(he)], "cue": [pair(at(text, "said"))], "speaker": speaker}
        row = {
            "id": "q",
            "text": text,
            "entities": [person | {"name_alt": list(name_alt)}],
            "quotes": [quote],
            "attributions": [said | {"content": [pair(at(text, "“No,”"))], "kind": "direct"}],
        }
        mine = entity("e1", name, "PERSON", shown[0], {**he, "kind": "pronoun"})
        told = attribution(he, at(text, "said"), at(text, "“No,”"), entity="e1")
        record = {
            "entities": [mine],
            "quotes": [{**no, "kind": "direct", "speaker": "e1"}],
            "attributions": [told],
        }
        return values(score_gold.score([row], {"q": record}))

    def test_a_full_name_of_the_article_is_right_for_speakers_and_mentions(self) -> None:
        places = ["quotes/speaker", "attributions/speaker", "entities/pronoun", "entities/he_she"]
        wrong = ["quotes/wrong_person", "attributions/wrong_person", "entities/he_she_wrong"]
        for name, right, somebody_else, canonical in (
            ("John James Conyers Jr.", 100, 0, 100),
            ("John Conyers", 100, 0, 0),
            ("Conyers", 0, 0, 0),
            ("Coniers", 0, 0, 0),  # a misspelling in the text is not somebody else
            ("Ann Lee", 0, 100, 0),
        ):
            sheet = self.quoted(name)
            assert {sheet[place] for place in places} == {right}
            assert {sheet[place] for place in wrong} == {somebody_else}
            assert sheet["entities/canonical"] == canonical

    def test_other_names_and_speakers_of_the_gold(self) -> None:
        sheet = self.quoted("Honest John", name_alt=("Honest John",))
        assert (sheet["quotes/speaker"], sheet["entities/canonical"]) == (100, 100)
        sheet = self.quoted("Ann Lee", speaker_alt=["Ann Lee"])
        assert (sheet["quotes/speaker"], sheet["quotes/wrong_person"]) == (100, 0)
        assert "quotes/speaker" not in self.quoted("Ann Lee", required=False)

    def test_peoples_and_countries(self) -> None:
        text = "Greeks like America."
        greeks, america = at(text, "Greeks"), at(text, "America")
        for label, right in (("NORP", 100), ("ORG", 50)):
            mentions = [[*pair(greeks), "name"]], [[*pair(america), "name"]]
            row = {
                "id": "p",
                "text": text,
                "entities": [
                    {"name": "Greek", "label": label, "mentions": mentions[0]},
                    {"name": "US", "label": "GPE", "mentions": mentions[1]},
                ],
            }
            mine = [entity("e1", "Greeks", "NORP", greeks), entity("e2", "America", "GPE", america)]
            sheet = values(score_gold.score([row], {"p": {"entities": mine}}))
            assert sheet["entities/canonical"] == right

    def test_durations_by_length(self) -> None:
        text = "She ran 2:14:04."
        run = at(text, "2:14:04")
        item = {"span": pair(run), "kind": "duration", "value": "PT8044S"}
        for value, right in (("PT2H14M4S", 100), ("PT2H14M", 0)):
            record = {"times": [{**run, "kind": "duration", "value": value}]}
            sheet = values(
                score_gold.score([{"id": "t", "text": text, "times": [item]}], {"t": record})
            )
            assert sheet["times/value"] == right

    def test_the_holder_of_an_age(self) -> None:
        text = "A nine-year-old boy met five-year plans."
        span, boy = at(text, "nine-year-old"), at(text, "boy")
        five, plans = at(text, "five-year"), at(text, "plans")
        row = {
            "id": "f",
            "text": text,
            "figures": [
                {"span": pair(span), "kind": "age", "value": "9", "measures": {"span": pair(boy)}},
                {
                    "span": pair(five),
                    "kind": "duration",
                    "value": "5",
                    "measures": {"span": pair(plans)},
                },
            ],
        }
        holder = {"holder_text": at(text, "A nine-year-old boy")}
        for more, kind, right in (
            (holder, "age", 50),
            (holder, "count", 0),
            ({"holder": "e1"}, "age", 50),
            ({"measures": boy}, "age", 50),
            ({}, "age", 0),
        ):
            mine = [
                figure(span, kind, "9", "a", **more),
                figure(five, "duration", "5", "a", holder_text=plans),
            ]
            named = entity("e1", "Bo", "PERSON", {**at(text, "A nine-year-old boy")})
            record = {"figures": mine, "entities": [named]}
            sheet = values(score_gold.score([row], {"f": record}))
            assert sheet["figures/measures"] == right

    def test_the_holder_of_a_figure(self) -> None:
        text = "Acme sold 5 mills and 7 boats; 9 people left."
        spans = [at(text, number) for number in "579"]
        row = {
            "id": "f",
            "text": text,
            "entities": [{"name": "Acme", "label": "ORG", "mentions": [[0, 4, "name"]]}],
            "figures": [
                {"span": pair(span), "kind": "count", "value": text[span["start"]], **more}
                for span, more in zip(spans, [{"holder": "Acme"}] * 2 + [{}], strict=True)
            ],
        }
        mine = [
            figure(span, "count", text[span["start"]], "a", holder=holder)
            for span, holder in zip(spans, ("e1", None, "e1"), strict=True)
        ]
        record = {"figures": mine, "entities": [entity("e1", "Acme", "ORG", at(text, "Acme"))]}
        sheet = values(score_gold.score([row], {"f": record}))
        assert sheet["figures/holder"] == sheet["figures/holder_precision"] == 50

    def test_pairs_prefer_the_same_cue(self) -> None:
        text = "Day, they said, desired no memorials."
        day, they, rest = at(text, "Day"), at(text, "they"), at(text, "desired no memorials")
        gold = [
            {"source": [pair(day)], "cue": [pair(at(text, "desired"))], "speaker": "Day"},
            {"source": [pair(they)], "cue": [pair(at(text, "said"))], "speaker": "Fund"},
        ]
        gold[0] |= {"content": [pair(at(text, "no memorials"))], "any_source": True}
        gold[1]["content"] = [pair(day), pair(rest)]
        row = {"id": "c", "text": text, "names": ["Day", "Fund"], "attributions": gold}
        said = attribution(they, at(text, "said"), at(text, "no memorials"), entity="e1")
        record = {"entities": [entity("e1", "Fund", "ORG")], "attributions": [said]}
        sheet = values(score_gold.score([row], {"c": record}))
        assert sheet["attributions/speaker"] == 50

    def test_it_and_there_are_no_sources(self) -> None:
        text = "It is understood that he left."
        cue, content = at(text, "is understood"), at(text, "that he left")
        item = {"source": [], "cue": [pair(cue)], "content": [pair(content)], "kind": "indirect"}
        row = {"id": "i", "text": text, "attributions": [item]}
        firm = entity("e1", "Acme", "ORG")
        for source, key, right in (
            (None, None, 100),
            (at(text, "It"), None, 100),
            (at(text, "It"), "e1", 0),
            (at(text, "he"), None, 0),
        ):
            mine = attribution(source, cue, content, entity=key)
            record = {"entities": [firm], "attributions": [mine]}
            sheet = values(score_gold.score([row], {"i": record}))
            assert sheet["attributions/attr@0.5"] == right
