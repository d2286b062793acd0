"""The rooms of design.md: imports go one way, pure rooms stay pure, heavy imports come late."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tfswap

TOP = Path(tfswap.__file__).parent

MAY_IMPORT = {
    "errors": set(),
    "names": {"errors"},
    "swap": {"errors", "names"},
    "config": {"errors"},
    "files": {"errors"},
    "console": {"errors", "report"},
    "error_handler": {"errors", "console"},
    "swap_directory": {"errors", "files", "swap"},
    "hcl": {"errors"},
    "edit": {"errors", "swap", "files", "hcl"},
    "git": {"errors"},
    "discovery": {"errors", "names", "swap", "config", "files", "hcl", "edit", "git"},
    "terraform": {"errors"},
    "plan": {"errors"},
    "journal": {"errors", "files", "terraform", "swap_directory"},
    "steps": {"errors", "names", "swap", "files", "swap_directory", "journal", "terraform"},
    "verify": {"errors", "names", "swap", "plan"},
    "review": {
        *("errors", "names", "swap", "config", "hcl", "discovery", "edit", "git", "plan"),
        "verify",
    },
    "report": {"errors", "names", "swap", "plan", "verify"},
    "doctor": {
        *("errors", "names", "swap", "config", "swap_directory", "git", "hcl", "discovery"),
        *("edit", "terraform", "aws", "report"),
    },
    "aws": {"errors", "names"},
    "guide": {"errors", "names", "swap"},
    "demo": {"errors", "names", "terraform", "files"},
    "context": {
        *("errors", "names", "swap", "config", "files", "console", "swap_directory", "hcl"),
        *("discovery", "edit", "git", "terraform", "plan", "journal", "steps", "verify"),
        *("review", "report", "aws", "doctor", "guide", "commands"),
    },
    "commands": {
        *("errors", "names", "swap", "config", "files", "console", "swap_directory", "hcl"),
        *("discovery", "edit", "git", "terraform", "plan", "journal", "steps", "verify"),
        *("review", "report", "aws", "doctor", "guide", "context", "demo"),
    },
    "cli": {"errors", "commands", "context", "report", "console", "error_handler"},
    "__main__": {"cli", "__init__"},
    "__init__": set(),
}
"""Which rooms and single files a room may import; itself always."""

PURE = ("guide", "swap", "names", "plan", "verify", "review", "report", "hcl", "discovery", "edit")
IMPURE = {"subprocess", "git", "boto3", "botocore", "typer", "moto"}
HEAVY = {"rich", "boto3", "botocore", "git", "hcl2", "lark", "yaml", "jsonpatch", "moto"}


def sources() -> list[Path]:
    return sorted(TOP.rglob("*.py"))


def room(path: Path) -> str:
    relative = path.relative_to(TOP)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def typing_only(tree: ast.Module) -> set[ast.AST]:
    """Nodes under ``if TYPE_CHECKING:``, which never run."""
    return {
        node
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test) == "TYPE_CHECKING"
        for node in ast.walk(branch)
    }


def imported(path: Path, *, at_start: bool = False) -> Iterator[str]:
    """The dotted names a file imports; only those run on import where ``at_start``."""
    tree = ast.parse(path.read_text())
    idle = typing_only(tree)
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if node in idle or (at_start and node in inside):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(TOP)))
def test_imports_go_one_way(path: Path) -> None:
    here = room(path)
    assert here in MAY_IMPORT, f"{here} is a new room: say in MAY_IMPORT what it may import"
    allowed = MAY_IMPORT[here] | {here}
    rooms = {each.stem if each.is_file() else each.name for each in TOP.iterdir()}
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "tfswap" and len(parts) > 1 and parts[1] in rooms:
            assert parts[1] in allowed, f"{path.name} imports {name}"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(TOP)))
def test_pure_rooms_reach_nothing_outside(path: Path) -> None:
    if room(path) in PURE:
        roots = {name.split(".")[0] for name in imported(path)}
        assert not roots & IMPURE
        assert not any(name.startswith("tfswap.terraform") for name in imported(path))


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(TOP)))
def test_heavy_imports_come_late(path: Path) -> None:
    if room(path) != "demo":
        assert not {name.split(".")[0] for name in imported(path, at_start=True)} & HEAVY


def test_help_starts_without_the_heavy_ones() -> None:
    code = (
        "import sys, tfswap.cli\nprint(' '.join(sorted({m.split('.')[0] for m in sys.modules})))\n"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not set(loaded) & (HEAVY | {"msgspec", "pydantic", "tomllib"})


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(TOP)))
def test_rooms_stay_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 320
