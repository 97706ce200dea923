import hashlib
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from anjia.kernel.actors import NEEDS_CONSENT, Purpose
from anjia.kernel.errors import Invalid
from anjia.residents.models import Resident
from anjia.residents.rules import (
    ConsentState,
    CoveredAlike,
    RelativeRow,
    card_payload,
    check_allows,
    check_relation,
    check_until,
    chronic_of,
    consent_texts,
    digits_of,
    last_four,
    masked_phone,
    pinyin_of,
    range_of,
    read_card,
    relatives_uncovered,
    spaced,
    state_of,
    tokens_of,
    uncovered,
)
from tests.make import NOON


def mac(purpose: str, message: bytes) -> bytes:
    return hashlib.sha256(purpose.encode() + message).digest()


class TestNames:
    @pytest.mark.parametrize(
        ("name", "pinyin"),
        [
            ("张桂芳", "zhang gui fang"),
            ("单田芳", "shan tian fang"),
            ("曾祥云", "zeng xiang yun"),
            ("仇凤英", "qiu feng ying"),
            ("尉迟恭", "yu chi gong"),
            ("吕秀兰", "lv xiu lan"),
            ("阿依古丽·买买提", "a yi gu li mai mai ti"),
            ("Mary Ann Smith", "mary ann smith"),
        ],
    )
    def test_are_read_as_people_read_them(self, name: str, pinyin: str) -> None:
        assert pinyin_of(name) == pinyin

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("张桂芳", "张桂"),
            ("张桂芳", "桂芳"),
            ("张桂芳", "zhangg"),
            ("张桂芳", "zhang gui"),
            ("张桂芳", "ZGF"),
            ("张桂芳", "guifang"),
            ("吕秀兰", "lü"),
            ("Mary Ann Smith", "smi"),
        ],
    )
    def test_are_found_by_what_they_begin_with(self, name: str, said: str) -> None:
        first, last = range_of(said)

        assert any(first <= token < last for token in tokens_of(name))

    def test_are_not_found_by_what_they_do_not_begin_with(self) -> None:
        first, last = range_of("李")

        assert not any(first <= token < last for token in tokens_of("张桂芳"))


class TestPhones:
    @pytest.mark.parametrize(
        ("number", "four"), [("13800001234", "1234"), ("010-62345678", "5678"), ("0311-87654321-802", "4321")]
    )
    def test_are_known_by_their_last_four(self, number: str, four: str) -> None:
        assert last_four(number) == four

    def test_are_shown_covered(self) -> None:
        assert masked_phone("13800001234") == "138****1234"


class TestChronic:
    def test_is_coded_where_we_know_it_and_kept_where_not(self) -> None:
        assert chronic_of(["高血压病", "2型糖尿病", "痛风", "高血压"]) == ("hypertension", "diabetes", "痛风")


class TestCard:
    def test_says_whose_it_is(self) -> None:
        resident_id = uuid4()

        assert read_card(card_payload(resident_id, 3, mac=mac), mac=mac) == (resident_id, 3)

    def test_cannot_be_made_up_or_changed(self) -> None:
        said = card_payload(uuid4(), 3, mac=mac)

        assert read_card(said.replace(":3:", ":4:"), mac=mac) is None
        assert read_card(said[:-1] + ("A" if said[-1] != "A" else "B"), mac=mac) is None
        assert read_card("随便什么", mac=mac) is None


