"""The tree of module calls: which folder is used where, under which address.

Terraform documentation: "Module Blocks", "Module Sources". Local sources are followed, and others
where ``terraform init`` has put them (``.terraform/modules/modules.json``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tfswap.files import read_regular
from tfswap.hcl.project import Folder, PlacedBlock, Project, normal
from tfswap.hcl.syntax import Lit
from tfswap.hcl.values import Unknown

Key = str | int | None
"""An instance key; None for a block with neither ``count`` nor ``for_each``."""

ANY = Unknown("the instance of the module is ambiguous")
"""The key of a module in the configuration's tree, which has no instances."""

_LOCAL_SOURCE = re.compile(rb'"(\.\.?(?:/[^"]*)?)"')


@dataclass(frozen=True, eq=False)
class Module:
    """A use of a folder: the root module, or a module call in another use."""

    folder: Folder
    tree: ModuleTree
    parent: Module | None = None
    call: PlacedBlock | None = None
    key: Key | Unknown = None
    """The call's instance; unknown in the configuration's tree, which has no instances."""
    children: dict[object, Module] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The call's name; empty for the root module."""
        return self.call.block.labels[0] if self.call else ""

    @cached_property
    def prefix(self) -> str:
        """What addresses in this module begin with: ``module.a[0].``, empty for the root."""
        if self.parent is None:
            return ""
        key = "" if isinstance(self.key, Unknown) else index(self.key)
        return f"{self.parent.prefix}module.{self.name}{key}."

    @property
    def general(self) -> Module:
        """The same module in the configuration's tree."""
        if self.parent is None:
            return self
        return self.parent.general.child(self.name) or self

    def calls(self) -> dict[str, PlacedBlock]:
        """Return the module calls in this folder by name."""
        found: dict[str, PlacedBlock] = {}
        for chunk in self.folder.calling():
            for block in chunk.blocks:
                if block.type == "module" and len(block.labels) == 1:
                    found.setdefault(block.labels[0], PlacedBlock(block, chunk.name))
        return found

    def child(self, name: str, key: Key | Unknown = ANY) -> Module | None:
        """Return what the call ``name`` leads to; None if there is none, or it is not at hand."""
        at = (name, None if isinstance(key, Unknown) else (type(key), key))
        if at not in self.children:
            call = self.folder.block("module", name)
            folder = self.tree.source(self, call) if call else None
            if folder is None:
                return None
            self.children[at] = Module(folder, self.tree, self, call, key)
        return self.children[at]


class ModuleTree:
    """The module calls below one root module."""

    def __init__(self, project: Project, root: str) -> None:
        self.project = project
        self.root = Module(project.folder(root), self)

    def source(self, caller: Module, call: PlacedBlock) -> Folder | None:
        """Return the folder a call leads to, if it is at hand."""
        source = call.block.get("source")
        if not isinstance(source, Lit) or not isinstance(source.value, str):
            return None
        if source.value.startswith(("./", "../")):
            name = normal(f"{caller.folder.name}/{source.value}")
            return None if name.startswith("..") else self.project.folder(name)
        path = ".".join(
            re.findall(r"module\.([\w-]+)", f"{caller.prefix}module.{call.block.labels[0]}")
        )
        return self._installed.get(path)

    @cached_property
    def _installed(self) -> dict[str, Folder]:
        root = self.root.folder
        try:
            listed = json.loads(read_regular(root.path / ".terraform/modules/modules.json"))
            pairs = [(entry["Key"], entry["Dir"]) for entry in listed["Modules"]]
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        return {key: self.project.folder(f"{root.name}/{path}") for key, path in pairs if key}

    def unfetched(self) -> Iterator[tuple[str, PlacedBlock, str]]:
        """Yield the calls of modules from elsewhere that ``terraform init`` has not fetched."""
        todo = [self.root]
        while todo:
            module = todo.pop(0)
            for name, call in module.calls().items():
                source = call.block.get("source")
                child = module.child(name)
                if child is not None and not _recursive(child):
                    todo.append(child)
                elif isinstance(source, Lit) and not str(source.value).startswith(("./", "../")):
                    yield f"{module.prefix}{name}".removeprefix("module."), call, str(source.value)

    def reachable(self) -> list[Folder]:
        """Return every folder that may be used, found by bytes alone; never too few."""
        todo, seen = [self.root.folder, *self._installed.values()], {}
        while todo:
            folder = todo.pop()
            if folder.name in seen:
                continue
            seen[folder.name] = folder
            todo += [self.project.folder(name) for name in local_sources(folder)]
        return list(seen.values())

    def using(self, folders: set[str]) -> Iterator[Module]:
        """Yield every use of one of ``folders``, in the configuration's tree."""
        todo = [self.root]
        while todo:
            module = todo.pop(0)
            if module.folder.name in folders:
                yield module
            if folders - {self.root.folder.name}:
                children = (module.child(name) for name in module.calls())
                todo.extend(child for child in children if child and not _recursive(child))


def local_sources(folder: Folder) -> Iterator[str]:
    """Yield the folders of the repository that a folder's module calls may lead to."""
    for chunk in folder.calling():
        for path in _LOCAL_SOURCE.findall(chunk.data):
            name = normal(f"{folder.name}/{path.decode(errors='replace')}")
            if not name.startswith(".."):
                yield name


def _recursive(module: Module) -> bool:
    above = module.parent
    while above is not None:
        if above.folder is module.folder:
            return True
        above = above.parent
    return False


def index(key: Key) -> str:
    """Write an instance key as an address does: ``[0]``, ``["eu"]``, or nothing."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else f"[{json.dumps(key, ensure_ascii=False)}]"
