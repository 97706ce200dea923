from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from anjia.imports.rules import (
    COLUMNS,
    Kind,
    clean_residents,
    clean_services,
    clean_staff,
    guess,
    recognise,
)
from anjia.imports.rules.services import fen_of, minutes_of, number_of
from anjia.imports.rules.staff import pattern_of
from anjia.spreadsheets.cleaning import Cell
from anjia.spreadsheets.sheets import Row
from anjia.spreadsheets.words import Unclean
from anjia.workforce.rules import PaperRow, PatternPart

TODAY = date(2026, 3, 2)


def rows(*lines: list[Cell]) -> list[Row]:
    return [Row(number, tuple(cells)) for number, cells in enumerate(lines, start=2)]


class TestRecognise:
    @pytest.mark.parametrize(
        ("title", "code"),
        [
            ("姓名", "name"),
            ("姓 名", "name"),
            ("老人姓名（必填）", "name"),
            ("身份证号码(18位)", "id_number"),
            ("*联系电话：", "phone"),
            ("电话2", "phone"),
            ("手机号码一", "phone"),
            ("家庭住址", "address"),
            ("建档时间", "filed_on"),
            ("慢性病情况", "chronic"),
            ("是否独居", "lives_alone"),
            ("紧急联系人电话", "relative_phone"),
            ("与本人关系", "relative_relation"),
            ("序号", None),
            ("没有收下的原因", None),
        ],
    )
    def test_knows_what_people_call_it(self, title: str, code: str | None) -> None:
        assert recognise(Kind.RESIDENTS, title) == code

    @pytest.mark.parametrize(
        ("title", "code"),
        [
            ("执业证书编号", "licence"),
            ("有效期至", "licence_until"),
            ("专科护士证书", "certificates"),
            ("工作年限（年）", "years"),
            ("排班", "pattern"),
        ],
    )
    def test_knows_the_columns_of_staff(self, title: str, code: str) -> None:
        assert recognise(Kind.STAFF, title) == code

    @pytest.mark.parametrize(("title", "code"), [("收费标准（元）", "price"), ("服务时长(分钟)", "duration")])
    def test_knows_the_columns_of_services(self, title: str, code: str) -> None:
        assert recognise(Kind.SERVICES, title) == code

    @pytest.mark.parametrize("kind", list(Kind))
    def test_knows_every_title_of_our_templates_and_none_twice(self, kind: Kind) -> None:
        assert [recognise(kind, column.title) for column in COLUMNS[kind]] == [
            column.code for column in COLUMNS[kind]
        ]

    def test_takes_the_first_of_two_unless_there_may_be_several(self) -> None:
        assert guess(Kind.RESIDENTS, ["name", "phone", "name", "phone"]) == ["name", "phone", None, "phone"]


