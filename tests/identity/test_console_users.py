"""The console's pages of users, roles and organizations."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from anjia.identity import commands, queries
from anjia.kernel.actors import Purpose, system
from anjia.kernel.work import acting
from tests.identity import make
from tests.identity.browsing import SIGN_IN, administrator, start, who

pytestmark = pytest.mark.usefixtures("database")


class TestUsers:
    def test_are_listed_with_their_roles(self, client: Client) -> None:
        house, _ = administrator(client)
        make.staff(house, name="李静")
        make.staff(make.house(), name="隔壁的人")
        make.person(house, name="张桂芳")

        staff = client.get("/console/identity/users/").content.decode()
        persons = client.get("/console/identity/users/?kind=person").content.decode()

        assert "李静" in staff
        assert "护士" in staff
        assert "隔壁的人" not in staff
        assert "张桂芳" not in staff
        assert "张桂芳" in persons

    def test_a_page_of_fifty_asks_no_more_than_a_page_of_one(
        self, client: Client, django_assert_max_num_queries: Any
    ) -> None:
        house, _ = administrator(client)
        for _n in range(12):
            make.staff(house)

        client.get("/console/identity/users/")
        with django_assert_max_num_queries(16):
            client.get("/console/identity/users/")

    def test_opens_an_account_whose_password_is_shown_once(self, client: Client) -> None:
        house, _ = administrator(client)
        login = f"n{make.phone()}"
        form = {
            "name": "周岚",
            "login": login,
            "role_code": "nurse",
            "organization_id": str(house.id),
            "idempotency_key": "once",
        }

        page = client.post("/console/identity/users/new", form)
        again = client.post("/console/identity/users/new", form)

        password = re.search(r'<code class="num">([\w-]+)</code>', page.content.decode())
        assert password
        assert again.status_code == 303
        entered = Client().post(SIGN_IN, {"login": login, "password": password[1], "totp": ""})
        assert entered["Location"] == "/console/identity/first-time/"

    def test_says_beside_the_field_what_is_wrong(self, client: Client) -> None:
        house, _ = administrator(client)
        form = {"name": "周岚", "login": "周岚", "role_code": "nurse", "organization_id": str(house.id)}

        page = client.post("/console/identity/users/new", form)

        assert page.status_code == 422
        assert 'id="f-login-says"' in page.content.decode()
        assert 'value="周岚"' in page.content.decode()

    def test_gives_and_takes_roles_resets_and_closes(self, client: Client) -> None:
        house, _ = administrator(client)
        account = make.staff(house)
        here = f"/console/identity/users/{account.id}/"

        client.post(f"{here}roles", {"role_code": "dispatcher", "organization_id": str(house.id)})
        given = client.get(here).content.decode()
        take = re.search(rf'action="({here}roles/[^"]+/take)"', given)
        assert take
        client.post(take[1])
        reset = client.post(f"{here}reset", {"idempotency_key": "r"})
        client.post(f"{here}close")
        closed = client.get(here).content.decode()

        assert "调度员" in given
        assert "临时密码" in reset.content.decode()
        assert "已停用" in closed

    def test_corrects_a_name_and_a_phone(self, client: Client) -> None:
        house, _ = administrator(client)
        account = make.staff(house, name="李静", phone=make.phone())
        here, phone = f"/console/identity/users/{account.id}/", make.phone()

        wrong = client.post(f"{here}change", {"name": "李靖", "phone": "12"})
        right = client.post(f"{here}change", {"name": "李靖", "phone": phone})

        assert 'id="f-phone-says"' in wrong.content.decode()
        assert right.status_code == 303
        page = client.get(here).content.decode()
        assert "李靖" in page
        assert phone not in page
        assert phone[-4:] in page

    def test_says_so_when_a_role_cannot_be_given_there(self, client: Client) -> None:
        house, chief = administrator(client)
        account = make.staff(house)
        station = acting(make.actor_of(chief, "identity.manage"), timezone.now()).do(
            commands.add_organization, parent_id=house.id, kind="station", name="青竹里一站"
        )
        form = {"role_code": "administrator", "organization_id": str(station.id)}

        page = client.post(f"/console/identity/users/{account.id}/roles", form)

        assert page.status_code == 422
        assert "整家机构" in page.content.decode()

    @pytest.mark.parametrize("said", ["", "x", "{}"])
    def test_a_form_that_is_not_ours_is_not_found(self, client: Client, said: str) -> None:
        house, _ = administrator(client)
        account = make.staff(house)

        for page in (f"users/{account.id}/roles", "organizations/", "switch/", "users/new"):
            form = {"organization_id": said, "parent_id": said, "role_code": "nurse"}
            assert client.post(f"/console/identity/{page}", form).status_code == 404, page

    def test_strangers_are_not_found_and_insiders_may_not(self, client: Client) -> None:
        house, _ = administrator(client)
        account = make.staff(house)
        insider, stranger = Client(), Client()
        start(insider, make.staff(house))
        administrator(stranger)
        here = f"/console/identity/users/{account.id}/"

        assert client.get(here).status_code == 200
        assert insider.get(here).status_code == 403
        assert stranger.get(here).status_code == 404
        assert stranger.post(f"{here}reset").status_code == 404
        assert insider.post(f"{here}reset").status_code == 403

    def test_persons_have_no_console(self, client: Client) -> None:
        start(client, make.person(make.house()))

        assert client.get("/console/identity/mine/").status_code == 403


class TestOrganizations:
    def test_grow_and_change(self, client: Client) -> None:
        house, _ = administrator(client)
        form = {"parent_id": str(house.id), "kind": "station", "name": "青竹里二站", "idempotency_key": "o"}

        client.post("/console/identity/organizations/", form)
        tree = client.get("/console/identity/organizations/").content.decode()
        wrong = client.post(
            "/console/identity/organizations/", form | {"kind": "operator", "idempotency_key": "p"}
        )
        one = re.search(r'/console/identity/organizations/([0-9a-f-]{36})/">青竹里二站', tree)
        assert one
        client.post(f"/console/identity/organizations/{one[1]}/", {"name": "青竹里三站", "phone": "0571-1"})

        assert wrong.status_code == 422
        found = acting(system(), timezone.now()).ask(
            queries.get_organization, Purpose.LEGAL, organization_id=UUID(one[1])
        )
        assert (found.name, found.phone, found.house_id) == ("青竹里三站", "0571-1", house.id)

    def test_a_role_of_the_houses_own_is_made_like_another_and_changed(self, client: Client) -> None:
        administrator(client)
        roles = client.get("/console/identity/roles/").content.decode()
        like = re.search(r"/console/identity/roles/new\?like=[0-9a-f-]{36}", roles)
        assert like
        page = client.get(like[0]).content.decode()
        held = re.findall(r'name="permissions" value="([\w.]+)" checked', page)

        client.post("/console/identity/roles/new", {"name": "夜班", "permissions": held})
        own = address_of("夜班", client)
        nothing = client.post(own, {"name": "夜班"})
        changed = client.post(own, {"name": "夜班二", "permissions": held[:1]})

        assert held
        assert nothing.status_code == 422
        assert changed.status_code == 303
        assert "夜班二" in client.get("/console/identity/roles/").content.decode()

    def test_a_default_role_is_changed_for_this_house_after_it_is_said_what_that_means(
        self, client: Client
    ) -> None:
        administrator(client)
        default = address_of("护士", client)
        warned = client.get(default).content.decode()

        client.post(default, {"name": "护士", "permissions": ["visits.record"]})

        own = address_of("护士", client)
        assert own != default
        assert ("这是默认角色" in warned, "这是默认角色" in client.get(own).content.decode()) == (True, False)
        assert client.get(default)["Location"] == own  # whoever goes back

    def test_what_a_role_may_do_is_shown_in_words(self, client: Client) -> None:
        administrator(client)

        page = client.get("/console/identity/roles/").content.decode()

        assert "管员工账号、角色和站点" in page
        assert "identity.manage" not in page

    def test_switching_goes_where_one_has_a_role(self, client: Client) -> None:
        operator = make.house(kind="operator", name="安家运营")
        start(client, make.staff(operator, role_code="administrator"))
        client.post(
            "/console/identity/organizations/",
            {"parent_id": str(operator.id), "kind": "institution", "name": "城北中心"},
        )

        page = client.get("/console/identity/switch/").content.decode()
        house = re.search(r'value="([0-9a-f-]{36})"', page)
        assert house
        client.post("/console/identity/switch/", {"organization_id": house[1]})

        found = who(client)
        assert found
        assert str(found.organization_id) == house[1]
        other = make.house()
        assert client.post("/console/identity/switch/", {"organization_id": str(other.id)}).status_code == 403


def address_of(role: str, client: Client) -> str:
    page = client.get("/console/identity/roles/").content.decode()
    found = re.search(rf'<b>{role}\s*</b><br><a href="(/console/identity/roles/[0-9a-f-]{{36}}/)"', page)
    assert found
    return found[1]
