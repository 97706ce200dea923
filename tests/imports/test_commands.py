import io
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from anjia.catalogue.queries import city_list, services_offered
from anjia.identity.roles import permissions_of
from anjia.imports.commands import abandon_list, forget_old_uploads, run_import, try_list, upload_list
from anjia.imports.lists import outcome_of, read_list, table_of
from anjia.imports.models import ImportBatch
from anjia.imports.queries import bad_rows_file, get_batch
from anjia.imports.rules import AlreadyOver, ColumnsMissing, Kind, NothingToImport, NotTriedYet
from anjia.imports.sheets import template_sheet
from anjia.kernel import uploads
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.models import AuditEntry
from anjia.kernel.uploads import FileRefused
from anjia.kernel.work import acting
from anjia.residents.models import Resident
from anjia.residents.queries import residents_found
from anjia.spreadsheets.apart import Allowance, read_apart
from anjia.workforce.models import StaffMember
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")

FILES = Path(__file__).parent / "files"
UGLY = sorted(path.name for path in FILES.glob("[1-6]-*"))


@pytest.fixture
def manager() -> Actor:
    return make.actor(*permissions_of("manager"))


def upload(actor: Actor, content: bytes, *, kind: Kind = Kind.RESIDENTS) -> ImportBatch:
    table = read_list(kind, content)
    return acting(actor, NOON).do(
        upload_list, kind=kind.value, file_name="名单.xlsx", content=content, table=table
    )


def dry_run(actor: Actor, batch: ImportBatch) -> Any:
    tried = acting(actor, NOON).do(try_list, batch_id=batch.id, table=table_of(batch), columns=batch.columns)
    return outcome_of(tried.result)


def import_file(actor: Actor, content: bytes, *, kind: Kind = Kind.RESIDENTS) -> Any:
    batch = upload(actor, content, kind=kind)
    dry_run(actor, batch)
    return outcome_of(acting(actor, NOON).do(run_import, batch_id=batch.id, table=table_of(batch)).result)


def batches_of(actor: Actor) -> int:
    return acting(actor, NOON).ask(
        lambda _: ImportBatch.objects.filter(organization_id=actor.organization_id).count()
    )


def workbook(*rows: list[Any]) -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    return kept.getvalue()


def residents_of(actor: Actor) -> list[Resident]:
    found: list[Resident] = acting(actor, NOON).ask(
        lambda _: list(Resident.objects.filter(organization_id=actor.organization_id).order_by("pinyin"))
    )
    return found


def audited(actor: Actor) -> list[str]:
    found: list[str] = acting(actor, NOON).ask(
        lambda _: [entry.action for entry in AuditEntry.objects.filter(actor_id=actor.user_id).order_by("id")]
    )
    return found


class TestSixUglyLists:
    @pytest.mark.parametrize(
        ("name", "taken", "bad", "unverified"),
        [
            ("1-gb18030-title.csv", 12, 0, 0),
            ("2-old.xls", 8, 0, 1),
            ("3-merged-header.xlsx", 6, 0, 0),
            ("4-rounded-ids.xlsx", 2, 5, 1),
            ("5-phones-dates.xlsx", 6, 3, 6),
            ("6-formulas.xlsx", 5, 0, 0),
        ],
    )
    def test_come_in_and_change_nothing_the_second_time(
        self, manager: Actor, name: str, taken: int, bad: int, unverified: int
    ) -> None:
        content = (FILES / name).read_bytes()

        first = import_file(manager, content)
        again = import_file(manager, content)

        assert (first.added, len(first.bad)) == (taken, bad)
        assert (again.added, again.changed, again.same) == (0, 0, taken)
        people = residents_of(manager)
        assert len(people) == taken
        assert sum(one.id_check == "unverified" for one in people) == unverified

    def test_are_six(self) -> None:
        assert len(UGLY) == 6

    def test_are_found_again_by_what_was_in_them(self, manager: Actor) -> None:
        import_file(manager, (FILES / "5-phones-dates.xlsx").read_bytes())

        for text in ("zgf", "张桂芳", "13900001121", "1121", "13900001140"):
            found = acting(manager, NOON).ask(residents_found, Purpose.CONTRACT, text=text)
            assert [one.name for one in found] == ["张桂芳"], text


