"""What the people of the journeys do with their hands. What they press is named as they read it."""

import random
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import xlsxwriter
from playwright.sync_api import FilePayload, Locator, Page, expect

from anjia.simulation.pictures import scribble
from tests.browser import clock
from tests.browser.screen import PATIENCE, Screen

DOOR: Final = (29.1106, 112.6881)  # Zhang Guifang's, in the demo's town
VITALS: Final = {
    "高压": "138",
    "低压": "82",
    "心率": "74",
    "呼吸": "18",
    "血氧": "97",
    "体温": "36.6",
    "体重": "58.5",
    "疼痛": "2",
}
MOST_STEPS: Final = 40
MOST_LOOKS: Final = 20


def new_phone() -> str:
    return f"198{random.randrange(10**8):08}"


def new_name() -> str:
    return "柳" + "".join(random.choices("春夏秋冬梅兰竹菊云霞月雪松柏山川", k=2))


@dataclass(slots=True)
class Someone:
    """A resident who is not in the town yet."""

    name: str = field(default_factory=new_name)
    address: str = "云杉市清溪区莲花巷31号2栋1单元401"
    phone: str = field(default_factory=new_phone)
    born: str = field(default_factory=lambda: f"194{random.randrange(10)}.{random.randrange(1, 13)}.2")


# In the office


def write_list(folder: Path, someone: Someone) -> Path:
    """Write a residents list as communities keep them: a title row, several phones in a cell, a date in words."""
    file = folder / "名单.xlsx"
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("2026")
    sheet.merge_range("A1:G1", "清溪区莲花社区居民花名册")
    for column, words in enumerate(["序号", "姓名", "性别", "出生日期", "电话", "住址", "慢病"]):
        sheet.write(1, column, words)
    phones = f"{someone.phone} / {new_phone()}（侄女）"
    for column, words in enumerate(
        ["1", someone.name, "女", someone.born, phones, someone.address, "高血压"]
    ):
        sheet.write(2, column, words)
    book.close()
    return file


def import_list(office: Screen, file: Path) -> None:
    page = office.open("/console/imports/")
    page.get_by_label("居民", exact=False).first.check()
    page.locator("input[type=file]").set_input_files(file)
    office.press("上传，看看认得对不对")
    office.press("对，试导入看看")
    office.look("import-tried")
    office.press("导入这 1 行")
    expect(page.get_by_text("导入好了")).to_be_visible()
    office.look("import-done")


def find_resident(office: Screen, text: str) -> Page:
    page = office.open("/console/residents/")
    page.locator("input[name=text]").fill(text)
    page.locator("#found table tbody tr").first.wait_for()
    expect(page.locator("#found table tbody tr")).to_have_count(1)
    page.locator("#found table tbody tr a").first.click()
    office.settle()
    return page


def make_slip(office: Screen, someone: Someone) -> str:
    page = find_resident(office, someone.phone)
    office.look("resident-imported")
    office.press("打印开通单")
    slip = page.locator(".slip", has_text=someone.phone[-4:])
    slip.wait_for()
    office.look("slip")
    return slip.locator(".slip-code").inner_text()


def household_card(office: Screen, text: str) -> str:
    page = find_resident(office, text)
    page.get_by_role("link", name="打印住户卡").click()
    page.locator(".door-qr").wait_for()
    office.look("household-card")
    return office.code_in(".door-qr svg, .door-qr img")


def watch_board(board: Screen, day: str) -> Page:
    page = board.open(f"/console/desk/board?day={day}")
    expect(page.locator("#live")).to_have_text("实时")
    return page


# On the resident's phone


def enter_by_slip(phone: Screen, slip: str, someone: Someone) -> None:
    page = phone.open("/app/")
    page.get_by_role("radio", name="开通单").click()
    page.get_by_label("单号").fill(slip)
    page.get_by_label("手机号后四位").fill(someone.phone[-4:])
    phone.look("sign-in")
    page.get_by_role("button", name="登录", exact=True).click()
    page.locator(".say").wait_for()


