"""Find the content of a cue: the words of its clause that were said.

Ranges are half-open token indices. A content may have several parts: "The heat, Ross said, will
last."
"""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.cues import Cue, Frames
from pipeline.stages.attributing.reading import Reading
from pipeline.stages.syntax import AUXILIARIES, NOUN_TAGS, SUBJECTS, child, is_passive

CUTTING = frozenset({"while", "although", "though", "whereas", "as", "after", "before", "when"})
"""After a comma, these introduce something that the reporter adds."""
QUESTIONS = frozenset(
    {"what", "how", "why", "who", "whom", "whose", "where", "when", "which", "whether", "if"}
)
KEPT_OUT = frozenset({"to", "at"})
"""Prepositions that belong to the cue ("referred to"); others start the content ("called for")."""
WITH_OBJECT = frozenset(
    {"as", "for", "about", "of", "to", "with", "over", "against", "like", "into", "on"}
)
BESIDE_CUE = frozenset({"prt", "npadvmod", "advmod", "prep", "dobj", "dative"})
"""Dependents of a cue within a parenthesis: "he told reporters on Monday"."""
ADDRESSING = frozenset({"tell", "ask"})
"""Verbs whose object is the listener."""
CLOSING = frozenset({",", "--", "—", "–", "-", ".", "?", "!", '"', "“", "``", "''"})
Ranges = list[Bounds]


def subtree(token: Token) -> Bounds:
    """Return the range of a token and its descendants."""
    return token.left_edge.i, token.right_edge.i + 1


def without(whole: Bounds, hole: Bounds) -> Ranges:
    """Return the parts of a range outside another range."""
    start, end = whole
    first, last = hole
    if last <= start or first >= end:
        return [whole]
    return [one for one in ((start, first), (last, end)) if one[0] < one[1]]


def clause_end(reading: Reading, head: Token, end: int, verbs: dict[str, Cue]) -> int:
    """Return the end of a content clause: before anything that the reporter adds to it."""
    lower = reading.lower
    stack = [head]
    seen = 0
    while stack and seen < 60:
        top = stack.pop()
        for one in top.rights:
            seen += 1
            if one.i >= end:
                break
            dep = one.dep_
            left = one.left_edge.i
            comma = left > 0 and lower[left - 1] in (",", "-", "--", "—", "–")
            if left > 1 and lower[left - 1] in ("”", '"', "''"):
                comma = lower[left - 2] == ","
            if dep == "advcl":
                cue = one.tag_ == "VBG" and one.lower_ in verbs
                if comma and (cue or lower[left] in CUTTING):
                    end = min(end, left)
            elif dep == "conj":
                if one.lower_ in verbs and _shares_subject(one) and top.lower_ not in verbs:
                    end = min(end, _before_conjunction(reading, left))
                else:
                    stack.append(one)
            elif dep == "prep" and one.lower_ == "according":
                end = min(end, left)
            elif dep in ("xcomp", "ccomp", "attr", "acomp", "dobj", "prep", "pobj"):
                stack.append(one)
    return end


def _shares_subject(verb: Token) -> bool:
    return verb.tag_ in ("VBD", "VBZ", "VBP") and not any(
        one.dep_ in SUBJECTS for one in verb.children
    )


def _before_conjunction(reading: Reading, left: int) -> int:
    while left > 0 and reading.lower[left - 1] in ("and", "but", "or", ",", "then", "also"):
        left -= 1
    return left


def clause_frame(clause: Token) -> str:
    """Return the frame of a complement clause: that, wh or bare."""
    for one in clause.children:
        if one.dep_ == "mark" and one.i < clause.i:
            word = one.lower_
            if word == "that":
                return "that"
            if word in ("if", "whether"):
                return "wh"
    first = clause.left_edge
    return "wh" if first.lower_ in QUESTIONS else "bare"


class Complement:
    """The complement of a verb: its content by frame, as far as the parse shows it."""

    __slots__ = ("frame", "parenthetical", "ranges", "reading_of_cue")

    def __init__(
        self, frame: str, ranges: Ranges, cue: Frames, *, parenthetical: bool = False
    ) -> None:
        self.frame = frame
        self.ranges = ranges
        self.reading_of_cue = cue
        self.parenthetical = parenthetical


