"""Which files a plan may read, for the scratch copy: more than git knows.

What git lists (a submodule with its whole work tree), everything in the root module, and what the
configuration names outside of it though git ignores it, such as ``"${path.module}/../build/x.zip"``
or the generated files of ``source = "../modules/x"``. Names are taken from the bytes of the
``.tf`` files that can be reached from the root module. Terraform documentation: "Filesystem and
Workspace Info", "Module Sources".
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tfswap.errors import TerraformError
from tfswap.files import is_special

_NEVER = {".terraform", ".tfswap", ".git"}
_PATH = re.compile(
    rb'"(?:\$\{path\.(?P<base>module|root|cwd)\}/|(?P<plain>\.{1,2}/))(?P<rest>[^"$%{}\r\n]*)'
)
_CONFIGURATION = (".tf", ".tf.json", ".tofu", ".tofu.json")
_READ = (*_CONFIGURATION, ".tfvars", ".tfvars.json", ".terraform.lock.hcl")


def files_to_copy(repo: Path, root: Path, files: Iterable[str], data_dir: Path) -> set[str]:
    """Return the files to copy, relative to ``repo``.

    Args:
        repo: The repository's root.
        root: The root module.
        files: What git lists; a submodule is listed as a folder.
        data_dir: Terraform's own folder (``TF_DATA_DIR``): its providers are never copied.
    """
    walk = _Walk(repo, root, data_dir)
    found = {name for name in files if not walk.leaves_out(name)}
    for name in [name for name in found if _is_folder(walk.repo / name)]:
        found.discard(name)
        found.update(walk.files(walk.repo / name))
    found.update(walk.files(walk.root))
    for path in _named(walk.root):
        found.update(walk.files(path))
    done: set[str] = set()
    todo = {walk.up_to_link(name) for name in found}
    while todo:
        done |= todo
        todo = {walk.up_to_link(name) for name in _behind_links(walk, todo)} - done
    return done


def refuse_special_files(root: Path) -> None:
    """Refuse what Terraform would open and wait for: it reads whatever is no folder.

    Terraform source, internal/configs, ``dirFiles``.

    Raises:
        TerraformError: A file of the root module is a FIFO, a device or a socket.
    """
    with suppress(OSError), os.scandir(root) as entries:
        for entry in entries:
            if entry.name.endswith(_READ) and is_special(Path(entry.path)):
                raise TerraformError(
                    f"{entry.path} is not a regular file; Terraform would wait for it forever.",
                    hint="Remove it, then run the same command again.",
                )


class _Walk:
    """Lists files of one repository, without those of Terraform, git and tfswap."""

    def __init__(self, repo: Path, root: Path, data_dir: Path) -> None:
        self.repo, self.root = _plain(repo), _plain(root)
        data, own = self.name(_plain(data_dir)), self.name(self.root / "terraform.tfstate")
        self._data = data or ""
        # The state of a local backend; the scratch folder has its own.
        self._state = own or ""
        self._cut: dict[str, str] = {}

    def leaves_out(self, name: str) -> bool:
        """Say whether a path, relative to the repository, is nothing a plan reads."""
        if self._data and (name == self._data or name.startswith(f"{self._data}/")):
            return True
        return name.startswith(self._state) or bool(_NEVER.intersection(name.split("/")))

    def files(self, path: Path) -> Iterator[str]:
        """Yield a file, or everything in a folder; links are yielded, not followed."""
        name = self.name(path)
        if name is None or self.leaves_out(name):
            return
        if path.is_symlink() or path.is_file():
            yield name
            return
        for folder, below, names in os.walk(path):
            here = self.name(Path(folder)) or ""
            inner = {each: f"{here}/{each}".removeprefix("./") for each in (*below, *names)}
            kept = {each: name for each, name in inner.items() if not self.leaves_out(name)}
            links = [each for each in below if (Path(folder) / each).is_symlink()]
            below[:] = [each for each in below if each in kept and each not in links]
            yield from (kept[each] for each in (*names, *links) if each in kept)

    def up_to_link(self, name: str) -> str:
        """Return a path, cut off at the first link on its way: it is the link that is copied."""
        folder = name.rpartition("/")[0]
        if folder not in self._cut:
            above = self.up_to_link(folder) if folder else ""
            link = above != folder or bool(folder and (self.repo / folder).is_symlink())
            self._cut[folder] = above if link else ""
        return self._cut[folder] or name

    def name(self, path: Path) -> str | None:
        """Return a path relative to the repository; None for one outside."""
        return path.relative_to(self.repo).as_posix() if path.is_relative_to(self.repo) else None


def _plain(path: Path) -> Path:
    """Return an absolute path without ``..``, links as they are."""
    return Path(os.path.normpath(path.absolute()))


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _named(top: Path) -> Iterator[Path]:
    """Yield the files and folders that the configuration names outside the root module."""
    todo, seen = [top], {top}
    while todo:
        folder = todo.pop()
        for path in _in_folder(folder, top):
            # A folder above the root module would be everything; what is in the module is taken.
            if path in seen or top.is_relative_to(path) or not path.exists():
                continue
            seen.add(path)
            if path.is_dir():
                todo.append(path)
            yield path


def _in_folder(folder: Path, root: Path) -> Iterator[Path]:
    """Yield what one module's files name; a bare ``../x`` may start from either folder."""
    for file in sorted(folder.iterdir()):
        if not file.name.endswith(_CONFIGURATION) or not file.is_file():
            continue
        for match in _PATH.finditer(file.read_bytes()):
            words = (match["plain"] or b"") + match["rest"]
            bases = [folder] if match["base"] == b"module" else [root]
            for base in [*bases, folder] if match["plain"] else bases:
                yield _plain(base / os.fsdecode(words))


def _behind_links(walk: _Walk, found: Iterable[str]) -> Iterator[str]:
    """Yield what links within the repository lead to."""
    for name in found:
        path = walk.repo / name
        if path.is_symlink():
            target = _plain(path.parent / path.readlink())
            if target != path and not path.is_relative_to(target) and target.exists():
                yield from walk.files(target)
