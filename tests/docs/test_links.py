"""Every link in the documents leads somewhere, and every page is linked."""

import pytest

from tests.docs.pages import EVERYBODYS, PAGES, ROOT, Page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file_and_a_heading_that_exist(page: Page):
    known = {one.path: one for one in PAGES}
    for link in page.links:
        file, _, anchor = link.partition("#")
        target = (page.path.parent / file).resolve() if file else page.path
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in known[target].anchors, link


def test_the_index_has_every_page():
    index = Page("docs/README.md")
    there = {one.name for one in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert there <= set(index.links)


def test_readme_leads_to_every_page():
    linked = set(Page("README.md").links)
    assert {page.name for page in EVERYBODYS if page.name != "README.md"} <= linked


def test_every_picture_is_shown_and_every_one_that_is_shown_is_there():
    shown = {
        (page.path.parent / link).resolve()
        for page in PAGES
        for link in page.links
        if link.endswith((".png", ".svg"))
    }
    there = {file for file in (ROOT / "docs" / "pictures").iterdir() if file.suffix != ".sha256"}
    assert shown == there


def test_no_picture_is_large():
    for picture in (ROOT / "docs" / "pictures").iterdir():
        assert picture.stat().st_size < 150_000, picture.name
