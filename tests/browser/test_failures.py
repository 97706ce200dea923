"""What people see when the server cannot be reached, or has signed them out."""

from playwright.sync_api import FilePayload, Route, expect

from anjia.simulation.pictures import scribble
from tests.browser.conftest import Open
from tests.browser.screen import PHONE, Screen

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


class TestAFormThatWasRefused:
    def test_is_come_back_to_with_what_was_typed_and_is_not_sent_again(self, open_screen: Open) -> None:
        boss = open_screen()
        boss.step_in_as("administrator")
        page = boss.open("/console/identity/users/new")
        page.locator("#f-name").fill("试一试")
        page.locator("#f-login").fill("shi")
        page.locator("#f-phone").fill("123")
        boss.press("开账号，看临时密码")
        expect(page.get_by_text("手机号应该是 11 位数字").first).to_be_visible()
        sent: list[str] = []
        page.on("request", lambda asked: sent.append(asked.url) if "users/new" in asked.url else None)
        page.on("dialog", lambda dialog: dialog.accept())

        boss.open("/console/identity/users/")
        page.go_back()

        expect(page.locator("#f-name")).to_have_value("试一试")
        expect(page.locator("#f-phone")).to_have_value("123")
        expect(page.locator("#messages")).to_contain_text("没有通过")
        boss.open("/console/identity/users/")
        assert len(sent) == 1  # looked at again, and not sent


class TestAnAccessThatWasTakenBack:
    def test_takes_what_was_seen_off_the_phone(self, open_screen: Open) -> None:
        hers = open_screen(size=PHONE)
        page = hers.step_in_as("daughter")
        mother = page.get_by_text("张桂芳")
        expect(mother.first).to_be_visible()

        def acts_for_nobody(route: Route) -> None:
            """Answer as the server does once the grant is gone."""
            if "x-acting-for" in route.request.headers:
                route.fulfill(status=404, json={"code": "not_found", "detail": "没有找到。", "fields": {}})
            elif route.request.url.endswith("/api/v1/me"):
                answer = route.fetch()
                route.fulfill(response=answer, json=answer.json() | {"people": []})
            else:
                route.continue_()

        page.route("**/api/v1/**", acts_for_nobody)
        hers.open("/app/#/pages/visits/index")
        expect(page.get_by_text("您现在没有替谁办事")).to_be_visible()
        expect(mother).to_have_count(0)
        page.reload()
        hers.settle()
        expect(page.get_by_text("您现在没有替谁办事")).to_be_visible()
        expect(mother).to_have_count(0)


class TestAPhotoThatDoesNotGetThrough:
    def test_keeps_no_question_to_a_doctor_waiting(self, open_screen: Open) -> None:
        hers = open_screen(size=PHONE)
        page = hers.step_in_as("picc")
        hers.press("打开")
        hers.settle()
        page.route("**/api/v1/files", lambda _: None)  # a line that hangs
        asked: list[str] = []

        def keep_from_the_town(route: Route) -> None:
            asked.append(route.request.post_data or "")
            route.abort()

        page.route("**/api/v1/work/facts", keep_from_the_town)
        hers.press("问医生")
        page.locator("textarea").first.fill("穿刺点有点红，要不要继续？")
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="拍一张").first.click()
        chooser.value.set_files(FilePayload(name="1.png", mimeType="image/png", buffer=scribble(1)))
        send = page.get_by_role("button", name="发给医生")
        expect(send).to_be_enabled()
        with page.expect_request("**/api/v1/work/facts", timeout=5_000):
            send.click()
        assert "穿刺点有点红" in asked[0]


class TestAVisitThatSheHasNotTaken:
    def test_is_not_said_to_be_settled(self, open_screen: Open) -> None:
        hers = open_screen(size=PHONE)

        def nothing_taken(route: Route) -> None:
            """Answer as the server does while she has taken none of her day."""
            answer = route.fetch()
            stops = [one | {"state": "tentative", "status": "booked"} for one in answer.json()["stops"]]
            route.fulfill(response=answer, json=answer.json() | {"stops": stops})

        hers.page.route("**/api/v1/work/days/*", nothing_taken)
        page = hers.step_in_as("nurse")
        expect(page.locator(".stop").get_by_text("正在定谁来").first).to_be_visible()
        expect(page.locator(".stop").get_by_text("已排好")).to_have_count(0)
