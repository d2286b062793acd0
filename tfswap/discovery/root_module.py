"""Find the folder Terraform runs in.

It has a backend or tfvars of its own, and a DynamoDB table in it or in the modules it calls. Bytes
decide; nothing is parsed but module calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from tfswap.discovery.identity_attributes import TABLE
from tfswap.discovery.input_variables import TERRAGRUNT
from tfswap.errors import AmbiguousError, RepoError
from tfswap.hcl.module_tree import Module, ModuleTree, local_sources
from tfswap.hcl.project import Folder, PlacedBlock, Project, normal

_BACKEND = re.compile(rb"(?<![\w-])(?:backend\s*\"|cloud\s*\{)")
_PROVIDER = re.compile(rb"(?<![\w-])provider\s*\"")
ENVIRONMENTS = "environments"
"""The tfvars variable with one member per environment."""

TableBlock = tuple[Module, PlacedBlock]
"""A table's block, and the use of the folder it stands in."""


def find(project: Project, chosen: str | None, fits: Callable[[ModuleTree], bool]) -> ModuleTree:
    """Return the root module.

    Args:
        project: The repository.
        chosen: The folder the user named, relative to the repository.
        fits: Says whether a root module's tfvars hold what was asked for; decides between several.

    Raises:
        AmbiguousError: Several fit.
        RepoError: None does.
    """
    if chosen is not None:
        return named(project, chosen)
    trees = [tree for tree in candidates(project) if table_folders(tree)]
    if not trees:
        raise RepoError(
            f"No folder under {project.root} has a Terraform backend or tfvars and an {TABLE}.",
            hint="Run tfswap in the repository, or set the folder with --root.",
        )
    for choose in (has_environments, fits):
        trees = [tree for tree in trees if choose(tree)] or trees if len(trees) > 1 else trees
    if len(trees) == 1:
        return trees[0]
    raise AmbiguousError(
        "Several folders could be the root module.",
        hint=f"Choose one, e.g. --root {trees[0].root.folder.name}.",
        details=tuple(tree.root.folder.name for tree in trees),
    )


def candidates(project: Project) -> list[ModuleTree]:
    """Return every folder that Terraform may run in.

    It has a backend, a ``cloud`` block or tfvars, or it has a provider and nothing calls it as a
    module. Where there is no such folder, those that nothing calls are left.
    """
    folders = list(project.folders())
    called = {name for folder in folders for name in local_sources(folder)}
    top = [folder for folder in folders if folder.name not in called]
    roots = [f for f in folders if is_root(f) or (f in top and _has_provider(f))]
    return [ModuleTree(project, folder.name) for folder in roots or top]


def table_folders(tree: ModuleTree) -> set[str]:
    """Return the names of the folders that declare a table."""
    return {f.name for f in tree.reachable() if f.declaring("resource", TABLE)}


def tables(tree: ModuleTree) -> list[TableBlock]:
    """Return every table's block, once for each use of its folder."""
    uses: Iterable[Module] = tree.using(table_folders(tree))
    found: list[TableBlock] = []
    for module in uses:
        for placed in module.folder.blocks("resource", TABLE):
            if len(placed.block.labels) == 2:
                merged = module.folder.block("resource", *placed.block.labels) or placed
                if all(merged.block.labels != p.block.labels or module is not m for m, p in found):
                    found.append((module, merged))
    return found


def named(project: Project, chosen: str) -> ModuleTree:
    """Return the root module the user named.

    Raises:
        RepoError: There is no such folder with Terraform files.
    """
    path = Path(chosen)
    name = normal(chosen)
    if path.is_absolute():
        name = path.resolve().relative_to(project.root).as_posix() if _inside(project, path) else ""
    folder = project.folder(name) if name and not name.startswith("..") else None
    if folder is None or not (folder.sources or folder.json):
        raise RepoError(
            f"{chosen} is not a folder with Terraform files in this repository.",
            hint="Set it relative to the repository, e.g. --root terraform/environment.",
        )
    return ModuleTree(project, folder.name)


def _inside(project: Project, path: Path) -> bool:
    return path.resolve().is_relative_to(project.root)


def is_root(folder: Folder) -> bool:
    """Say whether Terraform runs in a folder, as far as its files tell."""
    in_json = (key in source.data for key in (b'"backend"', b'"cloud"') for source in folder.json)
    in_hcl = (_BACKEND.search(source.data) for source in folder.sources)
    has_inputs = (folder.path / TERRAGRUNT).is_file()
    return bool(folder.tfvars) or any(in_hcl) or any(in_json) or has_inputs


def _has_provider(folder: Folder) -> bool:
    return any(_PROVIDER.search(source.data) for source in folder.sources)


def has_environments(tree: ModuleTree) -> bool:
    """Say whether a tfvars file may know environments; by bytes, as it may not be the right one."""
    return any(ENVIRONMENTS.encode() in text for text in tfvars_texts(tree))


def tfvars_texts(tree: ModuleTree) -> list[bytes]:
    """Return what the root module's tfvars files hold, as far as they can be read."""
    folder = tree.root.folder
    found = (tree.project.contents(normal(f"{folder.name}/{name}")) for name in folder.tfvars)
    return [data for data in found if data is not None]
