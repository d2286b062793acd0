"""``python -m tests.site.pictures``: the pictures in ``docs/images/``, of what tfswap shows.

Builds the demo's world, types commands in a terminal of 80 columns, and draws what came as SVG; the
page that ``verify-plan --format html`` wrote is photographed by a headless Chromium.
"""

from __future__ import annotations

import io
import os
import pty
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tfswap.demo import world as demo_world

TOP = Path(__file__).parents[2]
IMAGES = TOP / "docs" / "images"
COLUMNS = 80
"""Of the terminal; the drawing has a few more for addresses, which are never broken."""
CASE = TOP / "fixtures" / "plans" / "ride-image"
"""A recorded plan into which a container image rode along."""
REJECTED = "verify-plan plan.json --from production-Lpas --to production-Lpas-20240715 -q"
RUN = "run --yes --write html=../plan.html"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def typed(words: str, folder: Path, env: Mapping[str, str]) -> str:
    """Type a tfswap command in a terminal and return all that it shows, colours included."""
    child, end = pty.fork()
    if child == 0:
        os.chdir(folder)
        # In a CI a running step is shown once it has ended: no cursor moves in what is recorded.
        own = {**env, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color", "CI": "true"}
        argv = [sys.executable, "-m", "tfswap", *shlex.split(words)]
        # Where this machine keeps the provider is in TF_CLI_ARGS_init; the world is initialised.
        dropped = ("NO_COLOR", "TF_CLI_ARGS_init")
        os.execvpe(argv[0], argv, {k: v for k, v in own.items() if k not in dropped})
    seen = b""
    while True:
        try:
            new = os.read(end, 65536)
        except OSError:
            break
        if not new:
            break
        seen += new
    os.waitpid(child, 0)
    os.close(end)
    return seen.decode().replace("\r\n", "\n")


def draw(name: str, *shown: tuple[str, str]) -> None:
    """Draw commands and what they showed as a terminal; the SVG asks nobody for a font."""
    console = Console(width=COLUMNS + 6, record=True, file=io.StringIO(), force_terminal=True)
    for words, output in shown:
        console.print(Text(f"$ tfswap {words}", style="bold"))
        console.print(Text.from_ansi(output.rstrip("\n")))
    svg = console.export_svg(title="tfswap", unique_id=name)
    svg = re.sub(r"@font-face \{.*?\}|<!--.*?-->", "", svg, flags=re.DOTALL)
    (IMAGES / f"{name}.svg").write_text(re.sub(r"[ \t]+\n", "\n", svg))


def photograph(page: Path, name: str, scheme: str) -> None:
    """Photograph the top of a page."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, _BROWSERS)))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": 1100, "height": 800}, color_scheme=scheme)
        view.goto(page.as_uri())
        view.screenshot(path=str(IMAGES / f"{name}.png"))
        browser.close()


def main() -> None:
    """Make all of them."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        world = demo_world.build(Path(folder))
        try:
            world.restore("Lpas", "20240715")
            for name, words in (("prepare", "prepare Lpas-20240715"), ("run", RUN)):
                draw(name, (words, typed(words, world.repo, world.env)))
            draw("rejected", (REJECTED, typed(REJECTED, CASE, world.env)))
            for scheme in ("light", "dark"):
                photograph(Path(folder) / "plan.html", f"report-{scheme}", scheme)
        finally:
            world.close()


if __name__ == "__main__":
    main()
