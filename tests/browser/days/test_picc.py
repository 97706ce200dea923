from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.days import phone
from tests.browser.screen import PHONE

WARD: tuple[float, float] = (29.0964, 112.7168)  # before Hu Lihua's door


class TestPiccNurse:
    def test_lives_her_day(self, open_screen: Open, photo: Path) -> None:
        picc = open_screen(size=PHONE, at=WARD)
        page = picc.step_in_as("picc")
        picc.look("day-picc-today")
        phone.check_bag(picc, "day-picc-bag")

        phone.next_stop(picc, "day-picc-visit")
        expect(page.get_by_role("heading", name="这次的医嘱")).to_be_visible()
        phone.set_out(picc)
        if page.get_by_role("button", name="我到了").count():
            phone.arrive_by_photo(picc, photo, "day-picc-arrive")
        picc.look("day-picc-steps")
        phone.work(picc, photo, "day-picc")
        phone.back(picc)

        phone.own_page(picc, "day-picc-me")
        phone.leave(picc)
