from playwright.sync_api import FilePayload, expect

from anjia.simulation.pictures import scribble
from tests.browser.conftest import Open
from tests.browser.days import office
from tests.browser.screen import Screen

MEMBER, PAPER = "王倩", "geriatric"
SCAN: FilePayload = {"name": "licence.png", "mimeType": "image/png", "buffer": scribble(2)}


def enter_policy(boss: Screen) -> None:
    """Enter the house's new policy beside its scan: who has entered it is not the one to check it."""
    page = office.turn_to(boss, "人员", "day-administrator-staff")
    office.follow(boss, "证书和请假", "day-administrator-lapsing")
    office.follow(boss, "机构证照和保险", "day-administrator-institution")
    page.locator("#f-kind").select_option("liability_insurance")
    page.locator("#f-paper_number").fill("DEMO-BX-0991")
    page.locator("#f-issuer").fill("云杉财产保险（演示）")
    page.locator("#f-valid_from").fill("2026-01-01")
    page.locator("#f-valid_until").fill("2031-12-31")
    page.locator("#f-scan").set_input_files(SCAN)
    office.do(boss, "登记", "day-administrator-policy")
    expect(page.get_by_text("您登记的，请另一位同事核对").first).to_be_visible()


def enter_licence(boss: Screen) -> None:
    page = office.turn_to(boss, "人员", "day-administrator-staff-again")
    office.follow(boss, MEMBER, "day-administrator-member")
    earned = page.locator("main tr", has_text="上门标准流程与沟通")
    expect(earned).not_to_contain_text("第二个人核过")  # the exam is the evidence
    page.locator("#f-code").select_option(PAPER)
    page.locator("#f-paper_number").fill("DEMO-0917")
    page.locator("#f-valid_from").fill("2026-01-01")
    page.locator("#f-valid_until").fill("2031-12-31")
    page.locator("#f-scan").set_input_files(SCAN)
    office.do(boss, "登记证书", "day-administrator-licence")
    expect(page.get_by_text("您登记的，请另一位同事核对").first).to_be_visible()


def read_second(other: Screen) -> None:
    """Somebody else looks at the scan, and says that it says so."""
    page = office.turn_to(other, "人员", "day-second-reader-staff")
    office.follow(other, "证书和请假", "day-second-reader-lapsing")
    page.locator("#waiting").get_by_role("link", name=MEMBER).first.click()
    other.settle()
    office.do(other, "和扫描件一致", "day-second-reader-read")
    expect(page.get_by_text("第二个人核过").first).to_be_visible()


def publish_draft(boss: Screen) -> None:
    page = office.turn_to(boss, "服务目录", "day-administrator-catalogue")
    office.follow(boss, "口腔护理", "day-administrator-service")
    office.do(boss, "写新版")
    page.locator("section#texts textarea").first.fill("请准备好温水和毛巾。")
    page.locator("section#texts").get_by_role("button", name="保存这一段").last.click()
    boss.settle()
    boss.look("day-administrator-draft")
    page.locator("#f-why").fill("准备写得清楚一点。")
    office.do(boss, "发布这一版", "day-administrator-published")


def change_role(boss: Screen, keeper: Screen, may: str, *, held: bool) -> None:
    """Take something from the service desk, or give it back: it bites at once, and who goes back sees it."""
    page = boss.open("/console/identity/roles/")
    row = page.locator("tbody tr", has=page.locator("b", has_text="服务台"))
    row.get_by_role("link", name="改", exact=True).click()
    boss.settle()
    address = page.url.removeprefix(boss.url)
    page.locator("#f-name").fill("  ")
    office.press_refused(boss, "改好了，存")
    page.locator("#f-name").fill("服务台")
    page.get_by_label(may).set_checked(held)
    office.do(boss, "改好了，存", "day-administrator-role-changed")
    keeper.open("/console/desk/bookings")
    expect(keeper.page.locator("nav.rail").get_by_role("link", name="回访")).to_have_count(int(held))
    boss.open(address)
    expect(page.locator("#f-name")).to_have_value("服务台")
    expect(page.get_by_label(may)).to_be_checked(checked=held)


class TestAdministrator:
    def test_lives_his_day(self, open_screen: Open) -> None:
        boss, other = open_screen(), open_screen()
        boss.step_in_as("administrator")
        boss.look("day-administrator-users")
        office.follow(boss, "角色", "day-administrator-roles")
        keeper = open_screen()
        keeper.step_in_as("desk")
        change_role(boss, keeper, "上门后回访", held=False)
        change_role(boss, keeper, "上门后回访", held=True)
        enter_policy(boss)
        enter_licence(boss)
        other.step_in_as("quality")
        read_second(other)
        publish_draft(boss)
        office.turn_to(boss, "服务目录", "day-administrator-catalogue-after")
        office.follow(boss, "法律关口", "day-administrator-gates")
        office.turn_to(boss, "培训", "day-administrator-training")
        office.turn_to(boss, "系统", "day-administrator-system")
        office.follow(boss, "稳定", "day-administrator-stability")
        office.turn_to(boss, "审计", "day-administrator-audit")
        office.leave(boss)
