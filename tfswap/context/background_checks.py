"""The AWS half of the preflight, looked at in a thread while the command does other work."""

from __future__ import annotations

from threading import Thread

from tfswap.context.command_context import CommandContext
from tfswap.context.doctor_context import doctor_context_of
from tfswap.doctor import quick_checks
from tfswap.doctor.result import CheckResult, Level
from tfswap.errors import AwsError, CannotTellError, ExitCode, RejectedError, TfswapError
from tfswap.swap import Swap

PATIENCE = 20.0
"""Seconds to wait for AWS once there is nothing else to do."""

_KINDS: dict[ExitCode, type[TfswapError]] = {
    ExitCode.REJECTED: RejectedError,
    ExitCode.CANNOT_TELL: CannotTellError,
}
_FIRST = (ExitCode.USAGE, ExitCode.REJECTED, ExitCode.CANNOT_TELL)
"""What is said first where several things stand in the way."""


class BackgroundChecks:
    """What AWS says of account and restored tables, asked for from now on.

    Args:
        context: The command's surroundings.
        swap: The swap.
    """

    def __init__(self, context: CommandContext, swap: Swap) -> None:
        self._context, self._doctor = context, doctor_context_of(context, swap)
        self._tables = swap.tables
        self._lines: list[CheckResult] | None = None
        # A daemon: a command that fails must not wait for AWS before it can end.
        self._thread = Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        self._lines = quick_checks.quick_checks(self._doctor)

    def settle(self) -> None:
        """Wait for the answer and act on it; what could not be asked is said in one line.

        Raises:
            AwsError: Another account, or a restored table that is missing, unfinished or different.
            RejectedError: A restored table that was made of another one, or is empty.
            CannotTellError: Nobody tells where a restored table came from.
        """
        self._thread.join(PATIENCE)
        lines = self._lines
        if lines is None:
            lines = quick_checks.not_checked(self._doctor, "AWS did not answer in time")
        for line in lines:
            if line.level is Level.WARNING and line.hint:
                self._context.console.warn(f"{line.text}. {line.hint}")
            elif line.level is Level.WARNING:
                self._context.console.say(line.text)
        stops = [line for line in lines if line.level is Level.STOP]
        stops.sort(key=lambda line: _FIRST.index(line.ends))
        if stops:
            kind = _KINDS.get(stops[0].ends, AwsError)
            raise kind(
                f"{self._sentence(stops[0].text)}. Nothing was written.",
                hint=f"{stops[0].hint} For all checks: tfswap doctor",
                details=tuple(line.text for line in stops[1:]),
            )

    def _sentence(self, text: str) -> str:
        """Return a text with a capital, unless it begins with a table's name: those have case."""
        names = tuple(name for each in self._tables for name in (each.old_name, each.new_name))
        return text if text.startswith(names) else f"{text[0].upper()}{text[1:]}"
