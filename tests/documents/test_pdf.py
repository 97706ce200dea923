"""What is written is looked at as a reader of PDF does: the font is inside, and knows every character that is said."""

import re
import zlib

import pytest

from anjia.documents import Document, Heading, Picture, Table, Words, as_pdf
from anjia.documents.pdf import lines_of
from anjia.simulation.pictures import scribble

SAID = "上门服务协议：您随时可以终止，一按就停。"
PAPER = Document(
    title="上门服务协议",
    about=["第 1 版"],
    parts=[
        Words(words=SAID * 10, name="双方"),
        Heading(words="签署", level=2),
        Table(titles=["项目", "数"], rows=[["口腔护理", "80"]], numbers=frozenset({1})),
        Picture(content=scribble(1), words="签名"),
    ],
)


def streams(pdf: bytes) -> list[bytes]:
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return [zlib.decompress(one) if one[:1] == b"\x78" else one for one in found]


def characters_known(pdf: bytes) -> set[str]:
    """Return the characters that can be read out of it: what its fonts' maps to Unicode name."""
    maps = b"\n".join(one for one in streams(pdf) if b"begincmap" in one).decode()
    return {chr(int(code, 16)) for code in re.findall(r"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]{4})>", maps)}


class TestAsPdf:
    def test_carries_its_font_and_can_be_read_out(self) -> None:
        pdf = as_pdf(PAPER)

        assert pdf.startswith(b"%PDF-")
        assert b"/FontFile2" in pdf
        assert set(SAID + "签署口腔护理") <= characters_known(pdf)
        assert b"/Subtype /Image" in pdf

    @pytest.mark.parametrize("content", [b"", b"no picture", scribble(1)[:200]])
    def test_says_it_in_words_where_a_picture_cannot_be_drawn(self, content: bytes) -> None:
        broken = Picture(content=content, words="签名", instead="打不开")

        pdf = as_pdf(Document(title="一", about=[], parts=[broken]))

        assert set("打不开") <= characters_known(pdf)
        assert b"/Subtype /Image" not in pdf

    def test_breaks_the_words_of_a_cell_where_a_reader_expects_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = []
        monkeypatch.setattr("fpdf.table.Table.row", lambda _table, cells: rows.append(cells))
        narrow = Table(
            titles=["Exception", "数"],
            rows=[["Exception · Nobody at home", "没有人在家没有人在家"]],
            widths=[1, 6],
        )

        as_pdf(Document(title="Report", about=[], parts=[narrow], language="en"))

        said = rows[1][0].split("\n")
        assert len(said) > 1
        assert {word for line in said for word in line.split()} == {"Exception", "·", "Nobody", "at", "home"}

    def test_goes_on_to_the_next_page(self) -> None:
        long = Document(title="长", about=[], parts=[Words(words=SAID * 40)] * 5)

        assert len(re.findall(rb"/Type /Page\b", as_pdf(long))) > 1

    def test_leaves_nothing_out_and_logs_no_name_where_the_font_lacks_a_character(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert as_pdf(Document(title="龘", about=[], parts=[])).startswith(b"%PDF-")
        assert "龘" not in caplog.text


class TestLines:
    """Each character is one wide here, and a line five."""

    @pytest.mark.parametrize(
        ("words", "lines"),
        [
            ("一二三四五六", ["一二三四五", "六"]),
            ("一二三四五。六", ["一二三四五。", "六"]),
            ("一二\n三", ["一二", "三"]),
            ("一二 abc", ["一二 ", "abc"]),
            ("abcdefgh", ["abcde", "fgh"]),
            ("", [""]),
        ],
    )
    def test_break_where_a_reader_expects_it_and_lose_nothing(self, words: str, lines: list[str]) -> None:
        assert lines_of(words, width=5, measure=len) == lines
