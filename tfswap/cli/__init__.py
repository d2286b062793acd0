"""The command line: one line a command, in the order of the help.

The modules beside this one hold options and help, one file a group of the help; each command is
one call into ``tfswap.commands``, which is loaded when it runs, not before.
"""

from __future__ import annotations

from typing import Annotated

import typer

from tfswap.cli import ci, completion, demo, guided, look, program, swap, tables
from tfswap.cli.program import Group, add, say_version

app = typer.Typer(
    name="tfswap",
    cls=program.GroupedHelp,
    help="Bring a restored DynamoDB table into service with Terraform, and verify the plan first.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@app.callback()
def _program(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", callback=say_version, is_eager=True, help="Show the version."
        ),
    ] = False,
) -> None:
    pass


add(app, Group.GUIDED, guided.swap, "swap Lpas --restore latest", "swap Lpas-20240715")
add(app, Group.GUIDED, guided.runbook, "runbook Lpas --restore latest > runbook.md")

app.add_typer(tables.pipeline, name="pipeline", rich_help_panel=Group.TABLES.value)
add(app, Group.TABLES, tables.backups, "backups Lpas")
add(app, Group.TABLES, tables.restore, "restore Lpas", "restore Lpas --at 2024-07-15T01:00:00Z")
add(app, Group.TABLES, tables.compare, "compare", "compare Lpas-20240715 --scan-count")
add(app, Group.TABLES, tables.retire, "retire --dry-run", "retire production-Lpas")

add(app, Group.SWAP, swap.prepare, "prepare Lpas-20240715", "prepare Lpas-20240715 --dry-run")
add(app, Group.SWAP, swap.run, "run", "run --dry-run")
add(app, Group.SWAP, swap.rehearse, "rehearse --format html > plan.html")
add(
    app,
    Group.SWAP,
    swap.verify_plan,
    "verify-plan",
    "verify-plan plan.json --from Lpas --to Lpas-20240715",
)
add(app, Group.SWAP, swap.apply, "apply")
add(app, Group.SWAP, swap.finish, "finish --dry-run", "finish")
add(app, Group.SWAP, swap.rollback, "rollback --dry-run", "rollback")

add(app, Group.LOOK, look.doctor, "doctor")
add(app, Group.LOOK, look.status, "status")
add(app, Group.LOOK, look.log, "log --format markdown")
add(app, Group.LOOK, look.rules, "rules")
add(app, Group.LOOK, look.explain, "explain TFS402")

add(app, Group.CI, ci.check, "check", "check --plan plan.json --write sarif=tfswap.sarif")

add(app, Group.DEMO, demo.demo, "demo", "demo --keep play")

program.add_meta_commands(app)
completion.add_completion_command(app)
