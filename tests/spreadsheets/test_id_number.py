"""The vectors are those of reference/clinical.md 7.4, rule ID18."""

from datetime import date

import pytest

from anjia.spreadsheets.id_number import check_digit, check_id_number, masked
from anjia.spreadsheets.words import Unclean

TODAY = date(2026, 3, 2)


class TestCheckIdNumber:
    @pytest.mark.parametrize(
        ("number", "sex", "born_on"),
        [
            ("11010519491231002X", "female", date(1949, 12, 31)),
            ("11010519491231002x", "female", date(1949, 12, 31)),
            ("440524188001010014", "male", date(1880, 1, 1)),
            ("34052419800101001X", "male", date(1980, 1, 1)),
        ],
    )
    def test_reads_sex_and_birthday(self, number: str, sex: str, born_on: date) -> None:
        found = check_id_number(number, today=TODAY)

        assert (found.number, found.sex, found.born_on) == (number.upper(), sex, born_on)
        assert found.is_checked

    @pytest.mark.parametrize(
        ("number", "code"),
        [
            ("340524198001010013", "id_number.check_digit"),
            ("110105194912310021", "id_number.check_digit"),
            ("1101051949123100", "id_number.length"),
            ("11010519491231002X1", "id_number.length"),
            ("110***********002X", "id_number.masked"),
            ("11010519491231X021", "id_number.characters"),
            ("11010519491231O021", "id_number.characters"),
            ("99010519491231002X", "id_number.place"),
            ("110105194902300021", "id_number.date"),
            ("110105194913010021", "id_number.date"),
            ("110105209912310021", "id_number.future"),
        ],
    )
    def test_refuses_in_words(self, number: str, code: str) -> None:
        with pytest.raises(Unclean) as refusal:
            check_id_number(number, today=TODAY)

        assert refusal.value.code == code
        assert "身份证号" in str(refusal.value)

    def test_says_how_many_digits_there_are(self) -> None:
        with pytest.raises(Unclean) as refusal:
            check_id_number("1101051949123100", today=TODAY)

        assert "只有 16 位" in str(refusal.value)

    def test_takes_todays_child_and_not_tomorrows(self) -> None:
        today, tomorrow = "11010520260302001", "11010520260303001"

        assert check_id_number(today + check_digit(today), today=TODAY).born_on == TODAY
        with pytest.raises(Unclean):
            check_id_number(tomorrow + check_digit(tomorrow), today=TODAY)

    def test_makes_18_digits_of_15_and_says_that_nothing_checks_them(self) -> None:
        found = check_id_number("110105491231002", today=TODAY)

        assert (found.number, found.is_checked) == ("11010519491231002X", False)

    def test_finds_every_single_wrong_digit(self) -> None:
        for place in range(18):
            for digit in "0123456789":
                wrong = "11010519491231002X"[:place] + digit + "11010519491231002X"[place + 1 :]
                if wrong != "11010519491231002X":
                    with pytest.raises(Unclean):
                        check_id_number(wrong, today=TODAY)


class TestMasked:
    def test_shows_the_first_three_and_the_last_four(self) -> None:
        assert masked("11010519491231002X") == "110***********002X"
