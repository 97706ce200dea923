"""A list of staff as insurers and personnel offices keep it, uploaded for a policy of many."""

import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from anjia.kernel.actors import Actor
from anjia.kernel.work import acting
from anjia.workforce.console import policies as console
from anjia.workforce.models import GroupPolicy
from anjia.workforce.rules.listed import ListedRow, RowsRefused, column_of, members_listed
from anjia.workforce.rules.policies import Member
from tests.make import NOON
from tests.pages import post_form
from tests.workforce.make import SCAN
from tests.workforce.test_policies import COVER, keeper, member

__all__ = ["keeper"]
STAFF = (
    Member(id=UUID(int=1), name="李静", number="1001"),
    Member(id=UUID(int=2), name="王敏", number="N02"),
    Member(id=UUID(int=3), name="王敏", number="N03"),
)
ROWS: list[list[Any]] = [
    ["2026 年团体意外险被保险人名单"],
    ["序号", "工号", "被保险人姓名", "职业类别"],
    [1, 1001, "李 静", "护理"],
    [2, "N03", "王敏", "护理"],
]


def rows(*said: tuple[str, str]) -> list[ListedRow]:
    return [ListedRow(row=at, number=number, name=name) for at, (number, name) in enumerate(said, start=2)]


class TestRows:
    def test_mean_who_has_the_number_or_alone_has_the_name(self) -> None:
        assert members_listed(rows(("1001", ""), ("N03", "王敏"), ("", "李 静")), STAFF) == {
            UUID(int=1),
            UUID(int=3),
        }

    def test_come_back_each_with_its_number_and_reason(self) -> None:
        listed = rows(("9999", "李静"), ("", "外人甲"), ("", "王敏"), ("1001", "王敏"), ("", ""), ("N02", ""))
        with pytest.raises(RowsRefused) as refused:
            members_listed(listed, STAFF)
        said = {one.listed.row: one.why for one in refused.value.rows}
        assert set(said) == {2, 3, 4, 5, 6}
        assert "没有这个工号" in said[2]
        assert "没有叫这个名字的" in said[3]
        assert "2 位" in said[4]
        assert "李静" in said[5]
        assert "没有工号也没有姓名" in said[6]

    @pytest.mark.parametrize(
        ("title", "code"),
        [
            ("工号", "number"),
            ("员工编号*", "number"),
            ("被保险人姓名", "name"),
            ("Name", "name"),
            ("备注", None),
        ],
    )
    def test_are_read_by_the_titles_that_people_give(self, title: str, code: str | None) -> None:
        assert column_of(title) == code


def xlsx(lines: Sequence[Sequence[Any]]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        for at, line in enumerate(lines):
            sheet.write_row(at, 0, line)
    return stream.getvalue()


def csv_of_windows(lines: Sequence[Sequence[Any]]) -> bytes:
    return "\r\n".join(",".join(str(one) for one in line) for line in lines).encode("gb18030")


@pytest.mark.usefixtures("database")
class TestAListAsAFile:
    @pytest.mark.parametrize("made", [xlsx, csv_of_windows])
    def test_covers_those_whom_its_rows_mean(self, keeper: Actor, made: Any) -> None:
        people = {member(keeper, "李静", "1001"), member(keeper, "王敏", "N03")}
        member(keeper, "王敏", "N02")
        sent = send(keeper, made(ROWS))
        assert sent.status_code == 303
        assert covered(keeper) == people

    def test_with_rows_that_mean_nobody_keeps_nothing_and_says_which(self, keeper: Actor) -> None:
        member(keeper, "李静", "1001")
        sent = send(keeper, xlsx([*ROWS, [3, "", "外人甲", ""]]))
        page = sent.content.decode()
        assert sent.status_code == 422
        assert "外人甲" in page
        assert "没有叫这个名字的" in page
        assert covered(keeper) == set()

    @pytest.mark.parametrize(
        ("content", "words"),
        [(b"", "是空的"), (b"%PDF-1.7 nothing", "这不是表格文件"), ("谁知道\n".encode(), "没有找到表头")],
    )
    def test_that_is_no_list_is_refused_in_words(self, keeper: Actor, content: bytes, words: str) -> None:
        sent = send(keeper, content)
        assert sent.status_code == 422
        assert words in sent.content.decode()
        assert covered(keeper) == set()


def send(keeper: Actor, content: bytes) -> HttpResponse:
    form = {
        "code": COVER,
        "paper_number": "PTY2026001",
        "issuer": "云杉人寿",
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
        "photo": SimpleUploadedFile("保单.png", SCAN, "image/png"),
        "file": SimpleUploadedFile("名单.xlsx", content),
    }
    return post_form(console.add, keeper, form)


def covered(keeper: Actor) -> set[UUID]:
    def read(_: Actor) -> set[UUID]:
        made = GroupPolicy.objects.filter(organization_id=keeper.organization_id)
        return {one.staff_id for policy in made for one in policy.covers.all()}

    return acting(keeper, NOON).ask(read)
