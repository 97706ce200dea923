"""The dispatcher's hands on the timelines: by mouse, finger and keyboard, and what she sees before she decides."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.screen import TABLET, Screen

BOARD = "/console/desk/board"
AHEAD = "#gantt a[data-drag]"
LINE = "xpath=ancestor::div[contains(concat(' ', @class, ' '), ' g-r ')]"
CONFIRM = "#given-dialog .given form button"
Carry = Callable[[Screen, Locator, float, float], None]


def the_last_of_day(screen: Screen) -> tuple[str, str]:
    """Return the visit that begins last of those still ahead for which one comes, and whose line it is on."""
    page = screen.page
    page.locator(AHEAD).first.wait_for()
    found: list[tuple[str, str, str]] = page.locator(AHEAD).evaluate_all(
        "bars => bars.map(bar => [bar.dataset.at, bar.dataset.drag, bar.closest('.g-r').dataset.staff])"
    )
    crews = Counter(visit_id for _at, visit_id, _staff_id in found)
    _at, visit_id, staff_id = max(one for one in found if crews[one[1]] == 1)
    return visit_id, staff_id


def bar_of(page: Page, visit_id: str) -> Locator:
    return page.locator(f'#gantt a[data-drag="{visit_id}"]').first


def line_of(page: Page, staff_id: str) -> Locator:
    return page.locator(f'#gantt .g-r[data-staff="{staff_id}"]')


def on_line(page: Page, visit_id: str) -> str:
    """Return on whose line a visit lies."""
    bar_of(page, visit_id).wait_for()
    return bar_of(page, visit_id).locator(LINE).get_attribute("data-staff") or ""


def middle(one: Locator) -> tuple[float, float]:
    box = one.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def by_mouse(screen: Screen, bar: Locator, x: float, y: float) -> None:
    mouse = screen.page.mouse
    mouse.move(*middle(bar))
    mouse.down()
    mouse.move(x, y - 10, steps=6)
    mouse.move(x, y)
    expect(bar).to_have_attribute("data-says", re.compile(r"\d\d:\d\d"))
    mouse.up()


def touch(screen: Screen) -> Callable[[str, list[tuple[float, float]]], Any]:
    """Return what a finger does: "touchStart", "touchMove", "touchEnd", and where."""
    session = screen.context.new_cdp_session(screen.page)

    def do(kind: str, points: list[tuple[float, float]]) -> Any:
        at = [{"x": x, "y": y} for x, y in points]
        return session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    return do


def by_finger(screen: Screen, bar: Locator, x: float, y: float) -> None:
    """Rest on it until it lets itself be carried, then carry it."""
    finger, start = touch(screen), middle(bar)
    finger("touchStart", [start])
    expect(bar).to_have_attribute("data-says", re.compile(r"\d\d:\d\d"))
    for step in range(1, 7):
        finger("touchMove", [(start[0] + (x - start[0]) * step / 6, start[1] + (y - start[1]) * step / 6)])
    finger("touchEnd", [])


def carry_to_somebody(screen: Screen, carry: Carry, visit_id: str, from_staff: str) -> str:
    """Carry the visit to other lines, one after the other, until it may be there; return whom the dialog asks for."""
    page = screen.page
    lines = page.locator("#gantt .g-r[data-staff]").evaluate_all("all => all.map(one => one.dataset.staff)")
    for staff_id in lines:
        if staff_id == from_staff:
            continue
        bar = bar_of(page, visit_id)
        bar.scroll_into_view_if_needed()
        x, _y = middle(bar)
        target = line_of(page, staff_id).bounding_box()
        body = page.locator("#gantt").bounding_box()
        assert target is not None
        assert body is not None
        if not body["y"] < target["y"] + target["height"] / 2 < body["y"] + body["height"]:
            continue  # out of sight
        carry(screen, bar, x, target["y"] + target["height"] / 2)
        screen.settle()
        expect(page.locator("#given-dialog .msg").first).to_be_visible()
        if page.locator(CONFIRM).count():
            return asked_for(page)
        page.locator("#given-dialog header button").click()
    pytest.fail("nobody may come")


def asked_for(page: Page) -> str:
    """Return whom it lies on now: near an edge the timelines move along while it is carried, and another's is there."""
    return page.locator('#given-dialog input[name="staff_id"]').input_value()