class TestUpload:
    def test_says_which_column_it_takes_for_what(self, manager: Actor) -> None:
        batch = upload(manager, workbook(["姓名", "电话", "爱好"], ["张桂芳", "13800001234", "太极"]))

        assert batch.columns == ["name", "phone", None]
        assert batch.samples == [["张桂芳"], ["13800001234"], ["太极"]]

    @pytest.mark.parametrize("content", [bytes(200 * 1024 * 1024), b"%PDF-1.7", b"\x89PNG\r\n\x1a\n\0\0\0"])
    def test_keeps_nothing_of_a_file_that_is_no_list(self, manager: Actor, content: bytes) -> None:
        with pytest.raises(FileRefused):
            upload(manager, content)

        assert batches_of(manager) == 0
        assert residents_of(manager) == []

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
    def test_keeps_nothing_of_a_file_that_its_reader_died_of(
        self, manager: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(uploads, "read_apart", partial(read_apart, allowance=Allowance(memory=1)))

        with pytest.raises(FileRefused) as refusal:
            upload(manager, "姓名,电话\n张桂芳,13800001234\n".encode() * 100_000)

        assert "没有打开" in refusal.value.fields["file"]
        assert batches_of(manager) == 0

    def test_is_kept_encrypted(self, manager: Actor) -> None:
        batch = upload(manager, "姓名,电话\n张桂芳,13800001234\n".encode())

        raw = acting(manager, NOON).ask(lambda _: str(ImportBatch.objects.filter(id=batch.id).values().get()))
        assert "张桂芳" not in raw
        assert "13800001234" not in raw
        assert "名单.xlsx" not in raw

    def test_is_for_who_may(self) -> None:
        with pytest.raises(NotAllowed):
            upload(make.actor("residents.register"), "姓名,电话\n张桂芳,1\n".encode())


class TestDryRun:
    def test_counts_and_changes_nothing(self, manager: Actor) -> None:
        batch = upload(
            manager,
            workbook(["姓名", "身份证号", "电话"], ["张桂芳", "11010519491231002X", "1"], ["李建国", "", ""]),
        )

        outcome = dry_run(manager, batch)

        assert (outcome.added, outcome.names) == (1, ["李建国"])
        assert [(bad.row, bad.name, bad.reasons[0].column) for bad in outcome.bad] == [(2, "张桂芳", "phone")]
        assert residents_of(manager) == []
        assert audited(manager) == ["imports.list.uploaded"]

    def test_shows_what_a_changed_list_changes(self, manager: Actor) -> None:
        before = workbook(["姓名", "身份证号", "住址"], ["张桂芳", "11010519491231002X", "和平里七区1号"])
        after = workbook(["姓名", "身份证号", "住址"], ["张桂芳", "11010519491231002X", "和平里九区2号"])
        import_file(manager, before)

        outcome = dry_run(manager, upload(manager, after))

        assert outcome.changes == [("张桂芳", {"address": ("和平里七区1号", "和平里九区2号")})]

    def test_goes_by_the_columns_that_were_confirmed(self, manager: Actor) -> None:
        batch = upload(manager, workbook(["姓名", "电话", "单位"], ["张桂芳", "", "13800001234"]))

        tried = acting(manager, NOON).do(
            try_list, batch_id=batch.id, table=table_of(batch), columns=["name", None, "phone"]
        )
        acting(manager, NOON).do(run_import, batch_id=tried.id, table=table_of(tried))

        found = acting(manager, NOON).ask(residents_found, Purpose.CONTRACT, text="13800001234")
        assert [one.name for one in found] == ["张桂芳"]

    @pytest.mark.parametrize("columns", [[None, "phone"], ["name", "name"], ["name"], ["name", "something"]])
    def test_wants_every_column_that_must_be_there_once(
        self, manager: Actor, columns: list[str | None]
    ) -> None:
        batch = upload(manager, workbook(["姓名", "电话"], ["张桂芳", ""]))

        with pytest.raises(ColumnsMissing):
            acting(manager, NOON).do(try_list, batch_id=batch.id, table=table_of(batch), columns=columns)

    def test_is_404_for_another_institution(self, manager: Actor) -> None:
        batch = upload(manager, workbook(["姓名", "电话"], ["张桂芳", ""]))
        stranger = make.actor(*permissions_of("manager"))

        with pytest.raises(NotFound):
            acting(stranger, NOON).do(
                try_list, batch_id=batch.id, table=table_of(batch), columns=["name", "phone"]
            )


class TestRunImport:
    def test_takes_all_valid_rows_in_one_command_with_one_audit_entry(self, manager: Actor) -> None:
        import_file(manager, (FILES / "4-rounded-ids.xlsx").read_bytes())

        assert [action for action in audited(manager) if not action.startswith("imports.")] == [
            "residents.list.registered"
        ]

    def test_comes_after_a_dry_run_and_once(self, manager: Actor) -> None:
        batch = upload(manager, workbook(["姓名", "电话"], ["张桂芳", ""]))
        with pytest.raises(NotTriedYet):
            acting(manager, NOON).do(run_import, batch_id=batch.id, table=table_of(batch))
        dry_run(manager, batch)
        acting(manager, NOON).do(run_import, batch_id=batch.id, table=table_of(batch))

        with pytest.raises(AlreadyOver):
            acting(manager, NOON).do(run_import, batch_id=batch.id, table=table_of(batch))

    def test_needs_a_row_that_is_valid(self, manager: Actor) -> None:
        batch = upload(manager, workbook(["姓名", "电话"], ["张桂芳", "1"]))
        dry_run(manager, batch)

        with pytest.raises(NothingToImport):
            acting(manager, NOON).do(run_import, batch_id=batch.id, table=table_of(batch))

    def test_gives_the_bad_rows_back_to_be_put_right_and_uploaded_again(self, manager: Actor) -> None:
        batch = upload(manager, (FILES / "4-rounded-ids.xlsx").read_bytes())
        dry_run(manager, batch)
        acting(manager, NOON).do(run_import, batch_id=batch.id, table=table_of(batch))

        content = acting(manager, NOON).ask(bad_rows_file, Purpose.CONTRACT, batch_id=batch.id)

        [head, *rows] = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        assert head == ["姓名", "身份证号", "电话", "没有收下的原因"]
        assert [row[0] for row in rows] == ["张桂芳", "李建国", "王秀英", "周淑兰", "吴德明"]
        assert rows[0][1] == "1.10105E+17"
        assert "四舍五入" in str(rows[0][3])
        assert "原表第 2 行" in str(rows[0][3])
        again = upload(manager, content)
        assert again.columns == ["name", "id_number", "phone", None]

    def test_takes_staff_with_papers_and_week(self, manager: Actor) -> None:
        content = workbook(
            ["姓名", "工号", "职称", "执业证号", "有效期", "专科证书", "年限", "电话", "排班"],
            [
                "李静",
                "N001",
                "主管护师",
                "2011110001",
                "2028.6.30",
                "PICC",
                8,
                "13700001234",
                "周一至周五 8:00-17:00",
            ],
            ["王芳", "N002", "大护士长", "", "", "", "", "", ""],
        )

        outcome = import_file(manager, content, kind=Kind.STAFF)
        again = import_file(manager, content, kind=Kind.STAFF)

        assert (outcome.added, len(outcome.bad)) == (1, 1)
        assert (again.added, again.changed, again.same) == (0, 0, 1)
        staff = acting(manager, NOON).ask(
            lambda _: list(StaffMember.objects.filter(organization_id=manager.organization_id))
        )
        assert [(one.name, one.kind, one.title) for one in staff] == [("李静", "nurse", "主管护师")]

    def test_takes_services_with_prices(self, manager: Actor) -> None:
        content = workbook(
            ["服务名称", "方式", "业务线", "时长", "价格", "说明"],
            ["血压测量", "上门", "非医疗", 30, "35元", "量血压，记下来"],
            ["理疗", "上门", "非医疗", 30, "面议", ""],
        )

        outcome = import_file(manager, content, kind=Kind.SERVICES)
        again = import_file(manager, content, kind=Kind.SERVICES)

        assert (outcome.added, len(outcome.bad)) == (1, 1)
        assert (again.added, again.changed, again.same) == (0, 0, 1)
        offered = acting(manager, NOON).ask(services_offered, Purpose.CONTRACT)
        assert [one.name for one in offered] == ["血压测量"]

    def test_takes_the_citys_list_whole(self, manager: Actor) -> None:
        head = ["项目名称", "文号", "允许或禁止", "人员条件", "执行日期"]
        first = workbook(
            head,
            ["口腔护理", "卫医〔2024〕12号", "", "护师以上", "2024.3.1"],
            ["静脉输液", "卫医〔2024〕12号", "禁止", "", ""],
            ["伤口换药", "", "允许", "", ""],
        )
        second = workbook(head, ["口腔护理", "卫医〔2024〕12号", "", "护师以上", "2024.3.1"])

        outcome = import_file(manager, first, kind=Kind.CITY_LIST)
        again = import_file(manager, first, kind=Kind.CITY_LIST)
        import_file(manager, second, kind=Kind.CITY_LIST)

        assert (outcome.added, again.same) == (2, 2)
        assert [bad.name for bad in outcome.bad] == ["伤口换药"]  # nobody says where it stands
        listed = acting(manager, NOON).ask(city_list, Purpose.CONTRACT)
        assert [(one.name, one.status, one.staff_condition) for one in listed] == [
            ("口腔护理", "allowed", "护师以上")
        ]


class TestAbandon:
    def test_forgets_what_was_uploaded(self, manager: Actor) -> None:
        batch = upload(manager, workbook(["姓名", "电话"], ["张桂芳", ""]))

        left = acting(manager, NOON).do(abandon_list, batch_id=batch.id)

        assert left.uploaded() == b""
        with pytest.raises(AlreadyOver):
            acting(manager, NOON).do(
                try_list, batch_id=batch.id, table=table_of(batch), columns=["name", "phone"]
            )


class TestForgetting:
    def test_comes_a_week_later(self, manager: Actor) -> None:
        batch = upload(manager, workbook(["姓名", "电话"], ["张桂芳", ""]))
        acting(system(), NOON.replace(day=8)).do(forget_old_uploads)
        kept = acting(manager, NOON).ask(get_batch, Purpose.CONTRACT, batch_id=batch.id)
        assert kept.uploaded()

        acting(system(), NOON.replace(day=10)).do(forget_old_uploads)

        gone = acting(manager, NOON).ask(get_batch, Purpose.CONTRACT, batch_id=batch.id)
        assert gone.uploaded() == b""


class TestTemplates:
    @pytest.mark.parametrize("kind", list(Kind))
    def test_are_lists_that_we_can_read(self, kind: Kind, manager: Actor) -> None:
        book = CalamineWorkbook.from_filelike(io.BytesIO(template_sheet(kind)))
        [titles, *_rest] = book.get_sheet_by_index(0).to_python()
        filled = workbook(titles, ["测试" if index == 0 else "" for index, _title in enumerate(titles)])

        batch = upload(manager, filled, kind=kind)

        assert None not in batch.columns


class TestARowThatCannotStandBesideWhatWeHave:
    def test_is_a_bad_one_and_holds_up_no_other_member_of_staff(self, manager: Actor) -> None:
        head = ["姓名", "工号", "职称", "岗位", "排班"]
        import_file(manager, workbook(head, ["周明", "D1", "主治医师", "", ""]), kind=Kind.STAFF)

        done = import_file(
            manager,
            workbook(
                head,
                ["李静", "N1", "护师", "", "周一至周五 8:00-17:00"],
                ["王芳", "N2", "护师", "", "周一 8:00-12:00 11:00-17:00"],
                ["周明", "D1", "", "护士", ""],  # a doctor's title, which we know, is no nurse's
            ),
            kind=Kind.STAFF,
        )

        assert done.added == 1
        assert [(bad.row, [reason.column for reason in bad.reasons]) for bad in done.bad] == [
            (3, ["pattern"]),
            (4, ["title"]),
        ]

    def test_is_a_bad_one_and_holds_up_no_other_service(self, manager: Actor) -> None:
        content = workbook(
            ["服务名称", "服务类别", "价格", "年限要求"],
            ["上门理发", "非医疗", "30", ""],
            ["静脉采血", "互联网+护理", "120", "3"],  # the line asks five years
        )

        batch = upload(manager, content, kind=Kind.SERVICES)
        tried = dry_run(manager, batch)
        done = import_file(manager, content, kind=Kind.SERVICES)

        assert (tried.added, done.added) == (1, 1)
        assert [[reason.column for reason in bad.reasons] for bad in done.bad] == [["min_years"]]
        assert [[str(reason) for reason in bad.reasons] for bad in done.bad] == [
            ["“互联网+护理”要求护士临床满 5 年。"]
        ]
