"""What must hold before a command touches Terraform: branch, tfvars, binary, init."""

from __future__ import annotations

from tfswap.commands.workbench import Workbench, tell_environment
from tfswap.errors import RepoError, TerraformError
from tfswap.repo import tfvars
from tfswap.swap import Swap
from tfswap.terraform.client import Terraform
from tfswap.terraform.state import State, parse


def ready_to_work(bench: Workbench) -> tuple[Swap, Terraform]:
    """Return the prepared swap and Terraform for it, once the work tree fits.

    Raises:
        RepoError: No swap, another branch, or tfvars that do not name the restored table.
        TerraformError: No terraform, or too old a one.
    """
    swap = bench.home.load()
    bench.home.make()
    tell_environment(bench, swap)
    _check_work_tree(bench, swap)
    terraform = bench.terraform(swap)
    terraform.check_version()
    return swap, terraform


def pull(terraform: Terraform, swap: Swap) -> tuple[bytes, State]:
    """Return the state of the swap's workspace, as bytes and parsed.

    Raises:
        TerraformError: The workspace does not exist or was never applied.
    """
    try:
        data = terraform.pull()
    except TerraformError:
        _check_workspace(terraform, swap)
        raise
    if not data.strip():
        _check_workspace(terraform, swap)
    state = parse(data)
    if not state.instances:
        _check_workspace(terraform, swap)
    return data, state


def _check_workspace(terraform: Terraform, swap: Swap) -> None:
    there = terraform.workspaces()
    if swap.workspace not in there:
        raise TerraformError(
            f"The backend has no workspace {swap.workspace!r}; it has {', '.join(there)}.",
            hint="Choose one with tfswap prepare --workspace.",
        )


def _check_work_tree(bench: Workbench, swap: Swap) -> None:
    names = " ".join(table.new_value for table in swap.tables)
    again = f"Run tfswap prepare {names}: it finishes what is missing."
    branch = bench.git.branch()
    if branch != swap.branch:
        raise RepoError(
            f"The swap was prepared on {swap.branch}; {branch or 'no branch'} is checked out.",
            hint=again,
        )
    for table in swap.tables:
        found = tfvars.read(bench.git.root / table.leaf.file, table.leaf.file)
        leaf = found.leaf(table.leaf.pointer)
        if leaf.value != table.new_value:
            raise RepoError(
                f"{leaf.file}:{leaf.line}: {leaf.pointer} is {leaf.value!r}; the swap needs "
                f"{table.new_value!r}.",
                hint=again,
            )
