"""List, show and decide identities, and seed them with the user's own list of people.

A decision is an action: it is never changed or deleted, only undone by another one. Identities are
computed anew from the actions, so that undoing one restores exactly what was there before.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from pathlib import Path
from typing import Any, Final

from pipeline.archive import facts
from pipeline.archive.access import Condition, Store
from pipeline.archive.facts import Action, actions, active, decisions, parsed, record
from pipeline.archive.linking import REVIEW, relate
from pipeline.archive.statements import words
from pipeline.errors import InputNotFound, Malformed, NoIdentity
from pipeline.model.identity.gazetteer import LABELS, WIKIDATA, Known
from pipeline.model.identity.profiles import KNOWN, Fact, Seen, members, named

COLUMNS: Final = (
    *("id", "label", "name", "aliases", "first_seen", "last_seen", "entities", "mentions"),
    "identifiers",
)
AGREED: Final = ("name", "role", "companion")
SHOWN: Final = 1000
"""Members that ``show`` returns at most."""
Found = dict[str, Any]


def listed(
    store: Store, search: str = "", label: str | None = None, limit: int = 50
) -> list[Found]:
    """Return identities, those with most mentions first.

    ``search``: words that the name or an alias contains, ignoring case.
    """
    where = Condition()
    where.words("name || ' ' || CAST(aliases AS TEXT)", search)
    where.equal("label", label and label.upper())
    found = store.rows(
        f"SELECT {', '.join(COLUMNS)} FROM identities {where} ORDER BY mentions DESC, id LIMIT ?",
        *where.parameters,
        limit,
    )
    return [_identity(row) for row in found]


def _identity(row: Sequence[Any]) -> Found:
    found = dict(zip(COLUMNS, row, strict=True))
    return found | {name: parsed(found[name]) for name in ("aliases", "identifiers")}


def candidates(store: Store, identity: str | None = None, limit: int = 50) -> list[Found]:
    """Return the pairs of identities that may be the same one, the likeliest first."""
    own = "(SELECT profile FROM identity_profiles WHERE identity_id = ?)"
    where = f"AND (l.one IN {own} OR l.other IN {own})" if identity else ""
    found = store.rows(
        "SELECT a.identity_id, i.name, b.identity_id, j.name, MAX(l.score) FROM identity_links l"
        " JOIN identity_profiles a ON a.profile = l.one"
        " JOIN identity_profiles b ON b.profile = l.other"
        " JOIN identities i ON i.id = a.identity_id JOIN identities j ON j.id = b.identity_id"
        f" WHERE l.verdict = '{REVIEW}' AND a.identity_id <> b.identity_id {where}"
        " GROUP BY a.identity_id, i.name, b.identity_id, j.name"
        " ORDER BY MAX(l.score) DESC, a.identity_id, b.identity_id LIMIT ?",
        *([identity, identity] if identity else []),
        limit,
    )
    keys = ("one", "one_name", "other", "other_name", "score")
    return [dict(zip(keys, row, strict=True)) for row in found]


def members_of_all(store: Store) -> dict[str, str]:
    """Return the identity of every linked entity, by "article/entity"."""
    return {
        f"{article}/{entity}": identity
        for article, entity, identity in store.rows(
            "SELECT article_id, entity_id, identity_id FROM identity_members ORDER BY 1, 2"
        )
    }


def identity_named(store: Store, given: str) -> str:
    """Return the id of an identity, given by its id, the start of it, or a name that only it has.

    Raises ``NoIdentity``.
    """
    for where, value in (("id = ?", given), ("id LIKE ?", f"{given}%"), ("name = ?", given)):
        if "LIKE" in where and not given.removeprefix("i").isalnum():
            continue
        found = store.rows(f"SELECT id FROM identities WHERE {where} ORDER BY id LIMIT 2", value)
        if len(found) == 1:
            return str(found[0][0])
        if found:
            raise NoIdentity(f"several identities are {given!r}")
    raise NoIdentity(f"no identity is {given!r}")


def shown(store: Store, given: str) -> Found:
    """Return an identity with its profiles, members, evidence, candidates and actions.

    The evidence of a profile is its best link to another one. That of a member is what its article
    says about it that another article of the identity says, too.
    """
    identity = identity_named(store, given)
    return _shown(store, identity, candidates(store, identity), active(actions(store)))


def _shown(store: Store, identity: str, pairs: Sequence[Found], decided: Sequence[Action]) -> Found:
    (row,) = store.rows(f"SELECT {', '.join(COLUMNS)} FROM identities WHERE id = ?", identity)
    profiles = store.named(
        "SELECT profile, score, evidence FROM identity_profiles WHERE identity_id = ?"
        " ORDER BY profile LIMIT ?",
        identity,
        SHOWN,
    )
    members = store.named(
        "SELECT m.article_id AS article, m.entity_id AS entity, m.profile, a.published, a.title,"
        " a.publisher, a.uri, e.name, m.mentions, m.score, m.facts"
        " FROM identity_members m JOIN articles a ON a.id = m.article_id"
        " LEFT JOIN entities e ON e.article_id = m.article_id AND e.id = m.entity_id"
        " WHERE m.identity_id = ? ORDER BY a.published, m.article_id, m.entity_id LIMIT ?",
        identity,
        SHOWN,
    )
    numbers: Counter[tuple[str, str]] = Counter()
    for quarter, counts in store.rows(
        "SELECT c.quarter, c.facts FROM identity_profiles p"
        " JOIN identity_counts c ON c.profile = p.profile WHERE p.identity_id = ?",
        identity,
    ):
        for kind, values in parsed(counts).items():
            for value, number in values.items():
                numbers[kind, f"{quarter}:{value}" if quarter else value] += number
    agreed = {fact for fact, number in numbers.items() if number > 1 and fact[0] in AGREED}
    for one in members:
        one["evidence"] = _agreed(one.pop("facts"), agreed)
    keys = {one["profile"] for one in profiles}
    return _identity(row) | {
        "profiles": [one | {"evidence": parsed(one["evidence"])} for one in profiles],
        "members": members,
        "candidates": pairs,
        "actions": [one._asdict() for one in decided if keys & {*_profiles_of(one)}],
    }


def _agreed(stored: Any, agreed: Set[tuple[Any, ...]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"names": [], "roles": [], "companions": []}
    for fact in facts.facts_of(stored):
        if fact in agreed:
            # companions are counted by quarter
            value = fact.value.partition(":")[2] if fact.kind == "companion" else fact.value
            found[f"{fact.kind}s"].append(value)
    return {kind: values for kind, values in found.items() if values}


def merge(store: Store, identities: Sequence[str], made: Action) -> str:
    """Make several identities one, and return its id.

    ``made``: an action with who, when and why; the rest is filled in here.
    """
    with store.transaction():
        ids = list(dict.fromkeys(identity_named(store, one) for one in identities))
        if len(ids) < 2:
            raise NoIdentity("these are one identity already")
        groups = [_whole(store, one) for one in ids]
        for group in groups[1:]:
            content = {"profiles": [groups[0], group]}
            _act(store, made._replace(action="merge", content=content))
        return _identity_of(store, groups[0][0])


def split(store: Store, identity: str, members: Iterable[tuple[str, str]], made: Action) -> str:
    """Take members, given as article and entity, out of an identity; return their new id."""
    with store.transaction():
        whole = identity_named(store, identity)
        chosen = {*members}
        found = store.rows(
            "SELECT article_id, entity_id, profile FROM identity_members WHERE identity_id = ?",
            whole,
        )
        unknown = chosen - {(article, entity) for article, entity, _ in found}
        if unknown or not chosen:
            shown_ = ", ".join("/".join(one) for one in sorted(unknown)) or "nothing"
            raise NoIdentity(f"{shown_}: no member of {whole}")
        staying = {key for article, entity, key in found if (article, entity) not in chosen}
        if not staying:
            raise NoIdentity("these are all of its members: nothing would be left")
        off = {key for article, entity, key in found if (article, entity) in chosen}
        single = [
            [article, key]
            for article, entity, key in sorted(found)
            if (article, entity) in chosen and key in staying
        ]
        content = {"profiles": sorted(off - staying), "members": single, "rest": sorted(staying)}
        _act(store, made._replace(action="split", content=content))
        (row,) = store.rows(
            "SELECT identity_id FROM identity_members WHERE article_id = ? AND entity_id = ?",
            *min(chosen),
        )
        return str(row[0])


def rename(store: Store, identity: str, name: str, made: Action) -> str:
    """Give an identity a name of one's own, and return its id."""
    with store.transaction():
        whole = identity_named(store, identity)
        content = {"profile": _whole(store, whole)[0], "name": name}
        _act(store, made._replace(action="rename", content=content))
        return whole


