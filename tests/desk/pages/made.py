"""Records of invented articles, built by hand: the page is tested without any model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.records.corrections import with_speakers
from pipeline.records.labels import UNNAMED
from pipeline.records.schema import (
    SCHEMA_VERSION,
    ArticleRecord,
    Attribution,
    AttributionSource,
    Content,
    Cue,
    Entity,
    Figure,
    Marks,
    Mention,
    ModelVersion,
    Provenance,
    Quote,
    Range,
    Source,
    Span,
    Time,
    Warning,
    text_sha256,
)

HARBOUR = (
    "Harbour wall to cost more\n\n"
    "Mayor Ann Lee said on Monday that the wall would cost $12 million. "
    "“We will build it,” she said, “whatever it takes.” "
    "Officials warned that Bo Kim had told them it “may fail”.\n\n"
    "Costs rose 5% in 2024, the mayor conceded. They had asked for 300 stones."
)
HACK = "<script>window.hacked=1</script>"
HOSTILE = (
    f"{HACK} said “</script><img src=x onerror=window.hacked=1>\u202e gnirts”. "
    "Then <b>bold</b> &amp; <!-- more --> {{it}} rose 5%."
)


def span(text: str, words: str, nth: int = 0) -> Span:
    """Return the ``nth`` span of words in a text."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return Span(start=start, end=start + len(words), text=words)


def mention(text: str, words: str, kind: Any = "name", nth: int = 0) -> Mention:
    return Mention(**span(text, words, nth).model_dump(), kind=kind)


def entity(id: str, name: str, mentions: Iterable[Mention], label: Any = "PERSON") -> Entity:
    return Entity(
        id=id, name=name, label=label, mentions=tuple(mentions), descriptions=(), identifiers={}
    )


def quote(id: str, text: str, words: str, **given: Any) -> Quote:
    """Return a quote of words in curly quotation marks."""
    inner = span(text, f"“{words}”")
    start, end = inner.start + 1, inner.end - 1
    return Quote(
        id=id,
        start=start,
        end=end,
        text=words,
        marks=Marks(
            open=Span(start=start - 1, end=start, text="“"),
            close=Span(start=end, end=end + 1, text="”"),
        ),
        **{"kind": "direct", "speech": True, "continues": None, "speaker": None}
        | {"attribution": None}
        | given,
    )


def statement(
    id: str, source: Iterable[Span], cue: Iterable[Span], content: Iterable[Span], **given: Any
) -> Attribution:
    """Return an attribution; some of the fields belong to its source and its cue."""
    form = given.pop("form", "name")
    whose = given.pop("entity", None)
    kind = given.pop("source_kind", "person" if whose else "unknown")
    lemma = given.pop("lemma", "say")
    told = tuple(source)
    return Attribution(
        id=id,
        source=AttributionSource(
            spans=told, form=form, entity=whose, anonymous=kind in UNNAMED, kind=kind
        )
        if told
        else None,
        cue=Cue(spans=tuple(cue), lemma=lemma, type="say", negated=False),
        content=Content(spans=tuple(content)),
        **{"kind": "indirect", "quotes": (), "figures": (), "parent": None, "confidence": 0.9}
        | given,
    )


def told(one: Any, who: Iterable[str], confidence: float | None) -> Any:
    """Return a quote or a statement with speakers and their confidence."""
    made: Any = with_speakers(one, tuple(who))
    if isinstance(made, Quote):
        return made.model_copy(update={"speaker_confidence": confidence})
    sure = made.source.model_copy(update={"entity_confidence": confidence})
    return made.model_copy(update={"source": sure})


def together() -> ArticleRecord:
    """Return the harbour article with two speakers of one statement and all confidences."""
    made = harbour()
    both, lee, kim = ("e1", "e2"), ("e1",), ("e2",)
    sure = {"a1": (lee, 0.97), "a2": (both, 0.64), "a4": (kim, 0.55), "a5": (lee, 0.83)}
    said = {"q1": (both, 0.64), "q2": (both, 0.64), "q3": (kim, 0.55)}
    first, *others = made.entities
    mentions = tuple(
        one.model_copy(update={"confidence": 0.91 if one.kind == "pronoun" else None})
        for one in first.mentions
    )
    return made.model_copy(
        update={
            "id": "together",
            "entities": (first.model_copy(update={"mentions": mentions}), *others),
            "quotes": tuple(told(one, *said[one.id]) for one in made.quotes),
            "attributions": tuple(
                told(one, *sure[one.id]) if one.id in sure else one for one in made.attributions
            ),
        }
    )


def figure(id: str, where: Span, **given: Any) -> Figure:
    names = Figure.model_fields.keys() - {"id", "start", "end", "text"}
    empty: dict[str, Any] = dict.fromkeys(names)
    return Figure(
        **empty
        | {"id": id, **where.model_dump(), "kind": "count", "unit_assumed": False, "vague": False}
        | given
    )


def record(text: str, id: str = "r", **layers: Any) -> ArticleRecord:
    """Return a record of a text; layers and ``source`` fields are empty by default."""
    known = {"uri", "title", "byline", "publisher", "published", "language"}
    source: dict[str, Any] = {name: layers.pop(name, None) for name in known}
    empty: dict[str, Any] = dict.fromkeys(
        ("entities", "quotes", "figures", "times", "attributions", "warnings"), ()
    )
    return ArticleRecord(
        schema_version=SCHEMA_VERSION,
        id=id,
        source=Source(**source, sha256=text_sha256(text), meta={}),
        text=text,
        **empty | {"provenance": None} | layers,
    )


