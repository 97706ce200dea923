import pytest

from anjia.identity import jobs, ports
from anjia.identity.models import SignInCode
from anjia.integrations.errors import Permanent, Temporary
from anjia.kernel.actors import Actor, system
from anjia.kernel.work import acting
from tests.identity import make
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")


class Sender:
    def __init__(self, refuses: Exception | None = None) -> None:
        self.refuses, self.sent = refuses, list[tuple[str, str]]()

    def send(self, phone: str, code: str) -> None:
        if self.refuses:
            raise self.refuses
        self.sent.append((phone, code))


@pytest.fixture
def sender(monkeypatch: pytest.MonkeyPatch) -> Sender:
    sender = Sender()
    monkeypatch.setattr(ports, "code_sender", lambda: sender)
    return sender


def kept(code: SignInCode) -> SignInCode:
    def read(actor: Actor) -> SignInCode:
        return SignInCode.objects.get(id=code.id)

    return acting(system(), NOON).ask(read)


class TestSendCode:
    def test_brings_it_once_and_forgets_it(self, sender: Sender) -> None:
        account = make.person(make.house())
        code = make.code_for(account.phone)

        for _ in range(2):
            jobs.send_code(NOON, code_id=str(code.id))

        assert sender.sent == [(account.phone, code.code)]
        assert kept(code).code == ""
        assert make.entered(make.try_code(account.phone, code.code)).account_id == account.id

    def test_sends_nothing_to_a_phone_that_nobody_knows(self, sender: Sender) -> None:
        jobs.send_code(NOON, code_id=str(make.code_for(make.phone()).id))

        assert sender.sent == []

    def test_sends_nothing_that_is_over(self, sender: Sender) -> None:
        code = make.code_for(make.person(make.house()).phone)

        jobs.send_code(make.later(minutes=5), code_id=str(code.id))

        assert sender.sent == []

    def test_is_tried_again_when_it_may_work_later_and_only_then(self, sender: Sender) -> None:
        code = make.code_for(make.person(make.house()).phone)

        sender.refuses = Temporary("isv.BUSINESS_LIMIT_CONTROL")
        with pytest.raises(Temporary):
            jobs.send_code(NOON, code_id=str(code.id))
        sender.refuses = Permanent("isv.MOBILE_NUMBER_ILLEGAL")
        jobs.send_code(NOON, code_id=str(code.id))

        assert kept(code).sent_at is None
