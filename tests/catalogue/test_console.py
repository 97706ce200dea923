import re
from html import unescape as html_unescape

import pytest
from django.test import Client
from django.utils import timezone

from anjia.identity.commands import start_session
from anjia.identity.models import Organization
from anjia.kernel.actors import system
from anjia.kernel.work import acting
from tests import make
from tests.catalogue.make import seeded
from tests.identity import make as make_identity

pytestmark = pytest.mark.usefixtures("database")

WOUND = "/console/catalogue/wound_dressing"
BUTTON = "放进自带的服务</button>"


@pytest.fixture
def house() -> Organization:
    return make_identity.house()


def sign_in(house: Organization, role_code: str) -> Client:
    account = make_identity.staff(house, role_code=role_code)
    entry = acting(system(), timezone.now()).do(
        start_session, account_id=account.id, end="console", way="card"
    )
    browser = Client()
    browser.cookies["anjia_session"] = entry.token
    return browser


class TestEmptyCatalogue:
    def test_is_filled_by_the_administrator_with_one_press(self, house: Organization) -> None:
        browser = sign_in(house, "administrator")
        assert BUTTON in browser.get("/console/catalogue/").content.decode()
        page = browser.post("/console/catalogue/seed/", follow=True).content.decode()
        assert "伤口换药" in page
        assert BUTTON not in page

    def test_is_not_filled_by_others(self, house: Organization) -> None:
        browser = sign_in(house, "dispatcher")
        assert BUTTON not in browser.get("/console/catalogue/").content.decode()
        assert browser.post("/console/catalogue/seed/").status_code == 403


class TestGates:
    def test_are_read_with_their_sources_and_say_that_the_citys_list_is_not_there(
        self, house: Organization
    ) -> None:
        browser = sign_in(house, "administrator")
        browser.post("/console/catalogue/seed/")

        gates = browser.get("/console/catalogue/gates/").content.decode()
        service = browser.get("/console/catalogue/oral_care").content.decode()
        other = browser.get("/console/catalogue/bp_follow_up").content.decode()

        for page in (gates, service):
            assert "国卫办医函〔2019〕80号" in page
            assert "本市目录未导入" in page
        assert "GATE-IN-NURSE-YEARS" not in other
        assert "护士条例" in other


class TestEditor:
    @pytest.fixture
    def writer(self, house: Organization) -> Client:
        seeded(for_=make.actor(organization_id=house.id))
        browser = sign_in(house, "quality_manager")
        browser.post(f"{WOUND}/draft/start")
        return browser

    def form(self, browser: Client, part: str) -> dict[str, str]:
        """Return what the browser would send of a part's form, as the page has it."""
        html = browser.get(f"{WOUND}/draft").content.decode()
        section = html.split(f'id="{part}"')[1].split("</form>")[0]
        said = dict(re.findall(r'<(?:input|button)[^>]*?name="([\w-]+)"[^>]*?value="([^"]*)"', section))
        boxes = re.findall(r'type="checkbox" name="([\w-]+)" value="([^"]*)"( checked)?', section)
        said = {name: html_unescape(value) for name, value in said.items()} | {name: "" for name, *_ in boxes}
        said.pop("move", None)
        for name, options in re.findall(r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', section, re.S):
            said[name] = re.findall(r'value="(\w+)" selected', options)[0]
        said |= {
            name: html_unescape(text)
            for name, text in re.findall(
                r'<textarea[^>]*name="([\w-]+)"[^>]*>(.*?)</textarea>', section, re.S
            )
        }
        said |= {name: value for name, value, on in boxes if on}
        return said

    def test_saves_a_part_as_it_stands_without_changing_it(self, writer: Client) -> None:
        """What the builder cannot show would be lost by pressing a button."""
        for part in ("texts", "supplies", "teaching", "form"):
            writer.post(f"{WOUND}/draft/{part}", self.form(writer, part))

        page = writer.get(f"{WOUND}/draft").content.decode()
        assert re.findall(r'<tr><th scope="row" class="nowrap">.*?</tr>', page, re.S) == []
        assert "一样，没有改动" in page

    def test_adds_a_step_and_moves_it(self, writer: Client) -> None:
        writer.post(f"{WOUND}/draft/teaching", self.form(writer, "teaching") | {"move": "add"})
        answer = writer.post(f"{WOUND}/draft/teaching", self.form(writer, "teaching") | {"move": "0:down"})

        assert answer["Location"].endswith("#teaching")
        page = writer.get(f"{WOUND}/draft").content.decode()
        assert "健康教育要点的先后" in page
        assert "新的要点" in page

    def test_keeps_what_was_typed_where_another_was_faster(self, writer: Client, house: Organization) -> None:
        slow = self.form(writer, "texts") | {"summary": "慢的人写的"}
        other = sign_in(house, "manager")
        other.post(f"{WOUND}/draft/texts", self.form(other, "texts") | {"summary": "快的人写的"})

        answer = writer.post(f"{WOUND}/draft/texts", slow)

        page = answer.content.decode()
        assert answer.status_code == 409
        assert "别人改过这一段" in page
        assert "慢的人写的</textarea>" in page
        assert "快的人写的" in page

    def test_says_in_words_what_is_wrong_with_a_form(self, writer: Client) -> None:
        said = self.form(writer, "form")
        [choice] = [name for name, value in said.items() if value == "choice"][:1]
        answer = writer.post(f"{WOUND}/draft/form", said | {choice.replace("kind", "choices"): "只有一个"})

        assert answer.status_code == 422
        assert "几选一至少要有两个选项" in answer.content.decode()

    def test_is_not_opened_to_who_may_not_write(self, writer: Client, house: Organization) -> None:
        assert sign_in(house, "nurse").get(f"{WOUND}/draft").status_code == 403
        assert sign_in(house, "dispatcher").post(f"{WOUND}/draft/start").status_code == 403

    def test_publishes_with_a_reason_that_the_history_shows(
        self, writer: Client, house: Organization
    ) -> None:
        writer.post(f"{WOUND}/draft/texts", self.form(writer, "texts") | {"summary": "新的介绍"})
        assert writer.post(f"{WOUND}/draft/publish", {"why": "自己发"}).status_code == 403

        page = sign_in(house, "manager").post(
            f"{WOUND}/draft/publish", {"why": "科里讨论过"}, follow=True
        ).content.decode()  # fmt: skip

        assert "科里讨论过" in page
        assert "新的介绍" in page
        assert "和第 1 版比" in page
