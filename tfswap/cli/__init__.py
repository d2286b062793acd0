"""The command line: one line a command, in the order of the help.

The modules beside this one hold options and help; each command is one call into
``tfswap.commands``, which is loaded when it runs, not before.
"""

from __future__ import annotations

from typing import Annotated

import typer

from tfswap.cli import after, aws, look, night, review, state, tables
from tfswap.cli.options import say_version

app = typer.Typer(
    name="tfswap",
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


# The swap itself.
app.command()(state.prepare)
app.command()(state.run)
app.command()(state.rehearse)
app.command("verify-plan")(state.verify_plan)
app.command()(state.apply)
app.command()(review.finish)
app.command()(after.rollback)

# Looking only.
app.command()(look.status)
app.command()(look.doctor)
app.command()(review.check)
app.command()(after.log)
app.command()(look.rules)
app.command()(look.explain)
app.command()(look.demo)

# The whole night.
app.command()(night.swap)
app.command()(night.runbook)

# The tables in AWS.
app.add_typer(aws.pipeline, name="pipeline")
app.command()(aws.backups)
app.command()(aws.restore)
app.command()(tables.compare)
app.command()(tables.retire)
