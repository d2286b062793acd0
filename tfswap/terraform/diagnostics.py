"""From Terraform's own error text to one message and the next thing to do.

Terraform has no machine-readable errors for most commands; the phrases below are from its source
(internal/command, internal/backend, internal/states) and from the AWS provider. What matches none
of them is shown as it came.
"""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from tfswap.errors import AwsError, StateLockedError, StateMovedError, TerraformError
from tfswap.terraform.child_processes import ChildProcesses
from tfswap.terraform.command_runner import Result
from tfswap.terraform.messages import readable
from tfswap.terraform.network import unreached
from tfswap.terraform.state_lock import advice, parse_lock


class _Known(NamedTuple):
    phrase: str
    kind: type[TerraformError] | type[AwsError]
    message: str
    hint: str


_LOCKED = "Error acquiring the state lock"
"""With the lock's own facts somebody holds it; without them it could not even be asked for."""
_NOT_RELEASED = "Error releasing the state lock"
"""``state push`` ends well after it (Terraform source, internal/command/state_push.go)."""

_KNOWN = (
    _Known(
        _NOT_RELEASED,
        TerraformError,
        "Terraform could not release its lock on the state",
        "Run the same command again. If it finds the state locked by you, unlock it: {unlock} ID",
    ),
    _Known(
        r"cannot (?:import|overwrite existing) state with serial|"
        r"serial .* (?:is newer|higher)|different lineage|lineage .* does not match",
        StateMovedError,
        "The state was written by someone else after it was pulled; nothing was changed",
        "Run tfswap run again: it pulls the new state and rehearses again.",
    ),
    _Known(
        r"Cannot import non-existent remote object|couldn't find resource|empty result",
        AwsError,
        "The restored table does not exist in AWS",
        "Check that the restore job is complete, and check name, date, role and region. "
        "Then run the same command again.",
    ),
    _Known(
        r"Unsupported Terraform Core version",
        TerraformError,
        "This Terraform version does not match required_version",
        "Switch to a matching version, or set another binary with --terraform-bin.",
    ),
    _Known(
        r"Backend initialization required|Backend configuration (?:block has )?changed|"
        r"Required plugins are not installed|Module not installed|"
        r"Inconsistent dependency lock file|Missing required provider|"
        r'please run "terraform init"',
        TerraformError,
        "The root module is not initialised",
        "Initialise it, then run the same command again: {init}",
    ),
    _Known(
        r"workspace .{1,90} (?:doesn't|does not) exist|No existing workspaces",
        TerraformError,
        "The workspace does not exist",
        "Check --workspace. To list workspaces: terraform workspace list",
    ),
    _Known(
        r"\benter\b.{0,60}\b(?:MFA|token|one.time|passphrase|password|PIN|code)\b|"
        r"\bMFA (?:code|token)|one.time (?:code|password)",
        AwsError,
        "A command asks for a code or password, and there is no terminal to prompt on",
        "Sign in first in this terminal (aws-vault exec identity -- true), then run the "
        "same command again.",
    ),
    _Known(
        r"No valid credential sources|ExpiredToken|InvalidClientTokenId|security token .* expired|"
        r"Unable to locate credentials|UnrecognizedClientException|failed to refresh cached cred",
        AwsError,
        "No valid AWS credentials found",
        "Sign in (aws-vault, sso), or set --prefix 'aws-vault exec identity --'. Then "
        "run the same command again.",
    ),
    _Known(
        r"AccessDenied|is not authorized to perform|Cannot assume IAM Role|UnauthorizedOperation",
        AwsError,
        "Access denied by AWS: the role lacks a permission",
        "The runbook needs the breakglass role: --role breakglass. Then run the same "
        "command again.",
    ),
    _Known(
        r"No value for required variable",
        TerraformError,
        "A variable without default is not set",
        "Export it as TF_VAR_… (see the root module's .envrc), then run the same command again.",
    ),
    _Known(
        r"Resource already managed by Terraform",
        TerraformError,
        "The address is already in the state",
        "To see what is done and what is next: tfswap status",
    ),
)

_FRAME = re.compile(r"^\s*[╷│╵]\s?")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def failure(
    result: Result,
    doing: str,
    init: str = "terraform init",
    unlock: str = "terraform force-unlock",
    children: ChildProcesses | None = None,
) -> TerraformError | AwsError:
    """Return the error to raise for a command that failed.

    Args:
        result: What the command left behind.
        doing: What it was for, as in "import the restored table".
        init: The command that initialises the root module, to be typed by a person.
        unlock: The command that removes a lock, likewise, without the lock's id.
        children: The Terraforms started here, one of which may have left the lock.
    """
    text = readable(plain(result.text))
    details = _interesting(text)
    locked = _LOCKED in text
    if locked and (lock := parse_lock(text)):
        return StateLockedError(
            f"The state is locked ({doing}).",
            hint=advice(lock, children, unlock),
            details=lock.lines(),
        )
    if error := unreached("\n".join(details), doing, details):
        return error
    for known in _KNOWN:
        if re.search(known.phrase, text, re.IGNORECASE | re.DOTALL):
            hint = known.hint.replace("{init}", init).replace("{unlock}", unlock)
            return known.kind(f"{known.message} ({doing}).", hint=hint, details=details)
    if locked:
        return StateLockedError(
            f"The state could not be locked ({doing}).",
            hint=advice(None, children, unlock),
            details=details,
        )
    return TerraformError(
        f"Terraform failed to {doing} (exit {result.code}): {shlex.join(result.argv)}",
        hint="tfswap stopped. Fix the error Terraform reported, then run: tfswap status",
        details=details,
    )


def keeps_lock(result: Result) -> bool:
    """Whether a command that ended well says that its lock may have been left behind."""
    return re.search(_NOT_RELEASED, readable(plain(result.text))) is not None


def plain(text: str) -> str:
    """Return Terraform's text without colour and without the frame around its messages."""
    lines = (_FRAME.sub("", line).rstrip() for line in _ANSI.sub("", text).splitlines())
    return "\n".join(lines)


def _interesting(text: str) -> tuple[str, ...]:
    """Return the lines from the first error on; a warning before it is left out."""
    lines = [line for line in text.splitlines() if line.strip()]
    for index, line in enumerate(lines):
        if line.lstrip().startswith("Error"):
            return tuple(lines[index : index + 24])
    return tuple(lines[-12:])
