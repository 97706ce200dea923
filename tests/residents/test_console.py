import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from anjia.identity.commands import start_session
from anjia.identity.models import Organization
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.models import AuditEntry, RecordAccess
from anjia.kernel.work import acting
from anjia.residents.commands import redeem_activation
from anjia.residents.models import Resident
from anjia.residents.queries import grants_of, resident_sheet
from anjia.residents.rules import RelativeRow
from anjia.residents.rules.consent import current_text
from tests import make
from tests.identity import make as make_identity
from tests.residents import make as make_residents

pytestmark = pytest.mark.usefixtures("database")

SignIn = Callable[[str], Client]
BASE = "/console/residents/"
PAPER = b"\x89PNG\r\n\x1a\n a photo of a signed paper"


@pytest.fixture
def house() -> Organization:
    return make_identity.house()


@pytest.fixture
def desk(house: Organization) -> Actor:
    return make.actor("residents.read", organization_id=house.id)


@pytest.fixture
def as_(house: Organization) -> SignIn:
    """Return a browser in which somebody of this role is signed in."""

    def sign_in(role_code: str) -> Client:
        account = make_identity.staff(house, role_code=role_code)
        entry = acting(system(), timezone.now()).do(
            start_session, account_id=account.id, end="console", way="card"
        )
        browser = Client()
        browser.cookies["anjia_session"] = entry.token
        return browser

    return sign_in


@pytest.fixture
def mother(desk: Actor) -> Resident:
    return make_residents.resident(
        served_by=desk, phones=["13800001234"], id_number="11010519491231002X", chronic=["高血压"]
    )


def page_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return str(answer.content.decode())


def fields_of(page: str) -> dict[str, str]:
    """Return what a browser would send of the page's form, were it sent as it is shown."""
    form = next(form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'name="phones"' in form)
    found = {
        name: unescape(value)
        for name, value in re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', form)
        if name not in {"csrfmiddlewaretoken", "idempotency_key", "lives_alone"}
    }
    found |= {
        name: unescape(text)
        for name, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</t', form, re.S)
    }
    found |= dict(re.findall(r'<input type="radio" name="(\w+)" value="(\w*)" checked', form))
    for name, options in re.findall(r'<select[^>]* name="(\w+)".*?>(<option.*?)</select>', form, re.DOTALL):
        found[name] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    return found


def kept(by: Actor, resident: Resident) -> dict[str, Any]:
    sheet = acting(by, timezone.now()).ask(resident_sheet, Purpose.CONTRACT, resident_id=resident.id)
    she = sheet.resident
    columns = ("name", "sex", "birth_date", "id_number", "id_check", "chronic", "lives_alone", "station_id")
    return {column: getattr(she, column) for column in columns} | {
        "phones": [(one.number, one.label) for one in sheet.phones],
        "relatives": [(one.name, one.relation, one.phone) for one in sheet.relatives],
    }


