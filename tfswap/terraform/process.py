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
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tfswap.errors import TerraformError

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
        lines = (self.err or self.out).decode("utf-8", "replace").strip().splitlines()
        return tuple(line.rstrip() for line in lines[-_TAIL_LINES:])


@dataclass(frozen=True)
class Door:
    """Runs commands in one environment, with one log."""

    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    """The child's whole environment."""
    log: Path | None = None
    """Where commands and their output are appended; None keeps no log."""

    def run(
        self,
        argv: Sequence[str],
        cwd: Path,
        *,
        secret: bool = False,
        env: Mapping[str, str] | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> Result:
        """Run ``argv`` in ``cwd`` and wait for it; a non-zero exit is the caller's to judge.

        Args:
            argv: The words, the program first.
            cwd: Working directory.
            secret: Standard output holds state or plan values: keep it out of the log.
            env: Variables to set on top of the door's.
            on_line: Called with every line of standard output as it comes, without its line end.

        Raises:
            TerraformError: The program is not there or may not be run.
            KeyboardInterrupt: After the child has ended, when the user pressed Ctrl-C.
        """
        child = self._start(argv, cwd, {**self.env, **(env or {})})
        try:
            out, err = _collect(child, on_line)
        except KeyboardInterrupt:
            _wait_out(child)
            self._note(argv, cwd, Result(tuple(argv), child.returncode, b"", b"(interrupted)"))
            raise
        result = Result(tuple(argv), child.returncode, out, err)
        self._note(argv, cwd, result, secret=secret)
        return result

    @staticmethod
    def _start(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                list(argv),
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except FileNotFoundError as error:
            if not cwd.is_dir():
                raise TerraformError(
                    f"The folder {cwd} is not there any more.", hint="Run tfswap status."
                ) from error
            raise TerraformError(
                f"{argv[0]} is not on the PATH.",
                hint=f"Install {argv[0]}, or name another one with --terraform-bin or --prefix.",
            ) from error
        except PermissionError as error:
            raise TerraformError(
                f"{argv[0]} may not be run: permission denied.",
                hint="Check the file's permissions, or name another with --terraform-bin.",
            ) from error

    def _note(
        self, argv: Sequence[str], cwd: Path, result: Result, *, secret: bool = False
    ) -> None:
        if self.log is None:
            return
        out = b"(output kept out of the log)\n" if secret and result.out else result.out
        head = f"\n$ {shlex.join(argv)}    # in {cwd}, exit {result.code}\n".encode()
        with private_append(self.log) as log:
            log.write(head + out + result.err)


def private_append(path: Path) -> IO[bytes]:
    """Open ``path`` for appending, made 0600 from its first byte; a symlink is not followed."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o600), "ab")


def _collect(
    child: subprocess.Popen[bytes], on_line: Callable[[str], None] | None
) -> tuple[bytes, bytes]:
    """Read both streams to their ends, neither waiting for the other."""
    if on_line is None:
        return child.communicate()
    assert child.stdout is not None and child.stderr is not None  # noqa: S101
    errors: list[bytes] = []
    stderr = child.stderr
    reader = threading.Thread(target=lambda: errors.append(stderr.read()), daemon=True)
    reader.start()
    lines = []
    for line in child.stdout:
        lines.append(line)
        on_line(line.decode("utf-8", "replace").rstrip("\r\n"))
    child.wait()
    reader.join()
    return b"".join(lines), b"".join(errors)


def _wait_out(child: subprocess.Popen[bytes]) -> None:
    """Let the child end by itself after Ctrl-C.

    In a terminal the whole foreground group got the signal already, and a second one would make
    Terraform drop its work half-done; elsewhere it is passed on.
    """
    if not os.isatty(0) and child.poll() is None:
        child.send_signal(signal.SIGINT)
    while child.poll() is None:
        try:
            child.communicate()
        except (KeyboardInterrupt, ValueError):
            child.wait()


def terraform_environment(
    variables: Mapping[str, str], environ: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the environment terraform commands run in.

    ``TF_IN_AUTOMATION`` and ``TF_INPUT=0`` are ours (Terraform docs, "Environment Variables"):
    no prompt may wait unseen. ``TF_CLI_ARGS*`` and the rest are passed on as they are.
    """
    env = dict(os.environ if environ is None else environ)
    env.update(variables)
    env["TF_IN_AUTOMATION"] = "1"
    env["TF_INPUT"] = "0"
    return env
