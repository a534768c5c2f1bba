"""Scenes in which names, quotations and attributions are given by their words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from spacy.language import Language

from pipeline.document.columns import Columns
from pipeline.document.names import Chain, Reference
from pipeline.model.speakers.scene import SceneAttribution, SceneQuotation, SpeakerScene
from pipeline.text.spans import TokenSpan
from tests.marked import MARKED, before_names

QUOTED = re.compile("[“][^”]*[”]")


def scene_of(
    nlp: Language,
    marked: str,
    *attributions: str,
    beliefs: Mapping[str, Mapping[str, float]] | None = None,
    parents: Sequence[int | None] = (),
    continued: Sequence[int | None] = (),
) -> SpeakerScene:
    """Return the scene of a text with its mentions in brackets.

    "[Ann Lee] left. [she|Ann Lee] joined [ORG:Acme]": a name is a person unless it has a label, and
    another mention is followed by the name. An attribution is "source / cue / content", where
    "said~2" is the second "said" of the text. Words in double quotation marks are quoted by the
    attribution whose content contains them. ``beliefs``: the chains that a word may refer to.
    """
    text = MARKED.sub(r"\2", marked)
    doc = before_names(nlp, text)
    columns = Columns(doc)

    def tokens(start: int, end: int) -> TokenSpan:
        span = doc.char_span(start, end, alignment_mode="expand")
        assert span is not None
        return span.start, span.end

    chains: dict[str, Chain] = {}
    references = []
    for found in MARKED.finditer(marked):
        begin = len(MARKED.sub(r"\2", marked[: found.start()]))
        start, end = tokens(begin, begin + len(found[2]))
        name = found[3] or found[2]
        chains.setdefault(name, Chain(found[1] or "PERSON", name))
        kind = "name" if found[3] is None else "nominal" if " " in found[2] else "pronoun"
        head, number = columns.root(start, end), list(chains).index(name)
        sure = None if kind == "name" else 0.5
        references.append(Reference(start, end, head, kind, number, sure))  # type: ignore[arg-type]

    def part(words: str) -> tuple[TokenSpan, ...]:
        words, _, times = words.partition("~")
        at = -1
        for _ in range(int(times or 1)):
            at = text.index(words, at + 1)
        return (tokens(at, at + len(words)),) if words else ()

    sources = []
    for one in attributions:
        source, cue, content = (words.strip() for words in one.split("/"))
        lemma = cue.partition("~")[0].lower()
        sources.append(
            SceneAttribution(part(source), part(cue), part(content), lemma or None, "say")
        )
    quotations = []
    for number, quoted in enumerate(QUOTED.finditer(text)):
        start, end = tokens(quoted.start() + 1, quoted.end() - 1)
        holders = [
            at
            for at, one in enumerate(sources)
            if any(first <= start and end <= last for first, last in one.content)
        ]
        before = continued[number] if continued else None
        parent = parents[number] if parents else None
        held = holders[0] if holders else None
        quotations.append(SceneQuotation(start, end, True, True, held, before, parent))
    numbers = {name: at for at, name in enumerate(chains)}
    believed = {
        part(word)[0][0]: {numbers[name]: share for name, share in shares.items()}
        for word, shares in (beliefs or {}).items()
    }
    return SpeakerScene(
        columns, list(chains.values()), sorted(references), sources, quotations, believed
    )
