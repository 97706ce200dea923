"""
Makes the six ugly lists that lie beside it: python tests/imports/files/make_files.py

Every person in them is made up. ID numbers are arithmetic, not anybody's.
"""

import csv
import io
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
import xlwt

from anjia.spreadsheets.id_number import check_digit

HERE = Path(__file__).parent
MADE_AT = datetime(2026, 1, 5)  # noqa: DTZ001  # spreadsheets know no time zone

NAMES = [
    "张桂芳",
    "李建国",
    "王秀英",
    "赵玉梅",
    "孙福海",
    "周淑兰",
    "吴德明",
    "郑凤霞",
    "冯长山",
    "陈秋菊",
    "褚卫东",
    "卫春华",
]
BORN = [date(1938 + i * 2, 1 + i % 12, 3 + i * 2) for i in range(12)]


def id_number(born: date, sequence: int) -> str:
    first17 = f"110105{born:%Y%m%d}{sequence:03d}"
    return first17 + check_digit(first17)


def mobile(index: int) -> str:
    return f"1390000{1000 + index:04d}"


def gb18030_with_a_title_row() -> None:
    """As exported by an old system: GB18030, a title row, a note below, commas in addresses."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["和平里社区老年人健康档案名单（2026年1月）"] + [""] * 8)
    writer.writerow(
        ["序号", "姓名", "性别", "身份证号", "联系电话", "家庭住址", "建档日期", "慢病情况", "是否独居"]
    )
    for i, (name, born) in enumerate(zip(NAMES, BORN, strict=True)):
        sequence = 20 + i * 2 + (1 if i in {1, 4, 6, 8, 10} else 0)
        writer.writerow(
            [
                i + 1,
                name,
                "男" if sequence % 2 else "女",
                id_number(born, sequence).lower(),
                mobile(i),
                f"和平里七区{i + 1}号楼,{i % 4 + 1}单元{i % 6 + 1}01",
                f"2023/{i % 12 + 1}/15",
                ["高血压", "高血压、糖尿病", "", "冠心病", "无", "脑梗"][i % 6],
                "是" if i % 3 == 0 else "否",
            ]
        )
    writer.writerow(["合计", "12人"])
    writer.writerow(["填表人：办公室"])
    (HERE / "1-gb18030-title.csv").write_bytes(text.getvalue().encode("gb18030"))


def old_workbook() -> None:
    """An .xls of the last century: a merged title, date cells, telephone numbers as numbers."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("居民")
    sheet.write_merge(0, 0, 0, 6, "安定路社区重点老人登记表")
    for column, title in enumerate(["姓名", "性 别", "身份证号码", "出生日期", "手机号", "现住址", "独居"]):
        sheet.write(2, column, title)
    as_date = xlwt.easyxf(num_format_str="yyyy/m/d")
    for i, (name, born) in enumerate(zip(NAMES[:8], BORN, strict=False)):
        sequence = 100 + i * 2
        cells = [
            name,
            "女",
            id_number(born, sequence) if i != 3 else "",
            born,
            int(mobile(40 + i)),
            f"安定路{i + 1}号院",
        ]
        for column, cell in enumerate(cells):
            sheet.write(3 + i, column, cell, *([as_date] if isinstance(cell, date) else []))
        sheet.write(3 + i, 6, "√" if i % 2 else "")
    book.save(str(HERE / "2-old.xls"))


def merged_header() -> None:
    """A header of two rows: 联系方式 over 电话 and 住址, 家属 over 姓名, 关系 and 电话; a second sheet of notes."""
    book, sheet = workbook("3-merged-header.xlsx", "名单")
    merged = book.add_format({"align": "center", "bold": True})
    sheet.merge_range("A1:I1", "2026年家庭医生签约居民（重点人群）", merged)
    for column, title in enumerate(["序号", "姓名", "身份证号", "慢性病"]):
        sheet.merge_range(1, column, 2, column, title, merged)
    sheet.merge_range("E2:F2", "联系方式", merged)
    sheet.merge_range("G2:I2", "家属", merged)
    for column, title in enumerate(["电话", "住址", "姓名", "关系", "电话"], start=4):
        sheet.write_string(2, column, title)
    for i, (name, born) in enumerate(zip(NAMES[:6], BORN, strict=False)):
        relative = [f"{name[0]}小{'明红兰军梅强'[i]}", ["儿子", "女儿"][i % 2], mobile(80 + i)]
        cells = [
            str(i + 1),
            name,
            id_number(born, 200 + i * 2),
            "高血压、糖尿病",
            mobile(60 + i),
            f"青年沟{i + 1}号",
        ]
        for column, cell in enumerate([*cells, *relative]):
            sheet.write_string(3 + i, column, cell)
    notes = book.add_worksheet("说明")
    notes.write_string(0, 0, "本表由各居委会填报，每季度更新一次。")
    book.close()


