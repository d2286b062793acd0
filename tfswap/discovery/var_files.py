"""Files that a run of a root module may be given on the command line: tfvars, backend settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from tfswap.discovery.input_variables import is_automatic
from tfswap.discovery.root_module import candidates
from tfswap.hcl.module_tree import ModuleTree

_PIPELINES = (".github", ".circleci")
_SCRIPTS = ("Makefile", "GNUmakefile", "makefile", "justfile", "Jenkinsfile", "Taskfile.yml")
_SKIPPED = {"node_modules", "venv", "__pycache__"}


def var_files(tree: ModuleTree, every_root: Sequence[ModuleTree] | None = None) -> list[str]:
    """Return the tfvars files that a run of this root module may be given by ``-var-file``.

    Args:
        tree: The root module.
        every_root: Every folder that Terraform may run in, where those are known already.
    """
    project = tree.project
    own, root = tree.root.folder.name, PurePosixPath(tree.root.folder.name)
    known = candidates(project) if every_root is None else every_root
    roots = {PurePosixPath(each.root.folder.name) for each in known} | {root}
    found = []
    for file in _files(project.root, _is_tfvars):
        nearest = next((f for f in PurePosixPath(file).parents if f in roots), None)
        if nearest in (root, None) or own == ".":
            found.append(file)
    declared = [name.encode() for name in tree.root.folder.variables()] if found else []
    contents = ((file, project.contents(file) or b"") for file in found)
    return [file for file, data in contents if any(name in data for name in declared)]


def listed(tree: ModuleTree, files: Sequence[str]) -> tuple[str, ...]:
    """Return tfvars files, each with the line of a script or workflow that passes it, if any."""
    project = tree.project
    scripts = [name for name in _files(project.root, _is_script, hidden=True) if files]
    lines = [
        (f"{name}:{number}", line)
        for name in scripts
        for number, line in enumerate((project.contents(name) or b"").split(b"\n"), 1)
        if b"var-file" in line
    ]
    found = []
    for file in files:
        base = PurePosixPath(file).name.encode()
        place = next((place for place, line in lines if base in line), "")
        found.append(f"{file}  (passed at {place})" if place else file)
    return tuple(found)


def _is_script(path: str, _: bool) -> bool:
    name = PurePosixPath(path).name
    is_pipeline = path.endswith((".yml", ".yaml")) and (
        path.startswith((".github/workflows/", ".circleci/")) or "ci" in name or "build" in name
    )
    return is_pipeline or name in _SCRIPTS or path.endswith((".sh", ".mk", ".envrc"))


def backends(tree: ModuleTree) -> list[str]:
    """Return the backend configurations that this root module's runs may be given."""
    own = f"{tree.root.folder.name}/".removeprefix("./")
    files = list(_files(tree.project.root, _is_backend))
    return [f for f in files if f.startswith(own)] or [f for f in files if "/" not in f]


def _is_tfvars(path: str, is_module: bool) -> bool:
    is_read = is_module and is_automatic(PurePosixPath(path).name)
    is_tfvars = path.endswith((".tfvars", ".tfvars.json"))
    return is_tfvars and not is_read and not _is_backend(path, is_module)


def _is_backend(path: str, _: bool) -> bool:
    """Say whether a file is for ``terraform init -backend-config``, by its name."""
    is_named_so = "backend" in path and path.endswith((".hcl", ".tfvars", ".conf", ".config"))
    return path.endswith(".tfbackend") or is_named_so


def _files(top: Path, fits: Callable[[str, bool], bool], *, hidden: bool = False) -> Iterator[str]:
    """Yield the files whose paths fit; that is asked with whether there is code beside them."""
    for folder, below, files in os.walk(top):
        kept = (d for d in below if (hidden and d in _PIPELINES) or not d.startswith("."))
        below[:] = sorted(d for d in kept if d not in _SKIPPED)
        is_module = any(name.endswith((".tf", ".tf.json")) for name in files)
        for name in sorted(files):
            path = (Path(folder) / name).relative_to(top).as_posix()
            if fits(path, is_module):
                yield path
