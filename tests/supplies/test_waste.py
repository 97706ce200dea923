"""Rule WASTE (医疗废物管理条例 12, 16, 17): registered, sealed, handed over by two, kept, never edited."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError
from django.test import Client
from django.utils import timezone, translation

from anjia.identity.commands import start_session
from anjia.identity.queries import get_organization
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.supplies import commands, queries
from anjia.supplies.models import WasteBag
from anjia.supplies.queries import WasteLine
from anjia.supplies.rules.stock import SuppliesInvalid, WhyMissing
from anjia.supplies.rules.waste import NotStored, OnlyOnce, SamePerson, WasteState
from anjia.visits.models import Visit
from tests.identity import make as identity
from tests.make import NOON, actor
from tests.supplies.make import KEEPER, House, house
from tests.turns import impatient, turn_of_another
from tests.visits.make import fact, say

SENDING = "/console/supplies/waste/sending"

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def visit(here: House) -> Visit:
    return here.town.visit(here.nurse)


def packed(visit: Visit, **says: Any) -> dict[str, Any]:
    sound: dict[str, Any] = {"waste_class": "infectious", "bags": 1, "weight_g": 120, "seal": "QX-0001"}
    return fact(visit, "waste", **sound | says)


def register(here: House, *, hours: float = 30, **says: Any) -> list[WasteLine]:
    return (
        acting(here.keeper, NOON)
        .ask(queries.waste_register, Purpose.LEGAL, now=NOON + timedelta(hours=hours), **says)
        .items
    )


@pytest.fixture
def line(here: House, visit: Visit) -> WasteLine:
    say(here.nurse, packed(visit))
    here.hear()
    [one] = register(here)
    return one


def later(visit_hours: float = 25) -> Any:
    return NOON + timedelta(hours=visit_hours)


def hand_over(here: House, line: WasteLine, by: Actor | None = None) -> None:
    acting(by or here.nurse, later()).do(
        commands.hand_waste_over, waste_id=line.row.root_id, handed_at=later()
    )


def take_in(here: House, line: WasteLine, by: Actor | None = None) -> None:
    acting(by or here.keeper, later()).do(
        commands.take_waste_in, waste_id=line.row.root_id, station_id=here.id
    )


class TestRecordWaste:
    def test_enters_what_the_field_says_once(self, here: House, visit: Visit) -> None:
        said = packed(visit)
        for _ in range(2):
            say(here.nurse, said)
            here.hear()

        [one] = register(here)
        assert (one.class_words, one.row.weight_g, one.row.seal) == ("感染性", 120, "QX-0001")
        assert (one.row.closed_at, one.carried_by, one.state) == (
            visit.starts_at,
            "李秋萍",
            WasteState.CARRIED,
        )
        assert one.row.service == "伤口换药"
        with translation.override("en"):
            assert one.row.service == "Wound dressing"

    def test_looks_what_is_known_only_in_its_turn(self, here: House, visit: Visit, line: WasteLine) -> None:
        """Who looks before her turn enters what another is just entering."""
        with (
            turn_of_another(f"waste/{visit.id}"),
            pytest.raises(OperationalError, match="lock timeout"),
        ):
            acting(here.town.system, NOON).do(impatient(commands.record_waste), visit_id=visit.id)

    @pytest.mark.parametrize("wrong", [{"waste_class": "other"}, {"bags": 0}, {"weight_g": -5}, {"seal": ""}])
    def test_of_what_nobody_could_enter_says_so_to_the_phone(
        self, here: House, visit: Visit, wrong: dict[str, Any]
    ) -> None:
        receipt = say(here.nurse, packed(visit, **wrong))

        assert [one.code for one in receipt.refused] == ["visits.fact_unreadable"]

    def test_says_that_two_bags_have_one_seal(self, here: House, visit: Visit) -> None:
        say(here.nurse, packed(visit), packed(visit, waste_class="sharps"))
        here.hear()

        assert [one.is_double for one in register(here)] == [True, True]

    @pytest.mark.parametrize("typed", [" QX-0001", "ＱＸ－０００１", "QX-0001\u200b", "\u202eQX - 0001"])
    def test_knows_a_seal_however_it_was_typed(self, here: House, visit: Visit, typed: str) -> None:
        say(here.nurse, packed(visit), packed(visit, seal=typed))
        here.hear()

        assert [(one.row.seal, one.is_double) for one in register(here)] == [("QX-0001", True)] * 2

    def test_lets_her_who_carries_it_put_the_seal_right_by_a_new_line(
        self, here: House, visit: Visit
    ) -> None:
        say(here.nurse, packed(visit), packed(visit, waste_class="sharps"))
        here.hear()
        one, other = register(here)

        acting(here.nurse, NOON).do(commands.correct_seal, waste_id=one.row.root_id, seal=" QX-0002 ")

        found = {line.row.root_id: line for line in register(here)}
        corrected = found[one.row.root_id]
        assert (corrected.row.seal, corrected.row.number, corrected.row.bags) == ("QX-0002", 2, 1)
        assert (corrected.row.closed_at, corrected.row.waste_class) == (
            one.row.closed_at,
            one.row.waste_class,
        )
        assert [before.seal for before in corrected.before] == ["QX-0001"]
        assert corrected.row.why
        assert [corrected.is_double, found[other.row.root_id].is_double] == [False, False]

    def test_once_it_is_handed_over_leaves_the_seal_to_who_keeps_the_store(
        self, here: House, line: WasteLine
    ) -> None:
        stranger = actor("supplies.carry", organization_id=here.id, staff_id=here.id)
        with pytest.raises(NotFound):
            acting(stranger, NOON).do(commands.correct_seal, waste_id=line.row.root_id, seal="x")
        with pytest.raises(SuppliesInvalid):
            acting(here.nurse, NOON).do(commands.correct_seal, waste_id=line.row.root_id, seal=" ")
        hand_over(here, line)

        with pytest.raises(OnlyOnce):
            acting(here.nurse, NOON).do(commands.correct_seal, waste_id=line.row.root_id, seal="x")

        assert [one.row.seal for one in register(here)] == ["QX-0001"]


class TestHandOver:
    def test_counts_when_both_have_said_so_in_either_order(self, here: House, visit: Visit) -> None:
        say(here.nurse, packed(visit, seal="a"), packed(visit, seal="b"))
        here.hear()
        one, other = register(here)
        hand_over(here, one)
        assert register(here)[0].state == WasteState.HALF
        take_in(here, one)
        take_in(here, other)
        hand_over(here, other)

        assert {line.state for line in register(here)} == {WasteState.STORED}

    def test_is_not_both_halves_by_one_person(self, here: House, line: WasteLine) -> None:
        both = Actor(
            user_id=here.nurse.user_id, organization_id=here.id,
            permissions=here.nurse.permissions | set(KEEPER), staff_id=here.nurse.staff_id,
        )  # fmt: skip
        hand_over(here, line)

        with pytest.raises(SamePerson):
            take_in(here, line, by=both)

    def test_is_hers_who_carried_it(self, here: House, line: WasteLine) -> None:
        with pytest.raises(NotFound):
            hand_over(here, line, by=actor("supplies.carry", organization_id=here.id, staff_id=here.id))
        with pytest.raises(NotAllowed):
            take_in(here, line, by=here.nurse)

    def test_is_taken_in_once(self, here: House, line: WasteLine) -> None:
        take_in(here, line)

        with pytest.raises(OnlyOnce):
            take_in(here, line)

    def test_goes_off_her_list(self, here: House, line: WasteLine) -> None:
        def carried() -> int:
            return len(acting(here.nurse, NOON).ask(queries.own_waste, Purpose.CONTRACT, now=NOON))

        assert carried() == 1
        hand_over(here, line)
        assert carried() == 0


class TestSendAway:
    def send(self, here: House, *lines: WasteLine, **says: Any) -> None:
        sound: dict[str, Any] = {"to": "云杉医废处置中心", "method": "高温焚烧", "receipt": "H-7"}
        waste_ids = [line.row.root_id for line in lines]
        acting(here.keeper, later(30)).do(commands.send_waste_away, waste_ids=waste_ids, **sound | says)

    def stored(self, here: House, visit: Visit, *seals: str) -> list[WasteLine]:
        say(here.nurse, *(packed(visit, seal=seal) for seal in seals))
        here.hear()
        found = {line.row.seal: line for line in register(here)}
        for line in found.values():
            hand_over(here, line)
            take_in(here, line)
        return [found[seal] for seal in seals]

    def test_takes_those_that_were_chosen_and_leaves_the_others_in_the_store(
        self, here: House, visit: Visit
    ) -> None:
        first, second, third = self.stored(here, visit, "a", "b", "c")

        self.send(here, first, third)

        assert [line.row.seal for line in register(here, show="open")] == ["b"]
        waiting = acting(here.keeper, later(30)).ask(queries.stored_waste, Purpose.LEGAL, now=later(30))
        assert [line.row.root_id for line in waiting] == [second.row.root_id]

    def test_is_said_on_one_page_where_all_are_ticked_until_she_unticks(
        self, here: House, visit: Visit
    ) -> None:
        first, second = self.stored(here, visit, "a", "b")
        organization = acting(system(here.id), NOON).ask(
            get_organization, Purpose.LEGAL, organization_id=here.id
        )
        account = identity.staff(organization, role_code="manager")
        entry = acting(system(), timezone.now()).do(
            start_session, account_id=account.id, end="console", way="card"
        )
        browser = Client()
        browser.cookies["anjia_session"] = entry.token
        said = {"disposer": "云杉医废处置中心", "method": "", "waste_ids": [str(second.row.root_id)]}

        page = browser.get(SENDING).content.decode()
        refused = browser.post(SENDING, said)
        sent = browser.post(SENDING, said | {"method": "高温焚烧"})

        assert page.count('name="waste_ids"') == page.count(" checked>") == 2
        assert refused.status_code == 422
        assert refused.content.decode().count(" checked>") == 1
        assert sent.status_code == 302
        assert [line.row.seal for line in register(here, show="open")] == [first.row.seal]

    def test_takes_none_where_one_of_them_may_not_go_and_names_it(self, here: House, visit: Visit) -> None:
        first, second = self.stored(here, visit, "a", "b")
        say(here.nurse, packed(visit, seal="late"))
        here.hear()
        carried = next(line for line in register(here) if line.row.seal == "late")

        with pytest.raises(NotStored, match="封签 late"):
            self.send(here, first, second, carried)
        self.send(here, first)
        with pytest.raises(OnlyOnce, match="封签 a"):
            self.send(here, first, second)
        with pytest.raises(SuppliesInvalid):
            self.send(here)

        assert {line.row.seal for line in register(here, show="open")} == {"b", "late"}

    def test_waits_until_both_have_said_that_it_is_stored(self, here: House, line: WasteLine) -> None:
        hand_over(here, line)
        with pytest.raises(NotStored):
            self.send(here, line)
        take_in(here, line)
        with pytest.raises(SuppliesInvalid):
            self.send(here, line, to=" ")
        self.send(here, line)

        [gone] = register(here)
        assert gone.state == WasteState.GONE
        assert gone.taken_away is not None
        assert (gone.taken_away.step.to, gone.taken_away.step.method) == ("云杉医废处置中心", "高温焚烧")
        assert register(here, show="open") == []


class TestRegister:
    def test_warns_before_the_two_days_are_over(self, here: House, line: WasteLine) -> None:
        """The visit is at ten tomorrow, 22 hours from now."""
        hand_over(here, line)
        take_in(here, line)
        tones = {
            hours: (found.waiting.tone if (found := register(here, hours=22 + hours)[0]).waiting else "")
            for hours in (35, 37, 49)
        }

        assert tones == {35: "", 37: "warn", 49: "bad"}

    @pytest.mark.parametrize("deed", ["update", "delete"])
    def test_is_edited_by_nobody(self, here: House, line: WasteLine, deed: str) -> None:
        def edit(_: Actor) -> None:
            rows = WasteBag.objects.filter(id=line.row.id)
            rows.update(seal="x") if deed == "update" else rows.delete()

        with pytest.raises(DatabaseError, match=r"append-only|denied"):
            acting(here.keeper, NOON).ask(edit)

    def test_is_corrected_by_a_new_line_beside_the_old(self, here: House, line: WasteLine) -> None:
        sound: dict[str, Any] = {"waste_class": "sharps", "bags": 2, "weight_g": None, "seal": "QX-0009"}
        with pytest.raises(WhyMissing):
            acting(here.keeper, NOON).do(commands.correct_waste, waste_id=line.row.id, why="", **sound)
        acting(here.keeper, NOON).do(commands.correct_waste, waste_id=line.row.id, why="封签抄错", **sound)
        hand_over(here, line)

        [now] = register(here)
        assert (now.row.seal, now.row.bags, now.class_words, now.row.why) == (
            "QX-0009",
            2,
            "损伤性",
            "封签抄错",
        )
        assert [(one.seal, one.bags) for one in now.before] == [("QX-0001", 1)]
        assert now.state == WasteState.HALF

    def test_is_not_shown_to_another_house(self, here: House, line: WasteLine) -> None:
        elsewhere = house()

        assert register(elsewhere) == []
        with pytest.raises(NotFound):
            take_in(elsewhere, line)
