"""A real browser for tests of pages: Debian's Chromium, without a network."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="session")
def browser():
    assert CHROMIUM, "chromium is not installed: run scripts/setup"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser):
    """Opens a page; at the end it must have said nothing and asked for nothing."""
    pages, said = [], []

    def listen(page):
        page.on("console", lambda message: said.append(message.text)
                if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: said.append(request.url)
                if not request.url.startswith(("file:", "data:")) else None)

    def open_page(path, **options):
        page = browser.new_page(viewport={"width": 1280, "height": 900}, **options)
        pages.append(page)
        listen(page)
        page.goto(f"file://{path}")
        return page

    yield open_page
    for page in pages:
        page.close()
    assert said == []


def visible(page, table):
    """The rows of a table that are not filtered out."""
    return page.locator(f"{table} tbody tr:visible")