def enter_by_code(phone: Screen, number: str) -> None:
    page = phone.open("/app/")
    page.get_by_label("手机号", exact=True).fill(number)
    phone.press("发验证码")
    shown = page.locator(".note", has_text="演示用的验证码").inner_text()
    page.get_by_label("验证码，6 位数字").fill("".join(re.findall(r"\d", shown)))
    page.get_by_role("button", name="登录", exact=True).click()
    page.locator(".say").wait_for()


def agree(phone: Screen) -> None:
    """Sign the agreement, and agree to everything that she is asked."""
    page = phone.open("/app/#/pages/me/consents")
    page.get_by_role("switch").first.wait_for()
    phone.look("consents")
    draw_name(phone)
    page.get_by_text("已签 第1版").wait_for()
    for switch in page.get_by_role("switch").all():
        if switch.get_attribute("aria-checked") == "false":
            switch.click()
            expect(switch).to_have_attribute("aria-checked", "true")


def let_act(phone: Screen, name: str, number: str) -> None:
    """Let somebody of the family book and see."""
    page = phone.open("/app/#/pages/me/family")
    phone.press("加一位家人")
    page.get_by_label("名字", exact=True).fill(name)
    page.get_by_label("手机号", exact=True).fill(number)
    page.get_by_role("radio", name="其他家人").click()
    switches = page.get_by_role("switch", checked=False)
    while switches.count():
        switches.first.click()
    phone.look("grant")
    phone.press(f"同意{name}替我办事")
    page.get_by_role("heading", name=name).wait_for()


def book(phone: Screen, service: str, caregiver: str) -> str:
    """Book the caregiver's first free time; return the visit's id."""
    page = phone.open("/app/#/pages/home/index")
    page.locator(".say").click()
    page.get_by_role("button", name=service).click()
    page.locator(".card.edge").first.wait_for()
    phone.settle()
    phone.look("book-time")
    confirm = page.locator(".dock button.primary")
    if caregiver not in confirm.inner_text():
        pick_time_of(phone, caregiver)
    expect(confirm).to_contain_text(f"就约{caregiver}")
    phone.look("book-confirm")
    confirm.click()
    page.get_by_text("约好了。").wait_for()
    phone.look("book-done")
    return page.url.partition("id=")[2].partition("&")[0]


def pick_time_of(phone: Screen, caregiver: str) -> None:
    """Choose the first time at which she comes, opening days and times as far as needed."""
    page = phone.page
    times = page.get_by_role("button", name=re.compile(rf"\d:\d\d {caregiver}"))
    while not times.count():
        more = page.get_by_role("button", name=re.compile(r"^还有 \d+ 个时间|再看后面几天"))
        assert more.count(), f"{caregiver} has no free time in these days"
        more.first.click()
    times.first.click()
    phone.settle()


# On the nurse's phone


def take_offer(phone: Screen, service: str) -> None:
    """Accept the newest offer of the service, once the worker has made it."""
    page = phone.open("/app/#/pages/work/offers")
    card = page.locator("section.card", has_text=service).last
    card.wait_for(timeout=PATIENCE * 2)
    phone.look("offer")
    card.get_by_role("button", name="接单").click()
    page.get_by_text("接下了").wait_for()


def depart(phone: Screen, visit: str) -> None:
    page = phone.open(f"/app/#/pages/work/visit?id={visit}")
    phone.look("work-visit")
    page.get_by_role("button", name="我出发了").click()


def arrive(phone: Screen, code: str, *, by: str) -> None:
    page = phone.page
    page.get_by_role("button", name="我到了").click()
    page.get_by_role("radio", name=by).click()
    expect(page.get_by_text("正在找位置")).to_be_hidden()
    page.get_by_label("扫不了就填这里").fill(code)
    phone.look("work-arrive")
    phone.press("就用填的")
    if by == "住户卡":
        if page.get_by_text("位置对不上，先选一个原因").count():
            page.get_by_role("radio", name="住址没定位").click()
        page.get_by_role("button", name="到了，开始").click()
    page.get_by_role("heading", name="步骤", exact=True).wait_for()


