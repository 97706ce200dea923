from pathlib import Path

from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import Open
from tests.browser.people import Someone
from tests.browser.screen import PHONE, TOLD_WITHIN, Screen

# Somebody who was imported this morning has no order and no first assessment: she may have this.
CHECK = "血压测量随访"
NURSE, NEIGHBOUR = (
    "周岚",
    "李静",
)  # cards of the demo: the first comes to whoever lives here, the second is near


def day_of(board: Screen, visit: str) -> str:
    """Return the day on which the visit is, as the board has it in its addresses."""
    page = board.open(f"/console/desk/visits/{visit}")
    way_back = page.locator("a[href*='?day=']").first.get_attribute("href")
    assert way_back is not None, "it leads to the board"
    return way_back.rpartition("=")[2]


def says(board: Screen, visit: str, words: str) -> None:
    """The board's row of the visit says so within a moment, without being asked."""
    expect(board.page.locator(f"#v-{visit}")).to_contain_text(words, timeout=TOLD_WITHIN)


class TestVisit:
    def test_goes_from_a_list_to_a_rating(self, open_screen: Open, tmp_path: Path, photo: Path) -> None:
        someone, niece = Someone(), people.new_phone()
        office = open_screen()
        office.step_in_as("administrator")
        people.import_list(office, people.write_list(tmp_path, someone))
        slip = people.make_slip(office, someone)

        hers = open_screen(size=PHONE)
        people.enter_by_slip(hers, slip, someone)
        hers.look("home-new")
        people.agree(hers)
        people.let_act(hers, "柳小满", niece)
        visit = people.book(hers, CHECK, NURSE)

        nurse = open_screen(size=PHONE, at=people.DOOR)
        nurse.step_in_as("picc")
        people.take_offer(nurse, CHECK)

        family = open_screen(size=PHONE)
        people.enter_by_code(family, niece)
        family.open(f"/app/#/pages/visits/visit?id={visit}")
        board = open_screen()
        board.step_in_as("dispatcher")
        people.watch_board(board, day_of(board, visit))
        says(board, visit, NURSE)

        people.depart(nurse, visit)
        says(board, visit, "正在路上")
        expect(family.page.get_by_role("heading", name=f"{NURSE}在路上了")).to_be_visible()
        family.look("family-sees-departed")
        hers.open(f"/app/#/pages/visits/visit?id={visit}")
        hers.page.locator(".qr").wait_for()
        hers.look("door-code")

        people.arrive(nurse, hers.code_in("img.qr, .qr img"), by="扫码")
        says(board, visit, "服务中")
        board.look("board-live")
        people.do_steps(nurse, photo)
        people.fill_record(nurse)
        people.sign(nurse)
        people.finish(nurse)
        says(board, visit, "完成")

        expect(family.page.get_by_role("heading", name="做完了")).to_be_visible()
        expect(family.page.get_by_text("138").first).to_be_visible()
        family.look("family-sees-done")
        family.page.get_by_role("radio", name="5 星").click()
        family.page.get_by_label("您想说的话").fill("手很轻，讲得清楚。")
        family.look("rating")
        family.press("交上去")
        family.page.get_by_role("heading", name="收到了，谢谢您").wait_for()

        hers.open("/app/#/pages/record/readers")
        eyes = hers.page.locator(".list-row", has_text=NURSE)
        expect(eyes.first).to_be_visible()
        assert eyes.count() <= 2, "who has looked a dozen times during one visit is one line of each kind"

        quality = open_screen()
        quality.step_in_as("quality")
        quality.open(f"/console/desk/visits/{visit}")
        expect(quality.page.get_by_text("手很轻，讲得清楚。")).to_be_visible()
        quality.look("visit-history")

    def test_reaches_somebody_without_a_telephone(self, open_screen: Open, photo: Path) -> None:
        name = people.new_name()
        desk = open_screen()
        desk.step_in_as("desk")
        people.register(desk, name, "云杉市清溪区织锦巷12号1栋2单元102")
        people.consent_on_paper(desk)
        visit = people.book_for(desk, name, CHECK)

        dispatcher = open_screen()
        dispatcher.step_in_as("dispatcher")
        day = day_of(dispatcher, visit)
        people.make_room(dispatcher, visit, NEIGHBOUR, day)
        people.send_another(dispatcher, visit)
        people.send(dispatcher, visit, NEIGHBOUR)
        people.watch_board(dispatcher, day)
        says(dispatcher, visit, NEIGHBOUR)
        people.call(desk, name)

        card = people.household_card(desk, name)
        nurse = open_screen(size=PHONE, at=people.DOOR)
        nurse.step_in_as("nurse")
        people.depart(nurse, visit)
        says(dispatcher, visit, "正在路上")
        people.arrive(nurse, card, by="住户卡")
        says(dispatcher, visit, "服务中")
        people.do_steps(nurse, photo)
        people.fill_record(nurse)
        people.sign(nurse)
        people.finish(nurse)
        says(dispatcher, visit, "完成")


class TestScan:
    def test_leads_from_the_computer_to_her_phone_which_says_what_is_missing(self, open_screen: Open) -> None:
        """Nobody of the cast has a code generator: whom it lets in is tested with those who have one."""
        computer, phone = open_screen(), open_screen(size=PHONE)
        phone.step_in_as("nurse")
        computer.open("/console/identity/sign-in/")
        computer.press("显示二维码")
        computer.page.locator("#scan img").wait_for()
        code = computer.code_in("#scan img")

        phone.open("/app/#" + code.partition("/app/#")[2])
        phone.look("scan-asks")
        phone.press("让这台电脑登录")

        phone.page.get_by_text("还没有设好动态码").wait_for()
        expect(computer.page.get_by_text("等手机确认…")).to_be_visible()
