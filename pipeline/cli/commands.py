"""Common behaviour of all commands: sections in the help, shell completion, and suggestions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import click

from pipeline import errors
from pipeline.cli.screen import emit
from pipeline.settings import nearest

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
        except click.BadParameter:
            _refuse(str(value), self.choices, param)


def _refuse(value: str, choices: Sequence[str], param: click.Parameter | None) -> NoReturn:
    where = None
    if param is not None:
        where = param.human_readable_name
        if isinstance(param, click.Option):
            where = next((one for one in param.opts if one.startswith("--")), param.opts[0])
    message = f"{value!r} is not one of {', '.join(choices)}"
    raise errors.UsageError(message, where=where, hint=did_you_mean(value, choices))


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


def _teach(command: click.Command) -> None:
    """Add completion and suggestions to a command's values, by their names in the help."""
    for param in command.params:
        if type(param.type) is click.Choice:
            param.type = Choice(param.type.choices, param.type.case_sensitive)
        elif param.type is click.STRING and param.metavar:
            called = set(param.metavar.removesuffix("...").split("|"))
            if called & FILES:
                param.type = Place("file")
            elif called & FOLDERS:
                param.type = Place("dir")


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