class TestList:
    @pytest.mark.parametrize("text", ["张桂", "zgf", "guifang", "13800001234", "1234", "11010519491231002X"])
    def test_finds_her_by_one_box(self, as_: SignIn, mother: Resident, text: str) -> None:
        shown = page_of(as_("service_desk").post(BASE, {"text": text}))

        assert "张桂芳" in shown
        assert "138****1234" in shown
        assert "13800001234" not in shown.replace(f'value="{text}"', "")

    def test_pages_and_filters(self, as_: SignIn, desk: Actor) -> None:
        for number in range(60):
            make_residents.resident(served_by=desk, name=f"王{chr(0x4E00 + number)}", lives_alone=number == 3)
        browser = as_("service_desk")

        first = page_of(browser.get(BASE))
        after = re.search(r"after=([^\"&]+)", first)
        assert after
        assert first.count('name="resident"') == 50
        assert page_of(browser.get(f"{BASE}?after={after[1]}")).count('name="resident"') == 10
        assert page_of(browser.get(BASE, {"alone": "yes"})).count('name="resident"') == 1

    def test_is_noted_as_read_for_everybody_on_it(self, as_: SignIn, desk: Actor) -> None:
        for number in range(3):
            make_residents.resident(served_by=desk, name=f"王{chr(0x4E00 + number)}")

        page_of(as_("service_desk").get(BASE))

        noted = acting(system(desk.organization_id), timezone.now()).ask(
            lambda _: RecordAccess.objects.filter(what="residents.list").count()
        )
        assert noted == 3

    def test_takes_as_many_statements_for_fifty_as_for_one(self, as_: SignIn, desk: Actor) -> None:
        browser = as_("service_desk")
        counts = []
        for _time in range(2):
            make_residents.resident(served_by=desk, phones=["13800001234"])
            browser.get(BASE)  # whatever is read once
            with CaptureQueriesContext(connection) as asked:
                page_of(browser.get(BASE))
            counts.append(len(asked))
            for number in range(10):
                make_residents.resident(served_by=desk, name=f"王{chr(0x4E00 + number)}")

        assert counts[0] == counts[1]

    def test_is_not_for_the_ward(self, as_: SignIn) -> None:
        assert as_("ward_nurse").get(BASE).status_code == 403


class TestResidentPage:
    def test_covers_numbers_and_what_she_has_not_consented_to(self, as_: SignIn, mother: Resident) -> None:
        shown = page_of(as_("service_desk").get(f"{BASE}{mother.id}/"))

        assert "110***********002X" in shown
        assert "11010519491231002X" not in shown
        assert "13800001234" not in shown
        assert "高血压" not in shown
        make_residents.consent(of=mother)
        assert "高血压" in page_of(as_("service_desk").get(f"{BASE}{mother.id}/"))

    def test_uncovers_them_and_writes_that_down(self, as_: SignIn, mother: Resident) -> None:
        browser = as_("service_desk")

        shown = page_of(browser.post(f"{BASE}{mother.id}/reveal"))

        assert "11010519491231002X" in shown
        assert "13800001234" in shown
        assert as_("nurse").post(f"{BASE}{mother.id}/reveal").status_code == 403

    def test_says_who_has_read_it(self, as_: SignIn, mother: Resident) -> None:
        browser = as_("service_desk")
        page_of(browser.get(f"{BASE}{mother.id}/"))

        shown = page_of(browser.get(f"{BASE}{mother.id}/readers"))

        assert "登记资料" in shown
        assert "李静" in shown

    def test_is_404_for_another_institution(self, as_: SignIn) -> None:
        stranger = make_residents.resident(served_by=make.actor())

        assert as_("service_desk").get(f"{BASE}{stranger.id}/").status_code == 404