class TestResidents:
    COLUMNS = (
        "name",
        "sex",
        "id_number",
        "birth_date",
        "phone",
        "relative_name",
        "relative_phone",
        "chronic",
    )

    def clean(self, *lines: list[Cell]) -> Any:
        return clean_residents(rows(*lines), self.COLUMNS, today=TODAY)

    def test_takes_a_row_without_an_id_number(self) -> None:
        [row] = self.clean(["张桂芳", "女", "", "1945.3.2", "13800001234"]).rows

        assert (row.name, row.sex_said, row.born_on, row.id_number) == (
            "张桂芳",
            "female",
            date(1945, 3, 2),
            None,
        )

    @pytest.mark.parametrize(
        ("said", "is_taken"), [("1949.12", True), ("1949年12月", True), ("1949", True), ("1949.11", False)]
    )
    def test_takes_the_day_of_the_id_number_where_only_the_month_is_said(
        self, said: str, is_taken: bool
    ) -> None:
        cleaned = self.clean(["张桂芳", "女", "11010519491231002X", said, "13800001234"])

        assert [row.born_on for row in cleaned.rows] == [date(1949, 12, 31)] * is_taken

    def test_says_everything_that_is_wrong_with_a_row(self) -> None:
        [bad] = self.clean(["张桂芳", "老", "110105194912310021", "1945.2.30", "138"]).bad

        assert [reason.column for reason in bad.reasons] == ["id_number", "sex", "birth_date", "phone"]

    def test_believes_the_id_number_and_not_a_sex_or_birthday_beside_it(self) -> None:
        [bad] = self.clean(["张桂芳", "男", "11010519491231002X", "1950.1.1"]).bad

        assert [reason.column for reason in bad.reasons] == ["sex", "birth_date"]

    def test_takes_each_person_once(self) -> None:
        line: list[Cell] = ["张桂芳", "女", "11010519491231002X"]
        cleaned = self.clean(line, ["张桂芬", "女", "11010519491231002X"], ["李建国"], ["李建国"])

        assert [row.name for row in cleaned.rows] == ["张桂芳", "李建国"]
        assert [(bad.row, bad.reasons[0].values["first"]) for bad in cleaned.bad] == [(3, 2), (5, 4)]

    @pytest.mark.parametrize(
        ("names", "phones", "read"),
        [
            ("李小梅", "13900005678", [("李小梅", "", "13900005678")]),
            ("李小梅（女儿）", "13900005678", [("李小梅", "女儿", "13900005678")]),
            ("李小梅", "13900005678（女儿）", [("李小梅", "女儿", "13900005678")]),
            (
                "李小梅、李建军",
                "13900005678、13900005679",
                [("李小梅", "", "13900005678"), ("李建军", "", "13900005679")],
            ),
            ("李小梅（女儿）13900005678", "", [("李小梅", "女儿", "13900005678")]),
            ("李小梅 13900005678", "", [("李小梅", "", "13900005678")]),
            ("无", "", []),
        ],
    )
    def test_pairs_relatives_with_their_phones(
        self, names: str, phones: str, read: list[tuple[str, str, str]]
    ) -> None:
        [row] = self.clean(["张桂芳", "", "", "", "13800001234", names, phones]).rows

        assert [(one.name, one.relation, one.phone) for one in row.relatives] == read

    def test_keeps_a_number_beyond_the_names_as_one_to_reach_her_by(self) -> None:
        [row] = self.clean(["张桂芳", "", "", "", "13800001234", "李小梅", "13900005678、13900005679"]).rows

        assert [(phone.number, phone.label) for phone in row.phones] == [
            ("13800001234", ""),
            ("13900005679", "李小梅"),
        ]

    @pytest.mark.parametrize(
        ("cell", "codes"),
        [
            ("高血压、2型糖尿病，痛风", ("hypertension", "diabetes", "痛风")),
            ("无", ()),
            ("", None),
        ],
    )
    def test_reads_chronic_conditions(self, cell: str, codes: tuple[str, ...] | None) -> None:
        [row] = self.clean(["张桂芳", "", "", "", "13800001234", "", "", cell]).rows

        assert row.chronic == codes

    def test_leaves_out_sums_and_notes_below_the_list(self) -> None:
        cleaned = self.clean(
            ["张桂芳", "女", "", "", "13800001234"], ["合计", "12人"], ["", "填表人：办公室"], ["", "", "x"]
        )

        assert (len(cleaned.rows), cleaned.bad, cleaned.skipped) == (1, [], 3)


