"""The command ``pipeline``: parse, call, print.

stdout is data, stderr is for people. Nothing here imports spaCy before a command needs it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType, TracebackType
from typing import NoReturn

import click

from pipeline import __version__, errors
from pipeline.cli.batch import batch
from pipeline.cli.correct import correct
from pipeline.cli.evaluate import evaluate
from pipeline.cli.extract import extract
from pipeline.cli.info import info
from pipeline.cli.load import load
from pipeline.cli.retry import retry
from pipeline.cli.schema import schema
from pipeline.cli.sourcing import report
from pipeline.cli.status import status
from pipeline.cli.train import train
from pipeline.cli.validate import validate
from pipeline.cli.view import view
from pipeline.settings import nearest


class Commands(click.Group):
    """A group that names the nearest command for a misspelt one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            meant = nearest(name, self.list_commands(ctx))
            hint = f"did you mean {meant}?" if meant else "pipeline --help lists the commands"
            raise errors.UsageError(f"there is no command {name!r}", hint=hint)
        return super().resolve_command(ctx, args)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="pipeline")
def commands() -> None:
    """Extract entities, quotes, figures and attributions from news articles.

    \b
    pipeline extract article.txt            a record in out/article.jsonl, a summary on stderr
    pipeline extract news/ -o news.jsonl    a folder of articles
    pipeline batch news/ -o out/news        many articles, on all cores, safe against any crash
    pipeline load out/news --to sqlite:///news.db    and into a database, as often as you like
    pipeline view news.jsonl                a page with all that was found
    pipeline validate news.jsonl            check every promise that a record makes
    """


for command in (
    extract,
    view,
    report,
    batch,
    status,
    retry,
    load,
    validate,
    correct,
    evaluate,
    train,
    schema,
    info,
):
    commands.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    if arguments is None:
        _run_as_program()
    try:
        result = commands.main(
            args=None if arguments is None else list(arguments),
            prog_name="pipeline",
            standalone_mode=False,
        )
    except errors.ReaderGone as error:
        # the interpreter flushes stdout at exit: let it flush into nothing
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return error.exit_code
    except errors.PipelineError as error:
        return _report(error)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return errors.USAGE
    except click.UsageError as error:
        return _report(_usage(error))
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: nothing was put in place", err=True)
        return errors.INTERRUPTED
    return result if isinstance(result, int) else errors.OK


def _report(error: errors.PipelineError) -> int:
    click.echo(error.report(), err=True)
    return error.exit_code


def _usage(error: click.UsageError) -> errors.UsageError:
    """Return our error for what click found wrong with the arguments."""
    command = error.ctx.command_path if error.ctx else "pipeline"
    message = error.format_message().rstrip(".")
    return errors.UsageError(message[:1].lower() + message[1:], hint=f"see {command} --help")


def _run_as_program() -> None:
    """End as programs do: SIGTERM like Ctrl-C, and a bug of ours with exit code 70."""
    # our matrices are small: a second thread costs more than it gives (read when numpy is imported)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    signal.signal(signal.SIGTERM, _interrupt)
    sys.excepthook = _report_bug


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _report_bug(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    sys.__excepthook__(kind, error, trace)
    click.echo(errors.PipelineError(f"a bug: {kind.__name__}: {error}").report(), err=True)
    sys.stderr.flush()
    os._exit(errors.BUG)
