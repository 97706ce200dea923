from pathlib import Path

from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import Open
from tests.browser.days import phone
from tests.browser.screen import PHONE, Screen


def take_offer(nurse: Screen) -> None:
    page = phone.enter(nurse, "个新单等你答复", "day-nurse-offers")
    page.get_by_role("button", name="接单").first.click()
    expect(page.get_by_text("接下了")).to_be_visible()
    phone.back(nurse)


def say_late(nurse: Screen) -> None:
    """The home before took longer: the next one hears it from the house."""
    page = phone.enter(nurse, "报异常")
    page.get_by_role("radio", name="要晚到").click()
    page.get_by_label("大约晚几分钟").fill("20")
    page.get_by_role("radio", name="上一家没做完").click()
    page.get_by_role("radio", name="还没有").click()
    page.get_by_label("具体情况").fill("血压要多量一次，走不开。")
    nurse.look("day-nurse-exception")
    page.get_by_role("button", name="报上去").click()
    expect(page.get_by_text("要晚到").first).to_be_visible()
    nurse.look("day-nurse-exception-sent")


def measure_danger(nurse: Screen) -> None:
    """A pressure past the danger line is said at once, before and after it is kept, until it is better."""
    page = nurse.page
    section = page.locator("section.card", has=page.get_by_role("heading", name="生命体征"))
    danger = page.get_by_text("越过了危急线。先看人")
    for high, low, is_red in (("205", "112", True), ("138", "82", False)):
        section.get_by_role("button", name="另外再量一组").click()
        for name, value in (("高压", high), ("低压", low)):
            section.locator(".vital", has_text=name).locator("input").fill(value)
        while section.get_by_role("button", name="量过了，就是这个").count():
            section.get_by_role("button", name="量过了，就是这个").first.click()
        expect(danger.last).to_be_visible()
        section.get_by_role("button", name="记下").click()
        expect(danger).to_have_count(2 * is_red)
        nurse.look(f"day-nurse-{'danger' if is_red else 'better'}")


def learn(nurse: Screen) -> None:
    page = phone.enter(nurse, "培训", "day-nurse-training")
    phone.enter(nurse, "上门标准流程与沟通", "day-nurse-course")
    expect(page.get_by_role("heading", name="合格证")).to_be_visible()
    phone.back(nurse)
    phone.back(nurse)


class TestNurse:
    def test_lives_her_day(self, open_screen: Open, photo: Path) -> None:
        nurse = open_screen(size=PHONE, at=people.DOOR)
        nurse.step_in_as("nurse")
        nurse.look("day-nurse-today")
        phone.check_bag(nurse, "day-nurse-bag")
        take_offer(nurse)

        page = nurse.page
        phone.next_stop(nurse, "day-nurse-visit")
        phone.set_out(nurse)
        if page.get_by_role("button", name="我到了").count():
            phone.arrive_by_photo(nurse, photo, "day-nurse-arrive")
        measure_danger(nurse)
        phone.ask_doctor(nurse, "左脚踝有点肿，按下去有坑，不疼。", photo, "day-nurse-ask")
        phone.pack_waste(nurse, "SJ-0931", "day-nurse-waste")
        phone.work(nurse, photo, "day-nurse")

        phone.back(nurse)
        phone.next_stop(nurse, "")
        say_late(nurse)
        phone.back(nurse)

        phone.own_page(nurse, "day-nurse-me")
        learn(nurse)
        phone.leave(nurse)
