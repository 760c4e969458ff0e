"""Chromium for the tests in this folder: two widths, axe, and no error left in the console."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page

HERE = Path(__file__).parent
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1366, "height": 768}


def chromium() -> str | None:
    """Debian's Chromium or Google's Chrome; `CHROMIUM` names another."""
    if named := os.environ.get("CHROMIUM"):
        return named
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


def _browser_required() -> bool:
    return os.environ.get("CI") == "true" or os.environ.get("REQUIRE_BROWSER") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if chromium() is None and not _browser_required():
                item.add_marker(pytest.mark.skip(reason="no Chromium found"))


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    path = chromium()
    if path is None:
        pytest.fail("no Chromium found: install one, or name it in CHROMIUM")
    return {
        **browser_type_launch_args,
        "executable_path": path,
        "headless": True,
        # Its sandbox does not start as root; it opens nothing here but our own pages.
        "args": ["--no-sandbox", "--disable-dev-shm-usage"],
        "env": {**os.environ, "HOME": str(tmp_path_factory.mktemp("home"))},
    }


@pytest.fixture
def expected_console() -> list[str]:
    """Words of console errors that a test means to cause (a 404, a refused upload)."""
    return []


def _watched_page(
    browser: Browser, viewport: dict[str, int], base_url: str, expected: list[str]
) -> Iterator[Page]:
    """A page in a context of its own; any console error or failed script fails the test.

    A violation of the content security policy is a console error too.
    """
    context = browser.new_context(
        viewport=viewport,  # type: ignore[arg-type]  # a dict will do
        base_url=base_url,
        locale="id-ID",
        timezone_id="Asia/Jakarta",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            heard.append(f"{message.text} ({message.location.get('url', '')})")

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(str(error)))
    yield page
    context.close()
    unexpected = [text for text in heard if not any(word in text for word in expected)]
    assert not unexpected, "the browser's console says:\n" + "\n".join(unexpected)


@pytest.fixture
def phone(browser: Browser, live_server: Any, expected_console: list[str]) -> Iterator[Page]:
    """A page 360 px wide; paths are relative to the live server: `phone.goto("/profil/")`."""
    yield from _watched_page(browser, PHONE, live_server.url, expected_console)


@pytest.fixture
def desktop(browser: Browser, live_server: Any, expected_console: list[str]) -> Iterator[Page]:
    """A page 1366 px wide."""
    yield from _watched_page(browser, DESKTOP, live_server.url, expected_console)


@pytest.fixture(params=["phone", "desktop"])
def page_at(request: pytest.FixtureRequest, live_server: Any) -> Page:
    """The test runs twice: on a phone and on a desktop.

    `live_server` is asked for by name: pytest-django looks for the name to allow its host.
    """
    return request.getfixturevalue(request.param)


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Call with a page: no axe violation, and nothing to scroll sideways for."""

    def check(page: Page) -> None:
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        too_wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert too_wide <= 0, f"{page.url} is {too_wide} px wider than the screen"

    return check
