"""Features of the candidate speakers of a quotation: one row of numbers per candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log1p

from pipeline.document.columns import VERB_TAGS
from pipeline.model.session import Floats
from pipeline.model.speakers.scene import FIRST_PERSON, SceneQuotation, SpeakerScene, sureness
from pipeline.model.speakers.sources import FAR, KINDS, LABELS, Row, Shares, empty_row, stacked
from pipeline.text.spans import TokenSpan

NEAR = 10
"""Maximum number of references on each side of a quotation that may be its speaker."""
LEAST = 0.03
"""Minimum probability of a source that becomes a candidate."""
CANDIDATES = 16
NONE: Shares = {}
VERB_NEAR = 8
ENDS = frozenset((".", "!", "?", ";", "\n", "\n\n"))
AROUND = ("own", "continued", "parent", "last", "next", "last here", "next here", "last above")
"""Attributions around a quotation, by where they are."""

FEATURES: tuple[str, ...] = (
    *(f"{one} likely" for one in AROUND),
    *(f"{one} there" for one in AROUND),
    *(f"{one} top" for one in AROUND),
    *("last far", "next far", "own source", "own rest"),
    *("opens paragraph", "closes paragraph", "alone", "long", "direct", "colon", "first person"),
    *("behind", "behind never", "same sentence behind", "last sentence behind"),
    *("same paragraph behind", "last paragraph behind", "subject behind", "rank 0", "rank 1"),
    *("rank 2", "quoted behind"),
    *(f"behind {one}" for one in KINDS),
    *(
        "ahead",
        "ahead never",
        "same sentence ahead",
        "same paragraph ahead",
        "next paragraph ahead",
    ),
    *("subject ahead", "first ahead"),
    *("subject here", "named inside", "mentioned inside", "behind sure"),
    *("subject of verb behind", "subject of verb ahead", "inverted", "verb behind", "verb ahead"),
    *(f"label {one}" for one in LABELS),
    *("label other", "often", "speaks often"),
)
INDEX = {name: at for at, name in enumerate(FEATURES)}


class QuoteReader:
    """Rows of features for the candidates of one quotation after another."""

    def __init__(self, scene: SpeakerScene, likely: Mapping[int, Shares]) -> None:
        """``likely``: for each attribution, the probability that each chain is its source."""
        self.scene = scene
        self._likely = likely
        self.hidden: int | None = None
        """An attribution to read the quotation without, as if it were unknown."""
        cues = [self._cue(number) for number in range(len(scene.sources))]
        self.by_cue = sorted((cue, number) for number, cue in enumerate(cues) if cue >= 0)

    def _cue(self, number: int) -> int:
        """Return the place of an attribution whose source is outside quotations."""
        one = self.scene.sources[number]
        ranges = one.cue or one.source
        if not ranges or self.scene.quoted[ranges[0][0]] >= 0 or not self._likely.get(number):
            return -1
        return ranges[0][0]

    def likely(self, number: int) -> Shares:
        """Return the probability that each chain is the source of an attribution."""
        return NONE if number == self.hidden else self._likely.get(number, NONE)

    def around(self, number: int) -> dict[str, int]:
        """Return the attributions around a quotation by where they are."""
        scene, one = self.scene, self.scene.quotations[number]
        paragraphs = scene.columns.paragraphs
        found: dict[str, int] = {}
        own = one.attribution
        if own is not None and own < len(scene.sources) and own != self.hidden:
            found["own"] = own
        for name, other in (("continued", one.continues), ("parent", one.parent)):
            if other is not None and other < len(scene.quotations):
                attribution = scene.quotations[other].attribution
                if attribution is not None and attribution < len(scene.sources):
                    found[name] = attribution
        at = self._first_after(one.start)
        here = paragraphs[min(one.start, len(paragraphs) - 1)]
        if at and self.by_cue[at - 1][1] == self.hidden:
            at -= 1
        if at:
            cue, found["last"] = self.by_cue[at - 1]
            name = "last here" if paragraphs[cue] == here else "last above"
            found[name] = found["last"]
        after = self._first_after(one.end)
        if after < len(self.by_cue) and self.by_cue[after][1] == self.hidden:
            after += 1
        if after < len(self.by_cue):
            cue, found["next"] = self.by_cue[after]
            if paragraphs[cue] == here:
                found["next here"] = found["next"]
        return found

    def _first_after(self, token: int) -> int:
        low, high = 0, len(self.by_cue)
        while low < high:
            middle = (low + high) // 2
            if self.by_cue[middle][0] < token:
                low = middle + 1
            else:
                high = middle
        return low

    def candidates(self, number: int) -> list[int]:
        """Return the chains that may have said a quotation, likeliest first."""
        scene, one = self.scene, self.scene.quotations[number]
        found: dict[int, None] = {}
        for other in self.around(number).values():
            shares = self.likely(other)
            ranked = sorted(shares, key=lambda chain: (-shares[chain], chain))
            found |= dict.fromkeys(c for c in ranked if shares[c] >= LEAST)
        near = [r.chain for r in scene.before(one.start, NEAR)]
        near += [r.chain for r in scene.after(one.end, NEAR // 2)]
        found |= dict.fromkeys(c for c in near if scene.chains[c].label in LABELS)
        return list(found)[:CANDIDATES]

    def rows(self, number: int, candidates: Sequence[int]) -> Floats:
        """Return a row of features for each candidate."""
        if not candidates:
            return stacked([], FEATURES)
        scene, one = self.scene, self.scene.quotations[number]
        around = self.around(number)
        common = empty_row(FEATURES)
        self._of_quotation(common, one, around)
        rows: list[Row] = []
        ranks: dict[int, int] = {}
        for r in scene.before(one.start, 2 * NEAR):
            if r.chain not in ranks and scene.chains[r.chain].label == "PERSON":
                ranks[r.chain] = len(ranks)
        subjects = self._subjects(one)
        verbs = self._verbs(one)
        for chain in candidates:
            rows.append(row := common[:])
            self._of_around(row, chain, around)
            self._of_behind(row, chain, one, ranks)
            self._of_ahead(row, chain, one)
            spoken: list[TokenSpan] = [(one.start, one.end)]
            row[INDEX["subject here"]] = chain in subjects
            self._of_verbs(row, chain, verbs)
            row[INDEX["named inside"]] = scene.named_in(chain, spoken)
            row[INDEX["mentioned inside"]] = scene.mentioned_in(chain, spoken)
            label = scene.chains[chain].label
            row[INDEX[f"label {label if label in LABELS else 'other'}"]] = 1.0
            row[INDEX["often"]] = log1p(len(scene.places.get(chain, ()))) / 3
            row[INDEX["speaks often"]] = log1p(scene.speaking.get(chain, 0)) / 2
        return stacked(rows, FEATURES)

    def _of_quotation(self, row: Row, one: SceneQuotation, around: Mapping[str, int]) -> None:
        columns = self.scene.columns
        for name, other in around.items():
            row[INDEX[f"{name} there"]] = 1.0
            row[INDEX[f"{name} top"]] = max(self.likely(other).values(), default=0.0)
        size = len(columns.words)
        start, end = min(one.start, size - 1), min(max(one.end, one.start + 1), size)
        if "own" in around:
            own = self.scene.sources[around["own"]]
            row[INDEX["own source"]] = bool(own.source)
            rest = sum(self.likely(around["own"]).values())
            row[INDEX["own rest"]] = max(0.0, 1.0 - rest)
        for name in ("last", "next"):
            if name in around:
                cue = self._cue(around[name])
                far = min(abs(cue - (start if name == "last" else end)), FAR)
                row[INDEX[f"{name} far"]] = log1p(far) / 6
        here = columns.paragraphs[start]
        opens = start < 2 or columns.paragraphs[start - 2] != here
        closes = end + 2 >= size or columns.paragraphs[min(end + 2, size - 1)] != here
        row[INDEX["opens paragraph"]] = opens
        row[INDEX["closes paragraph"]] = closes
        row[INDEX["alone"]] = opens and closes
        row[INDEX["long"]] = log1p(end - start) / 5
        row[INDEX["direct"]] = one.direct
        row[INDEX["colon"]] = ":" in columns.words[max(0, start - 3) : start]
        first = not FIRST_PERSON.isdisjoint(columns.lower[start : min(end, start + FAR)])
        row[INDEX["first person"]] = first

    def _subjects(self, one: SceneQuotation) -> set[int]:
        """Return the subjects in the sentences of a quotation, outside the quotation."""
        scene, sentences = self.scene, self.scene.columns.sentences
        size = len(sentences)
        first = sentences[min(one.start, size - 1)]
        last = sentences[min(max(one.end - 1, 0), size - 1)]
        near = [r for r in scene.before(one.start, NEAR) if sentences[r.head] == first]
        near += [r for r in scene.after(one.end, NEAR) if sentences[r.head] == last]
        return {r.chain for r in near if scene.is_subject(r) and scene.quoted[r.head] < 0}

    def _verbs(self, one: SceneQuotation) -> tuple[int | None, int | None]:
        """Return the nearest verbs before and after a quotation."""
        columns = self.scene.columns
        size = len(columns.words)
        before = range(min(one.start, size) - 1, max(-1, one.start - VERB_NEAR), -1)
        after = range(min(one.end, size), min(size, one.end + VERB_NEAR))
        found: list[int | None] = []
        for places in (before, after):
            here = None
            for i in places:
                if columns.words[i] in ENDS:
                    break
                if columns.tags[i] in VERB_TAGS:
                    here = i
                    break
            found.append(here)
        return found[0], found[1]

    def _of_verbs(self, row: Row, chain: int, verbs: tuple[int | None, int | None]) -> None:
        scene = self.scene
        for side, verb in zip(("behind", "ahead"), verbs, strict=True):
            if verb is not None:
                row[INDEX[f"verb {side}"]] = 1.0
                subjects = scene.subjects.get(verb, ())
                row[INDEX[f"subject of verb {side}"]] = any(r.chain == chain for r in subjects)
        if verbs[1] is not None:  # "…” tweeted Mayor of London Ann Lee"
            near = [r for r in scene.after(verbs[1] + 1, 3) if r.start <= verbs[1] + VERB_NEAR]
            row[INDEX["inverted"]] = any(r.chain == chain for r in near)

    def _of_around(self, row: Row, chain: int, around: Mapping[str, int]) -> None:
        for name, other in around.items():
            row[INDEX[f"{name} likely"]] = self.likely(other).get(chain, 0.0)

    def _of_behind(
        self, row: Row, chain: int, one: SceneQuotation, ranks: Mapping[int, int]
    ) -> None:
        scene, columns = self.scene, self.scene.columns
        r = next((r for r in scene.before(one.start, 2 * NEAR) if r.chain == chain), None)
        if r is None:
            row[INDEX["behind never"]] = 1.0
            return
        start = min(one.start, len(columns.words) - 1)
        row[INDEX["behind"]] = log1p(min(start - r.start, FAR)) / 6
        sentences = columns.sentences[start] - columns.sentences[r.start]
        paragraphs = columns.paragraphs[start] - columns.paragraphs[r.start]
        row[INDEX["same sentence behind"]] = sentences == 0
        row[INDEX["last sentence behind"]] = sentences == 1
        row[INDEX["same paragraph behind"]] = paragraphs == 0
        row[INDEX["last paragraph behind"]] = 1 <= paragraphs <= 2
        row[INDEX["subject behind"]] = scene.is_subject(r)
        row[INDEX["quoted behind"]] = scene.quoted[r.head] >= 0
        row[INDEX[f"behind {r.kind}"]] = 1.0
        row[INDEX["behind sure"]] = sureness(r)
        if ranks.get(chain, 3) < 3:
            row[INDEX[f"rank {ranks[chain]}"]] = 1.0

    def _of_ahead(self, row: Row, chain: int, one: SceneQuotation) -> None:
        scene, columns = self.scene, self.scene.columns
        near = scene.after(one.end, NEAR)
        r = next((r for r in near if r.chain == chain), None)
        if r is None:
            row[INDEX["ahead never"]] = 1.0
            return
        end = min(max(one.end - 1, 0), len(columns.words) - 1)
        row[INDEX["ahead"]] = log1p(min(r.start - end, FAR)) / 6
        sentences = columns.sentences[r.start] - columns.sentences[end]
        paragraphs = columns.paragraphs[r.start] - columns.paragraphs[end]
        row[INDEX["same sentence ahead"]] = sentences == 0
        row[INDEX["same paragraph ahead"]] = paragraphs == 0
        row[INDEX["next paragraph ahead"]] = 1 <= paragraphs <= 2
        row[INDEX["subject ahead"]] = scene.is_subject(r)
        row[INDEX["first ahead"]] = near[0].chain == chain
