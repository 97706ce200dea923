"""Another number for whoever acts for a resident."""

from uuid import UUID

import pytest

from anjia.identity.models import Account, Session
from anjia.identity.rules import Refused
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.encryption import blind
from anjia.kernel.errors import Invalid, NotAllowed, NotFound
from anjia.kernel.files import FileNotKnown
from anjia.kernel.work import acting
from anjia.residents.commands import (
    ask_for_number,
    confirm_number,
    drop_number,
    make_activation_slip,
    redeem_activation,
)
from anjia.residents.models import Grant, NumberChange, Resident
from anjia.residents.queries import (
    grants_of,
)
from anjia.residents.rules import (
    NumberWaits,
    SameWitness,
)
from tests import make
from tests.identity import make as make_identity
from tests.make import NOON
from tests.residents import make as make_residents
from tests.residents.make import PAPER, PERSON, colleague_of

pytestmark = pytest.mark.usefixtures("database")


class TestAnotherNumber:
    """Of an account that acts for her: a number that was given away would let whoever has it now sign in as her."""

    OLD, NEW = "13900005678", "13700002468"

    @pytest.fixture
    def desk(self) -> Actor:
        return make.actor(
            "residents.read",
            "residents.grant",
            "identity.open_account",
            "identity.change_account",
            "files.store",
            organization_id=make_identity.house().id,
        )

    @pytest.fixture
    def mother(self, desk: Actor) -> Resident:
        return make_residents.resident(served_by=desk, phones=[self.OLD])

    @pytest.fixture
    def grant(self, desk: Actor, mother: Resident) -> Grant:
        slip = acting(desk, NOON).do(make_activation_slip, resident_id=mother.id)
        acting(system(desk.organization_id), NOON).do(
            redeem_activation, code=slip.code, phone_last_four="5678"
        )
        [grant] = acting(desk, NOON).ask(grants_of, Purpose.CONTRACT, resident_id=mother.id, now=NOON)
        return grant

    def ask(self, desk: Actor, grant: Grant, phone: str = NEW) -> NumberChange:
        return acting(desk, NOON).do(
            ask_for_number, grant_id=grant.id, phone=phone, photo=PAPER, content_type="image/png"
        )

    def known_by(self, phone: str) -> list[UUID]:
        rows = acting(system(), NOON).ask(
            lambda _: list(Account.objects.filter(phone_index=blind("phone", phone)))
        )
        return [row.id for row in rows]

    def sessions(self, account_id: UUID) -> int:
        return acting(system(), NOON).ask(
            lambda _: Session.objects.filter(account_id=account_id, ended_at=None).count()
        )

    def test_counts_when_a_second_person_has_seen_the_paper(self, desk: Actor, grant: Grant) -> None:
        asked = self.ask(desk, grant)
        assert (grant.account_id in self.known_by(self.OLD), self.sessions(grant.account_id)) == (True, 1)
        with pytest.raises(SameWitness):
            acting(desk, NOON).do(confirm_number, change_id=asked.id)

        acting(colleague_of(desk), NOON).do(confirm_number, change_id=asked.id)

        assert grant.account_id not in self.known_by(self.OLD)
        assert grant.account_id in self.known_by(self.NEW)
        assert self.sessions(grant.account_id) == 0
        [shown] = acting(desk, NOON).ask(grants_of, Purpose.CONTRACT, resident_id=grant.resident_id, now=NOON)
        assert shown.phone == self.NEW
        with pytest.raises(NotFound):
            acting(colleague_of(desk), NOON).do(confirm_number, change_id=asked.id)

    def test_leaves_slips_for_the_old_one_worth_nothing(self, desk: Actor, grant: Grant) -> None:
        slip = acting(desk, NOON).do(make_activation_slip, resident_id=grant.resident_id)
        acting(colleague_of(desk), NOON).do(confirm_number, change_id=self.ask(desk, grant).id)

        late = acting(system(desk.organization_id), NOON).do(
            redeem_activation, code=slip.code, phone_last_four="5678"
        )

        assert isinstance(late, Refused)

    def test_can_be_dropped(self, desk: Actor, grant: Grant) -> None:
        asked = self.ask(desk, grant)
        with pytest.raises(NumberWaits):
            self.ask(desk, grant, "13700001111")

        acting(desk, NOON).do(drop_number, change_id=asked.id)

        assert grant.account_id in self.known_by(self.OLD)
        self.ask(desk, grant, "13700001111")

    def test_is_for_the_desk_and_takes_a_mobile_number_and_a_photo(
        self, desk: Actor, mother: Resident, grant: Grant
    ) -> None:
        she = make_residents.holder(*PERSON, of=mother, relation="guardian")

        with pytest.raises(NotAllowed):
            self.ask(she, grant)
        with pytest.raises(Invalid):
            self.ask(desk, grant, "12345")
        with pytest.raises(FileNotKnown):
            acting(desk, NOON).do(
                ask_for_number, grant_id=grant.id, phone=self.NEW, photo=b"", content_type=""
            )

    def test_of_another_institution_is_none_of_the_desks_business(self, desk: Actor, grant: Grant) -> None:
        stranger = make.actor(*desk.permissions)

        with pytest.raises(NotFound):
            self.ask(stranger, grant)
        with pytest.raises(NotFound):
            acting(stranger, NOON).do(confirm_number, change_id=self.ask(desk, grant).id)
