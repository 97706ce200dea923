from datetime import timedelta
from zipfile import is_zipfile

from playwright.sync_api import expect

from tests.browser import clock
from tests.browser.conftest import Open
from tests.browser.days import office
from tests.browser.screen import Screen


def read_numbers(quality: Screen) -> None:
    """From a number to the visits that it counts, and out as a sheet; the month as a report."""
    page = office.follow(quality, "近 30 天", "day-quality-indicators")
    for words in ("月报 .docx", "导出 .xlsx"):
        assert is_zipfile(office.download(quality, words)), words
    assert office.download(quality, "月报 .pdf").read_bytes().startswith(b"%PDF")
    office.follow(quality, "做到", "day-quality-rows")
    assert is_zipfile(office.download(quality, "导出"))
    page.locator("main tbody a").first.click()
    quality.settle()
    quality.look("day-quality-visit")


def settle_complaint(quality: Screen) -> None:
    """What a caller says goes from its entry to its end."""
    page = office.turn_to(quality, "投诉与建议", "day-quality-concerns")
    office.follow(quality, "记一件", "day-quality-new-concern")
    page.locator("#f-concern_kind").select_option(label="投诉")
    if page.locator("#f-caller_name").count():
        page.locator("#f-caller_name").fill("周先生")
        page.locator("#f-caller_phone").fill("13900000000")
    page.locator("#f-words").fill("昨天说上午来，等到下午也没有人打电话。")
    page.locator("#f-wants").fill("晚到要先说一声。")
    office.do(quality, "记下，开始计时", "day-quality-concern")
    page.locator("#f-owner_id").select_option(label="方颖")
    office.do(quality, "接下", "day-quality-taken")
    page.locator("section[aria-labelledby=find] textarea").fill(
        "排班改了，短信没有发出去。以后改时间要打电话。"
    )
    office.do(quality, "查明了")
    page.locator("section[aria-labelledby=tell] textarea").fill("您说的属实，向您道歉；以后改时间先打电话。")
    page.locator("#f-told_by").select_option(index=1)
    office.do(quality, "答复了", "day-quality-told")
    page.get_by_role("radio", name="认可这个答复").check()
    office.do(quality, "办结", "day-quality-closed")
    expect(page.get_by_text("办结了").first).to_be_visible()


def improve(quality: Screen) -> None:
    page = office.turn_to(quality, "改进", "day-quality-improvements")
    if not page.locator("main tbody a").count():
        return
    page.locator("main tbody a").first.click()
    quality.settle()
    quality.look("day-quality-improvement")
    if not page.get_by_role("button", name="就这么办").count():
        return
    page.locator("#f-owner_id").select_option(label="方颖")
    page.locator("#f-measure").fill("出发前先打电话，晚十分钟以上一定说。")
    page.locator("#f-due_on").fill(f"{clock.now() + timedelta(days=14):%Y-%m-%d}")
    office.do(quality, "就这么办", "day-quality-planned")


class TestQualityManager:
    def test_lives_her_day(self, open_screen: Open) -> None:
        quality = open_screen()
        quality.step_in_as("quality")
        read_numbers(quality)
        settle_complaint(quality)
        improve(quality)
        office.turn_to(quality, "质量", "day-quality-again")
        office.follow(quality, "人员效率", "day-quality-staff")
        office.leave(quality)
