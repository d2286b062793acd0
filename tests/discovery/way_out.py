"""Do what a refusal says is to be done, and see that it works."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import product
from pathlib import Path

from tfswap.discovery.conversion import LineEdit
from tfswap.discovery.root_module import candidates
from tfswap.discovery.view import Given, View
from tfswap.errors import TfswapError
from tfswap.hcl.parse_cache import ParseCache
from tfswap.hcl.project import Project

_IN_CALL = re.compile(r'in module "(?P<name>[\w-]+)" \(line (?P<line>\d+)\):\s+(?P<text>.*)', re.S)


def names(repo: Path, variables: Mapping[str, str]) -> dict[tuple[object, ...], object]:
    """Return the tables' names in every run there may be; the error where there are none."""
    project = Project(repo, ParseCache(None))
    roots = [tree.root.folder.name for tree in candidates(project)]
    files = [p.relative_to(repo).as_posix() for p in sorted(repo.rglob("*.tfvars*"))]
    given = [(), *((file,) for file in files if not file.endswith("-table.tfvars"))]
    sets: list[Mapping[str, str]] = [{}]
    if variables:
        sets += [variables, dict.fromkeys(variables, "another")]
    found: dict[tuple[object, ...], object] = {}
    for root, workspace, shown, values in product(roots, ("default", "dev", "prod"), given, sets):
        view = View(project, root, workspace, Given(shown, values))
        try:
            found[root, workspace, shown, str(values)] = view.names
        except TfswapError as error:
            found[root, workspace, shown, str(values)] = error.message
    return found


def apply(repo: Path, changes: tuple[LineEdit, ...]) -> None:
    """Write what a refusal says is to be written."""
    assert changes
    for change in changes:
        path = repo / change.file
        lines = path.read_text().split("\n") if path.is_file() else [""]
        inside = _IN_CALL.match(change.text)
        if change.line:
            lines[change.line - 1 : max(change.last, change.line)] = [change.text]
        elif change.file.endswith(".json"):
            key = rf'"{inside["name"]}"\s*:\s*' if inside else ""
            text = inside["text"] if inside else change.text
            whole = "\n".join(lines)
            brace = re.search(key + r"\{", whole)
            assert brace
            lines = (whole[: brace.end()] + text + "," + whole[brace.end() :]).split("\n")
        elif inside:
            lines.insert(int(inside["line"]), f"  {inside['text']}")
        else:
            lines += [*change.text.split("\n"), ""]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines))


def command(hint: str) -> tuple[str, dict[str, object]]:
    """Return the name and the flags of the command that a refusal ends with."""
    match = re.search(r"tfswap prepare (\S+)(?: --tfvars (\S+))?(?: --address '([^']+)')?", hint)
    assert match, hint
    name, file, address = match.groups()
    return name, ({"tfvars": file} if file else {}) | ({"addresses": (address,)} if address else {})
