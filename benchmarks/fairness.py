"""Measure whether quality hangs on how a source is named, and on whether it is a man or a woman.

    python benchmarks/fairness.py                                        # the shipped articles
    python benchmarks/fairness.py --gold FILE.jsonl --labels LABELS.jsonl

**By form**: recall of the annotators' attributions by what the head of their source is (a name, a
pronoun, a noun, or no source), and precision of ours by ``source.form``; contents overlap by three
tenths and sources touch, as in ``pipeline evaluate attributions``.

**By gender**: each article is copied twice, with the same new surnames and with first names of the
same gender or of the other, and in the second copy "he" is "she", "Mr." is "Ms.", "his wife" is
"her husband", and so on. So each statement of a person is once a man's and once a woman's, and
nothing else differs. Counted are those of persons whose gender the article's pronouns tell, or the
first name:

found      an attribution of ours has a source that touches
speaker    and is of the right person
resolved   the mention at the source is of the right person, attributions aside
pronoun    a marked he, she, his, her ... is of the right person (where mentions are marked)

``--labels`` are rows of ``article``, ``source_span``, ``source_text``, ``kind``, ``canonical`` and
``canonical_span``; articles of a folder of ``.json`` have their entities and speakers with them.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import annotated
import genders
from robustness import Copy
from spacy.language import Language
from spacy.tokens import Doc

import pipeline
from pipeline.input.article import Article
from pipeline.names.lists import Gender, gender_of
from pipeline.names.persons import parse_person
from pipeline.outcomes import Failure
from pipeline.records.schema import ArticleRecord, Span
from pipeline.text.spans import CharSpan
from pipeline.training.attributed import (
    AnnotatedArticle,
    AnnotatedAttribution,
    GoldArticle,
    matching,
)

GOLD = Path(__file__).resolve().parent.parent / "seeds" / "gold"
FORMS = ("name", "pronoun", "nominal", "none")
PRONOUNS: dict[str, Gender] = {
    **dict.fromkeys(("he", "him", "his", "himself"), "m"),
    **dict.fromkeys(("she", "her", "hers", "herself"), "f"),
}
METRICS = ("found", "speaker", "resolved", "pronoun")


class Person(NamedTuple):
    """Candidates for sources: the place of the name, and the gender."""

    gender: Gender
    names: tuple[CharSpan, ...]


class Case(NamedTuple):
    """One article with its persons: whose each source and each pronoun is."""

    sources: list[tuple[CharSpan, Person]]
    pronouns: list[tuple[CharSpan, Person]]


Tally = dict[tuple[str, Gender], list[int]]
"""Right ones and all, by metric and gender."""


def form_of(doc: Doc, spans: Sequence[CharSpan]) -> str:
    """Return what an annotated source is, by the tag of its head."""
    span = doc.char_span(*spans[0], alignment_mode="expand") if spans else None
    if span is None:
        return "none"
    tag = span.root.tag_
    return "pronoun" if tag in ("PRP", "WP") else "name" if tag.startswith("NNP") else "nominal"


class ByForm:
    """Recall by the form of the annotators' source, precision by that of ours."""

    def __init__(self) -> None:
        self.marked: Counter[str] = Counter()
        self.recalled: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.right: Counter[str] = Counter()

    def add(self, article: AnnotatedArticle, doc: Doc, record: ArticleRecord) -> None:
        reference = GoldArticle(article)
        ours, forms = [], []
        for one in record.attributions:
            source, content, cue = (
                places(part.spans) if part else () for part in (one.source, one.content, one.cue)
            )
            tokens = reference.tokens(AnnotatedAttribution(source, content, cue))
            if tokens is not None:
                ours.append(tokens)
                forms.append(one.source.form if one.source else "none")
        marked = [
            (tokens, form_of(doc, one.source))
            for one in article.attributions
            if one.required and (tokens := reference.tokens(one)) is not None
        ]
        self.marked.update(form for _, form in marked)
        self.recalled.update(marked[at][1] for at in matching([one for one, _ in marked], ours))
        for form, right in zip(forms, reference.judge(ours), strict=True):
            if right is not None:
                self.found[form] += 1
                self.right[form] += right

    def lines(self) -> Iterator[str]:
        yield f"{'source':10} {'recall':>8} {'of':>6} {'precision':>10} {'of':>6}"
        for form in FORMS:
            recall = share(self.recalled[form], self.marked[form])
            precision = share(self.right[form], self.found[form])
            yield (
                f"{form:10} {recall:>8} {self.marked[form]:>6} {precision:>10} "
                f"{self.found[form]:>6}"
            )


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "n/a"


