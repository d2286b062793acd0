"""What the runbook would have one type instead of tfswap's commands, phase by phase."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from tfswap.commands.runbook.aws_commands import (
    compare_lines,
    look_lines,
    restore_lines,
    retire_lines,
    signed_in,
)
from tfswap.config import Config
from tfswap.context.command_context import CommandContext
from tfswap.context.table_target import as_prepared
from tfswap.context.terraform_facts import selected_workspace, terraform_variables
from tfswap.discovery.locate import LocatedTable, locate, pipelines
from tfswap.errors import RepoError
from tfswap.files import read_regular
from tfswap.steps.swap_steps import steps_of
from tfswap.swap import Swap, TableSwap
from tfswap.terraform import arguments

_TOP = '"$(git rev-parse --show-toplevel)"'


def manual_commands(
    context: CommandContext, swap: Swap, names: Sequence[str], restore: str = ""
) -> dict[str, Sequence[str]]:
    """Return, per phase of the guided run, the commands that do the same by hand.

    Args:
        context: The command's surroundings.
        swap: What is to be done.
        names: The restored tables as the tfvars name them.
        restore: What is restored first, as ``--restore`` takes it.

    Returns:
        Phase name (and ``retire``) to shell lines; a phase nothing is known for is left out.
    """
    found = _with_git_and_terraform(context, swap)
    aws, tables = _of_aws(context, swap, restore), " ".join(names)
    for phase, lines in (
        ("pipeline", _pipeline(context, swap)),
        (f"recovery-point {tables}", aws["look"]),
        (f"restore {tables}", aws["restore"]),
        ("compare", aws["compare"]),
        ("retire", aws["retire"]),
    ):
        found[phase] = signed_in(context, swap, lines)
    return {phase: lines for phase, lines in found.items() if lines}


def _with_git_and_terraform(context: CommandContext, swap: Swap) -> dict[str, Sequence[str]]:
    saved = context.remembering(swap)

    def line(words: arguments.Words) -> str:
        return shlex.join(saved.binary.argv(words))

    variables = sorted(_variables(context, saved.config, swap).items())
    # Each phase may be the first that somebody types, in any folder and a shell of their own.
    there = [
        f"cd {_TOP}/{shlex.quote(swap.root_module)}",
        *(f"export {name}={shlex.quote(value)}" for name, value in variables),
    ]
    files = shlex.join(sorted({table.leaf.file for table in swap.tables}))
    return {
        "prepare": [
            "git pull --ff-only    # on the main branch, up to date",
            f"git switch -c {shlex.quote(swap.branch)}",
            *(
                f"# {t.leaf.file}:{t.leaf.line}: {t.leaf.value} becomes {t.new_value}"
                for t in swap.tables
            ),
        ],
        "run": [
            *there,
            line(arguments.init()),
            line(arguments.workspace_select(swap.workspace)),
            f"{line(arguments.state_pull())} > before.tfstate    # keep it private",
            *(line(step.words()) for step in steps_of(swap)),
        ],
        "verify": [*there, line(arguments.plan("swap.plan", swap.var_files)), *_CHECKS],
        "apply": [*there, line(arguments.apply("swap.plan"))],
        "finish": [
            f"cd {_TOP}",
            f"git commit -m 'Use the restored table' -- {files}",
            f"git push --set-upstream origin {shlex.quote(swap.branch)}",
            "# then open the pull request",
        ],
    }


def _variables(context: CommandContext, config: Config, swap: Swap) -> dict[str, str]:
    """Return the variables to export: whatever is set, and the role for this job.

    Runbook: "Edit the … .envrc file to set the TF_VAR_default_role to breakglass."
    """
    found = config.terraform_variables()
    name = config.role_variable
    asked = any(
        f'variable "{name}"'.encode() in read_regular(path)
        for path in (context.git.root / swap.root_module).glob("*.tf")
    )
    if asked and f"TF_VAR_{name}" not in found:
        found[f"TF_VAR_{name}"] = "breakglass"
    return found


def _pipeline(context: CommandContext, swap: Swap) -> list[str]:
    """Return how to stop the pipelines with the AWS command line; none whose name is not told."""
    try:
        there = pipelines(
            context.git.root,
            as_prepared(context.config, swap),
            selected_workspace=selected_workspace(context),
            variables=terraform_variables(context),
        )
    except RepoError:
        return []
    lines = []
    for pipeline in there.found:
        if pipeline.address in swap.pipelines:
            region = shlex.quote(pipeline.directory.region or swap.tables[0].region)
            at = f"--pipeline-name {shlex.quote(pipeline.name)} --region {region}"
            lines += [
                f"aws osis stop-pipeline {at}",
                f"aws osis get-pipeline {at} --query Pipeline.Status    # until STOPPED",
            ]
    return lines


def _located(context: CommandContext, swap: Swap, table: TableSwap) -> LocatedTable | None:
    try:
        return locate(
            context.git.root,
            table.base,
            as_prepared(context.config, swap),
            selected_workspace=selected_workspace(context),
            variables=terraform_variables(context),
        )
    except RepoError:
        return None


def _of_aws(context: CommandContext, swap: Swap, restore: str) -> dict[str, list[str]]:
    """Return the lines for the phases that the runbook has one do in the console."""
    look: list[str] = []
    made: list[str] = []
    for table in swap.tables:
        if restore and (found := _located(context, swap, table)) is not None:
            look += look_lines(swap, table, found)
            made += restore_lines(swap, table, found, restore)
    compare = [line for table in swap.tables for line in compare_lines(table)]
    retire = [line for table in swap.tables for line in retire_lines(table)]
    return {"look": look, "restore": made, "compare": compare, "retire": retire}


_CHECKS = (
    "# Things to check for:",
    "# - policies of the OpenSearch pipeline, the app's task role and the event functions, and",
    "#   environment variables, name the restored table, and nothing names the outgoing one",
    "# - AWS Backup manages the restored table",
    "# - the table: tags, point-in-time recovery and stream come on",
    "# - the OpenSearch pipeline is recreated for the restored table",
    "# - ECS services and task definitions, Lambda functions: updated, with today's image",
    "# - no table is deleted or replaced, and nothing else changes",
)
"""The runbook's own list, for whoever reads a plan without tfswap."""
