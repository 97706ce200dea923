"""Files are made here, or are strings of bytes: the six ugly lists of real life lie in tests/imports/files."""

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from typing import Any

import pytest
import xlsxwriter
import xlwt

from anjia.spreadsheets.limits import MIB, Limits
from anjia.spreadsheets.reader import Table, best_table
from anjia.spreadsheets.sheets import read_sheets
from anjia.spreadsheets.words import Unreadable

KNOWN = {
    "姓名": "name",
    "电话": "phone",
    "住址": "address",
    "家属姓名": "relative",
    "家属电话": "relative_phone",
}


def read(content: bytes, **limits: int) -> Table:
    return best_table(read_sheets(content, limits=Limits(**limits)), recognise=KNOWN.get)


def xlsx(fill: Callable[[Any, Any], None]) -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        fill(book, book.add_worksheet("名单"))
    return kept.getvalue()


def rows_of(*rows: list[Any]) -> Callable[[Any, Any], None]:
    def fill(book: Any, sheet: Any) -> None:
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)

    return fill


def zipped(**files: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return kept.getvalue()


WORKBOOK = {"xl__workbook_dot_xml": b"<workbook/>"}
SHEET = "xl__worksheets__sheet1_dot_xml"


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_is_read_in_any_of_our_encodings(self, encoding: str) -> None:
        table = read("姓名,电话\n张桂芳,13800001234\n龑𠮷,1\n".encode(encoding))

        assert [row.cells for row in table.rows] == [("张桂芳", "13800001234"), ("龑𠮷", "1")]
        assert [row.number for row in table.rows] == [2, 3]

    @pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
    def test_is_cut_at_the_sign_that_it_uses(self, sign: str) -> None:
        assert read(f"姓名{sign}电话\n张桂芳{sign}1\n".encode()).titles == ("姓名", "电话")

    def test_keeps_line_breaks_and_commas_in_quotes(self) -> None:
        table = read('姓名,电话\n张桂芳,"138,\n139"\n李建国,1\n'.encode())

        assert table.rows[0].cells[1] == "138,\n139"

    def test_finds_a_header_below_a_title(self) -> None:
        table = read("某社区名单,,\n,,\n姓名,电话,备注\n张桂芳,1,\n".encode())

        assert (table.titles, table.rows[0].number) == (("姓名", "电话", "备注"), 4)

    def test_understands_a_header_of_two_rows(self) -> None:
        table = read("姓名,电话,家属,\n,,姓名,电话\n张桂芳,1,李小梅,2\n".encode())

        assert table.columns == ("name", "phone", "relative", "relative_phone")
        assert len(table.rows) == 1

    def test_does_not_take_the_first_person_for_a_header(self) -> None:
        table = read("姓名,电话,\n张桂芳,1,备注\n".encode())

        assert (table.titles, len(table.rows)) == (("姓名", "电话"), 1)


class TestWorkbook:
    def test_keeps_text_numbers_and_dates_apart(self) -> None:
        def fill(book: Any, sheet: Any) -> None:
            sheet.write_row(0, 0, ["姓名", "电话", "住址"])
            sheet.write_string(1, 0, "张桂芳")
            sheet.write_number(1, 1, 13800001234)
            sheet.write_datetime(1, 2, date(1945, 3, 2), book.add_format({"num_format": "yyyy-mm-dd"}))

        assert read(xlsx(fill)).rows[0].cells == ("张桂芳", 13800001234.0, date(1945, 3, 2))

    def test_reads_what_a_formula_came_to(self) -> None:
        def fill(book: Any, sheet: Any) -> None:
            sheet.write_row(0, 0, ["姓名", "电话"])
            sheet.write_formula(1, 0, '="张"&"桂芳"', None, "张桂芳")
            sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")

        assert read(xlsx(fill)).rows[0].cells[0] == "张桂芳"

    def test_takes_the_sheet_that_is_a_list(self) -> None:
        def fill(book: Any, sheet: Any) -> None:
            sheet.write_string(0, 0, "填写说明")
            rows_of(["姓名", "电话"], ["张桂芳", "1"])(book, book.add_worksheet("数据"))

        assert read(xlsx(fill)).sheet == "数据"

    def test_understands_merged_headers(self) -> None:
        def fill(book: Any, sheet: Any) -> None:
            sheet.merge_range("A1:D1", "名单")
            sheet.merge_range("A2:A3", "姓名")
            sheet.merge_range("B2:B3", "电话")
            sheet.merge_range("C2:D2", "家属")
            sheet.write_row(2, 2, ["姓名", "电话"])
            sheet.write_row(3, 0, ["张桂芳", "1", "李小梅", "2"])

        table = read(xlsx(fill))

        assert table.columns == ("name", "phone", "relative", "relative_phone")
        assert [row.number for row in table.rows] == [4]

    def test_reads_an_old_one(self) -> None:
        book = xlwt.Workbook()
        sheet = book.add_sheet("名单")
        rows: list[list[Any]] = [["姓名", "电话"], ["张桂芳", 13800001234]]
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(line, column, cell)
        kept = io.BytesIO()
        book.save(kept)

        assert read(kept.getvalue()).rows[0].cells == ("张桂芳", 13800001234.0)

    def test_does_not_care_what_the_rows_are_beside(self) -> None:
        table = read(xlsx(rows_of(["姓名", "电话"], [], ["", ""], ["张桂芳", "1"])))

        assert [row.number for row in table.rows] == [4]


def old_workbook_with_a_far_corner() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    for column, title in enumerate(["姓名", "电话"]):
        sheet.write(0, column, title)
    sheet.write(65535, 255, "远")
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def hidden_corner(reference: str, lies_at: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook of two cells, far from each other: a kilobyte for which its reader would make room for 17 billion."""
    plain, kept = io.BytesIO(xlsx(rows_of(["姓名"], ["远"]))), io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry).replace(b"worksheets/sheet1.xml", lies_at.removeprefix("xl/").encode())
            is_sheet = entry.filename == "xl/worksheets/sheet1.xml"
            content = content.replace(b'r="A2"', reference.encode()) if is_sheet else content
            new.writestr(lies_at if is_sheet else entry.filename, content)
    return kept.getvalue()


def old_workbook_that_says(rows: int, columns: int) -> bytes:
    content = bytearray(old_workbook_with_a_far_corner())
    at = content.find(struct.pack("<HH", 0x0200, 14)) + 4
    content[at : at + 12] = struct.pack("<IIHH", 0, rows, 0, columns)
    return bytes(content)


def locked_workbook() -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    )


@cache
def bomb() -> bytes:
    return zipped(**WORKBOOK, **{SHEET: bytes(60 * MIB)})  # 60 KB, packed


def lying_bomb() -> bytes:
    """The zip's directory says that the sheet is small. It is not."""
    content = bytearray(bomb())
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.find(mark)
        while at >= 0:
            name_at = at + (46 if mark == b"PK\x01\x02" else 30)
            if content[name_at : name_at + 13] == b"xl/worksheets":
                content[at + offset : at + offset + 4] = struct.pack("<I", 1000)
            at = content.find(mark, at + 4)
    return bytes(content)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "200 MB": (lambda: bytes(200 * MIB), "file.too_large"),
    "nothing": (lambda: b"", "file.empty"),
    "blanks": (lambda: b" \r\n\r\n", "file.empty"),
    "a bomb": (bomb, "file.bomb"),
    "a bomb that lies": (lying_bomb, "file.bomb"),
    "thousands of entries": (
        lambda: zipped(**WORKBOOK, **{f"xl__{number}": b"" for number in range(3000)}),
        "file.bomb",
    ),
    "a far corner": (
        lambda: xlsx(lambda book, sheet: sheet.write_string(1_048_575, 16_383, "远")),
        "file.too_many_cells",
    ),
    "a far corner in an old one": (old_workbook_with_a_far_corner, "file.too_many_cells"),
    **{
        f"a far corner hidden by {how}": (partial(hidden_corner, *said), code)
        for how, said, code in [
            ("its place", ['r="XFD1048576"', "xl/elsewhere/s.xml"], "file.too_many_cells"),
            ("small letters", ['r="xfd1048576"'], "file.too_many_cells"),
            ("zeros", ['r="XFD000000001048576"'], "file.too_many_cells"),
            ("more zeros", ['r="XFD' + "0" * 200 + '1048576"'], "file.broken"),
            ("blanks", ["r" + " " * 200 + '="XFD1048576"'], "file.broken"),
            ("more blanks", ["r=" + " " * 200 + '"XFD1048576"'], "file.broken"),
        ]
    },
    "an old one that says it is huge": (partial(old_workbook_that_says, 0xFFFFFFF0, 0xFFFF), "file.broken"),
    "a text of many columns": (lambda: b"," * 100_000, "file.too_many_cells"),
    "a text of many rows": (lambda: b"1,2\n" * 100_001, "file.too_many_cells"),
    "a locked one": (locked_workbook, "file.protected"),
    "a web page": (lambda: b"<html><table><tr><td>x</td></tr></table></html>", "file.wrong_type"),
    "a PDF": (lambda: b"%PDF-1.7 ...", "file.wrong_type"),
    "a photo": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "file.wrong_type"),
    "any bytes": (lambda: bytes(range(1, 256)) * 10, "file.wrong_type"),
    "a Word document": (lambda: zipped(word__document_dot_xml=b"<w/>"), "file.wrong_type"),
    "any zip": (lambda: zipped(a_dot_txt=b"x"), "file.wrong_type"),
    "a binary workbook": (lambda: zipped(xl__workbook_dot_bin=b"x"), "file.wrong_type"),
    "an open document": (lambda: zipped(content_dot_xml=b"<x/>"), "file.wrong_type"),
    "half a workbook": (lambda: xlsx(rows_of(["姓名", "电话"]))[:2000], "file.broken"),
    "an old one cut short": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20) + b"\x09\x00" + bytes(40),
        "file.broken",
    ),
    "a list without a header": (lambda: "张桂芳,1\n".encode(), "file.no_header"),
    "a header without a list": (lambda: "姓名,电话\n".encode(), "file.no_rows"),
}


class TestRefusals:
    @pytest.mark.parametrize("what", REFUSED)
    def test_say_what_is_wrong_and_what_to_do(self, what: str) -> None:
        make, code = REFUSED[what]
        content = make()

        with pytest.raises(Unreadable) as refusal:
            read(content)

        assert refusal.value.code == code
        assert len(str(refusal.value)) > 10
        assert "{" not in str(refusal.value)

    def test_of_a_bomb_come_before_it_has_unpacked(self) -> None:

        content = lying_bomb()
        tracemalloc.start()
        with pytest.raises(Unreadable):
            read_sheets(content)
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert most < 20 * MIB

    def test_of_many_rows_say_how_many(self) -> None:
        with pytest.raises(Unreadable) as refusal:
            read(xlsx(rows_of(["姓名", "电话"], *[["张桂芳", "1"]] * 30)), rows=20)

        assert "最多 20 行" in str(refusal.value)
