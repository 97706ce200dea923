import pytest
from cryptography.exceptions import InvalidTag

from anjia.kernel import encryption
from anjia.kernel.fields import EncryptedText
from anjia.kernel.models import Request
from anjia.kernel.work import acting
from tests import make
from tests.make import NOON


class TestSeal:
    def test_opens_only_where_it_was_sealed(self) -> None:
        sealed = encryption.seal("张桂芳".encode(), bound_to="residents_resident|name|1")

        assert encryption.unseal(sealed, bound_to="residents_resident|name|1").decode() == "张桂芳"
        with pytest.raises(InvalidTag):
            encryption.unseal(sealed, bound_to="residents_resident|name|2")

    def test_does_not_open_once_a_bit_is_changed(self) -> None:
        sealed = bytearray(encryption.seal(b"secret", bound_to="t|c|1"))
        sealed[-1] ^= 1

        with pytest.raises(InvalidTag):
            encryption.unseal(bytes(sealed), bound_to="t|c|1")

    def test_never_says_the_same_twice(self) -> None:
        assert len({encryption.seal(b"secret", bound_to="t|c|1") for _ in range(100)}) == 100


class TestBlind:
    def test_is_equal_for_equal_values_of_one_kind_only(self) -> None:
        assert encryption.blind("phone", "13800000000") == encryption.blind("phone", "13800000000")
        assert encryption.blind("phone", "13800000000") != encryption.blind("phone", "13800000001")
        assert encryption.blind("phone", "13800000000") != encryption.blind("id_number", "13800000000")


@pytest.mark.usefixtures("database")
class TestEncryptedText:
    def test_lies_in_the_database_as_something_else(self) -> None:
        clerk = make.actor()

        def keep(actor: object) -> tuple[Request, bytes]:
            made = Request.objects.create(
                organization_id=clerk.organization_id, user_id=clerk.user_id, key="k", at=NOON, reply="18 元"
            )
            [raw] = Request.objects.filter(id=made.id).values_list("reply", flat=True)
            return Request.objects.get(id=made.id), memoryview(raw).tobytes()  # type: ignore[arg-type]  # the raw column

        found, raw = acting(clerk, NOON).ask(keep)

        assert found.reply == "18 元"
        assert "18 元".encode() not in raw

    def test_cannot_be_searched(self) -> None:
        assert isinstance(Request._meta.get_field("reply"), EncryptedText)
        with pytest.raises(TypeError, match="encrypted"):
            Request.objects.filter(reply="18 元")
