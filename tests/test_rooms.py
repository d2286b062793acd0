"""The rooms of design.md: imports go one way, pure rooms stay pure, heavy imports come late.

Each test reads every file once and lists all that break the rule.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import tfswap

TOP = Path(tfswap.__file__).parent

MAY_IMPORT = {
    "errors": set(),
    "names": {"errors"},
    "swap": {"errors", "names"},
    "command_line": set(),
    "config_file": {"errors", "files"},
    "config": {"errors", "command_line", "config_file"},
    "files": {"errors"},
    "console": {"errors", "report"},
    "error_handler": {"errors", "console", "command_line"},
    "swap_directory": {"errors", "files", "swap"},
    "hcl": {"errors", "files"},
    "edit": {"errors", "names", "swap", "files", "hcl"},
    "git": {"errors"},
    "discovery": {"errors", "names", "swap", "config", "files", "hcl", "edit", "git"},
    "terraform": {"errors", "files"},
    "plan": {"errors"},
    "journal": {"errors", "files", "guide"},
    "steps": {"errors", "names", "swap", "files", "swap_directory", "journal", "terraform"},
    "verify": {"errors", "names", "swap", "plan"},
    "review": {
        *("errors", "names", "swap", "config", "hcl", "discovery", "edit", "git", "plan"),
        "verify",
    },
    "rule_catalogue": {"verify", "review"},
    "report": {"errors", "names", "swap", "plan", "verify", "rule_catalogue", "journal"},
    "doctor": {
        *("errors", "names", "swap", "config", "files", "swap_directory", "git", "hcl"),
        *("discovery", "edit", "terraform", "aws", "report"),
    },
    "aws": {"errors", "names"},
    "guide": {"errors", "names", "swap"},
    "demo": {"errors", "names", "terraform", "files"},
    "context": {
        "command_line",
        *("errors", "names", "swap", "config", "files", "console", "swap_directory", "hcl"),
        *("discovery", "edit", "git", "terraform", "plan", "journal", "steps", "verify"),
        *("review", "report", "aws", "doctor", "guide"),
    },
    "commands": {
        *("errors", "names", "swap", "config", "files", "console", "swap_directory", "hcl"),
        *("discovery", "edit", "git", "terraform", "plan", "journal", "steps", "verify"),
        *("review", "rule_catalogue", "report", "aws", "doctor", "guide", "context", "demo"),
    },
    "cli": {"errors", "commands", "config", "context", "report", "console", "error_handler"},
    "startup": {"cli"},
    "__main__": {"startup", "__init__"},
    "__init__": set(),
}
"""Which rooms and single files a room may import; itself always."""

FLOORS = ("model", "values", "context", "explain", "completeness", "rules", "checklist", "report")
"""The floors of ``verify/``: each may import itself and those before it."""

PURE = ("guide", "swap", "names", "plan", "verify", "review", "report", "hcl", "discovery", "edit")
EFFECTS = {"subprocess", "git", "boto3", "botocore", "typer", "moto", "socket"}
"""What runs a program or reaches the network. A module that imports one, or imports a tfswap module
that does (a type for an annotation counts: an object of it is handed in), has effects too."""
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


@cache
def parsed(path: Path) -> ast.Module:
    """A file's syntax tree, read once for all tests."""
    return ast.parse(path.read_text())


def imported(path: Path, *, at_start: bool = False) -> Iterator[str]:
    """The dotted names a file imports; only those run on import where ``at_start``."""
    tree = parsed(path)
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


def module(path: Path) -> str:
    """The dotted name of a file."""
    parts = path.relative_to(TOP.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def with_effects(imports: dict[str, set[str]]) -> dict[str, set[str]]:
    """Modules that reach an effect, each with what brings it there."""
    found: dict[str, set[str]] = {}
    while True:
        more = {
            name: via
            for name, names in imports.items()
            if name not in found
            and (via := {n for n in names if n.split(".")[0] in EFFECTS or n in found})
        }
        if not more:
            return found
        found |= more


def test_imports_go_one_way() -> None:
    rooms = {each.stem if each.is_file() else each.name for each in TOP.iterdir()}
    wrong = []
    for path in sources():
        here = room(path)
        assert here in MAY_IMPORT, f"{here} is a new room: say in MAY_IMPORT what it may import"
        for name in imported(path):
            top, _, rest = name.partition(".")
            target = rest.split(".")[0]
            if top == "tfswap" and target in rooms and target not in MAY_IMPORT[here] | {here}:
                wrong.append(f"{path.relative_to(TOP)} imports {name}")
    assert not wrong


def all_imports() -> dict[str, set[str]]:
    """Every module with the modules of ours it imports, also late or for an annotation only."""
    names = {module(path) for path in sources()}
    found: dict[str, set[str]] = {}
    for path in sources():
        nodes = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom)]
        wanted = {f"{n.module}.{a.name}" for n in nodes for a in n.names}
        found[module(path)] = (wanted | {str(n.module) for n in nodes}) & names
    return found


