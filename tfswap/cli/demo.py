"""The demo on a stand-in AWS."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfswap.cli.options import run_anywhere

if TYPE_CHECKING:
    from tfswap.console import Console


class Stop(StrEnum):
    """Where the demo may end, for whoever wants to continue from there."""

    PREPARED = "prepared"
    PUSHED = "pushed"
    APPLIED = "applied"


def demo(
    keep: Annotated[
        Path | None, typer.Option(help="Create the demo in this new folder and keep it.")
    ] = None,
    until: Annotated[
        Stop | None, typer.Option(help="Stop there, with --keep, to continue by hand.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Hide progress.")] = False,
) -> None:
    """Run a complete swap on a stand-in AWS.

    Everything runs on this machine; it needs Terraform and the AWS provider, and no account.
    """

    def work(console: "Console") -> int:
        from tfswap.commands.demo import demo

        return demo(console, keep=keep, until=until.value if until else "")

    run_anywhere(work, quiet)