def places(spans: Iterable[Span]) -> tuple[CharSpan, ...]:
    return tuple((span.start, span.end) for span in spans)


def gender_by(name: str, pronouns: Iterable[str]) -> Gender | None:
    """Return the gender that the article's pronouns tell, else the first name.

    >>> gender_by("Ann Lee", []), gender_by("Ann Lee", ["he"]), gender_by("Lee", [])
    ('f', 'm', None)
    """
    told = Counter(PRONOUNS[word.lower()] for word in pronouns if word.lower() in PRONOUNS)
    if told:
        return told.most_common(1)[0][0]
    return gender_of(parse_person(name.split()).first)


def case_of_gold(row: Mapping[str, Any]) -> Case:
    """Return the persons of an article whose entities and speakers are marked."""
    text, persons = row["text"], {}
    pronouns: list[tuple[CharSpan, Person]] = []
    for entity in row["entities"]:
        spans = defaultdict(list)
        for start, end, kind in entity["mentions"]:
            spans[kind].append((start, end))
        said = [span for span in spans["pronoun"] if text[slice(*span)].lower() in PRONOUNS]
        gender = gender_by(entity["name"], (text[slice(*span)] for span in said))
        if entity["label"] == "PERSON" and gender and spans["name"]:
            persons[entity["name"]] = person = Person(gender, tuple(spans["name"]))
            pronouns += [(span, person) for span in said]
    sources = [
        (tuple(one["source"][0]), persons[one["speaker"]])
        for one in row["attributions"]
        if one["speaker"] in persons and one["source"] and one.get("required", True)
    ]
    return Case(sources, pronouns)


def cases_of_labels(labels: Iterable[Mapping[str, Any]]) -> dict[str, Case]:
    """Return the persons of each article whose sources are labelled."""
    rows: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for label in labels:
        if label["kind"] == "person":
            rows[label["article"], label["canonical"]].append(label)
    cases: dict[str, Case] = defaultdict(lambda: Case([], []))
    for (article, name), those in rows.items():
        gender = gender_by(name, (one["source_text"] for one in those))
        if gender:
            person = Person(gender, tuple({tuple(one["canonical_span"]) for one in those}))
            cases[article].sources.extend((tuple(one["source_span"]), person) for one in those)
    return dict(cases)


def meet(one: CharSpan, other: CharSpan) -> int:
    """Return how many code points two spans share."""
    return min(one[1], other[1]) - max(one[0], other[0])


def judge(case: Case, record: ArticleRecord, copy: Copy, *, swapped: bool) -> Tally:
    """Return what is right in the record of a copy."""
    tally: Tally = defaultdict(lambda: [0, 0])
    sources = {
        span: one.source.entities
        for one in record.attributions
        if one.source
        for span in places(one.source.spans)
    }
    mentions = {
        (one.start, one.end): (entity.id,) for entity in record.entities for one in entity.mentions
    }
    names = {
        entity.id: places(one for one in entity.mentions if one.kind == "name")
        for entity in record.entities
    }

    def right(entities: Iterable[str], person: Person) -> bool:
        """Tell whether one of our entities is named where the person is."""
        wanted = [copy.span(span) for span in person.names]
        named = [span for entity in entities for span in names[entity]]
        return any(meet(a, b) > 0 for a in named for b in wanted)

    def note(metric: str, person: Person, good: bool) -> None:
        gender = genders.OTHER[person.gender] if swapped else person.gender
        tally[metric, gender][0] += good
        tally[metric, gender][1] += 1

    for old, person in case.sources:
        at = copy.span(old)
        source = nearest(at, sources)
        note("found", person, source is not None)
        note("speaker", person, source is not None and right(sources[source], person))
        mention = nearest(at, mentions)
        note("resolved", person, mention is not None and right(mentions[mention], person))
    for old, person in case.pronouns:
        note("pronoun", person, right(mentions.get(copy.span(old), ()), person))
    return tally


