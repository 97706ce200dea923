"""Help, from the press on a phone to somebody who has it in hand; and what the phone says where nobody has."""

from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open
from tests.browser.screen import PATIENCE, PHONE, TOLD_WITHIN, Screen

COUNTED: float = 9_000  # the five seconds, and some for a busy computer
HEAR = """() => {
    window.played = []
    const play = HTMLMediaElement.prototype.play
    HTMLMediaElement.prototype.play = function () { window.played.push(this.volume); return play.call(this) }
}"""
ALL_DAY = {"opens_at": "00:00", "closes_at": "00:00"}

ANOTHER = "00000000-0000-7000-8000-00000000beef"
FOR_ANOTHER = """(actingFor) => localStorage.setItem('help', JSON.stringify({type: 'object', data: {
    clientId: '00000000-0000-4000-8000-00000000cafe', placeKey: '00000000-0000-4000-8000-00000000d00d',
    pressedAt: new Date().toISOString(), account: JSON.parse(localStorage.getItem('me')).data.account.id,
    actingFor, name: '王桂兰', place: '', more: {}, position: null, isPlaced: false, step: 'unsent', due: 0,
    caseId: '', words: ''}}))"""


def stay_open(open_screen: Open) -> None:
    """Have the desk's hours be all day: the journey is walked at any hour."""
    manager = open_screen()
    manager.step_in_as("administrator")
    page = manager.open("/console/emergencies/settings")
    for name, value in ALL_DAY.items():
        page.locator(f"input[name={name}]").fill(value)
    manager.press("就这样定")
    expect(page.get_by_text("定好了，从现在起照这个办。")).to_be_visible()
    manager.look("help-settings")
    manager.open("/")  # who runs the house may take cases too, and would be somebody who looks


def press(phone: Screen, path: str = "/app/#/pages/inbox/index") -> Page:
    """Press help on some page."""
    page = phone.open(path)
    page.locator("button.help:visible").click()
    page.get_by_role("button", name="按错了，取消").wait_for()
    return page


def rings(page: Page) -> bool:
    """Say whether the page's sound has been asked to play aloud."""
    return bool(page.evaluate("window.played.includes(1)"))


def close(desk: Screen) -> None:
    desk.page.locator("#f-outcome").select_option("by_phone")
    desk.press("结束这件事")
    desk.settle()


