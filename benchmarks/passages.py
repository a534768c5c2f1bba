"""Make plain news passages in which it is certain who says what, with their annotation.

``dialogues.toml`` has the families of passages, as templates, and the lists of words that fill
them. The annotation is made while a template is written out, in the format of ``seeds/corpus``.

======================  =========================================================================
``(a|b|)``              one of these, at random
``¶``                   a new paragraph; a quotation that is open goes on without a closing mark
``{A}`` ``{A.last}``    a name of the person A; also ``first``, ``mr``, ``LAST``
``{A.the}`` ``{A.a}``   "the judge", "a judge": a noun phrase for A; ``arole`` is the apposition
``{A.he}`` ``{A.who}``  a pronoun
``{A#1}``               the same as source of attribution 1, as is what is in ``<s1>…</>``
``<c1>…</>``            its cue; ``{said1}`` draws one
``<t1A>…</>``           its content, reported words of A; ``<T1A>…</>`` verbatim ones without marks
``«1A …»``              its content, a quotation; ``«~1A …»`` a part of the reporter's sentence
``<nA>…</>``            any other noun phrase for A
``{Say}`` ``{that}``    a statement, a reported clause; ``{Question}``, ``{event}`` …
======================  =========================================================================

A to D and X to Z are people with names, U to W people without, O an organisation, P a place. A
family may state that B is of the other gender (``B!A``) or has the same surname (``B~A``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Literal, NamedTuple

Split = Literal["learn", "more", "score"]
Row = dict[str, Any]
"""An annotated article, as in ``seeds/corpus``."""

DATA = Path(__file__).with_name("dialogues.toml")
CHOICE = re.compile(r"\(([^()]*)\)")
TOKEN = re.compile(
    r"<(?P<region>[sctTn])(?P<numbers>[\d,]*)(?P<who>[A-Z]*)>|(?P<end></>)"
    r"|«(?P<mixed>~?)(?P<number>\d)(?P<speakers>[A-Z]+) |(?P<close>»)|(?P<paragraph>\s*¶\s*)"
    r"|\{(?P<slot>[^}]*)\}|(?P<text>[^<«»¶{]+)"
)
SPEAKING = re.compile(r"\b(?:I|[Mm]e|[Mm]y|[Mm]ine|[Mm]yself)\b")
CUE = re.compile(r"(said|replied|added|asked|claimed)(\d)")
PRONOUNS = {
    "m": {"he": "he", "him": "him", "his": "his", "himself": "himself"},
    "f": {"he": "she", "him": "her", "his": "her", "himself": "herself"},
    "it": {"it": "it", "its": "its", "which": "which"},
}
ANY = {one: one for one in ("who", "whom", "whose", "you", "your")}
GROUPS = 10
"""Of families of a split: an article for training has scenes of one."""
PUBLISHED = ("2023-03-14", "2024-06-05", "2025-01-22", "2025-09-30", "2026-04-17")
STYLES = ("“”‘’", "“”‘’", "“”‘’", '""' + "''", '""' + "''", '""' + "''", "‘’“”", "''" + '""')
"""Opening and closing mark, and those inside others; single ones may have the comma behind them."""


@dataclass(slots=True)
class Entity:
    """Somebody or something in a passage."""

    label: str = "PERSON"
    gender: str = "it"
    names: dict[str, str] = field(default_factory=dict)
    noun: str = ""
    mentions: list[tuple[int, int, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """The names by which the text calls it."""

    @property
    def name(self) -> str:
        """The fullest name in the text."""
        return max((one for one in self.told if not one.isupper()), key=len)

    def annotation(self) -> dict[str, Any]:
        mentions = [[*one] for one in sorted(self.mentions)]
        return {"name": self.name, "label": self.label, "mentions": mentions}


class Region(NamedTuple):
    """A part of an attribution that is being written."""

    role: str
    numbers: tuple[int, ...]
    who: tuple[Entity, ...]
    start: int


@dataclass(slots=True)
class Claim:
    """An attribution."""

    source: list[tuple[int, int]] = field(default_factory=list)
    cue: list[tuple[int, int]] = field(default_factory=list)
    content: list[tuple[int, int]] = field(default_factory=list)
    quoted: list[tuple[int, int]] = field(default_factory=list)
    who: tuple[Entity, ...] = ()

    @property
    def kind(self) -> str:
        if all(one in self.quoted for one in self.content):
            return "direct"
        return "mixed" if self.quoted else "indirect"

    def annotation(self) -> dict[str, Any]:
        name = speaker(self.who)
        return {
            "source": [[*one] for one in self.source],
            "cue": [[*one] for one in self.cue],
            "content": [[*one] for one in self.content],
            "kind": self.kind,
            "speaker": name,
            "anonymous": name is None,
            "required": True,
        }


class World:
    """The words of a split that an article has not used yet."""

    def __init__(self, split: Split, random: Random) -> None:
        self.random = random
        self.lists: Mapping[str, Any] = data()["learn" if split == "more" else split]
        self.used: set[str] = set()

    def draw(self, key: str) -> Any:
        """Return an item of a list that the article does not have yet."""
        left = [one for one in self.lists[key] if str(one) not in self.used]
        found = self.random.choice(left)
        self.used.add(str(found))
        return found

    def person(self, gender: str) -> Entity:
        """Return somebody with a name and a role."""
        while True:
            names = self.random.choice(self.lists["names"])
            left = [[one for one in names[key] if one not in self.used] for key in (gender, "last")]
            if all(left):
                break
        first, last = (self.random.choice(words) for words in left)
        self.used.update((first, last))
        full = f"{last} {first}" if names.get("family_first") else f"{first} {last}"
        called = {"full": full, "first": first, "last": last, "LAST": last.upper()}
        return Entity(gender=gender, names=called, noun=self.draw("roles"))

    def statement(self) -> str:
        """Return what somebody says, without the full stop."""
        while True:
            if self.random.random() < 0.5:
                found: str = self.random.choice(self.lists["statements"])
            else:
                found = capital(self.clause())
            if found not in self.used:
                self.used.add(found)
                return found

    def clause(self) -> str:
        """Return a reported statement, a subject and a predicate."""
        thing, tail = (self.random.choice(self.lists[key]) for key in ("things", "tails"))
        return f"the {thing} {tail}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    return text if re.match(r"I\b", text) else text[:1].lower() + text[1:]


def an(noun: str) -> str:
    """Return a noun with its article.

    >>> an("judge"), an("officer")
    ('a judge', 'an officer')
    """
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"


@cache
def data() -> dict[str, Any]:
    """Return the word lists and families of both splits."""
    return tomllib.loads(DATA.read_text("utf-8"))


class Writer:
    """Write an article scene by scene, and note what is where."""

    def __init__(self, split: Split, random: Random) -> None:
        self.random = random
        self.world = World(split, random)
        self.lists = self.world.lists
        self.text = ""
        self.entities: list[Entity] = []
        self.claims: list[Claim] = []
        self.quotes: list[tuple[int, int, str, tuple[Entity, ...]]] = []
        self.marks = random.choice(STYLES)
        self.outside = self.marks[0] in "‘'" and random.random() < 0.5
        self.title_dot = "." if self.marks[0] in '“"' and random.random() < 0.5 else ""
        self.present = random.random() < 0.12
        self.cast: dict[str, Entity] = {}
        self.numbered: dict[int, Claim] = {}
        self.words: dict[str, str] = {}
        self.open: list[Region] = []

    # one scene after another

    def scene(self, family: Mapping[str, Any], context: float) -> None:
        """Write a passage of a family, with sentences of others before and after it."""
        self.cast, self.words = {}, {}
        self.choose_cast(family.get("cast", ""))
        parts = [self.random.choice(family["texts"])]
        for key in ("before", "after"):
            while self.random.random() < context and len(parts) < 5:
                one = self.world.draw(key)
                parts = [one, *parts] if key == "before" else [*parts, one]
        for part in parts:
            if self.text:
                self.text += "\n\n"
            self.numbered = {}
            for letter in "XYZ":
                self.cast.pop(letter, None)
            self.write(part)

    def choose_cast(self, rules: str) -> None:
        for second, rule, first in map(tuple, rules.split()):
            one = self.entity(first)
            gender = one.gender if rule == "=" else "f" if one.gender == "m" else "m"
            if second not in self.cast:
                self.cast[second] = self.new(second, gender)
                self.entities.append(self.cast[second])
            if rule == "~":
                other = self.cast[second].names
                parts = other["full"].split()
                at = parts.index(other["last"])
                parts[at] = last = one.names["last"]
                other |= {"full": " ".join(parts), "last": last, "LAST": last.upper()}

    def entity(self, letter: str) -> Entity:
        """Return the entity of a letter, a new one if the scene has none yet."""
        if letter not in self.cast:
            self.cast[letter] = self.new(letter)
            self.entities.append(self.cast[letter])
        return self.cast[letter]

    def new(self, letter: str, gender: str | None = None) -> Entity:
        gender = gender or self.random.choice("mf")
        if letter in "UVW":
            key = self.random.choice(("strangers", "strangers", "roles"))
            return Entity(gender=gender, noun=self.world.draw(key))
        if letter == "P":
            return Entity("GPE", names={"full": self.world.draw("places")})
        if letter == "O":
            name, noun = self.world.draw("bodies")
            return Entity("ORG", names={"full": name}, noun=noun)
        return self.world.person(gender)

    # templates

    def write(self, template: str) -> None:
        """Write a template out."""
        while CHOICE.search(template):
            template = CHOICE.sub(lambda m: self.random.choice(m[1].split("|")), template)
        if self.outside:
            template = template.replace(",»", "»,")
        at = 0
        while at < len(template):
            found = TOKEN.match(template, at)
            if found is None:
                raise ValueError(f"not a template: {template[at:]!r}")
            at = found.end()
            self.token(found)
        if self.open:
            raise ValueError(f"not closed: {template!r}")
        self.text = re.sub(r" +$", "", self.text)

    def token(self, found: re.Match[str]) -> None:
        if found["region"]:
            numbers = tuple(int(one) for one in found["numbers"].split(",") if one)
            who = tuple(self.entity(one) for one in found["who"])
            self.begin(found["region"], numbers, who)
        elif found["number"]:
            who = tuple(self.entity(one) for one in found["speakers"])
            self.begin("~" if found["mixed"] else "q", (int(found["number"]),), who)
            self.text += self.mark(opening=True)
        elif found["end"] or found["close"]:
            self.finish()
        elif found["paragraph"]:
            if self.open:
                self.finish(marked=False)
            self.text = self.text.rstrip() + "\n\n"
        elif found["slot"]:
            self.slot(found["slot"])
        else:
            self.plain(found["text"])

    def begin(self, role: str, numbers: tuple[int, ...], who: tuple[Entity, ...]) -> None:
        self.open.append(Region(role, numbers, who, len(self.text)))

    def mark(self, *, opening: bool) -> str:
        depth = sum(one.role in "q~" for one in self.open)
        return self.marks[2 * ((depth - 1) % 2) + (not opening)]

    def finish(self, *, marked: bool = True) -> None:
        """End the innermost region; a quotation ends without its mark if it goes on."""
        role, numbers, who, start = self.open[-1]
        end = len(self.text)
        if role in "q~":
            kind = "direct" if role == "q" else "mixed"
            self.quotes.append((start + 1, end, kind, who))
            if marked:
                self.text += self.mark(opening=False)
        self.open.pop()
        span = (start, len(self.text))
        if role == "n":
            who[0].mentions.append((*span, "nominal"))
        elif role == "s":
            span = (start, start + len(self.text[start:].rstrip(", ")))
        for number in numbers:
            claim = self.numbered.get(number)
            if claim is None:
                claim = self.numbered[number] = Claim()
                self.claims.append(claim)
            claim.who = claim.who or who
            if role == "s":
                claim.source.append(span)
            elif role == "c":
                claim.cue.append(span)
            elif role in "tTq":
                claim.content.append(span)
                if role == "q":
                    claim.quoted.append(span)
            else:  # a mixed quotation is within the content
                claim.quoted.append(span)

    def slot(self, slot: str) -> None:
        """Write what a placeholder stands for."""
        cue = CUE.fullmatch(slot)
        who = re.fullmatch(r"([A-Z])(?:\.(\w+))?(?:#([\d,]+))?", slot)
        if cue:
            self.begin("c", (int(cue[2]),), ())
            more = self.random.random() < (0.4 if cue[1] == "said" else 0.9)
            plain = "said" if cue[1] == "claimed" else cue[1]
            if self.present and cue[1] == "said":
                self.plain("says")
            else:
                self.plain(self.random.choice(self.lists["cues"][cue[1]]) if more else plain)
            self.finish()
        elif who:
            numbers = tuple(int(one) for one in (who[3] or "").split(",") if one)
            self.begin("s", numbers, ())
            self.mention(self.entity(who[1]), who[2] or "full")
            self.finish()
        else:
            self.plain(self.phrase(slot))

    def phrase(self, slot: str) -> str:
        """Return words of a list."""
        if slot in ("Say", "say"):
            found = self.world.statement()
            return found if slot == "Say" else small(found)
        if slot == "Says":
            size = self.random.choice((1, 1, 2, 2, 3))
            return ". ".join(self.world.statement() for _ in range(size))
        if slot.lower() == "that":
            found = self.world.clause()
            return found if slot == "that" else capital(found)
        key = slot.lower()
        if key not in ("event", "plan"):
            found = str(self.random.choice(self.lists[key if key == "short" else f"{key}s"]))
        else:  # the same in all of the scene
            found = self.words.setdefault(key, self.random.choice(self.lists[f"{key}s"]))
        return capital(found) if slot[0].isupper() else found

    def mention(self, entity: Entity, form: str) -> None:
        """Write a mention of somebody."""
        key = form.lower()
        kind = "pronoun"
        if form in entity.names:
            entity.told.append(entity.names[form])
            kind, word = "name", entity.names[form]
        elif form == "mr":
            self.text += ("Mr" if entity.gender == "m" else "Ms") + self.title_dot + " "
            word, kind = entity.names["last"], "name"
            entity.told.append(word)
        elif key in PRONOUNS[entity.gender] or key in ANY:
            word = PRONOUNS[entity.gender].get(key) or ANY[key]
        elif key in ("arole", "role"):
            self.plain(an(entity.noun) if key == "arole" else entity.noun)
            return
        elif key in ("the", "a"):
            word, kind = f"the {entity.noun}" if key == "the" else an(entity.noun), "nominal"
        else:
            raise ValueError(f"no form of a mention: {form}")
        word = capital(word) if form[0].isupper() else word
        start = len(self.text)
        self.text += word
        entity.mentions.append((start, len(self.text), kind))

    def plain(self, text: str) -> None:
        """Write words, and note who "I" is where somebody speaks."""
        speaking = [one for one in self.open if one.role in "qT~"]
        who = speaking[-1].who if speaking else ()
        if len(who) == 1 and who[0].label == "PERSON":
            at = len(self.text)
            found = SPEAKING.finditer(text)
            who[0].mentions += [(at + m.start(), at + m.end(), "pronoun") for m in found]
        self.text += text.replace("'", "’") if self.marks[0] in "“‘" else text

    # what was written

    def row(self, id: str) -> Row:
        """Return the article with its annotation."""
        named = [one for one in self.entities if one.told]
        named.sort(key=lambda one: min(one.mentions))
        quotes = sorted(self.quotes, key=lambda one: one[:2])
        return {
            "id": id,
            "text": self.text,
            "published": self.random.choice(PUBLISHED),
            "entities": [one.annotation() for one in named],
            "quotes": [
                {
                    "span": [start, end],
                    "kind": kind,
                    "speech": True,
                    "speaker": speaker(who),
                    "required": True,
                }
                for start, end, kind, who in quotes
            ],
            "attributions": [
                claim.annotation() for claim in sorted(self.claims, key=lambda one: one.content)
            ],
            "figures": [],
            "times": [],
        }


def speaker(who: Sequence[Entity]) -> str | None:
    """Return the names of speakers as in ``seeds/corpus``; None without a name."""
    return "; ".join(one.name for one in who if one.told) or None


class Passage(NamedTuple):
    """A passage of a family."""

    family: str
    row: Row


def articles(count: int, seed: int, *, start: int = 0, split: Split = "learn") -> Iterator[Row]:
    """Yield articles of one to three scenes of the families of a split.

    The families are in ten groups, and an article has scenes of one group, which its id begins
    with: models are calibrated on families that they have not learned from.
    """
    families = data()[split]["families"]
    kind = "articles" if split == "learn" else split
    names = sorted(families)
    for number in range(start, start + count):
        random = Random(f"{kind}/{seed}/{number}")
        writer = Writer(split, random)
        scenes = random.choices((1, 2, 3), (4, 4, 2))[0]
        # each family leads as many articles as any other
        lead = number % len(names)
        group = lead % GROUPS
        chosen = [names[lead], *random.choices(names[group::GROUPS], k=scenes - 1)]
        random.shuffle(chosen)
        for name in chosen:
            writer.scene(families[name], context=0.45)
        id = "dialogue" if split == "learn" else split
        yield checked(writer.row(f"{id}_{seed}_group{group}#{number:05}"))


def passages(split: Split, each: int, seed: int) -> Iterator[Passage]:
    """Yield ``each`` passages of every family of a split."""
    for name, family in sorted(data()[split]["families"].items()):
        for number in range(each):
            writer = Writer(split, Random(f"{split}/{seed}/{name}/{number}"))
            writer.scene(family, context=0.2)
            yield Passage(name, checked(writer.row(f"{name}_{seed}_{number:03}")))


def checked(row: Row) -> Row:
    """Return a row whose annotation is consistent.

    Raises ``ValueError``.
    """
    text = row["text"]
    names: dict[int, str] = {}
    for one in row["entities"]:
        for start, end, kind in one["mentions"]:
            word = text[start:end]
            if not word or word != word.strip():
                raise ValueError(f"{row['id']}: a mention is {word!r}")
            if kind != "nominal":
                if any(at in names for at in range(start, end)):
                    raise ValueError(f"{row['id']}: two mentions share {word!r}")
                names |= dict.fromkeys(range(start, end), one["name"])
    known = {one["name"] for one in row["entities"]}
    for one in (*row["quotes"], *row["attributions"]):
        if not set((one["speaker"] or "").split("; ")) - {""} <= known:
            raise ValueError(f"{row['id']}: no entity is {one['speaker']!r}")
    for one in row["quotes"]:
        start, end = one["span"]
        if not text[start:end].strip() or text[start - 1] not in "“‘\"'" or "\n" in text[start:end]:
            raise ValueError(f"{row['id']}: a quotation is {text[start - 1 : end]!r}")
    for one in row["attributions"]:
        if not one["content"]:
            raise ValueError(f"{row['id']}: an attribution has no content")
        for start, end in (*one["source"], *one["cue"], *one["content"]):
            if not text[start:end] or text[start:end] != text[start:end].strip():
                raise ValueError(f"{row['id']}: a part is {text[start:end]!r}")
    if re.search(r"  | [.,;:?!]|\(|\)|[{}<>«»¶|#~]|[.,][.,]| \n|\n\n\n", text):
        raise ValueError(f"{row['id']}: not clean: {text!r}")
    return row