class TestStaff:
    COLUMNS = (
        "name",
        "number",
        "title",
        "kind",
        "licence",
        "licence_until",
        "certificates",
        "years",
        "station",
    )

    def clean(self, *lines: list[Cell]) -> Any:
        self.station = uuid4()
        return clean_staff(rows(*lines), self.COLUMNS, today=TODAY, stations={"和平里站": self.station})

    def test_takes_the_month_of_the_start_of_work_for_its_first_day_and_says_so(self) -> None:
        columns = ["name", "started_on"]
        lines: list[list[Cell]] = [["李静", "2010.7"], ["王倩", "2011.7.15"], ["周岚", "2010.7.32"]]
        cleaned = clean_staff(rows(*lines), columns, today=TODAY, stations={})

        assert [row.started_on for row in cleaned.rows] == [date(2010, 7, 1), date(2011, 7, 15)]
        assert [(one.name, one.reasons[0].column) for one in cleaned.assumed] == [("李静", "started_on")]
        assert "2010-07-01" in str(cleaned.assumed[0].reasons[0])
        assert [one.name for one in cleaned.bad] == ["周岚"]

    def test_reads_papers_with_their_last_days(self) -> None:
        line: list[Cell] = [
            "李静",
            "N001",
            "主管护师",
            "",
            "2011110001",
            "2028.6.30",
            "PICC（2027.5.1）、伤口造口",
            "8年",
        ]
        [row] = self.clean([*line, "和平里站"]).rows

        assert (row.kind, row.title, row.years, row.station_id) == ("nurse", "主管护师", 8, self.station)
        assert row.papers == (
            PaperRow(code="nurse_licence", number="2011110001", valid_until=date(2028, 6, 30)),
            PaperRow(code="picc", valid_until=date(2027, 5, 1)),
            PaperRow(code="wound_ostomy"),
        )

    def test_tells_a_paper_without_end_from_one_of_which_it_does_not_say(self) -> None:
        [row] = self.clean(["李静", "N001", "护师", "", "2011110001", "", "PICC（长期）、伤口造口"]).rows
        [doctor] = self.clean(["周明", "N002", "主治医师", "", "1101", "长期", ""]).rows

        assert [(paper.code, paper.has_no_end) for paper in (*row.papers, *doctor.papers)] == [
            ("nurse_licence", False),
            ("picc", True),
            ("wound_ostomy", False),
            ("doctor_licence", True),
        ]

    @pytest.mark.parametrize(
        ("line", "columns"),
        [
            (["李静", "N001", "大护士长", "", "", "", "", ""], ["title"]),
            (["李静", "N001", "护师", "厨师", "", "", "", ""], ["kind"]),
            (["李静", "N001", "护师", "", "", "2028.13.1", "", ""], ["licence_until"]),
            (["李静", "N001", "护师", "", "", "", "会开车", ""], ["certificates"]),
            (["李静", "N001", "护师", "", "", "", "", "很久"], ["years"]),
            (["李静", "N001", "", "", "201111", "", "", ""], ["licence"]),
            (["李静", "N001", "护师", "", "", "", "", "", "别的站"], ["station"]),
            (["李静", "N001", "主任医师", "护士", "", "", "", ""], ["title"]),
        ],
    )
    def test_says_what_is_wrong(self, line: list[Cell], columns: list[str]) -> None:
        [bad] = self.clean(line).bad

        assert [reason.column for reason in bad.reasons] == columns
        assert all(str(reason) for reason in bad.reasons)

    @pytest.mark.parametrize(
        ("said", "days", "hours"),
        [
            ("周一至周五 8:00-17:00", range(5), [("08:00", "17:00")]),
            ("周一到周五8点-17点30分", range(5), [("08:00", "17:30")]),
            ("Mon-Fri 8:00-17:00", range(5), [("08:00", "17:00")]),
            ("工作日 8-12 13-17", range(5), [("08:00", "12:00"), ("13:00", "17:00")]),
            ("每天 08：00～20：00", range(7), [("08:00", "20:00")]),
            ("周一、三、五 8:30-17:30", [0, 2, 4], [("08:30", "17:30")]),
            ("周末 9:00-16:00", [5, 6], [("09:00", "16:00")]),
            ("星期六至星期日 20:00-8:00", [5, 6], [("20:00", "08:00")]),
        ],
    )
    def test_reads_the_usual_week(self, said: str, days: Any, hours: list[tuple[str, str]]) -> None:
        assert pattern_of(said) == tuple(
            PatternPart(weekday=day, starts=time.fromisoformat(start), ends=time.fromisoformat(end))
            for day in days
            for start, end in hours
        )

    def test_reads_several_lines_of_it(self) -> None:
        parts = pattern_of("周一至周五 8:00-17:00；周六 8:00-12:00") or ()

        assert [part.weekday for part in parts] == [0, 1, 2, 3, 4, 5]

    @pytest.mark.parametrize(
        "said",
        ["白班", "周一至周五", "周一 25:00-26:00", "8:00-17:00", "周一 8-12 11-17", "每天 20-8；周二 7-9"],
    )
    def test_refuses_a_week_that_it_does_not_understand(self, said: str) -> None:
        with pytest.raises(Unclean):
            pattern_of(said)


class TestServices:
    def test_reads_what_a_price_list_says(self) -> None:
        columns = ["name", "mode", "duration", "price", "people", "legal_line", "certificates", "min_years"]
        line: list[Cell] = [
            "PICC 维护",
            "上门",
            "1小时",
            "￥180.00元/次",
            "1人",
            "互联网+护理",
            "PICC",
            "5年以上",
        ]
        [row] = clean_services(rows(line), columns).rows

        assert (row.name, row.mode, row.duration_minutes, row.price_fen, row.people_needed) == (
            "PICC 维护",
            "home",
            60,
            18000,
            1,
        )
        assert (row.legal_line, row.certificates, row.min_years) == ("internet_nursing", ("picc",), 5)

    @pytest.mark.parametrize(
        ("cell", "fen"),
        [("150", 15000), (150.0, 15000), ("150.5元", 15050), ("1,200", 120000), ("免费", 0), ("", None)],
    )
    def test_reads_money(self, cell: Cell, fen: int | None) -> None:
        assert fen_of(cell) == fen

    @pytest.mark.parametrize("cell", ["面议", "-5", "1.005", "1e9", "nan"])
    def test_refuses_what_is_no_money(self, cell: str) -> None:
        with pytest.raises(Unclean):
            fen_of(cell)

    @pytest.mark.parametrize(("cell", "minutes"), [("60", 60), (45.0, 45), ("90分钟", 90), ("1.5小时", 90)])
    def test_reads_durations(self, cell: Cell, minutes: int) -> None:
        assert minutes_of(cell) == minutes

    def test_knows_a_number(self) -> None:
        assert number_of(" 1.50 ") == Decimal("1.5")
        assert number_of("inf") is None
