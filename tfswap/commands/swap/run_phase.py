"""One phase of the guided run: told, asked for, run, and kept in the journal however it ended."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tfswap.commands.swap.inputs import again, line_of
from tfswap.commands.swap.not_needed import not_needed
from tfswap.context.command_context import CommandContext
from tfswap.errors import ExitCode, TerraformError, UsageError
from tfswap.guide.flags import shown
from tfswap.guide.model import GuidedRun, Phase, Words
from tfswap.journal.events import PhaseBegun, PhaseDone, PhaseFailed, PhaseNotNeeded, PhaseSkipped
from tfswap.report.wrap import wrap
from tfswap.swap import Swap
from tfswap.terraform.run_attached import AttachedResult, run_attached

_QUESTION = "Run this phase? [y/N/skip] "


class GuideStopped(Exception):
    """Somebody wants to stop here: an answer, Ctrl-C or the end of what is typed."""


@dataclass(frozen=True)
class PhaseRunner:
    """Leads through one guided run."""

    context: CommandContext
    guided_run: GuidedRun
    swap: Swap
    yes: bool

    def phase(self, phase: Phase, count: str) -> int:
        """Ask, run one phase, and keep how it ended.

        Args:
            phase: What is to be done.
            count: ``3/10``.

        Returns:
            0 where the guided run goes on, else the exit code it ends with.
        """
        console = self.context.console
        console.out()
        console.out("\n".join(wrap(f"── {count} {phase.title}", console.width, "", "   ")))
        if why := not_needed(self.context, self.swap, phase.name):
            self.say(f"Not needed. {why}")
            self.context.journal.note(PhaseNotNeeded(phase=phase.name))
            return 0
        console.explain(phase.why)
        console.say(shown(line_of(phase), console.width - 4, "  "))
        try:
            answer = self._answer()
        except GuideStopped:
            answer = "stop"
        if answer == "skip":
            self.context.journal.note(PhaseSkipped(phase=phase.name))
            return 0
        if answer not in ("y", "yes"):
            self.say(f"Stopped before {count}, {phase.title}; nothing is running.")
            self.next()
            return int(ExitCode.INTERRUPTED)
        return self._run(phase, count)

    def _answer(self) -> str:
        if self.yes:
            return "yes"
        with stopping():
            return self.context.console.ask(_QUESTION)

    def _run(self, phase: Phase, count: str) -> int:
        argv = phase.foreign or _argv(phase, yes=self.yes)
        journal, where = self.context.journal, f"{count}, {phase.title}"
        journal.note(PhaseBegun(phase=phase.name, argv=tuple(argv)))
        try:
            ended = run_attached(argv, self.context.git.root, _environment(self.context))
        except TerraformError as error:
            return self._failed(phase, where, AttachedResult(int(ExitCode.USAGE)), error.message)
        if ended.code:
            return self._failed(phase, where, ended, "")
        journal.note(PhaseDone(phase=phase.name))
        if not ended.interrupted:
            return 0
        self.say(f"Interrupted in {where}, which had already succeeded. Nothing is running.")
        self.next()
        return int(ExitCode.INTERRUPTED)

    def _failed(self, phase: Phase, where: str, ended: AttachedResult, why: str) -> int:
        """Keep that it did not end well, and say what that was and how to go on."""
        code = int(ExitCode.INTERRUPTED) if ended.interrupted else ended.code
        self.context.journal.note(PhaseFailed(phase=phase.name, exit=code))
        if not why and phase.foreign:
            why = f"{phase.foreign[0]} ended with exit code {ended.code}."
        if ended.interrupted:
            self.say(f"Interrupted in {where}: the phase is not done.")
        else:
            self.say(f"Not done: {where}. {why or f'See above for what to do (exit code {code}).'}")
            if phase.otherwise:
                self.context.console.explain(phase.otherwise)
        # What the command named itself as next comes before this.
        said_more = not (ended.interrupted or phase.foreign)
        self.next("then, to continue from here" if said_more else "next")
        return code

    def say(self, text: str) -> None:
        """Write what came of it, wrapped; it stays with ``--quiet`` too."""
        console = self.context.console
        console.note("\n".join(wrap(text, console.width)))

    def next(self, why: str = "next") -> None:
        """Write the command that goes on with the guided run."""
        self.context.console.note(
            with_lead(f"{why}: ", again(self.guided_run), self.context.console.width)
        )


@contextmanager
def stopping() -> Iterator[None]:
    """Turn Ctrl-C and Ctrl-D at a question into the wish to stop.

    Raises:
        NightStopped: Somebody pressed one of them.
        UsageError: Nobody is here to answer.
    """
    try:
        yield
    except KeyboardInterrupt as error:
        # The next line shall not begin behind the question.
        sys.stderr.write("\n")
        raise GuideStopped from error
    except UsageError as error:
        if sys.stdin.isatty():
            raise GuideStopped from error
        raise


def with_lead(words: str, line: Words, width: int) -> str:
    """Return a command behind the words that lead to it; beneath them where it is too long."""
    whole = words + shown(line, 10_000)
    return whole if len(whole) <= width else f"{words.rstrip()}\n  {shown(line, width - 2, '    ')}"


def _argv(phase: Phase, *, yes: bool) -> Words:
    agreed = ("--yes",) if yes and phase.asks else ()
    return (sys.executable, "-m", "tfswap", *phase.command, *agreed)


def _environment(context: CommandContext) -> dict[str, str]:
    """Return what every phase is told by its environment."""
    pair = {"TFSWAP_PAIR": context.config.pair} if context.config.pair else {}
    return {"TFSWAP_GUIDED": "1", **pair}
