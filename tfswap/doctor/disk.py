"""Room for the scratch copy, and whether tfswap's folder is closed to others."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress

from tfswap.doctor.line import Line, ok, stop, warning
from tfswap.doctor.scene import Scene
from tfswap.terraform.gather import files_to_copy

_MEGABYTE = 1_000_000
_SPARE = 50 * _MEGABYTE
"""For states, plan and logs: a state of 180 resources has 1 MB, its plan 2 (facts)."""


def room(scene: Scene) -> Iterator[Line]:
    """Compare what a rehearsal copies with what the disk has."""
    repo = scene.git.root
    names = files_to_copy(repo, scene.root, scene.git.files(), scene.data_dir)
    size = _SPARE
    for name in names:
        with suppress(OSError):
            size += (repo / name).lstat().st_size
    free = shutil.disk_usage(repo).free
    text = f"a rehearsal takes {size // _MEGABYTE} MB; {free // _MEGABYTE} MB are free"
    yield ok(text) if free > size else stop(text, f"Make room on the disk of {repo}.")


def folder(scene: Scene) -> Iterator[Line]:
    """Look at the modes of tfswap's folder and its files: states hold secrets."""
    home = scene.home.folder
    if home.is_symlink() or (home.exists() and not home.is_dir()):
        yield stop(f"{home} is not a folder of tfswap's own", "Move it out of the way.")
        return
    if not home.is_dir():
        yield ok(".tfswap is not there yet; prepare makes it")
        return
    paths = [home, *home.iterdir()]
    links = sorted(path.name for path in paths if path.is_symlink())
    plain = [path for path in paths if not path.is_symlink()]
    others = sorted(path.name for path in plain if path.stat().st_mode & 0o077)
    foreign = [path.name for path in plain if path.stat().st_uid != home.stat().st_uid]
    for name in links:
        yield stop(f".tfswap/{name} is a link; tfswap follows none", f"Remove {home / name}")
    if others:
        yield warning(
            f"others may read {', '.join(others)}; states hold secrets",
            f"chmod -R go-rwx {home}",
        )
    if foreign:
        yield warning(f"{', '.join(foreign)} in .tfswap belong to another user")
    if not (home / ".gitignore").is_file():
        yield warning(".tfswap has no .gitignore: it could be committed", "Prepare again.")
    if not links and not others and not foreign:
        yield ok(".tfswap is closed to others")
