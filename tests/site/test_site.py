"""``make docs``: the site builds without a warning, and holds every page, picture and schema."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.commands import commands_page

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("zensical") is None:
        pytest.skip("zensical is not installed: pip install '.[docs]'")
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(TOP / "docs", folder / "docs")
    shutil.copy(TOP / "zensical.toml", folder)
    (folder / "docs" / "commands.md").write_text(commands_page())
    argv = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


def test_the_site_holds_all_of_it(site: Path) -> None:
    pages = {path.stem for path in (TOP / "docs").glob("*.md")} | {"commands"}
    assert {path.stem for path in site.glob("*.html")} >= pages
    for name in ("images/prepare.svg", "schemas/status.schema.json", "report.schema.json"):
        assert (site / name).read_bytes() == (TOP / "docs" / name).read_bytes()


def test_every_link_of_the_site_leads_somewhere(site: Path) -> None:
    """Anchors, too: a site makes them otherwise than GitHub does."""
    texts = {page.name: page.read_text() for page in site.glob("*.html") if page.stem != "404"}
    ids = {name: set(re.findall(r'\bid="?([\w.-]+)', text)) for name, text in texts.items()}
    wrong = []
    for name, text in texts.items():
        for link in re.findall(r'<a [^>]*\bhref="?([^"\s>]+)', text):
            file, _, anchor = link.partition("#")
            if "://" in link or link.startswith(("mailto:", "/")):
                continue
            there = (site / (file or name)).resolve()
            if not there.exists() or (anchor and anchor not in ids.get(there.name, {anchor})):
                wrong.append(f"{name}: {link}")
    assert wrong == []
