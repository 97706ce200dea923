from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from anjia.identity.models import Organization
from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.transitions import console
from anjia.transitions.models import Referral
from tests import make as basics
from tests.identity.make import house, staff
from tests.make import NOON
from tests.pages import open_page, post_form
from tests.transitions.test_commands import PNG


@pytest.fixture
def hospital(database: None) -> Organization:
    return house(name="市第一医院", kind="hospital")


@pytest.fixture
def centre(database: None) -> Organization:
    return house(name="青竹里社区卫生服务中心")


@pytest.fixture
def ward(hospital: Organization) -> Actor:
    account = staff(hospital, role_code="ward_nurse", name="周敏")
    return basics.actor(
        "transitions.read",
        "transitions.refer",
        "files.store",
        organization_id=hospital.id,
        user_id=account.id,
    )


@pytest.fixture
def desk(centre: Organization) -> Actor:
    permissions = ("transitions.read", "transitions.receive", "residents.register", "residents.read")
    return basics.actor(*permissions, organization_id=centre.id)


def filled(centre: Organization, **changes: Any) -> dict[str, Any]:
    sound: dict[str, Any] = {
        "organization_id": str(centre.id),
        "discharge_on": (timezone.now().date() + timedelta(days=2)).isoformat(),
        "ward": "乳腺外科",
        "name": "陈玉兰",
        "phone": "13812345678",
        "address": "和平里七区3号楼201",
        "diagnosis": "术后带 PICC 出院",
        "lines": ["picc"],
        "wishes": ["line_care"],
        "at_home": "spouse",
        "agreed": "1",
    }
    return sound | changes


def test_supposes_nothing_of_who_is_at_home(ward: Actor, centre: Organization) -> None:
    assert '<option value="unknown" selected>' in open_page(console.new, ward)


def only_referral(of: Actor) -> Referral:
    found: Referral = acting(of, NOON).ask(lambda actor: Referral.objects.get())
    return found


class TestWard:
    def test_sends_a_patient_with_a_photo_and_sees_her_in_the_list(
        self, ward: Actor, desk: Actor, centre: Organization
    ) -> None:
        photo = SimpleUploadedFile("order.png", PNG, content_type="image/png")
        assert post_form(console.new, ward, filled(centre, order_photo=photo)).status_code == 303

        sent = only_referral(ward)
        assert (sent.from_name, sent.sent_by_name, sent.organization_name) == (
            "市第一医院",
            "周敏",
            "青竹里社区卫生服务中心",
        )
        assert "陈玉兰" in open_page(console.listed, ward)
        page = open_page(console.referral, ward, referral_id=sent.id)
        assert "收回这张转介单" in page
        assert "建档接下" not in page
        for who in (ward, desk):
            request_page = open_page(console.referral, who, referral_id=sent.id)
            assert "看医嘱照片" in request_page

    def test_gets_her_form_back_with_what_she_wrote_and_what_is_missing(
        self, ward: Actor, centre: Organization
    ) -> None:
        response = post_form(console.new, ward, filled(centre, diagnosis="", phone="没有", agreed=""))

        page = response.content.decode()
        assert response.status_code == 422
        assert "陈玉兰" in page
        assert 'value="picc" checked' in page
        assert "这一项要填。" in page

    def test_is_told_that_the_photo_was_not_kept_with_a_form_that_came_back(
        self, ward: Actor, centre: Organization
    ) -> None:
        photo = SimpleUploadedFile("order.png", PNG, content_type="image/png")
        with_it = post_form(console.new, ward, filled(centre, phone="没有", order_photo=photo))
        without = post_form(console.new, ward, filled(centre, phone="没有"))

        assert "照片没有留下来，请再选一次。" in with_it.content.decode()
        assert "照片没有留下来" not in without.content.decode()

    def test_lets_the_photo_of_the_order_follow(self, ward: Actor, desk: Actor, centre: Organization) -> None:
        post_form(console.new, ward, filled(centre))
        sent = only_referral(ward)
        assert "补医嘱照片" in open_page(console.referral, ward, referral_id=sent.id)
        assert "补医嘱照片" not in open_page(console.referral, desk, referral_id=sent.id)

        for wrong, words in (
            ({}, "请选一张照片。"),
            (
                {"order_photo": SimpleUploadedFile("a.exe", b"MZ", content_type="image/png")},
                "这种文件收不了",
            ),
        ):
            refused = post_form(console.add_photo, ward, wrong, referral_id=sent.id)
            assert refused.status_code == 422
            assert words in refused.content.decode()
        photo = SimpleUploadedFile("order.png", PNG, content_type="image/png")
        form = {"order_photo": photo}
        assert post_form(console.add_photo, ward, form, referral_id=sent.id).status_code == 303

        assert "补医嘱照片" not in open_page(console.referral, ward, referral_id=sent.id)
        assert "看医嘱照片" in open_page(console.referral, desk, referral_id=sent.id)

    def test_can_only_choose_an_institution(self, ward: Actor, hospital: Organization) -> None:
        page = open_page(console.new, ward)
        assert str(hospital.id) not in page

        assert post_form(console.new, ward, filled(hospital)).status_code == 422

    def test_sends_the_same_form_once(self, ward: Actor, centre: Organization) -> None:
        for _ in range(2):
            post_form(console.new, ward, filled(centre, idempotency_key="k"))

        assert acting(ward, NOON).ask(lambda actor: Referral.objects.count()) == 1


