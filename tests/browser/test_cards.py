import pytest
from playwright.sync_api import expect

from anjia.simulation.cast import CAST, Card
from tests.browser.conftest import Open
from tests.browser.screen import DESK, PHONE

HOMES = {  # where each one's work is, and something of it that must be in sight
    "resident": ".say",
    "daughter": ".say",
    "nurse": ".route li, .i-briefcase",  # late in the evening her day is over, and an offer waits
    "picc": ".route li, .i-briefcase",
    "doctor": "main table tbody tr",
    "dispatcher": "#rows article",
    "desk": "input[name=q]",
    "ward": "main table tbody tr, main article",
    "quality": "main b",
    "administrator": "main table tbody tr",
}


class TestCard:
    @pytest.mark.parametrize("card", CAST, ids=lambda card: card.key)
    def test_lands_on_a_screen_with_work(self, open_screen: Open, card: Card) -> None:
        screen = open_screen(size=PHONE if card.end == "client" else DESK)
        page = screen.step_in_as(card.key)

        page.locator(HOMES[card.key]).first.wait_for()
        says_so = page.locator(".demo" if card.end == "client" else ".strip")
        expect(says_so).to_contain_text("演示")
        screen.look(f"card-{card.key}")
