"""What must hold before a command touches Terraform: branch, tfvars, binary, init."""

from __future__ import annotations

from tfswap.context.adopt import next_edit_command
from tfswap.context.command_context import CommandContext, say_environment
from tfswap.context.credentials import sign_in_first
from tfswap.context.terraform_facts import selected_workspace
from tfswap.context.written_names import require_restored
from tfswap.errors import RepoError, TerraformError
from tfswap.swap import Swap
from tfswap.terraform.client import Terraform
from tfswap.terraform.state_file import State, parse


def ready_to_work(context: CommandContext) -> tuple[Swap, Terraform]:
    """Return the prepared swap and Terraform for it, once the work tree fits.

    Raises:
        RepoError: No swap, another branch, or tfvars that do not name the restored table.
        TerraformError: No terraform, or too old a one.
    """
    swap = context.directory.load()
    context.directory.lock()
    say_environment(context, swap)
    _check_work_tree(context, swap)
    sign_in_first(context, swap)
    terraform = context.terraform(swap)
    terraform.check_version()
    return swap, terraform


def pull(context: CommandContext, terraform: Terraform, swap: Swap) -> tuple[bytes, State]:
    """Return the state of the swap's workspace, as bytes and parsed.

    Raises:
        TerraformError: The workspace does not exist or was never applied.
    """
    check_workspace(context, terraform, swap)
    data = terraform.pull()
    state = parse(data)
    if not state.instances:
        raise TerraformError(
            f"The workspace {swap.workspace!r} has no resources: nothing was ever applied there.",
            hint="Choose another: tfswap prepare … --environment or --workspace",
        )
    return data, state


def check_workspace(context: CommandContext, terraform: Terraform, swap: Swap) -> None:
    """Make sure the workspace exists before anything reads it.

    The S3 backend makes one that does not exist as soon as its state is read (Terraform source,
    internal/backend/remote-state/s3, ``StateMgr``).

    Raises:
        TerraformError: It does not exist.
    """
    if _known(context, swap):
        return
    there = terraform.workspaces()
    if swap.workspace not in there:
        raise TerraformError(
            f"The backend has no workspace {swap.workspace!r}; it has {', '.join(there)}.",
            hint="Choose another: tfswap prepare … --environment or --workspace",
        )


def _known(context: CommandContext, swap: Swap) -> bool:
    """Say whether the workspace needs no looking for: selected, or its state pulled before."""
    selected = selected_workspace(context)(swap.root_module) == swap.workspace
    return selected or bool(context.directory.backups(swap.workspace))


def _check_work_tree(context: CommandContext, swap: Swap) -> None:
    again = next_edit_command(context, swap)
    branch = context.git.branch()
    if branch != swap.branch:
        raise RepoError(
            f"The swap was prepared on {swap.branch}; {branch or 'no branch'} is checked out.",
            hint=again,
        )
    require_restored(context.git.root, swap.tables, hint=again)