def circles(imports: dict[str, set[str]]) -> set[str]:
    """Modules that import each other: what is left when those that import nothing left go."""
    left = dict(imports)
    while ready := [name for name, wanted in left.items() if not wanted & left.keys() - {name}]:
        for name in ready:
            del left[name]
    return set(left)


def test_no_import_circle() -> None:
    assert circles(all_imports()) == set()


def test_a_circle_is_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == {"a", "b", "c"}


def test_the_floors_of_verify_stand_on_each_other() -> None:
    wrong = []
    for name, wanted in all_imports().items():
        for other in wanted:
            pair = [each.split(".")[2] for each in (name, other) if each.count(".") > 2]
            if name.startswith("tfswap.verify.") and other.startswith("tfswap.verify."):
                known = [FLOORS.index(floor) for floor in pair if floor in FLOORS]
                if len(known) == 2 and known[0] < known[1]:
                    wrong.append(f"{name} imports {other}")
    assert not wrong


def test_pure_rooms_have_no_effects_not_even_through_what_is_handed_in() -> None:
    imports = {module(path): set(imported(path)) for path in sources()}
    pure = {module(path) for path in sources() if room(path) in PURE}
    found = {name: via for name, via in with_effects(imports).items() if name in pure}
    assert found == {}


def test_a_type_that_is_handed_in_brings_its_effects_along() -> None:
    found = with_effects({"a": {"git.Repo"}, "b": {"a.Client"}, "c": {"b", "re"}, "d": {"re"}})
    assert found.keys() == {"a"}
    named = with_effects({"a": {"git"}, "b": {"a", "a.Client"}, "c": {"b"}, "d": {"re"}})
    assert named.keys() == {"a", "b", "c"}


def test_pure_rooms_do_not_know_terraforms_client() -> None:
    wrong = [
        f"{path.relative_to(TOP)} imports {name}"
        for path in sources()
        if room(path) in PURE
        for name in imported(path)
        if name.startswith("tfswap.terraform")
    ]
    assert not wrong


def test_there_is_one_way_to_run_git_and_one_to_run_a_program() -> None:
    """GitPython in ``git/`` alone; the demo sets up its repository without the user's settings."""
    doors = {"git": ("git",), "subprocess": ("terraform", "demo")}
    wrong = [
        f"{path.relative_to(TOP)} imports {name}"
        for path in sources()
        for name in imported(path)
        if path.stem != "demo" and room(path) not in doors.get(name.split(".")[0], (room(path),))
    ]
    assert not wrong
    escapes = [
        path for path in sources() if room(path) != "git" and "git._repo." in path.read_text()
    ]
    assert escapes == []


def test_one_class_name_means_one_thing() -> None:
    found: dict[str, list[str]] = {}
    for path in sources():
        for node in parsed(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(str(path.relative_to(TOP)))
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def test_heavy_imports_come_late() -> None:
    wrong = [
        f"{path.relative_to(TOP)} imports {name}"
        for path in sources()
        if room(path) != "demo"
        for name in imported(path, at_start=True)
        if name.split(".")[0] in HEAVY
    ]
    assert not wrong


def test_help_starts_without_the_heavy_ones() -> None:
    code = (
        "import sys, tfswap.cli\nprint(' '.join(sorted({m.split('.')[0] for m in sys.modules})))\n"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not set(loaded) & (HEAVY | {"msgspec", "pydantic", "tomllib"})


def test_rooms_stay_small() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in sources()}
    assert {path: length for path, length in lengths.items() if length > 320} == {}


def test_tests_replace_no_private_names() -> None:
    """But botocore's one seam for all calls, which it has kept since its beginning."""
    tests = Path(__file__).parent
    patch = re.compile(r'setattr\(\s*[^,]+,\s*"(_\w+)"')
    wrong = [
        f"{path.relative_to(tests)}: {name}"
        for path in tests.rglob("*.py")
        for name in patch.findall(path.read_text())
        if name != "_make_api_call"
    ]
    assert not wrong


def test_files_of_the_repository_are_read_in_one_place() -> None:
    """What lies there may be a FIFO, which is never to be waited for: ``files.read_regular``."""
    ways = re.compile(r"\.read_(?:bytes|text)\(|\bopen\(")
    found = [
        f"{module(path)}: {line.strip()}"
        for path in sources()
        if room(path) in ("hcl", "discovery", "edit", "config_file")
        for line in path.read_text().splitlines()
        # The cache is in the user's own folder; the spans' reader opens braces.
        if ways.search(line) and path.name not in ("parse_cache.py", "json_spans.py")
    ]
    assert found == []
