"""Measure how far to trust who is who: calibration, and accuracy by gender and region of names.

    pipeline extract GOLD.jsonl -o RECORDS.jsonl
    python benchmarks/identity.py GOLD.jsonl RECORDS.jsonl

**Calibration.** ``quotes[].speaker_confidence``, ``attributions[].source.entity_confidence`` and
``mentions[].confidence`` are each put into ten bins; the expected calibration error (ECE) is the
mean distance between confidence and share of right ones, weighted by size. An entity of ours is the
annotators' entity that most of its names are. A speaker is judged where the annotators marked the
quotation as speech, a source where it touches one of theirs, a mention where it ends with one of
theirs; without a confidence nothing is judged.

**Accuracy** of the annotators' persons: ``name``, their names that are found as a person's;
``pronoun``, their he, she, his, her ... that are put to them; ``speaker``, their quotations that
are given to them. By gender, which pronouns or the first name tell, and by the region that the name
points to: ``REGIONS`` lists frequent names and endings (of general knowledge, without a source that
could have a licence). A region says where a name is frequent, and nothing of the person.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from calibration import lines
from fairness import PRONOUNS, gender_by, nearest, share

from pipeline.names.lists import gender_of
from pipeline.names.persons import parse_person
from pipeline.text.spans import CharSpan
from pipeline.training.evaluation import Verdict, bins, calibration_error

Row = Mapping[str, Any]
FIELDS = ("speaker_confidence", "entity_confidence", "mention confidence")
METRICS = ("name", "pronoun", "speaker")
GENDERS = {"m": "he", "f": "she", None: "unknown"}
REGIONS = {
    "Chinese": r"(wang|zhang|liu|chen|yang|huang|zhao|wu|zhou|xu|sun|zhu|gao|lin|guo|luo|liang|song"
    r"|zheng|xie|tang|deng|feng|cao|peng|zeng|xiao|tian|dong|pan|cai|jiang|wei|xi|li|hu|ma|hua"
    r"|cheung|chan|wong|leung|tsang|tsai|hsu|chow|kwok)",
    "Arabic": r"((al|el)[-’']\w+|al|bin|ibn|abu|abdul?\w*)|(moham+[ae]d|muham+[ae]d|ahmed"
    r"|ahmad|hassan|hussein|mahmoud|mustafa|khaled|khalid|omar|youss?ef|ibrahim|saleh|nasser|faisal|tariq|hamad"
    r"|salman|bashar|haider|rashid|saeed|karim|fatima|aisha|layla|leila|zeinab|mansour|abbas)",
    "South Asian": r"(singh|kumar|sharma|patel|gupta|khan|modi|gandhi|reddy|rao|nair|iyer|das|bose"
    r"|chatterjee|banerjee|mukherjee|chowdhury|rahman|hossain|begum|hasina|imran|nawaz|sharif"
    r"|bhutto|perera|fernando|rajapaksa|silva|thapa|shrestha|mishra|joshi|verma|yadav|malik|qureshi|iqbal)",
    "African": r"(okafor|okonjo|okoro|adeyemi|adebayo|abiola|obasanjo|buhari|tinubu|balogun|eze"
    r"|nwosu|chukwu\w*|mensah|owusu|boateng|asante|appiah|kamau|kenyatta|odinga|ruto|otieno|wanjiru|mwangi"
    r"|mandela|zuma|ramaphosa|nkosi|dlamini|khumalo|ndlovu|mbeki|malema|mugabe|mnangagwa"
    r"|tsvangirai|museveni|kagame|kabila|tshisekedi|diallo|traor[eé]|keita|coulibaly|diop|ndiaye|sow|tutu)",
    "Slavic": r"\w{2,}(ov|ova|ev|eva|sky|skyi?y?|ski|ska|enko|chuk|wicz|vich|vi[cć]|i[cć]|yuk|czyk"
    r"|[kc]zak|in[ae]?v)|(putin|medvedev|lavrov|duda|tusk|zelensk\w+|vladimir|volodymyr|sergei|dmitry)",
    "Hispanic": r"\w{3,}ez|(garcia|garcía|silvas?|torres|flores|rivera|morales|ortiz|castro|santos"
    r"|vargas|mendoza|rojas|castillo|reyes|guzm[aá]n|medina|herrera|aguilar|vega|cruz|moreno|romero"
    r"|maduro|guaid[oó]|macri|kirchner|bolsonaro|jos[eé]|juan|carlos|luis|miguel|jorge|javier|diego)",
}
"""Names of a region as patterns of whole words in lower case; the first region with a match is told
unless another has more words."""
PATTERNS = {region: re.compile(pattern) for region, pattern in REGIONS.items()}
OTHERS = ("Western", "unknown")


def region_of(name: str) -> str:
    """Return the region where a name's words are frequent.

    Western is who has none of the words listed and an English, French, German ... first name.

    >>> region_of("Zhang Wei"), region_of("Ann Lee"), region_of("Olena Shevchenko")
    ('Chinese', 'Western', 'Slavic')
    """
    words = name.lower().split()
    if len(words) < 2:
        return "unknown"
    hits = {one: sum(map(bool, map(each.fullmatch, words))) for one, each in PATTERNS.items()}
    best = max(hits, key=lambda region: hits[region])
    if hits[best]:
        return best
    return "Western" if gender_of(parse_person(name.split()).first) else "unknown"


class Article:
    """An annotated article with its record."""

    def __init__(self, gold: Row, record: Row) -> None:
        self.gold, self.record = gold, record
        self.marked: dict[CharSpan, str] = {
            (start, end): entity["name"]
            for entity in gold["entities"]
            for start, end, _ in entity["mentions"]
        }
        self._ends = {end: name for (_, end), name in self.marked.items()}
        self.owners = {entity["id"]: self._owner(entity) for entity in record["entities"]}

    def at(self, mention: Row) -> str | None:
        """Return the annotators' entity of a mention: the one that ends where it does."""
        return self._ends.get(mention["end"])

    def _owner(self, entity: Row) -> str | None:
        names = [self.at(one) for one in entity["mentions"] if one["kind"] == "name"]
        counted = Counter(one for one in names if one is not None)
        return counted.most_common(1)[0][0] if counted else None


