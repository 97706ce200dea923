"""What people see when the server cannot be reached, or has signed them out."""

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.screen import Screen

PARTS = "**/console/desk/board/**"


def let_a_minute_pass(board: Screen) -> None:
    """The board looks by itself once a minute; what comes of it is drawn within a second."""
    for milliseconds in (61_000, 2_000):
        board.page.clock.fast_forward(milliseconds)
        board.settle()


class TestBoard:
    def test_does_not_look_alive_while_it_stands_still(self, open_screen: Open) -> None:
        board = open_screen()
        board.page.clock.install()
        page = board.step_in_as("dispatcher")
        light = page.locator("#live")
        expect(light).to_have_text("实时")

        page.route(PARTS, lambda route: route.abort())
        let_a_minute_pass(board)
        expect(light).to_contain_text("连不上")
        page.unroute(PARTS)
        let_a_minute_pass(board)
        expect(light).to_have_text("实时")

    def test_gives_way_to_the_door_when_signed_out(self, open_screen: Open) -> None:
        board = open_screen()
        board.page.clock.install()
        page = board.step_in_as("dispatcher")

        board.context.clear_cookies(name="anjia_session")
        let_a_minute_pass(board)
        page.wait_for_url("**/identity/**")