class TestForms:
    def test_register_and_correct(self, as_: SignIn, house: Organization) -> None:
        browser = as_("service_desk")
        said = {
            "name": "王秀英",
            "phones": "13800001234（本人）\n010-62345678",
            "chronic": "高血压、痛风",
            "lives_alone": "yes",
            "address": "安定路1号",
            "birth_date": "1945.3.2",
            "relative_name_0": "李小梅",
            "relative_relation_0": "女儿",
            "relative_phone_0": "13900005678",
        }
        registered = browser.post(f"{BASE}new", said)
        assert registered.status_code == 303
        resident_id = UUID(registered["Location"].split("/")[-2])

        form = page_of(browser.get(f"{BASE}{resident_id}/change"))
        assert "138****1234（本人）" in form
        browser.post(f"{BASE}{resident_id}/change", said | {"name": "王秀瑛", "id_number": ""})

        actor = make.actor("residents.read", organization_id=house.id)
        sheet = acting(actor, timezone.now()).ask(resident_sheet, Purpose.CONTRACT, resident_id=resident_id)
        assert (sheet.resident.name, sheet.resident.birth_date) == ("王秀瑛", "1945-03-02")
        assert [(phone.number, phone.label) for phone in sheet.phones] == [
            ("13800001234", "本人"),
            ("010-62345678", ""),
        ]
        assert [one.phone for one in sheet.relatives] == ["13900005678"]

    def test_keep_what_was_typed_and_say_what_is_wrong_beside_it(self, as_: SignIn) -> None:
        answer = as_("service_desk").post(f"{BASE}new", {"name": "王秀英", "id_number": "110105194912310021"})

        assert answer.status_code == 422
        assert "最后一位对不上" in answer.content.decode()
        assert "王秀英" in answer.content.decode()

    def test_do_not_lose_an_id_number_that_is_not_typed_again(self, as_: SignIn, mother: Resident) -> None:
        as_("service_desk").post(f"{BASE}{mother.id}/change", {"name": "张桂芳", "id_number": ""})

        shown = page_of(as_("service_desk").get(f"{BASE}{mother.id}/"))
        assert "110***********002X" in shown
        assert "已核验" in shown

    @pytest.mark.parametrize("consents", [True, False])
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_lose_nothing_when_they_are_saved_as_they_are_shown(
        self, as_: SignIn, desk: Actor, consents: bool, language: str
    ) -> None:
        relatives = [
            RelativeRow(name="李小梅", relation="女儿", phone="13900005678"),
            RelativeRow(name="李建军", relation="儿子", phone="13955555678"),
        ]
        she = make_residents.resident(
            served_by=desk,
            id_number="11010519491231002X",
            phones=["13800001234（本人）", "010-62345678", "13877771234", "62345678"],
            chronic=["高血压", "慢性肾病", "眼底出血"],
            lives_alone=False,
            relatives=relatives,
            station_id=uuid4(),
        )
        if consents:
            make_residents.consent(of=she)
        before = kept(desk, she)
        browser = as_("service_desk")
        browser.cookies["anjia_language"] = language

        form = fields_of(page_of(browser.get(f"{BASE}{she.id}/change")))
        saved = browser.post(f"{BASE}{she.id}/change", form)

        assert saved.status_code == 303, saved.content.decode()
        assert kept(desk, she) == before
        assert ("chronic" in form) is consents
        browser.post(f"{BASE}{she.id}/change", form | {"name": "张桂香"})
        assert kept(desk, she) == before | {"name": "张桂香"}

    def test_cover_numbers_and_what_she_has_not_consented_to(self, as_: SignIn, mother: Resident) -> None:
        shown = page_of(as_("service_desk").get(f"{BASE}{mother.id}/change"))

        assert "138****1234" in shown
        assert "13800001234" not in shown
        assert "高血压" not in shown

    def test_uncover_numbers_for_who_asks_and_write_that_down(self, as_: SignIn, mother: Resident) -> None:
        shown = page_of(as_("service_desk").post(f"{BASE}{mother.id}/reveal", {"in_form": "1"}))

        assert fields_of(shown)["phones"] == "13800001234"
        revealed = acting(system(mother.organization_id), timezone.now()).ask(
            lambda _: AuditEntry.objects.filter(
                action="residents.resident.revealed", subject_id=mother.id
            ).count()
        )
        assert revealed == 1

    def test_add_an_address(self, as_: SignIn, mother: Resident) -> None:
        browser = as_("service_desk")

        browser.post(
            f"{BASE}{mother.id}/addresses", {"text": "女儿家", "latitude": "39.9", "longitude": "116.4"}
        )
        refused = browser.post(f"{BASE}{mother.id}/addresses", {"text": "女儿家", "latitude": "北"})

        assert "女儿家" in page_of(browser.get(f"{BASE}{mother.id}/"))
        assert refused.status_code == 422


