"""What the checks of ``tfswap doctor`` work on, made from a command's context."""

from __future__ import annotations

from dataclasses import replace

from tfswap.aws.session import Aws
from tfswap.context.command_context import CommandContext
from tfswap.context.credentials import open_aws
from tfswap.doctor.context import DoctorContext
from tfswap.swap import Swap


def doctor_context_of(
    context: CommandContext, swap: Swap | None, *, offline: bool = False
) -> DoctorContext:
    """Return what the checks look at."""
    saved = context.remembering(swap) if swap else context

    def runner(region: str) -> Aws:
        partition = swap.partition if swap else "aws"
        return replace(open_aws(saved, region=region, partition=partition), role="")

    return DoctorContext(
        saved.git,
        saved.config,
        saved.directory,
        swap,
        saved.terraform_in,
        runner,
        offline,
        accepted=saved.journal.progress().tables.accepted,
    )
