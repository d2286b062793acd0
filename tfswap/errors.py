"""The errors tfswap raises on purpose, each with the next thing to do and an exit code.

One root, one catch point (``tfswap.cli``). An error that is not a ``TfswapError`` is a bug.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command (design.md, "Commands")."""

    OK = 0
    REJECTED = 1
    USAGE = 2
    CANNOT_TELL = 3
    INTERRUPTED = 130


class TfswapError(Exception):
    """What is wrong, where, and what to do next.

    Args:
        message: One sentence that names the thing at fault, with ``file:line`` where there is one.
        hint: The next thing to do, as a sentence or a command to type.
        details: Further lines to show beneath (candidates, the tail of a log); already redacted.
    """

    exit_code: ExitCode = ExitCode.USAGE

    def __init__(self, message: str, *, hint: str = "", details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details


class UsageError(TfswapError):
    """An option, argument or name that cannot be used as given."""


class ConfigError(TfswapError):
    """``tfswap.toml`` or an environment variable says something that cannot be used."""


class RepoError(TfswapError):
    """The user's repository cannot be read, or is not in the state the command needs."""


class AmbiguousError(RepoError):
    """Several things match; ``details`` lists them and ``hint`` names the flag that chooses."""


class TerraformError(TfswapError):
    """Terraform is missing, too old, or one of its commands failed."""


class StateLockedError(TerraformError):
    """Somebody else holds the state lock."""


class StateMovedError(TerraformError):
    """The remote state was written by somebody else since it was pulled."""


class PlanError(TfswapError):
    """A plan file that cannot be read as a Terraform plan."""

    exit_code = ExitCode.CANNOT_TELL


class RejectedError(TfswapError):
    """The verifier refused: the plan is not (only) the swap."""

    exit_code = ExitCode.REJECTED


class CannotTellError(TfswapError):
    """The verifier could not account for something; never counts as a pass."""

    exit_code = ExitCode.CANNOT_TELL


class AwsError(TfswapError):
    """A call to AWS failed: credentials, permission, network, or a missing thing."""