class TestFamilyAtTheDesk:
    def test_wants_two_people_and_a_paper(self, as_: SignIn, mother: Resident, desk: Actor) -> None:
        first, second = as_("service_desk"), as_("service_desk")
        photo = SimpleUploadedFile("weituo.png", PAPER, "image/png")
        said = {
            "name": "李小梅",
            "phone": "13900005678",
            "relation": "guardian",
            "kinship": "女儿",
            "allows": ["visits", "book"],
            "photo": photo,
        }
        assert first.post(f"{BASE}{mother.id}/grants", said).status_code == 303
        now = timezone.now()
        [grant] = acting(desk, now).ask(grants_of, Purpose.CONTRACT, resident_id=mother.id, now=now)

        assert "我也看过了" not in page_of(first.get(f"{BASE}{mother.id}/"))
        asked = page_of(second.get(f"{BASE}{mother.id}/"))
        assert "我也看过了" in asked
        assert "监护人 · 女儿" in asked  # what she confirms: who decides for her, not only who is kin
        assert first.get(f"{BASE}{mother.id}/grants/{grant.id}/paper").content == PAPER
        assert first.post(f"{BASE}{mother.id}/grants/{grant.id}/witness").status_code == 409
        assert second.post(f"{BASE}{mother.id}/grants/{grant.id}/witness").status_code == 303
        assert "有效" in page_of(first.get(f"{BASE}{mother.id}/"))
        first.post(f"{BASE}{mother.id}/grants/{grant.id}/withdraw")
        assert "收回了" in page_of(first.get(f"{BASE}{mother.id}/"))

    def test_changes_the_number_that_she_signs_in_by(
        self, as_: SignIn, mother: Resident, desk: Actor
    ) -> None:
        first, second = as_("service_desk"), as_("service_desk")
        made = first.post(f"{BASE}slips/make", {"resident": [str(mother.id)]})
        code = re.search(r"slip=(\d+)|(\d{4} \d{4} \d{4})", page_of(first.get(made["Location"])))
        assert code
        acting(system(mother.organization_id), timezone.now()).do(
            redeem_activation, code=code[0].removeprefix("slip="), phone_last_four="1234"
        )
        now = timezone.now()
        [grant] = acting(desk, now).ask(grants_of, Purpose.CONTRACT, resident_id=mother.id, now=now)
        photo = SimpleUploadedFile("signed.png", PAPER, "image/png")

        refused = first.post(f"{BASE}{mother.id}/grants/{grant.id}/number", {"number": "123", "photo": photo})
        assert refused.status_code == 422
        photo.seek(0)
        first.post(f"{BASE}{mother.id}/grants/{grant.id}/number", {"number": "13700002468", "photo": photo})

        assert "我也看过了，换号" not in page_of(first.get(f"{BASE}{mother.id}/"))
        confirm = re.search(r'action="([^"]+/confirm)"', page_of(second.get(f"{BASE}{mother.id}/")))
        assert confirm
        assert second.get(confirm[1].replace("confirm", "paper")).content == PAPER
        assert second.post(confirm[1]).status_code == 303
        assert "137****2468" in page_of(first.get(f"{BASE}{mother.id}/"))

    def test_refuses_without_a_photo(self, as_: SignIn, mother: Resident) -> None:
        said = {"name": "李小梅", "phone": "13900005678", "relation": "family", "allows": ["visits"]}

        refused = as_("service_desk").post(f"{BASE}{mother.id}/grants", said)

        assert refused.status_code == 415
        assert "李小梅" in refused.content.decode()