def verdicts(article: Article) -> Iterator[tuple[str, Verdict]]:
    """Yield what is said with a confidence, by its field, and whether it is right."""
    gold, record = article.gold, article.record
    quotes = {tuple(one["span"]): one for one in gold["quotes"] if one["speech"]}
    for one in record["quotes"]:
        place = nearest((one["start"], one["end"]), quotes)
        if place and one["speaker"] and one.get("speaker_confidence") is not None:
            right = article.owners[one["speaker"]] in speakers(quotes[place])
            yield FIELDS[0], Verdict(one["speaker_confidence"], right)
    sources = {tuple(span): one for one in gold["attributions"] for span in one["source"] or ()}
    for one in record["attributions"]:
        source = one["source"]
        if not source or not source["entity"] or source.get("entity_confidence") is None:
            continue
        spans = ((span["start"], span["end"]) for span in source["spans"])
        place = next(filter(None, (nearest(span, sources) for span in spans)), None)
        if place:
            right = article.owners[source["entity"]] in speakers(sources[place])
            yield FIELDS[1], Verdict(source["entity_confidence"], right)
    for entity in record["entities"]:
        for one in entity["mentions"]:
            if one.get("confidence") is not None and (wanted := article.at(one)) is not None:
                right = article.owners[entity["id"]] == wanted
                yield FIELDS[2], Verdict(one["confidence"], right)


def speakers(one: Row) -> list[str]:
    """Return the names of whom the annotators say that it is by."""
    named = one["speaker"]
    return [named] if isinstance(named, str) else list(named or ())


class Answer(NamedTuple):
    """Whether something of a person is right."""

    metric: str
    gender: str
    region: str
    right: bool


def answers(article: Article) -> Iterator[Answer]:
    """Yield each name, pronoun and quotation of the annotators' persons."""
    gold, record = article.gold, article.record
    ours = {one["end"]: entity for entity in record["entities"] for one in entity["mentions"]}
    said = [(one["start"], one["end"], one["speaker"]) for one in record["quotes"]]
    by_place = {(start, end): speaker for start, end, speaker in said}
    for entity in gold["entities"]:
        if entity["label"] != "PERSON":
            continue
        name, text = entity["name"], gold["text"]
        words = [text[start:end].lower() for start, end, kind in entity["mentions"]]
        gender = GENDERS[gender_by(name, words)]
        region = region_of(name)
        for (_, end, kind), word in zip(entity["mentions"], words, strict=True):
            found = ours.get(end)
            if kind == "name":
                right = found is not None and found["label"] == "PERSON"
                yield Answer("name", gender, region, right)
            elif kind == "pronoun" and word in PRONOUNS:
                right = found is not None and article.owners[found["id"]] == name
                yield Answer("pronoun", gender, region, right)
        for quote in gold["quotes"]:
            if quote["speech"] and quote.get("required", True) and speakers(quote) == [name]:
                place = nearest(tuple(quote["span"]), by_place)
                right = place is not None and article.owners.get(by_place[place]) == name
                yield Answer("speaker", gender, region, right)


def table(
    title: str, groups: Iterable[str], of: Mapping[tuple[str, str], list[bool]]
) -> Iterator[str]:
    """Yield a line for each group: the share of each metric that is right, and of how many."""
    yield f"{title:12}" + "".join(f"{metric:>9} {'of':>6}" for metric in METRICS)
    for group in groups:
        cells = (of[metric, group] for metric in METRICS)
        yield f"{group:12}" + "".join(
            f"{share(sum(one), len(one)):>9} {len(one):>6}" for one in cells
        )


def report(articles: Iterable[Article]) -> Iterator[str]:
    """Yield the lines of all tables."""
    judged: dict[str, list[Verdict]] = defaultdict(list)
    by_gender: dict[tuple[str, str], list[bool]] = defaultdict(list)
    by_region: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for article in articles:
        for field, verdict in verdicts(article):
            judged[field].append(verdict)
        for one in answers(article):
            by_gender[one.metric, one.gender].append(one.right)
            by_region[one.metric, one.region].append(one.right)
    for field in FIELDS:
        error = calibration_error(judged[field])
        yield f"{field}: {len(judged[field])} judged"
        if error is not None:
            yield from lines(bins(judged[field]), error)
    yield from table("gender", GENDERS.values(), by_gender)
    yield from table("region", (*REGIONS, *OTHERS), by_region)


def read(gold: Path, records: Path) -> Iterator[Article]:
    """Yield annotated articles with their records; one without a record is an error."""
    rows = (json.loads(line) for line in records.read_text("utf-8").splitlines())
    found = {row["id"]: row for row in rows}
    for line in gold.read_text("utf-8").splitlines():
        row = json.loads(line)
        yield Article(row, found[str(row["id"])])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path, help="annotated articles, JSONL")
    parser.add_argument("records", type=Path, help="their records, JSONL")
    args = parser.parse_args()
    for line in report(read(args.gold, args.records)):
        print(line)


if __name__ == "__main__":
    main()
