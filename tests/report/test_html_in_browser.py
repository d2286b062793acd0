"""The HTML report in a real headless Chromium: keyboard, narrow and wide, contrast (axe-core).

Needs the ``browser`` extra (playwright, axe-core) and a Chromium on PATH; skips without, and fails
instead of skipping where ``TFSWAP_BROWSER=required``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.report import hostile
from tests.verify.plans import report
from tfswap.report import Format, render

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _missing(reason: str) -> Any:
    if os.environ.get("TFSWAP_BROWSER") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A running Chromium; one for the module."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("playwright is not installed: pip install '.[browser]'")
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        _missing(f"none of {', '.join(_NAMES)} is on PATH")
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports as files: one ready, one rejected, one full of hostile text."""
    folder = tmp_path_factory.mktemp("html")
    reports = {
        "ready": report("good"),
        "rejected": report("ride-image"),
        "hostile": hostile.report(),
    }
    for name, one in reports.items():
        (folder / f"{name}.html").write_text(render(one, Format.HTML), "utf-8")
    return {name: folder / f"{name}.html" for name in reports}


def _open(browser: Any, path: Path, width: int = 1600, scheme: str = "light") -> Any:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.troubles = []
    page.on("console", lambda message: page.troubles.append(message.text))
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("request", lambda one: one.url.startswith("file:") or page.troubles.append(one.url))
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("width", [360, 1600])
@pytest.mark.parametrize("name", ["ready", "rejected", "hostile"])
def test_nothing_is_wider_than_the_window_and_nothing_fails(
    browser: Any, pages: dict[str, Path], name: str, width: int
) -> None:
    page = _open(browser, pages[name], width)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    assert page.troubles == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["ready", "rejected", "hostile"])
def test_axe_finds_nothing(browser: Any, pages: dict[str, Path], name: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(color_scheme=scheme, bypass_csp=True)
    page.goto(pages[name].as_uri())
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


def test_the_keyboard_alone_filters_unfolds_and_follows(
    browser: Any, pages: dict[str, Path]
) -> None:
    page = _open(browser, pages["rejected"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    radio = page.locator("input[value=all]")
    _tab_to(page, "document.activeElement.value === 'all'")
    page.keyboard.press("ArrowRight")
    assert not radio.is_checked()
    shown = page.locator("details.change:visible")
    assert shown.count() == page.locator("details.change.open").count() > 0
    page.keyboard.press("ArrowRight")
    assert page.locator("details.change:visible").count() == shown.count() > 0
    _tab_to(page, "document.activeElement.matches('.change.explained > summary')")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open")
    page.close()


def test_a_link_to_a_folded_change_opens_it(browser: Any, pages: dict[str, Path]) -> None:
    page = _open(browser, pages["ready"])
    change = page.locator("details.change").first
    assert not change.evaluate("one => one.open")
    page.goto(f"{pages['ready'].as_uri()}#{change.get_attribute('id')}")
    assert change.evaluate("one => one.open")
    page.close()


def test_a_print_shows_every_value(browser: Any, pages: dict[str, Path]) -> None:
    page = _open(browser, pages["ready"])
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".values td:visible").count() == page.locator(".values td").count() > 0
    assert not page.locator(".filter").is_visible()
    page.close()


def test_all_is_shown_without_a_script(browser: Any, pages: dict[str, Path]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages["rejected"].as_uri())
    assert page.locator("details.change:visible").count() == page.locator("details.change").count()
    assert not page.locator(".filter").is_visible()
    context.close()


def _tab_to(page: Any, condition: str, most: int = 300) -> None:
    for _ in range(most):
        if page.evaluate(condition):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {condition}")
