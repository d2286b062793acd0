"""Room for the scratch copy, and whether tfswap's folder is closed to others."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress

from tfswap.doctor.context import DoctorContext
from tfswap.doctor.result import CheckResult, ok, stop, warning
from tfswap.terraform.file_set import files_to_copy

_MEGABYTE = 1_000_000
_SPARE = 50 * _MEGABYTE
"""For states, plan and logs: a state of 180 resources has 1 MB, its plan 2 (facts)."""


def check_disk_space(context: DoctorContext) -> Iterator[CheckResult]:
    """Compare what a rehearsal copies with what the disk has."""
    repo = context.git.root
    names = files_to_copy(repo, context.root, context.git.files(), context.data_dir)
    size = _SPARE
    for name in names:
        with suppress(OSError):
            size += (repo / name).lstat().st_size
    free = shutil.disk_usage(repo).free
    text = f"a rehearsal needs {size // _MEGABYTE} MB; {free // _MEGABYTE} MB are free"
    yield ok(text) if free > size else stop(text, f"Free disk space for {repo}.")


def check_folder(context: DoctorContext) -> Iterator[CheckResult]:
    """Look at the modes of tfswap's folder and its files: states hold secrets."""
    directory = context.directory.folder
    if directory.is_symlink() or (directory.exists() and not directory.is_dir()):
        yield stop(f"{directory} exists, but was not created by tfswap", "Move it away.")
        return
    if not directory.is_dir():
        yield ok(".tfswap does not exist yet; tfswap prepare creates it")
        return
    paths = [directory, *directory.iterdir()]
    links = sorted(path.name for path in paths if path.is_symlink())
    plain = [path for path in paths if not path.is_symlink()]
    others = sorted(path.name for path in plain if path.stat().st_mode & 0o077)
    foreign = [path.name for path in plain if path.stat().st_uid != directory.stat().st_uid]
    for name in links:
        yield stop(
            f".tfswap/{name} is a symbolic link; tfswap does not follow links",
            f"Remove {directory / name}",
        )
    if others:
        yield warning(
            f"other users can read {', '.join(others)}; states contain secrets",
            f"chmod -R go-rwx {directory}",
        )
    if foreign:
        yield warning(f"{', '.join(foreign)} in .tfswap belong to another user")
    if not (directory / ".gitignore").is_file():
        yield warning(
            ".tfswap has no .gitignore: it could be committed", "Run tfswap prepare again."
        )
    if not links and not others and not foreign:
        yield ok(".tfswap is private")
