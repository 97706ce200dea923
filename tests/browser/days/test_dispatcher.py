import re

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.days import office
from tests.browser.screen import Screen

ILL = "何丽"


def move_to_another(dispatcher: Screen) -> None:
    """Look who could go, with the reasons of each, and send somebody."""
    page = dispatcher.page
    page.locator("#rows article a").first.click()
    dispatcher.settle()
    dispatcher.look("day-dispatcher-visit")


def find_stand_ins(dispatcher: Screen) -> None:
    """Somebody is ill: each home that she has promised is listed, with who can go instead."""
    page = office.turn_to(dispatcher, "异常", "day-dispatcher-exceptions")
    office.follow(dispatcher, "有人来不了", "day-dispatcher-absence")
    page.locator("#f-staff_id").select_option(label=ILL)
    page.get_by_label("为什么").select_option(label="病了")
    page.get_by_label("几天来不了").fill("2")
    office.do(dispatcher, "记下，看谁能替", "day-dispatcher-stand-ins")
    expect(page.get_by_role("heading", name="答应过的每一家")).to_be_visible()
    if page.get_by_role("button", name=re.compile("^都按")).count():
        office.do(dispatcher, "都按", "day-dispatcher-all-stood-in")


def close_exception(dispatcher: Screen) -> None:
    page = office.turn_to(dispatcher, "异常", "day-dispatcher-exceptions-after")
    page.locator("main tbody a", has_text="要晚到").first.click()
    dispatcher.settle()
    dispatcher.look("day-dispatcher-exception")
    page.locator("summary", has_text="现在就能了结").click()
    page.locator("#f-outcome").select_option(index=1)
    page.locator("#f-done").fill("打电话问过，人已经到了，家里知道。")
    page.get_by_label("居民本人").check()
    page.locator("#f-follow_up").select_option(label="不用再来")
    office.do(dispatcher, "了结", "day-dispatcher-closed")


class TestDispatcher:
    def test_lives_her_day(self, open_screen: Open) -> None:
        dispatcher = open_screen()
        page = dispatcher.step_in_as("dispatcher")
        expect(page.locator("#live")).to_have_text("实时")
        dispatcher.look("day-dispatcher-board")
        move_to_another(dispatcher)
        find_stand_ins(dispatcher)
        close_exception(dispatcher)
        office.turn_to(dispatcher, "护士问医生", "day-dispatcher-questions")
        office.turn_to(dispatcher, "排班", "day-dispatcher-rota")
        office.leave(dispatcher)
