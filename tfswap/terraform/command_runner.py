"""The only door through which tfswap starts another program.

argv lists only, never a shell; both streams are kept apart; the child's environment is built here
and nowhere else; what was run is appended to a log that only its owner can read. Streams that
carry state or plan JSON are kept out of the log (design.md, "Secrets").
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tfswap.errors import TerraformError
from tfswap.files import private_append
from tfswap.terraform.child_processes import ChildProcesses
from tfswap.terraform.cli_args import refuse_unsafe
from tfswap.terraform.messages import readable
from tfswap.terraform.output_streams import FileStreams, FollowedStreams, PipeStreams, Streams
from tfswap.terraform.progress_lines import progress_line

_TAIL_LINES = 40


@dataclass(frozen=True)
class Result:
    """What a finished command left behind."""

    argv: tuple[str, ...]
    code: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        """Both streams as text, standard error last, for people."""
        return (self.out + self.err).decode("utf-8", "replace").strip()

    def tail(self) -> tuple[str, ...]:
        """The last lines a person needs to see when the command failed."""
        lines = readable((self.err or self.out).decode("utf-8", "replace")).strip().splitlines()
        return tuple(line.rstrip() for line in lines[-_TAIL_LINES:])


@dataclass(frozen=True)
class CommandRunner:
    """Runs commands in one environment, with one log."""

    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    """The child's whole environment."""
    log: Path | None = None
    """Where commands and their output are appended; None keeps no log."""
    children: ChildProcesses | None = None
    """Where those that take the state's lock are told of; None tells of none."""
    progress: Callable[[str], None] | None = None
    """Called with what a command is waiting for, as far as its output tells; never with values."""

    def run(
        self,
        argv: Sequence[str],
        cwd: Path,
        *,
        secret: bool = False,
        env: Mapping[str, str] | None = None,
        on_line: Callable[[str], None] | None = None,
        locks: str = "",
        into: Path | None = None,
    ) -> Result:
        """Run ``argv`` in ``cwd`` and wait for it; a non-zero exit is the caller's to judge.

        Args:
            argv: The words, the program first.
            cwd: Working directory.
            secret: Standard output holds state or plan values: keep it out of the log.
            env: Variables to set on top of the door's.
            on_line: Called with every line of standard output as it comes, without its line end.
            locks: What it is to do, where it takes the state's lock: it may then outlive us, and
                ``children`` is told of it.
            into: A private file both its streams are appended to, instead of the log; ``on_line``
                then gets the lines of both.

        Raises:
            TerraformError: The program is not there or may not be run.
            ChildInterrupted: After the child has ended, when the user pressed Ctrl-C.
        """
        if on_line is None and self.progress is not None and not secret:
            streams = self._streams(into, self._watch, to_file=bool(locks))
        else:
            streams = self._streams(into, on_line, to_file=bool(locks) and not (secret or on_line))
        try:
            child = self._start(argv, cwd, {**self.env, **(env or {})}, streams)
        except BaseException:
            streams.finish()
            raise
        if locks and self.children is not None:
            self.children.begun(child.pid, locks)
        streams.watch(child)
        interrupted = _wait(child, may_kill=not locks)
        if locks and self.children is not None:
            self.children.ended(child.pid)
        out, err = streams.finish()
        result = Result(tuple(argv), child.returncode, out, err)
        self._note(argv, cwd, result, secret=secret, into=into)
        if interrupted:
            raise ChildInterrupted(() if secret else result.tail())
        return result

    def ask(self, argv: Sequence[str], cwd: Path) -> Result:
        """Run a program that may ask on the terminal, such as one that signs in; log nothing.

        Standard input and error are ours, so that its question can be seen and answered.

        Raises:
            TerraformError: The program is not there or may not be run.
        """
        child = self._start(argv, cwd, self.env, PipeStreams(None), terminal=True)
        out, _ = child.communicate()
        return Result(tuple(argv), child.returncode, out, b"")

    def _streams(
        self, into: Path | None, on_line: Callable[[str], None] | None, *, to_file: bool
    ) -> Streams:
        if into is not None:
            return FollowedStreams(into, on_line)
        if to_file:
            return FileStreams(self.log.parent if self.log is not None else None, on_line)
        return PipeStreams(on_line)

    def _watch(self, line: str) -> None:
        shown = progress_line(line)
        if shown and self.progress is not None:
            self.progress(shown)

    @staticmethod
    def _start(
        argv: Sequence[str],
        cwd: Path,
        env: Mapping[str, str],
        streams: Streams,
        *,
        terminal: bool = False,
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                list(argv),
                cwd=cwd,
                env=dict(env),
                stdin=None if terminal else subprocess.DEVNULL,
                stdout=streams.out,
                stderr=None if terminal else streams.err,
                # A group of its own: a closed terminal does not reach it, and of a Ctrl-C it gets
                # exactly the one signal we pass on; a second makes Terraform drop its work.
                process_group=None if terminal else 0,
            )
        except FileNotFoundError as error:
            if not cwd.is_dir():
                raise TerraformError(
                    f"The folder {cwd} does not exist any more.", hint="Run tfswap status."
                ) from error
            raise TerraformError(
                f"{argv[0]} is not on the PATH.",
                hint=f"Install {argv[0]}, or set another with --terraform-bin or --prefix.",
            ) from error
        except PermissionError as error:
            raise TerraformError(
                f"{argv[0]} cannot be run: permission denied.",
                hint="Check the file's permissions, or set another with --terraform-bin.",
            ) from error

    def _note(
        self,
        argv: Sequence[str],
        cwd: Path,
        result: Result,
        *,
        secret: bool = False,
        into: Path | None = None,
    ) -> None:
        if self.log is None:
            return
        out = b"(output kept out of the log)\n" if secret and result.out else result.out
        if into is not None:
            out = f"(its output is in {into.name})\n".encode()
        head = f"\n$ {shlex.join(argv)}    # in {cwd}, exit {result.code}\n".encode(
            "utf-8", "surrogateescape"
        )
        # A log that cannot be written must not hide how the command ended.
        with suppress(OSError), private_append(self.log) as log:
            log.write(head + out + result.err)


class ChildInterrupted(KeyboardInterrupt):
    """The user interrupted; the child was told, and has ended.

    Args:
        details: The last lines it said.
    """

    def __init__(self, details: tuple[str, ...]) -> None:
        super().__init__()
        self.details = details


def _wait(child: subprocess.Popen[bytes], *, may_kill: bool) -> bool:
    """Wait for the child to end by itself; pass an interrupt on, and say whether there was one.

    Terraform stops in good order on the first SIGINT; a second one from the user is passed on too.

    Args:
        child: The command.
        may_kill: It holds no lock and writes no state: a second interrupt ends it at once, as some
            of Terraform's commands answer none while they wait.
    """
    interrupted = False
    while True:
        try:
            child.wait()
            return interrupted
        except KeyboardInterrupt:
            # The whole group: a wrapper may stand between us and terraform.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL if interrupted and may_kill else signal.SIGINT)
            interrupted = True


def terraform_environment(
    variables: Mapping[str, str], environ: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the environment terraform commands run in.

    ``TF_IN_AUTOMATION`` and ``TF_INPUT=0`` are ours (Terraform docs, "Environment Variables"):
    no prompt may wait unseen. ``TF_CLI_ARGS*`` and the rest are passed on as they are.
    """
    env = dict(os.environ if environ is None else environ)
    refuse_unsafe(env)
    env.update(variables)
    env["TF_IN_AUTOMATION"] = "1"
    env["TF_INPUT"] = "0"
    return env
