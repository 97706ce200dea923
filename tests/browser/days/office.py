"""What everybody does at a desk."""

from pathlib import Path

from playwright.sync_api import Download, Page, expect

from tests.browser.screen import Screen


def turn_to(office: Screen, words: str, name: str) -> Page:
    """Open a page by the rail, and look at it."""
    office.page.locator("nav.rail").get_by_role("link", name=words).first.click()
    office.settle()
    office.look(name)
    return office.page


def follow(office: Screen, words: str, name: str = "") -> Page:
    """Follow the first link of the page that says so, and look at what it leads to."""
    office.page.locator("header.head, main").get_by_role("link", name=words).first.click()
    office.settle()
    if name:
        office.look(name)
    return office.page


def do(office: Screen, words: str, name: str = "") -> Page:
    """Press a form's button; nothing may have been refused."""
    office.page.locator("header.head, main").get_by_role("button", name=words).first.click()
    office.settle()
    expect(office.page.locator("main .msg.bad[role=alert]")).to_have_count(0)
    if name:
        office.look(name)
    return office.page


def press_refused(office: Screen, words: str) -> None:
    """Press a form's button that must say in words what is missing."""
    office.page.locator("main").get_by_role("button", name=words).first.click()
    office.settle()
    expect(office.page.locator("main .msg.bad[role=alert]")).to_be_visible()


def download(office: Screen, words: str) -> Path:
    """Download what the link gives, and return where it lies."""
    with office.page.expect_download() as begun:
        office.page.locator("header.head, main").get_by_role("link", name=words).first.click()
    given: Download = begun.value
    return Path(given.path())


def leave(office: Screen) -> None:
    """Sign out, as everybody does at the end of work."""
    office.page.get_by_role("button", name="退出").first.click()
    office.page.wait_for_url("**/identity/sign-in/**")
