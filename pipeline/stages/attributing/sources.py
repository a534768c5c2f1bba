"""Find the source of a cue and its bounds."""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.document.names import organisations, roles
from pipeline.records.labels import SourceForm
from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.reading import Reading
from pipeline.stages.syntax import (
    NAME_TAGS,
    NOUN_TAGS,
    PRONOUN_TAGS,
    agent,
    first_conjunct,
    is_passive,
    own_subject,
    subject,
    verb_group,
)

RESTRICTING = frozenset({"relcl", "acl", "advcl", "parataxis", "ccomp"})
DASHES = frozenset({"-", "--", "—", "–"})
FINITE = frozenset({"VBD", "VBZ", "VBP"})
OPENS_PHRASE = frozenset({"DT", "NN", "NNS", "NNP", "NNPS", "PRP", "PRP$", "JJ", "CD"})
HELD = frozenset(("pobj", "prep", "appos", "compound", "conj", "poss"))
"""Dependencies of words within a noun phrase before a verb."""
WITHIN_PHRASE = frozenset(
    {"det", "compound", "amod", "poss", "nummod", "nmod", "advmod", "quantmod"}
)
KEEPING = frozenset(
    {"promised", "promise", "promises", "took", "take", "takes", "used", "use", "uses", "using"}
    | {"seized", "cut", "had", "has", "have", "made", "makes", "make", "spent", "wasted", "needs"}
)
"""Verbs whose object is not the subject of what follows: "he took the stage to say"."""
SOLE = frozenset({"another", "others", "some", "many", "one"})
STOPS = frozenset({".", "?", "!", ":", ";"})
APPOSITION = 25
"""Maximum number of words of an apposition between a source and its verb."""
RAISING = frozenset({"quoted", "cited", "heard", "overheard", "recorded"})
"""Passives whose subject is still the source: "was quoted as saying"."""
PERCEIVED = RAISING | {"seen", "filmed", "caught", "shown"}
"""Passives whose subject is heard or seen speaking: "could be heard saying"."""


def source_of(verb: Token) -> Token | None:
    """Return the head of a verb's source, or None if the text omits it."""
    if is_passive(verb) or (verb.tag_ == "VBN" and verb.dep_ in ("acl", "advcl", "amod")):
        return agent(verb)
    above = raised_from(verb)
    if above is not None:
        return own_subject(above)
    found = _controller(verb) or subject(verb)
    if found is None and verb.dep_ in ("acl", "relcl"):
        return verb.head
    if found is not None and found.dep_ == "nsubjpass" and found.head.i != verb.i:
        heard = verb.tag_ == "VBG" and found.head.lower_ in PERCEIVED
        return None if verb.dep_ == "xcomp" and not heard else found
    return found


def raised_from(verb: Token) -> Token | None:
    """Return the passive that governs "saying" in "was quoted as saying"."""
    preposition = verb.head
    if verb.dep_ != "pcomp" or preposition.lower_ != "as":
        return None
    return preposition.head if preposition.head.lower_ in RAISING else None


def _controller(verb: Token) -> Token | None:
    """Return the object that is the subject of an infinitive: "led her to say"."""
    first = first_conjunct(verb)
    if first.dep_ != "xcomp" or own_subject(verb) is not None or own_subject(first) is not None:
        return None
    if not any(one.tag_ == "TO" for one in first.lefts):
        return None
    for one in first.head.children:
        if (
            one.dep_ == "dobj"
            and first.head.i < one.i < first.i
            and first.head.lower_ not in KEEPING
        ):
            return one
    return None


def source_beside(reading: Reading, verb: Token) -> Token | None:
    """Return the noun in the place of a source, if the parse has no subject.

    Before the verb, it may be separated by an apposition in commas or brackets ("Lee (R), the
    mayor, said"); after it, only if the verb follows a quotation or a comma ("“…,” said Lee").
    """
    if verb.tag_ not in FINITE or is_passive(verb):
        return None
    start, end = verb_group(verb)
    follows = start > 0 and (reading.lower[start - 1] == "," or reading.at_quote[start - 1] >= 0)
    behind = _source_behind(reading, end) if follows else None
    return behind if behind is not None else _source_before(reading, start)


def _source_behind(reading: Reading, end: int) -> Token | None:
    """Return the source after a verb that ends at a token: "said the mayor"."""
    doc = reading.doc
    if end >= len(doc) or reading.at_quote[end] >= 0:
        return None
    token = doc[end]
    if token.tag_ in OPENS_PHRASE:
        for _ in range(6):
            if token.dep_ not in WITHIN_PHRASE or token.head.i <= token.i:
                break
            token = token.head
        is_noun = token.tag_ in NOUN_TAGS or token.tag_ in PRONOUN_TAGS or token.lower_ in SOLE
        return token if is_noun else None
    closes = reading.lower[end + 1 : end + 2] == ["."]
    return token if closes and token.shape_[0] == "X" else None  # "“…,” added Gowdy."


