"""What a resident agrees to."""

import hashlib
import struct
import zlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from anjia.documents import Document, Words
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import Invalid, NotFound
from anjia.kernel.files import content_of, store
from anjia.kernel.work import acting
from anjia.residents.commands import (
    enter_consent,
    give_consent,
    withdraw_consent,
)
from anjia.residents.queries import (
    agreement_of,
    check_consent,
    consents_of,
    copy_of_consent,
    paper_to_sign,
    signing,
)
from anjia.residents.rules import (
    ConsentMissing,
    OnlySheDecides,
    PaperMissing,
    SignatureMissing,
    TextNotAsSigned,
    TextNotCurrent,
    WitnessMissing,
    current_text,
)
from anjia.simulation.pictures import chunk, scribble
from tests.documents.test_pdf import characters_known
from tests.identity import make as make_identity
from tests.make import NOON, actor
from tests.residents import make as make_residents
from tests.residents.make import PAPER, PERSON
from tests.turns import impatient, turn_of_another

NOW_READ = current_text(Purpose.CARE).version

pytestmark = pytest.mark.usefixtures("database")


class TestConsent:
    def test_is_missing_until_it_is_given(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)

        for purpose in (Purpose.CARE, Purpose.VIDEO):
            with pytest.raises(ConsentMissing):
                acting(desk, NOON).ask(check_consent, purpose, resident_id=mother.id)
        make_residents.consent(of=mother)
        acting(desk, NOON).ask(check_consent, Purpose.CARE, resident_id=mother.id)
        with pytest.raises(ConsentMissing):
            acting(desk, NOON).ask(check_consent, Purpose.VIDEO, resident_id=mother.id)

    @pytest.mark.parametrize("purpose", [Purpose.CONTRACT, Purpose.LEGAL, Purpose.VITAL, Purpose.ACCESS])
    def test_is_not_asked_for_what_does_not_rest_on_it(self, desk: Actor, purpose: Purpose) -> None:
        mother = make_residents.resident(served_by=desk)

        acting(desk, NOON).ask(check_consent, purpose, resident_id=mother.id)

    def test_bites_at_the_next_unit_of_work_when_withdrawn(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        acting(she, NOON).do(give_consent, resident_id=mother.id, purpose="care", text_version=NOW_READ)
        acting(desk, NOON).ask(check_consent, Purpose.CARE, resident_id=mother.id)

        standing = acting(she, NOON).do(withdraw_consent, resident_id=mother.id, purpose="care")

        assert standing.state == "withdrawn"
        with pytest.raises(ConsentMissing):
            acting(desk, NOON).ask(check_consent, Purpose.CARE, resident_id=mother.id)

    def test_is_answered_by_one_at_a_time(self, desk: Actor) -> None:
        resident = make_residents.resident(served_by=desk)
        herself = make_residents.holder(*PERSON, of=resident, relation="self")

        with (
            turn_of_another(f"consent/{resident.id}/care"),
            pytest.raises(OperationalError, match="lock timeout"),
        ):
            acting(herself, NOON).do(impatient(withdraw_consent), resident_id=resident.id, purpose="care")

    def test_keeps_yes_and_no_apart_for_each_purpose(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        acting(she, NOON).do(
            give_consent, resident_id=mother.id, purpose="video", text_version=NOW_READ, agrees=False
        )
        acting(she, NOON).do(give_consent, resident_id=mother.id, purpose="care", text_version=NOW_READ)

        states = acting(she, NOON).ask(consents_of, Purpose.ACCESS, resident_id=mother.id)

        assert {one.text.purpose.value: one.state.value for one in states} == {
            "contract": "not_asked",
            "care": "given",
            "video": "refused",
        }

    def test_is_hers_and_her_guardians_to_give(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        daughter = make_residents.holder(*PERSON, of=mother)

        with pytest.raises(OnlySheDecides):
            acting(daughter, NOON).do(
                give_consent, resident_id=mother.id, purpose="care", text_version=NOW_READ
            )

    def test_is_given_to_the_text_of_today(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")

        with pytest.raises(TextNotCurrent):
            acting(she, NOON).do(give_consent, resident_id=mother.id, purpose="care", text_version=9)
        with pytest.raises(Invalid):
            acting(she, NOON).do(give_consent, resident_id=mother.id, purpose="ads", text_version=NOW_READ)

    def test_is_not_the_desks_to_say_without_her_own_paper(self, desk: Actor) -> None:
        mother, neighbour = (make_residents.resident(served_by=desk) for _ in range(2))
        paper = acting(desk, NOON).do(
            store, content=PAPER, content_type="image/png", resident_id=neighbour.id
        )
        says: dict[str, Any] = {"resident_id": mother.id, "purpose": "care", "text_version": NOW_READ}

        with pytest.raises(PaperMissing):
            acting(desk, NOON).do(give_consent, **says)
        with pytest.raises(NotFound):
            acting(desk, NOON).do(give_consent, **says, file_id=paper.id)


DESK = ("residents.read", "residents.consent", "files.store")
SIGNATURE = scribble(7)


def png_of(width: int, height: int) -> bytes:
    """Return a PNG that says that it is so large; what is in it, is not drawn here."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 5000)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


class TestAgreement:
    """Signed with the finger, or on paper; to one version of a text; ended as easily."""

    def sign(self, she: Actor, resident_id: Any, **says: Any) -> Any:
        sound: dict[str, Any] = {"purpose": "contract", "text_version": 1, "signature": SIGNATURE}
        return acting(she, says.pop("now", NOON)).do(give_consent, resident_id=resident_id, **sound | says)

    def test_is_signed_by_finger_to_this_very_text(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")

        signed = self.sign(she, mother.id)

        text = current_text(Purpose.CONTRACT)
        assert (signed.state, signed.text_version, signed.way) == ("given", text.version, "finger")
        assert (
            signed.digest
            == hashlib.sha256(
                f"{text.title}\n{text.text}\n{text.title_en}\n{text.text_en}".encode()
            ).hexdigest()
        )
        kept = acting(she, NOON).ask(content_of, Purpose.LEGAL, file_id=signed.file_id)
        assert kept[1] == SIGNATURE

    @pytest.mark.parametrize(
        "signature",
        [
            b"",
            b"a tick",
            b"\x89PNG\r\n\x1a\n" + b"x" * 40,
            scribble(1) + b"x" * 400_000,
            png_of(60_000, 60_000),
            png_of(0, 100),
        ],
    )
    def test_is_not_a_tick(self, desk: Actor, signature: bytes) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")

        with pytest.raises(SignatureMissing):
            self.sign(she, mother.id, signature=signature)

        assert acting(she, NOON).ask(agreement_of, Purpose.ACCESS, resident_id=mother.id).state == "not_asked"

    def test_says_that_her_guardian_has_signed(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        guardian = make_residents.holder(*PERSON, of=mother, relation="guardian", name="王建国")

        signed = self.sign(guardian, mother.id)

        assert (signed.signed_as, signed.signer, signed.witness) == ("guardian", "王建国", "")

    def test_by_finger_may_name_who_was_there(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        guardian = make_residents.holder(*PERSON, of=mother, relation="guardian", name="王建国")

        signed = self.sign(guardian, mother.id, witness=" 李静 ")

        assert (signed.signer, signed.witness) == ("王建国", "李静")

    def test_is_ended_without_signing_and_counts_no_more(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        self.sign(she, mother.id)

        self.sign(she, mother.id, agrees=False, signature=b"")

        assert (
            acting(desk, NOON).ask(agreement_of, Purpose.CONTRACT, resident_id=mother.id).state == "withdrawn"
        )

    def test_is_what_was_written_last_and_not_what_was_asked_for_last(self, desk: Actor) -> None:
        """Two answers at once wait for each other: the second may have come in a moment before the first."""
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        self.sign(she, mother.id)

        ended = self.sign(she, mother.id, agrees=False, signature=b"", now=NOON - timedelta(milliseconds=5))

        assert ended.state == "withdrawn"
        standing = acting(desk, NOON).ask(agreement_of, Purpose.CONTRACT, resident_id=mother.id)
        assert standing.state == "withdrawn"

    def test_is_renewed_in_its_last_month_and_not_before(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        self.sign(she, mother.id)

        early = self.sign(she, mother.id, now=NOON + timedelta(days=334))
        late = self.sign(she, mother.id, now=NOON + timedelta(days=335))

        assert (early.at, late.at) == (NOON, NOON + timedelta(days=335))

    def test_on_paper_names_who_signed_for_her_and_who_was_there(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        says: dict[str, Any] = {
            "resident_id": mother.id,
            "purpose": "contract",
            "text_version": 1,
            "photo": PAPER,
            "content_type": "image/png",
            "signed_as": "guardian",
        }

        with pytest.raises(WitnessMissing) as refusal:
            acting(desk, NOON).do(enter_consent, **says, signer="王建国")
        entered = acting(desk, NOON).do(enter_consent, **says, signer="王建国", witness="李静")

        assert list(refusal.value.fields) == ["witness"]
        assert (entered.way, entered.signer, entered.witness) == ("paper", "王建国", "李静")

    def test_comes_as_a_copy_with_the_text_that_was_signed(self, desk: Actor) -> None:
        mother, neighbour = (make_residents.resident(served_by=desk) for _ in range(2))
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        self.sign(she, mother.id, signature=scribble(1))

        copy = acting(she, NOON).ask(copy_of_consent, Purpose.ACCESS, resident_id=mother.id, asked="contract")

        assert copy.startswith(b"%PDF-")
        for asked, whose in (("care", mother), ("ads", mother), ("contract", neighbour)):
            with pytest.raises(NotFound):
                acting(she, NOON).ask(copy_of_consent, Purpose.ACCESS, resident_id=whose.id, asked=asked)

    @pytest.mark.parametrize("paper", [scribble(1)[:60], png_of(60_000, 60_000), b"\xff\xd8\xff\xe0 cut off"])
    def test_comes_as_a_copy_that_says_so_where_the_picture_of_the_paper_is_broken(
        self, desk: Actor, paper: bytes
    ) -> None:
        mother = make_residents.resident(served_by=desk)
        says: dict[str, Any] = {
            "resident_id": mother.id,
            "purpose": "contract",
            "photo": paper,
            "text_version": 1,
            "content_type": "image/jpeg" if paper[:1] == b"\xff" else "image/png",
        }
        acting(desk, NOON).do(enter_consent, **says)

        copy = acting(desk, NOON).ask(copy_of_consent, Purpose.LEGAL, resident_id=mother.id, asked="contract")

        assert set("签名的图打不开") <= characters_known(copy)
        assert b"/Subtype /Image" not in copy

    def test_is_printed_to_be_signed_at_the_desk_with_the_text_of_today(
        self, desk: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mother, stranger = make_residents.resident(served_by=desk), make_residents.resident(served_by=actor())
        printed: list[Document] = []
        monkeypatch.setattr(signing, "as_pdf", printed.append)

        acting(desk, NOON).ask(paper_to_sign, Purpose.LEGAL, resident_id=mother.id, asked="contract")

        text = current_text(Purpose.CONTRACT)
        said = {one.name: one.words for one in printed[0].parts if isinstance(one, Words)}
        assert said["居民"] == mother.name
        assert text.digest in said.values()
        assert "监护人签的，监护人姓名和签字" in said
        assert text.text.split("\n")[0] in [one.words for one in printed[0].parts if isinstance(one, Words)]
        for asked, whose in (("ads", mother), ("contract", stranger)):
            with pytest.raises(NotFound):
                acting(desk, NOON).ask(paper_to_sign, Purpose.LEGAL, resident_id=whose.id, asked=asked)

    @pytest.mark.parametrize("paper", [copy_of_consent, paper_to_sign])
    def test_names_the_institution_that_she_has_it_with(
        self, monkeypatch: pytest.MonkeyPatch, paper: Any
    ) -> None:
        house = make_identity.house()
        desk = actor(*DESK, organization_id=house.id)
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        self.sign(she, mother.id, signature=scribble(1))
        printed: list[Document] = []
        monkeypatch.setattr(signing, "as_pdf", printed.append)

        acting(desk, NOON).ask(paper, Purpose.LEGAL, resident_id=mother.id, asked="contract")

        said = {one.name: one.words for one in printed[0].parts if isinstance(one, Words)}
        assert said["机构"].startswith(house.name)

    @pytest.mark.parametrize("part", ["title", "text", "title_en", "text_en"])
    def test_comes_as_no_copy_of_other_words_than_those_that_were_signed(
        self, desk: Actor, monkeypatch: pytest.MonkeyPatch, part: str
    ) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        self.sign(she, mother.id, signature=scribble(1))
        edited: dict[str, Any] = {part: "edited in place"}
        altered = replace(current_text(Purpose.CONTRACT), **edited)
        monkeypatch.setattr(signing, "text_of", lambda asked, version: altered)

        with pytest.raises(TextNotAsSigned):
            acting(she, NOON).ask(copy_of_consent, Purpose.ACCESS, resident_id=mother.id, asked="contract")
