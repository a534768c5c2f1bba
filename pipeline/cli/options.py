"""What all commands share: options, sections in the help, shell completion and suggestions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from pipeline import errors
from pipeline.cli.screen import LogFormat, emit, row
from pipeline.errors import BadDate, safe
from pipeline.input.formats import FORMATS
from pipeline.settings import KNOWN, Setting, nearest

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

FILES = frozenset({"FILE", "INPUT", "OUT", "PATH"})
"""Names of values that are files or folders."""
FOLDERS = frozenset({"FOLDER", "RUN"})
"""Names of values that are folders."""


class Commands(click.Group):
    """A group that lists its commands in sections, completes paths and suggests corrections."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.sections: dict[str, tuple[click.Command, ...]] = {}

    def add_section(self, title: str, *commands: click.Command) -> None:
        """Add commands in a section of the help."""
        self.sections[title] = commands
        for command in commands:
            self.add_command(command)

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command, with completion of its values and suggestions for its choices."""
        _teach(cmd)
        super().add_command(cmd, name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; raise ``ReaderGone`` if the reader of its output has gone."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:  # click would exit with 1, which means "dead letters" here
            raise errors.ReaderGone("the reader of stdout is gone") from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by section, each with its first sentence."""
        if not self.sections:
            super().format_commands(ctx, formatter)
            return
        width = max(len(name) for name in self.commands)
        placed = {command for commands in self.sections.values() for command in commands}
        others = tuple(one for one in self.commands.values() if one not in placed)
        sections = {**self.sections, "More": others} if others else self.sections
        for title, commands in sections.items():
            with formatter.section(title):
                limit = formatter.width - width - 6
                rows = [
                    ((one.name or "").ljust(width), one.get_short_help_str(limit))
                    for one in commands
                ]
                formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command; for an unknown name, raise ``UsageError`` with the nearest one."""
        name = args[0]
        if name == "view" and "--serve" in args:  # its older name
            args = [name := "serve", *(one for one in args[1:] if one != "--serve")]
        known = self.get_command(ctx, name) is not None
        if not known and not name.startswith("-") and not ctx.resilient_parsing:
            hint = did_you_mean(
                name, self.commands, f"{ctx.command_path} --help lists the commands"
            )
            raise errors.UsageError(f"there is no command {name!r}", hint=hint)
        return super().resolve_command(ctx, args)


def did_you_mean(name: str, names: Iterable[str], otherwise: str = "") -> str:
    """Return the hint for a misspelt name.

    >>> did_you_mean("extrct", ["extract", "batch"])
    'did you mean extract?'
    >>> did_you_mean("zzz", ["extract", "batch"], "see pipeline --help")
    'see pipeline --help'
    """
    meant = nearest(name, names)
    return f"did you mean {meant}?" if meant else otherwise


class Choice(click.Choice[str]):
    """One of several words; an error names the nearest one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word; raise ``UsageError`` if it is not a choice."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            where = param.human_readable_name if param else None
            if isinstance(param, click.Option):
                where = next((one for one in param.opts if one.startswith("--")), param.opts[0])
            message = f"{value!r} is not one of {', '.join(self.choices)}"
            hint = did_you_mean(str(value), self.choices)
            raise errors.UsageError(message, where=where, hint=hint) from error


class Place(click.types.StringParamType):
    """A path, unchanged: its reader checks whether it exists."""

    def __init__(self, kind: Literal["file", "dir"]) -> None:
        self.kind = kind

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - part of click's interface
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Leave completion to the shell, which knows its files best."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type=self.kind)]


class Text(click.types.StringParamType):
    """A text that is no path: it has to be valid UTF-8."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text; raise ``UsageError`` for bytes that are not UTF-8."""
        text: str = super().convert(value, param, ctx)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            where = param.human_readable_name if param else None
            hint = "the terminal and its locale (LANG) should use UTF-8"
            raise errors.UsageError(f"{text!r} is not UTF-8", where=where, hint=hint) from error
        return text


def _teach(command: click.Command) -> None:
    """Add completion, suggestions and checks to a command's values, by their names in the help."""
    for param in command.params:
        if type(param.type) is click.Choice:
            param.type = Choice(param.type.choices, param.type.case_sensitive)
        elif param.type is click.STRING:
            called = set((param.metavar or "").removesuffix("...").split("|"))
            if called & FILES:
                param.type = Place("file")
            elif called & FOLDERS:
                param.type = Place("dir")
            else:
                param.type = Text()


VARIABLE = "_PIPELINE_COMPLETE"
"""Environment variable that makes the program answer a shell's completion request."""
ZSH_AGAIN = """
# loaded from fpath, this file would complete the first time only: from now on by the function
compdef _pipeline_completion pipeline
"""
SHELLS = ("bash", "zsh", "fish")

Shell = Literal["bash", "zsh", "fish"]


@click.command(no_args_is_help=True)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: Shell) -> None:
    """Print the completion script for a shell.

    Add it to the startup file of your shell (bash 4.4 or later), or save it where the shell looks
    for completions. It does not have to be updated, because it asks the program for completions.

    \b
    pipeline completion bash >> ~/.bashrc
    pipeline completion zsh > "${fpath[1]}/_pipeline"
    pipeline completion fish > ~/.config/fish/completions/pipeline.fish
    """
    from click import shell_completion

    kinds = {
        "bash": shell_completion.BashComplete,
        "zsh": shell_completion.ZshComplete,
        "fish": shell_completion.FishComplete,
    }
    made = kinds[shell](ctx.find_root().command, {}, "pipeline", VARIABLE)
    # made.source() would start bash to ask for its version
    emit(made.source_template % made.source_vars() + ZSH_AGAIN * (shell == "zsh"))


