"""``pipeline completion``: what a shell needs to complete commands, options, choices and files."""

from __future__ import annotations

from typing import Literal

import click

from pipeline.cli.screen import emit

VARIABLE = "_PIPELINE_COMPLETE"
"""In the environment it makes the program answer a shell instead of running."""
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
    # not made.source(), which starts a bash to ask for its version
    emit(made.source_template % made.source_vars() + ZSH_AGAIN * (shell == "zsh"))