class TestHelp:
    def test_rings_at_the_desk_and_the_phone_says_who_has_it(self, open_screen: Open) -> None:
        stay_open(open_screen)
        desk = open_screen()
        desk.context.add_init_script(f"({HEAR})()")
        board = desk.step_in_as("desk")
        desk.open("/console/desk/bookings")
        board.locator("#alarm-mute button").click()
        expect(board.locator("#alarm-mute")).to_be_hidden()
        hers = open_screen(size=PHONE)
        hers.step_in_as("resident")

        page = press(hers)
        hers.look("help-count")
        expect(page.get_by_role("heading", name="要紧的事，马上打电话")).to_be_visible(timeout=COUNTED)
        expect(page.get_by_role("link", name="打 120")).to_be_visible()
        expect(page.get_by_text("服务台已收到")).to_be_visible(timeout=PATIENCE)

        case = board.locator(".alarm-case", has_text="张桂芳")
        expect(case).to_be_visible(timeout=TOLD_WITHIN)
        assert rings(board)
        desk.look("help-rings")
        case.get_by_role("button", name="我来接").click()
        desk.settle()
        expect(page.get_by_text("已接手")).to_be_visible(timeout=PATIENCE)
        hers.look("help-taken")
        desk.look("help-case")
        expect(board.locator(".alarm-case")).to_have_count(0)
        close(desk)
        expect(page.get_by_text("这次求助结束了")).to_be_visible(timeout=PATIENCE)
        desk.open("/console/emergencies/?show=past")
        desk.look("help-past")

    def test_cancelled_within_five_seconds_is_never_sent(self, open_screen: Open) -> None:
        hers = open_screen(size=PHONE)
        hers.step_in_as("resident")
        sent: list[str] = []
        hers.page.on("request", lambda one: sent.append(one.url) if one.url.endswith("help/cases") else None)

        press(hers).get_by_role("button", name="按错了，取消").click()
        hers.page.wait_for_timeout(COUNTED)

        assert sent == []
        assert hers.page.evaluate("localStorage.getItem('help')") is None

    def test_says_that_nobody_is_there_where_nobody_is(self, open_screen: Open) -> None:
        """Of another institution's resident nobody has a page open: the demo's desk is of one only, and has gone."""
        hers = open_screen(size=PHONE)
        hers.step_in_as("resident")
        hers.page.route("**/api/v1/help", lambda route: route.fulfill(json=NOBODY))
        hers.page.route(
            "**/api/v1/help/cases", lambda route: route.fulfill(status=201, json={"id": CASE["id"]})
        )
        hers.page.route("**/api/v1/help/cases/*", lambda route: route.fulfill(json=CASE))

        page = press(hers)

        expect(page.get_by_text("现在没有人值守，请拨打 120")).to_be_visible(timeout=COUNTED)
        expect(page.get_by_text("正在送达")).to_be_visible()
        hers.look("help-nobody")

    def test_without_a_signal_shows_whom_to_call_and_is_sent_late(self, open_screen: Open) -> None:
        hers = open_screen(size=PHONE)
        page = hers.step_in_as("resident")
        hers.open("/app/#/pages/inbox/index")
        hers.context.set_offline(True)
        page.locator("button.help:visible").click()

        expect(page.get_by_text("没有送出去")).to_be_visible(timeout=COUNTED)
        expect(page.get_by_role("link", name="打 120")).to_be_visible()
        page.wait_for_timeout(1_000)
        hers.context.set_offline(False)
        expect(page.get_by_text("没有送出去")).to_have_count(0, timeout=2 * PATIENCE)

        desk = open_screen()
        board = desk.step_in_as("desk")
        case = board.locator(".alarm-case", has_text="张桂芳")
        expect(case).to_be_visible(timeout=PATIENCE)
        case.get_by_role("button", name="我来接").click()
        desk.settle()
        close(desk)

    def test_for_one_of_hers_waits_in_nobodys_way(self, open_screen: Open) -> None:
        """What was pressed for another on this phone, and found no signal, is sent beside what is pressed now."""
        hers = open_screen(size=PHONE)
        page = hers.step_in_as("daughter")
        hers.open("/app/#/pages/inbox/index")
        expect(page.locator("button.help:visible")).to_be_visible()
        page.evaluate(FOR_ANOTHER, ANOTHER)
        tried: list[str] = []
        has_signal = False

        def answer(route: Route) -> None:
            for_whom = route.request.headers.get("x-acting-for", "")
            tried.append(for_whom)
            if for_whom == ANOTHER and not has_signal:
                return route.abort()
            return route.fulfill(status=201, json={"id": CASE["id"]})

        page.route("**/api/v1/help/cases", answer)
        page.route("**/api/v1/help/cases/*", lambda route: route.fulfill(json=CASE))
        page.reload()

        press(hers)

        expect(page.get_by_text("正在送达")).to_be_visible(timeout=COUNTED)
        assert len(set(tried) - {ANOTHER}) == 1
        assert "aside" in page.evaluate("Object.keys(localStorage).join()")
        has_signal, tried[:] = True, []
        with page.expect_response("**/api/v1/help/cases", timeout=3 * PATIENCE):
            pass
        page.wait_for_timeout(500)
        assert tried == [ANOTHER]
        assert page.evaluate("JSON.parse(localStorage.getItem('help/aside')).data") == []

    def test_sent_at_once_when_the_page_is_hidden_meanwhile(self, open_screen: Open) -> None:
        hers = open_screen(size=PHONE)
        hers.step_in_as("resident")
        page = press(hers)

        with page.expect_request("**/api/v1/help/cases", timeout=3_000):
            page.evaluate(
                "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});"
                "document.dispatchEvent(new Event('visibilitychange'))"
            )

    def test_fits_at_twice_the_size_of_type_and_hides_nothing(self, open_screen: Open) -> None:
        hers = open_screen(size=PHONE)
        page = hers.step_in_as("resident")
        page.evaluate(
            "localStorage.setItem('reading', JSON.stringify({type: 'object', data: {elder: true, scale: 2}}))"
        )
        page.reload()
        for path in ("inbox/index", "book/time?code=bp_follow_up", "me/index"):
            hers.open(f"/app/#/pages/{path}")
            hers.look(f"help-huge-{path.partition('/')[0]}")
            page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
            hidden = page.evaluate(
                """() => {
                    const help = [...document.querySelectorAll('button.help')].find((one) => one.offsetParent !== null)
                    const top = help.getBoundingClientRect().top
                    const words = [...document.querySelectorAll('.page-words')].find((one) => one.offsetParent !== null)
                    return words.getBoundingClientRect().bottom > top + 1
                }"""
            )
            assert not hidden, path


