"""``pipeline completion``: shell completion of commands, options, choices and files."""

from __future__ import annotations

from typing import Literal

import click

from pipeline.cli.screen import emit

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