def harbour(id: str = "harbour", published: str = "2025-03-04", title: str | None = None) -> Any:
    """Return an article with every layer, nested and discontinuous statements, and doubts."""
    text = HARBOUR

    def at(words: str, nth: int = 0) -> Span:
        return span(text, words, nth)

    return record(
        text,
        id,
        title=title or "Harbour wall to cost more",
        published=published,
        publisher="The Tide",
        uri="https://tide.example/wall",
        entities=(
            entity(
                "e1",
                "Ann Lee",
                [
                    mention(text, "Mayor Ann Lee"),
                    mention(text, "she", "pronoun"),
                    mention(text, "the mayor", "nominal"),
                ],
            ),
            entity("e2", "Bo Kim", [mention(text, "Bo Kim")]),
        ),
        quotes=(
            quote("q1", text, "We will build it,", speaker="e1", attribution="a2"),
            quote("q2", text, "whatever it takes.", speaker="e1", attribution="a2", continues="q1"),
            quote("q3", text, "may fail", speaker="e2", attribution="a4", kind="mixed"),
        ),
        figures=(
            figure(
                "f1",
                at("$12 million"),
                kind="money",
                value="12000000",
                unit="USD",
                unit_assumed=True,
                unit_text="$",
                measures=at("wall", 1),
                attribution="a1",
            ),
            figure(
                "f2",
                at("5%"),
                kind="percent",
                value="5",
                unit="%",
                unit_text="%",
                measures=at("Costs"),
                change="increase",
                change_role="delta",
                time="t2",
                attribution="a5",
            ),
            figure("f3", at("300"), value="300", measures=at("stones"), attribution="a6"),
        ),
        times=(
            Time(id="t1", **at("Monday").model_dump(), kind="date", value=None, relative=True),
            Time(
                id="t2",
                **at("2024").model_dump(),
                kind="date",
                value="2024",
                relative=False,
                range=Range(start="2024-01-01", end="2025-01-01"),
            ),
        ),
        attributions=(
            statement(
                "a1",
                [at("Mayor Ann Lee")],
                [at("said")],
                [at("that the wall would cost $12 million")],
                entity="e1",
                figures=("f1",),
            ),
            statement(
                "a2",
                [at("she")],
                [at("said", 1)],
                [at("“We will build it,”"), at("“whatever it takes.”")],
                kind="direct",
                entity="e1",
                form="pronoun",
                quotes=("q1", "q2"),
                confidence=0.99,
            ),
            statement(
                "a3",
                [at("Officials")],
                [at("warned")],
                [at("that Bo Kim had told them it “may fail”")],
                source_kind="unnamed_group",
                form="nominal",
                lemma="warn",
                confidence=0.7,
            ),
            statement(
                "a4",
                [at("Bo Kim")],
                [at("had told")],
                [at("it “may fail”")],
                kind="mixed",
                entity="e2",
                quotes=("q3",),
                parent="a3",
                lemma="tell",
                confidence=0.6,
            ),
            statement(
                "a5",
                [at("the mayor")],
                [at("conceded")],
                [at("Costs rose 5% in 2024")],
                entity="e1",
                form="nominal",
                figures=("f2",),
                lemma="concede",
                confidence=None,
            ),
            statement(
                "a6",
                [at("They")],
                [at("had asked")],
                [at("for 300 stones")],
                form="pronoun",
                figures=("f3",),
                lemma="ask",
                confidence=0.3,
            ),
        ),
        warnings=(
            Warning(code="W298", message="nothing is sure", start=None, end=None),
            Warning(code="W299", message="odd stones", start=len(text) - 7, end=len(text) - 1),
        ),
        provenance=Provenance(
            pipeline="0.1.0",
            settings="sha256:" + "0" * 64,
            models=(ModelVersion(name="invented", version="1.0", sha256="0" * 64),),
        ),
    )


def hostile() -> Any:
    """Return an article that tries to run a script from each field of a record."""
    text = HOSTILE
    return record(
        text,
        f"../{HACK}",
        title=f"</title>{HACK}\u202edne",
        uri="javascript:window.hacked=1",
        publisher=HACK,
        byline=f'"><img src=x onerror=window.hacked=1>{HACK}',
        published="2025-03-04",
        entities=(entity("e1", HACK, [mention(text, HACK)], label="ORG"),),
        quotes=(
            quote(
                "q1",
                text,
                "</script><img src=x onerror=window.hacked=1>\u202e gnirts",
                speaker="e1",
                attribution="a1",
            ),
        ),
        figures=(
            figure(
                "f1",
                span(text, "5%"),
                kind="percent",
                value="5",
                unit="<svg onload=window.hacked=1>",
                measures=span(text, "<b>bold</b>"),
            ),
        ),
        attributions=(
            statement(
                "a1",
                [span(text, HACK)],
                [span(text, "said")],
                [span(text, text[text.index("“") : text.index("”") + 1])],
                entity="e1",
                kind="direct",
                quotes=("q1",),
                lemma=HACK,
            ),
        ),
        warnings=(
            Warning(code="W201", message=HACK, start=0, end=3),
            Warning(code="W202", message="</script>", start=None, end=None),
        ),
    )