def _source_before(reading: Reading, start: int) -> Token | None:
    """Return the source before a verb that starts at a token: "Lee (R), the mayor, said"."""
    at = _over_apposition(reading, start - 1)
    if at > 0 and reading.lower[at] in (")", ","):
        at = _over_apposition(reading, at)  # "Lee (R), noting the rain, said"
    if at < 0 or reading.at_quote[at] >= 0:
        return None
    token = reading.doc[at]
    if at and token.shape_[0] == "X" and reading.at_quote[at - 1] >= 0 and at == start - 1:
        return token  # a name of one word between a quotation and its cue, whatever its tag
    if token.tag_ not in NOUN_TAGS and token.tag_ not in ("PRP", "WP"):
        return _name_between(reading, at, start)
    beside = token
    for _ in range(8):
        if token.head.i >= start or token.dep_ not in HELD:
            break
        token = token.head
    if token.tag_ == "IN" and token.dep_ == "prep":
        return beside  # "In a note to the paper, her aide, Lee, said": all below the preposition
    return token if token.tag_ in NOUN_TAGS or token.tag_ in PRONOUN_TAGS else None


def _name_between(reading: Reading, before: int, start: int) -> Token | None:
    """Return a name between commas before a verb, whatever its role in the parse."""
    if start - 2 <= before or reading.lower[start - 1] != ",":
        return None
    token = reading.doc[start - 2]
    return token if token.tag_ in NAME_TAGS and token.ent_type_ == "PERSON" else None


def _over_apposition(reading: Reading, at: int) -> int:
    """Return the index before an adverb and anything between commas or brackets."""
    lower, tags = reading.lower, reading.doc
    if at >= 0 and tags[at].tag_ == "RB":
        at -= 1
    opener = {",": ",", ")": "(", "-rrb-": "-lrb-", "—": "—", "–": "–", "--": "--"}.get(
        lower[at] if at >= 0 else ""
    )
    if opener is None:
        return at
    stop = max(0, at - APPOSITION)
    back = at - 1
    while back > stop and lower[back] != opener:
        if lower[back] in STOPS or reading.at_quote[back] >= 0 or "\n" in lower[back]:
            return -1
        back -= 1
    return back - 1 if lower[back] == opener else -1


def source_range(head: Token, *, whole: bool = False) -> Bounds:
    """Return the bounds of a source: its noun phrase with title and apposition.

    Relative clauses and participles are left out unless ``whole`` is set, and so is anything before
    a dash.
    """
    doc = head.doc
    start, end = head.left_edge.i, head.right_edge.i + 1
    for one in head.rights:
        if one.dep_ in RESTRICTING and not whole:
            # in parses with crossing branches, a clause on the right may begin on the left
            end = min(end, max(one.left_edge.i, head.i + 1))
    for i in range(start, head.i):
        spaced = doc[i].whitespace_ and (i == start or doc[i - 1].whitespace_)
        if spaced and doc[i].lower_ in DASHES:
            start = i + 1
    while end - 1 > head.i and doc[end - 1].text in (",", ":", ";", "-", "--", "—", "–", "("):
        end -= 1
    while start < head.i and (doc[start].is_space or doc[start].is_punct):
        start += 1
    while end - 1 > head.i and (doc[end - 1].is_space or doc[end - 1].tag_ == "POS"):
        end -= 1
    return start, end


def put_in_between(reading: Reading, cue: Bounds) -> int | None:
    """Return where a source inserted between commas begins: "Lee, an aide said, “is well”"."""
    doc, (start, end) = reading.doc, cue
    if not start or doc[start - 1].tag_ != "NN" or reading.lower[end : end + 1] != [","]:
        return None
    first = doc[start - 1].left_edge.i
    led = first > 0 and reading.lower[first] in ("a", "an", "one")
    return first if led and reading.lower[first - 1] == "," else None


def mended_source(reading: Reading, span: Bounds, cue: Bounds) -> Bounds:
    """Return the corrected bounds of a source that the network cut inside a noun phrase.

    "Brazil" in "Brazil's bank said" becomes the bank, "the Post, Ann Lee" in "In a letter to the
    Post, Ann Lee wrote" becomes Ann Lee.
    """
    doc, (start, end) = reading.doc, span
    between = put_in_between(reading, cue) if end == cue[0] else None
    if between is not None and start < between:
        return between, end
    owner = doc[start:end].root
    owned = owner.head
    if owner.dep_ == "poss" and _speaks(owned) and end <= owned.i < cue[0]:
        first, last = source_range(owned)
        return (first, last) if first <= start and last <= cue[0] else span
    led = start > 0 and doc[start - 1].tag_ in ("IN", "TO") and doc[start - 1].lower_ != "by"
    if led and end == cue[0] and doc[start:end].sent.start < start - 1:
        comma = next((i for i in range(start, end) if reading.lower[i] == ","), end)
        if comma + 1 < end and owner.dep_ == "pobj" and doc[end - 1].tag_ in NAME_TAGS:
            return comma + 1, end
    return span


def _speaks(noun: Token) -> bool:
    """Return whether a subject is a person or a body, rather than a tweet or anger."""
    if noun.dep_ not in ("nsubj", "nsubjpass"):
        return False
    word = noun.lower_
    return noun.tag_ in NAME_TAGS or word in roles() or word in organisations().nominals


def form_of(head: Token) -> SourceForm:
    """Return whether a source is a name, a pronoun or another noun."""
    tag = head.tag_
    if tag in PRONOUN_TAGS or tag in ("WDT", "EX"):
        return "pronoun"
    if tag in NAME_TAGS or head.ent_type_ in ("PERSON", "ORG", "GPE", "NORP"):
        return "name"
    return "nominal"
