"""What is written is read back with the library's own reader, and as the zipped XML that Word reads."""

import io
import zipfile

from docx import Document as read_document

from anjia.documents import Document, Heading, Table, Words, as_docx

REPORT = Document(
    title="质量月报",
    about=["和平里社区卫生服务中心", "2026年3月"],
    parts=[
        Heading(words="指标"),
        Words(name="怎么算", words="做完的上门 ÷ 该做完的上门"),
        Table(
            titles=["指标", "数"],
            rows=[["服务完成率", "95.0%"], ["<投诉率> & 𠮷", "0"]],
            numbers=frozenset({1}),
        ),
    ],
)


class TestAsDocx:
    def test_says_everything_in_order(self) -> None:
        paper = read_document(io.BytesIO(as_docx(REPORT)))

        assert [one.text for one in paper.paragraphs if one.text] == [
            "质量月报",
            "和平里社区卫生服务中心",
            "2026年3月",
            "指标",
            "怎么算  做完的上门 ÷ 该做完的上门",
        ]
        [table] = paper.tables
        assert [[cell.text for cell in row.cells] for row in table.rows] == [
            ["指标", "数"],
            ["服务完成率", "95.0%"],
            ["<投诉率> & 𠮷", "0"],
        ]

    def test_has_headings_that_are_headings_and_titles_on_each_page(self) -> None:
        paper = read_document(io.BytesIO(as_docx(REPORT)))
        assert [
            one.style and one.style.name for one in paper.paragraphs if one.text in {"质量月报", "指标"}
        ] == [
            "Title",
            "Heading 1",
        ]

        with zipfile.ZipFile(io.BytesIO(as_docx(REPORT))) as parts:
            body = parts.read("word/document.xml").decode()
        assert body.count("<w:tblHeader/>") == 1

    def test_is_on_a4_and_says_its_language(self) -> None:
        paper = read_document(io.BytesIO(as_docx(REPORT)))
        width, height = paper.sections[0].page_width, paper.sections[0].page_height
        assert width is not None
        assert height is not None
        assert (round(width.cm, 1), round(height.cm, 1)) == (21.0, 29.7)
        assert paper.core_properties.language == "zh-CN"
