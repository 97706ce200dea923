import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from anjia.identity.commands import start_session
from anjia.identity.models import Organization
from anjia.kernel import uploads
from anjia.kernel.actors import system
from anjia.kernel.work import acting
from anjia.spreadsheets.apart import read_apart
from anjia.spreadsheets.words import Busy
from tests.identity import make as make_identity

pytestmark = pytest.mark.usefixtures("database")

SignIn = Callable[[str], Client]
BASE = "/console/imports/"
FILES = Path(__file__).parent / "files"


@pytest.fixture
def house() -> Organization:
    return make_identity.house()


@pytest.fixture
def as_(house: Organization) -> SignIn:
    def sign_in(role_code: str) -> Client:
        account = make_identity.staff(house, role_code=role_code)
        entry = acting(system(), timezone.now()).do(
            start_session, account_id=account.id, end="console", way="card"
        )
        browser = Client()
        browser.cookies["anjia_session"] = entry.token
        return browser

    return sign_in


def send(browser: Client, content: bytes, *, kind: str = "residents", name: str = "名单.xlsx") -> Any:
    return browser.post(f"{BASE}upload", {"kind": kind, "file": SimpleUploadedFile(name, content)})


def page_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return str(answer.content.decode())


def columns_in(shown: str) -> list[str]:
    """Return what the page's columns are set to, as the form would send them."""
    return [
        (re.findall(r'<option value="(\w*)" selected', select) or [""])[0]
        for select in re.findall(r'<select class="input" name="column".*?</select>', shown, re.DOTALL)
    ]


