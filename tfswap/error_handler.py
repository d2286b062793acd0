"""The one place where errors become words and exit codes."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from types import FrameType

from tfswap.command_line import to_continue
from tfswap.console import Console
from tfswap.errors import ExitCode, TfswapError


def handle_errors(console: Console, work: Callable[[], int]) -> int:
    """Run a command and return its exit code, whatever happens.

    An error of ours is shown with its hint. Anything else is a bug: its traceback goes to a file,
    and the code says "cannot tell", which never counts as a pass.
    """
    _treat_as_interrupt(signal.SIGTERM, signal.SIGHUP)
    try:
        return int(work())
    except TfswapError as error:
        console.error(error.message, error.hint, error.details)
        return int(error.exit_code)
    except KeyboardInterrupt as error:
        # Each command's writes are marked where they are made (Console.writing).
        details = (*getattr(error, "details", ()), *console.what_was_written())
        hint = getattr(error, "hint", "") or to_continue()
        # A guided run names the next command itself, once.
        console.error("Interrupted.", "" if console.guided else hint, details)
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output went away; Python would complain again while it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.CANNOT_TELL)
    except OSError as error:
        what = f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")
        console.error(f"{what}.", "Fix this, then run: tfswap status")
        return int(ExitCode.USAGE)
    except UnicodeEncodeError as error:
        name = error.object[max(0, error.start - 60) : error.end]
        console.error(
            f"A name or path is not valid UTF-8: {name!r}.",
            "Rename it, or use a clone whose path is UTF-8. Then run the same command again.",
        )
        return int(ExitCode.USAGE)
    except Exception as error:
        return _bug(console, error)


def _bug(console: Console, error: Exception) -> int:
    """Keep the traceback in a file of the user's own; it may name values, so it is not shown."""
    descriptor, path = tempfile.mkstemp(prefix="tfswap-bug-", suffix=".log")
    with os.fdopen(descriptor, "w") as log:
        traceback.print_exception(error, file=log)
    console.error(
        f"tfswap failed ({type(error).__name__}). This is a bug in tfswap.",
        f"Report it with the log {path}. To see what is done and what is next: tfswap status",
    )
    return int(ExitCode.CANNOT_TELL)


def _treat_as_interrupt(*signals: signal.Signals) -> None:
    """Let a closed terminal or a polite kill unwind as Ctrl-C does, so that scratch files go."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in signals:
        # A parent that ignores hang-ups (nohup) meant it.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)
