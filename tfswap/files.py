"""The files tfswap writes: whole or not at all, and never through a link that leads elsewhere.

A repository may hold links, and ``.tfswap/`` may have been put there by somebody else. What is
written stays inside the edge: ``.tfswap/`` for what lies below it, else the git work tree. A path
outside of any work tree is the user's own choice.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tfswap.errors import RepoError

FOLDER = ".tfswap"
HARD_LINK = "a file with a second name (a hard link)"
_NOT_OURS = "a link, or not a regular file"
_NOT_REGULAR = "not a regular file"
_CLOSED = {FOLDER, ".git"}
_SUFFIX = ".tfswap"


def write_atomically(path: Path, data: bytes, mode: int | None = None) -> None:
    """Replace ``path`` by ``data`` in one step, durably.

    Args:
        path: The file; the folder must be there. A link within the work tree stays, its target is
            replaced; a link below ``.tfswap/`` is itself replaced.
        data: Its new content.
        mode: Permission bits; the old file's are kept when None (0600 for a new one).

    Raises:
        RepoError: A link leads out of the repository; no room, no permission. The old file is as
            it was.
    """
    try:
        target = inside(path)
        old_mode = target.stat().st_mode & 0o7777 if target.exists() else 0o600
        with _new_file(_temporary_folder(path, target)) as (file, temporary):
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), old_mode if mode is None else mode)
            os.fsync(file.fileno())
            temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise RepoError(
            f"{path} cannot be written: {error.strerror}. It was not changed.",
            hint="Free disk space or fix the permissions, then run the same command again.",
        ) from error


def private_append(path: Path) -> IO[bytes]:
    """Open a file of tfswap's own for appending, made 0600 from its first byte.

    Raises:
        OSError: It cannot be opened, or is a link (also a hard one), a FIFO or a device.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    descriptor = os.open(path, flags, 0o600)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        os.close(descriptor)
        raise OSError(errno.ELOOP, _NOT_OURS, str(path))
    return os.fdopen(descriptor, "ab")


def read_regular(path: Path) -> bytes:
    """Read a file of the repository; a FIFO, a device or a socket there is never waited for.

    Raises:
        OSError: It cannot be read, or is no regular file.
    """
    # A device is not even opened; what takes a file's place meanwhile is not waited for.
    _check_regular(path, path.stat())
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags), "rb") as file:
        _check_regular(path, os.fstat(file.fileno()))
        return file.read()


def is_special(path: Path) -> bool:
    """Say whether a path leads to a FIFO, a device or a socket."""
    return path.exists() and not path.is_dir() and not path.is_file()


def inside(path: Path) -> Path:
    """Return the file that a write to ``path`` replaces.

    Raises:
        RepoError: A link leads out of the edge, or into ``.git`` or ``.tfswap``; or no regular file
            is there.
        OSError: It cannot be looked at.
    """
    # As typed, ../plan.html lies beside the repository, and not within it by way of a link.
    whole = Path(os.path.normpath(path.absolute()))
    boundary = _boundary(whole)
    try:
        own = boundary is not None and boundary.name == FOLDER
        target = whole.parent.resolve() / whole.name if own else whole.resolve()
    except RuntimeError as error:  # a circle of links, before Python 3.13
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from error
    if boundary is not None and not _is_inside(boundary, target):
        raise RepoError(
            f"{path} is reached by a link to {target}, which tfswap does not write to.",
            hint="Replace the link by a regular file, then run the same command again.",
        )
    if not target.is_symlink() and target.exists() and not target.is_file():
        raise RepoError(
            f"{path} is not a regular file; it was not changed.",
            hint="Name another file, or remove what is there, then run the same command again.",
        )
    return target


def leftover_files(folder: Path) -> Iterator[Path]:
    """Yield what killed writes left in tfswap's folder."""
    return folder.glob(f".*{_SUFFIX}")


def foreign_entry(folder: Path) -> tuple[Path, str] | None:
    """Return an entry of tfswap's folder that tfswap did not make so, and what it is; else None.

    tfswap makes regular files and folders, each under one name.
    """
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            try:
                found = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # another command is at work
                continue
            if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
                return Path(entry.path), HARD_LINK
            if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
                return Path(entry.path), "a link" if entry.is_symlink() else "no regular file"
    return None


def _boundary(whole: Path) -> Path | None:
    """Return the folder that a write to a path must not leave."""
    found = (each for each in whole.parents if each.name == FOLDER or (each / ".git").exists())
    return next(found, None)


def _is_inside(boundary: Path, target: Path) -> bool:
    top = boundary.resolve()
    if not target.is_relative_to(top) or (boundary.name == FOLDER and boundary.is_symlink()):
        return False
    return boundary.name == FOLDER or not _CLOSED & {
        part.casefold() for part in target.relative_to(top).parts
    }


def _temporary_folder(path: Path, target: Path) -> Path:
    """Return the folder for the new file: ours, where a kill leaves nothing in the work tree."""
    boundary = _boundary(path.absolute())
    own = boundary / FOLDER if boundary is not None and boundary.name != FOLDER else None
    if own is None or own.is_symlink() or not own.is_dir():
        return target.parent
    return own if own.stat().st_dev == target.parent.stat().st_dev else target.parent


def _check_regular(path: Path, found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, _NOT_REGULAR, str(path))


@contextmanager
def _new_file(folder: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """Hand over a new private file under a name nobody can foresee; it goes where this fails."""
    descriptor, name = tempfile.mkstemp(prefix=".new-", suffix=_SUFFIX, dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file, Path(name)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