class TestConsentTexts:
    def test_are_there_for_every_purpose_that_needs_consent_in_both_languages(self) -> None:
        assert set(consent_texts()) == NEEDS_CONSENT | {Purpose.CONTRACT}
        for texts in consent_texts().values():
            assert [text.version for text in texts] == list(range(1, len(texts) + 1))
            assert all(text.text and text.title and text.text_en and text.title_en for text in texts)

    @pytest.mark.parametrize("part", ["谁用", "用什么", "做什么", "怎么存", "不同意会怎样", "您的权利"])
    def test_say_what_the_law_wants_said(self, part: str) -> None:
        """PIPL art. 17 and 30."""
        for asked, texts in consent_texts().items():
            assert asked is Purpose.CONTRACT or all(part in text.text for text in texts)

    @pytest.mark.parametrize("part", ["服务内容", "风险", "费用", "期限和终止", "我们要做的", "您要做的"])
    def test_say_what_an_agreement_has_to(self, part: str) -> None:
        """Clinical reference 5.1 and 5.2: content, risks, price, term, what both sides do, how it ends."""
        assert all(part in text.text for text in consent_texts()[Purpose.CONTRACT])

    def test_of_a_version_that_somebody_may_have_signed_are_never_changed(self) -> None:
        """Written down here, so that words cannot be edited in place: new words are a new version."""
        found = {
            (text.purpose.value, text.version): text.digest
            for texts in consent_texts().values()
            for text in texts
        }

        assert found == {
            ("contract", 1): "d0b796e447111064a55600b195a4a117430b40a6008551bad0633923d21d018f",
            ("care", 1): "01c82cbe80e0e3a2a49550d5b313fe24cdcaf0c3483ef4b1451fca473f03c84d",
            ("care", 2): "120d5998afbe11fc514002e4ca7876b41d8f89f735d2ef6210d72b44c7ba3edd",
            ("video", 1): "11b4585c369b436b4c27ce8712f61dad679547e46d8e6a8a77d042ea3fb15545",
            ("video", 2): "b5c4ab49832d77cca02859a734513d8fd353bbcc8d90e9ac8aafcf1d38848c06",
        }

    @pytest.mark.parametrize(
        ("asked", "version", "kept"),
        [
            ("contract", 1, "4a27bed942e909faae32c3b7d5b9b9b638b0c1ec078425614eb29aa7af26b3bc"),
            ("care", 1, "f185c485ed206703ae81696907d0c0d5ae4fcc1c89ba1281b72815893fe7a53c"),
            ("care", 2, "49a9be6948de7f05da3ac51413d26aedff264ae7d3fd22b466459e6377aeb13e"),
            ("video", 1, "823ac710151144eb577b73eaca54e3fec019568b5e7aa70c90754ef324b0a710"),
            ("video", 2, "ccefb77bcd9daf26e1c0996855101c43486f28d0086258628f3bb92c6c968401"),
        ],
    )
    def test_are_known_by_what_the_first_answers_keep_the_chinese_alone(
        self, asked: str, version: int, kept: str
    ) -> None:
        text = next(one for one in consent_texts()[Purpose(asked)] if one.version == version)

        assert text.is_what_was_signed(kept)
        assert not text.is_what_was_signed("0" * 64)

    def test_stand_as_last_answered(self) -> None:
        assert state_of(Purpose.CARE, None, None) is ConsentState.NOT_ASKED
        assert state_of(Purpose.CARE, "given", 1) is ConsentState.GIVEN
        assert state_of(Purpose.CARE, "given", 0) is ConsentState.ASKED_AGAIN
        assert state_of(Purpose.CARE, "withdrawn", 1) is ConsentState.WITHDRAWN


class TestGrants:
    def test_allow_something_known(self) -> None:
        assert check_allows(["record", "visits"]) == ["visits", "record"]
        for wrong in ([], ["everything"]):
            with pytest.raises(Invalid):
                check_allows(wrong)

    def test_are_for_family_or_a_guardian(self) -> None:
        with pytest.raises(Invalid):
            check_relation("self")

    def test_do_not_end_before_they_begin(self) -> None:
        check_until(NOON + timedelta(days=1), now=NOON)
        with pytest.raises(Invalid):
            check_until(NOON, now=NOON)


class TestSlips:
    def test_are_read_out_in_fours(self) -> None:
        assert spaced("123456789012") == "1234 5678 9012"
        assert digits_of("１234-5678 9012") == "123456789012"


class TestAge:
    def test_counts_whole_years(self) -> None:
        resident = Resident(id=uuid4(), birth_year=1949, birth_date="1949-12-31")

        assert resident.age_on(NOON.date()) == 76
        assert resident.age_on(NOON.date().replace(month=12, day=31)) == 77


class TestUncovered:
    def test_takes_a_covered_number_for_the_one_that_is_kept(self) -> None:
        lines = ["****78（邻居）", "138****5678（女儿）", "13900001111"]

        assert uncovered(lines, ["13812345678", "345678"]) == [
            "345678（邻居）",
            "13812345678（女儿）",
            "13900001111",
        ]

    def test_does_not_guess_which_of_two_alike_was_crossed_out(self) -> None:
        kept = ["13811115678", "13822225678"]

        assert uncovered(["138****5678", "138****5678"], kept) == kept
        with pytest.raises(CoveredAlike):
            uncovered(["138****5678"], kept)

    def test_leaves_what_nobody_has_for_the_form_to_refuse(self) -> None:
        assert uncovered(["139****5678"], ["13812345678"]) == ["139****5678"]

    def test_knows_a_relative_by_name_where_two_numbers_look_alike(self) -> None:
        daughter, son = (
            RelativeRow(name=name, phone=phone)
            for name, phone in (("李小梅", "13811115678"), ("李建军", "13822225678"))
        )

        assert relatives_uncovered([replace(son, phone="138****5678")], [daughter, son]) == [son]
        with pytest.raises(CoveredAlike):
            relatives_uncovered([RelativeRow(name="李建", phone="138****5678")], [daughter, son])
