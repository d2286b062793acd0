"""A command in a terminal of its own, answered as a person would."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable

_PATIENCE = 120


def answered(
    child: int, terminal: int, wait_for: bytes, keys: bytes, first: Callable[[], object] = int
) -> tuple[int, bytes]:
    """Wait for a text from a child of ``pty.fork``, do something, press keys.

    Returns how the child ended, and all it showed.
    """
    seen, deadline = b"", time.monotonic() + _PATIENCE
    pressed = False
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            if not data:
                break
            seen += data
        if wait_for in seen and not pressed:
            first()
            os.write(terminal, keys)
            pressed = True
    else:
        os.kill(child, signal.SIGKILL)
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), seen
