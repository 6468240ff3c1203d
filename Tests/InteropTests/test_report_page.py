"""The page of a report in a real browser: Debian's Chromium, without a network."""

import os
import pathlib
import subprocess

import pytest

from browsing import visible
from support import ROOT, Home, generate

PROBE = pathlib.Path(os.environ.get("REPORT_PROBE_BIN", ROOT / ".build/debug/report-probe"))
SHAPE = """() => [...document.querySelectorAll('*')].map(element =>
  element.localName + ' ' + element.getAttributeNames().join(' ')).join('\\n')"""


def probe(path, names, apps, days, *more):
    subprocess.run([PROBE, path, names, str(apps), str(days), *more], check=True)
    return path


@pytest.fixture(scope="module")
def report_page(logs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    home = Home(folder / "home")
    home.run(generate(logs / "page.log", "w3c", "3MiB", seed=5, users=300, hosts=300, days=40))
    home.call("report", "--html", folder / "r.html")
    home.call("report", "--html", folder / "e.html", "--executive")
    return folder


def test_sort_and_filter(opened, report_page):
    page = opened(report_page / "r.html")
    head = page.locator("#apps thead th").nth(4)
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    users = [int(row.locator("td").nth(3).get_attribute("data-v"))
             for row in visible(page, "#apps").all()]
    assert users == sorted(users, reverse=True) and len(users) == 25
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    page.fill("#apps input[type=search]", "google")
    names = visible(page, "#apps").locator("th").all_inner_texts()
    assert names and all("Google" in name for name in names)
    assert "rows" in page.inner_text("#apps output")
    page.fill("#apps input[type=search]", "")
    page.select_option("#apps select[name=category]", "Cloud storage")
    categories = {row.locator("td").first.inner_text() for row in visible(page, "#apps").all()}
    assert categories == {"Cloud storage"}
    page.fill("#apps input[type=search]", "no app is called so")
    assert visible(page, "#apps").count() == 0


def test_all_rows_can_be_shown(opened, report_page):
    page = opened(report_page / "r.html")
    button = page.locator("#uncatalogued .all")
    total = page.locator("#uncatalogued tbody tr").count()
    assert visible(page, "#uncatalogued").count() == 25 < total
    button.click()
    assert visible(page, "#uncatalogued").count() == total
    button.click()
    assert visible(page, "#uncatalogued").count() == 25


def test_pages_of_apps_and_users_by_keyboard(opened, report_page):
    page = opened(report_page / "r.html")
    button = page.locator("#apps tbody .open").first
    name = button.inner_text()
    button.focus()
    page.keyboard.press("Enter")
    assert page.inner_text("#sheet-title") == name
    assert page.locator("#sheet svg rect").count() > 20
    assert page.locator("#sheet table").count() == 2
    wide = "(() => { const sheet = document.getElementById('sheet'); " \
        "return sheet.scrollWidth > sheet.clientWidth; })()"
    assert not page.evaluate(wide), "long names make the page of an app wider than its window"
    page.keyboard.press("Escape")
    assert not page.locator("#sheet").is_visible()
    assert page.evaluate("document.activeElement.textContent") == name
    page.goto(f"file://{report_page / 'r.html'}#user-0")
    page.reload()
    assert page.inner_text("#sheet-title").startswith("u1-")


def test_theme_and_print(opened, report_page):
    page = opened(report_page / "r.html", color_scheme="dark")
    colour = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(colour)
    page.click("#theme")
    light = page.evaluate(colour)
    assert dark != light
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(colour) == "rgb(255, 255, 255)"
    assert not page.locator(".top").is_visible()


def test_the_summary_is_two_sheets(opened, report_page, tmp_path):
    page = opened(report_page / "e.html")
    assert "u1-" not in page.content() and page.locator("script").count() == 0
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") == 2


def test_names_change_nothing_in_the_document(opened, tmp_path):
    """Five hundred hostile names against harmless ones: same elements, same attributes."""
    pages = {}
    for names in ("plain", "hostile"):
        page = opened(probe(tmp_path / f"{names}.html", names, 500, 7))
        page.evaluate("document.querySelector('#apps .open').click()")
        assert page.locator("#sheet").is_visible()
        pages[names] = page
    shapes = {names: page.evaluate(SHAPE) for names, page in pages.items()}
    assert shapes["plain"] == shapes["hostile"]
    page = pages["hostile"]
    assert page.title().startswith("Discovery report")
    texts = page.locator("#apps tbody th .open").all_inner_texts()
    assert "<script>document.title='x'</script>" in "".join(texts)
    assert "\u202e" not in page.content()


def test_a_large_report_opens_fast(opened, tmp_path):
    path = probe(tmp_path / "large.html", "plain", 1000, 30)
    assert path.stat().st_size < 5_000_000
    # The least of a few: what else the machine does makes single ones slow.
    times = []
    while not times or (len(times) < 5 and min(times) >= 1000):
        page = opened(path)
        page.wait_for_function("document.querySelector('#apps output').textContent")
        times.append(page.evaluate(
            "performance.timing.loadEventEnd - performance.timing.navigationStart"))
    print(f"{path.stat().st_size} bytes, ready in {times} ms")
    assert min(times) < 1000


def test_screen_readers_find_their_way(opened, report_page):
    page = opened(report_page / "r.html")
    assert page.get_attribute("html", "lang") == "en"
    assert page.locator("h1").count() == 1
    for svg in page.locator("svg").all():
        assert svg.get_attribute("aria-hidden") == "true" or (
            svg.get_attribute("role") == "img" and svg.get_attribute("aria-label"))
    for table in page.locator("table[data-list]").all():
        assert table.locator("caption").count() == 1
        assert all(cell.get_attribute("scope") == "col"
                   for cell in table.locator("thead th").all())
    for control in page.locator("input, select").all():
        assert control.get_attribute("aria-label")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
