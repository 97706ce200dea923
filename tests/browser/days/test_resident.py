import re

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.days import phone
from tests.browser.screen import PHONE, Screen

TIME = re.compile(r"^\d+:\d\d .+")


def read_record(hers: Screen) -> None:
    page = phone.enter(hers, "我的健康", "day-resident-record")
    page.get_by_role("button", name="血压").first.click()
    hers.settle()
    hers.look("day-resident-trend")
    phone.back(hers)
    phone.enter(hers, "谁看过我的记录", "day-resident-readers")
    phone.back(hers)
    phone.back(hers)


def book(hers: Screen) -> None:
    """Book a morning with a woman: both wishes one after the other, without waiting for what comes of the first."""
    page = hers.page
    page.locator(".say").click()
    hers.settle()
    hers.look("day-resident-services")
    phone.enter(hers, "血糖监测随访")
    page.get_by_role("radiogroup", name="什么时候").get_by_role("radio", name="上午").click()
    page.get_by_role("radiogroup", name="要男的还是女的来").get_by_role("radio", name="女").click()
    confirm = page.locator(".dock button.primary")
    expect(confirm).to_contain_text("就约")
    hers.look("day-resident-book")
    confirm.click()
    expect(page.get_by_text("约好了。")).to_be_visible()
    hers.look("day-resident-booked")


def move(hers: Screen) -> None:
    page = phone.enter(hers, "改时间或取消", "day-resident-change")
    page.get_by_role("button", name=TIME).last.click()
    expect(page.get_by_text("已改到")).to_be_visible()


def cancel(hers: Screen) -> None:
    page = phone.enter(hers, "改时间或取消")
    page.get_by_role("radio", name="身体不舒服").click()
    page.get_by_role("button", name="取消这次上门").click()
    expect(page.get_by_text("已取消这次上门")).to_be_visible()
    hers.look("day-resident-cancelled")


def call_by_mistake(hers: Screen) -> None:
    """Press help, and take it back within its five seconds."""
    page = phone.enter(hers, "紧急求助")
    page.get_by_role("button", name="按错了，取消").click()
    hers.settle()


def rate(hers: Screen) -> None:
    """Rate a visit on the front page: one press on a star, the rest as she likes."""
    page = hers.page
    stars = page.locator("section", has_text="做得怎么样")
    if not stars.count():
        return
    stars.get_by_role("radio", name="5 星").click()
    hers.settle()
    page.get_by_label("您想说的话").fill("来得准时，讲得清楚。")
    hers.look("day-resident-rate")
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_role("heading", name="收到了，谢谢您")).to_be_visible()
    phone.go_home(hers)


def complain(hers: Screen) -> None:
    page = phone.enter(hers, "家人和我", "day-resident-me")
    phone.enter(hers, "投诉与建议", "day-resident-concerns")
    phone.enter(hers, "说一件事")
    page.get_by_role("radio", name="投诉").click()
    page.get_by_label("是什么事").fill("上次来的时间改了两回，没有人先打电话。")
    page.get_by_label("您希望怎么办").fill("改时间之前先打个电话。")
    hers.look("day-resident-complaint")
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_role("heading", name="收到了")).to_be_visible()
    phone.enter(hers, "返回")
    expect(
        page.get_by_text("改时间之前先打个电话").or_(page.get_by_text("上次来的时间改了两回")).first
    ).to_be_visible()
    phone.back(hers)


class TestResident:
    def test_lives_her_day(self, open_screen: Open) -> None:
        hers = open_screen(size=PHONE)
        page = hers.step_in_as("resident")
        hers.look("day-resident-home")
        read_record(hers)
        rate(hers)
        book(hers)
        move(hers)
        cancel(hers)
        call_by_mistake(hers)
        expect(page.get_by_role("button", name="改时间或取消")).to_be_visible()
        phone.go_home(hers)
        complain(hers)
        phone.leave(hers)
