"""What must hold before a command touches Terraform: branch, tfvars, binary, init."""

from __future__ import annotations

from tfswap.commands.aws_access import sign_in_first
from tfswap.commands.lookup import selected_workspace
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
    bench.home.hold()
    tell_environment(bench, swap)
    _check_work_tree(bench, swap)
    sign_in_first(bench, swap)
    terraform = bench.terraform(swap)
    terraform.check_version()
    return swap, terraform


def pull(bench: Workbench, terraform: Terraform, swap: Swap) -> tuple[bytes, State]:
    """Return the state of the swap's workspace, as bytes and parsed.

    Raises:
        TerraformError: The workspace does not exist or was never applied.
    """
    check_workspace(bench, terraform, swap)
    data = terraform.pull()
    state = parse(data)
    if not state.instances:
        raise TerraformError(
            f"The workspace {swap.workspace!r} has no resources: nothing was ever applied in it.",
            hint="Choose another with tfswap prepare --environment or --workspace.",
        )
    return data, state


def check_workspace(bench: Workbench, terraform: Terraform, swap: Swap) -> None:
    """Make sure the workspace exists before anything reads it.

    The S3 backend makes one that does not exist as soon as its state is read (Terraform source,
    internal/backend/remote-state/s3, ``StateMgr``).

    Raises:
        TerraformError: It does not exist.
    """
    if _known(bench, swap):
        return
    there = terraform.workspaces()
    if swap.workspace not in there:
        raise TerraformError(
            f"The backend has no workspace {swap.workspace!r}; it has {', '.join(there)}.",
            hint="Choose another with tfswap prepare --environment or --workspace.",
        )


def _known(bench: Workbench, swap: Swap) -> bool:
    """Say whether the workspace needs no looking for: selected, or its state pulled before."""
    selected = selected_workspace(bench)(swap.root_module) == swap.workspace
    return selected or bool(bench.home.backups(swap.workspace))


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
