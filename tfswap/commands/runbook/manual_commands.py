"""What the runbook would have one type instead of tfswap's commands, phase by phase."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from tfswap.context.command_context import CommandContext
from tfswap.context.table_target import as_prepared
from tfswap.context.terraform_facts import selected_workspace, terraform_variables
from tfswap.discovery.locate import LocatedTable, locate, pipelines
from tfswap.errors import RepoError
from tfswap.steps.swap_steps import steps_of
from tfswap.swap import Swap, TableSwap
from tfswap.terraform import arguments

_TOP = '"$(git rev-parse --show-toplevel)"'


def manual_commands(
    context: CommandContext, swap: Swap, names: Sequence[str]
) -> dict[str, Sequence[str]]:
    """Return, per phase of the night, the commands that do the same by hand.

    Args:
        context: The command's surroundings.
        swap: What is to be done.
        names: The restored tables as the tfvars name them.

    Returns:
        Phase name to shell lines; a phase nothing is known for is left out.
    """
    found = _with_git_and_terraform(context, swap)
    found["pipeline"] = _pipeline(context, swap)
    for name, table in zip(names, swap.tables, strict=True):
        look, restore = _restore(context, swap, table)
        found[f"recovery-point {name}"], found[f"restore {name}"] = look, restore
    return {phase: lines for phase, lines in found.items() if lines}


def _with_git_and_terraform(context: CommandContext, swap: Swap) -> dict[str, Sequence[str]]:
    told = context.remembering(swap)

    def line(words: arguments.Words) -> str:
        return shlex.join(told.binary.argv(words))

    variables = sorted(told.config.terraform_variables().items())
    # Each phase may be the first that somebody types, in any folder and a shell of their own.
    there = [
        f"cd {_TOP}/{shlex.quote(swap.root_module)}",
        *(f"export {name}={shlex.quote(value)}" for name, value in variables),
    ]
    files = shlex.join(sorted({table.leaf.file for table in swap.tables}))
    return {
        "prepare": [
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
        "verify": [*there, line(arguments.plan("swap.plan", swap.var_files))],
        "apply": [*there, line(arguments.apply("swap.plan"))],
        "finish": [
            f"cd {_TOP}",
            f"git commit -m 'Use the restored table' -- {files}",
            f"git push --set-upstream origin {shlex.quote(swap.branch)}",
            "# then open the pull request",
        ],
    }


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
    lines = [f"# signed in to account {swap.account}, with the role for this job"]
    for pipeline in there.found:
        if pipeline.address in swap.pipelines:
            region = shlex.quote(pipeline.directory.region or swap.tables[0].region)
            at = f"--pipeline-name {shlex.quote(pipeline.name)} --region {region}"
            lines += [
                _aws(context, swap, f"osis stop-pipeline {at}"),
                f"{_aws(context, swap, f'osis get-pipeline {at}')} --query Pipeline.Status"
                "    # until STOPPED",
            ]
    return lines if len(lines) > 1 else []


def _restore(context: CommandContext, swap: Swap, table: TableSwap) -> tuple[list[str], list[str]]:
    """Return how to find the backup, and what to tell the console's wizard."""
    try:
        found = locate(
            context.git.root,
            table.base,
            as_prepared(context.config, swap),
            selected_workspace=selected_workspace(context),
            variables=terraform_variables(context),
        )
    except RepoError:
        return [], []
    return _points(context, swap, table, found), _wizard(table, found)


def _points(
    context: CommandContext, swap: Swap, table: TableSwap, found: LocatedTable
) -> list[str]:
    if not swap.account or len(found.vaults) != 1:
        return []
    words = (
        f"backup list-recovery-points-by-backup-vault --region {shlex.quote(table.region)} "
        f"--backup-vault-name {shlex.quote(found.vaults[0].name)} "
        f"--by-resource-arn {shlex.quote(swap.arn(table, new=False))}"
    )
    return [_aws(context, swap, words)]


def _wizard(table: TableSwap, found: LocatedTable) -> list[str]:
    key = f", encryption key {found.key.name}" if found.key.name else ""
    return [f"# AWS Backup, Restore: new table name {table.new_name}{key}, default role"]


def _aws(context: CommandContext, swap: Swap, words: str) -> str:
    prefix = context.remembering(swap).config.prefix or ()
    return f"{shlex.join(prefix)} aws {words}".lstrip()
