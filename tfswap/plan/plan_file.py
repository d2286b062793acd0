"""From a file to the bytes of a plan, without a copy of them where they are many."""

from __future__ import annotations

import gc
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tfswap.errors import PlanError

SMALL = 8 << 20
"""Smaller files are read whole: nobody can change them under our hands then."""


def map_plan(path: Path | str) -> bytes | mmap.mmap:
    """Return the bytes of a plan file; a large regular file is mapped, read-only, not read.

    A mapped file must not be cut short while it is in use.

    Raises:
        PlanError: The file cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            # A pipe or a device has no size.
            if os.fstat(file.fileno()).st_size >= SMALL:
                with suppress(OSError, ValueError):  # Some file systems map nothing.
                    return mmap.mmap(file.fileno(), 0, flags=_FLAGS, prot=mmap.PROT_READ)
            return file.read()
    except OSError as error:
        raise PlanError(
            f"The plan {path} cannot be read: {error.strerror}.",
            hint="Use a file written by terraform plan -out or terraform show -json.",
        ) from error


_FLAGS = mmap.MAP_SHARED | getattr(mmap, "MAP_POPULATE", 0)


@contextmanager
def collector_off() -> Iterator[None]:
    """Switch the garbage collector off, and back on if it was on.

    Reading a plan makes very many objects, none of them garbage and none in a cycle; each walk of
    the collector over them finds nothing.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
