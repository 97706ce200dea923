from playwright.sync_api import expect

from anjia.simulation.cast import CARDS
from tests.browser.conftest import Open
from tests.browser.days import office, phone
from tests.browser.screen import PHONE, Screen


def step_in_on_phone(doctor: Screen) -> None:
    doctor.open("/app/")
    phone.enter(doctor, f"{CARDS['doctor'].name} ·", "day-doctor-phone")


def answer_question(doctor: Screen) -> None:
    """Answer what a nurse asks from a home: what is known, by what is ordered already."""
    page = phone.enter(doctor, "护士的提问", "day-doctor-questions")
    page.locator(".link, button.card").first.click()
    doctor.settle()
    doctor.look("day-doctor-question")
    page.get_by_role("radio", name="是，已知的").click()
    page.get_by_role("radiogroup", name="是哪一条医嘱").get_by_role("radio").first.click()
    page.get_by_role("radiogroup", name="怎么办").get_by_role("radio").first.click()
    page.get_by_label("跟护士说").fill("按原来的医嘱做，换膜时看看皮肤；红肿扩大再问我。")
    doctor.look("day-doctor-answer")
    page.get_by_role("button", name="回给护士").click()
    expect(page.get_by_text("按原来的医嘱做")).to_be_visible()
    phone.back(doctor)
    phone.back(doctor)


def confirm_order(doctor: Screen) -> None:
    page = office.turn_to(doctor, "提问与医嘱", "day-doctor-console-questions")
    office.follow(doctor, "等确认的医嘱", "day-doctor-waiting")
    page.locator("main tbody a").first.click()
    doctor.settle()
    doctor.look("day-doctor-order")
    office.do(doctor, "确认", "day-doctor-confirmed")
    expect(page.get_by_text("医生确认").first).to_be_visible()


class TestDoctor:
    def test_lives_her_day(self, open_screen: Open) -> None:
        desk = open_screen()
        desk.step_in_as("doctor")
        desk.look("day-doctor-people")
        page = office.follow(desk, "看记录", "day-doctor-record")

        on_phone = open_screen(size=PHONE)
        step_in_on_phone(on_phone)
        answer_question(on_phone)
        phone.own_page(on_phone, "day-doctor-me")
        phone.leave(on_phone)

        confirm_order(desk)
        office.turn_to(desk, "回访", "day-doctor-call-backs")
        office.leave(desk)
        assert page
