from datetime import timedelta

from playwright.sync_api import FilePayload, expect

from anjia.simulation.pictures import scribble
from tests.browser import clock, people
from tests.browser.conftest import Open
from tests.browser.days import office
from tests.browser.screen import Screen


def refer(ward: Screen, name: str) -> None:
    """Send somebody home, with what is to be done there and the order for it."""
    page = office.follow(ward, "转一位病人", "day-ward-new")
    page.locator("#f-discharge_on").fill(f"{clock.now() + timedelta(days=1):%Y-%m-%d}")
    page.locator("#f-name").fill(name)
    page.locator("#f-sex").select_option(label="女")
    page.locator("#f-phone").fill(people.new_phone())
    page.locator("#f-address").fill("云杉市清溪区织锦巷40号3栋2单元502")
    page.locator("#f-diagnosis").fill("脑梗死恢复期，左侧肢体无力")
    for group in page.locator("fieldset.plain").all():
        group.locator("input[type=checkbox]").first.check()
    order: FilePayload = {"name": "order.png", "mimeType": "image/png", "buffer": scribble(5)}
    page.locator("#f-order_photo").set_input_files(order)
    page.locator("input[name=agreed]").check()
    office.do(ward, "送到服务台", "day-ward-sent")
    expect(page.get_by_text(name).first).to_be_visible()


class TestWardNurse:
    def test_lives_her_day(self, open_screen: Open) -> None:
        name = people.new_name()
        ward = open_screen()
        ward.step_in_as("ward")
        ward.look("day-ward-list")
        refer(ward, name)

        page = office.turn_to(ward, "出院转介", "day-ward-list-after")
        office.follow(ward, name, "day-ward-referral")
        expect(page.get_by_role("heading", name="后来怎样")).to_be_visible()
        office.turn_to(ward, "出院转介", "day-ward-list-later")
        page.locator("main tbody a").last.click()
        ward.settle()
        ward.look("day-ward-became")
        office.leave(ward)