class TestDesk:
    def test_takes_her_on_and_books(self, ward: Actor, desk: Actor, centre: Organization) -> None:
        post_form(console.new, ward, filled(centre))
        sent = only_referral(desk)
        assert "陈玉兰" in open_page(console.listed, desk)
        assert "建档接下" in open_page(console.referral, desk, referral_id=sent.id)

        assert post_form(console.receive, desk, {}, referral_id=sent.id).status_code == 303
        form = {"name": "陈玉兰", "phone": "13812345678", "address": "和平里七区3号楼201", "id_number": ""}
        assert post_form(console.take_on, desk, form, referral_id=sent.id).status_code == 303
        assert only_referral(desk).state == "registered"
        assert "已接下，在约时间" in open_page(console.referral, ward, referral_id=sent.id)
        assert "给她约上门" in open_page(console.referral, desk, referral_id=sent.id)
        assert "给她约上门" not in open_page(console.referral, ward, referral_id=sent.id)

    def test_is_told_beside_the_field_what_cannot_be_registered(
        self, ward: Actor, desk: Actor, centre: Organization
    ) -> None:
        post_form(console.new, ward, filled(centre))
        sent = only_referral(desk)

        response = post_form(console.take_on, desk, {"id_number": "123"}, referral_id=sent.id)
        assert response.status_code == 422
        assert 'value="123"' in response.content.decode()

    def test_says_no_with_a_reason(self, ward: Actor, desk: Actor, centre: Organization) -> None:
        post_form(console.new, ward, filled(centre))
        sent = only_referral(desk)
        post_form(console.decline, desk, {"reason": "不在片区"}, referral_id=sent.id)

        assert "不在片区" in open_page(console.referral, ward, referral_id=sent.id)

    def test_opens_no_photo_that_is_not_there(self, ward: Actor, desk: Actor, centre: Organization) -> None:
        post_form(console.new, ward, filled(centre))

        with pytest.raises(NotFound):
            open_page(console.photo, desk, referral_id=only_referral(desk).id)


def test_pages_are_for_who_may(desk: Actor) -> None:
    with pytest.raises(NotAllowed):
        open_page(console.listed, basics.actor())
    with pytest.raises(NotAllowed):
        open_page(console.new, desk)
    assert "没有要接的病人" in open_page(console.listed, desk)
