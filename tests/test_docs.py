"""The pages: every link leads somewhere, and every dependency has its reason."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from tfswap import __version__

TOP = Path(__file__).parents[1]
PAGES = sorted((*TOP.glob("*.md"), *(TOP / "docs").glob("*.md")))


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
        assert there.exists(), link
        if anchor:
            assert anchor in anchors(there), link


def test_the_readme_leads_to_every_page() -> None:
    linked = set(re.findall(r"\]\((docs/[\w.]+)\)", (TOP / "README.md").read_text()))
    assert {f"docs/{page.name}" for page in (TOP / "docs").glob("*.md")} <= linked


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {re.split(r"[<>=\[~! ]", each)[0] for each in wanted} - {"tfswap"}
    rows = re.findall(r"^\| ([^|]+) \| [^|]{8,} \|$", (TOP / "CONTRIBUTING.md").read_text(), re.M)
    told = set(re.findall(r"[\w-]+", " ".join(rows)))
    assert names <= told, names - told


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