class TestSos:
    def test_is_followed_by_where_the_phone_is(self, open_screen: Open) -> None:
        nurse = open_screen(size=PHONE)
        nurse.context.grant_permissions(["geolocation"])
        nurse.context.set_geolocation({"latitude": 30.27, "longitude": 112.15})
        sent: list[tuple[str, str, bool]] = []

        def answer(route: Route) -> None:
            body: Any = route.request.post_data_json
            key = route.request.headers["idempotency-key"]
            sent.append((body["client_id"], key, body["position"] is not None))
            route.fulfill(status=201, json={"id": CASE["id"]})

        nurse.step_in_as("nurse")
        nurse.page.route("**/api/v1/work/sos", answer)
        page = nurse.open("/app/#/pages/work/today")
        page.locator("button.sos:visible").click()
        page.get_by_role("button", name="求助", exact=True).click()
        for _ in range(40):
            if any(placed for *_, placed in sent):
                break
            page.wait_for_timeout(500)

        assert [placed for *_, placed in sent] in ([False, True], [True])
        assert len({client_id for client_id, *_ in sent}) == 1
        assert len({key for _, key, _ in sent}) == len(sent)

    def test_comes_to_the_supervisor_and_the_nurse_reads_who_has_it(self, open_screen: Open) -> None:
        nurse = open_screen(size=PHONE)
        nurse.step_in_as("nurse")
        page = nurse.open("/app/#/pages/work/today")
        page.locator("button.sos:visible").click()
        page.get_by_role("button", name="求助", exact=True).click()
        nurse.look("sos-sent")

        dispatcher = open_screen()
        board = dispatcher.step_in_as("dispatcher")
        case = board.locator(".alarm-case", has_text="护士求助")
        expect(case).to_be_visible(timeout=PATIENCE)
        case.get_by_role("button", name="我来接").click()
        dispatcher.settle()
        dispatcher.look("sos-case")

        expect(page.get_by_text("接手了")).to_be_visible(timeout=PATIENCE)
        close(dispatcher)


CASE = {
    "id": "00000000-0000-7000-8000-000000000001",
    "client_id": "00000000-0000-7000-8000-000000000002",
    "stands": "sent",
    "attended": False,
    "pressed_at": "2026-03-02T04:00:00Z",
    "received_at": "2026-03-02T04:00:01Z",
    "is_late": False,
    "seen_at": None,
    "taken_at": None,
    "taker": "",
    "closed_at": None,
}
NOBODY = {
    "attended": False,
    "hours": "08:00–18:00",
    "first_number": "120",
    "desk_name": "青竹里社区卫生服务中心",
    "desk_phone": "0000-8612320",
    "tells_family": False,
    "family": [],
    "decides": True,
    "case": None,
}