class TestAVisitThatIsCarriedToAnother:
    @pytest.mark.parametrize("carry", [by_mouse, by_finger])
    def test_breaks_nothing_unseen_and_comes_back(self, open_screen: Open, carry: Carry) -> None:
        screen = open_screen(size=TABLET)
        page = screen.step_in_as("dispatcher")
        screen.open(BOARD)
        visit_id, hers = the_last_of_day(screen)

        other = carry_to_somebody(screen, carry, visit_id, hers)
        assert other != hers
        expect(page.locator("#given-dialog .msg b").first).to_contain_text(
            re.compile("什么规矩都不破|会破下面的规矩")
        )
        assert on_line(page, visit_id) == hers  # nothing has been changed before it is confirmed
        screen.look(f"hands-{carry.__name__}")

        why = page.locator("#given-why")
        if why.get_attribute("required") is not None:
            why.fill("打电话商量过，都同意")
        page.locator(CONFIRM).click()
        expect(page.get_by_role("heading", name="办好了")).to_be_visible()
        screen.open(BOARD)
        assert on_line(page, visit_id) == other

        page.get_by_role("link", name="我刚才改的").click()
        page.get_by_role("button", name="撤销这一步").click()
        expect(page.get_by_role("heading", name="撤销了，和原来一样")).to_be_visible()
        screen.open(BOARD)
        assert on_line(page, visit_id) == hers

    def test_stays_where_it_is_when_one_thinks_better_of_it(self, open_screen: Open) -> None:
        """Carried to when nobody works: what breaks is named, and closing it changes nothing."""
        screen = open_screen()
        page = screen.step_in_as("dispatcher")
        screen.open(BOARD)
        visit_id, hers = the_last_of_day(screen)
        bar = bar_of(page, visit_id)
        bar.scroll_into_view_if_needed()
        at = bar.get_attribute("data-at")
        line = line_of(page, hers).bounding_box()
        assert line is not None

        by_mouse(screen, bar, line["x"] + line["width"] - 4, line["y"] + line["height"] / 2)
        screen.settle()

        expect(page.locator("#given-dialog .msg b").first).to_contain_text(
            re.compile("这样改不行|会破下面的规矩")
        )
        assert page.locator("#given-dialog .given li").count() > 0
        page.locator("#given-dialog header button").click()
        screen.open(BOARD)
        assert (on_line(page, visit_id), bar_of(page, visit_id).get_attribute("data-at")) == (hers, at)


class TestAFingerThatDoesNotRest:
    def test_scrolls_the_timelines_and_carries_nothing(self, open_screen: Open) -> None:
        screen = open_screen(size=TABLET)
        page = screen.step_in_as("dispatcher")
        screen.open(BOARD)
        visit_id, hers = the_last_of_day(screen)
        bar = bar_of(page, visit_id)
        bar.scroll_into_view_if_needed()
        before = middle(bar)

        finger = touch(screen)
        finger("touchStart", [before])
        for step in range(1, 9):
            finger("touchMove", [(before[0], before[1] - 10 * step)])
        finger("touchEnd", [])
        screen.settle()

        assert middle(bar)[1] < before[1] - 20  # the page has gone along with the finger
        expect(page.locator("#given-dialog")).to_be_hidden()
        assert on_line(page, visit_id) == hers
        assert BOARD in page.url


class TestSomebodyWithoutAMouse:
    def test_asks_the_same_from_the_visits_page(self, open_screen: Open) -> None:
        screen = open_screen()
        page = screen.step_in_as("dispatcher")
        screen.open(BOARD)
        visit_id, hers = the_last_of_day(screen)

        bar_of(page, visit_id).focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/visits/{visit_id}")
        page.get_by_role("link", name="怎么补救").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/repair")
        page.locator("#give-to").focus()
        page.keyboard.press("ArrowDown")
        page.get_by_role("button", name="看看会怎样").focus()
        page.keyboard.press("Enter")

        page.wait_for_url("**/give?*")
        expect(page.locator("#given .msg, #given p").first).to_be_visible()
        screen.open(BOARD)
        assert on_line(page, visit_id) == hers