def complement(reading: Reading, verb: Token, cue: Cue, verbs: dict[str, Cue]) -> Complement | None:
    """Return the content of a verb by its frames, or None if none of them fits."""
    children = [one for one in verb.children if one.dep_ != "punct"]
    clauses = [one for one in children if one.dep_ == "ccomp"]
    after = [one for one in clauses if one.i > verb.i]
    before = [one for one in clauses if one.i < verb.i]
    if after:
        found = _clause_after(reading, verb, cue, after[0], verbs)
        if found is not None:
            return found
    if before and not _has_own_object(cue, children) and (kind := cue.reading("quote", "bare")):
        return Complement("quote", _around(verb, before[0]), kind, parenthetical=True)
    if verb.dep_ in ("parataxis", "ccomp", "advcl", "dep") and (kind := cue.reading("quote")):
        found = _parenthetical(reading, verb, kind)
        if found is not None:
            return found
    if cue.reading("quote") is not None and _behind_quotation(reading, verb, children):
        return None
    return _that_clause_astray(reading, verb, cue, children, verbs) or _phrase(verb, cue, children)


def _has_own_object(cue: Cue, children: list[Token]) -> bool:
    """Return whether the object is the content: "he demanded an apology", not "told reporters"."""
    objects = (one for one in children if one.dep_ == "dobj")
    articles = (one.left_edge.lower_ for one in objects)
    return cue.lemma not in ADDRESSING and any(article in ("a", "an") for article in articles)


def _behind_quotation(reading: Reading, verb: Token, children: list[Token]) -> bool:
    """Return whether a verb, or its subject, directly follows an utterance.

    In "“…?” asked Lee" the apparent object is the source; in "“…,” Lee told reporters" it is the
    listener.
    """
    start = verb.i
    for one in children:
        if one.dep_ in SUBJECTS and one.i < verb.i:
            start = one.left_edge.i
    index = reading.at_quote[start - 1] if start else -1
    if index < 0 or not reading.quotes[index].speech:
        return False
    quote = reading.quotes[index]
    ended = reading.text[quote.end - 1 : quote.end] in (",", "?", "!", "-", "—", "…")
    return start == verb.i or (quote.kind == "direct" and ended)


def _clause_after(
    reading: Reading, verb: Token, cue: Cue, clause: Token, verbs: dict[str, Cue]
) -> Complement | None:
    frame = clause_frame(clause)
    start, end = subtree(clause)
    if clause.tag_ in NOUN_TAGS and not any(one.dep_ in SUBJECTS for one in clause.children):
        return None  # "said Lee, an economist", parsed as a clause
    if clause.tag_[0] not in "VM" and any(one.dep_ in SUBJECTS for one in clause.children):
        named = cue.reading("name")  # "called it a disaster", parsed as a clause without a verb
        if named is not None:
            return Complement("name", [(start, end)], named)
    if clause.tag_ == "VB" and frame == "bare" and not _has_modal(clause):
        wish = cue.reading("to", "bare", "that")  # "wants him to go", "let him go"
        if wish is not None:
            return Complement("to", [(start, end)], wish)
    kind = cue.reading(frame, "that" if frame == "bare" else frame)
    if kind is None:
        return None
    start = max(start, verb.i + 1)
    end = clause_end(reading, clause, end, verbs)
    return Complement(frame, [(start, end)], kind) if start < end else None


def _that_clause_astray(
    reading: Reading, verb: Token, cue: Cue, children: list[Token], verbs: dict[str, Cue]
) -> Complement | None:
    """Return a "that" clause that the parser attached to a noun: "told X in a note that …"."""
    kind = cue.reading("that")
    if kind is None:
        return None
    for one in children:
        if one.i < verb.i or one.dep_ not in ("prep", "dobj", "npadvmod", "dative"):
            continue
        noun = child(one, "pobj") if one.dep_ == "prep" else one
        if noun is None:
            continue
        for clause in noun.rights:
            if clause.dep_ in ("acl", "relcl", "ccomp") and clause_frame(clause) == "that":
                start, end = subtree(clause)
                end = clause_end(reading, clause, end, verbs)
                return Complement("that", [(start, end)], kind)
    return None


def _has_modal(verb: Token) -> bool:
    return any(
        one.tag_ in ("MD", "VBD", "VBZ", "VBP") and one.dep_ in AUXILIARIES for one in verb.lefts
    )


def _around(verb: Token, clause: Token) -> Ranges:
    """Return a clause without the words of the verb that interrupts or follows it."""
    whole = subtree(clause)
    own = [one for one in verb.children if one.i != clause.i and one.dep_ in SUBJECTS]
    first = min([one.left_edge.i for one in own] + [verb.i])
    last = max([one.right_edge.i + 1 for one in own] + [verb.i + 1])
    for one in verb.children:
        if one.i > verb.i and one.dep_ in BESIDE_CUE:
            last = max(last, one.right_edge.i + 1)
    pieces = without(whole, (first, last))
    later = [one for one in verb.rights if one.dep_ == "ccomp" and one.i != clause.i]
    pieces.extend(subtree(one) for one in later if one.left_edge.i >= last)
    return pieces


