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


class TestSm4Gcm:
    def test_opens_what_it_has_sealed_and_nothing_that_was_changed(self) -> None:
        cipher = encryption.Sm4Gcm(b"k" * 16)
        sealed = cipher.encrypt(b"n" * 12, "张桂芳".encode(), b"t|c|1")

        assert cipher.decrypt(b"n" * 12, sealed, b"t|c|1").decode() == "张桂芳"
        for other in (sealed[:-1] + bytes([sealed[-1] ^ 1]), bytes([sealed[0] ^ 1]) + sealed[1:]):
            with pytest.raises(InvalidTag):
                cipher.decrypt(b"n" * 12, other, b"t|c|1")
        with pytest.raises(InvalidTag):
            cipher.decrypt(b"n" * 12, sealed, b"t|c|2")

    def test_is_the_cipher_of_the_standard(self) -> None:
        """Source: RFC 8998, appendix A.1."""
        cipher = encryption.Sm4Gcm(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
        plain = b"".join(bytes([letter]) * 8 for letter in bytes.fromhex("AABBCCDDEEFFEEAA"))

        sealed = cipher.encrypt(
            bytes.fromhex("00001234567800000000ABCD"),
            plain,
            bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"),
        )

        assert sealed.hex().upper() == (
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
            "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
            "83DE3541E4C2B58177E065A9BF7B62EC"
        )


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
