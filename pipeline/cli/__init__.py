"""The command ``pipeline``: parse, call, print.

Data goes to stdout, messages to stderr. Nothing here imports spaCy before a command needs it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from errno import EDQUOT, EFBIG, EIO, EMFILE, ENFILE, ENOLCK, ENOMEM, ENOSPC, EROFS
from traceback import format_exception
from types import FrameType, TracebackType
from typing import NoReturn

import click

from pipeline import __version__, errors
from pipeline.cli.batch import batch, retry, status
from pipeline.cli.database import copies, datasette, link, load, said, series
from pipeline.cli.evaluate import correct, evaluate
from pipeline.cli.extract import extract
from pipeline.cli.files import schema, validate
from pipeline.cli.gazetteer import gazetteer
from pipeline.cli.identities import identities
from pipeline.cli.info import info
from pipeline.cli.options import Commands, completion, did_you_mean
from pipeline.cli.screen import Screen, secure, tell
from pipeline.cli.train import train
from pipeline.cli.view import mcp, report, serve, view

REFUSALS = {EDQUOT, EFBIG, EIO, EMFILE, ENFILE, ENOLCK, ENOMEM, ENOSPC, EROFS}
"""System errors that mean a shortage of resources, not a bug in this program."""


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="pipeline")
def commands() -> None:
    """Extract entities, quotes, figures and attributions from news articles.

    \b
    pipeline extract article.txt                     extract one article
    pipeline extract news/ -o news.jsonl             extract a folder of articles
    pipeline batch news/ -o out/news                 extract many, safe against crashes
    pipeline load out/news --db sqlite:///news.db    load records into a database
    pipeline view news.jsonl                         write an HTML page of records
    pipeline serve news.jsonl                        review records in the browser
    pipeline validate news.jsonl                     check records
    """


commands.add_section("Extract records", extract, batch, status, retry, gazetteer)
commands.add_section("View records", view, serve, report)
commands.add_section("Follow the news in a database", link, identities, copies, said, series)
commands.add_section("Use records in programs", load, datasette, mcp, validate, schema)
commands.add_section("Correct, evaluate, train", correct, evaluate, train)
commands.add_section("Other", info, completion)


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
        sys.stdout.flush()
    except errors.ReaderGone as error:
        return error.exit_code
    except errors.PipelineError as error:
        return _report(error)
    except BrokenPipeError:
        return errors.BROKEN_PIPE
    except OSError as error:
        if error.errno not in REFUSALS:
            raise
        return _report(errors.SystemRefused(_reason(error)))
    except click.exceptions.NoArgsIsHelpError as error:
        return _help(error.ctx)
    except click.UsageError as error:
        return _report(_usage(error))
    except (click.Abort, KeyboardInterrupt):
        tell("interrupted: the output was not changed")
        return errors.INTERRUPTED
    return result if isinstance(result, int) else errors.OK


def _help(context: click.Context | None) -> int:
    for line in (context.get_help() if context else "").splitlines():
        tell(line)
    return errors.USAGE


def _report(error: errors.PipelineError) -> int:
    screen = Screen()
    for number, line in enumerate(error.report().splitlines()):
        screen.say(line, "bold" if number else "bold red")
    return error.exit_code


def _reason(error: OSError) -> str:
    reason = errors.reason_of(error)
    return f"{reason}: {error.filename}" if error.filename else reason


def _usage(error: click.UsageError) -> errors.UsageError:
    """Convert click's error about the arguments to ours."""
    command = error.ctx.command_path if error.ctx else "pipeline"
    hint = f"see {command} --help"
    message = " ".join(error.format_message().split()).rstrip(".")
    if isinstance(error, click.NoSuchOption):
        message = f"no such option {error.option_name!r}"
        hint = did_you_mean(error.option_name, error.possibilities or (), hint)
    return errors.UsageError(message[:1].lower() + message[1:], hint=hint)


def _run_as_program() -> None:
    """Handle SIGTERM like Ctrl-C, and exit with code 70 if there is a bug."""
    secure()
    # small matrices: a second thread costs more than it saves (read when numpy is imported)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:  # not in the background
            signal.signal(number, _interrupt)
    sys.excepthook = _report_bug


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """Clean up and exit; exit at once if the signal is repeated."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(errors.INTERRUPTED))
    raise KeyboardInterrupt


def _report_bug(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    for line in "".join(format_exception(kind, error, trace)).split("\n")[:-1]:
        tell(line)
    _report(errors.PipelineError(f"internal error: {kind.__name__}: {error}"))
    os._exit(errors.BUG)