def _parenthetical(reading: Reading, verb: Token, kind: Frames) -> Complement | None:
    """Return the clause that contains a cue between commas: "it rained, he said, for days"."""
    head = verb.head
    lower = reading.lower
    own = [one for one in verb.children if one.dep_ in SUBJECTS]
    if head.i == verb.i or not own or any(one.dep_ == "mark" for one in verb.children):
        return None
    start = min(verb.i, *(one.left_edge.i for one in own))
    end = max(verb.i + 1, *(one.right_edge.i + 1 for one in own))
    for one in verb.rights:
        if one.dep_ in BESIDE_CUE and one.left_edge.i <= end:
            end = max(end, one.right_edge.i + 1)
    opened = start > 0 and lower[start - 1] in (",", "--", "—", "–", "-", '"', "”", "''")
    closed = end >= len(lower) or lower[end] in CLOSING
    if not (opened and closed) or end - start > 25:
        return None
    first, last = subtree(verb)
    whole = (min(first, head.left_edge.i), max(last, head.right_edge.i + 1))
    return Complement("quote", without(whole, (start, end)), kind, parenthetical=True)


def _phrase(verb: Token, cue: Cue, children: list[Token]) -> Complement | None:
    """Return a content without a clause: "urged them to go", "called it a sham", "vowed help"."""
    rights = [one for one in children if one.i > verb.i]
    thing = next((one for one in rights if one.dep_ == "dobj"), None)
    passive = is_passive(verb) or (verb.dep_ == "acl" and verb.tag_ == "VBN")
    moved = [subtree(one) for one in children if one.dep_ == "nsubjpass"] if passive else []
    return (
        _open_complement(cue, rights, thing, moved)
        or _naming(verb, cue, children, thing)
        or _object(cue, rights, thing, moved)
        or _prepositional(cue, rights, thing, moved)
    )


def _open_complement(
    cue: Cue, rights: list[Token], thing: Token | None, moved: Ranges
) -> Complement | None:
    """Read "urged them to go", "recalled seeing it"."""
    for one in rights:
        if one.dep_ != "xcomp":
            continue
        infinitive = any(below.tag_ == "TO" for below in one.children)
        frame = "to" if infinitive else "ing" if one.tag_ == "VBG" else "name"
        kind = cue.reading(frame)
        if kind is not None:
            start, end = subtree(one)
            if thing is not None and thing.i < one.i and kind.type in ("order", "think"):
                start = thing.left_edge.i
            return Complement(frame, [*moved, (start, end)], kind)
    return None


def _naming(verb: Token, cue: Cue, children: list[Token], thing: Token | None) -> Complement | None:
    """Read "called it a sham", "described her as brave"."""
    kind = cue.reading("name")
    names = (
        one
        for one in children
        if one.i > verb.i and (one.dep_ == "oprd" or (one.dep_ == "prep" and one.lower_ == "as"))
    )
    name = next(names, None)
    if name is None or kind is None:
        return None
    asked = [one for one in children if one.i < verb.i and one.dep_ in ("dobj", "nsubjpass")]
    start = (name if thing is None else thing).left_edge.i
    return Complement("name", [*map(subtree, asked), (start, name.right_edge.i + 1)], kind)


def _object(cue: Cue, rights: list[Token], thing: Token | None, moved: Ranges) -> Complement | None:
    """Read "vowed help for the town", "help was vowed"."""
    kind = cue.reading("obj")
    if kind is None or (thing is None and not moved):
        return None
    ranges = [*moved]
    if thing is not None:
        start, end = subtree(thing)
        for one in rights:
            if one.left_edge.i == end and _goes_with_object(one):
                end = one.right_edge.i + 1
        ranges.append((start, end))
    return Complement("obj", ranges, kind)


def _prepositional(
    cue: Cue, rights: list[Token], thing: Token | None, moved: Ranges
) -> Complement | None:
    """Read "warned of floods", "accused him of theft"."""
    for one in rights:
        kind = cue.reading("p-" + one.lower_) if one.dep_ == "prep" else None
        if kind is None:
            continue
        start, end = subtree(one)
        if one.lower_ in KEPT_OUT:
            start = one.i + 1
        if start < end:
            ranges = [*moved, (start, end)] if thing is None else [(thing.left_edge.i, end)]
            return Complement("p-" + one.lower_, ranges, kind)
    return None


def _goes_with_object(one: Token) -> bool:
    return one.dep_ == "oprd" or (one.dep_ == "prep" and one.lower_ in WITH_OBJECT)
