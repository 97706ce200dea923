"""What everybody does with a phone in her hand."""

import re
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.screen import Screen

DEEPEST: Final = 6  # pages one behind the other
FARTHEST: Final = 14  # days ahead that somebody may be asked for


def back(phone: Screen) -> Page:
    """Press the way back that is on the screen, and wait for what is there."""
    phone.page.get_by_role("button", name="返回").or_(
        phone.page.get_by_role("button", name="返回路线")
    ).filter(visible=True).first.click()
    phone.settle()
    return phone.page


def go_home(phone: Screen, sign: str = ".say") -> None:
    """Press the way back until the front page is there."""
    for _ in range(DEEPEST):
        if phone.page.locator(sign).filter(visible=True).count():
            return
        back(phone)


def own_page(phone: Screen, name: str) -> None:
    """Open the page about oneself, at the end of a caregiver's day."""
    phone.page.locator(".link").filter(has_text=re.compile("^我$")).click()
    phone.settle()
    phone.look(name)


def enter(phone: Screen, words: str, name: str = "") -> Page:
    """Press what says so, and look at the page that opens."""
    phone.page.get_by_role("button", name=words).or_(phone.page.get_by_role("link", name=words)).filter(
        visible=True
    ).first.click()
    phone.settle()
    if name:
        phone.look(name)
    return phone.page


def shoot(phone: Screen, words: str, photo: Path) -> None:
    """Take a photo by the button that says so."""
    with phone.page.expect_file_chooser() as chooser:
        phone.page.get_by_role("button", name=words).filter(visible=True).first.click()
    chooser.value.set_files(photo)


def leave(phone: Screen) -> None:
    """Sign out, on the page of one's own."""
    phone.page.get_by_role("button", name="退出登录").click()
    phone.page.get_by_role("radio", name="手机号").wait_for()


def check_bag(nurse: Screen, name: str) -> None:
    """Look through the bag and say what is in it."""
    page = enter(nurse, "出门前查包", name)
    if page.get_by_role("button", name="再查一次").count():
        enter(nurse, "再查一次")
    for box in page.get_by_role("checkbox").all():
        box.click()
    page.get_by_role("button", name="查好了").click()
    expect(page.get_by_text(re.compile(r"\d?\d:\d\d 查过")).first).to_be_visible()
    nurse.look(f"{name}-checked")
    back(nurse)


def arrive_by_photo(nurse: Screen, photo: Path, name: str) -> None:
    """Nobody has a code to show: the plate at the door is photographed."""
    page = nurse.page
    enter(nurse, "我到了")
    page.get_by_role("radio", name="门牌照片").click()
    expect(page.get_by_text("正在找位置")).to_be_hidden()
    shoot(nurse, "拍", photo)
    if page.get_by_role("radio", name="住址没定位").count():
        page.get_by_role("radio", name="住址没定位").click()
    nurse.look(name)
    page.get_by_role("button", name="到了，开始").click()
    page.get_by_role("heading", name="步骤", exact=True).wait_for()


def ask_doctor(nurse: Screen, words: str, photo: Path, name: str) -> None:
    page = nurse.page
    page.get_by_role("button", name="问医生").last.click()
    page.get_by_label("看到了什么，想问什么").fill(words)
    shoot(nurse, "拍一张", photo)
    nurse.look(name)
    page.get_by_role("button", name="发给医生").click()
    expect(page.get_by_text(words).last).to_be_visible()


def pack_waste(nurse: Screen, seal: str, name: str) -> None:
    page = nurse.page
    enter(nurse, "装了一袋")
    page.get_by_role("radio", name="损伤性").click()
    page.get_by_label("封签号").fill(seal)
    nurse.look(name)
    page.get_by_role("button", name="封好了").click()
    expect(page.get_by_text(seal).last).to_be_visible()


def work(nurse: Screen, photo: Path, name: str) -> None:
    """Do what the procedure says, sign, and finish."""
    people.do_steps(nurse, photo)
    nurse.look(f"{name}-steps")
    people.fill_record(nurse)
    people.sign(nurse)
    people.finish(nurse)


def next_stop(nurse: Screen, name: str) -> None:
    """Open the first home that is still to be visited, on the first day that has one."""
    for _ in range(FARTHEST):
        if nurse.page.get_by_role("button", name="打开").count():
            break
        enter(nurse, "后一天")
    enter(nurse, "打开", name)


def set_out(nurse: Screen) -> None:
    """Set out, unless she has."""
    if nurse.page.get_by_role("button", name="我出发了").count():
        enter(nurse, "我出发了")