def nearest(at: CharSpan, spans: Iterable[CharSpan]) -> CharSpan | None:
    """Return the span that shares most with a place, the last one of several."""
    best = max(spans, key=lambda span: (meet(at, span), span[1]), default=None)
    return best if best and meet(at, best) > 0 else None


def copies(record: ArticleRecord, doc: Doc, seed: int) -> Iterator[tuple[bool, Copy]]:
    """Yield the copy with persons of the same gender, and the one with the other."""
    new = genders.names(record, seed)
    for swapped, by in ((False, new.same), (True, new.other)):
        edits = genders.edits(doc, record, by, swapped=swapped)
        yield swapped, Copy(record.text, edits)


def extracted(nlp: Language, text: str, like: AnnotatedArticle) -> ArticleRecord:
    """Return the record of a text that replaces an article's."""
    article = Article(text=text, where=like.id, id=like.id, published=like.published)
    outcome = next(pipeline.extract_many([article], nlp=nlp))
    if isinstance(outcome, Failure):
        raise outcome.error()
    return outcome


def difference(tally: Tally) -> Iterator[str]:
    yield f"{'':10} {'men':>8} {'women':>8} {'difference':>11} {'of':>6}"
    for metric in METRICS:
        (men, every), (women, _) = tally[metric, "m"], tally[metric, "f"]
        if every:
            change = f"{100 * (women - men) / every:+.1f}"
            both = f"{share(men, every):>8} {share(women, every):>8}"
            yield f"{metric:10} {both} {change:>11} {every:>6}"


def cases_beside(paths: Iterable[Path]) -> dict[str, Case]:
    """Return the cases that annotated articles have with them."""
    files = [file for path in paths if path.is_dir() for file in sorted(path.glob("*.json"))]
    rows = [json.loads(file.read_text("utf-8")) for file in files]
    return {row["id"]: case_of_gold(row) for row in rows}


def main() -> None:
    parser = annotated.parser(__doc__.splitlines()[0], GOLD)
    parser.add_argument("--labels", type=Path, help="who the sources of the articles are, JSONL")
    parser.add_argument("--seed", type=int, default=1, help="draw other names")
    args = parser.parse_args()
    settings = annotated.settings_of(args)
    nlp = pipeline.load(settings.model, profile=settings.profile)
    if args.labels:
        labels = args.labels.read_text("utf-8").splitlines()
        cases = cases_of_labels(json.loads(line) for line in labels)
    else:
        cases = cases_beside(args.gold)
    forms, tally = ByForm(), defaultdict(lambda: [0, 0])
    articles = annotated.read(args.gold)
    for article in articles:
        doc, record = nlp(article.text), extracted(nlp, article.text, article)
        forms.add(article, doc, record)
        if article.id in cases:
            for swapped, copy in copies(record, doc, args.seed):
                made = extracted(nlp, copy.text, article)
                judged = judge(cases[article.id], made, copy, swapped=swapped)
                for key, (right, every) in judged.items():
                    tally[key][0] += right
                    tally[key][1] += every
    print(f"{len(articles)} articles, attributions by the form of their source, percent")
    print("\n".join(forms.lines()))
    print(f"\n{len(cases)} articles, the same persons as men and as women, percent")
    print("\n".join(difference(tally)))


if __name__ == "__main__":
    main()
