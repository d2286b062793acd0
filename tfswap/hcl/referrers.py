"""What can refer to something: resources, data sources, locals, outputs and module calls.

Each unit knows the heads of its references, so that "who refers to this" is a dictionary look-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tfswap.hcl.dataflow import block_references, references
from tfswap.hcl.project import Folder
from tfswap.hcl.reference import Reference
from tfswap.hcl.source_file import SourceChunk
from tfswap.hcl.syntax import Attribute, Block

RefKey = tuple[str, ...]
"""``("local", "x")``, ``("var", "x")``, ``("module", "m", "output")``, ``("data", type, name)``,
``("resource", type, name)``; a module as a whole is ``("module", "m", "*")``."""


@dataclass(frozen=True)
class Referrer:
    """One thing that may refer to others."""

    kind: str
    """``resource``, ``data``, ``local``, ``output`` or ``module``."""
    labels: tuple[str, ...]
    block: Block
    """The block itself; for a local, the ``locals`` block around it."""
    file: str
    attribute: Attribute | None = None
    """A local's definition."""

    @property
    def line(self) -> int:
        """Where it stands."""
        return self.attribute.line if self.attribute else self.block.line


class Referrers:
    """Finds the units that refer to a head, parsing only blocks that may."""

    def __init__(self) -> None:
        self._by_chunk: dict[SourceChunk, dict[RefKey, list[Referrer]]] = {}

    def referring(self, folder: Folder, head: RefKey) -> Iterator[Referrer]:
        """Yield every unit of the folder that refers to ``head``."""
        words = head[1:] if head[0] == "resource" else head
        if head[0] == "module":
            words = head[:2]
        for chunk in folder.referring(*words):
            known = self._by_key(chunk)
            if head[0] != "module":
                yield from known.get(head, ())
                continue
            fitting = [h for h in known if h[:2] == head[:2] and (h == head or "*" in h + head)]
            yield from {id(referrer): referrer for h in fitting for referrer in known[h]}.values()

    def _by_key(self, chunk: SourceChunk) -> dict[RefKey, list[Referrer]]:
        if chunk not in self._by_chunk:
            found: dict[RefKey, list[Referrer]] = {}
            for referrer in _referrers_in(chunk):
                for head in dict.fromkeys(ref_keys(_references(referrer))):
                    found.setdefault(head, []).append(referrer)
            self._by_chunk[chunk] = found
        return self._by_chunk[chunk]


def _referrers_in(chunk: SourceChunk) -> Iterator[Referrer]:
    for block in chunk.blocks:
        if block.type == "locals":
            for attribute in block.attributes.values():
                yield Referrer("local", (attribute.name,), block, chunk.name, attribute)
        elif (block.type, len(block.labels)) in _KINDS:
            yield Referrer(block.type, block.labels, block, chunk.name)


_KINDS = {("resource", 2), ("data", 2), ("output", 1), ("module", 1)}


def _references(referrer: Referrer) -> Iterable[Reference]:
    return (
        references(referrer.attribute.value)
        if referrer.attribute
        else block_references(referrer.block)
    )


def ref_keys(found: Iterable[Reference]) -> Iterator[RefKey]:
    """Yield the heads of references; loop variables give heads that nobody asks for."""
    for reference in found:
        head = ref_key_of(reference)
        if head is not None:
            yield head


def ref_key_of(reference: Reference) -> RefKey | None:
    """Return a reference's head; None for ``each``, ``path`` and the like."""
    names = [step.name for step in reference.steps]
    if not names or names[0] is None or reference.root in ("each", "count", "path", "terraform"):
        return None
    if reference.root in ("var", "local"):
        return reference.root, names[0]
    if reference.root == "module":
        after = names[2:] if len(names) > 1 and names[1] is None else names[1:]
        return "module", names[0], (after[0] if after else None) or "*"
    if reference.root != "data":
        return "resource", reference.root, names[0]
    return ("data", names[0], names[1]) if len(names) > 1 and names[1] else None