class TestImport:
    def test_says_what_it_takes_a_month_for(self, as_: SignIn) -> None:
        browser = as_("manager")
        content = "姓名,职称,参加工作时间\n王静怡,护师,2010.7\n".encode()
        where = send(browser, content, kind="staff", name="人员.csv")["Location"]
        columns = columns_in(page_of(browser.get(where)))

        browser.post(f"{where}try", {"column": columns})

        assert "只写到月，当作 2010-07-01" in page_of(browser.get(where))

    def test_goes_from_the_file_to_the_rows_that_come_back(self, as_: SignIn) -> None:
        browser = as_("manager")
        uploaded = send(browser, (FILES / "5-phones-dates.xlsx").read_bytes())
        assert uploaded.status_code == 303
        where = uploaded["Location"]
        shown = page_of(browser.get(where))
        assert "老人姓名（必填）" in shown
        assert columns_in(shown)[:2] == ["name", "birth_date"]

        browser.post(f"{where}try", {"column": columns_in(shown)})
        tried = page_of(browser.get(where))
        assert "导入这 6 行" in tried
        assert "缺了日子" in tried
        browser.post(f"{where}run")

        done = page_of(browser.get(where))
        assert "导入好了" in done
        assert "张桂芳" in page_of(browser.post("/console/residents/", {"text": "13900001121"}))
        bad = browser.get(f"{where}rows-to-put-right.xlsx")
        assert bad.content.startswith(b"PK")
        assert "attachment" in bad["Content-Disposition"]

    def test_shows_what_a_changed_list_changes(self, as_: SignIn) -> None:
        browser = as_("manager")
        for address in ("和平里七区1号", "和平里九区2号"):
            content = f"姓名,身份证号,住址,独居\n张桂芳,11010519491231002X,{address},是\n".encode()
            where = send(browser, content, name="a.csv")["Location"]
            browser.post(f"{where}try", {"column": ["name", "id_number", "address", "lives_alone"]})
            shown = page_of(browser.get(where))
            browser.post(f"{where}run")

        assert "和平里七区1号" in shown
        assert "和平里九区2号" in shown

    def test_says_which_column_is_missing(self, as_: SignIn) -> None:
        browser = as_("manager")
        where = send(browser, "姓名,电话\n张桂芳,1\n".encode())["Location"]

        refused = browser.post(f"{where}try", {"column": ["", "phone"]})

        assert refused.status_code == 422
        assert "姓名" in refused.content.decode()

    def test_is_never_read_while_a_transaction_is_open(
        self, as_: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser = as_("manager")
        are_open = []

        def reading(content: bytes, **limits: Any) -> Any:
            are_open.append(connection.in_atomic_block)
            return read_apart(content, **limits)

        monkeypatch.setattr(uploads, "read_apart", reading)
        where = send(browser, "姓名,电话\n张桂芳,\n".encode())["Location"]
        browser.post(f"{where}try", {"column": ["name", "phone"]})
        browser.post(f"{where}run")

        assert are_open == [False] * 3
        assert "导入好了" in page_of(browser.get(where))

    def test_says_to_come_again_while_others_are_being_read(
        self, as_: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser = as_("manager")
        content = "姓名,电话\n张桂芳,\n".encode()
        where = send(browser, content)["Location"]

        def refuse(content: bytes, **_: Any) -> Any:
            raise Busy("file.busy", "现在有别的名单在读，请过一会儿再试。")

        monkeypatch.setattr(uploads, "read_apart", refuse)
        columns = {"column": ["name", "phone"]}
        answers = [
            send(browser, content),
            *(browser.post(f"{where}{step}", columns) for step in ("try", "run")),
        ]

        assert [answer.status_code for answer in answers] == [503] * 3
        assert all("请过一会儿再试" in answer.content.decode() for answer in answers)

    def test_can_be_left(self, as_: SignIn) -> None:
        browser = as_("manager")
        where = send(browser, "姓名,电话\n张桂芳,1\n".encode())["Location"]

        browser.post(f"{where}abandon")

        assert "没有导入" in page_of(browser.get(where))

    @pytest.mark.parametrize("name", sorted(path.name for path in FILES.glob("[1-6]-*")))
    def test_reads_every_ugly_list(self, as_: SignIn, name: str) -> None:
        browser = as_("manager")

        where = send(browser, (FILES / name).read_bytes(), name=name)["Location"]

        assert "name" in columns_in(page_of(browser.get(where)))


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"%PDF-1.7", "不是表格文件"),
            (b"", "空的"),
            (b"<html><table>", "网页"),
            (b"PK\x03\x04 half", "打不开"),
        ],
    )
    def test_are_in_words_on_the_same_page(self, as_: SignIn, content: bytes, words: str) -> None:
        refused = send(as_("manager"), content)

        assert refused.status_code == 422
        assert words in refused.content.decode()

    def test_of_200_megabytes_come_before_a_byte_is_read(self, as_: SignIn) -> None:
        class Unread(io.BytesIO):
            def read(self, *size: Any) -> bytes:
                raise AssertionError("somebody has read it")

        refused = as_("manager").generic(
            "POST",
            f"{BASE}upload",
            content_type="multipart/form-data; boundary=x",
            CONTENT_LENGTH=str(200 * 1024 * 1024),
            **{"wsgi.input": Unread()},  # type: ignore[arg-type]  # the environment of WSGI
        )

        assert refused.status_code == 422
        assert "200 MB" in refused.content.decode()

    def test_want_the_forms_own_token(self, as_: SignIn) -> None:
        browser = as_("manager")
        careful = Client(enforce_csrf_checks=True)
        careful.cookies = browser.cookies

        assert send(careful, "姓名,电话\n张桂芳,1\n".encode()).status_code == 403

    def test_keep_out_who_may_not(self, as_: SignIn) -> None:
        assert as_("nurse").get(BASE).status_code == 403
        assert send(as_("nurse"), b"x").status_code == 403


class TestTemplates:
    @pytest.mark.parametrize("kind", ["residents", "staff", "services", "city_list"])
    def test_are_to_download(self, as_: SignIn, kind: str) -> None:
        assert as_("manager").get(f"{BASE}templates/{kind}.xlsx").content.startswith(b"PK")


class TestEnglish:
    def test_is_complete(self, as_: SignIn) -> None:
        browser = as_("manager")
        browser.cookies["anjia_language"] = "en"
        where = send(browser, (FILES / "4-rounded-ids.xlsx").read_bytes(), name="list.xlsx")["Location"]
        pages = [browser.get(BASE), browser.get(where)]
        browser.post(f"{where}try", {"column": columns_in(page_of(pages[1]))})
        pages.append(browser.get(where))

        for answer in pages:
            body = page_of(answer).split("<main", 1)[1]
            body = re.sub(
                r'<b>[^<]*</b>|aria-label="“[^"]*"', "", body
            )  # titles and names as the list has them
            body = re.sub(r"张桂芳|李建国|王秀英|周淑兰|吴德明|赵玉梅|孙福海|中文|安家", "", body)
            assert re.findall(r"[\u4e00-\u9fff]+", body) == []
