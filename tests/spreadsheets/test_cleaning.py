from datetime import date, datetime

import pytest

from anjia.spreadsheets.cleaning import (
    Cell,
    date_of,
    id_number_of,
    month_of,
    name_of,
    narrow,
    phones_of,
    sex_of,
    short_text_of,
    text_of,
    yes_or_no,
)
from anjia.spreadsheets.words import Unclean

TODAY = date(2026, 3, 2)


class TestTextOf:
    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            (None, ""),
            ("  和平里\u3000七区\n12号楼 ", "和平里 七区 12号楼"),
            ("\ufeff张桂芳\u200b", "张桂芳"),
            (13800001234.0, "13800001234"),
            (3.5, "3.5"),
            (True, "是"),
            (datetime(1945, 3, 2), "1945-03-02"),  # noqa: DTZ001  # a spreadsheet knows no time zone
        ],
    )
    def test_is_one_clean_line(self, cell: Cell, text: str) -> None:
        assert text_of(cell) == text

    def test_keeps_full_width_signs_that_are_meant(self) -> None:
        assert text_of("和平里（北）") == "和平里（北）"

    def test_makes_full_width_digits_narrow_where_a_number_is_meant(self) -> None:
        assert narrow("１１０１０５１９４９１２３１００２Ｘ") == "11010519491231002X"

    def test_refuses_what_nobody_would_write(self) -> None:
        with pytest.raises(Unclean):
            short_text_of("长" * 501)


class TestNameOf:
    @pytest.mark.parametrize(
        ("cell", "name"),
        [
            ("张桂芳", "张桂芳"),
            ("王  芳", "王芳"),
            ("王\u3000芳", "王芳"),
            ("阿依古丽·买买提", "阿依古丽·买买提"),
            ("阿依古丽•买买提", "阿依古丽·买买提"),
            ("Mary Ann Smith", "Mary Ann Smith"),
        ],
    )
    def test_drops_blanks_that_are_for_looks(self, cell: str, name: str) -> None:
        assert name_of(cell) == name

    @pytest.mark.parametrize("cell", ["", None, "13800001234", "张三1", "---"])
    def test_refuses_what_is_no_name(self, cell: Cell) -> None:
        with pytest.raises(Unclean):
            name_of(cell)


class TestDateOf:
    @pytest.mark.parametrize(
        "cell",
        [
            "1945.3.2",
            "1945-03-02",
            "1945/3/2",
            "1945年3月2日",
            "1945年03月02号",
            "1945 年 3 月 2 日",
            "１９４５．３．２",
            "1945。3。2".replace("。", "."),
            "1945、3、2",
            "19450302",
            19450302,
            19450302.0,
            16498,  # a spreadsheet's count of days
            16498.0,
            "16498",
            "1945-03-02 00:00:00",
            date(1945, 3, 2),
            datetime(1945, 3, 2, 8, 30),  # noqa: DTZ001
        ],
    )
    def test_understands_what_people_write(self, cell: Cell) -> None:
        assert date_of(cell) == date(1945, 3, 2)

    def test_knows_the_count_of_days_of_somebody_very_old(self) -> None:
        assert date_of(8000.0) == date(1921, 11, 25)

    @pytest.mark.parametrize("cell", ["", None, "-", "无", "不详", "长期"])
    def test_lets_it_be_missing(self, cell: Cell) -> None:
        assert date_of(cell) is None

    @pytest.mark.parametrize(
        ("cell", "code"),
        [
            ("1945.3", "date.incomplete"),
            (1945.3, "date.incomplete"),
            ("1945年", "date.incomplete"),
            (1945, "date.incomplete"),
            ("1945.2.30", "date.unreal"),
            ("1945.13.2", "date.unreal"),
            ("19451345", "date.unreal"),
            ("45.3.2", "date.unknown"),
            ("去年", "date.unknown"),
        ],
    )
    def test_refuses_in_words(self, cell: Cell, code: str) -> None:
        with pytest.raises(Unclean) as refusal:
            date_of(cell)

        assert refusal.value.code == code


class TestMonthOf:
    @pytest.mark.parametrize("cell", ["2010.7", 2010.7, "2010年7月", "2010-07", "２０１０．７", "2010/7"])
    def test_is_the_first_of_the_month_that_is_named(self, cell: Cell) -> None:
        assert month_of(cell) == date(2010, 7, 1)

    @pytest.mark.parametrize("cell", [None, "", "2010", "2010.7.5", date(2010, 7, 5), "去年"])
    def test_leaves_what_is_no_month_to_others(self, cell: Cell) -> None:
        assert month_of(cell) is None

    def test_asks_which_month_a_number_means_that_may_have_lost_its_nought(self) -> None:
        assert (month_of("2010.10"), month_of("2010.1")) == (date(2010, 10, 1), date(2010, 1, 1))

        with pytest.raises(Unclean) as refusal:
            month_of(2010.1)

        assert refusal.value.code == "date.month_unclear"

    def test_refuses_a_month_that_there_is_not(self) -> None:
        with pytest.raises(Unclean) as refusal:
            month_of("2010.13")

        assert refusal.value.code == "date.unreal"


