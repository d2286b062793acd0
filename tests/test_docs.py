"""The pages: every link leads somewhere, and every dependency has its reason."""

from __future__ import annotations

import ast
import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import typer.main

from tests.site.commands import commands_page
from tfswap import __version__
from tfswap.cli import app

TOP = Path(__file__).parents[1]
MADE = "commands.md"
"""Made when the site is built, and not committed."""
PAGES = sorted(
    page for page in (*TOP.glob("*.md"), *(TOP / "docs").glob("*.md")) if page.name != MADE
)


def anchors(page: Path) -> set[str]:
    """Return what a link may name in a page: headings as GitHub turns them, and ids."""
    text = page.read_text()
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", re.sub(r"<[^>]*>", "", head)).strip() for head in heads)
    return {*(head.lower().replace(" ", "-") for head in plain), *re.findall(r'id="([^"]+)"', text)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        there = page.parent / file if file else page
        if there.name == MADE:
            continue
        assert there.exists(), link
        if anchor:
            assert anchor in anchors(there), link


def test_the_readme_leads_to_every_page() -> None:
    linked = set(re.findall(r"\]\((docs/[\w.]+)\)", (TOP / "README.md").read_text()))
    assert {f"docs/{page.name}" for page in PAGES if page.parent.name == "docs"} <= linked


def test_every_page_is_in_the_sites_navigation() -> None:
    project = tomllib.loads((TOP / "zensical.toml").read_text())["project"]
    named = re.findall(r"'([\w-]+\.md)'", str(project["nav"]))
    assert sorted(named) == sorted(
        ["commands.md", *(page.name for page in PAGES if page.parent.name == "docs")]
    )


def test_every_picture_has_its_words() -> None:
    shown = {
        picture: words
        for page in PAGES
        for words, picture in re.findall(
            r"!\[([^\]]*)\]\((?:docs/)?(images/[^)]+)\)", page.read_text()
        )
    }
    assert all(len(words) > 20 for words in shown.values())
    there = {f"images/{path.name}" for path in (TOP / "docs" / "images").iterdir()}
    assert shown.keys() <= there
    for drawing in (TOP / "docs" / "images").glob("*.svg"):
        text = drawing.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"http|(?<![\w.-])/(?:home|opt|root|tmp|usr|var|work)/", text), drawing


def lines_typed(page: Path) -> list[str]:
    """The tfswap commands in a page's console blocks and inline code."""
    text = page.read_text()
    typed = re.findall(r"^\s*\$ (tfswap [^#\n|>]*)", text, re.MULTILINE)
    return [*typed, *re.findall(r"(?<!`)`(tfswap [a-z][^`\n]*)`", text)]


def unknown(line: str) -> str:
    """What of a command line tfswap does not know; empty where it knows all of it."""
    _, *words = line.replace("\\", " ").split()
    command: Any = typer.main.get_command(app)
    while words and (below := getattr(command, "commands", {})):
        if words[0].startswith("-"):
            break
        if words[0] not in below:
            return words[0]
        command = below[words.pop(0)]
    known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    known |= {"--help", "-h"}
    typed = (re.sub(r"[^\w-].*", "", word.strip("[]()")) for word in words)
    options = (word for word in typed if re.match(r"--?[a-z]", word))
    return next((word for word in options if word not in known), "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_pages_exist(page: Path) -> None:
    if page.name != "CHANGELOG.md":
        assert {line: found for line in lines_typed(page) if (found := unknown(line))} == {}


def test_a_command_that_is_gone_is_found() -> None:
    assert unknown("tfswap prepair X") == "prepair"
    assert unknown("tfswap run --rehearse") == "--rehearse"
    assert unknown("tfswap pipeline stop --yes [--timeout 5]") == ""


def test_the_command_reference_holds_every_command() -> None:
    page = commands_page()
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        assert (f" tfswap {name}\n" in page) != command.hidden
    assert "### tfswap pipeline stop" in page


def names_of_the_code() -> set[str]:
    """Every class, function and constant of tfswap and its tests."""
    nodes = chain.from_iterable(
        ast.walk(ast.parse(path.read_text()))
        for top in ("tfswap", "tests")
        for path in (TOP / top).rglob("*.py")
    )
    return {
        str(getattr(node, "name", "") or getattr(node, "id", "") or getattr(node, "arg", ""))
        for node in nodes
    }


def missing(page: Path, names: set[str]) -> list[str]:
    """Files, modules and names of the code that a page mentions and that are not there."""
    text = page.read_text()
    paths = re.findall(r"`((?:tfswap|tests|docs|fixtures)/[\w./-]+)`", text)
    modules = re.findall(r"python -m ((?:tfswap|tests)[\w.]*)", text)
    files = [*paths, *(module.replace(".", "/") for module in modules)]
    gone = [f for f in files if not any((TOP / (f + end)).exists() for end in ("", ".py"))]
    called = re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`", text)
    return [*gone, *(name for name in called if name not in names)]


def test_names_that_pages_mention_exist() -> None:
    names = names_of_the_code()
    pages = [TOP / "CONTRIBUTING.md", TOP / "docs" / "architecture.md"]
    assert {page.name: missing(page, names) for page in pages} == {page.name: [] for page in pages}


def test_a_name_that_is_gone_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "`tfswap/repo/git.py` holds `WorkBench`, `tfswap/cli/` options; python -m pytest"
    )
    assert missing(page, {"CommandContext"}) == ["tfswap/repo/git.py", "WorkBench"]


def test_the_glossary_is_short() -> None:
    text = (TOP / "CONTRIBUTING.md").read_text()
    rows = re.search(r"\| word \| meaning \|\n.*?\n((?:\|.*\n)+)", text)
    assert rows is not None
    assert len(rows[1].splitlines()) <= 25


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {re.split(r"[<>=\[~! ]", each)[0] for each in wanted} - {"tfswap"}
    rows = re.findall(r"^\| ([^|]+) \| [^|]{8,} \|$", (TOP / "CONTRIBUTING.md").read_text(), re.M)
    shown = set(re.findall(r"[\w-]+", " ".join(rows)))
    assert names <= shown, names - shown


def test_there_is_one_version_everywhere() -> None:
    """A pinned tag in a page that is not this release's would install something else."""
    pages = [*PAGES, *(TOP / "docs" / "workflows").glob("*.yml"), TOP / "action.yml"]
    pinned = {
        (page.name, version)
        for page in pages
        for version in re.findall(r"(?:tfswap@v|rev: v|tfswap==)([\w.]+)", page.read_text())
    }
    assert len(pinned) >= 4
    assert {version for _, version in pinned} == {__version__}, pinned
    assert re.search(
        rf"^## .*\b{re.escape(__version__)}\b", (TOP / "CHANGELOG.md").read_text(), re.M
    )
