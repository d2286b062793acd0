"""The command line: one line a command, in the order of the help.

The modules beside this one hold options and help; each command is one call into
``tfswap.commands``, which is loaded when it runs, not before.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tfswap.cli import after, aws, guided_run, look, review, state, tables
from tfswap.cli.options import say_version


class _InOrder(TyperGroup):
    """Lists the commands as they come in a night; Typer would list groups last."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names, with ``pipeline`` after ``doctor``."""
        names = super().list_commands(ctx)
        if {"doctor", "pipeline"} <= set(names):
            names.remove("pipeline")
            names.insert(names.index("doctor") + 1, "pipeline")
        return names


app = typer.Typer(
    name="tfswap",
    cls=_InOrder,
    help="Bring a restored DynamoDB table into service with Terraform, and prove the plan first.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=say_version, is_eager=True, help="Say it.")
    ] = False,
) -> None:
    pass


# The whole night.
app.command()(guided_run.swap)
app.command()(guided_run.runbook)
app.command()(look.doctor)

# Pipeline, backup and tables in AWS.
app.add_typer(aws.pipeline, name="pipeline")
app.command()(aws.backups)
app.command()(aws.restore)
app.command()(tables.compare)

# The swap itself.
app.command()(state.prepare)
app.command()(state.run)
app.command()(state.rehearse)
app.command("verify-plan")(state.verify_plan)
app.command()(state.apply)
app.command()(review.finish)
app.command()(review.check)
app.command()(tables.retire)

# At any moment.
app.command()(look.status)
app.command()(after.log)
app.command()(after.rollback)
app.command()(look.rules)
app.command()(look.explain)
app.command()(look.demo)
