import re

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.days import office
from tests.browser.screen import Screen

ILL = "何丽"


def look_at_visit(dispatcher: Screen, state: str, name: str) -> None:
    dispatcher.page.locator("#rows article", has_text=state).first.locator("a").first.click()
    dispatcher.settle()
    dispatcher.look(name)


def send_by_reasons(dispatcher: Screen) -> None:
    """Nobody takes it: see of everybody why not, move it to when who may can go, and send her."""
    page = dispatcher.page
    look_at_visit(dispatcher, "没人接", "day-dispatcher-unclaimed")
    office.follow(dispatcher, "谁合适", "day-dispatcher-suitability")
    expect(page.locator("tbody tr", has_text="不能派").first).to_contain_text("依据")
    office.follow(dispatcher, "回这次上门")
    office.follow(dispatcher, "改时间", "day-dispatcher-times")
    page.locator("button[name=slot]").first.click()
    expect(page.get_by_text("改了时间").first).to_be_visible()
    office.follow(dispatcher, "谁合适", "day-dispatcher-suitability-then")
    hers = page.locator("tbody tr", has_text="现在是这位")
    expect(hers).to_contain_text("还没答应")
    hers.get_by_role("button", name=re.compile("^派")).click()
    expect(page.get_by_text("已接单").first).to_be_visible()
    office.follow(dispatcher, "谁合适", "day-dispatcher-sent")
    expect(page.get_by_text("还没答应")).to_have_count(0)


def hand_to_disposer(dispatcher: Screen) -> None:
    """Take in what a nurse has brought, and give it to the disposer: what is missing is asked, what is typed stays."""
    page = office.turn_to(dispatcher, "物资", "day-dispatcher-supplies")
    office.follow(dispatcher, "医疗废物", "day-dispatcher-waste")
    page.locator("main tbody tr", has_text="等另一方确认").get_by_role("link").first.click()
    dispatcher.settle()
    office.do(dispatcher, "封签完好，收下", "day-dispatcher-waste-in")
    page.get_by_label("处置单位").fill("   ")
    page.get_by_label("处置方法").fill("高温焚烧")
    page.get_by_label("联单号").fill("LD-1126-01")
    office.press_refused(dispatcher, "交给处置单位了")
    expect(page.get_by_label("联单号")).to_have_value("LD-1126-01")
    dispatcher.look("day-dispatcher-waste-refused")
    page.get_by_label("处置单位").fill("云杉洁净处置公司（演示）")
    office.do(dispatcher, "交给处置单位了", "day-dispatcher-waste-away")
    expect(page.get_by_text("云杉洁净处置公司（演示） · 高温焚烧 · LD-1126-01")).to_be_visible()
    expect(page.get_by_text("已交处置单位")).to_be_visible()


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
        send_by_reasons(dispatcher)
        find_stand_ins(dispatcher)
        close_exception(dispatcher)
        hand_to_disposer(dispatcher)
        office.turn_to(dispatcher, "护士问医生", "day-dispatcher-questions")
        office.turn_to(dispatcher, "排班", "day-dispatcher-rota")
        office.leave(dispatcher)