def undo(store: Store, number: int, made: Action) -> Action:
    """Undo an action, or the undoing of one, and return the decision that this concerns."""
    with store.transaction():
        done = {one.number: one for one in actions(store)}
        in_force = {one.number for one in active(done.values())}
        target = done.get(number)
        if target is None or (target.action != "undo" and number not in in_force):
            raise NoIdentity(f"there is no action {number} to undo", hint=HINT)
        return _act(store, made._replace(action="undo", content={"number": number}))


def concerned(store: Store, decision: Action) -> str | None:
    """Return an identity that a decision concerns: for a split, the one that members left."""
    keys = [*decision.content.get("rest", ()), *_profiles_of(decision)]
    found: dict[str, str] = dict(
        store.matching("SELECT profile, identity_id FROM identity_profiles", "profile", keys)
    )
    return next((found[key] for key in keys if key in found), None)


HINT: Final = "pipeline identities list --actions shows the actions with their numbers"


def _act(store: Store, made: Action) -> Action:
    """Record an action, bring everything up to date, and return the decision that it concerns."""
    before = actions(store)
    action = made._replace(number=1 + max((one.number for one in before), default=0))
    record(store, action)
    after = [*before, action]
    by_number = {one.number: one for one in after}
    decision = action
    while decision.action == "undo":
        decision = by_number[decision.content["number"]]
    decided = decisions(after)
    articles = {article for article, _ in decision.content.get("members", ())}
    change = _relinked(store, articles, decided.splits)
    relate(store, change, decided, _profiles_of(decision))
    return decision