def do_steps(phone: Screen, photo: Path) -> None:
    """Do the procedure in its order, giving each step the evidence it asks for; the signature comes last."""
    page = phone.page
    for _ in range(MOST_STEPS):
        step = page.locator(".check-item.now")
        if not step.count() or "在下面请对方签字" in step.inner_text():
            return
        before = page.locator(".check.on").count()
        do_step(phone, step, photo)
        expect(page.locator(".check.on")).to_have_count(before + 1)


def do_step(phone: Screen, step: Locator, photo: Path) -> None:
    page = phone.page
    if step.locator(".vital").count():
        measure(step)
    elif step.locator(".shoot").count():
        with page.expect_file_chooser() as chooser:
            step.locator(".shoot").click()
        chooser.value.set_files(photo)
    elif step.locator("textarea").count():
        step.locator("textarea").fill("都好，没有不舒服")
        step.get_by_role("button", name="记下").click()
    elif step.get_by_role("button", name="说对了").count():
        teach(step)
    else:
        step.get_by_role("checkbox").click()


def measure(step: Locator) -> None:
    """Measure all that the step asks for: with less it is not done."""
    keep = step.get_by_role("button", name="记下")
    for vital in step.locator(".vital").all():
        expect(keep).to_be_disabled()
        words = vital.locator(".grow").first.inner_text()
        value = next((one for name, one in VITALS.items() if words.startswith(name)), "5.6")
        vital.locator("input").fill(value)
    keep.click()


def teach(step: Locator) -> None:
    for _ in range(MOST_STEPS):
        if step.get_by_role("button", name="都教过了").count():
            step.get_by_role("button", name="都教过了").click()
            return
        if not step.get_by_role("button", name="说对了").count():
            return
        step.get_by_label("对方怎么说的").fill("饭后半小时吃药")
        step.get_by_role("button", name="说对了").click()


def fill_record(phone: Screen) -> None:
    """Answer what the service's record form must have."""
    form = phone.page.locator("section.card", has=phone.page.get_by_role("heading", name="这次的记录"))
    for group in form.get_by_role("radiogroup").all():
        group.get_by_role("radio").first.click()
    for one in form.locator("input").all():
        if one.get_attribute("type") != "date":
            one.fill("12" if one.get_attribute("inputmode") in {"numeric", "decimal"} else "左小腿")


def sign(phone: Screen) -> None:
    draw_name(phone)
    phone.page.get_by_text("已经签过了。").wait_for()


def draw_name(phone: Screen) -> None:
    """Write on the pad as a finger does, and say that it is done."""
    page = phone.page
    pad = page.locator("canvas.sign")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None, "the pad is in sight"
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2)
    page.mouse.down()
    for way in range(20):
        page.mouse.move(box["x"] + 40 + way * 10, box["y"] + box["height"] * (0.3 + 0.4 * (way % 2)))
    page.mouse.up()
    page.get_by_role("button", name="签好了").click()


def finish(phone: Screen) -> None:
    phone.look("work-ready")
    phone.page.get_by_role("button", name="完成这次上门").click()
    phone.page.get_by_text("这一家做完了。").wait_for()
    phone.look("work-done")


# At the desk, for somebody without a telephone


def register(desk: Screen, name: str, address: str) -> str:
    """Register a caller whom nobody knows yet; return the address of her page."""
    page = desk.open("/console/desk/bookings")
    page.locator("input[name=q]").fill(name)
    page.get_by_text("没有找到这个人").wait_for()
    desk.look("desk-not-found")
    page = desk.open("/console/residents/new")
    page.get_by_label("姓名", exact=True).or_(page.locator("#f-name")).first.fill(name)
    page.locator("#f-sex").select_option(label="女")
    page.locator("#f-birth_date").fill("1939-05-06")
    page.get_by_label("是", exact=True).check()
    page.locator("#f-address").fill(address)
    page.locator("#f-door_note").fill("没有门铃，敲窗户")
    desk.look("desk-register")
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_role("heading", name=re.compile(name)).wait_for()
    return page.url


