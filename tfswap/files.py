"""Files of tfswap's own: written whole or not at all, readable by their owner alone."""

from __future__ import annotations

import os
from pathlib import Path

from tfswap.errors import RepoError


def write_atomically(path: Path, data: bytes, mode: int | None = None) -> None:
    """Replace ``path`` by ``data`` in one step, durably.

    Args:
        path: The file; the folder must be there. A symlink's target is replaced, the link stays.
        data: Its new content.
        mode: Permission bits; the old file's are kept when None (0600 for a new one).

    Raises:
        RepoError: No room, no permission; the old file is as it was.
    """
    target = path.resolve()
    try:
        old_mode = target.stat().st_mode & 0o7777 if target.exists() else 0o600
        temporary = spare(target)
        # What a killed run left there; a fixed name, so that no stray file outlives the next run.
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fchmod(file.fileno(), old_mode if mode is None else mode)
                os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
    except OSError as error:
        raise RepoError(
            f"{path} cannot be written: {error.strerror}. It is as it was.",
            hint="Make room or mend the permissions, then run the same command again.",
        ) from error


def spare(path: Path) -> Path:
    """Return where ``write_atomically`` writes before it renames; a kill may leave it there."""
    return path.with_name(f".{path.name}.tfswap")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
