"""Documents as Word reads them."""

import io
from typing import Any, Final

from docx import Document as new_document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor

from anjia.documents.content import Document, Heading, Part, Picture, Table, Words

# A font that Word and WPS have on each computer here; others put their own in its place.
EAST_ASIAN: Final = "宋体"
LATIN: Final = "Calibri"
MARGIN_CM: Final = 2.0


def written(document: Document) -> bytes:
    paper = new_document()
    _set_up(paper, document)
    paper.add_heading(document.title, level=0)
    for line in document.about:
        paper.add_paragraph(line, style="Subtitle")
    for part in document.parts:
        _write(paper, part)
    kept = io.BytesIO()
    paper.save(kept)
    return kept.getvalue()


def _set_up(paper: Any, document: Document) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(MARGIN_CM)
    for name in ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2"):
        style = paper.styles[name]
        style.font.name = LATIN
        style.font.color.rgb = RGBColor(0x1B, 0x1F, 0x1D)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), EAST_ASIAN)
        for themed in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(themed), None)
    paper.styles["Normal"].font.size = Pt(10.5)
    paper.styles["Subtitle"].font.size = Pt(10.5)
    properties = paper.core_properties
    properties.title, properties.language, properties.author, properties.comments = (
        document.title,
        document.language,
        "安家",
        "",
    )


def _write(paper: Any, part: Part) -> None:
    if isinstance(part, Heading):
        paper.add_heading(part.words, level=part.level)
    elif isinstance(part, Words):
        paragraph = paper.add_paragraph()
        if part.name:
            paragraph.add_run(f"{part.name}  ").bold = True
        paragraph.add_run(part.words)
    elif isinstance(part, Picture):
        paper.add_picture(io.BytesIO(part.content), height=Mm(part.height_mm))
    else:
        _write_table(paper, part)


def _write_table(paper: Any, part: Table) -> None:
    table = paper.add_table(rows=0, cols=len(part.titles), style="Table Grid")
    table.autofit = False
    shares = part.widths or [1] * len(part.titles)
    across = 21 - 2 * MARGIN_CM
    for number, row in enumerate([part.titles, *part.rows]):
        cells = table.add_row().cells
        for column, (cell, words) in enumerate(zip(cells, row, strict=True)):
            cell.width = Cm(across * shares[column] / sum(shares))
            paragraph = cell.paragraphs[0]
            paragraph.add_run(words).bold = number == 0
            if column in part.numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    paper.add_paragraph()
