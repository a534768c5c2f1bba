"""``pipeline identities``: look at identities, and decide what is the same one."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.database import database, tell_nothing
from pipeline.cli.options import Commands
from pipeline.cli.screen import answer, emit, plain
from pipeline.errors import OK, LinkFailed, UsageError
from pipeline.text.words import article_name, plural

if TYPE_CHECKING:
    from pipeline.archive.access import Store
    from pipeline.archive.facts import Action

Decision = Callable[["Store", "Action"], str]
"""Changes a database, and returns the result for the user."""
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def deciding(command: Callable[..., Decision]) -> Callable[..., int]:
    """Make a command of a function that returns what to do in the database."""

    @wraps(command)
    def decide(
        *, address: str, by: str | None, reason: str | None, as_json: bool, **given: Any
    ) -> int:
        run = command(**given)
        from pipeline.archive.access import opened
        from pipeline.archive.facts import Action, actions

        now = datetime.now(UTC).isoformat(timespec="seconds")
        with opened(address, failure=LinkFailed) as store:
            result = run(store, Action(0, "", now, by or getpass.getuser(), reason, {}))
            last = actions(store)[-1]
        if as_json:
            emit(json.dumps(last._asdict() | {"result": result}, ensure_ascii=False))
        else:
            answer(f"action {last.number}: {result}")
        return OK

    made: Callable[..., int] = decide
    for option in (
        as_json,
        click.option("--by", metavar="NAME", help="Who decides. [default: your user name]"),
        click.option("--reason", metavar="TEXT", help="Why, for those who read it later."),
        database,
    ):
        made = option(made)
    return made


@click.group(cls=Commands)
def identities() -> None:
    """List and correct the identities of pipeline link.

    \b
    pipeline identities list greer --db sqlite:///news.db
    pipeline identities merge i0a1b2c3 i4d5e6f7 --db sqlite:///news.db
    """


@identities.command("list", no_args_is_help=True)
@click.argument("search", nargs=-1)
@database
@click.option("--label", metavar="LABEL", help="Only this label, for example PERSON or ORG.")
@click.option("--review", is_flag=True, help="Pairs that may be one, for a person to decide.")
@click.option("--actions", "show_actions", is_flag=True, help="What people decided.")
@click.option("--members", is_flag=True, help='One JSON object of "article/entity": "identity".')
@click.option(
    "--limit", type=click.IntRange(1), default=50, metavar="N", help="At most N. [default: 50]"
)
@as_json
def list_(
    search: tuple[str, ...],
    address: str,
    label: str | None,
    review: bool,
    show_actions: bool,
    members: bool,
    limit: int,
    as_json: bool,
) -> int:
    """List identities whose name has the words of SEARCH, the most mentioned first.

    The exit code is 1 if there are none.

    \b
    pipeline identities list jamieson greer --db sqlite:///news.db
    pipeline identities list --review --db sqlite:///news.db
    """
    from pipeline.archive import identities as found
    from pipeline.archive.access import opened
    from pipeline.archive.facts import actions

    with opened(address, reading=True) as store, store.transaction():
        if members:
            emit(json.dumps(found.members_of_all(store), ensure_ascii=False))
            return OK
        if show_actions:
            rows = [one._asdict() for one in actions(store)]
            lines: Iterator[str] = map(_action, rows)
        elif review:
            rows = found.candidates(store, limit=limit)
            lines = map(_pair, rows)
        else:
            rows = found.listed(store, " ".join(search), label, limit)
            lines = map(_line, rows)
    _print(rows, lines, as_json=as_json)
    if rows or review or show_actions:
        return OK
    asked = {("identities", "name"): " ".join(search), ("identities", "label"): label}
    return tell_nothing(address, asked, quiet=False)


@identities.command("show", no_args_is_help=True)
@click.argument("identity")
@database
@as_json
def show(identity: str, address: str, as_json: bool) -> int:
    """Show an identity with its evidence: profiles, articles, candidates and actions.

    IDENTITY is an id, the start of one, or a name that only one identity has.

    \b
    pipeline identities show "Jamieson Greer" --db sqlite:///news.db
    """
    from pipeline.archive.access import opened
    from pipeline.archive.identities import shown

    with opened(address, reading=True) as store, store.transaction():
        found = shown(store, identity)
    if as_json:
        emit(json.dumps(found, ensure_ascii=False))
        return OK
    answer(_line(found))
    for alias in found["aliases"]:
        answer(f"  also {plain(alias)}")
    for system, value in found["identifiers"].items():
        answer(f"  {plain(system)} {plain(value)}")
    for one in found["profiles"]:
        answer(f"  profile {plain(one['profile'])}{_why(one)}")
    for one in found["members"]:
        named = article_name(one["title"], one["uri"], one["article"])
        member = f"{one['article']}/{one['entity']}"  # what split takes
        said = f"{plain(one['name'] or '-')} in {plain(named)}"
        answer(f"  {one['published'] or '-':10}  {said}  ({plain(member)})")
    for pair in found["candidates"]:
        answer(f"  perhaps {_pair(pair)}")
    for action in found["actions"]:
        answer(f"  {_action(action)}")
    return OK


@identities.command("merge", no_args_is_help=True)
@click.argument("several", nargs=-1, required=True, metavar="IDENTITY IDENTITY...")
@deciding
def merge(several: tuple[str, ...]) -> Decision:
    """Make several identities one.

    \b
    pipeline identities merge i0a1b2c3 i4d5e6f7 --db sqlite:///news.db --reason "married name"
    """
    from pipeline.archive import identities as found

    if len(several) < 2:
        raise UsageError("name two identities or more")
    return lambda store, made: found.merge(store, several, made)


@identities.command("split", no_args_is_help=True)
@click.argument("identity")
@click.argument("members", nargs=-1, required=True, metavar="ARTICLE/ENTITY...")
@deciding
def split(identity: str, members: tuple[str, ...]) -> Decision:
    """Take entities of articles out of an identity.

    \b
    pipeline identities split i0a1b2c3 article-17/e4 --db sqlite:///news.db
    """
    from pipeline.archive import identities as found

    pairs = [(article, entity) for article, _, entity in (m.rpartition("/") for m in members)]
    return lambda store, made: found.split(store, identity, pairs, made)


@identities.command("rename", no_args_is_help=True)
@click.argument("identity")
@click.argument("name")
@deciding
def rename(identity: str, name: str) -> Decision:
    """Give an identity another NAME.

    \b
    pipeline identities rename i0a1b2c3 "Elizabeth II" --db sqlite:///news.db
    """
    from pipeline.archive import identities as found

    if not name.strip():
        raise UsageError("the name is empty")
    return lambda store, made: found.rename(store, identity, name, made)


@identities.command("undo", no_args_is_help=True)
@click.argument("number", type=int)
@deciding
def undo(number: int) -> Decision:
    """Undo an action; its NUMBER is in pipeline identities list --actions.

    \b
    pipeline identities undo 3 --db sqlite:///news.db
    """
    from pipeline.archive import identities as found

    def run(store: Store, made: Action) -> str:
        undone = found.undo(store, number, made)
        return f"{undone.action} {undone.number}"

    return run


def _print(rows: list[dict[str, Any]], lines: Iterator[str], *, as_json: bool) -> None:
    if as_json:
        emit(json.dumps(rows, ensure_ascii=False))
        return
    for line in lines:
        answer(line)


def _line(one: dict[str, Any]) -> str:
    dates = f"{one['first_seen'] or '-'} – {one['last_seen'] or '-'}"
    counts = f"{plural(one['entities'], 'articles')}, {plural(one['mentions'], 'mentions')}"
    return f"{one['id']}  {one['label']:8}{plain(one['name'])}  {dates}  {counts}"


def _pair(one: dict[str, Any]) -> str:
    first, second = plain(one["one_name"]), plain(one["other_name"])
    return f"{one['one']} {first} = {one['other']} {second}  {one['score']:.2f}"


def _action(one: dict[str, Any]) -> str:
    reason = f": {plain(one['reason'])}" if one["reason"] else ""
    who = f"{one['made_at']}  {plain(one['made_by'])}{reason}"
    return f"action {one['number']}  {one['action']}  {who}"


def _why(one: dict[str, Any]) -> str:
    evidence = one["evidence"]
    shared = [
        plain(name) for kind in ("names", "roles", "companions") for name in evidence.get(kind, ())
    ]
    score = f"  {one['score']:.2f}" if one["score"] is not None else ""
    return score + (f"  {', '.join(shared)}" if shared else "")
