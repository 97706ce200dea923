import re
from typing import Final

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.days import phone
from tests.browser.screen import PHONE, Screen

TIME: Final = re.compile(r"\d:\d\d")


def see_today(hers: Screen) -> None:
    page = hers.page
    expect(page.get_by_text("您正在替这位办事")).to_be_visible()
    page.get_by_role("button", name="看到哪一步了").or_(page.get_by_role("button", name="看这次上门")).click()
    hers.settle()
    hers.look("day-daughter-visit")
    phone.back(hers)


def book_for_mother(hers: Screen) -> None:
    page = hers.page
    page.locator(".say").click()
    hers.settle()
    phone.enter(hers, "血压测量随访")
    confirm = page.locator(".dock button.primary")
    expect(confirm).to_contain_text("就约")
    hers.look("day-daughter-book")
    confirm.click()
    expect(page.get_by_text("约好了。")).to_be_visible()


def move_a_visit(hers: Screen) -> None:
    """Move the next of a series, take it back, and move it again: until the nurse says yes nobody is said to come."""
    page = phone.enter(hers, "张桂芳的预约", "day-daughter-coming")
    page.locator(".link", has_text="血压测量随访").filter(has_text="已排好").last.click()
    hers.settle()
    before = page.locator(".cap", has_text=TIME).first.inner_text()
    for is_meant in (False, True):
        phone.enter(hers, "改时间或取消", "day-daughter-times")
        page.get_by_role("button", name=TIME).filter(has_text="李静").last.click()
        expect(page.get_by_text("已改到")).to_be_visible()
        if not is_meant:
            page.get_by_role("button", name="撤销").click()
            expect(page.get_by_text("已改到")).to_be_hidden()
            expect(page.get_by_text(before).first).to_be_visible()
    page.route("**/move", lambda sent: sent.abort(), times=1)
    hers.open(
        page.url.partition(hers.url)[2]
    )  # whoever leaves has it sent at once, and once more if it is lost
    expect(page.get_by_text("改了时间").first).to_be_visible()
    expect(page.get_by_text("正在定谁来").first).to_be_visible()
    expect(page.get_by_text("李静上门")).to_have_count(0)
    hers.look("day-daughter-moved")


def write_family_form(hers: Screen) -> None:
    """Say how it is to care for her, of a visit that has been."""
    page = phone.enter(hers, "张桂芳的预约", "day-daughter-visits")
    page.get_by_role("radio", name="来过的").click()
    hers.settle()
    page.locator(".link", has_text="首次评估").first.click()
    hers.settle()
    phone.enter(hers, "家人想说的")
    page.get_by_role("radio", name="提前说了").click()
    page.get_by_role("radio", name="听懂了", exact=True).click()
    page.get_by_role("radio", name="有点累").click()
    hers.look("day-daughter-form")
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_role("heading", name="收到了，谢谢您")).to_be_visible()


class TestDaughter:
    def test_lives_her_day(self, open_screen: Open) -> None:
        hers = open_screen(size=PHONE)
        hers.step_in_as("daughter")
        hers.look("day-daughter-home")
        see_today(hers)
        book_for_mother(hers)
        phone.go_home(hers)
        move_a_visit(hers)
        phone.go_home(hers)
        write_family_form(hers)
        phone.go_home(hers)
        phone.enter(hers, "家人和我", "day-daughter-me")
        phone.enter(hers, "谁看过张桂芳的记录", "day-daughter-readers")
        phone.back(hers)
        phone.leave(hers)
