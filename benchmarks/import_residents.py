"""
Importing ten thousand residents as an institution would: the file, the dry run, the import; the same file again; and
a file in which every one of them has something new.

Prints seconds and the most memory that this process had. The promise is 60 seconds and 500 MB.
"""

from benchmarks import _rates  # first: it sets up Django

# isort: split
import io
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import xlsxwriter

from anjia.identity.roles import permissions_of
from anjia.imports.commands import run_import, try_list, upload_list
from anjia.imports.lists import outcome_of, read_list, table_of
from anjia.imports.rules import Kind
from anjia.kernel.actors import Actor
from anjia.kernel.work import acting
from anjia.spreadsheets.id_number import check_digit

T = TypeVar("T")

PEOPLE = 10_000
SECONDS, MEGABYTES = 60, 500
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"
GIVEN = "桂芳秀英建国玉梅福海淑兰德明凤霞长山秋菊卫东春华志强丽娟文军红霞"


def main() -> int:
    content = ten_thousand()
    actor = Actor(user_id=uuid4(), organization_id=uuid4(), permissions=permissions_of("manager"))
    first, took = whole(actor, content, "import_residents")
    again = run(actor, content, "import_residents.again")
    changed, took_changed = whole(actor, ten_thousand(changed=True), "import_residents.changed")
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _rates.show("import_residents.memory", used, "MB")
    _rates.show("import_residents.people", PEOPLE / took, "people/s")
    is_right = (first.added, again.same, again.added + again.changed) == (PEOPLE, PEOPLE, 0)
    is_right = is_right and (changed.changed, changed.added) == (PEOPLE, 0)
    return 0 if is_right and max(took, took_changed) < SECONDS and used < MEGABYTES else 1


def whole(actor: Actor, content: bytes, name: str) -> tuple[Any, float]:
    """Return what came of it, and in how many seconds."""
    began = time.perf_counter()
    outcome = run(actor, content, name)
    took = time.perf_counter() - began
    _rates.show(f"{name}.whole", took, "s")
    return outcome, took


def run(actor: Actor, content: bytes, name: str) -> Any:
    batch = timed(
        f"{name}.upload",
        lambda: acting(actor, NOW).do(
            upload_list,
            kind="residents",
            file_name="名单.xlsx",
            content=content,
            table=read_list(Kind.RESIDENTS, content),
        ),
    )
    timed(
        f"{name}.dry_run",
        lambda: acting(actor, NOW).do(
            try_list, batch_id=batch.id, table=table_of(batch), columns=batch.columns
        ),
    )
    done = timed(
        f"{name}.run", lambda: acting(actor, NOW).do(run_import, batch_id=batch.id, table=table_of(batch))
    )
    return outcome_of(done.result)


def timed(name: str, work: Callable[[], T]) -> T:
    began = time.perf_counter()
    result = work()
    _rates.show(name, time.perf_counter() - began, "s")
    return result


def ten_thousand(*, changed: bool = False) -> bytes:
    """Return a list as communities keep them, of people who are made up; `changed`, as it comes a year later."""
    chance = random.Random(2026)
    kept = io.BytesIO()
    titles = [
        "姓名",
        "性别",
        "身份证号",
        "电话",
        "住址",
        "建档日期",
        "慢病",
        "独居",
        "家属姓名",
        "关系",
        "家属电话",
    ]
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["某街道老年人名单"])
        sheet.write_row(1, 0, titles)
        for line in range(PEOPLE):
            said = person(chance, line)
            sheet.write_row(line + 2, 0, a_year_later(said, line) if changed else said)
    return kept.getvalue()


def person(chance: random.Random, line: int) -> list[str]:
    born = date(1930, 1, 1) + timedelta(days=chance.randrange(12_000))
    sequence = line % 1000
    first17 = f"11010{line // 1000 % 9 + 1}{born:%Y%m%d}{sequence:03d}"
    name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=2))
    number = first17 + check_digit(first17)
    return [
        name,
        "男" if sequence % 2 else "女",
        number if not number.endswith("000") else "",
        "、".join(f"139{chance.randrange(10**8):08d}" for _ in range(chance.choice([1, 1, 2]))),
        f"和平里{line % 9 + 1}区{line % 40 + 1}号楼{line % 6 + 1}单元{line % 18 + 1}01",
        f"202{line % 5}.{line % 12 + 1}.{line % 28 + 1}",
        ["高血压", "高血压、糖尿病", "", "冠心病"][line % 4],
        "是" if line % 5 == 0 else "否",
        name[0] + chance.choice(GIVEN) + chance.choice(GIVEN),
        ["女儿", "儿子"][line % 2],
        f"138{chance.randrange(10**8):08d}",
    ]


def a_year_later(said: list[str], line: int) -> list[str]:
    """Return the row with another telephone of the family, and another flat or another illness."""
    said[10] = f"137{line:08d}"
    if line % 3 == 0:
        said[4] = f"新华里{line % 9 + 1}区{line % 40 + 1}号楼{line % 18 + 1}02"
    else:
        said[6] = "脑卒中"
    return said


if __name__ == "__main__":
    sys.exit(main())
