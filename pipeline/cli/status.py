"""``pipeline status``: print the progress of a run."""

from __future__ import annotations

import json
from typing import Any

import click

from pipeline.cli.runreport import by_number
from pipeline.cli.screen import answer, emit
from pipeline.cli.table import LAYERS
from pipeline.errors import LOCKED, OK, SOME_FAILED


@click.command(no_args_is_help=True)
@click.argument("run_folder", metavar="RUN")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(run_folder: str, as_json: bool) -> int:
    """Print the progress of the run in the folder RUN.

    The exit code is 0 if the run is finished, 1 if it is finished with dead letters or incomplete
    records, and 75 if it is unfinished.

    \b
    pipeline status out/RUN
    pipeline status out/RUN --json | jq .dead_letters
    """
    from pipeline.runs.folder import find_run

    run = find_run(run_folder)
    progress = run.progress()
    owner = run.store.holder()
    finished = run.finished and progress.complete
    state = "finished" if finished else "running" if owner else "unfinished"
    found: dict[str, Any] = {
        "run": run_folder,
        "state": state,
        "held_by": owner,
        "articles": progress.articles,
        "articles_done": progress.done_articles,
        "shards": progress.shards,
        "shards_done": progress.done_shards,
        "records": progress.counts["records"],
        "words": progress.counts["words"],
        **{layer: progress.counts[layer] for layer in LAYERS},
        "incomplete": progress.counts["incomplete"],
        "dead_letters": dict(by_number(progress.codes)),
    }
    if as_json:
        emit(json.dumps(found))
    else:
        for name, value in found.items():
            answer(f"{name.replace('_', ' '):14}{_shown(value)}")
    if not finished:
        return LOCKED
    return OK if progress.whole else SOME_FAILED


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{code} {number:,}" for code, number in value.items()) or "none"
    if value is None:
        return "nobody"
    return f"{value:,}" if isinstance(value, int) else str(value)