def rounded_ids() -> None:
    """ID numbers as a spreadsheet ruins them: numbers, 1.10105E+17, a tail of 000; one right, one missing."""
    book, sheet = workbook("4-rounded-ids.xlsx", "Sheet1")
    for column, title in enumerate(["姓名", "身份证号", "电话"]):
        sheet.write_string(0, column, title)
    right = [id_number(born, 300 + i * 2) for i, born in enumerate(BORN)]
    sheet.write_row(1, 0, [NAMES[0], float(right[0][:17] + "0"), mobile(100)])
    sheet.write_row(2, 0, [NAMES[1], "1.10105E+17", mobile(101)])
    sheet.write_row(3, 0, [NAMES[2], right[2][:15] + "000", mobile(102)])
    sheet.write_row(4, 0, [NAMES[3], right[3], mobile(103)])
    sheet.write_row(5, 0, [NAMES[4], "", mobile(104)])
    sheet.write_row(6, 0, [NAMES[5], right[5][:17] + ("1" if right[5][17] != "1" else "2"), mobile(105)])
    sheet.write_row(7, 0, [NAMES[6], right[6][:17], mobile(106)])
    book.close()


def phones_and_dates() -> None:
    """Several telephones in a cell, full-width digits, dates in every way that people write them."""
    book, sheet = workbook("5-phones-dates.xlsx", "Sheet1")
    titles = ["老人姓名", "出生日期", "联系电话", "住址", "家属", "家属电话", "独居"]
    for column, title in enumerate(titles):
        sheet.write_string(1, column, title + ("（必填）" if column == 0 else ""))
    dates = [
        "1945.3.2",
        "1945年3月2日",
        "19450302",
        "１９４５．３．２",
        16498,
        "1945-03-02",
        "1945.3",
        "1945.2.30",
    ]
    phones = [
        f"{mobile(120)}/{mobile(121)}",
        "１３９００００１１２２",
        f"{mobile(123)}（儿子）、010-62345678",
        f"家里 62345679；手机{mobile(124)}",
        float(mobile(125)),
        f"{mobile(126)}\n{mobile(127)}",
        mobile(128),
        mobile(129),
    ]
    for i, (born, phone) in enumerate(zip(dates, phones, strict=True)):
        relative = f"{NAMES[i][0]}小明（儿子）"
        sheet.write_row(
            2 + i, 0, [f"{NAMES[i][0]}  {NAMES[i][1:]}", born, phone, f"东河沿{i + 1}号", relative]
        )
        sheet.write_string(2 + i, 5, mobile(140 + i))
        sheet.write_string(2 + i, 6, ["是", "否", "Y", "×", "有", "", "否", "是"][i])
    sheet.write_row(10, 0, [NAMES[8], "1950-05-05", "139000011", "东河沿9号"])
    book.close()


def formula_cells() -> None:
    """What is shown is computed: names put together, birthdays and sex cut out of ID numbers."""
    book, sheet = workbook("6-formulas.xlsx", "Sheet1")
    as_date = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, title in enumerate(["姓", "名", "姓名", "身份证号", "性别", "出生日期", "电话", "地址"]):
        sheet.write_string(0, column, title)
    for i, (name, born) in enumerate(zip(NAMES[:5], BORN, strict=False)):
        row, number = i + 2, id_number(born, 400 + i)
        sheet.write_string(i + 1, 0, name[0])
        sheet.write_string(i + 1, 1, name[1:])
        sheet.write_formula(i + 1, 2, f"=A{row}&B{row}", None, name)
        sheet.write_string(i + 1, 3, number)
        sheet.write_formula(
            i + 1, 4, f'=IF(MOD(MID(D{row},17,1),2),"男","女")', None, "男" if i % 2 else "女"
        )
        serial = (born - date(1899, 12, 30)).days
        sheet.write_formula(
            i + 1, 5, f"=DATE(MID(D{row},7,4),MID(D{row},11,2),MID(D{row},13,2))", as_date, serial
        )
        sheet.write_formula(i + 1, 6, f"=1390000{1160 + i}", None, int(mobile(160 + i)))
        sheet.write_formula(i + 1, 7, f'="小关北里"&{i + 1}&"号"', None, f"小关北里{i + 1}号")
    book.close()


def workbook(name: str, sheet: str) -> tuple[xlsxwriter.Workbook, "xlsxwriter.worksheet.Worksheet"]:
    book = xlsxwriter.Workbook(HERE / name)
    book.set_properties({"created": MADE_AT})
    return book, book.add_worksheet(sheet)


if __name__ == "__main__":
    gb18030_with_a_title_row()
    old_workbook()
    merged_header()
    rounded_ids()
    phones_and_dates()
    formula_cells()