Command = TypeVar("Command", bound=Callable[..., Any])


class Renamed(click.Option):
    """An option whose older name is still read, but shown nowhere."""

    def __init__(self, *args: Any, older: str, **given: Any) -> None:
        super().__init__(*args, **given)
        self.older = older

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Teach the parser both names."""
        names, self.opts = self.opts, [*self.opts, self.older]
        super().add_to_parser(parser, ctx)
        self.opts = names


def database(older: str, about: str, **given: Any) -> Callable[[Command], Command]:
    """Return the option ``--db`` for the address of a database; see ``Renamed``."""
    return click.option(
        "--db", "address", cls=Renamed, older=older, metavar="URL", help=about, **given
    )


SETTING_FLAGS = tuple(one.name for one in KNOWN if one.name != "segment_chars")
"""Settings that have a flag."""
METAVARS = {
    "model": "NAME",
    "min_confidence": "P",
    "min_identity": "P",
    "gazetteer": "FILE",
    "language": "CODE",
    "text_key": "KEY",
    "id_key": "KEY",
    "published_key": "KEY",
    "date_format": "FORMAT",
}
"""How the help calls the values of settings; other values are numbers."""


quiet = click.option("-q", "--quiet", is_flag=True, help="Print only errors.")
config = click.option(
    "--config", metavar="FILE", help="Settings file. [default: pipeline.toml, if it exists]"
)
format_ = click.option(
    "--as",
    "format_",
    cls=Renamed,
    older="--format",
    type=click.Choice(FORMATS),
    help="Format of all files, regardless of suffix. [default: by suffix; stdin is text]",
)
log_format = click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Format of stderr: text (default), or one JSON object per line.",
)


def quiet_and_verbose(command: Command) -> Command:
    """Add ``--quiet`` and ``-v`` for a command that sets up its log itself."""
    return quiet(_verbose()(command))


def messages(command: Command) -> Command:
    """Add ``--quiet`` and ``-v``, which sets up the log."""

    def set_up(_ctx: click.Context, _param: click.Parameter, verbose: int) -> None:
        set_up_logging(verbose)

    return quiet(_verbose(callback=set_up, expose_value=False)(command))


def _verbose(**given: Any) -> Callable[[Command], Command]:
    about = "Print more; -vv adds the traceback of each failure."
    return click.option("-v", "--verbose", count=True, help=about, **given)


def _installed_models(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    """Return the names of installed spaCy pipelines that begin with ``begun``."""
    from importlib.metadata import entry_points

    from pipeline.manifest import manifest

    names = {one.name for one in entry_points(group="spacy_models")}
    names |= {one.package for one in manifest() if one.package}
    return sorted(name for name in names if name.startswith(begun))


def settings_flags(*names: str) -> Callable[[Command], Command]:
    """Return a decorator that adds the flags of some settings, by default of all that have one."""

    def add(command: Command) -> Command:
        for name in reversed(names or SETTING_FLAGS):
            command = _flag(next(one for one in KNOWN if one.name == name))(command)
        return command

    return add


def _flag(setting: Setting) -> Callable[[Command], Command]:
    """Return the option that sets a setting; without it, the value is None."""
    flag = "--" + setting.name.replace("_", "-")
    about = f"{setting.about[:1].upper()}{setting.about[1:]}."
    if isinstance(setting.default, bool):
        negative = flag.replace("--", "--no-")
        return click.option(f"{flag}/{negative}", default=None, help=about)
    return click.option(
        flag,
        type=click.Choice(setting.choices) if setting.choices else type(setting.default),
        metavar=None if setting.choices else METAVARS.get(setting.name, "N"),
        shell_complete=_installed_models if setting.name == "model" else None,
        help=about if setting.default == "" else f"{about} [default: {setting.default}]",
    )


def engine(command: Command) -> Command:
    """Add ``--workers``, ``--engine`` and ``--address``."""
    command = click.option(
        "--address",
        metavar="ADDRESS",
        help="Address of the cluster, for example ray://head:10001. "
        "[default: a temporary cluster on this machine]",
    )(command)
    command = click.option(
        "--engine",
        type=click.Choice(["local", "ray"]),
        default="local",
        help="Where the workers run: on this machine (default), or Ray (extra ray).",
    )(command)
    return click.option(
        "--workers",
        type=click.IntRange(1, 100_000),
        metavar="N",
        help="Number of worker processes. [default: the number of CPU cores]",
    )(command)


def day_of(text: str, where: str = "--published") -> str:
    """Return a date in ISO 8601; raise ``BadDate`` if it is not valid."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise BadDate(f"{text!r} is not a valid date", where=where) from error


class TextLines(logging.Formatter):
    """Formats a log record as a line for people; a traceback keeps its lines."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        return safe(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        return safe(super().format(record), keep="\n")


class JsonLines(logging.Formatter):
    """Formats a log record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        message = super().format(record)  # including the traceback, if there is one
        return row("log", level=record.levelname, logger=record.name, message=message)


def set_up_logging(verbose: int, log_format: LogFormat = "text") -> None:
    """Log to stderr; article text is logged at DEBUG only."""
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    handler = logging.StreamHandler()
    handler.setFormatter(TextLines() if log_format == "text" else JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("pipeline").setLevel(level)