def consent_on_paper(desk: Screen) -> None:
    """Enter that she has signed to everything that was read to her, each with a photo of what she signed."""
    asked = desk.page.locator("#consents details", has_text="她签字同意")
    paper: FilePayload = {"name": "signed.png", "mimeType": "image/png", "buffer": scribble(3)}
    asked.first.wait_for()
    desk.settle()  # the page's heading comes before its end, and they are counted
    for _ in range(asked.count()):
        left = asked.count()
        asked.first.locator("summary").click()
        asked.first.locator("input[type=file]").set_input_files(paper)
        asked.first.get_by_role("button", name="记下她的同意").click()
        expect(asked).to_have_count(left - 1)
    desk.look("desk-resident")


def book_for(desk: Screen, name: str, service: str) -> str:
    """Book tomorrow's first free time for a caller; return the visit's id."""
    page = desk.open("/console/desk/bookings")
    page.locator("input[name=q]").fill(name)
    page.get_by_role("link", name="就是这位").first.click()
    page.get_by_role("link", name=f"替{name}约一次").click()
    page.get_by_label("服务").select_option(label=service)
    page.get_by_role("button", name="看有空的时间").click()
    page.locator("button[name=slot]").first.wait_for()
    desk.look("desk-times")
    times_of(page, clock.now().date() + timedelta(days=1)).first.click()
    page.get_by_role("button", name="约好").wait_for()
    desk.look("desk-held")
    page.get_by_role("button", name="约好").click()
    page.get_by_role("heading", name="经过").wait_for()
    return page.url.rstrip("/").rpartition("/")[2].partition("?")[0]


def times_of(page: Page, day: date) -> Locator:
    return page.locator(f"section[aria-labelledby='day-{day}'] button[name=slot]")


def make_room(dispatcher: Screen, visit: str, caregiver: str, day: str) -> None:
    """Move the visit to when she can, as the page says of her, if she cannot then."""
    page = dispatcher.open(f"/console/dispatch/visits/{visit}/suitability")
    nearest = re.search(
        r"改到 (\d\d:\d\d) 开始就可以", page.locator("tbody tr", has_text=caregiver).first.inner_text()
    )
    if nearest:
        dispatcher.open(f"/console/dispatch/visits/{visit}/move")
        times_of(page, date.fromisoformat(day)).filter(has_text=nearest[1]).click()
        page.get_by_role("heading", name="经过").wait_for()


def send_another(dispatcher: Screen, visit: str) -> None:
    """Give the visit to the best who is suitable beside who has it, having seen of everybody why."""
    page = dispatcher.open(f"/console/dispatch/visits/{visit}/suitability")
    assert page.locator("td .t-ok").count(), "nobody is suitable, and it does not say why"
    assert page.locator("td .t-bad").count(), "nobody is unsuitable, or it does not say why"
    dispatcher.look("suitability")
    page.locator("tbody tr", has_text="合适").get_by_role("button", name=re.compile("^派")).first.click()
    page.get_by_role("heading", name="经过").wait_for()


def send(dispatcher: Screen, visit: str, caregiver: str) -> None:
    """Give the visit to her."""
    page = dispatcher.open(f"/console/dispatch/visits/{visit}/suitability")
    row = page.locator("tbody tr", has_text=caregiver).first
    if row.get_by_text("现在是这位").count():
        return
    row.get_by_role("button", name=f"派{caregiver}").click()
    page.get_by_role("heading", name="经过").wait_for()
    expect(page.get_by_text(caregiver).first).to_be_visible()


def call(desk: Screen, name: str) -> None:
    """Ring whom no message reaches, on the day for which she is listed, and write down how it went."""
    page = desk.page
    line = page.locator("article.item", has_text=name).first
    for _ in range(MOST_LOOKS):  # the worker lists her when it has heard of the visit
        desk.open("/console/messaging/calls")
        if not line.count():
            page.get_by_role("link", name="明天").click()
            desk.settle()
        if line.count():
            break
    line.wait_for()
    desk.look("call-list")
    line.locator("input[name=next_step]").fill("请邻居带话")
    line.get_by_role("button", name="打通了，说到了").click()
    expect(page.locator("#closed").locator("xpath=../..").get_by_text(name).first).to_be_visible()
    desk.look("call-done")