class TestPhonesOf:
    @pytest.mark.parametrize(
        ("cell", "numbers"),
        [
            ("13800001234", ["13800001234"]),
            (13800001234, ["13800001234"]),
            (13800001234.0, ["13800001234"]),
            ("１３８００００１２３４", ["13800001234"]),
            ("138-0000-1234", ["13800001234"]),
            ("138 0000 1234", ["13800001234"]),
            ("+86 13800001234", ["13800001234"]),
            ("8613800001234", ["13800001234"]),
            ("13800001234/13900005678", ["13800001234", "13900005678"]),
            ("13800001234、13900005678；010-62345678", ["13800001234", "13900005678", "010-62345678"]),
            ("13800001234 13900005678", ["13800001234", "13900005678"]),
            ("13800001234\n13900005678", ["13800001234", "13900005678"]),
            ("13800001234,13800001234", ["13800001234"]),
            ("13800001234或62345678", ["13800001234", "62345678"]),
            ("010 62345678", ["010-62345678"]),
            ("(010)62345678", ["010-62345678"]),
            ("01062345678", ["010-62345678"]),
            ("0311-87654321-802", ["0311-87654321-802"]),
            ("031187654321", ["0311-87654321"]),
            ("6234 5678", ["62345678"]),
            ("400-800-1234", ["4008001234"]),
            ("", []),
            (None, []),
            ("无", []),
        ],
    )
    def test_understands_what_people_write(self, cell: Cell, numbers: list[str]) -> None:
        assert [phone.number for phone in phones_of(cell)] == numbers

    @pytest.mark.parametrize(
        ("cell", "written"),
        [
            ("13800001234(儿子)", ("13800001234", "儿子")),
            ("13800001234（女儿/监护人）", ("13800001234", "女儿监护人")),
            ("儿子:13800001234", ("13800001234", "儿子")),
            ("儿子13800001234", ("13800001234", "儿子")),
            ("女儿（13800001234）", ("13800001234", "女儿")),
        ],
    )
    def test_keeps_whose_it_is(self, cell: str, written: tuple[str, str]) -> None:
        assert [(phone.number, phone.label) for phone in phones_of(cell)] == [written]

    @pytest.mark.parametrize(
        "cell",
        ["1380000123", "138000012345", "12800001234", "123", "13800001234/1390000567", 1.3800001234139e21],
    )
    def test_refuses_in_words(self, cell: Cell) -> None:
        with pytest.raises(Unclean) as refusal:
            phones_of(cell)

        assert "电话" in str(refusal.value)


class TestYesOrNo:
    @pytest.mark.parametrize(
        ("cell", "said"),
        [
            ("是", True),
            ("Y", True),
            ("√", True),
            (1, True),
            (True, True),
            ("独居", True),
            ("否", False),
            ("×", False),
            (0.0, False),
            ("无", False),
            ("非独居", False),
            ("", None),
            ("不详", None),
        ],
    )
    def test_understands(self, cell: Cell, said: bool | None) -> None:
        assert yes_or_no(cell) is said

    def test_refuses_to_guess(self) -> None:
        with pytest.raises(Unclean):
            yes_or_no("偶尔")


class TestSexOf:
    @pytest.mark.parametrize(
        ("cell", "sex"),
        [("男", "male"), ("女性", "female"), (1.0, "male"), ("２", "female"), ("M", "male"), ("", None)],
    )
    def test_understands(self, cell: Cell, sex: str | None) -> None:
        assert sex_of(cell) == sex

    def test_refuses_to_guess(self) -> None:
        with pytest.raises(Unclean):
            sex_of("老人")


class TestIdNumberOf:
    @pytest.mark.parametrize(
        "cell",
        [
            "11010519491231002X",
            "１１０１０５１９４９１２３１００２Ｘ",
            " 110105 19491231 002x ",
            "'11010519491231002X",
            "110105-19491231-002X",
        ],
    )
    def test_reads_it_however_it_is_spaced(self, cell: str) -> None:
        found = id_number_of(cell, today=TODAY)

        assert found is not None
        assert found.number == "11010519491231002X"

    @pytest.mark.parametrize("cell", ["", None, "无", "-"])
    def test_lets_it_be_missing(self, cell: Cell) -> None:
        assert id_number_of(cell, today=TODAY) is None

    def test_reads_an_old_number_that_was_kept_as_a_number(self) -> None:
        found = id_number_of(110105491231002.0, today=TODAY)

        assert found is not None
        assert found.number == "11010519491231002X"

    @pytest.mark.parametrize(
        "cell",
        [
            1.10105194912310e17,
            110105194912310000,
            110105194912310021,  # a number cell of 18 digits cannot have kept them
            "1.10105E+17",
            "1.10105e17",
            "１．１０１０５Ｅ＋１７",
            "110105194912310000",
            "110105194912319000",
        ],
    )
    def test_refuses_what_a_spreadsheet_has_rounded_and_says_what_to_do(self, cell: Cell) -> None:
        with pytest.raises(Unclean) as refusal:
            id_number_of(cell, today=TODAY)

        assert refusal.value.code == "id_number.rounded"
        assert "文本" in str(refusal.value)

    def test_refuses_a_rounded_number_even_where_the_check_digit_fits_by_chance(self) -> None:
        with pytest.raises(Unclean) as refusal:
            id_number_of("110105194912313000", today=TODAY)

        assert refusal.value.code == "id_number.rounded"
