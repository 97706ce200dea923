from datetime import timedelta

from playwright.sync_api import expect

from tests.browser import clock, people
from tests.browser.conftest import Open
from tests.browser.days import office
from tests.browser.screen import Screen

CALLER, LAST_FOUR = "张桂芳", "0101"


def find_caller(desk: Screen) -> None:
    """Whoever rings is found by the last four digits of her number."""
    page = office.turn_to(desk, "服务台", "day-desk-empty")
    page.locator("input[name=q]").fill(LAST_FOUR)
    page.locator("#found").get_by_text(CALLER).first.wait_for()
    desk.look("day-desk-found")
    page.locator("#found article, #found tr, #found li").filter(has_text=CALLER).get_by_role(
        "link"
    ).first.click()
    desk.settle()
    desk.look("day-desk-caller")


def book_for_her(desk: Screen) -> None:
    page = office.follow(desk, f"替{CALLER}约一次")
    page.get_by_label("服务").select_option(label="血糖监测随访")
    page.get_by_role("button", name="看有空的时间").click()
    page.locator("button[name=slot]").first.wait_for()
    desk.look("day-desk-times")
    people.times_of(page, clock.now().date() + timedelta(days=2)).first.click()
    page.get_by_role("button", name="约好").wait_for()
    desk.look("day-desk-held")
    page.get_by_role("button", name="约好").click()
    page.get_by_role("heading", name="经过").wait_for()


def take_paper(desk: Screen, name: str) -> None:
    """Somebody comes in, is entered, and signs on paper; she gets a slip for her phone."""
    people.register(desk, name, "云杉市清溪区织锦巷12号1栋2单元102")
    people.consent_on_paper(desk)


def give_slip(desk: Screen) -> None:
    office.do(desk, "打印开通单", "day-desk-slip")
    expect(desk.page.locator(".slip, .msg").first).to_be_visible()


class TestServiceDesk:
    def test_lives_her_day(self, open_screen: Open) -> None:
        name = people.new_name()
        desk = open_screen()
        desk.step_in_as("desk")
        office.turn_to(desk, "电话清单", "day-desk-calls")
        find_caller(desk)
        book_for_her(desk)
        find_caller(desk)
        office.follow(desk, "打印一周安排", "day-desk-week")
        take_paper(desk, name)
        give_slip(desk)
        office.turn_to(desk, "求助", "day-desk-help")
        office.turn_to(desk, "回访", "day-desk-call-backs")
        office.leave(desk)