def _relinked(store: Store, articles: Iterable[str], splits: facts.Splits) -> facts.Change:
    with store.keys((one,) for one in articles) as keys:
        current: dict[str, str] = dict(
            store.rows(
                f"SELECT a.id, a.record_sha256 FROM articles a JOIN {keys} k ON k.key = a.id"
            )
        )
    return facts.update(store, current, current, splits)


def _profiles_of(action: Action) -> list[str]:
    content = action.content
    if action.action == "merge":
        return [key for group in content["profiles"] for key in group]
    if action.action == "split":
        return [*content["profiles"], *content["rest"], *(key for _, key in content["members"])]
    return [content["profile"]] if action.action == "rename" else []


def _whole(store: Store, identity: str) -> list[str]:
    """Return the profiles of an identity, full names first, then the earliest."""
    keys = [
        (target is not None, key)
        for key, target in store.rows(
            "SELECT profile, target FROM identity_profiles WHERE identity_id = ?", identity
        )
    ]
    counts = facts.load(store, [key for _, key in keys])
    ordered = sorted(
        (follows, found.first, key)
        for follows, key in keys
        if (found := facts.profile(key, counts[key]))
    )
    return [key for *_, key in ordered]


def _identity_of(store: Store, profile: str) -> str:
    ((found,),) = store.rows("SELECT identity_id FROM identity_profiles WHERE profile = ?", profile)
    return str(found)


PAIRS: Final = 50
"""Candidates on a card."""
ALL: Final = 1 << 31
MOST: Final = 1000
"""Statements and values of series on a card."""
STATEMENTS: Final = (
    "published, title, publisher, uri, article_id AS article, statement_id, kind, statement, cue,"
    " said_id, story_id"
)
VALUES: Final = (
    "measure, measures, scope, kind, unit, rate_per, change, bound, period, period_start,"
    " time_text, value, value_text, text, given_by, relation, published, title, publisher, uri,"
    " article_id AS article, figure_id"
)


def card(store: Store, given: str) -> Found:
    """Return an identity as ``shown`` does, with its statements and the values of its series.

    Raises ``NoIdentity``.
    """
    identity = identity_named(store, given)
    return next(_cards(store, [identity], candidates(store, identity)))


def cards(store: Store, articles: Iterable[str]) -> Iterator[Found]:
    """Yield the cards of all identities that some articles name, those named most first."""
    found = store.rows(
        "SELECT DISTINCT i.id, i.mentions FROM identity_members m"
        f" JOIN identities i ON i.id = m.identity_id WHERE {store.among('m.article_id')}"
        " ORDER BY i.mentions DESC, i.id",
        store.listed(articles),
    )
    yield from _cards(store, [identity for identity, _ in found], candidates(store, limit=ALL))


def _cards(store: Store, identities: Sequence[str], pairs: Iterable[Found]) -> Iterator[Found]:
    """Yield cards; what one query can find for all of them is found once."""
    by_identity = defaultdict(list)
    for pair in pairs:
        for side in ("one", "other"):
            by_identity[pair[side]].append(pair)
    decided = active(actions(store))
    statements, values = _statements(store, identities), _values(store, identities)
    for identity in identities:
        yield _shown(store, identity, by_identity[identity][:PAIRS], decided) | {
            "statements": _distinct(statements.get(identity, [])[:MOST]),
            "values": values.get(identity, [])[:MOST],
        }


def _distinct(statements: Iterable[Found]) -> list[Found]:
    """Return one for each quotation, and for each statement of a story, as in ``said``."""
    groups: dict[object, list[Found]] = defaultdict(list)
    for one in statements:
        said, story = one.pop("said_id"), one.pop("story_id")
        groups[said or (story, words(one["statement"]))].append(one)
    return [
        group[0] | {"articles": len({one["article"] for one in group})} for group in groups.values()
    ]