class TestConsents:
    SAID = {"purpose": "care", "version": str(current_text(Purpose.CARE).version), "agrees": "yes"}

    def signed(self) -> SimpleUploadedFile:
        return SimpleUploadedFile("signed.png", PAPER, "image/png")

    def test_are_entered_with_the_photo_of_what_she_has_signed(self, as_: SignIn, mother: Resident) -> None:
        browser = as_("service_desk")

        browser.post(f"{BASE}{mother.id}/consents", self.SAID | {"photo": self.signed()})

        assert "她收回同意" in page_of(browser.get(f"{BASE}{mother.id}/"))
        assert browser.get(f"{BASE}{mother.id}/consents/care/paper").content == PAPER
        assert as_("nurse").get(f"{BASE}{mother.id}/consents/care/paper").status_code == 403

    def test_are_not_given_in_her_name_without_one(self, as_: SignIn, mother: Resident) -> None:
        browser = as_("service_desk")

        refused = browser.post(f"{BASE}{mother.id}/consents", self.SAID)

        assert refused.status_code == 422
        assert "签了字的同意书" in refused.content.decode()
        assert "还没有问" in page_of(browser.get(f"{BASE}{mother.id}/"))

    def test_are_taken_back_with_one_click_and_opened_again_with_a_new_paper_only(
        self, as_: SignIn, mother: Resident
    ) -> None:
        browser = as_("service_desk")
        browser.post(f"{BASE}{mother.id}/consents", self.SAID | {"photo": self.signed()})

        browser.post(f"{BASE}{mother.id}/consents", {"purpose": "care", "agrees": "no"})
        assert "收回了" in page_of(browser.get(f"{BASE}{mother.id}/"))

        assert browser.post(f"{BASE}{mother.id}/consents", self.SAID).status_code == 422
        assert "收回了" in page_of(browser.get(f"{BASE}{mother.id}/"))

    @pytest.mark.parametrize(
        ("days", "is_over", "may_sign"), [(300, False, False), (340, False, True), (365, True, True)]
    )
    def test_of_being_visited_can_be_signed_again_in_their_last_month_and_later(
        self, as_: SignIn, mother: Resident, days: int, is_over: bool, may_sign: bool
    ) -> None:
        make_residents.agreement(of=mother, on=timezone.now() - timedelta(days=days))

        shown = page_of(as_("service_desk").get(f"{BASE}{mother.id}/"))

        assert ('id="f-signed-contract"' in shown, "满一年，要重新签" in shown) == (may_sign, is_over)
        assert ("已签 第1版" in shown) is not is_over


class TestPrints:
    def test_slips_with_code_and_qr(self, as_: SignIn, mother: Resident, desk: Actor) -> None:
        without = make_residents.resident(served_by=desk, name="王秀英")
        browser = as_("service_desk")

        made = browser.post(f"{BASE}slips/make", {"resident": [str(mother.id), str(without.id)]})
        shown = page_of(browser.get(made["Location"]))

        assert re.search(r"\d{4} \d{4} \d{4}", shown)
        assert "<svg" in shown
        assert "138****1234" in shown
        assert "有 1 位没有手机号" in shown
        assert "138****1234" not in page_of(as_("service_desk").get(made["Location"]))

    def test_the_household_card(self, as_: SignIn, mother: Resident) -> None:
        browser = as_("service_desk")

        assert "第 1 张卡" in page_of(browser.get(f"{BASE}{mother.id}/card"))
        browser.post(f"{BASE}{mother.id}/card/replace")
        assert "第 2 张卡" in page_of(browser.get(f"{BASE}{mother.id}/card"))

    @pytest.mark.parametrize("role", ["nurse", "family_doctor"])
    def test_no_household_card_for_who_scans_them(self, as_: SignIn, mother: Resident, role: str) -> None:
        assert as_(role).get(f"{BASE}{mother.id}/card").status_code == 403

    def test_that_her_card_was_printed_is_noted(self, as_: SignIn, mother: Resident) -> None:
        as_("service_desk").get(f"{BASE}{mother.id}/card")

        rows = acting(system(mother.organization_id), timezone.now()).ask(
            lambda _: list(RecordAccess.objects.filter(resident_id=mother.id).values_list("what", flat=True))
        )
        assert "residents.card" in rows


class TestEnglish:
    @pytest.mark.parametrize(
        "where", ["", "new", "{id}/", "{id}/change", "{id}/readers", "{id}/card", "slips"]
    )
    def test_is_complete(self, as_: SignIn, mother: Resident, where: str) -> None:
        browser = as_("service_desk")
        browser.cookies["anjia_language"] = "en"

        shown = page_of(browser.get(BASE + where.format(id=mother.id)))

        body = re.sub(r"<(script|style).*?</\1>", "", shown.split("<main", 1)[1], flags=re.DOTALL)
        body = re.sub(r"张桂芳|和平里[^<]*|青竹里[^<\"]*|安家|中文|李静", "", body)
        assert re.findall(r"[\u4e00-\u9fff]+", body) == []
