"""What the runbook would have one type instead of tfswap's commands, phase by phase."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from tfswap.commands.lookup import selected_workspace, terraform_variables
from tfswap.commands.target import as_prepared
from tfswap.commands.workbench import Workbench
from tfswap.errors import RepoError
from tfswap.repo.locate import Located, locate, pipelines
from tfswap.steps.sequence import steps_of
from tfswap.swap import Swap, TableSwap
from tfswap.terraform import commands

_TOP = '"$(git rev-parse --show-toplevel)"'


def by_hand(bench: Workbench, swap: Swap, names: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return, per phase of the night, the commands that do the same by hand.

    Args:
        bench: The command's surroundings.
        swap: What is to be done.
        names: The restored tables as the tfvars name them.

    Returns:
        Phase name to shell lines; a phase nothing is known for is left out.
    """
    found = _with_git_and_terraform(bench, swap)
    found["pipeline"] = _pipeline(bench, swap)
    for name, table in zip(names, swap.tables, strict=True):
        look, restore = _restore(bench, swap, table)
        found[f"recovery-point {name}"], found[f"restore {name}"] = look, restore
    return {phase: lines for phase, lines in found.items() if lines}


def _with_git_and_terraform(bench: Workbench, swap: Swap) -> dict[str, Sequence[str]]:
    told = bench.remembering(swap)

    def line(words: commands.Words) -> str:
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
            line(commands.init()),
            line(commands.workspace_select(swap.workspace)),
            f"{line(commands.state_pull())} > before.tfstate    # keep it, and keep it private",
            *(line(step.words()) for step in steps_of(swap)),
        ],
        "verify": [*there, line(commands.plan("swap.plan"))],
        "apply": [*there, line(commands.apply("swap.plan"))],
        "finish": [
            f"cd {_TOP}",
            f"git commit -m 'Use the restored table' -- {files}",
            f"git push --set-upstream origin {shlex.quote(swap.branch)}",
            "# then open the pull request",
        ],
    }


def _pipeline(bench: Workbench, swap: Swap) -> list[str]:
    """Return how to stop the pipelines with the AWS command line; none whose name is not told."""
    try:
        there = pipelines(
            bench.git.root,
            as_prepared(bench.config, swap),
            selected_workspace=selected_workspace(bench),
            variables=terraform_variables(bench),
        )
    except RepoError:
        return []
    lines = [f"# signed in to account {swap.account}, with the role for this job"]
    for pipeline in there.found:
        if pipeline.address in swap.pipelines:
            region = shlex.quote(pipeline.home.region or swap.tables[0].region)
            at = f"--pipeline-name {shlex.quote(pipeline.name)} --region {region}"
            lines += [
                _aws(bench, swap, f"osis stop-pipeline {at}"),
                f"{_aws(bench, swap, f'osis get-pipeline {at}')} --query Pipeline.Status"
                "    # until STOPPED",
            ]
    return lines if len(lines) > 1 else []


def _restore(bench: Workbench, swap: Swap, table: TableSwap) -> tuple[list[str], list[str]]:
    """Return how to find the backup, and what to tell the console's wizard."""
    try:
        found = locate(
            bench.git.root,
            table.base,
            as_prepared(bench.config, swap),
            selected_workspace=selected_workspace(bench),
            variables=terraform_variables(bench),
        )
    except RepoError:
        return [], []
    return _points(bench, swap, table, found), _wizard(table, found)


def _points(bench: Workbench, swap: Swap, table: TableSwap, found: Located) -> list[str]:
    if not swap.account or len(found.vaults) != 1:
        return []
    words = (
        f"backup list-recovery-points-by-backup-vault --region {shlex.quote(table.region)} "
        f"--backup-vault-name {shlex.quote(found.vaults[0].name)} "
        f"--by-resource-arn {shlex.quote(swap.arn(table, new=False))}"
    )
    return [_aws(bench, swap, words)]


def _wizard(table: TableSwap, found: Located) -> list[str]:
    key = f", encryption key {found.key.name}" if found.key.name else ""
    return [f"# AWS Backup, Restore: new table name {table.new_name}{key}, default role"]


def _aws(bench: Workbench, swap: Swap, words: str) -> str:
    prefix = bench.remembering(swap).config.prefix or ()
    return f"{shlex.join(prefix)} aws {words}".lstrip()