def _statements(store: Store, identities: Sequence[str]) -> dict[str, list[Found]]:
    """Return the statements of each identity."""
    # by article, since no index leads from an identity to its statements
    members = "SELECT DISTINCT article_id FROM identity_members"
    articles = [one for (one,) in store.matching(members, "identity_id", identities)]
    found: dict[str, list[Found]] = defaultdict(list)
    for one in store.named(
        f"SELECT identity, {STATEMENTS} FROM v_statements WHERE {store.among('article_id')}"
        f" AND {store.among('identity')} AND statement IS NOT NULL"
        " ORDER BY published, article_id, start_char, statement_id",
        store.listed(articles),
        store.listed(identities),
    ):
        found[one.pop("identity")].append(one)
    return found


def _values(store: Store, identities: Iterable[str]) -> dict[str, list[Found]]:
    """Return the values of the series of each identity, in one pass over the figures."""
    found: dict[str, list[Found]] = defaultdict(list)
    for one in store.named(
        f"SELECT holder_identity, {VALUES} FROM v_series"
        f" WHERE {store.among('holder_identity')}"
        " ORDER BY measure, scope, unit, rate_per, change, bound, period, period_start, published,"
        " article_id, figure_id",
        store.listed(identities),
    ):
        found[one.pop("holder_identity")].append(one)
    return found


LIST: Final = ("names", "roles")


def read_known(path: Path) -> Iterator[Known]:
    """Yield the rows of a JSONL or TSV file.

    JSONL: ``id``, ``names``, and optionally ``roles``, ``dates`` ("2001/2009") and ``label``. TSV
    has a header with the same names, and a vertical bar between several names or roles. Raises
    ``Malformed``.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            if path.suffix.lower() in (".tsv", ".tab"):
                rows: Iterable[dict[str, Any]] = (
                    row | {key: (row.get(key) or "").split("|") for key in LIST}
                    for row in csv.DictReader(file, delimiter="\t", strict=True)
                )
            else:
                rows = (json.loads(line) for line in file if line.strip())
            for number, row in enumerate(rows, 1):
                yield _known(row, f"{path}, row {number}")
    except OSError as error:
        raise InputNotFound(error.strerror or str(error), where=str(path)) from error
    except (ValueError, csv.Error) as error:
        raise Malformed(str(error), where=str(path), hint=EXAMPLE) from error


EXAMPLE: Final = 'for example {"id": "Q76", "names": ["Barack Obama"], "roles": ["president"]}'


def _known(row: Any, where: str) -> Known:
    if not isinstance(row, dict) or not row.get("id") or not isinstance(row.get("names"), list):
        raise Malformed("a row needs id and names", where=where, hint=EXAMPLE)
    names, roles = (
        tuple(text for one in row.get(key) or () if (text := str(one).strip())) for key in LIST
    )
    label = str(row.get("label") or "PERSON").upper()
    if not names or label not in LABELS:
        raise Malformed(
            f"names must not be empty, label one of {LABELS}", where=where, hint=EXAMPLE
        )
    start, _, end = str(row.get("dates") or "").partition("/")
    return Known(str(row["id"]), names, roles, start.strip() or None, end.strip() or None, label)


def seed(store: Store, rows: Iterable[Known]) -> int:
    """Add the rows of a list to the identities, or update them; return their number."""
    delta: facts.Delta = defaultdict(Counter)
    count = 0
    with store.transaction():
        stored: dict[str, list[tuple[str, facts.Counts]]] = defaultdict(list)
        for key, found in store.rows(
            "SELECT profile, facts FROM identity_counts WHERE profile LIKE ?", f"%|{KNOWN}%"
        ):
            counts = parsed(found)
            for one in counts.get("known", ()):
                stored[one].append((key, counts))
        for row in rows:
            count += 1
            for key, counts in stored[row.id]:
                for kind, values in counts.items():
                    delta[key, ""].subtract({Fact(kind, one): n for one, n in values.items()})
            key, told = _facts_of(row)
            delta[key, ""].update(told)
        change = facts.apply(store, delta)
        relate(store, change, decisions(actions(store)))
    return count


def _facts_of(row: Known) -> tuple[str, list[Fact]]:
    """Return the key and the facts of a row."""
    seen = Seen("e1", row.names[0], row.label, dict.fromkeys(row.names, 1), {}, row.roles)
    (member,) = members("", None, [seen])
    key = named(member.key)._replace(alone=f"{KNOWN}{row.id.replace('|', ' ')}").key
    system = "wikidata" if WIKIDATA.fullmatch(row.id) else "known"
    kept = [fact for fact in member.facts if fact.kind in ("label", "name", "alias", "role")]
    kept += [Fact("known", row.id), Fact("identifier", f"{system}={row.id}")]
    kept += [Fact("start", row.start)] if row.start else []
    kept += [Fact("end", row.end)] if row.end else []
    return key, kept
